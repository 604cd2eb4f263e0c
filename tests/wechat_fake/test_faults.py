"""What breaks on the way (F9, F10), as a plain client sees it."""

import gzip
import http.client
import socket
import time

import pytest
import requests

from tests.fakes.wechat.control import WeChatFake
from tests.wechat_fake.plain import LOGIN, STABLE, fetch_token, login, token

WAIT_S = 5
TOKEN_BODY = {"grant_type": "client_credential", "appid": "wx5f0000000000c0de", "secret": "5f" * 16}


def ask(wechat: WeChatFake, *, timeout: float = WAIT_S, **options: bool) -> requests.Response:
    return requests.post(wechat.url + STABLE, json=TOKEN_BODY, timeout=timeout, **options)  # type: ignore[arg-type]


def test_busy_then_well(wechat: WeChatFake) -> None:
    wechat.faults(STABLE, [{"kind": "busy"}, None, {"kind": "errcode", "errcode": 45009}])

    codes = [fetch_token(wechat).get("errcode", 0) for _ in range(4)]

    assert codes == [-1, 0, 45009, 0]


def test_a_probability_comes_from_the_seed(wechat: WeChatFake) -> None:
    def run() -> list[int]:
        wechat.reset(7)
        wechat.chance(STABLE, 0.5, "busy")
        return [fetch_token(wechat).get("errcode", 0) for _ in range(12)]

    first = run()

    assert set(first) == {-1, 0}
    assert run() == first


def test_faults_of_every_path_and_after_some_calls(wechat: WeChatFake) -> None:
    wechat.fault("*", "busy", after=1, times=2)

    assert [fetch_token(wechat).get("errcode", 0) for _ in range(4)] == [0, -1, -1, 0]


def test_an_unknown_fault_is_a_mistake(wechat: WeChatFake) -> None:
    with pytest.raises(RuntimeError, match="there is no fault sulking"):
        wechat.fault(STABLE, "sulking")
    with pytest.raises(RuntimeError, match="does not play /cgi-bin/stabel_token"):
        wechat.fault("/cgi-bin/stabel_token", "busy")


def test_connection_refused(wechat: WeChatFake) -> None:
    with wechat.refusing_url() as url, pytest.raises(requests.ConnectionError, match="refused"):
        requests.get(url + LOGIN, timeout=WAIT_S)


def test_a_handshake_that_fails(wechat: WeChatFake) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(wechat.tls_url + LOGIN, timeout=WAIT_S)


def test_no_answer(wechat: WeChatFake) -> None:
    wechat.fault(STABLE, "timeout")

    with pytest.raises(requests.ReadTimeout):
        ask(wechat, timeout=0.2)


def test_a_late_answer(wechat: WeChatFake) -> None:
    wechat.fault(STABLE, "slow", seconds=0.2)
    start = time.monotonic()

    assert ask(wechat).json()["expires_in"] == 7200
    assert time.monotonic() - start >= 0.2


def test_a_slow_drip_outlives_a_read_timeout_without_tripping_it(wechat: WeChatFake) -> None:
    wechat.fault(STABLE, "drip", seconds=0.005)
    start = time.monotonic()

    answer = ask(wechat, timeout=0.5)

    assert answer.json()["expires_in"] == 7200
    assert time.monotonic() - start >= 0.005 * len(answer.content)


def test_a_reset_in_the_middle_of_the_body(wechat: WeChatFake) -> None:
    wechat.fault(STABLE, "reset")

    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="reset by peer"):
        ask(wechat)


def test_a_reset_without_an_answer(wechat: WeChatFake) -> None:
    wechat.fault(STABLE, "refuse")

    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        ask(wechat)


def test_a_body_that_ends_early(wechat: WeChatFake) -> None:
    wechat.fault(STABLE, "truncated")

    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        ask(wechat)


def test_half_a_json_that_claims_to_be_whole(wechat: WeChatFake) -> None:
    wechat.fault(STABLE, "half_json")

    answer = ask(wechat)

    assert int(answer.headers["Content-Length"]) == len(answer.content)
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_a_lost_answer_has_had_its_effect(wechat: WeChatFake) -> None:
    wechat.user("王芳")
    code = wechat.login_code("王芳")
    wechat.fault(LOGIN, "lost")

    with pytest.raises(requests.ConnectionError):
        login(wechat, code)

    assert login(wechat, code)["errcode"] == 40163


def test_a_fault_before_the_work_has_no_effect(wechat: WeChatFake) -> None:
    wechat.user("王芳")
    code = wechat.login_code("王芳")
    wechat.fault(LOGIN, "busy")

    assert login(wechat, code)["errcode"] == -1
    assert "openid" in login(wechat, code)


def test_a_gateways_page(wechat: WeChatFake) -> None:
    wechat.fault(STABLE, "html_502")

    answer = ask(wechat)

    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html")
    assert answer.text.startswith("<html>")


def test_any_status(wechat: WeChatFake) -> None:
    wechat.fault(STABLE, "status", status=503)

    assert (ask(wechat).status_code, ask(wechat).status_code) == (503, 200)


def test_an_empty_body(wechat: WeChatFake) -> None:
    wechat.fault(STABLE, "empty")

    answer = ask(wechat)

    assert (answer.status_code, answer.content) == (200, b"")


def test_thirty_megabytes(wechat: WeChatFake) -> None:
    wechat.fault(STABLE, "huge")

    with ask(wechat, stream=True) as answer:
        assert answer.headers["Content-Length"] == str(30 * 1024 * 1024)
        received = sum(len(chunk) for chunk in answer.iter_content(1 << 20))

    assert received == 30 * 1024 * 1024


def test_the_wrong_content_type(wechat: WeChatFake) -> None:
    wechat.fault(STABLE, "wrong_type")

    answer = ask(wechat)

    assert answer.headers["Content-Type"] == "text/plain"
    assert answer.json()["expires_in"] == 7200


def test_gzip_nobody_asked_for(wechat: WeChatFake) -> None:
    wechat.fault(STABLE, "gzip")

    raw = ask(wechat, stream=True).raw.read(decode_content=False)

    assert b'"expires_in": 7200' in gzip.decompress(raw)


def test_a_small_body_that_unpacks_to_a_large_one(wechat: WeChatFake) -> None:
    wechat.fault(STABLE, "gzip_bomb", size=5_000_000)

    answer = ask(wechat)

    assert int(answer.headers["Content-Length"]) < 10_000
    assert len(answer.content) == 5_000_000


def test_a_redirect_to_another_host_shows_who_follows(wechat: WeChatFake) -> None:
    wechat.fault(STABLE, "redirect", times=2)

    answer = ask(wechat, allow_redirects=False)
    assert answer.status_code == 301
    assert answer.headers["Location"].startswith("http://localhost:")
    assert wechat.calls("/elsewhere") == 0

    assert requests.post(wechat.url + STABLE, json=TOKEN_BODY, timeout=WAIT_S).status_code == 404
    assert wechat.calls("/elsewhere") == 1


def test_a_redirect_with_a_body_of_thirty_megabytes(wechat: WeChatFake) -> None:
    wechat.fault(STABLE, "huge_redirect")

    with ask(wechat, allow_redirects=False, stream=True) as answer:
        assert (answer.status_code, answer.headers["Content-Length"]) == (301, str(30 * 1024 * 1024))


def test_a_line_that_is_no_header_and_a_length_that_is_none(wechat: WeChatFake) -> None:
    for kind, line in (("bad_header", b"no header"), ("bad_chunk", b"-5")):
        wechat.fault(STABLE, kind)
        port = int(wechat.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=WAIT_S) as plain:
            plain.sendall(f"GET {STABLE} HTTP/1.1\r\nHost: fake\r\n\r\n".encode())
            said = b"".join(iter(lambda: plain.recv(65536), b""))
        assert line in said.split(b"\r\n")


def test_a_byte_order_mark(wechat: WeChatFake) -> None:
    wechat.fault(STABLE, "bom")

    assert ask(wechat).content.startswith(b'\xef\xbb\xbf{"')


def test_bytes_that_are_no_utf8(wechat: WeChatFake) -> None:
    wechat.fault(STABLE, "not_utf8")

    with pytest.raises(UnicodeDecodeError):
        ask(wechat).content.decode()


def test_a_list_instead_of_an_object(wechat: WeChatFake) -> None:
    wechat.fault(STABLE, "not_an_object")

    assert ask(wechat).json()[0]["expires_in"] == 7200


def test_a_connection_is_kept_between_calls(wechat: WeChatFake) -> None:
    host, port = wechat.url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=WAIT_S)
    sockets: set[socket.socket] = set()
    for _ in range(3):
        connection.request("GET", "/cgi-bin/nowhere")
        answer = connection.getresponse()
        assert (answer.status, b"40066" in answer.read()) == (404, True)
        sockets.add(connection.sock)
    connection.close()

    assert len(sockets) == 1


def test_no_faults_ends_them(wechat: WeChatFake) -> None:
    wechat.chance("*", 1, "busy")
    wechat.fault(STABLE, "empty", times=3)
    wechat.no_faults()

    assert len(token(wechat)) == 136
