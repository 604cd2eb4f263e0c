from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import points
from app.clock import now
from app.ids import new_id
from app.models import AccountKind, Rule, SourceKind, TransferKind
from app.points import Posting
from tests.cast import HOME, person
from tests.client import Client
from tests.counting import statements
from tests.points_town import award_to
from tests.points_world import Be, claimed, give_points, refused


def account(client: Client, query: str = "") -> dict[str, object]:
    answer = client.get(f"/v1/points/account{query}")
    assert answer.status_code == 200, answer.text
    shown: dict[str, object] = answer.json
    return shown


def test_a_household_without_points_has_none(resident: Client) -> None:
    assert account(resident) == {
        "household_id": str(person("resident").household_id),
        "balance": 0,
        "held": 0,
        "available": 0,
        "next_expiry": None,
    }
    assert resident.get("/v1/points/entries").json == {"items": [], "next_cursor": None}


def test_balance_held_and_the_next_points_to_expire(resident: Client, session: Session) -> None:
    account_id = give_points(session, 5)
    for days, amount in ((date(2027, 12, 31), 4), (date(2026, 12, 31), 3), (date(2026, 12, 31), 2)):
        award_to(session, account_id, amount, use_by=days)
    points.hold(session, account_id, 6)
    session.commit()

    assert account(resident) == {
        "household_id": str(person("resident").household_id),
        "balance": 14,
        "held": 6,
        "available": 8,
        "next_expiry": {"points": 5, "use_by": "2026-12-31"},
    }


def test_what_is_spent_expires_no_more(resident: Client, session: Session) -> None:
    account_id = give_points(session, 5)
    for day, amount in ((date(2026, 12, 30), 3), (date(2026, 12, 31), 4)):
        award_to(session, account_id, amount, use_by=day)
    redeemed = points.system_account(session, HOME, AccountKind.REDEEMED)
    left = []
    for _ in range(2):
        spend(session, account_id, redeemed, 2)
        session.commit()
        left.append(account(resident)["next_expiry"])

    assert left == [{"points": 1, "use_by": "2026-12-30"}, {"points": 3, "use_by": "2026-12-31"}]


def test_an_entry_names_its_reason_and_its_approver(
    resident: Client, worker: Client, admin: Client, rule: Rule
) -> None:
    path = claimed(resident, rule, points=4)
    worker.step(f"{path}/verify")
    admin.step(f"{path}/approve")
    (entry,) = resident.get("/v1/points/entries").json["items"]

    assert {name: value for name, value in entry.items() if name not in {"id", "number", "at"}} == {
        "kind": "award",
        "change": 4,
        "balance": 4,
        "source_kind": "claim",
        "source_id": path.rpartition("/")[2],
        "rule_title": "打扫楼道",
        "resident_name": "王桂兰",
        "approved_by": "admin",
        "acted_by": None,
        "note": "",
    }


def test_entries_run_from_the_newest_with_the_balance_after_each(resident: Client, session: Session) -> None:
    account_id = give_points(session, 5)
    spend(session, account_id, points.system_account(session, HOME, AccountKind.REDEEMED), 2, "肥皂×1")
    award_to(session, account_id, 1, at=now() - timedelta(days=1))  # posted last, by a clock that was behind
    session.commit()
    entries = resident.get("/v1/points/entries").json["items"]

    assert [(one["change"], one["balance"], one["note"]) for one in entries] == [
        (1, 4, ""),
        (-2, 3, "肥皂×1"),
        (5, 5, ""),
    ]


def test_entries_are_read_page_by_page(resident: Client, session: Session) -> None:
    account_id = give_points(session, 10)
    redeemed = points.system_account(session, HOME, AccountKind.REDEEMED)
    for amount in (1, 2, 3, 1, 1):
        spend(session, account_id, redeemed, amount)
    session.commit()
    pages, cursor = [], ""
    while cursor is not None:
        answer = resident.get(f"/v1/points/entries?limit=2{cursor and '&cursor=' + cursor}").json
        pages.append([entry["balance"] for entry in answer["items"]])
        cursor = answer["next_cursor"]

    assert pages == [[2, 3], [4, 7], [9, 10]]


def test_each_side_of_a_transfer_between_households_sees_its_own(
    resident: Client, neighbour: Client, session: Session
) -> None:
    one, other = give_points(session, 5), give_points(session, 1, "neighbour")
    spend(session, one, other, 2)
    session.commit()
    given = resident.get("/v1/points/entries").json["items"][0]
    taken = neighbour.get("/v1/points/entries").json["items"][0]

    assert (given["change"], given["balance"]) == (-2, 3)
    assert (taken["change"], taken["balance"]) == (2, 3)
    assert given["id"] == taken["id"]
    assert len(neighbour.get("/v1/points/entries").json["items"]) == 2


@pytest.mark.parametrize("path", ["/v1/points/account", "/v1/points/entries"])
def test_staff_name_a_household_of_their_area(be: Be, session: Session, path: str) -> None:
    give_points(session, 5)
    whose = f"?household_id={person('resident').household_id}"

    for name in ("lead", "worker", "admin"):
        assert be(name).get(path + whose).status_code == 200
        assert refused(be(name).get(path)) == (404, "not_found")
    for name in ("far_admin", "neighbour"):
        assert refused(be(name).get(path + whose)) == (404, "not_found")
    for name in ("clerk", "county", "city", "auditor"):
        assert refused(be(name).get(path + whose)) == (403, "forbidden")


@pytest.mark.parametrize("cursor", ["IngiAA", "Ii0xIg", "IjkyMjMzNzIwMzY4NTQ3NzU4MDgi", "IjEuNSI"])
def test_a_cursor_that_is_no_number_is_refused(resident: Client, session: Session, cursor: str) -> None:
    give_points(session, 5)

    assert refused(resident.get(f"/v1/points/entries?cursor={cursor}")) == (422, "invalid")


def test_the_queries_do_not_grow_with_the_entries(
    resident: Client, session: Session, connection: Connection
) -> None:
    account_id = give_points(session, 5)
    with statements(connection) as few:
        resident.get("/v1/points/entries")
    for _ in range(5):
        award_to(session, account_id, 1)
    session.commit()
    with statements(connection) as many:
        resident.get("/v1/points/entries")

    assert len(few) == len(many)


def spend(session: Session, debit_id: UUID, credit_id: UUID, amount: int, note: str = "") -> None:
    points.post(
        session,
        Posting(
            area_code=HOME,
            debit_id=debit_id,
            credit_id=credit_id,
            amount=amount,
            kind=TransferKind.CORRECT,
            source_kind=SourceKind.CORRECTION,
            source_id=new_id(),
            at=now(),
            note=note,
        ),
    )
