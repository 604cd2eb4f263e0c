"""What tests of several resources share."""

import secrets

import pytest


@pytest.fixture
def address() -> str:
    """Give a network address nobody used before, so that no limit of another test is near."""
    return f"10.{secrets.randbelow(256)}.{secrets.randbelow(256)}.{secrets.randbelow(256)}"
