"""Undoing a split or a merge: exactly what it did goes back, unless the world moved on."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import points
from app.ids import new_id
from app.models import Claim, Household, Relation, RosterChange, Transfer
from tests.care_world import write_resident
from tests.cast import HOME, named
from tests.client import Client
from tests.homes_world import codes, home, merge, people, split, split_body, undo, undoing
from tests.matrix.stage import Stage
from tests.moves_world import HERE, KIN, THERE, TODAY, leave, move, refused, row
from tests.points_world import give_points, move_in, standing, write_reward


@pytest.fixture
def son(session: Session) -> UUID:
    """Give a son of the head, who lives with her."""
    return write_resident(session, name="王建国", relation=Relation.CHILD)


@pytest.fixture
def account(session: Session) -> UUID:
    """Give the household 37 points."""
    return give_points(session, 37)


def lives(session: Session, who: UUID) -> tuple[UUID, Relation]:
    """Give where somebody lives, and as what."""
    return row(session, who).household_id, row(session, who).relation


class Splitting:
    """The head went with 12 points, and her son heads who stays; and what may happen then."""

    def __init__(self, admin: Client, session: Session, son: UUID) -> None:
        body = split_body(people((KIN, "head")), head_id=str(son), points=12)
        answer = split(admin, body)
        assert answer.status_code == 200, answer.text
        self.id, self.new = str(answer.json["id"]), UUID(body["id"])
        self.admin, self.session, self.son = admin, session, son

    def she_moves(self) -> None:
        assert move(self.admin, household_id=str(THERE), relation="other").status_code == 200

    def she_leaves(self) -> None:
        assert leave(self.admin).status_code == 200

    def somebody_joins_her(self) -> None:
        write_resident(self.session, name="新来的", household_id=self.new)

    def her_home_moves(self) -> None:
        body = {"place_id": str(named("block")), "door": "8单元801", "moved_on": TODAY().isoformat()}
        assert self.admin.step(f"/v1/households/{self.new}/move", body).status_code == 200

    def another_is_head(self) -> None:
        assert leave(self.admin, self.son).status_code == 200
        write_resident(self.session, name="新户主", household_id=HERE, relation=Relation.HEAD)

    def she_claims(self) -> None:
        claim_id = Stage(self.session).claim(points.ClaimStatus.SUBMITTED)
        self.session.execute(update(Claim).where(Claim.id == claim_id).values(household_id=self.new))
        self.session.commit()


def merged(admin: Client, son: UUID) -> str:
    """Let head and son go to the neighbours; give the change."""
    answer = merge(admin, people((KIN, "parent"), (son, "other")))
    assert answer.status_code == 200, answer.text
    return str(answer.json["id"])


def test_who_was_split_off_is_back(admin: Client, session: Session, son: UUID, account: UUID) -> None:
    """With relations and points; the household that was made is closed, and its door is free."""
    Stage(session).visit()
    done = Splitting(admin, session, son)
    told = undoing(admin, done.id)
    assert (told["obstacles"], told["closes"], told["opens"]) == ([], [str(done.new)], [])
    assert told["points"] == [{"from_id": str(done.new), "to_id": str(HERE), "points": 12}]
    goes = {one["resident_id"]: (one["to_id"], one["relation"]) for one in told["people"]}
    assert goes == {str(KIN): (str(HERE), "head"), str(son): (str(HERE), "child")}

    step = new_id()
    answer, again = undo(admin, done.id, step), undo(admin, done.id, step)

    assert (answer.status_code, again.json) == (200, answer.json), answer.text
    assert (answer.json["kind"], answer.json["undoes_id"]) == ("undone", done.id)
    assert lives(session, KIN) == (HERE, Relation.HEAD)
    assert lives(session, son) == (HERE, Relation.CHILD)
    assert home(session, done.new).closed_on == TODAY()
    assert standing(session, account) == (37, 0)
    assert points.reconcile(session, HOME) == []
    reversing = session.scalars(select(Transfer).where(Transfer.kind == "reverse")).one()
    first = session.scalars(select(Transfer).where(Transfer.source_id == UUID(done.id))).one()
    assert reversing.reverses_id == first.id
    place = {"place_id": str(named("block")), "door": "7单元701"}
    assert admin.put(f"/v1/households/{new_id()}", json=place).status_code == 201
    assert refused(undo(admin, done.id)) == (409, "already_undone")
    assert codes(undoing(admin, done.id))[0] == "already_undone"
    kinds = [one["kind"] for one in admin.get(f"/v1/residents/{KIN}/changes").json["items"]]
    assert kinds == ["undone", "split"]


def test_who_was_merged_is_back(admin: Client, session: Session, son: UUID, account: UUID) -> None:
    """With relations and points; the household is open again, and gets a code anew."""
    other = give_points(session, 5, "neighbour")
    change = merged(admin, son)
    told = undoing(admin, change)
    assert (told["obstacles"], told["opens"], told["closes"]) == ([], [str(HERE)], [])

    assert undo(admin, change).status_code == 200

    assert lives(session, KIN) == (HERE, Relation.HEAD)
    assert lives(session, son) == (HERE, Relation.CHILD)
    assert (home(session, HERE).closed_on, home(session, HERE).merged_into) == (None, None)
    assert (standing(session, account), standing(session, other)) == ((37, 0), (5, 0))
    assert points.reconcile(session, HOME) == []
    assert admin.get(f"/v1/households/{HERE}/binding-code").status_code == 404
    assert admin.post(f"/v1/households/{HERE}/binding-code", json={"version": 0}).status_code == 200
    assert refused(undo(admin, change)) == (409, "already_undone")


@pytest.mark.parametrize(
    "happens, code",
    [
        (Splitting.she_moves, "roster_moved_on"),
        (Splitting.she_leaves, "roster_moved_on"),
        (Splitting.somebody_joins_her, "roster_moved_on"),
        (Splitting.her_home_moves, "roster_moved_on"),
        (Splitting.another_is_head, "roster_moved_on"),
        (Splitting.she_claims, "household_busy"),
    ],
)
def test_a_split_is_not_undone_once_the_world_moved_on(
    admin: Client, session: Session, son: UUID, account: UUID, happens: Callable[[Splitting], None], code: str
) -> None:
    done = Splitting(admin, session, son)
    happens(done)
    before = session.scalars(select(RosterChange.id)).all()

    assert code in codes(undoing(admin, done.id))
    assert refused(undo(admin, done.id)) == (409, code)

    assert session.scalars(select(RosterChange.id)).all() == before
    assert home(session, done.new).closed_on is None
    assert standing(session, account) == (25, 0)


def test_points_that_were_spent_keep_a_change_from_being_undone(
    admin: Client, resident: Client, session: Session, son: UUID
) -> None:
    give_points(session, 37)
    change = merged(admin, son)
    reward = write_reward(session, price=30)
    ordered = resident.put(f"/v1/redemptions/{new_id()}", json={"reward_id": str(reward.id), "quantity": 1})
    assert ordered.status_code == 201, ordered.text

    answer = undo(admin, change)

    assert refused(answer) == (409, "points_moved_on")
    assert "37分" in answer.json["title"]
    assert "7分" in answer.json["title"]


def test_a_door_that_is_taken_keeps_a_merge_from_being_undone(
    admin: Client, session: Session, son: UUID
) -> None:
    before = home(session, HERE)
    door = {"place_id": str(before.place_id), "door": before.door}
    change = merged(admin, son)
    assert admin.put(f"/v1/households/{new_id()}", json=door).status_code == 201

    assert refused(undo(admin, change)) == (409, "door_taken")


def test_a_household_that_was_closed_since_keeps_a_merge_from_being_undone(
    admin: Client, session: Session, son: UUID
) -> None:
    change = merged(admin, son)
    session.execute(update(Household).where(Household.id == THERE).values(closed_on=TODAY()))
    session.commit()

    assert refused(undo(admin, change)) == (409, "household_closed")


def test_what_is_not_undone_says_so(admin: Client, session: Session, son: UUID) -> None:
    """Moves, parts of a change, undoings themselves, and what is not there."""
    give_points(session, 12)
    done = Splitting(admin, session, son)
    parts = session.scalars(select(RosterChange.id).where(RosterChange.resident_id.is_not(None))).all()
    back = undo(admin, done.id)
    moved = move(admin, household_id=str(THERE), relation="other")

    for one in (*parts, back.json["id"], moved.json["id"]):
        assert refused(undo(admin, str(one))) == (409, "not_undoable")
        assert admin.get(f"/v1/roster-changes/{one}/undo").json["code"] == "not_undoable"
    assert refused(undo(admin, str(new_id()))) == (404, "not_found")


def test_once_the_words_of_a_change_are_gone_it_is_not_undone(
    admin: Client, session: Session, son: UUID
) -> None:
    """S-81: who was what to whom is kept for as long as the history is, and not for this."""
    give_points(session, 12)
    done = Splitting(admin, session, son)
    session.execute(update(RosterChange).values(said_sealed=None))
    session.commit()

    assert refused(undo(admin, done.id)) == (409, "not_undoable")


def test_nobody_undoes_what_concerns_his_own_household(admin: Client, session: Session, son: UUID) -> None:
    change = merged(admin, son)
    move_in(session, "admin", "neighbour")

    assert refused(undo(admin, change)) == (403, "own_household")
    assert codes(undoing(admin, change)) == ["own_household"]
