"""Codes for residents without WeChat: handed out by staff face to face, good once and for ten minutes.

Whoever handed a code out knows it too. So it is no proof for a sensitive step: with it alone nobody fetches
a copy of the resident's data, or shuts his account. And the session keeps who that was (``let_in_by``): he
does not decide on what is asked for or claimed in it, and hands no goods over for a code that it showed.

Twelve digits: the first four say which code is meant, so that wrong tries count against it; eight are secret.
"""

import hmac
import secrets
from datetime import timedelta
from math import ceil
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actors import Actor, community_of
from app.clock import business_day, end_of, now, start_of
from app.config import SessionSettings
from app.errors import DomainError, Kind, NotFoundError, OtherContentError
from app.identity.bindings import bind
from app.identity.seeing_to import who_sees_to_it
from app.identity.sessions import Opened, end_replaced, whose_session
from app.identity.sign_in import let_in
from app.identity.tries import keyed
from app.ids import new_id
from app.models import Binding, BindingWay, Grant, NoticeKind, Resident, SignInCode, User, WeChatLink
from app.notices import post
from app.once import content_hash
from app.people import (
    Category,
    accounts_of_home,
    check_about,
    check_not_dead,
    check_other_household,
    lock_accounts,
    lock_fully,
)

HOLDS = timedelta(minutes=10)
_HAD_LATELY = timedelta(days=365)
"""How long a resident who ended his account's binding himself gets none made by staff."""
CODES_A_DAY = 30
"""By one member of staff: more than a day's round of those without WeChat takes."""
_HANDLE_DIGITS, _SECRET_DIGITS = 4, 8
DIGITS = _HANDLE_DIGITS + _SECRET_DIGITS
_TRIES = 5


class CodeForStaffError(DomainError):
    """The resident has a role over others: he signs in with his own password."""

    code = "code_for_staff"
    kind = Kind.CONFLICT


class HadAccountError(DomainError):
    """The resident had an account within a year that he left himself, or that the actor took from him."""

    code = "had_account"
    kind = Kind.CONFLICT


class CodeLimitError(DomainError):
    """The actor handed out as many codes today as a day allows (data: ``most``, ``retry_after_s``)."""

    code = "code_limit"
    kind = Kind.TOO_MANY


class CodesExhaustedError(DomainError):
    """Too many codes are open at this moment (data: ``retry_after_s``)."""

    code = "codes_exhausted"
    kind = Kind.TOO_MANY


class CodeRefusedError(DomainError):
    """The code is unknown, wrong, used, replaced or older than ten minutes, or was tried too often."""

    code = "sign_in_code_refused"
    kind = Kind.UNKNOWN_PERSON

    def __init__(self, *, is_replay: bool = False) -> None:
        """Be told so whatever the reason; ``is_replay`` of a right code counts against nobody."""
        super().__init__()
        self.is_replay = is_replay


def hand_out(
    session: Session, actor: Actor, key: bytes, code_id: UUID, resident_id: UUID
) -> tuple[SignInCode, str]:
    """Make a code for a resident, and his user if he has none; the one before ends, and he gets a notice.

    The same call again gives the same code, good or over: it is derived from its id, and none is stored.
    Nobody gets one for his own home: with it he could act there as his kin. Raises NotFoundError,
    OwnHouseholdError, CodeForStaffError, ResidentDeadError, HadAccountError, CodeLimitError,
    CodesExhaustedError, OtherContentError, and where a child under 14 would get in without its guardian's
    consent NoBasisError, ConsentChangedError.
    """
    assert actor.user_id is not None, "a view for signed-in people"
    others = _who_would_notice(session, actor, resident_id)
    accounts = lock_accounts(
        session, User.id.in_([actor.user_id, *others]) | (User.resident_id == resident_id)
    )
    resident = session.scalars(
        select(Resident)
        .where(Resident.id == resident_id, actor.scope.clause(Resident.area_code))
        .with_for_update()
    ).one_or_none()
    if resident is None:
        raise NotFoundError
    known = next((one for one in accounts if one.resident_id == resident.id), None)
    user = known or _user_of(session, actor, resident)
    if user.disabled_at is not None:
        raise NotFoundError
    first = session.get(SignInCode, code_id)
    if first is not None:
        if (first.user_id, first.handed_out_by) != (user.id, actor.user_id):
            raise OtherContentError(id=code_id)
        return first, first.handle + _secret(key, code_id)
    check_other_household(actor, resident.household_id)
    if session.scalar(select(exists().where(Grant.user_id == user.id, Grant.ended_at.is_(None)))):
        raise CodeForStaffError
    check_about(session, resident, Category.ACCOUNT)
    _count(session, actor)
    at = now()
    over = (SignInCode.user_id == user.id) | (SignInCode.expires_at <= at)
    session.execute(update(SignInCode).where(over, SignInCode.ended_at.is_(None)).values(ended_at=at))
    secret = _secret(key, code_id)
    for _ in range(20):
        made = session.scalars(
            insert(SignInCode)
            .values(
                id=code_id,
                user_id=user.id,
                handle=f"{secrets.randbelow(10**_HANDLE_DIGITS):0{_HANDLE_DIGITS}d}",
                code_hash=_hash(key, code_id, secret),
                handed_out_by=actor.user_id,
                created_at=at,
                expires_at=at + HOLDS,
                tries=0,
            )
            .on_conflict_do_nothing()
            .returning(SignInCode)
        ).one_or_none()
        if made is not None:
            _tell(session, resident, user, others)
            return made, made.handle + secret
    raise CodesExhaustedError(retry_after_s=60)


def sign_in_by_code(
    session: Session,
    rules: SessionSettings,
    key: bytes,
    code: str,
    *,
    refreshable: bool = True,
    replaces: bytes | None = None,
) -> Opened | DomainError:
    """Let in whoever was handed this code; a refusal is returned, since the try must stay counted.

    The user is locked before the code, as wherever all that lets him in is ended. ``replaces`` says which
    session ends for the new one. A right code that is sent again, as its reply was lost, is refused and is no
    guess: who knows it learns nothing by that, for it is good no more.
    """
    handle, secret = code[:_HANDLE_DIGITS], code[_HANDLE_DIGITS:]
    if _was_right(session, key, handle, secret):
        return CodeRefusedError(is_replay=True)
    good = (SignInCode.handle == handle, SignInCode.ended_at.is_(None))
    user_id = session.scalar(select(SignInCode.user_id).where(*good))
    if user_id is None:
        return CodeRefusedError()
    user = lock_fully(session, user_id, beside=whose_session(replaces))
    assert user is not None, "a foreign key"
    row = session.scalars(
        select(SignInCode)
        .where(*good, SignInCode.user_id == user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None or now() >= row.expires_at:
        return CodeRefusedError()
    row.tries += 1
    right = hmac.compare_digest(row.code_hash, _hash(key, row.id, secret))
    if right or row.tries >= _TRIES:
        row.ended_at = now()
    if not right or user.disabled_at is not None:
        return CodeRefusedError()
    opened = let_in(session, rules, user, refreshable=refreshable, checked=False)
    opened.session.let_in_by = row.handed_out_by
    end_replaced(session, replaces)
    return opened


def _was_right(session: Session, key: bytes, handle: str, secret: str) -> bool:
    """Say whether this is a code of the last ten minutes that has ended, as by its use."""
    over = (SignInCode.ended_at.is_not(None), SignInCode.expires_at > now())
    rows = session.scalars(select(SignInCode).where(SignInCode.handle == handle, *over)).all()
    return any(hmac.compare_digest(row.code_hash, _hash(key, row.id, secret)) for row in rows)


def _count(session: Session, actor: Actor) -> None:
    """Refuse one more than a day in China allows with CodeLimitError; the actor is locked."""
    today = business_day()
    handed_out = (SignInCode.handed_out_by == actor.user_id, SignInCode.created_at >= start_of(today))
    if (session.scalar(select(func.count()).select_from(SignInCode).where(*handed_out)) or 0) >= CODES_A_DAY:
        wait = end_of(today) - now()
        raise CodeLimitError(most=CODES_A_DAY, retry_after_s=ceil(wait.total_seconds()))


def _who_would_notice(session: Session, actor: Actor, resident_id: UUID) -> set[UUID]:
    """Give who beside the resident is told of a code that he hardly needs: his home, or else the admins.

    He has another way in, or had an account that is not his any more; whoever reads his notices then may be
    who handed the code out.
    """
    linked = exists().where(WeChatLink.user_id == User.id, WeChatLink.ended_at.is_(None))
    had_one = exists().where(Binding.resident_id == Resident.id)
    hardly = or_(User.password_hash.is_not(None), linked, and_(User.id.is_(None), had_one))
    query = select(Resident.household_id, Resident.area_code, User.id)
    found = session.execute(
        query.outerjoin(User, User.resident_id == Resident.id).where(Resident.id == resident_id, hardly)
    ).one_or_none()
    if found is None:
        return set()
    household_id, area_code, user_id = found
    but = {actor.user_id, user_id}
    home = accounts_of_home(session, household_id) - but
    return home or who_sees_to_it(session, community_of(area_code), but=but)[1]


def _tell(session: Session, resident: Resident, user: User, others: set[UUID]) -> None:
    kind, area_code = NoticeKind.ACCOUNT_ALERT, resident.area_code
    post(session, kind, to=user.id, area_code=area_code, what="sign_in_code")
    about = {"what": "sign_in_code_of", "resident_id": resident.id}
    for user_id in sorted(others - {user.id}):
        post(session, kind, to=user_id, area_code=area_code, **about)


def _user_of(session: Session, actor: Actor, resident: Resident) -> User:
    """Give the user of a locked resident who had none before, made and bound now.

    Who lately had one and left it shows himself who he is, or an admin looks: who sat in that one may have
    left it for him, to be him in the next. Nor does who ended it as staff make another, but a colleague.

    One who was bound while this waited for the resident is locked after him, against the order, for once.
    So whoever shuts the account out meanwhile sees the code that is handed out, or this sees it shut.
    """
    for known in lock_accounts(session, User.resident_id == resident.id):
        return known
    check_not_dead(session, resident.id)
    left = exists().where(
        Binding.resident_id == resident.id,
        Binding.ended_by.in_([Binding.user_id, actor.user_id]),
        Binding.ended_at > now() - _HAD_LATELY,
    )
    if session.scalar(select(left)):
        raise HadAccountError
    check_about(session, resident, Category.ACCOUNT)
    made = User(
        id=new_id(),
        area_code=resident.area_code,
        name=resident.name,
        content_hash=content_hash(resident.id),
        created_at=now(),
    )
    session.add(made)
    session.flush()
    bind(session, made, resident, BindingWay.STAFF, by=actor.user_id)
    return made


def _secret(key: bytes, code_id: UUID) -> str:
    """Derive the secret digits of a code: without the key nobody can tell them from chance."""
    drawn = int.from_bytes(keyed(key, "sign-in code secret", code_id))
    return f"{drawn % 10**_SECRET_DIGITS:0{_SECRET_DIGITS}d}"


def _hash(key: bytes, code_id: UUID, secret: str) -> bytes:
    return keyed(key, f"sign-in code {code_id}", secret)
