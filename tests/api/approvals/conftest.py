"""Whoever asks, and whoever decides."""

import pytest

from tests.approval_world import Become
from tests.client import Client


@pytest.fixture
def security(be: Become) -> Client:
    """Be the security administrator of the city."""
    return be("security")


@pytest.fixture
def county(be: Become) -> Client:
    """Be the county officer."""
    return be("county")
