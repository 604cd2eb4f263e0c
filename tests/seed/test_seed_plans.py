"""The seed's plans show a worker a day: some of it done, some missed, some open."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.seed.site import SITES
from app.clock import start_of
from app.models import Inspection, Occurrence, OccurrenceState, Place, Plan, Route
from app.places import route_key
from app.plans import AHEAD_DAYS
from tests.seed.conftest import DAY

pytestmark = pytest.mark.xdist_group("seed")
_MORNING = start_of(DAY) + timedelta(hours=9)


def test_each_site_has_plans_and_every_worker_something_to_do_today(session: Session) -> None:
    plans = session.scalars(select(Plan)).all()
    rows = session.scalars(select(Occurrence)).all()

    assert Counter(plan.area_code for plan in plans) == {site.code: 4 for site in SITES}
    assert {plan.made_until for plan in plans} == {DAY + timedelta(days=AHEAD_DAYS)}
    assert set(Counter(row.state(_MORNING) for row in rows)) >= {
        OccurrenceState.UPCOMING,
        OccurrenceState.OPEN,
        OccurrenceState.MISSED,
        OccurrenceState.DONE,
    }
    todo = {row.worker_id for row in rows if row.state(_MORNING) is OccurrenceState.OPEN}
    assert todo == {row.worker_id for row in rows}


def test_what_is_done_was_inspected_there_within_its_window(session: Session) -> None:
    done = session.execute(
        select(Occurrence, Inspection).join(Inspection, Inspection.id == Occurrence.inspection_id)
    ).all()

    assert len(done) > 20
    for row, inspection in done:
        assert (inspection.place_id, inspection.happened_at) == (row.place_id, row.done_at)
        assert row.opens_at <= inspection.happened_at < row.missed_at


def test_the_places_of_a_day_stand_on_a_route_that_is_not_their_order_by_name(session: Session) -> None:
    places = session.scalars(
        select(Place).join(Occurrence, Occurrence.place_id == Place.id).where(Place.route_code.is_not(None))
    ).all()
    routes = session.scalars(select(Route)).all()

    assert {place.area_code[:12] for place in places} == {site.code for site in SITES}
    assert {place.route_code for place in places} == {route.area_code for route in routes}
    by_name = 0
    for route in routes:
        on_it = session.scalars(select(Place).where(Place.route_code == route.area_code)).all()
        walked = sorted(on_it, key=route_key)
        assert [str(place.id) for place in walked] == route.place_ids
        assert len({place.route_position for place in walked}) == len(walked) > 1
        by_name += walked == sorted(on_it, key=lambda place: place.name)
    assert by_name < len(routes)


def test_nobody_is_told_again_of_what_the_story_says_was_missed(session: Session) -> None:
    rows = session.scalars(select(Occurrence).where(Occurrence.done_at.is_(None))).all()

    assert all((row.missed_told_at is None) == (row.missed_at > start_of(DAY)) for row in rows)
