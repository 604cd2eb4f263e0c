"""How many working days a community gives for a category: said, taken back, shown, and counted by."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app.clock import now, set_to
from app.hazards import DeadlineSource
from app.hazards.deadlines import default_time
from app.ids import new_id
from app.models import CategoryDeadline, HazardCategory, HazardStatus
from tests.cast import HOME, NEXT, person
from tests.client import Answer, Client
from tests.explaining import asked_of, explained
from tests.hazard_world import Take, done, of_item, refused, write_checklist, write_hazard
from tests.trail import entries_of

Be = Callable[[str], Client]
WORKER = str(person("worker").user_id)
BEFORE_NATIONAL_DAY = datetime(2026, 9, 30, 2, 0, tzinfo=UTC)
"""The 1st to 7th of October are holidays, Saturday the 10th is worked for them."""


def say(client: Client, days: int | None, **more: Any) -> Answer:
    body = {"area_code": HOME, "category": "fire", "working_days": days, **more}
    return client.put(f"/v1/category-deadlines/{new_id()}", json=body)


def said(client: Client, category: str = "fire", area_code: str = HOME) -> dict[str, Any]:
    answer = client.get(f"/v1/category-deadlines?area_code={area_code}")
    assert answer.status_code == 200, answer.text
    (found,) = (one for one in answer.json["items"] if one["category"] == category)
    return dict(found)


def due(answer: Answer) -> datetime:
    return datetime.fromisoformat(done(answer)["due_at"])


def test_every_category_has_seven_days_until_the_community_says_otherwise(be: Be) -> None:
    answer = be("county").get(f"/v1/category-deadlines?area_code={HOME}")

    assert answer.status_code == 200
    assert be("city").get(f"/v1/category-deadlines?area_code={HOME}").json == answer.json
    assert be("far_county").get(f"/v1/category-deadlines?area_code={HOME}").status_code == 404
    seven = {"working_days": 7, "is_own": False, "set_by_name": None, "set_at": None}
    assert answer.json["items"] == [{"category": one.value} | seven for one in HazardCategory]


def test_what_the_community_says_holds_from_then_on_and_is_known_for_whose(session: Session, be: Be) -> None:
    admin = be("admin")
    with entries_of(session) as left:
        made = say(admin, 3)

    assert made.status_code == 201
    shown = {"working_days": 3, "set_by_name": "admin", "set_at": made.json["set_at"]}
    assert said(admin) == {"category": "fire", "is_own": True} | shown
    assert said(admin, "facility")["working_days"] == 7
    assert said(be("next_admin"), area_code=NEXT)["working_days"] == 7, "another community's is its own"
    (entry,) = left
    assert (entry.area_code, entry.object_id) == (HOME, UUID(made.json["id"]))
    assert entry.facts == {"category": "fire", "working_days": 3}


def test_the_latest_word_holds_and_none_is_the_way_back(session: Session, be: Be, take: Take) -> None:
    admin = be("admin")
    for days in (3, 5, None):
        assert say(admin, days).json["working_days"] == days
        assert said(admin)["working_days"] == (days or 7)

    back = said(admin)

    assert (back["is_own"], back["set_by_name"]) == (False, "admin")
    hazard = write_hazard(session, HazardStatus.ACCEPTED)
    with set_to(datetime(2026, 11, 3, 2, 0, tzinfo=UTC)):
        answer = take("admin", hazard, "assign", assignee_id=WORKER)
    assert due(answer) == datetime(2026, 11, 12, 16, 0, tzinfo=UTC)


def test_a_late_copy_of_an_earlier_word_does_not_undo_a_later_one(be: Be) -> None:
    admin, earlier_id = be("admin"), new_id()
    body = {"area_code": HOME, "category": "fire", "working_days": 3}
    first = admin.put(f"/v1/category-deadlines/{earlier_id}", json=body)
    say(admin, 5)

    again = admin.put(f"/v1/category-deadlines/{earlier_id}", json=body)
    other = admin.put(f"/v1/category-deadlines/{earlier_id}", json=body | {"working_days": 9})

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert refused(other) == (409, "other_content")
    assert said(admin)["working_days"] == 5


@pytest.mark.parametrize("days", [0, 61, 2.5, "3", True])
def test_days_are_whole_and_within_bounds(be: Be, days: object) -> None:
    answer = say(be("admin"), days)  # type: ignore[arg-type]

    assert (refused(answer), list(answer.json["errors"])) == ((422, "invalid"), ["working_days"])


@pytest.mark.parametrize("days", [1, 60])
def test_both_bounds_are_taken(be: Be, days: int) -> None:
    assert say(be("admin"), days).status_code == 201


def test_only_the_communitys_own_admin_says_so(be: Be) -> None:
    assert refused(say(be("next_admin"), 3)) == (404, "not_found")
    assert [refused(say(be(name), 3)) for name in ("worker", "county", "city")] == [(403, "forbidden")] * 3
    assert refused(say(be("admin"), 3, area_code=HOME[:-1] + "9")) == (404, "not_found")


def test_its_days_count_working_days_over_holidays_and_make_up_days(
    session: Session, be: Be, take: Take
) -> None:
    say(be("admin"), 3)
    hazard = write_hazard(session, HazardStatus.ACCEPTED)

    with set_to(BEFORE_NATIONAL_DAY):
        answer = take("admin", hazard, "assign", assignee_id=WORKER)

    # Three working days from 30 September: the 8th, the 9th, and Saturday the 10th.
    assert due(answer) == datetime(2026, 10, 10, 16, 0, tzinfo=UTC)


def test_the_assigner_comes_first_then_the_item_then_the_community(
    session: Session, be: Be, take: Take
) -> None:
    say(be("admin"), 5)
    say(be("admin"), 5, category="facility")
    of_lamp = of_item(write_checklist(session), 3) | {"category": HazardCategory.FACILITY}
    by_item = write_hazard(session, HazardStatus.ACCEPTED, **of_lamp)
    by_community = write_hazard(session, HazardStatus.ACCEPTED)
    by_assigner = write_hazard(session, HazardStatus.ACCEPTED)
    asked = BEFORE_NATIONAL_DAY + timedelta(hours=5)

    shown = [be("admin").get(f"/v1/hazards/{one.id}").json["default_time"] for one in (by_item, by_community)]
    with set_to(BEFORE_NATIONAL_DAY):
        ends = [
            due(take("admin", one, "assign", assignee_id=WORKER, **more))
            for one, more in (
                (by_item, {}),
                (by_community, {}),
                (by_assigner, {"due_at": asked.isoformat()}),
            )
        ]

    assert shown == [
        {"working_days": 3, "source": "item"},
        {"working_days": 5, "source": "community"},
    ]
    # The 8th to 10th, and then Monday the 12th and the 13th.
    assert ends == [
        datetime(2026, 10, 10, 16, 0, tzinfo=UTC),
        datetime(2026, 10, 13, 16, 0, tzinfo=UTC),
        asked,
    ]


def test_a_category_changed_when_accepting_has_its_own_time(session: Session, be: Be, take: Take) -> None:
    say(be("admin"), 2, category="building")
    hazard = write_hazard(session)

    shown = done(take("admin", hazard, "accept", category="building"))

    assert shown["default_time"] == {"working_days": 2, "source": "community"}


def test_a_failed_recheck_gives_the_communitys_time_anew(session: Session, be: Be, take: Take) -> None:
    say(be("admin"), 3)
    hazard = write_hazard(session, HazardStatus.RECTIFIED, due_at=BEFORE_NATIONAL_DAY)

    seen = be("admin").get(f"/v1/hazards/{hazard.id}").json["default_time"]
    with set_to(BEFORE_NATIONAL_DAY):
        answer = take("admin", hazard, "verify", passed=False, note="还在漏水")

    assert seen == {"working_days": 3, "source": "community"}
    assert due(answer) == datetime(2026, 10, 10, 16, 0, tzinfo=UTC)


def test_the_default_time_is_shown_to_whoever_gives_a_deadline_next(session: Session, be: Be) -> None:
    waiting = write_hazard(session, HazardStatus.ACCEPTED)
    given = write_hazard(session, HazardStatus.ASSIGNED)

    def shown(name: str, hazard_id: object) -> object:
        return be(name).get(f"/v1/hazards/{hazard_id}").json["default_time"]

    assert shown("admin", waiting.id) == {"working_days": 7, "source": "everybody"}
    assert shown("worker", waiting.id) is None, "he assigns nothing"
    assert shown("resident", waiting.id) is None
    assert shown("admin", given.id) is None, "whoever gets it next keeps its deadline"


def test_what_was_given_before_keeps_its_deadline(session: Session, be: Be, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED)
    with set_to(BEFORE_NATIONAL_DAY):
        first = due(take("admin", hazard, "assign", assignee_id=WORKER))

    say(be("admin"), 1)

    assert datetime.fromisoformat(be("admin").get(f"/v1/hazards/{hazard.id}").json["due_at"]) == first


def test_the_default_time_is_one_statement_found_by_an_index(
    connection: Connection, session: Session
) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED, **of_item(write_checklist(session), 1))
    session.add_all(
        CategoryDeadline(
            id=new_id(),
            area_code=HOME,
            category=category,
            working_days=1 + number % 60,
            set_by=person("admin").user_id,
            set_at=now() + timedelta(seconds=number),
            content_hash=b"",
        )
        for number in range(500)
        for category in HazardCategory
    )
    session.commit()
    session.execute(text("ANALYZE category_deadlines"))
    with asked_of(connection) as asked:
        found = default_time(session, hazard)

    assert (found.working_days, found.source) == (1 + 499 % 60, DeadlineSource.COMMUNITY)
    (one,) = asked
    plan = "\n".join(explained(connection, *one))
    assert "ix_category_deadlines_latest" in plan, plan
    assert "Sort" not in plan, "the latest is the first one read"
