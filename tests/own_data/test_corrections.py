"""Asking that something held of oneself be put right, and what the community decides."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.clock import now, set_to
from app.config import RetentionSettings
from app.models import Guardianship, Resident, User
from app.own_data import DECIDED_WITHIN, CorrectionField, remind_of_corrections
from app.people import Numbers, numbers_of
from app.retention import apply, overdue, rules
from dev.data_map import entries
from tests.cast import named, person
from tests.child_world import write_child, write_guardian
from tests.client import Client
from tests.own_data.correcting import (
    ID_NUMBER,
    NEW_ID_NUMBER,
    NEW_PHONE,
    PHONE,
    ask,
    asked,
    decide,
    give_numbers,
    held,
    outcome,
    row_of,
    told,
)
from tests.sealer import SEALER

OF_A_MAN = "000000195603090037"
"""A number of somebody born a year and a day after the resident."""
RIGHT: dict[CorrectionField, tuple[str, Any]] = {
    CorrectionField.NAME: ("王桂蓝", "王桂蓝"),
    CorrectionField.SEX: ("male", "male"),
    CorrectionField.BIRTH_DATE: ("1956-03-08", "1956-03-08"),
    CorrectionField.RELATION: ("spouse", "spouse"),
    CorrectionField.PRESENCE: ("away", "away"),
    CorrectionField.PHONE: (NEW_PHONE, NEW_PHONE),
    CorrectionField.ID_NUMBER: (NEW_ID_NUMBER, NEW_ID_NUMBER),
    CorrectionField.DOOR: ("2单元101", "2单元101"),
}
"""What somebody says is right, and what the record then says."""


@pytest.mark.parametrize("field", RIGHT)
def test_each_field_is_asked_for_decided_and_put_right(
    session: Session, resident: Client, admin: Client, field: CorrectionField
) -> None:
    """S-77: each field has a way; what stood there before and what was wanted are kept nowhere."""
    value, right = RIGHT[field]
    give_numbers(session, "resident", Numbers(PHONE))
    before = held(session, field)
    correction_id = asked(resident, field, value)
    waiting = held(session, field)
    answer = decide(admin, correction_id)
    row = row_of(session, correction_id)

    assert waiting == before != right
    assert (answer.status_code, answer.json["state"]) == (200, "done")
    assert held(session, field) == right
    assert (row.wanted_sealed, row.decided_by, row.decision_note) == (
        None,
        person("admin").user_id,
        "看过户口本",
    )
    assert resident.get("/v1/me/corrections").json["items"][0]["decision_note"] == "看过户口本"
    assert (told(session, "admin"), told(session, "resident")) == (["correction_asked"], ["correction_done"])


def test_every_own_field_has_a_way() -> None:
    """S-77: each personal column of the roster is a field that can be asked for; the rest goes in words."""
    personal = {
        name.removesuffix("_sealed")
        for one in entries()
        if one["table"] in {"residents", "households"}
        and one["category"] not in {"nobody's", "staff at work"}
        for name in one["columns"].split()
        if not name.endswith("_index")
    }

    in_words = {
        "household_id",
        "place_id",
        "sounds",
        "left_on",
        "left_why",
        "came_back_at",
        "back_on",
        "left_entered_at",
        "same_as_id",
        "closed_on",
        "merged_into",
    }
    assert personal - in_words == {*CorrectionField} - {CorrectionField.OTHER}, (
        "who lives with whom, where, and since when no more is told in words; sounds follow from the name"
    )
    assert {*RIGHT} == {*CorrectionField} - {CorrectionField.OTHER}


def test_what_stands_elsewhere_is_told_in_words(session: Session, resident: Client, admin: Client) -> None:
    """S-77: staff put it right where it stands, and the answer says what they did."""
    correction_id = asked(resident, "other", "三月的申报里写错了日期")
    shown = admin.get(f"/v1/corrections/{correction_id}").json
    before = held(session, CorrectionField.NAME)
    answer = decide(admin, correction_id, note="申报已退回，请改日期后再交")

    assert (shown["value"], shown["said"]) == ("三月的申报里写错了日期", "户口本上是这样")
    assert (answer.status_code, answer.json["state"]) == (200, "done")
    assert held(session, CorrectionField.NAME) == before
    assert admin.get(f"/v1/corrections/{correction_id}").json["value"] is None


def test_a_refusal_gives_reasons_and_changes_nothing(
    session: Session, resident: Client, admin: Client
) -> None:
    """S-77: what was refused is told in writing, and stays, sealed, for whoever looks at the refusal."""
    correction_id = asked(resident)
    empty = decide(admin, correction_id, "refuse", note="")
    answer = decide(admin, correction_id, "refuse", note="户口本上是兰字")
    again = decide(admin, correction_id, "refuse", note="户口本上是兰字")
    other = decide(admin, correction_id, "approve")

    assert empty.status_code == 422
    assert (answer.status_code, answer.json["state"], again.json) == (200, "refused", answer.json)
    assert outcome(other) == (409, "illegal_step")
    assert held(session, CorrectionField.NAME) == "王桂兰"
    assert row_of(session, correction_id).wanted_sealed is not None
    assert resident.get("/v1/me/corrections").json["items"][0]["decision_note"] == "户口本上是兰字"
    assert told(session, "resident") == ["correction_refused"]


def test_the_account_follows_the_name_it_had(session: Session, resident: Client, admin: Client) -> None:
    session.execute(update(User).where(User.id == person("resident").user_id).values(name="王桂兰"))
    session.commit()
    decide(admin, asked(resident))

    assert session.get_one(User, person("resident").user_id, populate_existing=True).name == "王桂蓝"


@pytest.mark.parametrize("present", [None, ID_NUMBER], ids=["none before", "another before"])
def test_birth_date_and_sex_come_with_the_id_number(
    session: Session, resident: Client, admin: Client, present: str | None
) -> None:
    """S-77: one after the other, each would contradict what is still on record."""
    give_numbers(session, "resident", Numbers(PHONE, present))
    number, day = (asked(resident, *one) for one in (("id_number", OF_A_MAN), ("birth_date", "1956-03-09")))
    answers = [decide(admin, one) for one in (number, day)]

    assert [answer.json["state"] for answer in answers] == ["done", "done"]
    assert held(session, CorrectionField.ID_NUMBER) == OF_A_MAN
    assert held(session, CorrectionField.BIRTH_DATE) == "1956-03-09"
    assert held(session, CorrectionField.SEX) == "male"


@pytest.mark.parametrize("field", ["phone", "id_number"])
def test_an_empty_number_takes_it_away(session: Session, resident: Client, admin: Client, field: str) -> None:
    give_numbers(session, "resident", Numbers(PHONE, ID_NUMBER))
    answer = decide(admin, asked(resident, field, ""))
    left = numbers_of(SEALER, session.get_one(Resident, named("resident"), populate_existing=True))

    assert answer.status_code == 200
    assert (left.phone, left.id_number) == ((None, ID_NUMBER) if field == "phone" else (PHONE, None))


def test_a_guardian_asks_for_his_ward_while_he_is_one(
    session: Session, resident: Client, admin: Client
) -> None:
    """S-94: a guardian has his ward's record put right, and is told why where it is not."""
    child_id = write_child(session)
    early = ask(resident, "name", "王晓明", resident_id=str(child_id))
    write_guardian(session, child_id)
    done = decide(admin, asked(resident, "name", "王晓明", resident_id=str(child_id)))
    refused = decide(admin, asked(resident, "phone", "", resident_id=str(child_id)), "refuse", "没有电话")
    session.execute(update(Guardianship).values(ended_at=now()))
    session.commit()
    late = ask(resident, "name", "王小明", resident_id=str(child_id))

    assert outcome(early) == outcome(late) == (404, "not_found")
    assert (done.status_code, done.json["resident_id"]) == (200, str(child_id))
    assert session.get_one(Resident, child_id, populate_existing=True).name == "王晓明"
    assert refused.json["state"] == "refused"
    assert resident.get("/v1/me/corrections").json["items"][0]["decision_note"] == "没有电话"


@pytest.mark.parametrize("verb, left", [("approve", False), ("refuse", True)])
def test_what_was_said_goes_in_time(
    session: Session, resident: Client, admin: Client, verb: str, *, left: bool
) -> None:
    """S-81: ninety days after the decision only what was decided, and why, is left."""
    rule = next(one for one in rules(RetentionSettings()) if one.name == "corrections")
    correction_id = asked(resident)
    open_count = overdue(session, rule)
    decide(admin, correction_id, verb)
    kept = row_of(session, correction_id)
    assert ((kept.wanted_sealed is not None), (kept.said_sealed is not None)) == (left, True)
    with set_to(now() + timedelta(days=90, minutes=1)):
        late = next(one for one in rules(RetentionSettings()) if one.name == "corrections")
        figures = [apply(session, late, limit=10) for _ in range(2)]
    session.commit()
    row = row_of(session, correction_id)
    shown = admin.get(f"/v1/corrections/{correction_id}").json

    assert (open_count, figures) == (0, [1, 0])
    assert (row.wanted_sealed, row.said_sealed, row.decision_note) == (None, None, "看过户口本")
    assert (shown["value"], shown["said"]) == (None, None)


def test_admins_are_reminded_once_before_the_time_is_over(session: Session, resident: Client) -> None:
    """S-77: the time that is set is fifteen days."""
    at = now()
    with set_to(at):
        correction_id = asked(resident)
    with set_to(at + timedelta(days=12) - timedelta(minutes=1)):
        early = remind_of_corrections(session, limit=10)
    with set_to(at + timedelta(days=12)):
        figures = [remind_of_corrections(session, limit=10) for _ in range(2)]
    session.commit()

    assert row_of(session, correction_id).due_at == at + DECIDED_WITHIN == at + timedelta(days=15)
    assert (early, figures) == (0, [1, 0])
    assert told(session, "admin") == ["correction_asked", "correction_due"]
