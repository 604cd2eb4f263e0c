"""Births, deaths and moves: who lives where changes, and all that hangs on it with it."""

from app.moves.births import Birth, enter_birth
from app.moves.homes import HomeMove, OtherCommunityError, move_home
from app.moves.leaving import Leaving, LeftDayError, leave
from app.moves.presence import (
    BackDayError,
    HomePresence,
    NewPresence,
    set_presence,
    set_presence_of_home,
)
from app.moves.residents import HomeOutOfReachError, Move, SameHomeError, come_back, move

__all__ = [
    "BackDayError",
    "Birth",
    "HomeMove",
    "HomeOutOfReachError",
    "HomePresence",
    "Leaving",
    "LeftDayError",
    "Move",
    "NewPresence",
    "OtherCommunityError",
    "SameHomeError",
    "come_back",
    "enter_birth",
    "leave",
    "move",
    "move_home",
    "set_presence",
    "set_presence_of_home",
]
