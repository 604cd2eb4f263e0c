"""`make run`: from nothing to an address to open, everything on this machine; `python -m dev.run [--help]`.

Starts PostgreSQL and Valkey in var/, migrates and seeds, starts a made-up WeChat, the web server and the
scheduler, says where they are, and watches them until Ctrl-C. Without WeChat the rest goes on. With --check
(or GONGDI_RUN_ONCE=1) it stops as soon as all is up.
"""

import argparse
import contextlib
import os
import socket
import sys
import time
from collections.abc import Sequence
from typing import TextIO

from dev.app_command import app_command
from dev.data import start_data, timed
from dev.instance import Instance, announce, claimed
from dev.servers import Child
from dev.servers.server import LOOPBACK
from dev.signals import StopSignals
from dev.trouble import MachineError
from dev.var import log_file, prepared, var_folder
from dev.web import start_scheduler, start_web, wait_until_ready
from dev.wechat import APPS, DemoWeChat, is_wanted, people_file, start_wechat

FIRST_PORT = "8000"
PORTS_TRIED = 20
HIGHEST_PORT = 65_535 - PORTS_TRIED
POLL_S = 0.2


def main(arguments: Sequence[str]) -> int:
    """Run until asked to stop: 0 if everything was up by then, 1 with the reason if something failed."""
    parser = argparse.ArgumentParser(
        prog="make run",
        usage="make run [PORT=9000] [WECHAT=off] [ARGS=--check]",
        description="Start everything on this machine, say where it is, and watch it until Ctrl-C.",
        allow_abbrev=False,
    )
    parser.add_argument("--check", action="store_true", help="stop as soon as everything is up")
    parser.add_argument(
        "--port",
        default=os.environ.get("GONGDI_PORT", FIRST_PORT),
        help=f"where to begin to look for a free port; by default GONGDI_PORT, or else {FIRST_PORT}",
    )
    asked = parser.parse_args(arguments)
    once = asked.check or os.environ.get("GONGDI_RUN_ONCE") == "1"
    signals = StopSignals()
    try:
        prepared()
        with claimed() as file:
            _run(file, signals, port=asked.port, once=once)
    except MachineError as error:
        _say(f"\n{error}\n")
        return 1
    return 0


def _run(file: TextIO, signals: StopSignals, *, port: str, once: bool) -> None:
    with contextlib.ExitStack() as started:
        started.callback(_say, "Stopped. The data is kept.")
        try:
            instance, children, wechat = _start(started, signals, asked_port=port)
            announce(file, instance)
            _say(_welcome(instance, wechat))
            app_command(["demo-accounts"], instance.settings, signals)
            if wechat is not None:
                _say(_how_to_try(instance, wechat))
            _say("\n  Ctrl-C stops everything and keeps the data.\n")
            while not once and signals.received is None:
                _mourn(children)
                wechat = _missed(wechat)
                time.sleep(POLL_S)
            _mourn(children)
        except MachineError as error:
            _say(f"\n{error}\n\nStopping the rest.")
            raise SystemExit(1) from error


def _start(
    started: contextlib.ExitStack, signals: StopSignals, *, asked_port: str
) -> tuple[Instance, list[Child], DemoWeChat | None]:
    """Start everything, each with its stopping left in `started`, and wait until the application is ready."""
    with_wechat = is_wanted()
    _say("Starting Gongdi. Ctrl-C stops it.")
    port = free_port_from(asked_port)
    address = f"http://{LOOPBACK}:{port}"
    data = start_data(started, signals, public_url=address)
    with timed("demo data"):
        if with_wechat:
            app_command(["seed", "--wechat", str(people_file())], {**data.settings, **APPS}, signals)
        else:
            app_command(["seed"], data.settings, signals)
    settings, children = data.settings, list(data.children)
    wechat = None
    if with_wechat:
        with timed("made-up WeChat"):
            free = free_port_from(str(min(port + 1, HIGHEST_PORT)))
            wechat = start_wechat(settings, port=free, address=address, signals=signals)
            started.callback(wechat.child.stop)
            settings = {**settings, **wechat.settings}
    with timed("web server"):
        web = start_web(settings, port=port, log=log_file("web"))
        started.callback(web.stop)
        wait_until_ready(web, address, meanwhile=signals.obey)
    signals.obey()
    scheduler = start_scheduler(settings, log=log_file("scheduler"))
    started.callback(scheduler.stop)
    return Instance(os.getpid(), address, settings), [*children, web, scheduler], wechat


def _mourn(children: Sequence[Child]) -> None:
    """Raise MachineError if one of the processes ended by itself."""
    for child in children:
        if child.dead:
            raise MachineError(child.obituary())


def _missed(wechat: DemoWeChat | None) -> DemoWeChat | None:
    """Say once that WeChat ended, which ends nothing else; that is worth trying out."""
    if wechat is None or not wechat.child.dead:
        return wechat
    _say("The made-up WeChat ended. Everything else goes on without it.")
    return None


def free_port_from(asked: str) -> int:
    """Return the port asked for, or the next free one, saying so. Raises MachineError if it is none."""
    if not asked.isascii() or not asked.isdigit() or not 1 <= int(asked) <= HIGHEST_PORT:
        message = f"A port is a number from 1 to {HIGHEST_PORT}, not {asked!r}. Example: make run PORT=9000"
        raise MachineError(message)
    first = int(asked)
    for port in range(first, first + PORTS_TRIED):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
        if port != first:
            _say(f"  Port {first} is taken, using {port}.")
        return port
    message = f"No port from {first} to {first + PORTS_TRIED - 1} is free. Name another: make run PORT=9000"
    raise MachineError(message)


def _welcome(instance: Instance, wechat: DemoWeChat | None) -> str:
    where = f"{wechat.url}  made up, for trying out (WECHAT=off: none)" if wechat else "none"
    return f"""
  Gongdi is running.

    Address    {instance.address}
    API docs   {instance.address}/docs
    WeChat     {where}
    Logs       {var_folder() / "log"}
"""


def _how_to_try(instance: Instance, wechat: DemoWeChat) -> str:
    name = wechat.people[0]
    return f"""
Sign in by the made-up WeChat 模拟微信, as the phone of {name} would:
  curl -s {instance.address}/v1/sessions/wechat -H 'Content-Type: application/json' \\
    -d "$(curl -s {wechat.url}/__fake__/code -d '{{"user": "{name}"}}')"
Who else has it, and what it tells them: {wechat.url}"""


def _say(text: str) -> None:
    """Print, unless the terminal is gone: that must not keep us from stopping what we started."""
    with contextlib.suppress(OSError):
        print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
