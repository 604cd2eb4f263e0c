"""The command that changes keys, on a database of its own where a value does not open."""

import os
from dataclasses import replace
from pathlib import Path

from click.testing import CliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cli.commands import commands
from app.config import Settings
from app.db import engine_for
from app.ids import new_id
from app.models import Notice, Resident
from app.people import Numbers, keep_numbers, numbers_of
from app.sealing import Showing, key_of
from dev.servers import Servers
from tests.breaking import UNREADABLE, break_sealed
from tests.cast import named
from tests.databases import peopled_database
from tests.sealer import KEYS, SEALER

NUMBERS = Numbers("13900001234", "000000195503081029")
NEW_KEY = "5d0f3b7c9a1e84c26b7d50e9f83a1c46d2905eb7c14f8a639d07be25f4c8613a"


def test_what_does_not_open_is_named_and_keeps_nothing_from_the_new_key(
    servers: Servers, tmp_path: Path
) -> None:
    """S-111: all that opens is sealed anew, also in the same row; the rest is left, and the exit tells it."""
    environ = {
        "GONGDI_ENV": "test",
        "DATABASE_URL": peopled_database(servers, f"rotated_{os.getpid()}_{new_id().hex[-6:]}"),
        "REDIS_URL": servers.redis_url,
        **KEYS,
        "GONGDI_FIELD_KEYS": f"2027a:{NEW_KEY},laptop:{SEALER.keys['laptop'].hex()}",
        "GONGDI_PUBLIC_URL": "http://localhost",
        "GONGDI_PHOTO_DIR": str(tmp_path / "photos"),
    }
    engine = engine_for(Settings.read(environ))
    both = replace(SEALER, keys={**SEALER.keys, "2027a": bytes.fromhex(NEW_KEY)})
    with Session(engine, expire_on_commit=False) as session:
        one, other = (session.get_one(Resident, named(name)) for name in ("resident", "far_resident"))
        keep_numbers(SEALER, one, NUMBERS)
        session.commit()
        break_sealed(session, "residents", "phone_sealed")
        keep_numbers(SEALER, other, NUMBERS)
        session.commit()

        first, again = (CliRunner().invoke(commands, ["rotate-keys"], env=environ) for _ in range(2))

        session.expire_all()
        told = f"Nobody can open residents.phone_sealed of row {one.id}: left as it is."
        assert (first.exit_code, again.exit_code) == (1, 1)
        assert told in first.output
        assert told in again.output
        assert "0 rows sealed by 2027a" in again.output
        assert "1 values do not open" in again.output
        assert numbers_of(both, other) == NUMBERS
        assert numbers_of(Showing(both), one) == replace(NUMBERS, phone=UNREADABLE)
        names = [one.phone_sealed, one.id_number_sealed, other.phone_sealed, other.id_number_sealed]
        assert [key_of(value or b"") for value in names] == ["laptop", "2027a", "2027a", "2027a"]
        assert session.scalar(select(func.count()).select_from(Notice)), "the auditors are told"
    engine.dispose()
