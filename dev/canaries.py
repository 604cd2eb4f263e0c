"""Search everything that a run of the tests left for what its tests sent as secrets of people.

Searched are the files of the database's tables, where also rolled-back rows stay, every command that Redis
was sent, every line that was logged, and every refusal's body. Left out are the databases of tests that write
an older schema, in which phones stood in clear.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import redis

from dev.servers import Servers, libpq_url

FOLDER = "GONGDI_TEST_CANARIES"
"""The variable that names the folder in which a run keeps what it saw."""
FINDINGS_FAIL = False
"""Whether what is found fails `make test`: values of generated tests are not told apart yet."""
OLD_SCHEMAS = ("migrations_", "reassigned_", "codes_")
_KINDS = {
    "phone": re.compile(r"1\d{10}"),
    "id_number": re.compile(r"\d{17}[\dX]"),
    "password": re.compile(r".{10,}", re.DOTALL),
    "new_password": re.compile(r".{10,}", re.DOTALL),
    "token": re.compile(r"[\w-]{20,}", re.ASCII),
    "refresh_token": re.compile(r"[\w-]{20,}", re.ASCII),
    "secret": re.compile(r"[\w-]{16,}", re.ASCII),
}
_WORDS = re.compile(rb"[\w-]{11,}", re.ASCII)
_LONGEST_WORD = 4096
_LEAST_SIGNS = 4
"""Different signs that a real phone, number or token has at least."""


def kind_of(name: str, value: Any) -> str | None:
    """Give the kind of a field that must never be seen in clear; None for all others.

    A run of zeros, as generated tests send it, stands in any file and is nobody's.
    """
    pattern = _KINDS.get(name)
    if pattern is None or not isinstance(value, str) or len(set(value)) < _LEAST_SIGNS:
        return None
    return name if pattern.fullmatch(value) else None


@dataclass
class Canaries:
    """What was sent or given out as a secret, by its kind."""

    values: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, value: str) -> None:
        """Keep one."""
        self.values[value] = kind

    def write(self, file: Path) -> None:
        """Write all to a file."""
        file.write_text(json.dumps(self.values, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Canaries":
        """Read what all processes of a run kept."""
        kept = cls()
        for file in folder.glob("seen-*.json"):
            kept.values |= json.loads(file.read_text(encoding="utf-8"))
        return kept

    def found_in(self, content: bytes) -> Iterator[tuple[str, str]]:
        """Give each that stands in some bytes, with its kind: words by their letters, others anywhere."""
        words = {value.encode(): kind for value, kind in self.values.items() if _is_word(value)}
        lengths = sorted({len(word) for word in words})
        met: set[bytes] = set()
        for run in _WORDS.findall(content):
            text = run[:_LONGEST_WORD]
            met |= {
                part
                for length in lengths
                for at in range(len(text) - length + 1)
                if (part := text[at : at + length]) in words and _stands_alone(text, at, length)
            }
        yield from ((word.decode(), words[word]) for word in met)
        for value, kind in self.values.items():
            if not _is_word(value) and value.encode() in content:
                yield value, kind


def _is_word(value: str) -> bool:
    return _WORDS.fullmatch(value.encode()) is not None


def _stands_alone(text: bytes, at: int, length: int) -> bool:
    """Say whether what was met is no part of a longer number."""
    around = text[max(at - 1, 0) : at] + text[at + length : at + length + 1]
    return not (text[at : at + length].isdigit() and any(sign in b"0123456789" for sign in around))


def search(servers: Servers, folder: Path) -> list[str]:
    """Say what of the canaries stands where, without naming any; ``folder`` holds what the run kept."""
    canaries = Canaries.read(folder)
    if not canaries.values:
        return ["no canary was kept: nothing was searched"]
    counted = 0
    found: dict[tuple[str, str], int] = {}
    for where, file in _files(servers, folder):
        content = file.read_bytes()
        counted += len(content)
        for _, kind in canaries.found_in(content):
            found[where, kind] = found.get((where, kind), 0) + 1
    print(f"{len(canaries.values)} secrets of people searched in {counted / 1e6:.0f} MB", flush=True)
    return [f"{kind} in clear in {where} ({count} times)" for (where, kind), count in sorted(found.items())]


def _files(servers: Servers, folder: Path) -> Iterator[tuple[str, Path]]:
    for kind in ("log", "refusals"):
        yield from ((kind, file) for file in sorted(folder.glob(f"{kind}-*.txt")))
    with redis.Redis.from_url(servers.redis_url) as client:
        place = Path(client.config_get("dir")["dir"])
    yield from (("Redis", file) for file in sorted(place.rglob("*.aof")))
    with psycopg.connect(libpq_url(servers.database_url), autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        (data,) = connection.execute("SHOW data_directory").fetchone() or ("",)
        for oid, name in connection.execute("SELECT oid, datname FROM pg_database").fetchall():
            if not name.startswith(OLD_SCHEMAS):
                files = sorted((Path(data) / "base" / str(oid)).glob("[0-9]*"))
                yield from ((f"database {name.partition('_')[0]}", file) for file in files)
