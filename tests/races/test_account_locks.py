"""Accounts come first also where accounts are seen to: ended, invited, given roles, linked to WeChat."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from app import identity, own_data
from app.actors import Actor, Role
from app.adapters.wechat import WeChatIdentity
from app.clock import now
from app.config import PasswordProfile, Settings
from app.identity import wechat, wechat_withdrawals
from app.identity.bindings import follow_name
from app.identity.invitations import write_invitation
from app.identity.second_factor import enrol
from app.ids import new_id
from app.models import (
    Approval,
    ApprovalKind,
    BindingRequest,
    Grant,
    Guardianship,
    Invitation,
    Notice,
    NoticeKind,
    Resident,
    SecondFactor,
    SignIn,
    User,
    WeChatApp,
    WeChatLink,
)
from app.notices import post
from app.people import resident_locked, user_locked
from app.workdays import WorkCalendar
from tests.binding_world import write_newcomer
from tests.cast import GRID, HOME, LONG_AGO, acting, named, person
from tests.child_world import write_child, write_guardian
from tests.races.beside import beside, holding, staff, taking, taking_one
from tests.races.together import one_inside_the_other
from tests.sealer import SEALER

FIRST, WORKER = person("security").user_id, person("worker").user_id
"""The first account of the cast in the order of ids, and a later one."""
GUARDIAN, HIS_ACCOUNT = named("resident"), person("resident").user_id
LAST = UUID(int=(1 << 128) - 1)
WHO = WeChatIdentity("openid of a race", None)


def disabled(session: Session) -> bool:
    return identity.disable(session, staff("security"), WORKER, new_id()).disabled_at is not None


def invited(session: Session) -> bool:
    return identity.invite(session, staff("security"), SEALER, new_id(), WORKER)[1] is not None


def granted(session: Session) -> bool:
    new = identity.NewGrant(WORKER, Role.SHOP_CLERK, HOME)
    return identity.grant(session, staff("security"), new_id(), new)[1]


@pytest.mark.parametrize("step", [disabled, invited, granted])
def test_what_is_done_to_an_account_holds_who_does_it(
    engine: Engine, step: Callable[[Session], bool]
) -> None:
    """Its row names him; so two who do it to each other would each hold one account and want the other."""
    assert beside(engine, holding(FIRST), step, holding(WORKER)) is True


def test_whoever_is_told_of_a_password_is_locked_before_it_is_set(engine: Engine) -> None:
    """Two admins who set theirs by a link at the same moment are told of each other's."""
    with Session(engine) as session:
        row, token = write_invitation(session, new_id(), HIS_ACCOUNT, made_by=None)
        row_id = row.id
        session.commit()
    assert token is not None

    def accepted(session: Session) -> bool:
        profile, word = PasswordProfile.ASVS, "Kiesel 7 Fjordlampe"
        told = identity.accept_invitation(session, SEALER, b"key", profile, token=token, password=word)
        return told is None

    try:
        assert beside(engine, holding(FIRST), accepted, holding(HIS_ACCOUNT)) is True
    finally:
        with Session(engine) as session:
            session.execute(delete(Invitation).where(Invitation.id == row_id))
            session.commit()


@pytest.mark.parametrize("by", ["account", "grant"])
def test_whoever_is_told_that_the_last_auditor_goes_is_locked_before(engine: Engine, by: str) -> None:
    auditor = person("auditor").user_id

    def ended(session: Session) -> bool:
        if by == "account":
            done = identity.disable(session, staff("system", "4212"), auditor, new_id())
            return done.disabled_at is not None
        return identity.end_grant(session, staff("city", "4212"), named("grant auditor")).ended_at is not None

    assert beside(engine, holding(FIRST), ended, holding(auditor)) is True


@pytest.fixture
def newcomer(engine: Engine) -> Iterator[UUID]:
    """Give an account with a WeChat, a request to be bound, and a second factor that was never confirmed."""
    with Session(engine) as session:
        user_id = write_newcomer(session).user_id
        wechat.keep_link(session, SEALER, WeChatApp.MINI, WHO, user_id)
        asked = {"area_code": HOME, "name": "王小兰", "door": "1单元101", "note": "", "content_hash": b""}
        session.add(BindingRequest(id=new_id(), user_id=user_id, asked_at=now(), **asked))
        factor = {"secret_sealed": b"", "created_at": now() - timedelta(hours=2)}
        session.add(SecondFactor(id=new_id(), user_id=user_id, **factor))
        session.commit()
    yield user_id
    with Session(engine) as session:
        for table in (SecondFactor, BindingRequest, WeChatLink, SignIn):
            session.execute(delete(table).where(table.user_id == user_id))
        session.execute(delete(User).where(User.id == user_id))
        session.commit()


def signed_in(session: Session, settings: Settings, _user_id: UUID) -> UUID:
    opened = wechat.sign_in_by_wechat(session, SEALER, settings.sessions, WeChatApp.MINI, WHO)
    return opened.session.user_id


def known(session: Session, _settings: Settings, _user_id: UUID) -> UUID | None:
    user = wechat_withdrawals.user_with_openid(session, SEALER, WHO.openid)
    return user.id if user else None


@pytest.mark.parametrize("step", [signed_in, known])
def test_a_wechat_leads_to_an_account_beside_who_shuts_it(
    engine: Engine, settings: Settings, newcomer: UUID, step: Callable[[Session, Settings, UUID], UUID | None]
) -> None:
    """Whoever shuts it ends its links: the account is locked before the link that leads to it."""
    links = taking(WeChatLink, WeChatLink.user_id == newcomer)
    assert beside(engine, holding(newcomer), lambda one: step(one, settings, newcomer), links) == newcomer


def test_a_wechat_whose_link_ends_meanwhile_leads_nowhere(engine: Engine, newcomer: UUID) -> None:
    def end(session: Session) -> None:
        user_locked(session, newcomer)
        wechat.end_links(session, newcomer)

    def step(session: Session) -> User | None:
        return wechat_withdrawals.user_with_openid(session, SEALER, WHO.openid)

    assert one_inside_the_other(engine, end, step)[1] is None


def test_a_request_is_taken_back_beside_who_binds_the_asker(engine: Engine, newcomer: UUID) -> None:
    """Whoever binds him takes his request back himself."""
    with Session(engine) as session:
        request_id = session.scalars(
            select(BindingRequest.id).where(BindingRequest.user_id == newcomer)
        ).one()

    def step(session: Session) -> Any:
        return identity.withdraw_request(session, Actor(user_id=newcomer), request_id).decided_by

    requests = taking_one(BindingRequest, request_id)
    assert beside(engine, holding(newcomer), step, requests) == newcomer


def test_a_second_factor_is_made_beside_who_takes_it(engine: Engine, newcomer: UUID) -> None:
    factors = taking(SecondFactor, SecondFactor.user_id == newcomer)
    actor = Actor(user_id=newcomer, name="王小兰")
    assert beside(engine, holding(newcomer), lambda session: enrol(session, actor, SEALER), factors)


def test_a_guardian_asks_to_close_a_ward_s_account_beside_the_end_of_his_binding(
    engine: Engine, settings: Settings
) -> None:
    with Session(engine) as session:
        child_id = write_child(session)
        guardianship_id = write_guardian(session, child_id)
        user = {"area_code": GRID, "name": "王小明", "content_hash": b"", "created_at": LONG_AGO}
        session.add(User(id=LAST, resident_id=child_id, **user))
        session.commit()

    def step(session: Session) -> UUID:
        calendar = WorkCalendar.of(settings)
        asked = own_data.ask_closing(session, acting("resident"), calendar, new_id(), ward_id=child_id)
        return asked[0].user_id

    try:
        assert beside(engine, holding(HIS_ACCOUNT), step, holding(LAST)) == LAST
    finally:
        with Session(engine) as session:
            session.execute(delete(User).where(User.id == LAST))
            session.execute(delete(Guardianship).where(Guardianship.id == guardianship_id))
            session.execute(delete(Resident).where(Resident.id == child_id))
            session.commit()


def renamed(session: Session) -> str:
    """Put the resident's name right, as who decides on a correction does; give what his account is called."""
    resident = resident_locked(session, GUARDIAN)
    assert resident is not None
    resident.name = "王桂蓝"
    follow_name(session, resident, "resident")
    session.flush()
    return session.get_one(User, HIS_ACCOUNT).name


def test_a_name_that_is_put_right_waits_for_nobody_who_tells_the_account_something(engine: Engine) -> None:
    """A notice holds the account by its foreign key, and whoever tells may want the resident next."""

    def tell(session: Session) -> None:
        post(session, NoticeKind.ACCOUNT_ALERT, to=HIS_ACCOUNT, area_code=HOME, what="password_set")

    try:
        assert beside(engine, tell, renamed, lambda one: resident_locked(one, GUARDIAN)) == "王桂蓝"
    finally:
        with Session(engine) as session:
            session.execute(delete(Notice).where(Notice.user_id == HIS_ACCOUNT))
            session.commit()


def test_an_account_that_turns_out_to_be_somebody_else_s_does_not_follow_the_name(engine: Engine) -> None:
    """Whoever ends its binding as a mistake takes the name from it at that moment."""

    def named_anew(session: Session, name: str) -> None:
        user_locked(session, HIS_ACCOUNT).name = name

    try:
        told = beside(engine, lambda one: named_anew(one, "微信用户"), renamed, lambda _: None)
        assert told == "微信用户"
    finally:
        with Session(engine) as session:
            named_anew(session, "resident")
            session.commit()


@pytest.fixture
def approval_id(engine: Engine) -> Iterator[UUID]:
    """Let an administrator have asked for a second person."""
    row_id, area = new_id(), {"area_code": HOME, "payload": {"items": []}, "payload_hash": b""}
    asked = {"asked_by": WORKER, "asked_at": now(), "expires_at": now() + timedelta(hours=1)}
    with Session(engine) as session:
        kind = ApprovalKind.POINTS_BULK
        session.add(Approval(id=row_id, kind=kind, reason="核对", content_hash=b"", **area, **asked))
        session.commit()
    yield row_id
    with Session(engine) as session:
        session.execute(delete(Approval).where(Approval.id == row_id))
        session.commit()


def test_an_approval_is_decided_beside_who_shuts_the_asker_s_account(
    engine: Engine, approval_id: UUID
) -> None:
    """He is told, and a notice holds his account."""

    def step(session: Session) -> Any:
        county = acting("county")
        return identity.decide_approval(session, county, approval_id, approved=True, note="").decided_by

    decided_by = beside(engine, holding(WORKER), step, taking_one(Approval, approval_id))
    assert decided_by == person("county").user_id


def test_a_grant_ends_beside_who_shuts_the_account(engine: Engine) -> None:
    """Both end its sessions."""
    with Session(engine) as session:
        grant_id = session.scalars(select(Grant.id).where(Grant.user_id == WORKER)).one()

    def shut(session: Session) -> None:
        user_locked(session, WORKER)
        taking(SignIn, SignIn.user_id == WORKER)(session)

    def step(session: Session) -> bool:
        return identity.end_grant(session, staff("security"), grant_id).ended_at is not None

    assert beside(engine, shut, step, taking_one(Grant, grant_id)) is True
