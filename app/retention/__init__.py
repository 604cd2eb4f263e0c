"""How long personal data is kept, and taking it away when its time is over (PIPL, art. 19)."""

from app.retention.categories import KEPT_BECAUSE, rules
from app.retention.harm_rules import belongs_to_a_case, kept_for_a_case, opened_a_case
from app.retention.photo_rules import forget_given_photos
from app.retention.positions import POSITIONS_KEPT, forget_given_positions
from app.retention.rules import Rule, apply, overdue

__all__ = [
    "KEPT_BECAUSE",
    "POSITIONS_KEPT",
    "Rule",
    "apply",
    "belongs_to_a_case",
    "forget_given_photos",
    "forget_given_positions",
    "kept_for_a_case",
    "opened_a_case",
    "overdue",
    "rules",
]
