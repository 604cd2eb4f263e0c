"""Accounts come before residents and proxies, whoever locks both: nobody waits for who waits for him."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from app import own_data
from app.actors import ProxyFunction
from app.clock import business_day, now
from app.identity import hand_out, proxies
from app.ids import new_id
from app.models import Correction, Notice, Proxy, ProxyRelation, ProxyState, ProxyWord, SignInCode
from app.own_data import CorrectionField
from app.people import resident_locked
from tests.cast import GRID, acting, named, person
from tests.races.beside import holding, staff
from tests.races.together import Step, one_inside_the_other
from tests.sealer import SEALER

HEAD = named("resident")
ACCOUNT = person("resident").user_id


@pytest.fixture
def proxy_id(engine: Engine) -> Iterator[UUID]:
    """Write a proxy that waits to be confirmed; what became of it goes afterwards."""
    worker, row_id = person("worker").user_id, new_id()
    with Session(engine) as session:
        session.add(
            Proxy(
                id=row_id,
                area_code=GRID,
                resident_id=HEAD,
                user_id=worker,
                relation=ProxyRelation.OTHER,
                functions=[ProxyFunction.CLAIM],
                valid_until=business_day() + timedelta(days=30),
                consent="当面说过",
                state=ProxyState.ASKED,
                asked_by=worker,
                asked_at=now(),
                content_hash=b"",
            )
        )
        session.commit()
    yield row_id
    with Session(engine) as session:
        session.execute(delete(Proxy).where(Proxy.id == row_id))
        session.commit()


@pytest.fixture(autouse=True)
def _left(engine: Engine) -> Iterator[None]:
    """Take away what was told and handed out."""
    yield
    with Session(engine) as session:
        session.execute(delete(SignInCode))
        session.execute(delete(Notice))
        session.commit()


def beside_it(engine: Engine, step: Step, then: Step) -> None:
    """Take a step beside who holds the account and goes on; where each waits for the other, one is killed."""
    one_inside_the_other(engine, holding(ACCOUNT), step, then=then)


def test_a_code_is_handed_out_beside_who_shuts_the_account(engine: Engine) -> None:
    beside_it(
        engine,
        lambda session: hand_out(session, staff("worker"), b"tries", new_id(), HEAD),
        lambda session: resident_locked(session, HEAD),
    )


def test_a_proxy_is_confirmed_beside_who_shuts_the_account(engine: Engine, proxy_id: UUID) -> None:
    beside_it(
        engine,
        lambda session: proxies.confirm_proxy(session, staff("admin"), proxy_id, how=ProxyWord.IN_PERSON),
        lambda session: proxies.open_proxies(session, Proxy.id == proxy_id),
    )


def test_a_name_is_put_right_beside_who_shuts_the_account(engine: Engine) -> None:
    """The account follows the name of the roster, so both are locked."""
    asked = new_id()
    with Session(engine) as session:
        new = own_data.NewCorrection(CorrectionField.NAME, "王桂蓝", "户口本上是这样", None)
        own_data.ask_correction(session, acting("resident"), SEALER, asked, new)
        session.commit()
    try:
        beside_it(
            engine,
            lambda session: own_data.refuse_correction(session, staff("admin"), asked, note="不对"),
            lambda session: resident_locked(session, HEAD),
        )
    finally:
        with Session(engine) as session:
            session.execute(delete(Correction).where(Correction.id == asked))
            session.commit()
