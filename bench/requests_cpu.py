"""CPU per HTTP request, of the application's and the database's processes together, beside a bare view."""

import http.client
import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from app.clock import now
from app.ids import new_id
from bench.figures import Figure
from bench.plan import Plan
from bench.processor import tree_cpu_s
from bench.world import Ground
from dev.servers import start, wait_until
from dev.servers.server import free_port


@dataclass(frozen=True)
class Ask:
    """One request and the status it must answer with."""

    method: str
    path: str
    token: str = ""
    body: Any = None
    status: int = 200


def measure(ground: Ground, environment: dict[str, str], postmaster: int, plan: Plan) -> list[Figure]:
    """Measure an inspection, an approval and a balance read, and the bare view under the same gunicorn."""
    with served("bench.bare:app", environment) as (port, pid):
        bare_ms = _cpu_per_request(port, [pid], bare, plan)
    with served("wsgi:app", environment) as (port, pid):
        pids = [pid, postmaster]
        asks = {
            "http_inspection": _inspections(ground, ground.checklist_id, ground.item_ids),
            "http_inspection_20": _inspections(ground, ground.twenty_id, ground.twenty_item_ids),
            "http_approval": _approvals(ground),
            "http_balance": _balances(ground),
        }
        return [
            Figure(name, _cpu_per_request(port, pids, ask, plan), "ms", bare_ms, "bare Flask view ms")
            for name, ask in asks.items()
        ]


@contextmanager
def served(target: str, environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Serve an application with the project's gunicorn settings; yields port and pid of the master."""
    port = free_port()
    child = start(
        target,
        [sys.executable, "-m", "gunicorn", target],
        log=Path(environment["GONGDI_PHOTO_DIR"]).parent / f"{target.partition(':')[0]}.log",
        environment=environment | {"GONGDI_BIND": f"127.0.0.1:{port}"},
        cwd=Path(__file__).parent.parent,
    )
    try:
        wait_until(lambda: _answers(port), child, within_s=180)
        yield port, child.process.pid
    finally:
        child.stop()


def _answers(port: int) -> bool:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        try:
            ask(connection, Ask("GET", "/healthz", status=0))
        except OSError:
            return False
    return True


def _cpu_per_request(port: int, pids: list[int], make: Callable[[int], Ask], plan: Plan) -> float:
    """Give milliseconds of CPU per request after a warm-up, client not counted."""
    _drive(port, make, range(plan.warm_up), plan.threads)
    before = sum(tree_cpu_s(pid) for pid in pids)
    _drive(port, make, range(plan.warm_up, plan.calls), plan.threads)
    time.sleep(0.2)
    return (sum(tree_cpu_s(pid) for pid in pids) - before) * 1000 / plan.requests


def _drive(port: int, make: Callable[[int], Ask], numbers: range, threads: int) -> None:
    def drive(part: range) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            for number in part:
                ask(connection, make(number))

    parts = [numbers[offset::threads] for offset in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(drive, parts))


def ask(connection: http.client.HTTPConnection, ask: Ask) -> None:
    """Send a request on a connection. Raises RuntimeError for another status than it must have."""
    headers = {"Host": "127.0.0.1"}
    if ask.token:
        headers["Authorization"] = f"Bearer {ask.token}"
    body = None
    if ask.body is not None:
        body = json.dumps(ask.body)
        headers["Content-Type"] = "application/json"
    connection.request(ask.method, ask.path, body, headers)
    answer = connection.getresponse()
    text = answer.read()
    if ask.status and answer.status != ask.status:
        raise RuntimeError(f"{ask.method} {ask.path} answered {answer.status}: {text[:500]!r}")


def bare(_: int) -> Ask:
    """Ask the bare view."""
    return Ask("GET", "/bare")


def _inspections(ground: Ground, checklist_id: UUID, item_ids: list[UUID]) -> Callable[[int], Ask]:
    def make(_: int) -> Ask:
        body = {
            "place_id": str(ground.place_id),
            "checklist_id": str(checklist_id),
            "captured_at": now().isoformat(),
            "position": {"lng": 114.4829, "lat": 29.6061, "accuracy_m": 20, "datum": "wgs84"},
            "answers": [{"item_id": str(item_id), "result": "ok"} for item_id in item_ids],
        }
        return Ask("PUT", f"/v1/inspections/{new_id()}", ground.worker_token, body, 201)

    return make


def _approvals(ground: Ground) -> Callable[[int], Ask]:
    def make(number: int) -> Ask:
        path = f"/v1/claims/{ground.claim_ids[number]}/approve"
        return Ask("POST", path, ground.admin_token, {"step_id": str(new_id())})

    return make


def _balances(ground: Ground) -> Callable[[int], Ask]:
    def make(number: int) -> Ask:
        token = ground.resident_tokens[number % len(ground.resident_tokens)]
        return Ask("GET", "/v1/points/account", token)

    return make
