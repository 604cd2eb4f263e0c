"""The drill of a quarter of care in a short form: a month of a few people."""

import re

from dev.drills.care_quarter import SHORT, care_quarter


def test_due_days_doers_and_notices_are_those_of_the_slow_model() -> None:
    figure = care_quarter(lambda _: None, SHORT)

    found = re.match(r"40 records over 30 days \((.+)\): (\d+) due days and doers, (\d+) notices", figure)
    assert found, figure
    counted = {what: int(many) for many, what in re.findall(r"(\d+) ([a-z ]+)", found[1])}
    assert counted.keys() == {"absences", "alerts", "by another", "levels", "moves", "visits"}, figure
    assert min(counted.values()) > 0, figure
