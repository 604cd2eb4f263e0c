"""Guardians: on record by staff, good once verified by an admin who is not of the family."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.clock import business_day
from app.ids import new_id
from app.models import Guardianship, Resident, User
from tests.care_world import move_in
from tests.cast import FAR, named, person
from tests.child_world import write_child, write_consent, write_guardian, write_ticket
from tests.client import Answer, Client
from tests.trail import entries_of


@pytest.fixture
def child(session: Session) -> UUID:
    """Give a child of the first household."""
    return write_child(session)


def put(client: Client, child: UUID, row_id: str | None = None, **fields: Any) -> Answer:
    body = {
        "child_id": str(child),
        "guardian_id": str(named("resident")),
        "relation": "grandparent",
        "proof": "户口本",
        "valid_until": "2029-12-31",
        **fields,
    }
    return client.put(f"/v1/guardianships/{row_id or new_id()}", json=body)


def test_a_guardian_is_recorded_verified_and_ended(
    worker: Client, admin: Client, child: UUID, session: Session
) -> None:
    made = put(worker, child)
    path = f"/v1/guardianships/{made.json['id']}"

    assert (made.status_code, made.json["verified_at"]) == (201, None)
    assert worker.post(f"{path}/verify").status_code == 403
    verified, ended = admin.post(f"{path}/verify"), admin.post(f"{path}/end")
    assert verified.json["verified_at"] is not None
    assert ended.json["ended_at"] is not None
    assert admin.post(f"{path}/verify").json["code"] == "illegal_step"
    listed = worker.get(f"/v1/residents/{child}/guardianships").json["items"]
    assert [(one["id"], one["proof"]) for one in listed] == [(made.json["id"], "户口本")]
    row = session.get_one(Guardianship, UUID(made.json["id"]))
    assert row.verified_by == person("admin").user_id
    assert "户口本".encode() not in row.proof_sealed


def test_who_verifies_is_told_and_the_guardian_what_became_of_it(
    worker: Client, admin: Client, resident: Client, child: UUID
) -> None:
    """S-92: each once, however often it is sent; neither the child nor the proof is named."""

    def told(client: Client) -> list[tuple[str, str]]:
        items = client.get("/v1/me/notices").json["items"]
        kinds = ("approval", "account_alert")
        about = [one for one in items if one["kind"] in kinds]
        assert all(one["data"].keys() == {"what", "guardianship_id"} for one in about)
        return [(one["kind"], one["data"]["what"]) for one in reversed(about)]

    row_id = str(new_id())
    for _ in range(2):
        put(worker, child, row_id)
    for verb in ("verify", "verify", "end", "end"):
        admin.post(f"/v1/guardianships/{row_id}/{verb}")

    assert told(admin) == [("approval", "guardian_asked")]
    assert told(resident) == [
        ("account_alert", "guardian_verified"),
        ("account_alert", "guardian_ended"),
    ]
    assert told(worker) == []


def test_a_guardian_sent_again_is_the_first_one_though_the_child_moved(
    worker: Client, child: UUID, session: Session
) -> None:
    row_id = str(new_id())
    first = put(worker, child, row_id)
    session.execute(update(Resident).where(Resident.id == child).values(area_code=FAR))
    session.commit()

    again, other, fresh = (
        put(worker, child, row_id),
        put(worker, child, row_id, proof="改过"),
        put(worker, child),
    )

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json | {"child": None}, "who lives elsewhere now is not named"
    assert (other.status_code, other.json["code"]) == (409, "other_content")
    assert fresh.status_code == 404, "what is new is judged as ever"


def test_two_people_have_one_guardianship_at_a_time(
    worker: Client, admin: Client, child: UUID, session: Session
) -> None:
    """S-92: ending one of two would leave the other in force, unseen."""
    first = put(worker, child)
    second, another = (
        put(worker, child, valid_until="2028-12-31"),
        put(worker, child, guardian_id=str(named("neighbour"))),
    )
    assert (second.status_code, second.json["code"]) == (409, "guardian_open")
    assert another.status_code == 201, "a child may have two guardians"

    assert admin.post(f"/v1/guardianships/{first.json['id']}/end").status_code == 200
    third = put(worker, child)
    assert third.status_code == 201
    session.execute(update(Guardianship).values(valid_until=business_day() - timedelta(days=1)))
    session.commit()
    assert put(worker, child).status_code == 201, "what is past its last day keeps none out"
    session.expire_all()
    over = session.get_one(Guardianship, UUID(third.json["id"]))
    assert (over.ended_at is None, over.ended_by) == (False, None)


def test_the_child_cannot_stand_up_for_itself(
    worker: Client, admin: Client, child: UUID, session: Session
) -> None:
    """S-92: neither the child itself, nor somebody known by the child's phone."""
    write_guardian(session, child, of="neighbour")
    write_consent(session, child, by="neighbour")
    path = f"/v1/residents/{child}/numbers"
    assert admin.put(path, json={"phone": "13900001234", "id_number": None}).status_code == 200
    numbers = {"phone": "13900001234", "id_number": None}
    assert admin.put(f"/v1/residents/{named('resident')}/numbers", json=numbers).status_code == 200

    same_phone, itself = put(worker, child), put(worker, child, guardian_id=str(child))

    for refused in (same_phone, itself):
        assert (refused.status_code, refused.json["code"]) == (422, "guardian_unfit")
    before = write_guardian(session, child, verified=False)
    late = admin.post(f"/v1/guardianships/{before}/verify")
    assert (late.status_code, late.json["code"]) == (422, "guardian_unfit")
    assert session.get_one(Guardianship, before).verified_at is None


def test_nobody_verifies_for_his_own_family(admin: Client, child: UUID, session: Session) -> None:
    """S-92: an admin of the child's household cannot verify."""
    row_id = write_guardian(session, child, verified=False)
    session.get_one(User, person("resident").user_id).resident_id = None
    session.flush()
    session.get_one(User, person("admin").user_id).resident_id = named("resident")
    session.commit()

    refused = admin.post(f"/v1/guardianships/{row_id}/verify")

    assert (refused.status_code, refused.json["code"]) == (403, "own_side")


def test_who_put_a_guardian_on_record_does_not_verify_him(
    admin: Client, child: UUID, session: Session
) -> None:
    """S-92: one person alone makes nobody the guardian of a child; another admin sees the proof."""
    made = put(admin, child)
    path = f"/v1/guardianships/{made.json['id']}/verify"

    refused = admin.post(path)

    assert (refused.status_code, refused.json["code"]) == (403, "recorded_guardian")
    row = session.get_one(Guardianship, UUID(made.json["id"]))
    assert row.verified_at is None
    row.recorded_by = person("worker").user_id  # the same record, made by the grid worker
    session.commit()
    assert admin.post(path).status_code == 200


def test_whoever_is_told_of_a_guardian_finds_him(
    worker: Client, admin: Client, far_admin: Client, child: UUID, session: Session
) -> None:
    """S-92: the notice names an id alone, and nobody looks through all children for it."""
    waiting, verified, ended, over = (
        put(worker, one).json["id"] for one in (child, *(write_child(session) for _ in range(3)))
    )
    for row_id, verb in ((verified, "verify"), (ended, "end")):
        admin.post(f"/v1/guardianships/{row_id}/{verb}")
    session.get_one(Guardianship, UUID(over)).valid_until = date(2026, 1, 1)
    session.commit()
    told = [one["data"]["guardianship_id"] for one in admin.get("/v1/me/notices").json["items"]]

    def found(client: Client, query: str = "") -> list[str]:
        return [one["id"] for one in client.get(f"/v1/guardianships{query}").json["items"]]

    assert waiting in told
    assert found(admin, "?state=waiting") == [waiting]
    assert found(admin, "?state=in_force") == [verified]
    assert found(admin, "?state=over") == [over, ended]
    assert found(admin) == [over, ended, verified, waiting]
    first = admin.get("/v1/guardianships?limit=3").json
    assert found(admin, f"?cursor={first['next_cursor']}") == [waiting]
    assert found(far_admin) == []
    assert worker.get("/v1/guardianships").status_code == 403


def test_a_guardian_is_of_age(worker: Client, child: UUID, session: Session) -> None:
    """S-92: younger than 18 is refused."""
    brother = write_child(session, date(2010, 1, 1))

    refused = put(worker, child, guardian_id=str(brother), relation="sibling")

    assert (refused.status_code, list(refused.json["errors"])) == (422, ["guardian_id"])


@pytest.mark.parametrize("day", ["2026-01-01", "2034-06-01"])
def test_a_guardianship_lasts_while_the_child_is_one(worker: Client, child: UUID, day: str) -> None:
    refused = put(worker, child, valid_until=day)

    assert (refused.status_code, refused.json["code"]) == (422, "guardian_span")


def test_until_of_age_the_last_day_is_told_to_whoever_may_read_the_day_of_birth(
    worker: Client, admin: Client, child: UUID, session: Session
) -> None:
    """S-95: it is the day before a birthday; lists and answers to steps say only that it lasts until then."""
    made = put(worker, child, valid_until="2034-05-31")
    path = f"/v1/guardianships/{made.json['id']}"
    again = put(worker, child, made.json["id"], valid_until="2034-05-31")
    of_child, verified = f"/v1/residents/{child}/guardianships", admin.post(f"{path}/verify")
    (listed,), (told,) = (
        worker.get(of_child).json["items"],
        admin.get("/v1/guardianships").json["items"],
    )
    ticket = write_ticket(session, child, "worker")
    with entries_of(session) as entries:
        (by_ticket,) = worker.get(of_child).json["items"]
    ended = admin.post(f"{path}/end")

    assert (made.status_code, again.status_code, verified.status_code, ended.status_code) == (
        201,
        200,
        200,
        200,
    )
    for shown in (made.json, again.json, verified.json, listed, told, ended.json):
        assert (shown["valid_until"], shown["until_of_age"]) == (None, True)
        assert "2034-05-31" not in str(shown)
    assert (by_ticket["valid_until"], by_ticket["until_of_age"]) == ("2034-05-31", True)
    assert entries[0].facts["ticket_ids"] == [str(ticket)]


def test_whoever_lives_with_the_child_reads_its_last_day(
    worker: Client, admin: Client, child: UUID, session: Session
) -> None:
    earlier = put(worker, child).json
    put(worker, child, guardian_id=str(named("neighbour")), valid_until="2034-05-31")
    move_in(session, "admin")

    listed = admin.get(f"/v1/residents/{child}/guardianships").json["items"]

    assert (earlier["valid_until"], earlier["until_of_age"]) == ("2029-12-31", False)
    assert [one["valid_until"] for one in listed] == ["2034-05-31", "2029-12-31"]


def test_who_moved_out_of_reach_keeps_his_last_day_to_himself(
    worker: Client, admin: Client, child: UUID, session: Session
) -> None:
    """The child is not named any more, and its birthday follows from nothing."""
    put(worker, child, valid_until="2034-05-31")
    session.execute(update(Resident).where(Resident.id == child).values(area_code=FAR))
    session.commit()

    (shown,) = admin.get("/v1/guardianships").json["items"]

    assert (shown["child"], shown["valid_until"], shown["until_of_age"]) == (None, None, True)


def test_somebody_of_age_needs_none(worker: Client, session: Session) -> None:
    grown = session.get_one(Resident, named("neighbour"))

    refused = put(worker, grown.id)

    assert (refused.status_code, refused.json["code"]) == (422, "not_a_child")
