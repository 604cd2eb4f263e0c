"""Measure everything in one run, side by side, on servers of its own that wait for the disk."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from app.config import Settings
from bench import figures, photos, posting, searching, world
from bench.against import Older, checked_out, commit_named
from bench.plan import Plan
from bench.turns import measure_in_turns
from dev.servers import ensure_database, scratch, start_postgres, start_valkey
from dev.trouble import MachineError


def main(arguments: Sequence[str], plan: Plan) -> int:
    """Measure, print and write; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="make bench", description="Measure what docs/performance.md reports."
    )
    parser.add_argument("--against", metavar="COMMIT", help="say too what a request costs more than then")
    against: str | None = parser.parse_args(arguments).against
    try:
        commit = commit_named(against, plan.repository) if against else None
        found = _on_servers(plan, commit)
        print("Measuring photos ...", flush=True)
        found += photos.measure(plan)
    except MachineError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Nothing was written.", file=sys.stderr)
        return 130
    for figure in found:
        print(figure.line())
    figures.write(found, plan.file)
    print(f"Written to {plan.file}.")
    return 0


def _on_servers(plan: Plan, commit: str | None) -> list[figures.Figure]:
    """Start a PostgreSQL and a Valkey, measure, and leave nothing of them."""
    with ExitStack() as started:
        folder = started.enter_context(scratch())
        valkey = start_valkey(folder / "valkey")
        started.callback(valkey.stop)
        server = start_postgres(folder / "postgres", settings={"shared_buffers": "256MB"})
        started.callback(server.stop)
        postmaster = server.child.process.pid
        older = None
        print(f"Preparing a settlement of {plan.households:,} households ...", flush=True)
        if commit is not None:
            tree = started.enter_context(checked_out(commit, folder, plan.repository))
            environment = _environment(folder / "older", server.url, "gongdi_older", valkey.url)
            older = started.enter_context(Older.started(tree, commit, environment, postmaster, plan))
        environment = _environment(folder / "ours", server.url, "gongdi_bench", valkey.url)
        settings = Settings.read(environment)
        turns = plan.turns if older else 1
        ground = world.prepare(settings, claims=turns * plan.calls, households=plan.households)
        print("Measuring CPU per request ...", flush=True)
        by_request = measure_in_turns(ground, dict(os.environ) | environment, postmaster, plan, older)
        print("Measuring postings beside pgbench ...", flush=True)
        by_posting = posting.measure(
            settings, ground, ensure_database(server.url, "pgbench"), postmaster, plan
        )
        print(f"Preparing a community of {plan.searched_households:,} households ...", flush=True)
        environment = _environment(folder / "searched", server.url, "gongdi_searched", valkey.url)
        found = searching.measure(
            Settings.read(environment), dict(os.environ) | environment, postmaster, plan
        )
    return by_posting + by_request + [beside_posting(by_request, by_posting), *found]


def beside_posting(by_request: list[figures.Figure], by_posting: list[figures.Figure]) -> figures.Figure:
    """Say how many postings an inspection with twenty answers costs."""
    inspection = next(one for one in by_request if one.name == "http_inspection_20")
    posted = next(one for one in by_posting if one.name == "posting_cpu")
    return figures.Figure("inspection_to_posting", inspection.value, "ms", posted.value, "a posting ms")


def _environment(folder: Path, server_url: str, database: str, redis_url: str) -> dict[str, str]:
    """Give the settings of an application with a database and a folder of its own."""
    folder.mkdir()
    return {
        "GONGDI_ENV": "development",
        "DATABASE_URL": ensure_database(server_url, database),
        "REDIS_URL": redis_url,
        "GONGDI_SECRET_KEY": "sample-key-for-measuring-and-nothing-else",
        "GONGDI_PUBLIC_URL": "http://127.0.0.1",
        "GONGDI_PHOTO_DIR": str(folder / "photos"),
        "GONGDI_USER_READS_A_MINUTE": "1000000",  # one person asks faster here than anybody may
        "GONGDI_USER_WRITES_A_MINUTE": "1000000",
    }


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # also then nothing is left behind
    sys.exit(main(sys.argv[1:], Plan()))
