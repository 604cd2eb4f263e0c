"""Numbers as people type them: wide digits, gaps, dashes and a small x are meant as they look."""

import marshmallow as ma
import pytest

from app.api.http.fields import id_number, phone


class _Form(ma.Schema):
    phone = phone()
    id_number = id_number()


@pytest.mark.parametrize(
    "typed",
    [
        "13900001234",
        "139 0000 1234",
        "139-0000-1234",
        "\uff11\uff13\uff19\uff10\uff10\uff10\uff10\uff11\uff12\uff13\uff14",
    ],
)
def test_a_phone_is_taken_as_it_is_typed(typed: str) -> None:
    assert _Form().load({"phone": typed}) == {"phone": "13900001234"}


@pytest.mark.parametrize("typed", ["00000019800506002x", "000000 19800506 002\uff38"])
def test_a_small_or_wide_x_is_x(typed: str) -> None:
    assert _Form().load({"id_number": typed}) == {"id_number": "00000019800506002X"}


@pytest.mark.parametrize(
    "typed", ["1390000123", "1390000123a", "+8613900001234", "139.0000.1234", "\u2460390000123"]
)
def test_what_is_no_number_stays_none(typed: str) -> None:
    with pytest.raises(ma.ValidationError):
        _Form().load({"phone": typed})
