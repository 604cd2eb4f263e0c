"""Births, deaths and moves: who lives where changes, and all that hangs on it with it."""

from app.moves.births import Birth, enter_birth
from app.moves.homes import HomeMove, OtherCommunityError, move_home
from app.moves.leaving import Leaving, LeftDayError, leave
from app.moves.residents import HomeOutOfReachError, Move, SameHomeError, come_back, move

__all__ = [
    "Birth",
    "HomeMove",
    "HomeOutOfReachError",
    "Leaving",
    "LeftDayError",
    "Move",
    "OtherCommunityError",
    "SameHomeError",
    "come_back",
    "enter_birth",
    "leave",
    "move",
    "move_home",
]
