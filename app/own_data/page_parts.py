"""How the page of a copy is ordered: what belongs together, what stands under what, what is a card."""

from dataclasses import dataclass

from sqlalchemy import Column, Table

from app.own_data.copied import AT_WORK

SHOWN = 200
"""Rows of one kind, the newest: nobody reads years of an audit trail, and the files beside have it all."""
_TIMES = [
    "month",
    "received_at",
    "at",
    "created_at",
    "asked_at",
    "made_at",
    "revealed_at",
    "begun_at",
    "issued_at",
    "decided_at",
    "since",
    "due_on",
]


@dataclass(frozen=True)
class Group:
    """Kinds of records under one heading."""

    title: str
    kinds: tuple[str, ...]


def _group(title: str, kinds: str) -> Group:
    return Group(title, tuple(kinds.split()))


GROUPS = (
    _group("我是谁", "residents roster_changes"),
    _group("我的家", "households"),
    _group("关爱和走访", "care_records escape_helps visits"),
    _group("就业", "employments"),
    _group("积分", "accounts transfers claims redemptions"),
    _group("隐患上报", "hazards"),
    _group("照片", "photos photos_of_me"),
    _group("同意和不同意", "consents"),
    _group("监护", "guardianships other_guardianships my_guardians"),
    _group("代办", "proxies"),
    _group(
        "资料的申请",
        "corrections corrections_of_me deletions deletions_of_me own_copies copies_of_me closings",
    ),
    _group("谁看过我的资料", "reveals viewing_tickets"),
    _group(
        "账号和登录",
        "users bindings binding_requests wechat_identities grants account_events second_factors invitations"
        " sign_in_codes sign_ins refresh_tokens",
    ),
    _group("消息和提醒", "notices notice_settings message_acceptances message_credits message_sends"),
    _group("操作记录", "audit_entries witness_codes"),
    Group(
        "我经手的记录", tuple(copied.name for copied in AT_WORK if copied.table.name != "inspection_answers")
    ),
)
"""Everything once, in the order of the page."""
UNDER = {
    "claims": ("claim_events", "claim_id"),
    "hazards": ("hazard_events", "hazard_id"),
    "care_records": ("care_events", "care_record_id"),
    "visits": ("follow_ups", "visit_id"),
    "inspections": ("inspection_answers", "inspection_id"),
}
"""Kinds whose rows stand under another's, by the column that names it; links of photos stand by photos."""
PHOTOS = frozenset({"photos", "photos_of_me"})
"""Drawn as pictures."""
CARDS = frozenset(
    {
        "residents",
        "households",
        "care_records",
        "escape_helps",
        "visits",
        "accounts",
        "claims",
        "hazards",
        "consents",
        "guardianships",
        "other_guardianships",
        "my_guardians",
        "proxies",
        "corrections",
        "corrections_of_me",
        "deletions",
        "deletions_of_me",
        "closings",
        "users",
        "bindings",
        "binding_requests",
        "wechat_identities",
        "inspections",
    }
)
"""Drawn as a card each, heading by heading; the others are lines of a table."""


def time_of(table: Table) -> Column[object]:
    """Give what tells which rows of a table are newer: ids that phones made do not."""
    return next((table.c[name] for name in _TIMES if name in table.c), next(iter(table.primary_key)))
