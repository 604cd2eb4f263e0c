"""A trail of ten linked entries, and the hands of a superuser on it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import audit
from app.audit import AuditKeys, Entry, Finding, Signed, Verifier
from app.config import Settings, Suite
from app.models import AuditLink
from tests.api.codes.conftest import code
from tests.api.conftest import address
from tests.api.sign_in.conftest import sign_in, user

__all__ = ["address", "code", "found", "keys", "sign_in", "suite_keys", "superuser", "trail", "user"]

Superuser = Callable[..., None]
Found = Callable[..., list[Finding]]


@pytest.fixture
def keys(settings: Settings) -> AuditKeys:
    """Give the keys of the application under test."""
    return AuditKeys.of(settings)


@pytest.fixture(params=list(Suite))
def suite_keys(request: pytest.FixtureRequest, keys: AuditKeys) -> AuditKeys:
    """Give the keys, once with each suite."""
    return replace(keys, suite=request.param)


@pytest.fixture
def trail(session: Session, keys: AuditKeys) -> list[AuditLink]:
    """Write ten entries and link them; give their links."""
    audit.link(session, keys)
    before = session.scalars(select(AuditLink.number)).all()
    for number in range(10):
        audit.record(session, keys, Entry(action="PUT /v1/places/<uuid:place_id>", facts={"count": number}))
    assert audit.link(session, keys) == 10
    links = session.scalars(select(AuditLink).order_by(AuditLink.number)).all()
    session.commit()
    return list(links[len(before) :])


@pytest.fixture
def superuser(session: Session) -> Superuser:
    """Do what no trigger stops."""

    def run(statement: str, **values: object) -> None:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(statement), values)
        session.execute(text("SET LOCAL session_replication_role = origin"))
        session.commit()
        session.expunge_all()

    return run


@pytest.fixture
def found(session: Session, keys: AuditKeys) -> Found:
    """Verify the whole trail."""

    def verify(copies: list[Signed] | None = None) -> list[Finding]:
        return list(Verifier(session, keys, copies or []).findings())

    return verify
