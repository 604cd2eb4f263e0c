"""Devices and their counting: what does not fit is told, and a person looks."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.clock import now, set_to
from app.ids import new_id
from app.models import Checklist, DeviceMark, User
from tests.approval_world import Become
from tests.cast import person
from tests.client import Client
from tests.hazard_world import BLOCK, file, inspection_body
from tests.presence_world import device, presence

AT = datetime(2026, 9, 10, 2, 0, tzinfo=UTC)


def filed(client: Client, checklist: Checklist, phone: UUID, counter: int, at: datetime) -> list[str]:
    body = inspection_body(checklist, captured_at=at.isoformat(), device=device(phone, counter))
    return presence(file(client, body))[1]


def test_a_clock_set_back_is_told_and_both_times_stay(worker: Client, checklist: Checklist) -> None:
    """S-174: two hours back: flagged; what the phone and the server said stays as it was."""
    phone, back = new_id(), AT - timedelta(hours=2)
    with set_to(AT):
        assert "clock_set_back" not in filed(worker, checklist, phone, 1, AT)
        body = inspection_body(checklist, captured_at=back.isoformat(), device=device(phone, 2))
        record_id = new_id()
        shown = file(worker, body, record_id).json

    assert "clock_set_back" in shown["presence_reasons"]
    assert datetime.fromisoformat(shown["captured_at"]) == back
    assert datetime.fromisoformat(shown["received_at"]) == AT


def test_records_that_arrive_in_any_order_are_no_clock_set_back(worker: Client, checklist: Checklist) -> None:
    """S-174: a phone that was without a net sends the later one first."""
    phone = new_id()
    with set_to(AT):
        for counter in (3, 1, 2, 5, 4):
            reasons = filed(worker, checklist, phone, counter, AT - timedelta(hours=6 - counter))
            assert reasons == ["code_missing", "position_missing", "no_photo"]


def test_a_counter_that_runs_backwards_or_repeats_is_told(worker: Client, checklist: Checklist) -> None:
    """S-174: the counting only goes up, and each number is one record."""
    phone = new_id()
    with set_to(AT):
        filed(worker, checklist, phone, 5, AT - timedelta(hours=1))

        assert "counter_backwards" in filed(worker, checklist, phone, 4, AT)
        assert "counter_repeated" in filed(worker, checklist, phone, 5, AT)


def test_a_clock_put_right_by_minutes_is_none_set_back(worker: Client, checklist: Checklist) -> None:
    phone = new_id()
    with set_to(AT):
        filed(worker, checklist, phone, 1, AT)

        assert "clock_set_back" not in filed(worker, checklist, phone, 2, AT - timedelta(minutes=5))


def test_shared_devices_and_accounts_on_many_are_listed(
    session: Session, be: Become, worker: Client, colleague: Client, checklist: Checklist
) -> None:
    """S-177: for a person to look at; one phone of one worker, and what is older than a week, is not."""
    shared, own = new_id(), new_id()
    with set_to(now() - timedelta(days=8)):
        filed(colleague, checklist, own, 1, now())
    for counter, (client, phone) in enumerate(
        ((worker, shared), (colleague, shared), (worker, own), (worker, new_id())), 10
    ):
        filed(client, checklist, phone, counter, now())

    session.get_one(User, person("colleague").user_id).name = "worker"
    session.commit()

    found = be("admin").get("/v1/device-findings").json

    two = [{"user_id": str(person(who).user_id), "user_name": "worker"} for who in ("colleague", "worker")]
    two.sort(key=lambda one: one["user_id"])
    assert [(one["device_id"], one["users"], one["records"]) for one in found["shared"]] == [
        (str(shared), two, 2)
    ]
    assert [(one["user_name"], one["devices"], one["records"]) for one in found["many"]] == [("worker", 3, 3)]
    assert be("county").get("/v1/device-findings").json["shared"] == found["shared"]
    assert be("far_admin").get("/v1/device-findings").json["shared"] == []
    assert be("worker").get("/v1/device-findings").status_code == 403


def test_of_a_resident_no_device_is_kept(session: Session, be: Become) -> None:
    """S-181: only the staff's, on duty."""
    body = {
        "place_id": str(BLOCK),
        "category": "fire",
        "text": "楼道堆放杂物",
        "captured_at": now().isoformat(),
        "device": device(new_id()),
    }
    record_id = new_id()

    assert be("resident").put(f"/v1/hazards/{record_id}", json=body).status_code == 201

    assert session.get(DeviceMark, record_id) is None
