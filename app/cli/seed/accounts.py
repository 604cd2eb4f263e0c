"""Sign-ins for a demonstration: one person of every role, all with the same password."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from app.actors import Role
from app.cli.seed.hours import TOLD_FOR
from app.cli.seed.ids import named
from app.cli.seed.site import BIG_SITE, SMALL_SITE
from app.identity import naming, phone_of
from app.models import Account, Area, Grant, Place, PlaceCode, Resident, SecondFactor, Transfer, User
from app.sealing import Sealer

PASSWORD = "gongdi-demo-2026"  # noqa: S105 - for demonstrations; production refuses the seed
"""Of everybody the seed writes."""
_GAP = 2


@dataclass(frozen=True)
class DemoAccount:
    """A sign-in to show."""

    role: str
    name: str
    phone: str
    area: str


@dataclass(frozen=True)
class SampleCode:
    """A printed code to show."""

    serial: str
    place: str
    """Its building's name."""


def demo_accounts(session: Session, sealer: Sealer) -> list[DemoAccount]:
    """List two residents, one account of each role, and the one who does everything at the small site.

    They are the same ones whatever is done with the data, and nobody is among them who was added later and
    has a password of his own. The resident, building lead and grid worker of the big site are of one grid.
    The list is empty if the database was not seeded.
    """
    since = _since(session)
    if since is None:
        return []
    staff = session.execute(
        select(User, Area.name, func.array_agg(Grant.role))
        .join(Grant, Grant.user_id == User.id)
        .join(Area, Area.code == User.area_code)
        .where(User.resident_id.is_(None), User.created_at == since)
        .group_by(User.id, Area.name)
    ).all()
    known = sorted((phone_of(sealer, user) or "", user.name, area, held) for user, area, held in staff)
    first: dict[tuple[Role, ...], DemoAccount] = {}
    for number, name, area, held in known:
        roles = tuple(sorted((Role(role) for role in held), key=list(Role).index))
        first.setdefault(roles, DemoAccount(_title(*roles), name, number, area))
    in_order = [first[role,] for role in Role if (role,) in first]
    most = max(first, key=len, default=())
    return [
        *_residents(session, sealer, since),
        *in_order,
        *(first[roles] for roles in first if roles == most),
    ]


def is_without_second_factors(session: Session) -> bool:
    """Say whether the seed's staff has no second factor at all, as before there were any.

    Whose factor was reset is not alone: the one who reset it has his own.
    """
    since = _since(session)
    held = (
        select(SecondFactor.id)
        .join(User, User.id == SecondFactor.user_id)
        .where(User.resident_id.is_(None), User.created_at == since)
        .where(SecondFactor.confirmed_at.is_not(None))
    )
    return since is not None and session.scalars(held.limit(1)).first() is None


def has_disabled_staff(session: Session) -> bool:
    """Say whether somebody of the seed's staff is disabled, by hand or for want of use."""
    disabled = (
        select(User.id)
        .where(User.resident_id.is_(None), User.created_at == _since(session))
        .where(User.disabled_at.is_not(None))
    )
    return session.scalars(disabled.limit(1)).first() is not None


def sample_code(session: Session) -> SampleCode | None:
    """Give the code of the first residential building of the big site that has one in use, if any has."""
    numbers = range(1, BIG_SITE.buildings + 1)
    place_ids = [named("place", f"{BIG_SITE.code} building {number}") for number in numbers]
    rows = session.execute(
        select(PlaceCode.place_id, PlaceCode.serial, Place.name)
        .join(Place, Place.id == PlaceCode.place_id)
        .where(PlaceCode.place_id.in_(place_ids), PlaceCode.revoked_at.is_(None))
    )
    found = {place_id: SampleCode(serial, name) for place_id, serial, name in rows}
    return next((found[place_id] for place_id in place_ids if place_id in found), None)


def table(accounts: list[DemoAccount]) -> str:
    """Lay the accounts out in columns; a Chinese character is two columns wide."""
    head = ("角色 Role", "姓名 Name", "手机 Phone", "密码 Password", "区域 Area")
    lines = [head, *((one.role, one.name, one.phone, PASSWORD, one.area) for one in accounts)]
    widths = [max(_width(line[column]) for line in lines) + _GAP for column in range(len(head))]
    return "\n".join(
        "".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def _since(session: Session) -> datetime | None:
    """Give the moment at which the seed's people came, if there are any."""
    return session.scalars(select(User.created_at).where(User.id == named("user", "staff 0"))).one_or_none()


def _residents(session: Session, sealer: Sealer, since: datetime) -> list[DemoAccount]:
    """Give the resident of each site's first grid who had the most points when the seed was written."""
    gained = case((Transfer.credit_id == Account.id, Transfer.amount), else_=-Transfer.amount)
    moved = or_(Transfer.credit_id == Account.id, Transfer.debit_id == Account.id)
    query = (
        select(User, Area.name, Account.balance)
        .join(Resident, Resident.id == User.resident_id)
        .join(Area, Area.code == User.area_code)
        .join(Account, Account.household_id == Resident.household_id)
        .outerjoin(Transfer, moved & (Transfer.at < since + TOLD_FOR))
        .where(User.created_at == since)
        .group_by(User.id, Area.name, Account.balance)
        .order_by(func.coalesce(func.sum(gained), 0).desc(), User.id)
        .limit(1)
    )
    found = []
    for site in (BIG_SITE, SMALL_SITE):
        for user, area, balance in session.execute(query.where(User.area_code == f"{site.code}001")):
            title = f"{_title(Role.RESIDENT)}，{balance}分"
            found.append(DemoAccount(title, user.name, phone_of(sealer, user) or "", area))
    return found


def _title(*roles: Role) -> str:
    if len(roles) > 1:
        return f"一人兼{len(roles)}职 {len(roles)} roles in one"
    return f"{naming.ROLE_NAMES[roles[0]]} {roles[0]}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
