from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.clock import business_day, now
from app.ids import new_id
from app.models import CapOf, Period, Rule
from tests.cast import FAR, GRID
from tests.client import Client
from tests.counting import statements
from tests.points_world import Be, claim_body, claimed, refused, write_rule

LONG_AGO = date(2020, 1, 1)


def ids(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"/v1/rules{query}")
    assert answer.status_code == 200, answer.text
    return [rule["id"] for rule in answer.json["items"]]


def test_a_resident_reads_the_rules_of_his_community(resident: Client, rule: Rule, session: Session) -> None:
    write_rule(session, FAR)
    answer = resident.get("/v1/rules")

    assert answer.json == {
        "items": [
            {
                "id": str(rule.id),
                "area_code": "421224100001",
                "code": rule.code,
                "version": 1,
                "title": "打扫楼道",
                "description": "",
                "category": "环境卫生",
                "points_min": 2,
                "points_max": 5,
                "cap": None,
                "evidence": "none",
                "verifier": "either",
                "notice_days": 0,
                "automatic": None,
                "valid_from": "2026-01-01",
                "valid_until": None,
                "origin": "",
            }
        ],
        "next_cursor": None,
    }


def test_a_cap_is_shown_whole(resident: Client, session: Session) -> None:
    write_rule(session, cap_points=6, cap_period=Period.MONTH, cap_of=CapOf.HOUSEHOLD)

    assert resident.get("/v1/rules").json["items"][0]["cap"] == {
        "points": 6,
        "period": "month",
        "of": "household",
    }


def test_a_worker_of_a_grid_reads_the_rules_of_its_community(worker: Client, rule: Rule) -> None:
    assert ids(worker) == [str(rule.id)]
    assert ids(worker, f"?area_code={GRID}") == [str(rule.id)]
    assert ids(worker, f"?area_code={FAR}") == []


def test_a_county_reads_the_rules_of_its_communities_only(be: Be, rule: Rule, session: Session) -> None:
    write_rule(session, FAR)

    assert ids(be("county")) == [str(rule.id)]


def test_a_countys_template_is_no_rule(be: Be, session: Session) -> None:
    write_rule(session, "421224")

    assert ids(be("county")) == []


@pytest.mark.parametrize("days, listed", [(-1, False), (0, True)])
def test_a_rule_is_listed_to_its_last_day(
    resident: Client, session: Session, *, days: int, listed: bool
) -> None:
    rule = write_rule(session, valid_from=LONG_AGO, valid_until=business_day() + timedelta(days=days))

    assert (str(rule.id) in ids(resident)) is listed


def test_a_rule_is_not_listed_before_its_first_day(resident: Client, session: Session) -> None:
    write_rule(session, valid_from=business_day() + timedelta(days=1))

    assert ids(resident) == []


def test_of_two_versions_the_later_is_in_force(resident: Client, session: Session) -> None:
    write_rule(session, code="tidy", valid_from=LONG_AGO)
    later = write_rule(session, code="tidy", version=2)
    write_rule(session, code="tidy", version=3, valid_from=business_day() + timedelta(days=1))

    assert ids(resident) == [str(later.id)]


def test_rules_are_read_page_by_page(resident: Client, session: Session) -> None:
    made = [str(write_rule(session).id) for _ in range(3)]
    first = resident.get("/v1/rules?limit=2").json
    rest = resident.get(f"/v1/rules?limit=2&cursor={first['next_cursor']}").json

    assert [rule["id"] for rule in first["items"] + rest["items"]] == made[::-1]
    assert rest["next_cursor"] is None


def test_the_queries_do_not_grow_with_the_rules(
    app: Flask, resident: Client, session: Session, connection: Connection
) -> None:
    assert app
    write_rule(session)
    with statements(connection) as few:
        ids(resident)
    for _ in range(5):
        write_rule(session)
    with statements(connection) as many:
        ids(resident)

    assert len(few) == len(many)


def test_a_rule_of_one_day_is_claimed_on_that_day(resident: Client, session: Session) -> None:
    today = business_day()

    claimed(resident, write_rule(session, valid_from=today, valid_until=today))


def test_a_clock_that_is_not_believed_opens_no_old_rule(resident: Client, session: Session) -> None:
    over = write_rule(session, valid_until=business_day() - timedelta(days=9))
    body = claim_body(over, captured_at=(now() - timedelta(days=10)).isoformat())

    assert refused(resident.put(f"/v1/claims/{new_id()}", json=body)) == (422, "rule_not_in_force")
