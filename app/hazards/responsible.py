"""Who is to see to a hazard now, and which office looks on: whom notices go to."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Role
from app.hazards.assignees import who_has
from app.hazards.assignment import people_behind
from app.hazards.steps import tell
from app.identity import holders, seeing_to
from app.models import Hazard, HazardStep
from app.notices import NoticeKind

OFFICES = (Role.COUNTY_OFFICER, Role.CITY_OFFICER)
"""Who sees to major hazards, and who is told where it has nobody."""


def tell_all(
    session: Session, kind: NoticeKind, hazard: Hazard, people: set[UUID], step: HazardStep, **more: Any
) -> None:
    """Write each of these people one notice about a hazard."""
    for user_id in sorted(people):
        tell(session, kind, hazard, to=user_id, step=step, **more)


def ask_county(session: Session, hazard: Hazard, step: HazardStep, *, but: Collection[UUID | None]) -> None:
    """Ask the county to decide; where it has nobody the city, which decides on none, is told just that."""
    role, people = office(session, hazard, OFFICES)
    told = people.difference(but)
    tell_all(session, NoticeKind.HAZARD_MATTER, hazard, told, step, **unless_county(role))


def unless_county(role: Role | None) -> dict[str, str]:
    """Say that nobody decides where the county has nobody: the city sees to it that it gets somebody."""
    return {} if role is Role.COUNTY_OFFICER else {"what": "nobody_decides"}


def in_hand_of(session: Session, hazard: Hazard) -> set[UUID]:
    """Give who puts a hazard right; where nobody does, who gives it out."""
    return who_has(session, hazard) or givers(session, hazard)[1]


def givers(session: Session, hazard: Hazard) -> tuple[str, set[UUID]]:
    """Give who gives a hazard out, the admins or the office above, but nobody behind whose door it is."""
    return seeing_to.who_sees_to_it(session, hazard.area_code, but=people_behind(session, hazard))


def admins(session: Session, hazard: Hazard) -> set[UUID]:
    """Give the admins who give a hazard out; nobody where all live behind its door, or there is none."""
    what, people = givers(session, hazard)
    return people if what == "asked" else set()


def office(session: Session, hazard: Hazard, roles: Sequence[Role]) -> tuple[Role | None, set[UUID]]:
    """Give the first of these offices that has somebody over the hazard, and its people."""
    return office_over(session, hazard.area_code, roles, but=people_behind(session, hazard))


def office_over(
    session: Session, area_code: str, roles: Sequence[Role], *, but: Collection[UUID]
) -> tuple[Role | None, set[UUID]]:
    """Give the first of these offices that has others than these over an area, and its people."""
    for role in roles:
        if people := holders(session, area_code, {role}).difference(but):
            return role, people
    return None, set()
