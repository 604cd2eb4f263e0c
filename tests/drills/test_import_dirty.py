"""The drill of the dirty workbook in a short form."""

import re

import pytest

from dev.drills.import_dirty import SHORT, import_dirty

pytestmark = pytest.mark.xdist_group("served")


def test_a_dirty_workbook_is_named_cell_by_cell_over_http_and_the_jobs() -> None:
    figure = import_dirty(lambda _: None, SHORT)

    assert re.match(r"49 planted cells, each named, 19 clean rows entered, ", figure), figure
    assert "300 people checked in" in figure
