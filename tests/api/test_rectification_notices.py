"""The written notice to whoever must put a hazard right."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import zxingcpp
from pypdf import PdfReader
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.actors import Scope
from app.clock import SHANGHAI, business_day, now, set_to
from app.hazards import NewNotice, give_notice
from app.ids import new_id
from app.models import Hazard, HazardCategory, HazardLevel, HazardStatus, User
from tests import canaries
from tests.care_world import write_resident
from tests.cast import HOME, NEXT, acting, named, person
from tests.client import Answer, Client
from tests.evidence.photos import file, scene
from tests.hazard_world import done, refused, report_body, write_hazard
from tests.trail import entries_of
from tests.typesetting.paper import on_paper

Be = Callable[[str], Client]
BODY = {"addressee": "帮扶车间负责人", "contact": "社区办公室，王主任"}


def assigned(session: Session, **more: Any) -> Hazard:
    return write_hazard(session, HazardStatus.ASSIGNED, **({"due_at": now() + timedelta(days=3)} | more))


def give(client: Client, hazard: Hazard, **more: Any) -> Answer:
    step_id = more.pop("step_id", None)
    return client.step(f"/v1/hazards/{hazard.id}/notice", BODY | more, step_id=step_id)


def printed(client: Client, hazard: Hazard) -> str:
    answer = client.get(f"/v1/hazards/{hazard.id}/notice.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.text
    pages = PdfReader(io.BytesIO(answer.data)).pages
    return "".join(page.extract_text() for page in pages).replace("\0", "")


def test_a_notice_says_to_whom_what_until_when_and_whom_to_ask(session: Session, admin: Client) -> None:
    due = datetime(2099, 1, 5, 16, 0, tzinfo=UTC)
    hazard = assigned(session, due_at=due, text="楼道堆了纸箱")

    shown = done(give(admin, hazard, advice="今天清走"))

    year = business_day().year
    assert shown["number"] == f"家园社区整改〔{year}〕1号"
    assert (shown["addressee"], shown["issuer"]) == ("帮扶车间负责人", "admin")
    assert shown["basis"] == "《中华人民共和国消防法》第二十八条"
    text = printed(admin, hazard)
    for told in (
        "安全隐患整改通知书",
        shown["number"],
        "帮扶车间负责人：",
        "楼道堆了纸箱",
        "今天清走",
        "2099年1月5日24:00前",
        "社区办公室，王主任",
        "签收人（签名）",
        "复查人（签名）",
        "消防，一般隐患",
    ):
        assert told in text, told


def test_nobodys_number_in_the_words_of_a_report_goes_out_on_paper(session: Session, admin: Client) -> None:
    """However it is written; the record keeps what was reported."""
    mobile = "1" + "5820" + "1" * 6
    spelled = [mobile, f"{mobile[:3]}/{mobile[3:7]}/{mobile[7:]}", "一五八二〇一一一一一一"]
    text = f"2026年11月30日3号楼堆了13袋水泥，找{'或'.join(spelled)}"
    canaries.look_at([text, *spelled], sent=True)
    hazard = assigned(session, text=text)
    done(give(admin, hazard))

    paper = "".join(printed(admin, hazard).split())

    assert "2026年11月30日3号楼堆了13袋水泥，找（号码略）或（号码略）或（号码略）" in paper
    assert admin.get(f"/v1/hazards/{hazard.id}").json["text"] == text


def scanned(pdf: bytes) -> str:
    [code] = zxingcpp.read_barcodes(on_paper(pdf))
    return code.text


@pytest.mark.parametrize("hour, shown", [(16, "1月5日 24:00"), (8, "1月5日 16:00")])
def test_the_page_behind_the_code_names_the_deadline_as_the_paper_does(
    session: Session, admin: Client, hour: int, shown: str
) -> None:
    hazard = assigned(session, due_at=datetime(2099, 1, 5, hour, 0, tzinfo=UTC))
    notice_id = done(give(admin, hazard))["id"]

    assert f"整改期限：{shown}<" in admin.get(f"/n/{notice_id}", headers={"Accept": "text/html"}).text


def test_its_code_leads_whoever_is_signed_in_to_the_hazard(session: Session, be: Be, visitor: Client) -> None:
    hazard = assigned(session, text="楼道堆了纸箱")
    notice_id = done(give(be("admin"), hazard))["id"]
    url = scanned(be("worker").get(f"/v1/hazards/{hazard.id}/notice.pdf").data)
    assert url == f"http://localhost/n/{notice_id}", "a hazard's own id opens the receipt of who reported it"
    path = urlsplit(url).path

    told = be("worker").get(path, headers={"Accept": "application/json"}).json["hazard"]
    page = be("worker").get(path, headers={"Accept": "text/html"})

    assert (told["id"], told["status"], told["place_name"]) == (str(hazard.id), "assigned", "1号楼")
    assert page.status_code == 200
    for words in ("楼道堆了纸箱", "1号楼", "已派人处理", "整改人：worker"):
        assert words in page.text, words
    assert be("resident").get(path).status_code == 200, "who reported it reads it as ever"
    assert [be(name).get(path).status_code for name in ("neighbour", "far_admin")] == [404, 404]
    stranger = visitor.get(path, headers={"Accept": "text/html"})
    assert stranger.status_code == 401
    assert "请先登录再扫一次" in stranger.text
    assert "楼道堆了纸箱" not in stranger.text
    unknown = be("worker").get(f"/n/{new_id()}")
    assert unknown.status_code == 404


def test_nobody_is_fined_by_it(session: Session, admin: Client) -> None:
    """A community enforces nothing: a notice asks, and says so."""
    hazard = assigned(session, level=HazardLevel.MAJOR, controls="拉警戒线")
    done(give(admin, hazard))

    text = printed(admin, hazard)

    assert not [word for word in ("罚款", "处以", "责令", "强制", "没收") if word in text]
    assert "不是处罚决定" in text


def test_a_reporter_is_not_named_on_paper(session: Session, admin: Client, be: Be) -> None:
    hazard_id = str(new_id())
    body = {"place_id": str(named("block")), "category": "fire", "text": "有人飞线充电"}
    be("resident").put(f"/v1/hazards/{hazard_id}", json=body | {"captured_at": now().isoformat()})
    done(admin.step(f"/v1/hazards/{hazard_id}/accept"))
    done(admin.step(f"/v1/hazards/{hazard_id}/assign", {"assignee_id": str(person("worker").user_id)}))
    hazard = session.get_one(Hazard, hazard_id)
    done(give(admin, hazard))

    text = printed(admin, hazard)

    assert "有人飞线充电" in text
    assert "王桂兰" not in text
    assert "resident" not in text


def test_what_may_tell_of_harm_to_a_minor_goes_to_no_firm(session: Session, admin: Client, be: Be) -> None:
    """What is unsafe is reported once more, without the words that opened the case."""
    hazard_id = str(new_id())
    text = "1单元202的男孩天天被打，楼道也堵着"
    done_by = be("neighbour").put(f"/v1/hazards/{hazard_id}", json=report_body(text=text))
    assert done_by.status_code == 201
    done(admin.step(f"/v1/hazards/{hazard_id}/accept"))
    done(admin.step(f"/v1/hazards/{hazard_id}/assign", {"assignee_id": str(person("worker").user_id)}))

    answer = give(admin, session.get_one(Hazard, hazard_id), addressee="某某电力公司")

    assert refused(answer) == (409, "notice_kept_back")
    assert "未成年" not in answer.text


def test_a_notice_is_not_printed_any_more_once_a_case_names_its_hazard(
    session: Session, admin: Client, be: Be
) -> None:
    hazard = write_hazard(session, HazardStatus.RECTIFYING, due_at=now() + timedelta(days=3))
    done(give(admin, hazard))
    done(be("worker").step(f"/v1/hazards/{hazard.id}/rectify", {"note": "清走了，隔壁男孩天天被打"}))

    answer = admin.get(f"/v1/hazards/{hazard.id}/notice.pdf")

    assert refused(answer) == (409, "notice_kept_back")


def test_numbers_have_no_gap_and_begin_anew_with_each_year_and_community(
    session: Session, admin: Client, be: Be
) -> None:
    hazards = [assigned(session) for _ in range(3)]
    elsewhere = assigned(session, area_code=NEXT, place_id=named("next_block"))
    assert refused(give(admin, write_hazard(session))) == (409, "illegal_step")
    year = business_day().year

    numbers = [done(give(admin, hazard))["number"] for hazard in hazards[:2]]
    numbers.append(done(give(be("next_admin"), elsewhere))["number"])
    with set_to(datetime(year + 1, 1, 1, 0, 1, tzinfo=SHANGHAI)):
        hazards[2].due_at = now() + timedelta(days=9)
        session.commit()
        actor = acting("admin").within(Scope(areas=(HOME,)))
        new = NewNotice(addressee="车间负责人", contact="社区办公室")
        numbers.append(give_notice(session, actor, hazards[2].id, new_id(), new).number)

    assert numbers == [
        f"家园社区整改〔{year}〕1号",
        f"家园社区整改〔{year}〕2号",
        f"邻近社区整改〔{year}〕1号",
        f"家园社区整改〔{year + 1}〕1号",
    ]


def test_each_deadline_has_one_notice(session: Session, admin: Client) -> None:
    hazard, step_id = assigned(session), new_id()
    first = done(give(admin, hazard, step_id=step_id))

    assert done(give(admin, hazard, step_id=step_id)) == first
    assert refused(give(admin, hazard, step_id=step_id, addressee="别的单位")) == (409, "other_content")
    assert refused(give(admin, hazard)) == (409, "notice_given")
    hazard.due_at = now() + timedelta(days=9)
    session.commit()
    second = done(give(admin, hazard))

    entries = admin.get(f"/v1/hazards/{hazard.id}/timeline").json["notices"]
    assert [entry["id"] for entry in entries] == [second["id"], first["id"]]
    assert second["number"] in printed(admin, hazard), "the newest is printed"


def test_a_deadline_that_is_over_is_put_off_first(session: Session, admin: Client) -> None:
    hazard = assigned(session, due_at=now() - timedelta(minutes=1))

    assert refused(give(admin, hazard)) == (422, "due_time")


def test_whoever_gives_out_a_hazard_writes_its_notice(session: Session, be: Be) -> None:
    general, major = assigned(session), assigned(session, level=HazardLevel.MAJOR)

    assert refused(give(be("county"), general)) == (403, "not_major")
    assert give(be("county"), major).status_code == 200
    assert refused(give(be("worker"), general)) == (403, "forbidden")
    assert refused(give(be("far_admin"), general)) == (404, "not_found")


def test_nobody_writes_one_about_his_own_door(session: Session, admin: Client) -> None:
    kin = write_resident(session, name="赵干部")
    his = update(User).where(User.id == person("admin").user_id)
    session.execute(his.values(resident_id=kin))
    session.commit()

    assert refused(give(admin, assigned(session, text="1单元101堆了很多纸箱"))) == (403, "own_household")


def test_only_staff_print_and_each_print_is_on_record(session: Session, admin: Client, be: Be) -> None:
    hazard = assigned(session)
    assert admin.get(f"/v1/hazards/{hazard.id}/notice.pdf").status_code == 404
    done(give(admin, hazard))

    assert be("resident").get(f"/v1/hazards/{hazard.id}/notice.pdf").status_code == 403
    assert be("resident").get(f"/v1/hazards/{hazard.id}/timeline").json["notices"] == []
    with entries_of(session) as entries:
        printed(be("lead"), hazard)
    assert [(entry.actor_id, entry.object_id) for entry in entries] == [(person("lead").user_id, hazard.id)]


def test_up_to_four_photos_of_the_report_stand_on_it(session: Session, admin: Client, be: Be) -> None:
    worker, ids = be("worker"), [str(new_id()) for _ in range(5)]
    hazard_id = str(new_id())
    body = {"place_id": str(named("block")), "category": "traffic", "text": "路面塌了", "photo_ids": ids}
    worker.put(f"/v1/hazards/{hazard_id}", json=body | {"captured_at": now().isoformat()})
    for number, photo_id in enumerate(ids):
        assert worker.put(f"/v1/photos/{photo_id}", data=file(scene(320 + number))).status_code == 201
    hazard = session.get_one(Hazard, hazard_id)
    hazard.status, hazard.due_at = HazardStatus.ASSIGNED, now() + timedelta(days=1)
    hazard.assignee_id = person("worker").user_id
    session.commit()
    done(give(admin, hazard))

    answer = admin.get(f"/v1/hazards/{hazard_id}/notice.pdf")

    [page] = PdfReader(io.BytesIO(answer.data)).pages
    assert len(page.images) == 5, "and the code"


def test_a_dispute_has_no_rule_by_itself(session: Session, admin: Client) -> None:
    hazard = assigned(session, category=HazardCategory.DISPUTE)

    assert done(give(admin, hazard))["basis"] == ""
    assert "依据" not in printed(admin, hazard)


@pytest.mark.parametrize("field", ["contact", "addressee", "advice", "basis"])
def test_nobodys_own_number_is_printed(session: Session, admin: Client, field: str) -> None:
    """As with the contact of another department."""
    answer = give(admin, assigned(session), **{field: f"王主任 1{'3' * 10}"})
    office = give(admin, assigned(session), **{field: "社区办公室 0715-2363000"})

    words = "请写单位的办公电话，不要写个人手机号或身份证号"
    assert (answer.status_code, answer.json["errors"]) == (422, {field: [words]})
    assert office.status_code == 200


def test_a_notice_names_whom_to_ask(session: Session, admin: Client) -> None:
    answer = give(admin, assigned(session), contact="")

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["contact"])
