"""Closing an account while others are at it: shut once, nobody stays in, and the ledger agrees."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from psycopg.errors import LockNotAvailable
from sqlalchemy import Engine, delete, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app import own_data, points
from app.actors import Actor, Scope
from app.clock import now
from app.errors import NotFoundError
from app.identity.passwords import HASHER
from app.ids import new_id
from app.models import (
    Claim,
    ClaimStatus,
    Closing,
    Notice,
    NoticeKind,
    Redemption,
    RefreshToken,
    Resident,
    SignIn,
    SignInTries,
    User,
    ViewingTicket,
)
from app.notices import post
from tests import canaries
from tests.binding_world import write_newcomer
from tests.cast import GRID, Person, named
from tests.client import Client
from tests.own_data_world import photos_of
from tests.points_town import award_to
from tests.points_world import write_reward, write_rule
from tests.races.points_races import Place, raced
from tests.races.together import at_once, one_inside_the_other
from tests.sealer import SEALER

PHONE, PASSWORD = "13900007777", "a-long-Passphrase-7"


@pytest.fixture
def place(settings: Any) -> Iterator[Place]:
    with raced(settings.database_url, 1) as made:
        yield made


@pytest.fixture
def who(place: Place, engine: Engine) -> Iterator[Person]:
    """Give somebody of the town with phone and password; what became of him goes afterwards."""
    with Session(engine) as session:
        made = write_newcomer(session, PHONE)
        resident = select(Resident.id).where(Resident.household_id == place.households[0]).limit(1)
        values = {"password_hash": HASHER.hash(PASSWORD), "password_set_at": now(), "area_code": place.code}
        session.execute(
            update(User)
            .where(User.id == made.user_id)
            .values(resident_id=resident.scalar_subquery(), **values)
        )
        session.execute(update(SignIn).where(SignIn.user_id == made.user_id).values(checked_at=now()))
        session.commit()
    yield made
    with Session(engine) as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))  # his orders go with the town
        for table in (Notice, RefreshToken, SignIn, Closing):
            session.execute(delete(table).where(table.user_id == made.user_id))
        session.execute(delete(SignInTries))
        session.execute(update(Claim).where(Claim.submitted_by == made.user_id).values(submitted_by=None))
        session.execute(delete(User).where(User.id == made.user_id))
        session.commit()


def write_due(engine: Engine, who: Person) -> UUID:
    """Write a wish whose time to think is over."""
    with Session(engine) as session:
        row = Closing(
            id=new_id(),
            asked_by=who.user_id,
            user_id=who.user_id,
            asked_at=now() - timedelta(days=7),
            carry_out_at=now(),
            due_at=now() + timedelta(days=9),
            content_hash=b"",
        )
        session.add(row)
        session.commit()
        return row.id


def begin(engine: Engine, closing_id: UUID) -> bool:
    with Session(engine) as session:
        done = own_data.begin_closing(session, SEALER, closing_id)
        session.commit()
    return done


def emptied(engine: Engine, user_id: UUID) -> bool:
    with Session(engine) as session:
        user = session.get_one(User, user_id)
        held = (user.phone_sealed, user.password_hash, user.resident_id, user.area_code)
        return user.closed_at is not None and held == (None,) * 4


def test_asked_several_times_at_once_it_is_asked_for_once(app: Flask, who: Person) -> None:
    """S-78: one wish waits; the others are told so."""

    def ask() -> int:
        return Client(app, who).put(f"/v1/me/closings/{new_id()}", json={}).status_code

    assert sorted(at_once([ask] * 4)) == [201, 409, 409, 409]


def test_several_jobs_shut_it_once(engine: Engine, who: Person) -> None:
    """S-78: whoever comes second finds it done."""
    closing_id = write_due(engine, who)

    assert sorted(at_once([partial(begin, engine, closing_id)] * 4)) == [False, False, False, True]
    assert emptied(engine, who.user_id)


def test_it_is_either_taken_back_or_carried_out(app: Flask, engine: Engine, who: Person) -> None:
    """S-78: never half of both."""
    closing_id = write_due(engine, who)

    def withdraw() -> int:
        return Client(app, who).post(f"/v1/me/closings/{closing_id}/withdraw").status_code

    calls: list[Callable[[], Any]] = [withdraw, partial(begin, engine, closing_id)]
    status, begun = at_once(calls)
    with Session(engine) as session:
        state = session.get_one(Closing, closing_id).state

    assert (status == 200, begun, state) in {(True, False, "withdrawn"), (False, True, "carrying")}
    assert emptied(engine, who.user_id) == begun


def test_nobody_stays_in_who_signs_in_meanwhile(app: Flask, engine: Engine, who: Person) -> None:
    """S-12, S-78: whichever is first, no session of it lasts, and its row goes with the others."""
    closing_id = write_due(engine, who)

    def sign_in() -> Any:
        return Client(app, None).post("/v1/sessions", json={"phone": PHONE, "password": PASSWORD})

    answers: list[Any] = at_once([sign_in, sign_in, partial(begin, engine, closing_id), sign_in])
    tokens = [one.json["token"] for one in answers if one is not True and one.status_code == 201]
    after = [Client(app, Person(who.user_id, token)).get("/v1/me/notices").status_code for token in tokens]
    with Session(engine) as session:
        session.execute(
            update(Closing).where(Closing.id == closing_id).values(begun_at=now() - timedelta(minutes=2))
        )
        while own_data.erase_some(session, photos_of(app), closing_id, limit=10):
            session.commit()
        done = own_data.end_erasing(session, closing_id)
        session.commit()
        left = session.scalars(select(SignIn.id).where(SignIn.user_id == who.user_id)).all()

    assert emptied(engine, who.user_id)
    assert set(after) <= {401}
    assert (done, left) == (True, [])


def test_a_claim_that_posts_meanwhile_posts_once(engine: Engine, place: Place, who: Person) -> None:
    """S-78: the household gets its points, and the ledger agrees."""
    session = place.fresh()
    rule = write_rule(session, place.code, notice_days=1)
    claim = place.town.verified_claim(rule, points=4)
    points.approve(session, place.town.actor(), claim.id, new_id())
    claim.submitted_by, claim.notice_until = who.user_id, now() - timedelta(minutes=1)
    session.commit()
    closing_id = write_due(engine, who)
    post = partial(place.run, partial(points.post_due, limit=10, only=claim.id))

    calls: list[Callable[[], Any]] = [post, partial(begin, engine, closing_id), post]
    figures = at_once(calls)

    assert (figures[1], sorted([figures[0], figures[2]])) == (True, [0, 1])
    assert place.fresh().get_one(Claim, claim.id, populate_existing=True).status is ClaimStatus.POSTED
    assert place.agrees()
    assert emptied(engine, who.user_id)


def ordering(place: Place, who: Person) -> Callable[[], Any]:
    """Give his order of one piece, as a request makes it that began while he was let in."""
    place.run(partial(award_to, account_id=place.accounts[0], amount=9))
    wanted = points.Order(write_reward(place.fresh(), place.code).id, 1, place.households[0])
    actor = Actor(user_id=who.user_id, scope=Scope(areas=(place.code,)))

    def verb(session: Session) -> Redemption:
        return points.order(session, actor, new_id(), wanted)[0]

    return partial(place.run, verb)


def test_no_order_comes_from_an_account_shut_meanwhile(engine: Engine, place: Place, who: Person) -> None:
    """S-78: else points were held and stock kept back for somebody who cannot come for it."""
    order = ordering(place, who)

    assert begin(engine, write_due(engine, who))
    assert isinstance(order(), NotFoundError)
    assert place.agrees()


def test_either_the_order_stands_or_the_account_is_shut(engine: Engine, place: Place, who: Person) -> None:
    """S-78: whoever comes second sees what the first did."""
    order, closing_id = ordering(place, who), write_due(engine, who)

    calls: list[Callable[[], Any]] = [order, partial(begin, engine, closing_id)]
    ordered, _ = at_once(calls)
    with Session(engine) as session:
        state = session.get_one(Closing, closing_id).state

    assert (type(ordered), state) in {(Redemption, "refused"), (NotFoundError, "carrying")}
    assert place.agrees()


def test_the_job_gives_way_to_who_has_one_of_its_rows(engine: Engine, who: Person) -> None:
    """S-78: whoever has a row that it would change may want the account next, and must not be broken off."""
    closing_id, ticket_id = write_due(engine, who), new_id()
    asked = {"resident_id": named("resident"), "area_code": GRID, "days": 1, "asked_at": now()}
    with Session(engine) as session:
        purpose = f"打电话{PHONE}找我"
        canaries.look_at(PHONE, sent=True)  # given away in his own words
        session.add(
            ViewingTicket(id=ticket_id, user_id=who.user_id, purpose=purpose, content_hash=b"", **asked)
        )
        session.commit()

    def has_it(session: Session) -> None:
        session.get_one(ViewingTicket, ticket_id, with_for_update=True)

    def job(session: Session) -> Any:
        try:
            return own_data.begin_closing(session, SEALER, closing_id)
        except OperationalError as fault:
            session.rollback()
            return type(fault.orig)

    def tell(session: Session) -> None:
        post(session, NoticeKind.APPROVAL, to=who.user_id, area_code=GRID, what="ticket_refused")

    try:
        assert one_inside_the_other(engine, has_it, job, then=tell)[1] is LockNotAvailable
        assert begin(engine, closing_id), "nobody has a row of it any more"
        with Session(engine) as session:
            assert PHONE not in session.get_one(ViewingTicket, ticket_id).purpose
    finally:
        with Session(engine) as session:
            session.execute(delete(ViewingTicket).where(ViewingTicket.id == ticket_id))
            session.commit()
