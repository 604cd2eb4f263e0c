"""Codes for people without WeChat, and cookies of browsers that sign in by either."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app import clock
from app.actors import Role
from app.ids import new_id
from app.models import Binding, Consent, Notice, SignInCode, User
from tests.api.sign_in.conftest import PASSWORD, PHONE, SignInAs, grant, refused
from tests.cast import HOME, named, person
from tests.child_world import write_guarded_child
from tests.client import Answer, Client
from tests.trail import entries_of

Become = Callable[[str | None], Client]
WithToken = Callable[[str], Client]
REFUSED = (401, "sign_in_code_refused")


def hand_out(client: Client, name: str = "resident", code_id: UUID | None = None) -> Answer:
    return client.post(f"/v1/residents/{named(name)}/sign-in-codes", json={"id": str(code_id or new_id())})


def use(visitor: Client, code: str) -> Answer:
    return visitor.post("/v1/sessions/code", json={"code": code})


def test_a_code_lets_a_resident_in_once(
    worker: Client, visitor: Client, with_token: WithToken, session: Session
) -> None:
    """S-9: good once; the row says who handed it out and holds no digit of the secret."""
    code = hand_out(worker).json["code"]
    answer = use(visitor, code)

    assert refused(answer) == (201, "")
    assert with_token(answer.json["token"]).get("/v1/me").json["resident_id"] == str(named("resident"))
    assert refused(use(visitor, code)) == REFUSED
    row = session.scalars(select(SignInCode)).one()
    assert row.handed_out_by == person("worker").user_id
    assert (row.handle, len(row.code_hash)) == (code[:4], 32)


@pytest.mark.parametrize("right, told", [(True, "sign_in_code_refused"), (False, "too_many_requests")])
def test_a_right_code_that_is_sent_again_is_no_guess(
    worker: Client, visitor: Client, address: str, told: str, *, right: bool
) -> None:
    """S-5: its reply was lost; a wrong secret with the same beginning counts, also once the code is used."""
    code, at = hand_out(worker).json["code"], {"environ_overrides": {"REMOTE_ADDR": address}}
    assert visitor.post("/v1/sessions/code", json={"code": code}, **at).status_code == 201
    again = code if right else code[:-1] + ("1" if code[-1] == "0" else "0")

    answers = [visitor.post("/v1/sessions/code", json={"code": again}, **at) for _ in range(31)]

    assert refused(answers[0]) == REFUSED
    assert answers[-1].json["code"] == told


def test_the_trail_names_who_handed_out_the_code_that_opened_a_session(
    worker: Client, visitor: Client, session: Session
) -> None:
    """S-100: the session's entry alone says whose hand it came from, also once the code's row is gone."""
    code = hand_out(worker).json["code"]
    with entries_of(session) as left:
        assert refused(use(visitor, code)) == (201, "")

    [entry] = left
    assert entry.actor_id == person("resident").user_id
    assert entry.facts == {"handed_out_by": str(person("worker").user_id)}


def test_a_code_dies_by_time_by_tries_and_by_the_next_one(worker: Client, visitor: Client) -> None:
    """S-9: ten minutes, five tries; a new code ends the one before."""
    start = clock.now()
    with clock.set_to(start):
        first, second = (hand_out(worker).json["code"] for _ in range(2))
    assert refused(use(visitor, first)) == REFUSED
    with clock.set_to(start + timedelta(minutes=10)):
        assert refused(use(visitor, second)) == REFUSED

    third = hand_out(worker).json["code"]
    wrong = third[:4] + f"{(int(third[4:]) + 1) % 10**8:08d}"
    assert [refused(use(visitor, wrong)) for _ in range(5)] == [REFUSED] * 5
    assert refused(use(visitor, third)) == REFUSED


def test_a_code_is_the_same_under_its_id_and_a_late_copy_ends_no_newer_one(
    worker: Client, be: Become, visitor: Client
) -> None:
    """S-9: what is sent again shows the code it made, good or over, to whoever handed it out."""
    code_id = new_id()
    first, again = (hand_out(worker, code_id=code_id) for _ in range(2))
    newer = hand_out(worker).json

    late = hand_out(worker, code_id=code_id)

    assert (again.status_code, again.json) == (201, first.json)
    assert first.json["ended_at"] is None
    assert late.status_code == 201
    assert late.json == first.json | {"ended_at": late.json["ended_at"]}
    assert late.json["ended_at"] is not None, "the newer one took its place"
    assert refused(hand_out(worker, "neighbour", code_id)) == (409, "other_content")
    assert refused(hand_out(be("admin"), code_id=code_id)) == (409, "other_content")
    assert refused(use(visitor, first.json["code"])) == REFUSED
    assert refused(use(visitor, newer["code"])) == (201, "")
    used = hand_out(worker, code_id=UUID(newer["id"])).json
    assert used == newer | {"ended_at": used["ended_at"]}
    assert used["ended_at"] is not None, "it was used"


def test_a_code_makes_the_user_of_who_has_none_and_is_not_for_staff(
    admin: Client, visitor: Client, session: Session
) -> None:
    user = session.scalars(select(User).where(User.resident_id == named("neighbour"))).one()
    session.execute(delete(Binding).where(Binding.user_id == user.id))
    user.resident_id = None
    session.commit()

    assert refused(use(visitor, hand_out(admin, "neighbour").json["code"])) == (201, "")
    made = session.scalars(select(User).where(User.resident_id == named("neighbour"))).one()
    assert (made.name, made.phone_sealed, made.password_hash) == ("李德福", None, None)

    grant(session, made.id, role=Role.SHOP_CLERK)
    assert refused(hand_out(admin, "neighbour")) == (409, "code_for_staff")


def test_a_code_proves_nobody_for_a_sensitive_step(
    worker: Client, visitor: Client, with_token: WithToken
) -> None:
    """S-14, S-36: whoever handed it out could use it himself, and take the resident's data with it."""
    as_resident = with_token(use(visitor, hand_out(worker).json["code"]).json["token"])

    copy = as_resident.put(f"/v1/me/copies/{new_id()}", json={})
    closing = as_resident.put(f"/v1/me/closings/{new_id()}", json={})

    assert [refused(answer) for answer in (copy, closing)] == [(403, "reauth_required")] * 2


def test_nobody_hands_out_codes_without_an_end(worker: Client, be: Become, session: Session) -> None:
    """S-36: one after the other would be a way to everybody's record."""
    with clock.set_to(clock.now().replace(hour=4)):
        answers = [hand_out(worker) for _ in range(31)]
        last = answers[-1]

        assert [answer.status_code for answer in answers] == [201] * 30 + [429]
        assert last.json["code"] == "code_limit"
        assert int(last.headers["Retry-After"]) == 12 * 3600 - clock.now().minute * 60 - clock.now().second
        assert hand_out(worker, code_id=session.scalars(select(SignInCode.id)).first()).status_code == 201
        assert hand_out(be("admin")).status_code == 201, "another has his own"
    with clock.set_to(clock.now() + timedelta(days=1)):
        assert hand_out(worker).status_code == 201


def test_whoever_has_an_account_is_told_that_staff_made_a_code_for_it(
    worker: Client, session: Session
) -> None:
    """S-9: staff could keep the code; the resident sees that there was one, once."""
    code_id = new_id()
    for _ in range(2):
        hand_out(worker, code_id=code_id)

    told = session.scalars(select(Notice).where(Notice.user_id == person("resident").user_id)).all()
    assert [(one.kind.value, one.data) for one in told] == [("account_alert", {"what": "sign_in_code"})]


def test_a_child_gets_no_code_after_its_guardian_took_the_consent_back(
    worker: Client, session: Session
) -> None:
    """S-74, S-91: also where the account was there before."""
    child_id = write_guarded_child(session)
    user = session.get_one(User, person("far_resident").user_id)
    session.execute(delete(Binding).where(Binding.user_id == user.id))
    user.resident_id = child_id
    session.commit()
    path = f"/v1/residents/{child_id}/sign-in-codes"
    assert worker.post(path, json={"id": str(new_id())}).status_code == 201

    session.execute(update(Consent).where(Consent.resident_id == child_id).values(withdrawn_at=clock.now()))
    session.commit()

    assert refused(worker.post(path, json={"id": str(new_id())})) == (403, "no_basis")


def test_a_code_is_handed_out_within_reach_only(be: Become) -> None:
    assert {name: hand_out(be(name)).status_code for name in ("lead", "far_worker", "clerk", "resident")} == {
        "lead": 201,
        "far_worker": 404,
        "clerk": 403,
        "resident": 403,
    }


@pytest.mark.parametrize("path", ["/v1/sessions", "/v1/sessions/code"])
def test_a_browser_has_its_token_in_a_cookie_that_no_script_reads(
    sign_in: SignInAs, user: User, worker: Client, visitor: Client, path: str
) -> None:
    """S-28: __Host-, Secure, HttpOnly, SameSite; the body holds no token."""
    if path == "/v1/sessions":
        answer = sign_in(query="?cookie=1")
    else:
        answer = visitor.post(f"{path}?cookie=1", json={"code": hand_out(worker).json["code"]})

    assert (answer.status_code, answer.json["token"], answer.json["refresh_token"]) == (201, None, None)
    cookie, *marks = answer.headers["Set-Cookie"].split("; ")
    assert sorted(marks) == ["HttpOnly", "Path=/", "SameSite=Strict", "Secure"]
    assert cookie.startswith("__Host-gongdi=")
    headers = {"Cookie": cookie}
    assert visitor.get("/v1/me", headers=headers).status_code == 200
    ours = headers | {"Sec-Fetch-Site": "same-origin"}
    assert visitor.delete("/v1/sessions/current", headers=headers).status_code == 403, "another site asked"
    gone = visitor.delete("/v1/sessions/current", headers=ours)
    assert gone.headers["Set-Cookie"].startswith("__Host-gongdi=;")
    assert visitor.get("/v1/me", headers=headers).status_code == 401
    assert user.disabled_at is None


@pytest.mark.parametrize("path", ["/v1/sessions", "/v1/sessions/code"])
def test_a_browser_that_signs_in_anew_leaves_no_session_behind(
    sign_in: SignInAs, user: User, worker: Client, visitor: Client, with_token: WithToken, path: str
) -> None:
    """S-13: by another id, and the old one is dead, whoever it was; a refused sign-in ends nothing."""
    cookie = sign_in(query="?cookie=1").headers["Set-Cookie"].split("; ")[0]
    ours = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
    right = {"phone": PHONE, "password": PASSWORD} if path == "/v1/sessions" else None
    sent = right or {"code": hand_out(worker).json["code"]}

    wrong = sent | {"password": "wrong"} if right else {"code": "0" * 12}
    assert visitor.post(f"{path}?cookie=1", json=wrong, headers=ours).status_code == 401
    assert visitor.get("/v1/me", headers={"Cookie": cookie}).status_code == 200
    answer = visitor.post(f"{path}?cookie=1", json=sent, headers=ours)

    assert answer.status_code == 201
    after = answer.headers["Set-Cookie"].split("; ")[0]
    assert after != cookie
    assert with_token(cookie.partition("=")[2]).get("/v1/me").status_code == 401
    assert with_token(after.partition("=")[2]).get("/v1/me").status_code == 200
    assert user.disabled_at is None


def test_no_cookie_is_set_unless_asked(sign_in: SignInAs, user: User) -> None:
    assert "Set-Cookie" not in sign_in().headers
    assert user.disabled_at is None


@pytest.mark.parametrize("typed", [True, False])
def test_what_a_code_opened_ends_for_good_with_a_post(
    worker: Client, visitor: Client, be: Become, *, typed: bool
) -> None:
    """S-12: whoever handed it out would go on by it as a worker, in whose name the trail has what he does."""
    code = hand_out(worker).json["code"]
    opened = use(visitor, code).json if typed else {}
    body = {"user_id": str(person("resident").user_id), "role": "grid_worker", "area_code": HOME}
    assert be("security").put(f"/v1/grants/{new_id()}", json=body).status_code == 201

    if typed:
        sent = {"refresh_token": opened["refresh_token"]}
        assert refused(visitor.post("/v1/sessions/refresh", json=sent)) == (401, "refresh_over")
    else:
        assert refused(use(visitor, code)) == REFUSED
