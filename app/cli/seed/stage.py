"""Where scenes are played by the product's own verbs, each at its moment, while the jobs go on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import hazards
from app.actors import Actor, Held, Role
from app.cli.seed.history import INBOX_DAYS, READ, History
from app.cli.seed.ids import id_at
from app.cli.seed.site import Site
from app.cli.seed.world import SeedPlace, SeedResident
from app.clock import set_to
from app.identity import Permission, scope_of
from app.models import Grant, Hazard, Notice
from app.places import CodeSigner
from app.workdays import WorkCalendar

Doing = Callable[[Session], object]
When = tuple[int, float]
"""How many days before the history's end, and at which hour; a negative day is still to come."""
_AT_ONCE = 100


@dataclass
class Stage:
    """What is to be done, by whom and when; nothing is done before ``play``."""

    history: History
    signer: CodeSigner = field(default_factory=lambda: CodeSigner(b"of the scenes alone", "http://localhost"))
    _doings: list[tuple[datetime, Doing]] = field(default_factory=list)
    _held: dict[UUID, tuple[Held, ...]] = field(init=False)

    def __post_init__(self) -> None:
        self.rng = self.history.rng("scenes")
        held: dict[UUID, list[Held]] = {}
        for row in self.history.rows.of(Grant):
            held.setdefault(row["user_id"], []).append(Held(row["role"], row["area_code"]))
        self._held = {user_id: tuple(several) for user_id, several in held.items()}

    @property
    def calendar(self) -> WorkCalendar:
        """Give the calendar of the history."""
        return self.history.hours.calendar

    def moment(self, when: When) -> datetime:
        """Give the moment of an hour so many days before the end: yesterday is one day before."""
        days, hour = when
        return self.history.until - timedelta(days=days) + timedelta(hours=hour)

    def new_id(self, at: datetime) -> UUID:
        """Give an id for what somebody does at a moment."""
        return id_at(self.rng, at)

    def do(self, at: datetime, doing: Doing) -> None:
        """Let something be done at a moment."""
        assert at <= self.history.until, "the story ends before"
        self._doings.append((at, doing))

    def staff(self, user_id: UUID, permission: Permission) -> Actor:
        """Give one of the staff, with the reach of a function of his."""
        actor = Actor(user_id=user_id, held=self._held[user_id])
        scope = scope_of(actor, permission)
        assert scope is not None, f"{permission} is nothing for {actor.held}"
        return actor.within(scope)

    def resident(self, one: SeedResident) -> Actor:
        """Give a resident with an account, who reports what he sees."""
        actor = Actor(
            user_id=one.user_id,
            resident_id=one.id,
            household_id=one.household_id,
            home_code=one.area_code,
        )
        scope = scope_of(actor, Permission.HAZARD_REPORT)
        assert scope is not None, "everybody may report where he lives"
        return actor.within(scope)

    def place(self, site: Site, name: str) -> SeedPlace:
        """Give a place of a site by its name."""
        return next(place for place in self.history.world.places_of(site) if place.name == name)

    def one(self, role: Role, area_code: str, *, but: Sequence[UUID] = ()) -> UUID:
        """Give the first who holds a role there, none of those who are named."""
        return next(one for one in self.history.world.holders(role, area_code) if one not in but)

    def play(self, session: Session) -> None:
        """Do everything in the order of time; alarms sound at their minutes."""
        for at, doing in sorted(self._doings, key=lambda one: one[0]):
            self._sound(session, at)
            with set_to(at):
                doing(session)
                session.flush()
        self._sound(session, self.history.until)
        self._date_notices(session)

    def _sound(self, session: Session, until: datetime) -> None:
        """Let the alarms of hazards sound that are due by a moment, each at its own."""
        due = select(func.min(Hazard.alarm_at)).where(Hazard.status.in_(hazards.RUNNING))
        while (at := session.scalar(due)) is not None and at <= until:
            with set_to(at):
                hazards.take_alarms(session, limit=_AT_ONCE)
                session.flush()

    def _date_notices(self, session: Session) -> None:
        """Give what was told ids of its moment, in whose order an inbox is read, and let most have been read.

        Of older ones nothing is kept, as of those of the rest of the story.
        """
        told = {row["id"] for row in self.history.rows.of(Notice)}
        for notice in session.scalars(select(Notice).where(Notice.id.not_in(told)).order_by(Notice.id)).all():
            if self.history.days_ago(notice.created_at) > INBOX_DAYS:
                session.delete(notice)
                continue
            notice.id = self.new_id(notice.created_at)
            read_at = notice.created_at + timedelta(hours=self.rng.uniform(0.1, 30))
            if read_at < self.history.until and self.rng.random() < READ:
                notice.read_at = read_at
