"""All answers of one moment put side by side: of no figure under five can anybody tell how many it is."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.models import WorkPlace, WorkState
from app.reports import count_work
from tests.cast import FAR, HOME, NEXT, named
from tests.client import Client
from tests.reports.worlds import FIGURES, KINDS, Cell, World, follows
from tests.work_world import write_adult, write_work

Be = Callable[[str | None], Client]
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
AREAS = sorted({code[:digits] for code in (HOME, NEXT, FAR) for digits in (4, 6, 9, 12)})
PLACES = {
    "in_county": WorkPlace.COUNTY,
    "in_city": WorkPlace.CITY,
    "in_province": WorkPlace.PROVINCE,
    "outside": WorkPlace.OUTSIDE,
}


def _settle(session: Session, rng: Random) -> World:
    """Let the places have people of all kinds, few of many of them."""
    world: dict[Cell, int] = {}
    for code in (HOME, NEXT, FAR):
        household = named("household far" if code == FAR else "household home")
        most = rng.choice([1, 4, 9])
        for kind in KINDS:
            world[code, kind] = rng.randint(0, most)
            for _ in range(world[code, kind]):
                one = write_adult(session, area_code=code, household_id=household)
                if kind == "idle":
                    write_work(session, one, DECEMBER, area_code=code, state=WorkState.LOOKING)
                elif kind != "missing":
                    write_work(session, one, DECEMBER, area_code=code, place=PLACES[kind])
    return world


def _asked(client: Client, rule: str, **asked: Any) -> list[dict[str, Any]]:
    """Ask of every area, by pages of one and of many."""
    found = []
    for area in AREAS:
        for limit in (1, 100):
            cursor = None
            while True:
                query = {"area_code": area, "limit": limit, "cursor": cursor} | asked
                answer = client.get(
                    f"/v1/{rule}", query_string={name: value for name, value in query.items() if value}
                )
                found += answer.json["items"]
                if (cursor := answer.json["next_cursor"]) is None:
                    break
    return found


@pytest.mark.parametrize("seed", range(6))
def test_no_figure_under_five_follows_from_all_answers(session: Session, be: Be, seed: int) -> None:
    """An officer of the city asks all there is to ask: the dispatch, the bulletin, each area by itself."""
    world = _settle(session, Random(seed))
    for month in (11, 12):
        with clock.set_to(datetime(2026 + month // 12, month % 12 + 1, 6, 4, 0, tzinfo=UTC)):
            count_work(session)
    city = be("city")
    told: dict[Cell, int | None] = {}

    dispatch = _asked(city, "work-dispatch", month="2026-12")
    bulletin = _asked(city, "work-bulletin", quarter="2026-Q4")
    answers = [(one["area_code"], one["figures"]) for one in dispatch]
    answers += [(one["area_code"], one["months"][-1]["figures"]) for one in bulletin]
    for area, figures in answers:
        for name in FIGURES:
            assert told.setdefault((area, name), figures[name]) == figures[name], "one answer, one figure"
    for one in bulletin:
        figures = one["months"][-1]["figures"]
        assert one["share"] is None or figures["working"] is not None
    for one in dispatch:
        assert all(one["change"][name] is None or one["figures"][name] is not None for name in FIGURES)

    shown = {cell: number for cell, number in told.items() if number is not None}
    assert {area for area, _ in told} == set(AREAS)
    assert not {cell for cell, number in shown.items() if 0 < number < 5}
    assert follows(world, shown, AREAS, 4) == set()
