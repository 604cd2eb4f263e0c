"""Search everything that a run of the tests left for what its tests sent as secrets of people.

Searched are the files of the database's tables, where also rolled-back rows stay, every command that Redis
was sent, every line that was logged, and every refusal's body. Left out are the databases of tests that write
an older schema, in which phones stood in clear.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import psycopg
import redis
from ahocorasick_rs import BytesAhoCorasick

from dev.servers import Servers, libpq_url

FOLDER = "GONGDI_TEST_CANARIES"
"""The variable that names the folder in which a run keeps what it saw."""
OLD_SCHEMAS = ("migrations_",)
_PHONE, _ID_NUMBER = r"1\d{10}", r"\d{17}[\dX]"
_LONG_WORD = r"(?s:.{10,})"
_OPAQUE = r"[\w-]{20,}"
_WECHAT = "/(sessions|me|me/phone)/wechat$|/oauth/wechat/callback"


@dataclass(frozen=True)
class _Field:
    """A field that must never be seen in clear: what it holds, and in which calls, as areas have codes too.

    A group of ``pattern`` is the part that is secret.
    """

    name: str
    kind: str
    pattern: re.Pattern[str]
    path: re.Pattern[str]


def _field(name: str, pattern: str, kind: str = "", path: str = "") -> _Field:
    return _Field(name, kind or name, re.compile(pattern, re.ASCII), re.compile(path))


_FIELDS = [
    _field("phone", _PHONE),
    _field("id_number", _ID_NUMBER),
    _field("value", f"{_PHONE}|{_ID_NUMBER}", "number", "/(reveal|corrections)(/|$)"),
    _field("password", _LONG_WORD),
    _field("old_password", _LONG_WORD),
    _field("new_password", _LONG_WORD),
    _field("token", _OPAQUE),
    _field("refresh_token", _OPAQUE),
    _field("secret", r"[\w-]{16,}"),
    _field("otpauth_uri", r"otpauth:.*[?&]secret=([A-Z2-7]{16,}).*", "totp_secret"),
    _field("totp", r"\d{6}"),
    _field("code", r"\d{12}", "sign_in_code", "/sign-in-codes$|/sessions/code$"),
    _field("code", r"\d{16}", "binding_code"),
    _field("code", r"[\w-]{22}", "pickup_code", "/pickup-code$|/hand-over$"),
    _field("code", _OPAQUE, "wechat_code", _WECHAT),
    _field("wechat_code", _OPAQUE),
    _field("openid", r"[\w-]{20,}"),
]
_SECRET_HALF = 8
"""Of codes that people type: the digits before say which code is meant, and stand in a table in clear."""
_IN_HALVES = {"sign_in_code", "binding_code"}
_GUESSED = {"password", "old_password", "new_password", "totp", "sign_in_code", "binding_code", "pickup_code"}
_SHORT = re.compile(r"\d{6}|\d{8}", re.ASCII)
_SHORT_ALONE = re.compile(rb"(?<![0-9])(?:[0-9]{6}|[0-9]{8})(?![0-9])")
_NAME_BEFORE = re.compile(rb"(?:code|totp|otp|secret|half)\W{0,6}\Z", re.IGNORECASE)
_NAME_LENGTH = 16
_LONGEST_SECRET = 200
_OF_DATABASE = " of database "
_PAGE, _PAGE_LOG = 8192, 10
"""Bytes of a page of PostgreSQL's, and of those at its head where it was logged, and its checksum."""


def secret_in(name: str, value: Any, path: str = "") -> tuple[str, str] | None:
    """Give what of a field in a call must never be seen in clear, after its kind; None for all others."""
    if isinstance(value, str):
        for one in _FIELDS:
            if one.name == name and one.path.search(path) and (found := one.pattern.fullmatch(value)):
                return one.kind, found[found.re.groups]
    return None


def may_be_guessed(kind: str) -> bool:
    """Say whether one that was refused is nobody's: tests try the first words that come to mind."""
    return kind in _GUESSED


def _is_like_a_secret(value: str) -> bool:
    """Say whether a text could be a secret of people if it stood in another field."""
    patterns = [_SHORT, *(one.pattern for one in _FIELDS)]
    return len(value) <= _LONGEST_SECRET and any(pattern.fullmatch(value) for pattern in patterns)


@dataclass
class Canaries:
    """What was sent or given out as a secret, by its kind, less what was told in clear as well."""

    values: dict[str, str] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    """Texts and names of fields: what a test puts there is found there, and no secret any more."""

    def add(self, kind: str, value: str) -> None:
        """Keep one, and the secret half of a code apart as well."""
        self.values[value] = kind
        if kind in _IN_HALVES:
            self.values[value[-_SECRET_HALF:]] = f"half of {kind}"

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

    def finder(self) -> "Finder":
        """Give what finds those there are now."""
        return Finder(self.values)


class Finder:
    """Finds thousands of secrets at once, in one pass over some bytes."""

    def __init__(self, values: Mapping[str, str]) -> None:
        """Look for these, whose kinds they lead to."""
        kinds = [(value.encode(), value, kind) for value, kind in values.items()]
        self._short = {encoded: (value, kind) for encoded, value, kind in kinds if _SHORT.fullmatch(value)}
        self._long = [one for one in kinds if one[0] not in self._short]
        self._all = BytesAhoCorasick([encoded for encoded, _, _ in self._long])

    def found_in(self, content: bytes) -> set[tuple[str, str]]:
        """Give each that stands in some bytes, with its kind.

        A number is found where it is no part of a longer one, a few digits only where they are a whole value,
        others anywhere.
        """
        met = {
            number
            for number, start, end in self._all.find_matches_as_indexes(content, overlapping=True)
            if _stands_alone(content, start, end)
        }
        found = {self._long[number][1:] for number in met}
        return found | {self._short[value] for value in _whole_values(content, self._short.keys())}


def _stands_alone(content: bytes, start: int, end: int) -> bool:
    """Say whether what was met is no part of a longer number."""
    around = content[max(start - 1, 0) : start] + content[end : end + 1]
    return not (content[start:end].isdigit() and any(sign in b"0123456789" for sign in around))


def _whole_values(content: bytes, wanted: Collection[bytes]) -> set[bytes]:
    """Give the short ones that stand beside a code's name or are all of a value.

    A few digits are met by chance anywhere else. A whole value is in quotes, or comes after its length: as
    Redis is sent it, or as PostgreSQL keeps a short text in a row, in a byte that is twice its length and 3.
    """
    met = set()
    for found in _SHORT_ALONE.finditer(content):
        value, start, end = found[0], found.start(), found.end()
        if value not in wanted or value in met:
            continue
        before, after = content[max(start - _NAME_LENGTH, 0) : start], content[end : end + 2]
        quote = before[-1:]
        if (
            _NAME_BEFORE.search(before)
            or (quote in {b'"', b"'"} and after.lstrip(b"\\").startswith(quote))
            or (before.endswith(b"$%d\r\n" % len(value)) and after == b"\r\n")
            or quote == bytes([2 * len(value) + 3])
        ):
            met.add(value)
    return met


def search(servers: Servers, folder: Path) -> list[str]:
    """Say what of the canaries stands where, without naming any; ``folder`` holds what the run kept."""
    canaries = Canaries.read(folder)
    if not canaries.values:
        return ["no canary was kept: nothing was searched"]
    counted, finder, pages = 0, canaries.finder(), _Pages()
    found: dict[tuple[str, str], int] = {}
    for where, file in _files(servers, folder):
        content = file.read_bytes()
        counted += len(content)
        if _OF_DATABASE in where:
            content = pages.new(content)
        for _, kind in finder.found_in(content):
            found[where, kind] = found.get((where, kind), 0) + 1
    print(f"{len(canaries.values)} secrets of people searched in {counted / 1e6:.0f} MB", flush=True)
    return [f"{kind} in clear in {where} ({count} times)" for (where, kind), count in sorted(found.items())]


class _Pages:
    """Pages of tables that were searched: many databases are copies of each other."""

    def __init__(self) -> None:
        """Know none."""
        self._seen: set[bytes] = set()

    def new(self, content: bytes) -> bytes:
        """Give those pages that no file held before, whatever was logged of their writing."""
        fresh = []
        for at in range(0, len(content), _PAGE):
            mark = blake2b(content[at + _PAGE_LOG : at + _PAGE], digest_size=16).digest()
            if mark not in self._seen:
                self._seen.add(mark)
                fresh.append(content[at : at + _PAGE])
        return b"".join(fresh)


def _files(servers: Servers, folder: Path) -> Iterator[tuple[str, Path]]:
    for kind in ("log", "refusals"):
        yield from ((kind, file) for file in sorted(folder.glob(f"{kind}-*.txt")))
    with redis.Redis.from_url(servers.redis_url) as client:
        place = Path(client.config_get("dir")["dir"])
    yield from (("Redis", file) for file in sorted(place.rglob("*.aof")))
    with psycopg.connect(libpq_url(servers.database_url), autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        (data,) = connection.execute("SHOW data_directory").fetchone() or ("",)
        databases = connection.execute("SELECT oid, datname FROM pg_database WHERE datallowconn").fetchall()
    for oid, name in databases:
        if not name.startswith(OLD_SCHEMAS):
            tables = _tables(servers, name)
            for file in sorted((Path(data) / "base" / str(oid)).glob("[0-9]*")):
                table = tables.get(re.split(r"[._]", file.name)[0], "a table that is gone")
                yield f"{table}{_OF_DATABASE}{name.partition('_')[0]}", file


def _tables(servers: Servers, database: str) -> dict[str, str]:
    """Say what table or index each file of a database belongs to."""
    with psycopg.connect(libpq_url(servers.database_url), dbname=database) as connection:
        rows = connection.execute(
            "SELECT pg_relation_filenode(oid)::text, oid::regclass::text FROM pg_class"
        ).fetchall()
    return dict(rows)
