"""Files sealed piece by piece: what comes out is what went in, or nothing."""

import secrets
from collections.abc import Iterator

import pytest

from app.config import Suite
from app.ids import new_id
from app.sealed_files import PIECE_BYTES, FileKey, SealingSink, opened
from app.sealing import TAG_BYTES, SealBrokenError

WHOLE = PIECE_BYTES + TAG_BYTES


class Kept:
    """A sink that keeps everything, and knows how much came at once."""

    def __init__(self) -> None:
        """Begin empty."""
        self.data = b""
        self.most = 0

    def write(self, data: bytes, /) -> int:
        """Take bytes."""
        self.data += data
        self.most = max(self.most, len(data))
        return len(data)


def sealed(data: bytes, key: FileKey, *, step: int = 300_000) -> Kept:
    kept = Kept()
    sink = SealingSink(kept, key)
    for start in range(0, len(data), step):
        sink.write(data[start : start + step])
    sink.close()
    return kept


def pieces(data: bytes, size: int = 700_001) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


@pytest.mark.parametrize("suite", list(Suite))
@pytest.mark.parametrize("length", [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES])
def test_what_was_sealed_comes_back(suite: Suite, length: int) -> None:
    key, data = FileKey.new(new_id(), suite), secrets.token_bytes(length)
    kept = sealed(data, key)

    assert b"".join(opened(pieces(kept.data), FileKey.parse(key.file_id, str(key)))) == data
    assert len(kept.data) == length + TAG_BYTES * max(1, -(-length // PIECE_BYTES))
    assert length < 64 or data[:64] not in kept.data
    assert kept.most <= WHOLE


@pytest.mark.parametrize(
    "parts", ["012+", "102", "02", "01", "01-", "", "changed"], ids=lambda parts: parts or "nothing"
)
def test_nothing_can_be_changed_moved_left_out_cut_off_or_added(parts: str) -> None:
    """S-76: what may be left of a file, or was tampered with, is not taken for the whole."""
    key = FileKey.new(new_id(), Suite.INTL)
    whole = sealed(secrets.token_bytes(2 * PIECE_BYTES + 5), key).data
    last = whole[2 * WHOLE :]
    told = {"0": whole[:WHOLE], "1": whole[WHOLE : 2 * WHOLE], "2": last, "+": b"\0", "-": last[:-1]}
    broken = bytes([whole[0] ^ 1]) + whole[1:]
    if parts != "changed":
        broken = b"".join(told[part] for part in parts)

    assert b"".join(opened(pieces(whole), key))
    with pytest.raises(SealBrokenError):
        list(opened(pieces(broken), key))


def test_another_files_key_and_another_files_name_open_nothing() -> None:
    key = FileKey.new(new_id(), Suite.INTL)
    data = sealed(b"abc", key).data

    for other in (FileKey.new(key.file_id, Suite.INTL), FileKey(new_id(), Suite.INTL, key.key)):
        with pytest.raises(SealBrokenError):
            list(opened(iter([data]), other))
