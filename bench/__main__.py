"""Measure everything in one run, side by side, on servers of its own that wait for the disk."""

import os
import sys
from pathlib import Path

from app.config import Settings
from bench import figures, posting, requests_cpu, world
from dev.servers import ensure_database, scratch, start_postgres, valkey


def main() -> int:
    """Measure, print and write; return the exit status."""
    with scratch() as folder, valkey(folder / "valkey") as redis_url:
        server = start_postgres(folder / "postgres", settings={"shared_buffers": "256MB"})
        try:
            found = _measure(folder, server.url, server.child.process.pid, redis_url)
        finally:
            server.stop()
    for figure in found:
        print(figure.line())
    figures.write(found)
    print(f"Written to {figures.FILE.relative_to(figures.FILE.parent.parent)}.")
    return 0


def _measure(folder: Path, url: str, postmaster: int, redis_url: str) -> list[figures.Figure]:
    environment = {
        "GONGDI_ENV": "development",
        "DATABASE_URL": ensure_database(url, "gongdi_bench"),
        "REDIS_URL": redis_url,
        "GONGDI_SECRET_KEY": "sample-key-for-measuring-and-nothing-else",
        "GONGDI_PUBLIC_URL": "http://127.0.0.1",
        "GONGDI_PHOTO_DIR": str(folder / "photos"),
        "GONGDI_USER_READS_A_MINUTE": "1000000",  # one person asks faster here than anybody may
        "GONGDI_USER_WRITES_A_MINUTE": "1000000",
    }
    settings = Settings.read(environment)
    print("Preparing a settlement of 1,505 households ...", flush=True)
    ground = world.prepare(settings, claims=requests_cpu.CLAIMS_NEEDED)
    print("Measuring CPU per request ...", flush=True)
    by_request = requests_cpu.measure(ground, dict(os.environ) | environment, postmaster)
    print("Measuring postings beside pgbench ...", flush=True)
    by_posting = posting.measure(settings, ground, ensure_database(url, "pgbench"))
    return by_posting + by_request


if __name__ == "__main__":
    sys.exit(main())
