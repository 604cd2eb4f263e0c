"""Whoever asks, whoever decides, and a child of whom it may be."""

from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.approval_world import Become
from tests.child_world import write_child, write_consent, write_guardian
from tests.client import Client
from tests.minor_age_world import give_admin


@pytest.fixture
def security(be: Become) -> Client:
    """Be the security administrator of the city."""
    return be("security")


@pytest.fixture
def county(be: Become) -> Client:
    """Be the county officer."""
    return be("county")


@pytest.fixture
def child(session: Session) -> UUID:
    """Write a child of the household ``home``, whose guardian is the resident and agreed."""
    made = write_child(session)
    write_guardian(session, made)
    write_consent(session, made)
    return made


@pytest.fixture
def second(session: Session, be: Become) -> Client:
    """Be another admin of the community."""
    give_admin(session)
    return be("colleague")
