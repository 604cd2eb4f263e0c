"""What staff note as somebody's word on paper: he is told, and what he said himself is not undone by it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import business_day, now, set_to
from app.ids import new_id
from app.models import Consent, ConsentPurpose, Notice, NoticeKind
from app.own_data import TAKEN_BACK_WITHIN
from app.people import SHIPPED_TEXTS
from app.people.standings import NOT_ASKED_FOR
from tests.cast import forget_consents, named, person
from tests.child_world import write_child, write_guardian
from tests.client import Answer, Client
from tests.consenting import LOCATION, MINORS, put, standing
from tests.own_data.closing import close


@pytest.fixture(autouse=True)
def _nobody_agreed_yet(session: Session) -> None:
    forget_consents(session)


@pytest.fixture
def child(session: Session) -> UUID:
    """Give a child with two guardians, both with an account."""
    made = write_child(session)
    write_guardian(session, made)
    write_guardian(session, made, of="neighbour")
    return made


def on_paper(
    client: Client, resident_id: UUID, *, by: str = "resident", given: bool = True, text: UUID = LOCATION.id
) -> Answer:
    body: dict[str, object] = {"text_id": str(text), "given": given, "resident_id": str(resident_id)}
    return client.put(f"/v1/consents/{new_id()}", json=body | {"decided_by": str(named(by))})


def no_in_app(client: Client, no: str) -> None:
    """Let somebody refuse in the app, or take back there what he agreed to."""
    said = put(client, given=no == "withdrawn")
    if no == "withdrawn":
        assert client.post(f"/v1/me/consents/{said.json['id']}/withdraw").status_code == 200


def told(session: Session, name: str) -> list[tuple[str, str]]:
    """Give what somebody was told of consents, the oldest first."""
    which = (Notice.user_id == person(name).user_id, Notice.kind == NoticeKind.OWN_DATA)
    rows = session.scalars(select(Notice).where(*which).order_by(Notice.id))
    return [(row.data["what"], row.data["consent_id"]) for row in rows]


def test_he_is_told_what_is_noted_in_his_name(resident: Client, worker: Client, session: Session) -> None:
    """S-74: a yes, a no and a withdrawal on paper, each once; nobody is told of what he does himself."""
    refused, given = (on_paper(worker, named("resident"), given=one).json["id"] for one in (False, True))
    for _ in range(2):
        assert worker.post(f"/v1/consents/{given}/withdraw").status_code == 200
    own = put(resident)

    assert own.status_code == 201
    assert told(session, "resident") == [
        ("consent_refused", refused),
        ("consent_given", given),
        ("consent_withdrawn", given),
    ]


def test_both_guardians_are_told_and_a_child_is_not(
    worker: Client, session: Session, child: UUID, be: Callable[[str], Client]
) -> None:
    made = on_paper(worker, child, text=MINORS.id)

    assert made.status_code == 201
    for name in ("resident", "neighbour"):
        assert told(session, name) == [("consent_given", made.json["id"])]
    (notice,) = be("resident").get("/v1/me/notices").json["items"]
    assert notice["data"] == {"what": "consent_given", "consent_id": made.json["id"]}


def test_a_code_that_staff_handed_out_takes_no_no_back(resident: Client, worker: Client, app: Flask) -> None:
    """S-74: whoever handed it out could use it; it says yes where nothing was refused, and takes back."""
    no_in_app(resident, "withdrawn")
    made = worker.post(f"/v1/residents/{named('resident')}/sign-in-codes", json={"id": str(new_id())}).json
    opened = Client(app, None).post("/v1/sessions/code", json={"code": made["code"]}).json
    by_code = Client(app, replace(person("resident"), token=opened["token"]))

    answer, other = put(by_code), put(by_code, SHIPPED_TEXTS[ConsentPurpose.PHOTO].id)

    assert (answer.status_code, answer.json["code"]) == (403, "reauth_required")
    assert other.status_code == 201
    assert put(resident).status_code == 201


@pytest.mark.parametrize("no", ["withdrawn", "refused"])
def test_no_paper_undoes_what_somebody_said_himself(resident: Client, worker: Client, no: str) -> None:
    """S-74, S-75: for as long as nobody asks him; himself he may."""
    no_in_app(resident, no)
    at_once = on_paper(worker, named("resident"))
    also_no = on_paper(worker, named("resident"), given=False)
    then_yes = on_paper(worker, named("resident"))
    after = standing(resident)["state"]
    own_wish = put(resident)

    day = (business_day() + NOT_ASKED_FOR).isoformat()
    assert (at_once.status_code, at_once.json["code"], day in at_once.json["title"]) == (409, "said_no", True)
    assert then_yes.json["code"] == "said_no", "a no on paper in between changes nothing"
    assert (also_no.status_code, after, own_wish.status_code) == (201, "refused", 201)


def test_after_thirty_days_a_paper_counts_and_he_is_told(
    resident: Client, worker: Client, session: Session
) -> None:
    put(resident, given=False)
    long_ago = now() - NOT_ASKED_FOR
    session.execute(update(Consent).values(decided_at=long_ago))
    session.commit()
    with set_to(now() - timedelta(days=1)):
        early = on_paper(worker, named("resident"))

    signed = on_paper(worker, named("resident"))

    assert (early.json["code"], signed.status_code) == ("said_no", 201)
    assert told(session, "resident") == [("consent_given", signed.json["id"])]


def test_a_guardians_withdrawal_is_not_undone_by_the_other_ones_paper(
    resident: Client, worker: Client, child: UUID, be: Callable[[str], Client]
) -> None:
    """S-91: also where he takes back what the other one agreed to."""
    given = put(be("neighbour"), MINORS.id, resident_id=str(child)).json["id"]
    assert resident.post(f"/v1/me/consents/{given}/withdraw").status_code == 200

    papers = [on_paper(worker, child, by=one, text=MINORS.id) for one in ("resident", "neighbour")]

    assert [(one.status_code, one.json["code"]) for one in papers] == [(409, "said_no")] * 2


def test_what_was_taken_back_on_paper_may_be_signed_again(resident: Client, worker: Client) -> None:
    """Who has no phone says both to staff; nobody was asked against his word."""
    given = put(resident).json["id"]
    assert worker.post(f"/v1/consents/{given}/withdraw").status_code == 200

    assert on_paper(worker, named("resident")).status_code == 201


@pytest.mark.parametrize("no", ["withdrawn", "refused"])
@pytest.mark.parametrize("ended", ["left", "moved_away"])
def test_a_no_outlasts_the_binding_of_who_said_it(
    resident: Client, worker: Client, be: Callable[[str], Client], no: str, ended: str
) -> None:
    """S-74: nobody undoes it by ending his binding first."""
    no_in_app(resident, no)
    binding = named("binding resident")
    if ended == "left":
        over = resident.post(f"/v1/me/bindings/{binding}/end", json={"reason": ended})
    else:
        over = be("admin").post(f"/v1/bindings/{binding}/end", json={"reason": ended, "note": "搬走了"})
    signed = on_paper(worker, named("resident"))

    assert over.status_code == 200, over.text
    assert (signed.status_code, signed.json.get("code")) == (409, "said_no")


@pytest.mark.parametrize("no", ["withdrawn", "refused"])
def test_a_no_of_who_was_not_he_stops_no_paper(
    resident: Client, worker: Client, be: Callable[[str], Client], no: str
) -> None:
    no_in_app(resident, no)
    path = f"/v1/bindings/{named('binding resident')}/end"
    assert be("admin").post(path, json={"reason": "mistake", "note": "不是本人"}).status_code == 200

    assert on_paper(worker, named("resident")).status_code == 201


@pytest.mark.parametrize("said", ["withdrawn", "refused", "given"])
def test_a_no_outlasts_the_account_and_a_closing_is_none(
    app: Flask, session: Session, resident: Client, worker: Client, said: str
) -> None:
    """S-74: who gives the app up may sign at once what he never said no to."""
    if said == "given":
        put(resident)
    else:
        no_in_app(resident, said)
    close(app, session, resident)
    with set_to(now() + TAKEN_BACK_WITHIN + timedelta(days=1)):
        signed = on_paper(worker, named("resident"))

    assert signed.json.get("code") == (None if said == "given" else "said_no")
    assert signed.status_code == (201 if said == "given" else 409)
