"""Who decides on a request reads which residents of the community fit it, and in what."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, update
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import Binding, BindingEnd, BindingRequest, Household, Place, PlaceKind
from tests.binding_world import PHONE, ask, give_numbers, write_unbound
from tests.care_world import write_resident
from tests.cast import FAR, GRID, LONG_AGO, NEXT, named
from tests.child_world import write_child, write_ticket
from tests.client import Answer, Client
from tests.counting import statements
from tests.trail import entries_of

NOWHERE = "9号楼9单元901"
NOBODY = "没有人"


def write_home(session: Session, door: str, *, area_code: str = GRID, place: str | None = None) -> UUID:
    """Write a household: in the cast's building, or in one of its own of this name."""
    place_id, household_id = named("block"), new_id()
    if place is not None:
        place_id = new_id()
        session.add(
            Place(
                id=place_id,
                area_code=area_code,
                kind=PlaceKind.RESIDENTIAL,
                name=place,
                content_hash=b"",
                created_at=LONG_AGO,
            )
        )
        session.flush()
    session.add(
        Household(
            id=household_id,
            area_code=area_code,
            place_id=place_id,
            door=door,
            content_hash=b"",
            created_at=LONG_AGO,
        )
    )
    session.commit()
    return household_id


def write_apart(session: Session, name: str, **columns: Any) -> UUID:
    """Write a resident who lives behind a door that nobody types."""
    home = write_home(session, f"8单元{new_id()}")
    return write_resident(session, name=name, household_id=home, **columns)


def candidates(admin: Client, request: Answer) -> Any:
    """Give who fits a request, as the admin reads it."""
    assert request.status_code == 201, request.text
    shown = admin.get(f"/v1/binding-requests/{request.json['id']}")
    assert shown.status_code == 200, shown.text
    assert PHONE not in shown.text, "not the number itself"
    return shown.json["candidates"]


def fits(admin: Client, request: Answer) -> dict[str, list[str]]:
    """Give in what each one fits."""
    return {one["resident_id"]: one["fits"] for one in candidates(admin, request)}


def approve(admin: Client, request: Answer, resident_id: UUID) -> Answer:
    return admin.post(
        f"/v1/binding-requests/{request.json['id']}/approve", json={"resident_id": str(resident_id)}
    )


def test_who_decides_reads_who_it_may_be(newcomer: Client, admin: Client, session: Session) -> None:
    """S-53: who fits in all stands first, then who lives behind the door; an account shows."""
    resident_id = write_unbound(session)
    at = {"place": "1号楼", "door": "1单元101", "age_group": "adult"}

    shown = candidates(admin, ask(newcomer))

    assert shown == [
        {
            "resident_id": str(resident_id),
            "name": "王小兰",
            "birth_year": 1980,
            "fits": ["phone", "name", "door"],
            "bound": False,
            "ended": None,
            "doubts": [],
            **at,
        },
        {
            "resident_id": str(named("resident")),
            "name": "王桂兰",
            "birth_year": 1955,
            "fits": ["door"],
            "bound": True,
            "ended": None,
            "doubts": [],
            **at,
        },
    ]


@pytest.mark.parametrize(
    "roster, typed",
    [
        ("王菊", "王菊"),
        ("王　菊", "王菊"),
        ("王\N{NO-BREAK SPACE}菊", "王 菊"),
        ("阿依•古丽", "阿依·古丽"),
        ("阿依・古丽", "阿依．古丽"),
    ],
)
def test_a_name_fits_whatever_gaps_and_dots_it_has(
    be_new: Callable[..., Client], admin: Client, session: Session, roster: str, typed: str
) -> None:
    """As in binding by name, the roster's way of writing and the typed one are read alike."""
    resident_id = write_apart(session, roster)
    write_apart(session, roster + "兰")

    assert fits(admin, ask(be_new(), name=typed, door=NOWHERE)) == {str(resident_id): ["name"]}


@pytest.mark.parametrize(
    "typed", ["1号楼1单元101", "1号楼 1单元 101室", "１号楼－１单元－１０１", "1单元101", "1单元 101室"]
)
def test_the_household_behind_the_typed_door_fits(newcomer: Client, admin: Client, typed: str) -> None:
    assert fits(admin, ask(newcomer, name=NOBODY, door=typed)) == {str(named("resident")): ["door"]}


def test_letters_of_a_door_fit_in_any_case(newcomer: Client, admin: Client, session: Session) -> None:
    home = write_home(session, "a-301", place="B栋")
    resident_id = write_resident(session, household_id=home)

    assert fits(admin, ask(newcomer, name=NOBODY, door="b栋A301")) == {str(resident_id): ["door"]}


def test_a_door_of_several_buildings_leads_to_nobody_by_itself(
    newcomer: Client, admin: Client, session: Session
) -> None:
    """Nobody reads of strangers for a door that says not in which building; a name makes it certain."""
    home = write_home(session, "1单元101", place="5号楼")
    resident_id = write_resident(session, name="王小兰", household_id=home)
    write_apart(session, "王小兰")

    assert fits(admin, ask(newcomer, name=NOBODY, door="5号楼1单元101")) == {str(resident_id): ["door"]}
    newcomer.post(f"/v1/me/binding-requests/{_mine(newcomer)}/withdraw")
    assert candidates(admin, ask(newcomer, name=NOBODY, door="1单元101")) == []
    newcomer.post(f"/v1/me/binding-requests/{_mine(newcomer)}/withdraw")
    assert list(fits(admin, ask(newcomer, door="1单元101")).values()) == [["name", "door"], ["name"]]


def _mine(client: Client) -> str:
    """Give the newest request of somebody."""
    return str(client.get("/v1/me/binding-requests").json["items"][0]["id"])


def test_the_phone_that_wechat_vouches_for_fits(newcomer: Client, admin: Client, session: Session) -> None:
    resident_id = write_apart(session, "王菊")
    give_numbers(session, resident_id)

    assert fits(admin, ask(newcomer, name=NOBODY, door=NOWHERE)) == {str(resident_id): ["phone"]}


def test_a_phone_that_nobody_vouches_for_fits_nobody(
    be_new: Callable[..., Client], admin: Client, session: Session
) -> None:
    give_numbers(session, write_apart(session, "王菊"))

    assert candidates(admin, ask(be_new(PHONE, vouched=False), name=NOBODY, door=NOWHERE)) == []


def test_nobody_fits(newcomer: Client, admin: Client) -> None:
    """An empty list says that the roster has nobody; a door of dashes is no door that is left empty."""
    assert candidates(admin, ask(newcomer, name=NOBODY, door="——")) == []


def test_nobody_of_another_community_fits(newcomer: Client, admin: Client, session: Session) -> None:
    """S-35: whoever lives elsewhere is not named, though name, door and phone are his."""
    for area_code in (FAR, NEXT):
        home = write_home(session, "1单元101", area_code=area_code, place="7号楼")
        elsewhere = write_resident(session, name="王小兰", household_id=home, area_code=area_code)
        give_numbers(session, elsewhere, id_number=None)  # by HOME's index, as if he had moved

    assert candidates(admin, ask(newcomer, door="7号楼1单元101")) == []


def test_a_door_of_another_community_makes_this_one_no_less_certain(
    newcomer: Client, admin: Client, session: Session
) -> None:
    write_home(session, "1单元101", area_code=FAR, place="7号楼")

    assert fits(admin, ask(newcomer, name=NOBODY, door="1单元101")) == {str(named("resident")): ["door"]}


def test_who_was_bound_once_is_bound_no_more(newcomer: Client, admin: Client, session: Session) -> None:
    over = {"ended_at": now(), "end_reason": BindingEnd.LEFT}
    session.execute(update(Binding).where(Binding.resident_id == named("resident")).values(over))
    session.commit()

    (shown,) = candidates(admin, ask(newcomer))

    assert (shown["name"], shown["bound"]) == ("王桂兰", False)


def test_of_a_minor_no_year_is_shown_without_a_ticket(
    newcomer: Client, admin: Client, session: Session
) -> None:
    """S-72: of a minor the queue tells what the roster does, and the trail by which ticket it tells more."""
    child_id = write_child(session)
    request = ask(newcomer, name="王小明", door=NOWHERE)
    (masked,) = candidates(admin, request)
    ticket_id = write_ticket(session, child_id, "admin")
    with entries_of(session) as came:
        (whole,) = candidates(admin, request)

    assert (masked["age_group"], masked["birth_year"]) == ("child", None)
    assert whole == masked | {"birth_year": 2016}
    assert came[0].facts["ticket_ids"] == [str(ticket_id)]


def test_who_fits_in_most_stands_first_and_ten_are_enough(
    newcomer: Client, admin: Client, session: Session
) -> None:
    """The order is the same each time: phone before name before door, then who was entered first."""
    behind = [named("resident"), *(write_resident(session) for _ in range(7))]
    namesakes = [write_apart(session, "王小兰") for _ in range(3)]
    by_phone = write_apart(session, "王菊")
    give_numbers(session, by_phone)
    both = write_resident(session, name="王小兰")
    request = ask(newcomer)

    shown = fits(admin, request)

    assert list(shown)[:5] == [str(one) for one in (both, by_phone, *sorted(namesakes))]
    assert list(shown)[5:] == [str(one) for one in sorted(behind)[:5]]
    assert [shown[str(one)] for one in (both, by_phone)] == [["name", "door"], ["phone"]]
    assert fits(admin, request) == shown


def test_a_read_is_kept_with_those_it_names(newcomer: Client, admin: Client, session: Session) -> None:
    resident_id, request = write_unbound(session), ask(newcomer)

    with entries_of(session) as came:
        candidates(admin, request)

    (entry,) = came
    assert (entry.object_kind, str(entry.object_id)) == ("request", request.json["id"])
    assert entry.facts["resident_ids"] == sorted([str(resident_id), str(named("resident"))])


def test_where_nothing_is_to_be_decided_nobody_is_named(
    newcomer: Client, admin: Client, session: Session
) -> None:
    """Only for those who may decide: not of one's own request, nor of one that is over."""
    write_unbound(session)
    own, over = ask(admin), ask(newcomer)
    newcomer.post(f"/v1/me/binding-requests/{over.json['id']}/withdraw")
    taken_back = candidates(admin, over)
    decided = ask(newcomer)
    admin.post(f"/v1/binding-requests/{decided.json['id']}/reject", json={"note": "不对"})

    assert (candidates(admin, own), taken_back, candidates(admin, decided)) == (None, None, None)
    assert "candidates" not in decided.json
    assert all("candidates" not in one for one in admin.get("/v1/binding-requests").json["items"])


def test_approving_one_who_fits_in_nothing_says_so(newcomer: Client, admin: Client, session: Session) -> None:
    """Whoever decides knows people and may do it; answer and trail say that nothing fitted."""
    resident_id = write_apart(session, "王菊")
    request = ask(newcomer, name=NOBODY, door=NOWHERE)

    with entries_of(session) as came:
        first, again = (approve(admin, request, resident_id) for _ in range(2))

    assert (first.status_code, first.json["state"], first.json["fits"]) == (200, "approved", [])
    assert again.json == first.json
    assert came[0].facts.items() >= {"resident_id": str(resident_id), "fits": []}.items()


def test_approving_says_in_what_the_resident_fits(newcomer: Client, admin: Client, session: Session) -> None:
    resident_id, request = write_unbound(session), ask(newcomer, door=NOWHERE)

    answer = approve(admin, request, resident_id)
    session.execute(update(BindingRequest).values(name="", door="", note=""))
    session.commit()
    late = approve(admin, request, resident_id)

    assert answer.json["fits"] == ["phone", "name"]
    assert late.json["fits"] is None, "the words are gone by now; that is not the same as none"


def test_more_who_fit_take_no_more_statements(
    newcomer: Client, admin: Client, session: Session, connection: Connection
) -> None:
    request = ask(newcomer)

    def sent(count: int) -> int:
        with statements(connection) as seen:
            assert len(candidates(admin, request)) == count
        return len(seen)

    few = sent(1)
    for number in range(5):
        write_resident(session, name="王小兰", birth_date=date(1980 + number, 5, 6))
    assert sent(6) == few
