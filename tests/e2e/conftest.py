"""The application under gunicorn, as a phone on a bad line reaches it.

Modules that use it carry the group ``served``, so that one worker serves it once.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Engine, create_engine

from dev.demo import demo_settings
from dev.lossy import LossyProxy, lossy_proxy
from dev.servers import Servers
from dev.web import serving
from tests.databases import peopled_database

_NUMBERS = count()
"""Of the modules in this process, each with a database of its own."""


@dataclass(frozen=True)
class Far:
    """The application, far away: the line to it, its database, and the folder of its photos."""

    line: LossyProxy
    address: str
    """Of the application, by way of the line."""
    engine: Engine
    photos: Path
    web_port: int
    """Of the application itself."""


@pytest.fixture(scope="module")
def far(servers: Servers, served_redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Far]:
    """Serve a database of its own, peopled with the cast."""
    url = peopled_database(servers, f"bad_line_{os.getpid()}_{next(_NUMBERS)}")
    engine = create_engine(url)
    photos, log = tmp_path_factory.mktemp("photos"), tmp_path_factory.mktemp("log") / "web.log"
    with (
        serving(demo_settings(url, served_redis_url, photos), log=log) as address,
        lossy_proxy(urlsplit(address).port or 0) as line,
    ):
        yield Far(line, f"http://127.0.0.1:{line.port}", engine, photos, urlsplit(address).port or 0)
    engine.dispose()
