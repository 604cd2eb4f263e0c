"""The queue: somebody says who he is, a community admin finds him or says no, and both are told."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.actors import Role
from app.clock import now
from app.ids import new_id
from app.models import Binding, BindingRequest, Notice, User
from tests.api.sign_in.conftest import grant
from tests.binding_world import HOUSEHOLD, ask, refused, write_unbound
from tests.cast import FAR, GRID, NEXT, named, person
from tests.child_world import write_child, write_consent, write_guardian
from tests.client import Answer, Client


def step(client: Client, request_id: str, verb: str, **body: Any) -> Answer:
    return client.post(f"/v1/binding-requests/{request_id}/{verb}", json=body)


def notices_of(session: Session, user_id: object) -> list[dict[str, Any]]:
    """Give what somebody's notices say, the oldest first."""
    return list(session.scalars(select(Notice.data).where(Notice.user_id == user_id).order_by(Notice.id)))


def test_asking_and_being_let_in(
    newcomer: Client, admin: Client, be: Callable[[str], Client], session: Session
) -> None:
    """S-53: what no proof shows, the community admin decides; access begins with his word."""
    resident_id, request_id = write_unbound(session), new_id()
    made, again = ask(newcomer, request_id), ask(newcomer, request_id)
    assert (made.status_code, again.status_code, again.json) == (201, 200, made.json)
    assert admin.get("/v1/binding-requests?state=open").json["items"] == [made.json]
    assert be("far_admin").get("/v1/binding-requests").json["items"] == []
    assert newcomer.get(f"/v1/households/{HOUSEHOLD}").status_code == 403

    approved = [step(admin, made.json["id"], "approve", resident_id=str(resident_id)) for _ in range(2)]

    assert [answer.status_code for answer in approved] == [200, 200]
    assert approved[0].json == approved[1].json
    assert (approved[0].json["state"], approved[0].json["resident_id"]) == ("approved", str(resident_id))
    assert newcomer.get("/v1/me/binding").json["binding"]["way"] == "request"
    assert newcomer.get(f"/v1/households/{HOUSEHOLD}").status_code == 200
    assert newcomer.person is not None
    about = {"request_id": str(request_id)}
    assert notices_of(session, newcomer.person.user_id) == [{"what": "approved", **about}]
    assert notices_of(session, person("admin").user_id) == [{"what": "asked", **about}]
    assert notices_of(session, person("worker").user_id) == []


@pytest.mark.parametrize("other_admin", [True, False], ids=["another admin", "the office above"])
def test_whom_somebody_was_bound_to_is_told_to_those_who_would_notice(
    newcomer: Client, admin: Client, session: Session, *, other_admin: bool
) -> None:
    """S-53: one admin alone says who somebody is, and it may be an account of his own."""
    if other_admin:
        grant(session, person("colleague").user_id, role=Role.COMMUNITY_ADMIN)
    resident_id = write_unbound(session)
    request_id = ask(newcomer).json["id"]
    for _ in range(2):
        assert step(admin, request_id, "approve", resident_id=str(resident_id)).status_code == 200

    told = {"what": "bound_of", "request_id": request_id, "resident_id": str(resident_id)}
    everybody = ("resident", "colleague", "admin", "county", "neighbour")
    of_it = {one: notices_of(session, person(one).user_id).count(told) for one in everybody}
    admins = {"admin": 0, "colleague": int(other_admin), "county": int(not other_admin)}
    assert of_it == {"resident": 1, "neighbour": 0, **admins}


def test_being_told_no_and_asking_better(newcomer: Client, admin: Client, session: Session) -> None:
    first = ask(newcomer).json["id"]

    refusals = [step(admin, first, "reject", note="门牌不对") for _ in range(2)]

    assert [answer.status_code for answer in refusals] == [200, 200]
    assert refused(step(admin, first, "reject", note="别的原因")) == (409, "illegal_step")
    assert refused(step(admin, first, "approve", resident_id=str(named("resident")))) == (409, "illegal_step")
    (mine,) = newcomer.get("/v1/me/binding-requests").json["items"]
    assert (mine["state"], mine["decision_note"]) == ("rejected", "门牌不对")
    assert newcomer.person is not None
    assert [one["what"] for one in notices_of(session, newcomer.person.user_id)] == ["rejected"]
    assert ask(newcomer, door="1号楼1单元101").status_code == 201


def test_one_waits_at_a_time_and_can_be_taken_back(newcomer: Client, admin: Client, session: Session) -> None:
    request_id = new_id()
    first = ask(newcomer, request_id).json["id"]

    second, other = ask(newcomer), ask(newcomer, request_id, name="王小菊")
    withdrawn = [newcomer.post(f"/v1/me/binding-requests/{first}/withdraw") for _ in range(2)]
    late = step(admin, first, "approve", resident_id=str(write_unbound(session)))
    third = ask(newcomer)

    assert refused(second) == (409, "binding_request_open")
    assert refused(other) == (409, "other_content")
    assert [answer.json["state"] for answer in withdrawn] == ["withdrawn"] * 2
    assert refused(late) == (409, "illegal_step")
    assert third.status_code == 201
    assert session.scalar(select(func.count()).select_from(BindingRequest)) == 2


def test_what_was_decided_is_not_taken_back(newcomer: Client, admin: Client) -> None:
    request_id = ask(newcomer).json["id"]
    step(admin, request_id, "reject", note="不是本社区的")

    assert refused(newcomer.post(f"/v1/me/binding-requests/{request_id}/withdraw")) == (409, "illegal_step")


def test_others_requests_are_not_there(
    newcomer: Client, be_new: Callable[..., Client], far_admin: Client
) -> None:
    request_id = ask(newcomer).json["id"]
    answers = [
        be_new().post(f"/v1/me/binding-requests/{request_id}/withdraw"),
        far_admin.get(f"/v1/binding-requests/{request_id}"),
        step(far_admin, request_id, "approve", resident_id=str(named("resident"))),
        step(far_admin, request_id, "reject", note="不是"),
    ]

    assert [refused(answer) for answer in answers] == [(404, "not_found")] * 4
    assert be_new().get("/v1/me/binding-requests").json["items"] == []


@pytest.mark.parametrize("who", ["far_resident", "nobody"])
def test_a_resident_of_another_community_is_not_there(newcomer: Client, admin: Client, who: str) -> None:
    answer = step(admin, ask(newcomer).json["id"], "approve", resident_id=str(named(who)))

    assert refused(answer) == (404, "not_found")
    assert list(answer.json["errors"]) == ["resident_id"]


def test_nobody_is_taken_over(newcomer: Client, admin: Client, session: Session) -> None:
    """S-53: the admin is told that the resident has an account, and nothing changes."""
    request_id = ask(newcomer).json["id"]

    answer = step(admin, request_id, "approve", resident_id=str(named("neighbour")))

    assert refused(answer) == (409, "resident_taken")
    assert admin.get(f"/v1/binding-requests/{request_id}").json["state"] == "open"
    bound = session.scalars(select(Binding.user_id).where(Binding.resident_id == named("neighbour"))).one()
    assert bound == person("neighbour").user_id


def test_a_child_is_bound_after_its_guardian_agreed(
    newcomer: Client, admin: Client, session: Session
) -> None:
    """S-72, S-91: 403 ``no_basis`` before, and the request waits on."""
    child_id, request_id = write_child(session), ask(newcomer, name="王小明").json["id"]
    write_guardian(session, child_id)
    before = step(admin, request_id, "approve", resident_id=str(child_id))
    write_consent(session, child_id)
    after = step(admin, request_id, "approve", resident_id=str(child_id))

    assert refused(before) == (403, "no_basis")
    assert (after.status_code, after.json["resident_id"]) == (200, str(child_id))


def test_who_is_bound_has_nothing_to_ask(resident: Client) -> None:
    assert refused(ask(resident)) == (409, "already_bound")


def test_a_disabled_account_is_not_let_in(newcomer: Client, admin: Client, session: Session) -> None:
    request_id, resident_id = ask(newcomer).json["id"], write_unbound(session)
    assert newcomer.person is not None
    session.execute(update(User).where(User.id == newcomer.person.user_id).values(disabled_at=now()))
    session.commit()

    assert refused(step(admin, request_id, "approve", resident_id=str(resident_id))) == (409, "illegal_step")
    assert session.scalar(select(func.count()).where(Binding.resident_id == resident_id)) == 0


def test_nobody_decides_on_his_own(admin: Client, session: Session) -> None:
    request_id, resident_id = ask(admin).json["id"], write_unbound(session)
    answers = [
        step(admin, request_id, "approve", resident_id=str(resident_id)),
        step(admin, request_id, "reject", note="不是"),
    ]

    assert [refused(answer) for answer in answers] == [(403, "own_binding_request")] * 2
    assert notices_of(session, person("admin").user_id) == [], "nobody is told of his own"


@pytest.mark.parametrize(
    "told, status, code, field",
    [
        ({"area_code": "421224100999"}, 422, "area_unknown", "area_code"),
        ({"area_code": GRID}, 422, "invalid", "area_code"),
        ({"area_code": "4212"}, 422, "invalid", "area_code"),
        ({"name": ""}, 422, "invalid", "name"),
        ({"door": "x" * 41}, 422, "invalid", "door"),
        ({"note": "x" * 201}, 422, "invalid", "note"),
    ],
)
def test_what_is_asked_is_looked_at(
    newcomer: Client, told: dict[str, Any], status: int, code: str, field: str
) -> None:
    answer = ask(newcomer, **told)

    assert refused(answer) == (status, code)
    assert list(answer.json["errors"]) == [field]


def test_the_request_goes_to_the_community_that_is_named(
    newcomer: Client, be: Callable[[str], Client]
) -> None:
    made = ask(newcomer, area_code=NEXT).json

    assert be("next_admin").get("/v1/binding-requests").json["items"] == [made]
    assert be("admin").get("/v1/binding-requests").json["items"] == []
    assert FAR not in made.values()


def test_somebody_new_finds_his_community(newcomer: Client, visitor: Client) -> None:
    home = {
        "code": "421224100001",
        "name": "家园社区",
        "township": "通羊镇",
        "county_code": "421224",
        "county": "通山县",
    }
    of_county = newcomer.get("/v1/communities?county_code=421224")

    assert of_county.json["items"] == [home, home | {"code": "421224100002", "name": "邻近社区"}]
    assert [one["code"] for one in newcomer.get("/v1/communities?limit=2").json["items"]] == [
        FAR,
        home["code"],
    ]
    assert newcomer.get("/v1/communities?county_code=4201").status_code == 422
    assert visitor.get("/v1/communities").status_code == 401
    assert newcomer.get("/v1/areas").status_code == 403


@pytest.mark.parametrize(
    "gone, told",
    [
        ((), {"admin": ["asked"], "county": [], "city": []}),
        (("admin",), {"admin": [], "county": ["nobody_decides"], "city": []}),
        (("admin", "county"), {"admin": [], "county": [], "city": ["nobody_decides"]}),
    ],
)
def test_where_no_admin_is_the_office_above_is_told(
    newcomer: Client, session: Session, gone: tuple[str, ...], told: dict[str, list[str]]
) -> None:
    """S-53: a request to a community without an enabled admin waits for nobody in silence."""
    disabled = [person(name).user_id for name in gone]
    session.execute(update(User).where(User.id.in_(disabled)).values(disabled_at=now()))
    session.commit()

    assert ask(newcomer).status_code == 201
    assert {name: [one["what"] for one in notices_of(session, person(name).user_id)] for name in told} == told
