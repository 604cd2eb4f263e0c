"""Loading the demonstration: everything in one transaction, so that an interrupted seed leaves nothing."""

from collections import defaultdict
from datetime import date, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app import clock, evidence, points
from app.actors import VISITOR, Actor, Held
from app.adapters import PhotoStore
from app.cli.seed import catalogue
from app.cli.seed.accounts import PASSWORD
from app.cli.seed.bindings import add_bindings
from app.cli.seed.care_hands import set_substitutes
from app.cli.seed.care_words import set_answers, set_contacts
from app.cli.seed.guardians import forget_numbers_nobody_agreed_to
from app.cli.seed.history import History
from app.cli.seed.history_claims import add_claims
from app.cli.seed.history_hazards import Hazards, add_category_deadlines
from app.cli.seed.history_inspections import add_inspections
from app.cli.seed.history_plans import add_plans
from app.cli.seed.history_reports import add_reports
from app.cli.seed.history_shop import add_shop
from app.cli.seed.history_visits import add_visits
from app.cli.seed.history_work import add_work, set_work_counts
from app.cli.seed.hours import READY_BEFORE, TOLD_FOR, YEAR, Hours
from app.cli.seed.pictures import draw, mirrored, sign
from app.cli.seed.progress import Tell
from app.cli.seed.proxies import add_proxies
from app.cli.seed.routes import set_routes
from app.cli.seed.scenes import set_scenes
from app.cli.seed.scenes_moves import enter_twice, set_moves
from app.cli.seed.sealing import seal
from app.cli.seed.second_looks import set_spot_checks
from app.cli.seed.settlement import add_site
from app.cli.seed.site import CITY, SITES
from app.cli.seed.staff import add_staff
from app.cli.seed.stage import Stage
from app.cli.seed.taking_out import set_files, set_wishes
from app.cli.seed.world import World
from app.config import UnknownYears
from app.identity import HASHER
from app.models import Area, ConsentText, Grant, Photo, PhotoMatch, Quarantine, User
from app.sealing import Sealer
from app.workdays import WorkCalendar

_COMPARED_AFTER = timedelta(minutes=1)
"""When the job has looked a photo up."""
_LOCK = 0x676F6E676469
"""Of the advisory lock: of two seeds at once the second waits, and then finds everything there."""


def load(session: Session, store: PhotoStore, sealer: Sealer, *, day: date, seed: int, tell: Tell) -> bool:
    """Write the demonstration unless it is there; say whether it was written. The caller commits."""
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    if session.get(Area, CITY) is not None:
        return False
    tell("the story", 0)
    history = tell_history(day=day, seed=seed)
    seal(history.rows, sealer)
    tell("the story", 0.15)
    _publish_texts(session, history)
    _write(session, history, tell)
    _post(session, history, tell)
    stage = _stage(history, store, sealer)
    _take_photos(session, store, history, tell)
    tell("scenes", 0)
    stage.play(session)
    tell("scenes", 0.1)
    tell("a check", 0)
    findings = points.reconcile(session)
    assert not findings, f"the seed does not add up: {findings}"
    tell("a check", 0.05)
    return True


def tell_history(*, day: date, seed: int) -> History:
    """Tell the year that ends with the day before ``day``, the same for the same seed; nothing is written."""
    until = clock.start_of(day)
    first = day - YEAR
    since = clock.start_of(first) - READY_BEFORE
    hours = Hours(WorkCalendar(UnknownYears.WEEKENDS), until)
    history = History(seed, first, day - timedelta(days=1), hours, World())
    rows, world, password = history.rows, history.world, _password(history)
    catalogue.add_areas(rows)
    catalogue.add_checklists(rows, since)
    catalogue.add_visit_forms(rows, since)
    catalogue.add_rules(rows, clock.business_day(since))
    catalogue.add_rewards(rows)
    add_staff(
        rows,
        world,
        history.rng("staff"),
        since=since,
        until=until,
        password=password,
        rng_of_codes=history.rng("second factors"),
    )
    for site in SITES:
        add_site(rows, world, history.rng(site.code), site, since=since, until=until, password=password)
    hazards = Hazards(history)
    add_inspections(history, hazards)
    add_reports(history, hazards)
    hazards.settle()
    add_category_deadlines(history)
    add_plans(history)
    add_visits(history)
    add_work(history)
    forget_numbers_nobody_agreed_to(history)
    add_claims(history)
    add_shop(history)
    add_bindings(history)
    add_proxies(history)
    enter_twice(history)
    return history


def _password(history: History) -> str:
    """Hash the demonstration's password, with the same salt for the same seed: it is no secret."""
    rng: Random = history.rng("salt")
    return HASHER.hash(PASSWORD, salt=rng.randbytes(16))


def _publish_texts(session: Session, history: History) -> None:
    """Date the texts that people agree to before anybody of the history came.

    Migrations date them by the product, which is younger than the year that is told.
    """
    before = history.until - TOLD_FOR - timedelta(days=1)
    session.execute(update(ConsentText).where(ConsentText.published_at > before).values(published_at=before))


def _write(session: Session, history: History, tell: Tell) -> None:
    tables = list(history.rows.tables())
    whole = sum(len(history.rows.of(table)) for table in tables)
    for table in tables:
        tell("records", 0)
        history.rows.write(session, table)
        tell("records", 0.3 * len(history.rows.of(table)) / whole)


def _post(session: Session, history: History, tell: Tell) -> None:
    """Move the points by the product's own ledger."""
    tell("points", 0)
    for posting in history.postings:
        points.post(session, posting)
        tell("points", 0.25 / len(history.postings))
    for account_id, amount in history.holds:
        points.hold(session, account_id, amount)


def _stage(history: History, store: PhotoStore, sealer: Sealer) -> Stage:
    """Set the stage for what goes less plainly, which is played once its photos are there."""
    stage = Stage(history)
    set_scenes(stage)
    set_routes(stage)
    set_spot_checks(stage, sealer)
    set_wishes(stage)
    set_files(stage, sealer, store)
    set_substitutes(stage, sealer)
    set_work_counts(stage)
    set_answers(stage, sealer)
    set_contacts(stage, sealer)
    set_moves(stage, sealer)
    return stage


def _take_photos(session: Session, store: PhotoStore, history: History, tell: Tell) -> None:
    """Draw the photos that have arrived and keep them as if sent now; only then are they dated back."""
    rng, senders = history.rng("pictures"), _senders(history)
    drawn: dict[UUID, bytes] = {}
    tell("photos", 0)
    for wanted in history.pictures:
        data = drawn.get(wanted.copied_from) if wanted.copied_from else None
        if wanted.is_signature:
            data = sign(rng)
        data = drawn[wanted.id] = data or draw(rng, wanted.caption, wanted.at)
        if wanted.mirrored:
            data = mirrored(data)
        sender = VISITOR if wanted.by is None else senders[wanted.by]
        photo, _ = evidence.keep(session, store, sender, wanted.id, data, is_signature=wanted.is_signature)
        photo.received_at = wanted.at
        if wanted.virus:
            photo.quarantine, photo.virus = Quarantine.VIRUS, wanted.virus
        tell("photos", 0.15 / len(history.pictures))
    evidence.compare(session, store, limit=len(history.pictures))
    compared_at = Photo.received_at + _COMPARED_AFTER
    session.execute(update(Photo).where(Photo.compared_at.is_not(None)).values(compared_at=compared_at))
    of_match = update(PhotoMatch).where(PhotoMatch.photo_id == Photo.id)
    session.execute(of_match.values(found_at=compared_at))


def _senders(history: History) -> dict[UUID, Actor]:
    """Give each account with the posts and the place on the roster that say by what right it sends."""
    held: dict[UUID, list[Held]] = defaultdict(list)
    for row in history.rows.of(Grant):
        held[row["user_id"]].append(Held(row["role"], row["area_code"]))
    return {
        row["id"]: Actor(user_id=row["id"], resident_id=row["resident_id"], held=tuple(held[row["id"]]))
        for row in history.rows.of(User)
    }
