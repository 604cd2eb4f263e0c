"""The form on a receipt: whether a visitor is satisfied with what became of his report."""

from dataclasses import dataclass
from uuid import UUID

import marshmallow as ma
from flask import Request

from app.api.http.fields import Input, Text, uid, whole
from app.api.report_form import right_key

_MOST_SIGNS = 200
_SENTENCES = {
    "faces": "还没有选满意不满意，请选一个再提交",
    "note": f"写的话太长了，最多{_MOST_SIGNS}个字，请写短一点再提交",
    "step_id": "页面太旧了，请回到报告那一页，重新提交一次",
}
"""What to say of a field that is wrong, the first one's where there are several."""


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
    def read(cls, request: Request) -> "RatingForm | str":
        """Read a sent form; for one that is not right, give the sentence that says what is wrong."""
        sent = {name: request.form[name] for name in RatingFormInput().fields if name in request.form}
        try:
            right = RatingFormInput().load(sent)
        except ma.ValidationError as error:
            return next(words for name, words in _SENTENCES.items() if name in error.messages)
        return cls(**right, key=right_key(request.form.get("key", "")))
