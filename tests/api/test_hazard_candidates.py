"""Whoever gives a hazard out finds whom he may give it to, also from an office that knows nobody there."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.clock import business_day, now
from app.ids import new_id
from app.models import Absence, AbsenceReason, HazardLevel, HazardStatus
from tests.care_world import move_in
from tests.cast import HOME, person
from tests.client import Client
from tests.hazard_world import refused, write_hazard

Be = Callable[[str], Client]


def listed(client: Client, hazard: Any, query: str = "") -> dict[str, dict[str, Any]]:
    """Give who is listed by name."""
    answer = client.get(f"/v1/hazards/{hazard.id}/candidates{query}")
    assert answer.status_code == 200, answer.text
    return {one["name"]: one for one in answer.json["items"]}


def send_away(session: Session, worker: str, substitute: str) -> None:
    today, who = business_day(), person(worker).user_id
    row = Absence(id=new_id(), area_code=HOME, worker_id=who, substitute_id=person(substitute).user_id)
    row.from_on, row.until_on = today, today + timedelta(days=2)
    row.reason, row.recorded_by, row.created_at = AbsenceReason.LEAVE, person("admin").user_id, now()
    row.content_hash = b""
    session.add(row)
    session.commit()


def test_the_county_finds_whom_to_give_a_major_hazard_and_gives_it(be: Be, session: Session) -> None:
    major = write_hazard(session, HazardStatus.ACCEPTED, level=HazardLevel.MAJOR)
    county = be("county")

    found = listed(county, major)

    assert found.keys() == {"worker", "colleague", "lead", "admin"}
    worker = found["worker"]
    assert (worker["stands_in"], worker["away_until"]) == (False, None)
    assert [(post["role"], post["area_name"]) for post in worker["posts"]] == [("grid_worker", "第一网格")]
    for one in found.values():
        hazard = write_hazard(session, HazardStatus.ACCEPTED, level=HazardLevel.MAJOR)
        body = {"assignee_id": one["user_id"], "controls": "拉警戒线"}
        given = county.step(f"/v1/hazards/{hazard.id}/assign", body)
        assert given.status_code == 200, given.text


@pytest.mark.usefixtures("next_grid")
def test_who_is_away_and_who_stands_in_is_told(be: Be, session: Session) -> None:
    """The colleague's post is over another grid."""
    hazard = write_hazard(session, HazardStatus.ACCEPTED)
    before = listed(be("admin"), hazard)
    send_away(session, "worker", "colleague")

    found = listed(be("admin"), hazard)

    assert "colleague" not in before
    assert found["worker"]["away_until"] == (business_day() + timedelta(days=2)).isoformat()
    assert (found["colleague"]["stands_in"], found["colleague"]["away_until"]) == (True, None)
    assert [post["area_name"] for post in found["colleague"]["posts"]] == ["第二网格"]


def test_it_goes_by_pages(be: Be, session: Session) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED)
    everybody = list(listed(be("admin"), hazard))
    path = f"/v1/hazards/{hazard.id}/candidates?limit=3"
    first = be("admin").get(path).json
    rest = be("admin").get(f"{path}&cursor={first['next_cursor']}").json

    assert [one["name"] for page in (first, rest) for one in page["items"]] == everybody
    assert rest["next_cursor"] is None


def test_who_may_not_give_it_out_reads_nobody(be: Be, session: Session) -> None:
    """The county a general one, an admin what is behind his own door, anybody what lies elsewhere."""
    hazard = write_hazard(session, HazardStatus.ACCEPTED)
    path = f"/v1/hazards/{hazard.id}/candidates"
    assert refused(be("county").get(path)) == (403, "not_major")
    assert refused(be("next_admin").get(path)) == (404, "not_found")

    move_in(session, "admin")
    behind = write_hazard(session, HazardStatus.ACCEPTED, text="1单元101门口堆物")
    assert refused(be("admin").get(f"/v1/hazards/{behind.id}/candidates")) == (403, "own_household")
