"""The seed's second looks: spot checks drawn by lot, photos that may be one, files that were taken out."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.cli.seed.history import History
from app.cli.seed.loading import tell_history
from app.cli.seed.second_looks import set_spot_checks
from app.cli.seed.site import SITES
from app.cli.seed.stage import Stage
from app.clock import start_of
from app.models import (
    ExportState,
    HazardExport,
    Inspection,
    MatchKind,
    MatchVerdict,
    NoticeSettings,
    Photo,
    PhotoLink,
    PhotoMatch,
    Quarantine,
    RosterExport,
    SpotCheck,
    SpotCheckStatus,
    SpotCheckWeek,
    Visit,
)
from app.sealing import Sealer
from tests.seed.conftest import DAY, Seeded

MONDAY, WEEK = DAY - timedelta(days=DAY.weekday()), timedelta(weeks=1)
pytestmark = pytest.mark.xdist_group("seed")


@pytest.fixture(scope="module")
def history() -> History:
    """Tell the same story, of which the last day is a Sunday."""
    told = tell_history(day=DAY, seed=1)
    told.hours = replace(told.hours, until=start_of(MONDAY))
    return told


def test_spot_checks_went_every_way_and_some_wait_at_each_site(session: Session) -> None:
    checks = session.scalars(select(SpotCheck)).all()
    waiting = [one for one in checks if one.status is SpotCheckStatus.DRAWN]

    assert {one.status for one in checks} == set(SpotCheckStatus)
    assert {one.area_code[:12] for one in waiting} == {site.code for site in SITES}
    assert len(waiting) < 20
    confirmed = [one for one in checks if one.status is SpotCheckStatus.CONFIRMED]
    assert 0.6 * len(checks) < len(confirmed), "most records are as they were written"


@pytest.mark.parametrize("outside", [Inspection, Visit])
def test_spot_checks_went_every_way_whatever_the_lot_fell_on(
    session: Session, seeded: Seeded, history: History, outside: type[Inspection | Visit]
) -> None:
    """Told on a Monday, and with nothing of one kind in the urn."""
    with Session(session.get_bind()) as other:
        for table in (SpotCheck, SpotCheckWeek):
            other.execute(delete(table))
        other.execute(update(outside).values(received_at=start_of(history.first)))
        stage = Stage(history)
        set_spot_checks(stage, Sealer.of(seeded.settings))
        stage.play(other)
        ways = other.execute(select(SpotCheck.record_kind, SpotCheck.status)).all()
        drawn = other.scalars(select(SpotCheckWeek.week_on).where(SpotCheckWeek.drawn_at.is_not(None))).all()
        other.rollback()

    assert len({kind for kind, _ in ways}) == 1
    assert {status for _, status in ways} == set(SpotCheckStatus)
    assert Counter(drawn)[MONDAY - WEEK] == len(SITES), "the week before is drawn already"


def test_the_weeks_that_are_over_were_drawn_and_the_next_are_committed_to(session: Session) -> None:
    weeks = session.scalars(select(SpotCheckWeek)).all()

    assert len(weeks) > 12
    assert all((one.drawn_at is None) == (one.seed_sealed is not None) for one in weeks)
    assert max(one.week_on for one in weeks) >= DAY


def test_two_pairs_of_photos_may_be_one_and_no_drawn_picture_is_taken_for_another(session: Session) -> None:
    found = session.scalars(select(PhotoMatch)).all()

    assert Counter((one.kind, one.verdict) for one in found) == {
        (MatchKind.EXACT, MatchVerdict.REUSE): 1,
        (MatchKind.LIKELY, None): 1,
    }
    assert all(one.found_at < start_of(DAY) for one in found)


def test_no_photo_waits_to_be_compared_and_one_is_held_back(session: Session) -> None:
    pending = select(func.count()).where(Photo.compared_at.is_(None), Photo.quarantine.is_(None))
    (held,) = session.scalars(select(Photo).where(Photo.quarantine.is_not(None)))

    assert session.scalars(pending).one() == 0
    assert (held.quarantine, bool(held.virus)) == (Quarantine.VIRUS, True)
    assert session.scalars(select(PhotoLink).where(PhotoLink.photo_id == held.id)).one()


def test_files_were_made_for_a_purpose_and_none_is_left(session: Session) -> None:
    ledgers = session.scalars(select(HazardExport)).all()
    (roster,) = session.scalars(select(RosterExport))

    assert {one.state for one in ledgers} == {ExportState.FETCHED, ExportState.OVER}
    assert roster.state is ExportState.FETCHED
    assert roster.purpose
    assert roster.row_count == 66
    assert all(one.purpose and one.row_count and one.ended_at for one in ledgers)
    assert roster.ended_at is not None


def test_some_chose_when_their_phone_is_silent(session: Session) -> None:
    chosen = session.scalars(select(NoticeSettings)).all()

    assert {one.quiet_from is None for one in chosen} == {True, False}
    assert all(one.off for one in chosen)
