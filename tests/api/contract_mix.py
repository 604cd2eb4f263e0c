"""Requests between one that succeeds and one that was generated from the description."""

from dataclasses import dataclass, replace
from random import Random
from typing import Any
from uuid import UUID

from schemathesis.core import NOT_SET

from tests.api.contract_samples import Sample

_KEEP = 0.8
"""Share of the parts that stay as the successful request has them."""
_KNOWN = 0.8
"""Share of the generated ids and area codes that become those of records that are there."""


@dataclass(frozen=True)
class Mix:
    """Mixes; where ``choose`` gives only zeros, as in the simplest example, the sample comes out."""

    known: dict[str, list[str]]
    sample: Sample

    def parts(self, generated: Any, choose: Random) -> dict[str, Any]:
        """Give path, query and body of a request."""
        path = self.sample.path if choose.random() < _KEEP else generated.path_parameters
        query = {
            name: self._real(value, name, choose)
            for name, value in (generated.query or {}).items()
            if choose.random() >= _KEEP
        }
        return {
            "path_parameters": self._real(path, "", choose) if path is not self.sample.path else path,
            "query": query | self.sample.query,
            "body": self._body(generated.body, choose),
            "media_type": generated.media_type,
        }

    def _body(self, generated: Any, choose: Random) -> Any:
        if generated is NOT_SET:
            return NOT_SET
        if not isinstance(self.sample.body, dict) or not isinstance(generated, dict):
            return self.sample.body if choose.random() < _KEEP else generated
        sources = {
            name: self.sample.body if choose.random() < _KEEP else self._real(generated, "", choose)
            for name in sorted({*self.sample.body, *generated})
        }
        return {name: source[name] for name, source in sources.items() if name in source}

    def _real(self, value: Any, name: str, choose: Random) -> Any:
        """Give the value with most ids and area codes, at any depth, replaced by known ones."""
        if isinstance(value, dict):
            return {key: self._real(inner, key, choose) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._real(inner, name, choose) for inner in value]
        if isinstance(value, str) and (name in self.known or _is_id(value)) and choose.random() < _KNOWN:
            return choose.choice(self.known.get(name) or [one for ids in self.known.values() for one in ids])
        return value


def spoiled(sample: Sample, generated: Any, choose: Random) -> dict[str, Any]:
    """Give a successful request of which mostly only one thing is as in a request that does not fit."""
    body, query = generated.body, dict(generated.query or {})
    elsewhere = query or body is not NOT_SET
    both = isinstance(body, dict) and isinstance(sample.body, dict)
    if both and (names := sorted({*sample.body, *body})) and choose.random() < _KEEP:
        name = choose.choice(names)
        body = {key: value for key, value in sample.body.items() if key != name}
        if name in generated.body:
            body[name] = generated.body[name]
    return {
        "path_parameters": sample.path if elsewhere and choose.random() < 0.5 else generated.path_parameters,
        "query": sample.query | query,
        "body": body,
        "media_type": generated.media_type,
    }


def as_sent(sample: Sample, operation: Any) -> dict[str, Any]:
    """Give the parts of the request that a sample is."""
    kinds = [body.media_type for body in operation.body]
    return {
        "path_parameters": sample.path,
        "query": sample.query,
        "body": NOT_SET if sample.body is None or not kinds else sample.body,
        "media_type": kinds[0] if kinds else None,
    }


def never_right(sample: Sample, taken: set[str]) -> list[Sample]:
    """Give a successful request of which one thing is surely wrong, in each way that the route can be told.

    ``taken`` names what the route takes: ``path``, ``query``, ``body``.
    """
    wrong = []
    if "query" in taken:
        wrong.append(replace(sample, query=sample.query | {"unknown": "1"}))
    if isinstance(sample.body, dict):
        wrong += [
            replace(sample, body=sample.body | {"unknown": 1}),
            replace(sample, body=[sample.body]),
            replace(sample, body=b'{"unknown": NaN}'),
            replace(sample, body=b"{"),
        ]
    elif "body" in taken:
        wrong.append(replace(sample, body=b"%PDF-1.7"))
    if not wrong:
        wrong.append(replace(sample, path=dict.fromkeys(sample.path, "unknown")))
    return wrong


def _is_id(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
