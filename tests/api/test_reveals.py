"""A resident's number in clear: for a purpose, freshly proved, twenty times a day."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import business_day, end_of, now, set_to
from app.models import Resident, Reveal, SignIn
from app.people import Numbers, sealed_numbers
from tests.cast import GRID, named, person
from tests.child_world import write_child, write_ticket
from tests.client import Answer, Client
from tests.sealer import SEALER
from tests.trail import entries_of

PHONE, ID_NUMBER = "13900001234", "000000195503080020"
PURPOSE = "联系家属送药"


@pytest.fixture(autouse=True)
def _numbers(session: Session) -> None:
    """Give the first resident a phone and an ID number."""
    row = session.get_one(Resident, named("resident"))
    for name, value in sealed_numbers(SEALER, row.id, GRID, Numbers(PHONE, ID_NUMBER)).items():
        setattr(row, name, value)
    session.commit()


def reveal(client: Client, resident: str = "resident", **sent: Any) -> Answer:
    body = {"field": "phone", "purpose": PURPOSE} | sent
    return client.post(f"/v1/residents/{named(resident)}/reveal", json=body)


def test_worker_and_admin_see_a_number_and_leave_their_purpose(
    worker: Client, admin: Client, session: Session
) -> None:
    """S-36: the reveal is kept with who, whose, what and what for."""
    with entries_of(session) as entries:
        phone, id_number = reveal(worker), reveal(admin, field="id_number")

    assert (phone.status_code, phone.json["value"]) == (200, PHONE)
    assert (id_number.status_code, id_number.json["value"]) == (200, ID_NUMBER)
    kept = session.execute(
        select(Reveal.user_id, Reveal.resident_id, Reveal.field, Reveal.purpose).order_by(Reveal.id)
    )
    assert [tuple(row) for row in kept] == [
        (person("worker").user_id, named("resident"), "phone", PURPOSE),
        (person("admin").user_id, named("resident"), "id_number", PURPOSE),
    ]
    home = {"household_id": str(named("household home"))}
    assert [(one.actor_id, one.object_id, dict(one.facts)) for one in entries] == [
        (person("worker").user_id, named("resident"), {"purpose": PURPOSE, "field": "phone"} | home),
        (person("admin").user_id, named("resident"), {"purpose": PURPOSE, "field": "id_number"} | home),
    ]


def test_the_twenty_first_number_of_a_day_is_refused(worker: Client, session: Session) -> None:
    """S-36: the 21st call is 429, and the next day in China begins anew."""
    seen = [reveal(worker).status_code for _ in range(20)]
    late = reveal(worker)

    assert seen == [200] * 20
    assert (late.status_code, late.json["code"]) == (429, "reveal_limit")
    assert 0 < int(late.headers["Retry-After"]) <= 86_400
    assert session.scalar(select(func.count()).select_from(Reveal)) == 20
    with set_to(end_of(business_day()) + timedelta(seconds=1)):
        assert reveal(worker).status_code == 200


def test_a_number_needs_a_fresh_proof(worker: Client, session: Session) -> None:
    """S-14, S-36: a check older than five minutes is 403 ``reauth_required``."""
    session.get_one(SignIn, named("sign-in worker")).checked_at = now() - timedelta(minutes=6)
    session.commit()

    stale = reveal(worker)

    assert (stale.status_code, stale.json["code"]) == (403, "reauth_required")
    assert session.scalar(select(func.count()).select_from(Reveal)) == 0


@pytest.mark.parametrize(
    "purpose",
    [
        "",
        "看看",
        "打13900001234",
        "打139 0000 1234找他",
        "长" * 101,
        "....",
        "1111",
        "查 1234",
        "，。！？",
        "①②③④",
    ],
)
def test_a_purpose_is_words(worker: Client, session: Session, purpose: str) -> None:
    """S-36: without a purpose, or with a number in it, nothing is shown."""
    refused = reveal(worker, purpose=purpose)

    assert (refused.status_code, list(refused.json["errors"])) == (422, ["purpose"])
    assert PHONE not in refused.text
    assert session.scalar(select(func.count()).select_from(Reveal)) == 0


def test_what_is_not_there_reads_as_what_is_not_his(
    worker: Client, far_admin: Client, session: Session
) -> None:
    none, foreign = reveal(worker, "neighbour"), reveal(far_admin)

    assert [(one.status_code, one.json["code"]) for one in (none, foreign)] == [(404, "not_found")] * 2
    assert session.scalar(select(func.count()).select_from(Reveal)) == 0


def test_a_minors_number_is_shown_by_a_ticket_only(worker: Client, admin: Client, session: Session) -> None:
    """S-36, S-95: without one 403, whoever asks; with one the entry names it; once it is over 403 again."""
    child_id = write_child(session, birth_date=business_day().replace(year=business_day().year - 17, day=1))
    row = session.get_one(Resident, child_id)
    for name, value in sealed_numbers(SEALER, child_id, row.area_code, Numbers(PHONE)).items():
        setattr(row, name, value)
    session.commit()
    path, body = f"/v1/residents/{child_id}/reveal", {"field": "phone", "purpose": PURPOSE}

    without = [client.post(path, json=body) for client in (worker, admin)]
    ticket_id = write_ticket(session, child_id, "worker")
    with entries_of(session) as entries:
        shown = worker.post(path, json=body)
    with set_to(now() + timedelta(days=1, minutes=1)):
        session.get_one(SignIn, named("sign-in worker")).checked_at = now()
        session.commit()
        late = worker.post(path, json=body)

    assert [(one.status_code, one.json["code"]) for one in (*without, late)] == [(403, "ticket_needed")] * 3
    assert (shown.status_code, shown.json["value"]) == (200, PHONE)
    assert [one.facts["ticket_id"] for one in entries] == [str(ticket_id)]
    assert session.scalar(select(func.count()).select_from(Reveal)) == 1
