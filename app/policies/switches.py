"""Turning switches, and asking how they stand (国办函 of 2026 on government apps; PIPL 6, 13)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app import identity
from app.actors import COMMUNITY_DIGITS, Actor, community_of
from app.clock import now
from app.errors import DomainError, Kind, NotFoundError
from app.models import ApprovalKind, Area, PolicyChange, PolicySwitch, User
from app.once import content_hash, insert_once, made_before
from app.places import AreaUnknownError

IN_EFFECT = frozenset({PolicySwitch.COMPULSORY_CHECK_IN, PolicySwitch.PHOTO_COMPULSORY})
"""Switches on which something hangs. Whoever builds what another governs asks ``is_on`` and adds it here; its
routes answer 404 while it is off."""


class NoEffectError(DomainError):
    """Nothing hangs on this switch yet: what it is to govern is not built, so it is not turned on."""

    code = "switch_no_effect"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class NewSwitch:
    """Which switch is turned on where, what for, and which law lets it be."""

    area_code: str
    switch: PolicySwitch
    purpose: str
    legal_basis: str

    def payload(self, change_id: UUID) -> dict[str, Any]:
        """Give what an approval is bound to; with the step's id in it, it is good for one turn."""
        return {
            "id": str(change_id),
            "area_code": self.area_code,
            "switch": self.switch.value,
            "purpose": self.purpose,
            "legal_basis": self.legal_basis,
        }

    def check_effect(self) -> None:
        """Refuse with NoEffectError to record a purpose and a legal basis for nothing."""
        if self.switch not in IN_EFFECT:
            raise NoEffectError(field="switch")


@dataclass(frozen=True)
class ShownChange:
    """A change with the names of the people who answer for it."""

    change: PolicyChange
    changed_by_name: str
    approved_by_name: str | None


def turn_on(
    session: Session, actor: Actor, step_id: UUID, new: NewSwitch, *, approval_id: UUID | None
) -> ShownChange:
    """Turn a switch on, as an officer of county or city approved it to the letter.

    Raises NotFoundError outside the actor's areas, AreaUnknownError (no community), NoEffectError,
    OtherContentError, and what ``identity.use_approval`` raises.
    """
    payload = new.payload(step_id)
    sent = content_hash(actor.user_id, approval_id, payload)
    first = _made_before(session, actor, step_id, sent)
    if first is not None:
        return first
    _lock(session, actor, new.area_code)
    new.check_effect()
    approved_by = identity.use_approval(
        session, actor, approval_id, ApprovalKind.POLICY_SWITCH, payload, again=True
    )
    return _turn(
        session,
        actor,
        step_id,
        sent,
        area_code=new.area_code,
        switch=new.switch,
        is_on=True,
        purpose=new.purpose,
        legal_basis=new.legal_basis,
        approved_by=approved_by,
    )


def turn_off(
    session: Session, actor: Actor, step_id: UUID, *, area_code: str, switch: PolicySwitch, reason: str
) -> ShownChange:
    """Turn a switch off, at once and alone. Raises NotFoundError, AreaUnknownError, OtherContentError."""
    sent = content_hash(actor.user_id, "off", area_code, switch, reason)
    first = _made_before(session, actor, step_id, sent)
    if first is not None:
        return first
    _lock(session, actor, area_code)
    return _turn(
        session, actor, step_id, sent, area_code=area_code, switch=switch, is_on=False, purpose=reason
    )


def standing(session: Session, actor: Actor, area_code: str) -> dict[PolicySwitch, ShownChange | None]:
    """Say of each switch how it stands by its latest change, None if it was never touched.

    Raises NotFoundError outside the actor's areas.
    """
    _check_reads(actor, area_code)
    latest = {row.switch: row for row in _latest(session, area_code, set(PolicySwitch))}
    shown = {one.change.switch: one for one in _shown(session, list(latest.values()))}
    return {switch: shown.get(switch) for switch in PolicySwitch}


def changes(
    session: Session, actor: Actor, area_code: str, *, after: UUID | None, limit: int
) -> list[ShownChange]:
    """List what was turned in a community, the newest id first. Raises NotFoundError outside the areas."""
    _check_reads(actor, area_code)
    query = select(PolicyChange).where(PolicyChange.area_code == area_code)
    if after is not None:
        query = query.where(PolicyChange.id < after)
    return _shown(session, session.scalars(query.order_by(PolicyChange.id.desc()).limit(limit)).all())


def is_on(session: Session, area_code: str, *wanted: PolicySwitch) -> frozenset[PolicySwitch]:
    """Give those of the wanted switches that are on in the community of an area: one query."""
    rows = _latest(session, community_of(area_code), wanted)
    return frozenset(row.switch for row in rows if row.is_on)


def _check_reach(actor: Actor, area_code: str) -> None:
    if not actor.scope.covers(area_code):
        raise NotFoundError(field="area_code")


def _check_reads(actor: Actor, area_code: str) -> None:
    """Let read whoever reaches the community, or a part of it: its switches are for his grid as well."""
    if not any(one.startswith(area_code) for one in actor.scope.areas):
        _check_reach(actor, area_code)


def _lock(session: Session, actor: Actor, area_code: str) -> None:
    """Lock the community's row, so that two turns follow each other in their times as well."""
    _check_reach(actor, area_code)
    area = session.get(Area, area_code, with_for_update={"key_share": True}, populate_existing=True)
    if area is None or len(area_code) != COMMUNITY_DIGITS:
        raise AreaUnknownError(field="area_code")


def _made_before(session: Session, actor: Actor, step_id: UUID, sent: bytes) -> ShownChange | None:
    first = made_before(
        session, PolicyChange, step_id, sent, author=PolicyChange.changed_by, by=actor.user_id
    )
    return _shown(session, [first])[0] if first is not None else None


def _turn(session: Session, actor: Actor, step_id: UUID, sent: bytes, **values: Any) -> ShownChange:
    row, _ = insert_once(
        session, PolicyChange, step_id, sent, changed_by=actor.user_id, changed_at=now(), **values
    )
    return _shown(session, [row])[0]


def _latest(session: Session, area_code: str, wanted: Collection[PolicySwitch]) -> Collection[PolicyChange]:
    newest = (PolicyChange.switch, PolicyChange.changed_at.desc(), PolicyChange.id.desc())
    return session.scalars(
        select(PolicyChange)
        .ext(distinct_on(PolicyChange.switch))
        .where(PolicyChange.area_code == area_code, PolicyChange.switch.in_(wanted))
        .order_by(*newest)
    ).all()


def _shown(session: Session, rows: Collection[PolicyChange]) -> list[ShownChange]:
    people = {row.changed_by for row in rows} | {row.approved_by for row in rows if row.approved_by}
    names = dict(session.execute(select(User.id, User.name).where(User.id.in_(people))).all())
    return [
        ShownChange(row, names[row.changed_by], names[row.approved_by] if row.approved_by else None)
        for row in rows
    ]
