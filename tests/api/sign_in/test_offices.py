"""Many people behind one address: whoever is right gets in, and whoever is wrong counts."""

from collections.abc import Callable
from contextlib import ExitStack

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import clock
from app.api.http.rates import TooManyRequestsError
from app.api.http.sign_in_tries import counted_by_address
from app.identity import WrongCredentialsError, sealed_phone
from app.ids import new_id
from app.models import User
from tests.api.sign_in.conftest import HASH, SignInAs, grant, refused
from tests.cast import HOME, LONG_AGO
from tests.client import Answer, Client
from tests.sealer import SEALER

WRONG = "猜一个密码猜一个密码"
BUSY, CLOSED = (429, "too_many_requests"), (429, "too_many_tries")


@pytest.fixture
def office(session: Session) -> list[str]:
    """Give the phones of forty colleagues, who have one password, so that making them takes no time."""
    phones = [f"139000022{n:02d}" for n in range(40)]
    for phone in phones:
        user_id = new_id()
        session.add(
            User(
                id=user_id,
                area_code=HOME,
                **sealed_phone(SEALER, user_id, phone),
                name="同事",
                password_hash=HASH,
                password_set_at=clock.now(),
                content_hash=b"",
                created_at=LONG_AGO,
            )
        )
    session.commit()
    return phones


@pytest.fixture
def refresh(visitor: Client, address: str) -> Callable[[str], Answer]:
    """Go on with a refresh token, at the same address as everybody."""
    at = {"REMOTE_ADDR": address}
    return lambda token: visitor.post(
        "/v1/sessions/refresh", json={"refresh_token": token}, environ_overrides=at
    )


def test_an_office_of_forty_gets_in_at_eight(
    office: list[str], sign_in: SignInAs, refresh: Callable[[str], Answer]
) -> None:
    """S-5, S-126: a right sign-in uses up nothing of its address, and neither does going on."""
    tokens = []
    for phone in office:
        answer = sign_in(phone=phone)
        assert refused(answer) == (201, "")
        tokens.append(answer.json["refresh_token"])

    for _ in range(2):
        answers = [refresh(token) for token in tokens]
        assert {refused(answer) for answer in answers} == {(201, "")}
        tokens = [answer.json["refresh_token"] for answer in answers]


def test_the_wrong_ones_among_them_count(office: list[str], sign_in: SignInAs) -> None:
    """S-5: right ones in between take nothing of it back."""
    answers = []
    for n, phone in enumerate(office[:19]):
        answers += [sign_in(phone=phone), sign_in(phone=f"1380000{n:04d}", password=WRONG)]
    assert [refused(answer)[0] for answer in answers] == [201, 401] * 19

    assert refused(sign_in(phone="13800009999", password=WRONG)) == (401, "wrong_credentials")
    assert refused(sign_in(phone=office[20])) == BUSY, "twenty wrong ones in a minute"


@pytest.mark.usefixtures("user")
def test_whoever_must_renew_his_password_was_right(
    sign_in: SignInAs, user: User, session: Session, office: list[str]
) -> None:
    """S-3, S-5: an office whose passwords end on one day does not close its address over the new ones."""
    for colleague in session.query(User).filter(User.area_code == HOME, User.password_hash == HASH):
        colleague.password_set_at = LONG_AGO
        grant(session, colleague.id)
    assert user.password_set_at == LONG_AGO

    expired = [refused(sign_in(phone=phone)) for phone in office[:15]]
    unfit = [refused(sign_in(phone=phone, new_password="x"))[1] for phone in office[:15]]

    assert set(expired) == {(403, "password_expired")}
    assert set(unfit) == {"password_short"}
    assert refused(sign_in(new_password="Kiesel 7 Fjordlampe")) == (201, "")


@pytest.mark.usefixtures("user")
def test_one_phone_signs_in_twenty_times_a_minute(sign_in: SignInAs, office: list[str]) -> None:
    """S-126: per user: each costs the processor a password, so nobody gets it free without end."""
    assert {sign_in(at=f"10.9.8.{n}").status_code for n in range(20)} == {201}

    answer = sign_in(at="10.9.8.200")

    assert refused(answer) == BUSY
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    assert refused(sign_in(phone=office[0])) == (201, ""), "another phone is not held back"


@pytest.mark.usefixtures("user")
def test_nobody_uses_up_the_right_sign_ins_of_another(sign_in: SignInAs, office: list[str]) -> None:
    """S-6: what is wrong does not count there, or a phone could be kept out by whoever knows it."""
    for n in range(25):
        assert refused(sign_in(at=f"10.9.7.{n}", phone=office[0], password=WRONG))[0] == 401

    answer = sign_in(at="10.9.7.200", phone=office[0])

    assert refused(answer) == (401, "wrong_credentials"), "closed for half an hour, and not told so"
    assert refused(sign_in(at="10.9.7.200")) == (201, "")


def test_one_person_goes_on_thirty_times_a_minute(
    user: User, sign_in: SignInAs, refresh: Callable[[str], Answer]
) -> None:
    """S-126: per user; what was one too many is not used up."""
    assert user.disabled_at is None
    token = sign_in().json["refresh_token"]
    for _ in range(30):
        token = refresh(token).json["refresh_token"]

    answer = refresh(token)

    assert refused(answer) == BUSY
    assert 0 < int(answer.headers["Retry-After"]) <= 61


def test_wrong_refreshes_count_against_their_address(refresh: Callable[[str], Answer]) -> None:
    """S-126: per IP."""
    assert {refused(refresh(f"no token {n}")) for n in range(60)} == {(401, "refresh_over")}
    assert refused(refresh("no token")) == BUSY


def test_an_office_sets_its_passwords_on_one_day(
    office: list[str], visitor: Client, be: Callable[[str], Client], session: Session, address: str
) -> None:
    """S-15, S-126: per IP: links that are right use up nothing of it, those that are none do."""
    system, at = be("system"), {"REMOTE_ADDR": address}

    def accept(token: str) -> tuple[int, str]:
        sent = {"token": token, "password": "Kiesel 7 Fjordlampe"}
        answer = visitor.post("/v1/invitations/accept", json=sent, environ_overrides=at)
        return answer.status_code, answer.json["code"] if answer.status_code >= 400 else ""

    tokens = []
    for user in session.query(User).filter(User.name == "同事").limit(25):
        user.password_hash = None
        session.commit()
        made = system.put(f"/v1/invitations/{new_id()}", json={"user_id": str(user.id)})
        tokens.append(made.json["token"])

    assert len(office) == 40
    assert [accept(token) for token in tokens] == [(204, "")] * 25
    assert [accept(f"no token {n}") for n in range(31)] == [(410, "invitation_over")] * 30 + [BUSY]


def test_forty_may_be_under_way_at_once_and_few_guesses_slip_through(app: Flask, address: str) -> None:
    """S-5: those whose end is not known yet are bounded, too; each gives its place back, however it ends."""
    with app.test_request_context(environ_overrides={"REMOTE_ADDR": address}):
        with ExitStack() as under_way:
            for _ in range(40):
                under_way.enter_context(counted_by_address())
            with pytest.raises(TooManyRequestsError) as error, counted_by_address():
                pytest.fail("one too many")
            assert error.value.data == {"retry_after_s": 1}
        for _ in range(30):
            with pytest.raises(WrongCredentialsError), counted_by_address():
                raise WrongCredentialsError
        with pytest.raises(Exception, match=CLOSED[1]), counted_by_address():
            pytest.fail("thirty failed")
