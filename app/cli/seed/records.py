"""Data files read strictly into dataclasses: an unknown key, a wrong type or a repetition stops the seed."""

import json
import types
from collections.abc import Iterable
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


class FactsError(ValueError):
    """A data file says something it may not; the message names the file, the place in it and the fault."""


def need(holds: object, fault: str) -> None:
    """Raise FactsError with ``fault`` unless ``holds``."""
    if not holds:
        raise FactsError(fault)


def need_different(values: Iterable[str]) -> None:
    """Raise FactsError if a value stands twice."""
    seen: set[str] = set()
    for value in values:
        need(value not in seen, f"{value} stands twice")
        seen.add(value)


def text_of(file: str) -> str:
    """Give the text of a file under ``data/``."""
    return (files("app.cli.seed") / "data" / file).read_text(encoding="utf-8")


def read_list(kind: type[T], text: str, file: str) -> tuple[T, ...]:
    """Read a JSON list of dataclass records, each known by its first field.

    Raises FactsError for bad JSON, an unknown, missing or repeated key, a wrong type or word, a figure out of
    its range, or a record that stands twice.
    """
    found = read_one(tuple[kind, ...], text, file)  # type: ignore[valid-type]
    records: tuple[T, ...] = found
    key = fields(kind)[0].name  # type: ignore[arg-type]
    try:
        need_different(str(getattr(record, key)) for record in records)
    except FactsError as error:
        raise FactsError(f"{file}: {error}") from None
    return records


def read_one(kind: Any, text: str, file: str) -> Any:
    """Read one JSON value of any kind that ``shape`` knows; raises FactsError as ``read_list`` does."""
    try:
        raw = json.loads(text, object_pairs_hook=_no_key_twice)
    except ValueError as error:
        raise FactsError(f"{file}: {error}") from None
    return shape(kind, raw, file)


def shape(kind: Any, raw: Any, at: str) -> Any:
    """Make ``raw`` into ``kind``: a dataclass, tuple, dict, word list, text, whole number, truth or None.

    Raises FactsError, naming the place ``at``, where it does not fit.
    """
    origin = get_origin(kind)
    if origin is types.UnionType:
        (inner,) = (one for one in get_args(kind) if one is not types.NoneType)
        return None if raw is None else shape(inner, raw, at)
    if origin is tuple:
        need(isinstance(raw, list), f"{at}: not a list")
        return tuple(shape(get_args(kind)[0], one, f"{at}[{place}]") for place, one in enumerate(raw))
    if origin is dict:
        need(isinstance(raw, dict), f"{at}: not an object")
        of_key, of_value = get_args(kind)
        return {shape(of_key, key, at): shape(of_value, value, f"{at}.{key}") for key, value in raw.items()}
    if is_dataclass(kind):
        return _record(kind, raw, at)
    if issubclass(kind, StrEnum):
        need(isinstance(raw, str) and raw in set(kind), f"{at}: {raw!r} is no {kind.__name__}")
        return kind(raw)
    need(type(raw) is kind, f"{at}: {raw!r} is no {kind.__name__}")
    need(raw != "" and (kind is not str or raw == raw.strip()), f"{at}: empty or padded text")
    return raw


def _record(kind: Any, raw: Any, at: str) -> Any:
    need(isinstance(raw, dict), f"{at}: not an object")
    wanted = {field.name: field.default is MISSING for field in fields(kind)}
    need(set(raw) <= set(wanted), f"{at}: unknown {sorted(map(str, set(raw) - set(wanted)))}")
    missing = [name for name, needed in wanted.items() if needed and name not in raw]
    need(not missing, f"{at}: missing {missing}")
    hints = get_type_hints(kind)
    values = {name: shape(hints[name], value, f"{at}.{name}") for name, value in raw.items()}
    try:
        return kind(**values)
    except FactsError as error:
        raise FactsError(f"{at}: {error}") from None


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    need_different(key for key, _ in pairs)
    return dict(pairs)
