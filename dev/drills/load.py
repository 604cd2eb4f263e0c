"""Five days of one phone's work: records, the photos they name, and steps of what it was given before."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import requests
from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import (
    CareCategory,
    Checklist,
    ChecklistItem,
    PlaceKind,
    VisitForm,
)
from dev.drills.drill import hold
from dev.drills.ground import Ground
from dev.drills.outbox import Waiting

DAYS = 5
_PHOTO_PX = (1024, 768)
_ADULT_SINCE_DAYS = 60 * 366


@dataclass(frozen=True)
class Size:
    """How much the phone brings. An inspection has two photos, a report one, a piece of work two."""

    inspections: int
    hazards: int
    visits: int
    works: int
    """Hazards given to its owner before he left, which he starts and puts right: a create and an update."""

    @property
    def records(self) -> int:
        """Count the records; a piece of work has two steps."""
        return self.inspections + self.hazards + self.visits + 2 * self.works

    @property
    def photos(self) -> int:
        """Count the photos that arrive."""
        return 2 * self.inspections + self.hazards + 2 * self.works


class Load:
    """What the phone brings: made over five days, each record with the photos it names."""

    def __init__(self, held: Ground, size: Size, rng: Random) -> None:
        """Make it all, with what the settlement must have before: care records, hazards given to him."""
        self._held, self._rng = held, rng
        self._place = next(place for place in held.world.places if place.kind is PlaceKind.RESIDENTIAL)
        self.owner_id = held.world.worker(self._place.area_code)
        self.token = held.sign_in(self.owner_id)
        self._admin = held.sign_in(held.world.admin(self._place.area_code))
        self.captured: dict[UUID, datetime] = {}
        """The device's time of each record."""
        self.photos: dict[UUID, bytes] = {}
        self.problems = 0
        self.step_ids: list[UUID] = []
        with Session(held.engine) as session:
            self._checklist_id, self._item_ids = self._checklist(session)
            self._form_id = session.scalars(
                select(VisitForm.id).where(VisitForm.category == CareCategory.ELDERLY)
            ).one()
        work = [*self._works(size.works)]
        inspections = [self._inspection(lacks=number == 0) for number in range(size.inspections)]
        self.lacking_id = inspections[0].id
        """The inspection one of whose three photos never arrives."""
        self.waiting = [
            *inspections,
            *(self._hazard() for _ in range(size.hazards)),
            *self._visits(size.visits),
            *work,
        ]
        self.waiting += [
            Waiting("PUT", f"/v1/photos/{photo_id}", data, "photo", photo_id)
            for photo_id, data in self.photos.items()
        ]

    def _checklist(self, session: Session) -> tuple[UUID, list[UUID]]:
        found = session.scalars(
            select(Checklist.id)
            .where(Checklist.kind == PlaceKind.RESIDENTIAL)
            .order_by(Checklist.code.desc())
            .limit(1)
        ).one()
        items = select(ChecklistItem.id).where(ChecklistItem.checklist_id == found)
        return found, list(session.scalars(items.order_by(ChecklistItem.position)))

    def _record(self, kind: str, body: dict[str, Any]) -> Waiting:
        record_id, at = new_id(), now() - timedelta(days=DAYS) * self._rng.random()
        self.captured[record_id] = at
        return Waiting(
            "PUT", f"/v1/{kind}s/{record_id}", {**body, "captured_at": at.isoformat()}, kind, record_id
        )

    def _inspection(self, *, lacks: bool) -> Waiting:
        """Fill the list, one item in ten inspections with a problem; it names two photos."""
        answers: list[dict[str, Any]] = [{"item_id": str(one), "result": "ok"} for one in self._item_ids]
        if self._rng.random() < 1 / 10:
            self.problems += 1
            answers[self._rng.randrange(3)] |= {"result": "problem", "note": "堆了纸箱"}
        named = self._pictures(2) + ([new_id()] if lacks else [])
        body = {
            "place_id": str(self._place.id),
            "checklist_id": str(self._checklist_id),
            "position": self._position(),
            "answers": answers,
            "photo_ids": [str(one) for one in named],
        }
        return self._record("inspection", body)

    def _hazard(self) -> Waiting:
        body = {
            "place_id": str(self._place.id),
            "category": "fire",
            "text": "楼道里有电动车在充电",
            "photo_ids": [str(one) for one in self._pictures(1)],
        }
        return self._record("hazard", body)

    def _visits(self, number: int) -> Iterator[Waiting]:
        """Visit elderly people, given to him first; nobody was reached, so there is nothing to say."""
        born_before = now().date() - timedelta(days=_ADULT_SINCE_DAYS)
        elderly = [
            person
            for person in self._held.world.residents()
            if person.area_code == self._place.area_code and person.person.birth_date < born_before
        ]
        for person in elderly[:number]:
            record_id = new_id()
            care = {
                "resident_id": str(person.id),
                "category": "elderly",
                "level": "high",
                "worker_id": str(self.owner_id),
                "reason": "独居",
            }
            self._prepare("PUT", f"/v1/care-records/{record_id}", care)
            yield self._record(
                "visit",
                {
                    "care_record_id": str(record_id),
                    "form_id": str(self._form_id),
                    "mode": "phone",
                    "outcome": "not_reached",
                },
            )
        hold(len(elderly) >= number, f"the settlement has {len(elderly)} elderly people, {number} are needed")

    def _works(self, number: int) -> Iterator[Waiting]:
        """Give him hazards, which he starts and puts right without a net."""
        for _ in range(number):
            hazard = f"/v1/hazards/{new_id()}"
            report = {
                "place_id": str(self._place.id),
                "category": "facility",
                "text": "路灯不亮",
                "captured_at": now().isoformat(),
            }
            self._prepare("PUT", hazard, report)
            self._prepare("POST", f"{hazard}/accept", {"step_id": str(new_id())})
            given = {"step_id": str(new_id()), "assignee_id": str(self.owner_id)}
            self._prepare("POST", f"{hazard}/assign", given)
            named = [str(one) for one in self._pictures(2)]
            for verb, body in (("start", {}), ("rectify", {"note": "换了灯泡", "photo_ids": named})):
                step_id = new_id()
                self.step_ids.append(step_id)
                yield Waiting("POST", f"{hazard}/{verb}", {"step_id": str(step_id), **body}, "step", step_id)

    def _prepare(self, method: str, path: str, body: dict[str, Any]) -> None:
        """Let the admin do what was done before the phone left the net."""
        headers = {"Authorization": f"Bearer {self._admin}"}
        answer = requests.request(method, self._held.address + path, json=body, headers=headers, timeout=30)
        hold(answer.ok, f"{method} {path} was answered {answer.status_code} {answer.text}")

    def _position(self) -> dict[str, Any]:
        return {"lng": self._place.lng, "lat": self._place.lat, "accuracy_m": 20, "datum": "wgs84"}

    def _pictures(self, number: int) -> list[UUID]:
        """Take pictures, no two alike."""
        ids = [new_id() for _ in range(number)]
        for photo_id in ids:
            image = Image.effect_mandelbrot(_PHOTO_PX, (-2, -1.5, self._rng.uniform(0.2, 1), 1.5), 20)
            picture = Image.merge("RGB", [image, image.rotate(self._rng.uniform(1, 80)), image])
            ImageDraw.Draw(picture).text((20, 20), str(photo_id), fill="white")
            out = io.BytesIO()
            picture.save(out, "JPEG", quality=85)
            self.photos[photo_id] = out.getvalue()
        return ids
