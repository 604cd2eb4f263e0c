"""A rule, goods and an order of HOME, and somebody of each side."""

from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.models import Reward, Rule
from tests.client import Client
from tests.points_world import Be, give_points, ordered, write_reward, write_rule


@pytest.fixture
def rule(session: Session) -> Rule:
    """Give a rule worth 2 to 5 points, posted without public notice."""
    return write_rule(session)


@pytest.fixture
def reward(session: Session) -> Reward:
    """Give soap for 3 points, of which ten pieces are in stock."""
    return write_reward(session)


@pytest.fixture
def lead(be: Be) -> Client:
    """Be the building lead of the first grid."""
    return be("lead")


@pytest.fixture
def clerk(be: Be) -> Client:
    """Be the clerk of the shop."""
    return be("clerk")


@pytest.fixture
def neighbour(be: Be) -> Client:
    """Be a resident of another household of the same community."""
    return be("neighbour")


@pytest.fixture
def far_resident(be: Be) -> Client:
    """Be a resident of a community in another county."""
    return be("far_resident")


@pytest.fixture
def account_id(session: Session) -> UUID:
    """Give the resident's household 20 points."""
    return give_points(session, 20)


@pytest.fixture
def order(resident: Client, reward: Reward, account_id: UUID) -> str:
    """Give the path of an order of two pieces for 6 points."""
    assert account_id
    return ordered(resident, reward, 2)
