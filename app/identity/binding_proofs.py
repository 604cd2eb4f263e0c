"""Proofs by which a user is bound at once: the phone WeChat vouches for, or name, ID number and paper code.

What is not clear beyond doubt (``binding_doubts``) goes to the community admin. Nothing that is answered
tells whether somebody is on the roster: none, several, a child, a resident who is bound and one whom staff
said the user is not read the same. Who is bound himself is told so whatever he sends.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor, community_of
from app.clock import now
from app.errors import DomainError, Kind, OtherContentError
from app.identity.binding_codes import behind_code, same
from app.identity.binding_doubts import Doubt, doubts
from app.identity.binding_requests import drop_request
from app.identity.binding_tries import CLOSED_MINUTES, count_binding_try, uncount_binding_try
from app.identity.bindings import (
    AlreadyBoundError,
    ResidentTakenError,
    bind,
    has_post_there,
    made_binding,
    open_binding,
    was_not_him,
)
from app.identity.phones import phone_of
from app.identity.same_texts import same_name
from app.models import Binding, BindingWay, ConsentPurpose, Resident, User
from app.people import (
    check_text,
    is_child,
    keep_consent,
    numbers_of,
    resident_locked,
    residents_with_phone,
    user_locked,
    was_said_dead,
)
from app.sealing import Sealer, Showing, known

TAIL = 6
DOUBT_OF = {BindingWay.PHONE: Doubt.PHONE_WRITTEN, BindingWay.ID_NUMBER: Doubt.NUMBER_AND_CODE}
"""What makes each proof doubtful."""


class PhoneNotVouchedError(DomainError):
    """WeChat has not said that the phone is the user's."""

    code = "phone_not_vouched"
    kind = Kind.CONFLICT


class BindingUnclearError(DomainError):
    """It is not clear who the user is, so the community admin must look at it."""

    code = "binding_unclear"
    kind = Kind.CONFLICT


class BindingRefusedError(DomainError):
    """Name, ID number or binding code is wrong; which one is not told."""

    code = "binding_refused"
    kind = Kind.CONFLICT


class BindingTriesError(DomainError):
    """The user, or somebody for this household, tried too often (data: ``minutes``, ``retry_after_s``)."""

    code = "binding_tries"
    kind = Kind.TOO_MANY


@dataclass(frozen=True)
class IdProof:
    """What somebody knows of himself, and the text that he agreed to first."""

    binding_id: UUID
    """Made by whoever binds himself; the binding gets it."""
    code: str
    name: str
    id_tail: str
    text_id: UUID


def bind_by_phone(
    session: Session, actor: Actor, sealer: Sealer, binding_id: UUID, community: str
) -> Binding:
    """Bind the actor to the one resident of a community with the phone that WeChat vouches for.

    The same call again gives the binding it made, though he left it since. Raises PhoneNotVouchedError,
    AlreadyBoundError, BindingUnclearError, OtherContentError.
    """
    assert actor.user_id is not None, "a view for signed-in people"
    user = user_locked(session, actor.user_id)
    first = made_binding(session, user, binding_id, BindingWay.PHONE)
    if first is not None:
        if community_of(first.area_code) != community:
            raise OtherContentError(id=binding_id)
        return first
    present = open_binding(session, user.id)
    if present is not None:
        if present.way is BindingWay.PHONE and community_of(present.area_code) == community:
            return present
        raise AlreadyBoundError
    phone = phone_of(sealer, user)
    if phone is None or user.phone_vouched_at is None:
        raise PhoneNotVouchedError
    found = residents_with_phone(session, sealer, community, phone)
    if len(found) != 1:
        raise BindingUnclearError
    return _bound(session, user, found[0], BindingWay.PHONE, binding_id)


def bind_by_id_number(
    session: Session, actor: Actor, sealer: Sealer, key: bytes, proof: IdProof
) -> Binding | DomainError:
    """Bind the actor by name, end of the ID number and the household's code, once he agreed to its use.

    A refusal is returned, since the try must stay counted (``binding_tries``). The same call again gives the
    binding it made, though he left it since. Raises NoBasisError, ConsentChangedError, OtherContentError.
    """
    assert actor.user_id is not None, "a view for signed-in people"
    user = user_locked(session, actor.user_id)
    first = made_binding(session, user, proof.binding_id, BindingWay.ID_NUMBER)
    return first or _bind_by_id_number(session, user, sealer, key, proof)


def _bind_by_id_number(
    session: Session, user: User, sealer: Sealer, key: bytes, proof: IdProof
) -> Binding | DomainError:
    text = check_text(session, proof.text_id, ConsentPurpose.ID_NUMBER)
    counted = count_binding_try(session, key, user.id, proof.code)
    if counted is None:
        return BindingTriesError(minutes=CLOSED_MINUTES, retry_after_s=60 * CLOSED_MINUTES)
    resident = _proven(session, sealer, proof)
    present = open_binding(session, user.id)
    if present is not None and (resident is None or resident.id != present.resident_id):
        return AlreadyBoundError()
    if resident is None:
        return BindingRefusedError()
    uncount_binding_try(session, counted)
    if present is not None:
        return present
    try:
        made = _bound(session, user, resident, BindingWay.ID_NUMBER, proof.binding_id)
    except BindingUnclearError as refusal:
        return refusal
    keep_consent(session, resident, text, by=user.id)
    return made


def _proven(session: Session, sealer: Sealer, proof: IdProof) -> Resident | None:
    """Give the resident of the household whom name and number fit; all of it is compared, whatever fails.

    A number that does not open proves nothing, and keeps nobody else of the household out.
    """
    is_code, members = behind_code(session, sealer, proof.code)
    fitting, showing = [], Showing(sealer)
    for resident in members:
        number = known(numbers_of(showing, resident).id_number) or ""
        is_name, is_number = same_name(resident.name, proof.name), same(number[-TAIL:], proof.id_tail)
        if is_name & is_number:
            fitting.append(resident)
    return fitting[0] if is_code and len(fitting) == 1 else None


def _bound(session: Session, user: User, found: Resident, way: BindingWay, binding_id: UUID) -> Binding:
    """Bind a locked user who is nobody yet; what he asked for waits no longer. Raises BindingUnclearError."""
    resident = resident_locked(session, found.id)
    if resident is None or is_child(resident):
        raise BindingUnclearError
    known = doubts(session, [resident], before=now()).get(resident.id, [])
    if (
        any(one.doubt is DOUBT_OF[way] for one in known)
        or was_not_him(session, user, resident)
        or was_said_dead(session, resident.id)
        or resident.left_on is not None
        or has_post_there(session, user, resident)
    ):
        raise BindingUnclearError
    try:
        made = bind(session, user, resident, way, by=user.id, binding_id=binding_id)
    except ResidentTakenError:
        raise BindingUnclearError from None
    drop_request(session, user)
    return made
