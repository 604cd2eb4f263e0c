"""The demo shows what is said of care: on the phone, by a signature, and whom to call."""

from collections import Counter

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import CareLevel, CareRecord, Confirmation, FollowUp, Photo, PhotoLink, PhotoOwner, Visit
from app.sealing import Sealer
from app.visits import ASKED_FOR, contacts_of, word_of
from tests.seed.conftest import DAY, Seeded

pytestmark = pytest.mark.xdist_group("seed")


def test_each_answer_of_who_was_visited_is_shown(seeded: Seeded, session: Session) -> None:
    """Most visits have none, as in life; a denial has its words."""
    found = session.scalars(select(Visit)).all()
    counts = Counter(one.confirmation for one in found)
    (denied,) = (one for one in found if one.confirmation is Confirmation.DENIED)

    assert counts.keys() == set(Confirmation)
    assert counts[Confirmation.NONE] > len(found) / 2
    assert word_of(Sealer.of(seeded.settings), denied)
    for one in found:
        answered = one.confirmation in (Confirmation.CONFIRMED, Confirmation.DENIED)
        assert (one.answered_at is not None) == answered
        if one.answered_at is not None:
            assert one.received_at < one.answered_at < one.received_at + ASKED_FOR


def test_a_signed_visit_has_its_signature(session: Session) -> None:
    signed = set(session.scalars(select(Visit.id).where(Visit.confirmation == Confirmation.SIGNED)))
    drawn = (
        select(PhotoLink.record_id)
        .join(Photo, Photo.id == PhotoLink.photo_id)
        .where(PhotoLink.record_kind == PhotoOwner.SIGNATURE, Photo.is_signature)
    )

    assert signed == set(session.scalars(drawn))


def test_some_have_whom_to_call(seeded: Seeded, session: Session) -> None:
    sealer = Sealer.of(seeded.settings)
    known = session.scalars(select(CareRecord).where(CareRecord.contacts_sealed.is_not(None))).all()

    assert sorted(len(contacts_of(sealer, one)) for one in known) == [1, 1, 2]


def test_there_is_care_at_each_level_some_of_it_overdue_and_needs_to_see_to(session: Session) -> None:
    going_on = session.scalars(select(CareRecord).where(CareRecord.ended_on.is_(None))).all()

    assert {one.level for one in going_on} == set(CareLevel)
    assert any(one.next_due_on < DAY for one in going_on)
    assert session.scalar(select(FollowUp.id).where(FollowUp.done_at.is_(None)).limit(1)) is not None
