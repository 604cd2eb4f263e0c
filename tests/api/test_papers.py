"""Papers: a household's card, its passbook, the record of a visit, read off their pages."""

import io
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import zxingcpp
from pypdf import PageObject, PdfReader
from sqlalchemy.orm import Session

from app.clock import business_day, now
from app.config import Settings
from app.ids import new_id
from app.models import CareCategory, FollowUp
from app.typesetting import Column, Paper, paper_pdf
from tests.api.care.test_signatures import sign
from tests.care_world import file_visit, write_care, write_form
from tests.cast import named
from tests.child_world import write_guarded_child, write_ticket
from tests.client import Answer, Client
from tests.points_world import give_points
from tests.trail import entries_of
from tests.typesetting.paper import on_paper

Become = Callable[[str | None], Client]
HOUSEHOLD = named("household home")


def pages(answer: Answer) -> list[PageObject]:
    """Read the pages of a PDF."""
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.data[:300]
    found = list(PdfReader(io.BytesIO(answer.data)).pages)
    assert [round(float(side)) for side in found[0].mediabox.upper_right] == [595, 842], "A4"
    return found


def text(answer: Answer) -> str:
    """Give all that is written on it, without breaks."""
    told = "".join(page.extract_text() for page in pages(answer))
    return told.replace("\0", "").replace("\n", "")


def test_a_card_names_the_household_and_no_number(
    worker: Client, settings: Settings, session: Session
) -> None:
    with entries_of(session) as entries:
        card = worker.get(f"/v1/households/{HOUSEHOLD}/card.pdf")

    told = text(card)
    assert all(part in told for part in ("住户卡", "家园社区", "1单元101", "王桂兰", "户主"))
    assert len(pages(card)) == 1
    (code,) = zxingcpp.read_barcodes(on_paper(card.data, dpi=200))
    assert code.text == f"{settings.public_url}/v1/households/{HOUSEHOLD}"
    assert [one.facts["household_id"] for one in entries] == [str(HOUSEHOLD)]
    assert not any(sign in told for sign in ("10000", "*"))


def test_a_passbook_has_what_there_is_and_each_entry(
    session: Session, resident: Client, admin: Client, be: Become
) -> None:
    """Staff print it for who has no phone; a neighbour finds nothing."""
    give_points(session, 30)

    own = text(resident.get("/v1/points/passbook.pdf"))
    printed = text(admin.get(f"/v1/points/passbook.pdf?household_id={HOUSEHOLD}"))

    assert own == printed
    assert [part for part in ("积分存折", "1单元101", "现有积分", "可用积分", "+30") if part not in own] == []
    assert be("neighbour").get(f"/v1/points/passbook.pdf?household_id={HOUSEHOLD}").status_code == 404


def test_a_visit_is_printed_for_a_purpose_with_everything_in_it(
    session: Session, admin: Client, worker: Client
) -> None:
    record, form = write_care(session), write_form(session)
    made = file_visit(worker, record, form, note="腿还疼", captured_at=now().isoformat())

    with entries_of(session) as entries:
        printed = admin.post(f"/v1/visits/{made.json['id']}/print", json={"purpose": "县里核查帮扶"})

    told = text(printed)
    parts = (
        "探访记录",
        "王桂兰",
        "上门",
        "心情怎么样",
        "好",
        "膝盖痛",
        "腿还疼",
        "县里核查帮扶",
        "第1页，共1页",
        "探访表",
        "王桂兰（老年人）",
        "1号楼 1单元101",
        "探访人 worker",
        "是否到场",
        "本人或家人签名",
    )
    assert [part for part in parts if part not in told] == []
    (entry,) = entries
    assert entry.facts["purpose"] == "县里核查帮扶"
    assert printed.headers["Cache-Control"] == "no-store"


def test_a_long_note_and_each_need_are_printed_to_the_end(
    session: Session, admin: Client, worker: Client
) -> None:
    """The signed paper is what a family holds: what it left out would not have been said."""
    record, form = write_care(session), write_form(session)
    note = "\n".join(f"第{line:02}行的话" for line in range(90))
    until = business_day() + timedelta(days=3)
    needs = [{"need": f"要第{number}件东西", "due_on": str(until)} for number in range(3)]
    made = file_visit(worker, record, form, note=note, follow_ups=needs)
    (first, second, _) = made.json["follow_ups"]
    done = worker.post(f"/v1/follow-ups/{first['id']}/finish", json={"result": "轮椅送到了"})
    assert done.status_code == 200, done.json
    ended = session.get_one(FollowUp, UUID(second["id"]))  # as where care ended before
    ended.done_at, ended.done_by = now(), ended.owner_id
    session.commit()

    printed = admin.post(f"/v1/visits/{made.json['id']}/print", json={"purpose": "家里要一份"})

    told = text(printed)
    assert len(pages(printed)) == 3
    assert [line for line in note.split("\n") if line not in told] == []
    assert [one["need"] for one in needs if one["need"] not in told] == []
    assert told.count("要办的事") == 3
    assert "已办：轮椅送到了" in told
    assert told.count("worker负责，") == 3
    assert told.count("已办") == 2
    assert told.count(f"{until}前办好") == 1


def test_the_signature_is_printed_and_else_there_is_room_for_one(
    session: Session, admin: Client, worker: Client
) -> None:
    record, form, signature = write_care(session), write_form(session), new_id()
    assert sign(worker, signature).status_code == 201
    at = {"captured_at": now().isoformat()}
    signed = file_visit(worker, record, form, signature_id=str(signature), **at).json["id"]
    unsigned = file_visit(worker, record, form, **at).json["id"]
    by_phone = file_visit(worker, record, form, mode="phone", outcome="fine_by_phone", **at).json["id"]

    papers = [
        admin.post(f"/v1/visits/{visit}/print", json={"purpose": "县里核查帮扶"})
        for visit in (signed, unsigned, by_phone)
    ]

    assert [len(pages(one)[-1].images) for one in papers] == [1, 0, 0]
    assert ["本人或家人签名" in text(one) for one in papers] == [True, True, False]


def test_no_row_of_a_table_stands_alone_on_a_page() -> None:
    """However many rows there are, the last page has two at least."""
    for rows in range(1, 70):
        paper = Paper(
            title="记录",
            office="社区",
            facts=[],
            columns=[Column("问题", 1), Column("回答", 1)],
            rows=[("问题", "回答")] * rows,
            foot="",
        )
        found = PdfReader(io.BytesIO(paper_pdf(paper))).pages
        read = [page.extract_text().replace("\0", "").count("回答") for page in found]
        assert min(read) > 1 or read == [1], rows


def test_nobody_prints_what_he_may_not_read(session: Session, worker: Client, be: Become) -> None:
    """S-95: a minor's by ticket only, another's not at all, and not without saying what for."""
    child = write_guarded_child(session)
    care = write_care(session, resident_id=child, category=CareCategory.LEFT_BEHIND_CHILD)
    form = write_form(session, CareCategory.LEFT_BEHIND_CHILD)
    path = f"/v1/visits/{file_visit(worker, care, form, captured_at=now().isoformat()).json['id']}/print"
    sent = {"purpose": "交给学校老师"}

    refused = worker.post(path, json=sent)
    assert (refused.status_code, refused.json["code"]) == (403, "ticket_needed")
    ticket = write_ticket(session, child, "worker")
    with entries_of(session) as entries:
        assert "王小明" in text(worker.post(path, json=sent))
    assert [one.facts["ticket_id"] for one in entries] == [str(ticket)]
    assert worker.post(path, json={}).status_code == 422
    assert be("colleague").post(path, json=sent).status_code == 403
