"""Who decides on a request reads what staff said of the two before."""

import pytest
from sqlalchemy.orm import Session

from tests.binding_world import ask, by_phone, write_unbound
from tests.client import Client


@pytest.mark.parametrize("reason", ["dispute", "deceased", "moved_away"])
def test_who_decides_reads_what_staff_said_of_the_two(
    newcomer: Client, admin: Client, session: Session, reason: str
) -> None:
    """He would else bind again whom a colleague had put out; that somebody moved is no such word."""
    write_unbound(session)
    made = by_phone(newcomer).json["id"]
    body = {"reason": reason, "note": "本人到社区说明"}
    ended = admin.post(f"/v1/bindings/{made}/end", json=body).json
    request = ask(newcomer).json["id"]

    (found, *_) = admin.get(f"/v1/binding-requests/{request}").json["candidates"]

    told = {"end_reason": reason, "end_note": body["note"], "ended_at": ended["ended_at"]}
    assert found["ended"] == (None if reason == "moved_away" else told)
