"""The oldest part of the trail goes when two people say so, and what is left still proves itself."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import audit
from app.audit import AuditKeys, Cut, CutRefusedError, Entry, Finding, FindingKind, Verifier
from app.audit.cutting import CUTS
from app.clock import now, set_to
from app.ids import new_id
from app.models import AuditCheckpoint, AuditEntry, AuditLink
from tests.audit.conftest import Found, Superuser
from tests.cast import person
from tests.client import Client
from tests.explaining import plan_of

Become = Callable[[str | None], Client]
Trail = list[AuditLink]
AUDITOR, COUNTY = person("auditor").user_id, person("county").user_id


def _verify(session: Session, keys: AuditKeys) -> int:
    return audit.keep_verification(session, Verifier(session, keys), lambda _finding: None).findings_count


def _more(session: Session, keys: AuditKeys, count: int = 3) -> None:
    for number in range(count):
        audit.record(session, keys, Entry(action="job:later", facts={"count": number}))
    audit.link(session, keys)


def _cut(session: Session, keys: AuditKeys, until: datetime, months: int = 13) -> Cut:
    made = audit.cut(session, keys, until=until, months=months, by=AUDITOR, agreed_by=COUNTY)
    audit.link(session, keys)
    session.flush()
    return made


def _drop(session: Session, made: Cut) -> int:
    dropped = 0
    while batch := audit.drop(session, made, limit=4):
        dropped += batch
    return dropped


@pytest.fixture
def signed_at(session: Session, keys: AuditKeys, trail: Trail) -> Iterator[datetime]:
    """Sign the ten entries, write three more, and go on fourteen months later, verified."""
    assert trail
    at = now()
    with set_to(at):
        assert audit.checkpoint(session, keys) is not None
    _more(session, keys)
    with set_to(at + timedelta(days=430)):
        assert _verify(session, keys) == 0
        yield at


def test_what_is_left_verifies_and_names_the_cut(
    session: Session, keys: AuditKeys, trail: Trail, found: Found, signed_at: datetime
) -> None:
    """S-102: entries and links are gone, the checkpoint stays, the chain goes on, the two are named."""
    last = trail[-1].number
    made = _cut(session, keys, signed_at + timedelta(seconds=1))
    dropped = _drop(session, made)
    verifier = Verifier(session, keys)

    assert (made.number, dropped, list(verifier.findings())) == (last, last, [])
    assert verifier.cut is not None
    assert (verifier.cut.number, verifier.cut.by, verifier.cut.agreed_by) == (last, AUDITOR, COUNTY)
    assert str(AUDITOR) in str(verifier.cut)
    assert str(COUNTY) in str(verifier.cut)
    assert f"{last} entries before were purged" in str(verifier.cut)
    assert session.scalars(select(AuditLink.number).order_by(AuditLink.number)).first() == last + 1
    assert session.get(AuditCheckpoint, last) is not None
    assert session.scalars(select(AuditEntry.id).where(AuditEntry.id == trail[-1].entry_id)).all() == []
    _more(session, keys)
    assert found() == []


def test_a_cut_that_is_being_carried_out_verifies(
    session: Session, keys: AuditKeys, found: Found, signed_at: datetime
) -> None:
    """S-102: a purge that stopped half-way is no finding, and goes on from where it stopped."""
    made = _cut(session, keys, signed_at + timedelta(seconds=1))
    assert found() == []
    assert audit.drop(session, made, limit=4) == 4
    assert found() == []
    assert _drop(session, made) == made.number - 4
    assert found() == []


def test_what_is_younger_than_the_months_is_refused(
    session: Session, keys: AuditKeys, trail: Trail, signed_at: datetime
) -> None:
    """S-102: the purge of a row of 300 days is refused, also where less than half a year is set."""
    with (
        set_to(signed_at + timedelta(days=300)),
        pytest.raises(CutRefusedError, match="kept for 13 months"),
    ):
        _cut(session, keys, signed_at + timedelta(seconds=1))
    with set_to(signed_at + timedelta(days=150)), pytest.raises(CutRefusedError, match="kept for 6 months"):
        _cut(session, keys, signed_at + timedelta(seconds=1), months=1)

    assert audit.last_cut(session, keys) is None
    assert session.get(AuditLink, trail[0].number) is not None


def test_there_must_be_a_checkpoint_that_old(session: Session, keys: AuditKeys, signed_at: datetime) -> None:
    """S-102: the cut is at a signed place, and never twice at the same."""
    with pytest.raises(CutRefusedError, match="no checkpoint"):
        _cut(session, keys, signed_at - timedelta(days=1))
    made = _cut(session, keys, signed_at + timedelta(seconds=1))
    with pytest.raises(CutRefusedError, match="no checkpoint"):
        _cut(session, keys, signed_at + timedelta(seconds=1))

    assert audit.last_cut(session, keys) == made


def test_a_trail_that_does_not_verify_is_not_cut(
    session: Session, keys: AuditKeys, trail: Trail, superuser: Superuser, signed_at: datetime
) -> None:
    """S-102: nobody gets rid of a finding by a purge."""
    superuser("UPDATE audit_entries SET facts = '{}' WHERE id = :id", id=trail[2].entry_id)
    assert _verify(session, keys) == 1
    with pytest.raises(CutRefusedError, match="verify-audit"):
        _cut(session, keys, signed_at + timedelta(seconds=1))


def test_a_verification_of_days_ago_is_none(session: Session, keys: AuditKeys, signed_at: datetime) -> None:
    """S-102: what was whole then may not be by now."""
    with set_to(now() + timedelta(days=2, minutes=1)), pytest.raises(CutRefusedError, match="verify-audit"):
        _cut(session, keys, signed_at + timedelta(seconds=1))
    with set_to(now() + timedelta(days=2, minutes=-1)):
        _cut(session, keys, signed_at + timedelta(seconds=1))


def test_a_checkpoint_that_was_changed_is_no_place_to_cut(
    session: Session, keys: AuditKeys, trail: Trail, superuser: Superuser, signed_at: datetime
) -> None:
    """S-102: its signature and the link under it are looked at again."""
    superuser("UPDATE audit_checkpoints SET signature = hash WHERE number = :number", number=trail[-1].number)
    with pytest.raises(CutRefusedError, match="does not agree"):
        _cut(session, keys, signed_at + timedelta(seconds=1))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_entries WHERE id = :old",
        "DELETE FROM audit_entries WHERE id = :young",
        "DELETE FROM audit_links WHERE entry_id = :old",
        "DELETE FROM audit_links WHERE entry_id = :young",
    ],
)
@pytest.mark.parametrize("flag", ["", "old", "made"])
def test_a_delete_of_anything_else_still_fails(
    session: Session, keys: AuditKeys, trail: Trail, signed_at: datetime, statement: str, flag: str
) -> None:
    """S-101, S-102: no cut, an entry that is none, behind the cut; links not before their entries."""
    made = _cut(session, keys, signed_at + timedelta(seconds=1))
    ids = {"old": trail[3].entry_id, "made": made.entry_id}
    young = session.scalars(select(AuditLink.entry_id).where(AuditLink.number == made.number + 1)).one()
    may = flag == "made" and statement == "DELETE FROM audit_entries WHERE id = :old"
    session.execute(text("SELECT set_config('gongdi.audit_cut', :id, true)"), {"id": str(ids.get(flag, ""))})
    values = {"old": ids["old"]} if ":old" in statement else {"young": young}
    if may:
        assert session.execute(text(statement), values).rowcount == 1  # type: ignore[attr-defined]
    else:
        with pytest.raises(DBAPIError, match="is append-only"):
            session.execute(text(statement), values)


@pytest.mark.parametrize("statement", ["UPDATE audit_entries SET code = ''", "TRUNCATE audit_links"])
def test_a_cut_lets_nothing_be_changed(
    session: Session, keys: AuditKeys, signed_at: datetime, statement: str
) -> None:
    """S-101, S-102: it opens a way for one kind of DELETE."""
    made = _cut(session, keys, signed_at + timedelta(seconds=1))
    session.execute(text("SELECT set_config('gongdi.audit_cut', :id, true)"), {"id": str(made.entry_id)})
    with pytest.raises(DBAPIError, match="is append-only"):
        session.execute(text(statement))


def test_the_flag_is_down_again_after_a_purge(session: Session, keys: AuditKeys, signed_at: datetime) -> None:
    """S-102: the same transaction deletes nothing more."""
    made = _cut(session, keys, signed_at + timedelta(seconds=1))
    assert audit.drop(session, made, limit=2) == 2
    with pytest.raises(DBAPIError, match="is append-only"):
        session.execute(delete(AuditEntry))


def test_a_beginning_taken_away_without_a_cut_is_named(
    trail: Trail, superuser: Superuser, found: Found, signed_at: datetime
) -> None:
    """S-102: neither bare, nor with an entry that looks like a cut."""
    assert signed_at
    last = trail[-1].number
    superuser(
        "DELETE FROM audit_entries WHERE id IN (SELECT entry_id FROM audit_links WHERE number <= :n)", n=last
    )
    superuser("DELETE FROM audit_links WHERE number <= :n", n=last)
    assert found() == [Finding(FindingKind.LINKS_MISSING, 1, last)]
    superuser(
        "INSERT INTO audit_entries (id, at, actor_id, roles, action, result, facts, mac) VALUES (:id, now(),"
        " :by, '[]', 'audit:cut', 'done', CAST(:facts AS jsonb), 'x')",
        id=new_id(),
        by=AUDITOR,
        facts=f'{{"number": {last}, "hash": "00", "agreed_by": "{COUNTY}"}}',
    )

    assert [one.kind for one in found()] == [FindingKind.LINKS_MISSING, FindingKind.ENTRY_INSERTED]


def test_more_taken_away_than_was_cut_is_named(
    session: Session, keys: AuditKeys, superuser: Superuser, found: Found, signed_at: datetime
) -> None:
    """S-102: the cut excuses what it names, and nothing behind it."""
    made = _cut(session, keys, signed_at + timedelta(seconds=1))
    _drop(session, made)
    session.commit()
    number = made.number + 1
    superuser(
        "DELETE FROM audit_entries WHERE id = (SELECT entry_id FROM audit_links WHERE number = :n)", n=number
    )
    superuser("DELETE FROM audit_links WHERE number = :n", n=number)

    assert found() == [Finding(FindingKind.LINKS_MISSING, number, number)]


def test_the_auditor_sees_since_when_the_trail_is_kept(
    be: Become, session: Session, keys: AuditKeys, trail: Trail, signed_at: datetime
) -> None:
    """S-102: from the first entry on; after a cut from the first one left, and by whom, and how many went."""
    first = session.get_one(AuditEntry, session.get_one(AuditLink, 1).entry_id).at
    session.commit()
    auditor = be("auditor")
    before = auditor.get("/v1/audit/verification").json
    made = _cut(session, keys, signed_at + timedelta(seconds=1))
    _drop(session, made)
    session.commit()
    session.expunge_all()
    after = auditor.get("/v1/audit/verification").json

    assert before["last_cut"] is None
    assert before["kept_since"] == {"number": 1, "at": first.astimezone(UTC).isoformat()}
    left = session.get_one(AuditEntry, session.get_one(AuditLink, made.number + 1).entry_id)
    assert after["kept_since"] == {"number": made.number + 1, "at": left.at.astimezone(UTC).isoformat()}
    assert after["last_cut"] == {
        "entry_id": str(made.entry_id),
        "at": after["last_cut"]["at"],
        "number": trail[-1].number,
        "by": str(AUDITOR),
        "agreed_by": str(COUNTY),
        "entries": trail[-1].number,
    }
    assert session.get_one(AuditEntry, made.entry_id).at.isoformat() == after["last_cut"]["at"]


def test_a_second_cut_counts_its_own_entries(session: Session, keys: AuditKeys, signed_at: datetime) -> None:
    """S-102: how many it takes away, not how many went before it."""
    _drop(session, _cut(session, keys, signed_at + timedelta(seconds=1)))
    assert audit.checkpoint(session, keys) is not None
    first = audit.beginning(session)
    later = now() + timedelta(days=430)
    with set_to(later):
        assert _verify(session, keys) == 0
        made = _cut(session, keys, later - timedelta(days=400))

    assert first is not None
    assert made.entries == made.number - first.number + 1
    assert audit.last_cut(session, keys) == made


def test_a_cut_of_an_older_version_is_told_without_its_entries(
    session: Session, keys: AuditKeys, trail: Trail
) -> None:
    facts = {"number": 1, "hash": trail[0].hash.hex(), "agreed_by": str(COUNTY)}
    audit.record(session, keys, Entry(action="audit:cut", actor_id=AUDITOR, facts=facts))

    made = audit.last_cut(session, keys)

    assert made is not None
    assert made.entries is None
    assert "what was before was purged" in str(made)


def test_cuts_are_found_without_reading_the_trail(session: Session) -> None:
    """S-102: by the index over them, however many entries there are."""
    session.execute(text("SET LOCAL enable_seqscan = off"))
    plan = plan_of(session, CUTS)

    assert "ix_audit_entries_cuts" in plan, plan
