"""By what a view's limit counts: strangers by address, signed-in people each for himself."""

import ast

import pytest

from tests.architecture.sources import trees

_BY_ADDRESS, _BY_PERSON = "limiter.limit", "each_person"


def _wrong(tree: ast.Module) -> list[str]:
    """Give the views whose limit counts by the wrong thing, or before the person is found."""
    found = []
    for view in ast.walk(tree):
        if not isinstance(view, ast.FunctionDef):
            continue
        calls = [call for call in view.decorator_list if isinstance(call, ast.Call)]
        names = [ast.unparse(call.func) for call in calls]
        if "allow" not in names:
            continue
        place = names.index("allow")
        public = ast.unparse(calls[place].args[0]) == "PUBLIC"
        before, after = names[:place], names[place + 1 :]
        if public and _BY_PERSON in names:
            found.append(f"{view.name}: nobody is signed in")
        if not public and _BY_ADDRESS in names:
            found.append(f"{view.name}: counts signed-in people by address")
        if _BY_PERSON in before or _BY_ADDRESS in after:
            found.append(f"{view.name}: out of order")
    return found


def test_limits_count_strangers_by_address_and_people_by_person() -> None:
    """S-126: per user where there is one: an office behind one address must not lock itself out."""
    found = [f"{path}: {what}" for path, tree in trees("app/api").items() for what in _wrong(tree)]

    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "decorators, found",
    [
        ("@limiter.limit('1/hour')\n@allow(PUBLIC)", []),
        ("@allow(Permission.SELF)\n@each_person('1/hour')", []),
        ("@allow(PUBLIC)\n@each_person('1/hour')", ["view: nobody is signed in"]),
        ("@limiter.limit('1/hour')\n@allow(Permission.SELF)", ["view: counts signed-in people by address"]),
        ("@each_person('1/hour')\n@allow(Permission.SELF)", ["view: out of order"]),
        ("@allow(PUBLIC)\n@limiter.limit('1/hour')", ["view: out of order"]),
    ],
)
def test_the_rule_finds_what_it_should(decorators: str, found: list[str]) -> None:
    assert _wrong(ast.parse(f"{decorators}\ndef view(): ...")) == found
