"""Workbooks, checked, entered and taken away by the jobs."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from openpyxl import Workbook
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app import imports
from app.actors import Scope
from app.adapters import WorkbookUnreadableError
from app.clock import now, set_to
from app.ids import new_id
from app.imports import AT_ONCE, LIFE, ImportState, apply_import, send_workbook
from app.imports.checking import TRIES
from app.jobs.imports import apply_imports, check_imports, end_imports
from app.jobs.scheduler import run
from app.jobs.work import Means
from app.models import AuditEntry, Household, ImportRow, Resident, RosterImport
from tests.cast import HOME, acting
from tests.import_world import id_number, person, residents, saved
from tests.roster_world import forget_changes

pytestmark = pytest.mark.xdist_group("jobs")
_MANY = 1_203


@pytest.fixture
def cleared(means: Means) -> Iterator[None]:
    """Take away what was entered and sent."""
    yield
    with Session(means.engine) as session:
        forget_changes(session)
        ours = select(Household.id).where(Household.door.startswith("9单元"))
        session.execute(delete(Resident).where(Resident.household_id.in_(ours)))
        session.execute(delete(Household).where(Household.door.startswith("9单元")))
        session.execute(delete(RosterImport))
        session.commit()


def send(means: Means, data: bytes) -> UUID:
    """Let the admin send a workbook."""
    admin = acting("admin").within(Scope(areas=(HOME,)))
    with Session(means.engine) as session:
        made, _ = send_workbook(
            session, admin, means.sealer, means.photos, new_id(), area_code=HOME, data=data
        )
        session.commit()
        return made.id


def apply(means: Means, import_id: UUID) -> None:
    """Let the admin have it entered."""
    admin = acting("admin").within(Scope(areas=(HOME,)))
    with Session(means.engine) as session:
        apply_import(session, admin, import_id, new_id(), chosen=None)
        session.commit()


def state(means: Means, import_id: UUID) -> ImportState:
    with Session(means.engine) as session:
        return session.get_one(RosterImport, import_id).state


def entered(means: Means) -> int:
    with Session(means.engine) as session:
        query = select(func.count()).select_from(Resident).join(Household)
        return session.scalar(query.where(Household.door.startswith("9单元"))) or 0


def many() -> bytes:
    """Give a workbook of more rows than a batch holds."""
    return residents(
        *(
            person(
                f"人{number}",
                door=f"9单元{number // 3}",
                relation=("户主", "配偶", "子女")[number % 3],
                birth=None,
                sex=None,
                id=id_number(f"1970-{1 + number % 12:02}-01", man=True, number=number // 12),
            )
            for number in range(_MANY)
        )
    )


@pytest.mark.usefixtures("cleared")
def test_many_rows_are_checked_and_entered_batch_by_batch(means: Means, environ: dict[str, str]) -> None:
    import_id = send(means, many())
    folder = Path(environ["GONGDI_PHOTO_DIR"]) / "imports"
    there = [path.name for path in folder.iterdir()]

    checked = [run(check_imports, means), run(check_imports, means)]
    after = list(folder.iterdir())
    apply(means, import_id)
    applied = [run(apply_imports, means), run(apply_imports, means)]

    assert there == [f"{import_id}.sealed"]
    assert (checked, after) == ([1, 0], [])
    assert applied == [_MANY, 0]
    assert entered(means) == _MANY
    assert state(means, import_id) is ImportState.APPLIED
    with Session(means.engine) as session:
        told = select(AuditEntry.facts).where(AuditEntry.action == "job:apply_imports")
        counts = [facts["count"] for facts in session.scalars(told) if facts["import_id"] == str(import_id)]
    assert sum(counts) == _MANY


@pytest.mark.usefixtures("cleared")
def test_what_broke_off_goes_on_and_enters_nobody_twice(
    means: Means, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = send(means, many())
    run(check_imports, means)
    apply(means, import_id)

    once = imports.apply_some
    calls = []

    def breaking(*given: object) -> object:
        calls.append(given)
        if len(calls) == 2:
            raise ConnectionError
        return once(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(imports, "apply_some", breaking)
    run(apply_imports, means)
    halfway = entered(means)
    with set_to(now() + timedelta(minutes=2)):
        run(apply_imports, means)

    assert halfway == AT_ONCE
    assert entered(means) == _MANY
    assert state(means, import_id) is ImportState.APPLIED


@pytest.mark.usefixtures("cleared")
def test_a_row_that_does_not_open_holds_up_neither_its_import_nor_others(means: Means) -> None:
    broken = send(means, residents(person("赵大", door="9单元901")))
    run(check_imports, means)
    with Session(means.engine) as session:
        row = update(ImportRow).where(ImportRow.import_id == broken)
        session.execute(row.values(content_sealed=b"no seal"))
        session.commit()
    apply(means, broken)
    for tried in range(TRIES + 2):
        with set_to(now() + tried * timedelta(minutes=30)):
            run(apply_imports, means)
    ended = state(means, broken)

    sound = send(means, residents(person("钱二", door="9单元902")))
    run(check_imports, means)
    apply(means, sound)
    run(apply_imports, means)

    assert ended is ImportState.APPLIED
    assert (entered(means), state(means, sound)) == (1, ImportState.APPLIED)


@pytest.mark.usefixtures("cleared")
def test_rows_and_file_go_after_their_time(means: Means, environ: dict[str, str]) -> None:
    """S-81: what a workbook said of people is gone after 72 hours; that it was sent stays."""
    waiting = send(means, residents(person("赵大")))
    with set_to(now() + LIFE - timedelta(minutes=1)):
        early = run(end_imports, means)
    with set_to(now() + LIFE + timedelta(minutes=1)):
        ended = [run(end_imports, means), run(end_imports, means)]

    assert (early, ended) == (0, [1, 0])
    assert state(means, waiting) is ImportState.OVER
    assert list((Path(environ["GONGDI_PHOTO_DIR"]) / "imports").iterdir()) == []
    with Session(means.engine) as session:
        assert session.scalar(select(func.count()).select_from(ImportRow)) == 0


@pytest.mark.usefixtures("cleared")
def test_a_workbook_that_cannot_be_read_fails_in_words(means: Means) -> None:
    with pytest.raises(WorkbookUnreadableError):
        send(means, b"no workbook")
    import_id = send(means, saved(Workbook()))

    run(check_imports, means)

    with Session(means.engine) as session:
        row = session.get_one(RosterImport, import_id)
        assert (row.state, row.failure) == (ImportState.FAILED, "no_sheet")
