"""How long personal data is kept, and taking it away when its time is over (PIPL, art. 19)."""

from app.retention.care_rules import CONTACTS_KEPT
from app.retention.categories import (
    BINDING_CODE_MONTHS,
    KEPT_BECAUSE,
    REQUESTS_KEPT,
    SIGN_INS_KEPT,
    TRIES_KEPT,
    rules,
)
from app.retention.consent_rules import PROOF_MONTHS
from app.retention.gone_rules import is_gone, is_masked, let_back_in, was_him
from app.retention.harm_rules import (
    belongs_to_a_case,
    earned_by_a_case,
    inspection_of,
    kept_for_a_case,
    opened_a_case,
)
from app.retention.photo_rules import UNNAMED_KEPT, forget_given_photos
from app.retention.positions import POSITIONS_KEPT, forget_given_positions, presence_rules
from app.retention.rules import Rule, apply, overdue

__all__ = [
    "BINDING_CODE_MONTHS",
    "CONTACTS_KEPT",
    "KEPT_BECAUSE",
    "POSITIONS_KEPT",
    "PROOF_MONTHS",
    "REQUESTS_KEPT",
    "SIGN_INS_KEPT",
    "TRIES_KEPT",
    "UNNAMED_KEPT",
    "Rule",
    "apply",
    "belongs_to_a_case",
    "earned_by_a_case",
    "forget_given_photos",
    "forget_given_positions",
    "inspection_of",
    "is_gone",
    "is_masked",
    "kept_for_a_case",
    "let_back_in",
    "opened_a_case",
    "overdue",
    "presence_rules",
    "rules",
    "was_him",
]
