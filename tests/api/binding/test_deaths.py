"""Of whom staff said that he died: nobody comes in as him, and nobody acts for him."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import Binding, Proxy, Resident, User
from tests import moves_world
from tests.api.binding.test_ending import end, leave
from tests.api.test_kin_proxies import ask as ask_as_kin
from tests.binding_world import ask, by_id_number, by_phone, new_code, refused, write_unbound
from tests.cast import person
from tests.child_world import write_child
from tests.client import Client
from tests.own_data_world import write_closed
from tests.proxy_world import ask as ask_proxy
from tests.test_retention_care import GONE
from tests.test_retention_categories import applied
from tests.work_world import put_work

DEAD = (409, "resident_dead")


def test_nobody_becomes_who_died_and_whose_account_is_closed(
    newcomer: Client, be_new: Callable[..., Client], admin: Client, session: Session
) -> None:
    """S-78: the family closes it; what that freezes still says that he died, and so does a mistake since."""
    resident_id = write_unbound(session)
    code = new_code(admin)
    made = by_phone(newcomer).json["id"]
    end(admin, made, reason="deceased")
    session.get_one(Binding, UUID(made)).frozen_by = write_closed(session, person("resident").user_id, now())
    session.commit()
    other = be_new()
    frozen = by_id_number(other, code)
    path = f"/v1/binding-requests/{ask(other).json['id']}/approve"
    assert admin.post(path, json={"resident_id": str(resident_id)}).status_code == 200
    end(admin, other.get("/v1/me/binding").json["binding"]["id"], reason="mistake")

    assert refused(frozen) == (409, "binding_unclear")
    assert refused(by_id_number(be_new(), code)) == (409, "binding_unclear")


def test_no_code_is_handed_out_for_who_died(newcomer: Client, admin: Client, session: Session) -> None:
    """Whoever took it would be he."""
    resident_id = write_unbound(session)
    end(admin, by_phone(newcomer).json["id"], reason="deceased")

    answer = admin.post(f"/v1/residents/{resident_id}/sign-in-codes", json={"id": str(new_id())})

    assert refused(answer) == DEAD


@pytest.mark.parametrize("left", ["left", "moved_away"])
def test_that_he_died_can_be_said_once_he_had_left(
    newcomer: Client, be_new: Callable[..., Client], admin: Client, session: Session, left: str
) -> None:
    """Whoever has his phone leaves by a tap; nobody comes in for him, nor helps in his name, all the same."""
    resident_id = write_unbound(session)
    code = new_code(admin)
    made = by_phone(newcomer).json["id"]
    leave(newcomer, made, left)
    proxy = ask_proxy(admin, resident_id=str(resident_id), relation="staff").json["id"]

    ended, again = (end(admin, made, reason="deceased") for _ in range(2))

    assert (ended.status_code, again.status_code, again.json) == (200, 200, ended.json)
    assert ended.json["end_reason"] == "deceased"
    assert refused(by_phone(newcomer)) == (409, "binding_unclear")
    assert refused(by_id_number(be_new(), code)) == (409, "binding_unclear")
    assert session.get_one(Proxy, UUID(proxy), populate_existing=True).end_reason == "binding"


def test_nobody_helps_on_in_the_name_of_who_died_though_his_former_account_is_anothers(
    newcomer: Client, admin: Client, session: Session
) -> None:
    """What ends is what others do for him; what his account does as another by now goes on."""
    resident_id = write_unbound(session)
    made = by_phone(newcomer).json["id"]
    leave(newcomer, made, "left")
    proxy = ask_proxy(admin, resident_id=str(resident_id), relation="staff").json["id"]
    assert newcomer.person is not None
    another = write_child(session, birth_date=date(1960, 1, 1))
    session.get_one(User, newcomer.person.user_id).resident_id = another
    session.commit()
    helps = ask_proxy(admin, user_id=str(newcomer.person.user_id)).json["id"]

    assert end(admin, made, reason="deceased").status_code == 200
    states = [session.get_one(Proxy, UUID(one), populate_existing=True).state for one in (proxy, helps)]
    assert states == ["ended", "asked"]


def test_that_he_died_is_said_of_the_last_binding(newcomer: Client, admin: Client, session: Session) -> None:
    """Of one before it that would end nobody's access."""
    write_unbound(session)
    first = by_phone(newcomer).json["id"]
    leave(newcomer, first)
    second = by_phone(newcomer).json["id"]
    while_bound = refused(end(admin, first, reason="deceased"))
    leave(newcomer, second)

    assert while_bound == (409, "illegal_step")
    assert refused(end(admin, first, reason="deceased")) == (409, "illegal_step")
    assert end(admin, second, reason="deceased").status_code == 200


def test_a_death_that_is_said_late_keeps_the_data_as_long_as_any(
    newcomer: Client, admin: Client, session: Session
) -> None:
    """He left two years ago; were it counted from then, a slip of the pen would empty his record tonight."""
    resident_id = write_unbound(session)
    made = by_phone(newcomer).json["id"]
    leave(newcomer, made)
    of_then = session.get_one(Binding, UUID(made), populate_existing=True)
    of_then.begun_at = of_then.ended_at = now() - timedelta(days=730)
    session.commit()

    end(admin, made, reason="deceased")

    assert applied(session, GONE) == 0
    assert session.get_one(Resident, resident_id, populate_existing=True).phone_sealed is not None


def test_nobody_becomes_who_died(
    newcomer: Client, be_new: Callable[..., Client], admin: Client, session: Session
) -> None:
    """Whoever has his phone or papers then is not he, whosever account, until an admin binds him."""
    resident_id = write_unbound(session)
    code = new_code(admin)
    end(admin, by_phone(newcomer).json["id"], reason="deceased")

    assert refused(by_phone(newcomer)) == (409, "binding_unclear")
    assert refused(by_id_number(be_new(), code)) == (409, "binding_unclear")
    path = f"/v1/binding-requests/{ask(newcomer).json['id']}/approve"
    assert admin.post(path, json={"resident_id": str(resident_id)}).status_code == 200
    leave(newcomer, newcomer.get("/v1/me/binding").json["binding"]["id"])
    assert by_phone(newcomer).json["resident_id"] == str(resident_id)


def test_nobody_asks_to_act_for_who_died(newcomer: Client, admin: Client, session: Session) -> None:
    """Neither staff nor kin who have his name and his household's paper."""
    resident_id, code = write_unbound(session), new_code(admin)
    end(admin, by_phone(newcomer).json["id"], reason="deceased")

    assert refused(ask_proxy(admin, resident_id=str(resident_id), relation="staff")) == DEAD
    assert refused(ask_as_kin(newcomer, code)) == DEAD


def test_who_was_said_dead_by_mistake_has_all_again_once_he_is_let_back_in(
    newcomer: Client, be_new: Callable[..., Client], admin: Client, session: Session
) -> None:
    """He is bound by his papers, guards a child, and what he lives by is written down."""
    resident_id, child = write_unbound(session), write_child(session)
    code = new_code(admin)
    assert by_phone(newcomer).status_code == 200
    assert moves_world.leave(admin, resident_id, why="died").status_code == 200
    home = str(moves_world.HERE)
    back = moves_world.move(admin, "return", resident_id, household_id=home, reason="同名的人登记错了")
    assert back.status_code == 200
    guard = {"child_id": str(child), "guardian_id": str(resident_id), "relation": "parent"}
    guard |= {"proof": "户口本", "valid_until": "2029-12-31"}

    answers = [
        by_id_number(be_new(), code),
        admin.put(f"/v1/guardianships/{new_id()}", json=guard),
        put_work(admin, resident_id, f"{moves_world.TODAY():%Y-%m}"),
    ]

    assert [one.status_code for one in answers] == [200, 201, 201], [one.json for one in answers]
