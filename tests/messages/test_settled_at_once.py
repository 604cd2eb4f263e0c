"""Whether notices are settled is asked of all at once, however many are told together."""

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.messages.wording import facts_of_all
from app.models import Notice, NoticeKind
from tests.counting import statements
from tests.messages.test_settled import All, Rows, appealed, approval, occurrence, plan
from tests.notices.world import notice


def told(session: Session, number: int) -> list[Notice]:
    """Write so many notices of each of some kinds, whose rows nobody holds."""
    found = []
    for _ in range(number):
        for kind, code, rows in written(All(session)):
            about = {of: row.id for of, row in rows.items()} | ({"what": code} if code else {})
            found.append(notice("worker", kind, **about))
    session.commit()
    session.expunge_all()
    return found


def written(stage: All) -> list[tuple[NoticeKind, str, Rows]]:
    return [
        (NoticeKind.OCCURRENCES, "reassigned", occurrence(stage)),
        (NoticeKind.OCCURRENCES, "places_left_out", plan(stage)),
        (NoticeKind.APPROVAL, "asked", approval(stage)),
        (NoticeKind.SPOT_CHECK, "appealed", appealed(stage)),
    ]


def test_as_many_statements_tell_of_one_of_each_kind_as_of_five(
    session: Session, connection: Connection
) -> None:
    counts, whole = [], []
    for number in (1, 5):
        notices = told(session, number)
        with statements(connection) as sent:
            facts = facts_of_all(session, notices)
        counts.append(len(sent))
        whole.append([one is not None for one in facts])

    assert whole == [[True] * 4, [True] * 20], "none is settled, so each rule was asked"
    assert counts[0] == counts[1]
