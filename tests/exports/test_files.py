"""The file of an export: who gets it, how often, and its end."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import exports
from app.actors import Role
from app.adapters import CopyMissingError
from app.clock import now, set_to
from app.ids import new_id
from app.models import Grant, Notice, RosterExport
from tests.approval_world import Become, outcome
from tests.cast import HOME, LONG_AGO, person, sign_in_again
from tests.client import Client
from tests.export_world import (
    PURPOSE,
    ask,
    fetch,
    make,
    move_admin,
    opened,
    write_ready_export,
)
from tests.own_data.test_copies import forget_check
from tests.own_data_world import photos_of
from tests.trail import entries_of

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_a_file_is_made_and_fetched(app: Flask, session: Session, admin: Client, county: Client) -> None:
    """S-153: ready when the job was there, told by a notice, a marked workbook for 24 hours."""
    export_id = ask(admin, county)
    early = fetch(admin, export_id)
    at = now()
    with set_to(at):
        make(app, session, export_id)
    shown = admin.get(f"/v1/roster-exports/{export_id}").json
    got = fetch(admin, export_id)
    notice = session.scalars(select(Notice).where(Notice.kind == "roster_export")).one()
    told = opened(got.data)["名册"]["A1"].value

    assert outcome(early) == (409, "export_not_ready")
    assert (shown["ready_at"], shown["row_count"]) == (at.isoformat(), 2)
    assert shown["expires_at"] == (at + timedelta(hours=24)).isoformat()
    assert (got.status_code, got.mimetype, len(got.data)) == (200, KIND, shown["size"])
    assert got.headers["Content-Length"] == str(shown["size"])
    assert got.headers["Content-Disposition"] == f'attachment; filename="roster-{export_id}.xlsx"'
    assert got.headers["Cache-Control"] == "no-store"
    assert (notice.user_id, notice.data) == (
        person("admin").user_id,
        {"what": "ready", "export_id": str(export_id)},
    )
    assert str(told).startswith("导出人：admin　")
    assert PURPOSE in str(told)
    assert str(export_id) in str(told)


def test_it_is_fetched_once(app: Flask, session: Session, admin: Client) -> None:
    """S-153: a second fetch finds it gone, and so does whoever has the sealed file: the key went with it."""
    export_id = write_ready_export(app, session)
    looked = admin.open(f"/v1/roster-exports/{export_id}/file", "HEAD")

    first, second = fetch(admin, export_id), fetch(admin, export_id)

    row = session.get_one(RosterExport, export_id, populate_existing=True)
    assert (looked.status_code, looked.data) == (200, b"")
    assert (first.status_code, first.data[:2]) == (200, b"PK")
    assert outcome(second) == (410, "export_over")
    assert row.key_sealed is None
    assert row.fetched_at is not None
    assert b"".join(photos_of(app).exports.pieces(export_id))[:2] != b"PK", "what lies there is sealed"


def test_it_is_for_who_asked_alone(app: Flask, session: Session, admin: Client, be: Become) -> None:
    """S-31, S-153: another admin of the same community does not find it, nor does who approved it."""
    export_id = write_ready_export(app, session)
    session.add(
        Grant(
            id=new_id(),
            user_id=person("colleague").user_id,
            role=Role.COMMUNITY_ADMIN,
            area_code=HOME,
            valid_from=LONG_AGO,
            content_hash=b"",
            created_at=LONG_AGO,
        )
    )
    session.commit()
    sign_in_again(session, "colleague")
    other = be("colleague")

    assert outcome(fetch(other, export_id)) == (404, "not_found")
    assert outcome(other.get(f"/v1/roster-exports/{export_id}")) == (404, "not_found")
    assert other.get("/v1/roster-exports").json["items"] == []
    assert outcome(fetch(be("county"), export_id)) == (403, "forbidden")
    assert fetch(admin, export_id).status_code == 200


def test_who_lost_the_function_there_gets_it_no_more(app: Flask, session: Session, admin: Client) -> None:
    """S-43, S-153: looked at when it is fetched."""
    export_id = write_ready_export(app, session)
    move_admin(session)

    assert outcome(fetch(admin, export_id)) == (404, "not_found")
    assert admin.get("/v1/roster-exports").json["items"] == []


def test_after_24_hours_it_is_gone_and_its_key_too(app: Flask, session: Session, admin: Client) -> None:
    """S-153: at its time it is refused and says so, then file and key are deleted."""
    export_id, photos = write_ready_export(app, session), photos_of(app)

    def states() -> list[str]:
        one, page = (admin.get(f"/v1/roster-exports{end}").json for end in (f"/{export_id}", ""))
        return [one["state"], *(each["state"] for each in page["items"])]

    with set_to(now() + exports.LIFE - timedelta(seconds=2)):
        early = exports.end_exports(session, photos, limit=10)
        assert states() == ["ready", "ready"]
    with set_to(now() + exports.LIFE):
        assert states() == ["over", "over"], "before the job came by"
        over = fetch(admin, export_id)
        ended = [exports.end_exports(session, photos, limit=10) for _ in range(2)]
        session.commit()
    gone = fetch(admin, export_id)

    assert (early, ended) == (0, [1, 0])
    assert (outcome(over), outcome(gone)) == ((410, "export_over"), (410, "export_over"))
    assert session.get_one(RosterExport, export_id, populate_existing=True).key_sealed is None
    with pytest.raises(CopyMissingError):
        photos.exports.pieces(export_id)


def test_a_fetched_file_is_deleted_once_it_is_surely_sent(
    app: Flask, session: Session, admin: Client
) -> None:
    export_id, photos = write_ready_export(app, session), photos_of(app)
    assert fetch(admin, export_id).status_code == 200

    at_once = exports.end_exports(session, photos, limit=10)
    with set_to(now() + exports.SENDING):
        later = exports.end_exports(session, photos, limit=10)

    assert (at_once, later) == (0, 1)
    with pytest.raises(CopyMissingError):
        photos.exports.pieces(export_id)


def test_a_file_that_is_lost_is_over(app: Flask, session: Session, admin: Client) -> None:
    export_id = write_ready_export(app, session)
    photos_of(app).exports.delete(export_id)

    assert outcome(fetch(admin, export_id)) == (410, "export_over")
    assert session.get_one(RosterExport, export_id, populate_existing=True).fetched_at is None


def test_fetching_needs_a_fresh_proof(app: Flask, session: Session, admin: Client) -> None:
    """S-14, S-153: 403 when the last proof is older than five minutes, and the file waits."""
    export_id = write_ready_export(app, session)
    forget_check(session, "admin")

    assert outcome(fetch(admin, export_id)) == (403, "reauth_required")
    assert session.get_one(RosterExport, export_id, populate_existing=True).fetched_at is None


def test_each_fetch_is_in_the_audit_trail(app: Flask, session: Session, admin: Client) -> None:
    """S-100, S-153: the one that got it, and the one that came too late."""
    export_id = write_ready_export(app, session)
    with entries_of(session) as entries:
        fetch(admin, export_id)
        fetch(admin, export_id)

    assert [(one.object_id, one.area_code, one.result, one.code) for one in entries] == [
        (export_id, HOME, "done", None),
        (export_id, HOME, "refused", "export_over"),
    ]
