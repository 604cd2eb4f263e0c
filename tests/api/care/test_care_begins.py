"""What care begins with: a reason for its level, and somebody whom the category is for."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import CareCategory, CareLevel, CareRecord, Sex
from app.once import content_hash
from app.visits import NewCare
from tests.care_world import TODAY, write_care, write_resident
from tests.cast import named, person
from tests.child_world import write_guarded_child
from tests.client import Answer, Client


def body(**fields: Any) -> dict[str, Any]:
    return {
        "resident_id": str(named("resident")),
        "category": "elderly",
        "level": "medium",
        "worker_id": str(person("worker").user_id),
        "reason": "独居",
        **fields,
    }


def put(client: Client, **fields: Any) -> Answer:
    return client.put(f"/v1/care-records/{new_id()}", json=body(**fields))


def refused(answer: Answer) -> tuple[int, str, list[str]]:
    return answer.status_code, answer.json["code"], list(answer.json["errors"])


@pytest.mark.parametrize("reason", ["", "……", "1"])
def test_the_first_level_has_a_reason_as_the_next_one_does(
    admin: Client, session: Session, reason: str
) -> None:
    assert refused(put(admin, reason=reason)) == (422, "reason_needed", ["reason"])
    assert session.scalar(select(func.count()).select_from(CareRecord)) == 0


def test_what_was_sent_while_no_reason_was_needed_is_still_the_first_one(
    admin: Client, session: Session
) -> None:
    record = write_care(session)
    worker = person("worker").user_id
    sent = NewCare(named("resident"), CareCategory.ELDERLY, CareLevel.MEDIUM, worker)
    hashed = content_hash(person("admin").user_id, sent)
    session.execute(update(CareRecord).values(content_hash=hashed))
    session.commit()
    without = body()
    del without["reason"]

    again = admin.put(f"/v1/care-records/{record}", json=without)

    assert (again.status_code, again.json["id"]) == (200, str(record))


@pytest.mark.parametrize(
    "category, born, sex, code",
    [
        ("elderly", date(1967, 2, 1), Sex.MALE, "not_elderly"),
        ("elderly", date(1967, 1, 31), Sex.MALE, None),
        ("left_behind_woman", date(1990, 1, 1), Sex.MALE, "not_left_behind_woman"),
        ("left_behind_woman", date(2009, 2, 1), Sex.FEMALE, "not_left_behind_woman"),
        ("left_behind_woman", date(2009, 1, 31), Sex.FEMALE, None),
        ("left_behind_child", date(2011, 1, 31), Sex.MALE, "not_left_behind_child"),
        ("left_behind_child", date(2011, 2, 1), Sex.MALE, None),
        ("disabled", date(1990, 1, 1), Sex.MALE, None),
    ],
)
def test_a_category_is_for_people_of_its_age_and_sex(
    admin: Client, session: Session, category: str, born: date, sex: Sex, code: str | None
) -> None:
    who = write_resident(session, birth_date=born, sex=sex)

    answer = put(admin, resident_id=str(who), category=category)

    if code is None:
        assert answer.status_code == 201, answer.json
    else:
        assert refused(answer) == (422, code, ["category"])


def test_care_ends_by_coming_of_age_for_left_behind_children_alone(admin: Client, session: Session) -> None:
    def end(record: Any) -> Answer:
        ends = {"ended_on": TODAY.isoformat(), "why": "of_age"}
        return admin.post(f"/v1/care-records/{record}/end", json=ends)

    kind = CareCategory.LEFT_BEHIND_CHILD
    child = write_care(session, resident_id=write_guarded_child(session), category=kind)
    grown = write_resident(session, birth_date=date(2009, 1, 31))
    of_age, disabled = (
        write_care(session, resident_id=grown, category=one) for one in (kind, CareCategory.DISABLED)
    )

    assert refused(end(child)) == (422, "not_of_age", ["why"])
    assert refused(end(disabled)) == (422, "not_of_age", ["why"])
    assert end(of_age).status_code == end(of_age).status_code == 200
