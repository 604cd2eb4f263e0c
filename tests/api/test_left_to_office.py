"""What the only admin's own home asks for: who is told that it waits, and who decides (docs/security.md)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import Grant, Notice, SignIn, User
from tests.binding_world import write_newcomer
from tests.care_world import write_resident
from tests.cast import HOME, named, person
from tests.child_world import write_child
from tests.client import Answer, Client
from tests.own_data.correcting import ask as ask_correction
from tests.own_data.deleting import ask as ask_deletion
from tests.points_world import claimed, write_rule
from tests.proxy_world import ask as ask_proxy

BORN = date(1990, 5, 1)
NOBODY = "nobody_decides"


@dataclass
class Stage:
    """Somebody of a home that asks for something, and whoever of the staff acts beside."""

    app: Flask
    session: Session

    def be(self, name: str) -> Client:
        """Be somebody of the cast."""
        return Client(self.app, person(name))

    def made(self, answer: Answer) -> str:
        """Give the id of what was made."""
        assert answer.status_code == 201, answer.text
        return str(answer.json["id"])


def correction(stage: Stage) -> str:
    return f"/v1/corrections/{stage.made(ask_correction(stage.be('resident'), 'name', '王桂蓝'))}"


def deletion(stage: Stage) -> str:
    return f"/v1/deletions/{stage.made(ask_deletion(stage.be('resident'), 'numbers'))}"


def ticket(stage: Stage) -> str:
    child = str(write_resident(stage.session, birth_date=date(2010, 6, 1)))
    body = {"resident_id": child, "purpose": "核对帮扶情况", "days": 7}
    path = f"/v1/viewing-tickets/{new_id()}"
    stage.made(stage.be("worker").put(path, json=body))
    return path


def binding(stage: Stage) -> str:
    write_resident(stage.session, name="李小芳", birth_date=BORN)
    asks = Client(stage.app, write_newcomer(stage.session))
    body = {"area_code": HOME, "name": "李 小芳", "door": "1号楼1单元101"}
    made = stage.made(asks.put(f"/v1/me/binding-requests/{new_id()}", json=body))
    return f"/v1/binding-requests/{made}"


def proxy(stage: Stage) -> str:
    helped = str(write_resident(stage.session, name="王大爷", birth_date=BORN))
    return f"/v1/proxies/{stage.made(ask_proxy(stage.be('worker'), resident_id=helped))}"


def guardian(stage: Stage) -> str:
    child = write_child(stage.session)
    body = {
        "child_id": str(child),
        "guardian_id": str(named("resident")),
        "relation": "grandparent",
        "proof": "户口本",
        "valid_until": "2028-12-31",
    }
    return (
        f"/v1/guardianships/{stage.made(stage.be('worker').put(f'/v1/guardianships/{new_id()}', json=body))}"
    )


def claim(stage: Stage) -> str:
    path = claimed(stage.be("resident"), write_rule(stage.session))
    assert stage.be("worker").step(f"{path}/verify").status_code == 200
    return path


Ask = Callable[[Stage], str]
DECIDED_ABOVE: dict[Ask, tuple[str, str, dict[str, Any]]] = {
    correction: ("correction_asked", "refuse", {"note": "户口本上不是"}),
    deletion: ("deletion_asked", "refuse", {"note": "依法要留"}),
    ticket: ("ticket_asked", "decide", {"approved": False}),
}
"""What the office is told, and how it decides."""
ONLY_TOLD: list[Ask] = [binding, proxy, guardian, claim]
"""What it sees to an admin for."""


@pytest.fixture
def stage(app: Flask, session: Session) -> Stage:
    """Let the community's only admin live with the resident."""
    kin = write_resident(session, name="赵干部")
    session.execute(update(User).where(User.id == person("admin").user_id).values(resident_id=kin))
    session.commit()
    return Stage(app, session)


def told(session: Session, *names: str) -> dict[str, list[str]]:
    """Give what each of these was told that waits."""
    rows = session.scalars(select(Notice).order_by(Notice.id)).all()
    return {
        name: [one.data["what"] for one in rows if one.user_id == person(name).user_id and "what" in one.data]
        for name in names
    }


def add_admin(session: Session) -> None:
    """Let somebody from elsewhere be admin there, too."""
    grants = update(Grant).where(Grant.user_id == person("next_admin").user_id)
    session.execute(grants.values(area_code=HOME))
    session.commit()


@pytest.mark.parametrize("ask", [*DECIDED_ABOVE, *ONLY_TOLD])
def test_the_office_is_told_of_what_waits_of_the_only_admins_home(stage: Stage, ask: Ask) -> None:
    """S-38: he, who may not decide, is told nothing."""
    ask(stage)

    what = DECIDED_ABOVE[ask][0] if ask in DECIDED_ABOVE else NOBODY
    assert told(stage.session, "admin", "county", "city") == {"admin": [], "county": [what], "city": []}


@pytest.mark.parametrize("ask", [*DECIDED_ABOVE, *ONLY_TOLD])
def test_another_admin_is_told_instead_and_the_office_nothing(stage: Stage, ask: Ask) -> None:
    add_admin(stage.session)
    ask(stage)

    found = told(stage.session, "admin", "county", "next_admin")
    assert (found["admin"], found["county"]) == ([], [])
    assert len(found["next_admin"]) == (ask is not claim), "admins look through the claims themselves"


@pytest.mark.parametrize("ask", DECIDED_ABOVE)
def test_the_office_decides_where_nobody_else_may(stage: Stage, ask: Ask) -> None:
    """S-29, S-38: the admin of that home does not, and the offices of another county find nothing."""
    path, (_, verb, body) = ask(stage), DECIDED_ABOVE[ask]
    offices = {
        name: stage.be(name).post(f"{path}/{verb}", json=body).status_code for name in ("far_county", "admin")
    }

    assert (offices["far_county"], offices["admin"] in {403, 404}) == (404, True)
    county = stage.be("county")
    assert [one["id"] for one in county.get(path.rpartition("/")[0]).json["items"]] == [path[-36:]]
    done = [county.post(f"{path}/{verb}", json=body) for _ in range(2)]
    assert [one.status_code for one in done] == [200, 200], done[0].text
    assert told(stage.session, "resident" if ask is not ticket else "worker").popitem()[1] != []


@pytest.mark.parametrize("ask", [correction, deletion])
def test_where_another_admin_decides_the_office_finds_nothing(stage: Stage, ask: Ask) -> None:
    """S-29: also from the moment on in which there is one."""
    path, (_, verb, body) = ask(stage), DECIDED_ABOVE[ask]
    add_admin(stage.session)
    county = stage.be("county")

    assert county.get(path.rpartition("/")[0]).json["items"] == []
    assert county.post(f"{path}/{verb}", json=body).status_code == 404
    assert stage.be("next_admin").post(f"{path}/{verb}", json=body).status_code == 200


def test_what_his_home_says_of_a_correction_he_does_not_open(stage: Stage) -> None:
    """S-98: its words may tell what he did; the office reads them."""
    path = correction(stage)

    shown = stage.be("admin").get(path)
    assert (shown.status_code, shown.json["code"]) == (403, "own_correction")
    assert stage.be("county").get(path).json["said"] == "户口本上是这样"


def test_what_an_admin_asks_for_himself_the_office_decides(stage: Stage) -> None:
    path = f"/v1/corrections/{stage.made(ask_correction(stage.be('admin'), 'name', '赵干'))}"

    assert told(stage.session, "county") == {"county": ["correction_asked"]}
    assert stage.be("county").post(f"{path}/refuse", json={"note": "不是"}).status_code == 200


@pytest.mark.parametrize("way", ["code", "invitation"])
def test_what_he_may_have_asked_himself_the_office_decides(stage: Stage, way: str) -> None:
    """S-38: in the session of a code that he handed out, or with a password that he set."""
    who, admin = person("neighbour").user_id, person("admin").user_id
    if way == "code":
        stage.session.execute(update(SignIn).where(SignIn.user_id == who).values(let_in_by=admin))
    else:
        invited = {"invited_by": admin, "invited_at": now()}
        stage.session.execute(update(User).where(User.id == who).values(invited))
    stage.session.commit()
    path = f"/v1/corrections/{stage.made(ask_correction(stage.be('neighbour'), 'name', '李德富'))}"

    assert told(stage.session, "admin", "county") == {"admin": [], "county": ["correction_asked"]}
    assert stage.be("admin").get(path).json["code"] == "own_correction"
    assert stage.be("county").post(f"{path}/refuse", json={"note": "不是"}).status_code == 200


def test_where_there_is_no_admin_at_all_the_office_decides(stage: Stage) -> None:
    stage.session.execute(delete(Grant).where(Grant.user_id == person("admin").user_id))
    stage.session.commit()
    path = correction(stage)

    assert stage.be("county").post(f"{path}/refuse", json={"note": "不是"}).status_code == 200


def test_who_has_an_account_says_yes_to_a_helper_himself(stage: Stage) -> None:
    assert ask_proxy(stage.be("worker")).status_code == 201

    assert told(stage.session, "county", "admin") == {"county": [], "admin": []}
