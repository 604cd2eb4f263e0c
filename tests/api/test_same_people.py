"""People who were entered twice are made one, with all they have."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import Connection, func, select, text
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import (
    CareRecord,
    ClaimStatus,
    Employment,
    HarmCase,
    Notice,
    RosterChange,
    Transfer,
    User,
)
from app.moves.carrying import ONE_OF_EACH, keys
from app.people import Numbers, numbers_of
from tests.care_world import visit, write_care, write_form
from tests.cast import HOME, person
from tests.child_world import write_child, write_consent, write_guardian
from tests.client import Client
from tests.counting import statements
from tests.matrix.stage import Stage
from tests.moves_world import HERE, KIN, TODAY, move, refused, row
from tests.own_data.correcting import ID_NUMBER, NEW_PHONE, PHONE, give_numbers
from tests.own_data_world import copy_of
from tests.sealer import SEALER
from tests.trail import entries_of
from tests.twins_world import helped, looked_at, make_one, pairs, write_twin
from tests.work_world import put_work, write_work


def test_all_that_hangs_on_the_duplicate_goes_to_who_stays(admin: Client, session: Session) -> None:
    """Also a case of harm, of which nobody hears, and what acted for him."""
    stage = Stage(session)
    seen, _ = stage.visit()
    stage.escape_help()
    stage.claim(ClaimStatus.SUBMITTED)
    stage.proxy()
    write_work(session, KIN, date(2026, 10, 1))
    write_consent(session, KIN)
    write_guardian(session, write_child(session))
    session.add(harm_case(seen))
    session.commit()
    held = {key: number for key in keys() if (number := count(session, key, KIN))}
    assert len(held) > 8
    twin = write_twin(session)

    answer = make_one(admin, twin, KIN)

    assert answer.status_code == 200, answer.json
    assert {key: count(session, key, twin) for key in held} == held
    left = {f"{key.table.name}.{key.name}" for key in keys() if count(session, key, KIN)}
    assert left == set()
    assert "harm" not in answer.text
    duplicate = row(session)
    assert (duplicate.left_on, duplicate.left_why, duplicate.same_as_id) == (TODAY(), "duplicate", twin)
    assert session.get_one(User, person("resident").user_id).resident_id == twin


def harm_case(visit_id: UUID) -> HarmCase:
    """Give a case of which the resident is."""
    told: dict[str, Any] = {"visit_id": visit_id, "told_id": visit_id, "signals": ["flag"]}
    return HarmCase(id=new_id(), area_code=HOME, resident_id=KIN, opened_at=func.now(), **told)


def count(session: Session, key: Any, resident_id: UUID) -> int:
    """Say how many rows name somebody by a key."""
    return session.scalar(select(func.count()).select_from(key.table).where(key == resident_id)) or 0


def test_the_history_says_what_went_to_whom_and_no_case_of_harm(admin: Client, session: Session) -> None:
    stage, twin, step_id = Stage(session), write_twin(session), new_id()
    session.add(harm_case(stage.visit()[0]))
    session.commit()
    with entries_of(session) as entries:
        assert make_one(admin, twin, KIN, step_id).status_code == 200

    of_twin, of_kin = (admin.get(f"/v1/residents/{one}/changes").json["items"][0] for one in (twin, KIN))

    assert (of_twin["id"], of_twin["kind"], of_twin["reason"]) == (str(step_id), "same_person", "两次录入")
    assert of_twin["data"] == {"duplicate_id": str(KIN), "fields": []}
    assert of_kin["data"] == {"same_as_id": str(twin), "part_of": str(step_id)}
    assert "moved" not in of_twin
    assert session.get_one(RosterChange, step_id).moved is not None
    assert [one.facts["duplicate_id"] for one in entries] == [str(KIN)]


def test_the_same_again_is_the_first_and_anything_else_is_refused(admin: Client, session: Session) -> None:
    twin, other, step_id = write_twin(session), write_twin(session), new_id()
    first = make_one(admin, twin, KIN, step_id)

    assert make_one(admin, twin, KIN, step_id).json == first.json
    assert refused(make_one(admin, twin, other, step_id)) == (409, "other_content")
    assert refused(make_one(admin, twin, KIN)) == (409, "resident_merged")
    assert refused(make_one(admin, KIN, other)) == (409, "resident_merged")


def test_a_number_goes_over_where_the_other_has_none_and_is_else_gone(
    admin: Client, session: Session
) -> None:
    twin, third = write_twin(session), write_twin(session)
    give_numbers(session, KIN, Numbers(phone=PHONE, id_number=ID_NUMBER))
    give_numbers(session, twin, Numbers(phone=NEW_PHONE))
    before = looked_at(admin, twin, KIN)
    assert make_one(admin, twin, KIN).status_code == 200

    goes = {one["field"]: one["goes"] for one in before["compared"]}
    assert (goes["phone"], goes["id_number"]) == (False, True)
    assert all(PHONE not in str(value) for one in before["compared"] for value in one.values())
    session.expire_all()
    assert numbers_of(SEALER, row(session, twin)) == Numbers(phone=NEW_PHONE, id_number=ID_NUMBER)
    assert numbers_of(SEALER, row(session)) == Numbers()
    written = row(session, twin)
    assert (written.id_number_by, written.phone_by) == (person("admin").user_id, None)
    give_numbers(session, third, Numbers(id_number=None))


def test_nothing_is_lists_search_or_copied_of_the_duplicate_as_of_somebody_of_his_own(
    admin: Client, session: Session
) -> None:
    twin = write_twin(session)
    make_one(admin, twin, KIN)

    listed = admin.get(f"/v1/households/{HERE}/residents").json["items"]
    sought = admin.post("/v1/residents/search", json={"words": "王桂兰"}).json["items"]

    assert str(KIN) not in {one["id"] for one in (*listed, *sought)}
    assert pairs(admin) == []
    told = admin.get(f"/v1/residents/{KIN}").json
    assert (told["left_why"], told["same_as_id"]) == ("duplicate", str(twin))
    answers = [
        move(admin, "return"),
        move(admin),
        admin.put(f"/v1/residents/{KIN}/numbers", json={"phone": PHONE}),
        admin.put(f"/v1/escape-helps/{new_id()}", json=helped()),
        put_work(admin, KIN, f"{TODAY():%Y-%m}"),
    ]
    assert [refused(one) for one in answers] == [(409, "resident_merged")] * len(answers)


def test_a_resident_s_copy_holds_what_was_of_the_duplicate(
    app: Flask, admin: Client, resident: Client, session: Session
) -> None:
    """Also what the ledger and the history say of the row that he was before."""
    stage, twin = Stage(session), write_twin(session)
    stage.visit()
    write_work(session, KIN, date(2026, 10, 1))
    session.commit()
    assert make_one(admin, twin, KIN).status_code == 200

    copy = copy_of(app, session, resident)

    assert {one["id"] for one in copy.rows("residents")} == {str(KIN), str(twin)}
    assert len(copy.rows("visits")) == len(copy.rows("care_records")) == len(copy.rows("employments")) == 1
    assert {one["resident_id"] for one in copy.rows("roster_changes")} == {str(KIN), str(twin)}


def test_what_both_lived_by_in_a_month_stands_once(admin: Client, session: Session) -> None:
    twin, month = write_twin(session), date(2026, 10, 1)
    stays, goes = (write_work(session, one, month) for one in (twin, KIN))
    other = write_work(session, KIN, date(2026, 9, 1))

    assert make_one(admin, twin, KIN).status_code == 200

    session.expire_all()
    standing = select(Employment.id).where(Employment.resident_id == twin, Employment.replaced_at.is_(None))
    assert set(session.scalars(standing)) == {stays, other}
    assert session.get_one(Employment, goes).resident_id == twin


def test_an_account_that_goes_is_told_to_its_owner_and_the_home(admin: Client, session: Session) -> None:
    twin = write_twin(session)
    assert make_one(admin, twin, KIN).status_code == 200

    told = {one.user_id for one in session.scalars(select(Notice)) if one.data["what"] == "bound_to_same"}

    assert person("resident").user_id in told
    assert person("neighbour").user_id in told
    assert person("admin").user_id not in told


def test_a_visit_from_a_phone_that_knew_the_duplicate_arrives(
    admin: Client, worker: Client, session: Session
) -> None:
    care, form, twin = write_care(session), write_form(session), write_twin(session)
    assert make_one(admin, twin, KIN).status_code == 200

    answer = worker.put(f"/v1/visits/{new_id()}", json=visit(care, form))

    assert answer.status_code == 201, answer.json
    assert session.get_one(CareRecord, care, populate_existing=True).resident_id == twin


def test_a_duplicate_of_a_duplicate_is_the_last_one_s(admin: Client, session: Session) -> None:
    twin, third = write_twin(session), write_twin(session)
    assert make_one(admin, twin, KIN).status_code == 200
    assert make_one(admin, third, twin).status_code == 200

    session.expire_all()
    assert {row(session, one).same_as_id for one in (KIN, twin)} == {third}


def test_every_key_to_the_roster_refuses_a_duplicate(session: Session) -> None:
    """Else something begun in the same moment would hang on nobody."""
    found = session.execute(text("SELECT tgname FROM pg_trigger WHERE tgname LIKE '%no_duplicate'")).scalars()
    assert sorted(found) == sorted(f"{key.table.name}_{key.name}_no_duplicate" for key in keys())


def test_every_unique_key_with_a_resident_in_it_is_thought_of() -> None:
    unique = {
        str(index.name)
        for key in keys()
        for index in key.table.indexes
        if index.unique and key.name in index.columns
    }
    assert unique == set(ONE_OF_EACH) | {"uq_employments_standing"}


def test_many_rows_of_one_person_go_at_once(admin: Client, session: Session, connection: Connection) -> None:
    twin = write_twin(session)
    first = date(2020, 1, 1)
    for number in range(80):
        write_work(session, KIN, (first + timedelta(days=31 * number)).replace(day=1))
    with statements(connection) as many:
        assert make_one(admin, twin, KIN).status_code == 200
    other = write_twin(session)
    with statements(connection) as few:
        assert make_one(admin, other, twin).status_code == 200

    assert len(many) <= len(few)
    assert session.scalar(select(func.count()).select_from(Transfer)) is not None
