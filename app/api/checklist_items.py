"""Items of checklists as they are written: from JSON, and from a workbook."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from app import checklists
from app.api.http.fields import Flag, Input, Text, listed, whole, word
from app.checklists import ItemKind
from app.hazards import HazardCategory, HazardLevel

MOST_OPTIONS = 16
OPTION_CODE = 15
"""The most signs of an option's code."""
_LEAST_OPTIONS = 2
_MOST_FIGURE = 10**9
_WORD = validate.Regexp(r"^[a-z0-9_]{0,40}$", error="编号只能用小写字母、数字和下划线，可以不填")
_NO_MARK = validate.Regexp(r"^(?!.*【问题】$)", error="请不要把【问题】写在选项末尾，改用是否有问题来选")
_CHOICES = {ItemKind.SINGLE, ItemKind.MULTIPLE}
_EMPTY: dict[str, Any] = {"options": [], "unit": "", "decimals": 0, "least": None, "most": None, "photos": 0}
_OWN: dict[ItemKind, set[str]] = {
    ItemKind.SINGLE: {"options"},
    ItemKind.MULTIPLE: {"options"},
    ItemKind.NUMBER: {"unit", "decimals", "least", "most"},
    ItemKind.PHOTO: {"photos"},
}
"""What only items of this kind have."""


def sheets_of(read: checklists.ReadItems) -> list[checklists.ItemSheet]:
    """Give the items of a workbook; what is wrong is named by its cell. Raises ValidationError."""
    faults = {cell: [text] for cell, text in read.faults.items()}
    try:
        found = ItemInput(many=True).load([item.values for item in read.items])
    except ma.ValidationError as error:
        faults |= dict(_by_cell(read, error.normalized_messages()))  # type: ignore[no-untyped-call]
    else:
        faults |= _codes_twice(read, found)
    if faults:
        raise ma.ValidationError(faults)
    return list(found)


def _codes_twice(read: checklists.ReadItems, found: Sequence[checklists.ItemSheet]) -> dict[str, list[str]]:
    """Name the cell of each code that another row has, too."""
    often = Counter(item.code for item in found if item.code)
    cells = [row.cells["code"] for row, item in zip(read.items, found, strict=True) if often[item.code] > 1]
    return {cell: ["这个编号和别的行重复，请改成不同的，或者空着"] for cell in cells}


def _by_cell(read: checklists.ReadItems, errors: dict[int, Any]) -> Iterator[tuple[str, list[str]]]:
    for number, of_item in errors.items():
        cells = read.items[number].cells
        for name, messages in of_item.items():
            cell = cells.get(name, "")
            if cell not in read.faults:
                yield cell, list(dict.fromkeys(_texts(messages)))


def _texts(messages: Any) -> Iterator[str]:
    """Give the sentences of errors nested like the input."""
    if isinstance(messages, dict):
        for inner in messages.values():
            yield from _texts(inner)
    elif isinstance(messages, list):
        yield from messages
    else:
        yield str(messages)


def code_word(most: int = 40, **kwargs: Any) -> Text:
    """Give a field for a plain word that names a list, an item or an option."""
    return Text(most, checks=[_WORD], **kwargs)


class Figure(fields.Float):
    """A finite figure, no text and no truth."""

    def __init__(self, **kwargs: Any) -> None:
        """Bound it."""
        bounds = validate.Range(-_MOST_FIGURE, _MOST_FIGURE, error="这个数太大，请填小一点的")
        messages: dict[str, Any] = dict.fromkeys(("invalid", "special", "too_large"), "请填数字")
        super().__init__(allow_nan=False, validate=bounds, error_messages=messages, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool | str):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class OptionInput(Input):
    """An answer to choose, and whether choosing it is a problem; without a code it gets one."""

    code = code_word(OPTION_CODE, load_default="")
    text = Text(40, least=1, checks=[_NO_MARK], required=True)
    problem = Flag(load_default=False)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> checklists.OptionSheet:
        """Give what the domain takes."""
        return checklists.OptionSheet(**data)


class ItemInput(Input):
    """An item; ``code`` is that of the same item before, or left out for a new one."""

    code = code_word(load_default="")
    section = Text(30, load_default="")
    text = Text(150, least=1, required=True)
    kind = word(ItemKind, load_default=ItemKind.CHECK)
    required = Flag(load_default=True)
    options = listed(fields.Nested(OptionInput), MOST_OPTIONS, load_default=list)
    unit = Text(10, load_default="")
    decimals = whole(0, 3, load_default=0)
    least = Figure(load_default=None, allow_none=True)
    most = Figure(load_default=None, allow_none=True)
    photos = whole(0, 9, load_default=0)
    level = word(HazardLevel, required=True)
    category = word(HazardCategory, required=True)
    deadline_days = whole(1, 365, load_default=None, allow_none=True)
    advice = Text(250, lines=True, load_default="")
    source = Text(100, load_default="")

    @ma.validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse what an item of this kind cannot have, and what it lacks."""
        kind = data["kind"]
        wrong = {name for name, none in _EMPTY.items() if data[name] != none} - _OWN.get(kind, set())
        errors = dict.fromkeys(wrong, "这种题型不用填这一项，请清空")
        errors |= {name: text for is_wrong, name, text in _CHECKS if is_wrong(data)}
        if errors:
            raise ma.ValidationError({name: [text] for name, text in errors.items()})

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> checklists.ItemSheet:
        """Give what the domain takes."""
        return checklists.ItemSheet(**data)


def _has_few_options(data: dict[str, Any]) -> bool:
    return data["kind"] in _CHOICES and len(data["options"]) < _LEAST_OPTIONS


def _has_options_twice(data: dict[str, Any]) -> bool:
    texts = [option.text for option in data["options"]]
    codes = [option.code for option in data["options"] if option.code]
    return len(set(texts)) < len(texts) or len(set(codes)) < len(codes)


def _has_bounds_crossed(data: dict[str, Any]) -> bool:
    return data["least"] is not None and data["most"] is not None and data["least"] > data["most"]


def _asks_for_no_photo(data: dict[str, Any]) -> bool:
    return data["kind"] is ItemKind.PHOTO and data["photos"] == 0


_CHECKS: tuple[tuple[Callable[[dict[str, Any]], bool], str, str], ...] = (
    (_has_few_options, "options", "请至少写两个选项"),
    (_has_options_twice, "options", "有两个选项一样，请改成不同的"),
    (_has_bounds_crossed, "most", "最大值比最小值小，请对调"),
    (_asks_for_no_photo, "photos", "请填至少要几张照片"),
)
