"""Subscribed messages: what fits, what may be said, and to whom one is sent when."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.adapters.wechat import (
    TEMPLATES,
    MessageFieldError,
    NotSubscribedError,
    WeChat,
    WeChatBusyError,
    WeChatConfigurationError,
    WeChatUserError,
)
from app.adapters.wechat.message_fields import fit
from app.adapters.wechat.templates import Field, Template, faults_of, names_somebody
from app.notices import NoticeKind
from tests.fakes.wechat.control import Person, WeChatFake
from tests.fakes.wechat.template_fields import misfit
from tests.wechat.conftest import Open
from tests.wechat.installation import TEMPLATE_ID

SEND = "/cgi-bin/message/subscribe/send"
VALUES = {"matter": "有一项隐患待整改", "where": "幸福社区3栋", "due": "2026年11月24日 18:00"}
LONG = "咸宁市通城县隽水镇幸福社区第三期安置点三号楼二单元"


@pytest.fixture
def subscriber(fake: WeChatFake, lan: Person) -> Person:
    """Be somebody who asked for one message."""
    keys = [field.key for field in TEMPLATES["hazard_assigned"].fields.values()]
    fake.app(templates={TEMPLATE_ID: {"fields": keys}})
    fake.accept(lan, TEMPLATE_ID)
    return lan


FITS = [
    ("thing1", "一" * 20),
    ("number1", "1" * 32),
    ("number1", "12.5"),
    ("letter1", "a" * 32),
    ("symbol1", "！？#@&"),
    ("character_string1", "A1-" * 10 + "zz"),
    ("time1", "15:01"),
    ("time1", "2026年11月24日 15:01"),
    ("time1", "2026-11-24 15:01:59"),
    ("time1", "15:01~16:30"),
    ("date1", "2026年11月24日"),
    ("date1", "2026-11-24"),
    ("date1", "2028-02-29"),
    ("amount1", "¥1234567890"),
    ("amount1", "12.50元"),
    ("phone_number1", "+86-0766-66888866"),
    ("car_number1", "鄂L88888挂"),
    ("name1", "欧" * 10),
    ("name1", "a" * 20),
    ("phrase1", "等待复查中"),
    ("enum1", "已完成"),
]
MISFITS = [
    ("thing1", ""),
    ("thing1", " \n "),
    ("number1", "1" * 33),
    ("number1", "十"),
    ("number1", "１２"),
    ("letter1", "a" * 33),
    ("letter1", "a1"),
    ("symbol1", "！？#@&*"),
    ("symbol1", "a"),
    ("character_string1", "a" * 33),
    ("character_string1", "中"),
    ("time1", "24:00"),
    ("time1", "15:60"),
    ("time1", "15"),
    ("date1", "2026-02-29"),
    ("date1", "2026年13月1日"),
    ("date1", "明天"),
    ("amount1", "¥12345678901"),
    ("amount1", "¥¥1"),
    ("phone_number1", "1" * 18),
    ("car_number1", "鄂L88888挂挂"),
    ("name1", ""),
    ("phrase1", "等待复查中了"),
    ("phrase1", "ok"),
    ("enum1", ""),
    ("unheard_of1", "x"),
]


@pytest.mark.parametrize("key, value", FITS)
def test_what_fits_stays_as_it_is(key: str, value: str) -> None:
    """S-57: the limits of WeChat's types, at their edge; the fake, which refuses with 47003, agrees."""
    assert fit(key, value) == value
    assert misfit([key], {key: {"value": value}}) is None


@pytest.mark.parametrize("key, value", MISFITS)
def test_what_does_not_fit_is_refused(key: str, value: str) -> None:
    """S-57: data pass the validator before sending."""
    with pytest.raises(MessageFieldError) as caught:
        fit(key, value)

    assert caught.value.field == key


@pytest.mark.parametrize(
    "key, value, cut",
    [
        ("thing1", "一" * 21, "一" * 19 + "…"),
        ("thing2", LONG, LONG[:19] + "…"),
        ("name1", "买买提·阿不都热依木江", "买买提·阿不都热依…"),
        ("name1", "欧" * 11, "欧" * 9 + "…"),
        ("name1", "b" * 21, "b" * 19 + "…"),
        ("thing1", "两行\n一句\t话\x07。", "两行 一句 话 。"),
    ],
)
def test_long_texts_and_names_are_cut(key: str, value: str, cut: str) -> None:
    """S-57: long Chinese names are cut with …; control characters become blanks."""
    assert fit(key, value) == cut


def test_a_message_reaches_who_asked_for_it(client: WeChat, fake: WeChatFake, subscriber: Person) -> None:
    client.mini.send_message(subscriber.openid, "hazard_assigned", VALUES | {"where": LONG})

    (entry,) = fake.journal(SEND)
    assert entry.errcode == 0
    assert entry.body["template_id"] == TEMPLATE_ID
    assert entry.body["data"]["thing2"] == {"value": LONG[:19] + "…"}
    assert entry.body["page"] == "pages/notices/index"
    assert fake.flags() == []


def test_who_has_no_message_to_come_is_told_apart_and_asked_once(
    client: WeChat, fake: WeChatFake, subscriber: Person
) -> None:
    """S-58: 43101 is an error of its own, so that the credit can be taken away, and never loops."""
    client.mini.send_message(subscriber.openid, "hazard_assigned", VALUES)
    fake.clear_journal()
    with pytest.raises(NotSubscribedError) as caught:
        client.mini.send_message(subscriber.openid, "hazard_assigned", VALUES)

    assert caught.value.errcode == 43101
    assert fake.calls(SEND) == 1


def test_messages_to_one_person_go_one_after_the_other(
    open_client: Open, fake: WeChatFake, subscriber: Person
) -> None:
    """S-58: sends to one openid are serialised, also across processes, so 43108 does not come."""
    fake.accept(subscriber, TEMPLATE_ID)
    fake.habit(holds_messages=True)

    def send(client: WeChat) -> None:
        client.mini.send_message(subscriber.openid, "hazard_assigned", VALUES)

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(send, open_client())
        while not fake.message_under_way(subscriber):
            time.sleep(0.01)
        second = threads.submit(send, open_client())
        time.sleep(0.3)
        fake.habit(holds_messages=False)
        first.result()
        second.result()

    assert [entry.errcode for entry in fake.journal(SEND)] == [0, 0]


@pytest.mark.parametrize(
    "errcode, kind",
    [
        (-1, WeChatBusyError),
        (43108, WeChatBusyError),
        (43107, WeChatConfigurationError),
        (40003, WeChatUserError),
        (40037, WeChatConfigurationError),
        (45168, WeChatConfigurationError),
        (47003, WeChatConfigurationError),
    ],
)
def test_a_message_is_never_sent_twice(
    client: WeChat, fake: WeChatFake, subscriber: Person, errcode: int, kind: type[Exception]
) -> None:
    """S-58: whether the first one went out is unknown, so no fault repeats it here."""
    fake.fault(SEND, "errcode", errcode=errcode)
    with pytest.raises(kind):
        client.mini.send_message(subscriber.openid, "hazard_assigned", VALUES)

    assert fake.calls(SEND) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"matter": "有一项隐患待整改"},
        VALUES | {"more": "x"},
        VALUES | {"due": "soon"},
        VALUES | {"where": "13900000001的家"},
        VALUES | {"matter": "42112219900101123X"},
    ],
)
def test_values_that_do_not_fit_are_not_sent(
    client: WeChat, fake: WeChatFake, subscriber: Person, values: dict[str, str]
) -> None:
    """S-57: nor is a value that holds an ID number or a mobile number."""
    with pytest.raises(MessageFieldError):
        client.mini.send_message(subscriber.openid, "hazard_assigned", values)

    assert fake.calls(SEND) == 0


def test_a_message_without_a_template_is_not_sent(client: WeChat, fake: WeChatFake, lan: Person) -> None:
    assert client.mini.template_ids == {"hazard_assigned": TEMPLATE_ID}
    with pytest.raises(WeChatConfigurationError):
        client.mini.send_message(lan.openid, "claim_step", {})

    assert fake.journal() == []


def test_every_notice_has_its_message() -> None:
    inbox_only = {
        NoticeKind.ACCOUNT_ALERT,
        NoticeKind.ACCOUNT_UNUSED,
        NoticeKind.BINDING,
        NoticeKind.OWN_DATA,
        NoticeKind.PROXY,
        NoticeKind.ROSTER_EXPORT,
        NoticeKind.HAZARD_EXPORT,
        NoticeKind.ROSTER_IMPORT,
    }
    assert set(TEMPLATES) == {str(kind) for kind in set(NoticeKind) - inbox_only}


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_no_message_says_what_a_locked_screen_must_not_show(name: str) -> None:
    """S-59: no template text contains ID number, health, hardship or full name of a minor."""
    assert faults_of(TEMPLATES[name]) == []


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_the_examples_of_every_message_fit(name: str) -> None:
    """S-57: the registry's own examples pass the validator and the fake."""
    for field in TEMPLATES[name].fields.values():
        assert fit(field.key, field.example) == field.example
        assert misfit([field.key], {field.key: {"value": field.example}}) is None


@pytest.mark.parametrize(
    "title, field, faults",
    [
        ("未成年人关爱通知", Field("thing1", "事项", "有一项待办"), ["未成年人关爱通知"]),
        ("待办提醒", Field("thing1", "身份证号", "有一项待办"), ["身份证号"]),
        ("待办提醒", Field("thing1", "事项", "高血压用药回访"), ["高血压用药回访"]),
        ("待办提醒", Field("thing1", "事项", "低保救助到期"), ["低保救助到期"]),
        ("待办提醒", Field("character_string1", "编号", "42112219900101123X"), ["42112219900101123X"]),
        ("待办提醒", Field("name1", "联系人", "张三"), ["name1"]),
        ("待办提醒", Field("phone_number1", "电话", "0715-8888888"), ["phone_number1"]),
    ],
)
def test_the_lint_finds_what_must_not_be_there(title: str, field: Field, faults: list[str]) -> None:
    """S-59: the lint that passes the registry catches what the registry must not hold."""
    assert faults_of(Template(title, "pages/notices/index", {"field": field})) == faults


def test_numbers_of_houses_and_dates_name_nobody() -> None:
    assert not names_somebody("幸福社区3栋1单元1201")
    assert not names_somebody("421222001002003")
    assert not names_somebody("2026年11月24日 18:00")
