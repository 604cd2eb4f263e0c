"""Whoever verifies a guardian reads whose names the document must show, and who put him on record."""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import Relation, Resident
from tests.cast import FAR, GRID, named
from tests.child_world import write_child
from tests.client import Client
from tests.counting import statements


def put(client: Client, session: Session, **fields: Any) -> dict[str, Any]:
    body = {
        "child_id": str(write_child(session)),
        "guardian_id": str(named("resident")),
        "relation": "grandparent",
        "proof": "户口本",
        "valid_until": "2029-12-31",
        **fields,
    }
    answer = client.put(f"/v1/guardianships/{new_id()}", json=body)
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json
    return shown


def test_who_verifies_reads_both_names_and_who_recorded_it(
    worker: Client, admin: Client, session: Session
) -> None:
    sent = put(worker, session)
    session.get_one(Resident, named("resident")).name = "王桂花"
    session.commit()

    (shown,) = admin.get("/v1/guardianships?state=waiting").json["items"]

    at = {"place": "1号楼", "door": "1单元101"}
    assert shown["child"] == {"name": "王小明", "age_group": "child"} | at
    assert shown["guardian"] == {"name": "王桂花", "age_group": "adult"} | at, "as the roster has it now"
    post = {"role": "grid_worker", "area_code": GRID, "area_name": "第一网格"}
    assert shown["recorder"] == {"name": "worker", "posts": [post]}
    verified = admin.post(f"/v1/guardianships/{sent['id']}/verify").json
    assert (verified["child"], verified["guardian"]) == (shown["child"], shown["guardian"])


def test_a_guardian_who_moved_out_of_reach_is_not_named(
    worker: Client, admin: Client, session: Session
) -> None:
    """S-35: a guardianship names nobody whom the reader could not look up."""
    put(worker, session)
    guardian = session.get_one(Resident, named("resident"))
    guardian.relation = Relation.GRANDPARENT
    session.flush()
    guardian.area_code, guardian.household_id = FAR, named("household far")
    session.commit()

    (shown,) = admin.get("/v1/guardianships").json["items"]

    assert (shown["guardian"], shown["child"]["name"]) == (None, "王小明")


def test_a_longer_list_takes_no_more_statements(
    worker: Client, admin: Client, session: Session, connection: Connection
) -> None:
    def sent(count: int) -> int:
        with statements(connection) as seen:
            assert len(admin.get("/v1/guardianships").json["items"]) == count
        return len(seen)

    put(worker, session)
    few = sent(1)
    for _ in range(3):
        put(worker, session)
    assert sent(4) == few
