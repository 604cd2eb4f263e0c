"""What the law keeps of a closed account: frozen, for the auditor alone, for a time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.clock import now, set_to
from app.config import RetentionSettings
from app.ids import new_id
from app.models import (
    Hazard,
    HazardStatus,
    Proxy,
    ProxyEnd,
    ProxyRelation,
    ProxyState,
    SignIn,
)
from app.own_data import FrozenKind, follow_up
from app.retention import apply, rules
from tests.cast import named, person
from tests.client import Answer, Client
from tests.own_data.closing import close
from tests.own_data.life import Life
from tests.own_data_world import photos_of
from tests.trail import entries_of

ME = person("resident").user_id


def frozen(client: Client, closing_id: Any, kind: str) -> Answer:
    return client.get(f"/v1/closings/{closing_id}/frozen?kind={kind}")


def write_proxy(session: Session) -> None:
    session.add(
        Proxy(
            id=new_id(),
            area_code="421224100001001",
            resident_id=named("neighbour"),
            user_id=ME,
            relation=ProxyRelation.OTHER,
            functions=["see"],
            valid_until=now().date(),
            consent="当面说过",
            state=ProxyState.ENDED,
            asked_by=ME,
            asked_at=now(),
            ended_at=now(),
            end_reason=ProxyEnd.PROXY,
            content_hash=b"",
        )
    )
    session.commit()


def test_what_the_law_keeps_is_seen_by_the_auditor_alone(
    app: Flask,
    session: Session,
    resident: Client,
    admin: Client,
    be: Callable[[str], Client],
    life: dict[str, Any],
) -> None:
    """S-79: normal roles get 404, also for its photos; the auditor sees it, and each look leaves an entry."""
    write_proxy(session)
    hazard, photo = f"/v1/hazards/{life['hazard']}", f"/v1/photos/{life['hazard_photo']}"
    corrections = [one["id"] for one in admin.get("/v1/corrections").json["items"]]
    seen = [be(name).get(hazard).status_code for name in ("admin", "worker", "county", "city", "lead")]
    assert (seen, admin.get(photo).status_code, len(corrections)) == ([200] * 5, 200, 1)
    closing_id = close(app, session, resident)
    staff = ("admin", "worker", "county", "city", "lead")
    hidden = [be(name).get(hazard).status_code for name in staff]
    listed = [be(name).get("/v1/hazards").json["items"] for name in staff]
    auditor = be("auditor")
    with entries_of(session) as came:
        found = {kind.value: frozen(auditor, closing_id, kind.value) for kind in FrozenKind}
    values = {kind: [one["values"] for one in answer.json["items"]] for kind, answer in found.items()}

    assert (hidden, listed) == ([404] * 5, [[]] * 5)
    assert [be(name).get(photo).status_code for name in staff] == [404] * 5
    assert admin.get(f"/v1/corrections/{corrections[0]}").status_code == 404
    assert admin.get(f"/v1/bindings?user_id={ME}").json["items"] == []
    assert admin.get("/v1/corrections").json["items"] == []
    assert admin.get("/v1/proxies").json["items"] == []
    assert {kind: bool(rows) for kind, rows in values.items()} == dict.fromkeys(values, True)
    assert values["hazards"][0]["id"] == str(life["hazard"])
    assert values["binding_requests"][0]["name"] == ""
    assert values["consents"][0]["withdrawn_at"]
    assert [(one.action, one.object_id, one.facts["kind"]) for one in came] == [
        ("GET /v1/closings/<uuid:closing_id>/frozen", closing_id, kind.value) for kind in FrozenKind
    ]


@pytest.mark.parametrize("name", ["resident", "worker", "admin", "county", "system", "security"])
def test_nobody_else_opens_what_is_frozen(
    app: Flask, session: Session, be: Callable[[str], Client], name: str
) -> None:
    """S-79: 403 for other roles, 404 for another county's auditor, a fresh proof for ours."""
    closing_id = close(app, session, be("neighbour"))
    auditor = be("auditor")
    assert frozen(auditor, closing_id, "bindings").status_code == 200
    signed_in = session.get_one(SignIn, named("sign-in auditor"))
    signed_in.checked_at = now() - timedelta(minutes=6)
    session.commit()

    assert frozen(be(name), closing_id, "bindings").status_code == 403
    assert frozen(be("far_auditor"), closing_id, "bindings").status_code == 404
    assert frozen(auditor, closing_id, "bindings").json["code"] == "reauth_required"
    assert be(name).get("/v1/closings").status_code == 403
    assert be("far_auditor").get("/v1/closings").json["items"] == []
    assert [one["id"] for one in auditor.get("/v1/closings").json["items"]] == [str(closing_id)]


def test_a_report_is_frozen_when_it_has_ended_and_not_before(
    app: Flask, session: Session, resident: Client, admin: Client, life: dict[str, Any]
) -> None:
    """S-79: what is unsafe is put right first."""
    session.execute(update(Hazard).values(status=HazardStatus.RECTIFYING))
    session.commit()
    close(app, session, resident)
    shown = admin.get(f"/v1/hazards/{life['hazard']}")
    session.execute(update(Hazard).values(status=HazardStatus.CLOSED))
    session.commit()

    follow_up(session, photos_of(app), limit=10)
    session.commit()

    assert shown.status_code == 200
    assert admin.get(f"/v1/hazards/{life['hazard']}").status_code == 404


def test_frozen_rows_go_three_years_later(app: Flask, session: Session, resident: Client) -> None:
    """S-79, S-81: bindings, requests, corrections and proxies stay as long as somebody may sue."""
    Life(session).write(photos_of(app))
    write_proxy(session)
    close(app, session, resident)
    figures: dict[int, dict[str, int]] = {}
    for days in (3 * 365 - 3, 3 * 366 + 8):
        with set_to(now() + timedelta(days=days)):
            figures[days] = {
                rule.name: apply(session, rule, limit=10)
                for rule in rules(RetentionSettings())
                if rule.name.startswith("frozen")
            }
    session.commit()
    early, late = figures.values()

    assert set(early.values()) == {0}
    assert all(late.values()), late
