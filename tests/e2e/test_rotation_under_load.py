"""The keys of sealed fields change while people read and write: nobody notices, and the old key can go."""

import json
import os
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import count, cycle
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID

import pyotp
import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, create_engine, func, insert, select, update
from sqlalchemy.orm import Session

from app.cli import keys as rotating
from app.cli.commands import commands
from app.clock import business_day, now
from app.config import Settings
from app.ids import new_id
from app.models import AuditEntry, Notice, Relation, Resident, Sex, User
from app.people import Numbers, sealed_numbers
from app.resealing import sealed_tables
from app.sealing import Cell, Sealer
from dev.servers import Servers
from dev.servers.server import LOOPBACK, free_port
from dev.web import DIRECT, start_web, wait_until_ready
from tests.care_world import visit, write_care, write_form
from tests.cast import GRID, LONG_AGO, STAFF, named, person
from tests.conftest import NO_RATES
from tests.databases import peopled_database
from tests.sealer import KEYS, SEALER

pytestmark = pytest.mark.xdist_group("served")
OLD = "3f9d02b7c61e84a5d70f28b91ce3564a0d87f21b9c4e6350ab18d2f7694c03e5"
NEW = "5d0f3b7c9a1e84c26b7d50e9f83a1c46d2905eb7c14f8a639d07be25f4c8613a"
RESIDENTS = 1500
"""Fifteen batches, and long enough that much is read and written beside them."""
READERS = ("colleague", "worker", "admin")
REVEALS = 57
"""The three may look at twenty numbers a day each."""
_PHONES = count(13_900_100_000)


@dataclass
class Town:
    """A town with sealed numbers, where it is served now, and what its people were answered."""

    engine: Engine
    settings: dict[str, str]
    residents: list[UUID]
    care: UUID
    form: UUID
    address: str = ""
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    visits: list[UUID] = field(default_factory=list)
    secrets: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Of who has an authenticator app: its secret, and the token of his session."""

    def call(self, method: str, path: str, token: str, body: Any = None) -> Any:
        """Ask as somebody; whatever is no success is noted as wrong."""
        request = urllib.request.Request(  # noqa: S310 - to ourselves
            f"{self.address}/v1/{path}",
            json.dumps(body).encode() if body is not None else None,
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            method=method,
        )
        try:
            with DIRECT.open(request, timeout=20) as answer:
                told = json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                self.wrong.append(f"{method} {path}: {refused.code} {refused.read().decode()[:300]}")
            return None
        except OSError as error:
            self.wrong.append(f"{method} {path}: {error}")
            return None
        return told

    def read(self, number: int) -> None:
        """Read somebody's masked numbers, which opens them, and a visit that was told of."""
        told = self.call("GET", f"residents/{self.residents[number]}", person("admin").token)
        self._expect("read", told is not None and told["phone"].startswith("139"))
        if self.visits:
            told = self.call("GET", f"visits/{self.visits[-1]}", person("worker").token)
            self._expect("read visit", told is not None and told["note"] == "腿还疼")

    def reveal(self, who: str, number: int) -> None:
        """Read somebody's number in clear."""
        body = {"field": "phone", "purpose": "联系家属送药"}
        told = self.call("POST", f"residents/{self.residents[number]}/reveal", person(who).token, body)
        self._expect("reveal", told is not None and told["value"].startswith("139"))

    def write_numbers(self, number: int) -> None:
        """Give somebody another phone."""
        phone = str(next(_PHONES))
        body = {"phone": phone, "id_number": None}
        path = f"residents/{self.residents[number]}/numbers"
        told = self.call("PUT", path, person("admin").token, body)
        self._expect("numbers", told is not None and told["phone"] == f"{phone[:3]}******{phone[-2:]}")

    def write_visit(self) -> None:
        """Tell of a visit with a follow-up."""
        visit_id, worker = new_id(), person("worker")
        need = {"need": "送药", "due_on": f"{business_day():%Y-%m-%d}"}
        body = visit(self.care, self.form, captured_at=now().isoformat(), note="腿还疼", follow_ups=[need])
        told = self.call("PUT", f"visits/{visit_id}", worker.token, body)
        self._expect("visit", told is not None)
        if told is not None:
            self.visits.append(visit_id)

    def enrol(self, who: str) -> None:
        """Let somebody get an authenticator app: its secret is sealed, then opened to confirm a code."""
        token = person(who).token
        told = self.call("POST", "me/totp", token)
        if told is None:
            return
        secret = pyotp.parse_uri(told["otpauth_uri"]).secret
        before = pyotp.TOTP(secret).at(now(), counter_offset=-1)
        told = self.call("POST", "me/totp/confirm", token, {"totp": before})
        self._expect("enrol", told is not None)
        if told is not None:
            self.secrets[who] = (secret, told["token"])

    def show_code(self, who: str) -> None:
        """Let somebody sign on with the app that he enrolled before: its secret is opened."""
        secret, token = self.secrets.pop(who)
        told = self.call("POST", "sessions/current/second-factor", token, {"totp": pyotp.TOTP(secret).now()})
        self._expect("code", told is not None)

    def _expect(self, what: str, fine: bool) -> None:  # noqa: FBT001 - the only thing it is told
        self.answers[what] += 1
        if not fine:
            self.wrong.append(f"{what} gave something else")


@pytest.fixture
def town(servers: Servers, served_redis_url: str, tmp_path: Path) -> Iterator[Town]:
    """Give a town whose numbers are sealed by the old key."""
    url = peopled_database(servers, f"rotation_{os.getpid()}")
    engine = create_engine(url)
    settings = {
        "GONGDI_ENV": "test",
        "DATABASE_URL": url,
        "REDIS_URL": served_redis_url,
        **KEYS,
        "GONGDI_PUBLIC_URL": "http://127.0.0.1",
        "GONGDI_PHOTO_DIR": str(tmp_path),
        "GONGDI_WORKERS": "1",
        **NO_RATES,
    }
    sealer = replace(SEALER, keys={"old": bytes.fromhex(OLD)}, active="old")
    with Session(engine) as session:
        session.execute(insert(Resident), rows := [_resident(sealer, new_id()) for _ in range(RESIDENTS)])
        session.execute(update(User).values(phone_sealed=None, phone_index=None))
        session.commit()
        yield Town(
            engine,
            settings,
            [row["id"] for row in rows],
            write_care(session, started_on=LONG_AGO.date()),
            write_form(session),
        )
    engine.dispose()


def _resident(sealer: Sealer, resident_id: UUID) -> dict[str, Any]:
    numbers = Numbers(str(next(_PHONES)))
    return {
        "id": resident_id,
        "area_code": GRID,
        "household_id": named("household home"),
        "name": "王小兰",
        "sex": Sex.FEMALE,
        "birth_date": LONG_AGO.date().replace(year=1960),
        "relation": Relation.OTHER,
        "content_hash": b"",
        "created_at": LONG_AGO,
        **sealed_numbers(sealer, resident_id, GRID, numbers),
    }


def test_keys_change_under_load_and_the_old_one_can_go(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-111: people read, write and sign in all the while, no call fails, and nothing needs the old key.

    The steps are those of docs/operations.md: every process learns the new key, then seals by it, then the
    command seals the rest, then the old key goes.
    """
    old, new = f"old:{OLD}", f"new:{NEW}"
    monkeypatch.setattr(rotating, "_RESEALED", 100)
    with ThreadPoolExecutor(6) as pool, ExitStack() as stack:
        first, second, last = _serve(town, stack, tmp_path, [f"{old},{new}", f"{new},{old}", new])
        stop = Event()
        stack.callback(stop.set)
        town.address = first
        loads = [pool.submit(_go_on, stop, *load) for load in _loads(town)]
        stop.wait(3)
        town.address = second
        stop.wait(1)  # calls to the first one come to their end
        before = Counter(town.answers)
        said = [_rotate(town, f"{new},{old}") for _ in range(2)]
        during = town.answers - before
        stop.wait(3)
        stop.set()
        done = [load.result() for load in loads]
        assert sorted(set(town.wrong))[:5] == []
        _nothing_needs_the_old_key(town, new)
        town.address = last
        town.read(0)
        town.reveal("admin", 3)
        town.write_visit()
        if town.secrets:
            town.show_code(next(iter(town.secrets)))

    assert town.wrong == []
    assert all(done), "everybody had his turn"
    assert said[0].splitlines()[-1] != said[1].splitlines()[-1]
    assert said[1] == f"0 rows sealed by new, {SEALER.suite}.\n"
    assert {"read", "numbers"} <= set(during), "while it ran"
    assert {"read visit", "reveal", "visit", "enrol", "code"} <= set(town.answers)
    assert _told(town), "the trail and the auditors"


def _loads(town: Town) -> list[tuple[Callable[[int], None], float]]:
    """Give what goes on all the while, each by its number, and how many seconds lie between two."""
    readers = cycle(READERS)
    enrolled = iter(who for who in STAFF if who not in READERS)

    def reveal(number: int) -> None:
        if number < REVEALS:
            town.reveal(next(readers), number * 11 % RESIDENTS)

    def sign_on(number: int) -> None:
        """Enrol one more, or show the code of whoever did so some turns ago, most often by the old key."""
        who = next(enrolled, None)
        if who is not None:
            town.enrol(who)
        if town.secrets and (number >= 5 or who is None):
            town.show_code(next(iter(town.secrets)))

    return [
        (lambda number: town.read(number * 7 % RESIDENTS), 0.1),
        (lambda number: town.read(-number * 5 % RESIDENTS), 0.1),
        (reveal, 0.3),
        (lambda number: town.write_numbers(number * 13 % RESIDENTS), 0.15),
        (lambda _: town.write_visit(), 0.25),
        (sign_on, 0.5),
    ]


def _go_on(stop: Event, step: Callable[[int], None], pause_s: float) -> int:
    """Take a step again and again until it is enough; give how often."""
    done = 0
    while not stop.wait(pause_s):
        step(done)
        done += 1
    return done


def _serve(town: Town, stack: ExitStack, folder: Path, rings: list[str]) -> list[str]:
    """Serve the town with each of these rings of keys until the stack ends; give the addresses."""
    started = []
    for keys in rings:
        port = free_port()
        address = f"http://{LOOPBACK}:{port}"
        settings = {**town.settings, "GONGDI_PUBLIC_URL": address, "GONGDI_FIELD_KEYS": keys}
        web = start_web(settings, port=port, log=folder / f"web-{port}.log")
        stack.callback(web.stop)
        started.append((web, address))
    for web, address in started:
        wait_until_ready(web, address)
    return [address for _, address in started]


def _rotate(town: Town, keys: str) -> str:
    result = CliRunner().invoke(commands, ["rotate-keys"], env=town.settings | {"GONGDI_FIELD_KEYS": keys})
    assert result.exit_code == 0, result.output
    return result.output


def _nothing_needs_the_old_key(town: Town, keys: str) -> None:
    """Look at every sealed value: it says that the new key made it, and opens without the old one."""
    sealer = Sealer.of(Settings.read(town.settings | {"GONGDI_FIELD_KEYS": keys}))
    seen: Counter[str] = Counter()
    with town.engine.connect() as connection:
        for table, names in sealed_tables():
            for row in connection.execute(select(table)).mappings():
                for name in names:
                    if row[name] is not None:
                        assert row[name].startswith(sealer.header()), f"{table.name}.{name}"
                        sealer.open(row[name], Cell(table.name, name, row["id"]))
                        seen[table.name] += 1
    assert seen["residents"] == RESIDENTS
    assert {"residents", "visits", "follow_ups", "second_factors"} <= set(seen)


def _told(town: Town) -> bool:
    """Say whether the trail has the command with its key, and both auditors one notice each."""
    with Session(town.engine) as session:
        facts = session.scalars(select(AuditEntry.facts).where(AuditEntry.action == "command:rotate-keys"))
        notices = session.execute(
            select(Notice.user_id, func.count())
            .where(Notice.data["what"].astext == "keys_rotated")
            .group_by(Notice.user_id)
        )
        by_table = Counter({one["table"]: 0 for one in facts.all() if one["key"] == "new"})
        told = {user_id: times for user_id, times in notices}  # noqa: C416
    auditors = {person(name).user_id: 1 for name in ("auditor", "far_auditor")}
    return "residents" in by_table and told == auditors
