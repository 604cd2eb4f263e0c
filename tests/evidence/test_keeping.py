"""Files and rows of photos together: what a crash leaves, and what the nightly sweep removes."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from app.actors import VISITOR
from app.adapters import PhotoMissingError, PhotoStore, local_store, photo_key
from app.clock import now
from app.errors import OtherContentError
from app.evidence import keep, old_files, sweep_orphans
from app.ids import new_id
from app.models import Photo
from tests.cast import acting
from tests.evidence.photos import file, scene

DATA, OTHER = file(scene(300, 200)), file(scene(200, 300))
WORKER = acting("worker")


@pytest.fixture
def store(tmp_path: Path) -> PhotoStore:
    return local_store(tmp_path / "photos")


def soon() -> datetime:
    """Give a moment after everything this test stores."""
    return now() + timedelta(minutes=1)


def swept(session: Session, store: PhotoStore, older_than: datetime, *, size: int = 100) -> list[int]:
    """Sweep the whole store; give how many files went in each batch."""
    return [sweep_orphans(session, store, keys) for keys in old_files(store, older_than, size=size)]


def crash(session: Session, store: PhotoStore, photo_id: UUID, data: bytes = DATA) -> None:
    """Keep a photo and die before the commit."""
    with session.begin_nested() as inner:
        keep(session, store, WORKER, photo_id, data)
        inner.rollback()


def has_files(store: PhotoStore, photo_id: UUID) -> bool:
    try:
        return bool(store.get(photo_key(photo_id, "large")) and store.get(photo_key(photo_id, "thumb")))
    except PhotoMissingError:
        return False


def test_a_crash_leaves_files_that_the_sweep_removes(session: Session, store: PhotoStore) -> None:
    """S-149: files of an upload that was interrupted go with the next sweep, those of a photo stay."""
    kept, lost = new_id(), new_id()
    keep(session, store, WORKER, kept, DATA)
    crash(session, store, lost)
    assert has_files(store, lost)

    removed = swept(session, store, soon())

    assert (removed, has_files(store, lost), has_files(store, kept)) == ([2], False, True)
    assert swept(session, store, soon()) == [0]


def test_young_files_are_spared_for_their_row_may_be_on_its_way(session: Session, store: PhotoStore) -> None:
    crash(session, store, photo_id := new_id())

    assert swept(session, store, now() - timedelta(hours=1)) == []
    assert has_files(store, photo_id)


def test_a_sweep_goes_through_the_store_once_in_batches(
    session: Session, store: PhotoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        crash(session, store, new_id())
    walks = []
    older_than = store.older_than

    def walk(moment: datetime) -> Iterator[str]:
        walks.append(moment)
        return older_than(moment)

    monkeypatch.setattr(store, "older_than", walk)

    assert swept(session, store, soon(), size=4) == [4, 2]
    assert len(walks) == 1


def test_an_upload_repeated_after_a_crash_finds_its_files(session: Session, store: PhotoStore) -> None:
    """S-149: sent again under its id it is one photo."""
    crash(session, store, photo_id := new_id())

    photo, made = keep(session, store, WORKER, photo_id, DATA)

    assert (photo.id, made, has_files(store, photo_id)) == (photo_id, True, True)


def test_other_bytes_left_from_a_crash_give_way(session: Session, store: PhotoStore) -> None:
    crash(session, store, photo_id := new_id(), OTHER)
    stale = store.get(photo_key(photo_id, "large"))

    photo, _ = keep(session, store, WORKER, photo_id, DATA)

    assert (photo.width, photo.height) == (300, 200)
    assert store.get(photo_key(photo_id, "large")) != stale


def test_a_visitors_photo_is_his_own_by_its_content(session: Session, store: PhotoStore) -> None:
    photo_id = new_id()

    assert keep(session, store, VISITOR, photo_id, DATA)[1] is True
    assert keep(session, store, VISITOR, photo_id, DATA)[1] is False
    with pytest.raises(OtherContentError):
        keep(session, store, WORKER, photo_id, DATA)


def test_a_sweep_beside_an_upload_spares_its_files(engine: Engine, store: PhotoStore) -> None:
    photo_id = new_id()
    with Session(engine) as uploading, Session(engine) as sweeping:
        keep(uploading, store, WORKER, photo_id, DATA)
        assert swept(sweeping, store, soon()) == [0]
        sweeping.commit()
        uploading.commit()
        try:
            assert swept(sweeping, store, soon()) == [0]
            assert has_files(store, photo_id)
        finally:
            uploading.execute(delete(Photo).where(Photo.id == photo_id))
            uploading.commit()
