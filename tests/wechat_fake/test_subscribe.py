"""Subscribe messages (F12, and the events of F13)."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.fakes.wechat.control import Person, WeChatFake
from tests.wechat_fake.plain import post, token

SEND = "/cgi-bin/message/subscribe/send"
ONCE = "once-template"
ALWAYS = "always-template"
DATA = {"thing1": {"value": "三栋楼道堆物"}, "time2": {"value": "2026年11月24日 10:15"}}


@pytest.fixture
def person(wechat: WeChatFake) -> Person:
    """Give a person, and two templates of the mini-program."""
    wechat.template(ONCE, "thing1", "time2")
    wechat.template(ALWAYS, "thing1", "time2", long_term=True)
    return wechat.user("王芳")


def send(wechat: WeChatFake, person: Person, template: str = ONCE, **changes: Any) -> dict[str, Any]:
    body = {"touser": person.openid, "template_id": template, "data": DATA} | changes
    found: dict[str, Any] = post(wechat, SEND, body, access_token=token(wechat))
    return found


def test_one_acceptance_is_one_message(wechat: WeChatFake, person: Person) -> None:
    wechat.accept(person, ONCE)
    wechat.accept(person, ONCE)

    codes = [send(wechat, person)["errcode"] for _ in range(3)]

    assert codes == [0, 0, 43101]
    assert wechat.left(person, ONCE) == 0


def test_a_long_term_template_is_accepted_once_for_all(wechat: WeChatFake, person: Person) -> None:
    assert send(wechat, person, ALWAYS)["errcode"] == 43101
    wechat.accept(person, ALWAYS)

    assert [send(wechat, person, ALWAYS)["errcode"] for _ in range(3)] == [0, 0, 0]
    assert wechat.left(person, ALWAYS) is None
    wechat.turn_off(person, ALWAYS)
    assert send(wechat, person, ALWAYS)["errcode"] == 43101


def test_acceptances_are_of_one_person_and_template(wechat: WeChatFake, person: Person) -> None:
    other = wechat.user("李强")
    wechat.template("other-template", "thing1")
    wechat.accept(person, ONCE)

    assert send(wechat, other)["errcode"] == 43101
    assert send(wechat, person, "other-template", data={"thing1": {"value": "好"}})["errcode"] == 43101
    assert wechat.left(person, ONCE) == 1


def test_a_rejection_counts_nothing(wechat: WeChatFake, person: Person) -> None:
    wechat.popup(person, {ONCE: "reject"})

    assert send(wechat, person)["errcode"] == 43101


@pytest.mark.parametrize(
    "changes, errcode",
    [
        ({"touser": "oNobody"}, 40003),
        ({"touser": None}, 40003),
        ({"template_id": "unknown"}, 40037),
        ({"data": {"thing1": DATA["thing1"]}}, 47003),
        ({"data": DATA | {"thing9": {"value": "多余"}}}, 47003),
        ({"data": DATA | {"thing1": {"value": "字" * 21}}}, 47003),
        ({"data": DATA | {"thing1": {"value": ""}}}, 47003),
        ({"data": DATA | {"thing1": {"value": "换\n行"}}}, 47003),
        ({"data": DATA | {"time2": {"value": "下午三点"}}}, 47003),
        ({"data": DATA | {"thing1": "不是对象"}}, 47003),
        ({"data": []}, 47003),
        ({"data": DATA | {"thing1": {"value": "打牌赌博"}}}, 45168),
        ({"miniprogram_state": "production"}, 47001),
    ],
)
def test_refused_messages_use_nothing_up(
    wechat: WeChatFake, person: Person, changes: dict[str, Any], errcode: int
) -> None:
    wechat.accept(person, ONCE)

    assert send(wechat, person, **changes)["errcode"] == errcode
    assert wechat.left(person, ONCE) == 1


@pytest.mark.parametrize(
    "field, fitting, unfitting",
    [
        ("thing1", "字" * 20, "字" * 21),
        ("number1", "9" * 32, "9" * 33),
        ("letter1", "A" * 32, "A1"),
        ("symbol1", "+-*/%", "+-*/%!"),
        ("character_string1", "GD-2026-0001", "编号1"),
        ("time1", "23:59", "24:00"),
        ("date1", "2026年11月24日", "2026年13月1日"),
        ("amount1", "¥12.50", "十二元"),
        ("phone_number1", "+86-0715-8888888", "1" * 18),
        ("car_number1", "鄂L12345", "鄂L12345678"),
        ("name1", "欧阳王芳", "字" * 11),
        ("name1", "Wang Fang", "W" * 21),
        ("phrase1", "待整改中", "六个字的词语"),
    ],
)
def test_fields_hold_what_their_kind_allows(
    wechat: WeChatFake, person: Person, field: str, fitting: str, unfitting: str
) -> None:
    wechat.template("fields", field, long_term=True)
    wechat.accept(person, "fields")

    assert send(wechat, person, "fields", data={field: {"value": fitting}})["errcode"] == 0
    wrong = send(wechat, person, "fields", data={field: {"value": unfitting}})
    assert (wrong["errcode"], f"data.{field}.value is invalid" in wrong["errmsg"]) == (47003, True)


def test_a_banned_app_sends_nothing(wechat: WeChatFake, person: Person) -> None:
    wechat.app(messages_banned=True)
    wechat.accept(person, ONCE)

    assert send(wechat, person)["errcode"] == 43107


def test_a_second_message_while_one_is_under_way_is_refused(wechat: WeChatFake, person: Person) -> None:
    other = wechat.user("李强")
    wechat.accept(person, ALWAYS)
    wechat.habit(holds_messages=True)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(send, wechat, person, ALWAYS)
        deadline = time.monotonic() + 30
        while not wechat.message_under_way(person) and time.monotonic() < deadline:
            time.sleep(0.01)
        second = send(wechat, person, ALWAYS)
        busy = (wechat.message_under_way(person), wechat.message_under_way(other))
        wechat.habit(holds_messages=False)

    assert (first.result()["errcode"], second["errcode"], busy) == (0, 43108, (True, False))
    assert send(wechat, person, ALWAYS)["errcode"] == 0


def test_a_message_takes_the_time_it_takes(wechat: WeChatFake, person: Person) -> None:
    wechat.accept(person, ONCE)
    wechat.habit(send_takes_s=0.1)
    start = time.monotonic()

    assert send(wechat, person)["errcode"] == 0
    assert time.monotonic() - start >= 0.1


def test_a_message_is_followed_by_its_event(wechat: WeChatFake, person: Person) -> None:
    wechat.accept(person, ONCE)
    wechat.deliver(send=False)
    wechat.set_clock(1_790_000_000)

    msgid = send(wechat, person)["msgid"]

    assert wechat.pending() == [
        {
            "ToUserName": "gh_97417a04a28d",
            "FromUserName": person.openid,
            "CreateTime": 1_790_000_000,
            "MsgType": "event",
            "Event": "subscribe_msg_sent_event",
            "List": [
                {
                    "TemplateId": ONCE,
                    "MsgID": str(msgid),
                    "ErrorCode": 0,
                    "ErrorStatus": "success",
                }
            ],
        }
    ]


def test_a_message_that_does_not_arrive_is_told_so(wechat: WeChatFake) -> None:
    wechat.template(ALWAYS, "thing1", "time2", long_term=True)
    person = wechat.user("王芳", delivery="failed:user block")
    wechat.accept(person, ALWAYS)

    assert send(wechat, person, ALWAYS)["errcode"] == 0
    told = wechat.pending()[-1]["List"][0]
    assert (told["ErrorCode"], told["ErrorStatus"]) == (43101, "failed:user block")


def test_templates_of_both_kinds_are_not_asked_for_together(wechat: WeChatFake, person: Person) -> None:
    with pytest.raises(RuntimeError, match="templates of one kind"):
        wechat.accept(person, ONCE, ALWAYS)
    with pytest.raises(RuntimeError, match="thin1 is no template field"):
        wechat.template("wrong", "thin1")
