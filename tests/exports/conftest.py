"""Whoever asks for a file of the roster, and whoever agrees."""

from collections.abc import Callable

import pytest

from tests.client import Client


@pytest.fixture
def county(be: Callable[[str | None], Client]) -> Client:
    """Be the county officer."""
    return be("county")
