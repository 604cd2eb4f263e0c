"""Births, deaths and moves, and what becomes of whole households: who lives where, and what hangs on it."""

from app.moves.births import Birth, enter_birth
from app.moves.closing import Closing, PointsTo, close, preview_closing
from app.moves.homes import HomeMove, OtherCommunityError, move_home
from app.moves.leaving import Leaving, LeftDayError, leave
from app.moves.likely import Alike, OneRowError, TwoIds, likely_duplicates, say_two
from app.moves.likeness import Counted, Likeness
from app.moves.merging import Merge, merge, preview_merge
from app.moves.outlook import Outlook, Placed
from app.moves.presence import (
    BackDayError,
    HomePresence,
    NewPresence,
    set_presence,
    set_presence_of_home,
)
from app.moves.residents import HomeOutOfReachError, Move, SameHomeError, come_back, move
from app.moves.same_person import SamePerson, make_one, preview_likeness
from app.moves.splitting import Split, preview_split, split
from app.moves.undoing import preview_undoing, undo

__all__ = [
    "Alike",
    "BackDayError",
    "Birth",
    "Closing",
    "Counted",
    "HomeMove",
    "HomeOutOfReachError",
    "HomePresence",
    "Leaving",
    "LeftDayError",
    "Likeness",
    "Merge",
    "Move",
    "NewPresence",
    "OneRowError",
    "OtherCommunityError",
    "Outlook",
    "Placed",
    "PointsTo",
    "SameHomeError",
    "SamePerson",
    "Split",
    "TwoIds",
    "close",
    "come_back",
    "enter_birth",
    "leave",
    "likely_duplicates",
    "make_one",
    "merge",
    "move",
    "move_home",
    "preview_closing",
    "preview_likeness",
    "preview_merge",
    "preview_split",
    "preview_undoing",
    "say_two",
    "set_presence",
    "set_presence_of_home",
    "split",
    "undo",
]
