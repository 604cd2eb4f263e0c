"""Passwords: the rules of both profiles, what is refused, what a change ends."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.config import PasswordProfile, Settings
from app.errors import DomainError
from app.identity import is_easy, let_in, matches, set_password
from app.models import User
from tests.api.sign_in.conftest import HASH, PASSWORD, SignInAs, code, grant, refused
from tests.breaking import break_sealed
from tests.client import Client
from tests.cpu import least_cpu_s
from tests.sealer import SEALER

WithToken = Callable[[str], Client]
GOOD, BETTER = "Kiesel 7 Fjordlampe", "Zweig&41 Moorhuhn tropft"
MLPS, ASVS = PasswordProfile.MLPS, PasswordProfile.ASVS


def said(session: Session, user: User, profile: PasswordProfile, password: str) -> str:
    """Set a password and give the code of the refusal, or nothing."""
    try:
        set_password(session, SEALER, profile, user, password)
    except DomainError as error:
        return error.code
    return ""


@pytest.mark.parametrize(
    "profile, password, code_",
    [
        (MLPS, "Kf7Lampe&Zq", "password_short"),
        (MLPS, "Kf7Lampe&Zqx", ""),
        (MLPS, "fjordlampentropfen", "password_plain"),
        (MLPS, "fjordlampe 7 tropft", ""),
        (MLPS, ("月亮照在通羊河上 风吹过竹林 老人记得回家的路 " * 3)[:64], ""),
        (ASVS, "Kf7Lampe&Zqxfj", "password_short"),
        (ASVS, "kieselfjordlamp", ""),
    ],
)
def test_the_rules_of_both_profiles(
    session: Session, user: User, profile: PasswordProfile, password: str, code_: str
) -> None:
    """S-1: twelve signs of three kinds, or fifteen of any; a long phrase in Chinese is welcome."""
    assert said(session, user, profile, password) == code_


@pytest.mark.parametrize(
    "password",
    [
        "Password1234!",
        "P@ssw0rd2026!!",
        "Admin@123456",
        "Qwerty123456!",
        "1qaz2wsx3EDC",
        "1qaz@WSX3edc",
        "Qwertyuiop123",
        "Abcdefg12345!",
        "Woaini1314520!",
        "Zhongguo2026!",
        "Welcome@2025!",
        "Abc123Abc123Abc",
        "Aa1!Aa1!Aa1!",
        "Huawei@123456",
        "Gongdi@2026admin",
        "共缔Gongdi2026",
        "家园社区Abc1234!",
        "赵六zhaoliu888!",
        "Zl13900001111!",
        "Iloveyou520!!",
        "Administrator1!",
        "Xianning@20261124",
        "Jennifer1234!",
        "Liverpool123!",
        "Office@123456",
        "Chocolate123!",
    ],
)
def test_what_attackers_try_first_is_refused(signed_in: Client, password: str) -> None:
    """S-2: common words, walks over the keyboard, dates, the place, the product, name and phone: 422."""
    sent = {"old_password": PASSWORD, "new_password": password}
    answer = signed_in.post("/v1/me/password", json=sent)

    assert answer.status_code == 422
    assert answer.json["code"] == "password_easy"
    assert list(answer.json["errors"]) == ["new_password"]


def test_a_phone_that_does_not_open_keeps_no_password_away(session: Session, user: User) -> None:
    """S-108: what else is known of him is refused all the same."""
    break_sealed(session, "users", "phone_sealed")

    assert said(session, user, MLPS, "赵六zhaoliu888!") == "password_easy"
    assert said(session, user, MLPS, GOOD) == ""


def test_good_passwords_are_not_easy() -> None:
    assert not [
        one for one in (GOOD, BETTER, PASSWORD, "purple elephant dancing quietly") if is_easy(one, ["赵六"])
    ]


def test_a_password_that_grows_in_folding_is_judged_as_fast_as_any() -> None:
    """S-124: U+FDFA is read as 18 signs, and the search for known pieces takes longer with each."""
    long = is_easy_s("\N{CYRILLIC SMALL LETTER ZHE}b7" * 60 + "qwertz uiop zxcvbn")

    assert is_easy_s("\ufdfa" * 200) < 5 * long


def is_easy_s(password: str) -> float:
    return least_cpu_s(lambda: is_easy(password))


def test_the_last_five_do_not_come_again(session: Session, user: User) -> None:
    """S-3: the fifth last is refused, the sixth last is free again; the other profile does not ask."""
    used = [f"{GOOD} {word}" for word in ("Amsel", "Birke", "Dachs", "Eiche", "Fink", "Gans")]
    for one in used:
        assert said(session, user, MLPS, one) == ""

    assert [said(session, user, MLPS, one) for one in reversed(used[1:])] == ["password_reused"] * 5
    assert said(session, user, ASVS, used[5]) == ""
    assert said(session, user, MLPS, used[0]) == ""


def test_staff_change_their_password_after_ninety_days(
    sign_in: SignInAs, user: User, session: Session, with_token: WithToken, settings: Settings
) -> None:
    """S-3, S-12: on day 91 the right password opens nothing but its own change, which ends what was open."""
    grant(session, user.id)
    start = clock.now()
    with clock.set_to(start + timedelta(days=91, minutes=-10)):
        before = let_in(session, settings.sessions, user)
        session.commit()
    with clock.set_to(start + timedelta(days=89)):
        assert refused(sign_in()) == (201, "")
    with clock.set_to(start + timedelta(days=91)):
        assert refused(sign_in()) == (403, "password_expired")
        assert refused(sign_in(new_password=PASSWORD)) == (422, "password_plain")
        assert refused(sign_in(password=BETTER, new_password=GOOD)) == (401, "wrong_credentials")
        assert refused(with_token(before.token).get("/v1/me")) == (200, "")
        answer = sign_in(new_password=GOOD)
        assert refused(answer) == (201, "")
        assert refused(with_token(before.token).get("/v1/me")) == (401, "sign_in_needed")
        assert refused(with_token(answer.json["token"]).get("/v1/me")) == (200, "")
        assert refused(sign_in()) == (401, "wrong_credentials")
        assert refused(sign_in(password=GOOD)) == (201, "")


@pytest.mark.usefixtures("administrator")
def test_new_passwords_that_are_refused_shut_nobody_out(sign_in: SignInAs) -> None:
    """Whoever shows the right password and code is not guessing, however unfit the next password is."""
    with clock.set_to(clock.now() + timedelta(days=91)):
        now_code = code()
        for _ in range(6):
            assert refused(sign_in(new_password="short", totp=now_code)) == (422, "password_short")
            assert refused(sign_in()) == (403, "password_expired")
        assert refused(sign_in(new_password=GOOD, totp=now_code)) == (201, "")


@pytest.mark.usefixtures("user")
def test_a_residents_password_does_not_expire(sign_in: SignInAs) -> None:
    with clock.set_to(clock.now() + timedelta(days=400)):
        assert refused(sign_in()) == (201, "")


@pytest.mark.usefixtures("administrator")
def test_a_password_is_not_renewed_past_the_second_factor(sign_in: SignInAs) -> None:
    assert refused(sign_in(new_password=GOOD)) == (401, "wrong_credentials")
    assert refused(sign_in(new_password=GOOD, totp=code())) == (201, "")


def test_a_change_ends_the_other_sessions_and_their_refreshing(
    sign_in: SignInAs, signed_in: Client, with_token: WithToken, visitor: Client, user: User, session: Session
) -> None:
    """S-4, S-12: the new hash is Argon2id; what was open elsewhere is dead in the next request."""
    other = sign_in().json

    assert refused(
        signed_in.post("/v1/me/password", json={"old_password": GOOD, "new_password": BETTER})
    ) == (
        403,
        "wrong_password",
    )
    answer = signed_in.post("/v1/me/password", json={"old_password": PASSWORD, "new_password": GOOD})

    assert answer.status_code == 204
    assert refused(signed_in.get("/v1/me")) == (200, "")
    assert refused(with_token(other["token"]).get("/v1/me")) == (401, "sign_in_needed")
    again = visitor.post("/v1/sessions/refresh", json={"refresh_token": other["refresh_token"]})
    assert refused(again) == (401, "refresh_over")
    session.refresh(user)
    assert user.password_hash is not None
    assert user.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert matches(user.password_hash, GOOD)
    assert user.old_password_hashes == [HASH]
