"""By what right things are written down: no consent where one is asked for, no record."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import now
from app.ids import new_id
from app.models import (
    CareRecord,
    Consent,
    ConsentPurpose,
    ConsentText,
    Hazard,
    Photo,
    SignInCode,
    User,
    Visit,
)
from app.people import BASES, NO_LONGER_ASKED, Category, Duty, Whom, check_given
from tests.care_world import file_visit, write_care, write_form
from tests.cast import forget_consents, named, person
from tests.child_world import write_child, write_consent, write_guarded_child, write_guardian
from tests.client import Answer, Client
from tests.evidence.photos import camera_exif, file, scene
from tests.hazard_world import HERE, report_body
from tests.matrix.routes_base import picture
from tests.points_world import Be


def outcome(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def report(client: Client, **more: Any) -> Answer:
    return client.put(f"/v1/hazards/{new_id()}", json=report_body(**more))


def send_photo(client: Client, data: bytes | None = None) -> Answer:
    return client.put(f"/v1/photos/{new_id()}", data=data or picture())


def count(session: Session, table: Any) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


NO_BASIS = (403, "no_basis")


def test_a_residents_position_needs_his_consent(session: Session, resident: Client) -> None:
    """S-72: delete the consent, and the position is refused; the same report without it is taken."""
    before = report(resident, position=HERE)
    forget_consents(session)
    refused, bare = report(resident, position=HERE), report(resident)

    assert before.status_code == 201
    assert outcome(refused) == NO_BASIS
    assert bare.status_code == 201
    assert count(session, Hazard) == 2


def test_a_residents_photo_needs_his_consent(session: Session, resident: Client) -> None:
    """S-72: delete the consent, and no photo of his is kept."""
    before = send_photo(resident)
    forget_consents(session)
    refused = send_photo(resident)

    assert before.status_code == 201
    assert outcome(refused) == NO_BASIS
    assert count(session, Photo) == 1


def test_what_others_agreed_to_is_no_consent_of_his(session: Session, resident: Client) -> None:
    """S-72: each decides for himself, also where somebody else said yes after his no."""
    forget_consents(session)
    write_consent(session, named("neighbour"), ConsentPurpose.PHOTO, by="neighbour")
    undecided = send_photo(resident)
    write_consent(session, named("resident"), ConsentPurpose.PHOTO, given=False)
    write_consent(session, named("neighbour"), ConsentPurpose.PHOTO, by="neighbour")
    after_a_no = send_photo(resident)

    assert [outcome(undecided), outcome(after_a_no)] == [NO_BASIS] * 2
    assert count(session, Photo) == 0


def test_what_was_taken_before_is_answered_the_same(session: Session, resident: Client) -> None:
    """S-72: a repeat writes nothing, so it needs no consent."""
    hazard_id, photo_id = new_id(), new_id()
    body, data = report_body(position=HERE), picture()
    resident.put(f"/v1/hazards/{hazard_id}", json=body)
    resident.put(f"/v1/photos/{photo_id}", data=data)
    forget_consents(session)

    assert resident.put(f"/v1/hazards/{hazard_id}", json=body).status_code == 200
    assert resident.put(f"/v1/photos/{photo_id}", data=data).status_code == 200


def test_a_changed_text_is_agreed_to_anew(session: Session, resident: Client) -> None:
    """S-72, S-73: consent to an older text is none to this one."""
    text = {"title": "新的", "text": "新的", "text_hash": b"new", "published_at": now()}
    session.add(ConsentText(id=new_id(), purpose=ConsentPurpose.PHOTO, version=99, **text))
    session.commit()

    assert outcome(send_photo(resident)) == (409, "consent_changed")


def test_where_a_photo_was_taken_is_kept_only_with_consent(session: Session, resident: Client) -> None:
    """S-72: what the camera wrote into the file is a position too."""
    first = send_photo(resident, _with_place(64))
    session.execute(delete(Consent).where(Consent.purpose == ConsentPurpose.LOCATION))
    session.commit()
    second = send_photo(resident, _with_place(48))
    kept = {str(photo.id): photo.gps_lng for photo in session.scalars(select(Photo))}

    assert (first.status_code, second.status_code) == (201, 201)
    assert kept[first.json["id"]] is not None
    assert kept[second.json["id"]] is None


def _with_place(width: int) -> bytes:
    return file(scene(width, 48), exif=camera_exif())


def test_an_account_that_is_nobodys_gives_as_a_visitor_does(session: Session, resident: Client) -> None:
    """S-72: no consent can be on record of somebody without a place on the roster; his act shows his will."""
    assert resident.person is not None
    actor = Actor(user_id=resident.person.user_id)

    assert [check_given(session, actor, one) for one in (Category.PHOTO, Category.POSITION)] == [
        BASES[one][Whom.VISITOR] for one in (Category.PHOTO, Category.POSITION)
    ]


def test_staff_need_none(session: Session, worker: Client) -> None:
    """S-72: staff do their duty, which is on record in the table with its source."""
    forget_consents(session)

    assert report(worker, position=HERE).status_code == 201
    assert send_photo(worker).status_code == 201
    for category in (Category.POSITION, Category.PHOTO):
        basis = BASES[category][Whom.STAFF]
        assert isinstance(basis, Duty)
        assert basis.source


def test_care_and_notes_of_a_child_need_the_guardians_consent(
    session: Session, worker: Client, admin: Client
) -> None:
    """S-72: delete the consent, and neither care nor a visit is written down; an adult's rests on duty."""
    child = write_guarded_child(session)
    form, record = write_form(session), write_care(session, resident_id=child)
    before = file_visit(worker, record, form, captured_at=now().isoformat())
    forget_consents(session)
    refused = file_visit(worker, record, form, captured_at=now().isoformat())
    care = admin.put(f"/v1/care-records/{new_id()}", json=_care(write_child(session)))
    adult = admin.put(f"/v1/care-records/{new_id()}", json=_care(named("resident"), "elderly"))

    assert before.status_code == 201
    assert outcome(refused) == NO_BASIS
    assert outcome(care) == NO_BASIS
    assert adult.status_code == 201, adult.text
    assert (count(session, Visit), count(session, CareRecord)) == (1, 2)


def _care(resident_id: UUID, category: str = "left_behind_child") -> dict[str, Any]:
    worker_id = str(person("worker").user_id)
    body = {"resident_id": str(resident_id), "category": category, "level": "low", "reason": "家里没人"}
    return body | {"worker_id": worker_id}


@pytest.mark.parametrize("agreed", [False, True])
def test_staff_bind_a_child_only_with_the_guardians_consent(
    session: Session, be: Be, *, agreed: bool
) -> None:
    """S-72, S-91: no account of a child by a code that is handed out."""
    child = write_guarded_child(session)
    if not agreed:
        forget_consents(session)
    handed = be("worker").post(f"/v1/residents/{child}/sign-in-codes", json={"id": str(new_id())})
    bound = session.scalars(select(User.resident_id).where(User.resident_id == child)).all()

    if agreed:
        assert (handed.status_code, bound) == (201, [child])
        return
    assert outcome(handed) == NO_BASIS
    assert (bound, count(session, SignInCode)) == ([], 0)


def test_a_guardian_agrees_for_each_child_by_itself(session: Session, be: Be) -> None:
    """S-72, S-91: what he agreed to for one of two is nothing for the other."""
    other = write_child(session)
    write_guardian(session, other)
    write_guarded_child(session)
    handed = be("worker").post(f"/v1/residents/{other}/sign-in-codes", json={"id": str(new_id())})

    assert outcome(handed) == NO_BASIS


def test_a_consent_without_a_guardian_in_force_is_none(session: Session, be: Be) -> None:
    """S-72, S-91: an agreement by somebody who is no guardian opens nothing."""
    child = write_child(session)
    write_consent(session, child)
    handed = be("worker").post(f"/v1/residents/{child}/sign-in-codes", json={"id": str(new_id())})

    assert outcome(handed) == NO_BASIS


def test_every_category_has_a_basis_for_whomever_it_knows() -> None:
    """S-72: nothing is in the table without a source, a reason or a purpose."""
    assert BASES.keys() == set(Category)
    for by_whom in BASES.values():
        for basis in by_whom.values():
            assert isinstance(basis, ConsentPurpose) or vars(basis).values()


def test_every_purpose_that_is_offered_is_asked_for() -> None:
    """S-71, S-72: a consent that no check reads would be a lie; ID numbers: test_by_id_number.py."""
    asked = {one for by_whom in BASES.values() for one in by_whom.values() if isinstance(one, ConsentPurpose)}

    assert asked | {ConsentPurpose.ID_NUMBER} == set(ConsentPurpose) - NO_LONGER_ASKED
