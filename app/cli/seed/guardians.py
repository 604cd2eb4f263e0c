"""Guardians of the children who are looked after, and what they and adults agreed to on paper."""

from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from app.cli.seed.history import History
from app.cli.seed.ids import id_at
from app.cli.seed.world import SeedResident
from app.models import (
    CareCategory,
    Consent,
    ConsentChannel,
    ConsentPurpose,
    GuardianRelation,
    Guardianship,
    Relation,
    Resident,
    ViewingTicket,
    VisitBasis,
)
from app.people import ADULT_YEARS, CHILD_YEARS, SHIPPED_TEXTS, age_on
from app.visits import BY_LAW, STANDING_DAYS

_AHEAD = timedelta(minutes=30)
_YEARS_GOOD = 2
_TICKET_AGE = timedelta(days=30)
_OF_RELATION = {
    Relation.HEAD: GuardianRelation.PARENT,
    Relation.SPOUSE: GuardianRelation.PARENT,
    Relation.PARENT: GuardianRelation.GRANDPARENT,
    Relation.GRANDPARENT: GuardianRelation.GRANDPARENT,
}


def visit_basis(resident: SeedResident, category: CareCategory, day: date) -> VisitBasis:
    """Say by what right a visit on this day is written down."""
    age = resident.person.age_on(day)
    if age < CHILD_YEARS:
        return VisitBasis.GUARDIAN_CONSENT
    return VisitBasis.DUTY if category in BY_LAW or age < ADULT_YEARS else VisitBasis.CONSENT


def add_own_consent(
    history: History, rng: Random, resident: SeedResident, category: CareCategory, care_from: datetime
) -> None:
    """Let an adult whom no law has the community look after have signed that it is noted how he fares."""
    if category in BY_LAW or resident.person.age_on(history.last) < ADULT_YEARS:
        return
    worker = history.world.worker(resident.area_code)
    _agree(history, rng, resident, resident, worker, care_from - _AHEAD, ConsentPurpose.HEALTH_HARDSHIP)


def add_guardian(history: History, rng: Random, child: SeedResident, care_from: datetime) -> None:
    """Add the oldest adult of a child's household as its guardian, who agreed before the care began."""
    if child.person.age_on(care_from.date()) >= CHILD_YEARS:
        return
    adults = [
        one
        for one in history.world.households[child.household_id]
        if one.person.age_on(care_from.date()) >= ADULT_YEARS
    ]
    guardian = min(adults, key=lambda one: one.person.birth_date)
    at = care_from - _AHEAD
    worker, admin = history.world.worker(child.area_code), history.world.admin(child.area_code)
    guardianship_id = id_at(rng, at)
    history.rows.add(
        Guardianship,
        id=guardianship_id,
        area_code=child.area_code,
        child_id=child.id,
        guardian_id=guardian.id,
        relation=_relation(child, guardian),
        proof="户口本",
        recorded_by=worker,
        created_at=at,
        valid_until=_valid_until(child, care_from.date()),
        verified_at=at,
        verified_by=admin,
        content_hash=guardianship_id.bytes,
    )
    _agree(history, rng, child, guardian, worker, at, ConsentPurpose.MINORS)


def forget_numbers_nobody_agreed_to(history: History) -> None:
    """Take the ID numbers of children under 14 away whose guardians were never asked (people.BASES)."""
    asked_for = {
        row["resident_id"] for row in history.rows.of(Consent) if row["purpose"] is ConsentPurpose.MINORS
    }
    for row in history.rows.of(Resident):
        if age_on(row["birth_date"], history.last) < CHILD_YEARS and row["id"] not in asked_for:
            row["id_number"] = None


def add_ticket(history: History, rng: Random, child: SeedResident, worker: UUID) -> None:
    """Add the ticket by which the worker reads the record of a minor in his care."""
    if child.person.age_on(history.last) >= ADULT_YEARS:
        return
    at = history.until - _TICKET_AGE
    ticket_id = id_at(rng, at)
    history.rows.add(
        ViewingTicket,
        id=ticket_id,
        area_code=child.area_code,
        resident_id=child.id,
        user_id=worker,
        purpose="负责这个孩子的探访",
        days=STANDING_DAYS,
        asked_at=at,
        approved=True,
        decided_at=at,
        decided_by=history.world.admin(child.area_code),
        expires_at=at + timedelta(days=STANDING_DAYS),
        content_hash=b"",  # it came with the care: nobody sent it
    )


def _relation(child: SeedResident, guardian: SeedResident) -> GuardianRelation:
    """Say what the guardian is to the child, from what each is to the head of the household."""
    if child.person.relation is Relation.GRANDCHILD and guardian.person.relation is not Relation.CHILD:
        return GuardianRelation.GRANDPARENT
    return _OF_RELATION.get(guardian.person.relation, GuardianRelation.OTHER)


def _valid_until(child: SeedResident, day: date) -> date:
    """Give a day two years ahead, or the last before the child is of age."""
    born = child.person.birth_date
    of_age = date(born.year + ADULT_YEARS, born.month, 1 if born.day > 28 else born.day)  # noqa: PLR2004
    return min(date(day.year + _YEARS_GOOD, day.month, 1), of_age - timedelta(days=1))


def _agree(
    history: History,
    rng: Random,
    whose: SeedResident,
    decided_by: SeedResident,
    worker: UUID,
    at: datetime,
    purpose: ConsentPurpose,
) -> None:
    text = SHIPPED_TEXTS[purpose]
    consent_id = id_at(rng, at)
    history.rows.add(
        Consent,
        id=consent_id,
        area_code=whose.area_code,
        resident_id=whose.id,
        decided_by=decided_by.id,
        purpose=purpose,
        text_id=text.id,
        text_hash=text.text_hash,
        given=True,
        channel=ConsentChannel.PAPER,
        recorded_by=worker,
        decided_at=at,
        content_hash=consent_id.bytes,
    )
