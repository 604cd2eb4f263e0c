"""Binding by name, ID number and the household's code: all of it is right, or nothing is told."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.api.http.parts import EXTENSION
from app.clock import now, set_to
from app.identity.binding_tries import MOST_OF_HOUSEHOLD
from app.identity.tries import count_try, keyed
from app.ids import new_id
from app.models import Binding, Consent, ConsentPurpose, ConsentText, Resident, SignInTries
from app.people import SHIPPED_TEXTS
from tests.binding_world import (
    HOUSEHOLD,
    TEXT,
    by_id_number,
    give_numbers,
    new_code,
    refused,
    told,
    write_unbound,
)
from tests.cast import forget_consents, named
from tests.client import Client
from tests.trail import entries_of

REFUSED, CLOSED = (409, "binding_refused"), (429, "binding_tries")


@pytest.fixture(autouse=True)
def _nobody_agreed_yet(session: Session) -> None:
    forget_consents(session)


@pytest.fixture
def unbound(session: Session) -> UUID:
    """Give a resident without an account."""
    return write_unbound(session)


@pytest.fixture
def code(admin: Client) -> str:
    """Give the household's code."""
    return new_code(admin)


def rows(session: Session, table: type[Binding | Consent | SignInTries]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize(
    "typed, tail",
    [
        ("{0} {1} {2} {3}", "060023"),
        ("{0}-{1}-{2}-{3}", " 06 0023"),
        ("\N{IDEOGRAPHIC SPACE}{0}{1}{2}{3}", "\uff10\uff16\uff10\uff10\uff12\uff13"),
    ],
)
def test_what_is_on_paper_may_be_typed_as_it_stands_there(
    newcomer: Client, unbound: UUID, code: str, typed: str, tail: str
) -> None:
    """Groups of four, dashes and the wide digits of a Chinese keyboard name the same household."""
    assert unbound
    spelled = typed.format(*(code[at : at + 4] for at in range(0, 16, 4)))

    assert by_id_number(newcomer, spelled, id_tail=tail).status_code == 200


@pytest.mark.parametrize(
    "listed, typed",
    [("王　菊", "王菊"), ("王菊", " 王 菊"), ("阿依•古丽", "阿依·古丽"), ("阿依·古丽", "阿依．古丽")],
)
def test_a_name_may_have_gaps_and_any_dot(
    newcomer: Client, session: Session, unbound: UUID, code: str, listed: str, typed: str
) -> None:
    """Lists spread names of two signs, and keyboards have dots of several kinds."""
    session.get_one(Resident, unbound).name = listed
    session.commit()

    assert by_id_number(newcomer, code, name=typed).status_code == 200


def wrong(code: str) -> str:
    """Give another code of the same household."""
    return code[:-1] + str((int(code[-1]) + 1) % 10)


def test_the_right_proof_binds_and_keeps_the_consent(
    newcomer: Client, session: Session, unbound: UUID, code: str
) -> None:
    """S-72: the ID number is compared after its holder agreed, and that he did is kept with the binding.

    S-100: the trail names whom it bound.
    """
    before = rows(session, Binding)
    with entries_of(session) as left:
        made = by_id_number(newcomer, code)
    again = by_id_number(newcomer, code)

    assert (made.status_code, again.status_code, again.json) == (200, 200, made.json)
    assert (made.json["way"], made.json["resident_id"]) == ("id_number", str(unbound))
    assert newcomer.get(f"/v1/households/{HOUSEHOLD}").status_code == 200
    (consent,) = session.scalars(select(Consent))
    assert (consent.resident_id, consent.text_id, consent.text_hash) == (unbound, TEXT.id, TEXT.text_hash)
    assert (consent.purpose, consent.given) == (ConsentPurpose.ID_NUMBER, True)
    assert rows(session, Binding) == before + 1
    [entry] = left
    assert (entry.object_id, entry.facts["resident_id"]) == (UUID(made.json["id"]), str(unbound))


def test_whatever_is_wrong_reads_alike(newcomer: Client, session: Session, code: str) -> None:
    """S-53: neither name, number, code nor household is confirmed by itself."""
    write_unbound(session)
    other = "0" * 8 if code[:8] != "0" * 8 else "1" * 8
    answers = [
        by_id_number(newcomer, code, name="王小菊"),
        by_id_number(newcomer, code, id_tail="060031"),
        by_id_number(newcomer, wrong(code)),
        by_id_number(newcomer, other + code[8:]),
    ]

    assert [refused(answer) for answer in answers] == [REFUSED] * 4
    assert [told(answer) for answer in answers] == [told(answers[0])] * 4
    assert newcomer.get("/v1/me/binding").json["binding"] is None
    assert rows(session, Consent) == 0


def test_without_the_text_in_force_nothing_is_compared(
    newcomer: Client, session: Session, unbound: UUID, code: str
) -> None:
    """S-72: another purpose's text or an older version is no consent: nothing is bound, kept or counted."""
    assert unbound
    changed = ConsentText(
        id=new_id(),
        purpose=ConsentPurpose.ID_NUMBER,
        version=2,
        title="身份证号",
        text="新的说明",
        text_hash=b"2",
        published_at=now(),
    )
    other = by_id_number(newcomer, code, text_id=str(SHIPPED_TEXTS[ConsentPurpose.LOCATION].id))
    nothing = by_id_number(newcomer, code, text_id=str(new_id()))
    shown = newcomer.get("/v1/me/binding").json["id_number_text"]
    session.add(changed)
    session.commit()
    older = by_id_number(newcomer, code)

    assert shown["id"] == str(TEXT.id)
    assert refused(other) == refused(nothing) == (403, "no_basis")
    assert refused(older) == (409, "consent_changed")
    assert rows(session, SignInTries) == 0
    assert newcomer.get("/v1/me/binding").json["binding"] is None
    assert newcomer.get("/v1/me/binding").json["id_number_text"]["id"] == str(changed.id)


def test_a_child_and_one_who_is_taken_go_to_the_community(
    newcomer: Client, session: Session, code: str
) -> None:
    write_unbound(session, born=date(2016, 6, 1))
    child = by_id_number(newcomer, code)
    give_numbers(session, named("resident"), phone=None, id_number="000000195503080020")
    taken = by_id_number(newcomer, code, name="王桂兰", id_tail="080020")

    assert [refused(child), refused(taken)] == [(409, "binding_unclear")] * 2
    assert told(child) == told(taken)


def test_who_is_bound_finds_nobody_out(resident: Client, unbound: UUID, code: str) -> None:
    """S-53: to somebody who is bound, a right proof of another one reads like a wrong one."""
    assert unbound
    right, false = by_id_number(resident, code), by_id_number(resident, wrong(code))

    assert [refused(right), refused(false)] == [(409, "already_bound")] * 2
    assert told(right) == told(false)


def test_the_fifth_wrong_try_closes_it_for_half_an_hour(newcomer: Client, unbound: UUID, code: str) -> None:
    """Counted in the database; while it is closed the right proof is not looked at either."""
    start = now()
    with set_to(start):
        answers = [refused(by_id_number(newcomer, wrong(code))) for _ in range(7)]
        right = by_id_number(newcomer, code)
    with set_to(start + timedelta(minutes=29)):
        early = by_id_number(newcomer, code)
    with set_to(start + timedelta(minutes=31)):
        late = by_id_number(newcomer, code)

    assert answers == [REFUSED] * 5 + [CLOSED] * 2
    assert (refused(right), refused(early)) == (CLOSED, CLOSED)
    assert right.headers["Retry-After"] == "1800"
    assert (late.status_code, late.json["resident_id"]) == (200, str(unbound))


def test_a_right_try_is_not_counted_and_clears_none(newcomer: Client, unbound: UUID, code: str) -> None:
    """Nobody starts anew with his own code what he guesses at with another's."""
    assert unbound
    wrong_ones = [refused(by_id_number(newcomer, wrong(code))) for _ in range(3)]
    rights = [by_id_number(newcomer, code) for _ in range(3)]
    ended = newcomer.post(f"/v1/me/bindings/{rights[0].json['id']}/end", json={"reason": "left"})
    more = [refused(by_id_number(newcomer, wrong(code))) for _ in range(3)]

    assert wrong_ones == [REFUSED] * 3
    assert [answer.status_code for answer in (*rights, ended)] == [200] * 4
    assert more == [REFUSED, REFUSED, CLOSED]


def test_one_account_cannot_close_a_household(
    be_new: Callable[..., Client], unbound: UUID, code: str
) -> None:
    stranger = be_new()
    answers = [refused(by_id_number(stranger, wrong(code))) for _ in range(12)]

    assert answers == [REFUSED] * 5 + [CLOSED] * 7
    assert by_id_number(be_new(), code).json["resident_id"] == str(unbound)


def test_many_accounts_together_close_it(
    app: Flask, be_new: Callable[..., Client], session: Session, unbound: UUID, code: str
) -> None:
    """A household's code is tried fifty times at most in a quarter of an hour, by all together."""
    assert unbound
    household = keyed(app.extensions[EXTENSION].tries_key, "binding household", code[:8])
    for _ in range(MOST_OF_HOUSEHOLD - 2):
        assert not count_try(session, household, most=MOST_OF_HOUSEHOLD)
    session.commit()

    last = refused(by_id_number(be_new(), wrong(code)))
    closing = refused(by_id_number(be_new(), wrong(code)))

    assert (last, closing) == (REFUSED, REFUSED)
    assert refused(by_id_number(be_new(), code)) == CLOSED


@pytest.mark.parametrize(
    "told, field",
    [
        ({"code": "1" * 15}, "code"),
        ({"code": "1" * 15 + "x"}, "code"),
        ({"id_tail": "06002a"}, "id_tail"),
        ({"id_tail": "60023"}, "id_tail"),
        ({"name": ""}, "name"),
        ({"text_id": None}, "text_id"),
    ],
)
def test_what_is_no_proof_is_refused_by_its_field(
    newcomer: Client, code: str, told: dict[str, object], field: str
) -> None:
    answer = by_id_number(newcomer, **{"code": code} | told)  # type: ignore[arg-type]

    assert refused(answer) == (422, "invalid")
    assert list(answer.json["errors"]) == [field]


def test_nothing_of_the_proof_is_kept(newcomer: Client, session: Session, unbound: UUID, code: str) -> None:
    """S-108: neither code nor ID number stands in the trail; the code lies sealed."""
    assert unbound
    assert by_id_number(newcomer, code).status_code == 200

    kept = session.execute(
        text("SELECT t::text FROM audit_entries t UNION ALL SELECT t::text FROM bindings t")
    )
    codes = session.execute(text("SELECT t::text FROM binding_codes t")).scalars().all()

    assert not [row for row in kept.scalars() if code in row or code[8:] in row or "060023" in row]
    assert not [row for row in codes if code[8:] in row]
