"""Who takes the ledger of hazards out, and of which areas."""

from collections.abc import Callable

import pytest

from tests.client import Client
from tests.exports.ledger_world import put, refusal, wish

Be = Callable[[str], Client]


@pytest.mark.parametrize("name", ["worker", "lead", "resident", "auditor"])
def test_who_only_works_on_hazards_takes_no_ledger_out(be: Be, name: str) -> None:
    assert refusal(put(be(name), wish())) == (403, "forbidden")


def test_other_areas_are_not_there(be: Be) -> None:
    assert refusal(put(be("far_admin"), wish())) == (404, "not_found")
    assert refusal(put(be("county"), wish(area_code="421224999"))) == (422, "area_unknown")
