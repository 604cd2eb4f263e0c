"""What a printed code opens."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.codes.page import hidden_id
from tests.cast import GRID, named
from tests.client import Client

JSON = {"Accept": "application/json"}


def test_the_app_reads_the_place_as_json(visitor: Client, code: str) -> None:
    answer = visitor.get(f"/q/{code}", headers=JSON)

    assert answer.status_code == 200
    assert answer.headers["Vary"] == "Accept"
    assert answer.json == {
        "place": {"id": str(named("block")), "name": "1号楼", "kind": "residential", "area_code": GRID},
        "version": 1,
        "status": "in_use",
    }


def test_what_is_kept_is_told_before_anything_is_asked(visitor: Client, code: str) -> None:
    """S-70: what and what for, how else to report, and the whole notice, all above the form."""
    above, form, _ = visitor.get(f"/q/{code}").text.partition("<form")

    assert form
    assert all(
        word in above
        for word in ("写的话", "照片", "位置", "提交时间", "上网地址", "用来处理隐患", "当面告诉")
    )
    assert '<a href="/privacy">' in above


def test_the_notice_is_a_page_with_every_paragraph(visitor: Client) -> None:
    """S-70: the same words as the app's."""
    page = visitor.get("/privacy")
    told = visitor.get("/v1/notice-of-privacy").json["items"]

    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert told
    assert re.findall(r"<(?:h2|p)>(.*?)</(?:h2|p)>", page.text) == [
        line for one in told for line in (one["title"], *one["text"].splitlines())
    ]
    assert not re.search(r"<script|<style|\son\w+=|\sstyle=|javascript:", page.text)


@pytest.mark.parametrize("path", ["/privacy/", "/privacy/more", "/q", "/q/x/y", "/castles"])
def test_a_browser_reads_on_a_page_that_there_is_nothing(visitor: Client, path: str) -> None:
    """What is printed gets mistyped; whoever asks for no page outright is told in JSON as before."""
    page = visitor.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    program = visitor.get(path)

    assert (page.status_code, page.mimetype, page.headers["Vary"]) == (404, "text/html", "Accept")
    assert f'<h1 class="message">{program.json["title"]}</h1>' in page.text
    told = (program.status_code, program.mimetype, program.headers["Vary"])
    assert told == (404, "application/problem+json", "Accept"), "no cache gives a person the program's answer"


def test_a_browser_reads_on_a_page_that_the_notice_takes_nothing(visitor: Client) -> None:
    page = visitor.post("/privacy", headers={"Accept": "text/html"})

    assert (page.status_code, page.mimetype) == (405, "text/html")
    assert "GET" in page.headers["Allow"]
    api = visitor.get("/v1/castles", headers={"Accept": "text/html"})
    assert (api.status_code, api.mimetype) == (404, "application/problem+json")


@pytest.mark.parametrize("accept", ["text/html,application/xhtml+xml,*/*;q=0.8", "*/*", ""])
def test_anything_else_gets_a_page_about_the_place(visitor: Client, code: str, accept: str) -> None:
    answer = visitor.get(f"/q/{code}", headers={"Accept": accept})

    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert "<h1>1号楼</h1>" in answer.text
    assert "家园社区" in answer.text
    assert answer.text.count('type="radio"') == 8
    assert answer.text.count('type="file"') == 3
    assert hidden_id(answer).version == 7


def test_the_page_needs_no_script_and_no_inline_style(visitor: Client, code: str) -> None:
    answer = visitor.get(f"/q/{code}")

    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<script|<style|\son\w+=|\sstyle=|javascript:", answer.text)


def test_the_style_is_kept_for_a_year_under_an_address_of_its_content(visitor: Client, code: str) -> None:
    found = re.search(r'href="(/static/[^"]+)"', visitor.get(f"/q/{code}").text)
    assert found

    answer = visitor.get(found[1])

    assert (answer.status_code, answer.mimetype) == (200, "text/css")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert visitor.get("/static/0123456789ab/pages.css").status_code == 404


def test_each_opened_form_has_an_id_of_its_own(visitor: Client, code: str) -> None:
    assert hidden_id(visitor.get(f"/q/{code}")) != hidden_id(visitor.get(f"/q/{code}"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_code_with_any_sign_changed_opens_nothing(
    visitor: Client, code: str, address: str, data: st.DataObject
) -> None:
    position = data.draw(st.integers(0, len(code) - 1))
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.é码 "
    sign = data.draw(st.sampled_from(signs).filter(lambda one: one != code[position]))

    changed = f"/q/{code[:position]}{sign}{code[position + 1 :]}"
    answer = visitor.get(changed, headers=JSON, environ_overrides={"REMOTE_ADDR": address})

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize("position", range(32))
def test_no_position_of_a_code_may_change(visitor: Client, code: str, address: str, position: int) -> None:
    other = "B" if code[position] == "A" else "A"

    changed = f"/q/{code[:position]}{other}{code[position + 1 :]}"
    answer = visitor.get(changed, headers=JSON, environ_overrides={"REMOTE_ADDR": address})

    assert len(code) == 32
    assert answer.status_code == 404


@pytest.mark.parametrize("wrong", ["x", "1" * 300, "%00", "..", "1AAAAAAAAA.AAAAAAAAAAAAAAAAAAAAA"])
def test_an_unknown_code_shows_a_page_that_says_so(visitor: Client, wrong: str) -> None:
    answer = visitor.get(f"/q/{wrong}")

    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "没有找到" in answer.text


def test_a_revoked_code_is_gone(visitor: Client, admin: Client, code: str) -> None:
    path = f"/v1/places/{named('block')}/codes/revoke"
    assert admin.post(path, json={"version": 1, "reason": "被撕掉"}).status_code == 200

    program, person_ = visitor.get(f"/q/{code}", headers=JSON), visitor.get(f"/q/{code}")

    assert (program.status_code, program.json["code"]) == (410, "code_revoked")
    assert (person_.status_code, person_.mimetype) == (410, "text/html")
    assert "这张码已经停用" in person_.text
    assert "被撕掉" not in program.text + person_.text


def test_pages_stand_outside_the_api_description(visitor: Client) -> None:
    described = visitor.get("/openapi.json").json["paths"]

    assert "/v1/places" in described
    assert not [path for path in described if path.startswith(("/q/", "/static/"))]
