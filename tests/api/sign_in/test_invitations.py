"""Invitations, and accounts that end."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app import clock
from app.actors import Role
from app.identity import disable_unused, sealed_phone
from app.ids import new_id
from app.models import AccountEvent, Notice, User
from app.people import Numbers
from tests.api.sign_in.conftest import SignInAs, code, grant, refused
from tests.care_world import write_resident
from tests.cast import HOME, person
from tests.client import Answer, Client
from tests.own_data.correcting import give_numbers
from tests.sealer import SEALER

Become = Callable[[str | None], Client]
WithToken = Callable[[str], Client]
GOOD, BETTER = "Kiesel 7 Fjordlampe", "Zweig&41 Moorhuhn tropft"
OVER = (410, "invitation_over")
_OF = ("invited_of", "password_set_of")


def invite(be: Become, user: User, invitation_id: UUID | None = None) -> Answer:
    path = f"/v1/invitations/{invitation_id or new_id()}"
    return be("system").put(path, json={"user_id": str(user.id)})


def accept(visitor: Client, token: str, password: str = GOOD, **sent: str) -> tuple[int, str]:
    return refused(visitor.post("/v1/invitations/accept", json={"token": token, "password": password} | sent))


def test_an_invitation_works_once(be: Become, user: User, visitor: Client, sign_in: SignInAs) -> None:
    """S-15: the link is dead after its use, and after a weak password it still works."""
    token = invite(be, user).json["token"]

    assert accept(visitor, token, "kurz") == (422, "password_short")
    assert accept(visitor, token) == (204, "")
    assert accept(visitor, token, BETTER) == OVER
    assert refused(sign_in(password=GOOD)) == (201, "")


def test_an_invitation_dies_after_a_day_or_when_another_is_made(
    be: Become, user: User, visitor: Client
) -> None:
    """S-15: 24 hours, and only the newest."""
    first, start = invite(be, user).json["token"], clock.now()
    second = invite(be, user).json["token"]

    assert accept(visitor, first) == OVER
    with clock.set_to(start + timedelta(hours=24, minutes=1)):
        assert accept(visitor, second) == OVER
    with clock.set_to(start + timedelta(hours=23)):
        assert accept(visitor, second) == (204, "")


def test_a_password_set_by_a_link_ends_what_was_open(
    be: Become, user: User, visitor: Client, sign_in: SignInAs, with_token: WithToken
) -> None:
    """S-12: whoever is let in anew is so because somebody else may be in."""
    opened = sign_in().json

    assert accept(visitor, invite(be, user).json["token"]) == (204, "")
    assert refused(with_token(opened["token"]).get("/v1/me")) == (401, "sign_in_needed")
    again = visitor.post("/v1/sessions/refresh", json={"refresh_token": opened["refresh_token"]})
    assert refused(again) == (401, "refresh_over")


def test_an_invitation_sent_again_shows_no_token(be: Become, user: User, session: Session) -> None:
    invitation_id = new_id()
    first, again = invite(be, user, invitation_id), invite(be, user, invitation_id)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json | {"token": None, "url": None}
    assert first.json["url"] == f"http://localhost/invite/{first.json['token']}"
    other = session.get_one(User, person("worker").user_id)
    assert refused(invite(be, other, invitation_id)) == (409, "other_content")


def test_no_administrator_alone_becomes_somebody_with_a_second_factor(
    be: Become, administrator: User, visitor: Client, session: Session
) -> None:
    """S-39: the system administrator resets or invites, not both, in whatever order; the owner is told."""
    administrator.last_signed_in_at = clock.now()
    grant(session, person("auditor").user_id, role=Role.SYSTEM_ADMIN, area_code="4212")
    reset = f"/v1/users/{administrator.id}/second-factor/reset"
    early = invite(be, administrator).json["token"]
    assert accept(visitor, early) == (401, "wrong_code"), "the second factor is his"
    assert be("system").step(reset).status_code == 200
    be("auditor").step(reset)

    assert accept(visitor, early) == OVER, "made before"
    assert refused(invite(be, administrator)) == (403, "invitation_other_admin")

    told = session.scalars(select(Notice.data).where(Notice.user_id == administrator.id).order_by(Notice.id))
    assert [one["what"] for one in told] == ["invited", "second_factor_reset", "second_factor_reset"]
    other = be("auditor").put(f"/v1/invitations/{new_id()}", json={"user_id": str(administrator.id)})
    assert refused(other) == (403, "invitation_other_admin"), "took it, too"


def test_who_has_a_second_factor_shows_it_for_a_new_password(
    be: Become, administrator: User, visitor: Client, sign_in: SignInAs, session: Session
) -> None:
    """S-8, S-9: wrong codes count and close it; a weak password uses up nothing; he is told."""
    token = invite(be, administrator).json["token"]

    assert accept(visitor, token, totp="000000") == (401, "wrong_code")
    assert accept(visitor, token, "kurz", totp=code()) == (422, "password_short")
    assert accept(visitor, token, totp=code()) == (204, "")

    assert refused(sign_in(password=GOOD, totp=code(1))) == (201, "")
    told = session.scalars(select(Notice.data).where(Notice.user_id == administrator.id).order_by(Notice.id))
    assert [one["what"] for one in told] == ["password_set"]
    second = invite(be, administrator).json["token"]
    assert [accept(visitor, second, BETTER, totp="000000") for _ in range(5)] == [(401, "wrong_code")] * 5
    with clock.set_to(clock.now() + timedelta(minutes=2)):
        assert accept(visitor, second, BETTER, totp=code()) == (401, "wrong_code")


@pytest.mark.parametrize("ended", [False, True])
def test_an_account_with_a_role_above_is_not_the_lower_administrators(
    be: Become, session: Session, *, ended: bool
) -> None:
    """S-38: a county's system administrator lets no officer of the city in anew, nor shuts him out."""
    far = session.get_one(User, person("far_worker").user_id)
    grant(session, far.id, role=Role.CITY_OFFICER, area_code="4212", ended_at=clock.now() if ended else None)
    path, system = f"/v1/users/{far.id}", be("far_system")

    answers = [system.step(f"{path}/{step}") for step in ("disable", "enable", "second-factor/reset")]
    answers.append(system.put(f"/v1/invitations/{new_id()}", json={"user_id": str(far.id)}))

    if ended:
        assert [answer.status_code for answer in answers[:3]] == [200, 200, 200]
    else:
        assert [refused(answer) for answer in answers] == [(403, "account_above")] * 4
        assert session.scalar(select(User.disabled_at).where(User.id == far.id)) is None


def test_a_disabled_account_is_out_at_once_and_comes_back(
    be: Become, user: User, sign_in: SignInAs, with_token: WithToken, visitor: Client
) -> None:
    """S-12: disabling ends every session; the token is dead in the next request."""
    opened = sign_in().json
    path = f"/v1/users/{user.id}"

    told = [be("system").step(f"{path}/disable").json["disabled_at"] for _ in range(2)]

    assert told[0] is not None
    assert told[0] == told[1]
    assert refused(with_token(opened["token"]).get("/v1/me")) == (401, "sign_in_needed")
    sent = {"refresh_token": opened["refresh_token"]}
    assert refused(visitor.post("/v1/sessions/refresh", json=sent)) == (401, "refresh_over")
    assert refused(sign_in()) == (401, "wrong_credentials")
    assert be("system").step(f"{path}/enable").json["disabled_at"] is None
    assert refused(with_token(opened["token"]).get("/v1/me")) == (401, "sign_in_needed")
    assert refused(sign_in()) == (201, "")
    own = f"/v1/users/{person('system').user_id}/disable"
    assert refused(be("system").step(own)) == (403, "own_account")


def test_another_role_ends_the_sessions(
    be: Become, user: User, sign_in: SignInAs, with_token: WithToken
) -> None:
    """S-12, S-37: given or taken, the old token gives 401 in the next request."""
    given = f"/v1/grants/{new_id()}"
    body = {"user_id": str(user.id), "role": "shop_clerk", "area_code": HOME}
    first = with_token(sign_in().json["token"])
    assert be("security").put(given, json=body).status_code == 201
    assert refused(first.get("/v1/me")) == (401, "sign_in_needed")

    second = with_token(sign_in().json["token"])
    assert refused(second.get("/v1/places")) == (200, "")
    assert be("security").put(given, json=body).status_code == 200, "sent again, nothing changes"
    assert refused(second.get("/v1/places")) == (200, "")
    assert be("security").post(f"{given}/end").status_code == 200
    assert refused(second.get("/v1/places")) == (401, "sign_in_needed")


def test_staff_accounts_unused_for_ninety_days_are_disabled_and_reported(
    user: User, sign_in: SignInAs, session: Session
) -> None:
    """S-16: with the last sign-in kept; residents keep their accounts, and who administers is told once."""
    grant(session, user.id)
    start = clock.now()
    session.get_one(User, person("system").user_id).last_signed_in_at = start + timedelta(days=30)
    assert refused(sign_in()) == (201, "")
    with clock.set_to(start + timedelta(days=89)):
        disable_unused(session, limit=200)
        session.refresh(user)
        assert user.disabled_at is None
    with clock.set_to(start + timedelta(days=91)):
        disable_unused(session, limit=200)
        session.flush()
        session.refresh(user)
        assert user.disabled_at == start + timedelta(days=91)
    kept = session.scalars(select(AccountEvent).where(AccountEvent.user_id == user.id)).one()
    assert (kept.step.value, kept.actor_id) == ("disable", None)
    assert user.last_signed_in_at is not None
    assert start <= user.last_signed_in_at < start + timedelta(minutes=1)
    assert session.get_one(User, person("resident").user_id).disabled_at is None
    told = session.scalars(
        select(Notice.user_id).where(
            Notice.kind == "account_unused", Notice.data["user_id"].astext == str(user.id)
        )
    ).all()
    assert told == [person("system").user_id]


def test_the_last_system_administrator_is_kept_however_long_he_was_away(session: Session) -> None:
    """S-16: nobody else could enable the others again; of several, the one who came last stays."""
    system, other = (session.get_one(User, person(name).user_id) for name in ("system", "auditor"))
    assert system.area_code is not None
    grant(session, other.id, role=Role.SYSTEM_ADMIN, area_code=system.area_code)
    start = clock.now()
    system.last_signed_in_at, other.last_signed_in_at = start, start + timedelta(days=1)
    session.flush()
    with clock.set_to(start + timedelta(days=100)), capture_logs() as told:
        first, second = (disable_unused(session, limit=200)[0] for _ in range(2))
        session.flush()

    assert first > 1
    assert second == 0
    assert (system.disabled_at is None, other.disabled_at is None) == (False, True)
    kept = [one for one in told if one["event"] == "unused_account_kept"]
    assert [(one["user_id"], one["log_level"]) for one in kept] == [(str(other.id), "warning")] * 2


def test_who_has_neither_wechat_nor_phone_comes_by_password_to_her_own_data(
    be: Become, visitor: Client, with_token: WithToken, session: Session
) -> None:
    """S-76: her account has no number; an invitation takes that of the roster, by which she signs in."""
    user = session.get_one(User, person("resident").user_id)
    before = invite(be, user)
    give_numbers(session, "resident", Numbers("13900660066"))
    invitation_id = new_id()
    first, again = invite(be, user, invitation_id), invite(be, user, invitation_id)

    assert refused(before) == (409, "phone_missing")
    assert list(before.json["errors"]) == ["user_id"]
    assert (first.status_code, again.status_code) == (201, 200)
    assert accept(visitor, first.json["token"]) == (204, "")
    with clock.set_to(clock.now() + timedelta(days=8)):  # so long an inviter may know the password
        opened = visitor.post("/v1/sessions", json={"phone": "13900660066", "password": GOOD})
        assert with_token(opened.json["token"]).put(f"/v1/me/copies/{new_id()}", json={}).status_code == 201


def test_without_phone_and_resident_nobody_is_invited(be: Become, user: User, session: Session) -> None:
    """An account of WeChat's: a password would be good for nothing, as it goes with a phone."""
    user.phone_sealed = user.phone_index = None
    session.commit()

    assert refused(invite(be, user)) == (409, "phone_missing")


def test_a_number_of_another_account_is_not_taken_from_the_roster(be: Become, session: Session) -> None:
    """S-53: two of one family with one phone: one of them signs in by it."""
    give_numbers(session, "resident", Numbers("13900660067"))
    other = session.get_one(User, person("neighbour").user_id)
    for name, value in sealed_phone(SEALER, other.id, "13900660067").items():
        setattr(other, name, value)
    session.commit()

    answer = invite(be, session.get_one(User, person("resident").user_id))

    assert refused(answer) == (409, "phone_taken")
    assert list(answer.json["errors"]) == ["user_id"]


def test_of_a_workers_new_password_those_who_know_her_are_told(
    be: Become, user: User, visitor: Client, session: Session
) -> None:
    """S-39: a worker has no second factor; whoever invites her and goes in for her has her inbox, too."""
    grant(session, user.id, role=Role.GRID_WORKER, area_code=HOME)
    user.area_code, user.last_signed_in_at = HOME, clock.now()
    session.commit()

    assert accept(visitor, invite(be, user).json["token"]) == (204, "")

    told = session.execute(select(Notice.user_id, Notice.data).where(Notice.user_id != user.id)).all()
    expected = [
        (person(who).user_id, {"what": what, "user_id": str(user.id)})
        for what in _OF
        for who in ("admin", "security")
    ]
    assert sorted(map(str, told)) == sorted(map(str, expected))


def test_of_a_residents_password_somebody_else_is_told_from_the_first_one_on(
    be: Become, visitor: Client, session: Session
) -> None:
    """S-39: she never signed in, so her own inbox has no reader but who goes in for her."""
    give_numbers(session, "resident", Numbers("13900660068"))
    user = session.get_one(User, person("resident").user_id)

    assert accept(visitor, invite(be, user).json["token"]) == (204, "")

    told = session.execute(select(Notice.user_id, Notice.data["what"].astext)).all()
    others = {(person(who).user_id, what) for who in ("admin", "security") for what in _OF}
    assert set(map(tuple, told)) == others | {(user.id, "invited"), (user.id, "password_set")}


def test_nobody_invites_whom_he_lives_with(be: Become, session: Session) -> None:
    """S-39: with her token and her phone he would be she."""
    give_numbers(session, "resident", Numbers("13900660069"))
    lives = update(User).where(User.id == person("system").user_id)
    session.execute(lives.values(resident_id=write_resident(session, name="赵系统")))
    session.commit()

    answer = invite(be, session.get_one(User, person("resident").user_id))

    assert refused(answer) == (403, "own_household")
