"""What fits into a field of a subscribed message, by the field's type (WeChat's table of parameter values).

Free texts and names that are too long are cut and end in "…"; everything else that does not fit is refused
here, for WeChat would refuse the whole message (47003).
"""

import re
from collections.abc import Mapping
from datetime import date, time

from app.adapters.wechat.errors import MessageFieldError
from app.adapters.wechat.templates import Template, names_somebody

_CUT = "…"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LONGEST_THING = 20
_LONGEST_CHINESE_NAME, _LONGEST_LATIN_NAME = 10, 20
_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]")
_MOMENT = r"(\d{4})(?:年|-)(\d{1,2})(?:月|-)(\d{1,2})日?"
_CLOCK = r"(\d{1,2}):(\d{2})(?::(\d{2}))?"
_DATE = re.compile(_MOMENT)
_TIME = re.compile(rf"(?:{_MOMENT} )?{_CLOCK}(?:~(?:{_MOMENT} )?{_CLOCK})?")
_PATTERNS = {
    "number": re.compile(r"(?=[\d.]{1,32}$)\d+(\.\d+)?", re.ASCII),
    "letter": re.compile(r"[A-Za-z]{1,32}"),
    "symbol": re.compile(r"[^\w\s]{1,5}"),
    "character_string": re.compile(r"[!-~]{1,32}"),
    "amount": re.compile(r"[¥￥$€£]?\d{1,10}(\.\d+)?元?", re.ASCII),
    "phone_number": re.compile(r"[\d+-]{1,17}", re.ASCII),
    "car_number": re.compile(r"[\u4e00-\u9fffA-Z0-9]{1,8}"),
    "phrase": re.compile(r"[\u4e00-\u9fff]{1,5}"),
    "enum": re.compile(r"[^\x00-\x1f]{1,20}"),
}


def fitted(template: Template, values: Mapping[str, str]) -> dict[str, str]:
    """Return the values by WeChat's keys, cut where they may be.

    Raises MessageFieldError for a missing, surplus or unfitting one, and for an ID or mobile number in it.
    """
    odd = sorted(set(values) ^ set(template.fields))
    if odd:
        raise MessageFieldError(odd[0])
    found = {}
    for name, field in template.fields.items():
        if names_somebody(values[name]):
            raise MessageFieldError(name)
        found[field.key] = fit(field.key, values[name])
    return found


def fit(key: str, value: str) -> str:
    """Return a value as the field with this key (``thing1``) takes it; raises MessageFieldError."""
    kind = key.rstrip("0123456789")
    if kind in {"thing", "name"}:
        text = " ".join(_CONTROL.sub(" ", value).split())
        fits = _cut(text, _LONGEST_THING if kind == "thing" else _longest_name(text))
    else:
        fits = value if _is_fit(kind, value) else ""
    if not fits:
        raise MessageFieldError(key)
    return fits


def _is_fit(kind: str, value: str) -> bool:
    if kind == "time":
        return _holds(_TIME, value)
    if kind == "date":
        return _holds(_DATE, value)
    pattern = _PATTERNS.get(kind)
    return pattern is not None and pattern.fullmatch(value) is not None


def _longest_name(text: str) -> int:
    """Give the limit of a name: one with a Chinese character in it counts as Chinese."""
    return _LONGEST_CHINESE_NAME if _CHINESE.search(text) else _LONGEST_LATIN_NAME


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + _CUT


def _holds(pattern: re.Pattern[str], value: str) -> bool:
    """Say whether it has the form, and its days and times exist."""
    found = pattern.fullmatch(value)
    if not found:
        return False
    try:
        for parts in re.findall(_MOMENT, value):
            date(*map(int, parts))
        for parts in re.findall(_CLOCK, value):
            hour, minute, second = (int(part or 0) for part in parts)
            time(hour, minute, second)
    except ValueError:
        return False
    return value.isascii() or all(sign in "0123456789年月日-:~ " for sign in value)
