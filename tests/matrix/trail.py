"""What each answer must leave in the audit trail: declared apart from the product's own rule."""

import json

from app.models import AuditResult
from tests.client import Answer
from tests.matrix.lines import Line

SENSITIVE_READS = {
    "GET /v1/me/today",
    "GET /v1/answered-visits",
    "GET /v1/closings",
    "GET /v1/closings/<uuid:closing_id>/frozen",
    "GET /v1/corrections",
    "GET /v1/corrections/<uuid:correction_id>",
    "GET /v1/deletions",
    "GET /v1/me/held",
    "GET /v1/me/copies/<uuid:copy_id>/file",
    "GET /v1/roster-exports/<uuid:export_id>/file",
    "GET /v1/imports/<uuid:import_id>/rows",
    "GET /v1/hazard-exports/<uuid:export_id>/file",
    "GET /v1/viewing-tickets",
    "GET /v1/guardianships",
    "GET /v1/harm-cases",
    "GET /v1/harm-cases/<uuid:case_id>",
    "GET /v1/residents/<uuid:resident_id>/consents",
    "GET /v1/residents/<uuid:resident_id>/guardianships",
    "GET /v1/audit",
    "GET /v1/audit/verification",
    "GET /v1/binding-requests",
    "GET /v1/binding-requests/<uuid:request_id>",
    "GET /v1/households/<uuid:household_id>/binding-code",
    "GET /v1/care-records",
    "GET /v1/care-records/<uuid:record_id>",
    "GET /v1/care-records/<uuid:record_id>/contacts",
    "GET /v1/care-records/<uuid:record_id>/history",
    "GET /v1/care-records/<uuid:record_id>/visit-draft",
    "GET /v1/escape-helps",
    "GET /v1/employments/due",
    "GET /v1/employments/homes",
    "GET /v1/work-bulletin/workbook",
    "GET /v1/work-dispatch/workbook",
    "GET /v1/residents/<uuid:resident_id>/employments",
    "GET /v1/follow-ups",
    "GET /v1/households/<uuid:household_id>/changes",
    "GET /v1/households/<uuid:household_id>/card.pdf",
    "GET /v1/households/<uuid:household_id>/residents",
    "GET /v1/points/passbook.pdf",
    "GET /v1/hazards/<uuid:hazard_id>/notice.pdf",
    "GET /v1/photos/<uuid:photo_id>/marked",
    "GET /v1/places/<uuid:place_id>/poster.png",
    "GET /v1/residents/<uuid:resident_id>",
    "GET /v1/residents/<uuid:resident_id>/changes",
    "GET /v1/residents/<uuid:resident_id>/same-person",
    "GET /v1/duplicates",
    "GET /v1/users",
    "GET /v1/users/<uuid:user_id>",
    "GET /v1/users/<uuid:user_id>/work",
    "GET /v1/visit-forms",
    "GET /v1/visits",
    "GET /v1/visits/<uuid:visit_id>",
}
"""Reads that leave an entry; the poster among them makes a place's first code."""


def due(line: Line, name: str | None, answer: Answer) -> list[tuple[str, AuditResult, str | None]]:
    """Give action, result and code of each entry that a call must leave."""
    counts = line.method not in {"GET", "HEAD"} or line.name in SENSITIVE_READS
    if answer.status_code < 400:
        return [(line.name, AuditResult.DONE, None)] if counts else []
    if answer.status_code == 503:
        return []
    signed_in = name is not None
    code = json.loads(answer.text)["code"]
    if code in {"wrong_credentials", "sign_in_code_refused", "refresh_over"} or (
        signed_in and (counts or answer.status_code == 403)
    ):
        return [(line.name, AuditResult.REFUSED, code)]
    return []
