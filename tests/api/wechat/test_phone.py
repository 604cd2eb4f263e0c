"""The phone number that WeChat vouches for, and linking WeChat to an account that is there."""

from collections.abc import Callable

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app.identity import phone_of, sealed_phone
from app.models import SignIn, User, WeChatLink
from tests.api.wechat.conftest import SESSIONS, refused
from tests.breaking import break_sealed
from tests.cast import person
from tests.client import Client
from tests.fakes.wechat.control import Person, WeChatFake
from tests.sealer import SEALER

LOGIN, PHONE = "/sns/jscode2session", "/wxa/business/getuserphonenumber"
REFRESH = "/v1/sessions/refresh"
PATH, LINK = "/v1/me/phone/wechat", "/v1/me/wechat"
SignedIn = Callable[[Person], Client]


def user_of(session: Session, client: Client) -> User:
    assert client.person is not None
    return session.get_one(User, client.person.user_id, populate_existing=True)


def test_the_phone_is_kept_sealed_and_shown_masked(
    signed_in: SignedIn, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-53: the code goes to WeChat with the caller's openid; again is no change."""
    client = signed_in(lan)

    first = client.post(PATH, json={"code": wechat.phone_code(lan)})
    again = client.post(PATH, json={"code": wechat.phone_code(lan)})

    assert (
        (first.status_code, first.json) == (again.status_code, again.json) == (200, {"phone": "139******01"})
    )
    assert [entry.body["openid"] for entry in wechat.journal(PHONE)] == [lan.openid] * 2
    user = user_of(session, client)
    assert phone_of(SEALER, user) == "13900000001"
    assert user.phone_vouched_at is not None


def test_a_foreign_watermark_is_refused(
    signed_in: SignedIn, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-53: foreign watermark 422, and nothing is kept."""
    client = signed_in(lan)
    wechat.habit(watermark_appid="wx00000000deadbeef")

    assert refused(client.post(PATH, json={"code": wechat.phone_code(lan)})) == (422, "wechat_phone_foreign")
    assert user_of(session, client).phone_index is None


def test_tokens_that_stay_refused_are_said_in_words_and_told_the_operator_once(
    signed_in: SignedIn, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-47: sticky 40001: at most two token and two API calls, a typed 503, and one error in the log."""
    client, code = signed_in(lan), wechat.phone_code(lan)
    wechat.sticky_40001()
    wechat.clear_journal()

    with capture_logs() as lines:
        answer = client.post(PATH, json={"code": code})

    assert (refused(answer), answer.headers["Retry-After"]) == ((503, "wechat_away"), "5")
    assert max(wechat.calls("/cgi-bin/stable_token"), wechat.calls(PHONE)) <= 2
    told = [line for line in lines if line["log_level"] == "error"]
    assert [(line["event"], line["call"], line["errcode"]) for line in told] == [
        ("wechat_token", PHONE, 40001)
    ]
    assert user_of(session, client).phone_index is None


def test_a_phone_of_another_account_is_refused(
    signed_in: SignedIn, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-53: a phone owned by another account is refused, with the remedy, and moves nowhere."""
    owner = session.get_one(User, person("worker").user_id)
    for name, value in sealed_phone(SEALER, owner.id, "13900000001").items():
        setattr(owner, name, value)
    session.commit()
    client = signed_in(lan)

    answer = client.post(PATH, json={"code": wechat.phone_code(lan)})

    assert refused(answer) == (409, "phone_taken")
    assert "用原来的账号登录，再绑定微信" in answer.json["title"]
    assert user_of(session, client).phone_index is None


def test_codes_of_others_and_numbers_abroad(signed_in: SignedIn, wechat: WeChatFake, lan: Person) -> None:
    client = signed_in(lan)
    other = wechat.user("other", phone="13900000002")
    abroad = wechat.user("abroad", phone="912345678", country_code="886")

    answers = [
        client.post(PATH, json={"code": wechat.phone_code(other)}),
        client.post(PATH, json={"code": wechat.login_code(lan)}),
        signed_in(abroad).post(PATH, json={"code": wechat.phone_code(abroad)}),
    ]

    assert [refused(answer) for answer in answers] == [
        (422, "wechat_phone_code"),
        (422, "wechat_phone_code"),
        (422, "phone_abroad"),
    ]


def test_without_a_link_wechat_vouches_for_nothing(
    be_there: Callable[[str], Client], wechat: WeChatFake, lan: Person
) -> None:
    answer = be_there("worker").post(PATH, json={"code": wechat.phone_code(lan)})

    assert refused(answer) == (409, "wechat_not_linked")
    assert wechat.calls(PHONE) == 0


def test_another_phone_asks_for_a_fresh_proof(
    signed_in: SignedIn, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-14, S-53: a session that WeChat opened by itself cannot change the phone of an account."""
    client = signed_in(lan)
    user = user_of(session, client)
    for name, value in sealed_phone(SEALER, user.id, "13900000009").items():
        setattr(user, name, value)
    session.commit()

    answer = client.post(PATH, json={"code": wechat.phone_code(lan)})

    assert refused(answer) == (403, "reauth_required")
    assert phone_of(SEALER, user_of(session, client)) == "13900000009"


def test_one_that_does_not_open_any_more_is_mended(
    signed_in: SignedIn, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-109: the same number needs no proof, since it is found by its index; another needs one as before."""
    client, body = signed_in(lan), {"code": wechat.phone_code(lan)}
    assert client.post(PATH, json=body).status_code == 200
    break_sealed(session, "users", "phone_sealed")

    again = client.post(PATH, json={"code": wechat.phone_code(lan)})
    mended = phone_of(SEALER, user_of(session, client))
    session.execute(update(User).values(phone_index=None).where(User.phone_index.is_not(None)))
    break_sealed(session, "users", "phone_sealed")
    unknown = client.post(PATH, json={"code": wechat.phone_code(lan)})

    assert ((again.status_code, again.json), mended) == ((200, {"phone": "139******01"}), "13900000001")
    assert refused(unknown) == (403, "reauth_required")


def test_staff_link_their_wechat_and_come_by_it(
    signed_in: SignedIn, be_there: Callable[[str], Client], session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-53: the explicit way to join: sign in to the account that is there, and link WeChat to it."""
    empty = signed_in(lan)

    linked = [be_there("worker").post(LINK, json={"code": wechat.login_code(lan)}) for _ in range(2)]

    assert [answer.status_code for answer in linked] == [204, 204]
    assert empty.get("/v1/me").status_code == 401, "the empty account is given up"
    assert signed_in(lan).get("/v1/me").json["user_id"] == str(person("worker").user_id)
    open_links = session.scalars(select(WeChatLink).where(WeChatLink.ended_at.is_(None))).all()
    assert [link.user_id for link in open_links] == [person("worker").user_id]


def test_an_account_with_a_phone_is_not_given_up(
    signed_in: SignedIn, be_there: Callable[[str], Client], wechat: WeChatFake, lan: Person
) -> None:
    other = signed_in(lan)
    assert other.post(PATH, json={"code": wechat.phone_code(lan)}).status_code == 200

    answer = be_there("worker").post(LINK, json={"code": wechat.login_code(lan)})

    assert refused(answer) == (409, "wechat_taken")
    assert other.get("/v1/me").status_code == 200


def test_another_wechat_takes_the_place_of_the_first(
    signed_in: SignedIn, be_there: Callable[[str], Client], session: Session, wechat: WeChatFake, lan: Person
) -> None:
    new = wechat.user("new phone")
    for who in (lan, new):
        assert be_there("worker").post(LINK, json={"code": wechat.login_code(who)}).status_code == 204

    assert signed_in(new).get("/v1/me").json["user_id"] == str(person("worker").user_id)
    assert signed_in(lan).get("/v1/me").json["user_id"] != str(person("worker").user_id)
    ended = session.scalars(select(WeChatLink).where(WeChatLink.ended_at.is_not(None))).one()
    assert (ended.openid_sealed, ended.openid_index, ended.unionid_index) == (None, None, None)


def test_another_wechat_signs_out_the_lost_phone(
    signed_in: SignedIn, be_there: Callable[[str], Client], phone: Client, wechat: WeChatFake, lan: Person
) -> None:
    """S-12: what the first WeChat opened ends, and does not go on; the session that links stays."""
    new, here = wechat.user("new phone"), be_there("worker")
    assert here.post(LINK, json={"code": wechat.login_code(lan)}).status_code == 204
    lost = phone.post(SESSIONS, json={"code": wechat.login_code(lan)}).json
    old = signed_in(lan)

    again = here.post(LINK, json={"code": wechat.login_code(lan)})
    assert (again.status_code, old.get("/v1/me").status_code) == (204, 200), "the same WeChat changes nothing"
    assert here.post(LINK, json={"code": wechat.login_code(new)}).status_code == 204

    gone = phone.post(REFRESH, json={"refresh_token": lost["refresh_token"]})
    assert refused(gone) == (401, "refresh_over")
    assert (old.get("/v1/me").status_code, here.get("/v1/me").status_code) == (401, 200)


def test_linking_asks_for_a_fresh_proof(
    be_there: Callable[[str], Client], session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-14: a new way into an account is a sensitive change."""
    for opened in session.scalars(select(SignIn).where(SignIn.user_id == person("worker").user_id)):
        opened.checked_at = None
    session.commit()

    answer = be_there("worker").post(LINK, json={"code": wechat.login_code(lan)})

    assert refused(answer) == (403, "reauth_required")
    assert wechat.calls(LOGIN) == 0


def test_what_is_no_code_is_refused_unasked(signed_in: SignedIn, wechat: WeChatFake, lan: Person) -> None:
    client = signed_in(lan)
    answers = [client.post(PATH, json=body) for body in ({}, {"code": ""}, {"code": "x", "phone": "1"})]

    assert [refused(answer) for answer in answers] == [(422, "invalid")] * 3
    assert refused(client.post(PATH, json={"code": "有 空格"})) == (422, "wechat_phone_code")
    assert wechat.calls(PHONE) == 0
