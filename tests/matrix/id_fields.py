"""Where the description of the API takes ids and area codes: in bodies, at any depth, and in queries."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.architecture.sources import ROOT
from tests.matrix.lines import Line

KEYS = {"id", "guardianship_id"}
"""Names of the ids that clients make for new things; whose they are is settled when they are written."""


@dataclass(frozen=True)
class IdField:
    """A field that names something else."""

    where: str
    """``body`` or ``query``."""
    path: tuple[str, ...]
    """Names from the outside in; ``*`` stands for each element of a list."""

    @property
    def name(self) -> str:
        """Its own name."""
        return next(name for name in reversed(self.path) if name != "*")


@cache
def description() -> dict[str, Any]:
    """Give docs/openapi.json, which tests/architecture keeps equal to the code."""
    return dict(json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8")))


def operation(line: Line) -> dict[str, Any]:
    """Give a line's description; nothing for pages, which have none."""
    path = re.sub(r"<(?:[^<>]+:)?([a-z_]+)>", r"{\1}", line.rule)
    return dict(description()["paths"].get(path, {}).get(line.method.lower(), {}))


def body_schema(line: Line) -> dict[str, Any] | None:
    """Give the schema of a line's JSON body, if it takes one."""
    content = operation(line).get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    return resolved(schema) if schema else None


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference."""
    if "$ref" in schema:
        return resolved(description()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    for one in schema.get("anyOf", []) + schema.get("allOf", []):
        if "$ref" in one:
            return resolved(one)
    return schema


def id_fields(line: Line) -> list[IdField]:
    """Give every field of a line that names something else."""
    schema = body_schema(line)
    found = [IdField("body", path) for path in _inside(schema, ())] if schema else []
    found += [
        IdField("query", (parameter["name"],))
        for parameter in operation(line).get("parameters", [])
        if parameter.get("in") == "query" and _is_id(parameter["name"], parameter["schema"])
    ]
    return [one for one in found if one.name not in KEYS]


def _inside(schema: dict[str, Any], at: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for name, given in schema.get("properties", {}).items():
        inner = resolved(given)
        if inner.get("type") == "array" or "array" in inner.get("type", []):
            element = resolved(inner["items"])
            if _is_id(name, element):
                yield (*at, name, "*")
            yield from _inside(element, (*at, name, "*"))
        elif _is_id(name, inner):
            yield (*at, name)
        else:
            yield from _inside(inner, (*at, name))


def _is_id(name: str, schema: dict[str, Any]) -> bool:
    return schema.get("format") == "uuid" or name == "area_code"


def put_in(body: Any, path: tuple[str, ...], value: str) -> Any:
    """Give the same body with a value at a path; None if the way there does not exist in it."""
    if not path:
        return value
    name, *rest = path
    if name == "*":
        elements = body if isinstance(body, list) and body else [None]
        inner = put_in(elements[0], tuple(rest), value)
        return None if inner is None else [inner, *elements[1:]]
    if not isinstance(body, dict) or (rest and rest != ["*"] and name not in body):
        return None
    inner = put_in(body.get(name), tuple(rest), value)
    return None if inner is None else body | {name: inner}
