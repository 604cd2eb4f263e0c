"""That two rows were one person is undone: what went goes back, and nothing else."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now, set_to
from app.ids import new_id
from app.models import (
    Binding,
    BindingEnd,
    BindingWay,
    CareRecord,
    ClaimStatus,
    Employment,
    Relation,
    RosterChange,
    User,
    ViewingTicket,
)
from app.moves.carrying import keys
from app.people import Numbers, numbers_of
from tests.care_world import write_care, write_resident
from tests.cast import LONG_AGO, named, person
from tests.child_world import write_child, write_consent, write_guardian, write_ticket
from tests.client import Answer, Client
from tests.matrix.stage import Stage
from tests.moves_world import HERE, KIN, leave, move, refused, row
from tests.own_data.correcting import ID_NUMBER, NEW_PHONE, PHONE, give_numbers
from tests.sealer import SEALER
from tests.test_retention_categories import applied
from tests.twins_world import make_one, write_twin
from tests.work_world import write_work


def undo(client: Client, change: Answer, step_id: UUID | None = None) -> Answer:
    """Make two again of what a change made one."""
    return client.step(f"/v1/roster-changes/{change.json['id']}/undo", {}, step_id or new_id())


def in_the_way(client: Client, change: Answer) -> list[str]:
    """Give what stands in the way of undoing a change."""
    answer = client.get(f"/v1/roster-changes/{change.json['id']}/undo")
    assert answer.status_code == 200, answer.json
    return [one["code"] for one in answer.json["obstacles"]]


def held(session: Session, resident_id: UUID) -> dict[Any, set[UUID]]:
    """Give the rows that name somebody, by key."""
    session.expire_all()
    asked = {key: select(key.table.c.id).where(key == resident_id) for key in keys()}
    return {key: found for key, query in asked.items() if (found := set(session.scalars(query)))}


def test_exactly_what_went_goes_back(admin: Client, session: Session) -> None:
    stage = Stage(session)
    stage.visit()
    stage.escape_help()
    stage.claim(ClaimStatus.SUBMITTED)
    stage.proxy()
    write_consent(session, KIN)
    write_guardian(session, write_child(session))
    twin = write_twin(session)
    write_work(session, twin, date(2026, 10, 1))
    write_work(session, KIN, date(2026, 10, 1))
    session.commit()
    before, of_twin = held(session, KIN), held(session, twin)
    done = make_one(admin, twin, KIN)
    assert in_the_way(admin, done) == []

    answer = undo(admin, done)

    assert answer.status_code == 200, answer.json
    assert (answer.json["kind"], answer.json["undoes_id"]) == ("undone", done.json["id"])
    assert (held(session, KIN), held(session, twin)) == (before, of_twin)
    again = row(session)
    assert (again.left_on, again.left_why, again.same_as_id) == (None, None, None)
    assert session.get_one(User, person("resident").user_id).resident_id == KIN
    replaced = select(func.count()).where(Employment.replaced_at.is_not(None))
    assert session.scalar(replaced) == 0
    told = admin.get(f"/v1/residents/{KIN}/changes").json["items"]
    assert [one["kind"] for one in told] == ["undone", "same_person"]
    sought = admin.post("/v1/residents/search", json={"words": "王桂兰"}).json["items"]
    assert str(KIN) in {one["id"] for one in sought}


def test_what_came_since_stays_with_whom_it_came_to(admin: Client, session: Session) -> None:
    twin, care = write_twin(session), write_care(session)
    done = make_one(admin, twin, KIN)
    since = write_work(session, twin, date(2026, 11, 1))

    assert undo(admin, done).status_code == 200

    session.expire_all()
    assert session.get_one(Employment, since).resident_id == twin
    assert session.get_one(CareRecord, care).resident_id == KIN


def test_a_number_goes_back_while_nobody_wrote_another(admin: Client, session: Session) -> None:
    twin = write_twin(session)
    give_numbers(session, KIN, Numbers(phone=PHONE, id_number=ID_NUMBER))
    done = make_one(admin, twin, KIN)
    assert admin.put(f"/v1/residents/{twin}/numbers", json={"phone": NEW_PHONE}).status_code == 200

    assert undo(admin, done).status_code == 200

    session.expire_all()
    assert numbers_of(SEALER, row(session)) == Numbers(id_number=ID_NUMBER)
    assert numbers_of(SEALER, row(session, twin)) == Numbers(phone=NEW_PHONE)


def test_the_same_again_is_the_first_and_another_is_refused(admin: Client, session: Session) -> None:
    done, step_id = make_one(admin, write_twin(session), KIN), new_id()
    first = undo(admin, done, step_id)

    assert undo(admin, done, step_id).json == first.json
    assert refused(undo(admin, done)) == (409, "already_undone")
    assert in_the_way(admin, done) == ["already_undone"]
    other = session.scalars(
        select(RosterChange.id).where(RosterChange.data["same_as_id"].is_not(None))
    ).first()
    answer = admin.step(f"/v1/roster-changes/{other}/undo", {}, new_id())
    assert refused(answer) == (409, "not_undoable")


def test_they_may_be_made_one_anew(admin: Client, session: Session) -> None:
    twin = write_twin(session)
    undo(admin, make_one(admin, twin, KIN))

    again = make_one(admin, KIN, twin)

    assert again.status_code == 200, again.json
    assert undo(admin, again).status_code == 200
    assert row(session, twin).left_on is None


class World:
    """What may happen after two were made one."""

    def __init__(self, admin: Client, session: Session, twin: UUID) -> None:
        """Keep who acts, and who stays."""
        self.admin, self.session, self.twin = admin, session, twin

    def resident_left(self) -> None:
        """Who stays moves out."""
        assert leave(self.admin, self.twin).status_code == 200

    def resident_merged(self) -> None:
        """Who stays is a third one's duplicate."""
        assert make_one(self.admin, write_twin(self.session), self.twin).status_code == 200

    def head_taken(self) -> None:
        """Somebody else is the head of the household."""
        write_resident(self.session, name="王大山", relation=Relation.HEAD)

    def account_since(self) -> None:
        """Let the account be released, and bound anew."""
        old = self.session.get_one(Binding, named("binding resident"), populate_existing=True)
        old.ended_at, old.end_reason = now(), BindingEnd.MISTAKE
        self.session.flush()
        whose = {"user_id": old.user_id, "resident_id": self.twin, "area_code": old.area_code}
        self.session.add(Binding(id=new_id(), way=BindingWay.REQUEST, begun_at=now(), end_note="", **whose))
        self.session.commit()


@pytest.mark.parametrize("move_on", [name for name in vars(World) if name[0] != "_"])
def test_where_the_world_moved_on_it_is_refused_by_name(
    admin: Client, session: Session, move_on: str
) -> None:
    twin = write_twin(session)
    done = make_one(admin, twin, KIN)
    getattr(World(admin, session, twin), move_on)()

    assert in_the_way(admin, done) == [move_on]
    assert refused(undo(admin, done)) == (409, move_on)
    assert row(session).same_as_id is not None


def test_once_it_is_not_kept_which_rows_went_it_is_too_late(admin: Client, session: Session) -> None:
    done = make_one(admin, write_twin(session), KIN)
    with set_to(now() + timedelta(days=365 * 3 + 60)):
        assert applied(session, "words of changes of the roster") > 0

    assert in_the_way(admin, done) == ["undo_over"]


def test_of_a_minor_only_with_leave_and_of_the_own_home_by_nobody(admin: Client, session: Session) -> None:
    """Leave to read of the one went to the other with all else."""
    child, twin = write_child(session), write_child(session)
    tickets = [write_ticket(session, one, "admin") for one in (child, twin)]
    done = make_one(admin, twin, child)
    for one in tickets:
        session.get_one(ViewingTicket, one, populate_existing=True).expires_at = LONG_AGO
    session.commit()
    assert refused(undo(admin, done)) == (403, "ticket_needed")
    write_ticket(session, twin, "admin")
    assert in_the_way(admin, done) == []
    kin = write_resident(session, name="赵干部", household_id=HERE)
    session.get_one(User, person("admin").user_id).resident_id = kin
    session.commit()

    assert refused(undo(admin, done)) == (403, "own_household")


def test_who_went_moves_on_as_anybody(admin: Client, session: Session) -> None:
    twin = write_twin(session)
    undo(admin, make_one(admin, twin, KIN))

    assert move(admin).status_code == 200
    assert row(session).left_on == row(session, twin).left_on is None
