"""What is written about a child under 14: its entry by duty, all else by its guardian's consent."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from stdnum.iso7064 import mod_11_2

from app.clock import business_day, now, set_to
from app.ids import new_id
from app.models import (
    AutomaticSource,
    Claim,
    Consent,
    ConsentPurpose,
    Correction,
    Guardianship,
    Hazard,
    Resident,
    User,
)
from app.people import BASES, Category, Duty, NoBasisError, Numbers, Whom, check_about, numbers_of
from tests.cast import named, person
from tests.child_world import TEN_YEARS_OLD, write_child, write_consent, write_guarded_child, write_guardian
from tests.client import Answer, Client
from tests.hazard_world import write_hazard
from tests.own_data.correcting import ask, decide, give_numbers
from tests.points_world import claim_body, write_rule
from tests.sealer import SEALER

PHONE, OTHER_PHONE = "13900001234", "13900004321"
NO_BASIS = (403, "no_basis")
RESTS_ON_THE_GUARDIAN = (Category.NUMBERS, Category.CLAIM)


def outcome(answer: Answer) -> tuple[int, str | None]:
    return answer.status_code, answer.json.get("code")


def id_number(born: date) -> str:
    """Make a woman's number whose region cannot be."""
    body = f"000000{born:%Y%m%d}002"
    return body + mod_11_2.calc_check_digit(body)


def put_numbers(client: Client, resident_id: UUID, **numbers: str | None) -> Answer:
    body = {"phone": None, "id_number": None} | numbers
    return client.put(f"/v1/residents/{resident_id}/numbers", json=body)


def kept(session: Session, resident_id: UUID) -> Numbers:
    return numbers_of(SEALER, session.get_one(Resident, resident_id, populate_existing=True))


def take_back(session: Session, child: UUID) -> None:
    which = (Consent.resident_id == child, Consent.purpose == ConsentPurpose.MINORS)
    session.scalars(select(Consent).where(*which)).one().withdrawn_at = now()
    session.commit()


def test_a_childs_entry_is_a_duty(admin: Client) -> None:
    """S-72, S-91: else no guardian could be recorded for it, nor agree; the table says by which law."""
    body = {
        "household_id": str(person("resident").household_id),
        "name": "王小明",
        "sex": "male",
        "birth_date": TEN_YEARS_OLD.isoformat(),
        "relation": "grandchild",
    }
    made = admin.put(f"/v1/residents/{new_id()}", json=body)
    basis = BASES[Category.ROSTER][Whom.CHILD]

    assert made.status_code == 201
    assert isinstance(basis, Duty)
    assert "Minor Protection Law 43" in basis.source


def test_numbers_of_a_child_wait_for_its_guardian(session: Session, admin: Client) -> None:
    """S-72, S-91: not before a guardian is on record, verified, and agreed; the refusal says what to do."""
    child = write_child(session)
    number = id_number(TEN_YEARS_OLD)
    answers = [put_numbers(admin, child, phone=PHONE), put_numbers(admin, child, id_number=number)]
    unverified = write_guardian(session, child, verified=False)
    write_consent(session, child)
    answers.append(put_numbers(admin, child, phone=PHONE))
    session.get_one(Guardianship, unverified).ended_at = now()
    session.commit()
    answers.append(put_numbers(admin, child, phone=PHONE))
    before = kept(session, child)
    write_guardian(session, child)
    done = put_numbers(admin, child, phone=PHONE, id_number=number)

    assert [outcome(one) for one in answers] == [NO_BASIS] * 4
    assert all(word in answers[0].json["title"] for word in ("登记、核实", "监护人来同意"))
    assert before == Numbers()
    assert done.status_code == 200, done.text
    assert kept(session, child) == Numbers(PHONE, number)


def test_after_the_withdrawal_numbers_are_taken_away_only(session: Session, admin: Client) -> None:
    """S-72, S-74: nothing new is written from then on; what is there may go, the same again is no news."""
    child, number = write_guarded_child(session), id_number(TEN_YEARS_OLD)
    put_numbers(admin, child, phone=PHONE, id_number=number)
    take_back(session, child)
    same = put_numbers(admin, child, phone=PHONE, id_number=number)
    other = put_numbers(admin, child, phone=OTHER_PHONE, id_number=number)
    less = put_numbers(admin, child, id_number=number)
    back = put_numbers(admin, child, phone=PHONE, id_number=number)

    assert [one.status_code for one in (same, other, less, back)] == [200, 403, 200, 403]
    assert kept(session, child) == Numbers(None, number)


def test_a_changed_text_is_agreed_to_anew_before_a_childs_number(session: Session, admin: Client) -> None:
    """S-73, S-91: who agreed to visits alone, as the first text said, did not agree to this."""
    child = write_guarded_child(session)
    consent = session.scalars(select(Consent).where(Consent.resident_id == child)).one()
    consent.text_id = UUID("6d0a8832-18b3-548d-8ef4-120966078231")
    session.commit()

    assert outcome(put_numbers(admin, child, phone=PHONE)) == (409, "consent_changed")


def test_the_age_is_the_birth_dates_and_the_id_numbers(session: Session, admin: Client) -> None:
    """S-91: from 14 on the duty is enough; nobody is a child by one and of age by the other."""
    today = business_day()
    birthday = today.replace(year=today.year - 14, day=min(today.day, 28))
    of_age, child = write_child(session, birthday), write_child(session, today - timedelta(days=13 * 365))
    childs_number = id_number(session.get_one(Resident, child).birth_date)
    by_number = put_numbers(admin, of_age, id_number=childs_number)
    by_birth_date = put_numbers(admin, child, id_number=id_number(birthday))
    right = put_numbers(admin, child, id_number=childs_number)
    older = put_numbers(admin, of_age, id_number=id_number(birthday))

    assert [outcome(one) for one in (by_number, by_birth_date)] == [(422, "id_number")] * 2
    assert outcome(right) == NO_BASIS
    assert older.status_code == 200


@pytest.mark.parametrize("category", RESTS_ON_THE_GUARDIAN)
@pytest.mark.parametrize(
    "birth_date, last_moment",
    [
        (date(2013, 5, 6), datetime(2027, 5, 5, 15, 59, tzinfo=UTC)),
        (date(2012, 2, 29), datetime(2026, 2, 28, 15, 59, tzinfo=UTC)),
        (date(2014, 2, 28), datetime(2028, 2, 27, 15, 59, tzinfo=UTC)),
    ],
)
def test_it_ends_with_the_day_before_the_birthday_in_china(
    session: Session, category: Category, birth_date: date, last_moment: datetime
) -> None:
    """S-91: the day before and the day itself, 29 February, Asia/Shanghai."""
    resident = session.get_one(Resident, write_child(session, birth_date))

    with set_to(last_moment), pytest.raises(NoBasisError):
        check_about(session, resident, category)
    with set_to(last_moment + timedelta(minutes=1)):
        assert check_about(session, resident, category) is BASES[category][Whom.RESIDENT]


@pytest.mark.parametrize("category", [Category.ROSTER, *RESTS_ON_THE_GUARDIAN])
def test_an_adults_rest_on_a_duty_or_his_act(session: Session, category: Category) -> None:
    """S-72: with the source, or the act, in the table."""
    basis = check_about(session, session.get_one(Resident, named("resident")), category)

    assert all(vars(basis).values())


def test_claims_for_a_child_wait_for_its_guardian(session: Session, worker: Client, resident: Client) -> None:
    """S-72, S-91: whoever claims, household or staff; what the household does for itself goes on (S-74)."""
    child, rule = write_child(session), write_rule(session)
    body = claim_body(rule) | {"resident_id": str(child)}
    refused = [one.put(f"/v1/claims/{new_id()}", json=body) for one in (resident, worker)]
    own = resident.put(f"/v1/claims/{new_id()}", json=claim_body(rule))
    write_guardian(session, child)
    write_consent(session, child)
    agreed = [one.put(f"/v1/claims/{new_id()}", json=body) for one in (resident, worker)]

    assert [outcome(one) for one in refused] == [NO_BASIS] * 2
    assert [one.status_code for one in (own, *agreed)] == [201] * 3
    whose = session.scalars(select(Claim.resident_id).order_by(Claim.id)).all()
    assert whose == [named("resident"), child, child]


def test_a_claim_made_in_time_runs_on_but_is_not_written_anew(
    session: Session, worker: Client, resident: Client
) -> None:
    """S-72, S-74: after the withdrawal a repeat and a decision are answered, new words are not taken."""
    child, rule = write_guarded_child(session), write_rule(session)
    body = claim_body(rule) | {"resident_id": str(child)}
    first, second = (f"/v1/claims/{new_id()}" for _ in range(2))
    for path in (first, second):
        assert resident.put(path, json=body).status_code == 201
    assert worker.step(f"{second}/return", {"reason": "写清楚些"}).status_code == 200
    take_back(session, child)
    repeat, decided = resident.put(first, json=body), worker.step(f"{first}/verify")
    anew = resident.step(f"{second}/resubmit", {"text": "扫了楼道"})
    taken_back = resident.step(f"{second}/withdraw")

    assert (repeat.status_code, decided.status_code, taken_back.status_code) == (200, 200, 200)
    assert outcome(anew) == NO_BASIS


@pytest.mark.parametrize("agreed", [True, False])
def test_a_childs_report_earns_nothing_that_nobody_agreed_to(
    session: Session, admin: Client, *, agreed: bool
) -> None:
    """S-72, S-91: the report is accepted all the same, which is for everybody's safety."""
    child = write_guarded_child(session)
    write_rule(session, automatic=AutomaticSource.HAZARD_REPORT_ACCEPTED)
    session.get_one(User, person("neighbour").user_id).resident_id = child
    hazard = write_hazard(session, reported_by=person("neighbour").user_id)
    if not agreed:
        take_back(session, child)
    accepted = admin.step(f"/v1/hazards/{hazard.id}/accept")
    earned = session.scalars(select(Claim.resident_id).join(Hazard, Hazard.id == Claim.source_id)).all()

    assert accepted.status_code == 200, accepted.text
    assert earned == ([child] if agreed else [])


def test_no_correction_puts_a_childs_number_in(session: Session, resident: Client, admin: Client) -> None:
    """S-72, S-91: neither is the wish kept without a consent, nor is it done once that was taken back."""
    child = write_child(session)
    write_guardian(session, child)

    def wish(field: str, value: str) -> Answer:
        return ask(resident, field, value, resident_id=str(child))

    early = [wish("phone", PHONE), wish("id_number", id_number(TEN_YEARS_OLD))]
    count = len(session.scalars(select(Correction)).all())
    write_consent(session, child)
    asked = wish("phone", PHONE)
    take_back(session, child)
    late = decide(admin, asked.json["id"])

    assert [outcome(one) for one in (*early, late)] == [NO_BASIS] * 3
    assert (count, asked.status_code) == (0, 201)
    assert kept(session, child) == Numbers()


def test_a_correction_takes_a_childs_number_away_and_puts_its_name_right(
    session: Session, resident: Client, admin: Client
) -> None:
    """S-74, S-77: neither asks for a consent: one ends what there is of data, the other is the entry's."""
    child = write_child(session)
    write_guardian(session, child)
    give_numbers(session, child, Numbers(PHONE))
    wishes: list[Any] = [("phone", ""), ("name", "王晓明")]
    answers = [
        decide(admin, ask(resident, field, value, resident_id=str(child)).json["id"])
        for field, value in wishes
    ]

    assert [one.status_code for one in answers] == [200, 200]
    assert kept(session, child) == Numbers()
    assert session.get_one(Resident, child, populate_existing=True).name == "王晓明"
