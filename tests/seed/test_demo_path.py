"""Whom of the demo data `make demo` walks its path with."""

import os
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.db import sessions_for
from app.identity import has_phone
from app.models import Claim, ClaimStatus, Resident, User
from dev.demo import people_of
from dev.servers import Servers
from tests.databases import copied_database
from tests.sealer import SEALER
from tests.seed.conftest import Seeded

pytestmark = pytest.mark.xdist_group("seed")


def test_a_household_with_points_in_public_notice_is_passed_over(seeded: Seeded, servers: Servers) -> None:
    """The demonstration lets the notice pass: such points would post beside its own, and its sum be wrong."""
    url = copied_database(servers, seeded.settings.database_url, f"path_{os.getpid()}")
    engine = create_engine(url)
    first = people_of(sessions_for(engine), SEALER).resident.phone
    with Session(engine) as session:
        household_id = session.scalars(
            select(Resident.household_id)
            .join(User, User.resident_id == Resident.id)
            .where(has_phone(SEALER, first))
        ).one()
        before = session.scalars(
            select(Claim.id).where(Claim.household_id == household_id, Claim.status == ClaimStatus.IN_NOTICE)
        ).all()
        claim_id = session.scalars(select(Claim.id).where(Claim.status == ClaimStatus.IN_NOTICE)).first()
        session.execute(
            update(Claim)
            .where(Claim.id == claim_id)
            .values(household_id=household_id, notice_until=now() + timedelta(days=1))
        )
        session.commit()
    second = people_of(sessions_for(engine), SEALER).resident.phone
    engine.dispose()

    assert before == []
    assert claim_id is not None
    assert second != first
