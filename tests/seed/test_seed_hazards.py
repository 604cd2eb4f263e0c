"""The seed's inspections and hazards obey the product's rules, every one of them."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, time
from itertools import pairwise
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.actors import Role
from app.cli.seed.site import COUNTY, SMALL_COUNTY
from app.clock import SHANGHAI
from app.config import UnknownYears
from app.evidence import Position, Signals, weigh
from app.hazards import DeadlineSource
from app.hazards.deadlines import DefaultTime, default_time
from app.models import (
    HAZARD_NEXT,
    HAZARD_QUIET,
    AnswerResult,
    CategoryDeadline,
    Checklist,
    ChecklistItem,
    ClockFlag,
    Grant,
    Hazard,
    HazardCategory,
    HazardLevel,
    HazardSource,
    HazardStatus,
    HazardStep,
    Household,
    Inspection,
    InspectionAnswer,
    ItemKind,
    PhotoLink,
    PhotoOwner,
    Place,
    PlaceCode,
    RectificationNotice,
    Visit,
    VisitMode,
)
from app.models.care import CareRecord
from app.models.household import Resident
from app.workdays import WorkCalendar

pytestmark = pytest.mark.xdist_group("seed")

_CALENDAR = WorkCalendar(UnknownYears.WEEKENDS)
_DEFAULT_DAYS = 7
_NAMED = time(18)
"""When a day's work ends: the hour of deadlines that somebody named."""
_STAYS = HAZARD_QUIET | {HazardStep.RECUR, HazardStep.GRANT_EXTENSION}
"""Steps that leave the state as it is."""


@pytest.fixture(scope="module")
def hazards(session: Session) -> list[Hazard]:
    query = select(Hazard).options(selectinload(Hazard.events), joinedload(Hazard.place))
    return list(session.scalars(query))


@pytest.fixture(scope="module")
def roles(session: Session) -> dict[UUID, set[Role]]:
    held: dict[UUID, set[Role]] = defaultdict(set)
    for grant in session.scalars(select(Grant)):
        held[grant.user_id].add(grant.role)
    return held


def test_hazards_are_in_every_state_from_every_source_of_both_levels(hazards: list[Hazard]) -> None:
    assert {hazard.status for hazard in hazards} == set(HazardStatus)
    assert {hazard.source for hazard in hazards} == set(HazardSource)
    majors = Counter(hazard.status for hazard in hazards if hazard.level is HazardLevel.MAJOR)
    assert majors[HazardStatus.CLOSED] >= 3
    assert majors[HazardStatus.VERIFIED] >= 1
    assert any(hazard.recheck_failures for hazard in hazards)
    assert any(hazard.recurrences for hazard in hazards)


def test_each_hazard_walked_a_legal_way(hazards: list[Hazard]) -> None:
    for hazard in hazards:
        events = hazard.events
        assert [event.number for event in events] == list(range(1, len(events) + 1))
        assert (events[0].step, events[0].status_after) == (HazardStep.REPORT, HazardStatus.REPORTED)
        assert events[-1].status_after is hazard.status
        for before, after in pairwise(events):
            assert before.at <= after.at
            if after.step in _STAYS:
                assert after.status_after is before.status_after
            else:
                assert after.status_after in HAZARD_NEXT[before.status_after]


def test_what_a_hazard_says_is_what_its_events_say(hazards: list[Hazard]) -> None:
    for hazard in hazards:
        steps = Counter(event.step for event in hazard.events)
        last = {event.step: event for event in hazard.events}
        assert hazard.recurrences == steps[HazardStep.RECUR]
        assert hazard.recheck_failures == steps[HazardStep.RECHECK_FAIL]
        assert (hazard.duplicate_of_id is not None) == (hazard.status is HazardStatus.DUPLICATE)
        given = last.get(HazardStep.REASSIGN) or last.get(HazardStep.ASSIGN)
        if HazardStep.UNASSIGN in last:
            assert (hazard.assignee_id, hazard.unit_id) == (None, None)
        elif given is not None:
            to = str(hazard.unit_id or hazard.assignee_id)
            assert to == (given.data.get("unit_id") or given.data["assignee_id"])
        else:
            assert (hazard.assignee_id, hazard.unit_id) == (None, None)
        assert hazard.status is not HazardStatus.TRANSFERRED or hazard.department is not None
        if HazardStep.RECTIFY in last:
            assert hazard.rectified_by == last[HazardStep.RECTIFY].actor_id


def test_deadlines_are_working_days_after_the_assignment(session: Session, hazards: list[Hazard]) -> None:
    days = {item.id: item.deadline_days for item in session.scalars(select(ChecklistItem))}
    giving = {HazardStep.ASSIGN, HazardStep.RECHECK_FAIL}
    found: Counter[bool] = Counter()
    for hazard in hazards:
        given = [event for event in hazard.events if event.step in giving]
        allowed = (days[hazard.item_id] if hazard.item_id else None) or _DEFAULT_DAYS
        for event in given:
            due_at = datetime.fromisoformat(event.data["due_at"])
            by_default = due_at == _CALENDAR.deadline(event.at, allowed)
            is_named = due_at.astimezone(SHANGHAI).time() == _NAMED and due_at > event.at
            assert by_default or is_named
            found[by_default] += 1
    assert found[True] > found[False] > 0, "few are named by somebody"


def test_one_site_says_how_soon_what_may_burn_is_put_right(session: Session, hazards: list[Hazard]) -> None:
    (said,) = session.scalars(select(CategoryDeadline)).all()
    burning = next(
        hazard
        for hazard in hazards
        if hazard.area_code.startswith(said.area_code)
        and (hazard.category, hazard.item_id) == (HazardCategory.FIRE, None)
    )

    assert default_time(session, burning) == DefaultTime(3, DeadlineSource.COMMUNITY)
    gives = {HazardStep.ASSIGN, HazardStep.RECHECK_FAIL}
    given = [event.at for hazard in hazards for event in hazard.events if event.step in gives]
    assert max(given) < said.set_at, "what had its time before keeps it"


def test_everybody_did_only_what_is_his(hazards: list[Hazard], roles: dict[UUID, set[Role]]) -> None:
    for hazard in hazards:
        rectified_by = None
        left = next((one.data["former_id"] for one in hazard.events if one.step is HazardStep.UNASSIGN), None)
        for event in hazard.events:
            if event.step in {HazardStep.START, HazardStep.RECTIFY}:
                assert event.actor_id == hazard.assignee_id or left == str(event.actor_id)
            if event.step is HazardStep.RECTIFY:
                rectified_by = event.actor_id
            if event.step in {HazardStep.VERIFY, HazardStep.RECHECK_FAIL, HazardStep.CLOSE}:
                assert event.actor_id != rectified_by
            if event.step in {HazardStep.ACCEPT, HazardStep.REJECT, HazardStep.DUPLICATE, HazardStep.ASSIGN}:
                assert Role.COMMUNITY_ADMIN in roles[event.actor_id or hazard.id]
            if event.step is HazardStep.CLOSE and hazard.level is HazardLevel.MAJOR:
                assert Role.COUNTY_OFFICER in roles[event.actor_id or hazard.id]


def test_major_hazards_have_controls_and_the_five_fixed_items_before_work(hazards: list[Hazard]) -> None:
    for hazard in hazards:
        steps = {event.step for event in hazard.events}
        if hazard.level is HazardLevel.MAJOR and HazardStep.ASSIGN in steps:
            assert hazard.controls
        if hazard.level is HazardLevel.MAJOR and HazardStep.START in steps:
            assert hazard.five_fixed is not None
            assert all(hazard.five_fixed.values())
            assert set(hazard.five_fixed) == {
                "measures",
                "funds",
                "responsible",
                "deadline",
                "contingency",
            }


def test_every_inspection_answers_what_is_asked_by_the_list_of_its_kind_of_place(session: Session) -> None:
    """Of what need not be said there is an answer only where something was found."""
    items: dict[UUID, set[UUID]] = defaultdict(set)
    open_words: set[UUID] = set()
    for item in session.scalars(select(ChecklistItem)):
        items[item.checklist_id].add(item.id)
        if not item.required and item.kind is not ItemKind.CHECK:
            open_words.add(item.id)
    kinds = {checklist.id: checklist.kind for checklist in session.scalars(select(Checklist))}
    answered: dict[UUID, set[UUID]] = defaultdict(set)
    for answer in session.scalars(select(InspectionAnswer)):
        answered[answer.inspection_id].add(answer.item_id)
        assert answer.item_id not in open_words or answer.result is AnswerResult.PROBLEM
    assert open_words
    for inspection in session.scalars(select(Inspection).options(joinedload(Inspection.place))):
        asked = items[inspection.checklist_id]
        assert asked - open_words <= answered[inspection.id] <= asked
        assert kinds[inspection.checklist_id] is inspection.place.kind


def test_a_problem_names_its_hazard_unless_it_was_corrected_on_the_spot(session: Session) -> None:
    hazards = {hazard.id: hazard for hazard in session.scalars(select(Hazard))}
    inspections = {one.id: one for one in session.scalars(select(Inspection))}
    lists = session.scalars(select(Checklist).options(selectinload(Checklist.items)))
    keys = {item.id: one.key_of(item) for one in lists for item in one.items}
    for answer in session.scalars(select(InspectionAnswer)):
        problem = answer.result is AnswerResult.PROBLEM
        assert (answer.hazard_id is not None) == (problem and not answer.corrected)
        assert problem or not (answer.note or answer.corrected or answer.photo_ids)
        if answer.hazard_id is not None:
            hazard = hazards[answer.hazard_id]
            assert (hazard.item_id, hazard.place_id) == (
                answer.item_id,
                inspections[answer.inspection_id].place_id,
            )
            assert hazard.item_key == keys[answer.item_id]
            assert answer.recurrence == (hazard.inspection_id != answer.inspection_id)


def test_only_the_grid_worker_of_the_place_inspected_it(
    session: Session, roles: dict[UUID, set[Role]]
) -> None:
    areas = {grant.user_id: grant.area_code for grant in session.scalars(select(Grant))}
    for inspection in session.scalars(select(Inspection)):
        assert Role.GRID_WORKER in roles[inspection.worker_id]
        assert inspection.area_code.startswith(areas[inspection.worker_id])


def _from_phones(session: Session) -> Iterator[tuple[Inspection | Hazard | Visit, Place]]:
    for inspection in session.scalars(select(Inspection).options(joinedload(Inspection.place))):
        yield inspection, inspection.place
    reports = select(Hazard).where(Hazard.inspection_id.is_(None)).options(joinedload(Hazard.place))
    for hazard in session.scalars(reports):
        yield hazard, hazard.place
    visits = (
        select(Visit, Place)
        .join(CareRecord, CareRecord.id == Visit.care_record_id)
        .join(Resident, Resident.id == CareRecord.resident_id)
        .join(Household, Household.id == Resident.household_id)
        .join(Place, Place.id == Household.place_id)
        .where(Visit.mode == VisitMode.IN_PERSON)
    )
    yield from ((visit, place) for visit, place in session.execute(visits))


def test_presence_is_what_the_products_own_rules_make_of_the_signals(session: Session) -> None:
    codes = {code.id: code for code in session.scalars(select(PlaceCode))}
    shown = select(PhotoLink.record_id).where(PhotoLink.record_kind != PhotoOwner.SIGNATURE)
    named = Counter(session.scalars(shown))
    flags = Counter[ClockFlag]()
    reasons = Counter[str]()
    for record, place in _from_phones(session):
        position = None
        if record.lng is not None:
            assert record.lat is not None
            assert record.accuracy_m is not None
            assert record.datum is not None
            position = Position(record.lng, record.lat, record.accuracy_m, record.datum)
        code = codes[record.code_id] if record.code_id else None
        signals = Signals(record.captured_at, code="scanned" if code else None, position=position)
        weighed = weigh(place, code, signals, received_at=record.received_at, photos=named[record.id])
        assert (record.presence, record.presence_reasons) == (weighed.presence, weighed.reasons)
        assert record.clock_flag is weighed.clock_flag
        flags[record.clock_flag] += 1
        reasons.update(record.presence_reasons)
    assert set(flags) == set(ClockFlag)
    assert reasons.keys() >= {"inside", "outside", "position_missing", "position_unknown", "code_missing"}


def test_a_visitor_reported_only_with_a_code(hazards: list[Hazard]) -> None:
    for hazard in hazards:
        taken_over = any(event.step is HazardStep.TAKE_OVER for event in hazard.events)
        assert (hazard.reported_by is None or taken_over) == (hazard.source is HazardSource.VISITOR)
        assert hazard.code_id is not None or hazard.source is not HazardSource.VISITOR


def test_the_last_weeks_show_what_goes_less_plainly(hazards: list[Hazard]) -> None:
    """Each kind of step was taken at one of the sites, and something of most still waits.

    But no work came once others had done it.
    """
    taken = {event.step for hazard in hazards for event in hazard.events}
    still_open = [hazard for hazard in hazards if hazard.ended_at is None]

    assert taken == set(HazardStep) - {HazardStep.WORK_LATE}
    assert any(hazard.unit_id and hazard.assignee_id is None for hazard in still_open)
    assert any(hazard.asked_due_at for hazard in still_open)
    assert any(hazard.extensions and hazard.level is HazardLevel.MAJOR for hazard in still_open)
    assert any(hazard.supervised_at and hazard.answered_at is None for hazard in still_open)
    assert {hazard.area_code[:6] for hazard in still_open if hazard.supervised_at} == {COUNTY, SMALL_COUNTY}


def test_written_notices_are_numbered_and_name_who_puts_it_right(session: Session) -> None:
    notices = session.scalars(select(RectificationNotice).order_by(RectificationNotice.number)).all()

    assert [notice.number for notice in notices] == [1, 2, 3]
    assert {notice.addressee for notice in notices} >= {"通山安居物业工程部"}
