"""How long a body may be: one byte more is refused before its view has it, whether or not it says so."""

import gzip
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, request
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from app.adapters import wechat
from app.api.http.allow import PUBLIC
from app.api.http.body_bounds import FORMS_BYTES, MAX_PHOTO_BYTES, MOST_BYTES, SIGNATURE_BYTES, most_bytes_of
from app.api.http.strict_json import MAX_PARTS
from app.api.report_form import MAX_FORM_BYTES
from app.ids import new_id
from app.models import Hazard
from tests.api.contract_samples import described
from tests.api.hardening.test_every_field import DOCUMENT, schema, types
from tests.client import Answer, Client
from tests.cpu import least_cpu_s
from tests.hazard_world import write_code

_ID = new_id()
_FORM = "multipart/form-data; boundary=x"
_BEGIN = b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'
_END = b"\r\n--x--\r\n"
BOUNDS = {
    "JSON": ("PUT", f"/v1/places/{_ID}", "places.put_place", "application/json", MOST_BYTES),
    "JSON of a form": ("PUT", f"/v1/visits/{_ID}", "visits.put_visit", "application/json", FORMS_BYTES),
    "JSON of a stranger": ("POST", "/v1/sessions", "sessions.sign_in", "application/json", MOST_BYTES),
    "photo": ("PUT", f"/v1/photos/{_ID}", "photos.put_photo", "image/jpeg", MAX_PHOTO_BYTES),
    "signature": (
        "PUT",
        f"/v1/signatures/{_ID}",
        "signatures.put_signature",
        "image/png",
        SIGNATURE_BYTES,
    ),
    "push": ("POST", "/v1/wechat/push", "wechat_push.hear", "text/xml", wechat.LARGEST_CALLBACK),
    "form": ("POST", "/q/x/reports", "codes.send_report", _FORM, MAX_FORM_BYTES),
}
_ESCAPE_BYTES = 6
_SCALAR_BYTES = 40
"""An id, a moment, a number or a word of a list."""
MOST_PARTS = 20
MOST_TEXT_BYTES = 100_000


class Counted(io.BytesIO):
    """A body that knows how much of it was read."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(size)
        self.taken += len(piece)
        return piece

    def readinto(self, buffer: Any) -> int:
        count = super().readinto(buffer)
        self.taken += count
        return count


def announced(body: bytes) -> dict[str, str | bool]:
    return {"CONTENT_LENGTH": str(len(body))}


def in_chunks(body: bytes) -> dict[str, str | bool]:
    """Say no length, as gunicorn hands on what comes by Transfer-Encoding: its stream ends by itself."""
    del body
    return {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}


def body_of(length: int, content_type: str) -> bytes:
    if content_type != _FORM:
        return b"a" * length
    return _BEGIN + b"a" * (length - len(_BEGIN) - len(_END)) + _END


# Werkzeug leaves the file of a form that is refused half way to the collector of garbage.
@pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")
@pytest.mark.parametrize("say", [announced, in_chunks])
@pytest.mark.parametrize("bound", BOUNDS)
def test_one_byte_too_many_is_refused_before_the_view_has_it(
    app_with: Callable[..., Flask],
    connection: Connection,
    bound: str,
    say: Callable[[bytes], dict[str, str | bool]],
) -> None:
    """S-124: 413 on the byte after the last one; what says its length is not even begun to be read."""
    assert connection is not None
    app, had = app_with(), list[str]()
    method, path, endpoint, content_type, most = BOUNDS[bound]
    assert endpoint in app.view_functions

    def view(**_: object) -> str:
        if content_type == _FORM:
            request.files["photo"].close()
        else:
            request.get_data()
        had.append(endpoint)
        return "had"

    view.__dict__ |= app.view_functions[endpoint].__dict__ | {"permission": PUBLIC}
    app.view_functions[endpoint] = view

    def send(length: int) -> tuple[Answer, Counted]:
        body = body_of(length, content_type)
        stream = Counted(body)
        environ = {**say(body), "wsgi.input": stream, "CONTENT_TYPE": content_type}
        return Client(app, None).open(path, method, environ_overrides=environ), stream

    over, read = send(most + 1)
    assert (over.status_code, had) == (413, [])
    assert read.taken <= (0 if say is announced else most + 1)

    whole, read = send(most)
    assert (whole.status_code, had) == (200, [endpoint]), whole.text
    assert read.taken == most


def largest(part: dict[str, Any], name: str = "") -> tuple[int, int]:
    """Give the bytes and parts of the largest right JSON of a schema, each sign written as an escape."""
    part = schema(part)
    choices = [largest(choice, name) for key in ("anyOf", "oneOf") for choice in part.get(key, [])]
    long, many = map(max, zip((_SCALAR_BYTES, 1), *choices, strict=True))
    if name == "answers" and "object" in types(part):
        return 100 * (60 + 2_000) * 4, 100 * 52  # as app.api.answers bounds them: by key, or 50 words chosen
    if "string" in types(part):
        long = max(long, _ESCAPE_BYTES * part.get("maxLength", 0) + 2)
    if "array" in types(part):
        item_long, item_many = largest(part["items"])
        long, many = part["maxItems"] * (item_long + 2), 1 + part["maxItems"] * item_many
    for inner_name, inner in part.get("properties", {}).items():
        inner_long, inner_many = largest(inner, inner_name)
        long, many = long + len(inner_name) + 6 + inner_long, many + 1 + inner_many
    return long, many


def test_every_route_takes_its_longest_form_and_little_more(app: Flask) -> None:
    """S-124: a stranger's megabyte of JSON costs a second; where it is not wanted it is refused unread."""
    wrong, seen = [], set[str]()
    for rule in app.url_map.iter_rules():
        most = most_bytes_of(app, rule.endpoint)
        for method in (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}:
            operation = DOCUMENT["paths"].get(described(rule.rule), {}).get(method.lower(), {})
            form = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if form is None:
                if most > MOST_BYTES:
                    seen.add(rule.endpoint)
                continue
            assert operation["requestBody"]["description"] == f"最多{most // 1024}KB"
            if rule.endpoint == "drafts.send_drafts":  # each of its records has its own route's bound
                assert most == FORMS_BYTES
                continue
            long, many = largest(form["schema"])
            if long > most or many > MAX_PARTS or (most > MOST_BYTES and long < most / 2):
                wrong.append((rule.endpoint, long, most, many))

    assert not wrong
    assert seen == {
        "photos.put_photo",
        "signatures.put_signature",
        "codes.send_report",
        "checklist_drafts.put_checklist_draft_workbook",
        "imports.put_import",
    }


@pytest.mark.parametrize(
    "body",
    [b"[" + b"[]," * 5_000 + b"[]]", b"{" + b",".join(b'"k%d":0' % one for one in range(6_000)) + b"}"],
)
def test_many_small_parts_cost_a_stranger_more_than_us(visitor: Client, body: bytes) -> None:
    """S-124: side by side with the same bytes in one text."""
    plain = b'{"refresh_token": "' + b"a" * (len(body) - 21) + b'"}'

    def send(sent: bytes) -> Callable[[], object]:
        return lambda: visitor.post("/v1/sessions/refresh", data=sent, content_type="application/json")

    assert least_cpu_s(send(body)) < 30 * least_cpu_s(send(plain))


@pytest.mark.parametrize("say", [announced, in_chunks])
def test_the_reading_of_json_does_not_cut_what_is_one_byte_too_long(
    visitor: Client, say: Callable[[bytes], dict[str, str | bool]]
) -> None:
    """S-124: the route as it is, whose own reading once set a bound at which Werkzeug cut and went on."""

    def send(body: bytes) -> int:
        environ = {**say(body), "wsgi.input": io.BytesIO(body), "CONTENT_TYPE": "application/json"}
        return visitor.open("/v1/sessions", "POST", environ_overrides=environ).status_code

    whole = b'{"phone": "13900000000", "password": "nobody knows it"}'.ljust(MOST_BYTES)

    assert send(whole) == 401
    assert send(whole + b"!") == 413


@pytest.mark.parametrize("bound", BOUNDS)
def test_a_compressed_body_is_refused_unread_and_told_why(app: Flask, bound: str) -> None:
    """S-124: nobody knows how long it is; RFC 9110, 12.5.3: 415 says which encodings are taken."""
    method, path, _, content_type, _ = BOUNDS[bound]
    stream = Counted(gzip.compress(body_of(1_000, content_type)))
    environ = {**announced(stream.getvalue()), "wsgi.input": stream, "CONTENT_TYPE": content_type}
    headers = {"Content-Encoding": "gzip", "Accept": "application/json"}

    answer = Client(app, None).open(path, method, headers=headers, environ_overrides=environ)

    assert (answer.status_code, answer.json["code"]) == (415, "body_encoded")
    assert "Content-Encoding" in answer.json["title"]
    assert answer.headers["Accept-Encoding"] == "identity"
    assert stream.taken == 0


def test_a_visitor_is_told_so_on_a_page(visitor: Client) -> None:
    answer = visitor.post("/q/x/reports", headers={"Content-Encoding": "br", "Accept": "text/html"})

    assert (answer.status_code, answer.mimetype) == (415, "text/html")
    assert "请不要压缩" in answer.text
    assert answer.headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("encoding", ["identity", "Identity", ""])
def test_a_body_that_says_it_is_not_encoded_is_read(admin: Client, encoding: str) -> None:
    answer = admin.put(f"/v1/places/{new_id()}", json={}, headers={"Content-Encoding": encoding})

    assert (answer.status_code, answer.json["code"]) == (422, "invalid")


def report(parts: int, text: str = "楼道停电动车") -> bytes:
    """Write the report form with as many parts as said."""
    fields = {"id": str(new_id()), "category": "fire", "text": text}
    fields |= {f"more{number}": "" for number in range(parts - len(fields))}
    return b"".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ) + (b"--x--\r\n")


@pytest.mark.parametrize(
    "parts, text, status",
    [
        (MOST_PARTS, "火", 303),
        (MOST_PARTS + 1, "火", 413),
        (2_000, "火", 413),
        (3, "a" * (MOST_TEXT_BYTES - 200), 422),
        (3, "a" * (MOST_TEXT_BYTES + 1), 413),
    ],
    ids=["20 parts", "21 parts", "2,000 parts", "texts that fit", "texts that do not"],
)
def test_a_form_has_no_more_parts_and_texts_than_are_borne(
    app: Flask, visitor: Client, session: Session, address: str, parts: int, text: str, status: int
) -> None:
    """S-124: at most twenty parts, and a hundred thousand bytes of texts held in memory."""
    code = write_code(session, app)
    session.commit()

    answer = visitor.post(
        f"/q/{code}/reports",
        data=report(parts, text),
        content_type=_FORM,
        environ_overrides={"REMOTE_ADDR": address},
    )

    assert answer.status_code == status
    assert session.scalar(select(func.count()).select_from(Hazard)) == (1 if status == 303 else 0)
