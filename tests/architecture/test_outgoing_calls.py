"""Who calls other servers, and that none of their addresses is anybody's choice."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.sources import trees

CALLERS = {"app/adapters/wechat/transport.py", "app/adapters/wechat/wire.py"}
SCANNER = "app/adapters/clamd.py"
STORES = {"app/adapters/photo_store.py", "app/adapters/copy_store.py"}
_SPEAKING = {
    "aiohttp", "asyncio", "ftplib", "http.client", "httpx", "imaplib", "multiprocessing", "poplib", "pycurl",
    "requests", "smtplib", "socket", "socketserver", "ssl", "subprocess", "telnetlib", "urllib.request",
    "urllib3", "webbrowser", "websocket", "websockets", "xmlrpc",
}  # fmt: skip
"""Modules that open a line to another machine, or start a program that could."""
_LOADING = {"__import__", "import_module", "os.system", "os.popen", "eval", "exec"}
"""What would hide such a module from this rule."""
_SENDING = {"request", "get", "post", "put", "patch", "delete", "head", "options", "send", "urlopen"}


def _is_speaking(module: str) -> bool:
    parts = module.split(".")
    return any(".".join(parts[: end + 1]) in _SPEAKING for end in range(len(parts)))


def lines_out(tree: ast.Module) -> list[str]:
    """Give every import through which a module could call another machine."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if _is_speaking(alias.name)]
        elif isinstance(node, ast.ImportFrom):
            names = [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
            found += [name for name in names if _is_speaking(name)][:1]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).removeprefix("importlib.") in _LOADING:
            found.append(ast.unparse(node.func))
    return found


def sent(tree: ast.Module) -> list[ast.Call]:
    """Give every call on a session of requests that sends something."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _SENDING
        and ast.unparse(node.func.value) in {"self._session", "requests", "session"}
    ]


def asked(tree: ast.AST) -> list[ast.Call]:
    """Give every call of something's ``ask``."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "ask"
    ]


def free_paths(tree: ast.Module) -> list[str]:
    """Give every path asked of WeChat that is not written out in the sources.

    ``AccessToken.ask`` hands its own ``path`` on, and so its callers are looked at like the transport's.
    """
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    handed_on = {
        call
        for function in functions
        if function.name == "ask"
        for call in asked(function)
        if ast.unparse(call.args[0]) == "path" and "path" not in dict(_constants(function))
    }
    found = []
    for function in functions:
        known = dict(_constants(tree)) | dict(_constants(function))
        for call in set(asked(function)) - handed_on:
            path = call.args[0]
            text = path.value if isinstance(path, ast.Constant) else known.get(ast.unparse(path))
            if not (isinstance(text, str) and text.startswith("/") and not text.startswith("//")):
                found.append(ast.unparse(call))
    return found


def _constants(scope: ast.Module | ast.FunctionDef) -> Iterator[tuple[str, object]]:
    """Give names with what they always are; one that is set twice, or to something else, is no constant."""
    values: dict[str, list[ast.expr]] = {}
    for node in ast.walk(scope) if isinstance(scope, ast.FunctionDef) else scope.body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                values.setdefault(ast.unparse(target), []).append(node.value)
    for name, given in values.items():
        if len(given) == 1:
            yield name, given[0].value if isinstance(given[0], ast.Constant) else None


def _in_wechat() -> dict[str, ast.Module]:
    return {path: tree for path, tree in trees().items() if path.startswith("app/adapters/wechat/")}


def test_only_wechats_transport_and_the_scanner_call_other_servers() -> None:
    """S-134: nothing else in the product can open a line, or load what could."""
    found = {path: bad for path, tree in trees().items() if (bad := lines_out(tree))}

    assert set(found) == CALLERS | {SCANNER}, found


def test_the_scanner_is_called_where_the_settings_say() -> None:
    """S-134: the address of each line to it is the settings', which start-up checked."""
    lines = [
        ast.unparse(call)
        for call in ast.walk(trees()[SCANNER])
        if isinstance(call, ast.Call)
        and ast.unparse(call.func).split(".")[-1] in {"create_connection", "connect"}
    ]

    assert sorted(lines) == [
        "line.connect(self._settings.path)",
        "socket.create_connection((self._settings.host, self._settings.port), _left(deadline))",
    ]


def test_photos_go_to_a_local_folder_or_the_bucket_of_the_settings() -> None:
    """S-134: of the library that speaks to stores far away one kind is used, its address the operator's."""
    found = {
        path: sorted(alias.name for node in imports for alias in node.names)
        for path, tree in trees().items()
        if (
            imports := [
                node
                for node in ast.walk(tree)
                if isinstance(node, ast.Import | ast.ImportFrom) and "obstore" in ast.unparse(node)
            ]
        )
    }

    assert set(found) == STORES
    assert not {"HTTPStore", "GCSStore", "AzureStore", "from_url"} & set().union(*found.values())
    opened = [
        (path, [ast.unparse(one.value) for one in call.keywords if one.arg == "endpoint"])
        for path, tree in trees().items()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "S3Store"
    ]
    assert opened == [("app/adapters/photo_store.py", ["bucket.endpoint"])]
    openers = [
        (path, ast.unparse(call.args[0]))
        for path, tree in trees().items()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "bucket_store"
    ]
    assert openers == [("app/adapters/photo_store.py", "bucket")], "whose bucket is the settings'"


def test_there_is_one_place_that_sends_and_it_follows_nowhere() -> None:
    """S-134: the host is the settings', a path is added to it, and no redirect is followed."""
    sends = [(path, call) for path, tree in trees().items() if path in CALLERS for call in sent(tree)]

    ((path, call),) = sends
    options = {one.arg: ast.unparse(one.value) for one in call.keywords}
    assert path == "app/adapters/wechat/transport.py"
    assert ast.unparse(call.args[1]) == "self._base_url + path"
    assert options["allow_redirects"] == "False"
    assigned = [
        ast.unparse(node)
        for tree in _in_wechat().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and "_base_url" in ast.unparse(node.targets[0])
    ]
    assert assigned == ["self._base_url = base_url"]


def test_the_host_comes_from_the_settings() -> None:
    """S-134: a transport is made in one place, of the address that start-up checked."""
    made = [
        ast.unparse(node)
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Transport"
    ]

    assert made == ["Transport(settings.base_url)"]


def test_each_path_is_written_out() -> None:
    """S-134: what people send goes into the query or the body, never into the address."""
    ours = _in_wechat()

    assert sum(len(asked(tree)) for tree in ours.values()) >= 8, "the rule looks at something"
    assert {path: bad for path, tree in ours.items() if (bad := free_paths(tree))} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import requests",
        "import urllib.request",
        "from urllib import request",
        "from urllib.request import urlopen",
        "import socket as s",
        "from http.client import HTTPSConnection",
        "import urllib3.util",
        "import subprocess",
        "import importlib\nimportlib.import_module('requests')",
        "__import__('requests')",
        "from asyncio import open_connection",
    ],
)
def test_the_rule_about_lines_can_fail(source: str) -> None:
    """S-134: each way of getting at a line is seen."""
    assert len(lines_out(ast.parse(source))) == 1


@pytest.mark.parametrize("source", ["from urllib.parse import urlsplit", "from http import HTTPStatus"])
def test_what_only_reads_addresses_is_no_line(source: str) -> None:
    assert lines_out(ast.parse(source)) == []


@pytest.mark.parametrize(
    "body",
    [
        "self._transport.ask(path, {})",
        "path = given\n    self._transport.ask(path, {})",
        "path = f'/sns/{code}'\n    self._transport.ask(path, {})",
        "path = '/sns'\n    path = code\n    self._transport.ask(path, {})",
        "self._access.ask('/sns/' + code)",
        "self._access.ask('@evil.example/')",
        "self._access.ask('//evil.example/')",
    ],
)
def test_the_rule_about_paths_can_fail(body: str) -> None:
    """S-134: a path that somebody could choose, or that changes the host, is seen."""
    source = f"def exchange(self, code, path):\n    {body}"

    assert len(free_paths(ast.parse(source))) == 1
