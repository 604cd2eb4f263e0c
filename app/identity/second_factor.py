"""The second factor: codes of an authenticator app, each good once."""

import hmac
from datetime import datetime, timedelta
from uuid import UUID

import pyotp
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import now
from app.errors import DomainError, Kind
from app.identity.tries import clear_tries, count_try, keyed
from app.ids import new_id
from app.models import SecondFactor, User
from app.people import lock_accounts
from app.sealing import Cell, Sealer

_STEP_S = 30
_WAITS = timedelta(hours=1)
"""How long a secret that nobody confirmed is the one to confirm."""
_ISSUER = "共缔"


class SecondFactorHeldError(DomainError):
    """The user has a second factor already; another administrator can reset it."""

    code = "second_factor_held"
    kind = Kind.CONFLICT


class WrongCodeError(DomainError):
    """The code is wrong, was used before, or too many were wrong."""

    code = "wrong_code"
    kind = Kind.UNKNOWN_PERSON


def sealed_secret(sealer: Sealer, row_id: UUID, secret: str) -> bytes:
    """Seal the secret of a second factor for its row."""
    return sealer.seal(secret, _cell(row_id))


def enrol(session: Session, actor: Actor, sealer: Sealer) -> str:
    """Make a secret and give its otpauth URI; one that waits to be confirmed is given again for an hour.

    So a copy that comes late replaces nothing that was scanned. Raises SecondFactorHeldError.
    """
    assert actor.user_id is not None, "a view for signed-in people"
    lock_accounts(session, User.id == actor.user_id)
    held = _of(session, actor.user_id)
    if held is not None and held.confirmed_at is not None:
        raise SecondFactorHeldError
    if held is not None and now() < held.created_at + _WAITS:
        return _uri(actor, _totp(sealer, held))
    if held is not None:
        session.delete(held)
        session.flush()
    secret, row_id = pyotp.random_base32(), new_id()
    made = SecondFactor(
        id=row_id,
        user_id=actor.user_id,
        secret_sealed=sealed_secret(sealer, row_id, secret),
        created_at=now(),
    )
    session.add(made)
    return _uri(actor, pyotp.TOTP(secret))


def prove_code(
    session: Session, sealer: Sealer, key: bytes, user_id: UUID, code: str, *, confirming: bool = False
) -> bool:
    """Use a code up and say whether it was right; five wrong ones close the second factor for half an hour.

    What it writes must be kept whatever the answer, so a refusal is not raised here.
    """
    who = keyed(key, "second factor", user_id)
    if count_try(session, who):
        return False
    held = _of(session, user_id)
    if held is None or (held.confirmed_at is None and not confirming) or not _use(sealer, held, code):
        return False
    held.confirmed_at = held.confirmed_at or now()
    clear_tries(session, who)
    return True


def has_second_factor(session: Session, user_id: UUID) -> bool:
    """Say whether the user confirmed a second factor."""
    held = session.scalar(select(SecondFactor.confirmed_at).where(SecondFactor.user_id == user_id))
    return held is not None


def drop_second_factor(session: Session, user_id: UUID) -> None:
    """Take a user's second factor away, so that he enrols anew."""
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))


def code_now(session: Session, sealer: Sealer, user_id: UUID) -> str | None:
    """Give the code that the user's authenticator shows now; for demonstrations only."""
    held = _of(session, user_id)
    return _totp(sealer, held).at(now()) if held else None


def _use(sealer: Sealer, held: SecondFactor, code: str) -> bool:
    """Look whether the code is that of this step or of one beside it, not used yet, and use it up."""
    step, totp = _step(now()), _totp(sealer, held)
    for candidate in (step, step - 1, step + 1):
        used = held.last_step is not None and candidate <= held.last_step
        if not used and hmac.compare_digest(totp.at(candidate * _STEP_S).encode(), code.encode()):
            held.last_step = candidate
            return True
    return False


def _of(session: Session, user_id: UUID) -> SecondFactor | None:
    return session.scalars(
        select(SecondFactor)
        .where(SecondFactor.user_id == user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _uri(actor: Actor, totp: pyotp.TOTP) -> str:
    return totp.provisioning_uri(name=actor.name, issuer_name=_ISSUER)


def _totp(sealer: Sealer, held: SecondFactor) -> pyotp.TOTP:
    return pyotp.TOTP(sealer.open(held.secret_sealed, _cell(held.id)))


def _step(at: datetime) -> int:
    return int(at.timestamp()) // _STEP_S


def _cell(row_id: UUID) -> Cell:
    return Cell("second_factors", "secret_sealed", row_id)
