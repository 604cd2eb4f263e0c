"""The end of a binding, by the user or by staff, and what comes after it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import Notice, User
from tests.binding_world import (
    HOUSEHOLD,
    PHONE,
    ask,
    by_id_number,
    by_phone,
    give_numbers,
    new_code,
    refused,
    write_unbound,
)
from tests.cast import NEXT, named, person
from tests.client import Answer, Client


def leave(client: Client, binding_id: object, reason: str = "left") -> Answer:
    return client.post(f"/v1/me/bindings/{binding_id}/end", json={"reason": reason})


def end(client: Client, binding_id: object, **told: Any) -> Answer:
    body = {"reason": "dispute", "note": "本人来社区说明"} | told
    return client.post(f"/v1/bindings/{binding_id}/end", json=body)


def test_access_ends_with_the_next_request(resident: Client, session: Session) -> None:
    """Who leaves reads nothing of the household any more, in the session that is open."""
    assert resident.get(f"/v1/households/{HOUSEHOLD}").status_code == 200

    left, again = (leave(resident, named("binding resident")) for _ in range(2))

    assert (left.status_code, again.status_code, again.json) == (200, 200, left.json)
    assert left.json["end_reason"] == "left"
    assert resident.get(f"/v1/households/{HOUSEHOLD}").status_code == 403
    assert resident.get("/v1/me/binding").json["binding"] is None
    assert session.get_one(User, person("resident").user_id, populate_existing=True).resident_id is None
    assert refused(leave(resident, named("binding resident"), "moved_away")) == (409, "illegal_step")


def test_nobody_leaves_for_another_or_for_reasons_of_staff(resident: Client, newcomer: Client) -> None:
    answers = [leave(one, named("binding neighbour")) for one in (resident, newcomer)]

    assert [refused(answer) for answer in answers] == [(404, "not_found")] * 2
    assert refused(leave(resident, named("binding resident"), "mistake")) == (422, "invalid")


def test_who_left_may_be_bound_again_and_a_late_repeat_ends_nothing(
    newcomer: Client, be_new: Callable[..., Client], admin: Client, session: Session
) -> None:
    resident_id = write_unbound(session)
    first = by_phone(newcomer).json["id"]
    leave(newcomer, first)
    other = by_id_number(be_new(), new_code(admin))
    assert other.json["resident_id"] == str(resident_id), "the place is free for another account"
    end(admin, other.json["id"])

    again = by_phone(newcomer).json
    late = leave(newcomer, first)

    assert again["id"] not in {first, other.json["id"]}
    assert late.status_code == 200
    assert newcomer.get("/v1/me/binding").json["binding"] == again
    listed = admin.get(f"/v1/bindings?resident_id={resident_id}").json["items"]
    assert [(one["id"], one["end_reason"]) for one in listed] == [
        (again["id"], None),
        (other.json["id"], "dispute"),
        (first, "left"),
    ]
    assert newcomer.person is not None
    of_user = admin.get(f"/v1/bindings?user_id={newcomer.person.user_id}").json["items"]
    assert [one["id"] for one in of_user] == [again["id"], first]


def test_staff_end_it_with_a_reason_and_the_user_is_told(
    resident: Client, admin: Client, session: Session
) -> None:
    """Access ends with the next request."""
    binding_id = named("binding resident")

    ended, again = end(admin, binding_id), end(admin, binding_id)

    assert (ended.status_code, again.status_code, again.json) == (200, 200, ended.json)
    assert (ended.json["end_reason"], ended.json["end_note"]) == ("dispute", "本人来社区说明")
    assert resident.get(f"/v1/households/{HOUSEHOLD}").status_code == 403
    notices = session.scalars(select(Notice).where(Notice.user_id == person("resident").user_id)).all()
    assert [(one.kind, one.data) for one in notices] == [
        ("binding", {"what": "ended", "binding_id": str(binding_id), "reason": "dispute"})
    ]
    assert refused(end(admin, binding_id, note="别的原因")) == (409, "illegal_step")
    assert refused(leave(resident, binding_id)) == (409, "illegal_step")


@pytest.mark.parametrize("told", [{"note": ""}, {"reason": "bored"}, {"reason": None}])
def test_a_reason_is_needed(admin: Client, told: dict[str, Any]) -> None:
    answer = end(admin, named("binding resident"), **told)

    assert refused(answer) == (422, "invalid")
    assert list(answer.json["errors"]) == list(told)


def test_staff_elsewhere_and_the_household_itself_end_nothing(far_admin: Client, resident: Client) -> None:
    assert refused(end(far_admin, named("binding resident"))) == (404, "not_found")
    assert refused(end(resident, named("binding resident"))) == (403, "forbidden")
    assert far_admin.get(f"/v1/bindings?resident_id={named('resident')}").json["items"] == []


def test_an_account_made_by_staff_is_bound_by_them(worker: Client, session: Session, admin: Client) -> None:
    """Whoever has no account gets one with the first code that staff hand to him."""
    resident_id, code = write_unbound(session), {"id": str(new_id())}
    path = f"/v1/residents/{resident_id}/sign-in-codes"

    made = [worker.post(path, json=code).status_code for _ in range(2)]

    assert made == [201, 201]
    (found,) = admin.get(f"/v1/bindings?resident_id={resident_id}").json["items"]
    assert (found["way"], found["resident_id"]) == ("staff", str(resident_id))


def test_a_sign_in_code_opens_the_binding_too(worker: Client, admin: Client, session: Session) -> None:
    resident_id = write_unbound(session)

    path = f"/v1/residents/{resident_id}/sign-in-codes"
    made = [worker.post(path, json={"id": str(new_id())}).status_code for _ in range(2)]

    assert made == [201, 201]
    (found,) = admin.get(f"/v1/bindings?resident_id={resident_id}").json["items"]
    assert (found["way"], found["ended_at"]) == ("staff", None)


def test_a_late_copy_binds_nobody_again(newcomer: Client, admin: Client, session: Session) -> None:
    """Whoever left stays away, though his phone sends once more how he came."""
    write_unbound(session)
    code = new_code(admin)
    ways: list[Callable[[UUID], Answer]] = [
        lambda binding_id: by_phone(newcomer, binding_id=binding_id),
        lambda binding_id: by_id_number(newcomer, code, id=str(binding_id)),
    ]
    for way in ways:
        binding_id = new_id()
        first, again = way(binding_id), way(binding_id)
        leave(newcomer, binding_id)

        late = way(binding_id)

        assert (first.status_code, first.json["id"], again.json) == (200, str(binding_id), first.json)
        assert (late.status_code, late.json["end_reason"]) == (200, "left")
        assert newcomer.get("/v1/me/binding").json["binding"] is None


def test_an_id_is_good_for_one_binding(
    newcomer: Client, be_new: Callable[..., Client], admin: Client, session: Session
) -> None:
    write_unbound(session)
    code, binding_id = new_code(admin), new_id()
    assert by_phone(newcomer, binding_id=binding_id).status_code == 200

    others = [
        by_phone(newcomer, NEXT, binding_id),
        by_id_number(newcomer, code, id=str(binding_id)),
        by_id_number(be_new(), code, id=str(binding_id)),
    ]

    assert [refused(answer) for answer in others] == [(409, "other_content")] * 3


@pytest.mark.parametrize("reason", ["mistake", "dispute"])
def test_whom_staff_said_he_is_not_is_looked_at_by_them(
    newcomer: Client, admin: Client, session: Session, reason: str
) -> None:
    """By whatever he shows of himself; once an admin has bound the two, it counts again."""
    resident_id = write_unbound(session)
    code = new_code(admin)
    end(admin, by_phone(newcomer).json["id"], reason=reason)

    assert refused(by_phone(newcomer)) == (409, "binding_unclear")
    assert refused(by_id_number(newcomer, code)) == (409, "binding_unclear")
    assert newcomer.get("/v1/me/binding").json["binding"] is None

    request = ask(newcomer)
    waiting = admin.get("/v1/binding-requests?state=open").json["items"]
    assert [one["id"] for one in waiting] == [request.json["id"]]
    path = f"/v1/binding-requests/{request.json['id']}/approve"
    assert admin.post(path, json={"resident_id": str(resident_id)}).status_code == 200
    leave(newcomer, newcomer.get("/v1/me/binding").json["binding"]["id"])
    assert by_phone(newcomer).json["resident_id"] == str(resident_id)


def test_a_mistake_said_of_a_binding_that_was_left_counts_too(
    newcomer: Client, admin: Client, session: Session
) -> None:
    write_unbound(session)
    first = by_phone(newcomer).json["id"]
    leave(newcomer, first)
    end(admin, first, reason="mistake")

    assert refused(by_phone(newcomer)) == (409, "binding_unclear")


@pytest.mark.parametrize("of_later, told", [(False, None), (True, "binding_unclear")])
def test_a_mistake_said_of_a_binding_is_about_its_time(
    newcomer: Client, admin: Client, session: Session, told: str | None, *, of_later: bool
) -> None:
    """Whom an admin bound after it was looked at since, unless the same is said of that binding."""
    resident_id = write_unbound(session)
    made = [by_phone(newcomer).json["id"]]
    leave(newcomer, made[0])
    path = f"/v1/binding-requests/{ask(newcomer).json['id']}/approve"
    assert admin.post(path, json={"resident_id": str(resident_id)}).status_code == 200
    made.append(newcomer.get("/v1/me/binding").json["binding"]["id"])
    leave(newcomer, made[1])

    end(admin, made[of_later], reason="mistake")

    assert by_phone(newcomer).json.get("code") == told


def test_only_the_two_are_kept_apart(
    newcomer: Client, be_new: Callable[..., Client], admin: Client, session: Session
) -> None:
    """The account binds itself to another resident, and the resident's own account to him."""
    wrong = write_unbound(session)
    end(admin, by_phone(newcomer).json["id"], reason="mistake")

    right_account = by_id_number(be_new(), new_code(admin))
    give_numbers(session, wrong, phone=None)
    right_resident = write_unbound(session, name="王小梅", phone=PHONE, id_number=None)

    assert right_account.json["resident_id"] == str(wrong)
    assert by_phone(newcomer).json["resident_id"] == str(right_resident)


def test_another_end_by_staff_keeps_nobody_out(newcomer: Client, admin: Client, session: Session) -> None:
    write_unbound(session)
    end(admin, by_phone(newcomer).json["id"], reason="moved_away")

    assert by_phone(newcomer).status_code == 200
