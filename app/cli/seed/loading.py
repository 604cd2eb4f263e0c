"""Loading the demonstration: everything in one transaction, so that an interrupted seed leaves nothing."""

from datetime import date, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock, evidence
from app.actors import Actor
from app.adapters import PhotoStore
from app.cli.seed import catalogue
from app.cli.seed.accounts import PASSWORD
from app.cli.seed.history import History
from app.cli.seed.history_claims import add_claims
from app.cli.seed.history_hazards import Hazards
from app.cli.seed.history_inspections import add_inspections
from app.cli.seed.history_reports import add_reports
from app.cli.seed.history_visits import add_visits
from app.cli.seed.hours import Hours
from app.cli.seed.pictures import draw
from app.cli.seed.play import Play
from app.cli.seed.progress import Tell
from app.cli.seed.rows import Rows
from app.cli.seed.settlement import add_site
from app.cli.seed.site import CITY, SITES
from app.cli.seed.staff import add_staff
from app.cli.seed.world import World
from app.config import UnknownYears
from app.identity import HASHER
from app.models import Area
from app.workdays import WorkCalendar

WHOLE = 100
_DAYS = 365


def is_seeded(session: Session) -> bool:
    """Say whether the demonstration is there."""
    return session.scalars(select(Area.code).where(Area.code == CITY)).first() is not None


def tell_history(*, day: date, seed: int) -> History:
    """Tell the year that ends with the day before ``day``; nothing is written."""
    until = clock.start_of(day)
    first = day - timedelta(days=_DAYS)
    since = clock.start_of(first - timedelta(days=30))
    hours = Hours(WorkCalendar(UnknownYears.WEEKENDS), until)
    history = History(seed, first, day - timedelta(days=1), hours, World(), Rows())
    rows, world, password = history.rows, history.world, HASHER.hash(PASSWORD, salt=_salt(seed))
    catalogue.add_areas(rows)
    catalogue.add_checklists(rows, since)
    catalogue.add_visit_forms(rows, since)
    catalogue.add_rules(rows, clock.business_day(since))
    catalogue.add_rewards(rows)
    add_staff(rows, world, history.rng("staff"), since=since, password=password)
    for site in SITES:
        rng = history.rng(site.code)
        add_site(rows, world, rng, site, since=since, until=until, password=password)
    hazards = Hazards(history)
    add_inspections(history, hazards)
    add_reports(history, hazards)
    hazards.settle()
    add_visits(history)
    add_claims(history)
    return history


def _salt(seed: int) -> bytes:
    """Give the same salt for the same seed: the demonstration's password is no secret."""
    return Random(f"{seed} salt").randbytes(16)


def load(session: Session, store: PhotoStore, *, day: date, seed: int, tell: Tell) -> None:
    """Write the demonstration; the caller commits."""
    history = tell_history(day=day, seed=seed)
    tell("history", 30)
    for table in history.rows.tables():
        history.rows.write(session, table)
    tell("rows", 30)
    Play(session, history).all()
    tell("points", 20)
    rng = history.rng("pictures")
    for wanted in history.pictures:
        actor = Actor(user_id=wanted.by)
        with clock.set_to(wanted.at):
            evidence.keep(session, store, actor, wanted.id, draw(rng, wanted.caption, wanted.at))
    tell("photos", 20)
