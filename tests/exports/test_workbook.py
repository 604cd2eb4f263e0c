"""What a workbook of the roster is, whatever stands in its cells."""

import io
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import pytest

from app.clock import SHANGHAI, end_of
from app.exports.workbook import CellValue, Deadline, Mark, write_workbook
from tests.export_world import opened, rows

MARK = Mark("张管理", datetime(2026, 11, 29, 1, 30, tzinfo=UTC), "给民政局核对名单", UUID(int=7))
TRICKS = [
    '=HYPERLINK("http://example.com","点这里")',
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
    "{=1+1}",
    "http://example.com/",
    "0012",
    "1e5",
]


def written(*lines: Sequence[CellValue], mark: Mark = MARK) -> bytes:
    file = io.BytesIO()
    assert write_workbook(file, mark, ["姓名"], lines, sheet="名册", note=lambda: "用完请删除") == len(lines)
    return file.getvalue()


def test_no_cell_is_a_formula_a_link_or_a_number() -> None:
    """S-152: text stays text, as it is read by a library that did not write it."""
    sheet = opened(written(*([text] for text in TRICKS))).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]

    assert [cell.value for cell in cells[3:]] == TRICKS
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.hyperlink for cell in cells] == [None] * len(cells)


def test_a_deadline_at_the_end_of_a_day_reads_as_that_day_and_stays_a_moment() -> None:
    """A heading says until when: the first minute of the next day would be read as a day more."""
    day, noon = date(2026, 12, 9), datetime.combine(date(2026, 12, 9), time(12), SHANGHAI)
    sheet = opened(written([Deadline(end_of(day))], [Deadline(noon)], [end_of(day)])).worksheets[0]
    late, at_noon, moment = (sheet.cell(row, 1) for row in (4, 5, 6))

    assert (str(late.value), late.number_format) == ("2026-12-09 23:59:59", 'yyyy-mm-dd" 24:00"')
    assert (str(at_noon.value), at_noon.number_format) == ("2026-12-09 12:00:00", "yyyy-mm-dd hh:mm")
    assert str(moment.value) == "2026-12-10 00:00:00"


def test_who_took_it_is_also_text_whatever_he_and_his_purpose_are_called() -> None:
    """S-152, S-153: neither begins a formula nor breaks the header of the page."""
    mark = Mark("=A&B" * 10, MARK.at, "=1+1 & 核对" * 20, MARK.export_id)
    sheet = opened(written(mark=mark)).worksheets[0]

    assert sheet["A1"].data_type == "s"
    assert mark.name in str(sheet["A1"].value)
    assert mark.purpose in str(sheet["A1"].value)
    assert len(mark.header) < 255
    assert "&" not in mark.header.removeprefix("&C&8").replace("&&", "")


def test_its_mark_is_seen_on_each_page_and_hidden_beside() -> None:
    """S-153: who, when, what for and which export: in the sheet, in print, and in the file's properties."""
    book: Any = opened(written(["王桂兰"]))
    sheet = book.worksheets[0]
    told = "导出人：张管理　时间：2026年11月29日09:30　用途：给民政局核对名单　编号：" + str(UUID(int=7))
    hidden: dict[str, Any] = {one.name: one.value for one in book.custom_doc_props.props}

    assert sheet["A1"].value == told
    assert sheet.oddHeader.center.text == told
    assert (sheet.print_title_rows, sheet.freeze_panes) == ("$1:$3", "A4")
    assert book.properties.creator == "张管理"
    assert book.properties.description == told
    assert book.properties.created == datetime(2026, 11, 29, 1, 30)  # noqa: DTZ001 - as the format has it
    assert hidden == {
        "export_id": str(UUID(int=7)),
        "exported_by": "张管理",
        "exported_at": "2026-11-29T01:30:00+00:00",
    }


@pytest.mark.parametrize("lines, table", [(0, "A3:B3"), (1, "A3:B4"), (3, "A3:B6")])
def test_its_rows_can_be_filtered_below_headings_that_stay(lines: int, table: str) -> None:
    """The filter begins at the headings, not at the mark above them, and ends with the last row."""
    file = io.BytesIO()
    rows_of = [["王桂兰", "新城第1网格"]] * lines
    write_workbook(file, MARK, ["姓名", "网格"], rows_of, sheet="名册", note=lambda: "用完请删除")
    book: Any = opened(file.getvalue())
    sheet = book.worksheets[0]

    assert (sheet.auto_filter.ref, sheet.freeze_panes) == (table, "A4")
    assert sheet.auto_filter.filterColumn == []
    assert not any(row.hidden for row in sheet.row_dimensions.values())


def test_it_can_be_read_and_printed_as_it_comes() -> None:
    """S-153: no number is cut by its neighbour, all columns are on one page of A4, and the mark is whole."""
    file = io.BytesIO()
    headings = ["姓名", "身份证号", "网格", "门牌"]
    line = ["王桂兰", "0" * 18, "新城第1网格", "1"]
    write_workbook(file, MARK, headings, [line], sheet="名册", note=lambda: "用完请删除")
    sheet: Any = opened(file.getvalue()).worksheets[0]
    width = {name: one.width for name, one in sheet.column_dimensions.items()}

    assert width["A"] < width["C"] < 18 < width["B"] < 21
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) in {(None, 0), (1, 0)}
    assert [str(one) for one in sheet.merged_cells.ranges] == ["A1:D1", "A2:D2"]
    needed = sum(2 if ord(sign) > 255 else 1 for sign in str(MARK)) / sum(width.values())
    assert sheet.row_dimensions[1].height >= 15 * needed
    assert sheet["A1"].alignment.wrap_text
    assert sheet.oddFooter.center.text == "第&P页，共&N页"


def test_nothing_of_it_lies_in_a_temporary_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """S-153: what is sealed in its place must not lie in clear beside it."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError

    for name in ("mkstemp", "mkdtemp", "TemporaryFile", "NamedTemporaryFile"):
        monkeypatch.setattr(tempfile, name, refuse)

    assert rows(written(["王桂兰"], ["李德福"])) == [["姓名"], ["王桂兰"], ["李德福"]]
