"""A case of harm is no leave to read the child for whoever may have opened it: somebody else sees to it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actors import Role
from app.clock import now
from app.ids import new_id
from app.models import CareCategory, HarmCase, Notice, NoticeKind, Resident, User
from app.people import Numbers, sealed_numbers
from tests.api.sign_in.conftest import grant
from tests.care_world import NOON, file_visit, write_care, write_form
from tests.cast import Person, named, person, sign_in_again
from tests.child_world import write_guarded_child, write_ticket
from tests.client import Answer, Client
from tests.hazard_world import report_body
from tests.points_world import claim_body, claimed, write_rule
from tests.sealer import SEALER
from tests.trail import entries_of

KIND = CareCategory.LEFT_BEHIND_CHILD
PHONE, TOLD = "13900001234", "孩子说在家里天天挨打"
Become = Callable[[str | None], Client]
Write = Callable[[Client, Session, UUID, UUID], Answer]


@pytest.fixture
def child(session: Session) -> UUID:
    """Give a child with a phone, whose guardian agreed to visits."""
    child_id = write_guarded_child(session)
    row = session.get_one(Resident, child_id)
    for name, value in sealed_numbers(SEALER, child_id, row.area_code, Numbers(PHONE)).items():
        setattr(row, name, value)
    session.commit()
    return child_id


@pytest.fixture
def record(session: Session, child: UUID) -> UUID:
    """Give the child's care record; ``worker`` looks after it."""
    return write_care(session, resident_id=child, category=KIND)


@pytest.fixture
def second(be: Become, session: Session) -> Client:
    """Be a second admin of the community, beside ``admin``."""
    grant(session, person("colleague").user_id, role=Role.COMMUNITY_ADMIN)
    sign_in_again(session, "colleague")
    return be("colleague")


def claim(client: Client, session: Session, child: UUID, _: UUID) -> Answer:
    body = claim_body(write_rule(session), resident_id=str(child), text=TOLD)
    return client.put(f"/v1/claims/{new_id()}", json=body)


def visit(client: Client, session: Session, _: UUID, record: UUID) -> Answer:
    return file_visit(client, record, write_form(session, KIND), note=TOLD)


def reads(client: Client, child: UUID, record: UUID) -> list[tuple[int, Any]]:
    """Read what a case may open: the record, its visits, and a number."""
    body = {"field": "phone", "purpose": "联系孩子"}
    answers = [
        client.get(f"/v1/care-records/{record}"),
        client.get(f"/v1/visits?care_record_id={record}"),
        client.post(f"/v1/residents/{child}/reveal", json=body),
    ]
    return [(one.status_code, one.json.get("code")) for one in answers]


def lists(client: Client, child: UUID) -> list[bool]:
    """Say whether lists tell of the child what a ticket or a case opens: care, follow-ups, birth date."""
    care = client.get(f"/v1/care-records?category={KIND}").json["items"]
    needs = client.get("/v1/follow-ups?whose=area").json["items"]
    home = client.get(f"/v1/households/{named('household home')}/residents").json["items"]
    (day,) = [one["birth_date"] for one in home if one["id"] == str(child)]
    return [bool(care), bool(needs), day is not None]


def told(session: Session) -> list[tuple[UUID, dict[str, Any]]]:
    notices = select(Notice.user_id, Notice.data).where(Notice.kind == NoticeKind.HARM_CASE)
    return sorted((user_id, data) for user_id, data in session.execute(notices))


NOTHING, ALL = [(403, "ticket_needed")] * 3, [(200, None)] * 3


@pytest.mark.parametrize("write", [claim, visit])
def test_a_case_opens_nothing_to_the_admin_who_opened_it(
    admin: Client, second: Client, session: Session, child: UUID, record: UUID, write: Write
) -> None:
    """S-95, S-98: a word of harm in whatever he files would be a ticket that he gives himself."""
    made = write(admin, session, child, record)

    assert made.status_code == 201, made.text
    case = session.scalars(select(HarmCase)).one()
    assert (case.resident_id, case.opened_by) == (child, person("admin").user_id)
    assert (reads(admin, child, record), reads(second, child, record)) == (NOTHING, ALL)
    assert admin.get(f"/v1/harm-cases/{case.id}").status_code == 200
    about = {"harm_case_id": str(case.id)}
    assert told(session) == sorted((person(one).user_id, about) for one in ("admin", "colleague"))


def test_nor_does_his_step_of_what_others_wrote(
    admin: Client, resident: Client, second: Client, session: Session, child: UUID, record: UUID
) -> None:
    """S-95, S-98: the words that tell of it are his."""
    path = claimed(resident, write_rule(session), resident_id=str(child))
    assert admin.step(f"{path}/return", {"reason": TOLD}).status_code == 200

    assert session.scalars(select(HarmCase.opened_by)).one() == person("admin").user_id
    assert (reads(admin, child, record), reads(second, child, record)) == (NOTHING, ALL)


def test_nor_do_lists_tell_him_more_of_the_child(
    admin: Client, worker: Client, second: Client, session: Session, child: UUID, record: UUID
) -> None:
    """S-95, S-98: lists go by the rule of one record."""
    needed = [{"need": "补课", "due_on": NOON.date().isoformat()}]
    file_visit(worker, record, write_form(session, KIND), follow_ups=needed)
    claim(admin, session, child, record)

    assert (lists(admin, child), lists(second, child)) == ([False] * 3, [True] * 3)


def test_what_another_wrote_opens_it_as_ever(
    worker: Client, admin: Client, session: Session, child: UUID, record: UUID
) -> None:
    """S-98: also where he wrote of the same child himself; whoever sees to a case reads at once."""
    claim(admin, session, child, record)
    visit(worker, session, child, record)

    assert reads(admin, child, record) == ALL


def test_whoever_opened_it_reads_by_a_ticket_of_another(
    admin: Client, be: Become, session: Session, child: UUID, record: UUID
) -> None:
    """S-95, S-98: the only admin looks after the child by the office's yes, which is told of the case."""
    claim(admin, session, child, record)
    case = session.scalars(select(HarmCase.id)).one()
    ticket = f"/v1/viewing-tickets/{new_id()}"
    body = {"resident_id": str(child), "purpose": "核实孩子是否受伤", "days": 7}

    assert told(session) == sorted(
        [
            (person("admin").user_id, {"harm_case_id": str(case)}),
            (person("county").user_id, {"what": "nobody_decides"}),
        ]
    )
    assert admin.put(ticket, json=body).json["office_decides"] is True
    assert reads(admin, child, record) == NOTHING
    assert be("county").post(f"{ticket}/decide", json={"approved": True}).status_code == 200
    assert reads(admin, child, record) == ALL


def by_code_of(app: Flask, staff: Client, visitor: Client, resident_id: UUID, user_id: UUID) -> Client:
    """Be a resident by a code that somebody of the staff handed out."""
    asked = staff.post(f"/v1/residents/{resident_id}/sign-in-codes", json={"id": str(new_id())})
    opened = visitor.post("/v1/sessions/code", json={"code": asked.json["code"]})
    assert opened.status_code in {200, 201}, opened.text
    return Client(app, Person(user_id, opened.json["token"]))


def test_a_case_opens_nothing_to_whoever_let_its_writer_in(
    app: Flask, admin: Client, second: Client, visitor: Client, session: Session, child: UUID, record: UUID
) -> None:
    """S-95, S-98: he knew the code, and may have written it himself; he does not close it either."""
    home = person("resident")
    assert home.resident_id is not None
    writer = by_code_of(app, admin, visitor, home.resident_id, home.user_id)
    made = claim(writer, session, child, record)

    assert made.status_code == 201, made.text
    case = session.scalars(select(HarmCase)).one()
    assert (case.opened_by, case.let_in_by) == (home.user_id, person("admin").user_id)
    assert (reads(admin, child, record), reads(second, child, record)) == (NOTHING, ALL)
    closed = admin.post(f"/v1/harm-cases/{case.id}/close", json={"result": "没有这回事"})
    assert (closed.status_code, closed.json["code"]) == (403, "own_case")


def test_a_childs_own_words_open_nothing_to_whoever_let_it_in(
    app: Flask, admin: Client, second: Client, visitor: Client, session: Session, child: UUID, record: UUID
) -> None:
    """S-95, S-98: about a minor is also what a minor reports of a place."""
    account = person("resident").user_id
    session.execute(update(User).where(User.id == account).values(resident_id=child))
    session.commit()
    writer = by_code_of(app, admin, visitor, child, account)
    made = writer.put(f"/v1/hazards/{new_id()}", json=report_body(text=TOLD))

    assert made.status_code == 201, made.text
    assert session.scalars(select(HarmCase.resident_id)).one() == child
    assert (reads(admin, child, record), reads(second, child, record)) == (NOTHING, ALL)


@pytest.mark.parametrize("days, opens", [(0, NOTHING), (366, ALL)], ids=["lately", "long ago"])
def test_a_case_opens_nothing_to_whoever_set_up_its_writers_password(
    admin: Client,
    resident: Client,
    session: Session,
    child: UUID,
    record: UUID,
    days: int,
    opens: list[tuple[int, Any]],
) -> None:
    """S-95, S-98: he had the token first, and may know the password for a year."""
    user = session.get_one(User, person("resident").user_id)
    user.invited_by, user.invited_at = person("admin").user_id, now() - timedelta(days=days)
    session.commit()
    assert claim(resident, session, child, record).status_code == 201

    assert reads(admin, child, record) == opens


def test_whoever_opened_a_case_does_not_close_it(
    admin: Client, second: Client, session: Session, child: UUID, record: UUID
) -> None:
    """S-98: that nothing was the matter says somebody else."""
    claim(admin, session, child, record)
    path = f"/v1/harm-cases/{session.scalars(select(HarmCase.id)).one()}/close"
    body = {"result": "已报派出所，孩子由奶奶照看"}

    own, other = admin.post(path, json=body), second.post(path, json=body)

    assert (own.status_code, own.json["code"]) == (403, "own_case")
    assert (other.status_code, other.json["result"]) == (200, body["result"])


def test_the_trail_names_the_case_or_the_ticket(
    worker: Client, admin: Client, session: Session, child: UUID, record: UUID
) -> None:
    """S-95: who looks into the trail sees which of the two it was; where there are both, the ticket."""
    visit(worker, session, child, record)
    case = str(session.scalars(select(HarmCase.id)).one())
    with entries_of(session) as by_case:
        assert reads(admin, child, record) == ALL
        admin.get(f"/v1/care-records?category={KIND}")
    ticket = str(write_ticket(session, child, "admin"))
    with entries_of(session) as by_ticket:
        assert reads(admin, child, record) == ALL

    names = ("case_id", "case_ids", "ticket_id", "ticket_ids")
    seen = [
        [{name: one.facts[name] for name in names if name in one.facts} for one in entries]
        for entries in (by_case, by_ticket)
    ]
    assert seen == [[{"case_id": case}] * 3 + [{"case_ids": [case]}], [{"ticket_id": ticket}] * 3]
