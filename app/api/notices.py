"""The inbox."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import notices
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Input, Output, area_code, day, sent_moment, uid, word
from app.api.http.paging import PageInput, page, page_of
from app.api.http.recording import note, transaction
from app.identity import Permission

blueprint = Blueprint("notices", __name__, description="我的消息")


class NoticeListInput(PageInput):
    """Which of my notices; ``kind``, ``area_code`` and ``day`` together name a group."""

    kind = word(notices.NoticeKind, load_default=None)
    area_code = area_code(load_default=None)
    day = day(load_default=None)
    unread = fields.Boolean(
        truthy={"true"},
        falsy={"false"},
        load_default=False,
        error_messages=dict.fromkeys(("invalid", "null"), "请填 true 或 false"),
    )

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give what the domain takes."""
        which = {name: data.pop(name) for name in ("kind", "area_code", "day", "unread")}
        return data | {"which": notices.NoticeFilter(**which)}


class ReadUntilInput(Input):
    """The newest notice that I have seen; with ``kind``, ``area_code`` and ``day``, of that group."""

    until = uid(required=True)
    kind = word(notices.NoticeKind, load_default=None)
    area_code = area_code(load_default=None)
    day = day(load_default=None)


class NoticeLinkOutput(Output):
    """The record that a notice is about."""

    kind = fields.String(required=True)
    id = fields.String(required=True)


class NoticeOutput(Output):
    """A notice to me; ``by_name`` is who did it, where ``by_id`` in ``data`` says that somebody did."""

    id = fields.UUID(required=True)
    kind = fields.Enum(notices.NoticeKind, by_value=True, required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    link = fields.Nested(NoticeLinkOutput, required=True, allow_none=True)
    data = fields.Dict(required=True)
    created_at = sent_moment(required=True)
    read_at = sent_moment(required=True, allow_none=True)
    by_name = fields.String(required=True, allow_none=True)

    @ma.pre_dump
    def put_into_words(self, told: notices.ToldNotice, **_: Any) -> dict[str, Any]:
        """Put name and words beside the notice."""
        row = told.notice
        return {
            "id": row.id,
            "kind": row.kind,
            "title": notices.words.title_of(row.kind),
            "text": notices.words.text_of(row.kind, row.data),
            "link": notices.links.link_of(row.data),
            "data": row.data,
            "created_at": row.created_at,
            "read_at": row.read_at,
            "by_name": told.by_name,
        }


class NoticeGroupOutput(Output):
    """My notices of one kind, community and day: how many, and the newest."""

    kind = fields.Enum(notices.NoticeKind, by_value=True, required=True)
    area_code = fields.String(required=True)
    day = fields.Date(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    count = fields.Integer(required=True)
    unread = fields.Integer(required=True)
    newest = fields.Nested(NoticeOutput, required=True)

    @ma.pre_dump
    def put_into_words(self, group: notices.NoticeGroup, **_: Any) -> dict[str, Any]:
        """Say how many they are; one alone speaks for itself."""
        one = group.newest.notice
        words = notices.words
        several = group.count > 1
        text = words.text_of_many(group.kind, group.count) if several else words.text_of(one.kind, one.data)
        return vars(group) | {"title": words.title_of(group.kind), "text": text}


class UnreadOutput(Output):
    """How many of a kind I have not read."""

    kind = fields.Enum(notices.NoticeKind, by_value=True, required=True)
    title = fields.String(required=True)
    unread = fields.Integer(required=True)


class NoticeSummaryOutput(Output):
    """How much I have not read; ``newest_id`` changes with each new notice."""

    unread = fields.Integer(required=True)
    newest_id = fields.UUID(required=True, allow_none=True)
    kinds = fields.List(fields.Nested(UnreadOutput), required=True)

    @ma.pre_dump
    def add_up(self, found: notices.Summary, **_: Any) -> dict[str, Any]:
        """Add the kinds up."""
        kinds = [
            {"kind": kind, "title": notices.words.title_of(kind), "unread": unread}
            for kind, unread in found.unread.items()
        ]
        return {"unread": sum(found.unread.values()), "newest_id": found.newest_id, "kinds": kinds}


@blueprint.route("/me/notices", methods=["GET"])
@allow(Permission.SELF)
@blueprint.answer(page_of(NoticeOutput))
@blueprint.query(NoticeListInput)
def list_notices(limit: int, after: str | None, which: notices.NoticeFilter) -> dict[str, Any]:
    """List my notices, the newest first."""

    def fetch(**span: Any) -> Any:
        return notices.inbox(session, actor(), which=which, **span)

    with transaction() as session:
        return page(fetch, lambda told: told.notice.id, limit=limit, after=after)


@blueprint.route("/me/notice-groups", methods=["GET"])
@allow(Permission.SELF)
@blueprint.answer(page_of(NoticeGroupOutput))
@blueprint.query(PageInput)
def list_groups(limit: int, after: str | None) -> dict[str, Any]:
    """List my notices by kind, community and day, the group with the newest notice first."""

    def fetch(**span: Any) -> Any:
        return notices.groups(session, actor(), **span)

    with transaction() as session:
        return page(fetch, lambda group: group.newest.notice.id, limit=limit, after=after)


@blueprint.route("/me/notices/summary", methods=["GET"])
@allow(Permission.SELF)
@blueprint.tagged
@blueprint.answer(NoticeSummaryOutput)
def show_summary() -> Any:
    """Count what I have not read."""
    with transaction() as session:
        return notices.summary(session, actor())


@blueprint.route("/me/notices/<uuid:notice_id>/read", methods=["POST"])
@allow(Permission.SELF)
@blueprint.answer(NoticeOutput)
def mark_read(notice_id: UUID) -> Any:
    """Note that I have read a notice."""
    with transaction() as session:
        return notices.mark_read(session, actor(), notice_id)


@blueprint.route("/me/notices/read", methods=["POST"])
@allow(Permission.SELF)
@blueprint.answer(NoticeSummaryOutput)
@blueprint.body(ReadUntilInput)
def mark_read_until(sent: dict[str, Any]) -> Any:
    """Note that I have read a notice and all that came before it."""
    until = sent.pop("until")
    note(object_kind="notice", object_id=until)
    with transaction() as session:
        notices.mark_read_until(session, actor(), until, which=notices.NoticeFilter(**sent))
        return notices.summary(session, actor())
