"""Copies of a county's lists that a community makes its own."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.models import Checklist, PlaceKind
from tests.cast import FAR, HOME, NEXT
from tests.checklist_world import copy_of, draft_body, items_of, new_item, next_version, published, put_draft
from tests.client import Answer, Client
from tests.hazard_world import BLOCK, file, inspection_body, problem, write_checklist


@pytest.fixture
def admin(be: Callable[[str], Client]) -> Client:
    return be("admin")


@pytest.fixture
def above(session: Session) -> Checklist:
    return write_checklist(session)


def serving(client: Client) -> list[str]:
    return [one["id"] for one in client.get(f"/v1/checklists?place_id={BLOCK}").json["items"]]


def refused(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def test_the_places_of_a_community_get_its_copy_instead(
    session: Session, admin: Client, worker: Client, above: Checklist
) -> None:
    other = write_checklist(session)
    shown = admin.get(f"/v1/checklists/{above.id}").json

    copy = published(admin, copy_of(above, items=[*items_of(shown), new_item("我们这里的事?")]))

    assert (copy["area_code"], copy["version"], copy["copied_from_id"]) == (HOME, 1, str(above.id))
    assert items_of(copy)[:3] == items_of(shown)
    assert set(serving(worker)) == {copy["id"], str(other.id)}
    admin.post(f"/v1/checklists/{copy['id']}/retire")
    assert set(serving(worker)) == {str(above.id), str(other.id)}


def test_a_copy_begins_with_the_items_above_and_says_what_it_adds(admin: Client, above: Checklist) -> None:
    draft = put_draft(admin, copy_of(above)).json
    shown = admin.get(f"/v1/checklists/{above.id}").json

    assert draft["items"] == items_of(shown)
    more = copy_of(above, revision=1, items=[*draft["items"], new_item("加一条?")])
    put_draft(admin, more, draft["id"])
    changes = admin.get(f"/v1/checklist-drafts/{draft['id']}/changes").json
    assert [item["text"] for item in changes["added"]] == ["加一条?"]


def test_an_open_hazard_is_joined_from_the_copy_and_back(
    admin: Client, worker: Client, above: Checklist
) -> None:
    first = file(worker, inspection_body(above, _1=problem())).json["answers"][0]
    copy = published(admin, copy_of(above, title="我们的"))
    answers = [{"item_id": item["id"], "result": "ok"} for item in copy["items"]]
    answers[0] |= problem("还在")

    again = file(worker, inspection_body(above) | {"checklist_id": copy["id"], "answers": answers}).json

    assert (again["answers"][0]["hazard_id"], again["answers"][0]["recurrence"]) == (first["hazard_id"], True)
    late = file(worker, inspection_body(above, _1=problem())).json["answers"][0]
    assert (late["hazard_id"], late["recurrence"]) == (first["hazard_id"], True)
    hazard = worker.get(f"/v1/hazards/{first['hazard_id']}").json
    assert hazard["item_key"] == f"421224/{above.code}/exit_clear"


def test_a_copy_says_that_the_county_has_a_newer_version_and_takes_it_over(
    admin: Client, be: Callable[[str], Client], above: Checklist
) -> None:
    county = be("county")
    copy = published(admin, copy_of(above, title="我们的"))
    assert copy["newer_id"] is None
    shown = county.get(f"/v1/checklists/{above.id}").json
    newer = published(county, next_version(shown, items=[*items_of(shown), new_item("县里的新条?")]))

    seen = admin.get(f"/v1/checklists/{copy['id']}").json

    assert seen["newer_id"] == newer["id"]
    wanted = admin.get(f"/v1/checklists/{newer['id']}/changes?since_id={copy['copied_from_id']}").json
    assert [item["text"] for item in wanted["added"]] == ["县里的新条?"]
    taken = [*items_of(copy), *({**item} for item in wanted["added"])]
    taken[-1].pop("position")
    second = published(admin, next_version(copy, copied_from_id=newer["id"], items=taken))
    assert (second["version"], second["newer_id"], len(second["items"])) == (2, None, 4)
    assert second["items"][3]["code"] == newer["items"][3]["code"]


def test_the_next_version_of_a_copy_is_one_too(admin: Client, worker: Client, above: Checklist) -> None:
    copy = published(admin, copy_of(above, title="我们的"))

    second = published(admin, next_version(copy, title="我们的第二版"))

    assert second["copied_from_id"] == str(above.id)
    assert serving(worker) == [second["id"]]


def test_having_seen_the_newer_version_is_a_change(
    admin: Client, be: Callable[[str], Client], above: Checklist
) -> None:
    county = be("county")
    copy = published(admin, copy_of(above, title="我们的"))
    shown = county.get(f"/v1/checklists/{above.id}").json
    newer = published(county, next_version(shown, title="县里的新名"))

    second = published(admin, next_version(copy, copied_from_id=newer["id"]))

    assert (second["version"], second["newer_id"]) == (2, None)


@pytest.mark.parametrize("unfit", ["code", "kind", "beside", "below", "far", "unknown"])
def test_only_the_same_list_of_an_area_above_is_copied(
    session: Session, admin: Client, above: Checklist, unfit: str
) -> None:
    other = {
        "code": lambda: copy_of(above, code="another"),
        "kind": lambda: copy_of(above, kind="workshop"),
        "beside": lambda: copy_of(write_checklist(session, area_code=HOME, code="x"), code="x"),
        "below": lambda: copy_of(write_checklist(session, area_code=HOME + "001")),
        "far": lambda: copy_of(write_checklist(session, area_code=FAR)),
        "unknown": lambda: copy_of(above, copied_from_id="01990000-0000-7000-8000-000000000001"),
    }[unfit]()

    answer = put_draft(admin, other)

    assert refused(answer) in {(422, "copy_unfit"), (409, "draft_outdated")}
    assert refused(answer)[1] == ("draft_outdated" if unfit == "beside" else "copy_unfit")


def test_a_list_of_its_own_does_not_become_a_copy(session: Session, admin: Client) -> None:
    own = published(admin, draft_body(code="same"))
    above = write_checklist(session, code="same")

    answer = put_draft(admin, next_version(own, copied_from_id=str(above.id)))

    assert refused(answer) == (422, "copy_unfit")


def test_a_list_of_the_same_code_that_is_no_copy_stands_beside(
    session: Session, admin: Client, worker: Client
) -> None:
    own = published(admin, draft_body(code="same"))
    above = write_checklist(session, code="same")

    assert set(serving(worker)) == {own["id"], str(above.id)}


def test_the_neighbours_keep_the_countys_list(
    admin: Client, be: Callable[[str], Client], above: Checklist
) -> None:
    copy = published(admin, copy_of(above, title="我们的"))

    listed = be("next_admin").get(f"/v1/checklists?kind={PlaceKind.RESIDENTIAL}").json["items"]

    assert [one["id"] for one in listed] == [str(above.id)]
    assert copy["area_code"] not in NEXT
