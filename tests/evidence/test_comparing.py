"""Photos looked up among all others: what is found, and what is not."""

from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app.actors import Actor
from app.adapters import PhotoStore, local_store, photo_key
from app.evidence import compare, forget, keep
from app.evidence.prints import prints_of
from app.ids import new_id
from app.models import MatchKind, Photo, PhotoMatch, PhotoPrint
from dev.drills.photo_changes import CHANGES, are_near, changed
from dev.drills.scenes import scene_of
from tests.cast import acting
from tests.evidence.photos import file

WORKER, FAR_WORKER = acting("worker"), acting("far_worker")


@pytest.fixture
def store(tmp_path: Path) -> PhotoStore:
    return local_store(tmp_path / "photos")


def sent(session: Session, store: PhotoStore, image: Image.Image, who: Actor = WORKER) -> Photo:
    return keep(session, store, who, new_id(), file(image))[0]


def found(session: Session, store: PhotoStore) -> list[tuple[object, object, MatchKind]]:
    """Compare whatever is pending; give the pairs there are."""
    compare(session, store, limit=100)
    rows = session.scalars(select(PhotoMatch).order_by(PhotoMatch.id))
    return [(row.photo_id, row.earlier_id, row.kind) for row in rows]


def test_the_same_bytes_are_found_whoever_sends_them(session: Session, store: PhotoStore) -> None:
    """S-175: exact reuse across people and sites."""
    first = sent(session, store, scene_of(1))
    again = sent(session, store, scene_of(1), FAR_WORKER)

    assert found(session, store) == [(again.id, first.id, MatchKind.EXACT)]


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_photo_is_found(session: Session, store: PhotoStore, change: str) -> None:
    """S-175: each kind of change, across people and sites."""
    first = sent(session, store, scene_of(2))
    sent(session, store, scene_of(3))
    other = sent(session, store, changed(scene_of(2), change), FAR_WORKER)

    assert found(session, store) == [(other.id, first.id, MatchKind.LIKELY)]


def test_a_pair_is_found_once_whichever_is_looked_up_first(session: Session, store: PhotoStore) -> None:
    first = sent(session, store, scene_of(4))
    second = sent(session, store, changed(scene_of(4), "mirrored"))
    pair = [(second.id, first.id, MatchKind.LIKELY)]
    assert found(session, store) == pair
    first.compared_at = None
    session.flush()

    assert found(session, store) == pair
    assert compare(session, store, limit=100) == 0, "nothing is pending"


def test_what_shows_nothing_is_not_taken_for_anything_else(session: Session, store: PhotoStore) -> None:
    wall = Image.effect_noise((640, 480), 8).convert("RGB")
    dark = Image.new("RGB", (640, 480), (6, 6, 8))
    for image in (wall, dark, Image.new("RGB", (480, 640), (7, 6, 8))):
        sent(session, store, image)

    assert found(session, store) == []
    assert session.scalars(select(PhotoPrint.photo_id)).all() == []


def test_prints_and_pairs_go_with_their_photo(session: Session, store: PhotoStore) -> None:
    first = sent(session, store, scene_of(5))
    sent(session, store, changed(scene_of(5), "resized"))
    assert len(found(session, store)) == 1

    forget(session, store, [first.id])

    assert session.scalars(select(PhotoMatch.id)).all() == []
    assert first.id not in session.scalars(select(PhotoPrint.photo_id)).all()


def test_a_photo_whose_file_is_gone_holds_up_no_other(session: Session, store: PhotoStore) -> None:
    first = sent(session, store, scene_of(6))
    store.delete(f"{first.id.hex[-2:]}/{first.id.hex[-4:-2]}/{first.id}-thumb.jpg")
    sent(session, store, scene_of(7))

    assert compare(session, store, limit=100) == 2


def test_a_photo_whose_file_is_damaged_holds_up_no_other(
    session: Session, store: PhotoStore, tmp_path: Path
) -> None:
    """Its bytes are compared all the same, and the log names it for whoever restores it."""
    damaged = sent(session, store, scene_of(6))
    same = sent(session, store, scene_of(6))
    path = tmp_path / "photos" / photo_key(damaged.id, "thumb")
    path.write_bytes(path.read_bytes()[:2000])
    other = sent(session, store, scene_of(7))

    with capture_logs() as logs:
        assert compare(session, store, limit=100) == 3
    pairs = session.execute(select(PhotoMatch.photo_id, PhotoMatch.earlier_id, PhotoMatch.kind)).all()
    printed = set(session.scalars(select(PhotoPrint.photo_id)))

    assert [tuple(one) for one in pairs] == [(same.id, damaged.id, MatchKind.EXACT)]
    assert printed == {same.id, other.id}
    assert [(one["event"], one["photo_id"]) for one in logs] == [("photo_not_compared", str(damaged.id))]


def test_unrelated_photos_are_not_near() -> None:
    """S-175: the long form of it is the drill ``photo-reuse``."""
    prints = [prints_of(scene_of(number, (320, 240))) for number in range(200, 240)]
    near = [
        (one, other)
        for one, mine in enumerate(prints)
        for other, its in enumerate(prints)
        if one != other and mine and its and are_near(mine, its)
    ]

    assert near == []
