"""The people of the demonstration sign in by its made-up WeChat as who they are."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from app import identity
from app.adapters.wechat import WeChatIdentity
from app.cli.seed.site import BIG
from app.cli.seed.wechat import DemoPerson, give_wechat, openid_in_demo
from app.models import User, WeChatApp, WeChatLink
from app.people import residents_with_phone
from app.sealing import Sealer
from tests.fakes.wechat.accounts import H5_APPID, MINI_APPID, default_apps
from tests.fakes.wechat.accounts import User as FakeUser
from tests.seed.conftest import Seeded
from tests.wechat.installation import settings_for

pytestmark = pytest.mark.xdist_group("seed")
WECHAT = settings_for("http://127.0.0.1:1")


@pytest.fixture
def session(seeded: Seeded) -> Iterator[Session]:
    """Give a session on the seeded database, in which nothing is kept."""
    engine = create_engine(seeded.settings.database_url)
    with Session(engine) as made:
        yield made
        made.rollback()
    engine.dispose()


def given(session: Session, seeded: Seeded) -> tuple[list[DemoPerson], int]:
    return give_wechat(session, Sealer.of(seeded.settings), WECHAT)


@pytest.mark.parametrize("appid", [MINI_APPID, H5_APPID])
def test_the_made_up_wechat_calls_people_what_we_expect(appid: str) -> None:
    assert openid_in_demo(appid, "侯学庆") == FakeUser("侯学庆").openid(default_apps()[appid])


def test_residents_and_staff_without_a_second_factor_are_themselves(session: Session, seeded: Seeded) -> None:
    sealer = Sealer.of(seeded.settings)
    people, new = given(session, seeded)
    found = []
    for person in people[:-1]:
        for app, appid in ((WeChatApp.MINI, MINI_APPID), (WeChatApp.WEB, H5_APPID)):
            who = WeChatIdentity(openid_in_demo(appid, person.name), None)
            opened = identity.sign_in_by_wechat(session, sealer, seeded.settings.sessions, app, who)
            user = session.get_one(User, opened.session.user_id)
            found.append((user.name, identity.phone_of(sealer, user)))

    assert found == [(person.name, person.phone) for person in people[:-1] for _ in range(2)]
    assert new == len(people) - 1 == 5, "two residents, a building lead, a grid worker, a clerk"
    assert session.scalar(select(func.count()).select_from(WeChatLink)) == 2 * new


def test_again_is_no_change_and_whoever_left_wechat_stays_out(session: Session, seeded: Seeded) -> None:
    people, _ = given(session, seeded)
    gone = session.scalars(
        select(User).where(identity.has_phone(Sealer.of(seeded.settings), people[0].phone))
    ).one()
    identity.forget_wechat(session, gone)
    session.flush()

    assert given(session, seeded) == (people, 0)
    assert identity.open_link(session, gone.id, WeChatApp.MINI) is None


def test_the_last_one_can_still_bind_himself_and_stays_the_same(session: Session, seeded: Seeded) -> None:
    sealer = Sealer.of(seeded.settings)
    (*others, newcomer), _ = given(session, seeded)
    (resident,) = residents_with_phone(session, sealer, BIG, newcomer.phone)
    accounts = select(User).where(identity.has_phone(sealer, newcomer.phone))

    assert (resident.name, newcomer.name in {one.name for one in others}) == (newcomer.name, False)
    assert session.scalars(accounts).all() == []
    assert session.scalars(select(User).where(User.resident_id == resident.id)).all() == []

    bound = identity.sign_in_by_wechat(
        session,
        sealer,
        seeded.settings.sessions,
        WeChatApp.MINI,
        WeChatIdentity(openid_in_demo(MINI_APPID, newcomer.name), None),
    )
    session.get_one(User, bound.session.user_id).resident_id = resident.id
    session.flush()
    assert given(session, seeded)[0][-1] == newcomer


def test_a_roster_that_is_not_the_seeds_is_left_alone(
    session: Session, seeded: Seeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody of it is told to the made-up WeChat."""
    monkeypatch.setattr("app.cli.seed.wechat.demo_accounts", lambda *_: [])

    assert given(session, seeded) == ([], 0)


def test_the_command_needs_a_wechat(seeded: Seeded, tmp_path: Path) -> None:
    refused = seeded.run("seed", "--wechat", str(tmp_path / "wechat.json"))

    assert refused.exit_code == 1
    assert "does without WeChat" in refused.output
