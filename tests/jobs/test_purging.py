"""The command that purges the audit trail, on a database of its own: it leaves no beginning behind."""

import os
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import audit
from app.audit import AuditKeys, Entry
from app.cli.commands import commands
from app.clock import business_day, now, set_to
from app.config import Settings
from app.db import engine_for
from app.identity import sealed_phone, sealed_secret
from app.ids import new_id
from app.models import AuditEntry, AuditLink, AuditResult, SecondFactor, User
from dev.servers import Servers
from tests.cast import LONG_AGO, person
from tests.databases import peopled_database
from tests.sealer import KEYS, SEALER

PHONES = {"auditor": "13900000001", "city": "13900000002", "county": "13900000003", "admin": "13900000004"}
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LATER = timedelta(days=430)
Purge = Callable[..., Result]


@pytest.fixture
def environ(servers: Servers, tmp_path: Path) -> dict[str, str]:
    """Give the variables of an installation that only this test writes."""
    return {
        "GONGDI_ENV": "test",
        "DATABASE_URL": peopled_database(servers, f"purged_{os.getpid()}_{new_id().hex[-6:]}"),
        "REDIS_URL": servers.redis_url,
        **KEYS,
        "GONGDI_PUBLIC_URL": "http://localhost",
        "GONGDI_PHOTO_DIR": str(tmp_path / "photos"),
    }


@pytest.fixture
def session(environ: dict[str, str]) -> Iterator[Session]:
    """Give people with authenticator apps, and a trail of a checkpoint whose time is over."""
    settings = Settings.read(environ)
    engine, keys = engine_for(settings), AuditKeys.of(settings)
    with Session(engine, expire_on_commit=False) as opened:
        for name, phone in PHONES.items():
            user, row_id = opened.get_one(User, person(name).user_id), new_id()
            for column, value in sealed_phone(SEALER, user.id, phone).items():
                setattr(user, column, value)
            opened.add(
                SecondFactor(
                    id=row_id,
                    user_id=user.id,
                    secret_sealed=sealed_secret(SEALER, row_id, SECRET),
                    created_at=LONG_AGO,
                    confirmed_at=LONG_AGO,
                )
            )
        for _ in range(5):
            audit.record(opened, keys, Entry(action="job:test"))
        assert audit.checkpoint(opened, keys) is not None
        opened.commit()
        yield opened
    engine.dispose()


@pytest.fixture
def purge(environ: dict[str, str], session: Session) -> Purge:
    """Call the command as two people would, with the codes that their apps show."""
    assert session

    def call(
        until: date, *, auditor: str = "auditor", second: str = "city", code: str | None = None
    ) -> Result:
        right = pyotp.TOTP(SECRET).at(now())
        arguments = ["purge-audit", "--until", until.isoformat()]
        arguments += ["--auditor", PHONES[auditor], "--second", PHONES[second]]
        return CliRunner().invoke(commands, arguments, env=environ, input=f"{right}\n{code or right}\n")

    return call


@pytest.fixture
def at() -> datetime:
    """Give the moment fourteen months from now."""
    return now() + LATER


def count(session: Session) -> int:
    """Count the entries of the first day."""
    return session.scalar(select(func.count()).where(AuditEntry.action == "job:test")) or 0


def test_two_people_purge_what_is_over(
    environ: dict[str, str], session: Session, purge: Purge, at: datetime
) -> None:
    """S-102: an auditor and an officer together; the trail verifies afterwards and names both."""
    with set_to(at):
        verified = CliRunner().invoke(commands, ["verify-audit"], env=environ)
        done = purge(business_day(at - LATER) + timedelta(days=1))
        after = CliRunner().invoke(commands, ["verify-audit"], env=environ)
    session.expire_all()

    assert (verified.exit_code, done.exit_code, after.exit_code) == (0, 0, 0), done.output
    assert "5 entries, up to number 5, are gone." in done.output
    assert "5 entries before were purged at " in after.output
    assert "The oldest entry kept is number 1, of " in verified.output
    assert str(person("auditor").user_id) in after.output
    assert str(person("city").user_id) in after.output
    assert count(session) == 0
    assert session.scalar(select(func.min(AuditLink.number))) is None


@pytest.mark.parametrize(
    "people",
    [
        {"second": "auditor"},
        {"auditor": "city", "second": "auditor"},
        {"second": "admin"},
        {"auditor": "admin"},
        {"code": "000000"},
    ],
)
def test_one_person_or_the_wrong_ones_purge_nothing(
    environ: dict[str, str], session: Session, purge: Purge, at: datetime, people: dict[str, str]
) -> None:
    """S-102: two people, of the right roles, with their own codes; the refusal is on record."""
    with set_to(at):
        assert CliRunner().invoke(commands, ["verify-audit"], env=environ).exit_code == 0
        done = purge(business_day(at - LATER) + timedelta(days=1), **people)
    refused = select(AuditEntry.code).where(AuditEntry.result == AuditResult.REFUSED)

    assert (done.exit_code, "or a code is wrong" in done.output) == (1, True)
    assert count(session) == 5
    assert session.scalars(refused.where(AuditEntry.action == "command:purge-audit")).all() == ["not_proven"]


def test_a_row_of_300_days_is_not_purged(environ: dict[str, str], session: Session, purge: Purge) -> None:
    """S-102: whoever agrees, what is younger than the months stays."""
    with set_to(now() + timedelta(days=300)):
        assert CliRunner().invoke(commands, ["verify-audit"], env=environ).exit_code == 0
        done = purge(business_day() - timedelta(days=299))

    assert (done.exit_code, "kept for 13 months" in done.output) == (1, True)
    assert count(session) == 5


@pytest.mark.parametrize(
    "why, days, until_days_ago, verified",
    [
        ("kept for 13 months", 300, 299, True),
        ("First run verify-audit", 430, 429, False),
        ("no checkpoint up to that day", 430, 440, True),
    ],
)
def test_what_cannot_be_cut_is_refused_before_anybody_shows_a_code(
    environ: dict[str, str],
    session: Session,
    purge: Purge,
    *,
    why: str,
    days: int,
    until_days_ago: int,
    verified: bool,
) -> None:
    """S-102: two people are not called for nothing, and what is refused uses up no code."""
    with set_to(now() + timedelta(days=days)):
        if verified:
            assert CliRunner().invoke(commands, ["verify-audit"], env=environ).exit_code == 0
        until = business_day() - timedelta(days=until_days_ago)
        done, wrong = purge(until), purge(until, second="admin", code="000000")

    assert (done.exit_code, why in done.output, "Code of" in done.output) == (1, True, False)
    assert wrong.output == done.output, "who the two are is not told without their codes"
    assert session.scalars(select(SecondFactor.last_step)).unique().all() == [None]
    assert count(session) == 5
