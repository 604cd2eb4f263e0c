"""A client that is somebody: Flask's test client with a token, and JSON answers."""

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.cast import Person


class Client:
    """Calls the application as one person, or as a visitor."""

    def __init__(self, app: Flask, person: Person | None) -> None:
        """Be this person."""
        self.person = person
        self._client = app.test_client()
        self._headers = {"Authorization": f"Bearer {person.token}"} if person else {}

    def get(self, path: str, **options: Any) -> TestResponse:
        """Call GET."""
        return self._open(path, "GET", options)

    def put(self, path: str, **options: Any) -> TestResponse:
        """Call PUT."""
        return self._open(path, "PUT", options)

    def post(self, path: str, **options: Any) -> TestResponse:
        """Call POST."""
        return self._open(path, "POST", options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        """Call DELETE."""
        return self._open(path, "DELETE", options)

    def open(self, path: str, method: str, **options: Any) -> TestResponse:
        """Call any method."""
        return self._open(path, method, options)

    def _open(self, path: str, method: str, options: dict[str, Any]) -> TestResponse:
        headers = {**self._headers, **options.pop("headers", {})}
        return self._client.open(path, method=method, headers=headers, **options)
