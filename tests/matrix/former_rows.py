"""Calls about what is over: accounts that were shut, photos of closed records, revoked sheets, used links."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import update

from app.api.http.parts import EXTENSION
from app.clock import business_day, now
from app.identity import sealed_phone
from app.ids import new_id
from app.models import (
    ClaimStatus,
    ConsentPurpose,
    ConsentText,
    Guardianship,
    HazardSource,
    HazardStatus,
    Invitation,
    Notice,
    OwnCopy,
    PhotoLink,
    PhotoOwner,
    User,
)
from app.people import SHIPPED_TEXTS
from tests import cast
from tests.matrix.lines import Call, with_json, with_step
from tests.matrix.routes_base import picture
from tests.matrix.stage import Stage
from tests.sealer import SEALER

JSON = {"headers": {"Accept": "application/json"}}
_TEXT = SHIPPED_TEXTS[ConsentPurpose.LOCATION]


def account(stage: Stage, *, closed: bool = False, resident_id: UUID | None = None) -> UUID:
    """Write an account that was disabled, or closed by its owner."""
    user_id, at = new_id(), now()
    stage.add(
        User(
            id=user_id,
            area_code=None if closed else stage.area,
            name="前任",
            **({} if closed else sealed_phone(SEALER, user_id, f"100{user_id.int % 10**8:08d}")),
            resident_id=None if closed else resident_id,
            content_hash=b"",
            created_at=cast.LONG_AGO,
            disabled_at=at,
            closed_at=at if closed else None,
        )
    )
    return user_id


def of_account(suffix: str = "", *, closed: bool, step: bool = False) -> Callable[[Stage], Call]:
    """Call something about such an account."""

    def call(stage: Stage) -> Call:
        return Call(f"/v1/users/{account(stage, closed=closed)}{suffix}", with_step({}) if step else {})

    return call


def account_again(stage: Stage) -> Call:
    """Make an account under the id of one that was closed."""
    body = {"area_code": stage.area, "phone": "10012345678", "name": "新人"}
    return Call(f"/v1/users/{account(stage, closed=True)}", with_json(body))


def invitation(*, closed: bool) -> Callable[[Stage], Call]:
    """Invite such an account."""

    def call(stage: Stage) -> Call:
        body = {"user_id": str(account(stage, closed=closed))}
        return Call(f"/v1/invitations/{new_id()}", with_json(body))

    return call


def grant(*, closed: bool) -> Callable[[Stage], Call]:
    """Give such an account a role."""

    def call(stage: Stage) -> Call:
        user_id = str(account(stage, closed=closed))
        body = {"user_id": user_id, "role": "building_lead", "area_code": stage.area}
        return Call(f"/v1/grants/{new_id()}", with_json(body))

    return call


def proxy(*, closed: bool) -> Callable[[Stage], Call]:
    """Ask that such an account may act for a resident."""

    def call(stage: Stage) -> Call:
        body = {
            "resident_id": str(stage.unbound()),
            "user_id": str(account(stage, closed=closed)),
            "relation": "other",
            "functions": ["see"],
            "valid_until": (business_day() + timedelta(days=30)).isoformat(),
            "consent": "当面说过",
        }
        return Call(f"/v1/proxies/{new_id()}", with_json(body))

    return call


def care(*, closed: bool) -> Callable[[Stage], Call]:
    """Give a resident into the care of such an account."""

    def call(stage: Stage) -> Call:
        body = {
            "resident_id": str(stage.resident_id),
            "category": "elderly",
            "level": "low",
            "reason": "独居",
            "worker_id": str(account(stage, closed=closed)),
        }
        return Call(f"/v1/care-records/{new_id()}", with_json(body))

    return call


def sign_in_code(*, closed: bool) -> Callable[[Stage], Call]:
    """Hand out a code to a resident with such an account."""

    def call(stage: Stage) -> Call:
        resident_id = stage.unbound()
        account(stage, closed=closed, resident_id=resident_id)
        return Call(f"/v1/residents/{resident_id}/sign-in-codes", with_json({"id": str(new_id())}))

    return call


def assignment(stage: Stage) -> Call:
    """Assign a hazard to an account that was disabled."""
    hazard_id = stage.hazard(HazardStatus.ACCEPTED, level="major")
    body = {"assignee_id": str(account(stage)), "controls": "封闭"}
    return Call(f"/v1/hazards/{hazard_id}/assign", with_step(body))


def late_photo(kind: PhotoOwner, record: Callable[[Stage], UUID]) -> Callable[[Stage], Call]:
    """Send the photo that the worker named with a record."""

    def call(stage: Stage) -> Call:
        photo_id = new_id()
        link: dict[str, Any] = {"record_kind": kind, "area_code": stage.area, "position": 0}
        stage.add(
            PhotoLink(record_id=record(stage), photo_id=photo_id, named_by=stage.user("worker"), **link)
        )
        return Call(f"/v1/photos/{photo_id}", {"data": picture()})

    return call


def photo_of(kind: PhotoOwner, record: Callable[[Stage], UUID]) -> Callable[[Stage], Call]:
    """Look at the photo that a record names; it was sent by somebody who is not of the matrix."""

    def call(stage: Stage) -> Call:
        photo_id = stage.photo(record(stage), kind)
        sender = cast.person("colleague").user_id
        stage.session.execute(update(PhotoLink).where(PhotoLink.photo_id == photo_id).values(named_by=sender))
        stage.session.connection().exec_driver_sql(
            "UPDATE photos SET uploaded_by = %s WHERE id = %s", (sender, photo_id)
        )
        return Call(f"/v1/photos/{photo_id}")

    return call


def read_notice(stage: Stage) -> Call:
    """Read the admin's notice that he read before."""
    notice_id = stage.notice("admin")
    stage.session.execute(update(Notice).values(read_at=now()))
    return Call(f"/v1/me/notices/{notice_id}/read")


def copy(stage: Stage) -> Call:
    """Fetch the admin's copy of his own data, whose time is over."""
    copy_id, at = new_id(), now()
    stage.add(
        OwnCopy(
            id=copy_id,
            area_code=stage.area,
            asked_by=stage.user("admin"),
            asked_at=at,
            ready_at=at,
            expires_at=at,
            ended_at=at,
            content_hash=b"",
        )
    )
    return Call(f"/v1/me/copies/{copy_id}/file")


def guardians_paper(stage: Stage) -> Call:
    """Keep what a child's guardian signed."""
    row = stage.session.get_one(Guardianship, stage.guardianship())
    row.verified_at, row.verified_by = now(), stage.user("admin")
    body = {
        "text_id": str(_TEXT.id),
        "given": True,
        "resident_id": str(row.child_id),
        "decided_by": str(row.guardian_id),
    }
    return Call(f"/v1/consents/{new_id()}", with_json(body))


def newer_text(stage: Stage) -> None:
    """Publish the next version of the text on positions."""
    title, words, at = "位置信息", "新的说法", now()
    stage.add(
        ConsentText(
            id=new_id(),
            purpose=ConsentPurpose.LOCATION,
            version=99,
            title=title,
            text=words,
            text_hash=sha256(f"{title}\n{words}".encode()).digest(),
            published_at=at,
        )
    )


def invitation_page(suffix: str = "") -> Callable[[Stage], Call]:
    """Open the link of an invitation that was used."""

    def call(stage: Stage) -> Call:
        token, at = f"used-{new_id().hex}", now()
        stage.add(
            Invitation(
                id=new_id(),
                user_id=stage.user("worker"),
                token_hash=sha256(token.encode()).digest(),
                content_hash=b"",
                created_at=at,
                expires_at=at + timedelta(days=1),
                ended_at=at,
            )
        )
        return Call(f"/invite/{token}{suffix}", JSON)

    return call


def sheet(suffix: str = "") -> Callable[[Stage], Call]:
    """Open the address on a sheet; the application is at hand."""

    def call(stage: Stage) -> Call:
        _, serial = stage.code()
        return Call(f"/q/{current_app.extensions[EXTENSION].signer.code(serial)}{suffix}", JSON)

    return call


def receipt(status: HazardStatus, **more: Any) -> Callable[[Stage], Call]:
    """Look at what came of a visitor's report."""

    def call(stage: Stage) -> Call:
        values = {"source": HazardSource.VISITOR, "reported_by": None}
        hazard_id = stage.hazard(status, **(values | more))
        return sheet(f"/reports/{hazard_id}")(stage)

    return call


def merged_receipt(stage: Stage) -> Call:
    """Look at what came of a visitor's report that was merged into a resident's, which is closed."""
    other = stage.hazard(HazardStatus.CLOSED)
    return receipt(HazardStatus.DUPLICATE, duplicate_of_id=other)(stage)


def codes(stage: Stage) -> Call:
    """Ask for the code in use of the building, which had one."""
    stage.code()
    return Call(f"/v1/places/{stage.place_id}/codes")


def poster(stage: Stage) -> Call:
    """Ask for the poster of the building, which had a code."""
    return Call(f"{codes(stage).path.removesuffix('/codes')}/poster.png")


def a_hazard(stage: Stage) -> UUID:
    """Write a hazard."""
    return stage.hazard(HazardStatus.REPORTED)


def a_claim(stage: Stage) -> UUID:
    """Write a claim."""
    return stage.claim(ClaimStatus.SUBMITTED)


def a_visit(stage: Stage) -> UUID:
    """Write a visit."""
    return stage.visit()[0]


def report_form(stage: Stage) -> Call:
    """Report a hazard on the form behind a sheet."""
    call = sheet("/reports")(stage)
    fields = {"id": str(new_id()), "category": "fire", "text": "楼道堆放杂物"}
    return Call(call.path, {"data": fields, "headers": JSON["headers"]})
