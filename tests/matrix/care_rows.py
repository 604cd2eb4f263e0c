"""Rows of care and visits, written straight into the tables."""

from datetime import date, timedelta
from uuid import UUID

from app.clock import business_day, now
from app.employment import months_before, sealed_wage, this_month
from app.ids import new_id
from app.models import (
    CareCategory,
    CareEvent,
    CareLevel,
    CareRecord,
    CareStep,
    Employment,
    EscapeHelp,
    FollowUp,
    Resident,
    Visit,
    VisitForm,
    VisitMode,
    VisitOutcome,
    WageBand,
    WeatherAlert,
    WeatherKind,
    WorkPlace,
    WorkSource,
    WorkState,
    WorkWay,
)
from app.sealing import Cell
from app.visits import Confirmation, SaidBy, sealed_need, sealed_visit
from tests import cast
from tests.matrix.side import Side, captured
from tests.sealer import SEALER


class CareRows(Side):
    """Writes what is kept of those whom somebody looks after."""

    def care_record(self) -> UUID:
        """Write a care record of the household's head, looked after by ``worker``."""
        record_id = new_id()
        self.add(
            CareRecord(
                id=record_id,
                area_code=self.area,
                resident_id=self.resident_id,
                category=CareCategory.ELDERLY,
                level=CareLevel.LOW,
                every_days=30,
                worker_id=self.user("worker"),
                started_on=business_day(cast.LONG_AGO),
                next_due_on=business_day(),
                content_hash=b"",
                created_at=cast.LONG_AGO,
            )
        )
        return record_id

    def care_event(self) -> UUID:
        """Write a change of a care record; give the record's id."""
        record_id, event_id = self.care_record(), new_id()
        self.add(
            CareEvent(
                id=event_id,
                area_code=self.area,
                care_record_id=record_id,
                step=CareStep.LEVEL,
                actor_id=self.user("admin"),
                at=cast.LONG_AGO,
                day=business_day(),
                data={"now": {"level": "low"}},
                reason_sealed=SEALER.seal("好转", Cell("care_events", "reason_sealed", event_id)),
                content_hash=b"",
            )
        )
        return record_id

    def escape_help(self) -> UUID:
        """Write that the household's head needs help to get out."""
        help_id = new_id()
        self.add(
            EscapeHelp(
                id=help_id,
                area_code=self.area,
                resident_id=self.resident_id,
                helpers=2,
                noted_on=business_day(cast.LONG_AGO),
                noted_by=self.user("worker"),
                created_at=cast.LONG_AGO,
                content_hash=b"",
            )
        )
        return help_id

    def employment(self, *, months_ago: int = 0) -> UUID:
        """Write what the household's head lived by in a month."""
        entry_id = new_id()
        self.add(
            Employment(
                id=entry_id,
                area_code=self.area,
                resident_id=self.resident_id,
                month=months_before(this_month(), months_ago),
                state=WorkState.EMPLOYED,
                place=WorkPlace.COUNTY,
                way=WorkWay.WORKSHOP,
                months=4,
                wage_sealed=sealed_wage(SEALER, entry_id, WageBand.FROM_2000),
                source=WorkSource.VISIT,
                written_by=self.user("worker"),
                written_at=cast.LONG_AGO,
                content_hash=b"",
            )
        )
        return entry_id

    def young_worker(self, *, months_ago: int = 0) -> UUID:
        """Let the household's head be of working age, and write what he lived by in a month."""
        self.session.get_one(Resident, self.resident_id).birth_date = date(1990, 3, 8)
        return self.employment(months_ago=months_ago)

    def weather_alert(self) -> UUID:
        """Write an alert for today."""
        alert_id = new_id()
        self.add(
            WeatherAlert(
                id=alert_id,
                area_code=self.area,
                kind=WeatherKind.SNOW,
                from_on=business_day(),
                until_on=business_day(),
                reason="大雪",
                levels=[],
                categories=[],
                made_by=self.user("admin"),
                made_at=cast.LONG_AGO,
                content_hash=b"",
            )
        )
        return alert_id

    def visit_form(self) -> UUID:
        """Write a form for the elderly."""
        form_id = new_id()
        self.add(
            VisitForm(
                id=form_id,
                category=CareCategory.ELDERLY,
                version=int(form_id) % 2_000_000_000,
                title="老人探访表",
                fields=[{"key": "mood", "label": "心情", "kind": "text", "required": True}],
                published_at=cast.LONG_AGO,
            )
        )
        return form_id

    def visit(self) -> tuple[UUID, UUID]:
        """Write a visit by ``worker`` with one open follow-up; give both ids."""
        record_id, form_id, visit_id, follow_up_id = self.care_record(), self.visit_form(), new_id(), new_id()
        self.add(
            Visit(
                id=visit_id,
                area_code=self.area,
                care_record_id=record_id,
                form_id=form_id,
                worker_id=self.user("worker"),
                mode=VisitMode.IN_PERSON,
                outcome=VisitOutcome.SEEN_WELL,
                **sealed_visit(SEALER, visit_id, answers={"mood": "好"}, note=""),
                **captured(),
            )
        )
        self.add(
            FollowUp(
                id=follow_up_id,
                area_code=self.area,
                visit_id=visit_id,
                need_sealed=sealed_need(SEALER, follow_up_id, "送药"),
                owner_id=self.user("worker"),
                due_on=business_day() + timedelta(days=3),
            )
        )
        return visit_id, follow_up_id

    def answered_visit(self) -> UUID:
        """Write a visit whose resident said that it took place."""
        visit = self.session.get_one(Visit, self.visit()[0])
        visit.confirmation, visit.answer_id, visit.answered_at = Confirmation.CONFIRMED, new_id(), now()
        visit.answered_by, visit.answered_as = self.user("resident"), SaidBy.RESIDENT
        self.session.flush()
        return visit.id
