"""Photos stay while a record that names them runs, and three years after; then nothing of them is left."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import set_to
from app.ids import new_id
from app.models import (
    AnswerResult,
    ClaimEvent,
    ClaimStatus,
    ClaimStep,
    FollowUp,
    HarmCase,
    HazardEvent,
    HazardStatus,
    HazardStep,
    InspectionAnswer,
    Photo,
    PhotoLink,
    PhotoOwner,
    SpotCheckStatus,
)
from tests.cast import GRID, person
from tests.matrix.stage import Stage
from tests.test_retention_categories import applied

FINISHED, UNNAMED = "photos of finished records", "photos that no record names"
AT = datetime(2027, 1, 10, 4, 0, tzinfo=UTC)
"""When everything was reported, and what ended soon, ended."""
THREE_YEARS = AT.replace(year=2030)
DAY = timedelta(days=1)
Record = tuple[UUID, PhotoOwner]


def _event(session: Session, hazard_id: UUID, at: datetime, number: int = 1) -> UUID:
    row = HazardEvent(
        id=new_id(),
        area_code=GRID,
        hazard_id=hazard_id,
        number=number,
        step=HazardStep.CLOSE,
        status_after=HazardStatus.CLOSED,
        at=at,
        content_hash=b"",
    )
    session.add(row)
    session.flush()
    return row.id


def open_hazard(session: Session) -> Record:
    stage = Stage(session)
    return stage.hazard(HazardStatus.ASSIGNED, assignee_id=stage.user("worker")), PhotoOwner.HAZARD


def closed_hazard(session: Session, at: datetime = AT) -> Record:
    hazard_id = Stage(session).hazard(HazardStatus.CLOSED)
    _event(session, hazard_id, at)
    return hazard_id, PhotoOwner.HAZARD


def hazard_closed_later(session: Session) -> Record:
    return closed_hazard(session, AT + 400 * DAY)


def merged_hazard(session: Session, *, by_way_of_another: bool = False) -> Record:
    """Write a report that was merged into an open hazard."""
    into, stage = open_hazard(session)[0], Stage(session)
    if by_way_of_another:
        into = stage.hazard(HazardStatus.DUPLICATE, duplicate_of_id=into)
    hazard_id = stage.hazard(HazardStatus.DUPLICATE, duplicate_of_id=into)
    _event(session, hazard_id, AT)
    return hazard_id, PhotoOwner.HAZARD


def hazard_merged_twice(session: Session) -> Record:
    return merged_hazard(session, by_way_of_another=True)


def step_of_open_hazard(session: Session) -> Record:
    return _event(session, open_hazard(session)[0], AT), PhotoOwner.HAZARD_EVENT


def step_of_closed_hazard(session: Session) -> Record:
    hazard_id = Stage(session).hazard(HazardStatus.CLOSED)
    return _event(session, hazard_id, AT), PhotoOwner.HAZARD_EVENT


def inspection(session: Session) -> Record:
    return Stage(session).inspection(), PhotoOwner.INSPECTION


def inspection_of_open_hazard(session: Session) -> Record:
    stage = Stage(session)
    inspection_id, (_, item_id) = stage.inspection(), stage.checklist()
    session.add(
        InspectionAnswer(
            inspection_id=inspection_id,
            item_id=item_id,
            position=0,
            result=AnswerResult.PROBLEM,
            hazard_id=open_hazard(session)[0],
            photo_ids=[],
        )
    )
    return inspection_id, PhotoOwner.INSPECTION


def _claim(session: Session, status: ClaimStatus) -> Record:
    claim_id = Stage(session).claim(status)
    session.add(
        ClaimEvent(
            id=new_id(),
            area_code=GRID,
            claim_id=claim_id,
            number=1,
            step=ClaimStep.SUBMIT,
            points=2,
            status_after=status,
            at=AT,
            content_hash=b"",
        )
    )
    return claim_id, PhotoOwner.CLAIM


def posted_claim(session: Session) -> Record:
    return _claim(session, ClaimStatus.POSTED)


def returned_claim(session: Session) -> Record:
    return _claim(session, ClaimStatus.RETURNED)


def waiting_visit(session: Session) -> Record:
    return Stage(session).visit()[0], PhotoOwner.VISIT


def finished_visit(session: Session) -> Record:
    visit_id, follow_up_id = Stage(session).visit()
    row = session.get_one(FollowUp, follow_up_id)
    row.done_at, row.done_by = AT, person("worker").user_id
    return visit_id, PhotoOwner.VISIT


def settled_spot_check(session: Session) -> Record:
    return Stage(session).spot_check(SpotCheckStatus.NOT_CONFIRMED), PhotoOwner.SPOT_CHECK


def appealed_spot_check(session: Session) -> Record:
    return Stage(session).spot_check(SpotCheckStatus.APPEALED), PhotoOwner.SPOT_CHECK


def visit_that_told_of_harm(session: Session) -> Record:
    visit_id, owner = finished_visit(session)
    _closed_case(session, visit_id, visit_id=visit_id)
    return visit_id, owner


def hazard_that_told_of_harm(session: Session) -> Record:
    hazard_id, owner = closed_hazard(session)
    _closed_case(session, hazard_id, hazard_id=hazard_id)
    return hazard_id, owner


def step_of_a_hazard_that_told_of_harm(session: Session) -> Record:
    hazard_id, _ = hazard_that_told_of_harm(session)
    return _event(session, hazard_id, AT, number=2), PhotoOwner.HAZARD_EVENT


def claim_that_told_of_harm(session: Session) -> Record:
    claim_id, owner = posted_claim(session)
    _closed_case(session, claim_id, claim_id=claim_id)
    return claim_id, owner


def _closed_case(session: Session, told_id: UUID, **record: UUID) -> None:
    session.add(
        HarmCase(
            id=new_id(),
            area_code=GRID,
            told_id=told_id,
            signals=["words"],
            opened_at=AT,
            closed_at=AT,
            closed_by=person("admin").user_id,
            **record,
        )
    )
    session.flush()


Write = Callable[[Session], Record]


def photo_of(session: Session, write: Write) -> UUID:
    """Write a record and the photo that it names, at ``AT``."""
    with set_to(AT):
        photo_id = Stage(session).photo(*write(session))
    session.commit()
    return photo_id


def left(session: Session, photo_id: UUID) -> tuple[bool, bool]:
    """Say whether the photo's row and the links to it are there."""
    links = session.scalars(select(PhotoLink.record_id).where(PhotoLink.photo_id == photo_id)).all()
    return session.get(Photo, photo_id) is not None, bool(links)


@pytest.mark.parametrize(
    "write",
    [closed_hazard, step_of_closed_hazard, inspection, posted_claim, finished_visit, settled_spot_check],
)
def test_the_photos_of_a_finished_record_go_after_three_years(session: Session, write: Write) -> None:
    """S-81: not a day before; with them go the links, so that nobody waits for them."""
    photo_id = photo_of(session, write)
    with set_to(THREE_YEARS - DAY):
        assert applied(session, FINISHED) == 0
    assert left(session, photo_id) == (True, True)
    with set_to(THREE_YEARS + DAY):
        assert applied(session, FINISHED) == 1
    assert left(session, photo_id) == (False, False)


@pytest.mark.parametrize(
    "write",
    [
        open_hazard,
        hazard_closed_later,
        merged_hazard,
        hazard_merged_twice,
        step_of_open_hazard,
        inspection_of_open_hazard,
        returned_claim,
        waiting_visit,
        appealed_spot_check,
        visit_that_told_of_harm,
        hazard_that_told_of_harm,
        step_of_a_hazard_that_told_of_harm,
        claim_that_told_of_harm,
    ],
)
def test_the_photos_of_a_running_record_stay(session: Session, write: Write) -> None:
    """S-81: what a running case needs is kept, however old; and what tells of harm."""
    photo_id = photo_of(session, write)
    with set_to(THREE_YEARS + DAY):
        assert [applied(session, FINISHED), applied(session, UNNAMED)] == [0, 0]
    assert left(session, photo_id) == (True, True)


def test_one_running_record_is_enough(session: Session) -> None:
    """S-81: a photo that a finished and a running record name stays."""
    photo_id = photo_of(session, closed_hazard)
    session.add(
        PhotoLink(
            record_id=open_hazard(session)[0],
            photo_id=photo_id,
            record_kind=PhotoOwner.HAZARD,
            area_code=GRID,
            position=0,
            named_by=person("worker").user_id,
        )
    )
    session.commit()
    with set_to(THREE_YEARS + DAY):
        assert applied(session, FINISHED) == 0


def test_a_photo_that_nobody_names_goes_after_ninety_days(session: Session) -> None:
    """S-81: till then the record may still come."""
    photo_id = photo_of(session, closed_hazard)
    session.delete(session.scalars(select(PhotoLink).where(PhotoLink.photo_id == photo_id)).one())
    session.commit()
    with set_to(AT + 89 * DAY):
        assert applied(session, UNNAMED) == 0
    with set_to(AT + 91 * DAY):
        assert applied(session, UNNAMED) == 1
    assert left(session, photo_id) == (False, False)
