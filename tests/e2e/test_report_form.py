"""The form at a code through gunicorn, as a phone sends it: with photos of full size."""

import re

import pytest
import requests
from redis import Redis

from app.ids import new_id
from tests.cast import named, person
from tests.e2e.conftest import Far

pytestmark = pytest.mark.xdist_group("served")
PATIENCE_S = 30
ALLOWED = 10
"""Reports of one address an hour."""
LARGE = b"\xff\xd8" + bytes(3 * 1024 * 1024)


def send(far: Far, code: str, text: str, photos: int = 0) -> requests.Response:
    """Send the form without going on to the receipt."""
    fields = {"id": str(new_id()), "category": "traffic", "text": text}
    files = [("photo", ("照片.jpg", LARGE, "image/jpeg"))] * photos
    parts = [*((name, (None, value, None)) for name, value in fields.items()), *files]
    address = f"{far.address}/q/{code}/reports"
    return requests.post(address, files=parts, timeout=PATIENCE_S, allow_redirects=False)  # type: ignore[arg-type]


def test_whoever_sends_too_much_reads_why_and_finds_what_he_wrote(far: Far, redis_url: str) -> None:
    """Also where nine megabytes of photos came with it: the page is there, and the line is not cut.

    What the tests beside it forget at their beginning is not what was counted here.
    """
    admin = {"Authorization": f"Bearer {person('admin').token}"}
    issued = requests.post(
        f"{far.address}/v1/places/{named('block')}/codes", headers=admin, timeout=PATIENCE_S
    )
    code = issued.json()["url"].rpartition("/")[2]
    taken = [send(far, code, f"第{number}处").status_code for number in range(ALLOWED)]
    with Redis.from_url(redis_url) as beside:
        beside.flushdb()

    refused = send(far, code, "2单元3楼楼道停了两辆电动车", photos=3)

    assert taken == [303] * ALLOWED
    assert refused.status_code == 429
    assert "请马上打电话给网格员或社区" in refused.text
    assert ">2单元3楼楼道停了两辆电动车</textarea>" in refused.text
    assert re.search(r'value="traffic" required checked', refused.text)
    assert "照片要重新选" in refused.text
