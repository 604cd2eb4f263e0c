"""Proxies, positions, binding codes and phones of accounts that went since the backup go again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app import identity
from app.adapters import wechat
from app.clock import now
from app.db import db
from app.factory import create_app
from app.ids import new_id
from app.jobs.work import copy_removals
from app.messages.withdrawals import take_back
from app.models import (
    BindingCode,
    BindingEnd,
    Hazard,
    Notice,
    Photo,
    PhotoOwner,
    Proxy,
    ProxyEnd,
    ProxyState,
    SignIn,
    User,
    WeChatApp,
    WeChatLink,
)
from app.sealing import Cell
from tests.binding_world import HOUSEHOLD, new_code
from tests.cast import acting, named, person
from tests.client import Client
from tests.hazard_world import write_hazard
from tests.own_data.life import Life
from tests.own_data.place import Place
from tests.proxy_world import confirmed
from tests.sealer import SEALER

BEFORE, AFTER = "13800138000", "13900139000"
OPENID = "openid-of-the-resident"
POSITION = 13
"""What WeChat calls a position of which somebody takes back that we may have it."""


@dataclass
class Acts:
    """What was there when the backup was made."""

    proxy: UUID
    """For the resident, who ended it."""
    other_proxy: UUID
    """For the neighbour; it ended with his binding."""
    hazard: UUID
    photo: UUID
    code: UUID


def write(place: Place, app: Flask) -> Acts:
    """Let two have others act for them, and the home a code; the resident reports where he is."""
    resident, neighbour = Client(app, person("resident")), Client(app, person("neighbour"))
    worker, lead = Client(app, person("worker")), Client(app, person("lead"))
    proxy = UUID(confirmed(worker, resident))
    other = UUID(confirmed(lead, neighbour, resident_id=str(named("neighbour"))))
    new_code(Client(app, person("admin")))
    with Session(place.engine, expire_on_commit=False) as session:
        where: dict[str, Any] = {"lng": 114.5, "lat": 29.5, "accuracy_m": 9, "datum": "gcj02"}
        hazard = write_hazard(session, **where)
        photo = Life(session).picture(place.means.photos, "resident", hazard.id, PhotoOwner.HAZARD)
        session.execute(update(Photo).values(gps_lng=114.5, gps_lat=29.5))
        link_id = new_id()
        session.add(
            WeChatLink(
                id=link_id,
                app=WeChatApp.MINI,
                user_id=person("resident").user_id,
                openid_sealed=SEALER.seal(OPENID, Cell("wechat_identities", "openid_sealed", link_id)),
                openid_index=SEALER.index("openid", "users", OPENID),
                created_at=now(),
            )
        )
        for who, phone in (("resident", BEFORE), ("worker", "13700137000")):
            user = session.get_one(User, person(who).user_id)
            for name, value in identity.sealed_phone(SEALER, user.id, phone).items():
                setattr(user, name, value)
        user.password_hash = "a hash"  # of the worker, who signs in by it
        session.commit()
        code = session.scalars(select(BindingCode.id)).one()
    return Acts(proxy, other, hazard.id, photo, code)


def act(place: Place, app: Flask, told: Acts) -> None:
    """End the proxies, take the positions back, and put another code and other phones in their places."""
    resident, admin = Client(app, person("resident")), Client(app, person("admin"))
    assert resident.post(f"/v1/me/proxies/{told.proxy}/end").status_code == 200
    over = {"reason": BindingEnd.MOVED_AWAY, "note": "搬走了"}
    assert admin.post(f"/v1/bindings/{named('binding neighbour')}/end", json=over).status_code == 200
    new_code(admin)
    with Session(place.engine) as session:
        take_back(session, SEALER, {"openid": OPENID, "info": POSITION})
        for who, phone in (("resident", AFTER), ("worker", "13600136000")):
            vouched = wechat.WeChatPhone(number=phone, country_code="86")
            identity.keep_vouched_phone(session, checked(who), SEALER, vouched)
        session.commit()
    assert copy_removals(place.means) > 0


@contextmanager
def served(place: Place) -> Iterator[Flask]:
    """Give the application of an installation, and let go of its database afterwards."""
    app = create_app(place.settings)
    try:
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()


def checked(who: str) -> Any:
    """Give somebody who has just proved himself."""
    return replace(acting(who), checked_at=now())


def left(place: Place, told: Acts) -> dict[str, Any]:
    """Say what of all that went is there."""
    with Session(place.engine) as session:
        hazard, photo = session.get_one(Hazard, told.hazard), session.get_one(Photo, told.photo)
        phones = {
            who: identity.phone_of(SEALER, session.get_one(User, person(who).user_id))
            for who in ("resident", "worker")
        }
        return {
            "proxy": session.get_one(Proxy, told.proxy).state is not ProxyState.ENDED,
            "proxy of who was bound": session.get_one(Proxy, told.other_proxy).state is not ProxyState.ENDED,
            "position of the hazard": (hazard.lng, hazard.lat, hazard.accuracy_m, hazard.datum)
            != (None,) * 4,
            "position of the photo": (photo.gps_lng, photo.gps_lat) != (None, None),
            "code": session.get(BindingCode, told.code) is not None,
            "phone": phones["resident"] == BEFORE,
            "phone of the worker": phones["worker"] == "13700137000",
        }


@pytest.fixture
def acts(place: Place) -> Iterator[tuple[Place, Acts]]:
    """Back up, let people act, and restore the older state."""
    with served(place) as app:
        told = write(place, app)
    copy_removals(place.means)
    backup = place.backup()
    with served(place) as app:
        act(place, app, told)
    assert not any(left(place, told).values()), "else it did not go in the first place"
    old = place.restored(backup)
    yield old, told
    old.engine.dispose()


def test_what_people_ended_took_back_or_replaced_goes_again(acts: tuple[Place, Acts]) -> None:
    """S-78, S-81, S-181: with the reasons as they were; and nobody is told a second time."""
    old, told = acts
    back = left(old, told)
    with Session(old.engine) as session:
        notices = session.scalar(select(func.count(Notice.id)))
    first = old.run("redelete")
    after = left(old, told)
    with Session(old.engine) as session:
        proxies = [session.get_one(Proxy, one) for one in (told.proxy, told.other_proxy)]
        ended = [(one.end_reason, one.ended_by) for one in proxies]
        again = session.scalar(select(func.count(Notice.id)))
    second = old.run("redelete")

    assert all(back.values()), back
    assert first.exit_code == 0, first.output
    assert after.pop("phone of the worker"), "a password hangs on it: people put it right"
    assert f"users.phone of {person('worker').user_id}" in first.output
    assert not any(after.values()), after
    assert ended == [
        (ProxyEnd.RESIDENT, person("resident").user_id),
        (ProxyEnd.BINDING, person("admin").user_id),
    ]
    assert again == notices
    assert (second.exit_code, "0 of them younger" in second.output) == (0, True), second.output


def test_a_home_whose_code_went_again_gets_the_first_of_a_new_row(acts: tuple[Place, Acts]) -> None:
    """S-81: the paper of before the backup opens nothing, and staff make the first of a home anew."""
    old, _ = acts
    assert old.run("redelete").exit_code == 0
    with Session(old.engine) as session:  # the admin signs in anew
        session.execute(update(SignIn).values(ended_at=None, end_reason=None))
        session.commit()
    with served(old) as app:
        admin = Client(app, person("admin"))
        path = f"/v1/households/{HOUSEHOLD}/binding-code"
        absent = admin.get(path).status_code
        made = admin.post(path, json={"version": 0})

    assert absent == 404
    assert (made.status_code, made.json["version"]) == (200, 1)
