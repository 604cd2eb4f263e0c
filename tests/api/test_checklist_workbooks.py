"""Checklists as workbooks: given out, changed in a spreadsheet, and read back into a draft."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy.orm import Session

from app.models import HazardCategory, HazardLevel, ItemKind
from app.own_data import word_for
from tests.checklist_world import (
    draft_body,
    draft_of,
    given,
    items_of,
    new_item,
    publish,
    published,
    refused,
    sent,
)
from tests.client import Client
from tests.hazard_world import write_checklist

_ODD = ["=1+1", "+86", "-5", "@SUM(A1)", "'quoted", "1e5", "0012", "行一\n行二", "<b>&amp;", "|竖线|a"]
"""What a spreadsheet might take for something else than words."""
_OPTIONS = [{"text": "好"}, {"text": "坏", "problem": True}]
ITEMS = [
    new_item(section="楼道", advice="先搬走\n再复查", source="消防法", deadline_days=2),
    new_item(
        "单选?", kind="single", required=False, options=[{"text": "好"}, {"text": "坏", "problem": True}]
    ),
    new_item("多选?", kind="multiple", options=[{"text": one} for one in ("甲|乙", "=丙", "12")]),
    new_item("几毫米", kind="number", unit="毫米", decimals=2, least=-0.5, most=2.25, level="major"),
    new_item("几个", kind="number", least=0),
    new_item("写一写", kind="text"),
    new_item("照几张", kind="photo", photos=3, category="facility"),
    *(new_item(f"{odd}", advice=odd, section=odd.replace("\n", "")) for odd in _ODD if "\n" not in odd),
    new_item("带换行的建议?", advice=_ODD[7]),
]


@pytest.fixture
def admin(be: Callable[[str], Client]) -> Client:
    return be("admin")


@pytest.fixture
def made(admin: Client) -> dict[str, Any]:
    return published(admin, draft_body(items=ITEMS))


def changed(data: bytes, change: Callable[[Worksheet], object]) -> bytes:
    """Open a workbook with another library, change its sheet of items, and save it."""
    book = load_workbook(BytesIO(data))
    change(book["检查项"])
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def test_a_workbook_of_headings_only_empties_no_draft(admin: Client, made: dict[str, Any]) -> None:
    draft = draft_of(admin)
    bare = changed(given(admin, made), lambda sheet: sheet.delete_rows(2, len(ITEMS)))

    assert refused(sent(admin, draft, bare)) == (422, "workbook_empty")
    assert items_of(admin.get(f"/v1/checklist-drafts/{draft['id']}").json) == items_of(draft)


def test_what_is_given_out_and_read_back_is_the_same(admin: Client, made: dict[str, Any]) -> None:
    draft = draft_of(admin)

    read = sent(admin, draft, given(admin, made))

    assert read.status_code == 200, read.text
    assert items_of(read.json) == items_of(made)
    assert read.json["revision"] == 2
    changes = admin.get(f"/v1/checklist-drafts/{draft['id']}/changes?since_id={made['id']}").json
    assert not any(changes.values())


def test_what_another_program_saved_is_read_the_same(admin: Client, made: dict[str, Any]) -> None:
    saved = changed(given(admin, made), lambda _: None)

    assert items_of(sent(admin, draft_of(admin), saved).json) == items_of(made)


def test_the_same_file_again_is_the_same_draft(admin: Client, made: dict[str, Any]) -> None:
    draft, data = draft_of(admin), given(admin, made)
    first = sent(admin, draft, data).json

    assert sent(admin, draft, data).json == first
    assert sent(admin, first, data).json == first
    other = sent(admin, draft, changed(data, lambda sheet: sheet.delete_rows(2)))
    assert refused(other) == (409, "draft_changed")


def test_a_new_row_gets_a_code_and_the_others_keep_theirs(admin: Client, made: dict[str, Any]) -> None:
    def add(sheet: Worksheet) -> None:
        sheet.insert_rows(2)
        for column, value in {3: "新的一条?", 4: "检查", 5: "是", 12: "一般", 13: "消防"}.items():
            sheet.cell(2, column, value)

    read = sent(admin, draft_of(admin), changed(given(admin, made), add)).json

    assert read["items"][0]["text"] == "新的一条?"
    assert items_of(read)[1:] == items_of(made)
    assert publish(admin, read)["version"] == 1


def test_a_code_given_twice_is_named_by_its_cells(admin: Client, made: dict[str, Any]) -> None:
    def repeat(sheet: Worksheet) -> None:
        sheet["A4"] = sheet["A2"].value

    answer = sent(admin, draft_of(admin), changed(given(admin, made), repeat))

    assert refused(answer) == (422, "invalid")
    assert sorted(answer.json["errors"]) == ["A2", "A4"]


def test_figures_kept_as_text_or_with_a_point_are_figures(admin: Client, made: dict[str, Any]) -> None:
    def spell(sheet: Worksheet) -> None:
        sheet["I5"], sheet["J5"], sheet["N2"], sheet["K8"] = "-0.5", " 2.25 ", 2.0, "3"

    assert items_of(sent(admin, draft_of(admin), changed(given(admin, made), spell)).json) == items_of(made)


def test_a_list_of_the_county_is_given_to_whoever_it_serves(
    session: Session, admin: Client, worker: Client
) -> None:
    above = write_checklist(session)

    read = sent(admin, draft_of(admin), given(worker, {"id": above.id})).json

    assert items_of(read) == items_of(admin.get(f"/v1/checklists/{above.id}").json)


def test_the_workbook_explains_itself_and_has_no_formula(admin: Client, made: dict[str, Any]) -> None:
    """S-152: every text is written as text, whatever it begins with."""
    book = load_workbook(BytesIO(given(admin, made)))

    sheet = book["检查项"]
    assert [cell.value for cell in sheet[1]][:5] == ["编号", "分组", "检查内容", "题型", "必填"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert [row[2].value for row in sheet.iter_rows(min_row=9, max_row=12)] == _ODD[:4]
    choices = {str(one.sqref): one.formula1 for one in sheet.data_validations.dataValidation}
    assert choices["D2:D61"] == '"检查,单选,多选,数字,文字,照片"'
    assert "公式" in "".join(str(cell.value) for row in book["填写说明"].iter_rows() for cell in row)


def test_the_words_are_those_of_every_other_page() -> None:
    from app.checklists import workbook  # noqa: PLC0415

    assert {one: word_for(one) for one in HazardCategory} == workbook.CATEGORY_WORDS
    assert {one: word_for(one) for one in HazardLevel} == workbook.LEVEL_WORDS
    assert set(workbook.KIND_WORDS) == set(ItemKind)


@pytest.mark.parametrize(
    "cell, value, named",
    [
        ("C2", None, "C2"),
        ("C2", "=A1&B1", "C2"),
        ("D2", "判断", "D2"),
        ("E2", "也许", "E2"),
        ("F2", "好\n坏", "F2"),
        ("F3", "只有一个", "F3"),
        ("I5", 9, "J5"),
        ("H5", 1.5, "H5"),
        ("J5", "很多", "J5"),
        ("K8", None, "K8"),
        ("L2", "很大", "L2"),
        ("M2", None, "M2"),
        ("N2", 0, "N2"),
        ("N2", "三天", "N2"),
        ("A2", "大写 A", "A2"),
        ("C2", "长" * 151, "C2"),
        ("C2", True, "C2"),
    ],
)
def test_what_is_wrong_is_named_by_its_cell_and_nothing_is_written(
    admin: Client, made: dict[str, Any], cell: str, value: Any, named: str
) -> None:
    draft = draft_of(admin)

    def spoil(sheet: Worksheet) -> None:
        sheet[cell] = value

    answer = sent(admin, draft, changed(given(admin, made), spoil))

    assert refused(answer) == (422, "invalid")
    assert list(answer.json["errors"]) == [named], answer.json
    assert all("请" in text or "字" in text for text in answer.json["errors"][named])
    assert admin.get(f"/v1/checklist-drafts/{draft['id']}").json == draft


def test_a_sheet_without_its_headings_or_with_too_many_rows_is_refused(
    admin: Client, made: dict[str, Any]
) -> None:
    draft, data = draft_of(admin), given(admin, made)

    def cut(sheet: Worksheet) -> None:
        sheet["D1"] = "类型"

    def lengthen(sheet: Worksheet) -> None:
        for row in range(2, 63):
            sheet.cell(row, 3, f"第{row}条?")

    headless = sent(admin, draft, changed(data, cut))
    assert refused(headless) == (422, "workbook_headings")
    assert "题型" in headless.json["title"]
    assert refused(sent(admin, draft, changed(data, lengthen))) == (422, "workbook_too_long")
    empty = BytesIO()
    Workbook().save(empty)
    assert refused(sent(admin, draft, empty.getvalue())) == (422, "workbook_headings")


def inline(data: bytes) -> bytes:
    """Write the items as LibreOffice may: words inside the cells, no shared strings, figures with a point."""
    old = load_workbook(BytesIO(data))["检查项"]
    rows = []
    for row in old.iter_rows():
        cells = []
        for cell in row:
            if isinstance(cell.value, int | float):
                cells.append(f'<c r="{cell.coordinate}"><v>{float(cell.value)}</v></c>')
            elif cell.value is not None:
                text = str(cell.value).replace("&", "&amp;").replace("<", "&lt;")
                words = f'<is><t xml:space="preserve">{text}</t></is>'
                cells.append(f'<c r="{cell.coordinate}" t="inlineStr">{words}</c>')
        rows.append(f'<row r="{row[0].row}">{"".join(cells)}</row>')
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{main}"><sheetData>{"".join(rows)}</sheetData></worksheet>'
    made = BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(made, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            target.writestr(name, sheet.encode() if name == "xl/worksheets/sheet1.xml" else part)
    return made.getvalue()


def test_words_inside_the_cells_are_read_like_shared_ones(admin: Client, made: dict[str, Any]) -> None:
    assert items_of(sent(admin, draft_of(admin), inline(given(admin, made))).json) == items_of(made)
