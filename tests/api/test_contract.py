"""The API against its own description: what fits it is answered as it says, on records that are there."""

from random import Random
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.api.http.limits import limiter
from tests.api.contract_check import ROUTES, checked, same_each_time
from tests.api.contract_mix import Mix
from tests.api.contract_samples import known_ids, sample_of

_EXAMPLES = 12
_LEAST_DONE = 2
"""Requests of each route that must be answered with 2xx; most routes have five or more."""
_OTHERS = ("system", "security", "county", "admin", "worker", "resident", None)
"""The roles that reach most, and a visitor: each route hears from all of them."""


@pytest.fixture(scope="module")
def description(app: Flask) -> Any:
    """Give the API's description, read once."""
    return schemathesis.openapi.from_wsgi("/openapi.json", app)


@pytest.mark.parametrize("method, path", ROUTES)
def test_answers_are_as_described(
    app: Flask, connection: Connection, session: Session, description: Any, method: str, path: str
) -> None:
    """S-119, S-139: generated requests on every described route: no 500, and answers as described."""
    mix = Mix(known_ids(session), sample_of(app, session, method, path))
    operation = description[path][method]
    statuses: list[int] = []

    @same_each_time(_EXAMPLES)
    @given(
        generated=operation.as_strategy(),
        who=st.sampled_from([mix.sample.who] * len(_OTHERS) + list(_OTHERS)),
        choose=st.randoms(use_true_random=False),
    )
    def call(generated: Any, who: str | None, choose: Random) -> None:
        case = operation.Case(**mix.parts(generated, choose))
        with connection.begin_nested() as again:
            statuses.append(checked(case, who))
            again.rollback()

    limiter.reset()
    call()
    assert sum(status < 300 for status in statuses) >= _LEAST_DONE, statuses
