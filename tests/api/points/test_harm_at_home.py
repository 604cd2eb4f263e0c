"""What tells of harm to a minor is not read at home, also not over the API (ADR 0013)."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import harm
from app.actors import ProxyFunction
from app.clock import business_day
from app.ids import new_id
from app.models import HarmCase, HazardStatus, Notice, NoticeKind, Relation, Resident, Rule
from tests.cast import named, person
from tests.child_world import write_child, write_guardian
from tests.client import Client
from tests.hazard_world import report_body, write_hazard
from tests.points_world import Be, claim_body, claimed, move_in, refused, write_rule
from tests.proxy_world import acting, confirmed

TOLD = "五楼天天打孩子，哭得厉害"


@pytest.fixture
def housemate(be: Be, session: Session) -> Client:
    """Be the neighbour, who lives in the resident's household from now on."""
    row = session.get_one(Resident, named("neighbour"))
    row.household_id, row.relation = named("household home"), Relation.OTHER
    session.commit()
    return be("neighbour")


def grow_young(session: Session, who: str = "resident") -> None:
    """Let somebody of the cast be 16 years old."""
    today = business_day()
    session.get_one(Resident, named(who)).birth_date = today.replace(year=today.year - 16, day=1)
    session.commit()


def listed(client: Client, **more: Any) -> list[str]:
    """Give the paths of the claims that somebody finds."""
    return [f"/v1/claims/{one['id']}" for one in client.get("/v1/claims", **more).json["items"]]


def told(session: Session, who: str, kind: NoticeKind = NoticeKind.CLAIM_STEP) -> list[str]:
    """Give of which steps somebody was told."""
    which = (Notice.user_id == person(who).user_id, Notice.kind == kind)
    return [row.data["step"] for row in session.scalars(select(Notice).where(*which).order_by(Notice.id))]


def is_absent(client: Client, path: str, **more: Any) -> bool:
    """Say whether somebody finds nothing of a claim, by any route."""
    answers = [
        client.get(path, **more),
        client.post(f"{path}/withdraw", json={"step_id": str(new_id())}, **more),
        client.post(f"{path}/resubmit", json={"step_id": str(new_id()), "text": "再报"}, **more),
    ]
    return path not in listed(client, **more) and {refused(one) for one in answers} == {(404, "not_found")}


def test_a_home_finds_no_claim_that_tells_of_harm(
    resident: Client, housemate: Client, worker: Client, rule: Rule
) -> None:
    path = claimed(housemate, rule, "neighbour", text=TOLD)
    plain = claimed(housemate, rule, "neighbour", text="打扫了二楼")

    assert listed(resident) == [plain]
    assert is_absent(resident, path)
    assert listed(housemate) == listed(worker) == [plain, path]
    assert [client.get(path).json["text"] for client in (housemate, worker)] == [TOLD, TOLD]
    assert resident.get(plain).json["steps"][0]["note"] == "打扫了二楼"


def test_nobody_is_told_of_a_claim_that_is_kept_back_from_him(
    resident: Client, housemate: Client, worker: Client, rule: Rule, session: Session
) -> None:
    """The claim is for the resident; the housemate, who wrote it, is told how it stands."""
    path = claimed(housemate, rule, "resident", text=TOLD)
    assert worker.step(f"{path}/verify", {}).status_code == 200

    assert (told(session, "resident"), told(session, "neighbour")) == ([], ["verify"])
    assert is_absent(resident, path)


def test_words_of_a_later_step_hide_the_claim_from_who_made_it(
    resident: Client, housemate: Client, worker: Client, rule: Rule, session: Session
) -> None:
    """What stands there now is the housemate's; who made the claim gets it by no repetition either."""
    path, body, first = f"/v1/claims/{new_id()}", claim_body(rule, text="打扫"), new_id()
    assert resident.put(path, json=body).status_code == 201
    assert worker.step(f"{path}/return", {"reason": "说清楚"}).status_code == 200
    assert resident.step(f"{path}/resubmit", {"text": "扫了二楼"}, first).status_code == 200
    assert worker.step(f"{path}/return", {"reason": "几点"}).status_code == 200
    last = new_id()
    assert housemate.step(f"{path}/resubmit", {"text": TOLD}, last).status_code == 200

    assert is_absent(resident, path)
    assert refused(resident.put(path, json=body)) == (404, "not_found")
    assert refused(resident.step(f"{path}/resubmit", {"text": "扫了二楼"}, first)) == (404, "not_found")
    assert told(session, "resident") == ["return", "return"]
    assert housemate.get(path).json["text"] == TOLD
    assert housemate.step(f"{path}/resubmit", {"text": TOLD}, last).json["text"] == TOLD
    assert [one["note"] for one in worker.get(path).json["steps"]][-1] == TOLD


def test_who_made_a_claim_keeps_it_without_the_words_of_staff(
    resident: Client, housemate: Client, worker: Client, rule: Rule
) -> None:
    """Its lack would tell of the case; the step stays, and says nothing."""
    path = claimed(resident, rule, text="打扫")
    assert worker.step(f"{path}/return", {"reason": TOLD}).status_code == 200

    assert is_absent(housemate, path)
    assert [one["note"] for one in resident.get(path).json["steps"]] == ["打扫", ""]
    assert [one["note"] for one in worker.get(path).json["steps"]] == ["打扫", TOLD]
    assert resident.step(f"{path}/resubmit", {"text": "扫了二楼"}).status_code == 200


def test_a_minor_does_not_find_on_the_homes_phone_what_he_wrote(
    resident: Client, housemate: Client, worker: Client, rule: Rule, session: Session
) -> None:
    """Sent again it gets the same answer, and nobody is told of its steps."""
    grow_young(session)
    path, body = f"/v1/claims/{new_id()}", claim_body(rule, text="爸爸打我")
    first, again = resident.put(path, json=body), resident.put(path, json=body)
    assert worker.step(f"{path}/verify", {}).status_code == 200

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert is_absent(resident, path)
    assert is_absent(housemate, path)
    assert told(session, "resident") == []
    assert worker.get(path).json["text"] == "爸爸打我"


def test_who_wrote_it_as_a_minor_finds_it_when_he_is_of_age(
    resident: Client, rule: Rule, session: Session
) -> None:
    grow_young(session)
    path = claimed(resident, rule, text="爸爸打我")
    born = session.get_one(Resident, named("resident"))
    for year, status in ((business_day().year - 17, 404), (business_day().year - 18, 200)):
        born.birth_date = business_day().replace(year=year, day=1)
        session.commit()
        assert resident.get(path).status_code == status


def test_who_acts_for_somebody_of_the_home_finds_none(
    be: Be, resident: Client, rule: Rule, session: Session
) -> None:
    """Neither a proxy nor a guardian; the claims that a proxy wrote himself he finds."""
    proxy = be("lead")
    confirmed(proxy, resident, functions=[ProxyFunction.SEE, ProxyFunction.CLAIM])
    child = write_child(session, business_day().replace(year=business_day().year - 15, day=1))
    write_guardian(session, child)
    of_staff = claimed(be("worker"), rule, text=TOLD)
    body = claim_body(rule, text=TOLD)
    own = f"/v1/claims/{new_id()}"
    assert proxy.put(own, json=body, **acting()).status_code == 201

    assert listed(proxy, **acting()) == [own]
    assert is_absent(proxy, of_staff, **acting())
    assert is_absent(resident, of_staff, **acting(child))
    assert is_absent(resident, own)


@pytest.mark.parametrize("name", ["lead", "worker", "admin"])
def test_staff_read_of_their_own_household_as_its_people_do(
    be: Be, neighbour: Client, resident: Client, rule: Rule, session: Session, name: str
) -> None:
    """Of all others they read by their office, whatever it tells."""
    move_in(session, name)
    at_home = claimed(resident, rule, text=TOLD)
    elsewhere = claimed(neighbour, rule, "neighbour", text=TOLD)
    staff = be(name)

    assert listed(staff) == [elsewhere]
    assert is_absent(staff, at_home)
    assert staff.get(elsewhere).json["steps"][0]["note"] == TOLD


def test_the_points_of_a_hidden_claim_add_up(be: Be, resident: Client, housemate: Client, rule: Rule) -> None:
    """The posting stays and says nothing of the words."""
    path = claimed(housemate, rule, "neighbour", text=TOLD)
    assert be("worker").step(f"{path}/verify", {"note": TOLD}).status_code == 200
    assert be("admin").step(f"{path}/approve", {"note": TOLD}).status_code == 200

    for member in (resident, housemate):
        assert member.get("/v1/points/account").json["balance"] == 2
        entries = member.get("/v1/points/entries")
        assert [(one["change"], one["balance"]) for one in entries.json["items"]] == [(2, 2)]
        assert "孩子" not in entries.text
    assert is_absent(resident, path)
    assert [one["note"] for one in housemate.get(path).json["steps"]] == [TOLD, "", "", ""]


def test_a_reporter_reads_of_his_hazard_no_words_of_others(
    resident: Client, worker: Client, session: Session
) -> None:
    """The step stays; temporary controls may repeat what it said, so they go with it."""
    hazard = write_hazard(session, HazardStatus.RECTIFYING, reported_by=person("resident").user_id)
    hazard.controls = TOLD
    session.commit()
    path = f"/v1/hazards/{hazard.id}"
    assert resident.get(path).json["controls"] == TOLD
    assert worker.step(f"{path}/rectify", {"note": TOLD}).status_code == 200

    shown, known = resident.get(path).json, worker.get(path).json
    assert [(one["step"], one["note"]) for one in shown["events"]][-1] == ("rectify", "")
    assert shown["controls"] is None
    assert known["events"][-1]["note"] == known["controls"] == TOLD


def test_a_minor_does_not_find_the_hazard_that_tells_of_harm(
    be: Be, resident: Client, session: Session
) -> None:
    grow_young(session)
    path, body = f"/v1/hazards/{new_id()}", report_body(text="爸爸喝了酒就打我")
    plain = f"/v1/hazards/{new_id()}"
    answers = [resident.put(path, json=body).status_code for _ in range(2)]
    assert resident.put(plain, json=report_body(text="灯坏了")).status_code == 201
    for one in (path, plain):
        assert be("admin").step(f"{one}/reject", {"reason": "不属于"}).status_code == 200

    assert answers == [201, 200]
    assert [f"/v1/hazards/{one['id']}" for one in resident.get("/v1/hazards").json["items"]] == [plain]
    assert (resident.get(path).status_code, resident.get(plain).status_code) == (404, 200)
    assert told(session, "resident", NoticeKind.HAZARD_STEP) == ["reject"]
    (case,) = session.scalars(select(HarmCase))
    assert be("admin").get(f"/v1/hazards/{case.hazard_id}").status_code == 200


def test_a_minor_is_not_told_of_the_step_that_hides_his_hazard(
    be: Be, resident: Client, session: Session
) -> None:
    """Its words open the case, so that he finds the hazard no more; the notice would name what is gone."""
    grow_young(session)
    path = f"/v1/hazards/{new_id()}"
    assert resident.put(path, json=report_body(text="灯坏了")).status_code == 201
    assert be("admin").step(f"{path}/reject", {"reason": TOLD}).status_code == 200

    assert resident.get(path).status_code == 404
    assert told(session, "resident", NoticeKind.HAZARD_STEP) == []


def test_words_of_a_claim_are_weighed_once(be: Be, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """S-98: the look that spares a child's claim the consent opens the case, too, also of a step."""
    weighed: list[str] = []
    look = harm.signs_of_harm

    def count(*given: Any, **more: Any) -> list[str]:
        weighed.extend(given[2])
        return look(*given, **more)

    monkeypatch.setattr(harm, "signs_of_harm", count)
    monkeypatch.setattr(harm.cases, "signs_of_harm", count)
    path = claimed(be("resident"), write_rule(session), text="扫了二楼", photo_ids=[str(new_id())])
    assert be("admin").step(f"{path}/return", {"reason": "写清楚"}).status_code == 200
    weighed.clear()
    assert be("resident").step(f"{path}/resubmit", {"text": TOLD}).status_code == 200
    first = claim_body(write_rule(session), text="扫了三楼", photo_ids=[str(new_id())])
    assert be("resident").put(f"/v1/claims/{new_id()}", json=first).status_code == 201

    assert weighed == [TOLD, "扫了三楼"]
    assert len(session.scalars(select(HarmCase)).all()) == 1
