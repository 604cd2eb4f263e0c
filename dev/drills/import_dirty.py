"""A dirty workbook: each planted fault named by its cell, nothing half-written, as LibreOffice writes it too.

And ten thousand people at once: checked and entered in less than a minute, with progress.
"""

import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from xlsxwriter import Workbook

from app.actors import Role
from app.adapters import local_store
from app.audit import AuditKeys
from app.cli.seed.site import BIG_SITE
from app.clock import now
from app.ids import new_id
from app.jobs.imports import apply_imports, check_imports
from app.jobs.work import Means
from app.models import Household, PlaceKind, Resident, SignIn
from app.sealing import Sealer
from dev.drills.dirty_book import DirtyBook, dirty_book, id_number
from dev.drills.drill import Drill, Tell, hold
from dev.drills.ground import Ground, ground

FULL, SHORT = 10_000, 300
"""People entered at once."""
_MOST_S = 60
_HEADINGS = ("楼栋", "门牌", "姓名", "与户主关系", "身份证号", "手机号", "是否在家")
_HOUSEHOLD = 4
_TABLES = (Household, Resident)
_SOFFICE = "soffice"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Desk:
    """A community admin at his desk, the jobs beside him, and a building of his."""

    held: Ground
    means: Means
    token: str
    building: str

    def call(self, method: str, path: str, **options: Any) -> Any:
        """Call the API as the admin; give the answer's JSON."""
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        answer = requests.request(method, self.held.address + path, headers=headers, timeout=60, **options)
        hold(answer.ok, f"{method} {path} was answered {answer.status_code} {answer.text[:200]}")
        return answer.json()

    def checked(self, data: bytes) -> str:
        """Send a workbook, and let the job check it; give the import's id."""
        import_id = str(new_id())
        path = f"/v1/imports/{import_id}?area_code={BIG_SITE.code}"
        self.call("PUT", path, data=data, headers={"Content-Type": _XLSX})
        check_imports(self.means)
        return import_id

    def enter(self, import_id: str) -> None:
        """Let all be entered that may be, by the job."""
        self.call("POST", f"/v1/imports/{import_id}/apply", json={"step_id": str(new_id()), "chosen": None})
        apply_imports(self.means)

    def rows(self, import_id: str) -> list[dict[str, Any]]:
        """Give what was found in all rows."""
        rows: list[dict[str, Any]] = []
        cursor = ""
        while True:
            got = self.call("GET", f"/v1/imports/{import_id}/rows?limit=100{cursor}")
            rows += got["items"]
            if got["next_cursor"] is None:
                return rows
            cursor = f"&cursor={got['next_cursor']}"

    def counted(self) -> tuple[int, int]:
        """Count households and residents."""
        with Session(self.held.engine) as session:
            counts = [session.scalar(select(func.count()).select_from(one)) or 0 for one in _TABLES]
        return counts[0], counts[1]


def import_dirty(tell: Tell, people: int = FULL) -> str:
    """Enter the dirty workbook, as openpyxl and as LibreOffice writes it, and then many people at once."""
    with ground(households=24) as held:
        desk = _desk(held)
        dirty = dirty_book(desk.building)
        _check_found(desk, dirty.data, dirty, "new", "as it was made")
        tell(f"{len(dirty.found)} cells were named, {len(dirty.clean)} rows entered")
        converted = _by_libreoffice(dirty.data)
        if converted is not None:
            _check_found(desk, converted, dirty, "same", "as LibreOffice has it")
            fresh = dirty_book(desk.building, number=1)
            again = _by_libreoffice(fresh.data)
            assert again is not None, "it was converted a moment ago"
            _check_found(desk, again, fresh, "new", "new, as LibreOffice has it")
        _check_found(desk, dirty.data, dirty, "same", "sent again")
        figures = _many(desk, people, tell)
    by = "also as LibreOffice writes it" if converted is not None else "LibreOffice is not here"
    named = f"{len(dirty.found)} planted cells, each named, {len(dirty.clean)} clean rows entered"
    return f"{named}, {by}; {figures}"


IMPORT_DIRTY = Drill("import-dirty", import_dirty)


def _desk(held: Ground) -> Desk:
    admin = held.world.holders(Role.COMMUNITY_ADMIN, BIG_SITE.code)[0]
    token = held.sign_in(admin)
    with Session(held.engine) as session:
        lasting = now() + timedelta(hours=12)
        session.execute(update(SignIn).where(SignIn.user_id == admin).values(checked_at=lasting))
        session.commit()
    places = held.world.places_of(BIG_SITE)
    building = next(place.name for place in places if place.kind is PlaceKind.RESIDENTIAL)
    keys, sealer = AuditKeys.of(held.settings), Sealer.of(held.settings)
    return Desk(held, Means(held.engine, local_store(held.photos), keys, sealer), token, building)


def _check_found(desk: Desk, data: bytes, dirty: DirtyBook, state: str, how: str) -> None:
    """Hold that each planted fault is named by its cell, no other, and only clean rows are entered, once."""
    before = desk.counted()
    import_id = desk.checked(data)
    hold(desk.counted() == before, f"{how}: the check wrote something")
    shown = desk.call("GET", f"/v1/imports/{import_id}")
    hold(shown["state"] == "checked", f"{how}: the import is {shown['state']}")
    notes = {(one["sheet"], one["code"], one["cell"]) for one in shown["notes"]}
    wanted = {
        ("居民", "heading_unknown", "J3"),
        ("巡查计划", "hidden_sheet", None),
        ("第3张表", "unknown_sheet", None),
    }
    hold(notes == wanted, f"{how}: of the sheets was found {sorted(map(str, notes))}")
    rows = desk.rows(import_id)
    found: dict[str, set[str]] = {}
    for row in rows:
        for one in row["findings"]:
            found.setdefault(one["cell"], set()).add(one["code"])
            hold(bool(one["text"]), f"{how}: nothing is said to do about {one['code']}")
    _hold_same(found, dirty.found, how)
    faulty = {row["row"] for row in rows if row["state"] == "faulty"}
    hold(faulty == dirty.faulty, f"{how}: rows {sorted(faulty ^ dirty.faulty)} are wrongly faulty, or not")
    others = {row["state"] for row in rows if row["row"] not in faulty}
    hold(others == {state}, f"{how}: clean rows are {sorted(others)}, not {state}")
    desk.enter(import_id)
    after = desk.counted()
    made = len(dirty.clean) if state == "new" else 0
    hold(after[1] - before[1] == made, f"{how}: {after[1] - before[1]} people were entered, not {made}")
    clean = dirty.clean.keys() | dirty.wards
    outcomes = [row["outcome"] for row in desk.rows(import_id) if row["row"] in clean]
    wanted_outcome = "done" if state == "new" else None
    hold(set(outcomes) == {wanted_outcome}, f"{how}: clean rows became {set(outcomes)}")
    with Session(desk.held.engine) as session:
        empty = ~select(Resident.id).where(Resident.household_id == Household.id).exists()
        ours = Household.door.like("%单元%")
        half = session.scalar(select(func.count()).select_from(Household).where(ours, empty))
    hold(not half, f"{how}: {half} households were written without anybody in them")


def _hold_same(found: dict[str, set[str]], wanted: dict[str, set[str]], how: str) -> None:
    wrong = {
        cell: (sorted(found.get(cell, ())), sorted(wanted.get(cell, ())))
        for cell in found.keys() | wanted.keys()
        if found.get(cell) != wanted.get(cell)
    }
    hold(not wrong, f"{how}: found, and planted: {wrong}")


def _by_libreoffice(data: bytes) -> bytes | None:
    """Give a workbook as LibreOffice writes it, where that is installed."""
    if shutil.which(_SOFFICE) is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "dirty.xlsx", Path(folder) / "out"
        source.write_bytes(data)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = [_SOFFICE, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(target)]
        subprocess.run([*command, str(source)], check=True, capture_output=True, timeout=180)
        return (target / "dirty.xlsx").read_bytes()


def _many(desk: Desk, people: int, tell: Tell) -> str:
    """Enter many people at once; give how long the check took, and the entering."""
    before = desk.counted()
    data = _crowd(desk.building, people)
    began = time.monotonic()
    import_id = desk.checked(data)
    checked = time.monotonic()
    tell(f"{people} people were checked in {checked - began:.0f} s")
    shown = desk.call("GET", f"/v1/imports/{import_id}")
    counts = [{**one} for one in shown["counts"]]
    hold(
        counts == [{"sheet": "residents", "state": "new", "outcome": None, "rows": people}],
        f"of {people} people it was said {counts}",
    )
    desk.enter(import_id)
    took = time.monotonic() - began
    shown = desk.call("GET", f"/v1/imports/{import_id}")
    hold(shown["state"] == "applied", f"{people} people were entered, and the import is {shown['state']}")
    progress = (shown["rows_total"], shown["rows_done"])
    hold(progress == (people, people), f"its progress ends with {progress}")
    after = desk.counted()
    made = (after[0] - before[0], after[1] - before[1])
    hold(made == (-(-people // _HOUSEHOLD), people), f"{made} households and people were made")
    hold(took < _MOST_S, f"{people} people took {took:.0f} s")
    return (
        f"{people} people checked in {checked - began:.1f} s and entered in {took - (checked - began):.1f} s"
    )


def _crowd(building: str, people: int) -> bytes:
    """Give a workbook of many people in households of four."""
    made = BytesIO()
    book = Workbook(made, {"in_memory": True})
    sheet = book.add_worksheet("居民")
    for place, heading in enumerate(_HEADINGS):
        sheet.write_string(0, place, heading)
    for number in range(people):
        born = date(1950, 1, 1) + timedelta(days=number % 15_000)
        cells = (
            building,
            f"众{number // _HOUSEHOLD}",
            f"某{number}",
            ("户主", "配偶", "子女", "父母")[number % _HOUSEHOLD],
            id_number(born, number),
            f"130{number:08}",
            ("在家", "外出")[number % 2],
        )
        for place, value in enumerate(cells):
            sheet.write_string(number + 1, place, value)
    book.close()
    return made.getvalue()
