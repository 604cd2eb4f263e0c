"""Five days of one phone's work, sent over a line that fails in every way: all of it lands, exactly once."""

import hashlib
import threading
from collections import Counter
from datetime import datetime
from random import Random
from uuid import UUID

import requests
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    CareRecord,
    Hazard,
    HazardEvent,
    HazardSource,
    Inspection,
    InspectionAnswer,
    Photo,
    Visit,
)
from dev.drills.drill import Drill, Tell, hold
from dev.drills.ground import Ground, ground
from dev.drills.load import DAYS, Load, Size
from dev.drills.outbox import PATIENCE_S, Outbox
from dev.lossy import Fault

_BROKEN = 0.35
"""Of the connections."""


FULL = Size(inspections=120, hazards=40, visits=20, works=10)
SHORT = Size(inspections=10, hazards=4, visits=5, works=2)


def offline_batch(tell: Tell, size: Size = FULL) -> str:
    """Send it all, look at what the server has, send it all again, and look once more."""
    with ground(households=12 * size.visits) as held:
        load = Load(held, size, Random(7))
        _begin_care_before(held)
        held.line.fault_for_next = Faults(Random(11))
        outbox = Outbox(held.far_address, load.token, Random(13))
        outbox.send(load.waiting, lambda left: tell(f"{left} of {len(load.waiting)} wait"))
        held.line.fault_for_next = lambda: None
        kept = _counted(held)
        _check(held, load, kept)
        tell("everything arrived; sent once more, nothing may change")
        again = Outbox(held.address, load.token, Random(17))
        again.send(load.waiting, lambda _: None)
        hold(_counted(held) == kept, f"sent again, {kept} became {_counted(held)}")
        hold(set(again.sent.first.values()) == {200}, f"sent again: {Counter(again.sent.first.values())}")
    sent = outbox.sent
    return (
        f"{size.records} records and {size.photos} photos of {DAYS} days, once each; "
        f"{sent.requests} requests, {sent.unanswered} without an answer, "
        f"{sent.too_early} updates before what they update"
    )


OFFLINE_BATCH = Drill("offline-batch", offline_batch)


class Faults:
    """Draws how each connection fails, if it does."""

    def __init__(self, rng: Random) -> None:
        """Draw from a known beginning."""
        self._rng, self._lock = rng, threading.Lock()

    def __call__(self) -> Fault | None:
        """Say how the next connection fails."""
        with self._lock:
            if self._rng.random() > _BROKEN:
                return None
            somewhere = self._rng.choice((0, 40, 400, 4_000, 40_000, 100_000))
            return self._rng.choice(
                (
                    Fault(),
                    Fault(let_through=somewhere),
                    Fault(let_through=somewhere, stalls=True),
                    Fault(late_s=self._rng.uniform(0.5, 2 * PATIENCE_S)),
                )
            )


def _begin_care_before(held: Ground) -> None:
    """Let care have begun before the days that the phone was without a network."""
    with held.engine.begin() as connection:
        connection.execute(update(CareRecord).values(started_on=CareRecord.started_on - DAYS - 1))


def _counted(held: Ground) -> dict[str, int]:
    """Count what there is of each kind."""
    tables = (Inspection, InspectionAnswer, Hazard, HazardEvent, Visit, Photo)
    with Session(held.engine) as session:
        rows = {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in tables
        }
    return rows | {"files": sum(path.is_file() for path in held.photos.rglob("*.jpg"))}


def _check(held: Ground, load: Load, kept: dict[str, int]) -> None:
    """Compare what the server has with what the phone made."""
    with Session(held.engine) as session:
        _check_records(session, load)
        _check_steps(session, load)
        photos = dict(session.execute(select(Photo.id, Photo.sha256)).all())
    sent = {photo_id: hashlib.sha256(data).digest() for photo_id, data in load.photos.items()}
    hold(photos == sent, f"{len(sent)} photos were sent, {len(photos)} rows are there, or of other bytes")
    hold(kept["files"] == 2 * len(sent), f"{kept['files']} files of {len(sent)} photos")
    headers = {"Authorization": f"Bearer {load.token}"}
    path = f"/v1/inspections/{load.lacking_id}"
    shown = requests.get(held.address + path, headers=headers, timeout=30).json()
    counts = (shown["photos_arrived"], shown["photos_named"])
    hold(counts == (2, 3), f"the inspection that lacks a photo shows photos {counts[0]} of {counts[1]}")
    clocks = (datetime.fromisoformat(shown["captured_at"]), datetime.fromisoformat(shown["received_at"]))
    hold(clocks[0] == load.captured[load.lacking_id], "the inspection shows another time than the phone's")
    hold(clocks[0] < clocks[1] <= now(), "the inspection does not show when it was received")


def _check_records(session: Session, load: Load) -> None:
    made: dict[UUID, datetime] = {}
    for table in (Inspection, Visit, Hazard):
        query = select(table.id, table.captured_at, table.clock_flag)
        if table is Hazard:
            query = query.where(Hazard.id.in_(load.captured))
        for record_id, captured_at, flag in session.execute(query):
            made[record_id] = captured_at
            hold(flag == "ok", f"a record of five days ago is flagged {flag}")
    hold(
        made == load.captured,
        f"{len(load.captured)} records were made, {len(made)} are there, or of other times",
    )
    found = select(Hazard.recurrences).where(Hazard.source == HazardSource.INSPECTION)
    sightings = [1 + more for more in session.scalars(found)]
    hold(sum(sightings) == load.problems, f"{load.problems} problems were found, {sum(sightings)} counted")


def _check_steps(session: Session, load: Load) -> None:
    taken = Counter(session.scalars(select(HazardEvent.id).where(HazardEvent.id.in_(load.step_ids))))
    hold(taken == Counter(load.step_ids), f"{len(load.step_ids)} steps were taken, {len(taken)} are there")
