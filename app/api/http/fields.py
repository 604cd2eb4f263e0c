"""Request and response fields: strict, bounded, with Chinese messages."""

import math
import unicodedata
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields, validate
from webargs.fields import DelimitedList

_REQUIRED = "请填写这一项"
_EMPTY = "这一项不能为空"
NOT_EMPTY: dict[str, Any] = {"null": _EMPTY}
"""For a nested form, whose own words are English."""
_TEXT = "请填写文字"
_INVISIBLE = {"Cc", "Cf", "Cs"}
_JOINER = "\N{ZERO WIDTH JOINER}"
_DRESSES = {"\N{VARIATION SELECTOR-16}", *map(chr, range(0x1F3FB, 0x1F400))}
"""What an emoji may end in: coloured, and tones of skin."""
_FIRST_PICTURE = "\N{BLACK SUN WITH RAYS}"
_SLACK = 64
"""Signs of a text that may fall away, besides three of each four: what is composed, gaps and dashes."""
_LEAST_LETTERS = 2
_DASHES = set("-\N{HYPHEN}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}")
NIL_ID = "编号不能全是0，请换一个新的"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Where a phone's clock starts when its battery was out: such a time is flagged, not refused."""
_DOOMSDAY = datetime(2200, 1, 1, tzinfo=UTC)
_FIRST_DAY, _LAST_DAY = date(1850, 1, 1), date(2199, 12, 31)
"""The oldest people were born after the first."""
_CHINA = {"lng": (73.4, 135.2), "lat": (3.8, 53.6)}
"""Bounds of China's territory in degrees; a position outside is a mistake."""


class Input(ma.Schema):
    """A request: unknown fields are refused."""

    class Meta:
        """Strict."""

        unknown = ma.RAISE

    error_messages = {"unknown": "没有这一项，请去掉", "type": "这里要填一组内容"}  # noqa: RUF012

    @ma.validates_schema
    def check_spans(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a span (``since``, ``until``) that ends before it begins: nothing lies in it."""
        for name, since in data.items():
            until_name = f"{name.removesuffix('since')}until"
            until = data.get(until_name) if name.endswith("since") else None
            if since is not None and until is not None and since > until:
                raise ma.ValidationError("结束时间比开始时间早，请改一下", until_name)


class Output(ma.Schema):
    """A response."""


def _messages(**more: str) -> dict[str, Any]:
    return {"required": _REQUIRED, "null": _EMPTY, **more}


class Text(fields.String):
    """Text in NFC without control characters, of bounded length."""

    def __init__(
        self, most: int, *, least: int = 0, lines: bool = False, asks: str = "", **kwargs: Any
    ) -> None:
        """Bound the length to ``least``..``most`` characters; ``lines`` allows line breaks.

        ``asks`` is the one sentence for whatever does not fit.
        """
        too_long = asks or (f"最多{most}个字" if least == 0 else f"请填{least}到{most}个字")
        self.lines = lines
        self.too_long = too_long
        self.most_read = 4 * most + _SLACK
        """Longer input is refused unread: a sign may become 18 in NFKC, and a body holds a million."""
        kwargs["validate"] = [
            validate.Length(min=least, max=most, error=too_long),
            *kwargs.pop("checks", []),
        ]
        super().__init__(error_messages=_messages(invalid=_TEXT), **kwargs)

    def _validate(self, value: Any) -> None:
        """Say one thing at a time: what is too long need not be told that it does not fit, too."""
        for check in self.validators:
            check(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, str | bytes) and len(value) > self.most_read:
            raise ma.ValidationError(self.too_long)
        text = unicodedata.normalize("NFC", super()._deserialize(value, attr, data, **kwargs))
        kept = {"\n"} if self.lines else set()
        return "".join(
            sign
            for place, sign in enumerate(text)
            if sign in kept
            or unicodedata.category(sign) not in _INVISIBLE
            or (sign == _JOINER and _joins_pictures(text, place))
        ).strip()


def _joins_pictures(text: str, place: int) -> bool:
    """Say whether a joiner makes one emoji of two, as of a man, a woman and a child a family."""
    before, after = text[max(place - 1, 0)], text[place + 1 : place + 2]
    return (before in _DRESSES or _is_picture(before)) and _is_picture(after)


def _is_picture(sign: str) -> bool:
    return sign >= _FIRST_PICTURE and unicodedata.category(sign) == "So"


def has_words(text: str) -> None:
    """Refuse a reason of dots or digits: it must have two letters or characters at least."""
    if sum(sign.isalpha() for sign in text) < _LEAST_LETTERS:
        raise ma.ValidationError("请用文字写明，至少两个字，不能只写数字和符号")


class Signs(Text):
    """Digits and letters copied from paper: wide signs become plain ones, gaps and dashes fall away, x is X.

    A Chinese keyboard writes １３８ as readily as 138, and codes are printed in groups of four.
    """

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = unicodedata.normalize("NFKC", super()._deserialize(value, attr, data, **kwargs))
        return "".join(sign for sign in text if not sign.isspace() and sign not in _DASHES).upper()


# Clients read the patterns too, and their regular expressions know no \A and \Z; no Text ends in a newline.


def phone(**kwargs: Any) -> Signs:
    """Give a field for a mobile phone number of 11 digits."""
    asks = "请填11位手机号"
    return Signs(11, checks=[validate.Regexp(r"^1[0-9]{10}$", error=asks)], asks=asks, **kwargs)


def any_phone(**kwargs: Any) -> Signs:
    """Give a field for a mobile number, or a landline with its area's code."""
    asks = "请填手机号，或者带区号的座机号"
    return Signs(
        12, checks=[validate.Regexp(r"^(1[0-9]{10}|0[0-9]{9,11})$", error=asks)], asks=asks, **kwargs
    )


def id_number(**kwargs: Any) -> Signs:
    """Give a field for a citizen's ID number of 18 signs (GB 11643)."""
    asks = "请填18位身份证号"
    return Signs(18, checks=[validate.Regexp(r"^[0-9]{17}[0-9X]$", error=asks)], asks=asks, **kwargs)


def area_code(**kwargs: Any) -> Text:
    """Give a field for an area code of 4, 6, 9, 12 or 15 digits."""
    asks = "请填4、6、9、12或15位的区划代码"
    return Text(
        15, checks=[validate.Regexp(r"^[0-9]{4}([0-9]{2}([0-9]{3}){0,3})?$", error=asks)], asks=asks, **kwargs
    )


def community_code(**kwargs: Any) -> Text:
    """Give a field for the code of a community, 12 digits."""
    asks = "请填12位的社区代码"
    return Text(12, checks=[validate.Regexp(r"^[0-9]{12}$", error=asks)], asks=asks, **kwargs)


def word(words: type[StrEnum], **kwargs: Any) -> fields.Enum[Any]:
    """Give a field for one word of a fixed list."""
    field = fields.Enum(words, by_value=True, error_messages=_messages(), **kwargs)
    field.error_messages["unknown"] = "请从列出的选项里选"
    return field


def words(kind: type[StrEnum], **kwargs: Any) -> DelimitedList:
    """Give a query parameter for several words of a fixed list, with commas between them."""
    bound = validate.Length(1, len(kind), error=f"请填1到{len(kind)}项，用逗号隔开")
    field = DelimitedList(word(kind), validate=bound, **kwargs)
    field.error_messages |= _messages(invalid="请填一组，用逗号隔开")
    return field


def whole(least: int, most: int, *, strict: bool = True, **kwargs: Any) -> fields.Integer:
    """Give a field for a whole number within bounds; fractions are refused.

    Text is refused too if ``strict``, so a query parameter, which is text, is not.
    """
    bounds = validate.Range(least, most, error=f"请填{least}到{most}之间的整数")
    return fields.Integer(
        strict=strict, validate=bounds, error_messages=_messages(invalid="请填整数"), **kwargs
    )


class Flag(fields.Boolean):
    """True or false, no look-alikes."""

    def __init__(self, **kwargs: Any) -> None:
        """Take only the two JSON words."""
        super().__init__(error_messages=_messages(invalid="请填是或否"), **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


def asked(*, load_default: bool | None = False) -> fields.Boolean:
    """Give a field for ``true`` or ``false`` in a query; not asked is false, or None for either."""
    wrong: dict[str, Any] = dict.fromkeys(("invalid", "null"), "请填 true 或 false")
    return fields.Boolean(truthy={"true"}, falsy={"false"}, load_default=load_default, error_messages=wrong)


class Uid(fields.UUID):
    """An id; the one of zeros only stands for none (RFC 9562, 5.9) and is refused."""

    def __init__(self, **kwargs: Any) -> None:
        """Say in Chinese what is wrong."""
        super().__init__(error_messages=_messages(invalid_uuid="编号格式不对", nil=NIL_ID), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> UUID:
        found = super()._deserialize(value, attr, data, **kwargs)
        if found.int == 0:
            raise self.make_error("nil")
        return found


def uid(**kwargs: Any) -> Uid:
    """Give a field for an id."""
    return Uid(**kwargs)


class StepInput(Input):
    """A step of a workflow: its id names it, so that a copy is known however late it comes."""

    step_id = uid(required=True)


def moment(*, outside: str = "时间不对，请重新选", **kwargs: Any) -> fields.AwareDateTime:
    """Give a field for a moment with its offset (RFC 3339), from 1970 to 2199.

    ``outside`` says what is wrong with any other: near the ends of the calendar no offset can be changed.
    """
    wrong = "请填带时区的时间，如 2026-11-24T08:00:00+08:00"
    messages = _messages(invalid=wrong, invalid_awareness=wrong, format=wrong)
    bounds = validate.Range(_EPOCH, _DOOMSDAY, max_inclusive=False, error=outside)
    return fields.AwareDateTime(
        format="iso", default_timezone=None, error_messages=messages, validate=bounds, **kwargs
    )


def sent_moment(**kwargs: Any) -> fields.AwareDateTime:
    """Give a field that shows a moment in UTC."""
    return fields.AwareDateTime(format="iso", default_timezone=UTC, **kwargs)


def day(*, least: date = _FIRST_DAY, **kwargs: Any) -> fields.Date:
    """Give a field for a calendar day until 2199, not before ``least``."""
    wrong = "请填日期，如 2026-11-24"
    return fields.Date(
        format="iso",
        error_messages=_messages(invalid=wrong, format=wrong),
        validate=validate.Range(least, _LAST_DAY, error="日期不对，请重新选"),
        **kwargs,
    )


class TimeOfDay(fields.Time):
    """A time of day to the minute."""

    def __init__(self, **kwargs: Any) -> None:
        """Say in Chinese what is wrong."""
        wrong = "请填几点几分，如 08:30"
        told = {"pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
        messages = _messages(invalid=wrong, format=wrong)
        super().__init__(format="%H:%M", error_messages=messages, metadata=told, **kwargs)


def listed(inner: fields.Field[Any], most: int, *, least: int = 0, **kwargs: Any) -> fields.List[Any]:
    """Give a field for a list of ``least`` to ``most``."""
    bound = validate.Length(least, most, error=f"请填{least}到{most}项" if least else f"最多{most}项")
    return fields.List(inner, validate=bound, error_messages=_messages(invalid="请填一组"), **kwargs)


class Degrees(fields.Float):
    """A finite number of degrees."""

    def __init__(self, **kwargs: Any) -> None:
        """Refuse what is no number."""
        messages = _messages(invalid="请填数字", special="请填数字")
        super().__init__(allow_nan=False, error_messages=messages, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if isinstance(value, bool | str):
            raise self.make_error("invalid", input=value)
        number = super()._deserialize(value, attr, data, **kwargs)
        if number is None or not math.isfinite(number):
            raise self.make_error("invalid", input=value)
        return number


def _inside(axis: str, value: float) -> bool:
    least, most = _CHINA[axis]
    return least <= value <= most


def check_in_china(lng: float, lat: float) -> None:
    """Refuse a position outside China, and say so plainly if the two were swapped."""
    if _inside("lng", lng) and _inside("lat", lat):
        return
    if _inside("lng", lat) and _inside("lat", lng):
        raise ma.ValidationError("经度和纬度写反了，请对调", "lng")
    raise ma.ValidationError("位置不在中国境内，请重新定位", "lng")
