"""What somebody reads who is nobody's resident yet, where a resident may do something."""

import re
from collections.abc import Callable

from flask import Flask
from sqlalchemy.orm import Session

from app.actors import Role
from app.api.http.allow import PUBLIC
from app.identity import TABLE, Permission
from app.ids import new_id
from tests.binding_world import HOUSEHOLD, refused
from tests.cast import named
from tests.client import Client
from tests.trail import entries_of

_REFUSED_ALIKE = ("type", "title", "status", "code")


def test_every_function_of_residents_says_that_binding_is_missing(app: Flask, newcomer: Client) -> None:
    """And every other says that it is not his; what is everybody's stays his."""
    told: dict[tuple[str, str], tuple[int, str]] = {}
    due: dict[tuple[str, str], tuple[int, str]] = {}
    for rule in app.url_map.iter_rules():
        named_by = getattr(app.view_functions[rule.endpoint], "permission", PUBLIC)
        if named_by in {PUBLIC, Permission.SELF}:
            continue
        permission = Permission(named_by)
        path = re.sub(r"<uuid:\w+>", lambda _: str(new_id()), rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = newcomer.open(path, method, headers={"Accept": "application/json"})
            told[method, rule.rule] = refused(answer)
            is_residents = Role.RESIDENT in TABLE[permission]
            due[method, rule.rule] = (403, "not_bound" if is_residents else "forbidden")

    assert len(due) > 100
    assert told == due


def test_it_says_so_in_plain_words_and_tells_of_nobody_else(newcomer: Client, session: Session) -> None:
    """The answer is one and the same for what is there and what is not, and leaves its entry."""
    with entries_of(session) as left:
        known = newcomer.get(f"/v1/households/{HOUSEHOLD}")
        unknown = newcomer.get(f"/v1/households/{new_id()}")

    assert refused(known) == (403, "not_bound")
    assert known.json["title"].startswith("请先绑定居民身份")
    assert [{name: one.json.get(name) for name in _REFUSED_ALIKE} for one in (known, unknown)] == [
        {name: known.json.get(name) for name in _REFUSED_ALIKE}
    ] * 2
    assert set(known.json) == set(unknown.json)
    assert [(one.result, one.code) for one in left] == [("refused", "not_bound")] * 2


def test_staff_and_residents_are_not_sent_to_bind(be: Callable[[str], Client], resident: Client) -> None:
    """A post that lacks the function is no matter of binding, nor is a function that no resident has."""
    assert refused(be("auditor").get("/v1/households")) == (403, "forbidden")
    assert refused(resident.get("/v1/users")) == (403, "forbidden")


def test_who_left_his_binding_is_told_to_bind(resident: Client) -> None:
    resident.post(f"/v1/me/bindings/{named('binding resident')}/end", json={"reason": "left"})

    assert refused(resident.get("/v1/households")) == (403, "not_bound")
