"""Asking for corrections and deciding about them, for several tests."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import Correction, Household, Notice, Resident
from app.own_data import CorrectionField
from app.people import Numbers, numbers_of, sealed_numbers
from tests.cast import named, person
from tests.client import Answer, Client
from tests.sealer import SEALER

PHONE, NEW_PHONE = "13900001234", "13900004321"
ID_NUMBER, NEW_ID_NUMBER = "000000195503081029", "000000195503080026"


def outcome(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def ask(client: Client, field: str, value: str, correction_id: UUID | None = None, **more: Any) -> Answer:
    body = {"field": field, "value": value, "said": "户口本上是这样", **more}
    return client.put(f"/v1/me/corrections/{correction_id or new_id()}", json=body)


def decide(client: Client, correction_id: Any, verb: str = "approve", note: str = "看过户口本") -> Answer:
    return client.post(f"/v1/corrections/{correction_id}/{verb}", json={"note": note})


def asked(client: Client, field: str = "name", value: str = "王桂蓝", **more: Any) -> str:
    answer = ask(client, field, value, **more)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def give_numbers(session: Session, who: str | UUID, numbers: Numbers) -> None:
    resident = session.get_one(Resident, who if isinstance(who, UUID) else named(who))
    for name, value in sealed_numbers(SEALER, resident.id, resident.area_code, numbers).items():
        setattr(resident, name, value)
    session.commit()


def held(session: Session, field: CorrectionField) -> Any:
    resident = session.get_one(Resident, named("resident"), populate_existing=True)
    if field is CorrectionField.DOOR:
        return session.get_one(Household, resident.household_id, populate_existing=True).door
    if field in {CorrectionField.PHONE, CorrectionField.ID_NUMBER}:
        return getattr(numbers_of(SEALER, resident), field)
    return str(getattr(resident, field))


def row_of(session: Session, correction_id: str) -> Correction:
    return session.get_one(Correction, UUID(correction_id), populate_existing=True)


def told(session: Session, name: str) -> list[str]:
    query = select(Notice).where(Notice.user_id == person(name).user_id, Notice.kind == "own_data")
    return [notice.data["what"] for notice in session.scalars(query.order_by(Notice.id))]
