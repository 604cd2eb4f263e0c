"""What lets somebody in, and what says that he is somebody: none of it comes back with a backup."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.cli import redeleting
from app.clock import now
from app.identity.bindings import was_not_him
from app.ids import new_id
from app.jobs.work import copy_removals
from app.models import (
    Binding,
    BindingEnd,
    BindingRequest,
    BindingRequestState,
    BindingWay,
    EndReason,
    RefreshToken,
    Resident,
    SignIn,
    User,
)
from tests.cast import named, person
from tests.client import Client
from tests.matrix.stage import Stage
from tests.own_data.place import Place
from tests.own_data.test_redelete_acts import served

DAY = timedelta(days=1)


@pytest.fixture
def old(place: Place) -> Iterator[Place]:
    """Back up, let the resident sign out and what he asked for be taken back, and restore the older state."""
    with Session(place.engine) as session:
        session.add_all(
            RefreshToken(
                id=new_id(),
                family_id=new_id(),
                user_id=person("resident").user_id,
                token_hash=new_id().bytes,
                created_at=now(),
                expires_at=now() + expires,
            )
            for expires in (-DAY, DAY, DAY)
        )
        Stage(session).binding_request()
        session.commit()
    backup = place.backup()
    with served(place) as app:
        assert Client(app, person("resident")).delete("/v1/sessions/current").status_code in {200, 204}
    with Session(place.engine) as session:
        taken_back = {"state": BindingRequestState.WITHDRAWN, "decided_at": now()}
        session.execute(update(BindingRequest).values(taken_back))
        session.commit()
    write_mistaken_binding(place)
    assert copy_removals(place.means) > 0
    restored = place.restored(backup)
    yield restored
    restored.engine.dispose()


def write_mistaken_binding(place: Place) -> UUID:
    """Bind the visitor's account to the neighbour, and find that it was not him."""
    with Session(place.engine) as session:
        row = Binding(
            id=new_id(),
            area_code=session.get_one(Resident, named("neighbour")).area_code,
            user_id=person("lead").user_id,
            resident_id=named("neighbour"),
            way=BindingWay.PHONE,
            begun_at=now(),
            end_note="",
        )
        session.execute(
            update(Binding)
            .where(Binding.resident_id == named("neighbour"))
            .values(ended_at=now(), end_reason=BindingEnd.LEFT)
        )
        session.add(row)
        session.flush()
        row.ended_at, row.end_reason, row.ended_by = now(), BindingEnd.MISTAKE, person("admin").user_id
        session.commit()
        return row.id


def test_nobody_is_signed_in_by_a_backup(old: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """S-30, S-81: whoever signed out a lost phone finds it signed out. What has expired stays as it is."""
    with served(old) as app:
        back = Client(app, person("resident")).get("/v1/me").status_code
    dry = old.run("redelete", "--dry-run")
    with Session(old.engine) as session:
        untouched = session.scalars(select(SignIn.id).where(SignIn.ended_at.is_(None))).all()
    monkeypatch.setattr(redeleting, "_WAYS_IN", 2)
    first = old.run("redelete")
    with served(old) as app:
        after = Client(app, person("resident")).get("/v1/me").status_code
    with Session(old.engine) as session:
        left = [
            session.scalars(select(of.expires_at > now()).where(of.ended_at.is_(None))).all()
            for of in (SignIn, RefreshToken)
        ]
        reasons = set(session.scalars(select(SignIn.end_reason)))
    second = old.run("redelete")

    assert (back, after) == (200, 401)
    assert (dry.exit_code, bool(untouched)) == (0, True)
    assert first.exit_code == 0, first.output
    assert left == [[], [False]]
    assert EndReason.SIGNED_OUT in reasons
    assert "\n0 sessions, refresh tokens, invitations and sign-in codes ended." in second.output


def test_a_request_that_was_taken_back_binds_nobody(old: Place) -> None:
    """S-78, S-81: an admin finds it withdrawn."""
    with Session(old.engine) as session:
        back = session.scalars(select(BindingRequest.state)).all()
    assert old.run("redelete").exit_code == 0
    with Session(old.engine) as session:
        after = session.scalars(select(BindingRequest)).all()

    assert back == [BindingRequestState.OPEN]
    assert [(one.state, one.decided_by) for one in after] == [
        (BindingRequestState.WITHDRAWN, after[0].user_id)
    ]


def test_a_mistaken_binding_of_after_the_backup_is_not_forgotten(old: Place) -> None:
    """S-78, S-81: he does not bind himself to the same resident again."""
    with Session(old.engine) as session:
        user, resident = (
            session.get_one(User, person("lead").user_id),
            session.get_one(Resident, named("neighbour")),
        )
        back = was_not_him(session, user, resident)
    first = old.run("redelete")
    with Session(old.engine) as session:
        user, resident = (
            session.get_one(User, person("lead").user_id),
            session.get_one(Resident, named("neighbour")),
        )
        after = was_not_him(session, user, resident)
        written = session.scalars(select(Binding).where(Binding.user_id == user.id)).all()
    assert first.exit_code == 0, first.output
    assert (back, after) == (False, True)
    assert [(one.way, one.end_reason, one.ended_by) for one in written] == [
        (BindingWay.PHONE, BindingEnd.MISTAKE, person("admin").user_id)
    ]
