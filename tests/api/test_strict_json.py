"""Bodies that are no JSON we take."""

import pytest

from tests.client import Client
from tests.hazard_world import BLOCK


@pytest.mark.parametrize(
    "text",
    [
        "[" * 5000 + "]" * 5000,
        '{"note":' * 33 + "1" + "}" * 33,
        '{"note":"a","note":"b"}',
        '{"note":NaN}',
        "{",
        "\xff",
    ],
)
def test_a_body_that_is_no_json_is_refused(worker: Client, text: str) -> None:
    answer = worker.put(
        f"/v1/inspections/{BLOCK}", data=text.encode("latin-1"), content_type="application/json"
    )

    assert (answer.status_code, answer.json["code"]) == (400, "bad_request")
