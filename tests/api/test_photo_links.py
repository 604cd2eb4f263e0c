"""Addresses of photos: for one session and what it may, for minutes, looked up anew at each fetch."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask, g
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app import clock, evidence
from app.actors import VISITOR
from app.api.http.allow import COOKIE
from app.api.http.photo_links import photo_urls
from app.clock import now
from app.ids import new_id
from app.models import Grant, Photo, PhotoOwner, SignIn, User
from tests.cast import GRID, named, person
from tests.client import Client
from tests.evidence.photos import file, scene

Become = Callable[[str | None], Client]
JPEG = file(scene(300, 200))


@pytest.fixture
def address(worker: Client, admin: Client, session: Session) -> str:
    """Give the address by which the admin was shown a photo of the worker's hazard."""
    photo_id = new_id()
    assert worker.put(f"/v1/photos/{photo_id}", data=JPEG).status_code == 201
    by = person("worker").user_id
    evidence.link_photos(session, PhotoOwner.HAZARD, new_id(), GRID, [photo_id], by=by)
    session.commit()
    url: str = admin.get(f"/v1/photos/{photo_id}").json["thumb_url"]
    return url


def test_it_opens_for_who_was_shown_it_with_and_without_his_token(
    admin: Client, visitor: Client, address: str
) -> None:
    assert admin.get(address).mimetype == "image/jpeg"
    assert visitor.get(address).mimetype == "image/jpeg", "an <img> of a mini-program sends no token"


def test_another_person_who_is_signed_in_is_refused(be: Become, app: Flask, address: str) -> None:
    """S-146: bound to the user; another one's session, by token or by cookie, gets 403."""
    for name in ("worker", "county", "resident", "far_admin"):
        answer = be(name).get(address)
        assert (answer.status_code, answer.json["code"]) == (403, "forbidden")

    browser = app.test_client()
    browser.set_cookie(COOKIE, person("county").token, domain="localhost", secure=True)
    assert browser.get(address, base_url="https://localhost").status_code == 403


def test_it_ends_after_ten_minutes_for_its_holder_too(admin: Client, address: str) -> None:
    """S-146: after ten minutes nobody opens it."""
    start = now()
    with clock.set_to(start + timedelta(minutes=10)):
        assert admin.get(address).status_code == 404


@pytest.mark.parametrize("end", ["signed out", "disabled", "grant ended", "grant over", "superseded"])
def test_it_ends_with_what_it_rested_on(visitor: Client, session: Session, address: str, end: str) -> None:
    """S-146: whoever may not look any more does not look by an address from before."""
    assert visitor.get(address).status_code == 200
    who, at = person("admin").user_id, now() - timedelta(seconds=1)
    mine = update(SignIn).where(SignIn.user_id == who)
    changes = {
        "signed out": mine.values(ended_at=at, end_reason="signed_out"),
        "superseded": mine.values(ended_at=at, end_reason="superseded"),
        "disabled": update(User).where(User.id == who).values(disabled_at=at),
        "grant ended": update(Grant).where(Grant.id == named("grant admin")).values(ended_at=at),
        "grant over": update(Grant).where(Grant.id == named("grant admin")).values(valid_until=at),
    }
    session.execute(changes[end])
    session.commit()

    assert visitor.get(address).status_code == 404


def test_it_ends_with_the_photo(visitor: Client, session: Session, address: str) -> None:
    """S-146: the row is gone, its files go with the night."""
    session.execute(delete(Photo))
    session.commit()

    assert visitor.get(address).status_code == 404


def test_another_session_of_the_same_person_does_not_bring_it_back(
    visitor: Client, session: Session, address: str
) -> None:
    other = session.scalars(select(SignIn.id).where(SignIn.user_id == person("worker").user_id)).one()
    mine = session.scalars(select(SignIn.id).where(SignIn.user_id == person("admin").user_id)).one()

    assert visitor.get(address.replace(str(mine), str(other))).status_code == 404


def test_nobody_turns_his_own_address_into_one_for_a_resident(resident: Client, visitor: Client) -> None:
    photo_id = new_id()
    assert resident.put(f"/v1/photos/{photo_id}", data=JPEG).status_code == 201
    url = resident.get(f"/v1/photos/{photo_id}").json["thumb_url"]
    assert visitor.get(url).status_code == 200

    assert visitor.get(f"{url}&acting={person('neighbour').resident_id}").status_code == 404


def test_nothing_public_shows_a_photo(app: Flask) -> None:
    """S-150: no address is made for whoever is not signed in, and no page for visitors has one."""
    with app.test_request_context("/"):
        g.actor = VISITOR
        with pytest.raises(AssertionError, match="not signed in"):
            photo_urls(new_id())

    pages = [*Path(app.root_path).glob("api/**/*.html"), *Path(app.root_path).glob("api/**/*.txt")]
    assert len(pages) > 3
    shown = [page.name for page in pages if re.search(r"photos/|thumb|large_url", page.read_text("utf-8"))]
    assert shown == []
