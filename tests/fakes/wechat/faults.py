"""What is to go wrong, by path: a sequence of steps, or a probability drawn from the seed."""

from dataclasses import dataclass
from random import Random
from typing import Any

BEFORE = {
    "busy", "errcode", "timeout", "refuse", "html_502", "empty", "redirect", "huge_redirect", "huge",
    "status",
}  # fmt: skip
"""Kinds that strike before the call is worked on."""
AFTER = {
    "lost", "drip", "slow", "reset", "truncated", "half_json", "wrong_type", "gzip", "gzip_bomb", "bom",
    "not_utf8", "not_an_object", "bad_header", "bad_chunk",
}  # fmt: skip
"""Kinds that spoil the answer of a call that was worked on: a code is spent, a message is out."""


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong."""

    kind: str
    errcode: int = -1
    """Of kind ``errcode``."""
    status: int = 500
    """Of kind ``status``."""
    seconds: float = 30.0
    """How long ``timeout`` and ``slow`` wait, and ``drip`` takes from byte to byte."""
    size: int = 30 * 1024 * 1024
    """Bytes of ``huge``, of ``huge_redirect`` and of an unpacked ``gzip_bomb``."""
    location: str = ""
    """Where ``redirect`` leads; another host name of the fake itself unless said."""

    def __post_init__(self) -> None:
        """Refuse a kind that does not exist, which would silently not strike."""
        if self.kind not in BEFORE | AFTER:
            raise ValueError(f"there is no fault {self.kind}")

    @property
    def strikes_before(self) -> bool:
        """Whether the call is not worked on."""
        return self.kind in BEFORE


class Faults:
    """What is programmed, by path; ``*`` is every path of the platform."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._sequences: dict[str, list[Fault | None]] = {}
        self._chances: dict[str, tuple[float, Fault]] = {}

    def program(self, path: str, sequence: list[dict[str, Any] | None]) -> None:
        """Add steps to a path's sequence; None lets one call pass."""
        steps = [None if step is None else Fault(**step) for step in sequence]
        self._sequences.setdefault(path, []).extend(steps)

    def chance(self, path: str, probability: float, fault: dict[str, Any]) -> None:
        """Let a fault strike each call of a path with this probability, 1 being always."""
        self._chances[path] = (probability, Fault(**fault))

    def clear(self) -> None:
        """Let everything be well."""
        self._sequences.clear()
        self._chances.clear()

    def take(self, path: str) -> Fault | None:
        """Return what strikes this call, and step on."""
        for key in (path, "*"):
            if self._sequences.get(key):
                return self._sequences[key].pop(0)
        for key in (path, "*"):
            if key in self._chances:
                probability, fault = self._chances[key]
                return fault if self._random.random() < probability else None
        return None
