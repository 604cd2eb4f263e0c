"""The description names exactly the operations that are served."""

import json
import re

from flask import Flask

from app.api import PAGES
from tests.architecture.sources import ROOT

_DOCUMENT = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
_METHODS = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}
_DOCUMENTATION = {"/docs/", "/docs/<path:path>", "/openapi.json"}
"""Pages about the API itself, which production does not serve."""
_STATIC = "/static/<version>/pages.css"


def _described() -> list[tuple[str, str]]:
    return [
        (method.upper(), path)
        for path, operations in _DOCUMENT["paths"].items()
        for method in operations
        if method in _METHODS
    ]


def _served(app: Flask) -> list[tuple[str, str, str]]:
    return [
        (method, re.sub(r"<(?:[^<>:]+:)?([a-z_]+)>", r"{\1}", rule.rule), rule.endpoint.partition(".")[0])
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule not in _DOCUMENTATION | {_STATIC}
    ]


def test_the_description_names_what_is_served_and_nothing_else(app: Flask) -> None:
    """S-139: an operation is described if and only if it is a route, method by method; pages stand apart."""
    pages = {blueprint.name for blueprint in PAGES}
    served = [(method, path) for method, path, blueprint in _served(app) if blueprint not in pages]
    described = _described()

    assert sorted(served) == sorted(described)
    assert len(set(described)) == len(described) > 100


def test_what_is_not_described_is_known_by_name(app: Flask) -> None:
    """S-139: no route hides among the pages."""
    pages = {blueprint.name for blueprint in PAGES}

    assert {(method, path) for method, path, blueprint in _served(app) if blueprint in pages} == {
        ("GET", "/"),
        ("GET", "/q/{code}"),
        ("GET", "/q/{code}/reports"),
        ("POST", "/q/{code}/reports"),
        ("GET", "/q/{code}/reports/{hazard_id}"),
        ("GET", "/q/{code}/reports/{hazard_id}/rating"),
        ("POST", "/q/{code}/reports/{hazard_id}/rating"),
        ("GET", "/invite/{token}"),
        ("POST", "/invite/{token}"),
        ("GET", "/invite/done"),
        ("GET", "/n/{notice_id}"),
        ("GET", "/privacy"),
        ("GET", "/favicon.ico"),
        ("GET", "/v1/wechat/push"),
        ("POST", "/v1/wechat/push"),
    }
