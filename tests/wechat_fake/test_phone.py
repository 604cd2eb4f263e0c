"""getPhoneNumber as the platform's page describes it (F4)."""

import pytest

from tests.fakes.wechat.control import H5_APPID, MINI_APPID, WeChatFake
from tests.wechat_fake.plain import PHONE, post, token

NOON = 1_790_000_000


def ask(wechat: WeChatFake, code: object, **more: object) -> dict[str, object]:
    found: dict[str, object] = post(wechat, PHONE, {"code": code} | more, access_token=token(wechat))
    return found


def test_a_code_gives_the_number(wechat: WeChatFake) -> None:
    person = wechat.user("王芳", phone="13800000001")
    wechat.set_clock(NOON)

    assert ask(wechat, wechat.phone_code(person), openid=person.openid) == {
        "errcode": 0,
        "errmsg": "ok",
        "phone_info": {
            "phoneNumber": "13800000001",
            "purePhoneNumber": "13800000001",
            "countryCode": "86",
            "watermark": {"timestamp": NOON, "appid": MINI_APPID},
        },
    }


def test_a_code_works_once_and_five_minutes(wechat: WeChatFake) -> None:
    wechat.user("王芳", phone="13800000001")
    wechat.set_clock(NOON)
    used, late = wechat.phone_code("王芳"), wechat.phone_code("王芳")
    ask(wechat, used)

    assert ask(wechat, used)["errcode"] == 40163
    wechat.advance(301)
    assert ask(wechat, late)["errcode"] == 40029


def test_codes_of_another_app_kind_or_person(wechat: WeChatFake) -> None:
    person = wechat.user("王芳", phone="13800000001")
    other = wechat.user("李强", phone="13800000002")
    code = wechat.phone_code(person)

    assert ask(wechat, wechat.phone_code(person, H5_APPID))["errcode"] == 40013
    assert ask(wechat, wechat.login_code(person))["errcode"] == 40029
    assert ask(wechat, code, openid=other.openid)["errcode"] == 40003
    assert ask(wechat, code, openid="oNobody")["errcode"] == 40003
    assert ask(wechat, code, openid=person.openid)["errcode"] == 0


@pytest.mark.parametrize("code", [None, "", 7])
def test_no_code(wechat: WeChatFake, code: object) -> None:
    assert ask(wechat, code)["errcode"] == 40029


def test_the_country_code_may_be_a_number(wechat: WeChatFake) -> None:
    wechat.user("王芳", phone="13800000001")
    wechat.habit(country_code_as="int", errcode_on_success="absent")

    answer = post(wechat, PHONE, {"code": wechat.phone_code("王芳")}, access_token=token(wechat))

    assert answer["phone_info"]["countryCode"] == 86
    assert "errcode" not in answer


def test_a_number_from_abroad(wechat: WeChatFake) -> None:
    wechat.user("王芳", phone="51234567", country_code="852")

    answer = post(wechat, PHONE, {"code": wechat.phone_code("王芳")}, access_token=token(wechat))

    info = answer["phone_info"]
    assert (info["phoneNumber"], info["purePhoneNumber"], info["countryCode"]) == (
        "+85251234567",
        "51234567",
        "852",
    )


def test_a_strange_watermark(wechat: WeChatFake) -> None:
    wechat.user("王芳", phone="13800000001")
    wechat.habit(watermark_appid="wxsomebodyelse")

    answer = post(wechat, PHONE, {"code": wechat.phone_code("王芳")}, access_token=token(wechat))

    assert answer["phone_info"]["watermark"]["appid"] == "wxsomebodyelse"
