"""What a superuser does to the trail is found and named."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import audit
from app.audit import AuditKeys, Entry, Finding, FindingKind, Signed
from app.ids import new_id
from app.models import AuditCheckpoint, AuditEntry, AuditLink
from tests.audit.conftest import Found, Superuser

Trail = list[AuditLink]
COPY_ENTRY = """
INSERT INTO audit_entries
SELECT (jsonb_populate_record(entry, jsonb_build_object('id', CAST(:id AS text)))).*
FROM audit_entries AS entry WHERE id = :of
"""
TABLES = ("audit_entries", "audit_links", "audit_checkpoints", "audit_verifications")


def test_a_trail_that_nobody_touched_is_as_it_was_written(trail: Trail, found: Found) -> None:
    assert len(trail) == 10
    assert found() == []


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement",
    ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"],
    ids=["update", "delete", "truncate"],
)
def test_nothing_of_the_trail_can_be_changed(session: Session, table: str, statement: str) -> None:
    """S-101: also for whoever owns the tables."""
    column = "hash" if table in {"audit_links", "audit_checkpoints"} else "id"
    with pytest.raises(DBAPIError, match=f"{table} is append-only"):
        session.execute(text(statement.format(table, column, column)))


CHANGES = [
    "result = 'refused'",
    "at = at - interval '1 microsecond'",
    "actor_id = gen_random_uuid()",
    "roles = '[\"auditor\"]'",
    "session_id = gen_random_uuid()",
    "area_code = '4212'",
    "permission = 'grant_write'",
    "action = action || ' '",
    "object_kind = 'place'",
    "object_id = id",
    "code = 'not_found'",
    "ip = '10.0.0.1'",
    "device = 'another'",
    "request_id = gen_random_uuid()",
    "facts = '{\"count\": 11}'",
    "facts = '{}'",
    "mac = set_byte(mac, 7, get_byte(mac, 7) # 1)",
    "mac = ''",
]
"""A change of each column but the id, which the link names."""


def test_every_column_is_changed_once() -> None:
    assert {change.partition(" ")[0] for change in CHANGES} == {*AuditEntry.__table__.columns.keys()} - {"id"}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_entry_is_named(trail: Trail, superuser: Superuser, found: Found, change: str) -> None:
    """S-101, S-114: one row edited by the superuser."""
    link = trail[4]
    superuser(f"UPDATE audit_entries SET {change} WHERE id = :id", id=link.entry_id)  # noqa: S608  # of this file

    assert found() == [Finding(FindingKind.ENTRY_CHANGED, link.number, entry_id=link.entry_id)]


def test_an_entry_taken_out_is_named(trail: Trail, superuser: Superuser, found: Found) -> None:
    """S-101: its link is still there."""
    link = trail[4]
    superuser("DELETE FROM audit_entries WHERE id = :id", id=link.entry_id)

    assert found() == [Finding(FindingKind.ENTRY_MISSING, link.number, entry_id=link.entry_id)]


def test_entries_taken_out_with_their_links_leave_a_hole(
    trail: Trail, superuser: Superuser, found: Found
) -> None:
    """S-101: the numbers that are missing are named, and nothing after them."""
    for link in trail[4:6]:
        superuser("DELETE FROM audit_entries WHERE id = :id", id=link.entry_id)
        superuser("DELETE FROM audit_links WHERE number = :number", number=link.number)

    assert found() == [Finding(FindingKind.LINKS_MISSING, trail[4].number, trail[5].number)]


def test_the_newest_entries_taken_out_are_missed_by_the_checkpoint(
    session: Session, keys: AuditKeys, trail: Trail, superuser: Superuser, found: Found
) -> None:
    """S-101: the checkpoint remembers how far the chain reached."""
    assert audit.checkpoint(session, keys) is not None
    _cut(trail, superuser, since=7)

    assert found() == [Finding(FindingKind.LINKS_MISSING, trail[7].number, trail[9].number)]


def test_the_copy_tells_where_the_checkpoint_was_taken_out_too(
    session: Session, keys: AuditKeys, trail: Trail, superuser: Superuser, found: Found
) -> None:
    """S-101: the copy lies where no superuser of the database gets."""
    made = audit.checkpoint(session, keys)
    assert made is not None
    copy = Signed(made.number, made.hash, made.at, made.signature)
    _cut(trail, superuser, since=7)
    superuser("DELETE FROM audit_checkpoints WHERE number = :number", number=copy.number)

    assert found() == [], "without the copy nobody could know"
    assert found([copy]) == [
        Finding(FindingKind.CHECKPOINT_MISSING, copy.number),
        Finding(FindingKind.LINKS_MISSING, trail[7].number, trail[9].number),
    ]


def _cut(trail: Trail, superuser: Superuser, *, since: int) -> None:
    for link in trail[since:]:
        superuser("DELETE FROM audit_entries WHERE id = :id", id=link.entry_id)
        superuser("DELETE FROM audit_links WHERE number = :number", number=link.number)


def test_an_entry_put_in_is_named_and_never_linked(
    session: Session, keys: AuditKeys, trail: Trail, superuser: Superuser, found: Found
) -> None:
    """S-101: a copy of a true entry under another id has no MAC of its own."""
    forged = new_id()
    superuser(
        COPY_ENTRY,
        id=str(forged),
        of=trail[4].entry_id,
    )

    assert audit.link(session, keys) == 0
    assert found() == [Finding(FindingKind.ENTRY_INSERTED, entry_id=forged)]


def test_an_entry_put_in_with_a_link_is_named(trail: Trail, superuser: Superuser, found: Found) -> None:
    """S-101: neither its MAC nor what follows can be made without the key."""
    forged, number = new_id(), trail[-1].number + 1
    superuser(
        COPY_ENTRY,
        id=str(forged),
        of=trail[4].entry_id,
    )
    superuser(
        "INSERT INTO audit_links SELECT :number, :id, hash FROM audit_links WHERE number = :of",
        number=number,
        id=forged,
        of=trail[-1].number,
    )

    assert found() == [Finding(FindingKind.ENTRY_CHANGED, number, entry_id=forged)]


def test_an_entry_with_a_right_mac_that_was_changed_behind_the_chain_is_named(
    session: Session, keys: AuditKeys, trail: Trail, superuser: Superuser, found: Found
) -> None:
    """S-101: whoever has the key of the MACs still cannot make the chain agree."""
    other = audit.record(session, keys, Entry(action="PUT /v1/something-else"))
    link = trail[4]
    superuser(
        "UPDATE audit_links SET entry_id = :other WHERE number = :number", other=other, number=link.number
    )

    assert [finding.kind for finding in found()] == [FindingKind.LINK_CHANGED]
    assert found()[0].number == link.number


def test_two_entries_that_changed_places_are_named(trail: Trail, superuser: Superuser, found: Found) -> None:
    """S-101: the order is part of the chain."""
    one, two = trail[3], trail[6]
    first, second = one.entry_id, two.entry_id
    superuser("UPDATE audit_links SET entry_id = :id WHERE number = :number", id=new_id(), number=one.number)
    superuser("UPDATE audit_links SET entry_id = :id WHERE number = :number", id=first, number=two.number)
    superuser("UPDATE audit_links SET entry_id = :id WHERE number = :number", id=second, number=one.number)

    assert found() == [
        Finding(FindingKind.LINK_CHANGED, one.number, entry_id=second),
        Finding(FindingKind.LINK_CHANGED, two.number, entry_id=first),
    ]


def test_two_links_that_changed_places_with_their_hashes_are_named(
    trail: Trail, superuser: Superuser, found: Found
) -> None:
    """S-101: each hash is that of its entry, and still not the one that follows from the link before."""
    one, two = trail[3], trail[4]
    pairs = [(one.entry_id, one.hash), (two.entry_id, two.hash)]
    superuser("DELETE FROM audit_links WHERE number IN (:one, :two)", one=one.number, two=two.number)
    for number, (entry_id, made) in zip((two.number, one.number), pairs, strict=True):
        superuser(
            "INSERT INTO audit_links (number, entry_id, hash) VALUES (:number, :id, :hash)",
            number=number,
            id=entry_id,
            hash=made,
        )

    assert {finding.kind for finding in found()} == {FindingKind.LINK_CHANGED}
    assert found()[0].number == trail[3].number


def test_a_changed_link_is_one_finding(trail: Trail, superuser: Superuser, found: Found) -> None:
    link = trail[4]
    superuser(
        "UPDATE audit_links SET hash = substring(hash for 32) || 'xyz'::bytea WHERE number = :number",
        number=link.number,
    )

    assert found() == [Finding(FindingKind.LINK_CHANGED, link.number, entry_id=link.entry_id)]


def test_a_changed_checkpoint_is_named(
    session: Session, keys: AuditKeys, trail: Trail, superuser: Superuser, found: Found
) -> None:
    """S-101: its signature holds for its own figures only."""
    made = audit.checkpoint(session, keys)
    assert made is not None
    assert made.number == trail[-1].number
    superuser("UPDATE audit_checkpoints SET at = at - interval '1 day'")

    assert found() == [Finding(FindingKind.CHECKPOINT_CHANGED, made.number)]


def test_a_chain_made_anew_differs_from_the_checkpoint(
    session: Session, keys: AuditKeys, trail: Trail, superuser: Superuser, found: Found
) -> None:
    """S-101: whoever has every key and makes a whole chain anew still disagrees with what was signed."""
    made = audit.checkpoint(session, keys)
    assert made is not None
    copy = Signed(made.number, made.hash, made.at, made.signature)
    superuser("DELETE FROM audit_entries WHERE id = :id", id=trail[4].entry_id)
    superuser("DELETE FROM audit_links")
    superuser("DELETE FROM audit_checkpoints")
    audit.record(session, keys, Entry(action="PUT /v1/something-else"))
    audit.link(session, keys)
    session.commit()

    kinds = [finding.kind for finding in found([copy])]
    assert kinds == [FindingKind.CHECKPOINT_MISSING, FindingKind.CHECKPOINT_DIFFERS]
    assert session.get(AuditCheckpoint, copy.number) is None
