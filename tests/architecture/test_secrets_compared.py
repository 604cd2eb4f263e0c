"""How secrets are compared, and that the rule about it can fail."""

import ast

import pytest

from tests.architecture.sources import trees

_SECRET = {
    "seal", "signature", "msg_signature", "token", "secret", "password", "mac", "hmac", "digest", "hexdigest",
    "otp", "totp",
}  # fmt: skip
_HASHES = ("token_hash", "code_hash", "pickup_hash", "password_hash", "refresh_hash", "secret_hash")


def _is_secret(side: ast.expr) -> bool:
    """Say whether a side is a secret by the name of itself, its attribute, its key or its call."""
    while isinstance(side, ast.Call | ast.Subscript):
        if isinstance(side, ast.Subscript) and isinstance(side.slice, ast.Constant):
            return str(side.slice.value) in _SECRET or str(side.slice.value) in _HASHES
        side = side.func if isinstance(side, ast.Call) else side.value
    name = side.attr if isinstance(side, ast.Attribute) else side.id if isinstance(side, ast.Name) else ""
    return name.strip("_") in _SECRET or name.strip("_").endswith(_HASHES)


def _is_column(side: ast.expr) -> bool:
    """Say whether it is a column of a model, which PostgreSQL looks up in an index of hashes."""
    return (
        isinstance(side, ast.Attribute) and isinstance(side.value, ast.Name) and side.value.id[:1].isupper()
    )


def faults(tree: ast.Module) -> list[str]:
    """Give every comparison of a secret that tells by its time how much of it was right."""
    return [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        and any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops)
        and any(_is_secret(side) for side in [node.left, *node.comparators])
        and not any(_is_column(side) for side in [node.left, *node.comparators])
    ]


def test_seals_and_codes_are_compared_in_constant_time() -> None:
    """S-116: no == on anything that is a secret by its name."""
    assert {path: bad for path, tree in trees().items() if (bad := faults(tree))} == {}


@pytest.mark.parametrize(
    "source",
    [
        "token == given",
        "given != seal",
        "a.token_hash == b",
        "b == row.pickup_hash",
        "x.hexdigest() == y",
        "hmac.digest(k, m, 'sha256') != y",
        "self._secret == y",
        "form['signature'] == y",
        "signature[:16] == y",
        "a < b == token",
    ],
)
def test_the_rule_can_fail(source: str) -> None:
    """S-116: names, attributes, keys and calls are all seen."""
    assert len(faults(ast.parse(source))) == 1


@pytest.mark.parametrize(
    "source", ["SignIn.token_hash == hashed(token)", "compare_digest(token, given)", "token is None"]
)
def test_a_look_up_by_an_index_is_no_comparison(source: str) -> None:
    assert faults(ast.parse(source)) == []
