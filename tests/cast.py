"""A small cast of people and places that most tests share, written once into each test database.

HOME is the community where things happen, NEXT lies in the same county, FAR in another one.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.actors import Actor, Held, Role
from app.clock import now
from app.identity import sealed_phone
from app.models import (
    Area,
    AreaLevel,
    Binding,
    BindingWay,
    Consent,
    ConsentChannel,
    ConsentPurpose,
    Grant,
    Household,
    Place,
    PlaceKind,
    Relation,
    Resident,
    SessionKind,
    Sex,
    SignIn,
    User,
)
from app.people import SHIPPED_TEXTS
from tests.sealer import SEALER

HOME, NEXT, FAR = "421224100001", "421224100002", "421222102203"
GRID = HOME + "001"
_NAMES = UUID("6f6e6764-6900-7000-8000-000000000000")
LONG_AGO = datetime(2026, 1, 5, 0, 0, tzinfo=UTC)


def named(name: str) -> UUID:
    """Give the fixed id of a thing of the cast."""
    return uuid5(_NAMES, name)


@dataclass(frozen=True)
class Person:
    """A user of the cast, signed in."""

    user_id: UUID
    token: str
    resident_id: UUID | None = None
    household_id: UUID | None = None


AREAS = [
    ("4212", "咸宁市", AreaLevel.CITY, None),
    ("421224", "通山县", AreaLevel.COUNTY, "4212"),
    ("421222", "通城县", AreaLevel.COUNTY, "4212"),
    ("421224100", "通羊镇", AreaLevel.TOWNSHIP, "421224"),
    ("421222102", "塘湖镇", AreaLevel.TOWNSHIP, "421222"),
    (HOME, "家园社区", AreaLevel.COMMUNITY, "421224100"),
    (NEXT, "邻近社区", AreaLevel.COMMUNITY, "421224100"),
    (FAR, "远方社区", AreaLevel.COMMUNITY, "421222102"),
    (GRID, "第一网格", AreaLevel.GRID, HOME),
]
STAFF = {
    "worker": (Role.GRID_WORKER, GRID),
    "colleague": (Role.GRID_WORKER, HOME),
    "lead": (Role.BUILDING_LEAD, GRID),
    "clerk": (Role.SHOP_CLERK, HOME),
    "admin": (Role.COMMUNITY_ADMIN, HOME),
    "county": (Role.COUNTY_OFFICER, "421224"),
    "city": (Role.CITY_OFFICER, "4212"),
    "system": (Role.SYSTEM_ADMIN, "4212"),
    "security": (Role.SECURITY_ADMIN, "4212"),
    "auditor": (Role.AUDITOR, "4212"),
    "next_admin": (Role.COMMUNITY_ADMIN, NEXT),
    "far_worker": (Role.GRID_WORKER, FAR),
    "far_lead": (Role.BUILDING_LEAD, FAR),
    "far_clerk": (Role.SHOP_CLERK, FAR),
    "far_admin": (Role.COMMUNITY_ADMIN, FAR),
    "far_county": (Role.COUNTY_OFFICER, "421222"),
    "far_city": (Role.CITY_OFFICER, "4201"),
    "far_system": (Role.SYSTEM_ADMIN, "421222"),
    "far_security": (Role.SECURITY_ADMIN, "421222"),
    "far_auditor": (Role.AUDITOR, "421222"),
}
RESIDENTS = {
    "resident": ("home", "王桂兰"),
    "neighbour": ("neighbour", "李德福"),
    "far_resident": ("far", "陈秀英"),
}
"""Residents with an account: whose household they belong to."""
HOUSEHOLDS = {"home": GRID, "neighbour": GRID, "far": FAR}


def write(session: Session) -> None:
    """Write the cast."""
    areas = [*AREAS, ("4201", "武汉市", AreaLevel.CITY, None)]
    for code, name, level, parent in areas:
        session.add(Area(code=code, name=name, level=level, parent_code=parent))
        session.flush()
    for name, area_code, kind in (
        ("block", GRID, PlaceKind.RESIDENTIAL),
        ("workshop", HOME, PlaceKind.WORKSHOP),
        ("next_block", NEXT, PlaceKind.RESIDENTIAL),
        ("far_block", FAR, PlaceKind.RESIDENTIAL),
    ):
        session.add(_place(name, area_code, kind))
    session.flush()
    for number, (name, area_code) in enumerate(HOUSEHOLDS.items()):
        _write_household(session, name, area_code, number)
    for name, (role, area_code) in STAFF.items():
        _write_user(session, name, area_code, role=role)
    for name, (household, _) in RESIDENTS.items():
        _write_user(session, name, HOUSEHOLDS[household], resident_id=named(name))
        _write_consents(session, name, HOUSEHOLDS[household])
    session.commit()


def person(name: str) -> Person:
    """Give somebody of the cast."""
    household = RESIDENTS[name][0] if name in RESIDENTS else None
    return Person(
        user_id=named(f"user {name}"),
        token=f"token-of-{name}",
        resident_id=named(name) if household else None,
        household_id=named(f"household {household}") if household else None,
    )


def acting(name: str) -> Actor:
    """Give somebody as he acts by his post or as a resident, with the reach of no function."""
    who = person(name)
    held = (Held(*STAFF[name]),) if name in STAFF else ()
    return Actor(user_id=who.user_id, resident_id=who.resident_id, held=held)


def sign_in_again(session: Session, name: str) -> None:
    """Let somebody of the cast be signed in again after his session was ended."""
    ended = {"ended_at": None, "end_reason": None}
    session.execute(update(SignIn).where(SignIn.id == named(f"sign-in {name}")).values(ended))
    session.commit()


def _place(name: str, area_code: str, kind: PlaceKind) -> Place:
    titles = {"block": "1号楼", "workshop": "帮扶车间", "next_block": "2号楼", "far_block": "3号楼"}
    return Place(
        id=named(name),
        area_code=area_code,
        kind=kind,
        name=titles[name],
        lng=114.4826,
        lat=29.6063,
        radius_m=80,
        content_hash=b"",
        created_at=LONG_AGO,
    )


def _write_household(session: Session, name: str, area_code: str, number: int) -> None:
    household_id = named(f"household {name}")
    place_id = named("far_block" if area_code == FAR else "block")
    session.add(
        Household(
            id=household_id,
            area_code=area_code,
            place_id=place_id,
            door=f"1单元{number + 1}01",
            content_hash=b"",
            created_at=LONG_AGO,
        )
    )
    session.flush()
    for who, (household, title) in RESIDENTS.items():
        if household == name:
            session.add(_resident(named(who), household_id, area_code, title))
    session.flush()


def _resident(resident_id: UUID, household_id: UUID, area_code: str, title: str) -> Resident:
    return Resident(
        id=resident_id,
        household_id=household_id,
        area_code=area_code,
        name=title,
        sex=Sex.FEMALE,
        birth_date=date(1955, 3, 8),
        relation=Relation.HEAD,
        content_hash=b"",
        created_at=LONG_AGO,
    )


def _write_consents(session: Session, name: str, area_code: str) -> None:
    """Let a resident have agreed that he sends photos and positions; tests of consents take that away."""
    for purpose in (ConsentPurpose.LOCATION, ConsentPurpose.PHOTO):
        text = SHIPPED_TEXTS[purpose]
        session.add(
            Consent(
                id=named(f"consent {purpose} {name}"),
                area_code=area_code,
                resident_id=named(name),
                decided_by=named(name),
                purpose=purpose,
                text_id=text.id,
                text_hash=text.text_hash,
                given=True,
                channel=ConsentChannel.APP,
                recorded_by=person(name).user_id,
                decided_at=LONG_AGO,
                content_hash=b"",
            )
        )
    session.flush()


def forget_consents(session: Session) -> None:
    """Let nobody of the cast have agreed to anything."""
    session.execute(delete(Consent))
    session.commit()


def _write_user(
    session: Session,
    name: str,
    area_code: str,
    *,
    role: Role | None = None,
    resident_id: UUID | None = None,
) -> None:
    who = person(name)
    phone = f"100{who.user_id.int % 10**8:08d}"
    user = User(
        id=who.user_id,
        area_code=area_code,
        name=name,
        # Whoever is invited has a phone to sign in with.
        **(sealed_phone(SEALER, who.user_id, phone) if role is Role.GRID_WORKER else {}),
        password_hash=None,
        resident_id=resident_id,
        content_hash=b"",
        created_at=LONG_AGO,
    )
    session.add(user)
    session.flush()
    if resident_id is not None:
        session.add(
            Binding(
                id=named(f"binding {name}"),
                area_code=area_code,
                user_id=user.id,
                resident_id=resident_id,
                way=BindingWay.STAFF,
                begun_at=LONG_AGO,
            )
        )
    later = now() + timedelta(days=3650)
    session.add(
        SignIn(
            id=named(f"sign-in {name}"),
            user_id=user.id,
            token_hash=hashlib.sha256(who.token.encode()).digest(),
            family_id=named(f"sign-in {name}"),
            kind=SessionKind.APP,
            created_at=LONG_AGO,
            expires_at=later,
            idle_s=0,
            last_seen_at=later,
            second_factor_at=LONG_AGO,
            checked_at=later,
        )
    )
    if role is not None:
        session.add(
            Grant(
                id=named(f"grant {name}"),
                user_id=user.id,
                role=role,
                area_code=area_code,
                valid_from=LONG_AGO,
                content_hash=b"",
                created_at=LONG_AGO,
            )
        )
    session.flush()
