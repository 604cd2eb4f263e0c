"""A hazard that an inspection found has the inspection's words: what protects the one protects the other."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import retention
from app.clock import now, set_to
from app.config import RetentionSettings
from app.models import HarmCase, Hazard, HazardEvent, HazardStatus, Photo, PhotoOwner, User
from app.own_data.scrubbing import scrub
from tests.cast import person
from tests.client import Client
from tests.hazard_world import HERE, file, inspection_body, problem, write_checklist
from tests.matrix.stage import Stage
from tests.own_data.closing import PHONE
from tests.own_data_world import copy_of
from tests.points_world import Be
from tests.sealer import SEALER

TOLD = f"楼道堆物，听见屋里爸爸打孩子，请打 {PHONE}"


def found(session: Session, client: Client, *notes: str) -> list[Hazard]:
    """Let inspections with these notes be filed one after another; give what hazards there are then."""
    checklist = write_checklist(session)
    for note in notes:
        made = file(client, inspection_body(checklist, _1=problem(note), position=HERE))
        assert made.status_code == 201, made.text
    return list(session.scalars(select(Hazard)))


@pytest.mark.parametrize("notes", [(TOLD,), ("堆了纸箱", TOLD)], ids=["raised", "joined"])
def test_a_hazard_with_the_words_of_an_inspection_is_kept_with_them(
    session: Session, worker: Client, notes: tuple[str, ...]
) -> None:
    """S-81, S-98: text, position, photos of hazard and steps; the case names the inspection."""
    (hazard,) = found(session, worker, *notes)
    assert session.scalars(select(HarmCase.hazard_id)).all() == [None]
    stage, step = Stage(session), session.scalars(select(HazardEvent).order_by(HazardEvent.number)).all()[-1]
    photos = [
        stage.photo(hazard.id, PhotoOwner.HAZARD),
        stage.photo(step.id, PhotoOwner.HAZARD_EVENT),
    ]
    hazard.status = HazardStatus.CLOSED
    session.commit()
    before = hazard.text, hazard.lng
    with set_to(now() + timedelta(days=365 * 5)):
        for rule in retention.rules(RetentionSettings()):
            if rule.name.startswith(("positions of hazards", "photos of ")):
                retention.apply(session, rule, limit=100)
    scrub(session, SEALER, session.get_one(User, person("worker").user_id), None, frozenset({PHONE}))
    session.commit()
    session.expire_all()

    assert (hazard.text, hazard.lng) == before
    assert before[1] is not None
    assert set(session.scalars(select(Photo.id))) == set(photos)


def test_other_hazards_are_not_kept_by_it(session: Session, worker: Client) -> None:
    """S-81: what no inspection with such words found goes as ever."""
    found(session, worker, TOLD)
    other = session.get_one(Hazard, Stage(session).hazard(HazardStatus.CLOSED, **HERE))
    session.commit()
    with set_to(now() + timedelta(days=91)):
        (rule,) = (one for one in retention.rules(RetentionSettings()) if one.name == "positions of hazards")
        assert retention.apply(session, rule, limit=100) == 1
    session.commit()
    session.refresh(other)

    assert other.lng is None


@pytest.mark.parametrize("by, shown", [("colleague", False), ("worker", True)])
def test_what_a_colleague_found_is_not_in_the_copy_of_who_found_it_first(
    app: Flask, session: Session, be: Be, by: str, *, shown: bool
) -> None:
    """S-98: the step by which the second inspection joined has its words; his own he gets."""
    checklist = write_checklist(session)
    for who, note in (("worker", "堆了纸箱"), (by, TOLD)):
        made = file(be(who), inspection_body(checklist, _1=problem(note)))
        assert made.status_code == 201, made.text

    got = copy_of(app, session, be("worker"))

    assert len(got.rows("hazards")) == 1
    assert (TOLD in str(got.rows("hazard_events"))) == shown
    assert (TOLD in got.page) == shown
