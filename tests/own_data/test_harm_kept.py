"""Records that tell of harm to a child: no wish, closing or rule takes them, and no copy gives them away."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import retention
from app.clock import now, set_to
from app.config import RetentionSettings
from app.ids import new_id
from app.models import (
    FROZEN_TOO,
    CareRecord,
    Claim,
    ClaimStatus,
    Correction,
    HarmCase,
    Hazard,
    HazardEvent,
    HazardStatus,
    Photo,
    PhotoOwner,
    Resident,
    Visit,
)
from app.own_data import opened_correction
from app.visits import note_of
from tests.care_world import NOON, file_visit, write_care, write_form
from tests.cast import named, person
from tests.child_world import write_guardian
from tests.client import Client
from tests.own_data.closing import close, in_his_own_words
from tests.own_data.correcting import ask as ask_correction
from tests.own_data.deleting import ask, counts, decide, photo_of
from tests.own_data.life import Life
from tests.own_data_world import copy_of, photos_of
from tests.sealer import SEALER

TOLD = f"邻居打孩子，{in_his_own_words()}"


def write_case(session: Session, told_id: UUID, **record: UUID) -> None:
    """Write that a case was opened by something."""
    session.add(
        HarmCase(
            id=new_id(),
            area_code="421224100001001",
            told_id=told_id,
            signals=["words"],
            opened_at=now(),
            **record,
        )
    )
    session.commit()


@pytest.fixture
def neighbour(app: Flask) -> Client:
    return Client(app, person("neighbour"))


@pytest.fixture
def life(app: Flask, session: Session) -> dict[str, Any]:
    """Write a life whose report and claim tell of a child in the house next door."""
    written: dict[str, Any] = Life(session).write(photos_of(app))
    hazard, claim = session.get_one(Hazard, written["hazard"]), session.get_one(Claim, written["claim"])
    hazard.text = claim.text = TOLD
    hazard.status, claim.status = HazardStatus.CLOSED, ClaimStatus.REJECTED
    session.commit()
    write_case(session, hazard.id, hazard_id=hazard.id)
    write_case(session, claim.id, claim_id=claim.id)
    return written


def test_closing_an_account_leaves_them_as_they_were_written(
    app: Flask, session: Session, resident: Client, life: dict[str, Any]
) -> None:
    """S-98: not scrubbed, not emptied, not out of the admins' sight; the photos stay."""
    asked = ask_correction(resident, "name", "王桂蓝", said=TOLD).json["id"]

    close(app, session, resident)

    assert session.get_one(Hazard, life["hazard"]).text == TOLD
    assert session.get_one(Claim, life["claim"]).text == TOLD
    assert session.get_one(Hazard, life["hazard"]).frozen_by is None
    correction = session.get_one(Correction, UUID(asked))
    assert (correction.state, correction.frozen_by) == ("withdrawn", None)
    assert opened_correction(SEALER, correction).said == TOLD
    assert session.get(Photo, life["claim_photo"]) is not None


def test_no_rule_takes_a_correction_of_a_case(app: Flask, session: Session, resident: Client) -> None:
    """S-98: though it was frozen before, and its time is over."""
    told, other = (
        ask_correction(resident, field, value, said="看错了").json["id"] for field, value in FIELDS
    )
    closing = close(app, session, resident)
    write_case(session, UUID(told), correction_id=UUID(told))

    with set_to(now() + timedelta(days=366 * 4)):
        for rule in retention.rules(RetentionSettings()):
            if rule.name == "frozen corrections":
                retention.apply(session, rule, limit=100)
    left = session.scalars(
        select(Correction.id).where(Correction.frozen_by == closing), execution_options={FROZEN_TOO: True}
    ).all()

    assert left == [UUID(told)]
    assert other != told


FIELDS = (("name", "王桂蓝"), ("sex", "male"))


def test_a_grown_up_gets_what_he_wrote_and_not_what_others_wrote_of_it(
    app: Flask, session: Session, resident: Client, life: dict[str, Any]
) -> None:
    """S-98: of his own words none lacks, which would tell of the case; a worker's note is not his."""
    steps = session.scalars(select(HazardEvent).where(HazardEvent.hazard_id == life["hazard"])).all()
    his, others = sorted(steps, key=lambda step: step.actor_id != person("resident").user_id)
    for step in steps:
        write_case(session, step.id, hazard_id=life["hazard"])

    got = copy_of(app, session, resident)

    assert TOLD in {row["text"] for row in got.rows("hazards")} & {row["text"] for row in got.rows("claims")}
    assert [row["id"] for row in got.rows("hazard_events")] == [str(his.id)]
    assert got.page.count("看一下") == 1
    assert others.actor_id == person("admin").user_id


def test_what_staff_claimed_for_him_and_told_of_harm_is_not_in_his_copy(
    app: Flask, session: Session, resident: Client, life: dict[str, Any]
) -> None:
    """S-98: whoever it is about may be he."""
    before = counts(resident)["claims"]
    session.get_one(Claim, life["claim"]).submitted_by = person("worker").user_id
    session.commit()

    got = copy_of(app, session, resident)

    assert life["claim"] not in {UUID(row["id"]) for row in got.rows("claims")}
    assert "<h3>积分申报 " not in got.page
    assert (before, counts(resident).get("claims", 0)) == (1, 0)


def test_a_minors_copy_holds_nothing_of_it(
    app: Flask, session: Session, neighbour: Client, life: dict[str, Any]
) -> None:
    """S-98: a guardian who asks for it may be whom the child wrote of: not its own words either."""
    row = session.get_one(Resident, named("resident"))
    row.birth_date = now().date() - timedelta(days=365 * 15 + 10)
    session.commit()
    write_guardian(session, row.id, of="neighbour")

    got = copy_of(app, session, neighbour, resident_id=str(row.id))

    assert {row["id"] for row in got.rows("residents")} == {str(row.id)}
    assert TOLD not in got.everything
    assert [title for title in ("我上报的隐患", "积分申报") if f"<h3>{title} " in got.page] == []
    assert not {str(life["hazard"]), str(life["claim"])} & {
        one["record_id"] for one in got.rows("photo_links")
    }
    assert str(life["hazard_photo"]) not in {one["id"] for one in got.rows("photos")}
    assert {"hazards", "claims"}.isdisjoint(counts(neighbour, row.id))


def test_notes_and_photos_of_a_visit_that_told_of_a_child_stay(
    session: Session, resident: Client, worker: Client, admin: Client
) -> None:
    """S-98: a grown-up who was visited has the rest deleted, and no figure counts the photo."""
    care, form = write_care(session), write_form(session)
    with set_to(NOON):
        told, other = (
            UUID(file_visit(worker, care, form, note=note).json["id"])
            for note in ("老人说隔壁打孩子", "腿脚不便")
        )
    kept, gone = (photo_of(session, (one, PhotoOwner.VISIT)) for one in (told, other))
    session.get_one(CareRecord, care).ended_on = NOON.date()
    session.commit()

    notes, photos = decide(admin, ask(resident, "notes")), decide(admin, ask(resident, "photos"))

    assert (notes.json["deleted"], notes.json["kept"]) == (1, 1), notes.text
    assert (photos.json["deleted"], photos.json["kept"]) == (1, 0), photos.text
    session.expire_all()
    assert note_of(SEALER, session.get_one(Visit, told)) == "老人说隔壁打孩子"
    assert note_of(SEALER, session.get_one(Visit, other)) == ""
    assert (session.get(Photo, kept) is None, session.get(Photo, gone) is None) == (False, True)


def test_what_was_wanted_stays_when_it_is_taken_back(session: Session, resident: Client) -> None:
    """S-98: also long after; of anything else it goes at once."""
    told, other = (
        ask_correction(resident, field, value, said="").json["id"]
        for field, value in (("other", "我孙女在家挨打，请来看看"), ("name", "王桂蓝"))
    )
    for one in (told, other):
        assert resident.post(f"/v1/me/corrections/{one}/withdraw").status_code == 200
    with set_to(now() + timedelta(days=365)):
        for rule in retention.rules(RetentionSettings()):
            if rule.name == "corrections":
                retention.apply(session, rule, limit=100)
    session.commit()
    session.expire_all()

    left = {
        one: opened_correction(SEALER, session.get_one(Correction, UUID(one))).value for one in (told, other)
    }
    assert left == {told: "我孙女在家挨打，请来看看", other: None}


def test_a_minors_copy_has_no_claim_that_was_sent_again_with_it(
    app: Flask, session: Session, neighbour: Client
) -> None:
    """S-98: the case names the claim, and the step as what told of it; text and photo are in no copy."""
    life = Life(session).write(photos_of(app))
    claim = session.get_one(Claim, life["claim"])
    claim.text = TOLD
    row = session.get_one(Resident, named("resident"))
    row.birth_date = now().date() - timedelta(days=365 * 15 + 10)
    session.commit()
    write_case(session, new_id(), claim_id=claim.id)
    write_guardian(session, row.id, of="neighbour")

    got = copy_of(app, session, neighbour, resident_id=str(row.id))

    assert str(claim.id) not in str([got.rows(kind) for kind in ("claims", "photo_links")])
    assert TOLD not in got.everything
    assert str(life["claim_photo"]) not in {one["id"] for one in got.rows("photos")}
