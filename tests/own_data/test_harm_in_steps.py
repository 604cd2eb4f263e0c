"""Words of harm that came by a step, when the record was there already: they are in no copy of the home."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import ClaimEvent, ClaimStep, HarmCase, Hazard, HazardEvent, PhotoOwner, Resident
from tests.cast import named, person
from tests.child_world import write_guardian
from tests.client import Client
from tests.own_data.deleting import counts
from tests.own_data.life import Life
from tests.own_data.test_harm_kept import write_case
from tests.own_data_world import copy_of, photos_of
from tests.points_world import Be, claimed, move_in, write_rule

TOLD = "扫完雪不敢回家，爸爸又打孩子"


def be_a_minor(session: Session) -> Resident:
    """Let the resident be fifteen, and the neighbour the guardian."""
    row = session.get_one(Resident, named("resident"))
    row.birth_date = now().date() - timedelta(days=365 * 15 + 10)
    session.commit()
    write_guardian(session, row.id, of="neighbour")
    return row


def sent_again(session: Session, be: Be, who: str, by: str) -> UUID:
    """Let somebody claim for the resident, and another or the same send it again with words of harm."""
    path = claimed(be(who), write_rule(session), text="扫雪", photo_ids=[str(new_id())])
    assert be("admin").step(f"{path}/return", {"reason": "写清楚"}).status_code == 200
    again = be(by).step(f"{path}/resubmit", {"text": TOLD, "photo_ids": []})
    assert (again.status_code, again.json["text"]) == (200, TOLD)
    case = session.scalars(select(HarmCase)).one()
    told = session.get_one(ClaimEvent, case.told_id)
    assert (told.step, told.claim_id) == (ClaimStep.RESUBMIT, case.claim_id), (
        "a step told, in the claim it stands"
    )
    return told.claim_id


def test_a_minors_claim_that_was_sent_again_is_not_in_the_copy(app: Flask, session: Session, be: Be) -> None:
    """S-98: neither text, nor steps, nor photos, nor that he sent it and was told of it; so the count."""
    row = be_a_minor(session)
    neighbour = Client(app, person("neighbour"))
    before = counts(neighbour, row.id).keys()

    claim_id = sent_again(session, be, "resident", "resident")
    got = copy_of(app, session, neighbour, resident_id=str(row.id))

    assert {one["id"] for one in got.rows("residents")} == {str(row.id)}
    assert TOLD not in got.everything
    assert str(claim_id) not in got.everything
    assert counts(neighbour, row.id).keys() - before == {"copies_of_me"}


@pytest.mark.parametrize(
    "who, by, shown",
    [("worker", "worker", False), ("worker", "resident", True), ("resident", "clerk", False)],
    ids=["by staff", "by himself", "by somebody at home"],
)
def test_a_grown_ups_copy_has_words_of_his_own_only(
    app: Flask, session: Session, be: Be, who: str, by: str, *, shown: bool
) -> None:
    """S-98: what another wrote into his claim may be of him; what he wrote himself lacks nowhere."""
    move_in(session, "clerk")
    claim_id = sent_again(session, be, who, by)

    got = copy_of(app, session, be("resident"))

    assert (TOLD in got.everything) == shown
    assert (str(claim_id) in {one["id"] for one in got.rows("claims")}) == shown


def test_a_minors_photo_of_a_step_is_not_in_the_copy(app: Flask, session: Session) -> None:
    """S-98: it is named by a step of a hazard only, and another step told."""
    life = Life(session).write(photos_of(app))
    row = be_a_minor(session)
    his, other = session.scalars(
        select(HazardEvent).where(HazardEvent.hazard_id == life["hazard"]).order_by(HazardEvent.number)
    )
    photo = Life(session).picture(photos_of(app), "resident", his.id, PhotoOwner.HAZARD_EVENT)
    session.commit()
    neighbour = Client(app, person("neighbour"))
    before = counts(neighbour, row.id)
    write_case(session, other.id, hazard_id=life["hazard"])

    got = copy_of(app, session, neighbour, resident_id=str(row.id))
    left = counts(neighbour, row.id)

    assert str(photo) not in got.everything
    assert session.get_one(Hazard, life["hazard"]).text not in got.everything
    assert {kind: before[kind] - left.get(kind, 0) for kind in ("hazards", "hazard_events", "photos")} == {
        "hazards": 1,
        "hazard_events": 2,
        "photos": 2,
    }
