"""Whether the process lives and can serve, with its neighbours there and away."""

import os
from collections.abc import Callable

from flask import Flask

from dev.servers import Servers, ensure_database
from tests.cast import person
from tests.client import Client

AppWith = Callable[..., Flask]
NOWHERE = "127.0.0.1:1"
_WELL = {"ready": True, "database": True, "migrations": True, "redis": True}


def visitor_of(app: Flask) -> Client:
    return Client(app, None)


def test_the_process_answers(visitor: Client) -> None:
    answer = visitor.get("/healthz")

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_the_process_is_ready_when_all_are_there(visitor: Client) -> None:
    answer = visitor.get("/readyz")

    assert (answer.status_code, answer.json) == (200, _WELL)


def test_without_redis_it_is_ready_and_serves(app_with: AppWith, address: str) -> None:
    app = app_with(redis_url=f"redis://{NOWHERE}/0")
    at = {"environ_overrides": {"REMOTE_ADDR": address}}

    ready = visitor_of(app).get("/readyz")
    tries = [visitor_of(app).post("/v1/sessions", json={}, **at).status_code for _ in range(21)]

    assert (ready.status_code, ready.json) == (200, _WELL | {"redis": False})
    assert Client(app, person("worker")).get("/v1/me").status_code == 200
    assert tries == [422] * 20 + [429], "the limit is kept by the process itself"


def test_without_a_database_it_lives_but_is_not_ready(app_with: AppWith) -> None:
    app = app_with(database_url=f"postgresql+psycopg://nobody:secret-word@{NOWHERE}/none")

    assert visitor_of(app).get("/healthz").status_code == 200
    for path in ("/readyz", "/v1/me"):
        answer = Client(app, person("worker")).get(path)
        assert (answer.status_code, answer.json["code"]) == (503, "database_away")
        assert answer.headers["Retry-After"] == "5"
        assert "secret-word" not in answer.text
        assert NOWHERE not in answer.text


def test_an_empty_database_is_not_ready(app_with: AppWith, servers: Servers) -> None:
    app = app_with(database_url=ensure_database(servers.database_url, f"test_empty_{os.getpid()}"))

    answer = visitor_of(app).get("/readyz")

    assert (answer.status_code, answer.json) == (503, _WELL | {"ready": False, "migrations": False})
