"""The audit trail, for auditors only; reading it leaves entries as well."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from marshmallow import fields, validate

from app import audit
from app.actors import Role
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Output, moment, sent_moment, uid, word
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import note, transaction
from app.audit import AuditResult, FindingKind
from app.identity import Permission

blueprint = Blueprint("audit", __name__, description="审计记录")


class AuditListInput(PageInput):
    """Which entries; ``until`` itself is not among them."""

    since = moment(load_default=None)
    until = moment(load_default=None)
    actor_id = uid(load_default=None)
    object_id = uid(load_default=None)
    result = word(AuditResult, load_default=None)


class AuditEntryOutput(Output):
    """Who did what to which record, or tried to."""

    id = fields.UUID(required=True)
    at = sent_moment(required=True)
    actor_id = fields.UUID(required=True, allow_none=True)
    roles = fields.List(fields.String(validate=validate.OneOf([*Role])), required=True)
    session_id = fields.UUID(required=True, allow_none=True)
    area_code = fields.String(required=True, allow_none=True)
    permission = fields.String(required=True, allow_none=True)
    action = fields.String(required=True)
    object_kind = fields.String(required=True, allow_none=True)
    object_id = fields.UUID(required=True, allow_none=True)
    result = fields.Enum(AuditResult, by_value=True, required=True)
    code = fields.String(required=True, allow_none=True)
    ip = fields.String(required=True, allow_none=True)
    device = fields.String(required=True, allow_none=True)
    request_id = fields.UUID(required=True, allow_none=True)
    facts = fields.Dict(keys=fields.String(), required=True)


class FindingOutput(Output):
    """One thing that is wrong in the trail; ``last`` ends a row of missing links that ``number`` begins."""

    kind = fields.Enum(FindingKind, by_value=True, required=True)
    number = fields.Integer(required=True, allow_none=True)
    last = fields.Integer(required=True, allow_none=True)
    entry_id = fields.UUID(required=True, allow_none=True)


class CutOutput(Output):
    """Who cut the oldest part of the trail off, and when; ``entries`` says how many went.

    ``by`` is the auditor who showed his code, ``agreed_by`` the officer who showed his.
    """

    entry_id = fields.UUID(required=True)
    at = sent_moment(required=True)
    number = fields.Integer(required=True)
    by = fields.UUID(required=True)
    agreed_by = fields.UUID(required=True)
    entries = fields.Integer(required=True, allow_none=True)


class BeginningOutput(Output):
    """The oldest entry that is kept; ``at`` is null if that entry is missing."""

    number = fields.Integer(required=True)
    at = sent_moment(required=True, allow_none=True)


class VerificationOutput(Output):
    """What the last verification found, the first of its findings, and how long entries are kept.

    ``kept_since`` is where the trail begins now, ``last_cut`` the last purge; null where there is none.
    """

    at = sent_moment(required=True)
    entries = fields.Integer(required=True)
    head = fields.Integer(required=True)
    findings_count = fields.Integer(required=True)
    findings = fields.List(fields.Nested(FindingOutput), required=True)
    checkpoint_number = fields.Integer(required=True, allow_none=True)
    checkpoint_at = sent_moment(required=True, allow_none=True)
    kept_months = fields.Integer(required=True)
    kept_since = fields.Nested(BeginningOutput, required=True, allow_none=True)
    last_cut = fields.Nested(CutOutput, required=True, allow_none=True)


@blueprint.route("/audit", methods=["GET"])
@allow(Permission.AUDIT_READ)
@blueprint.answer(page_of(AuditEntryOutput))
@blueprint.query(AuditListInput)
def list_entries(limit: int, after: str | None, **filters: Any) -> dict[str, Any]:
    """List entries within reach, the newest first."""
    wanted = audit.Filters(**filters)
    _note_question(wanted, limit)

    def fetch(**span: Any) -> Any:
        return audit.entries(session, actor(), wanted, **span)

    with transaction() as session:
        shown = page(fetch, lambda entry: entry.id, limit=limit, after=after)
        _note_shown([entry.id for entry in shown["items"]])
        return shown


@blueprint.route("/audit/verification", methods=["GET"])
@allow(Permission.AUDIT_READ)
@blueprint.answer(VerificationOutput)
def show_verification() -> dict[str, Any]:
    """Show what the last verification found, and since when the trail is kept; 404 before the first."""
    with transaction() as session:
        last, checkpoint = audit.last_verification(session), audit.last_checkpoint(session)
        if last is None:
            raise audit.NotVerifiedYetError
        note(verification_id=str(last.id))
        return {
            "at": last.at,
            "entries": last.entries,
            "head": last.head,
            "findings_count": last.findings_count,
            "findings": [{**one, "kind": FindingKind(one["kind"])} for one in last.findings],
            "checkpoint_number": checkpoint.number if checkpoint else None,
            "checkpoint_at": checkpoint.at if checkpoint else None,
            "kept_months": parts().settings.months_kept.audit,
            "kept_since": audit.beginning(session),
            "last_cut": audit.last_cut(session, parts().audit_keys),
        }


def _note_question(wanted: audit.Filters, limit: int) -> None:
    """Tell in the entry of this read what was asked for; the ids that it asks by are told of every read."""
    facts: dict[str, Any] = {"limit": limit}
    facts |= {
        name: at.isoformat() for name in ("since", "until") if (at := getattr(wanted, name)) is not None
    }
    if wanted.result is not None:
        facts["result"] = wanted.result.value
    note(**facts)


def _note_shown(ids: Sequence[UUID]) -> None:
    """Tell which part of the trail was shown: how many entries, from the newest of them to the oldest."""
    note(count=len(ids))
    if ids:
        note(newest_id=str(ids[0]), oldest_id=str(ids[-1]))
