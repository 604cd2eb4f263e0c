"""The inbox."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import notices
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Output, sent_moment
from app.api.http.paging import PageInput, page, page_of
from app.api.http.recording import transaction
from app.identity import Permission

blueprint = Blueprint("notices", __name__, description="我的消息")


class NoticeOutput(Output):
    """A notice to me; ``by_name`` is who did it, where ``by_id`` in ``data`` says that somebody did."""

    id = fields.UUID(required=True)
    kind = fields.Enum(notices.NoticeKind, by_value=True, required=True)
    data = fields.Dict(required=True)
    created_at = sent_moment(required=True)
    read_at = sent_moment(required=True, allow_none=True)
    by_name = fields.String(required=True, allow_none=True)

    @ma.pre_dump
    def name(self, told: notices.ToldNotice, **_: Any) -> dict[str, Any]:
        """Put the name beside the notice."""
        row = {name: getattr(told.notice, name) for name in self.fields if name != "by_name"}
        return row | {"by_name": told.by_name}


@blueprint.route("/me/notices", methods=["GET"])
@allow(Permission.SELF)
@blueprint.answer(page_of(NoticeOutput))
@blueprint.query(PageInput)
def list_notices(limit: int, after: str | None) -> dict[str, Any]:
    """List my notices, the newest first."""

    def fetch(**span: Any) -> Any:
        return notices.inbox(session, actor(), **span)

    with transaction() as session:
        return page(fetch, lambda told: told.notice.id, limit=limit, after=after)


@blueprint.route("/me/notices/<uuid:notice_id>/read", methods=["POST"])
@allow(Permission.SELF)
@blueprint.answer(NoticeOutput)
def mark_read(notice_id: UUID) -> Any:
    """Note that I have read a notice."""
    with transaction() as session:
        return notices.mark_read(session, actor(), notice_id)
