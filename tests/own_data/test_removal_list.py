"""The list of removals outside the database: written at once, signed line by line, refused when damaged."""

import json
import os
from dataclasses import replace

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app import own_data
from app.ids import new_id
from app.jobs.scheduler import EVERY_MINUTE
from app.jobs.work import copy_removals
from app.models import Removal, User
from tests.own_data.place import ONE, Place, write_removal


@pytest.mark.parametrize("damage", ["cut", "no end of line", "changed", "missing", "added", "no json"])
def test_a_damaged_list_is_refused_by_its_line(place: Place, damage: str) -> None:
    """S-81: nobody deletes by an edited list; the error names the line and what to do."""
    for _ in range(3):
        write_removal(place)
    assert copy_removals(place.means) == 3
    lines = place.list.read_bytes().splitlines(keepends=True)
    if damage == "cut":
        lines[-1] = lines[-1][:-9]
    elif damage == "no end of line":
        lines[-1] = lines[-1][:-1]
    elif damage == "changed":
        said = json.loads(lines[1])
        lines[1] = json.dumps(said | {"row": str(new_id())}).encode() + b"\n"
    elif damage == "missing":
        del lines[1]
    elif damage == "added":
        lines.insert(1, lines[2])
    else:
        lines[1] = b"{\n"
    place.list.write_bytes(b"".join(lines))
    done = place.run("redelete")

    number = len(lines) if damage in {"cut", "no end of line"} else 2
    assert done.exit_code == 1
    assert f"line {number}," in done.output
    assert "put the newest whole copy from the other machine in its place" in done.output
    assert ("delete this line alone" in done.output) == (damage == "cut")


def test_who_dies_between_file_and_mark_leaves_lines_that_are_taken_as_they_are(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-81: no removal is lost or listed twice, and an unfinished line is cut off."""
    write_removal(place)
    write_removal(place)
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", _die)
        with pytest.raises(OSError, match="no disk"):
            copy_removals(place.means)
    whole = place.list.read_bytes()
    with place.list.open("ab") as out:
        out.write(b'{"id": "half a li')
    write_removal(place)
    again = copy_removals(place.means)
    numbers = [one.number for one in own_data.removals_in(place.list, place.means.audit_keys)]
    with Session(place.engine) as session:
        known = session.scalars(select(Removal.number).order_by(Removal.number)).all()

    assert place.list.read_bytes().startswith(whole)
    assert again == 1
    assert numbers == known == [1, 2, 3]


def _die(_: int) -> None:
    raise OSError("no disk")


@pytest.mark.parametrize("behind", [b"\0" * 20_000, b"no removal\nhalf a li"])
def test_a_damaged_end_is_refused_and_stays_as_it_is(place: Place, behind: bytes) -> None:
    """S-81: no line is as long as what is there without an end, so nobody was writing it."""
    write_removal(place)
    assert copy_removals(place.means) == 1
    with place.list.open("ab") as out:
        out.write(behind)
    damaged = place.list.read_bytes()
    write_removal(place)
    with pytest.raises(own_data.RemovalListError, match="the last line is no removal"):
        copy_removals(place.means)

    assert place.list.read_bytes() == damaged


@pytest.mark.parametrize(
    "damage, said",
    [
        ("no end of line", "the last line has lost its end"),
        ("nulls", "the last line has lost its end"),
        ("no lines", "neither a line nor the beginning of one"),
        ("words", "neither a line nor the beginning of one"),
    ],
)
@pytest.mark.parametrize("is_known", [True, False])
def test_a_short_list_without_an_end_of_line_is_not_cut_to_nothing(
    place: Place, damage: str, said: str, *, is_known: bool
) -> None:
    """S-81: it may be all that knows of a removal, where the database is an older one."""
    backup = place.backup()
    for _ in range(3 if damage == "no lines" else 1):
        write_removal(place)
    copy_removals(place.means)
    lines, end = place.list.read_bytes(), b"\0\0" if damage == "nulls" else b""
    place.list.write_bytes(b"gone" if damage == "words" else lines.replace(b"\n", end))
    damaged = place.list.read_bytes()
    used = place if is_known else place.restored(backup)
    with pytest.raises(own_data.RemovalListError, match=said):
        copy_removals(used.means)
    used.engine.dispose()

    assert place.list.read_bytes() == damaged


def test_the_beginning_of_the_first_line_is_cut_off_where_nothing_was_copied(place: Place) -> None:
    """S-81: and else stays, for whoever looks where the lines are gone."""
    write_removal(place)
    place.list.write_bytes(b'{"id": "half a li')
    first = copy_removals(place.means)
    place.list.write_bytes(b'{"id": "half a li')
    with pytest.raises(own_data.ListBehindError):
        copy_removals(place.means)

    assert first == 1
    assert place.list.read_bytes() == b'{"id": "half a li'


def test_a_removal_that_is_undone_leaves_no_line(place: Place) -> None:
    """S-81: line and removal are of one transaction."""
    with Session(place.engine) as session:
        session.execute(update(User).values(phone_index=b"before", phone_sealed=b"x").where(ONE))
        session.commit()
        session.execute(update(User).values(phone_index=None, phone_sealed=None).where(ONE))
        during = session.scalar(select(func.count(Removal.id)))
        session.rollback()
        after = session.scalar(select(func.count(Removal.id)))

    assert (during, after) == (1, 0)


def test_the_list_runs_every_minute_and_needs_its_setting(place: Place) -> None:
    """S-81: without a list the command says so and does nothing."""
    place.environ.pop("GONGDI_REDELETE_LIST")
    done = place.run("redelete")

    assert copy_removals in EVERY_MINUTE
    assert (done.exit_code, "GONGDI_REDELETE_LIST names no file" in done.output) == (1, True)
    assert copy_removals(replace(place.means, redelete_list=None)) == 0
