"""Corrections to households' points in a batch, each for itself, after a county officer agreed."""

from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update
from sqlalchemy.orm import Session

from app import points
from app.ids import new_id
from app.models import Approval, Transfer, TransferKind, User
from tests.approval_world import Become, adjustment, approved, asked, batch, outcome
from tests.care_world import write_resident
from tests.cast import FAR, HOME, NEXT, named, person, sign_in_again
from tests.client import Answer, Client
from tests.counting import statements
from tests.points_world import give_points

PATH = "/v1/points/adjustments"


def adjusted(client: Client, what: dict[str, Any], approval_id: str) -> Answer:
    return client.post(PATH, json=what | {"approval_id": approval_id})


def balance(client: Client, household: str = "home") -> int:
    household_id = adjustment(household=household)["household_id"]
    return int(client.get(f"/v1/points/account?household_id={household_id}").json["balance"])


def corrections(session: Session) -> int:
    count = select(func.count()).where(Transfer.kind == TransferKind.CORRECT)
    return session.scalars(count).one()


def test_points_are_given_and_taken(
    admin: Client, county: Client, resident: Client, session: Session
) -> None:
    """S-40: a batch is posted when a county officer agreed, who stands in the ledger."""
    give_points(session, 20)
    what = batch(adjustment(-7), adjustment(4, household="neighbour"))

    answer = adjusted(admin, what, approved(admin, county, points_bulk=what))

    assert answer.status_code == 200
    assert [(one["id"], one["ok"], one["balance"], one["problem"]) for one in answer.json["results"]] == [
        (what["items"][0]["id"], True, 13, None),
        (what["items"][1]["id"], True, 4, None),
    ]
    entry = resident.get("/v1/points/entries").json["items"][0]
    assert (entry["change"], entry["kind"], entry["note"], entry["approved_by"]) == (
        -7,
        "correct",
        "年底核对",
        "county",
    )
    assert points.reconcile(session, HOME) == []


def test_the_same_batch_again_moves_nothing(admin: Client, county: Client, session: Session) -> None:
    give_points(session, 20)
    what = batch(adjustment(-7), adjustment(4))
    approval_id = approved(admin, county, points_bulk=what)

    first, again = adjusted(admin, what, approval_id), adjusted(admin, what, approval_id)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json == again.json
    assert (balance(admin), corrections(session)) == (17, 2)


def test_more_lines_cost_their_postings_and_nothing_else(
    admin: Client, county: Client, connection: Connection
) -> None:
    def sent(lines: int) -> list[str]:
        what = batch(*(adjustment(1) for _ in range(lines)))
        approval_id = approved(admin, county, points_bulk=what)
        with statements(connection) as seen:
            assert adjusted(admin, what, approval_id).status_code == 200
        return seen

    sent(1)  # makes the accounts

    assert len(sent(2)) == len(sent(12)), "postings go past this count, by the driver itself"


def test_one_that_is_refused_leaves_the_others(
    admin: Client, county: Client, be: Become, session: Session
) -> None:
    """S-31: a household of another community or county reads as one that is not there."""
    give_points(session, 3)
    used = adjustment(1)
    earlier = batch(used)
    adjusted(admin, earlier, approved(admin, county, points_bulk=earlier))
    what = batch(
        adjustment(-5),
        adjustment(2, household="neighbour"),
        adjustment(2, household="far"),
        adjustment(2, household_id=str(new_id())),
        used | {"points": 9},
        adjustment(1),
    )

    answer = adjusted(admin, what, approved(admin, county, points_bulk=what))

    told = [(one["ok"], one["balance"], (one["problem"] or {}).get("code")) for one in answer.json["results"]]
    assert told[1:] == [
        (True, 2, None),
        (False, None, "not_found"),
        (False, None, "not_found"),
        (False, None, "other_content"),
        (True, 5, None),
    ]
    assert told[0] == (False, None, "insufficient_points")
    assert balance(admin) == 5
    assert balance(be("far_admin"), "far") == 0
    assert points.reconcile(session, HOME) == []


def test_without_the_second_person_nothing_moves(admin: Client, county: Client, session: Session) -> None:
    """S-40: not asked, not decided, asked for something else: no point moves."""
    what = batch()
    approval_id = asked(admin, points_bulk=what)

    assert outcome(adjusted(admin, what, str(new_id()))) == (404, "not_found")
    assert outcome(adjusted(admin, what, approval_id)) == (409, "approval_not_given")
    assert outcome(county.post(PATH, json=what | {"approval_id": approval_id})) == (403, "forbidden")
    county.post(f"/v1/approvals/{approval_id}/approve", json={})
    assert outcome(adjusted(admin, batch(), approval_id)) == (409, "approval_unfit")
    assert corrections(session) == 0
    answer = admin.post(PATH, json=what)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["approval_id"])


@pytest.mark.parametrize(
    "who, area_code, expected",
    [
        ("next_admin", HOME, (404, "not_found")),
        ("admin", NEXT, (404, "not_found")),
        ("admin", FAR, (404, "not_found")),
        ("admin", HOME + "001", (422, "area_unknown")),
        ("worker", HOME, (403, "forbidden")),
        ("system", HOME, (403, "forbidden")),
        ("security", HOME, (403, "forbidden")),
        ("auditor", HOME, (403, "forbidden")),
    ],
)
def test_only_ones_own_community(be: Become, who: str, area_code: str, expected: tuple[int, str]) -> None:
    answer = adjusted(be(who), batch(area_code=area_code), str(new_id()))

    assert outcome(answer) == expected


def test_nobody_corrects_his_own_household(
    admin: Client, county: Client, be: Become, session: Session
) -> None:
    """S-163: an admin who lives there may ask, but his own household's line is refused."""
    who = person("resident").user_id
    role = {"user_id": str(who), "role": "community_admin", "area_code": HOME}
    assert be("security").put(f"/v1/grants/{new_id()}", json=role).status_code == 201
    sign_in_again(session, "resident")
    lives_there = be("resident")
    what = batch(adjustment(5), adjustment(5, household="neighbour"))

    answer = adjusted(lives_there, what, approved(lives_there, county, points_bulk=what))

    problems = [(one["problem"] or {}).get("code") for one in answer.json["results"]]
    assert problems == ["own_household", None]
    assert balance(admin) == 0


def test_an_approval_does_not_outlive_the_right_to_use_it(
    admin: Client, county: Client, be: Become, session: Session
) -> None:
    """S-43: what was approved runs with the reach that the asker has when it runs."""
    what = batch()
    approval_id = approved(admin, county, points_bulk=what)
    elsewhere = {"user_id": str(person("admin").user_id), "role": "community_admin", "area_code": NEXT}
    security = be("security")
    assert security.put(f"/v1/grants/{new_id()}", json=elsewhere).status_code == 201
    assert security.post(f"/v1/grants/{named('grant admin')}/end").status_code == 200
    sign_in_again(session, "admin")

    assert outcome(adjusted(admin, what, approval_id)) == (404, "not_found")
    assert corrections(session) == 0


@pytest.mark.parametrize("count, status", [(500, 201), (501, 422)])
def test_a_batch_has_at_most_500(admin: Client, count: int, status: int) -> None:
    what = batch(*(adjustment() for _ in range(count)))

    answer = admin.put(f"/v1/approvals/{new_id()}", json={"reason": "核对", "points_bulk": what})

    assert answer.status_code == status


@pytest.mark.parametrize("step", ["approve", "refuse"])
def test_nobody_agrees_to_points_of_his_own_household(
    admin: Client, county: Client, session: Session, step: str
) -> None:
    """S-40: the second person is there to have no part in it; nor does he refuse others theirs."""
    lives = update(User).where(User.id == person("county").user_id)
    kin = write_resident(session, name="饶干部", household_id=named("household neighbour"))
    session.execute(lives.values(resident_id=kin))
    session.commit()
    theirs = asked(admin, points_bulk=batch(adjustment(), adjustment(household="neighbour")))
    others = asked(admin, points_bulk=batch(adjustment()))

    answers = [
        county.post(f"/v1/approvals/{one}/{step}", json={"note": "核对过"}) for one in (theirs, others)
    ]

    assert [(one.status_code, one.json.get("code")) for one in answers] == [
        (403, "own_household"),
        (200, None),
    ]
    states = {str(one.id): one.state for one in session.scalars(select(Approval))}
    assert (states[theirs], states[others]) == ("open", "approved" if step == "approve" else "refused")


def test_a_decision_sent_again_is_answered_though_he_lives_there_by_now(
    admin: Client, county: Client, session: Session
) -> None:
    """Every write is safe to repeat: what he decided as a stranger stands."""
    path = f"/v1/approvals/{asked(admin, points_bulk=batch(adjustment()))}/approve"
    first = county.post(path, json={"note": "核对过"})
    lives = update(User).where(User.id == person("county").user_id)
    session.execute(lives.values(resident_id=write_resident(session, name="饶干部")))
    session.commit()

    again = county.post(path, json={"note": "核对过"})

    assert (first.status_code, again.status_code) == (200, 200)
