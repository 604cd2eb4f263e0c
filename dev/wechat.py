"""The demonstration's WeChat: made up, in a process of its own, so that sign-in and messages can be tried.

It is the one of the tests, which nobody beyond this machine reaches. With WECHAT=off, or with settings of a
real WeChat in the caller's environment, there is none.
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dev.servers import Child, start, wait_until
from dev.servers.server import LOOPBACK
from dev.settings import environment
from dev.signals import StopSignals
from dev.trouble import MachineError
from dev.var import ROOT, log_file, var_folder
from dev.web import DIRECT

SWITCH = "WECHAT"
READY_WITHIN_S = 30
_MINI, _WEB = "wx5f0000000000c0de", "wx7b0000000000c0de"
"""The two apps that the made-up WeChat knows from its start; nobody's at the real one."""
_TOKEN, _KEY = "AAAAA", "A" * 43
APPS = {
    "GONGDI_WECHAT_APPID": _MINI,
    "GONGDI_WECHAT_SECRET": "5f" * 16,
    "GONGDI_WECHAT_WEB_APPID": _WEB,
    "GONGDI_WECHAT_WEB_SECRET": "7b" * 16,
    "GONGDI_WECHAT_CALLBACK_TOKEN": _TOKEN,
    "GONGDI_WECHAT_CALLBACK_KEYS": _KEY,
}
_OTHERS = {"GONGDI_WECHAT_BASE_URL", "GONGDI_WECHAT_LOGIN_URL", "GONGDI_WECHAT_TEMPLATES"}


@dataclass(frozen=True)
class DemoWeChat:
    """A running made-up WeChat: where it is, whom it knows, and what the application must be told of it."""

    child: Child
    url: str
    people: tuple[str, ...]
    """Names of those who can sign in by it."""
    settings: Mapping[str, str]


def is_wanted() -> bool:
    """Say whether the demonstration is to have a WeChat. Raises MachineError for another word than off."""
    word = os.environ.get(SWITCH, "") or "demo"
    if word not in {"demo", "off"}:
        message = f"{SWITCH} must be off, for no WeChat, or demo, for a made-up one, not {word!r}."
        raise MachineError(message)
    return word == "demo" and not (APPS.keys() | _OTHERS) & os.environ.keys()


def people_file() -> Path:
    """Return the file in which the application's seed tells whom the made-up WeChat must know."""
    return var_folder() / "wechat.json"


def start_wechat(settings: Mapping[str, str], *, port: int, address: str, signals: StopSignals) -> DemoWeChat:
    """Start it with what the seed told, and wait until it answers.

    ``address`` is where the application will be on this machine. Raises MachineError, with the log's end, if
    the start fails; SystemExit if we are asked to stop.
    """
    url, file = f"http://{LOOPBACK}:{port}", people_file()
    told = json.loads(file.read_text())
    ids = {kind: f"template-of-the-demo-{kind}" for kind in told["templates"]}
    scene = file.with_name("wechat-scene.json")
    scene.write_text(
        json.dumps(_scene(told, ids, settings["GONGDI_PUBLIC_URL"], address), ensure_ascii=False)
    )
    ours = {
        **APPS,
        "GONGDI_WECHAT_BASE_URL": url,
        "GONGDI_WECHAT_LOGIN_URL": url,
        "GONGDI_WECHAT_TEMPLATES": ",".join(f"{kind}:{one}" for kind, one in ids.items()),
    }
    people = tuple(person["name"] for person in told["people"])
    return DemoWeChat(_started(url, scene, signals), url, people, ours)


def _started(url: str, scene: Path, signals: StopSignals) -> Child:
    port = str(urlsplit(url).port)
    command = [sys.executable, "-m", "tests.fakes.wechat", "--port", port, "--scene", str(scene)]
    child = start(
        "The made-up WeChat", command, log=log_file("wechat"), environment=environment({}), cwd=ROOT
    )

    def ready() -> bool:
        signals.obey()
        return _ready(url)

    try:
        wait_until(ready, child, within_s=READY_WITHIN_S)
    except BaseException:
        child.stop()
        raise
    return child


def _scene(
    told: Mapping[str, Any], ids: Mapping[str, str], public_url: str, address: str
) -> list[tuple[str, dict[str, Any]]]:
    """Say what the made-up WeChat is to know: templates, where to tell of events, where to return, people."""
    fields = {ids[kind]: {"fields": keys} for kind, keys in told["templates"].items()}
    push = {"url": f"{address}/v1/wechat/push", "token": _TOKEN, "aes_key": _KEY, "automatic": True}
    host = urlsplit(public_url).hostname or LOOPBACK
    return [
        ("app", {"appid": _MINI, "templates": fields, "push": push}),
        ("app", {"appid": _WEB, "oauth_domain": host, "js_domains": [host]}),
        *(("user", person) for person in told["people"]),
    ]


def _ready(url: str) -> bool:
    try:
        with DIRECT.open(f"{url}/__fake__/health", data=b"{}", timeout=5) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except OSError:
        return False
