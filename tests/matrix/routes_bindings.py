"""The matrix: bindings, codes, requests."""

from app.ids import new_id
from app.models import ConsentPurpose, Resident
from app.people import SHIPPED_TEXTS
from tests.matrix.binding_rows import ASKED
from tests.matrix.lines import ROLES, Call, Line, with_json
from tests.matrix.people_rows import ID_NUMBER
from tests.matrix.routes_base import EVERYBODY, NOT_SEEN, at
from tests.matrix.stage import Stage

_CODE_READERS = {"worker": 200, "admin": 200}
_CONFLICT = dict.fromkeys(ROLES, 409)
"""Everybody may try; to whom it does not belong, or who is bound already, is told no more than that."""
_CODE = "/v1/households/<uuid:household_id>/binding-code"
_MINE = "/v1/me/binding-requests/<uuid:request_id>"
_REQUEST = "/v1/binding-requests/<uuid:request_id>"


def _by_phone(stage: Stage) -> Call:
    """Send again what proves the household's head: staff prove nothing where they look it up."""
    stage.bound_by_phone()
    return Call("/v1/me/binding/phone", with_json({"id": str(new_id()), "area_code": stage.community}))


def _by_id_number(stage: Stage) -> Call:
    """Send what proves the household's head, who is bound."""
    stage.binding()
    head = stage.session.get_one(Resident, stage.reachable_resident())
    body = {
        "id": str(new_id()),
        "code": stage.binding_code(),
        "name": head.name,
        "id_tail": ID_NUMBER[-6:],
        "text_id": str(SHIPPED_TEXTS[ConsentPurpose.ID_NUMBER].id),
    }
    return Call("/v1/me/binding/id-number", with_json(body))


def _ask(stage: Stage) -> Call:
    stage.unbind_everybody()
    return Call(f"/v1/me/binding-requests/{new_id()}", with_json({"area_code": stage.community} | ASKED))


def _withdraw(stage: Stage) -> Call:
    return Call(f"/v1/me/binding-requests/{stage.binding_request('admin')}/withdraw")


def _leave(stage: Stage) -> Call:
    return Call(f"/v1/me/bindings/{stage.binding()}/end", with_json({"reason": "left"}))


def _end(stage: Stage) -> Call:
    body = {"reason": "dispute", "note": "本人来说明"}
    return Call(f"/v1/bindings/{stage.binding()}/end", with_json(body))


def _approve(stage: Stage) -> Call:
    body = {"resident_id": str(stage.unbound())}
    return Call(f"/v1/binding-requests/{stage.binding_request()}/approve", with_json(body))


def _reject(stage: Stage) -> Call:
    return Call(f"/v1/binding-requests/{stage.binding_request()}/reject", with_json({"note": "门牌不对"}))


def _code(stage: Stage) -> Call:
    stage.binding_code()
    return Call(f"/v1/households/{stage.household_id}/binding-code")


def _new_code(stage: Stage) -> Call:
    stage.binding_code()
    return Call(f"/v1/households/{stage.household_id}/binding-code", with_json({"version": 1}))


BINDINGS = [
    Line("GET", "/v1/communities", EVERYBODY, at("/v1/communities"), 200),
    Line("GET", "/v1/me/binding", EVERYBODY, at("/v1/me/binding"), 200),
    Line("POST", "/v1/me/binding/phone", _CONFLICT | {"resident": 200}, _by_phone, 409),
    Line("POST", "/v1/me/binding/id-number", _CONFLICT | {"resident": 200}, _by_id_number, 409),
    Line("POST", "/v1/me/bindings/<uuid:binding_id>/end", NOT_SEEN | {"resident": 200}, _leave),
    Line("GET", "/v1/me/binding-requests", EVERYBODY, at("/v1/me/binding-requests"), 200),
    Line("PUT", _MINE, dict.fromkeys(ROLES, 201), _ask, 201),
    Line("POST", f"{_MINE}/withdraw", NOT_SEEN | {"admin": 200}, _withdraw),
    Line("GET", "/v1/binding-requests", {"admin": 200}, at("/v1/binding-requests"), 200),
    Line(
        "GET",
        _REQUEST,
        {"admin": 200},
        lambda stage: Call(f"/v1/binding-requests/{stage.binding_request()}"),
    ),
    Line("POST", f"{_REQUEST}/approve", {"admin": 200}, _approve),
    Line("POST", f"{_REQUEST}/reject", {"admin": 200}, _reject),
    Line("GET", "/v1/bindings", {"admin": 200}, at("/v1/bindings"), 200),
    Line("POST", "/v1/bindings/<uuid:binding_id>/end", {"admin": 200}, _end),
    Line("GET", _CODE, _CODE_READERS, _code),
    Line("POST", _CODE, _CODE_READERS, _new_code),
    Line(
        "POST",
        "/v1/places/<uuid:place_id>/binding-code-sheet",
        _CODE_READERS,
        lambda stage: Call(f"/v1/places/{stage.place_id}/binding-code-sheet"),
    ),
]
