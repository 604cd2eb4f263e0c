"""Signs of harm to a minor: a case for the admins only, kept whatever happens."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.models import CareCategory, HarmCase, Notice, NoticeKind
from tests.care_world import file_visit, visit, write_care, write_form
from tests.cast import person
from tests.child_world import write_child
from tests.client import Answer, Client

KIND = CareCategory.LEFT_BEHIND_CHILD


@pytest.fixture
def form(session: Session) -> UUID:
    """Give a form for children."""
    return write_form(session, KIND)


def filed(worker: Client, session: Session, form: UUID, **fields: Any) -> Answer:
    """File a visit to a child of whose guardian nothing is on record."""
    record = write_care(session, resident_id=write_child(session), category=KIND)
    return file_visit(worker, record, form, **fields)


@pytest.mark.parametrize(
    "fields, signals",
    [({"harm_signs": True}, ["flag"]), ({"note": "说在家里挨打"}, ["words"])],
    ids=["flag", "words"],
)
def test_signs_of_harm_open_a_case_and_tell_the_admins(
    worker: Client, admin: Client, session: Session, form: UUID, fields: dict[str, Any], signals: list[str]
) -> None:
    """S-98: by flag and by keyword, without a guardian's consent; the duty person is told by id only."""
    made = filed(worker, session, form, **fields)

    assert (made.status_code, made.json["basis"]) == (201, "mandatory_report")
    (case,) = session.scalars(select(HarmCase))
    assert (case.signals, str(case.visit_id)) == (signals, made.json["id"])
    told = session.scalars(select(Notice).where(Notice.kind == NoticeKind.HARM_CASE)).all()
    assert [(one.user_id, one.data) for one in told] == [
        (person("admin").user_id, {"harm_case_id": str(case.id)})
    ]
    assert admin.get(f"/v1/harm-cases/{case.id}").json["signals"] == signals
    assert worker.get("/v1/harm-cases").status_code == 403
    assert admin.get(f"/v1/visits/{made.json['id']}").status_code == 200


def test_a_case_is_closed_with_what_was_done(
    worker: Client, admin: Client, session: Session, form: UUID
) -> None:
    """S-98: closed once, with the result sealed; the admin's leave to read the visit ends with it."""
    made = filed(worker, session, form, harm_signs=True)
    case = session.scalars(select(HarmCase.id)).one()
    path, body = f"/v1/harm-cases/{case}/close", {"result": "已报派出所，孩子由奶奶照看"}

    closed, again = admin.post(path, json=body), admin.post(path, json=body)
    other = admin.post(path, json={"result": "别的结果"})

    assert (closed.status_code, closed.json["result"]) == (200, body["result"])
    assert (again.status_code, other.status_code, other.json["code"]) == (200, 409, "illegal_step")
    row = session.get_one(HarmCase, case, populate_existing=True)
    assert row.result_sealed is not None
    assert "派出所".encode() not in row.result_sealed
    assert admin.get(f"/v1/visits/{made.json['id']}").json["code"] == "ticket_needed"


def test_nothing_deletes_a_case(worker: Client, session: Session, form: UUID) -> None:
    """S-98: delete is blocked in the database."""
    filed(worker, session, form, harm_signs=True)

    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(delete(HarmCase))
    assert session.scalar(select(func.count()).select_from(HarmCase)) == 1


def test_the_same_visit_again_opens_no_second_case(worker: Client, session: Session, form: UUID) -> None:
    record = write_care(session, resident_id=write_child(session), category=KIND)
    first = file_visit(worker, record, form, harm_signs=True)
    again = worker.put(f"/v1/visits/{first.json['id']}", json=visit(record, form, harm_signs=True))

    assert (first.status_code, again.status_code) == (201, 200)
    assert session.scalar(select(func.count()).select_from(HarmCase)) == 1


def test_words_about_adults_open_none(worker: Client, session: Session) -> None:
    made = file_visit(worker, write_care(session), write_form(session), note="说以前被打过")

    assert (made.status_code, made.json["basis"]) == (201, "duty")
    assert session.scalar(select(func.count()).select_from(HarmCase)) == 0
