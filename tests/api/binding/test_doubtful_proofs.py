"""What one of the staff had lately all of proves nothing by itself: another of them looks who it is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actors import Role
from app.clock import business_day, now
from app.ids import new_id
from app.models import BindingCode, Household, Resident, Reveal, RosterExport
from tests.api.binding.test_requests import notices_of, step
from tests.api.sign_in.conftest import grant
from tests.binding_world import (
    HOUSEHOLD,
    ID_NUMBER,
    NAME,
    PHONE,
    ask,
    by_id_number,
    by_phone,
    new_code,
    refused,
    write_unbound,
)
from tests.cast import HOME, named, person
from tests.client import Answer, Client

UNCLEAR, HAD_PROOF = (409, "binding_unclear"), (403, "had_proof")
OTHER_PHONE, OTHER_NUMBER = "13900004321", "000000198005060042"
CODE = f"/v1/households/{HOUSEHOLD}/binding-code"


@pytest.fixture
def who(session: Session) -> UUID:
    """Give a resident without an account, whose household was entered long ago."""
    return write_unbound(session)


@pytest.fixture
def code(admin: Client) -> str:
    """Give the household's code, which the admin made."""
    return new_code(admin)


def write(client: Client, who: UUID, **numbers: str | None) -> None:
    answer = client.put(f"/v1/residents/{who}/numbers", json=numbers)
    assert answer.status_code == 200, answer.text


def see(client: Client, who: UUID, field: str = "id_number") -> None:
    body = {"field": field, "purpose": "核对本人身份"}
    assert client.post(f"/v1/residents/{who}/reveal", json=body).status_code == 200


def export(session: Session, name: str) -> None:
    """Write that somebody fetched a file of the community with ID numbers in clear."""
    at = now()
    row = RosterExport(
        id=new_id(),
        area_code=HOME,
        asked_by=person(name).user_id,
        approved_by=person("county").user_id,
        purpose="核对名册",
        columns=["name", "id_number"],
        clear=True,
        asked_at=at,
        try_at=at,
        ready_at=at,
        fetched_at=at,
        content_hash=b"",
    )
    session.add(row)
    session.commit()


def test_a_phone_that_staff_wrote_lately_binds_nobody_by_itself(
    admin: Client, who: UUID, be_new: Callable[..., Client], session: Session
) -> None:
    """S-14: it may be the admin's own second one; after ninety days it is as any."""
    write(admin, who, phone=OTHER_PHONE)
    second = be_new(OTHER_PHONE)
    before = refused(by_phone(second))
    later = update(Resident).where(Resident.id == who)
    session.execute(later.values(phone_at=now() - timedelta(days=89)))
    still = refused(by_phone(second))
    session.execute(later.values(phone_at=now() - timedelta(days=91)))

    assert (before, still) == (UNCLEAR, UNCLEAR)
    assert by_phone(second).json["resident_id"] == str(who)


def test_a_phone_that_stayed_binds_at_once(admin: Client, who: UUID, newcomer: Client) -> None:
    """Whoever writes the number that is there, or another ID number beside it, changes no phone."""
    write(admin, who, phone=PHONE)
    write(admin, who, id_number=OTHER_NUMBER)

    assert by_phone(newcomer).json["resident_id"] == str(who)


def test_a_phone_that_comes_with_the_household_binds_at_once_and_another_one_not(
    admin: Client, be_new: Callable[..., Client], session: Session
) -> None:
    """S-14: all phones are written by staff in the beginning; taken away and written anew is another one."""
    household, residents = new_id(), [new_id() for _ in range(2)]
    place = str(session.get_one(Household, HOUSEHOLD).place_id)
    home = {"place_id": place, "door": "9单元901"}
    assert admin.put(f"/v1/households/{household}", json=home).status_code == 201
    for resident, name in zip(residents, ("周大", "周二"), strict=True):
        body = {"household_id": str(household), "name": name, "sex": "male", "relation": "other"}
        sent = body | {"birth_date": "1955-03-08"}
        assert admin.put(f"/v1/residents/{resident}", json=sent).status_code == 201
    write(admin, residents[0], phone=PHONE)
    write(admin, residents[1], phone=OTHER_PHONE)
    write(admin, residents[1], phone=None)
    write(admin, residents[1], phone=OTHER_PHONE)

    assert by_phone(be_new(PHONE)).json["resident_id"] == str(residents[0])
    assert refused(by_phone(be_new(OTHER_PHONE))) == UNCLEAR


def test_a_phone_of_somebody_new_in_an_old_household_binds_nobody_by_itself(
    admin: Client, be_new: Callable[..., Client]
) -> None:
    """S-14: nobody comes into a household by a member whom he made up."""
    resident = new_id()
    body = {"household_id": str(HOUSEHOLD), "name": "周三", "sex": "male", "relation": "other"}
    assert admin.put(f"/v1/residents/{resident}", json=body | {"birth_date": "1955-03-08"}).status_code == 201
    write(admin, resident, phone=OTHER_PHONE)

    assert refused(by_phone(be_new(OTHER_PHONE))) == UNCLEAR


def shown(client: Client) -> Answer:
    return client.get(CODE)


def on_sheet(client: Client) -> Answer:
    return client.post(f"/v1/places/{named('block')}/binding-code-sheet")


@pytest.mark.parametrize("look", [shown, on_sheet])
def test_number_and_code_in_one_hand_bind_nobody_by_themselves(
    worker: Client, who: UUID, code: str, newcomer: Client, look: Callable[[Client], Answer]
) -> None:
    """S-14: with the name on the roster the worker has all three."""
    see(worker, who)
    assert look(worker).status_code == 200

    assert refused(by_id_number(newcomer, code)) == UNCLEAR


@pytest.mark.parametrize("wrote", [True, False])
def test_a_number_is_known_to_who_wrote_it_or_took_it_out_in_a_file(
    admin: Client, who: UUID, code: str, newcomer: Client, session: Session, *, wrote: bool
) -> None:
    """S-14: the admin made the code."""
    if wrote:
        write(admin, who, id_number=OTHER_NUMBER)
    else:
        export(session, "admin")
    number = OTHER_NUMBER if wrote else ID_NUMBER

    assert refused(by_id_number(newcomer, code, id_tail=number[-6:])) == UNCLEAR


def test_number_and_code_in_two_hands_bind_at_once(
    worker: Client, admin: Client, who: UUID, code: str, newcomer: Client
) -> None:
    """The admin made the code and saw a phone; the worker, who saw the number, was shown none."""
    see(worker, who)
    see(admin, who, "phone")

    assert by_id_number(newcomer, code).json["resident_id"] == str(who)


@pytest.mark.parametrize("forgotten", ["number", "code"])
def test_what_is_long_ago_or_was_replaced_counts_no_more(
    worker: Client, admin: Client, who: UUID, code: str, newcomer: Client, session: Session, forgotten: str
) -> None:
    see(worker, who)
    shown(worker)
    if forgotten == "number":
        session.execute(update(Reveal).values(revealed_at=now() - timedelta(days=366)))
    else:
        code = new_code(admin)

    assert by_id_number(newcomer, code).json["resident_id"] == str(who)


@pytest.mark.usefixtures("code")
def test_each_who_is_shown_a_code_is_kept_once(worker: Client, admin: Client, session: Session) -> None:
    for client in (worker, worker, admin):
        shown(client)
        on_sheet(client)

    query = select(BindingCode.seen_by).where(BindingCode.household_id == HOUSEHOLD)
    assert session.scalars(query).one() == [person("admin").user_id, person("worker").user_id]


@pytest.mark.usefixtures("code")
def test_who_decides_reads_why_the_proof_did_not(
    worker: Client, admin: Client, who: UUID, be_new: Callable[..., Client]
) -> None:
    """S-14: who had what, and when, in words."""
    see(worker, who)
    shown(worker)
    second = be_new(OTHER_PHONE)
    request = ask(second).json["id"]

    found, other = admin.get(f"/v1/binding-requests/{request}").json["candidates"]
    approved = step(admin, request, "approve", resident_id=str(who))

    (doubt,) = found["doubts"]
    day, name = business_day(), doubt["name"]
    assert (doubt["what"], doubt["user_id"]) == ("number_and_code", str(person("worker").user_id))
    assert doubt["text"] == (
        f"{name}（网格员）{day.year}年{day.month}月{day.day}日看过或写过他的身份证号，也看过这户的绑定码，他不能办这件申请"
    )
    assert other["doubts"] == []
    assert approved.status_code == 200
    assert second.get("/v1/me/binding").json["binding"]["way"] == "request"


@pytest.mark.usefixtures("code")
@pytest.mark.parametrize("had", ["phone_written", "number_and_code"])
def test_an_admin_who_had_it_leaves_it_to_another(
    admin: Client, be: Any, who: UUID, newcomer: Client, session: Session, had: str
) -> None:
    """S-14: he hears of no such request, and if he is the only one, the office above does."""
    if had == "phone_written":
        write(admin, who, phone=OTHER_PHONE)
    else:
        see(admin, who)
    request = ask(newcomer).json["id"]
    told = [notices_of(session, person(name).user_id) for name in ("admin", "county")]
    found, _ = admin.get(f"/v1/binding-requests/{request}").json["candidates"]
    own = step(admin, request, "approve", resident_id=str(who))
    grant(session, person("clerk").user_id, role=Role.COMMUNITY_ADMIN)
    other = step(be("clerk"), request, "approve", resident_id=str(who))

    assert told == [[], [{"what": "nobody_decides", "request_id": request}]]
    assert [one["what"] for one in found["doubts"]] == [had]
    assert refused(own) == HAD_PROOF
    assert other.status_code == 200, other.text


@pytest.mark.usefixtures("code")
def test_who_looks_at_the_number_to_decide_may_decide(admin: Client, who: UUID, newcomer: Client) -> None:
    """He compares it with the card of whoever stands before him."""
    request = ask(newcomer, name=NAME).json["id"]
    see(admin, who)

    assert step(admin, request, "approve", resident_id=str(who)).status_code == 200
