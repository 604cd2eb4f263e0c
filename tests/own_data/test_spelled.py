"""Somebody's numbers are found in a text however they are spelled, and in no longer number."""

import re
from time import process_time

import hypothesis.strategies as st
import pytest
from hypothesis import given

from app.own_data.spelled import GAPS, spellings, without

PHONE, ID_NUMBER = "13800700009", "11010519491231002X"
WANTED = spellings({PHONE, ID_NUMBER})
WIDE = {ord(sign): ord(sign) - ord("0") + ord("０") for sign in "0123456789"} | {ord("X"): "ｘ"}
gaps = st.text(
    alphabet="".join(filter(re.compile(f"[{GAPS}]").fullmatch, map(chr, range(0x10000)))), max_size=3
)
beside = st.text(alphabet=st.characters(exclude_categories=["Nd", "Cs"], exclude_characters=f"+xXＸｘ{GAPS}"))


@st.composite
def spelled(draw: st.DrawFn, number: str) -> str:
    """Write a number as people do: each sign wide or not, with gaps between."""
    signs = [draw(st.sampled_from([sign, sign.translate(WIDE), sign.lower()])) for sign in number]
    return signs[0] + "".join(draw(gaps) + sign for sign in signs[1:])


@given(before=beside, after=beside, number=spelled(PHONE) | spelled(ID_NUMBER))
def test_a_number_is_found_in_every_spelling(before: str, after: str, number: str) -> None:
    """S-78: and nothing beside it goes."""
    assert without(f"{before}{number}{after}", WANTED, "…") == f"{before}…{after}"


@given(
    number=spelled(PHONE) | spelled(ID_NUMBER), digit=st.sampled_from("0123456789０９"), first=st.booleans()
)
def test_a_longer_number_is_another(number: str, digit: str, *, first: bool) -> None:
    longer = f"9{number}" if first else number + digit

    assert without(longer, WANTED, "…") == longer


@given(text=st.text())
def test_a_text_without_his_numbers_stays_as_it_is(text: str) -> None:
    assert without(text, WANTED, "…") == text


@pytest.mark.parametrize(
    "text, kept",
    [
        ("打+86 138-0070-0009。", "打…。"),
        ("打＋８６（138）0070 0009", "打…"),
        ("打0086-13800700009", "打…"),
        ("打8613800700009或86-13800700009", "打…或…"),
        ("打013800700009", "打…"),
        ("住86 13800700009", "住86 …"),
        ("2栋-13800700009、12 13800700009", "2栋-…、12 …"),
        ("13800700009，13900700009", "…，13900700009"),
        ("证110105 19491231 002x。", "证…。"),
        ("证１１０１０５１９４９１２３１００２Ｘ", "证…"),
        ("卡6222138007000091", "卡6222138007000091"),
        ("第1 3 8 次", "第1 3 8 次"),
        ("138，0070，0009", "138，0070，0009"),
    ],
)
def test_how_people_write(text: str, kept: str) -> None:
    assert without(text, WANTED, "…") == kept


@pytest.mark.parametrize("piece", ["1 3 8.", "13800700008", "86-", "0086", "字", "1-3-8-0-0-7-0-0-0-8 "])
def test_a_long_text_is_read_quickly(piece: str) -> None:
    """A million signs, the worst there are."""
    text = (piece * (1_000_000 // len(piece) + 1))[:1_000_000]
    began = process_time()

    assert without(text, WANTED, "…") == text
    assert process_time() - began < 2
