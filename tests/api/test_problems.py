"""Refusals as problem documents (RFC 9457): their shape, and what they keep to themselves."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from app.api.http.allow import PUBLIC, allow
from app.api.http.fields import Input
from app.audit.entries import AuditAwayError
from app.db import db
from app.errors import DomainError
from app.ids import new_id
from app.workdays import HolidaysUnknownError
from tests.cast import named
from tests.client import Answer, Client

Become = Callable[[str | None], Client]
AppWith = Callable[..., Flask]
_PLACE = f"/v1/places/{named('block')}"
_NO_FORMS: list[Any] = [[], "x", 7, None]
_LOST = {"version": 9, "reason": "旧"}
_JSON = {"Accept": "application/json"}
CALLS: dict[str, tuple[int, str, Callable[[Client], Answer]]] = {
    "no json": (400, "bad_request", lambda who: who.put(_PLACE, data="{", content_type="application/json")),
    "a foreign token": (
        401,
        "sign_in_needed",
        lambda who: who.get("/v1/me", headers={"Authorization": "Bearer x"}),
    ),
    "not his": (403, "forbidden", lambda who: who.put(f"/v1/users/{new_id()}", json={})),
    "no route": (404, "not_found", lambda who: who.get("/v1/castles")),
    "no uuid": (404, "not_found", lambda who: who.get("/v1/places/7")),
    "out of reach": (404, "not_found", lambda who: who.get(f"/v1/places/{named('far_block')}")),
    "no such code": (404, "not_found", lambda who: who.get("/q/x", headers=_JSON)),
    "no method": (405, "method_not_allowed", lambda who: who.delete("/v1/places")),
    "conflict": (409, "code_version", lambda who: who.post(f"{_PLACE}/codes/reprint", json=_LOST)),
    "too large": (413, "too_large", lambda who: who.put(_PLACE, data=b" " * 1_100_000)),
    "other type": (415, "unsupported_media_type", lambda who: who.put(_PLACE, data="a")),
    "no photo": (415, "photo_not_a_picture", lambda who: who.put(f"/v1/photos/{new_id()}", data=b"<svg/>")),
    "invalid": (422, "invalid", lambda who: who.put(_PLACE, json={})),
    "invalid query": (422, "invalid", lambda who: who.get("/v1/places?limit=0")),
}


def shape(answer: Answer) -> dict[str, Any]:
    """Check what every problem document has, and give what differs."""
    assert answer.mimetype == "application/problem+json"
    document = dict(answer.json)
    assert document.pop("type") == "about:blank"
    assert document.pop("status") == answer.status_code
    assert document.pop("request_id") == answer.headers["X-Request-Id"]
    assert UUID(answer.headers["X-Request-Id"]).version == 7
    assert re.search("[一-鿿]", document["title"]), "a person reads it"
    return document


@pytest.mark.parametrize("call", CALLS)
def test_every_refusal_has_the_shape_of_a_problem_document(admin: Client, call: str) -> None:
    status, code, ask = CALLS[call]

    answer = ask(admin)

    document = shape(answer)
    assert (answer.status_code, document["code"]) == (status, code)
    assert set(document) == {"title", "code"} | ({"errors"} if call == "no json" or status == 422 else set())


def test_out_of_reach_reads_as_not_there(admin: Client) -> None:
    beyond, nowhere = admin.get(f"/v1/places/{named('far_block')}"), admin.get(f"/v1/places/{new_id()}")

    assert shape(beyond) == shape(nowhere)


def test_what_may_be_done_at_an_address_is_said(admin: Client) -> None:
    assert set(admin.delete("/v1/places").headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_errors_name_fields_inside_fields_and_items_of_lists(be: Become) -> None:
    body = {
        "place_id": "x",
        "category": "fire",
        "text": "",
        "captured_at": "yesterday",
        "position": {"lng": 1, "lat": 2, "accuracy_m": -1, "datum": "mars", "speed": 3},
        "photo_ids": [str(new_id()), "7"],
    }

    errors = shape(be("worker").put(f"/v1/hazards/{new_id()}", json=body))["errors"]

    assert set(errors) == {"place_id", "text", "captured_at", "position", "photo_ids"}
    assert set(errors["position"]) == {"accuracy_m", "datum", "speed"}
    assert list(errors["photo_ids"]) == ["1"]
    assert all(re.search("[一-鿿]", message) for message in _messages(errors))


def test_of_thousands_of_wrong_fields_the_first_are_named(be: Become) -> None:
    """What is odd by itself is not answered with as much again."""
    odd = {f"odd{number}": number for number in range(1500)}
    body = {"position": {"lng": 1, "lat": 2, **odd}, **odd}

    answer = be("worker").put(f"/v1/hazards/{new_id()}", json=body)

    errors = shape(answer)["errors"]
    named = sum(len(inner) if isinstance(inner, dict) else 1 for inner in errors.values())
    assert named == 500
    assert len(answer.data) < 50_000


def _inputs(of: type[Input] = Input) -> list[type[Input]]:
    return [found for one in of.__subclasses__() for found in (one, *_inputs(one))]


@pytest.mark.parametrize("schema", _inputs(), ids=lambda schema: schema.__name__)
def test_every_field_of_every_form_is_refused_in_chinese(app: Flask, schema: type[Input]) -> None:
    junk: list[Any] = [None, True, 7, -1.5, "", "x", "x" * 5000, [], ["x"], {}, {"x": 1}, [{}], float("nan")]
    with app.test_request_context():
        form = schema()
        fields = [field.data_key or name for name, field in form.fields.items()]
        wrong = [form.validate({field: value}) for field in (*fields, "castle") for value in junk]
        wrong += [form.validate(nothing) for nothing in _NO_FORMS]

    assert all("castle" in errors for errors in wrong[len(fields) * len(junk) : -len(_NO_FORMS)])
    english = {
        message for errors in wrong for message in _messages(errors) if not re.search("[一-鿿]", message)
    }
    assert english == set()


def _messages(errors: Any) -> list[str]:
    if isinstance(errors, dict):
        return [message for inner in errors.values() for message in _messages(inner)]
    return list(errors)


@pytest.mark.parametrize("error, wait_s", [(HolidaysUnknownError(year=2031), None), (AuditAwayError(), "5")])
def test_only_what_waiting_mends_says_how_long(
    app_with: AppWith, error: DomainError, wait_s: str | None
) -> None:
    """A client that waits and sends the same again would do so for ever."""
    app = app_with()

    @app.route("/refused")
    @allow(PUBLIC)
    def refused() -> str:
        raise error

    answer = Client(app, None).get("/refused")

    assert (answer.status_code, answer.json["code"]) == (503, error.code)
    assert answer.headers.get("Retry-After") == wait_s


def test_a_fault_of_ours_says_nothing_of_itself(app_with: AppWith) -> None:
    """S-136: a code and a request id; no stack, SQL, path or version."""
    app = app_with()

    @app.route("/fault", methods=["GET", "POST"])
    @allow(PUBLIC)
    def fault() -> str:
        with db.session.begin():
            db.session.execute(text("SELECT secret FROM nowhere"))
        return "never"

    client = Client(app, None)
    answer, sent = client.get("/fault"), client.post("/fault")

    assert (answer.status_code, sent.status_code) == (500, 500)
    assert answer.json["title"] == "系统出了问题，请稍后再试", "nothing was sent that could be lost"
    assert sent.json["title"] == "系统出了问题，您的内容没有保存，请稍后再试"
    document = shape(answer)
    assert (document["code"], set(document)) == ("internal", {"title", "code"})
    assert not re.search("secret|nowhere|SELECT|psycopg|Traceback|line", answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
