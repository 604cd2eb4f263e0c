"""The API's description as OpenAPI: refusals as we answer them, not as flask-smorest would."""

from http import HTTPStatus
from typing import Any

from flask_smorest import Api as SmorestApi
from marshmallow import fields

from app.api.http.fields import Output

_BODILESS = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}


class ProblemOutput(Output):
    """A refusal or a fault (RFC 9457), as ``app.api.http.problems`` answers it."""

    type = fields.String(required=True)
    title = fields.String(required=True, metadata={"description": "A Chinese sentence to show as it is"})
    status = fields.Integer(required=True)
    code = fields.String(required=True, metadata={"description": "Stable, for programs"})
    request_id = fields.String(required=True)
    there_id = fields.UUID(metadata={"description": "Of what is there already, to whoever may read it"})
    errors = fields.Dict(metadata={"description": "Messages by input field, nested like the input"})


class Api(SmorestApi):  # type: ignore[misc]
    """The API, whose refusals are described as the problem documents they are."""

    ERROR_SCHEMA = ProblemOutput

    def _register_responses(self) -> None:
        """Describe an answer for each status, and the one for every other."""
        for status in HTTPStatus:
            self._describe(status.name, status.phrase, bodiless=status < HTTPStatus.OK or status in _BODILESS)
        self._describe("DEFAULT_ERROR", "A refusal or a fault")

    def _describe(self, name: str, what: str, *, bodiless: bool = False) -> None:
        answer: dict[str, Any] = {"description": what}
        if not bodiless:
            answer["content"] = {"application/problem+json": {"schema": self.ERROR_SCHEMA}}
        self.spec.components.response(name, answer, lazy=True)
