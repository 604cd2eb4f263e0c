"""Steps with accounts: each is known by its name, so that a late copy undoes nothing newer."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import AccountEvent, SecondFactor, User
from tests.api.sign_in.conftest import PASSWORD, SignInAs, code, refused
from tests.cast import named, person
from tests.client import Answer, Client

Become = Callable[[str | None], Client]
WithToken = Callable[[str], Client]


@pytest.fixture
def system(be: Become) -> Client:
    """Be the system administrator."""
    return be("system")


def test_a_late_copy_neither_disables_nor_enables(
    system: Client, user: User, sign_in: SignInAs, with_token: WithToken
) -> None:
    path = f"/v1/users/{user.id}"
    off, on, off_again = (new_id() for _ in range(3))
    system.step(f"{path}/disable", {"note": "丢了手机"}, off)
    system.step(f"{path}/enable", step_id=on)
    token = sign_in().json["token"]

    late = system.step(f"{path}/disable", {"note": "丢了手机"}, off)

    assert (late.status_code, late.json["disabled_at"]) == (200, None)
    assert with_token(token).get("/v1/me").status_code == 200, "its sessions go on, too"

    system.step(f"{path}/disable", step_id=off_again)
    late = system.step(f"{path}/enable", step_id=on)

    assert late.json["disabled_at"] is not None
    assert refused(sign_in()) == (401, "wrong_credentials")


def test_a_step_that_changed_nothing_is_known_as_well(system: Client, user: User) -> None:
    path, beside = f"/v1/users/{user.id}", new_id()
    system.step(f"{path}/disable")
    system.step(f"{path}/disable", step_id=beside)
    system.step(f"{path}/enable")

    assert system.step(f"{path}/disable", step_id=beside).json["disabled_at"] is None


def test_what_was_handed_out_before_an_account_was_disabled_opens_nothing_after(
    system: Client, worker: Client, user: User, visitor: Client
) -> None:
    """S-12, S-15: an account is disabled because somebody else may hold its link or its code."""
    invitation = system.put(f"/v1/invitations/{new_id()}", json={"user_id": str(user.id)}).json["token"]
    path = f"/v1/residents/{named('resident')}/sign-in-codes"
    on_paper = worker.post(path, json={"id": str(new_id())}).json["code"]
    for user_id in (user.id, person("resident").user_id):
        for step in ("disable", "enable"):
            assert system.step(f"/v1/users/{user_id}/{step}").status_code == 200

    accepted = visitor.post("/v1/invitations/accept", json={"token": invitation, "password": PASSWORD})
    signed_in = visitor.post("/v1/sessions/code", json={"code": on_paper})

    assert refused(accepted) == (410, "invitation_over")
    assert refused(signed_in) == (401, "sign_in_code_refused")


def test_a_late_reset_takes_no_newer_second_factor(
    system: Client, administrator: User, sign_in: SignInAs, session: Session
) -> None:
    path, reset = f"/v1/users/{administrator.id}/second-factor/reset", new_id()
    kept = session.scalars(select(SecondFactor)).one()
    row = {column.name: getattr(kept, column.name) for column in SecondFactor.__table__.columns}
    system.step(path, step_id=reset)
    session.expire_all()
    session.add(SecondFactor(**row))  # as if enrolled again
    session.commit()

    late = system.step(path, step_id=reset)

    assert late.status_code == 200
    assert session.scalars(select(SecondFactor.id)).one() == row["id"]
    assert refused(sign_in(totp=code())) == (201, "")


def test_a_name_is_good_for_one_step(system: Client, be: Become, user: User) -> None:
    path, name = f"/v1/users/{user.id}", new_id()
    system.step(f"{path}/disable", {"note": "离职"}, name)

    others: list[Answer] = [
        system.step(f"{path}/disable", {"note": "另有原因"}, name),
        system.step(f"{path}/enable", step_id=name),
        system.step(f"/v1/users/{person('clerk').user_id}/disable", {"note": "离职"}, name),
    ]

    assert [refused(answer) for answer in others] == [(409, "other_content")] * 3
    assert refused(be("far_system").step(f"{path}/disable", {"note": "离职"}, name)) == (404, "not_found")
    assert system.get(f"/v1/users/{user.id}").json["disabled_at"] is not None


def test_each_step_is_kept_with_who_when_and_why(system: Client, user: User, session: Session) -> None:
    path = f"/v1/users/{user.id}"
    system.step(f"{path}/disable", {"note": "离职"})
    system.step(f"{path}/enable", {"note": "回来了"})
    query = select(AccountEvent).where(AccountEvent.user_id == user.id).order_by(AccountEvent.at)

    kept = [(one.step.value, one.actor_id, one.note) for one in session.scalars(query)]

    by = person("system").user_id
    assert kept == [("disable", by, "离职"), ("enable", by, "回来了")]
