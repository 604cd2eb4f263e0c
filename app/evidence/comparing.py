"""Looking each photo up among all others, right after it arrived: what is found waits for a person.

Two prints are near if they differ in few bits. Going through all of them would take time with each photo, so
those of edges are stored in pieces of 16 bits under an index: of two that differ in at most seven bits, one
of the four pieces is the same or differs in one bit, and all such pieces are few enough to ask for. The
prints of waves stand beside them to be compared; their pieces would bring many more rows and hardly a find.
"""

import io
from collections.abc import Iterator
from uuid import UUID

import structlog
from PIL import Image
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Values,
    cast,
    column,
    func,
    select,
    values,
)
from sqlalchemy.dialects.postgresql import ARRAY, BIT, insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.adapters import PhotoMissingError, PhotoStore, photo_key
from app.clock import now
from app.evidence.pictures import DAMAGE
from app.evidence.prints import CUTS_PERCENT, Print, Prints, prints_of
from app.ids import new_id
from app.models import MatchKind, Photo, PhotoMatch, PhotoPrint

EDGES_APART = 12
WAVES_APART = 18
"""How many bits of 64 may differ in both prints: no pair of thousands of unrelated pictures comes near."""
MOST_MATCHES = 20
"""Of one photo and one kind: who sends a picture for the hundredth time is seen by less."""
_BAND_BITS, _BANDS = 16, 4
_MASK = (1 << 64) - 1

log = structlog.get_logger()


def compare(session: Session, store: PhotoStore, *, limit: int) -> int:
    """Look up photos that were not compared yet, the oldest first; give how many.

    Nothing follows from what is found. Scanning the same photo twice finds nothing twice.
    """
    pending = (
        select(Photo)
        .where(Photo.compared_at.is_(None), Photo.quarantine.is_(None))
        .order_by(Photo.received_at, Photo.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    photos = session.scalars(pending).all()
    for photo in photos:
        _keep(session, photo, MatchKind.EXACT, _same_bytes(session, photo))
        prints = _prints(store, photo.id)
        if prints is not None:
            store_prints(session, photo.id, prints)
            _keep(session, photo, MatchKind.LIKELY, look_alikes(session, photo.id, prints))
        photo.compared_at = now()
    session.flush()
    return len(photos)


def look_alikes(session: Session, photo_id: UUID, prints: Prints) -> list[UUID]:
    """Give the photos whose stored prints are near one of these, the nearest first."""
    asked = _asked((*prints.turned, *prints.cut[1:]))
    edges = _apart(PhotoPrint.edges, asked.c.edges)
    waves = _apart(PhotoPrint.waves, asked.c.waves)
    query = (
        select(PhotoPrint.photo_id)
        .join(asked, PhotoPrint.bands.op("&&", is_comparison=True)(asked.c.bands))
        .where(PhotoPrint.photo_id != photo_id, edges <= EDGES_APART, waves <= WAVES_APART)
        .group_by(PhotoPrint.photo_id)
        .order_by(func.min(edges + waves), PhotoPrint.photo_id)
        .limit(MOST_MATCHES)
    )
    return list(session.scalars(query))


def _same_bytes(session: Session, photo: Photo) -> list[UUID]:
    same = select(Photo.id).where(
        Photo.sha256 == photo.sha256,
        Photo.id != photo.id,
        Photo.quarantine.is_(None),
        Photo.is_signature.is_(False),
    )
    return list(session.scalars(same.order_by(Photo.received_at, Photo.id).limit(MOST_MATCHES)))


def _prints(store: PhotoStore, photo_id: UUID) -> Prints | None:
    """Take the prints of a stored photo; None of one that shows nothing, or whose file is gone or damaged."""
    try:
        file = store.get(photo_key(photo_id, "thumb"))
    except PhotoMissingError:
        return None
    try:
        with Image.open(io.BytesIO(file), formats=["JPEG"]) as image:
            return prints_of(image)
    except DAMAGE as error:
        log.warning("photo_not_compared", photo_id=str(photo_id), error=type(error).__name__)
        return None


def store_prints(session: Session, photo_id: UUID, prints: Prints) -> None:
    """Write down what a photo is found by."""
    rows = [
        {
            "photo_id": photo_id,
            "cut_percent": percent,
            "edges": one.edges,
            "waves": one.waves,
            "bands": list(bands_of(one)),
        }
        for percent, one in zip(CUTS_PERCENT, prints.cut, strict=True)
    ]
    session.execute(insert(PhotoPrint).values(rows).on_conflict_do_nothing())


def _keep(session: Session, photo: Photo, kind: MatchKind, others: list[UUID]) -> None:
    """Write down each pair once, whichever of the two was looked up first; what is exact stays so."""
    if not others:
        return
    found = session.execute(select(Photo.id, Photo.received_at).where(Photo.id.in_(others)))
    mine = (photo.received_at, photo.id)
    rows = []
    for other_id, received_at in found:
        later, earlier = (photo.id, other_id) if (received_at, other_id) < mine else (other_id, photo.id)
        rows.append(
            {"id": new_id(), "photo_id": later, "earlier_id": earlier, "kind": kind, "found_at": now()}
        )
    session.execute(insert(PhotoMatch).values(rows).on_conflict_do_nothing())


def _asked(prints: tuple[Print, ...]) -> Values:
    """Give the prints to look for as a table: a row for each piece, with all that a near one may have there.

    One row for all pieces of a print finds the same and takes many times longer: the index looks at every
    piece that was asked for with each row that has one of them.
    """
    columns = column("edges", BigInteger), column("waves", BigInteger), column("bands", ARRAY(Integer))
    rows = [(one.edges, one.waves, _near(band)) for one in prints for band in bands_of(one)]
    return values(*columns, name="asked").data(rows)


def bands_of(one: Print) -> Iterator[int]:
    """Cut the print of edges into pieces, each marked with its place."""
    for place in range(_BANDS):
        yield place << _BAND_BITS | (one.edges & _MASK) >> _BAND_BITS * place & (1 << _BAND_BITS) - 1


def _near(band: int) -> list[int]:
    return [band, *(band ^ 1 << bit for bit in range(_BAND_BITS))]


def _apart(stored: InstrumentedAttribute[int], asked: ColumnElement[int]) -> ColumnElement[int]:
    """Count in SQL the bits in which two prints differ."""
    return func.bit_count(cast(stored.op("#")(asked), BIT(64)), type_=Integer)
