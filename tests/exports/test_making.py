"""Making the file of an export: how often it is tried, and what whoever asked reads when there is none."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import exports
from app.adapters import CopyMissingError
from app.clock import now, set_to
from app.exports import ExportFailure, ExportState, asking
from app.models import Notice, RosterExport
from tests.approval_world import outcome
from tests.cast import person
from tests.client import Client
from tests.export_world import ask, fetch, make, move_admin, write_ready_export
from tests.matrix.stage import Stage
from tests.own_data_world import photos_of
from tests.sealer import SEALER


def told(session: Session) -> list[dict[str, str]]:
    """Give what the notices about exports say to the admin."""
    query = select(Notice).where(Notice.kind == "roster_export").order_by(Notice.id)
    notices = session.scalars(query).all()
    assert {notice.user_id for notice in notices} <= {person("admin").user_id}
    return [notice.data for notice in notices]


def begin(session: Session, export_id: UUID, at: datetime) -> tuple[bool, ExportState | None]:
    """Say whether the export waits at a moment, and begin it then."""
    with set_to(at):
        waits = export_id in exports.waiting_exports(session)
        return waits, exports.begin_export(session, export_id) if waits else None


def test_it_is_tried_a_few_times_at_growing_pauses_and_then_given_up(session: Session) -> None:
    """S-153: a fault does not go on every minute for ever, and it outlasts a restart of what it needs."""
    export_id, at = Stage(session).export(), now()
    tries = []
    for pause in exports.PAUSES:
        tries.append(begin(session, export_id, at))
        assert begin(session, export_id, at + pause - timedelta(seconds=1)) == (False, None)
        at += pause

    last = begin(session, export_id, at)

    assert tries == [(True, ExportState.MAKING)] * 5
    assert last == (True, ExportState.FAILED)
    assert timedelta(hours=1) < sum(exports.PAUSES, timedelta()) < timedelta(hours=2)
    assert begin(session, export_id, at + timedelta(days=9)) == (False, None)
    assert told(session) == [{"what": "failed", "export_id": str(export_id), "reason": "fault"}]


def test_whoever_asked_reads_why_there_is_no_file_and_may_ask_again(
    session: Session, admin: Client, county: Client
) -> None:
    """S-153, S-155: a state, a reason in words, a notice, and nothing that is in the way of another."""
    export_id = ask(admin, county)
    making = admin.get(f"/v1/roster-exports/{export_id}").json
    session.get_one(RosterExport, export_id).tries = len(exports.PAUSES)
    at = now()
    with set_to(at):
        exports.begin_export(session, export_id)
    session.commit()
    shown = admin.get(f"/v1/roster-exports/{export_id}").json

    assert (making["state"], making["failure"], making["failed_at"]) == ("making", None, None)
    assert (shown["state"], shown["failed_at"], shown["ready_at"]) == ("failed", at.isoformat(), None)
    assert shown["failure"]["code"] == "fault"
    assert shown["failure"]["text"] == (
        "系统出了问题，试了几次都没有做成，请告诉系统管理员，修好后重新申请审批"
    )
    assert outcome(fetch(admin, export_id)) == (410, "export_failed")
    assert ask(admin, county)


def test_what_a_try_left_of_a_file_is_deleted(app: Flask, session: Session) -> None:
    """S-153: such as a file that was written when the database went away."""
    export_id, photos = Stage(session).export(), photos_of(app)
    with photos.exports.writer(export_id) as file:
        file.write(b"left over")
    session.get_one(RosterExport, export_id).tries = len(exports.PAUSES)
    exports.begin_export(session, export_id)

    ended = [exports.end_exports(session, photos, limit=10) for _ in range(2)]

    assert ended == [1, 0]
    with pytest.raises(CopyMissingError):
        photos.exports.pieces(export_id)


def failed(app: Flask, session: Session, export_id: UUID) -> tuple[ExportState | None, ExportFailure | None]:
    """Try to make an export; give what came of it, and why."""
    state = exports.make_export(session, SEALER, photos_of(app), export_id)
    session.commit()
    with pytest.raises(CopyMissingError):
        photos_of(app).exports.pieces(export_id)
    return state, session.get_one(RosterExport, export_id).failure


def test_for_who_lost_the_function_no_file_is_made(
    app: Flask, session: Session, admin: Client, county: Client
) -> None:
    """S-43, S-153: looked at when it is made; he reads no export any more, but the notice tells him why."""
    export_id = ask(admin, county)
    move_admin(session)

    assert failed(app, session, export_id) == (ExportState.FAILED, ExportFailure.NO_FUNCTION)
    assert admin.get(f"/v1/roster-exports/{export_id}").status_code in {403, 404}
    (read,) = (one for one in admin.get("/v1/me/notices").json["items"] if one["kind"] == "roster_export")
    assert read["data"] == {"what": "failed", "export_id": str(export_id), "reason": "no_function"}
    assert exports.waiting_exports(session) == []


def test_residents_who_came_since_are_counted_too(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-155: a file of more rows than one may hold is not begun, and not tried again."""
    export_id = Stage(session).export()
    monkeypatch.setattr(asking, "ROWS_MOST", 1)

    assert failed(app, session, export_id) == (ExportState.FAILED, ExportFailure.TOO_BIG)
    assert exports.waiting_exports(session) == []
    assert told(session) == [{"what": "failed", "export_id": str(export_id), "reason": "too_big"}]


def test_after_a_day_nothing_is_made_any_more(session: Session) -> None:
    """S-153: what was agreed to was a file for that day, not for the end of a standstill."""
    export_id = Stage(session).export()
    asked_at = session.get_one(RosterExport, export_id).asked_at

    with set_to(asked_at + exports.MADE_WITHIN):
        state = exports.begin_export(session, export_id)

    assert state is ExportState.FAILED
    assert session.get_one(RosterExport, export_id).failure is ExportFailure.LATE


def test_what_is_made_is_not_made_again(app: Flask, session: Session) -> None:
    export_id = write_ready_export(app, session)
    before = b"".join(photos_of(app).exports.pieces(export_id))

    begun = exports.begin_export(session, export_id)
    again = exports.make_export(session, SEALER, photos_of(app), export_id)

    assert (begun, again) == (None, None)
    assert b"".join(photos_of(app).exports.pieces(export_id)) == before
    assert len(told(session)) == 1


def test_its_state_is_told_from_beginning_to_end(app: Flask, session: Session, admin: Client) -> None:
    export_id = Stage(session).export()
    states = [admin.get(f"/v1/roster-exports/{export_id}").json["state"]]
    make(app, session, export_id)
    states.append(admin.get(f"/v1/roster-exports/{export_id}").json["state"])
    fetch(admin, export_id)
    states.append(admin.get(f"/v1/roster-exports/{export_id}").json["state"])
    session.execute(delete(RosterExport))
    over = Stage(session).export(is_over=True)
    states.append(admin.get(f"/v1/roster-exports/{over}").json["state"])

    assert states == ["making", "ready", "fetched", "over"]


@pytest.mark.parametrize(
    "columns",
    [
        {"failure": ExportFailure.FAULT},
        {"failed_at": True},
        {"failure": ExportFailure.FAULT, "failed_at": True, "ready_at": True},
        {"ended_at": True},
    ],
    ids=str,
)
def test_the_table_holds_no_end_without_a_reason(session: Session, columns: dict[str, object]) -> None:
    row = session.get_one(RosterExport, Stage(session).export())
    for name, value in columns.items():
        setattr(row, name, now() if value is True else value)

    with pytest.raises(IntegrityError, match="ck_roster_exports_"), session.begin_nested():
        session.flush()
