"""A line that breaks before the server has the whole body: nothing is kept, and it may be sent again."""

import pytest
import requests
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import Photo
from dev.phone import TIMEOUT_S
from tests.cast import person
from tests.e2e.conftest import Far
from tests.evidence.photos import file, scene

pytestmark = pytest.mark.xdist_group("served")
JPEG = file(scene())
MOTION_PHOTO = JPEG + JPEG
"""As many phones make them: a film hangs on behind the picture, which is whole without it."""
HEADERS_AT_MOST = 1000
"""In bytes: a line is cut so far into the request, its headers included."""


def put(far: Far, path: str, data: bytes) -> int:
    """Write as the worker, over the line; give the status."""
    headers = {"Authorization": f"Bearer {person('worker').token}", "Connection": "close"}
    with requests.Session() as session:
        session.trust_env = False
        return session.put(far.address + path, data=data, headers=headers, timeout=TIMEOUT_S).status_code


def kept(far: Far) -> tuple[int, int]:
    """Count the rows of photos, and the files."""
    with Session(far.engine) as session:
        rows = session.scalar(select(func.count()).select_from(Photo)) or 0
    return rows, sum(path.is_file() for path in far.photos.rglob("*"))


@pytest.mark.parametrize(
    "photo, let_through",
    [
        pytest.param(JPEG, len(JPEG) // 2, id="half"),
        pytest.param(JPEG, len(JPEG), id="all but the end"),
        pytest.param(MOTION_PHOTO, len(JPEG) + HEADERS_AT_MOST, id="the picture alone"),
    ],
)
def test_a_photo_sent_in_part_is_not_kept_and_sent_whole_is_new(
    far: Far, photo: bytes, let_through: int
) -> None:
    path, before = f"/v1/photos/{new_id()}", kept(far)

    far.line.cut_next_request(let_through)
    with pytest.raises(requests.ConnectionError):
        put(far, path, photo)

    assert far.line.lost[-1].startswith(b"HTTP/1.1 400 "), "what came was read to where it breaks off"
    assert kept(far) == before

    whole, again = put(far, path, photo), put(far, path, photo)

    assert (whole, again) == (201, 200)
    assert kept(far) == (before[0] + 1, before[1] + 2), "one row, and the files of its two copies"
