"""Consents: one purpose each, by the person or the guardian, taken back at once, not asked for too often."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import business_day, now, set_to
from app.ids import new_id
from app.models import Consent, ConsentPurpose
from app.people import NOTICE_VERSION, SHIPPED_TEXTS
from tests.cast import forget_consents, named, person
from tests.child_world import write_child, write_consent, write_guardian
from tests.client import Client
from tests.consenting import LOCATION, MINORS, next_version, put, standing


@pytest.fixture(autouse=True)
def _nobody_agreed_yet(session: Session) -> None:
    forget_consents(session)


def test_one_tick_makes_one_record(resident: Client, session: Session) -> None:
    """S-71: the record has text version, hash, time and channel, and concerns one purpose."""
    made = put(resident)

    assert made.status_code == 201, made.text
    (row,) = session.scalars(select(Consent))
    assert (row.purpose, row.text_id, row.text_hash) == ("location", LOCATION.id, LOCATION.text_hash)
    assert (row.resident_id, row.decided_by, row.channel) == (named("resident"), named("resident"), "app")
    assert now() - row.decided_at < timedelta(minutes=1)
    states = {one["purpose"]: one["state"] for one in resident.get("/v1/me/consents").json["items"]}
    assert states.pop("location") == "given"
    assert set(states.values()) == {"none"}


@pytest.mark.parametrize(
    "bundle", [{"text_ids": [str(LOCATION.id), str(MINORS.id)]}, {"text_id": [str(MINORS.id)]}]
)
def test_a_bundle_is_refused(resident: Client, session: Session, bundle: dict[str, Any]) -> None:
    """S-71: several purposes at once are 422, and nothing is kept."""
    refused = resident.put(f"/v1/me/consents/{new_id()}", json={"given": True, **bundle})

    assert refused.status_code == 422
    assert session.scalar(select(func.count()).select_from(Consent)) == 0


def test_withdrawal_is_immediate_and_one_call(resident: Client, session: Session) -> None:
    """S-74: taken back by one call; what needs no consent goes on."""
    made = put(resident)

    back = resident.post(f"/v1/me/consents/{made.json['id']}/withdraw")
    again = resident.post(f"/v1/me/consents/{made.json['id']}/withdraw")

    assert (back.status_code, again.json) == (200, back.json)
    assert standing(resident)["state"] == "withdrawn"
    household = person("resident").household_id
    assert resident.get(f"/v1/points/account?household_id={household}").status_code == 200
    assert session.get_one(Consent, UUID(made.json["id"])).withdrawn_by == person("resident").user_id


def test_a_no_is_nothing_to_take_back(resident: Client, worker: Client, session: Session) -> None:
    """S-74, S-75: it stays the no that it is, whoever asks."""
    made = put(resident, given=False)
    own = resident.post(f"/v1/me/consents/{made.json['id']}/withdraw")
    on_paper = worker.post(f"/v1/consents/{made.json['id']}/withdraw")

    assert [one.status_code for one in (made, own, on_paper)] == [201, 404, 404]
    assert standing(resident)["state"] == "refused"
    assert session.get_one(Consent, UUID(made.json["id"])).withdrawn_at is None


@pytest.mark.parametrize("refusal", ["refuse", "withdraw"])
def test_after_a_no_nobody_is_asked_for_thirty_days(resident: Client, refusal: str) -> None:
    """S-75: ``ask_again_on`` is thirty days after a refusal or withdrawal; the person may come himself."""
    assert standing(resident)["ask_again_on"] == business_day().isoformat()
    made = put(resident, given=refusal == "withdraw")
    if refusal == "withdraw":
        resident.post(f"/v1/me/consents/{made.json['id']}/withdraw")

    asked = standing(resident)["ask_again_on"]

    assert asked == (business_day() + timedelta(days=30)).isoformat()
    own_wish = put(resident)
    assert (own_wish.status_code, standing(resident)["ask_again_on"]) == (201, None)


def test_the_thirty_days_run_from_the_withdrawal(resident: Client, session: Session) -> None:
    """S-75: not from the day on which he agreed to what he takes back now."""
    consent = write_consent(session, named("resident"), ConsentPurpose.LOCATION)
    resident.post(f"/v1/me/consents/{consent}/withdraw")

    assert standing(resident)["ask_again_on"] == (business_day() + timedelta(days=30)).isoformat()


def test_what_others_decided_is_not_how_he_stands(resident: Client, session: Session) -> None:
    write_consent(session, named("neighbour"), ConsentPurpose.LOCATION, by="neighbour")

    found = standing(resident)

    assert (found["state"], found["consent_id"]) == ("none", None)


def test_a_changed_text_asks_anew(resident: Client, session: Session) -> None:
    """S-73: after a new version the old consent is ``changed``, and the old text is 409."""
    put(resident)
    session.add(next_version(ConsentPurpose.LOCATION))
    session.commit()

    late = put(resident)

    assert (late.status_code, late.json["code"]) == (409, "consent_changed")
    found = standing(resident)
    assert (found["state"], found["version"]) == ("changed", 99)
    assert put(resident, UUID(found["text_id"])).status_code == 201
    assert standing(resident)["state"] == "given"


def test_a_text_of_tomorrow_is_not_there_today(resident: Client, session: Session) -> None:
    """S-73: nobody agrees to it before it is in force, and until then it unsettles nothing."""
    put(resident)
    coming = next_version(ConsentPurpose.LOCATION)
    coming.published_at += timedelta(days=1)
    session.add(coming)
    session.commit()

    early = put(resident, coming.id)

    assert (early.status_code, list(early.json["errors"])) == (404, ["text_id"])
    found = standing(resident)
    assert (found["state"], found["version"], found["text_id"]) == ("given", 1, str(LOCATION.id))
    assert put(resident).status_code == 201


def test_paper_is_recorded_by_staff(worker: Client, far_admin: Client, session: Session) -> None:
    """S-71: the channel says paper; a child's own signature is none."""
    child = write_child(session)
    write_guardian(session, child)
    body = {"text_id": str(MINORS.id), "given": True, "resident_id": str(child)}
    path = f"/v1/consents/{new_id()}"

    by_child = worker.put(path, json=body | {"decided_by": str(child)})
    by_stranger = worker.put(path, json=body | {"decided_by": str(named("neighbour"))})
    foreign = far_admin.put(path, json=body | {"decided_by": str(named("resident"))})
    made = worker.put(path, json=body | {"decided_by": str(named("resident"))})

    assert [one.status_code for one in (by_child, by_stranger, foreign, made)] == [403, 404, 404, 201]
    assert made.json["channel"] == "paper"
    assert far_admin.post(f"{path}/withdraw").status_code == 404
    assert worker.post(f"{path}/withdraw").json["withdrawn_at"] is not None


def test_staff_find_what_to_read_out_and_what_to_take_back(
    worker: Client, far_admin: Client, session: Session
) -> None:
    """S-71, S-72: who signs on paper reads the text in force; a yes on the phone is taken back by word."""
    given = write_consent(session, named("resident"), ConsentPurpose.LOCATION)
    path = f"/v1/residents/{named('resident')}/consents"

    def shown() -> dict[str, dict[str, Any]]:
        return {one["purpose"]: one for one in worker.get(path).json["items"]}

    before = shown()
    paper = {"text_id": before["photo"]["text_id"], "given": True, "resident_id": str(named("resident"))}
    signed = worker.put(f"/v1/consents/{new_id()}", json=paper | {"decided_by": paper["resident_id"]})
    back = worker.post(f"/v1/consents/{before['location']['consent_id']}/withdraw")

    assert before["location"]["consent_id"] == str(given)
    assert (signed.status_code, back.status_code) == (201, 200)
    assert {name: one["state"] for name, one in shown().items() if name in {"photo", "location"}} == {
        "photo": "given",
        "location": "withdrawn",
    }
    assert all(one["text"] for one in before.values())
    assert far_admin.get(path).status_code == 404


def test_nobody_is_asked_for_what_nothing_rests_on(
    resident: Client, worker: Client, session: Session
) -> None:
    """S-72: nobody's name goes upward with his hardship, so no consent to it is offered, or taken."""
    upward, himself = SHIPPED_TEXTS[ConsentPurpose.SHARING_UPWARD].id, str(named("resident"))
    paper = {"text_id": str(upward), "given": True, "resident_id": himself, "decided_by": himself}
    offered = [
        {one["purpose"] for one in client.get(path).json["items"]}
        for client, path in ((resident, "/v1/me/consents"), (worker, f"/v1/residents/{himself}/consents"))
    ]
    refused = [put(resident, upward), worker.put(f"/v1/consents/{new_id()}", json=paper)]

    assert offered == [set(ConsentPurpose) - {"sharing_upward"}] * 2
    assert [(one.status_code, list(one.json["errors"])) for one in refused] == [(404, ["text_id"])] * 2
    assert session.scalar(select(func.count()).select_from(Consent)) == 0


def test_what_was_agreed_to_before_is_read_and_taken_back(resident: Client, session: Session) -> None:
    """S-74: a yes to what nobody is asked for any more is shown until it is taken back."""
    given = write_consent(session, named("resident"), ConsentPurpose.SHARING_UPWARD)
    shown = standing(resident, "sharing_upward")
    back = resident.post(f"/v1/me/consents/{given}/withdraw")
    left = [one["purpose"] for one in resident.get("/v1/me/consents").json["items"]]

    assert (shown["state"], shown["consent_id"], back.status_code) == ("given", str(given), 200)
    assert "sharing_upward" not in left


def test_others_consents_are_not_his_to_take_back(be: Any, session: Session) -> None:
    consent = write_consent(session, named("resident"), ConsentPurpose.LOCATION)

    assert be("neighbour").post(f"/v1/me/consents/{consent}/withdraw").status_code == 404
    assert session.get_one(Consent, consent).withdrawn_at is None


def test_anybody_may_read_the_notice(visitor: Client) -> None:
    """S-70: public, before anything is asked of anybody."""
    answer = visitor.get("/v1/notice-of-privacy")

    assert (answer.status_code, len(answer.json["items"]), answer.json["version"]) == (
        200,
        10,
        NOTICE_VERSION,
    )
    told = {one["key"]: one["text"] for one in answer.json["items"]}
    assert all(word in told["rights"] for word in ("副本", "改正", "删除", "收回同意", "注销"))
    assert "社区按职责登记" in told["children"]
    for key, also in (("kinds", "IP地址"), ("purpose", "是谁办的"), ("retention", "至少保存13个月")):
        assert all(word in told[key] for word in ("上网地址", "用的是哪种手机或浏览器", also))


def test_a_day_later_it_is_still_given(resident: Client) -> None:
    put(resident)

    with set_to(now() + timedelta(minutes=20)):
        assert standing(resident)["state"] == "given"
