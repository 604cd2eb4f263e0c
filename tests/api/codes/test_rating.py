"""What a reporter without an account says later: how satisfied he is, and that the report was his."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import (
    AutomaticSource,
    Claim,
    Hazard,
    HazardEvent,
    HazardStatus,
    HazardStep,
    Notice,
    NoticeKind,
)
from tests.api.codes.page import Send
from tests.cast import named, person
from tests.client import Answer, Client
from tests.hazard_world import KEY, done, refused, write_code, write_hazard
from tests.points_world import write_rule


@pytest.fixture
def closed(send: Send, session: Session) -> Hazard:
    """Give a report that a visitor made, and that was put right."""
    report_id = new_id()
    answer = send(id=str(report_id), key=KEY)
    assert answer.headers["Location"].endswith(f"/reports/{report_id}?key={KEY}")
    hazard = session.get_one(Hazard, report_id)
    hazard.status, hazard.ended_at = HazardStatus.CLOSED, now()
    session.commit()
    return hazard


def rate(visitor: Client, code: str, hazard: Hazard, **changes: Any) -> Answer:
    form = {"step_id": str(new_id()), "key": KEY, "faces": "3", "note": "谢谢", **changes}
    return visitor.post(f"/q/{code}/reports/{hazard.id}/rating", data=form)


def steps(session: Session, hazard: Hazard, step: HazardStep) -> list[HazardEvent]:
    return list(
        session.scalars(
            select(HazardEvent).where(HazardEvent.hazard_id == hazard.id, HazardEvent.step == step)
        )
    )


def take_over(client: Client, hazard: Hazard, key: str = KEY) -> Answer:
    return client.step(f"/v1/hazards/{hazard.id}/take-over", {"key": key})


def test_the_form_brings_a_key_that_opens_the_receipt_later(visitor: Client, code: str) -> None:
    pages = [visitor.get(f"/q/{code}").text for _ in range(2)]
    keys = [re.findall(r'name="key" value="([A-Za-z0-9_-]{20,})"', page) for page in pages]

    assert [len(found) for found in keys] == [1, 1]
    assert keys[0] != keys[1]


def test_what_he_wrote_stands_in_the_form_when_he_changes_the_face(
    visitor: Client, code: str, closed: Hazard
) -> None:
    """Only for whoever has the key."""
    rate(visitor, code, closed, faces="1", note="还有<一堆>")
    pages = [visitor.get(f"/q/{code}/reports/{closed.id}{key}").text for key in (f"?key={KEY}", "")]

    assert ['value="还有&lt;一堆&gt;"' in page for page in pages] == [True, False]


def test_a_visitor_says_how_satisfied_he_is_and_may_change_it_for_a_week(
    visitor: Client, session: Session, code: str, closed: Hazard
) -> None:
    page = visitor.get(f"/q/{code}/reports/{closed.id}?key={KEY}").text
    step_id = str(new_id())
    answers = [rate(visitor, code, closed, step_id=step_id) for _ in range(2)]
    changed = rate(visitor, code, closed, faces="1", note="又堆上了")
    session.refresh(closed)
    shown = closed.satisfaction
    closed.rated_at = now().replace(year=2026, month=1)
    session.commit()
    late = rate(visitor, code, closed, faces="2")
    told = select(Notice.data["step"].astext).where(
        Notice.user_id == person("admin").user_id,
        Notice.kind == NoticeKind.HAZARD_MATTER,
        Notice.data["step"].astext != "report",
    )

    assert "您满意吗" in page
    assert [answer.status_code for answer in (*answers, changed)] == [303] * 3
    assert [one.note for one in steps(session, closed, HazardStep.RATE)] == ["谢谢", "又堆上了"]
    assert shown == 1
    assert late.status_code == 409
    assert list(session.scalars(told)) == ["rate"], "only who is not satisfied is told of"


def test_admins_are_told_once_that_somebody_is_not_satisfied(
    visitor: Client, session: Session, code: str, closed: Hazard
) -> None:
    for faces in ("1", "1", "1", "2", "1"):
        assert rate(visitor, code, closed, faces=faces).status_code == 303
    told = select(Notice.data["step"].astext).where(
        Notice.user_id == person("admin").user_id,
        Notice.kind == NoticeKind.HAZARD_MATTER,
        Notice.data["step"].astext != "report",
    )

    assert list(session.scalars(told)) == ["rate", "rate"], "and once more where he changed his mind back"


@pytest.mark.parametrize(
    "wrong, words",
    [
        ({"faces": "4"}, "还没有选满意不满意"),
        ({"note": "好" * 201}, "最多200个字"),
        ({"step_id": "x"}, "页面太旧了"),
    ],
)
def test_a_form_that_is_not_right_says_at_which_field(
    visitor: Client, code: str, closed: Hazard, wrong: dict[str, str], words: str
) -> None:
    answer = rate(visitor, code, closed, **wrong)

    assert answer.status_code == 422
    assert words in answer.text


def test_without_the_key_nobody_says_so_for_him(
    visitor: Client, session: Session, app: Flask, code: str, closed: Hazard
) -> None:
    """Staff know the id of every report."""
    page = visitor.get(f"/q/{code}/reports/{closed.id}").text
    wrong = [rate(visitor, code, closed, key=key) for key in ("", "x" * 24)]
    elsewhere = rate(visitor, write_code(session, app, named("workshop")), closed)
    bare = rate(visitor, code, closed, faces="4")

    assert "您满意吗" not in page
    assert [answer.status_code for answer in (*wrong, elsewhere)] == [404] * 3
    assert bare.status_code == 422
    assert steps(session, closed, HazardStep.RATE) == []


def test_what_somebody_made_his_own_is_no_more_read_or_rated_by_its_address(
    visitor: Client, session: Session, code: str, closed: Hazard
) -> None:
    """Whoever was sent the address before does not read what he says in his account, nor change it."""
    rate(visitor, code, closed, faces="1", note="还有一堆")
    closed.reported_by = person("resident").user_id
    session.commit()
    page = visitor.get(f"/q/{code}/reports/{closed.id}?key={KEY}")
    again = rate(visitor, code, closed, faces="3")

    assert (page.status_code, again.status_code) == (200, 404)
    assert "还有一堆" not in page.text
    assert "您满意吗" not in page.text
    session.refresh(closed)
    assert closed.satisfaction == 1


def test_nothing_is_rated_before_it_is_closed(
    visitor: Client, session: Session, code: str, closed: Hazard
) -> None:
    session.execute(update(Hazard).values(status=HazardStatus.RECTIFYING))
    session.commit()

    assert rate(visitor, code, closed).status_code == 409


def test_a_resident_rates_what_he_reported_and_nothing_else(
    resident: Client, admin: Client, session: Session, closed: Hazard
) -> None:
    path = f"/v1/hazards/{closed.id}/rate"
    anothers = resident.step(path, {"faces": 3})
    session.execute(update(Hazard).values(reported_by=person("resident").user_id))
    session.commit()
    before = resident.get(f"/v1/hazards/{closed.id}").json["allowed"]
    shown = done(resident.step(path, {"faces": 2, "note": "还行"}))

    assert refused(anothers) == (404, "not_found")
    assert before == ["rate"]
    assert shown["satisfaction"] == admin.get(f"/v1/hazards/{closed.id}").json["satisfaction"] == 2


def test_a_resident_takes_his_report_and_earns_once_others_verified_it(
    resident: Client, admin: Client, session: Session, closed: Hazard
) -> None:
    write_rule(session, automatic=AutomaticSource.HAZARD_REPORT_ACCEPTED)
    shown = done(take_over(resident, closed))
    second = take_over(resident, closed)
    claim = session.scalars(select(Claim).where(Claim.source_id == closed.id)).one()

    assert shown["reported_by_me"]
    assert refused(second) == (409, "report_taken")
    assert (claim.resident_id, claim.status.value) == (named("resident"), "submitted")
    assert claim.verified_by is None
    assert admin.get(f"/v1/hazards/{closed.id}").json["source"] == "visitor"


def test_a_report_that_waits_earns_when_it_is_accepted(
    send: Send, resident: Client, admin: Client, session: Session
) -> None:
    write_rule(session, automatic=AutomaticSource.HAZARD_REPORT_ACCEPTED)
    report_id = new_id()
    send(id=str(report_id), key=KEY)
    hazard = session.get_one(Hazard, report_id)
    done(take_over(resident, hazard))
    before = session.scalars(select(Claim).where(Claim.source_id == report_id)).all()
    done(admin.step(f"/v1/hazards/{report_id}/accept"))

    assert before == []
    assert session.scalars(select(Claim).where(Claim.source_id == report_id)).one().resident_id == named(
        "resident"
    )


def test_nobody_takes_it_without_the_key_or_as_staff(
    resident: Client, worker: Client, session: Session, closed: Hazard
) -> None:
    assert refused(take_over(resident, closed, "x" * 24)) == (404, "not_found")
    assert refused(take_over(worker, closed)) == (403, "report_not_his")
    session.refresh(closed)
    assert closed.reported_by is None


@pytest.fixture
def kept(session: Session, closed: Hazard) -> Hazard:
    """Give the hazard of somebody else into which the visitor's report was merged, and which is closed."""
    kept = write_hazard(session, HazardStatus.CLOSED, ended_at=now())
    closed.status, closed.duplicate_of_id = HazardStatus.DUPLICATE, kept.id
    session.commit()
    return kept


def test_a_visitor_whose_report_was_merged_rates_what_became_of_the_kept_one(
    visitor: Client,
    admin: Client,
    resident: Client,
    session: Session,
    code: str,
    closed: Hazard,
    kept: Hazard,
) -> None:
    page = visitor.get(f"/q/{code}/reports/{closed.id}?key={KEY}").text
    answers = [rate(visitor, code, closed, faces="3"), rate(visitor, code, closed, faces="1", note="还在")]
    seen = admin.get(f"/v1/hazards/{kept.id}").json
    told = select(Notice.data["hazard_id"].astext).where(Notice.data["step"].astext == "rate")

    assert "您满意吗" in page
    assert [answer.status_code for answer in answers] == [303] * 2
    assert [(one["hazard_id"], one["satisfaction"], one["note"]) for one in seen["merged_ratings"]] == [
        (str(closed.id), 1, "还在")
    ]
    assert seen["satisfaction"] is None, "who reported the kept one has said nothing"
    assert set(session.scalars(told)) == {str(kept.id)}
    assert resident.get(f"/v1/hazards/{kept.id}").json["merged_ratings"] == [], "it is the offices' to read"


def test_nothing_merged_is_rated_before_the_kept_one_is_closed(
    visitor: Client, session: Session, code: str, closed: Hazard, kept: Hazard
) -> None:
    kept.status = HazardStatus.RECTIFYING
    session.commit()

    assert "您满意吗" not in visitor.get(f"/q/{code}/reports/{closed.id}?key={KEY}").text
    assert rate(visitor, code, closed).status_code == 409
