"""The application under gunicorn, and its scheduler, as processes of ours."""

import contextlib
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from pathlib import Path

from dev.servers import Child, start, wait_until
from dev.servers.server import LOOPBACK, free_port
from dev.settings import environment
from dev.var import ROOT

READY_WITHIN_S = 60
PATIENCE_S = 40  # more than gunicorn's graceful_timeout
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy between us and ourselves


@contextlib.contextmanager
def serving(settings: Mapping[str, str], *, log: Path) -> Iterator[str]:
    """Run the application on a free loopback port, wait until it is ready, and yield its address."""
    port = free_port()
    address = f"http://{LOOPBACK}:{port}"
    web = start_web({**settings, "GONGDI_PUBLIC_URL": address}, port=port, log=log)
    try:
        wait_until_ready(web, address)
        yield address
    finally:
        web.stop()


def start_web(settings: Mapping[str, str], *, port: int, log: Path) -> Child:
    """Start gunicorn on a loopback port."""
    return start(
        "The web server",
        [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "wsgi:app"],
        log=log,
        environment=environment({**settings, "GONGDI_BIND": f"{LOOPBACK}:{port}"}),
        cwd=ROOT,
        patience_s=PATIENCE_S,
    )


def start_scheduler(settings: Mapping[str, str], *, log: Path) -> Child:
    """Start the process that runs the scheduled jobs."""
    command = [sys.executable, "-m", "app.jobs"]
    return start("The scheduler", command, log=log, environment=environment(settings), cwd=ROOT)


def wait_until_ready(web: Child, address: str, *, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Wait until the application says it can serve, calling `meanwhile` now and then.

    Raises MachineError, with the log's end, if it ends or takes too long. If `meanwhile` raises SystemExit,
    the web server is killed: asked to stop, its workers would load the application to the end first.
    """

    def ready() -> bool:
        meanwhile()
        return _ready(address)

    try:
        wait_until(ready, web, within_s=READY_WITHIN_S)
    except SystemExit:
        web.kill()
        raise


def _ready(address: str) -> bool:
    try:
        with DIRECT.open(f"{address}/readyz", timeout=5) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except OSError:  # nobody listens yet, or it says 503
        return False
