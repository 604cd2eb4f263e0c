"""What every resource module shares: its blueprint, and the answer of a write that is safe to repeat."""

import functools
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar, cast
from uuid import UUID

import marshmallow as ma
from flask import make_response, request
from flask_smorest import Blueprint as SmorestBlueprint

from app.api.http.allow import FOR, PUBLIC
from app.api.http.body_bounds import MOST_BYTES, takes
from app.api.http.fields import NIL_ID, Input
from app.api.http.strict_json import StrictParser
from app.identity import TAKEN_FOR_ANOTHER

View = TypeVar("View", bound=Callable[..., Any])


class Blueprint(SmorestBlueprint):  # type: ignore[misc]
    """A resource's routes under /v1, described in docs/openapi.json."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(
        self, name: str, import_name: str, description: str, *, url_prefix: str | None = "/v1"
    ) -> None:
        """Name the resource."""
        super().__init__(name, import_name, url_prefix=url_prefix, description=description)
        self._prepare_doc_cbks.append(_describe_acting)

    def route(self, rule: str, *, methods: list[str], **options: Any) -> Callable[[View], View]:
        """Serve the view at this path, described as needing a session unless anybody may call it."""

        def decorate(view: View) -> View:
            permission = getattr(view, "permission", None)
            described = self.doc(security=[] if permission == PUBLIC else [{"session": []}])(view)
            facts = described._apidoc  # type: ignore[attr-defined]  # noqa: SLF001 - where smorest keeps them
            facts["for_another"] = permission in TAKEN_FOR_ANOTHER
            served: View = super(Blueprint, self).route(rule, methods=methods, **options)(described)
            return served

        return decorate

    def response(self, status: int, schema: Any = None, **options: Any) -> Callable[[View], View]:
        """Answer with this status, and with this schema or the view's own response."""
        return super().response(status, schema, **options)  # type: ignore[no-any-return]

    def alt_response(self, status: int, **options: Any) -> Callable[[View], View]:
        """Describe another answer that the view may give."""
        return super().alt_response(status, **options)  # type: ignore[no-any-return]

    def doc(self, **facts: Any) -> Callable[[View], View]:
        """Describe what schemas cannot say, in the words of OpenAPI."""
        return super().doc(**facts)  # type: ignore[no-any-return]

    def body(self, schema: type[Input], *, most_bytes: int = MOST_BYTES) -> Callable[[View], View]:
        """Take a JSON body of this schema and at most this length as the view's first argument."""
        described = self.arguments(schema(), description=f"最多{most_bytes // 1024}KB")

        def decorate(view: View) -> View:
            return described(takes(most_bytes)(view))  # type: ignore[no-any-return]

        return decorate

    def query(self, schema: type[Input]) -> Callable[[View], View]:
        """Take query parameters of this schema as keyword arguments; others are refused, not overlooked."""
        return self.arguments(  # type: ignore[no-any-return]
            schema(), location="query", as_kwargs=True, unknown=ma.RAISE
        )

    def answer(self, schema: Any, status: int = HTTPStatus.OK) -> Callable[[View], View]:
        """Answer with this schema."""
        return self.response(status, schema)

    def file(self, kind: str) -> Callable[[View], View]:
        """Answer with a file of this media type."""
        return super().response(  # type: ignore[no-any-return]
            HTTPStatus.OK, {"type": "string", "format": "binary"}, content_type=kind
        )

    def tagged(self, view: View) -> View:
        """Answer 304 without a body to whoever names the answer that he has (If-None-Match); stands on top.

        It saves the way to a phone, not the work here.
        """

        @functools.wraps(view)
        def answered(*args: Any, **ids: Any) -> Any:
            response = make_response(view(*args, **ids))
            response.add_etag()
            return response.make_conditional(request)

        described = self.alt_response(HTTPStatus.NOT_MODIFIED, description="没有变化")(answered)
        return cast("View", described)

    def made_once(self, schema: Any) -> Callable[[View], View]:
        """Answer 201 for a new thing and 200 for the same again, with the same body.

        The thing's id is in the address.
        """

        def decorate(view: View) -> View:
            checked = _with_an_id(view)
            described = self.alt_response(HTTPStatus.CREATED, schema=schema, success=True)(checked)
            return self.response(HTTPStatus.OK, schema)(described)

        return decorate


def once(made: bool) -> int:  # noqa: FBT001 - the only question there is
    """Give the status of a write that is safe to repeat."""
    return HTTPStatus.CREATED if made else HTTPStatus.OK


def _with_an_id(view: View) -> View:
    """Refuse to make a thing under the id of zeros only, before its body is looked at."""

    @functools.wraps(view)
    def checked(*args: Any, **ids: Any) -> Any:
        nil = {name: [NIL_ID] for name, one in ids.items() if isinstance(one, UUID) and one.int == 0}
        if nil:
            raise ma.ValidationError(nil)
        return view(*args, **ids)

    return cast("View", checked)


def _describe_acting(doc: dict[str, Any], facts: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Describe the header of a request that somebody makes for a resident, where it is taken."""
    if facts.get("for_another"):
        header = {
            "in": "header",
            "name": FOR,
            "required": False,
            "description": "The resident for whom the request is made.",
            "schema": {"type": "string", "format": "uuid"},
        }
        doc["parameters"] = [*doc.get("parameters", []), header]
    return doc
