"""Binding by the phone that WeChat vouches for: one match binds, everything else reads alike."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Binding, User
from tests.binding_world import (
    HOUSEHOLD,
    NAME,
    PHONE,
    ask,
    by_phone,
    give_numbers,
    refused,
    told,
    write_unbound,
)
from tests.cast import FAR, GRID, HOME, NEXT, named
from tests.client import Client

UNCLEAR = (409, "binding_unclear")


def test_the_one_resident_with_the_phone_is_bound(newcomer: Client, session: Session) -> None:
    """S-53: the verified phone leads to the resident, and to his household from the next request on."""
    resident_id = write_unbound(session)
    assert newcomer.get(f"/v1/households/{HOUSEHOLD}").status_code == 403

    made, again = by_phone(newcomer), by_phone(newcomer)

    assert (made.status_code, again.status_code, again.json) == (200, 200, made.json)
    assert (made.json["way"], made.json["resident_id"]) == ("phone", str(resident_id))
    assert newcomer.get("/v1/me/binding").json["binding"] == made.json
    assert newcomer.get(f"/v1/households/{HOUSEHOLD}").status_code == 200
    assert newcomer.person is not None
    user = session.get_one(User, newcomer.person.user_id, populate_existing=True)
    assert (user.resident_id, user.name, user.area_code) == (resident_id, NAME, GRID)
    assert session.scalar(select(func.count()).where(Binding.user_id == user.id)) == 1


def test_none_several_a_child_and_one_who_is_taken_read_alike(
    be_new: Callable[..., Client], session: Session
) -> None:
    """S-53: nobody learns by his phone whether somebody is on the roster, or has an account."""
    phones = {"none": "13900000001", "two": "13900000002", "child": "13900000003", "taken": "13900000004"}
    for name in ("王小兰", "王小菊"):
        write_unbound(session, phone=phones["two"], id_number=None, name=name)
    write_unbound(session, phone=phones["child"], id_number=None, born=date(2016, 6, 1))
    give_numbers(session, named("resident"), phone=phones["taken"], id_number=None)

    answers = [by_phone(be_new(phone)) for phone in phones.values()]

    assert [refused(answer) for answer in answers] == [UNCLEAR] * 4
    assert [told(answer) for answer in answers] == [told(answers[0])] * 4
    assert session.scalar(select(func.count()).where(Binding.way == "phone")) == 0


def test_another_community_knows_nothing_of_it(newcomer: Client, session: Session) -> None:
    write_unbound(session)

    answers = [by_phone(newcomer, where) for where in (NEXT, FAR, "421224100999")]

    assert [refused(answer) for answer in answers] == [UNCLEAR] * 3


def test_a_phone_that_wechat_does_not_vouch_for_binds_nobody(
    be_new: Callable[..., Client], session: Session
) -> None:
    """S-53: a number that staff wrote down, or none, is no proof, whoever has it on the roster."""
    write_unbound(session)

    answers = [by_phone(be_new(phone, vouched=False)) for phone in (PHONE, None)]

    assert [refused(answer) for answer in answers] == [(409, "phone_not_vouched")] * 2


def test_who_is_bound_is_told_so_whatever_he_asks(newcomer: Client, session: Session) -> None:
    """S-53: neither a match, nor none, nor a child shows in the answer to somebody who is bound already."""
    write_unbound(session)
    first = by_phone(newcomer).json
    answers = [by_phone(newcomer, NEXT), by_phone(newcomer, FAR)]
    write_unbound(session, name="王小菊", id_number=None)

    assert [refused(answer) for answer in answers] == [(409, "already_bound")] * 2
    assert by_phone(newcomer, HOME).json == first, "a second one with the phone changes nothing"


def test_what_waits_is_taken_back_by_itself(newcomer: Client, admin: Client, session: Session) -> None:
    request_id = ask(newcomer).json["id"]
    write_unbound(session)

    assert by_phone(newcomer).status_code == 200

    assert admin.get(f"/v1/binding-requests/{request_id}").json["state"] == "withdrawn"
