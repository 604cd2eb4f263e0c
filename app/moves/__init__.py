"""Births, deaths and moves, and what becomes of whole households: who lives where, and what hangs on it."""

from app.moves.births import Birth, enter_birth
from app.moves.closing import Closing, PointsTo, close, preview_closing
from app.moves.homes import HomeMove, OtherCommunityError, move_home
from app.moves.leaving import Leaving, LeftDayError, leave
from app.moves.outlook import Outlook
from app.moves.presence import (
    BackDayError,
    HomePresence,
    NewPresence,
    set_presence,
    set_presence_of_home,
)
from app.moves.residents import HomeOutOfReachError, Move, SameHomeError, come_back, move
from app.moves.undoing import preview_undoing, undo

__all__ = [
    "BackDayError",
    "Birth",
    "Closing",
    "HomeMove",
    "HomeOutOfReachError",
    "HomePresence",
    "Leaving",
    "LeftDayError",
    "Move",
    "NewPresence",
    "OtherCommunityError",
    "Outlook",
    "PointsTo",
    "SameHomeError",
    "close",
    "come_back",
    "enter_birth",
    "leave",
    "move",
    "move_home",
    "preview_closing",
    "preview_undoing",
    "set_presence",
    "set_presence_of_home",
    "undo",
]
