"""A proxy that ends while somebody orders by it, or is asked for while the account is shut."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import sleep
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, delete, select, text, update
from sqlalchemy.orm import Session

from app import identity
from app.actors import ProxyFunction
from app.clock import business_day, now
from app.config import Settings
from app.errors import DomainError, NotFoundError
from app.identity import proxy_asking
from app.ids import new_id
from app.models import (
    AccountEvent,
    Claim,
    Notice,
    NoticeKind,
    Proxy,
    ProxyEnd,
    ProxyRelation,
    ProxyState,
    Rule,
    SignIn,
    User,
)
from tests.binding_world import write_newcomer
from tests.cast import GRID, HOME, Person, named, person
from tests.client import Client
from tests.points_world import claim_body, write_rule
from tests.races.beside import staff
from tests.races.together import one_inside_the_other

HEAD = named("resident")
_WAITS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%proxies%'"
)


@pytest.fixture
def town(engine: Engine) -> Iterator[tuple[UUID, Rule]]:
    """Write a proxy in force and a rule; what became of them goes afterwards."""
    proxy_id, worker = new_id(), person("worker").user_id
    with Session(engine, expire_on_commit=False) as session:
        session.add(
            Proxy(
                id=proxy_id,
                area_code=GRID,
                resident_id=HEAD,
                user_id=worker,
                relation=ProxyRelation.OTHER,
                functions=[ProxyFunction.CLAIM],
                valid_until=business_day() + timedelta(days=30),
                consent="当面说过",
                state=ProxyState.CONFIRMED,
                asked_by=worker,
                asked_at=now(),
                confirmed_by=person("admin").user_id,
                confirmed_at=now(),
                content_hash=b"",
            )
        )
        rule = write_rule(session)
    yield proxy_id, rule
    with Session(engine) as session:
        session.execute(delete(Notice).where(Notice.kind.in_([NoticeKind.PROXY, NoticeKind.CLAIM_STEP])))
        session.execute(delete(Proxy).where(Proxy.id == proxy_id))
        session.execute(delete(Rule).where(Rule.id == rule.id))
        session.commit()


def test_what_waits_for_an_end_is_not_done(app: Flask, engine: Engine, town: tuple[UUID, Rule]) -> None:
    """S-41: the request began while the proxy held, and would commit after its end: nothing is written."""
    proxy_id, rule = town
    claim_id = new_id()

    def claim() -> Any:
        headers = {"Gongdi-For": str(HEAD)}
        path = f"/v1/claims/{claim_id}"
        return Client(app, person("worker")).put(path, json=claim_body(rule), headers=headers)

    with ThreadPoolExecutor(1) as pool, Session(engine) as ending, Session(engine) as looking:
        row = ending.get_one(Proxy, proxy_id, with_for_update=True)
        answer = pool.submit(claim)
        for _ in range(1000):
            if looking.scalar(_WAITS) or answer.done():
                break
            looking.rollback()
            sleep(0.01)
        assert not answer.done(), "it waits for the one who holds the proxy"
        row.state, row.ended_at, row.end_reason = ProxyState.ENDED, now(), ProxyEnd.RESIDENT
        ending.commit()
        told = answer.result(30)

    assert (told.status_code, told.json["code"]) == (404, "not_found")
    with Session(engine) as session:
        assert session.get(Claim, claim_id) is None


@pytest.fixture
def helper(engine: Engine, settings: Settings) -> Iterator[Person]:
    """Give somebody who is to act for the head; what became of him goes afterwards."""
    assert settings
    with Session(engine) as session:
        made = write_newcomer(session)
        session.execute(update(User).where(User.id == made.user_id).values(area_code=HOME))
        session.commit()
    yield made
    with Session(engine) as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))  # his steps are append-only
        session.execute(delete(Notice).where(Notice.kind == NoticeKind.PROXY))
        for table in (Proxy, AccountEvent, SignIn):
            session.execute(delete(table).where(table.user_id == made.user_id))
        session.execute(delete(User).where(User.id == made.user_id))
        session.commit()


def close(session: Session, user_id: UUID) -> None:
    identity.closing.close_account(session, session.get_one(User, user_id, with_for_update=True))


def disable(session: Session, user_id: UUID) -> None:
    identity.disable(session, staff("system", "4212"), user_id, new_id())


@pytest.mark.parametrize("shut", [close, disable])
@pytest.mark.parametrize("shut_first", [True, False])
def test_no_proxy_is_left_to_an_account_that_is_shut_meanwhile(
    engine: Engine, helper: Person, shut: Callable[[Session, UUID], None], *, shut_first: bool
) -> None:
    """Else somebody would confirm that a closed account acts for a resident."""
    new = proxy_asking.NewProxy(
        resident_id=HEAD,
        relation=ProxyRelation.OTHER,
        functions=(ProxyFunction.SEE,),
        valid_until=business_day() + timedelta(days=30),
        consent="当面说过",
        user_id=helper.user_id,
    )

    def ask(session: Session) -> Any:
        actor = staff("admin")
        try:
            return proxy_asking.ask_proxy(session, actor, new_id(), new)
        except DomainError as refusal:
            return refusal

    def end(session: Session) -> None:
        shut(session, helper.user_id)

    steps = (end, ask) if shut_first else (ask, end)
    told = one_inside_the_other(engine, *steps)[1 if shut_first else 0]

    assert isinstance(told, NotFoundError) is shut_first
    with Session(engine) as session:
        left = (Proxy.user_id == helper.user_id, Proxy.state != ProxyState.ENDED)
        assert session.scalars(select(Proxy.id).where(*left)).all() == []
