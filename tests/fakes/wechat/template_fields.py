"""What a subscribe message's fields may hold, by the kind in their name: ``thing1`` is a thing."""

import re
from collections.abc import Callable

CONTROL = re.compile(r"[\x00-\x1f\x7f]")
CHINESE = r"\u3400-\u9fff"
CLOCK = r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?"
DAY = r"\d{4}(年(1[0-2]|0?[1-9])月(3[01]|[12]\d|0?[1-9])日|-(1[0-2]|0[1-9])-(3[01]|[12]\d|0[1-9]))"


def _fits(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda text: compiled.fullmatch(text) is not None


KINDS: dict[str, Callable[[str], bool]] = {
    "thing": _fits(r".{1,20}"),
    "number": _fits(r"\d{1,32}(\.\d{1,31})?"),
    "letter": _fits(r"[A-Za-z]{1,32}"),
    "symbol": _fits(rf"[^\w{CHINESE}\s]{{1,5}}"),
    "character_string": _fits(r"[\x21-\x7e]{1,32}"),
    "time": _fits(rf"({DAY} ?)?{CLOCK}(~({DAY} ?)?{CLOCK})?"),
    "date": _fits(rf"{DAY}( ?{CLOCK})?(~{DAY}( ?{CLOCK})?)?"),
    "amount": _fits(r"[¥￥$€£]?\d{1,10}(\.\d{1,2})?元?"),
    "phone_number": _fits(r"[\d+\-() ]{1,17}"),
    "car_number": _fits(r".{1,8}"),
    "name": _fits(rf"[{CHINESE}·]{{1,10}}|[A-Za-z .'\-]{{1,20}}"),
    "phrase": _fits(rf"[{CHINESE}]{{1,5}}"),
    "enum": _fits(r".{1,20}"),
}
NUMBERED = re.compile(r"([a-z_]+?)\d+")


def misfit(fields: list[str], data: object) -> str | None:
    """Return the first thing about the data that does not fit the template's fields, or None."""
    if not isinstance(data, dict):
        return "data is invalid"
    for name in fields:
        value = data[name].get("value") if isinstance(data.get(name), dict) else None
        if not isinstance(value, str) or not value:
            return f"data.{name}.value is empty"
        if CONTROL.search(value) or not KINDS[kind(name)](value):
            return f"data.{name}.value is invalid"
    extra = [name for name in data if name not in fields]
    return f"data.{extra[0]} is not in the template" if extra else None


def kind(name: str) -> str:
    """Return the kind of a field; ValueError if there is none such."""
    match = NUMBERED.fullmatch(name)
    if match is None or match[1] not in KINDS:
        raise ValueError(f"{name} is no template field")
    return match[1]
