"""The page of a copy that people read: in words, with names for ids, and nothing that the copy withholds."""

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    Claim,
    Consent,
    ConsentText,
    Hazard,
    Household,
    Place,
    Rule,
    Transfer,
    TransferKind,
    User,
    Visit,
    VisitForm,
)
from app.own_data.packing import PAGE
from app.sealing import Cell
from tests.cast import named, person
from tests.child_world import write_child, write_guardian
from tests.client import Client
from tests.own_data.life import Life
from tests.own_data_world import copy_of, photos_of
from tests.sealer import SEALER

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NONE = "没有内容的类别</h2>"
_FILES = "旁边的文件</h2>"


@pytest.fixture
def mine(app: Flask, session: Session) -> dict[str, UUID]:
    """Write a life."""
    return Life(session).write(photos_of(app))


def none_of(page: str) -> list[str]:
    """Give the kinds that the page says hold nothing."""
    return re.findall("<li>(.*?)</li>", page.split(_NONE)[1].split(_FILES, maxsplit=1)[0])


def test_it_comes_first_and_says_names_and_words(
    app: Flask, session: Session, resident: Client, mine: dict[str, UUID]
) -> None:
    """S-76: building, rule, text with its version, state and time as people say them; no id, no code."""
    claim = session.get_one(Claim, mine["claim"])
    claim.captured_at = datetime(2026, 3, 1, 16, 5, tzinfo=UTC)
    session.commit()
    household = session.get_one(Household, named("household home"))
    place, rule = session.get_one(Place, household.place_id), session.get_one(Rule, claim.rule_id)
    given = select(Consent.text_id).where(Consent.resident_id == person("resident").resident_id)
    text = session.get_one(ConsentText, session.scalars(given).first())

    got = copy_of(app, session, resident)

    assert got.names[0] == PAGE
    for head, said in (
        ("楼栋", place.name),
        ("哪一条规则", rule.title),
        ("看的是哪一份说明", f"{text.title}（第{text.version}版）"),
        ("办理情况", "公示中"),
        ("发生时间", "2026年3月2日 00:05"),
        ("提交人", "我"),
        ("性别", "女"),
        ("手机号", "13800700001"),
    ):
        assert f"<dt>{head}</dt><dd>{said}</dd>" in got.page
    shown = re.sub(r"photos/\S+\.jpg", "", got.page)
    assert _UUID.findall(shown) == []
    assert [code for code in ("in_notice", "submitted", "wgs84", "in_person") if code in shown] == []
    assert got.page.count("<h3>我上传的照片") == 1
    for photo in ("visit_photo", "hazard_photo", "claim_photo"):
        assert f'<img src="photos/{mine[photo]}.jpg"' in got.page


def test_what_people_wrote_is_text_and_nothing_comes_from_outside(
    app: Flask, session: Session, resident: Client, mine: dict[str, UUID]
) -> None:
    """S-76: no mark-up of anybody's, no script, no address; the page may load its own pictures alone."""
    session.get_one(Hazard, mine["hazard"]).text = '<script>alert(1)</script><img src="//evil">&"'
    session.commit()

    page = copy_of(app, session, resident).page

    assert "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=&#34;//evil&#34;&gt;&amp;&#34;" in page
    assert "<script" not in page
    assert re.findall(r"https?:|url\(|@import|<link|<iframe|<object|<form", page) == []
    sources = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert [one for one in sources if not re.fullmatch(r"#\w+|photos/[0-9a-f-]+\.jpg", one)] == []
    assert "default-src 'none'" in page


def test_only_what_holds_something_has_files_and_the_rest_is_listed(
    app: Flask, session: Session, resident: Client, mine: dict[str, UUID]
) -> None:
    """S-76: no empty files; what the copy holds nothing of is said, jobs of staff in one line."""
    got = copy_of(app, session, resident)
    none = none_of(got.page)

    assert {"data/claims.csv", "data/claims.json"} <= set(got.names)
    assert "data/redemptions.csv" not in got.names
    assert {"兑换", "岗位", "注销申请"} <= set(none)
    assert {"积分申报", "对我的探访"} & set(none) == set()
    assert none[-1] == "其他经手的记录（巡查、走访、审批这类工作）"
    assert "我做的巡查" not in none
    for name in got.names:
        if name.endswith(".csv"):
            assert got.table(name.removeprefix("data/").removesuffix(".csv")), name
    assert mine


def test_staff_read_which_kinds_of_work_hold_nothing(app: Flask, session: Session, worker: Client) -> None:
    """S-76: who holds a post is told kind by kind."""
    assert "我做的巡查" in none_of(copy_of(app, session, worker).page)


def test_points_say_whether_they_came_or_went(
    app: Flask, session: Session, resident: Client, mine: dict[str, UUID]
) -> None:
    """S-76: seen from his household's account."""
    life = Life(session)
    life.own(
        Transfer,
        debit_id=mine["account"],
        credit_id=named("somewhere"),
        amount=4,
        kind=TransferKind.REDEEM,
        source_kind="redemption",
        source_id=named("an order"),
        by_id=life.user("admin"),
        at=datetime(2026, 5, 1, tzinfo=UTC),
        note="洗衣液",
        debit_balance=6,
    )
    session.commit()

    got = copy_of(app, session, resident)

    assert "<td>+10</td>" in got.page
    assert "<td>-4</td>" in got.page
    assert "<td>6</td>" in got.page
    assert [row["分数"] for row in got.table("transfers")] == ["10", "-4"]


def test_what_another_household_had_stays_untold_where_points_went_between_two(
    app: Flask, session: Session, resident: Client, mine: dict[str, UUID]
) -> None:
    """S-76: as households are split and merged; one's own balance is told."""
    life = Life(session)
    life.own(
        Transfer,
        debit_id=named("account of others"),
        credit_id=mine["account"],
        amount=4,
        kind=TransferKind.MOVE,
        source_kind="roster",
        source_id=named("a merging"),
        by_id=life.user("admin"),
        at=datetime(2026, 5, 1, tzinfo=UTC),
        note="",
        debit_balance=777,
        credit_balance=14,
    )
    session.commit()

    got = copy_of(app, session, resident)

    assert "<td>+4</td>" in got.page
    assert "<td>14</td>" in got.page
    assert "777" not in got.page
    assert [row["debit_balance"] for row in got.rows("transfers")] == [None, None]


def test_what_was_answered_on_a_visit_stands_by_its_question(
    app: Flask, session: Session, resident: Client, mine: dict[str, UUID]
) -> None:
    """S-76: in the words of the form that was used; a question that it has no more by its key."""
    visit = session.get_one(Visit, mine["visit"])
    session.get_one(VisitForm, visit.form_id).fields = [
        {
            "key": "mood",
            "label": "心情怎么样",
            "kind": "choice",
            "options": [{"value": "low", "label": "不好"}],
        },
        {"key": "gas", "label": "燃气安全吗", "kind": "boolean"},
    ]
    visit.answers_sealed = SEALER.seal(
        '{"mood": "low", "gas": true, "old": ["a", 2]}', Cell("visits", "answers_sealed", visit.id)
    )
    session.commit()

    page = copy_of(app, session, resident).page

    assert "<dd>心情怎么样：不好\n燃气安全吗：是\nold：a、2</dd>" in page


def test_tables_are_in_words_and_names_are_no_formula_either(
    app: Flask, session: Session, resident: Client, mine: dict[str, UUID]
) -> None:
    """S-76: Chinese headings, words and local time; the name of a place is guarded like a text."""
    place_id = session.get_one(Household, named("household home")).place_id
    session.get_one(Place, place_id).name = "=cmd()"
    session.get_one(User, person("resident").user_id).created_at = datetime(2026, 1, 1, 20, 0, 7, tzinfo=UTC)
    session.commit()

    got = copy_of(app, session, resident)

    assert got.table("households")[0]["楼栋"] == "'=cmd()"
    assert got.table("users")[0]["开通时间"] == "2026-01-02 04:00:07"
    assert got.table("claims")[0]["办理情况"] == "公示中"
    assert got.rows("claims")[0]["status"] == "in_notice"
    assert got.table("claims")[0]["编号"] == str(mine["claim"])


def test_the_page_has_nobody_elses_name_and_nothing_withheld(
    app: Flask, session: Session, resident: Client, mine: dict[str, UUID]
) -> None:
    """S-76, S-98: no neighbour, no staff, no purpose, no visit of a case, not even in what is counted."""
    Life(session, who="neighbour").write(photos_of(app))

    page = copy_of(app, session, resident).page.split("</style>")[1]

    others = set(session.scalars(select(User.name).where(User.id != person("resident").user_id)))
    assert len(others) > 5
    assert [one for one in others | {"张三丰", "属于neighbour", "13800700002"} if one in page] == []
    assert [one for one in ("身上有伤", "怀疑", "harm", "SECRET", "上次探访") if one in page] == []
    assert "<h3>对我的探访 <span>1条</span>" in page
    assert str(mine["harm_photo"]) not in page


def test_a_wards_page_says_who_is_meant_and_has_no_grown_ups(
    app: Flask, session: Session, resident: Client, mine: dict[str, UUID]
) -> None:
    """S-76: the child's name is there, its guardian's is not; the household's points are not."""
    child = write_child(session)
    write_guardian(session, child)

    page = copy_of(app, session, resident, resident_id=str(child)).page

    assert "<h1>孩子的资料</h1>" in page
    assert "<dt>姓名</dt><dd>王小明</dd>" in page
    assert [one for one in ("王桂兰", "13800700001", "属于resident") if one in page] == []
    assert {"我家的积分", "积分明细", "积分申报", "账号"} <= set(none_of(page))
    assert mine
