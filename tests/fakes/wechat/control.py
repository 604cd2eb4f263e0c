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

from tests.fakes.wechat.accounts import H5_APPID, H5_SECRET, MINI_APPID, MINI_SECRET
from tests.fakes.wechat.deliveries import Attempt, Delivery, PushRequest
from tests.fakes.wechat.hand import FakeError
from tests.fakes.wechat.people_hand import PeopleHand, Person
from tests.fakes.wechat.push_hand import PushHand

__all__ = [
    "H5_APPID",
    "H5_SECRET",
    "MINI_APPID",
    "MINI_SECRET",
    "Attempt",
    "Delivery",
    "FakeError",
    "JournalEntry",
    "Person",
    "PushRequest",
    "WeChatFake",
]

ROOT = Path(__file__).parent.parent.parent.parent


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


class WeChatFake(PeopleHand, PushHand):
    """A running fake."""

    def __init__(self, url: str = "") -> None:
        """Steer the fake at this address; without one, ``start`` makes it."""
        super().__init__(url)
        self._process: subprocess.Popen[str] | None = None

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

    def run_clock(self) -> None:
        """Let the fake's clock run on from the time it shows."""
        self._do("clock", run=True)

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

    # Apps and their tokens

    def app(self, appid: str = MINI_APPID, **changes: Any) -> None:
        """Register an app (``secret``, ``kind``), or change one: the attributes of ``accounts.App``."""
        self._do("app", appid=appid, **changes)

    def template(
        self, template_id: str, *fields: str, long_term: bool = False, appid: str = MINI_APPID
    ) -> None:
        """Register a message template with fields such as ``thing1`` and ``time2``."""
        self.app(appid, templates={template_id: {"fields": list(fields), "long_term": long_term}})

    def words(self, **by_kind: list[str]) -> None:
        """Name the words that are ``sensitive`` in messages, ``risky`` or for ``review`` in checked texts."""
        self._do("words", **by_kind)

    def judge_page(self, url: str, *, noncestr: str, timestamp: str, signature: str) -> str:
        """Return what ``wx.config`` says to a signed page on a phone: ``ok`` or its error."""
        signed = {"url": url, "noncestr": noncestr, "timestamp": timestamp, "signature": signature}
        return str(self._do("jsapi", appid=H5_APPID, **signed)["says"])

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
