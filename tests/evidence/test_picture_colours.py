from typing import Any

import pytest
from PIL import ExifTags, Image

from app.evidence.pictures import prepare
from tests.evidence.photos import BLUE, GREEN, RED, WHITE, assert_near, file, opened, scene

# Colours and directions


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(orientation: int) -> None:
    """Store the picture as a camera held askew does: red top left, green top right, blue bottom left."""
    upright = Image.new("RGB", (60, 40), WHITE)
    upright.paste(RED, (0, 0, 30, 20))
    upright.paste(GREEN, (30, 0, 60, 20))
    upright.paste(BLUE, (0, 20, 30, 40))
    turn = Image.Transpose
    stored = {
        1: upright,
        2: upright.transpose(turn.FLIP_LEFT_RIGHT),
        3: upright.transpose(turn.ROTATE_180),
        4: upright.transpose(turn.FLIP_TOP_BOTTOM),
        5: upright.transpose(turn.TRANSPOSE),
        6: upright.transpose(turn.ROTATE_90),
        7: upright.transpose(turn.TRANSVERSE),
        8: upright.transpose(turn.ROTATE_270),
    }[orientation]
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation

    picture = prepare(file(stored, exif=exif, quality=95))

    large = opened(picture.large)
    assert (picture.width, picture.height) == large.size == (60, 40)
    for at, colour in {(15, 10): RED, (45, 10): GREEN, (15, 30): BLUE, (45, 30): WHITE}.items():
        assert_near(large.getpixel(at), colour)


def test_an_orientation_that_does_not_exist_is_ignored() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 77

    assert prepare(file(scene(), exif=exif)).width == 640


def half(mode: str, left: Any, right: Any) -> Image.Image:
    image = Image.new(mode, (40, 20), left)
    image.paste(right, (20, 0, 40, 20))
    return image


def palette_with_a_hole() -> bytes:
    image = Image.new("P", (40, 20), 0)
    image.putpalette([*RED, 0, 0, 0])
    image.paste(1, (20, 0, 40, 20))
    return file(image, "PNG", transparency=1)


@pytest.mark.parametrize(
    "sent,left,right",
    [
        pytest.param(
            file(half("CMYK", (0, 255, 255, 0), (255, 255, 0, 0)), quality=95), (255, 0, 0), (0, 0, 255)
        ),
        pytest.param(file(half("I;16", 257 * 90, 257 * 200), "PNG"), (90, 90, 90), (200, 200, 200)),
        pytest.param(file(half("L", 90, 200), "PNG"), (90, 90, 90), (200, 200, 200)),
        pytest.param(file(half("1", 0, 1), "PNG"), (0, 0, 0), WHITE),
        pytest.param(palette_with_a_hole(), RED, WHITE),
        pytest.param(file(half("RGBA", (*BLUE, 255), (0, 0, 0, 0)), "PNG"), BLUE, WHITE),
        pytest.param(
            file(half("RGBA", (0, 0, 0, 128), (0, 0, 0, 0)), "WEBP", lossless=True), (127, 127, 127), WHITE
        ),
        pytest.param(file(half("LA", (90, 255), (90, 0)), "PNG"), (90, 90, 90), WHITE),
        pytest.param(file(half("RGB", BLUE, (1, 2, 3)), "PNG", transparency=(1, 2, 3)), BLUE, WHITE),
    ],
    ids=["cmyk", "16-bit", "grey", "1-bit", "palette", "rgba-png", "rgba-webp", "grey-alpha", "key-colour"],
)
def test_every_kind_of_colour_comes_out_as_it_looks(
    sent: bytes, left: tuple[int, int, int], right: tuple[int, int, int]
) -> None:
    large = opened(prepare(sent).large)

    assert large.mode == "RGB"
    assert_near(large.getpixel((8, 10)), left)
    assert_near(large.getpixel((32, 10)), right)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_of_an_animation_the_first_frame_is_kept(form: str) -> None:
    frames = [Image.new("RGB", (40, 20), colour) for colour in (RED, GREEN, BLUE)]
    sent = file(frames[0], form, save_all=True, append_images=frames[1:], lossless=True)
    assert opened(sent).n_frames == 3  # type: ignore[attr-defined]

    assert_near(opened(prepare(sent).large).getpixel((20, 10)), RED)


def test_of_a_phones_double_picture_the_main_one_is_kept() -> None:
    sent = file(
        Image.new("RGB", (80, 60), RED), "MPO", save_all=True, append_images=[Image.new("RGB", (8, 6))]
    )

    picture = prepare(sent)

    assert (picture.format, picture.width, picture.height) == ("JPEG", 80, 60)
    assert_near(opened(picture.large).getpixel((40, 30)), RED)
