"""The drill of a quarter of patrols in a short form: two weeks around Spring Festival."""

import re

from dev.drills.patrol_quarter import SHORT, patrol_quarter

FATES = r"(\d+) asked for more time, (\d+) went elsewhere, (\d+) were taken back\)"


def test_two_schedulers_at_once_do_each_thing_once_and_in_its_minute() -> None:
    figure = patrol_quarter(lambda _: None, SHORT)

    found = re.match(
        r"(\d+) occurrences of 14 days, (\d+) missed, (\d+) steps of 16 hazards \(" + FATES, figure
    )
    assert found, figure
    assert all(int(many) > 0 for many in found.groups()), figure
