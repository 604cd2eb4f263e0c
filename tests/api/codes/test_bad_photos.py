"""What a visitor's form is refused for, and what it overlooks: nothing of it is stored."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.config import Settings
from app.models import Hazard
from tests.api.bad_files import HUGE, SVG
from tests.client import Answer
from tests.snapshot import files, stored


@pytest.mark.parametrize(
    "photo, remedy",
    [(HUGE, "照片太大，请用手机相机的普通模式拍，或缩小后再发"), (SVG, "这不是照片，请用手机拍一张")],
    ids=["81-megapixels", "svg-named-jpg"],
)
def test_what_is_no_photo_leaves_nothing(
    send: Callable[..., Answer], connection: Connection, settings: Settings, photo: bytes, remedy: str
) -> None:
    before = stored(connection), files(settings.photo_dir)

    answer = send(photos=[photo])

    assert answer.status_code == 422
    assert remedy in answer.text
    assert (stored(connection), files(settings.photo_dir)) == before


def test_the_form_takes_no_position(send: Callable[..., Answer], session: Session) -> None:
    answer = send(lng="NaN", lat="114.4826", position='{"lng": 29.6063, "lat": 114.4826}')

    assert answer.status_code == 303, "a page of another version of ours may send more than this one reads"
    hazard = session.scalars(select(Hazard)).one()
    assert (hazard.lng, hazard.lat, hazard.accuracy_m) == (None, None, None)
