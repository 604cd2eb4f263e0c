"""The mark beside a page's title."""

from xml.etree import ElementTree as ET

from tests.client import Client


def test_browsers_find_the_mark_where_they_look_for_it(visitor: Client) -> None:
    answer = visitor.get("/favicon.ico")

    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert ET.fromstring(answer.text).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 - our own
    assert answer.headers["Cache-Control"] == "public, max-age=86400"


def test_pages_name_the_mark(visitor: Client) -> None:
    page = visitor.get("/q/nothing-we-printed")

    assert '<link rel="icon" type="image/svg+xml" href="/favicon.ico">' in page.text
