"""How far substitutes of substitutes are followed."""

from collections import defaultdict
from datetime import date
from itertools import pairwise

import pytest

from app.actors import Role
from app.ids import new_id
from app.models import Absence
from app.plans import Roster
from tests.cast import HOME

DAY = date(2027, 1, 31)


@pytest.mark.parametrize("many", range(1, 7))
def test_whoever_may_be_there_in_the_end_is_among_those_who_stood_in(many: int) -> None:
    """Asked for one, or for all on the way: both follow as many absences, and give up after as many."""
    people = [new_id() for _ in range(many + 1)]
    away = {
        worker_id: [Absence(worker_id=worker_id, substitute_id=substitute_id, from_on=DAY, until_on=DAY)]
        for worker_id, substitute_id in pairwise(people)
    }
    posts = [(HOME, Role.GRID_WORKER, one) for one in people]
    roster = Roster(posts, defaultdict(list, away))

    there, all_of = roster.stands_in(people[0], DAY), roster.stood_in(people[0], DAY)

    assert all_of == set(people[1:5])
    assert there == (people[-1] if many < 5 else None)
