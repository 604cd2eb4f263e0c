"""What goes wrong between us and WeChat: limited, typed, and without a secret in sight."""

import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from itertools import pairwise

import pytest
import structlog

from app.adapters.wechat import (
    RiskScene,
    WeChat,
    WeChatAnswerError,
    WeChatBusyError,
    WeChatConfigurationError,
    WeChatError,
    WeChatTimeoutError,
    WeChatUnreachableError,
)
from app.adapters.wechat.breaker import Breaker
from app.adapters.wechat.deadline import Deadline
from app.adapters.wechat.transport import LARGEST_BODY, Transport
from tests.fakes.wechat.control import Person, WeChatFake
from tests.wechat.conftest import Open

LOGIN = "/sns/jscode2session"
TOKEN = "/cgi-bin/stable_token"
RISK = "/wxa/getuserriskrank"


def rank(client: WeChat, person: Person) -> int:
    """Make a call that may be repeated."""
    return client.mini.risk_rank(person.openid, RiskScene.BONUS, client_ip="203.0.113.7")


@pytest.fixture
def known(client: WeChat, fake: WeChatFake, lan: Person) -> Person:
    """Be somebody whose rank is known, with a token fetched already."""
    fake.visit(lan)
    assert rank(client, lan) == 0
    fake.clear_journal()
    return lan


def test_busy_is_asked_twice_more_and_then_told(client: WeChat, fake: WeChatFake, known: Person) -> None:
    """S-46: -1 is retried at most twice, with pauses."""
    fake.faults(RISK, [{"kind": "busy"}, {"kind": "busy"}])
    assert rank(client, known) == 0
    asked = fake.journal(RISK)
    assert [entry.errcode for entry in asked] == [-1, -1, 0]
    assert min(b.wall_s - a.wall_s for a, b in pairwise(asked)) >= 0.1

    fake.clear_journal()
    fake.chance(RISK, 1, "busy")
    with pytest.raises(WeChatBusyError):
        rank(client, known)
    assert fake.calls(RISK) == 3


@pytest.mark.parametrize("errcode", [40003, 40013, 40097, 43104, 45009, 45011, 48001, 61010, 87009, 99999])
def test_other_numbers_are_told_at_once(
    client: WeChat, fake: WeChatFake, known: Person, errcode: int
) -> None:
    """S-46: other errcodes are never retried."""
    fake.fault(RISK, "errcode", errcode=errcode)
    with pytest.raises(WeChatError) as caught:
        rank(client, known)

    assert (caught.value.errcode, fake.calls(RISK)) == (errcode, 1)


@pytest.mark.parametrize("kind", ["lost", "truncated", "html_502", "reset", "empty"])
def test_what_may_have_taken_effect_is_not_repeated(
    client: WeChat, fake: WeChatFake, known: Person, kind: str
) -> None:
    """S-46: only -1 and connect faults are retried."""
    fake.fault(RISK, kind)
    with pytest.raises(WeChatAnswerError):
        rank(client, known)

    assert fake.calls(RISK) == 1


def test_a_connection_that_is_not_made_is_tried_three_times(fake: WeChatFake) -> None:
    """S-46: connect faults are retried at most twice, all within the total, and nothing was sent."""
    with fake.refusing_url() as url:
        breaker = Breaker(opens_after=3)
        began = time.monotonic()
        with pytest.raises(WeChatUnreachableError):
            Transport(url, breaker=breaker).ask(RISK, {}, repeatable=True, deadline=Deadline.after(10))
        assert time.monotonic() - began < 10
        assert breaker.rest_left_s() > 0, "three failures"

        once = Breaker(opens_after=2)
        with pytest.raises(WeChatUnreachableError):
            Transport(url, breaker=once).ask(LOGIN, {}, repeatable=False, deadline=Deadline.after(10))
        assert once.rest_left_s() == 0, "one failure"


def test_repetition_ends_with_the_total_time(fake: WeChatFake) -> None:
    """S-46: no retry begins that the total has no room for."""
    fake.chance(RISK, 1, "busy")
    with pytest.raises(WeChatBusyError):
        Transport(fake.url).ask(RISK, {}, repeatable=True, deadline=Deadline.after(0.09))

    assert fake.calls(RISK) == 1


def test_a_slow_drip_ends_in_eight_seconds(client: WeChat, fake: WeChatFake, lan: Person) -> None:
    """S-51: no single read is slow, the whole is: it ends within 8 s."""
    fake.fault(LOGIN, "drip", seconds=0.5)
    code = fake.login_code(lan)
    began = time.monotonic()
    with pytest.raises(WeChatTimeoutError):
        client.mini.code2session(code)

    assert 7 < time.monotonic() - began < 9


@pytest.fixture
def dripping_headers() -> Iterator[str]:
    """Serve a header line that never ends, a byte each tenth of a second."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        ended = threading.Event()

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not ended.wait(0.1):
                    try:
                        connection.sendall(b"x")
                    except OSError:
                        return

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        ended.set()
        thread.join()


def test_slow_headers_end_too(dripping_headers: str) -> None:
    """S-51: the time holds for headers as for the body."""
    began = time.monotonic()
    with pytest.raises(WeChatTimeoutError):
        Transport(dripping_headers).ask(LOGIN, {}, repeatable=False, deadline=Deadline.after(1))

    assert time.monotonic() - began < 3


def test_silence_ends_with_the_deadline(fake: WeChatFake) -> None:
    """S-51: read time-out."""
    fake.fault(LOGIN, "timeout", seconds=20)
    began = time.monotonic()
    with pytest.raises(WeChatTimeoutError):
        Transport(fake.url).ask(LOGIN, {}, repeatable=False, deadline=Deadline.after(1))

    assert time.monotonic() - began < 3


def test_a_host_that_swallows_connections_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """S-51: connect time-out, shared by all addresses of the host."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        monkeypatch.setattr(
            "app.adapters.wechat.wire.socket.getaddrinfo",
            lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 0, "", address)] * 50,
        )
        with socket.socket() as one, socket.socket() as two:
            for filler in (one, two):
                filler.settimeout(0)
                filler.connect_ex(address)
            began = time.monotonic()
            with pytest.raises(WeChatUnreachableError):
                Transport(f"http://wechat.test:{address[1]}").ask(
                    LOGIN, {}, repeatable=False, deadline=Deadline.after(1)
                )
            assert time.monotonic() - began < 3


def test_a_name_that_nobody_knows_is_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr("app.adapters.wechat.wire.socket.getaddrinfo", unknown)
    with pytest.raises(WeChatUnreachableError):
        Transport("http://wechat.test").ask(LOGIN, {}, repeatable=False, deadline=Deadline.after(1))


@pytest.mark.parametrize("kind", ["huge", "gzip_bomb", "huge_redirect"])
def test_thirty_megabytes_are_cut(fake: WeChatFake, kind: str) -> None:
    """S-51: size cap, counted after unpacking; no more is held, whatever the answer's status."""
    fake.fault(LOGIN, kind)
    transport = Transport(fake.url)
    tracemalloc.start()
    try:
        with pytest.raises(WeChatAnswerError):
            transport.ask(LOGIN, {}, repeatable=False, deadline=Deadline.after(10))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert most < 2 * LARGEST_BODY


def test_two_megabytes_pass_and_a_byte_more_does_not(fake: WeChatFake) -> None:
    """S-51: the cap is 2 MB. A blank body is no JSON either: the log line tells the two apart."""
    breaker = Breaker()
    for size in (LARGEST_BODY, LARGEST_BODY + 1):
        fake.fault(LOGIN, "huge", size=size)
        with structlog.testing.capture_logs() as logs, pytest.raises(WeChatAnswerError):
            Transport(fake.url, breaker=breaker).ask(LOGIN, {}, repeatable=False, deadline=Deadline.after(10))
        assert [line["error"] for line in logs] == [
            "no JSON" if size == LARGEST_BODY else "WeChatAnswerError"
        ]


def test_a_redirect_is_refused(client: WeChat, fake: WeChatFake, lan: Person) -> None:
    """S-51, S-134: a redirect is not followed, so no secret goes to another host."""
    fake.fault(LOGIN, "redirect")
    with pytest.raises(WeChatAnswerError):
        client.mini.code2session(fake.login_code(lan))

    assert [entry.path for entry in fake.journal()] == [LOGIN]


@pytest.mark.parametrize("location", ["http://[::1", "https://\u4e94", "//", "http://127.0.0.1:99999/"])
def test_a_redirect_to_nowhere_is_a_typed_error_too(
    client: WeChat, fake: WeChatFake, lan: Person, location: str
) -> None:
    """S-51: nobody reads where it leads."""
    fake.fault(LOGIN, "redirect", location=location)
    with pytest.raises(WeChatAnswerError):
        client.mini.code2session(fake.login_code(lan))


@pytest.mark.parametrize(
    "kind",
    [
        "empty", "html_502", "truncated", "half_json", "reset", "lost", "not_utf8", "not_an_object",
        "bad_chunk",
    ],
)  # fmt: skip
def test_what_is_no_answer_is_a_typed_error(client: WeChat, fake: WeChatFake, lan: Person, kind: str) -> None:
    """S-51: every answer is untrusted input (OWASP API10)."""
    fake.fault(LOGIN, kind)
    with pytest.raises(WeChatAnswerError):
        client.mini.code2session(fake.login_code(lan))


@pytest.mark.parametrize("kind", ["bom", "gzip", "wrong_type", "bad_header"])
def test_harmless_oddities_are_read(client: WeChat, fake: WeChatFake, lan: Person, kind: str) -> None:
    fake.fault(LOGIN, kind)

    assert client.mini.code2session(fake.login_code(lan)).openid == lan.openid


def test_a_failing_handshake_is_no_connection(fake: WeChatFake) -> None:
    with pytest.raises(WeChatUnreachableError):
        Transport(fake.tls_url).ask(LOGIN, {}, repeatable=False, deadline=Deadline.after(5))


def test_proxies_and_passwords_of_the_environment_are_not_used(
    client: WeChat, fake: WeChatFake, lan: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")

    assert client.mini.code2session(fake.login_code(lan)).openid == lan.openid


def test_an_unknown_template_ends_the_start(open_client: Open) -> None:
    with pytest.raises(WeChatConfigurationError, match="fire_drill"):
        open_client(templates=(("fire_drill", "x" * 20),))
