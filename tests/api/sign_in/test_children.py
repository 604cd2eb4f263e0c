"""A child's account is open while its guardian's consent stands, and shut the moment it does not."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import business_day, end_of, now, set_to
from app.ids import new_id
from app.models import Consent, ConsentPurpose, ConsentText, Guardianship, Resident, SignIn, SignInCode, User
from app.people import SHIPPED_TEXTS
from tests.api.sign_in.conftest import SignInAs, refused
from tests.approval_world import approved
from tests.cast import named
from tests.child_world import TEN_YEARS_OLD, write_guarded_child, write_guardian
from tests.client import Answer, Client
from tests.minor_age_world import grant, question
from tests.trail import entries_of

MINORS = SHIPPED_TEXTS[ConsentPurpose.MINORS]
NO_BASIS, OVER = (403, "no_basis"), (401, "refresh_over")


class Child:
    """A child of ten with an account, signed in, and the code it has on paper besides."""

    def __init__(self, session: Session, worker: Client, visitor: Client) -> None:
        self.session, self.worker, self.visitor = session, worker, visitor
        self.resident_id = write_guarded_child(session)
        self.come_in()

    def come_in(self) -> None:
        signed_in = self.visitor.post("/v1/sessions/code", json={"code": self.new_code()})
        self.token, self.refresh_token = signed_in.json["token"], signed_in.json["refresh_token"]
        self.code = self.new_code()

    def new_code(self) -> str:
        path = f"/v1/residents/{self.resident_id}/sign-in-codes"
        return str(self.worker.post(path, json={"id": str(new_id())}).json["code"])

    def consent(self) -> UUID:
        which = (Consent.resident_id == self.resident_id, Consent.purpose == ConsentPurpose.MINORS)
        return self.session.scalars(select(Consent.id).where(*which)).one()

    def guardianship(self) -> UUID:
        which = Guardianship.child_id == self.resident_id
        return self.session.scalars(select(Guardianship.id).where(which)).one()

    def ways_in(self) -> list[tuple[int, str]]:
        """Try the session that is open, its refresh token, and the code on paper."""
        mine = self.visitor.get("/v1/me", headers={"Authorization": f"Bearer {self.token}"})
        again = self.visitor.post("/v1/sessions/refresh", json={"refresh_token": self.refresh_token})
        by_code = self.visitor.post("/v1/sessions/code", json={"code": self.code})
        return [refused(one) for one in (mine, again, by_code)]


@pytest.fixture
def child(session: Session, worker: Client, visitor: Client) -> Child:
    """Give a child that is signed in."""
    return Child(session, worker, visitor)


Ends = Callable[[Child, Callable[[str], Client]], Answer]


def _taken_back(child: Child, be: Callable[[str], Client]) -> Answer:
    return be("resident").post(f"/v1/me/consents/{child.consent()}/withdraw")


def _taken_back_on_paper(child: Child, be: Callable[[str], Client]) -> Answer:
    return be("worker").post(f"/v1/consents/{child.consent()}/withdraw")


def _refused_anew(child: Child, be: Callable[[str], Client]) -> Answer:
    body = {"text_id": str(MINORS.id), "given": False, "resident_id": str(child.resident_id)}
    return be("resident").put(f"/v1/me/consents/{new_id()}", json=body)


def _refused_on_paper(child: Child, be: Callable[[str], Client]) -> Answer:
    body = {"text_id": str(MINORS.id), "given": False, "resident_id": str(child.resident_id)}
    return be("worker").put(f"/v1/consents/{new_id()}", json=body | {"decided_by": str(named("resident"))})


def _guardian_no_more(child: Child, be: Callable[[str], Client]) -> Answer:
    return be("admin").post(f"/v1/guardianships/{child.guardianship()}/end")


@pytest.mark.parametrize(
    "end", [_taken_back, _taken_back_on_paper, _refused_anew, _refused_on_paper, _guardian_no_more]
)
def test_every_end_of_the_consent_ends_all_that_the_child_has_open(
    child: Child, be: Callable[[str], Client], session: Session, end: Ends
) -> None:
    """S-74, S-91: not only new codes stop; sessions, refresh tokens and codes on paper do too."""
    with entries_of(session) as left:
        answer = end(child, be)

    assert answer.status_code in {200, 201}, answer.text
    assert [one.facts.get("child_shut_out") for one in left] == [True]
    assert child.ways_in() == [(401, "sign_in_needed"), OVER, (401, "sign_in_code_refused")]
    reasons = select(SignIn.end_reason).join(User, User.id == SignIn.user_id)
    assert set(session.scalars(reasons.where(User.resident_id == child.resident_id))) == {"consent_ended"}


def test_it_comes_in_again_once_a_guardian_agrees_anew(child: Child, be: Callable[[str], Client]) -> None:
    """The binding stays, and nothing is opened by itself."""
    _taken_back(child, be)
    body = {"text_id": str(MINORS.id), "given": True, "resident_id": str(child.resident_id)}
    be("resident").put(f"/v1/me/consents/{new_id()}", json=body)

    assert child.ways_in()[0] == (401, "sign_in_needed")
    code = child.new_code()
    assert child.visitor.post("/v1/sessions/code", json={"code": code}).status_code == 201


def test_what_takes_no_basis_away_ends_nothing(
    child: Child, be: Callable[[str], Client], session: Session
) -> None:
    """Another guardianship that ends, another purpose, and the guardian's own session are no matter."""
    other = write_guardian(session, child.resident_id, of="neighbour")
    ended = be("admin").post(f"/v1/guardianships/{other}/end")
    location = SHIPPED_TEXTS[ConsentPurpose.LOCATION]
    body = {"text_id": str(location.id), "given": False, "resident_id": str(child.resident_id)}
    no = be("resident").put(f"/v1/me/consents/{new_id()}", json=body)

    assert (ended.status_code, no.status_code) == (200, 201)
    assert child.ways_in() == [(200, ""), (201, ""), (201, "")]
    _taken_back(child, be)
    assert be("resident").get("/v1/me").status_code == 200


def _lasts(session: Session, last: date, *, of: str = "resident") -> None:
    which = Guardianship.guardian_id == named(of)
    session.execute(update(Guardianship).where(which).values(valid_until=last))
    session.commit()


def _me(child: Child) -> tuple[int, str]:
    return refused(child.visitor.get("/v1/me", headers={"Authorization": f"Bearer {child.token}"}))


@pytest.mark.parametrize("way", ["code", "refresh"])
def test_a_session_is_over_with_the_last_day_of_the_guardianship(
    child: Child, session: Session, way: str
) -> None:
    """S-91: at the next request, though the session would last some hours more, however it was opened."""
    today = business_day()
    with set_to(end_of(today) - timedelta(minutes=20)):
        _lasts(session, today)
        child.come_in()
        if way == "refresh":
            body = {"refresh_token": child.refresh_token}
            child.token = child.visitor.post("/v1/sessions/refresh", json=body).json["token"]
    with set_to(end_of(today) - timedelta(seconds=1)):
        before = _me(child)
    with set_to(end_of(today)):
        after = _me(child)

    assert (before, after) == ((200, ""), (401, "sign_in_needed"))


def test_a_session_does_not_outlast_another_guardian_who_agreed_since(
    child: Child, be: Callable[[str], Client], session: Session
) -> None:
    today = business_day()
    write_guardian(session, child.resident_id, of="neighbour")
    _lasts(session, today, of="neighbour")
    with set_to(end_of(today) - timedelta(minutes=20)):
        child.come_in()
        body = {"text_id": str(MINORS.id), "given": True, "resident_id": str(child.resident_id)}
        paper = body | {"decided_by": str(named("neighbour"))}
        assert be("worker").put(f"/v1/consents/{new_id()}", json=paper).status_code == 201
        before = _me(child)
    with set_to(end_of(today)):
        after = _me(child)

    assert (before, after) == ((200, ""), (401, "sign_in_needed"))


@pytest.mark.parametrize("shorter", [False, True])
def test_no_session_is_made_longer_and_no_others_shorter(
    child: Child, be: Callable[[str], Client], session: Session, *, shorter: bool
) -> None:
    """S-91: a session is cut to the guardianship's last day, and only the child's own is."""
    which = select(SignIn.token_hash, SignIn.expires_at).join(User, User.id == SignIn.user_id)
    own = which.where(User.resident_id == child.resident_id)
    others = which.where(User.resident_id.is_distinct_from(child.resident_id))
    today = business_day()
    last = today if shorter else date(2029, 12, 31)
    with set_to(end_of(today) - timedelta(minutes=20)):
        child.come_in()
        _lasts(session, last)
        before, beside = (dict(session.execute(one).all()) for one in (own, others))
        other = write_guardian(session, child.resident_id, of="neighbour")
        assert be("admin").post(f"/v1/guardianships/{other}/end").status_code == 200

    assert dict(session.execute(others).all()) == beside
    right = {one: min(was, end_of(last)) if shorter else was for one, was in before.items()}
    assert dict(session.execute(own).all()) == right


def test_a_child_without_an_account_is_left_alone(be: Callable[[str], Client], session: Session) -> None:
    """Nothing of it was open, so the trail tells of nothing that was shut."""
    guarded = write_guarded_child(session)
    consent = session.scalars(select(Consent.id).where(Consent.resident_id == guarded)).one()
    with entries_of(session) as left:
        answer = be("worker").post(f"/v1/consents/{consent}/withdraw")

    assert answer.status_code == 200
    assert ["child_shut_out" in one.facts for one in left] == [False]


def test_who_is_fourteen_by_then_stays(child: Child, session: Session) -> None:
    today = business_day()
    with set_to(end_of(today) - timedelta(minutes=20)):
        birthday = today + timedelta(days=1)
        born = birthday.replace(year=birthday.year - 14)
        session.execute(update(Resident).where(Resident.id == child.resident_id).values(birth_date=born))
        _lasts(session, today)
        child.come_in()
    with set_to(end_of(today) + timedelta(seconds=1)):
        assert _me(child) == (200, "")


def test_an_older_text_carries_nothing_without_its_guardian(child: Child, session: Session) -> None:
    """The guardian need not be asked anew before the child goes on, but he must be one."""
    text = ConsentText(
        id=new_id(),
        purpose=ConsentPurpose.MINORS,
        version=MINORS.version + 1,
        title=MINORS.title,
        text="换了说法",
        text_hash=b"2" * 32,
        published_at=now(),
    )
    session.add(text)
    session.commit()
    answers = []
    for last in (business_day(), business_day() - timedelta(days=1)):
        _lasts(session, last)
        answer = child.visitor.post("/v1/sessions/refresh", json={"refresh_token": child.refresh_token})
        child.refresh_token = answer.json.get("refresh_token")
        answers.append(refused(answer))

    assert answers == [(201, ""), OVER]


def test_a_guardianship_that_runs_out_ends_at_the_next_refresh(child: Child, session: Session) -> None:
    session.execute(update(Guardianship).values(valid_until=now().date() + timedelta(days=2)))
    session.commit()

    with set_to(now() + timedelta(days=4)):
        answer = child.visitor.post("/v1/sessions/refresh", json={"refresh_token": child.refresh_token})

    assert refused(answer) == OVER


def test_no_other_way_in_is_left_without_the_consent(
    user: User, sign_in: SignInAs, child: Child, be: Callable[[str], Client], session: Session
) -> None:
    """By password as by WeChat: whoever is let in anywhere is looked at in one place."""
    session.execute(update(User).where(User.resident_id == child.resident_id).values(resident_id=None))
    session.execute(update(User).where(User.id == user.id).values(resident_id=child.resident_id))
    session.commit()
    with_consent = sign_in()
    _taken_back(child, be)
    without = sign_in()
    session.execute(update(Resident).values(birth_date=TEN_YEARS_OLD.replace(year=2010)))
    session.commit()
    at_sixteen = sign_in()

    assert [refused(one) for one in (with_consent, without, at_sixteen)] == [(201, ""), NO_BASIS, (201, "")]


def test_a_code_on_paper_stays_good_when_nothing_was_taken_back(child: Child, session: Session) -> None:
    assert session.scalar(select(SignInCode.id).where(SignInCode.ended_at.is_(None))) is not None
    assert child.ways_in()[2] == (201, "")


def test_it_is_signed_out_when_its_guardian_turns_out_to_be_somebody_else(
    child: Child, be: Callable[[str], Client]
) -> None:
    """S-91: what a wrong person agreed to in the guardian's name carries nothing."""
    body = {"text_id": str(MINORS.id), "given": True, "resident_id": str(child.resident_id)}
    assert be("resident").put(f"/v1/me/consents/{new_id()}", json=body).status_code == 201
    told = {"reason": "mistake", "note": "来的不是本人"}
    ended = be("admin").post(f"/v1/bindings/{named('binding resident')}/end", json=told)

    assert ended.status_code == 200
    assert child.ways_in() == [(401, "sign_in_needed"), OVER, (401, "sign_in_code_refused")]


@pytest.mark.parametrize(
    "right, ways_in",
    [
        (TEN_YEARS_OLD, [(401, "sign_in_needed"), OVER, (401, "sign_in_code_refused")]),
        (TEN_YEARS_OLD.replace(year=2011), [(200, ""), (201, ""), (201, "")]),
    ],
)
def test_who_turns_out_to_be_a_child_is_signed_out(
    child: Child, be: Callable[[str], Client], session: Session, right: date, ways_in: list[tuple[int, str]]
) -> None:
    """S-91: no guardian agreed for somebody whom the roster held to be sixteen; at fifteen he needs none."""
    _taken_back(child, be)
    which = Resident.id == child.resident_id
    session.execute(update(Resident).where(which).values(birth_date=TEN_YEARS_OLD.replace(year=2010)))
    session.commit()
    child.come_in()
    wish = str(new_id())
    path, body = f"corrections/{wish}", {"field": "birth_date", "value": str(right), "said": "户口本"}
    signed_in = {"Authorization": f"Bearer {child.token}"}
    asked = child.visitor.put(f"/v1/me/{path}", json=body, headers=signed_in)
    agreed = approved(be("admin"), be("county"), minor_age=question(child.resident_id, wish))
    done = grant(be("admin"), wish, agreed)

    assert (asked.status_code, done.status_code) == (201, 200), (asked.text, done.text)
    assert child.ways_in() == ways_in
