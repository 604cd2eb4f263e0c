"""Messages that people ask for: told by the phone and by WeChat, counted once."""

from collections.abc import Callable
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import CreditEnding, MessageAcceptance, MessageCredit, WeChatEvent
from tests.api.wechat.conftest import refused
from tests.api.wechat.pushes import events, handle_all, post, requests_of, tell
from tests.client import Answer, Client
from tests.fakes.wechat.control import Person, WeChatFake
from tests.wechat.installation import TEMPLATE_ID

SignedIn = Callable[[Person], Client]
OTHER = "template-that-is-not-ours-at-all"


@pytest.fixture
def me(wechat: WeChatFake, signed_in: SignedIn, lan: Person) -> Client:
    """Be somebody who signed in by WeChat."""
    wechat.template(TEMPLATE_ID, "thing1", "thing2", "time3")
    wechat.template(OTHER, "thing1")
    return signed_in(lan)


def accept(client: Client, *templates: str, acceptance_id: UUID | None = None) -> Answer:
    """Tell what was accepted in one pop-up."""
    body = {"accepted": list(templates or (TEMPLATE_ID,))}
    return client.put(f"/v1/me/message-acceptances/{acceptance_id or new_id()}", json=body)


def to_come(client: Client) -> int:
    """Give how many messages of the one template are to come."""
    (item,) = client.get("/v1/me/message-templates").json["items"]
    return int(item["to_come"])


def credits_of(session: Session) -> list[MessageCredit]:
    session.expire_all()
    return list(session.scalars(select(MessageCredit).order_by(MessageCredit.since, MessageCredit.id)))


def test_the_templates_are_listed_with_what_is_to_come(me: Client) -> None:
    before = me.get("/v1/me/message-templates").json
    made = accept(me)

    item = {
        "template_id": TEMPLATE_ID,
        "title": "隐患整改提醒",
        "kinds": ["hazard_assigned"],
        "long_term": False,
        "to_come": 0,
    }
    assert before == {"items": [item]}
    assert (made.status_code, made.json["accepted"]) == (201, [TEMPLATE_ID])
    assert me.get("/v1/me/message-templates").json == {"items": [item | {"to_come": 1}]}


def test_a_repeat_is_the_first_one_and_counts_nothing(me: Client, session: Session) -> None:
    """S-58: the id is the key: sent again it is the same acceptance, with other content it is refused."""
    acceptance_id = new_id()
    answers = [accept(me, acceptance_id=acceptance_id) for _ in range(2)]
    other = accept(me, TEMPLATE_ID, OTHER, acceptance_id=acceptance_id)

    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json == answers[1].json
    assert refused(other) == (409, "other_content")
    assert to_come(me) == 1
    assert len(session.scalars(select(MessageAcceptance)).all()) == 1


def test_somebody_elses_id_is_taken(
    me: Client, wechat: WeChatFake, signed_in: SignedIn, session: Session
) -> None:
    acceptance_id = new_id()
    accept(me, acceptance_id=acceptance_id)
    other = signed_in(wechat.user("wei"))

    assert refused(accept(other, acceptance_id=acceptance_id)) == (409, "other_content")
    assert to_come(other) == 0
    assert len(credits_of(session)) == 1


@pytest.mark.parametrize("body", [{"accepted": []}, {"accepted": ["x"] * 6}, {"accepted": "x"}, {}])
def test_what_is_no_pop_up_is_refused(me: Client, session: Session, body: dict[str, Any]) -> None:
    answer = me.put(f"/v1/me/message-acceptances/{new_id()}", json=body)

    assert refused(answer) == (422, "invalid")
    assert credits_of(session) == []


def test_an_unknown_template_is_refused(me: Client, session: Session) -> None:
    answer = accept(me, TEMPLATE_ID, OTHER)

    assert refused(answer) == (422, "template_unknown")
    assert credits_of(session) == []


def test_without_wechat_nobody_has_messages_to_come(be_there: Callable[[str], Client]) -> None:
    worker = be_there("worker")

    assert refused(accept(worker)) == (409, "wechat_not_linked")
    assert to_come(worker) == 0


@pytest.mark.parametrize("order", sorted(set(permutations(["app", "app", "wechat", "wechat"]))))
def test_two_tellings_are_one_credit_in_any_order(
    me: Client, phone: Client, session: Session, wechat: WeChatFake, lan: Person, order: tuple[str, ...]
) -> None:
    """S-58: two pop-ups, each told by the phone and by WeChat, are two messages to come, never more."""
    wechat.accept(lan, TEMPLATE_ID)
    wechat.advance(1)
    wechat.accept(lan, TEMPLATE_ID)
    pushes = requests_of(wechat)
    seen = []
    for side in order:
        if side == "app":
            assert accept(me).status_code == 201
        else:
            assert post(phone, pushes.pop()).status_code == 200
            handle_all(session)
        seen.append(to_come(me))

    assert seen == sorted(seen)
    assert seen[-1] == 2
    assert [row.app_told_at is None or row.wechat_told_at is None for row in credits_of(session)] == [
        False,
        False,
    ]


@pytest.mark.parametrize("told", [("app", "app"), ("wechat", "wechat"), ("app", "wechat")])
def test_what_one_side_never_told_of_counts_by_the_other(
    me: Client, phone: Client, session: Session, wechat: WeChatFake, lan: Person, told: tuple[str, str]
) -> None:
    """S-58: a lost push or a lost call of the phone costs nothing; one of each is taken for the same."""
    for side in told:
        wechat.advance(1)
        wechat.accept(lan, TEMPLATE_ID)
        pushes = requests_of(wechat)
        if side == "app":
            accept(me)
        else:
            post(phone, pushes[0])
            handle_all(session)

    assert to_come(me) == (1 if len(set(told)) == 2 else 2)


def test_a_spent_credit_is_not_counted_anew_by_wechats_telling(
    me: Client, phone: Client, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-58: the phone told, the message went, and only then WeChat's event comes."""
    accept(me)
    (row,) = credits_of(session)
    row.end(CreditEnding.SPENT, row.since)
    session.commit()
    wechat.accept(lan, TEMPLATE_ID)
    tell(phone, session, wechat)

    assert to_come(me) == 0
    assert len(credits_of(session)) == 1


def test_repeated_pushes_count_once(
    me: Client, phone: Client, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-58, S-61: WeChat says it three times, and it is one event and one message to come."""
    wechat.accept(lan, TEMPLATE_ID)
    for request in requests_of(wechat, copies=3):
        assert post(phone, request).status_code == 200
    assert handle_all(session) == [True]

    assert to_come(me) == 1


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("number", [1, 2])
def test_lists_of_one_and_of_several_in_both_forms(
    phone: Client, session: Session, wechat: WeChatFake, lan: Person, form: str, number: int
) -> None:
    """S-58: what was rejected in the same pop-up counts nothing."""
    wechat.popup(lan, dict(list({TEMPLATE_ID: "accept", OTHER: "reject"}.items())[:number]))
    for request in requests_of(wechat, form=form):
        assert post(phone, request).status_code == 200
    handle_all(session)

    assert [row.template_id for row in credits_of(session)] == [TEMPLATE_ID]


@pytest.mark.parametrize("answer", ["reject", "ban"])
def test_a_no_is_not_even_kept(
    me: Client, phone: Client, session: Session, wechat: WeChatFake, lan: Person, answer: str
) -> None:
    wechat.popup(lan, {TEMPLATE_ID: answer})
    tell(phone, session, wechat)

    assert events(session) == []
    assert to_come(me) == 0


def test_turning_a_template_off_takes_all_of_it_away(
    me: Client, phone: Client, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-58: what was accepted before is void; what is accepted afterwards counts."""
    for _ in range(2):
        wechat.accept(lan, TEMPLATE_ID)
        wechat.advance(1)
    wechat.turn_off(lan, TEMPLATE_ID)
    tell(phone, session, wechat)
    after = to_come(me)
    wechat.advance(1)
    wechat.accept(lan, TEMPLATE_ID)
    tell(phone, session, wechat)

    assert (after, to_come(me)) == (0, 1)
    assert {row.ending for row in credits_of(session) if row.ended_at} == {CreditEnding.TURNED_OFF}


@pytest.mark.usefixtures("me")
def test_somebody_whom_we_do_not_know_counts_nothing(
    phone: Client, session: Session, wechat: WeChatFake
) -> None:
    wechat.accept(wechat.user("nobody of ours"), TEMPLATE_ID)
    tell(phone, session, wechat)

    assert credits_of(session) == []
    assert len(session.scalars(select(WeChatEvent)).all()) == 1


def test_who_closes_his_wechat_account_leaves_nothing_of_it(
    me: Client, phone: Client, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-63: what he accepted is deleted with all else that came through WeChat."""
    accept(me)
    wechat.close_account(lan)
    tell(phone, session, wechat)

    assert credits_of(session) == []
    assert session.scalars(select(MessageAcceptance)).all() == []
