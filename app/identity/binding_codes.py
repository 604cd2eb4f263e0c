"""Binding codes: sixteen digits that a household gets on paper; staff show them, and make new ones.

The first eight say which household is meant, so that wrong tries count against it; eight are secret.
"""

import hmac
import re
import secrets
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import now
from app.errors import DomainError, Kind, NotFoundError
from app.ids import new_id
from app.models import BindingCode, Household, Resident
from app.people import check_home_open, household_in_scope
from app.places import place_in_scope
from app.sealing import Cell, Sealer

HALF = 8
BINDING_DIGITS = 2 * HALF


class BindingCodesExhaustedError(DomainError):
    """No free code was found; the next try will find one (data: ``retry_after_s``)."""

    code = "binding_codes_exhausted"
    kind = Kind.TOO_MANY


class BindingCodeVersionError(DomainError):
    """The household has another code than the caller thought (data: ``version``)."""

    code = "binding_code_version"
    kind = Kind.CONFLICT


def binding_code(
    session: Session, actor: Actor, sealer: Sealer, household_id: UUID
) -> tuple[BindingCode, str]:
    """Give a household's code, and keep who is shown it.

    Raises NotFoundError outside the actor's areas, and where none was made.
    """
    household_in_scope(session, actor, household_id)
    row = _code_of(session, household_id)
    if row is None:
        raise NotFoundError
    _keep_seen(session, actor, [row])
    return row, row.handle + secret_of(sealer, row)


def new_binding_code(
    session: Session, actor: Actor, sealer: Sealer, household_id: UUID, *, version: int
) -> tuple[BindingCode, str]:
    """Give a household the code after the version the caller knows, 0 for none; that one is worthless then.

    The same call again gives the code that it made. Raises NotFoundError outside the actor's areas,
    HouseholdClosedError, BindingCodeVersionError if the household has another code by now,
    BindingCodesExhaustedError.
    """
    household = household_in_scope(session, actor, household_id)
    session.refresh(household, ["closed_on"], with_for_update={"key_share": True})  # the next one waits here
    check_home_open(household)
    present = _code_of(session, household_id)
    last = present.version if present else 0
    if present is not None and last == version + 1:
        _keep_seen(session, actor, [present])
        return present, present.handle + secret_of(sealer, present)
    if last != version:
        raise BindingCodeVersionError(version=last)
    session.execute(delete(BindingCode).where(BindingCode.household_id == household.id))
    return _made(session, actor, sealer, household, version=version + 1)


def codes_of_place(
    session: Session, actor: Actor, sealer: Sealer, place_id: UUID
) -> list[tuple[Household, BindingCode, str]]:
    """Give the codes of all open households of a building by door, making the first of each that has none.

    No code in use is replaced, so the same call again gives the same codes. The households are locked in the
    order of their ids, so that two sheets made at once do not wait for each other.

    Raises NotFoundError outside the actor's areas and where nobody lives, BindingCodesExhaustedError.
    """
    place = place_in_scope(session, actor, place_id)
    homes = session.scalars(
        select(Household)
        .where(
            Household.place_id == place.id,
            actor.scope.clause(Household.area_code, Household.id),
            Household.closed_on.is_(None),
        )
        .order_by(Household.id)
        .with_for_update(key_share=True)
    ).all()
    if not homes:
        raise NotFoundError
    query = select(BindingCode).where(BindingCode.household_id.in_([one.id for one in homes]))
    present = {row.household_id: row for row in session.scalars(query)}
    _keep_seen(session, actor, present.values())
    found = []
    for home in homes:
        row = present.get(home.id)
        if row is None:
            row, code = _made(session, actor, sealer, home, version=1)
        else:
            code = row.handle + secret_of(sealer, row)
        found.append((home, row, code))
    return sorted(found, key=lambda one: _door_order(one[0].door))


def end_binding_code(session: Session, household_id: UUID) -> None:
    """Let the code of a household work no more; the household is locked by whoever closes it."""
    session.execute(delete(BindingCode).where(BindingCode.household_id == household_id))


def _keep_seen(session: Session, actor: Actor, codes: Iterable[BindingCode]) -> None:
    """Keep that the actor is shown these codes; two at once keep both."""
    new = [row.id for row in codes if actor.user_id not in row.seen_by]
    if new:
        seen = func.array_append(BindingCode.seen_by, actor.user_id)
        session.execute(update(BindingCode).where(BindingCode.id.in_(new)).values(seen_by=seen))


def _door_order(door: str) -> list[tuple[int, str]]:
    """Put 1单元201 before 1单元1001."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"([0-9]+)", door)]


def _made(
    session: Session, actor: Actor, sealer: Sealer, household: Household, *, version: int
) -> tuple[BindingCode, str]:
    for _ in range(20):
        row_id, secret = new_id(), _digits()
        row = session.scalars(
            insert(BindingCode)
            .values(
                id=row_id,
                household_id=household.id,
                area_code=household.area_code,
                version=version,
                handle=_digits(),
                secret_sealed=sealed_binding_secret(sealer, row_id, secret),
                made_at=now(),
                made_by=actor.user_id,
                seen_by=[actor.user_id],
            )
            .on_conflict_do_nothing()
            .returning(BindingCode)
        ).one_or_none()
        if row is not None:
            return row, row.handle + secret
    raise BindingCodesExhaustedError(retry_after_s=1)


def with_handle(session: Session, handle: str) -> BindingCode | None:
    """Give the code that starts with these digits."""
    return session.scalars(select(BindingCode).where(BindingCode.handle == handle)).one_or_none()


def behind_code(session: Session, sealer: Sealer, code: str) -> tuple[bool, list[Resident]]:
    """Say whether a code is a household's; give who lives behind its first half, whatever the second is."""
    row = with_handle(session, code[:HALF])
    is_code = same(secret_of(sealer, row) if row else "", code[HALF:])
    members = select(Resident).where(*_at(row.household_id)).limit(100) if row else None
    return is_code, list(session.scalars(members)) if members is not None else []


def _at(household_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return Resident.household_id == household_id, Resident.left_on.is_(None)


def same(one: str, other: str) -> bool:
    """Compare in a time that tells nothing of what is alike."""
    return hmac.compare_digest(one.encode(), other.encode())


def _code_of(session: Session, household_id: UUID) -> BindingCode | None:
    query = select(BindingCode).where(BindingCode.household_id == household_id)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def secret_of(sealer: Sealer, row: BindingCode) -> str:
    """Give the secret half of a code."""
    return sealer.open(row.secret_sealed, Cell("binding_codes", "secret_sealed", row.id))


def sealed_binding_secret(sealer: Sealer, row_id: UUID, secret: str) -> bytes:
    """Give what is kept of the secret half."""
    return sealer.seal(secret, Cell("binding_codes", "secret_sealed", row_id))


def _digits() -> str:
    return f"{secrets.randbelow(10**HALF):0{HALF}d}"
