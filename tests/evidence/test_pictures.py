import hashlib
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from app.evidence.pictures import (
    BrokenPictureError,
    NotAPictureError,
    PictureError,
    SignatureUnfitError,
    TooManyPixelsError,
    prepare,
)
from tests.evidence.photos import BLUE, RED, assert_near, camera_exif, file, opened, png, scene

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'


# Sizes and copies


def test_a_phone_photo_becomes_a_large_copy_and_a_thumbnail() -> None:
    sent = file(scene(4000, 3000))

    picture = prepare(sent)

    assert picture.sha256 == hashlib.sha256(sent).hexdigest()
    assert (picture.format, picture.width, picture.height) == ("JPEG", 1600, 1200)
    large, thumb = opened(picture.large), opened(picture.thumb)
    assert (large.format, large.mode, large.size) == ("JPEG", "RGB", (1600, 1200))
    assert (thumb.format, thumb.mode, thumb.size) == ("JPEG", "RGB", (400, 300))
    assert_near(large.getpixel((400, 300)), RED)
    assert_near(thumb.getpixel((100, 75)), RED)
    assert (picture.taken_at, picture.gps) == (None, None)


@pytest.mark.parametrize(
    "sent,large,thumb",
    [
        ((1, 1), (1, 1), (1, 1)),
        ((300, 200), (300, 200), (300, 200)),
        ((1600, 900), (1600, 900), (400, 225)),
        ((1601, 900), (1600, 899), (400, 225)),
        ((900, 3600), (400, 1600), (100, 400)),
        ((12_000, 1), (1600, 1), (400, 1)),
        ((12_000, 3_333), (1600, 444), (400, 111)),
    ],
)
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_copies_keep_the_shape_and_are_never_enlarged(
    form: str, sent: tuple[int, int], large: tuple[int, int], thumb: tuple[int, int]
) -> None:
    picture = prepare(file(Image.new("RGB", sent, BLUE), form))

    assert picture.format == form
    assert (picture.width, picture.height) == opened(picture.large).size == large
    assert opened(picture.thumb).size == thumb
    assert_near(opened(picture.large).getpixel((0, 0)), BLUE)


def test_the_same_file_gives_the_same_copies_in_eight_threads() -> None:
    sent = file(scene(2000, 1500), exif=camera_exif())
    with ThreadPoolExecutor(8) as threads:
        pictures = list(threads.map(prepare, [sent] * 8))

    assert pictures == [pictures[0]] * 8


@pytest.mark.parametrize("share", range(1, 40, 4))
def test_a_heic_that_is_cut_off_is_refused_as_any_other(share: int) -> None:
    whole = file(scene(320, 240), "HEIF", exif=camera_exif())

    with pytest.raises(PictureError):
        prepare(whole[: len(whole) * share // 40])


# What is refused


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(SVG, id="svg-named-jpg"),
        pytest.param(file(Image.new("RGB", (9, 9)), "GIF"), id="gif"),
        pytest.param(file(Image.new("RGB", (9, 9)), "BMP"), id="bmp"),
        pytest.param(file(Image.new("RGB", (9, 9)), "TIFF"), id="tiff"),
        pytest.param(b"%PDF-1.7\n", id="pdf"),
        pytest.param(b"{}", id="json"),
        pytest.param(b"\xff\xd8\xff", id="three-bytes-of-jpeg"),
        pytest.param(b"", id="empty"),
    ],
)
def test_what_is_no_photo_is_refused_whatever_its_name(data: bytes) -> None:
    with pytest.raises(NotAPictureError) as refusal:
        prepare(data)
    assert refusal.value.code == "photo_not_a_picture"


@pytest.mark.parametrize(
    "width,height",
    [(12_001, 1), (1, 12_001), (9_000, 9_000), (8_000, 5_001), (12_000, 12_000), (100_000, 100_000)],
)
def test_too_many_pixels_are_refused(width: int, height: int) -> None:
    with pytest.raises(TooManyPixelsError) as refusal:
        prepare(png(width, height, zlib.compress(b"short!", level=0)))
    assert refusal.value.code == "photo_too_many_pixels"
    assert refusal.value.data == {"max_pixels": 40_000_000, "max_side_px": 12_000}


def test_a_real_picture_one_pixel_too_wide_is_refused() -> None:
    with pytest.raises(TooManyPixelsError):
        prepare(file(Image.new("L", (12_001, 2)), "JPEG"))


GROWTH = """
import sys
from app.evidence.pictures import PictureError, prepare

def peak_kb():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))

data = sys.stdin.buffer.read()
before = peak_kb()
try:
    prepare(data)
    code = "kept"
except PictureError as error:
    code = error.code
print(code, peak_kb() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from Linux")
@pytest.mark.parametrize(
    "data,code,least_kb,most_kb",
    [
        pytest.param(
            png(9_000, 9_000, zlib.compress(b"short!", level=0)),
            "photo_too_many_pixels",
            0,
            50_000,
            id="claims-81-megapixels",
        ),
        # Shows that the measurement sees a decoded picture, and what the largest one allowed costs.
        pytest.param(
            png(8_000, 5_000, zlib.compress(bytes((1 + 3 * 8_000) * 5_000))),
            "kept",
            100_000,
            500_000,
            id="full",
        ),
    ],
)
def test_a_claim_of_many_pixels_takes_no_memory(data: bytes, code: str, least_kb: int, most_kb: int) -> None:
    assert len(data) == 74 or code == "kept"
    run = subprocess.run([sys.executable, "-c", GROWTH], input=data, capture_output=True, check=True)
    seen, grown_kb = run.stdout.split()

    assert seen.decode() == code
    assert least_kb <= int(grown_kb) < most_kb


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_file_cut_off_anywhere_is_refused(form: str) -> None:
    whole = file(scene(160, 120), form)
    prepare(whole)
    kept = []
    for length in [*range(0, len(whole), 97), *range(len(whole) - 40, len(whole))]:
        try:
            prepare(whole[:length])
            kept.append(length)
        except (NotAPictureError, BrokenPictureError):
            continue
    assert kept == []


def test_a_jpeg_without_its_end_is_refused_also_where_its_pixels_are_whole() -> None:
    """The decoder does without the end of some: what came last may be anything else that is missing."""
    kept = []
    for edge in range(16, 200):
        whole = file(Image.linear_gradient("L").resize((edge, edge)))
        try:
            prepare(whole[:-2])
            kept.append(edge)
        except BrokenPictureError:
            continue

    assert kept == []


def test_a_damaged_file_is_called_broken() -> None:
    with pytest.raises(BrokenPictureError) as refusal:
        prepare(file(scene())[:5_000])
    assert refusal.value.code == "photo_broken"


def test_a_jpeg_of_a_hundred_passes_is_refused_before_it_is_decoded() -> None:
    ordinary = file(scene(), progressive=True)
    prepare(ordinary)
    last_pass = ordinary[ordinary.rindex(b"\xff\xda") : -2]

    with pytest.raises(BrokenPictureError):
        prepare(ordinary[:-2] + last_pass * 100 + b"\xff\xd9")


def test_passes_are_not_counted_behind_the_picture() -> None:
    """A phone's moving photo hangs a film on its JPEG; any bytes may be in it."""
    assert prepare(file(scene()) + b"\xff\xda" * 500).format == "JPEG"


def test_every_refusal_is_of_one_family() -> None:
    family = {NotAPictureError, TooManyPixelsError, BrokenPictureError, SignatureUnfitError}
    assert family == set(PictureError.__subclasses__())
