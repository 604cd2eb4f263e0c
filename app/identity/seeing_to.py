"""Who sees to what a community's admins decide: they, or where there is none the office above.

It decides on viewing tickets only (``app/visits/tickets.py``). Of all else it is told that somebody waits
where nobody decides, and sees to an admin.
"""

from collections.abc import Callable, Collection
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Role
from app.identity.holders import holders

_SEEN_TO = (
    (Role.COMMUNITY_ADMIN, "asked"),
    (Role.COUNTY_OFFICER, "nobody_decides"),
    (Role.CITY_OFFICER, "nobody_decides"),
)
"""Who is told, the first of these there is over the community, and what."""


def who_sees_to_it(
    session: Session,
    community: str,
    *,
    but: Collection[UUID | None],
    holding: Callable[[str, Role], set[UUID]] | None = None,
) -> tuple[str, set[UUID]]:
    """Give what to tell and whom: the admins, or the county's office, or else the city's; none of ``but``.

    Those are who asks, and who lives where it is about.
    ``holding`` gives the holders of a role over an area to whoever tells of many. Nobody at all is an empty
    set.
    """
    for role, what in _SEEN_TO:
        held = holding(community, role) if holding else holders(session, community, {role})
        if to_know := held.difference(but):
            return what, to_know
    return "nobody_decides", set()
