"""Whoever decides on an approval reads in words what it is, and who asks: he may follow none of its ids."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import Approval, Grant, User
from tests.approval_world import Become, adjustment, admin_grant, asked, batch, granted, outcome
from tests.care_world import write_resident
from tests.cast import FAR, HOME, NEXT, named, person
from tests.client import Client
from tests.counting import statements
from tests.export_world import roster

SECURITY_POST = {"role": "security_admin", "area_code": "4212", "area_name": "咸宁市"}
ADMIN_POST = {"role": "community_admin", "area_code": HOME, "area_name": "家园社区"}


def told(client: Client, approval_id: str) -> dict[str, Any]:
    """Give one approval, which the list shows in the same way but for what grows with a batch."""
    alone: dict[str, Any] = client.get(f"/v1/approvals/{approval_id}").json
    (row,) = [one for one in client.get("/v1/approvals").json["items"] if one["id"] == approval_id]
    assert row == {name: alone[name] for name in alone.keys() - {"adjustments", "payload"}}
    return alone


def test_a_grant_says_who_gets_what_and_what_he_is_now(security: Client, county: Client) -> None:
    new = admin_grant("worker", role="system_admin", valid_until="2099-01-31T16:00:00+00:00")

    shown = told(county, asked(security, admin_grant=new))

    assert (shown["area_name"], shown["asker"]) == (
        "家园社区",
        {"name": "security", "posts": [SECURITY_POST]},
    )
    assert shown["account"] == {
        "name": "worker",
        "area_name": "第一网格",
        "posts": [{"role": "grid_worker", "area_code": HOME + "001", "area_name": "第一网格"}],
    }
    assert shown["text"] == (
        "让worker（第一网格的账号，现在第一网格网格员）当家园社区的系统管理员，到2099年2月1日为止"
    )
    assert county.get("/v1/users").status_code == 403, "he could not look it up"


def test_names_are_those_of_now(security: Client, county: Client, session: Session) -> None:
    approval_id = asked(security, admin_grant=admin_grant("worker", role="system_admin"))
    session.get_one(User, person("worker").user_id).name = "张三"
    session.get_one(Grant, named("grant worker")).ended_at = now()
    session.commit()

    shown = told(county, approval_id)

    assert (shown["account"]["name"], shown["account"]["posts"]) == ("张三", [])
    assert "张三（第一网格的账号，现在没有职务）" in shown["text"]


def test_an_account_outside_the_askers_areas_is_not_named(be: Become) -> None:
    """S-35: nobody learns whose an id is by asking for an approval about it."""
    new = admin_grant("county", area_code=FAR)
    asker = be("far_security")
    approval_id = asked(asker, admin_grant=new)

    for reader in (asker, be("far_county")):
        shown = told(reader, approval_id)
        assert (shown["account"], shown["can_be_done"]) == (None, False)
        assert shown["text"].startswith("请注意：申请人现在不能给这个账号授权，同意了也办不成")


def test_a_decider_of_both_areas_is_warned_though_he_knows_the_account(be: Become) -> None:
    """The city reaches the account, the asker does not: agreed to, the grant is 404 all the same."""
    new = admin_grant("county", area_code=FAR)
    asker, city = be("far_security"), be("city")
    approval_id = asked(asker, admin_grant=new)

    shown = told(city, approval_id)

    assert (shown["account"]["name"], shown["can_be_done"]) == ("county", False)
    assert shown["text"] == (
        "请注意：申请人现在不能给county（通山县的账号，现在通山县县易迁办）授权，同意了也办不成。"
        "申请的是远方社区的审计员"
    )
    assert city.post(f"/v1/approvals/{approval_id}/approve", json={}).status_code == 200
    assert outcome(granted(asker, new, approval_id)) == (404, "not_found")


def test_an_asker_without_his_post_is_warned_of_and_what_is_over_is_not(be: Become, session: Session) -> None:
    asks = {
        "admin_grant": (be("security"), admin_grant("worker", role="system_admin")),
        "points_bulk": (be("admin"), batch()),
        "roster_export": (be("admin"), roster()),
    }
    ids = {kind: asked(asker, **{kind: what}) for kind, (asker, what) in asks.items()}
    county = be("county")
    for who in ("admin", "security"):
        session.get_one(Grant, named(f"grant {who}")).ended_at = now()
    session.commit()

    for approval_id in ids.values():
        shown = told(county, approval_id)
        assert (shown["text"][:4], shown["can_be_done"]) == ("请注意：", False)
        body = {"note": "人走了"}
        over = county.post(f"/v1/approvals/{approval_id}/refuse", json=body).json
        assert ("请注意" in over["text"], over["can_be_done"]) == (False, None)


def test_who_decides_is_told_of_an_account_above_his_own_areas(be: Become) -> None:
    """Whom the asker may give it to is named, though the account is of the city."""
    shown = told(be("county"), asked(be("security"), admin_grant=admin_grant("auditor")))

    assert (shown["account"]["name"], shown["account"]["area_name"]) == ("auditor", "咸宁市")


def test_points_say_for_which_doors(admin: Client, county: Client) -> None:
    items = [
        adjustment(12),
        adjustment(-5, household="neighbour"),
        adjustment(3, household="far"),
        adjustment(1) | {"household_id": str(new_id())},
    ]

    shown = told(county, asked(admin, points_bulk=batch(*items)))

    assert shown["asker"] == {"name": "admin", "posts": [ADMIN_POST]}
    assert [(one["place"], one["door"], one["points"]) for one in shown["adjustments"]] == [
        ("1号楼", "1单元101", 12),
        ("1号楼", "1单元201", -5),
        (None, None, 3),
        (None, None, 1),
    ]
    assert [one["household_id"] for one in shown["adjustments"]] == [one["household_id"] for one in items]
    assert [one["can_be_done"] for one in shown["adjustments"]] == [True, True, False, False]
    assert shown["sums"] == {"additions": 3, "added": 16, "deductions": 1, "taken": 5}
    assert shown["text"] == (
        "更正家园社区的积分：3笔加分，一共16分；1笔扣分，一共5分；其中2笔的住户不在家园社区，不会入账。"
        "给住户看的原因：年底核对"
    )
    assert county.get(f"/v1/households/{items[0]['household_id']}").status_code == 403


@pytest.mark.parametrize(
    "clear, numbers", [(True, "手机号和身份证号显示完整号码"), (False, "手机号和身份证号打星号")]
)
def test_an_export_says_how_many_people_and_what_of_them(
    admin: Client, county: Client, session: Session, *, clear: bool, numbers: str
) -> None:
    approval_id = asked(admin, roster_export=roster(clear=clear))
    before = told(county, approval_id)
    write_resident(session)

    shown = told(county, approval_id)

    assert (before["rows"], shown["rows"]) == (2, 3)
    assert shown["text"] == (
        f"导出家园社区的名册，现在有3人；内容：门牌、姓名、出生日期、手机号、身份证号；成年人的{numbers}"
    )


def test_a_roster_is_counted_while_it_is_to_be_decided_on(
    admin: Client, county: Client, session: Session
) -> None:
    """Later figures are not what was decided on, and an asker who lost his post learns no figure at all."""
    refused, approved, open_still, over = (asked(admin, roster_export=roster()) for _ in range(4))
    answers = [
        county.post(f"/v1/approvals/{refused}/refuse", json={"note": "不用"}),
        county.post(f"/v1/approvals/{approved}/approve", json={}),
    ]
    session.get_one(Approval, UUID(over)).expires_at = now()
    session.commit()

    rows = {one: told(admin, one)["rows"] for one in (refused, approved, open_still, over)}

    assert rows == {refused: None, approved: None, open_still: 2, over: None}
    assert [one.json["rows"] for one in answers] == [None, None]
    assert told(county, approved)["text"].startswith("导出家园社区的名册；内容：")
    session.get_one(Grant, named("grant admin")).area_code = NEXT
    session.commit()
    assert (told(admin, open_still)["rows"], told(county, open_still)["rows"]) == (None, 2)


def test_a_row_of_the_list_does_not_grow_with_the_batch(admin: Client, county: Client) -> None:
    """OWASP API4:2023: forty batches of the size that may be sent made a list of 4 MB."""
    asked(admin, points_bulk=batch(*[adjustment(1) for _ in range(500)]))

    listed = county.get("/v1/approvals")

    assert len(listed.text) < 2_000
    (row,) = listed.json["items"]
    assert row["text"].startswith("更正家园社区的积分：500笔加分，一共500分。")
    assert len(county.get(f"/v1/approvals/{row['id']}").json["adjustments"]) == 500


def test_it_is_shown_to_who_asked_and_who_decides_alone(be: Become) -> None:
    """S-35: it says more now, to nobody more."""
    approval_id = asked(be("admin"), points_bulk=batch())

    assert {be(name).get(f"/v1/approvals/{approval_id}").status_code for name in ("admin", "county")} == {200}
    for name in ("city", "security", "next_admin", "far_county"):
        assert be(name).get(f"/v1/approvals/{approval_id}").status_code == 404, name
        assert be(name).get("/v1/approvals").json["items"] == [], name


def test_an_admin_who_left_reads_no_more_of_the_place(
    admin: Client, county: Client, session: Session
) -> None:
    """S-35: his own approval stays his, but what it names is read as far as he reaches now."""
    approval_id = asked(admin, points_bulk=batch())
    session.get_one(Grant, named("grant admin")).area_code = NEXT
    session.commit()

    own, decider = told(admin, approval_id), told(county, approval_id)

    assert (own["asker"]["posts"], own["adjustments"][0]["door"]) == ([], None)
    assert decider["adjustments"][0]["door"] == "1单元101"
    assert not decider["adjustments"][0]["can_be_done"]


def test_answers_to_asking_and_deciding_say_it_too(admin: Client, county: Client) -> None:
    body = {"points_bulk": batch(), "reason": "核对"}
    path = f"/v1/approvals/{new_id()}"

    first, again = admin.put(path, json=body), admin.put(path, json=body)
    answer = county.post(f"{path}/refuse", json={"note": "数不对"})

    assert first.json == again.json
    assert {one.json["text"] for one in (first, answer)} == {
        "更正家园社区的积分：1笔加分，一共5分。给住户看的原因：年底核对"
    }


def test_a_longer_list_takes_no_more_statements(be: Become, county: Client, connection: Connection) -> None:
    def ask() -> None:
        for who in ("worker", "clerk"):
            asked(be("security"), admin_grant=admin_grant(who, role="system_admin"))
        asked(be("admin"), points_bulk=batch(adjustment(), adjustment(household="neighbour")))
        asked(be("admin"), roster_export=roster())

    def sent(count: int) -> int:
        with statements(connection) as seen:
            assert len(county.get("/v1/approvals").json["items"]) == count
        return len(seen)

    ask()
    few = sent(4)
    ask()
    ask()
    assert sent(12) == few
