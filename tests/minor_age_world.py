"""A minor whose age somebody wants to be another, a second admin, and what is asked of him."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from stdnum.iso7064 import mod_11_2

from app.actors import Role
from app.ids import new_id
from app.models import Grant, Notice, NoticeKind, Resident, User
from app.people import Numbers, sealed_numbers
from tests.care_world import write_resident
from tests.cast import HOME, LONG_AGO, person, sign_in_again
from tests.client import Answer, Client
from tests.sealer import SEALER

WHY = "户口本上是这一天"


def give_admin(session: Session, name: str = "colleague", area_code: str = HOME) -> None:
    """Give somebody of the cast the post of a community's admin."""
    values = {"valid_from": LONG_AGO, "created_at": LONG_AGO, "content_hash": b""}
    post = {"role": Role.COMMUNITY_ADMIN, "area_code": area_code}
    session.add(Grant(id=new_id(), user_id=person(name).user_id, **post, **values))
    session.commit()
    sign_in_again(session, name)


def let_live_at_home(session: Session, name: str) -> None:
    """Let somebody of the staff live with the resident."""
    lives = update(User).where(User.id == person(name).user_id)
    session.execute(lives.values(resident_id=write_resident(session, name="赵干部")))
    session.commit()


def number_of(born: date, serial: int = 2) -> str:
    """Make an ID number whose region cannot be; an even serial is a woman's, as the cast are."""
    body = f"000000{born:%Y%m%d}{serial:03d}"
    return body + mod_11_2.calc_check_digit(body)


def give_number(session: Session, resident_id: UUID) -> str:
    """Write the ID number that fits somebody's birth date; give it."""
    row = session.get_one(Resident, resident_id)
    number = number_of(row.birth_date)
    for name, value in sealed_numbers(SEALER, row.id, row.area_code, Numbers(None, number)).items():
        setattr(row, name, value)
    session.commit()
    return number


def wish(client: Client, child: UUID | None, value: str, field: str = "birth_date") -> str:
    """Ask that a ward's record be put right, or one's own; give the request's id."""
    body = {"field": field, "value": value, "said": WHY, "resident_id": str(child) if child else None}
    answer = client.put(f"/v1/me/corrections/{new_id()}", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def grant(client: Client, correction: str, approval_id: str | None = None) -> Answer:
    """Put it right, by an approval if there is one."""
    body = {"note": "看过户口本"} | ({"approval_id": approval_id} if approval_id else {})
    return client.post(f"/v1/corrections/{correction}/approve", json=body)


def question(resident_id: UUID, request: str | None = None, **changes: Any) -> dict[str, Any]:
    """Give what a second person is asked."""
    return {"area_code": HOME, "resident_id": str(resident_id), "request_id": request} | changes


def told(session: Session, name: str, kind: NoticeKind = NoticeKind.APPROVAL) -> list[str]:
    """Give what somebody of the cast was told."""
    query = select(Notice).where(Notice.user_id == person(name).user_id, Notice.kind == kind)
    return [one.data["what"] for one in session.scalars(query.order_by(Notice.id))]


def born(session: Session, resident_id: UUID) -> date:
    """Give the birth date on record."""
    return session.get_one(Resident, resident_id, populate_existing=True).birth_date
