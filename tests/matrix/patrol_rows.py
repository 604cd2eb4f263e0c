"""Rows of inspections, hazards and visits, written straight into the tables."""

from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from app.clock import business_day, now
from app.ids import new_id
from app.models import (
    Absence,
    AbsenceReason,
    Checklist,
    ChecklistDraft,
    ChecklistItem,
    Hazard,
    HazardCategory,
    HazardLevel,
    HazardSource,
    HazardStatus,
    Inspection,
    Occurrence,
    OnDayOff,
    PlaceKind,
    Plan,
    PlanFrequency,
    RectificationNotice,
    SpotCheck,
    SpotCheckRecord,
    SpotCheckStatus,
    SpotCheckWeek,
    Unit,
    UnitKind,
    UnitMember,
)
from tests import cast
from tests.cast import person
from tests.matrix.side import Side, captured


def plain_item(**more: Any) -> dict[str, Any]:
    """Give an item as a draft keeps it."""
    return {
        "code": "exit_clear",
        "section": "楼道",
        "text": "通道是否畅通?",
        "kind": "check",
        "required": True,
        "options": [],
        "unit": "",
        "decimals": 0,
        "least": None,
        "most": None,
        "photos": 0,
        "level": "general",
        "category": "fire",
        "deadline_days": None,
        "advice": "",
        "source": "",
        **more,
    }


class PatrolRows(Side):
    """Writes what grid workers make."""

    def checklist(self) -> tuple[UUID, UUID]:
        """Write a checklist with one item; give both ids."""
        checklist_id, item_id = new_id(), new_id()
        self.add(
            Checklist(
                id=checklist_id,
                area_code=self.community[:6],
                code="building",
                kind=PlaceKind.RESIDENTIAL,
                title=f"表{checklist_id}",
                version=int(checklist_id) % 2_000_000_000,
                published_at=cast.LONG_AGO,
            )
        )
        self.add(
            ChecklistItem(
                id=item_id,
                checklist_id=checklist_id,
                position=0,
                code="exit_clear",
                section="楼道",
                text="通道是否畅通?",
                level=HazardLevel.GENERAL,
                category=HazardCategory.FIRE,
            )
        )
        return checklist_id, item_id

    def own_checklist(self) -> UUID:
        """Write a checklist of the community itself."""
        checklist_id = new_id()
        self.add(
            Checklist(
                id=checklist_id,
                area_code=self.community,
                code=f"own_{checklist_id.hex[-12:]}",
                kind=PlaceKind.RESIDENTIAL,
                title="自己的表",
                version=1,
                published_at=cast.LONG_AGO,
            )
        )
        return checklist_id

    def checklist_draft(self) -> UUID:
        """Write a draft of a list of the community, with one item."""
        draft_id = new_id()
        self.add(
            ChecklistDraft(
                id=draft_id,
                area_code=self.community,
                code=f"draft_{draft_id.hex[-12:]}",
                kind=PlaceKind.RESIDENTIAL,
                title="新的表",
                source="",
                items=[plain_item()],
                revision=1,
                content_hash=b"",
                written_at=cast.LONG_AGO,
            )
        )
        return draft_id

    def inspection(self) -> UUID:
        """Write an inspection by ``worker``."""
        checklist_id, _ = self.checklist()
        inspection_id = new_id()
        self.add(
            Inspection(
                id=inspection_id,
                area_code=self.area,
                place_id=self.place_id,
                checklist_id=checklist_id,
                worker_id=self.user("worker"),
                **captured(),
            )
        )
        return inspection_id

    def plan(self) -> UUID:
        """Write a plan of the residential buildings, which begins tomorrow."""
        plan_id = new_id()
        self.add(
            Plan(
                id=plan_id,
                area_code=self.area,
                title="楼栋消防检查",
                checklist_area_code=self.community[:6],
                checklist_code="building",
                kind=PlaceKind.RESIDENTIAL,
                frequency=PlanFrequency.DAILY,
                opens=time(8),
                due_after_min=600,
                missed_after_min=60,
                on_day_off=OnDayOff.KEEP,
                starts_on=business_day() + timedelta(days=1),
                made_by=self.user("admin"),
                content_hash=b"",
                created_at=cast.LONG_AGO,
            )
        )
        return plan_id

    def occurrence(self) -> UUID:
        """Write an open occurrence of ``worker``."""
        occurrence_id = new_id()
        self.add(
            Occurrence(
                id=occurrence_id,
                area_code=self.area,
                plan_id=self.plan(),
                place_id=self.place_id,
                checklist_area_code=self.community[:6],
                checklist_code="building",
                period_on=business_day(),
                opens_at=now() - timedelta(hours=1),
                due_at=now() + timedelta(hours=1),
                missed_at=now() + timedelta(hours=2),
                original_worker_id=self.user("worker"),
                worker_id=self.user("worker"),
                made_at=cast.LONG_AGO,
            )
        )
        return occurrence_id

    def absence(self) -> UUID:
        """Write an absence of ``worker`` for whom ``admin`` stands in."""
        absence_id = new_id()
        self.add(
            Absence(
                id=absence_id,
                area_code=self.community,
                worker_id=self.user("worker"),
                substitute_id=self.user("admin"),
                from_on=business_day(),
                until_on=business_day() + timedelta(days=2),
                reason=AbsenceReason.LEAVE,
                recorded_by=self.user("admin"),
                created_at=now(),
                content_hash=b"",
            )
        )
        return absence_id

    def spot_check_week(self) -> UUID:
        """Write a week that was drawn."""
        week_id, at = new_id(), now()
        week_on = date.fromordinal(700_000 + int(week_id) % 30_000 * 7)
        self.add(
            SpotCheckWeek(
                id=week_id,
                area_code=self.community,
                week_on=week_on,
                committed_at=at,
                seed_hash=b"",
                seed="0",
                drawn_at=at,
                candidates=[{"record_id": str(week_id), "worker": 0, "weight": 1, "due": False}],
            )
        )
        return week_id

    def spot_check(self, status: SpotCheckStatus, **more: Any) -> UUID:
        """Write a spot check of an inspection by ``worker``, looked at by ``city`` if it was."""
        check_id, at = new_id(), now()
        looked: dict[str, Any] = {}
        if status is not SpotCheckStatus.DRAWN:
            looked = {"checked_by": self.user("city"), "checked_at": at, "note": "没有人见过"}
        if status is SpotCheckStatus.APPEALED:
            looked |= {"appeal": "我去过", "appealed_at": at}
        values: dict[str, Any] = {"worker_id": self.user("worker")} | looked | more
        self.add(
            SpotCheck(
                id=check_id,
                area_code=self.area,
                week_id=self.spot_check_week(),
                record_kind=SpotCheckRecord.INSPECTION,
                record_id=self.inspection(),
                place_id=self.place_id,
                drawn_at=at,
                status=status,
                **values,
            )
        )
        return check_id

    def unit(self) -> UUID:
        """Write a unit of ``worker``."""
        unit_id = new_id()
        self.add(
            Unit(
                id=unit_id,
                area_code=self.community,
                name="维修班",
                kind=UnitKind.TEAM,
                made_by=self.user("admin"),
                created_at=now(),
                content_hash=b"",
            )
        )
        self.add(UnitMember(id=new_id(), unit_id=unit_id, user_id=self.user("worker"), since=now()))
        return unit_id

    def hazard(self, status: HazardStatus, **more: Any) -> UUID:
        """Write a hazard reported by ``resident``."""
        hazard_id = new_id()
        reporter = "far_resident" if self.far else "resident"
        values: dict[str, Any] = {
            "source": HazardSource.RESIDENT,
            "category": HazardCategory.FIRE,
            "level": HazardLevel.GENERAL,
            "text": "楼道堆放杂物",
            "reported_by": person(reporter).user_id,
            **captured(),
        }
        self.add(
            Hazard(
                id=hazard_id, area_code=self.area, place_id=self.place_id, status=status, **(values | more)
            )
        )
        return hazard_id

    def given_notice(self, notice_id: UUID | None = None) -> UUID:
        """Write a hazard that ``worker`` has, with a written notice to whoever must put it right; give it."""
        due_at = now() + timedelta(days=7)
        hazard_id = self.hazard(HazardStatus.ASSIGNED, assignee_id=self.user("worker"), due_at=due_at)
        self.add(
            RectificationNotice(
                id=notice_id or new_id(),
                area_code=self.area,
                hazard_id=hazard_id,
                community_code=self.community,
                year=due_at.year,
                number=1,
                due_at=due_at,
                addressee="车间负责人",
                basis="",
                advice="清走杂物",
                contact="社区办公室",
                made_by=self.user("admin"),
                made_at=now(),
                content_hash=b"",
            )
        )
        return hazard_id
