"""The main path over HTTP against gunicorn, on a seeded database; every write's first reply is lost."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

from app import clock, points
from app.models import Account, Base, Hazard, HazardStatus
from dev.app_command import app_command
from dev.demo import NOTICE, demo_settings, walk_over_http
from dev.phone import Repeat
from dev.servers import Servers, ensure_database
from dev.signals import StopSignals
from dev.walk import Walk

WRITES = Counter(
    {
        "POST places/codes": 1,
        "PUT inspections": 1,
        "PUT photos": 5,
        "PUT visits": 1,
        "PUT hazards": 1,
        "POST hazards/accept": 2,
        "POST hazards/assign": 1,
        "POST hazards/start": 2,
        "POST hazards/rectify": 2,
        "POST hazards/verify": 2,
        "PUT claims": 1,
        "POST claims/verify": 1,
        "POST claims/approve": 2,
    }
)
"""Every write of the path but signing in; each is sent twice."""
ROWS = {
    "sign_ins": 3,
    "refresh_tokens": 3,
    "inspections": 1,
    "inspection_answers": 16,
    "photos": 5,
    "photo_links": 7,  # the inspection's two belong to its hazard, too
    "visits": 1,
    "hazards": 2,  # the inspection found one, the resident reported one
    "hazard_events": 12,  # each reported; the nine further steps; closed after the recheck
    "claims": 2,  # for the report, and the resident's own
    "claim_events": 8,  # each submitted, verified, approved and posted
    "transfers": 2,  # one a claim
    "lots": 2,
    "notices": 16,  # two hazards to triage, one to recheck
    "audit_entries": 50,  # 22 writes, each told twice; three sign-ins; three sensitive reads
}
"""What the path leaves in the database, whether or not it is sent twice."""


@dataclass(frozen=True)
class Reply:
    """A reply that the network lost."""

    status: int
    answer: Any

    @classmethod
    def read(cls, raw: bytes) -> "Reply":
        """Read what the server sent."""
        head, _, body = raw.partition(b"\r\n\r\n")
        return cls(int(head.split()[1]), json.loads(body))


@pytest.fixture(scope="module")
def seeded(
    servers: Servers, served_redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Give the settings of a seeded database of its own."""
    settings = demo_settings(
        ensure_database(servers.database_url, f"main_path_{os.getpid()}"),
        served_redis_url,
        tmp_path_factory.mktemp("photos"),
    )
    signals, log = StopSignals(), Path(settings["GONGDI_PHOTO_DIR"]) / "cli.log"
    app_command(["migrate"], settings, signals, log=log)
    app_command(["seed"], settings, signals, log=log)
    return settings


@pytest.fixture
def engine(seeded: dict[str, str]) -> Iterator[Engine]:
    """Give the seeded database, where nothing is left to be posted but what the walk claims."""
    made = create_engine(seeded["DATABASE_URL"])
    with Session(made) as session, clock.set_to(clock.now() + NOTICE):
        points.post_due(session, limit=1000)
        session.commit()
    yield made
    made.dispose()


@pytest.mark.xdist_group("served")
def test_each_write_of_the_main_path_counts_once_though_its_reply_is_lost(
    seeded: dict[str, str], engine: Engine
) -> None:
    before = counts(engine)
    said: list[str] = []

    walk, network = walk_over_http(seeded, say=said.append)

    repeats, lost = walk.line.repeats, [Reply.read(raw) for raw in network.lost]
    assert Counter(map(what, repeats)) == WRITES
    assert [reply.status for reply in lost] == [201 if one.method == "PUT" else 200 for one in repeats]
    assert [one.status for one in repeats] == [200] * len(repeats)
    assert [lasting(one.answer) for one in repeats] == [lasting(reply.answer) for reply in lost]
    assert grown(before, counts(engine)) == ROWS
    with Session(engine) as session:
        assert balance(session, walk) == walk.before + 3, "two points for the report, one for the claim"
        hazard = session.get_one(Hazard, walk.hazard_id)
        assert (hazard.status, hazard.recheck_failures) == (HazardStatus.CLOSED, 1)
        assert points.reconcile(session) == []
    assert said[-1] == "All 22 writes sent again were known already, and count once."


def what(repeat: Repeat) -> str:
    """Say what was written, without ids: PUT hazards, POST hazards/accept."""
    return f"{repeat.method} {'/'.join(repeat.path.split('/')[2::2])}"


def lasting(answer: Any) -> Any:
    """Leave out the addresses of photos, which are sealed anew for each answer."""

    def without_urls(shown: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in shown.items() if not name.endswith("_url")}

    return json.loads(json.dumps(answer), object_hook=without_urls)


def counts(engine: Engine) -> dict[str, int]:
    """Count the rows of every table."""
    with Session(engine) as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


def grown(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """Give how many rows came to the tables that grew or shrank."""
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}


def balance(session: Session, walk: Walk) -> int:
    """Read the balance of the resident's household."""
    household_id = UUID(walk.resident.me["household_id"])
    return session.scalars(select(Account.balance).where(Account.household_id == household_id)).one()
