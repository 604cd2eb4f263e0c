"""Keys of sealed fields change on a whole town while its people are read."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.cli.seed.site import BIG as COMMUNITY
from app.config import Suite
from app.models import AuditEntry, Notice, NoticeKind, Resident
from app.people import Numbers, numbers_of, residents_with_phone
from app.sealing import KeyGoneError, Sealer
from tests.sealer import SUITE
from tests.seed.conftest import Seeded

_OTHER = Suite.INTL if SUITE is Suite.GM else Suite.GM

pytestmark = pytest.mark.xdist_group("seed")


def test_keys_and_suite_change_while_people_read(seeded: Seeded, session: Session) -> None:
    """S-111, S-113: no read fails while everything is sealed anew; without its key nothing opens."""
    old = Sealer.of(seeded.settings)
    laptop = f"laptop:{old.keys['laptop'].hex()}"
    new_key = "5d0f3b7c9a1e84c26b7d50e9f83a1c46d2905eb7c14f8a639d07be25f4c8613a"
    both = replace(old, keys={**old.keys, "2027a": bytes.fromhex(new_key)})
    residents = list(
        session.scalars(
            select(Resident.id)
            .where(Resident.phone_sealed.is_not(None), Resident.area_code.startswith(COMMUNITY))
            .limit(200)
        )
    )
    engine = session.get_bind()
    before = _numbers(engine, both, residents)
    stop, read = Event(), [0]

    def keep_reading() -> None:
        while not stop.is_set():
            assert _numbers(engine, both, residents) == before
            read[0] += 1

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(keep_reading) for _ in range(2)]
        try:
            there = seeded.run(
                "rotate-keys", GONGDI_FIELD_KEYS=f"2027a:{new_key},{laptop}", GONGDI_FIELD_SUITE=_OTHER
            )
            gone = not _opens_all(engine, old, residents)
            kept = residents_with_phone(session, both, COMMUNITY, before[residents[0]].phone or "")
        finally:
            back = seeded.run("rotate-keys", GONGDI_FIELD_KEYS=f"{laptop},2027a:{new_key}")
            stop.set()
        for reader in readers:
            reader.result()

    assert (there.exit_code, back.exit_code) == (0, 0)
    entries = select(func.count()).where(AuditEntry.action == "command:rotate-keys")
    assert session.scalar(entries), "the trail tells of it"
    assert residents[0] in [one.id for one in kept], "look-ups go on by the same index"
    assert there.output.splitlines()[-1].endswith(f"rows sealed by 2027a, {_OTHER}.")
    assert read[0] > 2
    assert gone, "who has only the older key opens nothing any more"
    assert _opens_all(engine, old, residents)
    assert seeded.run("rotate-keys").output == f"0 rows sealed by laptop, {SUITE}.\n"
    _take_back_notices(session)


def _take_back_notices(session: Session) -> None:
    """Leave the town as it was seeded: the auditors were told of both changes."""
    kinds = session.scalars(
        delete(Notice).where(Notice.data["what"].astext == "keys_rotated").returning(Notice.kind)
    ).all()
    session.commit()
    assert set(kinds) == {NoticeKind.ACCOUNT_ALERT}, "the auditors are told, and have nothing to approve"


def _numbers(engine: Any, sealer: Sealer, residents: list[UUID]) -> dict[UUID, Numbers]:
    with Session(engine) as session:
        rows = session.scalars(select(Resident).where(Resident.id.in_(residents)))
        return {row.id: numbers_of(sealer, row) for row in rows}


def _opens_all(engine: Any, sealer: Sealer, residents: list[UUID]) -> bool:
    try:
        return len(_numbers(engine, sealer, residents)) == len(residents)
    except KeyGoneError:
        return False
