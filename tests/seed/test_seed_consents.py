"""The seed's consents come after their texts and whoever has a part in them, and before visits."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.models import (
    CareRecord,
    Consent,
    ConsentPurpose,
    ConsentText,
    Resident,
    User,
    Visit,
    VisitBasis,
)

pytestmark = pytest.mark.xdist_group("seed")


def test_nobody_agreed_to_a_text_before_it_was_published_or_before_he_came(session: Session) -> None:
    """S-74: a consent to what could not be read yet is none."""
    guardian = aliased(Resident)
    found = session.execute(
        select(
            Consent.purpose,
            Consent.decided_at,
            ConsentText.published_at,
            Resident.created_at,
            guardian.created_at,
            User.created_at,
        )
        .join(ConsentText, ConsentText.id == Consent.text_id)
        .join(Resident, Resident.id == Consent.resident_id)
        .join(guardian, guardian.id == Consent.decided_by)
        .join(User, User.id == Consent.recorded_by)
    ).all()

    assert {purpose for purpose, *_ in found} == set(ConsentPurpose) - {ConsentPurpose.SHARING_UPWARD}
    for purpose, decided_at, published_at, *came in found:
        assert published_at < decided_at, purpose
        assert max(came) <= decided_at, purpose


def test_a_visit_that_rests_on_a_consent_is_younger_than_it(session: Session) -> None:
    """S-74: what was agreed to later makes no earlier record right."""
    rests_on = {
        VisitBasis.GUARDIAN_CONSENT: ConsentPurpose.MINORS,
        VisitBasis.CONSENT: ConsentPurpose.HEALTH_HARDSHIP,
    }
    agreed: dict[tuple[object, ConsentPurpose], datetime] = {
        (one.resident_id, one.purpose): one.decided_at for one in session.scalars(select(Consent))
    }
    visits = session.execute(
        select(CareRecord.resident_id, Visit)
        .join(CareRecord, CareRecord.id == Visit.care_record_id)
        .where(Visit.basis.in_(rests_on))
    ).all()

    assert {visit.basis for _, visit in visits} == set(rests_on)
    for resident_id, visit in visits:
        assert agreed[resident_id, rests_on[visit.basis]] < visit.happened_at
