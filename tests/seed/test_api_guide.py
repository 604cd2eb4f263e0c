"""The examples of docs/api.md, run as they stand against a served application with the demo data."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.demo import demo_settings
from dev.servers import Servers
from dev.settings import environment
from dev.var import ROOT
from dev.web import serving
from tests.databases import copied_database
from tests.evidence.photos import file, scene
from tests.seed.conftest import Seeded

pytestmark = pytest.mark.xdist_group("seed")
GUIDE = ROOT / "docs/api.md"
OLDEST_CURL = (7, 82)
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
_STATUS = re.compile(r"# ([245]\d\d)\b")
_HOST = "HOST=http://127.0.0.1:8000\n"


def curl_version() -> tuple[int, ...]:
    """Give curl's version; nothing where there is no curl."""
    curl = shutil.which("curl")
    if curl is None:
        return ()
    told = subprocess.run([curl, "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(part) for part in told.split()[1].split(".")[:2])


@pytest.fixture
def address(seeded: Seeded, servers: Servers, tmp_path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Serve the demo data; give the address, and what a command of ours needs to join."""
    url = copied_database(servers, seeded.settings.database_url, f"guide_{os.getpid()}")
    photos = tmp_path / "photos"
    photos.mkdir()
    settings = demo_settings(url, servers.redis_url, photos)
    settings["GONGDI_SECRET_KEY"] = seeded.environ["GONGDI_SECRET_KEY"]
    with serving(settings, log=tmp_path / "web.log") as served:
        yield served, settings


@pytest.mark.skipif(curl_version() < OLDEST_CURL, reason="there is no curl that knows --json")
def test_the_examples_do_what_the_guide_says(address: tuple[str, dict[str, str]], tmp_path: Path) -> None:
    """Only the host's port and `make` are ours: a running instance answers instead of the one in var/."""
    served, settings = address
    script = "".join(_BLOCK.findall(GUIDE.read_text()))
    assert script.count(_HOST) == script.count("make -s code PHONE=") == 1
    # `make code` would ask the instance in var/.
    stand_in = 'make() { "$PYTHON" -m app.cli demo-code "${3#PHONE=}"; }\n'
    (tmp_path / "photo.jpg").write_bytes(file(scene(300, 200)))
    command = ["bash", "-euo", "pipefail", "-c", stand_in + script.replace(_HOST, f"HOST={served}\n")]

    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=environment(settings) | {"PYTHON": sys.executable, "PYTHONPATH": str(ROOT), "no_proxy": "*"},
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    statuses = re.findall(r"(?:^|\})(\d{3})$", done.stdout, re.MULTILINE)
    assert statuses == _STATUS.findall(script)
    assert "['accept', 'reject', 'duplicate']\n" in done.stdout
    told = done.stdout.replace(" ", "")
    assert told.count('"code":"') == told.count('"code":"invalid"') == 1, "nothing else is refused"
    assert '"arrived":true' in told
    assert '"version":1,"status":"in_use"' in told
    assert '"version":2' in told
    assert (tmp_path / "poster.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF")


def test_what_the_guide_shows_of_a_refusal_is_what_is_sent() -> None:
    """The sentences of the sample, word by word."""
    shown = GUIDE.read_text()

    for sentence in ("有些内容填得不对，请看每一项的提示", "没有这一项，请去掉", "请填11位手机号"):
        assert shown.count(f'"{sentence}"') == 1
