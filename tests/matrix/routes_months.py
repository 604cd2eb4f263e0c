"""The matrix: a worker's month."""

from app.employment import months_before, this_month
from tests.matrix.lines import Call, Line
from tests.matrix.stage import Stage


def _month() -> str:
    """Give a month that everybody sees who ever does."""
    return f"{months_before(this_month(), 2):%Y-%m}"


def _of_worker(stage: Stage) -> Call:
    return Call(f"/v1/users/{stage.user('worker')}/work?month={_month()}")


MONTHS = [
    Line(
        "GET",
        "/v1/me/work",
        {"worker": 200, "admin": 200},
        lambda _: Call(f"/v1/me/work?month={_month()}"),
        200,
    ),
    Line("GET", "/v1/users/<uuid:user_id>/work", {"admin": 200}, _of_worker),
]
