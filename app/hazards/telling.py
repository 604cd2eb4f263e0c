"""Telling those for whom a hazard waits: who triages it, who rechecks it, the county of a major one."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import harm
from app.actors import Actor, Role, community_of
from app.hazards.assignees import barred_from_recheck, who_has
from app.hazards.responsible import (
    OFFICES,
    admins,
    ask_county,
    office,
    office_over,
    tell_all,
    unless_county,
)
from app.identity import TABLE, Permission, holders, seeing_to
from app.models import Hazard, HazardLevel, HazardStatus, HazardStep
from app.notices import NoticeKind, post
from app.people import accounts_of_home

NAMED = 50
"""So many hazards a notice of several names by their ids; it counts all."""
_RECHECKING = frozenset(TABLE[Permission.HAZARD_VERIFY])
Who = Callable[[Session, str, Collection[UUID]], tuple[str, set[UUID]]]
"""Who decides over an area, but some people, and what they are told: they are asked, or nobody decides."""


def tell_new(
    session: Session, actor: Actor, area_code: str, new: Mapping[UUID, HazardLevel], **found_by: UUID
) -> None:
    """Tell who triages of hazards that were reported together, in one notice; the county of major ones.

    Nobody is told of what is behind his own door: he decides nothing about it. The number of statements
    grows with the doors, not with the hazards. ``found_by`` names the record that reported several.
    """
    apart: dict[frozenset[UUID], dict[UUID, HazardLevel]] = defaultdict(dict)
    for hazard_id, barred in _people_behind_each(session, new).items():
        apart[barred][hazard_id] = new[hazard_id]
    for barred, several in apart.items():
        major = {one: level for one, level in several.items() if level is HazardLevel.MAJOR}
        what, people = seeing_to.who_sees_to_it(session, area_code, but=barred)
        if what == "asked":
            _tell_each(session, people - {actor.user_id}, area_code, several, **found_by)
        else:
            general = {one: level for one, level in several.items() if one not in major}
            _tell_each(session, people, area_code, general, what=what, **found_by)
        if major:
            role, county = office_over(session, area_code, OFFICES, but=barred)
            _tell_each(session, county - {actor.user_id}, area_code, major, **unless_county(role), **found_by)


def tell_accepted(session: Session, actor: Actor, hazard: Hazard) -> None:
    """Tell the county at once that a hazard was accepted as major, and by when its controls must stand."""
    if hazard.level is HazardLevel.MAJOR:
        role, people = office(session, hazard, OFFICES)
        until = hazard.controls_due_at
        about = unless_county(role) | ({"controls_by": until.isoformat()} if until else {})
        told = people - {actor.user_id}
        tell_all(session, NoticeKind.HAZARD_ALARM, hazard, told, HazardStep.ACCEPT, **about)


def tell_raised(session: Session, actor: Actor, hazard: Hazard) -> None:
    """Tell at once that a hazard is major by now: the county, whoever puts it right, and the admins."""
    role, people = office(session, hazard, OFFICES)
    until = hazard.controls_due_at
    by = {"controls_by": until.isoformat()} if until else {}
    here = who_has(session, hazard) | (admins(session, hazard) - {actor.user_id})
    told = people - here - {actor.user_id}
    tell_all(
        session, NoticeKind.HAZARD_ALARM, hazard, told, HazardStep.RAISE_LEVEL, **unless_county(role), **by
    )
    tell_all(session, NoticeKind.HAZARD_ALARM, hazard, here, HazardStep.RAISE_LEVEL, **by)


def ask_recheck(session: Session, actor: Actor, hazard: Hazard) -> None:
    """Ask who may to recheck what was put right; where nobody may, the office above is told so.

    Whoever reported it is told of the step in any case.
    """
    _ask_recheck(session, hazard, HazardStep.RECTIFY, but={actor.user_id, hazard.reported_by})


def ask_to_look_again(session: Session, hazard: Hazard) -> None:
    """Ask who may, also whose recheck it was, to look once more at what was found after a recheck."""
    if hazard.status is HazardStatus.VERIFIED:
        ask_county(session, hazard, HazardStep.RECHECK_LATE, but=())
    else:
        _ask_recheck(session, hazard, HazardStep.RECHECK_LATE, but=())


def _ask_recheck(session: Session, hazard: Hazard, step: HazardStep, *, but: Collection[UUID | None]) -> None:
    what, people = who_rechecks(session, hazard.area_code, _barred_from_each(session, [hazard])[hazard.id])
    if what == "asked":
        tell_all(session, NoticeKind.HAZARD_MATTER, hazard, people.difference(but), step)
    else:
        tell_all(session, NoticeKind.HAZARD_MATTER, hazard, people, step, what=what)


def ask_to_close(session: Session, actor: Actor, hazard: Hazard) -> None:
    """Ask the county to recheck a major hazard that its community found put right."""
    ask_county(session, hazard, HazardStep.VERIFY, but={actor.user_id})


def who_triages(session: Session, area_code: str, but: Collection[UUID]) -> tuple[str, set[UUID]]:
    """Give the admins, who accept and give out, or where none may the office above."""
    return seeing_to.who_sees_to_it(session, area_code, but=but)


def who_rechecks(session: Session, area_code: str, but: Collection[UUID]) -> tuple[str, set[UUID]]:
    """Give who may recheck what was put right, or where nobody may the office above."""
    if people := holders(session, area_code, _RECHECKING).difference(but):
        return "asked", people
    return "nobody_decides", office_over(session, area_code, OFFICES, but=but)[1]


def who_closes(session: Session, area_code: str, but: Collection[UUID]) -> tuple[str, set[UUID]]:
    """Give the county, which closes major ones, or where it has nobody the city."""
    role, people = office_over(session, area_code, OFFICES, but=but)
    return "asked" if role is Role.COUNTY_OFFICER else "nobody_decides", people


def tell_of_many(session: Session, kind: NoticeKind, rows: Sequence[Hazard], who: Who, **asked: str) -> None:
    """Tell each of those for whom hazards of one community wait, in one notice, of all that wait for him.

    Nobody is told of what he may not decide on: what is behind his own door, the recheck of his own work.
    ``asked`` is what those are told who decide, others that nobody does.
    """
    alike: dict[tuple[str, frozenset[UUID]], list[UUID]] = defaultdict(list)
    barred = _barred_from_each(session, rows)
    for row in rows:
        alike[row.area_code, barred[row.id]].append(row.id)
    of: dict[tuple[UUID, str], list[UUID]] = defaultdict(list)
    for (area_code, but), ids in alike.items():
        what, people = who(session, area_code, but)
        for user_id in people:
            of[user_id, what] += ids
    for (user_id, what), ids in sorted(of.items()):
        about: dict[str, Any] = dict(asked) if what == "asked" else {"what": what}
        about |= {"count": len(ids), "hazard_ids": sorted(ids)[:NAMED]}
        post(session, kind, to=user_id, area_code=community_of(rows[0].area_code), **about)


def _barred_from_each(session: Session, rows: Sequence[Hazard]) -> dict[UUID, frozenset[UUID]]:
    """Give of each hazard who decides nothing: behind whose door it is, and whose work is to be rechecked."""
    behind = _people_behind_each(session, [row.id for row in rows])
    did_it = barred_from_recheck(session, rows)
    return {one: people.union(did_it.get(one, ())) for one, people in behind.items()}


def _people_behind_each(session: Session, hazards: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Give of each hazard the accounts of those behind whose door it is."""
    homes = harm.homes_behind_each(session, hazards)
    people = {home: accounts_of_home(session, home) for home in set().union(*homes.values())}
    return {one: frozenset().union(*(people[home] for home in homes[one])) for one in hazards}


def _tell_each(
    session: Session, people: Collection[UUID], area_code: str, new: Mapping[UUID, HazardLevel], **about: Any
) -> None:
    """Write each of these people one notice of new hazards, an alarm if one of them is major."""
    if not new:
        return
    is_major = HazardLevel.MAJOR in new.values()
    about |= {"hazard_id": next(iter(new))} if len(new) == 1 else {"hazard_ids": list(new)[:NAMED]}
    for user_id in sorted(people):
        post(
            session,
            NoticeKind.HAZARD_ALARM if is_major else NoticeKind.HAZARD_MATTER,
            to=user_id,
            area_code=area_code,
            step=HazardStep.REPORT,
            status=HazardStatus.REPORTED,
            level=HazardLevel.MAJOR if is_major else HazardLevel.GENERAL,
            count=len(new),
            **about,
        )
