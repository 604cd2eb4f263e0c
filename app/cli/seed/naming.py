"""Synthetic names, phones and ID numbers: chance puts them together, nobody owns them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from random import Random

from stdnum.iso7064 import mod_11_2

from app.cli.seed.records import need, need_different, read_one, text_of
from app.models import Sex

_OLD_UNTIL = 1964
_MIDDLE_UNTIL = 1999
_PHONES = 10**8
_SERIALS_A_DAY = 500


class Generation(StrEnum):
    """Given names go by the time of birth: until 1964, until 1999, later."""

    OLD = "old"
    MIDDLE = "middle"
    YOUNG = "young"


@dataclass(frozen=True, slots=True)
class GivenNames:
    """Characters that make given names: one of ``first`` and one of ``second``."""

    first: str
    second: str

    def __post_init__(self) -> None:
        need_different(self.first)
        need_different(self.second)


@dataclass(frozen=True, slots=True)
class NamePool:
    """Surnames with their weights, and given names by sex and generation."""

    surnames: dict[str, int]
    given: dict[Sex, dict[Generation, GivenNames]]

    def __post_init__(self) -> None:
        need(min(self.surnames.values()) > 0, "a surname's weight is not positive")
        need(set(self.given) == set(Sex), "given names do not cover both sexes")
        for sex, pools in self.given.items():
            need(set(pools) == set(Generation), f"given names of {sex} do not cover every generation")

    def surname(self, rng: Random) -> str:
        """Draw a surname by its weight."""
        return rng.choices(list(self.surnames), list(self.surnames.values()))[0]

    def given_name(self, rng: Random, sex: Sex, birth_year: int) -> str:
        """Draw a given name of two different characters, of the fashion of the birth year."""
        generation = Generation.YOUNG
        if birth_year <= _MIDDLE_UNTIL:
            generation = Generation.OLD if birth_year <= _OLD_UNTIL else Generation.MIDDLE
        pool = self.given[sex][generation]
        first = rng.choice(pool.first)
        return first + rng.choice(pool.second.replace(first, ""))


def names() -> NamePool:
    """Give the characters that synthetic names are made of."""
    pool: NamePool = read_one(NamePool, text_of("names.json"), "names.json")
    return pool


def id_number(birth_date: date, sex: Sex, serial: int) -> str:
    """Give an ID number of the right form whose region, 000000, cannot be; ``serial`` is 0 to 499."""
    assert 0 <= serial < _SERIALS_A_DAY, "serial out of range"
    body = f"000000{birth_date:%Y%m%d}{2 * serial + (sex is Sex.MALE):03d}"
    return body + mod_11_2.calc_check_digit(body)


def phone(serial: int) -> str:
    """Give a number of 11 digits that no phone can have: mobile numbers of China start with 13 to 19.

    ``serial`` is 0 to 99,999,999; one serial, one number.
    """
    assert 0 <= serial < _PHONES, "serial out of range"
    return f"100{serial:08d}"
