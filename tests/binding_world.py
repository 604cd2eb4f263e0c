"""People who are nobody's residents yet, and residents without an account, for several tests."""

import hashlib
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.clock import now
from app.identity import sealed_phone
from app.ids import new_id
from app.models import ConsentPurpose, Resident, SessionKind, SignIn, User
from app.people import SHIPPED_TEXTS, Numbers, sealed_numbers
from tests.care_world import write_resident
from tests.cast import GRID, HOME, LONG_AGO, Person, named
from tests.client import Answer, Client
from tests.sealer import SEALER

PHONE, NAME, ID_NUMBER = "13900001234", "王小兰", "000000198005060023"
TEXT = SHIPPED_TEXTS[ConsentPurpose.ID_NUMBER]
HOUSEHOLD = named("household home")


def write_newcomer(session: Session, phone: str | None = None, *, vouched: bool = True) -> Person:
    """Write somebody who signed in by WeChat and is nobody's resident."""
    user_id, token, later = new_id(), f"token-of-{new_id()}", now() + timedelta(days=3650)
    user = User(id=user_id, area_code=None, name="微信用户", content_hash=b"", created_at=LONG_AGO)
    for name, value in (sealed_phone(SEALER, user_id, phone) if phone else {}).items():
        setattr(user, name, value)
    user.phone_vouched_at = LONG_AGO if phone and vouched else None
    session.add(user)
    session.flush()
    session.add(
        SignIn(
            id=new_id(),
            user_id=user_id,
            token_hash=hashlib.sha256(token.encode()).digest(),
            family_id=new_id(),
            kind=SessionKind.APP,
            created_at=LONG_AGO,
            expires_at=later,
            idle_s=0,
            last_seen_at=later,
            checked_at=now(),
        )
    )
    session.commit()
    return Person(user_id=user_id, token=token)


def write_unbound(
    session: Session,
    *,
    phone: str | None = PHONE,
    id_number: str | None = ID_NUMBER,
    born: date = date(1980, 5, 6),
    name: str = NAME,
) -> UUID:
    """Write a resident of the first household of the cast who has no account."""
    resident_id = write_resident(session, name=name, birth_date=born)
    give_numbers(session, resident_id, phone=phone, id_number=id_number)
    return resident_id


def give_numbers(
    session: Session, resident_id: UUID, *, phone: str | None = PHONE, id_number: str | None = ID_NUMBER
) -> None:
    """Let the roster know a resident's phone and ID number."""
    resident = session.get_one(Resident, resident_id)
    numbers = Numbers(phone=phone, id_number=id_number)
    for column, value in sealed_numbers(SEALER, resident_id, GRID, numbers).items():
        setattr(resident, column, value)
    session.commit()


def new_code(staff: Client) -> str:
    """Give the first household a new code."""
    path = f"/v1/households/{HOUSEHOLD}/binding-code"
    shown = staff.get(path)
    answer = staff.post(
        path, json={"version": shown.json["version"] if shown.status_code == HTTPStatus.OK else 0}
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json["code"])


def by_phone(client: Client, area_code: str = HOME, binding_id: UUID | None = None) -> Answer:
    """Bind by the phone that WeChat vouches for."""
    return client.post(
        "/v1/me/binding/phone", json={"id": str(binding_id or new_id()), "area_code": area_code}
    )


def by_id_number(client: Client, code: str, **told: Any) -> Answer:
    """Bind by name, end of the ID number and code."""
    body = {
        "id": str(new_id()),
        "code": code,
        "name": NAME,
        "id_tail": ID_NUMBER[-6:],
        "text_id": str(TEXT.id),
    }
    return client.post("/v1/me/binding/id-number", json=body | told)


def ask(client: Client, request_id: UUID | None = None, **told: Any) -> Answer:
    """Ask the community to find who one is."""
    body = {"area_code": HOME, "name": NAME, "door": "1号楼1单元101"}
    return client.put(f"/v1/me/binding-requests/{request_id or new_id()}", json=body | told)


def refused(answer: Answer) -> tuple[int, Any]:
    """Give status and code of a refusal."""
    return answer.status_code, answer.json.get("code")


def told(answer: Answer) -> dict[str, Any]:
    """Give all that an answer tells but the number of the request."""
    return {name: value for name, value in answer.json.items() if name != "request_id"}
