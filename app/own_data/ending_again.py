"""Ending again what ended since the backup was made: consents, bindings, proxies, links and wishes."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from app import identity, retention
from app.clock import now
from app.identity import again
from app.models import (
    BindingEnd,
    BindingWay,
    Correction,
    Guardianship,
    HarmRecord,
    OwnRequest,
    OwnRequestState,
    ProxyEnd,
    Resident,
    User,
)
from app.own_data.kinds import TABLES
from app.own_data.outcomes import Outcome, Tools, outcome_of, there
from app.own_data.removal_list import Removed


def withdraw_consent(session: Session, _tools: Tools, one: Removed) -> Outcome:
    """Take back a yes that was taken back."""
    agreed = TABLES["consents"].c
    if one.tells("resident_id"):
        whose: UUID | None = UUID(one.facts["resident_id"])
    else:
        query = select(agreed.resident_id).where(agreed.id == one.row_id)
        whose = session.execute(query).scalar_one_or_none()
    if whose is None:
        return Outcome.BY_HAND
    return _withdraw(session, agreed.id == one.row_id, of=whose, by=one.facts.get("withdrawn_by"))


def refuse_consent(session: Session, _tools: Tools, one: Removed) -> Outcome:
    """Take back every yes that the lost no had ended; whoever said yes again since is asked anew."""
    if not one.tells("resident_id", "purpose"):
        return Outcome.BY_HAND
    agreed, whose = TABLES["consents"].c, UUID(one.facts["resident_id"])
    ended = (agreed.resident_id == whose) & (agreed.purpose == one.facts["purpose"])
    return _withdraw(session, ended, of=whose, by=one.facts.get("recorded_by"))


def _withdraw(session: Session, which: ColumnElement[bool], *, of: UUID, by: str | None) -> Outcome:
    table = TABLES["consents"]
    given = (table.c.given, table.c.withdrawn_at.is_(None))
    values = {"withdrawn_at": now(), "withdrawn_by": there(session, User, by)}
    done = outcome_of(session.execute(update(table).where(which, *given).values(values)))
    identity.children.shut_out_child(session, of)
    return done


def end_binding(session: Session, _tools: Tools, one: Removed) -> Outcome:
    """End a binding as it ended, so that what hangs on the reason holds."""
    if not one.tells("end_reason"):
        return Outcome.BY_HAND
    by = there(session, User, one.facts.get("ended_by"))
    reason = BindingEnd(one.facts["end_reason"])
    done = again.end_binding(session, one.row_id, reason=reason, by=by)
    if not done and reason is not BindingEnd.LEFT:
        if not one.tells("user_id", "resident_id", "way"):
            return Outcome.NOTHING if again.has_binding(session, one.row_id) else Outcome.BY_HAND
        done = _write_lost_binding(session, one, reason, by)
    return Outcome.DONE if done else Outcome.NOTHING


def _write_lost_binding(session: Session, one: Removed, reason: BindingEnd, by: UUID | None) -> bool:
    """Write down a binding that began and ended since the backup was made, for what hangs on its end."""
    user_id = there(session, User, one.facts["user_id"])
    resident_id = there(session, Resident, one.facts["resident_id"])
    if user_id is None or resident_id is None:
        return False
    way = BindingWay(one.facts["way"])
    return again.write_lost_binding(
        session,
        one.row_id,
        user_id=user_id,
        resident_id=resident_id,
        way=way,
        at=one.at,
        reason=reason,
        by=by,
    )


def withdraw_binding_request(session: Session, _tools: Tools, one: Removed) -> Outcome:
    """Take back a request to be bound, so that nobody is bound by it."""
    return Outcome.DONE if again.end_request(session, one.row_id) else Outcome.NOTHING


def end_proxy(session: Session, _tools: Tools, one: Removed) -> Outcome:
    """End a proxy as it ended."""
    if not one.tells("end_reason"):
        return Outcome.BY_HAND
    by = there(session, User, one.facts.get("ended_by"))
    done = again.end_proxy(session, one.row_id, reason=ProxyEnd(one.facts["end_reason"]), by=by)
    return Outcome.DONE if done else Outcome.NOTHING


def end_guardianship(session: Session, _tools: Tools, one: Removed) -> Outcome:
    """End a guardianship; the child is shut out if nobody agrees for it now."""
    row = session.get(Guardianship, one.row_id, with_for_update=True)
    if row is None or row.ended_at is not None:
        return Outcome.NOTHING
    row.ended_at, row.ended_by = now(), there(session, User, one.facts.get("ended_by"))
    session.flush()
    identity.children.shut_out_child(session, row.child_id)
    return Outcome.DONE


def end_link(session: Session, _tools: Tools, one: Removed) -> Outcome:
    """End a link to WeChat."""
    return Outcome.DONE if again.end_link(session, one.row_id) else Outcome.NOTHING


def withdrawing(model: type[OwnRequest]) -> Callable[..., Outcome]:
    """Make what takes a wish back that its asker took back; what was wanted goes with it."""

    def withdraw(session: Session, _tools: Tools, one: Removed) -> Outcome:
        row: OwnRequest | None = session.get(model, one.row_id, with_for_update=True)
        if row is None or row.state is not OwnRequestState.OPEN:
            return Outcome.NOTHING
        row.advance(OwnRequestState.WITHDRAWN)
        row.decided_by, row.decided_at = row.asked_by, now()
        session.flush()
        if isinstance(row, Correction):
            table = TABLES["corrections"]
            kept = retention.kept_for_a_case(table.c.id, HarmRecord.CORRECTION)
            session.execute(update(table).where(table.c.id == row.id, ~kept).values(wanted_sealed=None))
        return Outcome.DONE

    return withdraw
