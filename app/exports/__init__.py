"""Taking data out of the installation in bulk: files for one person, and those of a community's roster."""

from app.exports.asking import (
    ROWS_MOST,
    ExportOpenError,
    NewExport,
    RosterTooBigError,
    ask_export,
)
from app.exports.ending import SENDING, end_exports, end_over
from app.exports.files import (
    LIFE,
    ExportFailedError,
    ExportFile,
    ExportNotReadyError,
    ExportOverError,
    export_file,
)
from app.exports.kinds import ExportKind
from app.exports.making import (
    IN_WORDS,
    MADE_WITHIN,
    PAUSES,
    begin_export,
    make_export,
    waiting_exports,
)
from app.exports.reading import export_of, exports
from app.exports.roster import ROSTER
from app.exports.rows import HEADINGS, PRESENCE_WORDS, RELATION_WORDS, SEX_WORDS, rows_by_area
from app.exports.workbook import CellValue, Deadline, Mark, Picture, write_workbook
from app.models import ExportFailure, ExportState, RosterColumn, RosterExport

__all__ = [
    "HEADINGS",
    "IN_WORDS",
    "LIFE",
    "MADE_WITHIN",
    "PAUSES",
    "PRESENCE_WORDS",
    "RELATION_WORDS",
    "ROSTER",
    "ROWS_MOST",
    "SENDING",
    "SEX_WORDS",
    "CellValue",
    "Deadline",
    "ExportFailedError",
    "ExportFailure",
    "ExportFile",
    "ExportKind",
    "ExportNotReadyError",
    "ExportOpenError",
    "ExportOverError",
    "ExportState",
    "Mark",
    "NewExport",
    "Picture",
    "RosterColumn",
    "RosterExport",
    "RosterTooBigError",
    "ask_export",
    "begin_export",
    "end_exports",
    "end_over",
    "export_file",
    "export_of",
    "exports",
    "make_export",
    "rows_by_area",
    "waiting_exports",
    "write_workbook",
]
