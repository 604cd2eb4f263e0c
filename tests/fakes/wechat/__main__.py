"""Start the fake: ``python -m tests.fakes.wechat --port 0``."""

import argparse
import json
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from tests.fakes.wechat.controls import set_scene
from tests.fakes.wechat.server import FakeServer, NotLoopbackError
from tests.fakes.wechat.world import DEFAULT_SEED, World


def main() -> int:
    """Serve until told to stop; print the address as one line of JSON once it answers."""
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.wechat", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address; nothing else is accepted")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument(
        "--scene", type=Path, help="a file with a JSON list of [verb, given]: controls to obey at the start"
    )
    parser.add_argument("--certificate", type=Path, help="a PEM file with key and certificate: speak TLS")
    parser.add_argument("--until-eof", action="store_true", help="end when the standard input is closed")
    wanted = parser.parse_args()
    try:
        server = FakeServer(wanted.host, wanted.port, World(wanted.seed), wanted.certificate)
    except NotLoopbackError as error:
        sys.stderr.write(f"{error}: the fake WeChat must not be reachable from elsewhere.\n")
        return 2
    if wanted.scene is not None:
        set_scene(server.world, json.loads(wanted.scene.read_text()))

    def stop(_number: int, _frame: FrameType | None) -> None:
        server.ending.set()
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if wanted.until_eof:
        threading.Thread(target=_wait_for_eof, daemon=True).start()
    sys.stdout.write(json.dumps({"fake": "wechat", "url": server.url}) + "\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.05)
    server.server_close()
    return 0


def _wait_for_eof() -> None:
    sys.stdin.read()
    signal.raise_signal(signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
