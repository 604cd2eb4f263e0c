"""CPU of making photos safe and known again, beside decoding and encoding the same ones by Pillow alone."""

import io
import time
from collections.abc import Callable
from functools import partial

from PIL import Image

from app.evidence.pictures import LARGE_QUALITY, prepare
from app.evidence.prints import prints_of
from bench.figures import Figure
from bench.plan import Plan
from dev.drills.scenes import scene_of

SIZES = {"photos_1600": (1600, 1200), "photos_12mp": (4000, 3000)}
_CAMERA_QUALITY = 90
_AMONG = 100
"""How many photos a figure is for."""


def measure(plan: Plan) -> list[Figure]:
    """Measure in this process, each size by photos of its own scenes, each photo by both in turn."""
    return [_measured(name, size, plan.photos) for name, size in SIZES.items()]


def _measured(name: str, size: tuple[int, int], count: int) -> Figure:
    _kept(_sent(scene_of(count)))  # what is loaded and put together once is no photo's
    kept_s = bare_s = 0.0
    for number in range(count):
        sent = _sent(scene_of(number, size))
        kept_s += _cpu_s(partial(_kept, sent))
        bare_s += _cpu_s(partial(_coded, sent))
    share = _AMONG / count
    return Figure(name, kept_s * share, "s/100", bare_s * share, "decoded and encoded s")


def _sent(image: Image.Image) -> bytes:
    """Give the file as a phone sends it."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_CAMERA_QUALITY)
    return out.getvalue()


def _kept(sent: bytes) -> None:
    """Do what an upload does, and the job that comes later and takes the prints of the thumbnail."""
    picture = prepare(sent)
    with Image.open(io.BytesIO(picture.thumb), formats=["JPEG"]) as thumb:
        prints_of(thumb)


def _coded(sent: bytes) -> None:
    with Image.open(io.BytesIO(sent), formats=["JPEG"]) as image:
        image.save(io.BytesIO(), "JPEG", quality=LARGE_QUALITY)


def _cpu_s(work: Callable[[], None]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
