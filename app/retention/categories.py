"""The table of retention: every category that has an end, and why the others have none."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, any_, func, literal, or_

from app.clock import business_day, months_ago, now
from app.config import RetentionSettings
from app.models import (
    Approval,
    ApprovalState,
    BindingCode,
    BindingRequest,
    BindingRequestState,
    Correction,
    HarmRecord,
    HazardExport,
    Invitation,
    Notice,
    OwnRequestState,
    RefreshToken,
    Reveal,
    RosterExport,
    RosterImport,
    SignIn,
    SignInCode,
    SignInTries,
    ToldOpening,
    ViewingTicket,
)
from app.retention.care_rules import care_rules
from app.retention.consent_rules import consent_rules
from app.retention.ended_rules import ended_rules
from app.retention.frozen_rules import frozen_rules
from app.retention.gone_rules import gone_rule
from app.retention.harm_rules import kept_for_a_case
from app.retention.photo_rules import photo_rules
from app.retention.positions import position_rules, presence_rules
from app.retention.rules import Rule, table_of

SIGN_INS_KEPT = timedelta(days=30)
"""After their end, to find misuse."""
TRIES_KEPT = timedelta(hours=1)
"""Longer than a lock lasts, and than the quarter of an hour in which tries are counted."""
REQUESTS_KEPT = timedelta(days=90)
"""After the decision, for whoever asks why."""
TOLD_KEPT = timedelta(days=90)
"""Nobody is told of a day that is over."""
BINDING_CODE_MONTHS = 12
"""By then the paper has done its work, or lies anywhere."""
_MISUSE = "网络安全法 21"

KEPT_BECAUSE = {
    "users": "the account is open, or the person closes it; what he did stays under its id",
    "second_factors": "one for each account; goes when it is reset, or the account closed",
    "wechat_identities": "WeChat's names for him go when the link ends",
    "wechat_events": "the job forget_old_events: a week after they are done, ninety days if they failed",
    "notice_settings": "one for each account; goes when the account is closed",
    "message_acceptances": "the job forget_old_sends: ninety days",
    "message_credits": "the job forget_old_sends: ninety days after they end, at once with the link",
    "message_sends": "the job forget_old_sends: ninety days after they end",
    "own_copies": "the job end_copies: file and key after 72 hours; the asking as the audit trail",
    "import_rows": "the job end_imports: 72 hours after they were checked or entered",
    "closings": "prove that an account was closed, when, and what was frozen",
    "account_events": "say what was done with an account, and why",
    "households": "the door, which the ledger of points goes by; who lives there stands with the residents",
    "weather_alerts": "say for which weather an area's visits were made earlier",
    "harm_cases": "nothing deletes what tells of harm to a minor (Minor Protection Law 11)",
    "photo_matches": "go with either of the photos",
    "photo_links": "as the record; goes with the photo",
    "hazards": "the ledger of hazards (Work Safety Law 41). Positions go",
    "hazard_events": "append-only: prove each step",
    "rectification_notices": "the ledger of hazards (Work Safety Law 41)",
    "inspections": "the ledger of hazards (Work Safety Law 41). Positions go",
    "occurrences": "say what was to be inspected when, by whom, and whether it was",
    "plans": "say what was to be inspected",
    "routes": "say in which order places were to be walked",
    "category_deadlines": "prove by whose word hazards had how much time",
    "units": "the ledger of hazards (Work Safety Law 41)",
    "unit_members": "the ledger of hazards (Work Safety Law 41)",
    "unit_events": "prove who changed a unit",
    "plan_events": "prove who changed a plan or gave a task to another",
    "inspection_answers": "the ledger of hazards (Work Safety Law 41)",
    "accounts": "the ledger of points is never deleted",
    "claims": "the ledger of points is never deleted",
    "claim_events": "append-only but for numbers of who closes his account: prove each step",
    "transfers": "the ledger of points is never deleted",
    "redemptions": "the ledger of points is never deleted",
    "stock_movements": "the ledger of points is never deleted",
    "audit_entries": "append-only; two people may purge what is old (docs/audit.md)",
    "grants": "prove who could do what",
    "spot_checks": "as the inspection or visit that was looked at again",
    "spot_check_weeks": "prove that the lot was drawn as it was committed to",
    "policy_changes": "prove on whose word something was asked of people",
    "place_codes": "say which printed code was good when",
}
"""Tables that hold something of people and have no rule, with the reason."""


def rules(months: RetentionSettings) -> Iterator[Rule]:
    """Give every rule, as it judges now.

    Never the ledgers, the audit trail, or what a running case needs.
    """
    yield from position_rules()
    yield from presence_rules()
    yield from photo_rules(months.photos)
    yield from _sign_in_rules()
    yield from _binding_rules()
    yield from consent_rules()
    yield from care_rules(months.care)
    yield gone_rule(months.gone)
    yield from frozen_rules()
    yield from ended_rules(months.ended, REQUESTS_KEPT)
    yield _correction_rule()
    yield from _trail_rules(months.audit)
    yield Rule(
        "mornings on which workers were told",
        table_of(ToldOpening),
        ToldOpening.day < business_day() - TOLD_KEPT,
        kept=f"{TOLD_KEPT.days} days",
        basis="PIPL 19",
    )
    yield Rule(
        "notices",
        table_of(Notice),
        Notice.created_at < months_ago(months.notices),
        kept=f"{months.notices} months (`GONGDI_NOTICE_MONTHS`)",
        basis="PIPL 19",
    )


def _sign_in_rules() -> Iterator[Rule]:
    at, before = now(), now() - SIGN_INS_KEPT
    days = f"{SIGN_INS_KEPT.days} days after the end"
    lately = literal(at - TRIES_KEPT) <= any_(SignInTries.failed_at)
    closed = func.coalesce(SignInTries.locked_until > at, False)
    yield Rule("sign-in tries", table_of(SignInTries), ~lately & ~closed, "an hour", _MISUSE)
    for name, model in (("invitations", Invitation), ("one-time codes", SignInCode)):
        yield Rule(name, table_of(model), model.expires_at < before, days, _MISUSE)
    ended = (SignIn.expires_at < before) | (SignIn.ended_at < before)
    yield Rule("sign-ins", table_of(SignIn), ended, days, _MISUSE)
    yield Rule(
        "refresh tokens",
        table_of(RefreshToken),
        RefreshToken.expires_at < at,
        "30 days after the sign-in",
        _MISUSE,
    )


def _binding_rules() -> Iterator[Rule]:
    yield Rule(
        "binding codes",
        table_of(BindingCode),
        BindingCode.made_at < months_ago(BINDING_CODE_MONTHS),
        kept=f"{BINDING_CODE_MONTHS} months, or until a new one is made",
        basis="PIPL 19",
    )
    texts = ("name", "door", "note", "decision_note")
    left = or_(*(table_of(BindingRequest).c[name] != "" for name in texts))
    decided = BindingRequest.state != BindingRequestState.OPEN
    yield Rule(
        "binding requests",
        table_of(BindingRequest),
        and_(decided, BindingRequest.decided_at < now() - REQUESTS_KEPT, left),
        kept=f"{REQUESTS_KEPT.days} days after the decision",
        basis="PIPL 19",
        emptied=dict.fromkeys(texts, ""),
        stays="who asked when, and what was decided",
    )


def _correction_rule() -> Rule:
    decided = (Correction.state != OwnRequestState.OPEN) & (Correction.decided_at < now() - REQUESTS_KEPT)
    left = or_(Correction.wanted_sealed.is_not(None), Correction.said_sealed.is_not(None))
    return Rule(
        "corrections",
        table_of(Correction),
        and_(decided, left, ~kept_for_a_case(Correction.id, HarmRecord.CORRECTION)),
        kept=f"{REQUESTS_KEPT.days} days after the decision",
        basis="PIPL 19",
        emptied={"wanted_sealed": None, "said_sealed": None},
        stays="who asked when for what to be put right, what was decided and why",
    )


def _trail_rules(months: int) -> Iterator[Rule]:
    """Give the rules of what stands beside the audit trail, which has entries of the same facts."""
    since, kept = months_ago(months), f"{months} months (`GONGDI_AUDIT_MONTHS`)"
    yield Rule(
        "looks at numbers", table_of(Reveal), Reveal.revealed_at < since, kept, "PIPL 51; as the audit trail"
    )
    ended = func.coalesce(ViewingTicket.expires_at, ViewingTicket.decided_at, ViewingTicket.asked_at)
    yield Rule(
        "viewing tickets",
        table_of(ViewingTicket),
        ended < since,
        f"{kept} after the end",
        "未成年人网络保护条例 36; as the audit trail",
    )
    for name, exported, job in (
        ("exports of the roster", RosterExport, "end_roster_exports"),
        ("exports of hazards", HazardExport, "end_hazard_exports"),
    ):
        yield Rule(
            name,
            table_of(exported),
            exported.ended_at < since,
            f"{kept} after the end; file and key 24 hours (the job {job})",
            "PIPL 51; as the audit trail",
        )
    yield Rule(
        "imports of the roster",
        table_of(RosterImport),
        RosterImport.ended_at < since,
        f"{kept} after the end; file and rows 72 hours (the job end_imports)",
        "PIPL 51; as the audit trail",
    )
    yield Rule("approvals", table_of(Approval), _approval_over(since), kept, "as the audit trail")


def _approval_over(since: object) -> ColumnElement[bool]:
    """Say in SQL that an approval was used, refused or forgotten long since."""
    ended = func.coalesce(Approval.used_at, Approval.decided_at, Approval.expires_at)
    waits = Approval.state.in_([ApprovalState.OPEN, ApprovalState.APPROVED]) & (Approval.expires_at > now())
    return and_(ended < since, ~waits)
