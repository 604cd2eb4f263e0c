"""What a record lacks where its community asks for presence or photos: it is whole, and marked."""

from sqlalchemy.orm import Session

from app.evidence import Gathered
from app.models import PolicySwitch
from app.policies.switches import is_on

EVIDENCE_MISSING = "evidence_missing"
_SHOW_PRESENCE = frozenset({"inside", "witness_met"})
"""A printed code alone does not (S-170)."""


def with_missing(session: Session, area_code: str, gathered: Gathered) -> Gathered:
    """Add that something is missing which the community's switches ask for.

    The switches are looked at only for a record that would lack it.
    """
    absent, bare = _SHOW_PRESENCE.isdisjoint(gathered.reasons), "no_photo" in gathered.reasons
    wanted = [PolicySwitch.COMPULSORY_CHECK_IN] * absent + [PolicySwitch.PHOTO_COMPULSORY] * bare
    asked = is_on(session, area_code, *wanted) if wanted else frozenset()
    if not asked:
        return gathered
    unchallenged = not any(reason.startswith("challenge_") for reason in gathered.reasons)
    reasons = ["challenge_missing"] * (PolicySwitch.COMPULSORY_CHECK_IN in asked and unchallenged)
    return gathered.also(*reasons, EVIDENCE_MISSING)
