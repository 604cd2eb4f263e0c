"""What befalls those who watch each other: three administrators and officers (docs/adr/0012).

Who ends the grant or account of one of the three needs nobody else for it, since it may have to go at once,
nor does who takes a second factor. So the others are told that an area lost its last one, and that somebody
may soon go in for one of them. To make another one takes two persons.

A community's admin is made by one alone, perhaps of a second account of his own: that, and every other grant
of a role above grid worker, is told to those who know who should hold it.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.actors import SECOND_FACTOR_ROLES, Role
from app.clock import now
from app.identity.grantable import ADMINISTRATORS
from app.identity.holders import holders
from app.identity.officers import OFFICERS
from app.models import Grant, NoticeKind
from app.notices import post

log = structlog.get_logger()
WATCHED = ADMINISTRATORS | OFFICERS
Post = tuple[Role, str]
"""A role and the area where it is held."""
_GONE = {
    Role.SYSTEM_ADMIN: "no_system_admin",
    Role.SECURITY_ADMIN: "no_security_admin",
    Role.AUDITOR: "no_auditor",
}


def watched_posts(session: Session, user_id: UUID) -> list[Post]:
    """List the watched posts that somebody holds or will hold, by grants that are neither ended nor over."""
    lasting = or_(Grant.valid_until.is_(None), Grant.valid_until > now())
    held = (Grant.user_id == user_id, Grant.role.in_(WATCHED), Grant.ended_at.is_(None), lasting)
    query = select(Grant.role, Grant.area_code).where(*held).distinct()
    return [(role, area_code) for role, area_code in session.execute(query)]


def watchers(session: Session, posts: Iterable[Post]) -> set[UUID]:
    """Give whom the steps below tell of these posts, and who holds them: locked before whoever is ended."""
    return {user_id for _, area_code in posts for user_id in holders(session, area_code, WATCHED)}


def tell_if_last(session: Session, posts: Iterable[Post]) -> None:
    """Tell officers and other administrators over each area that has nobody of the role any more.

    The log says so too, for whoever runs the installation: where nobody is left, nobody else reads it.
    """
    for role, area_code in sorted(posts):
        if role not in _GONE or holders(session, area_code, {role}):
            continue
        log.warning("administrator_missing", role=role.value, area_code=area_code)
        for user_id in sorted(watchers(session, [(role, area_code)])):
            post(session, NoticeKind.ACCOUNT_ALERT, to=user_id, area_code=area_code, what=_GONE[role])


def tell_of_second_factor(
    session: Session, user_id: UUID, posts: Iterable[Post], *, but: Collection[UUID | None]
) -> None:
    """Tell the others that the second factor of somebody with a watched post was taken, each once."""
    told: set[UUID | None] = {user_id, *but}
    for _, area_code in sorted(posts):
        for one in sorted(holders(session, area_code, WATCHED) - told):
            about = {"what": "second_factor_reset_of", "user_id": user_id}
            post(session, NoticeKind.ACCOUNT_ALERT, to=one, area_code=area_code, **about)
            told.add(one)


def told_of_grant(session: Session, role: Role, area_code: str) -> set[UUID]:
    """Give who hears of a role's grant: who holds it over the area, its auditors and officers.

    They are locked with whoever gets it. Of a role up to grid worker nobody hears.
    """
    if role not in SECOND_FACTOR_ROLES:
        return set()
    return holders(session, area_code, {role, Role.AUDITOR, *OFFICERS})


def tell_of_grant(session: Session, given: Grant, told: Collection[UUID]) -> None:
    """Tell whoever got a role above grid worker, and those others but who gave it, each once."""
    if given.role not in SECOND_FACTOR_ROLES:
        return
    area_code, role = given.area_code, given.role.value
    post(session, NoticeKind.ACCOUNT_ALERT, to=given.user_id, area_code=area_code, what="granted", role=role)
    about = {"what": "granted_of", "user_id": given.user_id, "role": role}
    for one in sorted(set(told) - {given.user_id, given.granted_by}):
        post(session, NoticeKind.ACCOUNT_ALERT, to=one, area_code=area_code, **about)
