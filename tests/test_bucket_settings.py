"""Settings of a bucket for photos: read whole or not at all."""

from pathlib import Path

import pytest

from app.config import BucketSettings, SettingsError
from tests.test_config import PRODUCTION, read

BUCKET = {
    "GONGDI_PHOTO_STORE": "s3://photos/of/gongdi/",
    "GONGDI_S3_ENDPOINT": "https://s3.example.cn/",
    "GONGDI_S3_KEY_ID": "id",
    "GONGDI_S3_KEY_SECRET": "geheim",
}


def test_a_bucket_takes_the_place_of_the_folder() -> None:
    settings = read(**BUCKET, GONGDI_PHOTO_DIR="")

    assert settings.photo_bucket == BucketSettings(
        "photos", "of/gongdi", "https://s3.example.cn", "us-east-1", "id", "geheim"
    )
    assert "geheim" not in repr(settings)


@pytest.mark.parametrize(
    "name, value",
    [
        ("GONGDI_PHOTO_STORE", "/srv/photos"),
        ("GONGDI_PHOTO_STORE", "s3://"),
        ("GONGDI_PHOTO_STORE", "s3://photos?public"),
        ("GONGDI_S3_ENDPOINT", "s3.example.cn"),
        ("GONGDI_S3_ENDPOINT", ""),
        ("GONGDI_S3_KEY_ID", " "),
        ("GONGDI_S3_KEY_SECRET", ""),
    ],
)
def test_a_bucket_that_cannot_be_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read(**BUCKET | {name: value})


def test_photos_do_not_travel_in_the_clear(tmp_path: Path) -> None:
    plain = BUCKET | {"GONGDI_S3_ENDPOINT": "http://s3.example.cn"}
    assert read(**plain).photo_bucket is not None

    with pytest.raises(SettingsError, match="https://"):
        read(**(PRODUCTION | {"GONGDI_AUDIT_COPIES": str(tmp_path / "to come")}), **plain)
