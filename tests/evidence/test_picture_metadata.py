import io
import re
import struct
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from PIL import ExifTags, ImageCms, PngImagePlugin

from app.evidence.pictures import prepare
from tests.evidence.photos import VILLAGE, camera_exif, file, opened, scene

# What does not survive


def dirty_jpeg() -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return file(
        scene(),
        exif=camera_exif(),
        comment=b"SECRET-COMMENT",
        xmp=b"<x:xmpmeta>SECRET-XMP</x:xmpmeta>",
        icc_profile=profile + b"SECRET-ICC",
    )


def dirty_png() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "SECRET-COMMENT")
    notes.add_itxt("XML:com.adobe.xmp", "SECRET-XMP")
    return file(scene(), "PNG", exif=camera_exif(), pnginfo=notes, icc_profile=b"SECRET-ICC")


def dirty_heic() -> bytes:
    return file(scene(), "HEIF", exif=camera_exif(), xmp=b"SECRET-XMP")


def dirty_webp() -> bytes:
    return file(scene(), "WEBP", exif=camera_exif(), xmp=b"SECRET-XMP", icc_profile=b"SECRET-ICC")


@pytest.mark.parametrize("dirty", [dirty_jpeg, dirty_png, dirty_webp, dirty_heic])
def test_nothing_the_file_says_beside_its_pixels_survives(dirty: Callable[[], bytes]) -> None:
    """S-143: markers in EXIF, XMP, comment, profile and behind the end."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as held:
        held.writestr("SECRET-FILE.php", "SECRET-TRAILER")
    sent = dirty() + archive.getvalue()
    assert zipfile.is_zipfile(io.BytesIO(sent))

    picture = prepare(sent)

    for copy in (picture.large, picture.thumb):
        assert b"SECRET" not in copy
        assert not re.search(rb"Exif|xmp|XMP|ICC_PROFILE|http|PK\x03\x04|CREATOR", copy)
        assert not zipfile.is_zipfile(io.BytesIO(copy))
        assert set(opened(copy).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert copy.endswith(b"\xff\xd9")


# What is kept privately


@pytest.mark.parametrize("dirty", [dirty_jpeg, dirty_png, dirty_webp, dirty_heic])
def test_the_cameras_time_and_place_are_returned(dirty: Callable[[], bytes]) -> None:
    picture = prepare(dirty())

    assert picture.taken_at == datetime(2026, 11, 23, 8, 15, 9)  # noqa: DTZ001 - a camera's clock has no zone
    assert picture.gps == pytest.approx(VILLAGE)


def test_west_and_south_are_negative() -> None:
    assert prepare(file(scene(), exif=camera_exif(north="S", east="W"))).gps == pytest.approx(
        (-114.3336, -29.8368)
    )


@pytest.mark.parametrize(
    "gps",
    [
        pytest.param({"lat": (0.0, 0.0, 0.0), "lng": (0.0, 0.0, 0.0)}, id="zero-zero"),
        pytest.param({"lat": (91.0, 0.0, 0.0)}, id="beyond-the-pole"),
        pytest.param({"lng": (181.0, 0.0, 0.0)}, id="beyond-the-date-line"),
        pytest.param({"lat": (29.0, 50.0)}, id="two-numbers"),
    ],
)
def test_a_place_that_cannot_be_is_dropped_and_the_photo_kept(gps: dict[str, Any]) -> None:
    picture = prepare(file(scene(), exif=camera_exif(**gps)))

    assert picture.gps is None
    assert picture.taken_at is not None


def test_a_division_by_zero_in_the_place_is_dropped() -> None:
    sent = file(scene(), exif=camera_exif(lat=(29.0, 50.0, 13 / 97)))
    broken = sent.replace(struct.pack(">II", 13, 97), struct.pack(">II", 13, 0))
    assert broken != sent

    assert prepare(broken).gps is None


@pytest.mark.parametrize(
    "written", ["0000:00:00 00:00:00", "2026:13:01 00:00:00", "", "yesterday", "    :  :     :  :  "]
)
def test_a_clock_that_was_never_set_is_dropped(written: str) -> None:
    exif = camera_exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = written

    assert prepare(file(scene(), exif=exif)).taken_at is None


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow warns of EXIF it cannot read
@pytest.mark.parametrize("keep", [8, 12, 30, 80, 120])
def test_damaged_exif_is_no_reason_to_refuse_a_photo(keep: int) -> None:
    whole = camera_exif().tobytes()

    assert prepare(file(scene(), exif=whole[:keep])).format == "JPEG"
