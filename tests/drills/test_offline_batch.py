"""The drill of the offline batch in a short form."""

import re

import pytest

from dev.drills.offline_batch import SHORT, offline_batch

pytestmark = pytest.mark.xdist_group("served")


def test_what_a_phone_brings_lands_once_over_a_line_that_fails() -> None:
    figure = offline_batch(lambda _: None, SHORT)

    found = re.match(r"23 records and 28 photos of 5 days, once each; (\d+) requests, (\d+) without", figure)
    assert found, figure
    assert int(found[2]) > 0, "the line failed"
