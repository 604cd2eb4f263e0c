"""What a file of the ledger says of which hazards it has: whoever is given it must know what is not in it."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy.orm import Session

from app import hazards
from app.exports.workbook import NOTE_ROW
from app.ids import new_id
from app.models import Checklist
from tests.approval_world import approved
from tests.cast import NEXT, named, person
from tests.client import Client
from tests.export_world import make, opened
from tests.exports.ledger_world import asked, fetch, wish
from tests.hazard_world import of_item, write_hazard, write_unit
from tests.plan_world import write_place


def _note(app: Flask, session: Session, admin: Client, **narrowed: object) -> str:
    """Take a ledger out; give what stands below its mark."""
    export_id = asked(admin, **narrowed)
    make(app, session, export_id, kind=hazards.LEDGER)
    sheet = opened(fetch(admin, export_id).data).worksheets[0]
    return str(sheet.cell(NOTE_ROW + 1, 1).value)


def test_the_file_says_what_it_was_narrowed_to(app: Flask, session: Session, admin: Client) -> None:
    """By name, as whoever reads it does not know ids."""
    write_hazard(session)

    note = _note(
        app,
        session,
        admin,
        status=["closed"],
        reported_since="2026-03-02T00:00:00+08:00",
        reported_until="2026-03-05T10:30:00+08:00",
        place_id=str(named("block")),
        assignee_id=str(person("worker").user_id),
        recurring=True,
        due_within_days=3,
        satisfaction=1,
        text="纸箱",
    )

    assert note.startswith(
        "内容：已销号、上报不早于2026年3月2日、上报早于2026年3月5日10:30、点位：1号楼、整改人：worker、反复出现、"
        "3天内到期、上报人评价：不满意、含有“纸箱”。"
    )


def test_a_file_of_everything_says_so(app: Flask, session: Session, admin: Client) -> None:
    assert _note(app, session, admin).startswith("内容：全部。")


def test_each_thing_that_narrows_the_ledger_has_its_words() -> None:
    """What is not said would look like the whole ledger."""
    nothing: dict[str, object] = {"status": [], "source": [], "category": [], "level": None, "overdue": False}
    nothing |= dict.fromkeys(("reported_since", "reported_until", "closed_since", "closed_until"))
    at = datetime(2026, 3, 2, tzinfo=UTC).isoformat()
    each = {
        "status": ["reported"],
        "source": ["staff"],
        "category": ["fire"],
        "level": "major",
        "overdue": True,
        **dict.fromkeys(("reported_since", "reported_until", "closed_since", "closed_until"), at),
        **dict.fromkeys(hazards.LEDGER_MORE, True),
        "item_key": "exit",
        "due_within_days": 3,
        "satisfaction": 3,
        "text": "门",
    }
    words = {name: hazards.ledger_in_words(nothing | {name: value}) for name, value in each.items()}

    assert hazards.ledger_in_words(nothing) == "全部"
    assert "全部" not in words.values()
    assert len(set(words.values())) == len(words)


def test_whoever_agrees_reads_which_place_person_unit_and_item(
    be: Callable[[str], Client], session: Session, checklist: Checklist
) -> None:
    """By name, as far as they are of the file's area: an asker writes whatever ids he likes."""
    unit = write_unit(session)
    item = of_item(checklist, 1)["item_key"]
    here = {"place_id": str(named("block")), "assignee_id": str(person("worker").user_id)}
    here |= {"unit_id": str(unit.id), "item_key": item}
    far = {"place_id": str(write_place(session, NEXT).id), "item_key": "421224/none/none"}
    far |= {"assignee_id": str(person("resident").user_id)}
    far |= {"unit_id": str(write_unit(session, area_code=NEXT).id)}
    texts = []
    for narrowed in (here, far):
        what = {"id": str(new_id()), **wish(**narrowed)}
        approval_id = approved(be("admin"), be("county"), hazard_export=what)
        texts.append(be("county").get(f"/v1/approvals/{approval_id}").json["text"])

    words = "点位：1号楼、整改人：worker、整改单位：维修班、检查项：楼道通畅吗?"
    unnamed = "点位：选定的一个、整改人：选定的一个、整改单位：选定的一个、检查项：选定的一项"
    assert [text.split("；")[1] for text in texts] == [f"内容：{words}", f"内容：{unnamed}"]
