"""Whether somebody's number stands in a text, whosever it is."""

from datetime import date
from time import process_time

import pytest

from app.cli.seed.naming import id_number
from app.models import Sex
from app.people.numbers_in_texts import holds_a_number, without_numbers

MOBILE = "1" + "3" * 10
OTHER = "1" + "5820" + "0" * 6
IN_PARTS = f"{MOBILE[:3]} {MOBILE[3:7]} {MOBILE[7:]}"
ID_NUMBER = id_number(date(1990, 1, 1), Sex.MALE, 7)
OLD_ID_NUMBER = "422302" + ID_NUMBER[8:17]
MISTYPED = f"422302{date(1990, 1, 1):%Y%m%d}0154"
"""Its check sign would be another."""
WIDE = str.maketrans("0123456789Xx+", "０１２３４５６７８９Ｘｘ＋")
CHINESE = str.maketrans("0123456789", "〇一二三四五六七八九")
RINGED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
SPOKEN = str.maketrans("0123456789", "零幺二三四五六七八九")
RINGED_CHINESE = str.maketrans("0123456789", "〇㊀㊁㊂㊃㊄㊅㊆㊇㊈")
SPOKEN_OTHERWISE = str.maketrans("0123456789", "洞么两三四五六拐八勾")
FORMAL = str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")
GAPS = [
    "/",
    "，",
    ",",
    "、",
    "_",
    "＿",
    ".",
    "·",
    "。",
    "-",
    "—",
    "   ",
    "\n",
    " \n\n ",
    "　",
    " - ",
    "|",
    "；",
    "\\",
    "*",
    "＊",
    "~",
    "～",
    "：",
    "+",
    "#",
    "→",
    "ー",
    "😀",
    "㊟",
    "\ufe0f",
    " * * ",
]
"""What people, or who wants to get round a rule, put between the groups of a number."""


def grouped(number: str, gap: str, *sizes: int) -> str:
    """Write a number in groups of these sizes, the last one with the rest."""
    groups, at = [], 0
    for size in sizes:
        groups.append(number[at : at + size])
        at += size
    return gap.join([*groups, number[at:]])


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
        f"0{MOBILE}",
        f"0715-2363000 {MOBILE}",
        f"{MOBILE[:3]}（{MOBILE[3:7]}）{MOBILE[7:]}",
        grouped(MOBILE, "-", 3, 3),
        grouped(MOBILE, " ", 4, 4),
        grouped(MOBILE, " ", 7),
        grouped(OTHER, " ", 3, 2, 2, 2),
        grouped(OTHER, "-", 1, 3, 3),
        grouped(OTHER, " ", 2, 2, 2, 2, 2),
        MOBILE.translate(CHINESE),
        OTHER.translate(SPOKEN),
        OTHER.translate(FORMAL),
        "、".join(OTHER.translate(CHINESE)),
        OTHER.translate(RINGED_CHINESE),
        OTHER.translate(SPOKEN_OTHERWISE),
        grouped(OTHER.translate(SPOKEN), "和", 3, 4),
        *[grouped(OTHER, gap, 3, 4) for gap in ("和", "与", " 再加 ", "，再", "杠")],
        grouped("138456" + "78990", "、", 5),
        grouped("138456" + "78990", "，", 6),
        grouped("138" + "402" + "02503", "、", 3, 4),
        f"138、1234、{5678}、3号楼",
        IN_PARTS.translate(CHINESE),
        MOBILE[:3] + MOBILE[3:].translate(CHINESE),
        MOBILE[:3] + MOBILE[3:4].translate(RINGED) + MOBILE[4:],
        OTHER.translate(RINGED),
        grouped(OTHER, "*", 3, 2, 2, 2),
        *[grouped(OTHER, gap, 4, 4) for gap in GAPS],
        *[grouped(OTHER, gap, 3) for gap in GAPS],
        *[grouped(OTHER, gap, 7) for gap in GAPS],
        ID_NUMBER,
        ID_NUMBER.lower(),
        grouped(ID_NUMBER, " ", 6, 8),
        grouped(ID_NUMBER, "-", 6, 4, 4),
        ID_NUMBER.translate(CHINESE),
        f"0715-2363000 {ID_NUMBER}",
        MISTYPED,
        grouped(MISTYPED, " ", 6, 8),
        grouped(MISTYPED, "、", 6, 8),
        MISTYPED.translate(CHINESE),
        OLD_ID_NUMBER,
        grouped(OLD_ID_NUMBER, " ", 6, 6),
        OLD_ID_NUMBER.translate(SPOKEN),
        *[grouped(OTHER, gap, 3, 4) for gap in GAPS],
        *[gap.join(OTHER) for gap in GAPS],
        *[grouped(ID_NUMBER, gap, 6, 8) for gap in GAPS],
    ],
)
def test_a_number_is_found_however_it_is_written(number: str) -> None:
    for text in (f"王主任{number}", f"王主任 {number.translate(WIDE)}，请打", f"张三{number}号码是他的"):
        assert holds_a_number(text), text


@pytest.mark.parametrize(
    "text",
    [
        # offices' numbers
        "社区办公室 0715-2363000",
        "值班室 010-63000000 转 8013",
        "火警119、急救120，社区2363000、2363001",
        # numbers of documents, firms, orders and standards
        "信用代码 " + "123456789" * 2,
        f"编号 {ID_NUMBER[:-1]}{(int(ID_NUMBER[-1].replace('X', '5')) + 1) % 10}",
        f"编号 {MISTYPED[:6]}20251130{MISTYPED[14:]}",
        f"编号 {MISTYPED[:6]}19901330{MISTYPED[14:]}",
        f"编号 99{MISTYPED[2:]}",
        "工作群 " + "12345678901",
        f"单号 {MOBILE}3",
        "咸应急〔2026〕18号、鄂建安许字[2019]015678",
        "GB 13495.1-2015、GB/T 13869-2017、GB 50016-2014",
        "旧注册号 420000000012345",
        "《消防法》第十六条、第二十八条、第六十条",
        # days and hours
        "2026.11.30，咸应急〔2026〕18号，1-3号楼",
        "2026.1.30-2026.12.15，2026/11/13、2026/12/14",
        "二〇二六年一月三十日至二〇二七年一月三日",
        "13.30-15.30、16.30-18.30",
        "2026-11-13 13:30—2026-11-14 18:30",
        # doors
        "1、3、5、6、7、8、9、10、11号楼",
        "13、14、15、16、17、18号",
        "1、30、31、32、33、34号",
        "1-302、3-1204、15号楼",
        "1302、1303、304号堵塞",
        "1302、1303、304堵塞",
        "1301、1302、303三户",
        "1501,1502,203房",
        "1502；2203；304房间",
        "1302、1303、304住户",
        "1301、1302、303等三户",
        "1302/2303/304住户",
        "“1301”“1302”“303”",
        "①1302②1303③304",
        "131、12、13、14、15",
        "1-3-302、2-3-1402",
        "131、1402、1503室",
        "131、1402、1503",
        "131和1402和1503",
        "1402，2503，139",
        "一单元一零一、一单元一零二、二单元一零一",
        "三栋、四栋、五栋、六栋、七栋、八栋、九栋、十栋、十一栋",
        # sums and measures
        "共需13,800,000,000元",
        "预算138,000,000.50",
        "1380/1200/300毫米",
        "150/95、160/100",
        "宽1.35米、高1.80米，间距13.5厘米",
        "1500、1600、180元",
        "155、1600、1700、1800毫米",
        "宽155、1600、1700毫米",
        "13800、150000",
        "什么三个一五八二〇",
        "1500/1600/180的管道",
        "1500×1600×180的管道",
        "150×1800×2400的门板",
        "16×1800×12000的钢板",
        "1800、1900、200人",
        "1800、2900、205人",
        "1350㎡、2200㎡、315㎡",
        "13800+150000元",
        "1380.5、1500.50",
    ],
)
def test_other_figures_are_none(text: str) -> None:
    assert not holds_a_number(text)
    assert without_numbers(text, "…") == text


@pytest.mark.parametrize(
    "text, left",
    [
        (f"打{MOBILE}找他，{ID_NUMBER}。", "打…找他，…。"),
        (f"张三{MOBILE}一楼", "张三…一楼"),
        (f"张三{MOBILE.translate(CHINESE)}", "张三…"),
        (f"打+86 {IN_PARTS}、{grouped(OTHER, '/', 3, 4)}。", "打+86 …、…。"),
        (f"打86{MOBILE}或{grouped(OTHER, ' ', 3, 4)}", "打…或…"),
        (f"{grouped(ID_NUMBER, ' ', 6, 8).translate(WIDE)}，3楼", "…，3楼"),
        (f"证{OLD_ID_NUMBER}的", "证…的"),
        (f"{IN_PARTS}米师傅", "…米师傅"),
        (f"{IN_PARTS.replace(' ', '-')}室内", "…室内"),
        (f"{grouped(OTHER, ' ', 3)}人都认得", "…人都认得"),
        (f"{'.'.join(OTHER)}米", "…米"),
        (f"{MOBILE.translate(CHINESE)}{OTHER.translate(SPOKEN)}", "……"),
        (f"张三{MOBILE.translate(CHINESE)}或李四{OTHER.translate(FORMAL)}一楼", "张三…或李四…一楼"),
        (f"张三{MOBILE[:3]}{MOBILE[3:].translate(CHINESE)}一楼", "张三…一楼"),
        (f"三{ID_NUMBER.translate(CHINESE)}一楼", "三…一楼"),
        ("3楼堆了13袋水泥，15号前清走", "3楼堆了13袋水泥，15号前清走"),
    ],
)
def test_nothing_but_the_numbers_is_left_out(text: str, left: str) -> None:
    assert without_numbers(text, "…") == left


@pytest.mark.parametrize(
    "piece",
    [
        "1X",
        "一三1 8、",
        "1 3",
        "1、",
        "1 3 8.",
        MOBILE,
        MOBILE.translate(CHINESE),
        "86-",
        "0086",
        "字",
        "一",
        "1-3-8-0-",
        "X",
        "1、" + " " * 19,
        "1" + "*" * 30,
    ],
)
def test_four_times_as_long_a_text_takes_no_more_than_eight_times_as_long(piece: str) -> None:
    short, long = ((piece * (signs // len(piece) + 1))[:signs] for signs in (10_000, 40_000))

    slowest_s = 8 * _quickest_s(short) + _NOISE_S
    assert _quickest_s(long) < slowest_s, "of what grows by the square it would be sixteen times"


_NOISE_S = 0.05
"""By so much the machine may be slower once; a square of so many signs takes seconds."""


def _quickest_s(text: str) -> float:
    """Read it several times: something else on the machine takes time of some, hardly of all."""
    times = []
    for _ in range(7):
        began = process_time()
        without_numbers(text, "…")
        times.append(process_time() - began)
    return min(times)
