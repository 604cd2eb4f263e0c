"""The answers of a form: text, numbers, truths and lists of words, whatever the form asks for."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from app.api.http.fields import Text

_MOST = 100
_KEY_SIGNS = 60
_SIGNS = 2000
_CHOSEN = 50
_WRONG = "请填文字、数字、是或否，或一组选项"


class _Answer(fields.Field[Any]):
    """One answer; whether it fits the question is the domain's to say."""

    default_error_messages = {"invalid": _WRONG, "null": "这一项不能为空"}  # noqa: RUF012
    _text = Text(_SIGNS, lines=True)
    _word = Text(_KEY_SIGNS)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if isinstance(value, str):
            return self._text.deserialize(value)
        if isinstance(value, list):
            if len(value) > _CHOSEN or not all(isinstance(one, str) for one in value):
                raise self.make_error("invalid")
            return [self._word.deserialize(one) for one in value]
        if isinstance(value, bool | int | float):
            return value
        raise self.make_error("invalid")


class _Answers(fields.Dict):
    """Answers by the key of the question; what is wrong with one stands at its key, as it was sent."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            return super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        except ma.ValidationError as error:
            if not isinstance(error.messages, dict):
                raise
            at = {key: wrong.get("value", wrong.get("key")) for key, wrong in error.messages.items()}
            raise ma.ValidationError(at) from error


def answers(**kwargs: Any) -> fields.Dict:
    """Give a field for the answers of a form, by the key of the question."""
    bound = validate.Length(max=_MOST, error=f"最多{_MOST}项")
    return _Answers(
        keys=Text(_KEY_SIGNS, least=1),
        values=_Answer(),
        validate=bound,
        error_messages={"invalid": "请按题目填写", "null": "这一项不能为空"},
        **kwargs,
    )
