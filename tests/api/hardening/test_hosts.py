"""Under which names we answer, and which name stands in the links we make."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app.config import Settings
from app.ids import new_id
from tests.cast import named, person
from tests.client import Client

AppWith = Callable[..., Flask]
OURS = "gongdi.example.cn"
UNKNOWN = (400, "host_unknown")


def ask(app: Flask, host: str, path: str = "/healthz", method: str = "GET") -> tuple[int, str]:
    headers = {"Host": host, "Accept": "application/json"}
    answer = Client(app, None).open(path, method, headers=headers)
    return answer.status_code, answer.json["code"] if answer.status_code >= 400 else ""


@pytest.mark.parametrize("path", ["/healthz", "/v1/me", "/q/x", "/", "/v1/wechat/push", "/no/such/page"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_foreign_name_is_refused_on_every_way(app: Flask, path: str, method: str) -> None:
    """S-138: before the route is looked for, so that no view sees it."""
    assert ask(app, "evil.example", path, method) == UNKNOWN


def test_whoever_came_by_another_name_reads_what_to_do(app: Flask) -> None:
    """S-138: a program gets a code, a person a sentence; where we are is not told."""
    answer = Client(app, None).get("/v1/me", headers={"Host": "evil.example"})

    assert answer.mimetype == "application/problem+json"
    assert answer.json["title"] == "这个网址不是本站的，请用单位公布的网址，或重新扫码打开"
    assert "localhost" not in answer.text
    assert "evil" not in f"{answer.text}{answer.headers}"


@pytest.mark.parametrize(
    "host", [OURS, f"{OURS}:8443", OURS.upper(), "10.0.0.5", "10.0.0.5:8000", "[2001:db8::5]:8000"]
)
def test_our_name_and_those_beside_it_are_answered(app_with: AppWith, host: str) -> None:
    """S-138: the public one, and what probes inside use; with any port."""
    app = app_with(trusted_hosts=(OURS, "10.0.0.5", "[2001:db8::5]"))

    assert ask(app, host) == (200, "")


@pytest.mark.parametrize(
    "host",
    [f"{OURS}.evil.example", f"x.{OURS}", f"{OURS}@evil.example", f"{OURS}/x", "10.0.0.50", "::1", "*"],
)
def test_what_only_looks_like_our_name_is_not(app_with: AppWith, host: str) -> None:
    """S-138: whole names count, and no part of them."""
    assert ask(app_with(trusted_hosts=(OURS, "10.0.0.5")), host) == UNKNOWN


def test_a_person_with_a_browser_reads_it_on_a_page(app: Flask) -> None:
    """S-138: such as of a code that was printed under a name that is ours no longer."""
    headers = {"Host": "former.example.cn", "Accept": "text/html"}
    answer = Client(app, None).get("/q/x", headers=headers)

    assert (answer.status_code, answer.mimetype) == (400, "text/html")
    assert "这个网址不是本站的" in answer.text
    assert "former" not in answer.text


def test_a_probe_without_a_name_is_answered(app_with: AppWith) -> None:
    """A load balancer that asks by HTTP/1.0 says no name, and none of the server's own takes its place."""
    builder = EnvironBuilder(
        "/readyz", environ_overrides={"SERVER_PROTOCOL": "HTTP/1.0", "SERVER_NAME": "10.0.0.9"}
    )
    environ = builder.get_environ()
    del environ["HTTP_HOST"]

    _, told, _ = run_wsgi_app(app_with(trusted_hosts=(OURS,)), environ)

    assert told.startswith("200")


def test_links_are_made_of_the_public_url_whatever_name_was_used(
    app_with: AppWith, admin: Client, settings: Settings
) -> None:
    """S-138: links use config: who comes by a name inside gets no link to it."""
    app = app_with(trusted_hosts=("localhost", "10.0.0.5"))
    inside: dict[str, Any] = {"headers": {"Host": "10.0.0.5"}}
    invitation = {"user_id": str(person("worker").user_id)}

    code = Client(app, admin.person).post(f"/v1/places/{named('block')}/codes", **inside)
    invited = Client(app, person("system")).put(f"/v1/invitations/{new_id()}", json=invitation, **inside)

    assert code.json["url"].startswith(f"{settings.public_url}/q/")
    assert invited.json["url"].startswith(f"{settings.public_url}/invite/")
