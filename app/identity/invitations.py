"""Invitations: a user sets his password by a token that works once, within a day."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import now
from app.config import PasswordProfile
from app.errors import DomainError, Kind
from app.identity.passwords import set_password
from app.identity.refreshing import end_refreshing_of
from app.identity.sessions import end_sessions_of, hashed, new_token
from app.identity.users import user_in_scope
from app.models import EndReason, Invitation, User
from app.once import content_hash, insert_once, made_before
from app.sealing import Sealer

HOLDS = timedelta(hours=24)


class InvitationOverError(DomainError):
    """The invitation is unknown, used, replaced, or older than a day."""

    code = "invitation_over"
    kind = Kind.GONE


def invite(
    session: Session, actor: Actor, invitation_id: UUID, user_id: UUID
) -> tuple[Invitation, str | None]:
    """Invite a user to set his password; give the token this once, and None when it is sent again.

    An earlier invitation of the same user ends. The same again is the first one, though the user moved or
    it was used since. Raises NotFoundError, OtherContentError.
    """
    sent = content_hash(actor.user_id, user_id)
    first = made_before(session, Invitation, invitation_id, sent, author=Invitation.made_by, by=actor.user_id)
    if first is not None:
        return first, None
    user = user_in_scope(session, actor, user_id)
    return write_invitation(session, invitation_id, user.id, made_by=actor.user_id)


def write_invitation(
    session: Session, invitation_id: UUID, user_id: UUID, *, made_by: UUID | None
) -> tuple[Invitation, str | None]:
    """Write the invitation of a user whom the caller may invite."""
    token, at = new_token(), now()
    row, made = insert_once(
        session,
        Invitation,
        invitation_id,
        content_hash(made_by, user_id),
        user_id=user_id,
        token_hash=hashed(token),
        made_by=made_by,
        created_at=at,
        expires_at=at + HOLDS,
    )
    if made:
        session.execute(
            update(Invitation)
            .where(
                Invitation.user_id == user_id, Invitation.id != invitation_id, Invitation.ended_at.is_(None)
            )
            .values(ended_at=at)
        )
    return row, token if made else None


def invitation_url(public_url: str, token: str) -> str:
    """Give the address that an invited person opens."""
    return f"{public_url}/invite/{token}"


def invited(session: Session, token: str) -> User:
    """Give who is invited by a token that still works. Raises InvitationOverError."""
    return _open(session, token)[1]


def accept_invitation(
    session: Session, sealer: Sealer, profile: PasswordProfile, *, token: str, password: str
) -> None:
    """Set the password of whoever was invited; whatever he had open before ends.

    Raises InvitationOverError, and what ``set_password`` raises, after which the invitation still works.
    """
    row, user = _open(session, token)
    set_password(session, sealer, profile, user, password)
    row.ended_at = now()
    end_sessions_of(session, [user.id], EndReason.PASSWORD_CHANGED)
    end_refreshing_of(session, [user.id])


def _open(session: Session, token: str) -> tuple[Invitation, User]:
    """Lock the invitation of a token that still works; give it with its user. Raises InvitationOverError."""
    row = session.scalars(
        select(Invitation)
        .where(Invitation.token_hash == hashed(token))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    user = session.get(User, row.user_id) if row else None
    if row is None or user is None or row.ended_at or now() >= row.expires_at or user.disabled_at:
        raise InvitationOverError
    return row, user
