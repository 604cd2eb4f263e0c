"""The settings that make the fake's WeChat ours."""

from app.config import WeChatSettings
from tests.fakes.wechat.accounts import H5_APPID, H5_SECRET, MINI_APPID, MINI_SECRET

TEMPLATE_ID = "template-of-hazards-assigned"
SECRET_KEY = "a key for tests only, of 32 signs or more"
HOSTS = ("gongdi.example.cn",)


def settings_for(url: str, **changes: object) -> WeChatSettings:
    given: dict[str, object] = {
        "base_url": url,
        "login_url": url,
        "appid": MINI_APPID,
        "secret": MINI_SECRET,
        "web_appid": H5_APPID,
        "web_secret": H5_SECRET,
        "callback_token": "AAAAA",
        "callback_keys": ("A" * 43,),
        "templates": (("hazard_assigned", TEMPLATE_ID),),
    }
    return WeChatSettings(**given | changes)  # type: ignore[arg-type]
