"""How soon a notice is hinted at on the phone; in the inbox it lies at once."""

import enum
from collections.abc import Mapping
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, or_

from app.clock import SHANGHAI, now
from app.models import HazardLevel, Notice, NoticeKind


class Pace(enum.StrEnum):
    """How soon."""

    URGENT = "urgent"
    """At once, also at night; only those get it whose post it is, so nobody switches it off."""
    SOON = "soon"
    """Once the first of a kind has waited for others for a while."""
    DIGEST = "digest"
    """With all others of its kind at a few times of the day."""


PACES: Mapping[NoticeKind, Pace] = {
    NoticeKind.HAZARD_STEP: Pace.DIGEST,
    NoticeKind.HAZARD_ASSIGNED: Pace.SOON,
    NoticeKind.HAZARD_UNASSIGNED: Pace.SOON,
    NoticeKind.HAZARD_ALARM: Pace.SOON,
    NoticeKind.HAZARD_MATTER: Pace.SOON,
    NoticeKind.OCCURRENCES: Pace.SOON,
    NoticeKind.SPOT_CHECK: Pace.SOON,
    NoticeKind.CLAIM_STEP: Pace.DIGEST,
    NoticeKind.VISIT_URGENT: Pace.URGENT,
    NoticeKind.OWN_VISIT: Pace.DIGEST,
    NoticeKind.FOLLOW_UP_ASSIGNED: Pace.SOON,
    NoticeKind.CARE: Pace.SOON,
    NoticeKind.HARM_CASE: Pace.URGENT,
    NoticeKind.ACCOUNT_ALERT: Pace.SOON,
    NoticeKind.ACCOUNT_UNUSED: Pace.DIGEST,
    NoticeKind.BINDING: Pace.SOON,
    NoticeKind.OWN_DATA: Pace.DIGEST,
    NoticeKind.APPROVAL: Pace.SOON,
    NoticeKind.PROXY: Pace.SOON,
    NoticeKind.ROSTER_EXPORT: Pace.DIGEST,
    NoticeKind.HAZARD_EXPORT: Pace.DIGEST,
    NoticeKind.ROSTER_IMPORT: Pace.DIGEST,
}
URGENT = frozenset(kind for kind, pace in PACES.items() if pace is Pace.URGENT)
_DIGESTS = frozenset(kind for kind, pace in PACES.items() if pace is Pace.DIGEST)
GATHERED = timedelta(minutes=10)
"""How long the first waits for others that are to come along: as long as somebody gives out a row of them."""
DIGEST_TIMES = (time(8), time(12, 30), time(18))
"""In China: before work, at noon, after work."""


def pace_of(kind: NoticeKind) -> Pace:
    """Say how soon notices of a kind are told."""
    return PACES.get(kind, Pace.SOON)


def rings_at_once(notice: Notice) -> bool:
    """Say whether a notice goes out at once, also at night; so does the alarm of a major hazard."""
    level = notice.data.get("level") if notice.kind is NoticeKind.HAZARD_ALARM else None
    return notice.kind in URGENT or level == HazardLevel.MAJOR


def is_urgent() -> ColumnElement[bool]:
    """Say in SQL, beside ``Notice``, what ``rings_at_once`` says."""
    major = and_(Notice.kind == NoticeKind.HAZARD_ALARM, Notice.data["level"].astext == HazardLevel.MAJOR)
    return or_(Notice.kind.in_(URGENT), major)


def is_due() -> ColumnElement[bool]:
    """Say in SQL, beside ``Notice``, that it has waited long enough for others."""
    gathered = and_(Notice.kind.not_in(_DIGESTS), Notice.created_at <= now() - GATHERED)
    digested = and_(Notice.kind.in_(_DIGESTS), Notice.created_at < last_digest(now()))
    return or_(is_urgent(), gathered, digested)


def last_digest(at: datetime) -> datetime:
    """Give the last moment at which digests went out, until now."""
    here = at.astimezone(SHANGHAI)
    days = (here.date(), here.date() - timedelta(days=1))
    moments = [datetime.combine(day, one, SHANGHAI) for day in days for one in DIGEST_TIMES]
    return max(moment for moment in moments if moment <= here)
