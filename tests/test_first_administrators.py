"""A fresh installation: no account at all, areas by hand, and three administrators by invitation."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta

import pyotp
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, create_engine, func, select, update
from sqlalchemy.orm import Session

from app import migrating
from app.actors import Role
from app.cli.commands import commands
from app.cli.seed import facts
from app.clock import now
from app.config import Settings
from app.identity import accept_invitation, sealed_secret
from app.ids import new_id
from app.models import (
    AuditEntry,
    CareCategory,
    Checklist,
    ChecklistItem,
    Grant,
    Invitation,
    Notice,
    SecondFactor,
    User,
    VisitForm,
)
from app.sealing import Sealer
from dev.servers import Servers, ensure_database
from tests.sealer import KEYS, SEALER

Run = Callable[..., Result]
ANOTHER, SECRET = "command:another-security-administrator", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
THREE = [
    "--system",
    "13900000001",
    "甲一",
    "--security",
    "13900000002",
    "乙二",
    "--audit",
    "13900000003",
    "丙三",
]


@pytest.fixture
def fresh(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give the environment of a migrated, empty database."""
    url = ensure_database(servers.database_url, f"test_fresh_{os.getpid()}")
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        connection.commit()  # each migration has a transaction of its own
        migrating.upgrade(connection)
        connection.commit()
    engine.dispose()
    return {
        "GONGDI_ENV": "test",
        "DATABASE_URL": url,
        "REDIS_URL": servers.redis_url,
        **KEYS,
        "GONGDI_PUBLIC_URL": "http://localhost",
        "GONGDI_PHOTO_DIR": str(tmp_path_factory.mktemp("photos")),
    }


@pytest.fixture
def run(fresh: dict[str, str]) -> Run:
    """Run a command on it."""
    return lambda *words: CliRunner().invoke(commands, words, env=fresh)


@pytest.fixture
def engine(fresh: dict[str, str]) -> Iterator[Engine]:
    made = create_engine(fresh["DATABASE_URL"])
    yield made
    made.dispose()


def test_three_administrators_found_an_installation_once(
    run: Run, engine: Engine, fresh: dict[str, str]
) -> None:
    """S-15: nobody has an account after the migrations; three are invited by tokens shown once."""
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(User)) == 0
    assert "add-area first" in run("first-administrators", "--area", "4212", *THREE).output
    assert run("add-area", "421224", "通山县").exit_code == 1, "the city is missing"
    for code, name in (("4212", "咸宁市"), ("421224", "通山县")):
        assert run("add-area", code, name).exit_code == 0
    assert run("add-area", "4212", "咸宁市").exit_code == 0, "again changes nothing"
    assert run("add-area", "4212", "别的市").exit_code == 1
    for code, name in (("421224100", "镇"), ("421224100001", "社区"), ("421224100001001", "网格")):
        assert run("add-area", code, name).exit_code == 0
    assert "not a grid" in run("first-administrators", "--area", "421224100001001", *THREE).output
    same = [word.replace("0003", "0001") for word in THREE]
    assert "Three people" in run("first-administrators", "--area", "421224", *same).output

    made = run("first-administrators", "--area", "421224", *THREE)

    assert made.exit_code == 0, made.output
    rows = [line.split() for line in made.output.splitlines()[:3]]
    assert [row[:3] for row in rows] == [
        ["system_admin", "甲一", "13900000001"],
        ["security_admin", "乙二", "13900000002"],
        ["auditor", "丙三", "13900000003"],
    ]
    settings = Settings.read(fresh)
    with Session(engine) as session:
        assert set(session.scalars(select(User.password_hash))) == {None}
        assert session.scalar(select(func.count()).select_from(Grant)) == 3
        assert session.scalar(select(func.count()).select_from(Invitation)) == 3
        for row in rows:
            accept_invitation(
                session,
                Sealer.of(settings),
                b"tries",
                settings.sessions.passwords,
                token=row[3].removeprefix("http://localhost/invite/"),
                password="Kiesel 7 Fjordlampe",
            )
        session.commit()
        assert None not in set(session.scalars(select(User.password_hash)))
    assert "already" in run("first-administrators", "--area", "421224", *THREE).output
    others = [word.replace("1390000000", "1390000001") for word in THREE]
    with Session(engine) as session:
        session.execute(
            update(Grant).values(valid_from=now() - timedelta(2), valid_until=now() - timedelta(1))
        )
        session.commit()
    assert run("first-administrators", "--area", "421224", *others).exit_code == 0, "nobody is left"


def test_a_real_installation_has_the_standard_forms_once(run: Run, engine: Engine) -> None:
    """The lists in a city or county, forms for every category; again changes nothing."""
    assert "add-area first" in run("standard-forms", "--area", "4212").output
    for code, name in (("4212", "咸宁市"), ("421224", "通山县"), ("421224100", "通羊镇")):
        assert run("add-area", code, name).exit_code == 0
    assert "city or a county" in run("standard-forms", "--area", "421224100").output
    told = f"{len(facts.checklists())} checklists and {len(CareCategory)} visit forms"
    assert told in run("standard-forms", "--area", "4212").output
    with Session(engine) as session:
        lists = sorted(tuple(row) for row in session.execute(select(Checklist.code, Checklist.kind)))
        assert lists == sorted((one.code, one.kind) for one in facts.checklists())
        assert {form.category for form in session.scalars(select(VisitForm))} == set(CareCategory)
        asked = sum(len(section.items) for one in facts.checklists() for section in one.sections)
        assert session.scalar(select(func.count()).select_from(ChecklistItem)) == asked
        session.execute(
            update(Checklist).where(Checklist.code == "residential_block").values(retired_at=now())
        )
        session.commit()

    assert "0 checklists and 0 visit forms" in run("standard-forms", "--area", "4212").output
    with Session(engine) as session:
        session.execute(update(VisitForm).where(VisitForm.category == "elderly").values(version=1))
        session.commit()
    assert "11 checklists and 1 visit forms" in run("standard-forms", "--area", "421224").output
    with Session(engine) as session:
        left = select(AuditEntry.facts).where(AuditEntry.action == "command:standard-forms")
        assert [facts_["area"] for facts_ in session.scalars(left)] == ["4212", "421224"]


@pytest.fixture
def founded(run: Run, engine: Engine) -> Iterator[Session]:
    """Give a founded installation whose administrators have authenticator apps, and lost the security one."""
    for code, name in (("4212", "咸宁市"), ("421224", "通山县")):
        assert run("add-area", code, name).exit_code == 0
    assert run("first-administrators", "--area", "421224", *THREE).exit_code == 0
    with Session(engine) as session:
        for user_id in session.scalars(select(Grant.user_id)):
            row_id = new_id()
            sealed = sealed_secret(SEALER, row_id, SECRET)
            session.add(
                SecondFactor(
                    id=row_id, user_id=user_id, secret_sealed=sealed, created_at=now(), confirmed_at=now()
                )
            )
        session.execute(update(Grant).where(Grant.role == Role.SECURITY_ADMIN).values(ended_at=now()))
        session.commit()
        yield session


def another(env: dict[str, str], *, auditor: str = "13900000003", second: str = "13900000001") -> Result:
    code = pyotp.TOTP(SECRET).now()
    words = ["another-security-administrator", "--area", "421224", "--new", "13900000009", "丁四"]
    words += ["--auditor", auditor, "--second", second]
    return CliRunner().invoke(commands, words, env=env, input=f"{code}\n{code}\n")


def test_a_lost_security_administrator_is_replaced_before_two_people(
    founded: Session, fresh: dict[str, str]
) -> None:
    """S-39: nobody who is left could grant the role; the auditor and a second one together can, on record."""
    done = another(fresh)
    again = another(fresh)

    assert (done.exit_code, again.exit_code) == (0, 1), done.output
    assert "http://localhost/invite/" in done.output
    assert "has a security administrator" in again.output
    new = founded.execute(
        select(User.id, Grant.area_code)
        .join(Grant, Grant.user_id == User.id)
        .where(Grant.role == Role.SECURITY_ADMIN, Grant.ended_at.is_(None))
    ).one()
    holds = dict(founded.execute(select(Grant.role, Grant.user_id).where(Grant.ended_at.is_(None))).all())
    [entry] = founded.scalars(select(AuditEntry).where(AuditEntry.action == ANOTHER))
    assert new.area_code == "421224"
    assert (entry.object_id, entry.actor_id) == (new.id, holds[Role.AUDITOR])
    assert entry.facts == {"agreed_by": str(holds[Role.SYSTEM_ADMIN])}
    told = founded.scalars(select(Notice.user_id).where(Notice.data["what"].astext == "granted_of")).all()
    assert sorted(told) == sorted([holds[Role.AUDITOR], holds[Role.SYSTEM_ADMIN]])


@pytest.mark.parametrize("people", [{"second": "13900000003"}, {"auditor": "13900000001"}])
def test_one_person_or_the_wrong_ones_make_no_security_administrator(
    founded: Session, fresh: dict[str, str], people: dict[str, str]
) -> None:
    """S-39: the refusal is on record."""
    refused = another(fresh, **people)

    assert (refused.exit_code, "or a code is wrong" in refused.output) == (1, True)
    assert founded.scalars(select(AuditEntry.code).where(AuditEntry.action == ANOTHER)).all() == [
        "not_proven"
    ]
    grants = select(func.count()).where(Grant.role == Role.SECURITY_ADMIN, Grant.ended_at.is_(None))
    assert founded.scalar(grants) == 0
