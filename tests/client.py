"""A client that is somebody: Flask's test client with a token, and JSON answers."""

from http import HTTPStatus
from typing import Any, Protocol, cast
from uuid import UUID

from flask import Flask
from werkzeug.datastructures import Headers

from app.ids import new_id
from tests import canaries
from tests.cast import Person


class Answer(Protocol):
    """What tests look at in an answer; unlike in Werkzeug's own type, its JSON may be indexed."""

    status_code: int
    json: Any
    data: bytes
    text: str
    headers: Headers
    mimetype: str
    is_json: bool


class Client:
    """Calls the application as one person, or as a visitor."""

    def __init__(self, app: Flask, person: Person | None) -> None:
        """Be this person."""
        self.person = person
        self._client = app.test_client()
        self._headers = {"Authorization": f"Bearer {person.token}"} if person else {}
        canaries.look_at({"token": person.token} if person else {}, sent=True)

    def get(self, path: str, **options: Any) -> Answer:
        """Call GET."""
        return self._open(path, "GET", options)

    def put(self, path: str, **options: Any) -> Answer:
        """Call PUT."""
        return self._open(path, "PUT", options)

    def post(self, path: str, **options: Any) -> Answer:
        """Call POST."""
        return self._open(path, "POST", options)

    def step(self, path: str, json: dict[str, Any] | None = None, step_id: UUID | None = None) -> Answer:
        """Take a step of a workflow, a new one if no id names it."""
        return self.post(path, json={"step_id": str(step_id or new_id()), **(json or {})})

    def delete(self, path: str, **options: Any) -> Answer:
        """Call DELETE."""
        return self._open(path, "DELETE", options)

    def open(self, path: str, method: str, **options: Any) -> Answer:
        """Call any method."""
        return self._open(path, method, options)

    def _open(self, path: str, method: str, options: dict[str, Any]) -> Answer:
        headers = {**self._headers, **options.pop("headers", {})}
        answer = cast("Answer", self._client.open(path, method=method, headers=headers, **options))
        refused = answer.status_code >= HTTPStatus.BAD_REQUEST
        place = path.partition("?")[0]
        canaries.look_at(options.get("json"), sent=True, refused=refused, path=place)
        if refused:
            canaries.keep_refusal(answer.data)
        elif answer.data and answer.is_json:
            canaries.look_at(answer.json, sent=False, path=place)
        return answer
