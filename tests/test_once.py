"""What makes two contents the same, and which broken key becomes which refusal."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models import Relation, Resident
from app.once import added_later, content_hash, unique
from app.people import IdNumberTakenError
from app.people.numbers import ID_NUMBER_KEY
from tests.cast import named

HOUSEHOLD = named("household home")


def test_the_order_of_fields_makes_no_other_content() -> None:
    """A phone may write its answers in another order when it sends them again."""
    one, other = {"mood": 1, "gas_safe": True}, {"gas_safe": True, "mood": 1}

    assert content_hash({"answers": one}) == content_hash({"answers": other})
    assert content_hash(one) != content_hash(one | {"mood": 2})
    assert content_hash([1, 2]) != content_hash([2, 1])


def test_the_offset_of_a_moment_makes_no_other_content() -> None:
    """A phone may write 08:00+08:00 first and 00:00Z when it sends the same again; the moment is one."""
    at = datetime(2026, 9, 10, tzinfo=UTC)
    in_china = at.astimezone(timezone(timedelta(hours=8)))

    assert content_hash(at) == content_hash(in_china)
    assert content_hash(_Seen(at)) == content_hash(_Seen(in_china))
    assert content_hash(at) != content_hash(at + timedelta(microseconds=1))
    assert content_hash(at) != content_hash(in_china.replace(tzinfo=UTC))


@dataclass(frozen=True)
class _Seen:
    at: datetime


def test_what_a_form_got_later_changes_no_hash_until_somebody_sends_it() -> None:
    """A phone that sent a record before an upgrade may send it again after it."""
    before, after = _Answer("ok"), _GrownAnswer("ok")

    assert content_hash("by", _Form((before,))) == content_hash("by", _Form((after,)))
    assert content_hash("by", _Form((before,))) != content_hash("by", _Form((_GrownAnswer("ok", "3"),)))


@dataclass(frozen=True)
class _Answer:
    result: str


@dataclass(frozen=True)
class _GrownAnswer:
    result: str
    value: str | None = added_later(None)


@dataclass(frozen=True)
class _Form:
    answers: tuple[_Answer | _GrownAnswer, ...]


def test_a_broken_unique_key_is_refused_in_its_own_words(session: Session) -> None:
    refusal = IdNumberTakenError(field="id_number")
    with pytest.raises(IdNumberTakenError) as raised, unique({ID_NUMBER_KEY: refusal}):
        session.execute(update(Resident).values(id_number_index=b"the same"))

    assert raised.value is refusal


@pytest.mark.parametrize(
    "broken, values",
    [
        ('constraint "fk_residents_area_code"', {"area_code": "999"}),
        (
            "uq_residents_head",
            {"household_id": HOUSEHOLD, "relation": Relation.HEAD},
        ),
        ('null value in column "name"', {"name": None}),
    ],
)
def test_no_other_fault_is_taken_for_it(session: Session, broken: str, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=broken), unique({ID_NUMBER_KEY: IdNumberTakenError()}):
        session.execute(update(Resident).values(values))
