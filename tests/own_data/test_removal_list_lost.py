"""A list that lost lines, or is another, cries out; it is written anew from the database."""

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app import own_data
from app.audit import AuditKeys
from app.clock import now
from app.jobs.work import copy_removals
from app.models import Removal
from tests.explaining import asked_of, counted, most_read
from tests.own_data.place import Place, write_removal


@pytest.fixture
def listed(place: Place) -> Place:
    """Give an installation with three removals in its list."""
    for _ in range(3):
        write_removal(place)
    assert copy_removals(place.means) == 3
    return place


def numbers(place: Place) -> list[int]:
    return [one.number for one in own_data.removals_in(place.list, place.means.audit_keys)]


@pytest.mark.parametrize("loss", ["older", "gone", "empty"])
def test_a_list_that_lost_lines_is_noticed_and_written_anew(listed: Place, loss: str) -> None:
    """S-81: an older copy, a disk that is not there; what comes meanwhile waits in the database."""
    lines = listed.list.read_bytes().splitlines(keepends=True)
    if loss == "gone":
        listed.list.unlink()
    else:
        listed.list.write_bytes(lines[0] if loss == "older" else b"")
    write_removal(listed)
    with pytest.raises(own_data.ListBehindError, match="and 3 were copied"):
        copy_removals(listed.means)
    done = listed.run("recopy-removals")
    again = listed.list.read_bytes()
    copied = copy_removals(listed.means)

    assert (done.exit_code, "The list has 3 removals" in done.output) == (0, True), done.output
    assert again == b"".join(lines)
    assert copied == 1
    assert numbers(listed) == [1, 2, 3, 4]


def test_the_list_of_another_scheduler_is_noticed(listed: Place, tmp_path: Path) -> None:
    """S-81: two that write to files of their own are not content, whichever wrote more."""
    other = replace(listed.means, redelete_list=tmp_path / "other")
    with pytest.raises(own_data.ListBehindError):
        copy_removals(other)
    with Session(listed.engine) as session:
        rows = session.scalars(select(Removal).order_by(Removal.number)).all()
    lines, mac = [], ""
    for row, number in zip(rows, (1, 3, 2), strict=True):
        one = own_data.Removed(row.id, row.at, row.what, row.row_id, row.facts, number)
        content = one.content()
        mac = listed.means.audit_keys.mac(
            f"removal {mac} {json.dumps(content, sort_keys=True)}".encode()
        ).hex()
        lines.append(json.dumps(content | {"mac": mac}) + "\n")
    listed.list.write_text("".join(lines))
    with pytest.raises(own_data.ListBehindError, match="gave to another"):
        copy_removals(listed.means)


def test_a_new_key_takes_a_new_list(listed: Place) -> None:
    """S-81: the list is moved aside, and written anew with the key of now."""
    environ = listed.environ | {"GONGDI_SECRET_KEY": "another-key-another-key-another-key-1"}
    changed = Place(listed.servers, environ, listed.folder)
    refused = changed.run("recopy-removals")
    listed.list.rename(listed.folder / "aside")
    done = changed.run("recopy-removals")

    assert (refused.exit_code, "another GONGDI_SECRET_KEY" in refused.output) == (1, True), refused.output
    assert done.exit_code == 0, done.output
    keys = AuditKeys.of(changed.settings)
    assert [one.number for one in own_data.removals_in(listed.list, keys)] == [1, 2, 3]
    changed.engine.dispose()


def test_what_the_job_asks_every_minute_reads_no_more_of_a_longer_list(listed: Place) -> None:
    """S-81: years of removals are not counted each time."""
    for _ in range(30):
        write_removal(listed)
    copy_removals(listed.means)
    with asked_of(listed.engine, "FROM removals") as queries:
        copy_removals(listed.means)
    with listed.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE removals"))
        connection.execute(text("SET enable_seqscan = off"))
        read = [most_read(counted(connection, *query)) for query in queries]

    assert len(read) >= 3
    assert max(read) <= 1, queries


def test_a_list_written_anew_has_owner_and_mode_of_the_old_one(listed: Place) -> None:
    """S-81: the scheduler goes on appending, and the other machine fetching, whoever ran the command."""
    owner = (12345, 12346) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    os.chown(listed.list, *owner)
    listed.list.chmod(0o640)
    done = listed.run("recopy-removals")
    made = listed.list.stat()

    assert done.exit_code == 0, done.output
    assert (made.st_uid, made.st_gid, stat.S_IMODE(made.st_mode)) == (*owner, 0o640)


@pytest.mark.parametrize("step", ["fchmod", "fsync"])
def test_a_list_that_is_not_written_anew_leaves_nothing_beside_it(
    listed: Place, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """S-81: whoever may not give it to its owner, or has no room on the disk, begins anew."""
    before = listed.list.read_bytes()
    with monkeypatch.context() as broken:
        broken.setattr(os, step, _refuse)
        done = listed.run("recopy-removals")

    assert done.exit_code != 0
    assert list(listed.list.parent.glob(f"{listed.list.name}*")) == [listed.list]
    assert listed.list.read_bytes() == before


def _refuse(*_: object) -> None:
    raise PermissionError("not the owner")


def test_a_list_that_is_a_link_stays_one(listed: Place, tmp_path: Path) -> None:
    """S-81: to the disk where it lies."""
    listed.list.rename(tmp_path / "elsewhere")
    listed.list.symlink_to(tmp_path / "elsewhere")

    assert listed.run("recopy-removals").exit_code == 0
    assert listed.list.is_symlink()
    assert numbers(listed) == [1, 2, 3]


def test_an_older_database_neither_writes_the_list_anew_nor_is_content_half_way(listed: Place) -> None:
    """S-81: redelete that broke off leaves gaps, though the last line may be done already."""
    backup = listed.backup()
    for _ in range(3):
        write_removal(listed)
    assert copy_removals(listed.means) == 3
    old = listed.restored(backup)
    refused = old.run("recopy-removals")
    last = list(own_data.removals_in(old.list, old.means.audit_keys))[-1]
    tools = own_data.Tools(old.means.sealer, old.means.photos)
    with Session(old.engine) as session:
        own_data.redelete(session, tools, last)
        session.commit()
        numbered = session.scalars(select(Removal.number).order_by(Removal.number.nulls_last())).all()
    with pytest.raises(own_data.ListAheadError):
        copy_removals(old.means)
    first, copied = old.run("redelete"), copy_removals(old.means)
    write_removal(old)
    later = copy_removals(old.means)
    old.engine.dispose()

    assert (refused.exit_code, "run `python -m app.cli redelete`" in refused.output) == (1, True)
    assert numbered == [1, 2, 3, None], "a gap could be told by counting all of them alone"
    assert first.exit_code == 0, first.output
    assert (copied, later) == (0, 1)
    assert numbers(old) == [1, 2, 3, 4, 5, 6, 7]


def test_what_the_backup_knew_and_had_not_copied_is_numbered_as_it_is_listed(place: Place) -> None:
    """S-81: it is not done again, and not listed twice."""
    write_removal(place)
    backup = place.backup()
    assert copy_removals(place.means) == 1
    old = place.restored(backup)
    done, copied = old.run("redelete"), copy_removals(old.means)
    old.engine.dispose()

    assert "0 of them younger" in done.output
    assert (done.exit_code, copied, numbers(old)) == (0, 0, [1])


def test_what_older_code_copied_has_no_number_and_is_copied_again(place: Place) -> None:
    """S-81: such code ran on while the database was migrated, and its list is moved aside."""
    write_removal(place)
    with Session(place.engine) as session:
        session.execute(update(Removal).values(copied_at=now()))
        session.commit()
    copied = copy_removals(place.means)

    assert (copied, copy_removals(place.means), numbers(place)) == (1, 0, [1])


def test_a_line_of_a_newer_version_is_no_damage(listed: Place) -> None:
    """S-81: the MAC is looked at first, so the operator does not look for a better copy."""
    lines = listed.list.read_bytes().splitlines(keepends=True)
    last = json.loads(lines[-1])
    content = {key: value for key, value in last.items() if key != "mac"} | {"what": "of.later", "number": 4}
    over = f"removal {last['mac']} {json.dumps(content, sort_keys=True)}".encode()
    made = json.dumps(content | {"mac": listed.means.audit_keys.mac(over).hex()}).encode() + b"\n"
    listed.list.write_bytes(b"".join([*lines, made]))
    done = listed.run("redelete")

    assert (done.exit_code, "line 4, is whole, and was written by another version" in done.output) == (
        1,
        True,
    )
