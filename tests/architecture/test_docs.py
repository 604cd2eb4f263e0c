"""The documents say what the code does, as far as a machine can compare them."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from app.actors import Role
from app.api.http.sentences import SENTENCES
from app.identity import Permission
from app.identity.naming import ROLE_NAMES
from dev import pages
from tests.architecture.sources import ROOT, trees

_SETTING = re.compile(
    r"(GONGDI_[A-Z_]+|DATABASE_URL|REDIS_URL|FORWARDED_ALLOW_IPS|FLASK_DEBUG|PYTHONINSPECT)"
)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|<img[^>]+src=\"([^\"]+)\"")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_PRUNED = {".venv", "var", "node_modules", ".git", ".hypothesis", ".pytest_cache"}


def _markdown() -> list[Path]:
    found = [file for file in ROOT.rglob("*.md") if not _PRUNED & set(file.relative_to(ROOT).parts)]
    return sorted(found)


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("module", ["dev.openapi", "dev.pages"])
def test_what_is_made_from_the_code_is_current(module: str) -> None:
    """Ask another process: a second application in this one would take over the rate limits of the first."""
    checked = subprocess.run(
        [sys.executable, "-m", module, "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def _patterns(part: Any) -> Iterator[str]:
    """Give every pattern of an API description, which may also have a field of that name."""
    if isinstance(part, dict):
        if isinstance(part.get("pattern"), str):
            yield part["pattern"]
        for inner in part.values():
            yield from _patterns(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _patterns(inner)


def test_the_api_description_has_patterns_that_clients_can_read() -> None:
    r"""JSON Schema speaks ECMAScript, whose patterns know neither ``\A`` nor ``\Z``."""
    patterns = set(_patterns(json.loads(_text("docs/openapi.json"))))

    assert len(patterns) > 1
    assert [one for one in patterns if re.search(r"\\[AZz]", one)] == []


def test_every_role_and_function_has_its_chinese_name() -> None:
    assert set(ROLE_NAMES) == set(Role)
    assert set(pages.FUNCTIONS) == set(Permission)


def test_a_page_that_says_something_else_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    changed = tmp_path / "problems.md"
    changed.write_text(pages.problems().replace("503", "500", 1), encoding="utf-8")
    monkeypatch.setattr(pages, "ROOT", tmp_path)
    monkeypatch.setattr(
        pages, "PAGES", {changed: pages.problems, tmp_path / "security-requirements.md": pages.requirements}
    )

    assert pages.stale() == ["problems.md", "security-requirements.md"]


def test_every_code_stands_on_the_page_of_problems() -> None:
    page = _text("docs/problems.md")

    assert [code for code in SENTENCES if f"| `{code}` |" not in page] == []


def _settings_read() -> set[str]:
    """Name every environment variable in the sources that read the environment."""
    texts = [
        node.value
        for path, tree in {**trees(), **trees("dev")}.items()
        if path.startswith(("app/config/", "dev/"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _SETTING.fullmatch(node.value)
    ]
    return {*texts, *_SETTING.findall(_text("gunicorn.conf.py"))}


def test_every_setting_is_explained() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \|", _text("docs/operations.md"), re.MULTILINE)
    read = _settings_read()

    assert {"DATABASE_URL", "GONGDI_PORT", "GONGDI_BIND", "GONGDI_SESSION_HOURS"} <= read
    assert sorted(read - set(rows)) == [], "read and not explained"
    assert sorted(set(rows) - read) == [], "explained and not read"
    assert len(rows) == len(set(rows)), "explained twice"


def test_the_two_commands_stand_on_the_first_screen() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        first_screen = _text(name).splitlines()[:40]
        assert "make run" in "\n".join(first_screen), name
    assert "make test" in "\n".join(_text("README.md").splitlines()[:40])


def test_every_make_target_of_the_documents_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", _text("Makefile"), re.MULTILINE))
    named = {
        (file.name, target)
        for file in _markdown()
        for target in re.findall(
            r"(?:^|`)(?:\w+=\S+ )?make ([a-z-]+)", file.read_text(encoding="utf-8"), re.MULTILINE
        )
    }

    assert named
    assert sorted(pair for pair in named if pair[1] not in targets) == []


@pytest.mark.parametrize("file", _markdown(), ids=lambda file: str(file.relative_to(ROOT)))
def test_every_link_leads_somewhere(file: Path) -> None:
    text = _FENCE.sub("", file.read_text(encoding="utf-8"))
    broken = []
    for found in _LINK.findall(text):
        link = found[0] or found[1]
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (file.parent / path).resolve() if path else file
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            broken.append(link)

    assert broken == []


def _anchors(file: Path) -> set[str]:
    """Give the anchors that GitHub makes of a page's headings."""
    text = _FENCE.sub("", file.read_text(encoding="utf-8"))
    headings = re.findall(r"^#{1,6} +(.+?)\s*$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("folder", ["app", "dev", "bench", "tests"])
def test_documents_that_comments_name_are_there(folder: str) -> None:
    named = {
        (path, name)
        for path in trees(folder)
        for name in re.findall(
            r"(?<![\w.-])(?:docs/)?([A-Za-z-]+\.md)\b", (ROOT / path).read_text(encoding="utf-8")
        )
    }
    places = (ROOT, ROOT / "docs")

    assert (
        sorted((path, name) for path, name in named if not any((at / name).exists() for at in places)) == []
    )


def test_architecture_names_every_floor_from_top_to_bottom() -> None:
    """Packages in brackets are still to come."""
    contracts = tomllib.loads(_text("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["type"] == "layers")
    built = [set(re.findall(r"(?<![(\w])\w+(?![)\w])", layer)) for layer in layers]
    rows = re.findall(r"^\| \d+ \| (.*?) \|", _text("docs/architecture.md"), re.MULTILINE)
    told = [set(re.findall(r"`(\w+)`", part)) for row in rows for part in row.split("below them")]

    assert told == [floor for floor in built if floor]


def test_the_readme_says_where_every_package_is() -> None:
    table = _text("README.md").partition("## Where things are")[2].partition("\n## ")[0]
    packages = {file.parent.name for file in (ROOT / "app").glob("*/__init__.py")}

    assert packages - set(re.findall(r"`(?:app/)?(\w+)/`", table)) == set()
