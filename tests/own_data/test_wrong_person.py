"""Somebody who was bound to a resident by mistake: what he did as that resident does not stand."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.adapters import CopyMissingError
from app.clock import now, set_to
from app.ids import new_id
from app.models import (
    Binding,
    BindingWay,
    ClosingState,
    Consent,
    Guardianship,
    Notice,
    NoticeKind,
    OwnCopy,
    Resident,
    User,
)
from app.own_data import LIFE, CorrectionField, end_copies
from app.people import Numbers
from tests.cast import named, person
from tests.child_world import write_child, write_guardian
from tests.client import Answer, Client
from tests.own_data import closing
from tests.own_data.correcting import NEW_PHONE, PHONE, asked, decide, give_numbers, held, outcome, row_of
from tests.own_data_world import ask, fetch, make, photos_of


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
    assert outcome(ask(resident)) == (409, "copy_open")

    end(admin, "dispute")

    assert outcome(fetch(resident, copy_id)) == (410, "copy_over")
    assert ask(resident).status_code == 201, "he is told to ask for another"
    session.expire_all()
    first = session.get_one(OwnCopy, copy_id)
    assert (first.key_sealed, first.ended_at is None) == (None, False)
    with pytest.raises(CopyMissingError):
        photos_of(app).copies.pieces(copy_id)


def test_also_a_copy_that_was_being_made_when_the_binding_ended(
    app: Flask, session: Session, resident: Client, admin: Client
) -> None:
    """S-76: it shows what stood there when making it began, though it was ready later."""
    copy_id = new_id()
    ask(resident, copy_id)
    end(admin)
    make(app, session, copy_id)

    assert outcome(fetch(resident, copy_id)) == (410, "copy_over")
    with set_to(now() + LIFE):
        assert end_copies(session, photos_of(app), limit=10) == 1
    session.commit()
    another = new_id()
    assert ask(resident, another).status_code == 201
    make(app, session, another)
    assert fetch(resident, another).status_code == 200, "of what he is himself"


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


def call_him_as_the_resident(session: Session) -> str:
    """Let the account have the name that came with the binding; give it."""
    session.get_one(Binding, named("binding resident")).way = BindingWay.REQUEST
    user = session.get_one(User, person("resident").user_id)
    user.name = session.get_one(Resident, named("resident")).name
    session.commit()
    return user.name


def test_he_loses_the_residents_name(session: Session, resident: Client, admin: Client) -> None:
    """The name came with the binding and goes with it."""
    call_him_as_the_resident(session)

    end(admin)

    assert resident.get("/v1/me").json["name"] == "微信用户"


def leave(client: Client) -> None:
    """Let the resident's account end its binding by itself."""
    path = f"/v1/me/bindings/{named('binding resident')}/end"
    assert client.post(path, json={"reason": "left"}).status_code == 200


def agree(client: Client) -> UUID:
    """Let somebody agree to the use of his position; give the consent's id."""
    texts = {one["purpose"]: one["text_id"] for one in client.get("/v1/me/consents").json["items"]}
    consent_id = new_id()
    agreed = {"text_id": texts["location"], "given": True}
    assert client.put(f"/v1/me/consents/{consent_id}", json=agreed).status_code == 201
    return consent_id


def test_leaving_first_saves_him_nothing(
    app: Flask, session: Session, resident: Client, admin: Client
) -> None:
    """Who was let in wrongly leaves before anybody notices; name, consent and copy go all the same, once."""
    call_him_as_the_resident(session)
    consent_id = agree(resident)
    copy_id = new_id()
    ask(resident, copy_id)
    make(app, session, copy_id)
    leave(resident)
    (left,) = admin.get(f"/v1/bindings?resident_id={named('resident')}").json["items"]

    first, again = end(admin), end(admin)

    assert (first.json["end_reason"], first.json["end_note"]) == ("mistake", "来的不是本人")
    assert (again.json, first.json["ended_at"]) == (first.json, left["ended_at"]), "he lost access then"
    assert resident.get("/v1/me").json["name"] == "微信用户"
    assert outcome(fetch(resident, copy_id)) == (410, "copy_over")
    assert session.get_one(Consent, consent_id).withdrawn_by == person("admin").user_id
    to_him = Notice.user_id == person("resident").user_id
    told = session.scalars(select(Notice.data).where(to_him, Notice.kind == NoticeKind.BINDING)).all()
    assert [one["reason"] for one in told] == ["mistake"]
    path = f"/v1/bindings/{named('binding resident')}/end"
    back = admin.post(path, json={"reason": "deceased", "note": "去世了"})
    assert outcome(back) == (409, "illegal_step"), "what was said of him is not unsaid"


def test_what_he_is_by_now_is_his(session: Session, resident: Client, admin: Client) -> None:
    """Only what came of the wrong binding goes, not the name and consent of the right one since."""
    name = call_him_as_the_resident(session)
    leave(resident)
    user_id, resident_id = person("resident").user_id, named("resident")
    session.add(
        Binding(
            id=new_id(),
            area_code=session.get_one(Resident, resident_id).area_code,
            user_id=user_id,
            resident_id=resident_id,
            way=BindingWay.PHONE,
            begun_at=now(),
        )
    )
    session.execute(update(User).where(User.id == user_id).values(resident_id=resident_id))
    session.commit()
    consent_id = agree(resident)

    end(admin, "dispute")

    me = resident.get("/v1/me").json
    assert (me["name"], me["resident_id"]) == (name, str(resident_id))
    assert session.get_one(Consent, consent_id).withdrawn_at is None


def write_account(session: Session, child_id: UUID) -> UUID:
    """Write that a child has an account; give its id."""
    user_id = new_id()
    session.add(
        User(
            id=user_id, area_code=None, name="孩子", content_hash=b"", created_at=now(), resident_id=child_id
        )
    )
    session.commit()
    return user_id


def test_a_guardian_who_is_none_any_more_closes_nothing(session: Session, resident: Client) -> None:
    """S-78, S-94: the wish for a ward falls with the guardianship, in the week to think it over."""
    child_id = write_child(session)
    write_guardian(session, child_id)
    user_id = write_account(session, child_id)
    closing_id = closing.asked(resident, resident_id=str(child_id))
    session.execute(update(Guardianship).values(ended_at=now(), ended_by=person("admin").user_id))
    session.commit()

    closing.begin(session, closing_id)

    assert closing.row_of(session, closing_id).state is ClosingState.WITHDRAWN
    assert session.get_one(User, user_id, populate_existing=True).closed_at is None


def test_a_guardian_closes_no_account_that_was_not_his_wards(session: Session, resident: Client) -> None:
    """S-78: staff found since that a stranger was bound to the child; his account is not the guardian's."""
    child_id = write_child(session)
    write_guardian(session, child_id)
    user_id = write_account(session, child_id)
    closing_id = closing.asked(resident, resident_id=str(child_id))
    session.execute(update(User).where(User.id == user_id).values(resident_id=None))
    session.commit()

    closing.begin(session, closing_id)

    assert closing.row_of(session, closing_id).state is ClosingState.WITHDRAWN
    assert session.get_one(User, user_id, populate_existing=True).closed_at is None
