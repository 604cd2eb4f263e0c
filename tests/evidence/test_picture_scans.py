"""How long it takes to judge a JPEG of many passes, or of what looks like them."""

from app.evidence.pictures import MAX_SCANS, prepare
from tests.cpu import least_cpu_s
from tests.evidence.photos import file, opened, scene

PICTURE = file(scene(160, 120))


def filled(length: int) -> bytes:
    """Write the picture with a run of filling bytes between its head and its pixels.

    A comment holds what looks like more passes than are borne, so that they are counted.
    """
    comment = b"\xff\xda" * (MAX_SCANS + 1)
    pixels = PICTURE.index(b"\xff\xda")
    segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2) + comment
    return PICTURE[:pixels] + segment + b"\xff" * length + b"\x00" + PICTURE[pixels:]


def took_s(data: bytes) -> float:
    """Give the CPU time of preparing a picture; the best of three."""
    return least_cpu_s(lambda: prepare(data))


def test_filling_bytes_change_nothing_of_the_picture() -> None:
    """S-123: such a picture is a right one: it is counted, decoded and kept."""
    data = filled(8_000)

    assert opened(data).tobytes() == opened(PICTURE).tobytes()
    assert prepare(data).large == prepare(PICTURE).large


def test_filling_bytes_are_passed_over_in_linear_time() -> None:
    """S-123: eight times as many take not sixty-four times as long, as by squares, nor a quarter."""
    short_s, long_s = took_s(filled(4_000)), took_s(filled(32_000))

    assert long_s < 16 * short_s
