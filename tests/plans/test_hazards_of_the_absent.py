"""What would lie with whoever is away is told with his absence, and a failed recheck gives him nothing."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.clock import set_to
from app.hazards import tell_of_the_absent
from app.ids import new_id
from app.models import Department, HazardLevel, HazardStatus, Notice, NoticeKind
from tests.cast import HOME, person
from tests.client import Client
from tests.hazard_world import FIVE_FIXED, done, write_hazard, write_unit
from tests.plan_world import MORNING, START, away

WORKER, COLLEAGUE, ADMIN = (person(name).user_id for name in ("worker", "colleague", "admin"))


def test_what_would_wait_for_whoever_is_away_is_told_with_his_absence(
    session: Session, admin: Client
) -> None:
    """Once, to who gives it out again; not what has time until he is back, nor what is another's."""
    with set_to(MORNING):
        due = [MORNING + timedelta(days=days) for days in (-1, 3, 4)]
        rows = [write_hazard(session, HazardStatus.RECTIFYING, due_at=at) for at in due]
        write_hazard(session, HazardStatus.RECTIFYING, due_at=due[0], assignee_id=COLLEAGUE)
        write_hazard(session, HazardStatus.CLOSED, due_at=due[0], assignee_id=WORKER)
    absence_id = new_id()
    path = f"/v1/absences/{absence_id}"
    body = {"area_code": HOME, "worker_id": str(WORKER), "substitute_id": str(COLLEAGUE), "reason": "leave"}
    body |= {"from_on": START.isoformat(), "until_on": (START + timedelta(days=3)).isoformat()}
    with set_to(MORNING):
        answers = [admin.put(path, json=body).status_code for _ in range(2)]

    assert answers == [201, 200]
    [told] = session.query(Notice).filter_by(kind=NoticeKind.HAZARD_UNASSIGNED)
    lying = sorted(str(row.id) for row in rows[:2])
    assert (told.user_id, told.data) == (ADMIN, {"what": "away", "count": 2, "hazard_ids": lying})


def test_what_is_due_before_he_goes_is_not_told(session: Session, admin: Client) -> None:
    """An absence may be entered weeks ahead; he puts it right himself."""
    with set_to(MORNING):
        write_hazard(session, HazardStatus.RECTIFYING, due_at=MORNING + timedelta(days=2))
        during = write_hazard(session, HazardStatus.RECTIFYING, due_at=MORNING + timedelta(days=8))
    assert away(admin, 7, 9).status_code == 201

    [told] = session.query(Notice).filter_by(kind=NoticeKind.HAZARD_UNASSIGNED)
    assert told.data["hazard_ids"] == [str(during.id)]


@pytest.mark.parametrize(
    "due, controls, told",
    [(2, None, True), (5, 0, True), (5, 1, True), (5, None, False), (5, 4, False), (None, None, False)],
)
def test_what_lies_at_a_unit_of_which_all_are_away_is_told_with_the_last_absence(
    session: Session, admin: Client, *, due: int | None, controls: int | None, told: bool
) -> None:
    """On the day of its deadline, which of a major hazard is that of its controls, if they were not shown."""
    unit = write_unit(session, WORKER, COLLEAGUE, person("resident").user_id)
    until = MORNING + timedelta(days=due if due is not None else 2)
    with set_to(MORNING):
        hazard = write_hazard(
            session,
            HazardStatus.ASSIGNED,
            assignee_id=None,
            unit_id=unit.id,
            due_at=until,
            controls_due_at=None if controls is None else MORNING + timedelta(days=controls),
        )
    away(admin, 0, 3, substitute_id=str(ADMIN))
    before = session.query(Notice).filter_by(kind=NoticeKind.HAZARD_UNASSIGNED).count()
    if due is not None:
        away(admin, 0, 2, worker_id=str(COLLEAGUE), substitute_id=str(ADMIN))

    found = session.query(Notice).filter_by(kind=NoticeKind.HAZARD_UNASSIGNED).all()
    about = {"what": "away", "count": 1, "hazard_ids": [str(hazard.id)]}
    assert before == 0, "one of them was there"
    assert [(one.user_id, one.data) for one in found] == ([(ADMIN, about)] if told else [])


@pytest.mark.parametrize("whose", ["person", "unit"])
def test_what_is_over_is_told_on_his_first_morning_away(session: Session, admin: Client, whose: str) -> None:
    """Until then he is there, and puts it right himself; told once, with what he was given meanwhile."""
    unit = write_unit(session, WORKER)
    with set_to(MORNING):
        given = {"assignee_id": None, "unit_id": unit.id} if whose == "unit" else {}
        over = write_hazard(session, HazardStatus.ASSIGNED, due_at=MORNING - timedelta(days=9), **given)
    away(admin, 2, 3)
    entered = session.query(Notice).filter_by(kind=NoticeKind.HAZARD_UNASSIGNED).count()
    with set_to(MORNING + timedelta(days=1)):
        since = write_hazard(session, HazardStatus.ASSIGNED, due_at=MORNING + timedelta(days=3), **given)
    looks = [begun(session, days) for days in (1, 2, 2, 3)]

    [told] = session.query(Notice).filter_by(kind=NoticeKind.HAZARD_UNASSIGNED)
    lying = sorted([str(over.id), str(since.id)])
    assert (entered, looks) == (0, [0, 1, 0, 0])
    assert (told.user_id, told.data) == (ADMIN, {"what": "away", "count": 2, "hazard_ids": lying})


@pytest.mark.parametrize("first, ended, looks", [(0, False, [0]), (2, True, [0]), (2, False, [0, 1])])
def test_an_absence_that_began_when_entered_or_was_ended_is_not_told_again(
    session: Session, admin: Client, *, first: int, ended: bool, looks: list[int]
) -> None:
    with set_to(MORNING):
        write_hazard(session, HazardStatus.ASSIGNED, due_at=MORNING + timedelta(days=3))
    absence = away(admin, first, 3)
    if ended:
        with set_to(MORNING + timedelta(hours=1)):
            assert admin.post(f"/v1/absences/{absence.json['id']}/end").status_code == 200

    assert [begun(session, days) for days in range(1, 1 + len(looks))] == looks


def begun(session: Session, days: int) -> int:
    """Do what the job does on the morning some days after the start: give of how many absences it told."""
    done, code = 0, None
    with set_to(MORNING + timedelta(days=days)):
        while True:
            count, code = tell_of_the_absent(session, limit=200, after=code)
            session.commit()
            done += count
            if code is None:
                return done


def test_controls_that_were_not_shown_lie_with_whoever_is_away(session: Session, admin: Client) -> None:
    """Those that were do not."""
    with set_to(MORNING):
        major = {"due_at": MORNING + timedelta(days=9), "controls_due_at": MORNING + timedelta(hours=20)}
        lies = write_hazard(session, HazardStatus.ASSIGNED, **major)
        write_hazard(session, HazardStatus.ASSIGNED, **major, controls_reported_at=MORNING)
    away(admin, 0, 2)

    [told] = session.query(Notice).filter_by(kind=NoticeKind.HAZARD_UNASSIGNED)
    assert told.data["hazard_ids"] == [str(lies.id)]


@pytest.mark.parametrize("shown, until, status", [(False, 1, 409), (False, 0, 200), (True, 1, 200)])
def test_a_major_hazard_is_given_to_who_is_there_before_its_controls_are_due(
    session: Session, admin: Client, *, shown: bool, until: int, status: int
) -> None:
    """The 24 hours for them decide, long before the work is due."""
    away(admin, 0, until)
    with set_to(MORNING):
        times = {"controls_due_at": MORNING + timedelta(hours=24)}
        times |= {"controls_reported_at": MORNING} if shown else {}
        hazard = write_hazard(session, HazardStatus.ACCEPTED, level=HazardLevel.MAJOR, **times)
        body = {"assignee_id": str(WORKER), "controls": "拉警戒线"}
        body |= {"due_at": (MORNING + timedelta(days=9)).isoformat()}
        given = admin.step(f"/v1/hazards/{hazard.id}/assign", body)

    assert given.status_code == status, given.text
    assert status == 200 or given.json["code"] == "absent"


@pytest.mark.parametrize("whose", ["person", "unit"])
@pytest.mark.parametrize("days, back", [(3, True), (4, False)])
def test_a_failed_recheck_gives_nothing_to_who_is_away_until_its_new_deadline(
    session: Session, admin: Client, *, whose: str, days: int, back: bool
) -> None:
    """It waits to be given out anew, and who does that is told; the history has both."""
    unit = write_unit(session, WORKER)
    away(admin, 0, 3)
    with set_to(MORNING):
        known = {"unit_id": unit.id} if whose == "unit" else {}
        hazard = write_hazard(session, HazardStatus.RECTIFIED, five_fixed=FIVE_FIXED, **known)
        sent = {"passed": False, "note": "还在", "due_at": (MORNING + timedelta(days=days)).isoformat()}
        failed = done(admin.step(f"/v1/hazards/{hazard.id}/verify", sent))

    assert failed["status"] == ("accepted" if back else "assigned")
    assert (failed["assignee_id"], failed["unit_id"]) == (
        (None, None) if back else (None, str(unit.id)) if whose == "unit" else (str(WORKER), None)
    )
    steps = [event["step"] for event in failed["events"]]
    assert steps == (["recheck_fail", "unassign"] if back else ["recheck_fail"])
    told = session.query(Notice).filter(Notice.kind.in_([NoticeKind.HAZARD_UNASSIGNED]))
    about = {"what": "away", "count": 1, "hazard_ids": [str(hazard.id)]}
    assert [(one.user_id, one.data) for one in told] == ([(ADMIN, about)] if back else [])
    given = session.query(Notice).filter_by(kind=NoticeKind.HAZARD_ASSIGNED).all()
    assert [one.user_id for one in given] == ([] if back else [WORKER])


def test_a_failed_recheck_of_what_a_department_put_right_goes_back_to_it(
    session: Session, admin: Client
) -> None:
    """Whoever of the community is away: nobody of it has it."""
    away(admin, 0, 3)
    with set_to(MORNING):
        known = {"department": Department.POWER, "assignee_id": None, "rectified_by": WORKER}
        hazard = write_hazard(session, HazardStatus.RECTIFIED, **known)
        sent = {"passed": False, "note": "还在", "due_at": (MORNING + timedelta(days=1)).isoformat()}
        failed = done(admin.step(f"/v1/hazards/{hazard.id}/verify", sent))

    assert failed["status"] == "transferred"
