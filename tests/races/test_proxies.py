"""A proxy that ends while somebody orders by it: what is under way is finished first, or not done."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import sleep
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, delete, text
from sqlalchemy.orm import Session

from app.actors import ProxyFunction
from app.clock import business_day, now
from app.ids import new_id
from app.models import Claim, Notice, NoticeKind, Proxy, ProxyEnd, ProxyRelation, ProxyState, Rule
from tests.cast import GRID, named, person
from tests.client import Client
from tests.points_world import claim_body, write_rule

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
