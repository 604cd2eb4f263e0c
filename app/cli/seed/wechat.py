"""People of the demonstration who have WeChat: some of those to sign in as, and one who is nobody yet.

The demonstration's WeChat is made up, and calls people by their names: what is kept here of them is what it
will say. It is not part of the seed, for nobody would know them at the real one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app import identity
from app.actors import SECOND_FACTOR_ROLES
from app.adapters import wechat
from app.cli.seed.accounts import demo_accounts
from app.cli.seed.site import BIG, BIG_SITE
from app.clock import business_day
from app.config import WeChatSettings
from app.models import Grant, Resident, User, WeChatApp, WeChatLink
from app.people import ADULT_YEARS, numbers_of, residents_with_phone
from app.sealing import Sealer

_LOOKED_AT = 200
_OPENID_LETTERS = 27


@dataclass(frozen=True)
class DemoPerson:
    """Somebody with a made-up WeChat."""

    name: str
    phone: str
    note: str
    """What the made-up WeChat's page says of him."""


def openid_in_demo(appid: str, name: str) -> str:
    """Return what the demonstration's WeChat calls somebody towards one appid."""
    return "o" + sha256(f"{appid}/{name}".encode()).hexdigest()[:_OPENID_LETTERS]


def give_wechat(session: Session, sealer: Sealer, settings: WeChatSettings) -> tuple[list[DemoPerson], int]:
    """Let the demonstration's people sign in by its WeChat; give them, and how many are new to it.

    These are who needs no second factor, of one name each. Whoever had a WeChat before keeps it, or keeps
    having none. The last one is an adult of the roster without an account, who can still bind himself.
    """
    people: dict[str, DemoPerson] = {}
    new = 0
    for user, person in _with_accounts(session, sealer):
        if person.name not in people:
            people[person.name] = person
            new += _link(session, sealer, settings, user, person.name)
    newcomer = _newcomer(session, sealer, people) if people else None
    return [*people.values(), *([newcomer] if newcomer else [])], new


def _with_accounts(session: Session, sealer: Sealer) -> Iterator[tuple[User, DemoPerson]]:
    for account in demo_accounts(session, sealer):
        user = session.scalars(select(User).where(identity.has_phone(sealer, account.phone))).one()
        held = select(Grant.role).where(Grant.user_id == user.id)
        if not SECOND_FACTOR_ROLES & set(session.scalars(held)):
            yield user, DemoPerson(account.name, account.phone, f"{account.role} {account.area}")


def _link(session: Session, sealer: Sealer, settings: WeChatSettings, user: User, name: str) -> bool:
    """Let somebody sign in by the mini-program and on the web, unless he ever had a WeChat."""
    if session.scalar(select(exists().where(WeChatLink.user_id == user.id))):
        return False
    for app, appid in ((WeChatApp.MINI, settings.appid), (WeChatApp.WEB, settings.web_appid)):
        if appid:
            who = wechat.WeChatIdentity(openid_in_demo(appid, name), None)
            identity.keep_link(session, sealer, app, who, user.id)
    return True


def _newcomer(session: Session, sealer: Sealer, taken: dict[str, DemoPerson]) -> DemoPerson | None:
    """Choose an adult who alone has his phone, and whom the seed gave no account; the same each time."""
    today = business_day()
    youngest_born_on = today.replace(year=today.year - ADULT_YEARS - 1, day=1)
    residents = select(Resident).where(
        Resident.area_code == f"{BIG_SITE.code}001",
        Resident.phone_index.is_not(None),
        Resident.birth_date < youngest_born_on,
        ~exists().where(User.resident_id == Resident.id, User.password_hash.is_not(None)),
    )
    for one in session.scalars(residents.order_by(Resident.id).limit(_LOOKED_AT)):
        phone = numbers_of(sealer, one).phone or ""
        alone = len(residents_with_phone(session, sealer, BIG, phone)) == 1
        if alone and one.name not in taken and not _is_seeds(session, sealer, phone):
            return DemoPerson(one.name, phone, f"居民，还没有账号 resident without an account, {BIG}")
    return None


def _is_seeds(session: Session, sealer: Sealer, phone: str) -> bool:
    """Say whether an account that the seed made has the phone."""
    seeds = identity.has_phone(sealer, phone), User.password_hash.is_not(None)
    return bool(session.scalar(select(exists().where(*seeds))))
