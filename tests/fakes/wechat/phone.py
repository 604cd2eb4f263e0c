"""getPhoneNumber: a phone code against the number a person has given WeChat."""

from typing import Any

from tests.fakes.wechat.call import Call
from tests.fakes.wechat.endpoint import Endpoint, authorised, words
from tests.fakes.wechat.refusals import Refusal
from tests.fakes.wechat.world import World

HOME = "86"


def phone_number(world: World, call: Call) -> dict[str, Any]:
    """Answer with the number; its country code is text or a number, as the habit is."""
    app = authorised(world, call)
    given = call.json()
    if not isinstance(given.get("code"), str) or not given["code"]:
        raise Refusal(40029)
    if "openid" in given:
        owner = world.user_of(app, given["openid"])
        code = world.codes.spend(given["code"], "phone", app, other_app=40013, owner=owner)
    else:
        code = world.codes.spend(given["code"], "phone", app, other_app=40013)
    user = code.user
    abroad = user.country_code != HOME
    return {
        "phone_info": {
            "phoneNumber": f"+{user.country_code}{user.phone}" if abroad else user.phone,
            "purePhoneNumber": user.phone,
            "countryCode": int(user.country_code)
            if world.habits.country_code_as == "int"
            else user.country_code,
            "watermark": {
                "timestamp": int(world.clock.now()),
                "appid": world.habits.watermark_appid or app.appid,
            },
        }
    }


ENDPOINTS = (
    Endpoint(
        "POST",
        "/wxa/business/getuserphonenumber",
        phone_number,
        query=words("access_token"),
        body=words("code openid"),
    ),
)
