"""Writing about a child under 14: with its guardian's consent, or because it must be reported."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import (
    CareCategory,
    CareRecord,
    Consent,
    ConsentPurpose,
    ConsentText,
    Guardianship,
    Notice,
    NoticeKind,
    Visit,
)
from tests.care_world import NOON, TODAY, count_visits, file_visit, write_care, write_form
from tests.cast import person
from tests.child_world import write_child, write_consent, write_guardian
from tests.client import Answer, Client

KIND = CareCategory.LEFT_BEHIND_CHILD


@pytest.fixture
def child(session: Session) -> UUID:
    """Give a child with a care record and a verified guardian."""
    made = write_child(session)
    write_guardian(session, made)
    return made


@pytest.fixture
def form(session: Session) -> UUID:
    """Give a form for children."""
    return write_form(session, KIND)


def filed(client: Client, session: Session, child: UUID, form: UUID, **fields: Any) -> Answer:
    record = write_care(session, resident_id=child, category=KIND)
    return file_visit(client, record, form, **fields)


def test_without_consent_nothing_is_written(
    worker: Client, session: Session, child: UUID, form: UUID
) -> None:
    """S-72, S-91: 403 ``no_basis``, and no row."""
    refused = filed(worker, session, child, form)

    assert (refused.status_code, refused.json["code"]) == (403, "no_basis")
    assert count_visits(session) == 0


def test_with_consent_the_visit_says_what_it_rests_on(
    worker: Client, session: Session, child: UUID, form: UUID
) -> None:
    """S-91: the guardian's consent is the basis."""
    write_consent(session, child)

    made = filed(worker, session, child, form)

    assert (made.status_code, made.json["basis"]) == (201, "guardian_consent")


def test_an_emergency_is_written_whatever_anybody_agreed_to(
    worker: Client, session: Session, child: UUID, form: UUID
) -> None:
    """S-72: the duty to report is a recorded statutory basis."""
    made = filed(worker, session, child, form, outcome="emergency")

    assert (made.status_code, made.json["basis"]) == (201, "mandatory_report")


@pytest.mark.parametrize("lost", ["withdrawn", "refused", "ended", "expired", "unverified"])
def test_what_no_longer_holds_is_no_basis(
    worker: Client, session: Session, child: UUID, form: UUID, lost: str
) -> None:
    """S-41, S-72, S-74: a withdrawal, a refusal, or a guardian who is none any more ends it at once."""
    consent = session.get_one(Consent, write_consent(session, child, given=lost != "refused"))
    guardianship = session.scalars(select(Guardianship).where(Guardianship.child_id == child)).one()
    consent.withdrawn_at = NOON if lost == "withdrawn" else None
    guardianship.ended_at = NOON if lost == "ended" else None
    if lost == "expired":
        guardianship.valid_until = TODAY - timedelta(days=1)
    if lost == "unverified":
        guardianship.verified_at = None
    session.commit()

    refused = filed(worker, session, child, form)

    assert (refused.status_code, refused.json["code"]) == (403, "no_basis")


def test_a_new_text_must_be_agreed_to_first(
    worker: Client, session: Session, child: UUID, form: UUID
) -> None:
    """S-73: after a new version of the text the next write is 409."""
    write_consent(session, child)
    text = ConsentText(
        id=new_id(),
        purpose=ConsentPurpose.MINORS,
        version=99,
        title="孩子",
        text="新的。",
        text_hash=b"2",
        published_at=NOON - timedelta(days=1),
    )
    session.add(text)
    session.commit()

    refused = filed(worker, session, child, form)

    assert (refused.status_code, refused.json["code"]) == (409, "consent_changed")


def test_on_the_fourteenth_birthday_the_duty_is_enough(worker: Client, session: Session, form: UUID) -> None:
    """S-91: the day before asks for consent, the birthday does not."""
    birthday = date(TODAY.year - 14, TODAY.month, TODAY.day)
    still, no_longer = write_child(session, birthday + timedelta(days=1)), write_child(session, birthday)

    answers = [filed(worker, session, one, form) for one in (still, no_longer)]

    assert [one.status_code for one in answers] == [403, 201]
    assert answers[1].json["basis"] == "duty"


def test_care_of_a_child_begins_with_consent(admin: Client, session: Session, child: UUID) -> None:
    """S-91: the care record too waits for the guardian."""
    who = {"resident_id": str(child), "worker_id": str(person("worker").user_id)}
    body = who | {"category": KIND, "level": "low", "reason": "父母外出"}

    before = admin.put(f"/v1/care-records/{new_id()}", json=body)
    write_consent(session, child)
    after = admin.put(f"/v1/care-records/{new_id()}", json=body)

    assert [(one.status_code, one.json.get("code")) for one in (before, after)] == [
        (403, "no_basis"),
        (201, None),
    ]


def test_adults_are_visited_by_duty(worker: Client, session: Session) -> None:
    made = file_visit(worker, write_care(session), write_form(session))

    assert made.status_code == 201
    assert session.get_one(Visit, UUID(made.json["id"])).basis == "duty"


@pytest.mark.parametrize("outcome", ["not_reached", "seen_well"])
def test_that_somebody_called_is_filed_without_a_consent_and_the_admins_are_told_once(
    worker: Client, session: Session, child: UUID, form: UUID, outcome: str
) -> None:
    """S-91: the worker's own duty done; of the child nothing is written. Else its care would stay due."""
    record = write_care(session, resident_id=child, category=KIND, next_due_on=TODAY)

    made = [file_visit(worker, record, form, outcome=outcome, answers={}) for _ in range(2)]

    assert [(one.status_code, one.json["basis"]) for one in made] == [(201, "duty")] * 2
    assert session.get_one(CareRecord, record).next_due_on > TODAY
    told = session.scalars(select(Notice).where(Notice.kind == NoticeKind.CARE)).all()
    assert [(one.user_id, one.data["what"]) for one in told] == [(person("admin").user_id, "unagreed")]
    write_consent(session, child)
    asked = file_visit(worker, record, form, answers={})
    assert (asked.status_code, asked.json["code"]) == (422, "answer_missing")


@pytest.mark.parametrize(
    "more", [{"note": "在家"}, {"photo_ids": [str(new_id())]}, {"signature_id": str(new_id())}]
)
def test_with_words_or_pictures_it_takes_the_consent(
    worker: Client, session: Session, child: UUID, form: UUID, more: dict[str, Any]
) -> None:
    """S-72: a photo or a name tells of a child as well."""
    refused = filed(worker, session, child, form, answers={}, **more)

    assert (refused.status_code, refused.json["code"]) == (403, "no_basis")
    assert count_visits(session) == 0
