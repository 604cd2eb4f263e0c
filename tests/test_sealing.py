"""Sealed fields: what opens, what does not, and what an index tells."""

import secrets
from collections.abc import Mapping

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from app.config import Suite
from app.ids import new_id
from app.sealing import Cell, KeyGoneError, SealBrokenError, Sealer, key_of

KEYS = {"2026a": secrets.token_bytes(32), "2027a": secrets.token_bytes(32)}
INDEX_KEY = secrets.token_bytes(32)
CELL = Cell("residents", "phone_sealed", new_id())


def sealer(
    suite: Suite = Suite.INTL, active: str = "2026a", keys: Mapping[str, bytes] | None = None
) -> Sealer:
    ring = KEYS if keys is None else keys
    return Sealer(keys=ring, active=active, suite=suite, index_key=INDEX_KEY, index_suite=suite)


@given(text=st.text(max_size=300), suite=st.sampled_from(Suite))
def test_what_is_sealed_opens_where_it_stands(text: str, suite: Suite) -> None:
    """S-108, S-113: either suite, and either opens what the other sealed."""
    sealed = sealer(suite).seal(text, CELL)

    assert [sealer(other).open(sealed, CELL) for other in Suite] == [text, text]


@pytest.mark.parametrize("suite", Suite)
def test_a_sealed_text_shows_nothing_of_itself(suite: Suite) -> None:
    """S-108: no plaintext in the row, and two sealings of one text differ."""
    first, second = (sealer(suite).seal("13900001234", CELL) for _ in range(2))

    assert b"1390000" not in first
    assert first != second


@pytest.mark.parametrize("suite", Suite)
@pytest.mark.parametrize(
    "elsewhere",
    [
        Cell("residents", "phone_sealed", new_id()),
        Cell("residents", "id_number_sealed", CELL.row_id),
        Cell("users", "phone_sealed", CELL.row_id),
    ],
)
def test_a_value_moved_to_another_place_does_not_open(suite: Suite, elsewhere: Cell) -> None:
    """S-108: row, column and table are bound in."""
    sealed = sealer(suite).seal("13900001234", CELL)

    with pytest.raises(SealBrokenError):
        sealer(suite).open(sealed, elsewhere)


@pytest.mark.parametrize("suite", Suite)
def test_a_change_of_any_bit_is_found(suite: Suite) -> None:
    sealed = sealer(suite).seal("13900001234", CELL)

    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises((SealBrokenError, KeyGoneError)):
            sealer(suite).open(bytes(changed), CELL)
    for length in range(len(sealed)):
        with pytest.raises((SealBrokenError, KeyGoneError)):
            sealer(suite).open(sealed[:length], CELL)


def test_an_older_key_opens_and_a_destroyed_one_does_not() -> None:
    """S-111: values outlive a change of key, and nothing outlives its destruction."""
    old = sealer(active="2026a").seal("低保", CELL)
    new = sealer(active="2027a").seal("低保", CELL)
    left = sealer(active="2027a", keys={"2027a": KEYS["2027a"]})

    assert (key_of(old), key_of(new)) == ("2026a", "2027a")
    assert sealer(active="2027a").open(old, CELL) == "低保"
    assert [value.startswith(left.header()) for value in (old, new)] == [False, True]
    assert not new.startswith(sealer(Suite.GM, active="2027a").header()), "another suite has another"
    with pytest.raises(KeyGoneError, match="2026a"):
        left.open(old, CELL)


def test_a_nonce_is_never_used_twice() -> None:
    """S-110: the nonce stands behind version, suite and the key's name."""
    one, start = sealer(), 3 + len("2026a")
    nonces = {one.seal("", CELL)[start : start + 12] for _ in range(20_000)}

    assert len(nonces) == 20_000
    as_bits = [int.from_bytes(nonce) for nonce in nonces]
    ones = [sum(nonce >> place & 1 for nonce in as_bits) for place in range(96)]
    assert 9_000 < min(ones) <= max(ones) < 11_000, "each of the 96 bits is drawn, 14 deviations wide"


@pytest.mark.parametrize("suite", Suite)
def test_an_index_meets_its_equals_only(suite: Suite) -> None:
    """S-109: the same phone in two communities, or in two kinds of field, gives different values."""
    one = sealer(suite)
    here = one.index("phone", "421224100001", "13900001234")

    assert here == sealer(suite, active="2027a").index("phone", "421224100001", "13900001234")
    others = [
        one.index("phone", "421224100002", "13900001234"),
        one.index("id_number", "421224100001", "13900001234"),
        one.index("phone", "421224100001", "13900001235"),
    ]
    assert len({here, *others}) == 4


def test_the_suites_rest_on_the_standard_algorithms() -> None:
    """S-113: SM3 of "abc" and SM4 of the standard's example (GB/T 32905, GB/T 32907)."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(b"abc")
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    block = Cipher(algorithms.SM4(key), modes.ECB()).encryptor().update(key)  # noqa: S305 - one block of the standard

    assert digest.finalize().hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert block.hex() == "681edf34d206965e86b3e94f536e4246"
