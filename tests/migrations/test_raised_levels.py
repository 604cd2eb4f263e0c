"""That a hazard proved to be major, where there is no step of its own for it any more."""

from tests.migrations.conftest import At, back_to
from tests.migrations.test_late_rechecks import add, steps

BEFORE, AFTER = "20261210_0901", "20261210_1001"


def test_a_raised_level_is_an_acceptance_on_the_way_back(at: At) -> None:
    connection = at(AFTER)
    for number, step in enumerate(["accept", "raise_level"]):
        add(connection, number, step, '{"level": "major"}')
    connection.commit()

    back_to(connection, BEFORE)
    assert steps(connection) == ["accept", "accept"]
