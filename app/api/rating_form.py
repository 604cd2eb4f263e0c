"""The form on a receipt: whether a visitor is satisfied with what became of his report."""

from dataclasses import dataclass
from uuid import UUID

import marshmallow as ma
from flask import Request

from app.api.http.fields import Input, Text, uid, whole
from app.api.report_form import right_key

_MOST_SIGNS = 200


class RatingFormInput(Input):
    """The form's fields."""

    step_id = uid(required=True)
    faces = whole(1, 3, strict=False, required=True)
    note = Text(_MOST_SIGNS, load_default="")


@dataclass(frozen=True)
class RatingForm:
    """What was sent."""

    step_id: UUID
    faces: int
    note: str
    key: str

    @classmethod
    def read(cls, request: Request) -> "RatingForm | None":
        """Read a sent form; None for one that says nothing we ask for."""
        sent = {name: request.form[name] for name in RatingFormInput().fields if name in request.form}
        try:
            right = RatingFormInput().load(sent)
        except ma.ValidationError:
            return None
        return cls(**right, key=right_key(request.form.get("key", "")))
