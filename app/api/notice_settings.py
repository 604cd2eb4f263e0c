"""When and of what I am told on my phone."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from app import notices
from app.adapters import wechat
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Input, Output, TimeOfDay, listed, whole, word
from app.api.http.recording import note, transaction
from app.identity import Permission

blueprint = Blueprint("notice_settings", __name__, description="消息设置")
_CLOCK = "%H:%M"
_MOST_CHANGES = 1_000_000


class NoticeSettingsInput(Input):
    """My choice in place of that of this revision; both times null: never quiet."""

    revision = whole(0, _MOST_CHANGES, required=True)
    quiet_from = TimeOfDay(required=True, allow_none=True)
    quiet_until = TimeOfDay(required=True, allow_none=True)
    off = listed(word(notices.NoticeKind), len(notices.NoticeKind), required=True)


class NoticeKindOutput(Output):
    """A kind of notices: ``pace`` says how soon the phone is told; what is urgent cannot be off.

    ``hazard_alarm`` may be off, but for the alarm of a major hazard, which rings all the same.
    """

    kind = fields.Enum(notices.NoticeKind, by_value=True, required=True)
    title = fields.String(required=True)
    pace = fields.Enum(notices.pace.Pace, by_value=True, required=True)
    by_wechat = fields.Boolean(required=True)
    off = fields.Boolean(required=True)


class NoticeSettingsOutput(Output):
    """What I chose, and what there is to choose."""

    revision = fields.Integer(required=True)
    quiet_from = fields.Time(format=_CLOCK, required=True, allow_none=True)
    quiet_until = fields.Time(format=_CLOCK, required=True, allow_none=True)
    kinds = fields.List(fields.Nested(NoticeKindOutput), required=True)

    @ma.pre_dump
    def list_kinds(self, row: Any, **_: Any) -> dict[str, Any]:
        """Put all kinds beside the choice."""
        kinds = [
            {
                "kind": kind,
                "title": notices.words.title_of(kind),
                "pace": notices.pace.pace_of(kind),
                "by_wechat": kind in wechat.TEMPLATES,
                "off": kind in row.off,
            }
            for kind in notices.NoticeKind
        ]
        return {
            "revision": row.revision,
            "quiet_from": row.quiet_from,
            "quiet_until": row.quiet_until,
            "kinds": kinds,
        }


@blueprint.route("/me/notice-settings", methods=["GET"])
@allow(Permission.SELF)
@blueprint.answer(NoticeSettingsOutput)
def show_settings() -> Any:
    """Show when and of what I am told on my phone."""
    with transaction() as session:
        return notices.wishes.own_settings(session, actor())


@blueprint.route("/me/notice-settings", methods=["PUT"])
@allow(Permission.SELF)
@blueprint.answer(NoticeSettingsOutput)
@blueprint.body(NoticeSettingsInput)
def keep_settings(sent: dict[str, Any]) -> Any:
    """Choose when and of what I am told on my phone."""
    revision = sent.pop("revision")
    with transaction() as session:
        row = notices.wishes.keep_settings(session, actor(), notices.wishes.Wishes(**sent), revision=revision)
        note(object_kind="notice_settings", object_id=row.user_id, off=sorted(row.off))
        return row
