"""One hazard of the scenes: each verb of the product with who takes it, and when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import hazards
from app.actors import VISITOR, Role
from app.cli.seed.site import Site
from app.cli.seed.stage import Stage, When
from app.cli.seed.world import SeedPlace, SeedResident
from app.clock import business_day
from app.evidence import Signals
from app.hazards import Assignment, FiveFixed, HazardReport, Rating, Recheck, Transfer
from app.identity import Permission
from app.models import Department, HazardCategory, HazardLevel, PlaceCode


@dataclass(frozen=True)
class Scene:
    """A hazard from its report on."""

    stage: Stage
    site: Site
    place: SeedPlace
    id: UUID
    key: str = ""
    """Of a visitor's receipt."""

    @property
    def admin(self) -> UUID:
        """Give the admin who decides."""
        return self.stage.history.world.admin(self.site.code)

    @property
    def worker(self) -> UUID:
        """Give the grid worker of the place."""
        return self.stage.history.world.worker(self.place.area_code)

    def lead(self, place: int) -> UUID:
        """Give a building lead of the grid, by his place among them."""
        return self.stage.history.world.holders(Role.BUILDING_LEAD, self.place.area_code)[place]

    @property
    def county(self) -> UUID:
        """Give the officer of the county."""
        return self.stage.history.world.county(self.site.code)

    @property
    def city(self) -> UUID:
        """Give the officer of the city."""
        return self.stage.one(Role.CITY_OFFICER, self.site.code)

    def by(
        self, when: When, user_id: UUID, permission: Permission, verb: Callable[..., Any], **sent: Any
    ) -> None:
        """Let one of the staff take a step."""
        at = self.stage.moment(when)
        step_id = self.stage.new_id(at)
        actor = self.stage.staff(user_id, permission)
        self.stage.do(at, lambda session: verb(session, actor, hazard_id=self.id, step_id=step_id, **sent))

    def accept(self, when: When, note: str = "", level: HazardLevel | None = None) -> None:
        """Let the admin accept it."""
        self.by(when, self.admin, Permission.HAZARD_ACCEPT, hazards.accept, level=level, note=note)

    def raise_level(self, when: When, reason: str) -> None:
        """Let the admin make it major, once it proves to be worse."""
        self.by(when, self.admin, Permission.HAZARD_ACCEPT, hazards.raise_level, reason=reason)

    def assign(
        self,
        when: When,
        to: UUID | None,
        due: When | None,
        note: str = "",
        by: UUID | None = None,
        **more: Any,
    ) -> None:
        """Let the admin give it to a person, or to a unit that is named."""
        given = Assignment(to, due_at=self.stage.moment(due) if due else None, note=note, **more)
        calendar = self.stage.calendar
        self.by(
            when, by or self.admin, Permission.HAZARD_ASSIGN, hazards.assign, calendar=calendar, given=given
        )

    def start(self, when: When, by: UUID, note: str = "", five_fixed: FiveFixed | None = None) -> None:
        """Let the work begin."""
        self.by(when, by, Permission.HAZARD_RECTIFY, hazards.start, note=note, five_fixed=five_fixed)

    def rectify(self, when: When, by: UUID, note: str, photo_ids: Sequence[UUID] = ()) -> None:
        """Let the work be done."""
        self.by(when, by, Permission.HAZARD_RECTIFY, hazards.rectify, note=note, photo_ids=photo_ids)

    def recheck(
        self,
        when: When,
        by: UUID,
        note: str,
        *,
        passed: bool = True,
        due: When | None = None,
        seen: When | None = None,
        **more: Any,
    ) -> None:
        """Let somebody else look whether it is put right; ``seen`` is when, where his phone was offline."""
        found = Recheck(passed, note, due_at=self.stage.moment(due) if due else None, **more)
        sent: dict[str, Any] = {"calendar": self.stage.calendar, "recheck": found}
        if seen is not None:
            sent["captured_at"] = self.stage.moment(seen)
        self.by(when, by, Permission.HAZARD_VERIFY, hazards.verify, **sent)

    def close(
        self, when: When, note: str, *, passed: bool = True, due: When | None = None, **more: Any
    ) -> None:
        """Let the county look, too, and close it or send it back."""
        found = Recheck(passed, note, due_at=self.stage.moment(due) if due else None, **more)
        calendar = self.stage.calendar
        self.by(
            when, self.county, Permission.HAZARD_CLOSE_MAJOR, hazards.close, calendar=calendar, recheck=found
        )

    def transfer(
        self, when: When, to: Department, note: str, *, expected: When, reference: str = "", contact: str = ""
    ) -> None:
        """Let the admin hand it to another department."""
        given = Transfer(to, note, business_day(self.stage.moment(expected)), reference, contact)
        self.by(when, self.admin, Permission.HAZARD_ASSIGN, hazards.transfer, given=given)

    def department_answers(self, when: When, note: str, *, done: bool) -> None:
        """Let the admin record what the department answered."""
        self.by(when, self.admin, Permission.HAZARD_ASSIGN, hazards.department_answer, done=done, note=note)

    def supervise(self, when: When, by: UUID, note: str) -> None:
        """Let an office urge it in words."""
        self.by(when, by, Permission.HAZARD_SUPERVISE, hazards.supervise, note=note)

    def answer(self, when: When, by: UUID, note: str, photo_ids: Sequence[UUID] = ()) -> None:
        """Let the office that urged it be answered."""
        self.by(when, by, Permission.HAZARD_RECTIFY, hazards.answer, note=note, photo_ids=photo_ids)

    def ask_time(self, when: When, by: UUID, reason: str, *, until: When) -> None:
        """Let somebody ask for more time."""
        day = business_day(self.stage.moment(until))
        self.by(when, by, Permission.HAZARD_RECTIFY, hazards.ask_extension, until=day, reason=reason)

    def grant_time(self, when: When, by: UUID, note: str = "") -> None:
        """Let more time be granted."""
        self.by(when, by, Permission.HAZARD_ASSIGN, hazards.grant_extension, note=note)

    def refuse_time(self, when: When, by: UUID, reason: str) -> None:
        """Let more time be refused."""
        self.by(when, by, Permission.HAZARD_ASSIGN, hazards.refuse_extension, reason=reason)

    def show_controls(self, when: When, by: UUID, note: str, photo_ids: Sequence[UUID]) -> None:
        """Let the temporary controls be shown."""
        self.by(when, by, Permission.HAZARD_RECTIFY, hazards.report_controls, note=note, photo_ids=photo_ids)

    def check_controls(self, when: When, note: str, *, passed: bool) -> None:
        """Let the county look at them."""
        self.by(
            when, self.county, Permission.HAZARD_CLOSE_MAJOR, hazards.check_controls, passed=passed, note=note
        )

    def give_notice(self, when: When, addressee: str = "", **more: str) -> None:
        """Let the admin write the notice to whoever must put it right."""
        at = self.stage.moment(when)
        notice_id, actor = self.stage.new_id(at), self.stage.staff(self.admin, Permission.HAZARD_ASSIGN)
        new = hazards.NewNotice(addressee, contact=f"{self.site.title}党群服务中心", **more)
        self.stage.do(at, lambda session: hazards.give_notice(session, actor, self.id, notice_id, new))

    def rate(self, when: When, by: SeedResident, faces: int, note: str = "") -> None:
        """Let the resident who reported it say how satisfied he is."""
        at = self.stage.moment(when)
        step_id, actor = self.stage.new_id(at), self.stage.resident(by)
        self.stage.do(at, lambda session: hazards.rate(session, actor, self.id, step_id, Rating(faces, note)))

    def rate_by_receipt(self, when: When, faces: int, note: str = "") -> None:
        """Let the visitor who reported it say so, by the address of his receipt."""
        at = self.stage.moment(when)
        step_id, said = self.stage.new_id(at), Rating(faces, note)
        self.stage.do(
            at,
            lambda session: hazards.rate_by_receipt(session, self.place.id, self.id, step_id, self.key, said),
        )

    def take_over(self, when: When, by: SeedResident) -> None:
        """Let a resident take what he reported as a visitor for his own."""
        at = self.stage.moment(when)
        step_id, actor = self.stage.new_id(at), self.stage.resident(by)
        self.stage.do(at, lambda session: hazards.take_over(session, actor, self.id, step_id, key=self.key))

    def photos(self, when: When, by: UUID, caption: str, number: int = 1, **how: Any) -> list[UUID]:
        """Let somebody take photos for what he does at that moment."""
        history, at = self.stage.history, self.stage.moment(when)
        return history.take_photos(self.stage.rng, number, caption=caption, by=by, at=at, **how)


def seen_by_staff(
    stage: Stage,
    when: When,
    site: Site,
    place: str,
    category: HazardCategory,
    text: str,
    by: Role,
    **how: Any,
) -> Scene:
    """Let one of the staff report something, with a photo of it."""
    spot, at = stage.place(site, place), stage.moment(when)
    user_id = stage.one(by, spot.area_code)
    scene = Scene(stage, site, spot, stage.new_id(at))
    shown = scene.photos(when, user_id, f"{place} {text}", **how)
    sent = HazardReport(category, text, Signals(at), place_id=spot.id, photo_ids=shown)
    actor = stage.staff(user_id, Permission.HAZARD_REPORT)
    stage.do(at, lambda session: hazards.report(session, actor, stage.signer, scene.id, sent))
    return scene


def seen_by_resident(
    stage: Stage, when: When, site: Site, by: SeedResident, category: HazardCategory, text: str
) -> Scene:
    """Let a resident report something at his building, in words."""
    at = stage.moment(when)
    scene = Scene(stage, site, by.place, stage.new_id(at))
    sent = HazardReport(category, text, Signals(at), place_id=by.place.id)
    actor = stage.resident(by)
    stage.do(at, lambda session: hazards.report(session, actor, stage.signer, scene.id, sent))
    return scene


def seen_by_visitor(
    stage: Stage, when: When, site: Site, place: SeedPlace, category: HazardCategory, text: str
) -> Scene:
    """Let somebody without an account report what he sees, by the code on the wall."""
    at = stage.moment(when)
    scene = Scene(stage, site, place, stage.new_id(at), key=f"{stage.rng.getrandbits(128):032x}")

    def report(session: Session) -> None:
        code = stage.signer.code(session.get_one(PlaceCode, place.code_id).serial)
        sent = HazardReport(category, text, Signals(at, code=code))
        hazards.report(session, VISITOR, stage.signer, scene.id, sent, receipt_key=scene.key)

    stage.do(at, report)
    return scene
