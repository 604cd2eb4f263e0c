"""The fake as a process: starts, ends, and is never reachable from elsewhere (F25)."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from pytest_socket import SocketConnectBlockedError

from tests.fakes.wechat.control import ROOT, WeChatFake
from tests.wechat_fake.plain import token

COMMAND = [sys.executable, "-m", "tests.fakes.wechat"]


def test_it_says_where_it_is_and_ends_when_asked() -> None:
    with subprocess.Popen([*COMMAND, "--port", "0"], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        health = requests.post(f"{said['url']}/__fake__/health", timeout=5).json()
        process.send_signal(signal.SIGTERM)
        status = process.wait(30)

    assert said["fake"] == "wechat"
    assert said["url"].startswith("http://127.0.0.1:")
    assert health == {"fake": "wechat"}
    assert status == 0


def test_it_ends_while_an_answer_is_held_back() -> None:
    fake = WeChatFake().start()
    fake.fault("/cgi-bin/stable_token", "timeout", seconds=60)
    with pytest.raises(requests.ReadTimeout):
        requests.post(f"{fake.url}/cgi-bin/stable_token", json={}, timeout=0.2)

    assert fake.stop() == 0


def test_it_ends_with_whoever_started_it() -> None:
    with subprocess.Popen(
        [*COMMAND, "--until-eof"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        process.stdin.close()
        assert process.wait(30) == 0


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "localhost", "wechat.example"])  # noqa: S104
def test_it_does_not_listen_for_others(host: str) -> None:
    run = subprocess.run([*COMMAND, "--host", host], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (run.returncode, run.stdout) == (2, "")
    assert f"{host} is not a loopback address" in run.stderr


def test_tests_connect_to_nobody_else() -> None:
    with (
        socket.socket() as outgoing,
        pytest.warns(UserWarning, match=r"192\.0\.2\.1"),
        pytest.raises(SocketConnectBlockedError),
    ):
        outgoing.connect(("192.0.2.1", 80))


def test_a_scene_is_set_before_it_answers(tmp_path: Path) -> None:
    scene = tmp_path / "scene.json"
    scene.write_text(json.dumps([["user", {"name": "王芳"}], ["clock", {"set": 1_790_000_000}]]))
    command = [*COMMAND, "--port", "0", "--scene", str(scene)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        fake = WeChatFake(json.loads(process.stdout.readline())["url"])
        code, now = fake.login_code("王芳"), fake.now()
        process.send_signal(signal.SIGTERM)

    assert (len(code), now) == (32, 1_790_000_000)


def test_what_a_tester_gets_wrong_is_said(wechat: WeChatFake) -> None:
    with pytest.raises(RuntimeError, match="there is nobody called 王芳"):
        wechat.login_code("王芳")
    with pytest.raises(RuntimeError, match="User has no colour"):
        wechat.user("王芳", colour="red")
    with pytest.raises(RuntimeError, match="Habits has no mood"):
        wechat.habit(mood="bad")


def test_a_reset_forgets(wechat: WeChatFake) -> None:
    wechat.user("王芳")
    token(wechat)
    wechat.reset()

    assert wechat.journal() == []
    with pytest.raises(RuntimeError, match="there is nobody called 王芳"):
        wechat.login_code("王芳")


def test_the_clock_runs_stops_and_runs_on(wechat: WeChatFake) -> None:
    assert wechat.now() <= wechat.now()
    wechat.set_clock(1_790_000_000)
    wechat.advance(5)
    assert (wechat.now(), wechat.now()) == (1_790_000_005, 1_790_000_005)
    wechat.run_clock()
    assert 1_790_000_005 <= wechat.now() < 1_790_000_065
