"""One JSON line an event, to standard error: nothing that people sent is in it, and nothing can forge a line.

Everything but plain ASCII is escaped, so that no control sign, no text direction and no line separator of any
kind reaches a terminal or breaks a line. A fault is told as what it was and where it came from, without its
message: messages of faults quote what they choked on.
"""

import logging
import sys
import traceback
from typing import TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

_DEEPEST = 8
"""Causes of causes that are told."""
_CHATTY = ("fpdf", "fontTools")
"""Libraries that write lines of their own, some with words that people sent."""


def write_json_lines(level: int = logging.INFO, *, to: TextIO = sys.stderr) -> None:
    """Configure structlog for this process."""
    hush_libraries()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            tell_fault,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=to),
        cache_logger_on_first_use=True,
    )


def hush_libraries() -> None:
    """Keep libraries with loggers of their own out of the log."""
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def tell_fault(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Put in place of ``exc_info`` the kinds of the fault and its causes, and the lines they passed."""
    given = event.pop("exc_info", None)
    fault = sys.exc_info()[1] if given is True else given
    if isinstance(fault, BaseException):
        told: list[str] = []
        while fault is not None and len(told) < _DEEPEST:
            told.append(_without_words(fault))
            fault = fault.__cause__ or fault.__context__
        event["exception"] = told
    return event


def _without_words(fault: BaseException) -> str:
    """Give a fault's kind, what the database calls it, and where it came by."""
    kind = type(fault)
    state = getattr(fault, "sqlstate", None)
    constraint = getattr(getattr(fault, "diag", None), "constraint_name", None)
    named = " ".join(str(one) for one in (f"{kind.__module__}.{kind.__qualname__}", state, constraint) if one)
    frames = traceback.extract_tb(fault.__traceback__)
    return "\n".join([named, *(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)])
