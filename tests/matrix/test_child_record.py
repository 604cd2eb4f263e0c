"""Who reads what of a left-behind child, asked of every route that could tell: docs/child-record.md.

To write the page anew: GONGDI_WRITE_FIELDS=1 python -m pytest tests/matrix/test_child_record.py
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.clock import business_day
from app.employment import months_before, this_month
from app.ids import new_id
from app.models import CareCategory, CareRecord, FollowUp, Guardianship, Resident, Visit
from app.people import Numbers, keep_numbers, last_day_as_minor
from app.reports import count_care
from app.visits import Contact, SaidBy, VisitMode, VisitOutcome, sealed_contacts, sealed_need, sealed_visit
from tests.api.care.follow_up_world import until
from tests.architecture.sources import ROOT
from tests.care_world import answer_for, write_care, write_form
from tests.cast import GRID, HOME, person
from tests.child_world import write_guarded_child, write_ticket
from tests.client import Client
from tests.matrix.side import captured
from tests.sealer import SEALER

PAGE = ROOT / "docs" / "child-record.md"
PHONE, ID_NUMBER = "10000107654", "00000020160601001X"
FACTS = {
    "name 姓名": "王小明",
    "day of birth 出生日期": "2016-06-01",
    "day it is of age 成年日期": "2034-05-31",
    "phone in clear 完整手机号": PHONE,
    "ID number in clear 完整身份证号": ID_NUMBER,
    "category of care 类别": CareCategory.LEFT_BEHIND_CHILD.value,
    "day of the next visit 下次探访": "2031-03-09",
    "outcome of a visit 探访结果": VisitOutcome.SEEN_WELL.value,
    "who confirmed a visit 确认人": f'"answered_as":"{SaidBy.GUARDIAN.value}"',
    "answers of a visit 探访问到的": "想妈妈了",
    "note of a visit 探访备注": "晚上睡不好",
    "emergency contact 紧急联系人": "孙大伟",
    "need found 需求": "买一个书包",
}
"""What is known of the child, and what gives it away in an answer."""


_WORDS = re.compile("resident|household|care|visit|follow-up|guardian|ticket|harm-case|employment|duplicate")
_ASKED_ELSEWHERE = {
    "/v1/care-counts": "figures (below)",
    "/v1/harm-cases/<uuid:case_id>": "there is no case of this child (test_harm_cases.py)",
    "/v1/households/<uuid:household_id>/binding-code": "a code of the household",
    "/v1/households/<uuid:household_id>/card.pdf": "names of the roster, printed (test_papers.py)",
    "/v1/households/<uuid:household_id>/changes": "what was changed (test_roster_changes.py)",
    "/v1/residents/<uuid:resident_id>/changes": "what was changed (test_roster_changes.py)",
    "/v1/residents/<uuid:resident_id>/consents": "what was agreed to, and no fact of these",
    "/v1/residents/<uuid:resident_id>/same-person": "two rows side by side, by leave (test_duplicates.py)",
    "/v1/visit-forms": "questions",
}
"""Routes with such words that say none of the facts, and why."""


@dataclass(frozen=True)
class Reader:
    """Somebody who may or may not read it."""

    title: str
    name: str
    ticket: bool = False


READERS = (
    Reader("responsible worker, by the ticket that came with the care", "worker", ticket=True),
    Reader("responsible worker, once that ticket is over", "worker"),
    Reader("another grid worker", "colleague"),
    Reader("another grid worker with a ticket", "colleague", ticket=True),
    Reader("community admin", "admin"),
    Reader("community admin with a ticket", "admin", ticket=True),
    Reader("building lead", "lead"),
    Reader("shop clerk", "clerk"),
    Reader("county officer", "county"),
    Reader("city officer", "city"),
    Reader("system administrator", "system"),
    Reader("security administrator", "security"),
    Reader("auditor", "auditor"),
    Reader("admin of the next community", "next_admin"),
    Reader("the child's household", "resident"),
    Reader("a neighbour", "neighbour"),
)


@dataclass(frozen=True)
class Child:
    """The child and what hangs on it."""

    id: UUID
    household_id: UUID
    care_id: UUID
    visit_id: UUID
    need_id: UUID

    def asks(self) -> Sequence[tuple[str, dict[str, object] | None]]:
        """Give every address that could tell of it, and the body where it takes one."""
        reveals: list[tuple[str, dict[str, object]]] = [
            (f"/v1/residents/{self.id}/reveal", {"field": field, "purpose": "联系家里人"})
            for field in ("phone", "id_number")
        ]
        addresses = (
            f"/v1/residents/{self.id}",
            f"/v1/residents/{self.id}/guardianships",
            f"/v1/residents/{self.id}/employments",
            "/v1/duplicates",
            "/v1/employments/due",
            "/v1/employments/homes",
            "/v1/me/employments",
            "/v1/households",
            f"/v1/households/{self.household_id}",
            f"/v1/households/{self.household_id}/residents",
            "/v1/care-records",
            "/v1/care-records?category=left_behind_child",
            f"/v1/care-records/{self.care_id}",
            f"/v1/care-records/{self.care_id}/history",
            f"/v1/care-records/{self.care_id}/visit-draft",
            f"/v1/care-records/{self.care_id}/contacts",
            f"/v1/visits?care_record_id={self.care_id}",
            f"/v1/visits/{self.visit_id}",
            "/v1/me/visits",
            "/v1/answered-visits",
            "/v1/follow-ups",
            "/v1/follow-ups?whose=area&done=all",
            "/v1/follow-ups?whose=unowned",
            "/v1/guardianships",
            "/v1/viewing-tickets",
            "/v1/harm-cases",
            "/v1/spot-checks",
            "/v1/approvals",
            "/v1/me",
            "/v1/me/today",
            "/v1/me/notices",
            "/v1/me/work",
            f"/v1/users/{person('worker').user_id}/work?month={months_before(this_month(), 2):%Y-%m}",
        )
        search: tuple[str, dict[str, object]] = ("/v1/residents/search", {"words": "王小明"})
        reads: list[tuple[str, dict[str, object] | None]] = [(address, None) for address in addresses]
        moved = until(business_day().isoformat())
        return [*reads, search, *reveals, (f"/v1/follow-ups/{self.need_id}/postpone", moved)]


@pytest.fixture
def child(app: Flask, session: Session) -> Child:
    """Write a left-behind child with everything on record."""
    child_id = write_guarded_child(session)
    row = session.get_one(Resident, child_id)
    keep_numbers(SEALER, row, Numbers(PHONE, ID_NUMBER))
    session.execute(update(Guardianship).values(valid_until=last_day_as_minor(row.birth_date)))
    session.commit()
    form = write_form(session, CareCategory.LEFT_BEHIND_CHILD)
    care = write_care(
        session,
        resident_id=child_id,
        category=CareCategory.LEFT_BEHIND_CHILD,
        started_on=business_day().replace(day=1),
        next_due_on=date(2031, 3, 9),
    )
    contacts = sealed_contacts(SEALER, care, [Contact("孙大伟", "舅舅", "07150000000")])
    session.execute(update(CareRecord).where(CareRecord.id == care).values(contacts_sealed=contacts))
    visit_id, need_id = new_id(), new_id()
    words = sealed_visit(SEALER, visit_id, answers={"mood": "想妈妈了"}, note="晚上睡不好")
    session.add(
        Visit(
            id=visit_id,
            area_code=GRID,
            care_record_id=care,
            form_id=form,
            worker_id=person("worker").user_id,
            mode=VisitMode.IN_PERSON,
            outcome=VisitOutcome.SEEN_WELL,
            **words,
            **captured(),
        )
    )
    session.flush()
    session.add(
        FollowUp(
            id=need_id,
            area_code=GRID,
            visit_id=visit_id,
            need_sealed=sealed_need(SEALER, need_id, "买一个书包"),
            owner_id=person("worker").user_id,
            due_on=business_day(),
        )
    )
    session.commit()
    assert answer_for(Client(app, person("resident")), visit_id).status_code == 200
    return Child(child_id, row.household_id, care, visit_id, need_id)


def _told(app: Flask, session: Session, child: Child, reader: Reader) -> set[str]:
    """Give the facts that stand in any answer to this reader."""
    if reader.ticket:
        write_ticket(session, child.id, reader.name)
    client, heard = Client(app, person(reader.name)), ""
    for address, body in child.asks():
        answer = client.get(address) if body is None else client.post(address, json=body)
        assert answer.status_code < 500, answer.text
        assert answer.status_code != 422, f"{address} asks for nothing: {answer.text}"
        if answer.status_code < 400:
            heard += answer.text
    return {fact for fact, sign in FACTS.items() if sign in heard}


def _page(table: dict[str, set[str]]) -> str:
    head = [
        "<!-- Made by GONGDI_WRITE_FIELDS=1 python -m pytest tests/matrix/test_child_record.py. -->",
        "# Who reads what of a left-behind child",
        "",
        "What the API answers to each reader, from every route that could tell of a child of ten years whose",
        "guardian agreed to visits. A blank is a fact that stands in none of its answers. Each look that",
        "shows more than the roster does is in the audit trail, with the ticket by which it was. The name is",
        "the roster's; a minor's day of birth, numbers and care take a ticket ([domain](domain.md#visits)).",
        "Whoever is to see to a need reads that need, and nothing else of the visit.",
        "",
        "| reader | " + " | ".join(FACTS) + " |",
        "|---|" + "---|" * len(FACTS),
    ]
    lines = [
        f"| {reader} | " + " | ".join("yes" if fact in told else "" for fact in FACTS) + " |"
        for reader, told in table.items()
    ]
    return "\n".join([*head, *lines]) + "\n"


def _kept() -> dict[str, set[str]]:
    """Read the table back."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = [line.split("|")[1:-1] for line in lines if line.startswith("|")]
    return {
        cells[0].strip(): {fact for fact, cell in zip(FACTS, cells[1:], strict=True) if cell.strip() == "yes"}
        for cells in rows[2:]
    }


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.title)
def test_a_reader_is_told_what_the_page_says(
    app: Flask, session: Session, child: Child, reader: Reader
) -> None:
    """S-95: of a left-behind child each role reads what docs/child-record.md says, and nothing more."""
    told = _told(app, session, child, reader)

    if os.environ.get("GONGDI_WRITE_FIELDS"):
        kept = _kept() if PAGE.exists() else {}
        titles = [one.title for one in READERS]
        table = {title: (kept | {reader.title: told}).get(title, set()) for title in titles}
        PAGE.write_text(_page(table), encoding="utf-8")
    assert _kept()[reader.title] == told


def test_nobody_reads_the_care_of_a_child_without_a_ticket() -> None:
    """S-95: what was said is read by the responsible and the admin, by ticket; a need by who sees to it.

    The last day of a guardianship that ends with childhood is the day before a birthday, and told as that is.
    """
    table = _kept()
    said = {"outcome of a visit 探访结果", "answers of a visit 探访问到的", "note of a visit 探访备注"}
    said.add("emergency contact 紧急联系人")

    said.add("who confirmed a visit 确认人")

    assert said < FACTS.keys()
    assert table.keys() == {reader.title for reader in READERS}
    assert {reader for reader, told in table.items() if told & said} == {READERS[0].title, READERS[5].title}
    birthday, of_age = "day of birth 出生日期", "day it is of age 成年日期"
    assert [reader for reader, told in table.items() if of_age in told and birthday not in told] == []
    assert {reader for reader, told in table.items() if "need found 需求" in told} == {
        one.title for one in (*READERS[:2], READERS[5])
    }


def test_offices_read_no_fact_of_the_child() -> None:
    """The county, the city and the three administrators supervise by figures alone."""
    table = _kept()

    offices = ("county officer", "city officer")
    for title in (*offices, "system administrator", "security administrator", "auditor"):
        assert table[title] == set(), title


@pytest.mark.usefixtures("child")
def test_the_child_stands_in_no_figure(app: Flask, session: Session) -> None:
    """S-95: a single child of a community is kept back from what offices read."""
    count_care(session)
    county = Client(app, person("county"))

    answer = county.get(f"/v1/care-counts?area_code={HOME}")

    (told,) = answer.json["items"]
    assert {"category": "left_behind_child", "people": None} in told["categories"]


def test_every_route_that_could_tell_is_asked(app: Flask, child: Child) -> None:
    """A new route of the roster, of care or of visits stands in the page, or here with a reason."""
    routes = app.url_map.bind("")
    asked = {
        routes.match(address.partition("?")[0], "GET" if body is None else "POST", return_rule=True)[0].rule
        for address, body in child.asks()
    }
    could = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and _WORDS.search(rule.rule)
    }

    assert could - asked == _ASKED_ELSEWHERE.keys()
