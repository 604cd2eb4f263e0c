"""What is done with the rows of a closed account: taken away, emptied, or frozen; a batch at a time.

Every rule finds what is left of its kind, so a run that broke off is gone on with by the next one.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select, update
from sqlalchemy.orm import Session

from app import evidence, identity, retention
from app.adapters import PhotoStore
from app.clock import now
from app.errors import NotFoundError
from app.models import (
    CLAIM_NEXT,
    HAZARD_ENDED,
    Closing,
    ClosingState,
    OwnCopy,
    OwnRequestState,
    PhotoOwner,
)
from app.own_data.copies import end_copy
from app.own_data.kinds import TABLES
from app.retention import Rule

QUIET = timedelta(minutes=1)
"""After the account was shut, until its rows go: requests that were under way by then have ended."""
_CLAIM_OVER = [status.value for status, steps in CLAIM_NEXT.items() if not steps]
_HAZARD_OVER = [status.value for status in HAZARD_ENDED]
_LAW = "PIPL 47; 网络数据安全管理条例 24"


def begun_closings(session: Session, *, limit: int) -> list[UUID]:
    """Give the closings whose account was shut a while ago, the oldest first."""
    query = select(Closing.id).where(
        Closing.state == ClosingState.CARRYING, Closing.begun_at <= now() - QUIET
    )
    return list(session.scalars(query.order_by(Closing.begun_at, Closing.id).limit(limit)))


def erase_some(session: Session, photos: PhotoStore, closing_id: UUID, *, limit: int) -> int:
    """Take the next rows of a closed account away; 0 once nothing is left to do.

    Raises NotFoundError if the closing is not being carried out.
    """
    row = session.get(Closing, closing_id, with_for_update=True, populate_existing=True)
    if row is None or row.state is not ClosingState.CARRYING:
        raise NotFoundError
    if not identity.closing.held_post(session, row.user_id):
        retention.forget_given_positions(session, row.user_id)
    done = _end_copies(session, photos, row.user_id, limit=limit)
    done += _forget_photos(session, photos, row.user_id, limit=limit)
    for rule in rules_for(row):
        if done >= limit:
            break
        done += retention.apply(session, rule, limit=limit - done)
    return done


def end_erasing(session: Session, closing_id: UUID) -> bool:
    """Say that a closing is done, if really nothing is left of it that must go; else it is gone on with."""
    row = session.get_one(Closing, closing_id, with_for_update=True, populate_existing=True)
    if row.state is not ClosingState.CARRYING:
        return False
    if any(retention.overdue(session, rule) for rule in rules_for(row)):
        return False
    row.advance(ClosingState.DONE)
    row.ended_at = now()
    return True


def rules_for(row: Closing) -> Iterator[Rule]:
    """Give what happens to the rows of one account, in an order that no foreign key minds."""
    yield from _deletions(row.user_id)
    yield from _emptied(row)
    yield from _frozen(row)


def _deletions(user_id: UUID) -> Iterator[Rule]:
    t = TABLES
    links = select(t["wechat_identities"].c.id).where(t["wechat_identities"].c.user_id == user_id)
    told = select(t["notices"].c.id).where(t["notices"].c.user_id == user_id)
    sends = t["message_sends"].c
    yield _rule("message_sends", or_(sends.link_id.in_(links), sends.notice_id.in_(told)))
    yield _rule("message_credits", t["message_credits"].c.link_id.in_(links))
    for name in (
        "message_acceptances",
        "notice_settings",
        "notices",
        "wechat_identities",
        "refresh_tokens",
        "sign_ins",
        "second_factors",
        "invitations",
        "sign_in_codes",
        "witness_codes",
    ):
        yield _rule(name, t[name].c.user_id == user_id)
    copies = t["own_copies"].c
    yield _rule("own_copies", (copies.asked_by == user_id) & copies.ended_at.is_not(None))


def _emptied(row: Closing) -> Iterator[Rule]:
    t = TABLES
    asked = t["binding_requests"].c
    words = ("name", "door", "note", "decision_note")
    said = or_(*(asked[name] != "" for name in words))
    yield _rule("binding_requests", (asked.user_id == row.user_id) & said, dict.fromkeys(words, ""))
    put_right = t["corrections"].c
    mine = put_right.asked_by == row.user_id
    yield _rule(
        "corrections",
        mine & (put_right.state == OwnRequestState.OPEN.value),
        {
            "state": OwnRequestState.WITHDRAWN.value,
            "decided_at": now(),
            "decided_by": row.user_id,
        },
    )
    deleted = t["deletions"].c
    yield _rule(
        "deletions",
        (deleted.asked_by == row.user_id) & (deleted.state == OwnRequestState.OPEN.value),
        {"state": OwnRequestState.WITHDRAWN.value, "decided_at": now(), "decided_by": row.user_id},
    )
    sealed = ("wanted_sealed", "said_sealed")
    some = or_(*(put_right[name].is_not(None) for name in sealed))
    yield _rule("corrections", mine & some & ~retention.kept_for_a_case(put_right.id), dict.fromkeys(sealed))
    agreed = t["consents"].c
    yield _rule(
        "consents",
        _decided_himself(row) & agreed.given & agreed.withdrawn_at.is_(None),
        {"withdrawn_at": now(), "withdrawn_by": row.user_id},
    )


def _frozen(row: Closing) -> Iterator[Rule]:
    """Give what is frozen: not what tells of harm to a minor, which the admins who see to it must read."""
    t, put_right = TABLES, TABLES["corrections"].c
    by_it = {"frozen_by": row.id}
    of_his = {
        "consents": _decided_himself(row),
        "bindings": t["bindings"].c.user_id == row.user_id,
        "binding_requests": t["binding_requests"].c.user_id == row.user_id,
        "proxies": or_(t["proxies"].c.user_id == row.user_id, _helpers(row)),
        "corrections": (put_right.asked_by == row.user_id) & ~retention.kept_for_a_case(put_right.id),
        "deletions": t["deletions"].c.asked_by == row.user_id,
    }
    for name, which in of_his.items():
        yield _rule(name, which & t[name].c.frozen_by.is_(None), by_it)


def _decided_himself(row: Closing) -> ColumnElement[bool]:
    agreed = TABLES["consents"].c
    return (agreed.resident_id == row.bound_to) & (agreed.decided_by == row.bound_to)


def _helpers(row: Closing) -> ColumnElement[bool]:
    """Say which proxies were of people who acted for him."""
    acted = TABLES["proxies"].c
    return (acted.resident_id == row.bound_to) & acted.ended_at.is_not(None)


def _rule(table: str, over: ColumnElement[bool], emptied: Mapping[str, object] | None = None) -> Rule:
    return Rule(f"{table} of a closed account", TABLES[table], over, "until it is closed", _LAW, emptied)


def _end_copies(session: Session, photos: PhotoStore, user_id: UUID, *, limit: int) -> int:
    """Delete files and keys of copies that the person asked for; their rows go by rule."""
    query = select(OwnCopy).where(OwnCopy.asked_by == user_id, OwnCopy.ended_at.is_(None)).limit(limit)
    found = session.scalars(query.with_for_update()).all()
    for copy in found:
        end_copy(photos, copy)
    session.flush()
    return len(found)


def _forget_photos(session: Session, photos: PhotoStore, user_id: UUID, *, limit: int) -> int:
    sent = TABLES["photos"].c
    free = select(sent.id).where(sent.uploaded_by == user_id, not_(_needed()))
    return evidence.forget(session, photos, session.scalars(free.limit(limit)).all())


def _needed() -> ColumnElement[bool]:
    """Say that a record which is kept or still runs names a photo: all but claims that ended.

    One that tells of harm to a minor never ended.
    """
    links, claims = TABLES["photo_links"], TABLES["claims"]
    over = exists().where(claims.c.id == links.c.record_id, claims.c.status.in_(_CLAIM_OVER))
    harm = retention.kept_for_a_case(links.c.record_id)
    of_over = and_(links.c.record_kind == PhotoOwner.CLAIM.value, over, not_(harm))
    return exists().where(links.c.photo_id == TABLES["photos"].c.id, not_(of_over))


def follow_up(session: Session, photos: PhotoStore, *, limit: int) -> int:
    """Do what had to wait when accounts were closed: freeze reports that ended, let photos of claims go.

    Gives of how many rows. What staff reported on duty is no report of theirs as residents.
    """
    frozen = _freeze_reports(session, limit=limit)
    sent, closings = TABLES["photos"].c, TABLES["closings"].c
    closed = select(closings.user_id).where(closings.state == ClosingState.DONE.value)
    free = select(sent.id).where(sent.uploaded_by.in_(closed), not_(_needed()))
    return frozen + evidence.forget(session, photos, session.scalars(free.limit(limit)).all())


def _freeze_reports(session: Session, *, limit: int) -> int:
    hazards, closings, grants = TABLES["hazards"], TABLES["closings"], TABLES["grants"]
    links, events = TABLES["photo_links"], TABLES["hazard_events"]
    by = closings.c.user_id == hazards.c.reported_by
    done = closings.c.state == ClosingState.DONE.value
    over = hazards.c.frozen_by.is_(None) & hazards.c.status.in_(_HAZARD_OVER)
    over &= ~retention.kept_for_a_case(hazards.c.id)
    on_duty = exists().where(grants.c.user_id == hazards.c.reported_by)
    query = (
        select(hazards.c.id, closings.c.id).join(closings, by).where(done, over, not_(on_duty)).limit(limit)
    )
    rows = session.execute(query.with_for_update(of=hazards, skip_locked=True)).all()
    for hazard_id, closing_id in rows:
        session.execute(update(hazards).where(hazards.c.id == hazard_id).values(frozen_by=closing_id))
        steps = select(events.c.id).where(events.c.hazard_id == hazard_id)
        named = (links.c.record_id == hazard_id) | links.c.record_id.in_(steps)
        session.execute(update(links).where(named).values(frozen_by=closing_id))
    return len(rows)
