"""Whose rows stand in a file of the roster, and what they tell."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.clock import business_day
from app.ids import new_id
from app.models import Closing, ClosingState, Resident, Sex
from app.people import Numbers, keep_numbers
from tests.care_world import write_resident
from tests.cast import GRID, HOME, LONG_AGO, named, person
from tests.child_world import write_child
from tests.client import Client
from tests.export_world import COLUMNS, HEADINGS, exported, opened, rows
from tests.sealer import SEALER

PHONE, ID_NUMBER = "13900001234", "000000195503081020"


def number(session: Session, resident_id: UUID) -> None:
    """Let a resident have numbers."""
    keep_numbers(SEALER, session.get_one(Resident, resident_id), Numbers(PHONE, ID_NUMBER))
    session.commit()


def names(data: bytes) -> list[str]:
    """Give the names in a file."""
    place = HEADINGS.index("姓名")
    return [row[place] for row in rows(data)[1:]]


def test_it_holds_the_communitys_residents_by_door_and_nobody_else(
    app: Flask, session: Session, admin: Client, county: Client
) -> None:
    """S-31, S-153: no other community's, and only the columns that were approved, in their order."""
    _, data = exported(
        app,
        session,
        admin,
        county,
        columns=["presence", "sex", "relation", "name", "door", "place", "area"],
    )

    assert rows(data) == [
        ["网格", "楼栋", "门牌", "姓名", "与户主关系", "性别", "是否在家"],
        ["第一网格", "1号楼", "1单元101", "王桂兰", "户主", *_of(session, "resident")],
        ["第一网格", "1号楼", "1单元201", "李德福", "户主", *_of(session, "neighbour")],
    ]


def _of(session: Session, name: str) -> tuple[str, str]:
    sex = session.get_one(Resident, named(name)).sex
    return ("女" if sex is Sex.FEMALE else "男", "在家")


def test_a_grid_is_a_part_of_its_community(
    app: Flask, session: Session, admin: Client, county: Client
) -> None:
    session.execute(update(Resident).where(Resident.id == named("neighbour")).values(area_code=HOME))
    session.commit()

    assert names(exported(app, session, admin, county, area_code=GRID)[1]) == ["王桂兰"]
    assert names(exported(app, session, admin, county, area_code=HOME)[1]) == ["李德福", "王桂兰"]


@pytest.mark.parametrize(
    "clear, phone, id_number",
    [(False, "139******34", "0****************0"), (True, PHONE, ID_NUMBER)],
)
def test_numbers_are_masked_unless_clear_ones_were_approved(
    app: Flask,
    session: Session,
    admin: Client,
    county: Client,
    *,
    clear: bool,
    phone: str,
    id_number: str,
) -> None:
    """S-35, S-153: 138******21 and the ends of an ID number, as everywhere."""
    number(session, named("resident"))
    _, data = exported(app, session, admin, county, clear=clear)
    born = session.get_one(Resident, named("resident")).birth_date

    assert rows(data)[1] == ["1单元101", "王桂兰", born.isoformat(), phone, id_number]
    assert rows(data)[2][3:] == ["", ""]


def test_what_is_masked_for_whoever_asks_is_masked_in_his_file(
    app: Flask, session: Session, admin: Client, county: Client
) -> None:
    """S-154: name, birth date and numbers stand there as the API shows them to him."""
    number(session, named("resident"))
    shown = admin.get(f"/v1/residents/{named('resident')}").json

    _, data = exported(app, session, admin, county)

    assert rows(data)[1][1:] == [shown[name] for name in COLUMNS[1:]]


@pytest.mark.parametrize("clear", [False, True])
def test_nothing_sensitive_of_a_minor_is_in_it(
    app: Flask, session: Session, admin: Client, county: Client, *, clear: bool
) -> None:
    """S-95, S-153: no number, not even masked, and no birth date of whoever is not eighteen today."""
    child = write_child(session)
    today = business_day()
    nearly = write_resident(session, name="明天十八", birth_date=_years_ago(18, today + timedelta(days=1)))
    grown = write_resident(session, name="今天十八", birth_date=_years_ago(18, today))
    for place, one in enumerate((child, nearly, grown)):
        keep_numbers(SEALER, session.get_one(Resident, one), Numbers(f"1390000123{place}"))
    session.commit()
    found = {row[1]: row[2:] for row in rows(exported(app, session, admin, county, clear=clear)[1])}

    assert found["王**"] == found["明天十八"] == ["", "", ""]
    assert found["今天十八"] == [
        _years_ago(18, today).isoformat(),
        "13900001232" if clear else "139******32",
        "",
    ]


@pytest.mark.parametrize("clear", [False, True])
def test_of_a_child_only_the_family_name_is_in_it(
    app: Flask, session: Session, admin: Client, county: Client, *, clear: bool
) -> None:
    """S-91, S-153: nobody can agree to a list of children's names; the day of the file counts."""
    today = business_day()
    write_resident(session, name="赵明天十四", birth_date=_years_ago(14, today + timedelta(days=1)))
    write_resident(session, name="钱今天十四", birth_date=_years_ago(14, today))

    found = names(exported(app, session, admin, county, clear=clear)[1])

    assert sorted(found) == sorted(["王桂兰", "李德福", "赵**", "钱今天十四"])


def _years_ago(years: int, day: date) -> date:
    return day.replace(year=day.year - years, day=28 if (day.month, day.day) == (2, 29) else day.day)


def test_a_name_that_looks_like_a_formula_is_a_name(
    app: Flask, session: Session, admin: Client, county: Client
) -> None:
    """S-152: as a text of the roster it goes the whole way and stays a text."""
    trick = '=HYPERLINK("http://example.com","王桂兰")'
    write_resident(session, name=trick)
    _, data = exported(app, session, admin, county)
    cells = [cell for row in opened(data)["名册"].iter_rows() for cell in row if cell.value is not None]

    assert trick in names(data)
    assert {cell.data_type for cell in cells} == {"s"}


def test_who_closed_his_account_is_left_out_until_he_has_another(
    app: Flask, session: Session, admin: Client, county: Client
) -> None:
    """S-79, S-153: what is held of him by duty leaves the installation in bulk no more."""
    gone = write_resident(session, name="已经注销")
    waits = write_resident(session, name="还能反悔")
    for resident_id, state in (
        (gone, ClosingState.DONE),
        (waits, ClosingState.OPEN),
        (named("neighbour"), ClosingState.DONE),
    ):
        session.add(_closing(resident_id, state))
    session.commit()

    found = names(exported(app, session, admin, county)[1])

    assert sorted(found) == sorted(["王桂兰", "李德福", "还能反悔"])


def _closing(resident_id: UUID, state: ClosingState) -> Closing:
    over = state is ClosingState.DONE
    user_id = person("worker" if over else "colleague").user_id
    return Closing(
        id=new_id(),
        area_code=GRID,
        asked_by=user_id,
        user_id=user_id,
        bound_to=resident_id,
        asked_at=LONG_AGO,
        carry_out_at=LONG_AGO,
        due_at=LONG_AGO,
        state=state,
        reasons=[],
        begun_at=LONG_AGO if over else None,
        ended_at=LONG_AGO if over else None,
        content_hash=b"",
    )
