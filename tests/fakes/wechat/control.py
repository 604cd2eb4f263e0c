"""The tester's hand on the fake: starts the process, and says over HTTP what WeChat and its people do."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.fakes.wechat.accounts import H5_APPID, H5_SECRET, MINI_APPID, MINI_SECRET

__all__ = ["H5_APPID", "H5_SECRET", "MINI_APPID", "MINI_SECRET", "JournalEntry", "Person", "WeChatFake"]

ROOT = Path(__file__).parent.parent.parent.parent
ANSWER_S = 60


@dataclass(frozen=True)
class Person:
    """A person with WeChat, as the fake knows him."""

    name: str
    openids: dict[str, str]
    """By appid."""
    unionids: dict[str, str | None]

    @property
    def openid(self) -> str:
        """Return the openid within the mini-program."""
        return self.openids[MINI_APPID]

    @property
    def h5_openid(self) -> str:
        """Return the openid within the service account."""
        return self.openids[H5_APPID]

    @property
    def unionid(self) -> str | None:
        """Return the unionid, as the mini-program gets it."""
        return self.unionids[MINI_APPID]


@dataclass(frozen=True)
class JournalEntry:
    """One request the fake got; secrets stand in it as ``print:...``, equal for equal secrets."""

    number: int
    method: str
    path: str
    query: dict[str, str]
    body: Any
    content_type: str
    user_agent: str
    tls: bool
    at: float
    wall_s: float
    flags: list[str] = field(default_factory=list)
    status: int | None = None
    errcode: int | None = None
    fault: str | None = None


class FakeError(RuntimeError):
    """The fake did not start, or refused what a tester asked."""


class WeChatFake:
    """A running fake."""

    def __init__(self, url: str = "") -> None:
        """Steer the fake at this address; without one, ``start`` makes it."""
        self.url = url
        self._process: subprocess.Popen[str] | None = None
        self._http = requests.Session()
        self._http.trust_env = False

    def start(self) -> "WeChatFake":
        """Start a process and wait for its address."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.wechat", "--port", "0", "--until-eof"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise FakeError(f"the fake ended with status {self._process.wait()}")
        self.url = json.loads(line)["url"]
        return self

    def stop(self) -> int:
        """End the process and return its status."""
        self._http.close()
        if self._process is None:
            return 0
        self._process.terminate()
        with self._process as process:
            return process.wait(10)

    @property
    def tls_url(self) -> str:
        """Return an https address whose handshake fails."""
        return self.url.replace("http:", "https:")

    @contextmanager
    def refusing_url(self) -> Iterator[str]:
        """Give an address where the connection is refused: a port that is taken, but not listened on."""
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            yield f"http://127.0.0.1:{taken.getsockname()[1]}"

    def reset(self, seed: int | None = None) -> None:
        """Forget all: people, codes, tokens, faults, journal. The two default apps are there again."""
        self._do("reset", **({} if seed is None else {"seed": seed}))

    # Time and habits

    def now(self) -> float:
        """Return the fake's time in seconds since 1970; it runs with the wall clock unless set."""
        return float(self._do("clock")["now"])

    def set_clock(self, epoch_s: float) -> None:
        """Stop the fake's clock at this time."""
        self._do("clock", set=epoch_s)

    def advance(self, seconds: float) -> None:
        """Move the fake's clock on."""
        self._do("clock", advance=seconds)

    def habit(self, **changes: Any) -> None:
        """Change what the platform happens to do: the attributes of ``world.Habits``."""
        self._do("habit", **changes)

    # Faults and limits

    def fault(self, path: str, kind: str | None, *, times: int = 1, after: int = 0, **options: Any) -> None:
        """Let the next calls of a path (``*``: any) go wrong, after so many that do not.

        Kinds and options: ``faults.BEFORE``, ``faults.AFTER`` and ``faults.Fault``.
        """
        step = None if kind is None else {"kind": kind, **options}
        self.faults(path, [*[None] * after, *[step] * times])

    def faults(self, path: str, sequence: Sequence[dict[str, Any] | None]) -> None:
        """Program the next calls of a path one by one; None lets one pass."""
        self._do("fault", path=path, sequence=list(sequence))

    def chance(self, path: str, probability: float, kind: str, **options: Any) -> None:
        """Let a fault strike each call of a path with a probability drawn from the seed; 1: always."""
        self._do("fault", path=path, probability=probability, fault={"kind": kind, **options})

    def no_faults(self) -> None:
        """Let everything be well again."""
        self._do("fault", clear=True)

    def quota(self, path: str, *, per_minute: int | None = None, per_day: int | None = None) -> None:
        """Set a path's limits."""
        self._do("quota", path=path, per_minute=per_minute, per_day=per_day)

    # Apps, people and their codes

    def app(self, appid: str = MINI_APPID, **changes: Any) -> None:
        """Register an app (``secret``, ``kind``), or change one: the attributes of ``accounts.App``."""
        self._do("app", appid=appid, **changes)

    def user(self, name: str, **changes: Any) -> Person:
        """Register a person, or change one: the attributes of ``accounts.User``."""
        found = self._do("user", name=name, **changes)
        return Person(name, found["openids"], found["unionids"])

    def login_code(self, user: str | Person, appid: str = MINI_APPID) -> str:
        """Return what ``wx.login`` gives on this person's phone."""
        return self._code("login", user, appid)

    def phone_code(self, user: str | Person, appid: str = MINI_APPID) -> str:
        """Return what a tap on the phone number button gives."""
        return self._code("phone", user, appid)

    def oauth_code(self, user: str | Person, appid: str = H5_APPID, *, scope: str = "snsapi_base") -> str:
        """Return the code that the authorize page would send to the callback."""
        return self._code("oauth", user, appid, scope=scope)

    def supersede_token(self, appid: str = MINI_APPID) -> None:
        """Let somebody else force a refresh: the stable token is 40001, the next fetch gives another."""
        self._do("token", do="supersede", appid=appid)

    def poison_token(self, appid: str = MINI_APPID) -> None:
        """Let the stable token be 40001 while normal fetches go on returning it; forcing helps."""
        self._do("token", do="poison", appid=appid)

    def sticky_40001(self, appid: str = MINI_APPID, *, on: bool = True) -> None:
        """Let every token, also each new one, be 40001."""
        self.app(appid, sticky_40001=on)

    # The journal

    def journal(self, path: str | None = None) -> list[JournalEntry]:
        """Return the requests so far, of one path or of all."""
        return [JournalEntry(**each) for each in self._do("journal", path=path)["entries"]]

    def calls(self, path: str) -> int:
        """Return how often a path was called."""
        return len(self.journal(path))

    def flags(self) -> list[str]:
        """Return what was wrong with the requests' form, as ``path flag``; a good client leaves none."""
        return [f"{entry.path} {flag}" for entry in self.journal() for flag in entry.flags]

    def max_qps(self, path: str | None = None) -> int:
        """Return the most requests that came within one second."""
        return int(self._do("journal", path=path)["max_qps"])

    def clear_journal(self) -> None:
        """Forget the requests so far."""
        self._do("journal", clear=True)

    def _code(self, kind: str, user: str | Person, appid: str, **more: str) -> str:
        return str(self._do("code", kind=kind, user=_name(user), appid=appid, **more)["code"])

    def _do(self, verb: str, **given: Any) -> Any:
        answer = self._http.post(f"{self.url}/__fake__/{verb}", json=given, timeout=ANSWER_S)
        found = answer.json()
        if answer.status_code != requests.codes.ok:
            raise FakeError(found["error"])
        return found


def _name(user: str | Person) -> str:
    return user if isinstance(user, str) else user.name
