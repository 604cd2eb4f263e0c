import io

import pytest
import zxingcpp
from PIL import Image

from app.typesetting import qr_png

URL = "https://gongdi.example.cn/q/17KQ2M9XA4TBC3.9fk2ls8d"


def drawn(size_px: int) -> Image.Image:
    return Image.open(io.BytesIO(qr_png(URL, size_px))).convert("L")


def read(image: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(image)]


@pytest.mark.parametrize("size_px", [45, 100, 300, 777, 1200])
def test_another_decoder_reads_the_code_at_any_size(size_px: int) -> None:
    image = drawn(size_px)

    assert image.size == (size_px, size_px)
    assert read(image.resize((900, 900), Image.Resampling.NEAREST)) == [URL]


def test_a_fifth_of_the_code_may_be_gone() -> None:
    image = drawn(450)
    image.paste(128, (200, 200, 360, 330))

    assert read(image) == [URL]


def test_modules_are_whole_pixels_with_a_white_rim() -> None:
    image = drawn(460)  # 45 modules of 10 px, 5 px left over on each side

    colours = image.getcolors()
    assert colours is not None
    assert {colour for _, colour in colours} == {0, 255}
    ink = image.point(lambda value: 255 - value).getbbox()
    assert ink == (45, 45, 415, 415)
    block = image.crop((5, 5, 455, 455))
    assert block == block.resize((45, 45), Image.Resampling.NEAREST).resize(
        (450, 450), Image.Resampling.NEAREST
    )


def test_too_small_a_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="45 px"):
        qr_png(URL, 44)
