"""What was said on a visit and what came of it: sealed in the rows, opened for whoever may read it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from app.models import CareRecord, FollowUp, Visit
from app.sealing import UNREADABLE, Cell, Opener, Sealer


def sealed_visit(sealer: Sealer, visit_id: UUID, *, answers: dict[str, Any], note: str) -> dict[str, Any]:
    """Give the columns that keep what was said."""
    told = json.dumps(answers, ensure_ascii=False)
    return {
        "answers_sealed": sealer.seal(told, Cell("visits", "answers_sealed", visit_id)),
        "note_sealed": sealer.seal(note, Cell("visits", "note_sealed", visit_id)),
    }


def answers_of(sealer: Opener, visit: Visit) -> dict[str, Any]:
    """Give a visit's answers by the keys of its form; none once their time was over.

    Where they do not open and ``sealer`` says so in their place, that stands under ``unreadable``.
    """
    if visit.answers_sealed is None:
        return {}
    told = sealer.open(visit.answers_sealed, Cell("visits", "answers_sealed", visit.id))
    if told == UNREADABLE:  # sealed answers are JSON, which this is not
        return {"unreadable": UNREADABLE}
    answers: dict[str, Any] = json.loads(told)
    return answers


def note_of(sealer: Opener, visit: Visit) -> str:
    """Give a visit's note; nothing once its time was over."""
    if visit.note_sealed is None:
        return ""
    return sealer.open(visit.note_sealed, Cell("visits", "note_sealed", visit.id))


def sealed_word(sealer: Sealer, visit_id: UUID, word: str) -> bytes:
    """Give what a visit keeps of the words of who was visited."""
    return sealer.seal(word, Cell("visits", "word_sealed", visit_id))


def word_of(sealer: Opener, visit: Visit) -> str | None:
    """Give what who was visited said besides, if he said anything."""
    if visit.word_sealed is None:
        return None
    return sealer.open(visit.word_sealed, Cell("visits", "word_sealed", visit.id))


@dataclass(frozen=True)
class Contact:
    """Somebody to call in an emergency."""

    name: str
    relation: str
    phone: str


def sealed_contacts(sealer: Sealer, record_id: UUID, contacts: Sequence[Contact]) -> bytes | None:
    """Give what a care record keeps of them."""
    if not contacts:
        return None
    told = json.dumps([asdict(one) for one in contacts], ensure_ascii=False)
    return sealer.seal(told, Cell("care_records", "contacts_sealed", record_id))


def contacts_of(sealer: Opener, record: CareRecord) -> list[Contact]:
    """Give whom to call in an emergency, the first one first.

    Where they do not open and ``sealer`` says so in their place, that stands as a name.
    """
    if record.contacts_sealed is None:
        return []
    told = sealer.open(record.contacts_sealed, Cell("care_records", "contacts_sealed", record.id))
    if told == UNREADABLE:  # sealed contacts are JSON, which this is not
        return [Contact(UNREADABLE, "", "")]
    return [Contact(**one) for one in json.loads(told)]


def sealed_need(sealer: Sealer, follow_up_id: UUID, need: str) -> bytes:
    """Give what a follow-up keeps of the need."""
    return sealer.seal(need, Cell("follow_ups", "need_sealed", follow_up_id))


def sealed_result(sealer: Sealer, follow_up_id: UUID, result: str) -> bytes:
    """Give what a follow-up keeps of its result."""
    return sealer.seal(result, Cell("follow_ups", "result_sealed", follow_up_id))


def need_of(sealer: Opener, follow_up: FollowUp) -> str:
    """Give what is needed; nothing once its time was over."""
    if follow_up.need_sealed is None:
        return ""
    return sealer.open(follow_up.need_sealed, Cell("follow_ups", "need_sealed", follow_up.id))


def result_of(sealer: Opener, follow_up: FollowUp) -> str | None:
    """Give what came of it, if anything did yet."""
    if follow_up.result_sealed is None:
        return None
    return sealer.open(follow_up.result_sealed, Cell("follow_ups", "result_sealed", follow_up.id))
