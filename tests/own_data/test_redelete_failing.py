"""A removal that fails each time is named, keeps up no other, and may be left to people."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import own_data
from app.clock import now
from app.jobs.work import copy_removals
from app.models import AuditEntry, Proxy, ProxyEnd, ProxyState, User
from tests.cast import named, person
from tests.matrix.stage import Stage
from tests.own_data.place import ONE, Place, write_removal


@pytest.fixture
def failing(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Give a restored installation where the end of a proxy, the second of three removals, always fails."""
    with Session(place.engine) as session:
        proxy = Stage(session).proxy(is_confirmed=True)
        session.execute(update(User).where(ONE).values(phone_index=b"before", phone_sealed=b"x"))
        session.commit()
    backup = place.backup()
    write_removal(place)
    with Session(place.engine) as session:
        row = session.get_one(Proxy, proxy)
        row.advance(ProxyState.ENDED)
        row.ended_at, row.end_reason = now(), ProxyEnd.RESIDENT
        session.commit()
    write_removal(place)
    assert copy_removals(place.means) >= 3
    monkeypatch.setattr("app.identity.again.end_proxy", _fail)
    return place.restored(backup)


def _fail(*_: object, **__: object) -> None:
    raise KeyError("something nobody thought of")


def line_of_proxy(place: Place) -> int:
    """Give the line that fails."""
    (found,) = (
        one.number
        for one in own_data.removals_in(place.list, place.means.audit_keys)
        if one.what == "proxies.ended"
    )
    return found


def test_it_is_named_with_its_line_and_all_others_are_done(failing: Place) -> None:
    """S-81: with account and resident, for whoever puts it right; the exit code says that it is left."""
    line = line_of_proxy(failing)
    first, second = failing.run("redelete"), failing.run("redelete")
    with Session(failing.engine) as session:
        phone = session.scalars(select(User.phone_index).where(ONE)).one()
    with pytest.raises(own_data.ListAheadError):
        copy_removals(failing.means)
    failing.engine.dispose()
    whose = f"resident_id {named('resident')}, user_id {person('clerk').user_id}"

    assert (first.exit_code, second.exit_code) == (1, 1)
    assert f"{whose}), line {line}, removal " in first.output
    assert "1 of them younger" in second.output
    assert f"line {line}, removal " in second.output
    assert phone is None


def test_people_put_it_right_and_it_counts_as_done(failing: Place) -> None:
    """S-81: else nothing would ever be copied again; the trail says so."""
    line = line_of_proxy(failing)
    wrong = failing.run("redelete", "--by-hand", "99")
    failing.run("redelete")
    done = failing.run("redelete", "--by-hand", str(line))
    with Session(failing.engine) as session:
        trail = select(AuditEntry.facts).where(AuditEntry.action == "command:redelete")
        outcomes = [one["outcome"] for one in session.scalars(trail) if one.get("what") == "proxies.ended"]
    copied = copy_removals(failing.means)
    again = failing.run("redelete", "--by-hand", str(line))
    failing.engine.dispose()

    assert (wrong.exit_code, "Nothing is left to do of line 99" in wrong.output) == (1, True)
    assert done.exit_code == 0, done.output
    assert "For people to put right: proxies.ended of " in done.output
    assert outcomes == ["for people to put right"]
    assert copied == 0
    assert (again.exit_code, f"Nothing is left to do of line {line}" in again.output) == (1, True)
