"""The API on requests that do not fit its description: refused as it says, and nothing is stored."""

from random import Random
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import GenerationMode
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.api.limits import limiter
from tests.api.contract_check import TAKING, checked, same_each_time
from tests.api.contract_mix import spoiled
from tests.api.contract_samples import sample_of
from tests.snapshot import stored

_EXAMPLES = 8


@pytest.fixture(scope="module")
def description(app: Flask) -> Any:
    """Give the API's description, read once."""
    return schemathesis.openapi.from_wsgi("/openapi.json", app)


@pytest.mark.parametrize("method, path", TAKING)
def test_what_does_not_fit_is_refused_and_leaves_nothing(
    app: Flask, connection: Connection, session: Session, description: Any, method: str, path: str
) -> None:
    """S-119: wrong types, missing and unknown fields, in requests that are otherwise right."""
    sample = sample_of(app, session, method, path)
    before = stored(connection)
    operation = description[path][method]
    statuses: list[int] = []

    @same_each_time(_EXAMPLES)
    @given(
        generated=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        choose=st.randoms(use_true_random=False),
    )
    def call(generated: Any, choose: Random) -> None:
        case = operation.Case(**spoiled(sample, generated, choose))
        with connection.begin_nested() as again:
            statuses.append(checked(case, sample.who))
            if statuses[-1] >= 400:
                assert stored(connection) == before
            again.rollback()

    limiter.reset()
    call()
    assert any(status >= 400 for status in statuses), statuses
