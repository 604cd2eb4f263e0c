"""The plans of both sites, and the occurrences of the last weeks and of those to come."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from app import clock
from app.actors import Role, community_of
from app.cli.seed import facts
from app.cli.seed.history import History
from app.cli.seed.ids import id_at, named
from app.cli.seed.phone import happened_at
from app.cli.seed.rows import Row
from app.cli.seed.site import CITY, SITES, Site
from app.cli.seed.world import SeedPlace
from app.models import Inspection, NoticeKind, Occurrence, OnDayOff, Plan, PlanFrequency
from app.plans import AHEAD_DAYS, Terms

_DAY_MIN = 24 * 60
_BEGINS = time(8, 0)
_TOLD_FROM = timedelta(hours=7)
_NAMED = 50
"""So many missed ones a notice names."""


@dataclass(frozen=True)
class _Told:
    """A plan of both sites: days before today that it starts, and days of its window."""

    checklist: str
    title: str
    frequency: PlanFrequency
    since_days: int
    due_min: int
    missed_min: int
    every_days: int | None = None
    opened_days: int | None = None
    """Of a monthly one: how many days ago this month's period opened."""

    def terms(self, today: date) -> Terms:
        """Give what it says."""
        opened = [] if self.opened_days is None else [(today - timedelta(days=self.opened_days)).day]
        return Terms(
            title=self.title,
            frequency=self.frequency,
            every_days=self.every_days,
            days=opened,
            opens=_BEGINS,
            due_after_min=self.due_min,
            missed_after_min=self.missed_min,
            on_day_off=OnDayOff.KEEP,
            starts_on=today - timedelta(days=self.since_days),
        )


_PLANS = (
    _Told(
        "residential_block",
        "楼栋消防每月检查",
        PlanFrequency.MONTHLY,
        50,
        10 * _DAY_MIN,
        4 * _DAY_MIN,
        opened_days=4,
    ),
    _Told(
        "house_quality",
        "房屋质量每季检查",
        PlanFrequency.EVERY_N_DAYS,
        60,
        62 * _DAY_MIN,
        20 * _DAY_MIN,
        every_days=90,
    ),
    _Told(
        "slope",
        "边坡检查",
        PlanFrequency.EVERY_N_DAYS,
        44,
        10 * _DAY_MIN,
        3 * _DAY_MIN,
        every_days=14,
    ),
    _Told("canteen", "食堂每日检查", PlanFrequency.DAILY, 6, 10 * 60, 2 * 60),
)


def add_plans(history: History) -> None:
    """Add plans whose periods are done where somebody was there, missed where not, and partly open today."""
    rng, today = history.rng("plans"), history.last + timedelta(days=1)
    visited = _visited(history)
    kinds = {one.code: one.kind for one in facts.checklists()}
    for site in SITES:
        for told in _PLANS:
            places = [one for one in history.world.places_of(site) if one.kind is kinds[told.checklist]]
            if not places:
                continue
            terms = told.terms(today)
            plan = _add_plan(history, site, told, terms, today)
            for day, place in _periods(terms, places, today, history):
                opens_at, due_at, missed_at = terms.window.on(day)
                found = _first(visited[place.id, told.checklist], opens_at, missed_at)
                worker = history.world.worker(place.area_code)
                made_at = max(opens_at - timedelta(days=AHEAD_DAYS), plan["created_at"])
                history.rows.add(
                    Occurrence,
                    id=id_at(rng, made_at),
                    area_code=place.area_code,
                    plan_id=plan["id"],
                    place_id=place.id,
                    checklist_area_code=CITY,
                    checklist_code=told.checklist,
                    period_on=day,
                    opens_at=opens_at,
                    due_at=due_at,
                    missed_at=missed_at,
                    original_worker_id=worker,
                    worker_id=worker,
                    made_at=min(made_at, history.until),
                    done_at=found and found[0],
                    inspection_id=found and found[1],
                    missed_told_at=missed_at if found is None and missed_at <= history.until else None,
                )
    _tell(history)


def _tell(history: History) -> None:
    """Put into inboxes what the jobs told: of the day's openings, and of what was missed."""
    opened = defaultdict[tuple[datetime, UUID], list[Row]](list)
    missed = defaultdict[tuple[datetime, str], list[Row]](list)
    for row in history.rows.of(Occurrence):
        told_at = max(clock.start_of(clock.business_day(row["opens_at"])) + _TOLD_FROM, row["made_at"])
        if told_at < history.until:
            opened[told_at, row["worker_id"]].append(row)
        if row["missed_told_at"] is not None:
            missed[row["missed_at"], community_of(row["area_code"])].append(row)
    for (at, worker), rows in opened.items():
        about = {"what": "opening", "count": len(rows), "day": clock.business_day(at)}
        history.notify(NoticeKind.OCCURRENCES, worker, community_of(rows[0]["area_code"]), at, **about)
    for (at, community), rows in missed.items():
        ids = [row["id"] for row in rows]
        for admin in history.world.holders(Role.COMMUNITY_ADMIN, community):
            about = {"what": "missed", "count": len(ids), "occurrence_ids": ids[:_NAMED]}
            history.notify(NoticeKind.OCCURRENCES, admin, community, at, **about)


def _add_plan(history: History, site: Site, told: _Told, terms: Terms, today: date) -> Row:
    plan_id = named("plan", f"{site.code} {told.checklist}")
    return history.rows.add(
        Plan,
        id=plan_id,
        area_code=site.code,
        checklist_area_code=CITY,
        checklist_code=told.checklist,
        kind=next(one.kind for one in facts.checklists() if one.code == told.checklist),
        made_until=today + timedelta(days=AHEAD_DAYS),
        made_by=history.world.admin(site.code),
        content_hash=plan_id.bytes,
        created_at=clock.start_of(terms.starts_on) - timedelta(hours=8),
        **terms.columns(),
    )


def _periods(
    terms: Terms, places: list[SeedPlace], today: date, history: History
) -> Iterator[tuple[date, SeedPlace]]:
    until = today + timedelta(days=AHEAD_DAYS)
    for day in terms.rhythm.days_between(terms.starts_on, until, history.hours.calendar):
        for place in places:
            yield day, place


def _visited(history: History) -> dict[tuple[UUID, str], list[tuple[datetime, UUID]]]:
    """Give when each place was inspected by which list, and by which inspection."""
    codes = {named("checklist", one.code): one.code for one in facts.checklists()}
    visited: dict[tuple[UUID, str], list[tuple[datetime, UUID]]] = defaultdict(list)
    for row in history.rows.of(Inspection):
        at = happened_at(row["captured_at"], row["received_at"])
        visited[row["place_id"], codes[row["checklist_id"]]].append((at, row["id"]))
    return visited


def _first(
    visits: list[tuple[datetime, UUID]], opens_at: datetime, missed_at: datetime
) -> tuple[datetime, UUID] | None:
    """Give the first inspection of a window, which is what resolves it."""
    return min((one for one in visits if opens_at <= one[0] < missed_at), default=None)
