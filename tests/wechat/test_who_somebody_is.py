"""Sign-in codes and phone numbers."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from app.adapters.wechat import (
    CodeRefusedError,
    ForeignPhoneError,
    RiskScene,
    UserBlockedError,
    WeChat,
    WeChatBusyError,
    WeChatConfigurationError,
    WeChatError,
    WeChatIdentity,
    WeChatQuotaError,
    WeChatUserError,
)
from tests.fakes.wechat.control import H5_APPID, Person, WeChatFake
from tests.wechat.conftest import Open

LOGIN = "/sns/jscode2session"
PHONE = "/wxa/business/getuserphonenumber"
RISK = "/wxa/getuserriskrank"


def test_a_code_says_who_it_is(client: WeChat, fake: WeChatFake, lan: Person) -> None:
    """S-44: one upstream call per login."""
    identity = client.mini.code2session(fake.login_code(lan))

    assert identity == WeChatIdentity(lan.openid, lan.unionid)
    assert fake.calls(LOGIN) == 1
    assert fake.flags() == []


@pytest.mark.parametrize("errcode", ["zero", "absent", "documented"])
def test_errcode_may_be_absent_and_so_may_the_unionid(client: WeChat, fake: WeChatFake, errcode: str) -> None:
    fake.habit(errcode_on_success=errcode)
    lone = fake.user("lone", has_unionid=False)

    assert client.mini.code2session(fake.login_code(lone)) == WeChatIdentity(lone.openid, None)


def test_wrong_late_and_used_codes_are_one_refusal(client: WeChat, fake: WeChatFake, lan: Person) -> None:
    """S-44: 40029 and 40163 map to one error, and a code is sent once, whatever comes back."""
    used = fake.login_code(lan)
    client.mini.code2session(used)
    late = fake.login_code(lan)
    fake.advance(301)
    fake.clear_journal()
    answered = []
    for code in ("0unknown", fake.login_code(lan, H5_APPID), late, used):
        with pytest.raises(CodeRefusedError) as caught:
            client.mini.code2session(code)
        answered.append(caught.value.errcode)

    assert answered == [40029, 40029, 40029, 40029]
    assert fake.calls(LOGIN) == 4

    fresh = fake.login_code(lan)
    client.mini.code2session(fresh)
    with pytest.raises(CodeRefusedError) as caught:
        client.mini.code2session(fresh)
    assert caught.value.errcode == 40163


@pytest.mark.parametrize("kind", ["busy", "lost", "truncated", "html_502", "empty", "refuse"])
def test_no_fault_sends_a_code_again(client: WeChat, fake: WeChatFake, lan: Person, kind: str) -> None:
    """S-44: never retries a code: whether WeChat has used it up is unknown."""
    fake.fault(LOGIN, kind)
    with pytest.raises(WeChatError):
        client.mini.code2session(fake.login_code(lan))

    assert fake.calls(LOGIN) == 1


@pytest.mark.parametrize("code", ["", "with space", "码", "a\n", "x" * 513, "a&secret=b\0"])
def test_what_cannot_be_a_code_is_not_sent(client: WeChat, fake: WeChatFake, code: str) -> None:
    with pytest.raises(CodeRefusedError):
        client.mini.code2session(code)
    assert client.web is not None
    with pytest.raises(CodeRefusedError):
        client.web.exchange(code)
    with pytest.raises(CodeRefusedError):
        client.mini.phone_number(code, "o" * 28)

    assert fake.journal() == []


def test_two_phones_with_one_code(open_client: Open, fake: WeChatFake, lan: Person) -> None:
    """S-45: two devices posting the same code at once: one identity, one clean refusal."""
    code = fake.login_code(lan)

    def outcome(client: WeChat) -> str:
        try:
            return client.mini.code2session(code).openid
        except CodeRefusedError as error:
            return f"refused {error.errcode}"

    with ThreadPoolExecutor(2) as both:
        found = sorted(both.map(outcome, [open_client(), open_client()]))

    assert found == [lan.openid, "refused 40163"]


def test_a_blocked_person_and_a_wrong_secret_are_told_apart(
    client: WeChat, open_client: Open, fake: WeChatFake
) -> None:
    risky = fake.user("risky", blocked=True)
    with pytest.raises(UserBlockedError) as blocked:
        client.mini.code2session(fake.login_code(risky))
    with pytest.raises(WeChatConfigurationError) as wrong:
        open_client(secret="0" * 32).mini.code2session(fake.login_code(risky))
    with pytest.raises(WeChatConfigurationError) as unknown:
        open_client(appid="wx0000").mini.code2session(fake.login_code(risky))

    assert (blocked.value.errcode, wrong.value.errcode, unknown.value.errcode) == (40226, 40125, 40013)
    assert blocked.value.rid
    assert isinstance(blocked.value, WeChatUserError)


@pytest.mark.parametrize(
    "errcode, least_s, most_s", [(45011, 60, 60), (44991, 60, 60), (45009, 1, 24 * 60 * 60 + 1)]
)
def test_limits_say_when_to_come_again(
    client: WeChat, fake: WeChatFake, lan: Person, errcode: int, least_s: int, most_s: int
) -> None:
    fake.fault(LOGIN, "errcode", errcode=errcode)
    with pytest.raises(WeChatQuotaError) as caught:
        client.mini.code2session(fake.login_code(lan))

    assert caught.value.retry_after_s is not None
    assert least_s <= caught.value.retry_after_s <= most_s


def test_the_session_key_is_nowhere(
    client: WeChat, fake: WeChatFake, lan: Person, store: redis.Redis, caplog: pytest.LogCaptureFixture
) -> None:
    """S-54: session_key is neither returned, nor stored, nor logged by the client."""
    caplog.set_level("DEBUG")
    identity = client.mini.code2session(fake.login_code(lan))

    assert {name for name in dir(identity) if not name.startswith("_")} == {"openid", "unionid"}
    assert list(store.scan_iter("wechat:*")) == []
    assert "session_key" not in caplog.text


def test_a_phone_number_is_asked_for_with_the_openid(client: WeChat, fake: WeChatFake, lan: Person) -> None:
    """S-53: phone binding sends openid with the code."""
    phone = client.mini.phone_number(fake.phone_code(lan), lan.openid)

    assert (phone.number, phone.country_code) == ("13900000001", "86")
    asked = fake.journal(PHONE)
    assert [entry.body["openid"] for entry in asked] == [lan.openid]
    assert fake.flags() == []


def test_the_countrys_code_may_be_a_number(client: WeChat, fake: WeChatFake) -> None:
    fake.habit(country_code_as="int")
    far = fake.user("far", phone="912345678", country_code="886")

    phone = client.mini.phone_number(fake.phone_code(far), far.openid)

    assert (phone.number, phone.country_code) == ("912345678", "886")


def test_a_foreign_watermark_is_refused(client: WeChat, fake: WeChatFake, lan: Person) -> None:
    """S-53: checks watermark.appid."""
    fake.habit(watermark_appid="wx00000000deadbeef")

    with pytest.raises(ForeignPhoneError):
        client.mini.phone_number(fake.phone_code(lan), lan.openid)


def test_phone_codes_of_others_and_of_another_kind_are_refused(
    client: WeChat, fake: WeChatFake, lan: Person
) -> None:
    """S-53: a code that another person's phone gave brings no number, and is not sent twice."""
    other = fake.user("other", phone="13900000002")
    with pytest.raises(WeChatUserError):
        client.mini.phone_number(fake.phone_code(other), lan.openid)
    with pytest.raises(CodeRefusedError):
        client.mini.phone_number(fake.login_code(lan), lan.openid)
    fake.fault(PHONE, "busy")
    with pytest.raises(WeChatBusyError):
        client.mini.phone_number(fake.phone_code(lan), lan.openid)

    assert fake.calls(PHONE) == 3


def test_phones_and_identities_do_not_show_in_print(client: WeChat, fake: WeChatFake, lan: Person) -> None:
    identity = client.mini.code2session(fake.login_code(lan))
    phone = client.mini.phone_number(fake.phone_code(lan), lan.openid)

    shown = f"{identity} {phone}"
    assert not [text for text in (lan.openid, lan.unionid, "13900000001") if text and text in shown]


def test_how_risky_somebody_is(client: WeChat, fake: WeChatFake) -> None:
    risky = fake.user("risky", risk_rank=3)
    fake.visit(risky)

    assert client.mini.risk_rank(risky.openid, RiskScene.BONUS, client_ip="203.0.113.7") == 3
    assert fake.flags() == []


def test_somebody_who_has_not_come_lately_has_no_rank(client: WeChat, fake: WeChatFake, lan: Person) -> None:
    fake.fault(RISK, "errcode", errcode=61010)

    with pytest.raises(WeChatUserError) as caught:
        client.mini.risk_rank(lan.openid, RiskScene.BONUS, client_ip="203.0.113.7")
    assert caught.value.errcode == 61010
