"""What a report of harm to a minor earns, and what its home reads of that (ADR 0013)."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actors import ProxyFunction
from app.clock import now
from app.ids import new_id
from app.models import AutomaticSource, Claim, Evidence, Grant, Hazard, NoticeKind, Rule, Verifier
from tests.api.points.test_harm_at_home import TOLD, grow_young, housemate, is_absent, listed, told
from tests.cast import person
from tests.client import Client
from tests.hazard_world import file, inspection_body, problem, report_body, write_checklist
from tests.matrix.routes_base import picture
from tests.own_data_world import copy_of
from tests.points_world import Be, claim_body, move_in, write_rule
from tests.proxy_world import acting, confirmed

__all__ = ["housemate"]


@pytest.fixture(autouse=True)
def rewarding(session: Session) -> Rule:
    """Let accepted reports earn points."""
    return write_rule(
        session,
        automatic=AutomaticSource.HAZARD_REPORT_ACCEPTED,
        evidence=Evidence.NONE,
        verifier=Verifier.EITHER,
        notice_days=0,
    )


def reported(be: Be, client: Client, text: str, *, note: str = "", **more: str) -> tuple[UUID, str]:
    """Let somebody report and the admin accept it; give the hazard, and the path of what it earned, or ""."""
    hazard_id = new_id()
    sent = client.put(f"/v1/hazards/{hazard_id}", json=report_body(text=text), **more)
    assert sent.status_code == 201, sent.text
    assert be("admin").step(f"/v1/hazards/{hazard_id}/accept", {"note": note}).status_code == 200
    return hazard_id, next(iter(listed(be("admin"))), "")


@pytest.mark.parametrize("text, note", [("爸爸喝了酒就打我", ""), ("灯坏了", TOLD)])
def test_a_minors_report_that_tells_of_harm_earns_nothing(
    be: Be, resident: Client, session: Session, text: str, note: str
) -> None:
    """Neither a claim, nor a notice, nor an entry tells at home that he reported something."""
    grow_young(session)
    hazard_id, _ = reported(be, resident, text, note=note)

    assert session.get_one(Hazard, hazard_id).status == "accepted"
    assert session.scalars(select(Claim)).all() == []
    assert told(session, "resident") == []


def test_a_minors_other_report_earns_points(be: Be, resident: Client, session: Session) -> None:
    grow_young(session)
    _, path = reported(be, resident, "灯坏了")

    assert listed(resident) == [path]


def test_what_a_grown_ups_report_earns_is_his_to_read(
    be: Be, resident: Client, housemate: Client, session: Session
) -> None:
    """Its lack would tell him of the case; the others of the home do not find it."""
    _, path = reported(be, resident, TOLD)

    assert listed(resident) == listed(be("worker")) == [path]
    assert told(session, "resident") == ["submit"]
    assert is_absent(housemate, path)


def test_for_whom_another_reported_finds_no_points_of_it(
    app: Flask, be: Be, resident: Client, session: Session
) -> None:
    """The words are the proxy's; he finds what came of them, also in his own copy nobody else."""
    proxy = be("lead")
    confirmed(proxy, resident, functions=[ProxyFunction.SEE, ProxyFunction.REPORT])
    hazard_id, path = reported(be, proxy, TOLD, **acting())

    assert listed(proxy, **acting()) == [path]
    assert is_absent(resident, path)
    assert told(session, "resident") == []
    got = copy_of(app, session, resident)
    assert (got.rows("claims"), got.rows("claim_events")) == ([], [])
    assert str(hazard_id) not in got.everything


def test_what_was_earned_before_harm_was_told_is_gone_for_the_home(
    app: Flask, be: Be, resident: Client, housemate: Client, session: Session
) -> None:
    """A later step of the hazard tells; the points are posted, and nobody at home is told of more steps."""
    grow_young(session)
    hazard_id, path = reported(be, resident, "灯坏了")
    assert listed(resident) == listed(housemate) == [path]
    worker = {"assignee_id": str(person("worker").user_id), "note": TOLD}
    assert be("admin").step(f"/v1/hazards/{hazard_id}/assign", worker).status_code == 200
    assert be("admin").step(f"{path}/approve", {}).json["status"] == "posted"

    assert is_absent(resident, path)
    assert is_absent(housemate, path)
    assert told(session, "resident") == ["submit"]
    got = copy_of(app, session, resident)
    for kind in ("claims", "claim_events", "transfers", "notices", "audit_entries", "hazards"):
        assert {path[-36:], str(hazard_id)} & set(str(got.rows(kind)).split("'")) == set(), kind


def test_a_minors_copy_does_not_say_that_he_told(app: Flask, resident: Client, session: Session) -> None:
    """His trail named hazard, claim and photo, each with its minute; another entry of his stays."""
    grow_young(session)
    rule = write_rule(session, code="sweep")
    told_of, claim, plain, photo, other = (new_id() for _ in range(5))
    for hazard_id, text, named in ((told_of, "爸爸喝了酒就打我", photo), (plain, "灯坏了", other)):
        sent = report_body(text=text, photo_ids=[str(named)])
        assert resident.put(f"/v1/hazards/{hazard_id}", json=sent).status_code == 201
        assert resident.put(f"/v1/photos/{named}", data=picture()).status_code == 201
    assert resident.put(f"/v1/claims/{claim}", json=claim_body(rule, text="爸爸打我")).status_code == 201
    did = str(copy_of(app, session, resident).rows("audit_entries"))

    assert [str(one) in did for one in (told_of, claim, photo)] == [False] * 3
    assert [str(one) in did for one in (plain, other)] == [True] * 2


def test_words_of_an_inspection_that_found_it_again_are_not_the_first_workers(
    be: Be, session: Session
) -> None:
    """He lives there and has no post any more; that step names the inspection, and the case does, too."""
    checklist = write_checklist(session)
    for who, note in (("worker", "堆了纸箱"), ("colleague", f"楼道堆物，{TOLD}")):
        made = file(be(who), inspection_body(checklist, _1=problem(note)))
        assert made.status_code == 201, made.text
    (hazard,) = session.scalars(select(Hazard))
    path = f"/v1/hazards/{hazard.id}"
    known = be("admin").get(path).json["events"][-1]
    move_in(session, "worker")
    session.execute(update(Grant).where(Grant.user_id == person("worker").user_id).values(ended_at=now()))
    session.commit()
    shown = be("worker").get(path)

    assert TOLD in known["note"]
    assert [(one["step"], one["note"]) for one in shown.json["events"]][-1] == ("recur", "")
    assert TOLD not in shown.text
    assert told(session, "worker", NoticeKind.HAZARD_STEP) == ["recur"]
