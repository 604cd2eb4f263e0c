"""Somebody who was bound to a resident by mistake: what he did as that resident does not stand."""

from typing import Any

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import Binding, BindingWay, ClosingState, Consent, Guardianship, Resident, User
from app.own_data import CorrectionField
from app.people import Numbers
from tests.cast import named, person
from tests.child_world import write_child, write_guardian
from tests.client import Answer, Client
from tests.own_data import closing
from tests.own_data.correcting import NEW_PHONE, PHONE, asked, decide, give_numbers, held, outcome, row_of
from tests.own_data_world import ask, fetch, make


def end(admin: Client, reason: str = "mistake") -> Answer:
    """Let staff end the binding of the resident's account."""
    body = {"reason": reason, "note": "来的不是本人"}
    answer = admin.post(f"/v1/bindings/{named('binding resident')}/end", json=body)
    assert answer.status_code == 200, answer.text
    return answer


def test_his_copy_of_the_residents_data_is_over(
    app: Flask, session: Session, resident: Client, admin: Client
) -> None:
    """S-76: it is for one person only, and he turned out to be another one."""
    copy_id = new_id()
    ask(resident, copy_id)
    make(app, session, copy_id)
    assert fetch(resident, copy_id).status_code == 200

    end(admin, "dispute")

    assert outcome(fetch(resident, copy_id)) == (410, "copy_over")


def test_who_left_by_himself_keeps_his_copy(app: Flask, session: Session, resident: Client) -> None:
    """He is who he was."""
    copy_id = new_id()
    ask(resident, copy_id)
    make(app, session, copy_id)
    resident.post(f"/v1/me/bindings/{named('binding resident')}/end", json={"reason": "moved_away"})

    assert fetch(resident, copy_id).status_code == 200


def test_nothing_is_put_right_or_deleted_at_his_wish(
    session: Session, resident: Client, admin: Client
) -> None:
    """S-77: a phone that he asked for would let him bind himself by it; refusing goes on."""
    give_numbers(session, "resident", Numbers(PHONE))
    correction_id = asked(resident, "phone", NEW_PHONE)
    deletion_id = resident.put(f"/v1/me/deletions/{new_id()}", json={"what": "numbers"}).json["id"]
    end(admin)

    late = decide(admin, correction_id)
    gone = admin.post(f"/v1/deletions/{deletion_id}/approve", json={"note": "已删除"})
    refused = decide(admin, correction_id, "refuse", "不是本人")

    assert outcome(late) == outcome(gone) == (409, "asker_gone")
    assert held(session, CorrectionField.PHONE) == PHONE
    assert refused.status_code == 200
    assert row_of(session, correction_id).state == "refused"


def test_what_he_agreed_to_is_taken_back_also_for_wards(
    session: Session, resident: Client, admin: Client
) -> None:
    """S-72: nobody consents for a person who is another; what was signed on paper stays."""
    child_id = write_child(session)
    write_guardian(session, child_id)
    texts = {one["purpose"]: one["text_id"] for one in resident.get("/v1/me/consents").json["items"]}
    said: list[dict[str, Any]] = [
        {"text_id": texts["location"], "given": True},
        {"text_id": texts["minors"], "given": True, "resident_id": str(child_id)},
    ]
    for one in said:
        assert resident.put(f"/v1/me/consents/{new_id()}", json=one).status_code == 201
    paper = {"text_id": texts["photo"], "given": True, "resident_id": str(named("resident"))}
    paper["decided_by"] = paper["resident_id"]
    assert admin.put(f"/v1/consents/{new_id()}", json=paper).status_code == 201

    end(admin)

    of_his = select(Consent).where(Consent.decided_by == named("resident"))
    rows = session.scalars(of_his.order_by(Consent.decided_at)).all()  # the newest of each text stands
    back = {row.text_id: row.withdrawn_by for row in rows}
    admin_id = person("admin").user_id
    assert {str(text): by for text, by in back.items()} == {
        texts["location"]: admin_id,
        texts["minors"]: admin_id,
        texts["photo"]: None,
    }


def test_he_loses_the_residents_name(session: Session, resident: Client, admin: Client) -> None:
    """The name came with the binding and goes with it."""
    session.get_one(Binding, named("binding resident")).way = BindingWay.REQUEST
    user = session.get_one(User, person("resident").user_id)
    user.name = session.get_one(Resident, named("resident")).name
    session.commit()

    end(admin)

    assert resident.get("/v1/me").json["name"] == "微信用户"


def test_a_guardian_who_is_none_any_more_closes_nothing(session: Session, resident: Client) -> None:
    """S-78, S-94: the wish for a ward falls with the guardianship, in the week to think it over."""
    child_id = write_child(session)
    write_guardian(session, child_id)
    user_id = new_id()
    child = User(
        id=user_id, area_code=None, name="孩子", content_hash=b"", created_at=now(), resident_id=child_id
    )
    session.add(child)
    session.commit()
    closing_id = closing.asked(resident, resident_id=str(child_id))
    session.execute(update(Guardianship).values(ended_at=now(), ended_by=person("admin").user_id))
    session.commit()

    closing.begin(session, closing_id)

    assert closing.row_of(session, closing_id).state is ClosingState.WITHDRAWN
    assert session.get_one(User, user_id, populate_existing=True).closed_at is None
