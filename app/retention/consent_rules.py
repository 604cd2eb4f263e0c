"""Consents and guardianships: kept as proof while they hold, and three years longer.

Words of visits that rest on an ended one hold it longer: their own time is over some time after the care. A
number of a child does not, for it has no end of its own: of a consent that was taken back nothing may be done
any more, so what it proves is the past alone, for as long as somebody may sue over it.
"""

from collections.abc import Iterator

from sqlalchemy import exists, or_
from sqlalchemy.orm import aliased

from app.clock import business_day, months_ago
from app.models import (
    CareRecord,
    Consent,
    ConsentPurpose,
    FollowUp,
    Guardianship,
    Visit,
    VisitBasis,
)
from app.retention.rules import Rule, table_of

PROOF_MONTHS = 36
"""As long as somebody may sue (Civil Code 188), and as records of processing are kept (PIPL 56)."""


def consent_rules() -> Iterator[Rule]:
    """Give the rules. A decision in force stays, and so does what words of visits rest on.

    Words of follow-ups count as the visit's. A no goes after every yes that it ended: else the yes would
    count again. An account is shut out at once when it ends, and claims are ledger rows, kept by law and not
    by consent.
    """
    since = months_ago(PROOF_MONTHS)
    newer, older = aliased(Consent), aliased(Consent)
    refused = ~Consent.given & (Consent.decided_at < since)
    replaced = exists().where(
        newer.resident_id == Consent.resident_id,
        newer.purpose == Consent.purpose,
        newer.decided_at > Consent.decided_at,
        newer.decided_at < since,
    )
    revived = exists().where(
        older.resident_id == Consent.resident_id,
        older.purpose == Consent.purpose,
        older.decided_at <= Consent.decided_at,
        older.id != Consent.id,
        older.given,
        older.withdrawn_at.is_(None),
    )
    by_purpose = (
        (Consent.purpose == purpose) & (Visit.basis == basis)
        for purpose, basis in (
            (ConsentPurpose.MINORS, VisitBasis.GUARDIAN_CONSENT),
            (ConsentPurpose.HEALTH_HARDSHIP, VisitBasis.CONSENT),
        )
    )
    followed = exists().where(
        FollowUp.visit_id == Visit.id,
        or_(FollowUp.need_sealed.is_not(None), FollowUp.result_sealed.is_not(None)),
    )
    worded = Visit.word_sealed.is_not(None)
    written_by_it = exists().where(
        CareRecord.resident_id == Consent.resident_id,
        Visit.care_record_id == CareRecord.id,
        or_(*by_purpose),
        or_(Visit.answers_sealed.is_not(None), Visit.note_sealed.is_not(None), followed, worded),
    )
    yield Rule(
        "consents that ended",
        table_of(Consent),
        ((Consent.withdrawn_at < since) | refused | replaced) & ~revived & ~written_by_it,
        kept=f"{PROOF_MONTHS} months after its end; as long as words of visits and follow-ups"
        " that rest on it",
        basis="PIPL 14, 56; Civil Code 188",
    )
    agreed = exists().where(
        Consent.resident_id == Guardianship.child_id, Consent.decided_by == Guardianship.guardian_id
    )
    ended = (Guardianship.ended_at < since) | (Guardianship.valid_until < business_day(since))
    yield Rule(
        "guardianships that ended",
        table_of(Guardianship),
        ended & ~agreed,
        kept=f"{PROOF_MONTHS} months after the end, and as long as a consent given under it",
        basis="PIPL 31, 56; Civil Code 188",
    )
