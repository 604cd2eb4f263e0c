"""How a message writes what it tells."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.clock import end_of
from app.messages.wording import Facts, facts_of, facts_of_all, values_of
from app.models import HazardStatus, NoticeKind
from tests.cast import person
from tests.counting import statements
from tests.hazard_world import write_hazard, write_unit
from tests.notices.world import notice

DAY = date(2026, 12, 9)


def test_what_is_due_at_the_end_of_a_day_reads_as_that_day() -> None:
    """WeChat's clock has no hour 24: its last minute is written, and other moments as they are."""
    told = notice("worker", NoticeKind.HAZARD_ASSIGNED)
    ends, noon = end_of(DAY), end_of(DAY) - timedelta(hours=12)

    written = [
        values_of(Session(), told, [Facts("1", {name: at})])[name]
        for name, at in (("due", ends), ("due", noon), ("at", ends))
    ]

    assert written == ["2026年12月9日 23:59", "2026年12月9日 12:00", "2026年12月10日 00:00"]


def test_a_notice_of_several_new_hazards_is_told_while_one_of_them_waits(session: Session) -> None:
    """It names the community, for they may lie anywhere; what is accepted by now needs nobody any more."""
    hazards = [write_hazard(session, status) for status in (HazardStatus.REPORTED, HazardStatus.ACCEPTED)]
    ids = [str(hazard.id) for hazard in hazards]
    told = notice("admin", NoticeKind.HAZARD_MATTER, step="report", count=2, hazard_ids=ids)

    before = facts_of(session, told)
    hazards[0].status = HazardStatus.REJECTED
    session.commit()

    assert before is not None
    assert (before.values["matter"], before.values["where"]) == ("有新报的隐患，请受理", "家园社区")
    assert facts_of(session, told) is None


def test_what_a_unit_has_is_told_its_members_by_as_many_statements_for_two_as_for_six(
    session: Session, connection: Connection
) -> None:
    """Whoever is of another unit is told nothing of it."""
    counts = []
    for number in (2, 6):
        told = []
        for _ in range(number // 2):
            unit = write_unit(session, person("worker").user_id)
            hazard = write_hazard(session, HazardStatus.ASSIGNED, assignee_id=None, unit_id=unit.id)
            to: dict[str, Any] = {"hazard_id": str(hazard.id)}
            told += [notice(name, NoticeKind.HAZARD_ASSIGNED, **to) for name in ("worker", "colleague")]
        session.expunge_all()
        with statements(connection) as sent:
            facts = facts_of_all(session, told)
        assert [one is not None for one in facts] == [True, False] * (number // 2)
        counts.append(len(sent))

    assert counts[0] == counts[1]
