"""Taking data out of the installation in bulk: exports of a community's roster."""

from app.exports.asking import (
    ROWS_MOST,
    NewExport,
    RosterTooBigError,
    ask_export,
    export_of,
    exports,
)
from app.exports.files import (
    LIFE,
    SENDING,
    ExportFile,
    ExportNotReadyError,
    ExportOverError,
    end_exports,
    export_file,
    make_export,
    waiting_exports,
)
from app.models import RosterColumn, RosterExport

__all__ = [
    "LIFE",
    "ROWS_MOST",
    "SENDING",
    "ExportFile",
    "ExportNotReadyError",
    "ExportOverError",
    "NewExport",
    "RosterColumn",
    "RosterExport",
    "RosterTooBigError",
    "ask_export",
    "end_exports",
    "export_file",
    "export_of",
    "exports",
    "make_export",
    "waiting_exports",
]
