"""What the outcome of a visit asks for: the contact, a whole form, a signature, and who is told at once."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from app.errors import DomainError, Kind
from app.models import VisitMode, VisitOutcome

_SIGNS_ASKED = "harm_signs"
"""The key of the question, in any form, which signs of harm to a child were seen."""
_ANY_MODE = frozenset(VisitMode)
CONTACT = {
    VisitOutcome.SEEN_WELL: frozenset({VisitMode.IN_PERSON, VisitMode.VIDEO}),
    VisitOutcome.FINE_BY_PHONE: frozenset({VisitMode.PHONE, VisitMode.VIDEO}),
    VisitOutcome.NOT_REACHED: _ANY_MODE,
    VisitOutcome.NEEDS_REFERRAL: _ANY_MODE,
    VisitOutcome.EMERGENCY: _ANY_MODE,
}
"""By which contact each outcome can be known."""
URGENT = frozenset({VisitOutcome.NEEDS_REFERRAL, VisitOutcome.EMERGENCY})


class OutcomeError(DomainError):
    """Such an outcome cannot be known by such a contact."""

    code = "outcome"
    kind = Kind.INVALID


class UnsignedError(DomainError):
    """A signature is given at the door by somebody who was met, and is no photo of the visit."""

    code = "unsigned"
    kind = Kind.INVALID


class CareNotBegunError(DomainError):
    """The visit was made before anybody looked after the resident (data: ``since``)."""

    code = "care_not_begun"
    kind = Kind.CONFLICT


def is_flagged(answers: Mapping[str, Any], *, flag: bool) -> bool:
    """Say whether the worker saw signs: by the flag, or by the question of the form that asks for them."""
    return flag or bool(answers.get(_SIGNS_ASKED))


def comes_first(outcome: VisitOutcome, *, flagged: bool) -> bool:
    """Say that help, or the report of harm, waits for no whole form and no day, whatever else is said.

    Words of harm alone do not: whoever wrote them would learn by it that they were found.
    """
    return flagged or outcome is VisitOutcome.EMERGENCY


def check_contact(mode: VisitMode, outcome: VisitOutcome) -> None:
    """Refuse what such a contact cannot show. Raises OutcomeError."""
    if mode not in CONTACT[outcome]:
        raise OutcomeError(field="outcome")


def check_signed(
    mode: VisitMode, outcome: VisitOutcome, signature_id: UUID | None, photo_ids: Collection[UUID]
) -> None:
    """Refuse a signature of somebody who was not met at the door. Raises UnsignedError."""
    met = mode is VisitMode.IN_PERSON and outcome is not VisitOutcome.NOT_REACHED
    if signature_id is not None and (not met or signature_id in photo_ids):
        raise UnsignedError(field="signature_id")


def check_begun(since: date, day: date | None) -> None:
    """Refuse a visit of a day before the care began, which nobody's interval counts from.

    Raises CareNotBegunError.
    """
    if day is not None and day < since:
        raise CareNotBegunError(field="captured_at", since=since.isoformat())
