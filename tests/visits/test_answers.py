import math
from typing import Any

import pytest

from app.errors import DomainError
from app.visits.answers import check_answers
from tests.care_world import ANSWERS, QUESTIONS


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"meals": 0},
        {"meals": 5},
        {"meals": 2.5},
        {"gas_safe": True},
        {"needs": []},
        {"illness": ""},
        {"illness": "痛" * 500},
    ],
)
def test_what_fits_the_form_is_taken(change: dict[str, Any]) -> None:
    check_answers(QUESTIONS, ANSWERS | change, complete=True)


@pytest.mark.parametrize(
    "change, code, field",
    [
        ({"mood": "fine"}, "answer_wrong", "mood"),
        ({"mood": ["good"]}, "answer_wrong", "mood"),
        ({"mood": True}, "answer_wrong", "mood"),
        ({"mood": ""}, "answer_missing", "mood"),
        ({"mood": None}, "answer_missing", "mood"),
        ({"needs": "meals"}, "answer_wrong", "needs"),
        ({"needs": ["meals", "meals"]}, "answer_wrong", "needs"),
        ({"needs": ["meals", "gold"]}, "answer_wrong", "needs"),
        ({"needs": [["meals"]]}, "answer_wrong", "needs"),
        ({"illness": 5}, "answer_wrong", "illness"),
        ({"illness": "痛" * 501}, "answer_long", "illness"),
        ({"meals": "3"}, "answer_wrong", "meals"),
        ({"meals": True}, "answer_wrong", "meals"),
        ({"meals": math.nan}, "answer_wrong", "meals"),
        ({"meals": math.inf}, "answer_wrong", "meals"),
        ({"meals": -1}, "answer_range", "meals"),
        ({"meals": 5.01}, "answer_range", "meals"),
        ({"gas_safe": "yes"}, "answer_wrong", "gas_safe"),
        ({"gas_safe": 1}, "answer_wrong", "gas_safe"),
        ({"weight": 50}, "answer_unknown", "weight"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(change: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(DomainError) as caught:
        check_answers(QUESTIONS, ANSWERS | change, complete=True)

    assert (caught.value.code, caught.value.data["field"]) == (code, f"answers.{field}")


def test_required_questions_are_asked_only_of_somebody_reached() -> None:
    check_answers(QUESTIONS, {}, complete=False)
    with pytest.raises(DomainError) as caught:
        check_answers(QUESTIONS, {"mood": "gone"}, complete=False)

    assert caught.value.code == "answer_wrong"
