"""A settlement of 24 households, entered from one workbook: what its workers read on the first morning."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.identity import hashed
from app.ids import new_id
from app.models import Area, AreaLevel, Checklist, SessionKind, SignIn, User
from app.plans import make, plans_to_make
from tests import canaries
from tests.cast import Person
from tests.client import Client
from tests.import_world import (
    HEADINGS,
    checked,
    enter,
    found,
    id_number,
    person,
    rows_of,
    saved,
    sheet_of,
    shown_of,
)
from tests.plan_world import CALENDAR

SITE = "421224100009"
WORKER, ADMIN = "13700000001", "13700000002"
Be = Callable[[str | None], Client]


def id_of(birth: str, number: int) -> str:
    return id_number(birth, man=True, number=number)


def site(title: str, **changes: list[list[Any]]) -> bytes:
    """Give the workbook of a small site: two buildings, a canteen, 24 households, one worker, one admin."""
    canaries.look_at({"phone": [WORKER, ADMIN]}, sent=True)
    people: list[list[Any]] = []
    for number in range(24):
        place, door = f"{1 + number // 12}号楼", f"{1 + number % 12:02}室"
        birth = f"1948-{1 + number % 12:02}-15"
        people.append([place, door, f"户主{number}", "户主", None, None, id_of(birth, number), None, "在家"])
        people.append([place, door, f"配偶{number}", "配偶", "女", "1950年2月3日", None, None, None])
    sheets: dict[str, tuple[list[str], list[list[Any]]]] = {
        "网格": (["网格编号", "网格名称"], [["001", "一网格"]]),
        "点位": (
            ["点位名称", "类别", "网格", "经度", "纬度"],
            [["1号楼", "居民楼", "一网格", 114.48, 29.6], ["2号楼", "居民楼", "001", None, None]],
        ),
        "居民": (HEADINGS, people),
        "工作人员": (
            ["姓名", "手机号", "岗位", "负责网格"],
            [["王五", WORKER, "网格员", "一网格"], ["赵六", ADMIN, "社区管理员", None]],
        ),
        "关爱对象": (
            ["姓名", "楼栋", "门牌", "类别", "级别", "责任人手机号", "原因"],
            [
                ["户主0", "1号楼", "01室", "老年人", "高", WORKER, "独居"],
                ["户主13", "2号楼", "02室", "老年人", "低", WORKER, "子女外出"],
            ],
        ),
        "巡查计划": (
            ["计划名称", "检查表", "网格", "频率", "几点开始", "几小时内做完", "再过几小时算漏查"],
            [["楼栋每天巡查", title, "一网格", "每天", "0:00", 24, 0]],
        ),
    }
    book = Workbook()
    del book["Sheet"]
    for name, (headings, rows) in sheets.items():
        sheet_of(book, name, headings, changes.get(name, rows))
    return saved(book)


@pytest.fixture
def community(session: Session) -> str:
    """Give a community in which there is nothing yet."""
    session.add(Area(code=SITE, name="新社区", level=AreaLevel.COMMUNITY, parent_code=SITE[:9]))
    session.commit()
    return SITE


def signed_in(app: Flask, session: Session, name: str) -> Client:
    """Let somebody whom the workbook brought be signed in, as after his invitation, with a second factor."""
    user = session.scalars(select(User).where(User.name == name, User.area_code == SITE)).one()
    token, at = f"token of {name}", now()
    session.add(
        SignIn(
            id=new_id(),
            user_id=user.id,
            kind=SessionKind.APP,
            token_hash=hashed(token),
            family_id=new_id(),
            created_at=at,
            last_seen_at=at,
            expires_at=at + timedelta(days=1),
            idle_s=86_400,
            second_factor_at=at,
            checked_at=at,
        )
    )
    session.commit()
    return Client(app, Person(user.id, token))


def do(app: Flask, session: Session, client: Client, data: bytes) -> dict[str, Any]:
    """Go the whole way; give the import."""
    import_id = checked_in_site(app, session, client, data)
    return enter(session, client, import_id)


def checked_in_site(app: Flask, session: Session, client: Client, data: bytes) -> Any:
    return checked(app, session, client, data, area_code=SITE)


def counts(shown: dict[str, Any]) -> dict[str, tuple[str, str | None, int]]:
    return {one["sheet"]: (one["state"], one["outcome"], one["rows"]) for one in shown["counts"]}


@pytest.mark.usefixtures("community")
def test_a_site_stands_up_from_one_workbook(
    app: Flask, session: Session, be: Be, checklist: Checklist
) -> None:
    data = site(checklist.title)

    system = do(app, session, be("system"), data)
    security = do(app, session, be("security"), data)
    admin = signed_in(app, session, "赵六")
    rest = do(app, session, admin, data)
    again = shown_of(admin, checked_in_site(app, session, admin, data))
    for plan_id in plans_to_make(session, limit=10):
        make(session, CALENDAR, plan_id)
    session.commit()
    today = signed_in(app, session, "王五").get("/v1/me/today")

    assert counts(system) == {"grids": ("new", "done", 1), "staff": ("new", "done", 2)}
    assert counts(security) == {"staff": ("new", "done", 2)}
    assert counts(rest) == {
        "grids": ("same", None, 1),
        "places": ("new", "done", 2),
        "residents": ("new", "done", 48),
        "care": ("new", "done", 2),
        "plans": ("new", "done", 1),
    }
    assert {state for state, _, _ in counts(again).values()} == {"same"}
    assert today.status_code == 200, today.text
    assert {one["name"] for one in today.json["places"]} == {"1号楼", "2号楼"}
    asked = {one["place_id"] for one in today.json["occurrences"]}
    assert asked == {one["id"] for one in today.json["places"]}
    assert [one["resident_name"] for one in today.json["care_records"]] == ["户主0"]


@pytest.mark.usefixtures("community")
def test_each_enters_only_what_is_his(app: Flask, session: Session, be: Be, checklist: Checklist) -> None:
    """Who makes accounts neither empowers them nor keeps anything of residents; an admin makes none."""
    data = site(checklist.title)

    import_id = checked_in_site(app, session, be("system"), data)
    notes = shown_of(be("system"), import_id)["notes"]

    assert {(one["sheet"], one["code"]) for one in notes} == {
        (title, "others_sheet") for title in ("点位", "居民", "关爱对象", "巡查计划")
    }
    assert {row["sheet"] for row in rows_of(be("system"), import_id)} == {"grids", "staff"}

    import_id = checked_in_site(app, session, be("security"), data)

    assert {row["sheet"] for row in rows_of(be("security"), import_id)} == {"staff"}


@pytest.mark.usefixtures("community")
def test_a_post_without_an_account_or_by_two_is_named(
    app: Flask, session: Session, be: Be, checklist: Checklist
) -> None:
    staff: list[list[Any]] = [
        ["王五", WORKER, "网格员", "一网格"],
        ["钱七", "13700000003", "审计员", None],
        ["孙八", ADMIN, "网格员", "三网格"],
    ]

    do(app, session, be("system"), site(checklist.title, 工作人员=[]))

    import_id = checked_in_site(app, session, be("security"), site(checklist.title, 工作人员=staff))

    rows = rows_of(be("security"), import_id, sheet="staff")
    assert [found(row) for row in rows] == [
        {"B2": "account_missing"},
        {"C3": "by_two"},
        {"D4": "grid_unknown"},
    ]


def test_what_rows_name_must_be_there(app: Flask, session: Session, be: Be, checklist: Checklist) -> None:
    """Whoever is looked after, his worker, a plan's checklist and its days are named where they are wrong."""
    book = Workbook()
    del book["Sheet"]
    born = "2020-05-01"
    sheet_of(
        book,
        "居民",
        HEADINGS,
        [person("赵大"), person("小孙", birth=born, relation="其他", door="9单元赵大")],
    )
    care = ["姓名", "楼栋", "门牌", "类别", "级别", "原因", "责任人手机号", "间隔天数"]
    worker = ["独居", ADMIN]
    sheet_of(
        book,
        "关爱对象",
        care,
        [
            ["没有这人", "1号楼", "9单元赵大", "老年人", "高", *worker, None],
            ["小孙", "1号楼", "9单元赵大", "留守儿童", "高", *worker, None],
            ["赵大", "1号楼", "9单元赵大", "老年人", "高", *worker, 30],
            ["赵大", None, None, "老年人", "高", *worker, None],
            ["赵大", "1号楼", "9单元赵大", "留守儿童", "高", None, ADMIN, None],
            ["小孙", "1号楼", "9单元赵大", "老年人", "高", "……", ADMIN, None],
            ["赵大", "1号楼", "9单元赵大", "留守妇女", "高", *worker, None],
        ],
    )
    plans = ["计划名称", "检查表", "频率", "隔几天", "哪几天"]
    sheet_of(
        book,
        "巡查计划",
        plans,
        [
            ["甲", "没有的表", "每天", None, None],
            ["乙", checklist.title, "每周", None, None],
            ["丙", checklist.title, "每天", 3, None],
            ["丁", checklist.title, "每周", None, "周一、周八"],
        ],
    )

    import_id = checked(app, session, be("admin"), saved(book))

    rows = rows_of(be("admin"), import_id)
    assert [found(row) for row in rows if row["sheet"] == "care"] == [
        {"A2": "person_unknown"},
        {"G3": "worker_unknown", "A3": "care_consent"},
        {"G4": "worker_unknown", "H4": "care_seldom"},
        {"A5": "person_where"},
        {"F6": "missing"},
        {"G7": "worker_unknown", "D7": "care_not_elderly", "F7": "care_reason", "A7": "care_consent"},
        {"G8": "worker_unknown", "D8": "care_not_woman"},
    ]
    assert [found(row) for row in rows if row["sheet"] == "plans"] == [
        {"B2": "checklist_unknown"},
        {"E3": "plan_days"},
        {"D4": "plan_every"},
        {"E5": "plan_days"},
    ]
