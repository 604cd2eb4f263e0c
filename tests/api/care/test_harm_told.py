"""Harm to a child told in any text: of hazards, inspections, claims, corrections, or visits to others."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import business_day, now
from app.ids import new_id
from app.models import (
    Base,
    CareCategory,
    Grant,
    HarmCase,
    HarmRecord,
    HazardStatus,
    Notice,
    NoticeKind,
    Resident,
    Visit,
)
from tests.care_world import file_visit, write_care, write_form
from tests.cast import named, person
from tests.child_world import write_child, write_guarded_child
from tests.client import Client
from tests.hazard_world import file, inspection_body, problem, report_body, write_checklist, write_hazard
from tests.own_data.correcting import ask
from tests.points_world import claim_body, claimed, write_rule

TOLD = "五楼天天打孩子，哭得厉害"
Write = Callable[[dict[str, Client], Session], tuple[str, UUID, UUID]]
"""Write something that tells of harm; give the kind of record, its id, and what told of it."""


def visit_to_an_adult(people: dict[str, Client], session: Session) -> tuple[str, UUID, UUID]:
    made = file_visit(people["worker"], write_care(session), write_form(session), note=f"老人说{TOLD}")
    assert (made.status_code, made.json["basis"]) == (201, "duty"), made.text
    return "visit", UUID(made.json["id"]), UUID(made.json["id"])


def follow_up(people: dict[str, Client], session: Session) -> tuple[str, UUID, UUID]:
    needed = [{"need": "送米", "due_on": "2027-02-01", "urgent": False}]
    made = file_visit(people["worker"], write_care(session), write_form(session), follow_ups=needed)
    done = made.json["follow_ups"][0]["id"]
    assert people["worker"].post(f"/v1/follow-ups/{done}/finish", json={"result": TOLD}).status_code == 200
    return "visit", UUID(made.json["id"]), UUID(done)


def report(people: dict[str, Client], _: Session) -> tuple[str, UUID, UUID]:
    made = people["neighbour"].put(f"/v1/hazards/{new_id()}", json=report_body(text=TOLD))
    assert made.status_code == 201, made.text
    return "hazard", UUID(made.json["id"]), UUID(made.json["id"])


def step_of_a_hazard(people: dict[str, Client], session: Session) -> tuple[str, UUID, UUID]:
    hazard, step = write_hazard(session, HazardStatus.RECTIFYING), new_id()
    taken = people["worker"].step(f"/v1/hazards/{hazard.id}/rectify", {"note": TOLD}, step)
    assert taken.status_code == 200, taken.text
    return "hazard", hazard.id, step


def inspection(people: dict[str, Client], session: Session) -> tuple[str, UUID, UUID]:
    made = file(people["worker"], inspection_body(write_checklist(session), note=TOLD))
    assert made.status_code == 201, made.text
    return "inspection", UUID(made.json["id"]), UUID(made.json["id"])


def answer_of_an_inspection(people: dict[str, Client], session: Session) -> tuple[str, UUID, UUID]:
    made = file(people["worker"], inspection_body(write_checklist(session), _1=problem(TOLD)))
    assert made.status_code == 201, made.text
    return "inspection", UUID(made.json["id"]), UUID(made.json["id"])


def claim(people: dict[str, Client], session: Session) -> tuple[str, UUID, UUID]:
    claim_id = UUID(claimed(people["resident"], write_rule(session), text=f"打扫楼道时看见{TOLD}")[-36:])
    return "claim", claim_id, claim_id


def step_of_a_claim(people: dict[str, Client], session: Session) -> tuple[str, UUID, UUID]:
    path, step = claimed(people["resident"], write_rule(session)), new_id()
    taken = people["worker"].step(f"{path}/return", {"reason": TOLD}, step)
    assert taken.status_code == 200, taken.text
    return "claim", UUID(path[-36:]), step


def correction(people: dict[str, Client], _: Session) -> tuple[str, UUID, UUID]:
    made = ask(people["resident"], "name", "王桂蓝", said=TOLD)
    assert made.status_code == 201, made.text
    return "correction", UUID(made.json["id"]), UUID(made.json["id"])


WRITES = [
    visit_to_an_adult,
    follow_up,
    report,
    step_of_a_hazard,
    inspection,
    answer_of_an_inspection,
    claim,
    step_of_a_claim,
    correction,
]


@pytest.fixture
def people(app: Flask) -> dict[str, Client]:
    """Give everybody who writes or reads here."""
    return {name: Client(app, person(name)) for name in ("worker", "admin", "resident", "neighbour")}


@pytest.mark.parametrize("write", WRITES)
def test_a_childs_harm_told_anywhere_opens_a_case_for_the_admins(
    people: dict[str, Client], session: Session, write: Write
) -> None:
    """S-98: one case, of no known child, which names the record; who must see to it is told by id alone."""
    kind, record, told = write(people, session)

    (case,) = session.scalars(select(HarmCase))
    shown = people["admin"].get(f"/v1/harm-cases/{case.id}").json
    assert (shown["record_kind"], shown["record_id"], shown["told_id"]) == (kind, str(record), str(told))
    assert (shown["resident_id"], shown["signals"], shown["result"]) == (None, ["words"], None)
    notices = session.scalars(select(Notice).where(Notice.kind == NoticeKind.HARM_CASE)).all()
    assert [(one.user_id, one.data) for one in notices] == [
        (person("admin").user_id, {"harm_case_id": str(case.id)})
    ]
    assert {people[name].get("/v1/harm-cases").status_code for name in ("worker", "resident")} == {403}


@pytest.mark.parametrize("write", [visit_to_an_adult, correction])
def test_the_record_of_a_case_cannot_be_deleted(
    people: dict[str, Client], session: Session, write: Write
) -> None:
    """S-98: delete is blocked in the database, for the record as for the case."""
    kind, record, _ = write(people, session)
    table = Base.metadata.tables[f"{kind}s"]

    with pytest.raises(IntegrityError, match=f"fk_harm_cases_{kind}_id"), session.begin_nested():
        session.execute(delete(table).where(table.c.id == record))
    assert session.scalar(select(func.count()).select_from(table).where(table.c.id == record)) == 1


def test_no_key_of_a_case_gives_way(session: Session) -> None:
    """S-98: of every kind of record; hazards, claims and inspections have further keys that hold them."""
    keys = text(
        "SELECT conname, confdeltype FROM pg_constraint "
        "WHERE contype = 'f' AND conrelid = 'harm_cases'::regclass"
    )
    found = {name: str(what) for name, what in session.execute(keys)}

    assert set(found) >= {f"fk_harm_cases_{kind}_id" for kind in HarmRecord}
    assert set(found.values()) <= {"a", "b'a'"}


def test_a_record_without_a_case_may_go(people: dict[str, Client], session: Session) -> None:
    visit = file_visit(people["worker"], write_care(session), write_form(session), note="腿脚不便").json["id"]

    session.execute(delete(Visit).where(Visit.id == UUID(visit)))
    assert session.scalar(select(func.count()).select_from(HarmCase)) == 0


@pytest.mark.parametrize(
    "gone, told",
    [(("admin",), "county"), (("admin", "county"), "city")],
    ids=["county", "city"],
)
def test_where_no_admin_is_the_office_above_is_told(
    people: dict[str, Client], session: Session, gone: tuple[str, ...], told: str
) -> None:
    """S-98: that somebody must see to it; the case itself it does not see."""
    users = [person(name).user_id for name in gone]
    session.execute(update(Grant).where(Grant.user_id.in_(users)).values(ended_at=now()))
    session.commit()

    report(people, session)

    notices = session.scalars(select(Notice).where(Notice.kind == NoticeKind.HARM_CASE)).all()
    assert [(one.user_id, one.data) for one in notices] == [
        (person(told).user_id, {"what": "nobody_decides"})
    ]


def test_plain_words_of_a_childs_own_are_enough(resident: Client, session: Session) -> None:
    """S-98: a child writes of itself and names no child; it is the minor of the case."""
    row = session.get_one(Resident, named("resident"))
    row.birth_date = business_day().replace(day=1).replace(year=business_day().year - 16)
    session.commit()

    made = resident.put(f"/v1/hazards/{new_id()}", json=report_body(text="爸爸喝了酒就打我"))

    assert made.status_code == 201
    (case,) = session.scalars(select(HarmCase))
    assert (case.resident_id, case.opened_by) == (named("resident"), person("resident").user_id)


def test_a_claim_for_a_child_needs_no_word_for_it(worker: Client, session: Session) -> None:
    """S-98: whose record it is is known."""
    child, rule = write_child(session), write_rule(session)
    body: dict[str, Any] = claim_body(rule, text="他手上有烟头烫的，说挨打") | {"resident_id": str(child)}

    assert worker.put(f"/v1/claims/{new_id()}", json=body).status_code == 201
    (case,) = session.scalars(select(HarmCase))
    assert case.resident_id == child


def test_what_is_written_every_day_opens_none(people: dict[str, Client], session: Session) -> None:
    people["neighbour"].put(
        f"/v1/hazards/{new_id()}", json=report_body(text="扶手松了，小孩打闹会摔，打电话没人接")
    )
    claimed(people["resident"], write_rule(session), text="打扫楼道，陪孩子打针")
    file(people["worker"], inspection_body(write_checklist(session), note="配电箱没关，怕小孩去摸"))

    assert session.scalar(select(func.count()).select_from(HarmCase)) == 0


def test_the_same_text_again_opens_no_second_case(people: dict[str, Client], session: Session) -> None:
    path, body = f"/v1/hazards/{new_id()}", report_body(text=TOLD)
    answers = [people["neighbour"].put(path, json=body).status_code for _ in range(2)]
    hazard, step = write_hazard(session, HazardStatus.RECTIFYING), new_id()
    for _ in range(2):
        people["worker"].step(f"/v1/hazards/{hazard.id}/rectify", {"note": TOLD}, step)

    assert answers == [201, 200]
    assert session.scalar(select(func.count()).select_from(HarmCase)) == 2


def test_the_forms_own_question_is_a_flag(worker: Client, session: Session) -> None:
    """S-98: who ticks a sign in the form need not find the flag as well."""
    kind = CareCategory.LEFT_BEHIND_CHILD
    form = write_form(session, kind, more=[SIGNS])
    record = write_care(session, resident_id=write_guarded_child(session), category=kind)
    answers = {"mood": "good", "gas_safe": True}

    quiet = file_visit(worker, record, form, answers=answers | {"harm_signs": []})
    assert session.scalar(select(func.count()).select_from(HarmCase)) == 0
    told = file_visit(worker, record, form, answers=answers | {"harm_signs": ["injury"]})

    assert (quiet.status_code, told.status_code) == (201, 201), told.text
    assert session.scalars(select(HarmCase.signals)).all() == [["flag"]]


SIGNS = {
    "key": "harm_signs",
    "label": "发现这些情况了吗",
    "kind": "multi",
    "options": [{"value": "injury", "label": "身上有伤"}],
    "required": False,
}
