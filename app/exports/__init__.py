"""Taking data out of the installation in bulk: exports of a community's roster."""

from app.exports.asking import (
    ROWS_MOST,
    ExportOpenError,
    NewExport,
    RosterTooBigError,
    ask_export,
    export_of,
    exports,
)
from app.exports.ending import SENDING, end_exports
from app.exports.files import (
    LIFE,
    ExportFailedError,
    ExportFile,
    ExportNotReadyError,
    ExportOverError,
    export_file,
)
from app.exports.making import (
    IN_WORDS,
    MADE_WITHIN,
    PAUSES,
    begin_export,
    make_export,
    waiting_exports,
)
from app.exports.rows import HEADINGS, rows_by_area
from app.models import ExportFailure, ExportState, RosterColumn, RosterExport

__all__ = [
    "HEADINGS",
    "IN_WORDS",
    "LIFE",
    "MADE_WITHIN",
    "PAUSES",
    "ROWS_MOST",
    "SENDING",
    "ExportFailedError",
    "ExportFailure",
    "ExportFile",
    "ExportNotReadyError",
    "ExportOpenError",
    "ExportOverError",
    "ExportState",
    "NewExport",
    "RosterColumn",
    "RosterExport",
    "RosterTooBigError",
    "ask_export",
    "begin_export",
    "end_exports",
    "export_file",
    "export_of",
    "exports",
    "make_export",
    "rows_by_area",
    "waiting_exports",
]
