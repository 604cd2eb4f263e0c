"""A settlement entered from one workbook: checked cell by cell, then entered as far as it is wanted."""

from app.imports.applying import AT_ONCE, apply_some, put_off
from app.imports.asking import (
    LIFE,
    Chosen,
    ImportOpenError,
    ImportRowsError,
    apply_import,
    cancel_import,
    end_imports,
    import_of,
    send_workbook,
)
from app.imports.checking import (
    begin_check,
    end_check,
    judge,
    keep_rows,
    read_import,
    waiting_imports,
)
from app.imports.findings import Finding, Found
from app.imports.listings import Counted, Shown, counted, import_rows, imports
from app.imports.reading import Book, read_book
from app.imports.scene import Judged
from app.imports.sheets import MOST_ROWS
from app.imports.template import template
from app.models import (
    ImportFailure,
    ImportOutcome,
    ImportRowState,
    ImportSheet,
    ImportState,
    RosterImport,
)

FAILURE_WORDS = {
    ImportFailure.FAULT: "系统出了问题，试了几次都没有查完，请告诉系统管理员，修好后重新传",
    ImportFailure.UNREADABLE: "这个文件打不开，请另存成 .xlsx 再传",
    ImportFailure.TOO_LONG: f"行数超过了{MOST_ROWS}行，请分成几个文件传",
    ImportFailure.NO_SHEET: "里面没有您能导入的表，请下载模板，照着填",
    ImportFailure.NO_FUNCTION: "您已经不管这个社区，不能再导入，请找现在的管理员",
}
"""Why a workbook was not checked, and what to do."""

__all__ = [
    "AT_ONCE",
    "FAILURE_WORDS",
    "LIFE",
    "MOST_ROWS",
    "Book",
    "Chosen",
    "Counted",
    "Finding",
    "Found",
    "ImportFailure",
    "ImportOpenError",
    "ImportOutcome",
    "ImportRowState",
    "ImportRowsError",
    "ImportSheet",
    "ImportState",
    "Judged",
    "RosterImport",
    "Shown",
    "apply_import",
    "apply_some",
    "begin_check",
    "cancel_import",
    "counted",
    "end_check",
    "end_imports",
    "import_of",
    "import_rows",
    "imports",
    "judge",
    "keep_rows",
    "put_off",
    "read_book",
    "read_import",
    "send_workbook",
    "template",
    "waiting_imports",
]
