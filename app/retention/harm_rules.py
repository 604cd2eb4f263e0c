"""Which records tell of harm to a minor, in SQL: whatever keeps, hides or leaves them out asks here.

They are kept, whatever rule or wish would take them away, and what they tell does not reach the home.
Minor Protection Law, art. 11; 未成年人网络保护条例, art. 38: records are preserved. ADR 0013.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, Uuid, and_, cast, exists, or_, true

from app.models import (
    HARM_RECORDS,
    Claim,
    ClaimEvent,
    HarmCase,
    HarmRecord,
    HazardEvent,
    InspectionAnswer,
    SourceKind,
)
from app.retention.rules import table_of

_CASES = table_of(HarmCase)
_HAZARD_STEPS, _CLAIM_STEPS = table_of(HazardEvent).alias(), table_of(ClaimEvent).alias()
_CLAIMS = table_of(Claim).alias()
_ANSWERS = table_of(InspectionAnswer).alias()


def kept_for_a_case(record_id: SQLColumnExpression[Any], *kinds: HarmRecord) -> ColumnElement[bool]:
    """Say in SQL that a case of harm names this record; of all kinds, or of these.

    A hazard counts as named with an inspection that found it: its text, or the step by which the inspection
    joined it, has the inspection's words.
    """
    named = [_CASES.c[HARM_RECORDS[kind]] == record_id for kind in kinds or HarmRecord]
    by_name = exists().where(or_(*named)).select_from(_CASES)
    if kinds and HarmRecord.HAZARD not in kinds:
        return by_name
    found = exists().where(
        _ANSWERS.c.hazard_id == record_id, _CASES.c.inspection_id == _ANSWERS.c.inspection_id
    )
    return by_name | found.select_from(_ANSWERS, _CASES)


def earned_by_a_case(
    source_kind: SQLColumnExpression[Any], source_id: SQLColumnExpression[Any]
) -> ColumnElement[bool]:
    """Say in SQL that a claim rewards a report that a case names: the claim counts as named, too."""
    return and_(source_kind == SourceKind.HAZARD, kept_for_a_case(source_id, HarmRecord.HAZARD))


def opened_a_case(
    *row_ids: SQLColumnExpression[Any], which: SQLColumnExpression[bool] | None = None
) -> ColumnElement[bool]:
    """Say in SQL that one of these very rows, records or steps of one, opened a case; or one of ``which``."""
    return exists().where(_CASES.c.told_id.in_(row_ids), true() if which is None else which)


def inspection_of(step_data: SQLColumnExpression[Any]) -> ColumnElement[UUID]:
    """Give the inspection by which a hazard was found again: that step has the inspection's words."""
    return cast(step_data["inspection_id"].astext, Uuid)


def belongs_to_a_case(row_id: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Say in SQL that a case of harm names this record, or the hazard or claim of which this is a step.

    A claim counts as named with the report that it rewards.
    """
    hazard, claim, paid = _HAZARD_STEPS.c, _CLAIM_STEPS.c, _CLAIMS.c
    by_report = earned_by_a_case(paid.source_kind, paid.source_id)
    return or_(
        kept_for_a_case(row_id),
        exists().where(hazard.id == row_id, kept_for_a_case(hazard.hazard_id, HarmRecord.HAZARD)),
        exists().where(claim.id == row_id, kept_for_a_case(claim.claim_id, HarmRecord.CLAIM)),
        exists().where(paid.id == row_id, by_report),
        exists().where(claim.id == row_id, paid.id == claim.claim_id, by_report),
    )
