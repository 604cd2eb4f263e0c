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
_LONGEST_SECRET = 200


def kind_of(name: str, value: Any) -> str | None:
    """Give the kind of a field that must never be seen in clear; None for all others."""
    pattern = _KINDS.get(name)
    return name if pattern and isinstance(value, str) and pattern.fullmatch(value) else None


def _is_like_a_secret(value: str) -> bool:
    """Say whether a text could be a secret of people if it stood in another field."""
    return len(value) <= _LONGEST_SECRET and any(pattern.fullmatch(value) for pattern in _KINDS.values())


@dataclass
class Canaries:
    """What was sent or given out as a secret, by its kind, less what was told in clear as well."""

    values: dict[str, str] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    """Texts and names of fields: what a test puts there is found there, and no secret any more."""

    def add(self, kind: str, value: str) -> None:
        """Keep one."""
        self.values[value] = kind

    def tell(self, value: str) -> None:
        """Keep what was sent in a field, or as the name of one, that is nobody's secret."""
        if _is_like_a_secret(value):
            self.told.add(value)

    def write(self, file: Path) -> None:
        """Write all to a file."""
        kept = {"values": self.values, "told": sorted(self.told)}
        file.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Canaries":
        """Read what all processes of a run kept."""
        kept = cls()
        for file in folder.glob("seen-*.json"):
            found = json.loads(file.read_text(encoding="utf-8"))
            kept.values |= found["values"]
            kept.told |= set(found["told"])
        for value in kept.told:
            kept.values.pop(value, None)
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
