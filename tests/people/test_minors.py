"""Who is a child, and who a minor, on which day in China."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import business_day, set_to
from app.errors import NotFoundError
from app.models import CorrectionField, Guardianship, Resident
from app.people import correct, is_child, is_minor, ward
from app.people.guardians import last_day_as_minor
from tests.cast import named, person
from tests.child_world import write_child, write_guardian
from tests.sealer import SEALER


@pytest.mark.parametrize(
    "birth_date, day, child",
    [
        (date(2013, 5, 6), date(2027, 5, 5), True),
        (date(2013, 5, 6), date(2027, 5, 6), False),
        (date(2012, 2, 29), date(2026, 2, 28), True),
        (date(2012, 2, 29), date(2026, 3, 1), False),
        (date(2014, 2, 28), date(2028, 2, 27), True),
        (date(2014, 2, 28), date(2028, 2, 28), False),
    ],
)
def test_a_child_is_one_until_the_fourteenth_birthday(birth_date: date, day: date, *, child: bool) -> None:
    """S-91: the day before the birthday, the day itself, and 29 February."""
    assert is_child(Resident(birth_date=birth_date), day) is child


@pytest.mark.parametrize(
    "at, child",
    [
        (datetime(2027, 5, 5, 15, 59, tzinfo=UTC), True),
        (datetime(2027, 5, 5, 16, 0, tzinfo=UTC), False),
    ],
)
def test_the_birthday_begins_at_midnight_in_china(at: datetime, *, child: bool) -> None:
    """S-91: days are counted in Asia/Shanghai."""
    with set_to(at):
        assert is_child(Resident(birth_date=date(2013, 5, 6))) is child


def test_a_minor_is_one_until_the_eighteenth_birthday() -> None:
    born = Resident(birth_date=date(2009, 5, 6))

    assert [is_minor(born, day) for day in (date(2027, 5, 5), date(2027, 5, 6))] == [True, False]


@pytest.mark.parametrize(
    "birth_date, last", [(date(2013, 5, 6), date(2031, 5, 5)), (date(2012, 2, 29), date(2030, 2, 28))]
)
def test_the_last_day_as_a_minor(birth_date: date, last: date) -> None:
    born = Resident(birth_date=birth_date)
    assert (is_minor(born, last), is_minor(born, last + timedelta(days=1))) == (True, False)
    assert last_day_as_minor(birth_date) == last


@pytest.mark.parametrize(
    "field, value, last",
    [
        (CorrectionField.BIRTH_DATE, "2004-03-01", date(2022, 2, 28)),
        (CorrectionField.ID_NUMBER, "000000200403010024", date(2022, 2, 28)),
        (CorrectionField.BIRTH_DATE, "2010-05-06", date(2028, 5, 5)),
    ],
)
def test_no_guardianship_outlasts_a_childhood_that_was_put_right(
    session: Session, field: CorrectionField, value: str, last: date
) -> None:
    """S-41: who turns out to be of age has no guardian from that moment; a younger one keeps his in time."""
    child_id = write_child(session)
    row_id = write_guardian(session, child_id)
    assert ward(session, named("resident"), child_id).id == child_id
    agreed: list[Resident] = []

    correct(
        session,
        Actor(user_id=person("admin").user_id),
        SEALER,
        session.get_one(Resident, child_id),
        field,
        value,
        agreed=agreed.append,
    )

    session.expire_all()
    assert [one.id for one in agreed] == [child_id]
    assert session.get_one(Guardianship, row_id).valid_until == last
    if last < business_day():
        with pytest.raises(NotFoundError):
            ward(session, named("resident"), child_id)
