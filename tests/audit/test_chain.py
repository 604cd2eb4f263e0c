"""Linking, checkpoints and their copies, and what the two suites make of it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app import audit, clock
from app.audit import AuditKeys, CopyBrokenError, Entry, Finding, FindingKind, Head, Signed, Verifier
from app.clock import now
from app.config import Suite
from app.models import AuditEntry, AuditLink
from tests.audit.conftest import Found, Superuser


def test_either_suite_makes_a_trail_that_both_can_verify(session: Session, keys: AuditKeys) -> None:
    """S-101, S-113: the suite may change in the middle; each mark names its algorithm."""
    for suite in (Suite.INTL, Suite.GM, Suite.INTL):
        of_suite = replace(keys, suite=suite)
        audit.record(session, of_suite, Entry(action="job:test"))
        audit.link(session, of_suite)
        audit.checkpoint(session, of_suite)
    session.commit()

    marks = session.scalars(select(AuditEntry.mac).order_by(AuditEntry.id.desc()).limit(3)).all()
    assert [mac[0] for mac in marks] == [1, 2, 1]
    for suite in Suite:
        assert list(Verifier(session, replace(keys, suite=suite)).findings()) == []


def test_a_mark_of_no_suite_is_no_mark(suite_keys: AuditKeys) -> None:
    mac = suite_keys.mac(b"content")

    assert suite_keys.is_mac(b"content", mac)
    assert not suite_keys.is_mac(b"content", b"\x03" + mac[1:])
    assert not suite_keys.is_mac(b"content", b"")
    assert not suite_keys.is_mac(b"other content", mac)
    assert not suite_keys.is_signature(b"content", mac), "entries and checkpoints have keys of their own"


KNOWN = {
    Suite.INTL: (
        "01f0e1aa77531df14e7814b261c5733c9ddcc18e05bb035ed480790d5ec0488314",
        "01a6623f7dbe1dbde306ecd4f8a8a3f3cba8c331e8862bfd0f3565b06aec275f3f",
        "01b0f1a6889c9ad5bb54564923557fd0054ba35482190cbd9d1ed7a11904614eab",
    ),
    Suite.GM: (
        "024724d390e1cb267eb584505a38cf391078e50f10ff7939162e23592bddaa9bde",
        "0244026f43857d3bc34ae4566fd4165e8982e858d7c39228b9b3ffbda1a47767f1",
        "0259a0e48c53166924706e5231a5721b09001e38f7bc96df27edd3e0a56565333f",
    ),
}
"""MAC of ``content``, hash of its link behind ``before``, signature of ``head``, as they were first made."""


@pytest.mark.parametrize("suite", Suite)
def test_what_was_protected_once_stays_verifiable(suite: Suite) -> None:
    """S-113: whoever changes a formula makes every trail that is there disagree, and fails here."""
    keys = AuditKeys(b"entries", b"checkpoints", suite)
    mac = keys.mac(b"content")

    made = (mac, keys.linked(b"before", b"content", mac), keys.signature(b"head"))

    assert tuple(one.hex() for one in made) == KNOWN[suite]


def test_a_signature_is_of_one_number_one_hash_and_one_moment(keys: AuditKeys) -> None:
    """S-101: nothing of a checkpoint can be another while its signature holds."""
    head, at = Head(7, b"\x01" + bytes(32)), now()
    signed = Signed(head.number, head.hash, at, keys.signature(head.signed_content(at.isoformat())))

    assert signed.is_ours(keys)
    for other in (
        replace(signed, number=8),
        replace(signed, hash=b"\x01" * 33),
        replace(signed, at=at + timedelta(microseconds=1)),
    ):
        assert not other.is_ours(keys)


def test_what_is_committed_late_is_linked_later(session: Session, keys: AuditKeys) -> None:
    """A writer that took its time has an older id than what was linked meanwhile."""
    audit.link(session, keys)
    late = Entry(action="job:late")
    early_id = audit.record(session, keys, late)
    row = session.get(AuditEntry, early_id)
    assert row is not None
    values = {column.name: getattr(row, column.name) for column in AuditEntry.__table__.columns}
    session.rollback()
    audit.link(session, keys)
    audit.record(session, keys, Entry(action="job:quick"))
    assert audit.link(session, keys) == 1
    session.execute(insert(AuditEntry), values)

    assert audit.link(session, keys) == 1
    newest = session.scalar(select(AuditLink.entry_id).order_by(AuditLink.number.desc()).limit(1))
    assert newest == early_id


def test_linking_again_finds_nothing_and_numbers_have_no_gap(session: Session, keys: AuditKeys) -> None:
    for _ in range(3):
        audit.record(session, keys, Entry(action="job:test"))
    with capture_logs() as told:
        made = [audit.link(session, keys), audit.link(session, keys)]

    assert made[0] >= 3
    assert made[1] == 0
    links, highest = session.execute(
        select(func.count(), func.max(AuditLink.number)).select_from(AuditLink)
    ).one()
    assert links == highest
    assert [(one["event"], one["number"]) for one in told] == [("audit_linked", highest)]


def test_what_has_no_number_for_too_long_is_named(
    trail: list[AuditLink], superuser: Superuser, found: Found
) -> None:
    """S-101: a link taken away, or a scheduler that stands still."""
    link = trail[-1]
    superuser("DELETE FROM audit_links WHERE number = :number", number=link.number)

    assert found() == [], "it may be linked any moment"
    with clock.set_to(now() + timedelta(minutes=11)):
        assert found() == [Finding(FindingKind.ENTRY_UNLINKED, entry_id=link.entry_id)]


def test_what_a_dump_had_without_a_number_is_named_until_the_job_runs_again(
    session: Session, keys: AuditKeys, trail: list[AuditLink], found: Found
) -> None:
    """After a restore the newest entries wait for the scheduler, which operations.md has start last."""
    assert trail
    audit.record(session, keys, Entry(action="job:test"))
    session.commit()
    with clock.set_to(now() + timedelta(hours=1)):
        (finding,) = found()
        audit.link(session, keys)
        after = found()

    assert finding.kind is FindingKind.ENTRY_UNLINKED
    assert "since a restore (docs/operations.md, To restore, 8)" in str(finding)
    assert after == []


def test_a_checkpoint_is_copied_and_read_again(
    session: Session, keys: AuditKeys, trail: list[AuditLink], tmp_path: Path
) -> None:
    """S-101: what the file says is what was signed, and nothing new is signed for nothing new."""
    file = tmp_path / "checkpoints"
    assert audit.copies_in(file) == audit.copies_in(None) == []
    with capture_logs() as told:
        made = audit.checkpoint(session, keys)
    assert made is not None
    audit.append_copy(file, made)
    again = audit.checkpoint(session, keys)

    copies = audit.copies_in(file)
    assert again is None
    assert [(one.number, one.hash, one.signature) for one in copies] == [
        (trail[-1].number, trail[-1].hash, made.signature)
    ]
    assert copies[0].is_ours(keys)
    assert [(one["number"], one["signature"]) for one in told] == [(made.number, made.signature.hex())]


@pytest.mark.parametrize(
    "line", ["", "{}", "no JSON", '{"number": 1, "hash": "x", "at": "", "signature": ""}', "7"]
)
def test_a_line_that_is_no_checkpoint_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "checkpoints"
    file.write_text(line + "\n", encoding="utf-8")

    with pytest.raises(CopyBrokenError, match="line 1, is no checkpoint"):
        audit.copies_in(file)
