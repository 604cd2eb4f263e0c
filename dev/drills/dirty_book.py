"""A workbook as it comes from a township, dirty in every way, and what should be found in each cell."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from stdnum.iso7064 import mod_11_2

HEADINGS = (
    "姓名",
    "楼 栋",
    "门牌号",
    "与户主的关系",
    "性别",
    "出生日期\n（年月日）",
    "身份证号码",
    "联系电话",
    "在家情况",
    "备注",
)
NAME, PLACE, DOOR, RELATION, SEX, BIRTH, ID, PHONE, PRESENCE = "ABCDEFGHI"
HEADING_ROW = 3
UNREAD = "J3"
"""The heading that nobody knows."""
SPARE_WORDS = ("甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸")


def id_number(birth: date, serial: int, *, man: bool = True) -> str:
    """Give an ID number of a region that there is not."""
    body = f"99{serial // 100:04}{birth:%Y%m%d}{serial % 100:02}{1 if man else 2}"
    return body + mod_11_2.calc_check_digit(body)


@dataclass(frozen=True)
class Plant:
    """What one row says otherwise than a clean one, and what must be found in it, by columns."""

    cells: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, set[str]] = field(default_factory=dict)
    remarks: dict[str, set[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class DirtyBook:
    """The file, what must be found in which cell, and which rows may be entered."""

    data: bytes
    found: dict[str, set[str]]
    clean: dict[int, str]
    """The names in the clean rows, by their numbers."""
    faulty: set[int]
    merged: int
    wards: set[int]
    """The clean rows of the sheet of guardians."""


BORN = date(1955, 3, 8)
_OTHER = date(1960, 1, 2)


def _wrong(number: str) -> str:
    """Give an ID number with another check sign."""
    return number[:-1] + ("1" if number[-1] != "1" else "2")


def plants(number: int) -> Sequence[Plant]:
    """Give a row for each way of being dirty, clean ones between."""

    def of(birth: date, serial: int, *, man: bool = True) -> str:
        return id_number(birth, 100 * number + serial, man=man)

    twice, home = of(BORN, 71), f"9单元{number}"
    return (
        Plant(
            {ID: of(BORN, 1), BIRTH: None, SEX: None},
            remarks={BIRTH: {"from_id"}, SEX: {"from_id"}},
        ),
        Plant({PHONE: "１３９０００００００１"}, remarks={PHONE: {"full_width"}}),
        Plant({BIRTH: "1955.3.8"}, remarks={BIRTH: {"date_as_text"}}),
        Plant({BIRTH: "1955年3月8日"}, remarks={BIRTH: {"date_as_text"}}),
        Plant({BIRTH: "19550308"}, remarks={BIRTH: {"date_as_text"}}),
        Plant({BIRTH: "１９５５／３／８"}, remarks={BIRTH: {"date_as_text", "full_width"}}),
        Plant({BIRTH: 20156}, remarks={BIRTH: {"date_as_number"}}),
        Plant({BIRTH: 19550308}, remarks={BIRTH: {"date_as_number"}}),
        Plant({BIRTH: BORN}),
        Plant({BIRTH: "1955-02-30"}, {BIRTH: {"not_a_date"}}),
        Plant({BIRTH: "一九五五年三月"}, {BIRTH: {"not_a_date"}}),
        Plant({BIRTH: 1955}, {BIRTH: {"not_a_date"}}),
        Plant({BIRTH: "55-3-8"}, {BIRTH: {"not_a_date"}}),
        Plant({BIRTH: "2199-01-01"}, {BIRTH: {"birth_date"}}),
        Plant({ID: twice}),
        Plant({ID: twice}, {ID: {"id_twice"}}),
        Plant({ID: _wrong(of(BORN, 2))}, {ID: {"id_check_digit"}}),
        Plant({ID: of(BORN, 3)[:15]}, {ID: {"id_form"}}),
        Plant({ID: of(_OTHER, 4)}, {ID: {"id_birth_date"}}),
        Plant({ID: of(BORN, 5, man=False)}, {ID: {"id_sex"}}),
        Plant({ID: 999900195503080000}, {ID: {"number_lost"}}),
        Plant({ID: "9.999E+17"}, {ID: {"number_lost"}}),
        Plant({ID: "９９" + of(BORN, 6)[2:]}, remarks={ID: {"full_width"}}),
        Plant({PHONE: 13900000002}, remarks={PHONE: {"number_cell"}}),
        Plant({PHONE: "1.39E+10"}, {PHONE: {"number_lost"}}),
        Plant({PHONE: "1390000000"}, {PHONE: {"phone_form"}}),
        Plant({PHONE: "139 0000-0003"}),
        Plant({PHONE: " 13900000004 "}, remarks={PHONE: {"spaces"}}),
        Plant({NAME: "=A4&A5"}, {NAME: {"formula"}}),
        Plant({BIRTH: "=DATE(1955,3,8)"}, {BIRTH: {"formula"}}),
        Plant({NAME: None}, {NAME: {"missing"}}),
        Plant({SEX: None}, {SEX: {"missing"}}),
        Plant({RELATION: "邻居"}, {RELATION: {"unknown_word"}}),
        Plant({SEX: "男的"}, {SEX: {"unknown_word"}}),
        Plant({PRESENCE: "外出务工"}),
        Plant({PLACE: "没有的楼"}, {PLACE: {"place_unknown"}}),
        Plant({BIRTH: "2020-05-01", ID: of(date(2020, 5, 1), 7)}, remarks={ID: {"minors_numbers"}}),
        Plant(),
        Plant({DOOR: home}),
        Plant({DOOR: home}, {RELATION: {"two_heads"}}),
        Plant({DOOR: home, RELATION: "妻子", SEX: "女"}),
    )


def dirty_book(place: str, *, number: int = 0) -> DirtyBook:
    """Make the workbook for a building; the same every time but for ``number``."""
    book = Workbook()
    del book["Sheet"]
    sheet: Worksheet = book.create_sheet("居民")
    sheet["A1"] = "安置社区居民登记表"
    sheet.merge_cells("A1:J1")
    sheet.append([])
    for place_of, heading in enumerate(HEADINGS, start=1):
        sheet.cell(HEADING_ROW, place_of, heading)
    found: dict[str, set[str]] = {}
    clean, faulty = {}, set()
    doors: dict[str, tuple[str, bool]] = {}
    row = HEADING_ROW
    for count, plant in enumerate(plants(number)):
        row += 2 if count % 7 == 6 else 1  # noqa: PLR2004 - an empty row now and then
        name = "人" + SPARE_WORDS[count // 10 % 10] + SPARE_WORDS[count % 10] + SPARE_WORDS[number % 10]
        cells = {
            NAME: name,
            PLACE: place,
            DOOR: f"8单元{number}{count:02}",
            RELATION: "户主",
            SEX: "男",
            BIRTH: BORN.isoformat(),
        } | plant.cells
        for column, value in cells.items():
            sheet[f"{column}{row}"] = value
        for column, codes in (*plant.faults.items(), *plant.remarks.items()):
            found[f"{column}{row}"] = found.get(f"{column}{row}", set()) | codes
        if plant.faults:
            faulty.add(row)
        else:
            clean[row] = name
            doors[name] = (cells[DOOR], "2020" in str(cells[BIRTH]))
    first = row + 2
    for offset in range(2):
        common = ((NAME, f"并{offset}"), (RELATION, "户主"), (SEX, "男"), (BIRTH, BORN.isoformat()))
        for column, value in common:
            sheet[f"{column}{first + offset}"] = value
        sheet[f"{DOOR}{first + offset}"] = f"7单元0{offset}"
        found[f"{PLACE}{first + offset}"] = {"merged"}
        faulty.add(first + offset)
    sheet[f"{PLACE}{first}"] = place
    sheet.merge_cells(f"{PLACE}{first}:{PLACE}{first + 1}")
    hidden = book.create_sheet("巡查计划")
    hidden.append(["计划名称", "检查表", "频率"])
    hidden.sheet_state = "hidden"
    book.create_sheet("说明").append(["由镇里收集"])
    wards = _guardians(book, place, doors, found, faulty)
    made = BytesIO()
    book.save(made)
    return DirtyBook(made.getvalue(), found, clean, faulty, first, wards)


_GUARDIANS = (
    "孩子姓名",
    "孩子楼栋",
    "孩子门牌",
    "孩子身份证号",
    "监护人姓名",
    "监护人楼栋",
    "监护人门牌",
    "监护人身份证号",
)
_GUARDIAN_HEADINGS = (*_GUARDIANS, "与孩子关系", "证明材料", "有效期至")
_FIRST_WARD = 201
"""Below all rows of people: no cell of the one sheet has the address of one of the other."""


def _guardians(
    book: Workbook,
    place: str,
    doors: dict[str, tuple[str, bool]],
    found: dict[str, set[str]],
    faulty: set[int],
) -> set[int]:
    """Write who answers for the child of the clean rows, dirty in every way; give the rows that are clean."""
    sheet: Worksheet = book.create_sheet("监护人")
    sheet.append(list(_GUARDIAN_HEADINGS))
    child = next(name for name, (_, is_child) in doors.items() if is_child)
    first, second, third = [name for name, (_, is_child) in doors.items() if not is_child][:3]
    wards: set[int] = set()
    plants = (
        Plant({"I": "爷爷"}),
        Plant(
            {"E": second, "G": doors[second][0], "K": "２０３０／５／１"},
            remarks={"K": {"date_as_text", "full_width"}},
        ),
        Plant({}, {"A": {"row_twice"}}),
        Plant({"A": None}, {"A": {"missing"}}),
        Plant({"A": "没有的人"}, {"A": {"person_unknown"}}),
        Plant({"D": "12345"}, {"D": {"id_form"}}),
        Plant({"E": "没有的人"}, {"E": {"person_unknown"}}),
        Plant({"E": child, "G": doors[child][0]}, {"E": {"guardian_minor"}}),
        Plant({"I": "邻居"}, {"I": {"unknown_word"}}),
        Plant({"J": "=A1"}, {"J": {"formula"}}),
        Plant({"J": "户"}, {"J": {"proof_short"}}),
        Plant({"E": third, "G": doors[third][0], "K": "2199-01-01"}, {"K": {"guardian_until"}}),
        Plant({"E": third, "G": doors[third][0], "K": "明年"}, {"K": {"not_a_date"}}),
    )
    for row, plant in enumerate(plants, start=_FIRST_WARD):
        cells = {"A": child, "B": place, "C": doors[child][0], "E": first, "F": place, "G": doors[first][0]}
        for column, value in (cells | {"I": "祖父母或外祖父母", "J": "户口本"} | plant.cells).items():
            sheet[f"{column}{row}"] = value
        for column, codes in (*plant.faults.items(), *plant.remarks.items()):
            found[f"{column}{row}"] = codes
        (faulty if plant.faults else wards).add(row)
    return wards
