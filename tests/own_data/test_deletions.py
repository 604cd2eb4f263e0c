"""What is held, by kind and count; asking that some of it be deleted, and what the community decides."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.clock import now, set_to
from app.ids import new_id
from app.models import (
    AuditEntry,
    Deletion,
    Guardianship,
    HarmCase,
    Photo,
    PhotoLink,
    PhotoOwner,
    Resident,
    User,
    Visit,
)
from app.own_data import remind_of_deletions
from app.people import Numbers, numbers_of, sealed_numbers
from app.visits import note_of
from tests.cast import named, person
from tests.child_world import write_child, write_guarded_child, write_guardian
from tests.client import Client
from tests.own_data.correcting import outcome, told
from tests.own_data.deleting import ask, counts, decide, photo_of, visited
from tests.sealer import SEALER


def test_a_guardian_sees_kinds_and_counts_while_he_is_one(
    session: Session, resident: Client, worker: Client
) -> None:
    """S-94: kinds and counts of what is held about a ward; of nobody else, and each look is on record."""
    child = write_guarded_child(session)
    visit = visited(session, worker, child)
    photo_of(session, (visit.id, PhotoOwner.VISIT))
    own, his = counts(resident), counts(resident, child)
    looks = session.scalars(select(AuditEntry.facts).where(AuditEntry.action == "GET /v1/me/held")).all()
    session.execute(update(Guardianship).values(ended_at=now()))
    session.commit()
    late = resident.get(f"/v1/me/held?resident_id={child}")

    assert his == {
        "residents": 1,
        "households": 1,
        "consents": 1,
        "my_guardians": 1,
        "care_records": 1,
        "visits": 1,
        "photos_of_me": 1,
        "photo_links": 1,
    }
    assert own["users"] == 1
    assert "visits" not in own
    assert looks == [{"resident_id": None}, {"resident_id": str(child)}]
    assert outcome(late) == (404, "not_found")


def test_what_opened_a_case_of_harm_counts_for_nobody_at_home(
    session: Session, resident: Client, worker: Client
) -> None:
    """S-94, S-98: the count says no more than the copy does."""
    child = write_guarded_child(session)
    visit = visited(session, worker, child)
    before = counts(resident, child)
    _harm(session, visit, child)

    assert before["visits"] == 1
    assert {*before} - {*counts(resident, child)} == {"visits"}


def _harm(session: Session, visit: Visit, child: UUID) -> None:
    case: dict[str, Any] = {
        "area_code": visit.area_code,
        "opened_by": visit.worker_id,
        "opened_at": now(),
        "signals": ["flag"],
    }
    session.add(HarmCase(id=new_id(), resident_id=child, visit_id=visit.id, told_id=visit.id, **case))
    session.commit()


def test_a_wards_numbers_are_deleted(session: Session, resident: Client, admin: Client) -> None:
    """S-94: done, with reasons in writing that the guardian reads, and with figures."""
    child = write_guarded_child(session)
    row = session.get_one(Resident, child)
    numbers = sealed_numbers(SEALER, child, row.area_code, Numbers("13900001234"))
    for name, value in numbers.items():
        setattr(row, name, value)
    session.commit()
    asked = ask(resident, "numbers", child)
    waiting = numbers_of(SEALER, session.get_one(Resident, child, populate_existing=True))
    done = decide(admin, asked, note="电话已删除，姓名和生日依法保留在名册上")
    again = decide(admin, asked, note="电话已删除，姓名和生日依法保留在名册上")
    left = session.get_one(Resident, child, populate_existing=True)
    shown = resident.get("/v1/me/deletions").json["items"][0]
    entry = session.scalars(
        select(AuditEntry.facts).where(AuditEntry.action == "POST /v1/deletions/<uuid:deletion_id>/approve")
    ).first()

    assert waiting.phone == "13900001234"
    assert (done.status_code, done.json["state"], again.json) == (200, "done", done.json)
    assert (numbers_of(SEALER, left), left.phone_index, left.name) == (Numbers(), None, "王小明")
    assert (shown["deleted"], shown["kept"], shown["decision_note"]) == (
        1,
        0,
        "电话已删除，姓名和生日依法保留在名册上",
    )
    assert entry == {"resident_id": str(child), "what": "numbers", "deleted": 1, "kept": 0}
    assert (told(session, "admin"), told(session, "resident")) == (["deletion_asked"], ["deletion_done"])


def test_a_refusal_says_why_in_writing(session: Session, resident: Client, admin: Client) -> None:
    """S-94: a refusal without reasons is none, and nothing goes."""
    child = write_guarded_child(session)
    asked = ask(resident, "notes", child)
    bare = decide(admin, asked, "refuse", note="")
    refused = decide(admin, asked, "refuse", note="照护还在进行，记录依法保留")
    other = decide(admin, asked, "approve")

    assert bare.status_code == 422
    assert (refused.json["state"], refused.json["deleted"]) == ("refused", None)
    assert outcome(other) == (409, "illegal_step")
    assert resident.get("/v1/me/deletions").json["items"][0]["decision_note"] == "照护还在进行，记录依法保留"
    assert told(session, "resident") == ["deletion_refused"]


def test_photos_go_that_no_other_record_needs(
    session: Session, resident: Client, worker: Client, admin: Client
) -> None:
    """S-94: a photo of the visit goes with its link; one that a hazard names too is kept, and counted."""
    child = write_guarded_child(session)
    visit = visited(session, worker, child)
    gone = photo_of(session, (visit.id, PhotoOwner.VISIT))
    kept = photo_of(session, (visit.id, PhotoOwner.VISIT), (new_id(), PhotoOwner.HAZARD))
    others = photo_of(session, (new_id(), PhotoOwner.HAZARD))
    answer = decide(admin, ask(resident, "photos", child))
    photos = set(session.scalars(select(Photo.id)))
    linked = set(session.scalars(select(PhotoLink.photo_id)))

    assert (answer.json["deleted"], answer.json["kept"]) == (1, 1)
    assert photos == linked == {kept, others}
    assert gone not in photos


@pytest.mark.parametrize("what", ["photos", "notes"])
def test_what_may_tell_of_harm_cannot_be_deleted(
    session: Session, resident: Client, worker: Client, admin: Client, what: str
) -> None:
    """S-94, S-98: the law keeps it; the admin is told so, and the home reads what he writes."""
    child = write_guarded_child(session)
    visit = visited(session, worker, child)
    _harm(session, visit, child)
    photo_of(session, (visit.id, PhotoOwner.VISIT))
    asked = ask(resident, what, child)
    answer = decide(admin, asked)

    assert outcome(answer) == (409, "kept_by_law")
    assert note_of(SEALER, visit) == "想爸爸妈妈"
    assert session.scalar(select(func.count()).select_from(Photo)) == 1
    assert session.get_one(Deletion, UUID(asked.json["id"]), populate_existing=True).state == "open"


def test_only_a_guardian_in_force_asks_for_a_child(session: Session, resident: Client) -> None:
    """S-94: nobody asks about somebody else's child."""
    child = write_child(session)
    early = ask(resident, "numbers", child)
    write_guardian(session, child, verified=False)
    unverified = ask(resident, "numbers", child)
    session.execute(update(Guardianship).values(verified_at=now(), verified_by=person("admin").user_id))
    session.commit()
    fine = ask(resident, "numbers", child)
    twice = ask(resident, "numbers", child)

    assert outcome(early) == outcome(unverified) == (404, "not_found")
    assert fine.status_code == 201
    assert outcome(twice) == (409, "deletion_open")


def test_a_child_leaves_it_to_its_guardian_and_a_minor_does_not(session: Session, resident: Client) -> None:
    """S-94: whoever is 14 asks himself."""
    born = session.get_one(Resident, named("resident"))
    for years, expected in ((13, 403), (15, 201)):
        born.birth_date = now().date() - timedelta(days=366 * years)
        session.commit()
        assert ask(resident, "photos").status_code == expected


def test_nobody_decides_for_himself_or_his_home(session: Session, resident: Client, admin: Client) -> None:
    asked = ask(resident, "photos")
    session.execute(
        update(User).where(User.id == person("admin").user_id).values(resident_id=write_child(session))
    )
    session.commit()

    assert outcome(decide(admin, asked)) == (403, "own_deletion")
    assert outcome(decide(admin, asked, "refuse")) == (403, "own_deletion")


def test_a_request_is_taken_back_until_it_is_decided(resident: Client, admin: Client) -> None:
    asked = ask(resident, "photos")
    path = f"/v1/me/deletions/{asked.json['id']}/withdraw"
    taken = [resident.post(path) for _ in range(2)]
    late = decide(admin, asked)
    done = ask(resident, "photos")
    decide(admin, done, "refuse")

    assert [one.json["state"] for one in taken] == ["withdrawn", "withdrawn"]
    assert outcome(late) == (409, "illegal_step")
    assert outcome(resident.post(f"/v1/me/deletions/{done.json['id']}/withdraw")) == (409, "illegal_step")


def test_admins_are_reminded_once(session: Session, resident: Client) -> None:
    """S-94: no request is forgotten until its time is over."""
    at = now()
    with set_to(at):
        assert ask(resident, "photos").status_code == 201
    figures = []
    for later in (timedelta(days=11), timedelta(days=12), timedelta(days=13)):
        with set_to(at + later):
            figures.append(remind_of_deletions(session, limit=10))
    session.commit()

    assert figures == [0, 1, 0]
    assert told(session, "admin") == ["deletion_asked", "deletion_due"]
