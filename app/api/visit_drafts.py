"""What the next visit to somebody begins with."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from app import visits
from app.api.care_contacts import ContactOutput
from app.api.http.fields import Output
from app.api.http.parts import parts
from app.clock import business_day


class VisitDraftOutput(Output):
    """What the last complete visit was told that lasts, by the questions of the form in force.

    The next visit names ``unchanged_from`` and says only what is otherwise; ``visited_on`` is the day that
    the answers are from. All three are empty before the first visit; there is no form where none is in force.
    ``contacts`` are to be called in an emergency.
    """

    care_record_id = fields.UUID(required=True)
    form_id = fields.UUID(required=True, allow_none=True)
    unchanged_from = fields.UUID(required=True, allow_none=True)
    visited_on = fields.Date(required=True, allow_none=True)
    answers = fields.Dict(keys=fields.String(), required=True)
    contacts = fields.List(fields.Nested(ContactOutput), required=True)

    @ma.pre_dump
    def flatten(self, draft: visits.VisitDraft, **_: Any) -> dict[str, Any]:
        """Open what is sealed."""
        form, visit = draft.form, draft.visit
        return {
            "care_record_id": draft.record.id,
            "form_id": form.id if form else None,
            "unchanged_from": visit.id if visit else None,
            "visited_on": business_day(visit.happened_at) if visit else None,
            "answers": visits.lasting_answers(parts().showing, form, visit),
            "contacts": visits.contacts_of(parts().showing, draft.record),
        }
