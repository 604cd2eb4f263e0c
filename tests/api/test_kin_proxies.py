"""Kin of another household ask to act for a resident by his name and his household's binding code."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.clock import business_day, now, set_to
from app.ids import new_id
from app.models import Proxy, Resident, User
from tests.binding_world import NAME, by_id_number, new_code, refused, told, write_newcomer, write_unbound
from tests.cast import named, person
from tests.child_world import write_child
from tests.client import Answer, Client
from tests.points_world import give_points
from tests.proxy_world import ACCOUNT, acting, told_of
from tests.trail import entries_of

REFUSED, CLOSED = (409, "proxy_refused"), (429, "proxy_tries")


def ask(client: Client, code: str, proxy_id: UUID | None = None, **changes: Any) -> Answer:
    """Ask to act for the resident of the first household who has no account."""
    body = {
        "code": code,
        "resident_name": NAME,
        "my_name": "王大明",
        "relation": "child",
        "functions": ["see", "claim"],
        "valid_until": (business_day() + timedelta(days=30)).isoformat(),
        "consent": "打电话和妈妈说好了",
    }
    return client.put(f"/v1/me/proxies/{proxy_id or new_id()}", json=body | changes)


@pytest.fixture
def code(admin: Client) -> str:
    """Give the household's code."""
    return new_code(admin)


@pytest.fixture
def kin(app: Flask, session: Session) -> Client:
    """Be somebody who signed in by WeChat and is nobody's resident here."""
    return Client(app, write_newcomer(session))


@pytest.fixture
def mother(session: Session) -> UUID:
    """Give the resident for whom is asked, who has no account."""
    return write_unbound(session)


def test_kin_ask_and_an_admin_who_heard_the_resident_confirms(
    kin: Client, code: str, mother: UUID, admin: Client, session: Session
) -> None:
    """The code and the name open nothing: the resident's word does, as for everybody."""
    proxy_id = new_id()
    with entries_of(session) as left:
        made, again = ask(kin, code, proxy_id), ask(kin, code, proxy_id)
    other = ask(kin, code, proxy_id, my_name="别的名字")
    before = kin.get(ACCOUNT, **acting(mother))
    (listed,) = admin.get("/v1/proxies?state=asked").json["items"]
    heard = admin.post(f"/v1/proxies/{proxy_id}/confirm", json={"how": "by_phone"})
    give_points(session, 10)
    during = kin.get(ACCOUNT, **acting(mother))

    assert (made.status_code, again.status_code, again.json) == (201, 200, made.json)
    assert refused(other) == (409, "other_content")
    assert (made.json["state"], made.json["resident_id"]) == ("asked", str(mother))
    assert (listed["asker_name"], listed["user_name"], listed["relation"]) == ("王大明", "微信用户", "child")
    assert refused(before) == (404, "not_found")
    assert heard.json["state"] == "confirmed"
    assert (during.status_code, kin.get("/v1/households").status_code) == (200, 403)
    assert told_of(session, "admin") == ["asked"]
    assert [(one.action, one.result, one.object_id) for one in left] == [
        ("PUT /v1/me/proxies/<uuid:proxy_id>", "done", proxy_id)
    ] * 2
    assert code not in str([one.facts for one in left])


def test_a_resident_with_an_account_is_told_and_confirms_himself(
    kin: Client, code: str, resident: Client, session: Session
) -> None:
    made = ask(kin, code, resident_name="王 桂兰")
    yes = resident.post(f"/v1/me/proxies/{made.json['id']}/confirm")

    assert (made.status_code, yes.json["confirmed_how"]) == (201, "own_phone")
    assert told_of(session, "resident") == ["asked"]


@pytest.mark.parametrize(
    "gone, told_what",
    [
        ((), (["asked"], [], [])),
        (("admin",), ([], ["nobody_decides"], [])),
        (("admin", "county"), ([], [], ["nobody_decides"])),
    ],
)
@pytest.mark.usefixtures("mother")
def test_where_no_admin_is_the_office_above_is_told(
    kin: Client, code: str, session: Session, gone: tuple[str, ...], told_what: tuple[list[str], ...]
) -> None:
    """S-53: what kin ask of a community without an enabled admin waits for nobody in silence."""
    disabled = [person(name).user_id for name in gone]
    session.execute(update(User).where(User.id.in_(disabled)).values(disabled_at=now()))
    session.commit()
    proxy_id = new_id()

    assert [ask(kin, code, proxy_id).status_code for _ in range(2)] == [201, 200]
    assert tuple(told_of(session, name) for name in ("admin", "county", "city")) == told_what


@pytest.mark.usefixtures("mother")
def test_nothing_tells_what_was_wrong(kin: Client, code: str, session: Session) -> None:
    """S-53: unknown code, wrong half, wrong name and a minor are answered alike, and nothing is written."""
    write_child(session)
    write_unbound(session, name="重名", phone=None, id_number=None, born=date(1970, 1, 2))
    write_unbound(session, name="重名", phone=None, id_number=None, born=date(1971, 1, 2))
    last = str((int(code[-1]) + 1) % 10)
    answers = [
        ask(kin, "0" * 16 if code[:8] != "0" * 8 else "1" * 16),
        ask(kin, code[:-1] + last),
        ask(kin, code, resident_name="王某某"),
        ask(kin, code, resident_name="王小明"),
        ask(kin, code, resident_name="重名"),
    ]

    assert [refused(one) for one in answers] == [REFUSED] * 5
    assert all({**told(one), "instance": ""} == {**told(answers[0]), "instance": ""} for one in answers)
    assert session.scalar(select(func.count()).select_from(Proxy)) == 0


@pytest.mark.usefixtures("mother")
def test_tries_are_counted_with_those_of_binding(kin: Client, code: str) -> None:
    """S-53: five wrong ones close it for half an hour, also where binding was tried in between."""
    wrong = [ask(kin, code, resident_name="王某某") for _ in range(3)]
    by_binding = [by_id_number(kin, code, id_tail="000000") for _ in range(2)]
    closed, binding_closed = ask(kin, code), by_id_number(kin, code)
    with set_to(now() + timedelta(minutes=31)):
        later = ask(kin, code)

    assert [refused(one) for one in wrong] == [REFUSED] * 3
    assert [refused(one) for one in by_binding] == [(409, "binding_refused")] * 2
    assert (refused(closed), refused(binding_closed)) == (CLOSED, (429, "binding_tries"))
    assert later.status_code == 201


@pytest.mark.usefixtures("mother")
def test_a_right_one_is_not_counted(kin: Client, code: str) -> None:
    proxy_id = new_id()
    assert ask(kin, code, proxy_id).status_code == 201
    assert [refused(ask(kin, code)) for _ in range(6)] == [(409, "proxy_open")] * 6
    assert ask(kin, code, proxy_id).status_code == 200


@pytest.mark.usefixtures("mother")
@pytest.mark.parametrize(
    "change",
    [
        {"relation": "staff"},
        {"my_name": ""},
        {"code": "123"},
        {"functions": []},
        {"valid_until": "2020-01-01"},
    ],
)
def test_what_cannot_be_asked(kin: Client, code: str, change: dict[str, Any]) -> None:
    answer = ask(kin, **{"code": code} | change)

    assert answer.status_code == 422


def test_nobody_asks_for_himself_nor_before_he_is_of_age(
    resident: Client, be: Callable[[str], Client], code: str, session: Session
) -> None:
    assert refused(ask(resident, code, resident_name="王桂兰")) == REFUSED
    session.get_one(Resident, named("neighbour")).birth_date = date(2012, 1, 2)
    session.commit()
    assert refused(ask(be("neighbour"), code)) == (422, "proxy_unfit")
