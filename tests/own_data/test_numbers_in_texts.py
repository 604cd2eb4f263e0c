"""Whether somebody's number stands in a text, whosever it is."""

from datetime import date

import pytest

from app.cli.seed.naming import id_number
from app.models import Sex
from app.own_data import holds_a_number

MOBILE = "1" + "3" * 10
IN_PARTS = f"{MOBILE[:3]} {MOBILE[3:7]} {MOBILE[7:]}"
ID_NUMBER = id_number(date(1990, 1, 1), Sex.MALE, 7)
WIDE = str.maketrans("0123456789Xx+", "０１２３４５６７８９Ｘｘ＋")


@pytest.mark.parametrize(
    "number",
    [
        MOBILE,
        IN_PARTS,
        IN_PARTS.replace(" ", "-"),
        IN_PARTS.replace(" ", "."),
        f"86{MOBILE}",
        f"+86{MOBILE}",
        f"+86 {IN_PARTS}",
        f"0086-{MOBILE}",
        f"0715-2363000 {MOBILE}",
        ID_NUMBER,
        ID_NUMBER.lower(),
        f"{ID_NUMBER[:6]} {ID_NUMBER[6:14]} {ID_NUMBER[14:]}",
        f"0715-2363000 {ID_NUMBER}",
    ],
)
def test_a_number_is_found_however_it_is_written(number: str) -> None:
    assert holds_a_number(f"王主任{number}")
    assert holds_a_number(f"王主任 {number.translate(WIDE)}，请打")


@pytest.mark.parametrize(
    "text",
    [
        "社区办公室 0715-2363000",
        "值班室 010-63000000 转 8013",
        "信用代码 " + "123456789" * 2,
        f"编号 {ID_NUMBER[:-1]}{(int(ID_NUMBER[-1].replace('X', '5')) + 1) % 10}",
        "工作群 " + "12345678901",
        f"单号 {MOBILE}3",
        "2026.11.30，咸应急〔2026〕18号，1-3号楼",
    ],
)
def test_other_figures_are_none(text: str) -> None:
    assert not holds_a_number(text)
