"""Numbers of people in what a file of the ledger says in words: they are left out there."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import Hazard
from tests import canaries
from tests.cast import person
from tests.client import Client
from tests.exports.ledger_world import taken
from tests.hazard_world import done, report_body

PHONE = "137" + "15820" + "406"


def test_nobodys_number_is_in_it_and_the_record_keeps_it(
    app: Flask, session: Session, be: Callable[[str], Client]
) -> None:
    """S-154: a file goes on to offices that need nobody's phone, in whatever way somebody wrote it."""
    canaries.look_at([PHONE], sent=True)
    admin, worker, hazard_id = be("admin"), be("worker"), str(new_id())
    said = f"楼道堆了纸箱，打{PHONE[:3]} {PHONE[3:7]} {PHONE[7:]}"
    worker.put(f"/v1/hazards/{hazard_id}", json=report_body(text=said))

    def step(who: Client, verb: str, **sent: Any) -> None:
        done(who.step(f"/v1/hazards/{hazard_id}/{verb}", sent))

    due = now() + timedelta(days=3)
    step(admin, "accept")
    step(admin, "assign", assignee_id=str(person("worker").user_id), due_at=due.isoformat())
    step(worker, "start")
    step(worker, "rectify", note=f"清走了，有事找{PHONE}")
    [line] = taken(app, session, admin)
    row = session.get_one(Hazard, UUID(hazard_id), populate_existing=True)
    row.five_fixed = dict.fromkeys(("responsible", "measures", "funds"), f"找{PHONE}")
    session.commit()
    [major] = taken(app, session, admin)

    assert line["隐患描述"] == "楼道堆了纸箱，打（号码略）"
    assert line["整改措施"] == "清走了，有事找（号码略）"
    assert [major[heading] for heading in ("责任人", "整改措施", "资金")] == ["找（号码略）"] * 3
    assert admin.get(f"/v1/hazards/{hazard_id}").json["text"] == said
