"""Two doors to somebody else's account, tried at the same moment by one administrator: one opens."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, delete, func, select, text, update
from sqlalchemy.orm import Session

from app import identity
from app.actors import Actor
from app.clock import now
from app.config import Settings
from app.errors import DomainError
from app.ids import new_id
from app.models import AccountEvent, Invitation, Notice, SecondFactor, SignIn, User
from tests.binding_world import write_newcomer
from tests.cast import HOME, Person
from tests.races.beside import staff
from tests.races.together import one_inside_the_other
from tests.sealer import SEALER


@pytest.fixture
def who(engine: Engine, settings: Settings) -> Iterator[Person]:
    """Give somebody with a phone and a second factor; all that was done to him goes afterwards."""
    assert settings
    with Session(engine) as session:
        made, row_id = write_newcomer(session), new_id()
        phone = identity.sealed_phone(SEALER, made.user_id, f"100{made.user_id.int % 10**8:08d}")
        session.execute(update(User).where(User.id == made.user_id).values(area_code=HOME, **phone))
        session.add(
            SecondFactor(
                id=row_id,
                user_id=made.user_id,
                secret_sealed=identity.sealed_secret(SEALER, row_id, "JBSWY3DPEHPK3PXP"),
                created_at=now(),
                confirmed_at=now(),
            )
        )
        session.commit()
    yield made
    with Session(engine) as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))  # his steps are append-only
        for table in (Notice, AccountEvent, Invitation, SecondFactor, SignIn):
            session.execute(delete(table).where(table.user_id == made.user_id))
        session.execute(delete(User).where(User.id == made.user_id))
        session.commit()


def administrator() -> Actor:
    return staff("system", "4212")


@pytest.mark.parametrize("reset_first", [True, False])
def test_who_takes_the_second_factor_holds_no_invitation_made_meanwhile(
    engine: Engine, who: Person, *, reset_first: bool
) -> None:
    """S-39: else one administrator would become somebody else by two calls at once."""

    def reset(session: Session) -> Any:
        return identity.reset_second_factor(session, administrator(), who.user_id, new_id())

    def invite(session: Session) -> Any:
        try:
            return identity.invite(session, administrator(), SEALER, new_id(), who.user_id)
        except DomainError as refusal:
            return refusal

    steps = (reset, invite) if reset_first else (invite, reset)
    told = one_inside_the_other(engine, *steps)[1 if reset_first else 0]

    assert isinstance(told, DomainError) is reset_first
    with Session(engine) as session:
        good = (Invitation.user_id == who.user_id, Invitation.ended_at.is_(None))
        assert session.scalar(select(func.count()).select_from(Invitation).where(*good)) == 0


def test_of_two_invitations_at_once_the_later_is_good(engine: Engine, who: Person) -> None:
    """S-15: only the newest."""

    def invite(session: Session) -> Any:
        return identity.invite(session, administrator(), SEALER, new_id(), who.user_id)[0].id

    _, later = one_inside_the_other(engine, invite, invite)

    with Session(engine) as session:
        good = (Invitation.user_id == who.user_id, Invitation.ended_at.is_(None))
        assert list(session.scalars(select(Invitation.id).where(*good))) == [later]


def test_an_invitation_to_an_account_that_is_being_closed_is_over(engine: Engine, who: Person) -> None:
    """Closing takes it away altogether: no fault, and no way in."""
    with Session(engine) as session:
        token = identity.invite(session, administrator(), SEALER, new_id(), who.user_id)[1]
        session.commit()
    assert token is not None

    def close(session: Session) -> None:
        user = session.get_one(User, who.user_id, with_for_update=True)
        identity.closing.close_account(session, user)

    def look(session: Session) -> Any:
        try:
            return identity.invited(session, token)
        except DomainError as refusal:
            return refusal

    _, told = one_inside_the_other(engine, close, look)

    assert isinstance(told, DomainError)
    assert told.code == "invitation_over"
