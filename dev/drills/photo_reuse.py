"""Photos sent again in every disguise, among 100,000 others: recognised in time, and no stranger."""

import hashlib
import io
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from statistics import median
from typing import TypeVar
from uuid import UUID

from PIL import Image
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.orm import Session

from app import migrating
from app.actors import VISITOR
from app.adapters import PhotoStore, local_store
from app.clock import now
from app.db import sessions_for, transaction
from app.evidence import compare, keep
from app.evidence.comparing import bands_of, look_alikes
from app.evidence.prints import CUTS_PERCENT, Print, Prints, prints_of
from app.ids import new_id
from app.models import MatchKind, PhotoMatch
from dev.drills.drill import Drill, Tell, hold
from dev.drills.ground import bare_ground
from dev.drills.photo_changes import CHANGES, changed
from dev.drills.scenes import scene_of

_P95_MS = 150.0
_TIMES = 60.0
"""How many plain reads of one row by its key a look-up may take in the short form, as medians."""
_PLAIN = text("SELECT edges FROM photo_prints WHERE photo_id = :id")
_Read = TypeVar("_Read")
_PIECES, _PIECE_BITS = 4, 16
_AT_ONCE = 5_000
_UNSEEN, _SMALL = 10_000, (160, 120)


@dataclass(frozen=True)
class Size:
    """How many pictures are drawn, and how many photos are there besides."""

    scenes: int
    others: int
    edge_px: int
    mixed_from: int
    """Drawn pictures of whose prints those of the others are put together: few make them too much alike."""
    is_timed: bool
    """Whether milliseconds count; else look-ups are held against plain reads made beside them, so that a
    busy machine slows both."""


FULL = Size(scenes=90, others=100_000, edge_px=960, mixed_from=600, is_timed=True)
SHORT = Size(scenes=8, others=3_000, edge_px=480, mixed_from=40, is_timed=False)


def photo_reuse(tell: Tell, size: Size = FULL) -> str:
    """Keep pictures among others, look for each of their disguises, and for strangers that are near."""
    scenes = [_scene(number, size) for number in range(size.scenes)]
    with bare_ground() as bare:
        engine = bare.engine
        with engine.connect() as connection:
            migrating.upgrade(connection)
            connection.commit()
        photos = _kept(engine, local_store(bare.photos), scenes)
        tell(f"{len(scenes)} pictures are kept")
        _add_others(engine, size.others, _drawn(size.mixed_from))
        tell(f"{size.others} others stand beside them")
        found, took_ms, plain_ms = _looked_up(engine, photos, scenes, tell)
    for name, (_, least) in CHANGES.items():
        share = found[name] / size.scenes
        hold(share >= least, f"{name}: {share:.0%} recognised, {least:.0%} are promised")
    pairs = size.scenes * (size.scenes - 1)
    p95 = sorted(took_ms)[int(len(took_ms) * 0.95)]
    times = median(took_ms) / median(plain_ms)
    if size.is_timed:
        hold(p95 < _P95_MS, f"a look-up took {p95:.0f} ms (95 %)")
    else:
        hold(times < _TIMES, f"a look-up took {times:.1f} plain reads")
    least = min(found[name] for name in CHANGES) / size.scenes
    told = f"{len(CHANGES)} changes, each recognised {least:.0%} or more"
    return f"{told}; 0 of {pairs} unrelated pairs; {p95:.0f} ms, {times:.1f} plain reads"


def _scene(number: int, size: Size) -> Image.Image:
    return scene_of(number, (size.edge_px, size.edge_px * 3 // 4))


def _kept(engine: Engine, store: PhotoStore, scenes: list[Image.Image]) -> list[UUID]:
    """Send each picture, and the first one twice: of all of them only these two may be one."""
    photos = [new_id() for _ in scenes]
    sent = [*zip(photos, scenes, strict=True), (new_id(), scenes[0])]
    for photo_id, scene in sent:
        with transaction(sessions_for(engine)()) as session:
            keep(session, store, VISITOR, photo_id, _jpeg(scene))
    with transaction(sessions_for(engine)()) as session:
        compare(session, store, limit=len(sent))
        matches = session.execute(select(PhotoMatch.kind, PhotoMatch.earlier_id)).all()
    expected = [(MatchKind.EXACT, photos[0])]
    hold([tuple(match) for match in matches] == expected, f"unrelated pictures were paired: {matches}")
    return photos


def _looked_up(
    engine: Engine, photos: list[UUID], scenes: list[Image.Image], tell: Tell
) -> tuple[Counter[str], list[float], list[float]]:
    """Look for each picture in each disguise; give how many were found, and how long each look took.

    Beside each, how long a plain read of one row of the same table takes.
    """
    found, known = Counter[str](), set(photos)
    took_ms, plain_ms = list[float](), list[float]()
    with Session(engine) as session:
        for number, (photo_id, scene) in enumerate(zip(photos, scenes, strict=True)):
            for name in CHANGES:
                prints = prints_of(changed(scene, name))
                assert prints is not None, "a scene shows something"
                near, one_ms = _timed(lambda: look_alikes(session, new_id(), prints))  # noqa: B023
                took_ms.append(one_ms)
                plain_ms.append(_timed(lambda: session.execute(_PLAIN, {"id": photo_id}).all())[1])  # noqa: B023
                found[name] += photo_id in near
                strangers = (known & set(near)) - {photo_id}
                hold(not strangers, f"picture {number}, {name}: taken for {len(strangers)} others")
            if number % 10 == 0:
                tell(f"{number} of {len(scenes)} pictures looked for in {len(CHANGES)} disguises")
    return found, took_ms, plain_ms


def _timed(read: Callable[[], _Read]) -> tuple[_Read, float]:
    began = time.perf_counter()
    near = read()
    return near, (time.perf_counter() - began) * 1000


def _drawn(count: int) -> list[Prints | None]:
    return [prints_of(scene_of(_UNSEEN + number, _SMALL)) for number in range(count)]


def _add_others(engine: Engine, count: int, drawn: list[Prints | None]) -> None:
    """Write prints of photos that nobody took, put together from pieces of drawn ones and as uneven."""
    pool = [one for prints in drawn if prints for one in prints.cut]
    rng = Random(3)
    with engine.begin() as connection:
        for _ in range(0, count, _AT_ONCE):
            _copy(connection, [_mixed(pool, rng) for _ in range(min(count, _AT_ONCE))])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE photo_prints"))


def _copy(connection: Connection, others: list[tuple[Print, ...]]) -> None:
    ids = [new_id() for _ in others]
    cursor = connection.connection.cursor()
    with cursor.copy("COPY photos (id, sha256, width, height, received_at, compared_at) FROM STDIN") as out:
        for photo_id in ids:
            out.write_row((photo_id, hashlib.sha256(photo_id.bytes).digest(), 9, 9, now(), now()))
    with cursor.copy("COPY photo_prints (photo_id, cut_percent, edges, waves, bands) FROM STDIN") as out:
        for photo_id, prints in zip(ids, others, strict=True):
            for percent, one in zip(CUTS_PERCENT, prints, strict=True):
                out.write_row((photo_id, percent, one.edges, one.waves, list(bands_of(one))))


def _mixed(pool: list[Print], rng: Random) -> tuple[Print, ...]:
    """Make the prints of one photo: those of its cut forms differ from the first in a few bits."""
    edges, waves = (
        sum(_piece(getattr(rng.choice(pool), kind), place) for place in range(_PIECES))
        for kind in ("edges", "waves")
    )
    return tuple(
        Print(_signed(edges ^ _noise(rng, percent)), _signed(waves ^ _noise(rng, percent)))
        for percent in CUTS_PERCENT
    )


def _piece(number: int, place: int) -> int:
    return number & ((1 << _PIECE_BITS) - 1) << place * _PIECE_BITS


def _noise(rng: Random, bits: int) -> int:
    return sum(1 << bit for bit in rng.sample(range(64), bits))


def _signed(number: int) -> int:
    number &= (1 << 64) - 1
    return number - (1 << 64) if number >> 63 else number


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


PHOTO_REUSE = Drill("photo-reuse", photo_reuse)
