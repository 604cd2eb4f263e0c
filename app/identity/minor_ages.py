"""Whom a change of a minor's age is asked of: another admin of the community, or the office above.

Whoever made a child an adult alone would read its visits without a ticket and its number in clear; whoever
made an adult a child could put a guardian over him. The number that proves the age stands in the way of both.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, select, true
from sqlalchemy.orm import Session

from app.actors import Actor, community_of
from app.errors import NotFoundError
from app.identity.inviters import inviter
from app.identity.permissions import Permission, scope_of
from app.identity.seeing_to import who_sees_to_it
from app.models import Approval, Correction, Deletion, DeletionKind, OwnRequestState, Resident
from app.people import AGE_FIELDS, accounts_of_home, check_other_household, takes_minors_number


def minor_age_payload(resident_id: UUID, request_id: UUID | None) -> dict[str, Any]:
    """Give what an approval is bound to: whose age, and the request to be granted.

    What that wants stands in it, sealed, and never changes. Without one, staff take the ID number away
    by hand.
    """
    return {"resident_id": str(resident_id), "request_id": str(request_id) if request_id else None}


def check_asked(session: Session, actor: Actor, area_code: str, payload: Mapping[str, Any]) -> None:
    """Refuse to ask about what needs no second person, somebody of another community, or one's own home.

    What does is an open request for another age or number of his, or by hand, of whoever keeps the roster,
    to take a minor's number away. Raises NotFoundError, OwnHouseholdError.
    """
    resident = session.get(Resident, UUID(payload["resident_id"]))
    if resident is None or community_of(resident.area_code) != area_code:
        raise NotFoundError(field="resident_id")
    check_other_household(actor, resident.household_id)
    if payload["request_id"] is None:
        keeps = scope_of(actor, Permission.ROSTER_WRITE)
        if keeps is None or not keeps.covers(resident.area_code) or not takes_minors_number(resident):
            raise NotFoundError(field="resident_id")
        return
    request = _request(session, payload)
    if (
        request is None
        or request.resident_id != resident.id
        or request.state is not OwnRequestState.OPEN
        or not _may_change_age(request)
    ):
        raise NotFoundError(field="request_id")


def deciders_told(session: Session, row: Approval) -> set[UUID]:
    """Give who hears of the question: other admins, or where there are none the office above."""
    resident = session.get_one(Resident, UUID(row.payload["resident_id"]))
    home = accounts_of_home(session, resident.household_id)
    _, told = who_sees_to_it(
        session, row.area_code, but=home | {row.asked_by} | requested_by(session, row.payload)
    )
    return told


def requested_by(session: Session, payload: Mapping[str, Any]) -> set[UUID | None]:
    """Give who may have asked for what is to be granted: its asker, and whoever of the staff let him in."""
    request = _request(session, payload)
    if request is None:
        return set()
    return {request.asked_by, request.let_in_by, inviter(session, request.asked_by)}


def is_elsewhere(actor: Actor) -> ColumnElement[bool]:
    """Say in SQL that a question is about nobody of the actor's own homes."""
    if not actor.homes:
        return true()
    at_home = select(cast(Resident.id, Text)).where(Resident.household_id.in_(sorted(actor.homes)))
    about: ColumnElement[str] = Approval.payload["resident_id"].astext
    return about.not_in(at_home)


def _may_change_age(request: Correction | Deletion) -> bool:
    if isinstance(request, Deletion):
        return request.what is DeletionKind.NUMBERS
    return request.field in AGE_FIELDS


def _request(session: Session, payload: Mapping[str, Any]) -> Correction | Deletion | None:
    """Give the request of a payload, if it names one that there is."""
    if payload.get("request_id") is None:
        return None
    request_id = UUID(payload["request_id"])
    return session.get(Correction, request_id) or session.get(Deletion, request_id)
