"""Messages by WeChat that somebody asked for: which there are, and what he accepted."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from app import messages, notices
from app.adapters import wechat
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Input, Output, Text, listed, sent_moment
from app.api.http.recording import note, transaction
from app.api.wechat_calls import wechat_client
from app.identity import Permission

blueprint = Blueprint("message_acceptances", __name__, description="微信消息")
_AT_ONCE = 5
"""As many as WeChat asks for in one pop-up."""
_LONGEST_ID = 64


class MessageTemplateOutput(Output):
    """A template that the mini-program may ask for, and how many messages by it I have to come."""

    template_id = fields.String(required=True)
    title = fields.String(required=True)
    kinds = fields.List(fields.Enum(notices.NoticeKind, by_value=True), required=True)
    long_term = fields.Boolean(required=True)
    to_come = fields.Integer(required=True)


class MessageTemplatesOutput(Output):
    """All of them."""

    items = fields.List(fields.Nested(MessageTemplateOutput), required=True)


class MessageAcceptanceInput(Input):
    """The templates that I accepted in one pop-up of WeChat's."""

    accepted = listed(Text(_LONGEST_ID, least=1), _AT_ONCE, least=1, required=True)


class MessageAcceptanceOutput(Output):
    """What I accepted."""

    id = fields.UUID(required=True)
    accepted = fields.List(fields.String(), attribute="template_ids", required=True)
    created_at = sent_moment(required=True)


@blueprint.route("/me/message-templates", methods=["GET"])
@allow(Permission.SELF)
@blueprint.answer(MessageTemplatesOutput)
def list_templates() -> dict[str, Any]:
    """List the messages that I may ask WeChat for."""
    mini = wechat_client().mini
    with transaction() as session:
        to_come = messages.messages_to_come(session, actor())
    kinds: dict[str, list[notices.NoticeKind]] = {}
    for kind, template_id in mini.template_ids.items():
        kinds.setdefault(template_id, []).append(notices.NoticeKind(kind))
    return {
        "items": [
            {
                "template_id": template_id,
                "title": wechat.TEMPLATES[of[0]].title,
                "kinds": of,
                "long_term": template_id in mini.long_term,
                "to_come": to_come.get(template_id, 0),
            }
            for template_id, of in kinds.items()
        ]
    }


@blueprint.route("/me/message-acceptances/<uuid:acceptance_id>", methods=["PUT"])
@allow(Permission.SELF)
@blueprint.made_once(MessageAcceptanceOutput)
@blueprint.body(MessageAcceptanceInput)
def keep_acceptance(sent: dict[str, Any], acceptance_id: UUID) -> tuple[Any, int]:
    """Keep what I accepted in one pop-up: one message to come by each template."""
    known = wechat_client().mini.template_ids.values()
    with transaction() as session:
        row, made = messages.keep_acceptance(session, actor(), acceptance_id, sent["accepted"], known=known)
        note(templates=len(row.template_ids))
        return row, once(made)
