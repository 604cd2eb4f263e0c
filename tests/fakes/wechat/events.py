"""What the platform tells an app about its people, and how that looks in JSON and XML."""

import json
from typing import Any
from xml.sax.saxutils import escape

from tests.fakes.wechat.accounts import App, User
from tests.fakes.wechat.world import World

WRAPPED = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
    "subscribe_msg_sent_event": "SubscribeMsgSentEvent",
}
"""Events with a list, and the element that stands around it in XML."""
BARE = {"CreateTime", "MsgID", "ErrorCode"}
"""Numbers in XML; in JSON they are text or numbers, as the habit is."""
PRIVACY = {"user_authorization_revoke", "user_authorization_cancellation", "user_info_modified"}
Event = dict[str, Any]


def popup_event(world: World, app: App, user: User, answers: dict[str, str]) -> Event:
    """Tell what a person answered (``accept``, ``reject``, ``ban``) for each template asked."""
    asked = [
        {"TemplateId": template, "SubscribeStatusString": answer, "PopupScene": "0"}
        for template, answer in answers.items()
    ]
    return _event(world, app, user, "subscribe_msg_popup_event", List=asked)


def change_event(world: World, app: App, user: User, template_id: str) -> Event:
    """Tell that a person turned a template off in the settings."""
    off = [{"TemplateId": template_id, "SubscribeStatusString": "reject"}]
    return _event(world, app, user, "subscribe_msg_change_event", List=off)


def sent_event(world: World, app: App, user: User, template_id: str, message_id: str) -> Event:
    """Tell what became of a message."""
    delivered = user.delivery == "success"
    what = {
        "TemplateId": template_id,
        "MsgID": message_id,
        "ErrorCode": 0 if delivered else 43101,
        "ErrorStatus": user.delivery,
    }
    return _event(world, app, user, "subscribe_msg_sent_event", List=[what])


def privacy_event(world: World, app: App, user: User, name: str, info: str) -> Event:
    """Tell that a person took an authorisation back, closed the account, or had its data cleaned."""
    ids = {"OpenID": user.openid(app), "AppID": app.appid}
    return _event(world, app, user, name, **ids, RevokeInfo=info, PluginID="", OpenPID="")


def rendered(world: World, event: Event, form: str) -> str:
    """Write an event as ``json`` or ``xml``."""
    return as_json(event, numbers_as_text=world.habits.numbers_as_text) if form == "json" else as_xml(event)


def as_json(event: Event, *, numbers_as_text: bool) -> str:
    """Write an event as JSON: a list of one is sent as that one."""
    listed = event.get("List")
    shown = dict(event)
    if listed is not None:
        rows = [_numbers(row, as_text=numbers_as_text) for row in listed]
        shown = _numbers(shown, as_text=numbers_as_text) | {"List": rows[0] if len(rows) == 1 else rows}
    return json.dumps(shown, ensure_ascii=False)


def as_xml(event: Event) -> str:
    """Write an event as XML: a list stands in an element of the event's own."""
    lines = [_element(name, value) for name, value in event.items() if name != "List"]
    wrapper = WRAPPED.get(event.get("Event", ""))
    if wrapper is not None:
        rows = [
            f"<List>{''.join(_element(name, value) for name, value in row.items())}</List>"
            for row in event["List"]
        ]
        lines.append(f"<{wrapper}>{''.join(rows)}</{wrapper}>")
    return "<xml>\n" + "\n".join(lines) + "\n</xml>"


def _event(world: World, app: App, user: User, name: str, **more: Any) -> Event:
    return {
        "ToUserName": app.original_id,
        "FromUserName": user.openid(app),
        "CreateTime": int(world.clock.now()),
        "MsgType": "event",
        "Event": name,
        **more,
    }


def _numbers(row: dict[str, Any], *, as_text: bool) -> dict[str, Any]:
    return {name: str(value) if as_text and name in BARE else value for name, value in row.items()}


def _element(name: str, value: Any) -> str:
    inside = escape(str(value)) if name in BARE else f"<![CDATA[{_whole(str(value))}]]>"
    return f"<{name}>{inside}</{name}>"


def _whole(text: str) -> str:
    return text.replace("]]>", "]]]]><![CDATA[>")
