import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from obstore.store import MemoryStore

from app.adapters import (
    CopyMissingError,
    PhotoConflictError,
    PhotoMissingError,
    PhotoStore,
    bucket_store,
    local_store,
    photo_key,
)
from app.ids import new_id
from tests.adapters.s3 import new_bucket, running_s3

PHOTO = UUID("01912d68-783e-7a03-8467-5661c1243ad4")
KEY = photo_key(PHOTO, "large")


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    with running_s3() as endpoint:
        yield endpoint


@pytest.fixture(params=["folder", "memory", "bucket", "bucket with prefix"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> PhotoStore:
    if request.param == "memory":
        return PhotoStore(MemoryStore())
    if request.param == "folder":
        return local_store(tmp_path / "photos")
    prefix = "gongdi/photos" if request.param.endswith("prefix") else ""
    return bucket_store(new_bucket(request.getfixturevalue("s3"), f"photos-{new_id()}", prefix))


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_key_says_the_photo_and_the_copy() -> None:
    assert photo_key(PHOTO, "large") == "d4/3a/01912d68-783e-7a03-8467-5661c1243ad4-large.jpg"
    assert photo_key(PHOTO, "thumb") == "d4/3a/01912d68-783e-7a03-8467-5661c1243ad4-thumb.jpg"


def test_what_was_put_is_got(store: PhotoStore) -> None:
    assert store.put(KEY, b"pixels") is True
    assert store.get(KEY) == b"pixels"


def test_the_same_again_is_fine_and_not_new(store: PhotoStore) -> None:
    store.put(KEY, b"pixels")

    assert store.put(KEY, b"pixels") is False
    assert store.get(KEY) == b"pixels"


def test_other_bytes_never_replace_what_is_there(store: PhotoStore) -> None:
    store.put(KEY, b"pixels")

    with pytest.raises(PhotoConflictError):
        store.put(KEY, b"forged")
    assert store.get(KEY) == b"pixels"


def test_of_twenty_at_once_one_is_new(store: PhotoStore) -> None:
    data = os.urandom(200_000)
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: store.put(KEY, data), range(20)))

    assert sorted(answers) == [False] * 19 + [True]
    assert store.get(KEY) == data


def test_what_is_not_there_is_a_missing_file(store: PhotoStore) -> None:
    with pytest.raises(PhotoMissingError) as refusal:
        store.get(KEY)
    assert isinstance(refusal.value, FileNotFoundError)


def test_a_deleted_photo_is_gone_and_may_be_deleted_again(store: PhotoStore) -> None:
    store.put(KEY, b"pixels")
    store.delete(KEY)
    store.delete(KEY)

    with pytest.raises(PhotoMissingError):
        store.get(KEY)
    assert store.put(KEY, b"pixels") is True


@pytest.mark.parametrize(
    "key",
    [
        "",
        "../../etc/passwd",
        "/etc/passwd",
        "d4/3a/../../../01912d68-783e-7a03-8467-5661c1243ad4-large.jpg",
        f"../{KEY}",
        f"/{KEY}",
        f"{KEY}/..",
        f"{KEY}\n",
        f"{KEY}\0.png",
        KEY.replace("/", "\\"),
        KEY.replace("d4/", "%2e%2e/"),
        KEY.replace("large", "huge"),
        KEY.replace(".jpg", ".php"),
        KEY.upper(),
    ],
)
def test_only_keys_made_here_are_taken(store: PhotoStore, key: str) -> None:
    """S-145: no name of a person's reaches the disk or the bucket."""
    for act in (store.get, store.delete, lambda bad: store.put(bad, b"pixels")):
        with pytest.raises(ValueError, match="not a photo's key"):
            act(key)
    assert list(store.older_than(datetime.now(UTC) + timedelta(days=1))) == []


def test_old_files_are_listed_and_young_ones_are_not(tmp_path: Path) -> None:
    store = local_store(tmp_path)
    old, young = photo_key(PHOTO, "large"), photo_key(PHOTO, "thumb")
    for key in (old, young):
        store.put(key, b"pixels")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    os.utime(tmp_path / old, (yesterday.timestamp(), yesterday.timestamp()))

    assert list(store.older_than(yesterday + timedelta(hours=1))) == [old]
    assert list(store.older_than(yesterday - timedelta(hours=1))) == []


def test_a_photo_is_old_once_its_time_is_past(store: PhotoStore) -> None:
    store.put(KEY, b"pixels")

    assert list(store.older_than(datetime.now(UTC) - timedelta(hours=1))) == []
    assert list(store.older_than(datetime.now(UTC) + timedelta(minutes=1))) == [KEY]


def test_copies_lie_beside_photos_and_are_none(store: PhotoStore) -> None:
    store.put(KEY, b"pixels")
    for copies in (store.copies, store.exports):
        with copies.writer(PHOTO) as sink:
            for _ in range(3):
                sink.write(b"sealed" * 1_000_000)
        assert b"".join(copies.pieces(PHOTO)) == b"sealed" * 3_000_000

    assert list(store.older_than(datetime.now(UTC) + timedelta(minutes=1))) == [KEY]
    store.copies.delete(PHOTO)
    store.copies.delete(PHOTO)
    with pytest.raises(CopyMissingError):
        store.copies.pieces(PHOTO)
    assert b"".join(store.exports.pieces(PHOTO)) == b"sealed" * 3_000_000


def test_two_prefixes_of_one_bucket_know_nothing_of_each_other(s3: str) -> None:
    bucket = new_bucket(s3, f"photos-{new_id()}", "one")
    one, other = bucket_store(bucket), bucket_store(replace(bucket, prefix="other"))
    one.put(KEY, b"pixels")

    assert list(other.older_than(datetime.now(UTC) + timedelta(minutes=1))) == []
    with pytest.raises(PhotoMissingError):
        other.get(KEY)


def test_all_of_many_files_are_listed(store: PhotoStore) -> None:
    keys = {photo_key(UUID(int=number), "thumb") for number in range(1_200)}
    for key in keys:
        store.put(key, b"")

    listed = list(store.older_than(datetime.now(UTC) + timedelta(days=1)))
    assert len(listed) == 1_200
    assert set(listed) == keys


def test_a_strangers_file_in_the_folder_is_never_named(tmp_path: Path) -> None:
    store = local_store(tmp_path)
    (tmp_path / "README.txt").write_text("not ours")

    assert list(store.older_than(datetime.now(UTC) + timedelta(days=1))) == []


def test_the_folder_holds_whole_files_only_and_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "photos"
    store = local_store(folder)
    store.put(KEY, b"pixels")
    store.put(KEY, b"pixels")

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert files_in(folder) == [KEY]


def test_a_link_in_the_folder_is_not_written_through(tmp_path: Path) -> None:
    store, outside = local_store(tmp_path / "photos"), tmp_path / "outside"
    target = tmp_path / "photos" / KEY
    target.parent.mkdir(parents=True)
    target.symlink_to(outside)

    with pytest.raises(PhotoMissingError):
        store.put(KEY, b"pixels")
    assert not outside.exists()


def test_a_store_opened_again_still_has_its_photos(tmp_path: Path) -> None:
    local_store(tmp_path).put(KEY, b"pixels")

    assert local_store(tmp_path).get(KEY) == b"pixels"
