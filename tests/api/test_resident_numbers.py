"""Phone and ID number of residents: sealed, found again, shown masked."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session
from stdnum.iso7064 import mod_11_2

from app.models import Grant, Resident
from app.people import numbers_of, resident_with_id_number, residents_with_phone
from tests.cast import FAR, HOME, NEXT, named, person
from tests.client import Answer, Client
from tests.sealer import SEALER

PHONE = "13900001234"


def id_number(born: date = date(1955, 3, 8), serial: int = 2) -> str:
    """Make a number whose region cannot be; an even serial is a woman's."""
    body = f"000000{born:%Y%m%d}{serial:03d}"
    return body + mod_11_2.calc_check_digit(body)


def put(client: Client, resident: str = "resident", **numbers: Any) -> Answer:
    body = {"phone": PHONE, "id_number": id_number()} | numbers
    return client.put(f"/v1/residents/{named(resident)}/numbers", json=body)


def test_numbers_are_kept_and_shown_masked(admin: Client, resident: Client, worker: Client) -> None:
    """S-35: the phone shows five digits, the ID number its ends."""
    kept, again = put(admin), put(admin)

    assert (kept.status_code, again.status_code, again.json) == (200, 200, kept.json)
    assert (kept.json["phone"], kept.json["id_number"]) == ("139******34", f"0{'*' * 16}{id_number()[-1]}")
    for reader in (worker, resident):
        assert reader.get(f"/v1/residents/{named('resident')}").json == kept.json


def test_numbers_that_a_resident_has_are_not_judged_again(admin: Client, session: Session) -> None:
    kept = put(admin)
    session.execute(
        update(Resident).where(Resident.id == named("resident")).values(birth_date=date(1956, 1, 1))
    )
    session.commit()

    again, other = put(admin), put(admin, phone=None)

    assert again.status_code == 200
    assert again.json == kept.json | {"birth_date": "1956-01-01"}
    assert (other.status_code, other.json["phone"]) == (200, None)
    other = put(admin, id_number=id_number(serial=4))
    assert (other.status_code, other.json["code"]) == (422, "id_number")


@pytest.mark.parametrize("given", ["phone", "id_number"])
def test_who_writes_one_number_need_not_know_the_other(admin: Client, session: Session, given: str) -> None:
    """He would look it up for nothing; one that does not open stays as it is, too."""
    put(admin)
    other = {"phone": "id_number", "id_number": "phone"}[given]
    spoilt = {f"{other}_sealed": b"spoilt"}
    session.execute(update(Resident).where(Resident.id == named("resident")).values(spoilt))
    session.commit()
    new = {"phone": "13900007777", "id_number": id_number(serial=4)}[given]

    answer = admin.put(f"/v1/residents/{named('resident')}/numbers", json={given: new})

    assert answer.status_code == 200, answer.text
    assert answer.json[given][-1] == new[-1]
    row = session.get_one(Resident, named("resident"), populate_existing=True)
    assert getattr(row, f"{other}_sealed") == b"spoilt"


def test_whoever_reaches_a_resident_no_longer_learns_nothing_of_his_numbers(
    admin: Client, session: Session
) -> None:
    put(admin)
    session.execute(update(Grant).where(Grant.user_id == person("admin").user_id).values(area_code=NEXT))
    session.commit()

    right, wrong = put(admin), put(admin, phone="13900009999")

    assert (right.status_code, right.json["code"]) == (404, "not_found")
    assert right.json | {"request_id": ""} == wrong.json | {"request_id": ""}


def test_the_table_shows_no_number(admin: Client, session: Session) -> None:
    """S-108: a raw SELECT shows no plaintext."""
    put(admin)

    row = session.execute(
        text("SELECT residents::text FROM residents WHERE id = :id"), {"id": named("resident")}
    )
    stored = str(row.scalar_one())
    hidden = [PHONE, id_number(), PHONE.encode().hex(), id_number().encode().hex()]
    assert not [secret for secret in hidden if secret in stored]
    whole = session.get_one(Resident, named("resident"))
    assert numbers_of(SEALER, whole).id_number == id_number()


def test_numbers_can_be_found_in_their_community_only(admin: Client, session: Session) -> None:
    """S-109: the index of another community has another salt."""
    put(admin)

    found = [one.id for one in residents_with_phone(session, SEALER, HOME, PHONE)]
    assert found == [named("resident")]
    assert residents_with_phone(session, SEALER, FAR, PHONE) == []
    owner = resident_with_id_number(session, SEALER, HOME, id_number())
    assert owner is not None
    assert owner.id == named("resident")
    assert resident_with_id_number(session, SEALER, FAR, id_number()) is None


def test_numbers_are_taken_away_again(admin: Client, session: Session) -> None:
    put(admin)

    cleared = put(admin, phone=None, id_number=None)

    assert (cleared.json["phone"], cleared.json["id_number"]) == (None, None)
    row = session.get_one(Resident, named("resident"))
    assert [row.phone_sealed, row.phone_index, row.id_number_sealed, row.id_number_index] == [None] * 4


def test_relatives_may_share_a_phone_but_no_id_number(admin: Client, session: Session) -> None:
    put(admin)

    taken = put(admin, "neighbour")
    shared = put(admin, "neighbour", id_number=id_number(serial=4))

    assert (taken.status_code, taken.json["code"]) == (409, "id_number_taken")
    assert list(taken.json["errors"]) == ["id_number"]
    assert shared.status_code == 200
    assert len(residents_with_phone(session, SEALER, HOME, PHONE)) == 2


@pytest.mark.parametrize(
    "number",
    [
        id_number(date(1955, 3, 9)),
        id_number(serial=3),
        id_number()[:-1] + ("1" if id_number()[-1] != "1" else "2"),
    ],
    ids=["another birth date", "a man", "a wrong check sign"],
)
def test_an_id_number_must_be_the_persons(admin: Client, session: Session, number: str) -> None:
    """S-91: so nobody is of age by his birth date and a child by his number."""
    refused = put(admin, id_number=number)

    assert (refused.status_code, refused.json["code"]) == (422, "id_number")
    assert list(refused.json["errors"]) == ["id_number"]
    assert session.get_one(Resident, named("resident")).id_number_sealed is None


@pytest.mark.parametrize(
    "field, value",
    [("phone", "1390000123"), ("phone", ""), ("id_number", "11010519491231002"), ("id_number", "x" * 18)],
)
def test_numbers_of_another_form_are_refused(admin: Client, field: str, value: str) -> None:
    refused = put(admin, **{field: value})

    assert (refused.status_code, list(refused.json["errors"])) == (422, [field])
