"""What the platform tells of people (F13, F20): in JSON and XML, plain and encrypted, in any order."""

import time
from collections.abc import Iterator

import pytest

from tests.fakes.wechat.control import MINI_APPID, Person, WeChatFake
from tests.wechat_fake.plain import post, token
from tests.wechat_fake.receiver import Receiver, decrypted, in_json, in_xml, listening

NOON = 1_790_000_000
KEY = "A" * 43


@pytest.fixture
def person(wechat: WeChatFake) -> Person:
    """Give a person and two templates, the clock standing at noon."""
    wechat.template("one", "thing1")
    wechat.template("two", "thing1")
    wechat.set_clock(NOON)
    return wechat.user("王芳")


@pytest.fixture
def app_server(wechat: WeChatFake) -> Iterator[Receiver]:
    """Give a server that the mini-program's pushes go to, in plain text."""
    with listening() as receiver:
        wechat.app(push={"url": receiver.url, "encrypted": False})
        yield receiver


def head(person: Person, event: str) -> dict[str, object]:
    return {
        "ToUserName": "gh_97417a04a28d",
        "FromUserName": person.openid,
        "CreateTime": str(NOON),
        "MsgType": "event",
        "Event": event,
    }


def answered(template: str, how: str) -> dict[str, str]:
    return {"TemplateId": template, "SubscribeStatusString": how, "PopupScene": "0"}


def test_a_list_of_one_is_that_one_and_numbers_are_text(
    wechat: WeChatFake, person: Person, app_server: Receiver
) -> None:
    wechat.accept(person, "one")
    wechat.deliver()

    assert in_json(app_server.got[0][1]) == head(person, "subscribe_msg_popup_event") | {
        "List": answered("one", "accept")
    }


def test_a_list_of_several_is_a_list(wechat: WeChatFake, person: Person, app_server: Receiver) -> None:
    wechat.popup(person, {"one": "accept", "two": "ban"})
    wechat.deliver()

    assert in_json(app_server.got[0][1])["List"] == [answered("one", "accept"), answered("two", "ban")]
    assert (wechat.left(person, "one"), wechat.left(person, "two")) == (1, 0)


def test_numbers_may_be_numbers(wechat: WeChatFake, person: Person, app_server: Receiver) -> None:
    wechat.habit(numbers_as_text=False)
    wechat.turn_off(person, "one")
    wechat.deliver()

    event = in_json(app_server.got[0][1])
    assert (event["CreateTime"], event["Event"]) == (NOON, "subscribe_msg_change_event")
    assert event["List"] == {"TemplateId": "one", "SubscribeStatusString": "reject"}


def test_the_same_in_xml(wechat: WeChatFake, person: Person, app_server: Receiver) -> None:
    wechat.popup(person, {"one": "accept", "two": "reject"})
    wechat.deliver(form="xml")

    root = in_xml(app_server.got[0][1])
    assert (root.tag, app_server.types) == ("xml", ["text/xml"])
    assert {each.tag: each.text for each in root if len(each) == 0} == head(
        person, "subscribe_msg_popup_event"
    )
    rows = root.findall("SubscribeMsgPopupEvent/List")
    assert [{each.tag: each.text for each in row} for row in rows] == [
        answered("one", "accept"),
        answered("two", "reject"),
    ]


def test_encrypted_xml(wechat: WeChatFake, person: Person, app_server: Receiver) -> None:
    wechat.revoke(person, 8)
    wechat.deliver(form="xml", encrypted=True)

    envelope = in_xml(app_server.got[0][1])
    _, message, appid = decrypted(envelope.findtext("Encrypt", ""), KEY)
    root = in_xml(message.decode())
    assert (appid, root.findtext("Event"), root.findtext("RevokeInfo")) == (
        MINI_APPID,
        "user_authorization_revoke",
        "8",
    )


def test_a_message_and_what_became_of_it(wechat: WeChatFake, person: Person, app_server: Receiver) -> None:
    wechat.accept(person, "one")
    wechat.deliver(send=False)
    body = {"touser": person.openid, "template_id": "one", "data": {"thing1": {"value": "好"}}}
    msgid = post(wechat, "/cgi-bin/message/subscribe/send", body, access_token=token(wechat))["msgid"]
    wechat.deliver()

    assert in_json(app_server.got[0][1]) == head(person, "subscribe_msg_sent_event") | {
        "List": {
            "TemplateId": "one",
            "MsgID": str(msgid),
            "ErrorCode": "0",
            "ErrorStatus": "success",
        }
    }


@pytest.mark.parametrize("info", [8, 13, 14])
def test_an_authorisation_taken_back(
    wechat: WeChatFake, person: Person, app_server: Receiver, info: int
) -> None:
    wechat.revoke(person, info)
    wechat.deliver()

    assert in_json(app_server.got[0][1]) == head(person, "user_authorization_revoke") | {
        "CreateTime": NOON,
        "OpenID": person.openid,
        "AppID": MINI_APPID,
        "RevokeInfo": str(info),
        "PluginID": "",
        "OpenPID": "",
    }


def test_a_closed_account_gets_nothing_more(wechat: WeChatFake, person: Person, app_server: Receiver) -> None:
    wechat.accept(person, "one")
    wechat.close_account(person)
    wechat.deliver()

    events = [in_json(body)["Event"] for _, body in app_server.got]
    assert events == ["subscribe_msg_popup_event", "user_authorization_cancellation"]
    body = {"touser": person.openid, "template_id": "one", "data": {"thing1": {"value": "好"}}}
    sent = post(wechat, "/cgi-bin/message/subscribe/send", body, access_token=token(wechat))
    assert sent["errcode"] == 40003


def test_a_cleaned_profile(wechat: WeChatFake, person: Person, app_server: Receiver) -> None:
    wechat.clean_profile(person)
    wechat.deliver()

    assert in_json(app_server.got[0][1])["Event"] == "user_info_modified"


def test_texts_stay_whole_in_xml(wechat: WeChatFake, app_server: Receiver) -> None:
    wechat.push({"Event": "a & b", "note": "]]><x/>"}, form="xml")

    root = in_xml(app_server.got[0][1])
    assert {each.tag: each.text for each in root} == {"Event": "a & b", "note": "]]><x/>"}


def test_events_come_twice_and_out_of_order(wechat: WeChatFake, person: Person, app_server: Receiver) -> None:
    for info in (8, 13):
        wechat.revoke(person, info)
    wechat.deliver(order="reversed", copies=2)

    assert [in_json(body)["RevokeInfo"] for _, body in app_server.got] == ["13", "13", "8", "8"]
    assert len({query["nonce"] for query, _ in app_server.got}) == 4
    assert wechat.pending() == []


def test_a_shuffled_order_comes_from_the_seed(wechat: WeChatFake) -> None:
    def order() -> list[str]:
        wechat.reset()
        wechat.user("王芳")
        for info in range(8):
            wechat.revoke("王芳", info)
        made = wechat.deliver(order="shuffled", send=False, encrypted=False)
        return [in_json(each.request.body)["RevokeInfo"] for each in made]

    first = order()

    assert sorted(first) == [str(info) for info in range(8)]
    assert first != sorted(first)
    assert order() == first


def test_events_go_out_by_themselves_if_wanted(
    wechat: WeChatFake, person: Person, app_server: Receiver
) -> None:
    wechat.app(push={"automatic": True})
    wechat.accept(person, "one")

    deadline = time.monotonic() + 10
    while not app_server.got and time.monotonic() < deadline:
        time.sleep(0.01)
    assert in_json(app_server.got[0][1])["Event"] == "subscribe_msg_popup_event"
    assert wechat.pending() == []
