"""The page of a copy shows the newest of what is long, says how many there are, and where the rest stands."""

import re
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import AuditEntry, AuditResult, HazardEvent, HazardStatus, HazardStep
from app.own_data.page_parts import SHOWN
from tests.cast import person
from tests.client import Client
from tests.own_data.life import Life
from tests.own_data_world import copy_of

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def bound(count: int, file: str) -> str:
    """Give the line that says so."""
    return f"<p>一共{count}条，这里只写最近的200条。全部都在 data 文件夹的 {file}.csv 里。</p>"


def lines_of(page: str, title: str) -> list[str]:
    """Give the lines of the table under a heading."""
    table = page.split(f"{title} <span>", 1)[1].split("</table>", 1)[0]
    return re.findall(r"<tr><td>.*</tr>", table)


def write_trail(session: Session, count: int) -> None:
    """Let the worker have done one thing a day; ids run against time, as those of phones may."""
    common = {"actor_id": person("worker").user_id, "roles": [], "action": "GET /v1/places", "facts": {}}
    rows = [
        {"id": new_id(), "at": FIRST + DAY * number, "result": AuditResult.DONE, "mac": b"", **common}
        for number in reversed(range(count))
    ]
    session.execute(insert(AuditEntry), rows)
    session.commit()


def test_a_long_trail_is_bound_to_its_newest_rows(app: Flask, session: Session, worker: Client) -> None:
    """S-76: nobody reads years of what he did; the tables have it all."""
    write_trail(session, SHOWN + 30)
    got = copy_of(app, session, worker)
    times = sorted(row["时间"] for row in got.table("audit_entries"))
    lines = lines_of(got.page, "我的操作记录")
    days = [datetime.fromisoformat(one) for one in times]

    assert len(times) > SHOWN + 30, "what he did to get the copy is there, too"
    assert len(lines) == SHOWN
    assert bound(len(times), "audit_entries") in got.page
    for one, is_shown in (
        (days[0], False),
        (days[-SHOWN - 1], False),
        (days[-SHOWN], True),
        (days[-1], True),
    ):
        said = f"<td>{one.year}年{one.month}月{one.day}日 {one:%H:%M}</td>"
        assert any(said in line for line in lines) is is_shown, said


def test_so_is_what_stands_under_one_record(app: Flask, session: Session, resident: Client) -> None:
    """S-76: the newest steps of a report that was found again and again, in their order."""
    life = Life(session)
    hazard = life.hazard(HazardStatus.ACCEPTED, reported_by=person("resident").user_id)
    for number in reversed(range(SHOWN + 3)):
        life.own(
            HazardEvent,
            hazard_id=hazard,
            number=number + 1,
            step=HazardStep.RECUR,
            status_after=HazardStatus.ACCEPTED,
            at=FIRST + DAY * number,
            note=f"第{number}次",
        )
    session.commit()
    page = copy_of(app, session, resident).page
    told = re.findall(r"<td>第(\d+)次</td>", page)

    assert told == [str(number) for number in range(3, SHOWN + 3)]
    assert bound(SHOWN + 3, "hazard_events") in page


def test_what_is_short_is_shown_whole(app: Flask, session: Session, worker: Client) -> None:
    """S-76: and says nothing of a rest."""
    write_trail(session, 5)
    got = copy_of(app, session, worker)

    assert len(lines_of(got.page, "我的操作记录")) == len(got.table("audit_entries"))
    assert "这里只写最近的" not in got.page
