"""What tells of harm to a minor is kept, whatever rule or wish would take it away.

Minor Protection Law, art. 11; 未成年人网络保护条例, art. 38: records are preserved.
"""

from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, exists, or_

from app.models import HARM_RECORDS, ClaimEvent, HarmCase, HarmRecord, HazardEvent, InspectionAnswer
from app.retention.rules import table_of

_CASES = table_of(HarmCase)
_HAZARD_STEPS, _CLAIM_STEPS = table_of(HazardEvent).alias(), table_of(ClaimEvent).alias()
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


def opened_a_case(row_id: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Say in SQL that this very row, a record or a step of one, made somebody open a case."""
    return exists().where(_CASES.c.told_id == row_id)


def belongs_to_a_case(row_id: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Say in SQL that a case of harm names this record, or the hazard or claim of which this is a step."""
    hazard, claim = _HAZARD_STEPS.c, _CLAIM_STEPS.c
    return or_(
        kept_for_a_case(row_id),
        exists().where(hazard.id == row_id, kept_for_a_case(hazard.hazard_id, HarmRecord.HAZARD)),
        exists().where(claim.id == row_id, kept_for_a_case(claim.claim_id, HarmRecord.CLAIM)),
    )
