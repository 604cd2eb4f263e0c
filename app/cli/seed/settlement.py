"""Writing the two sites: places with codes, households, residents, staff."""

import string
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.actors import Role
from app.cli.seed.ids import named
from app.cli.seed.naming import phone
from app.cli.seed.people import Household as SeedHousehold
from app.cli.seed.people import Person, households
from app.cli.seed.site import BIG_SITE, CITY, COUNTY, SMALL_COUNTY, SMALL_SITE, Site
from app.clock import business_day
from app.models import Grant, Household, Place, PlaceCode, PlaceKind, Resident, User

_FLOORS, _FLATS_A_FLOOR = 6, 4
_STEP_DEGREES = 0.0006
"""About 60 m between neighbouring buildings."""
_STAFF_PHONES_FROM = 9000
_WITH_ACCOUNT = 0.4
"""Share of heads with a phone who have signed up."""
_SIGNS = string.ascii_letters + string.digits


@dataclass(frozen=True)
class SeedPlace:
    """A place of the seed."""

    id: UUID
    area_code: str
    kind: PlaceKind
    name: str
    lng: float
    lat: float


@dataclass(frozen=True)
class SeedResident:
    """A resident of the seed, with who he is."""

    id: UUID
    household_id: UUID
    area_code: str
    place_id: UUID
    person: Person
    user_id: UUID | None


@dataclass
class World:
    """What was written, for the history that follows."""

    places: list[SeedPlace] = field(default_factory=list)
    residents: list[SeedResident] = field(default_factory=list)
    staff: dict[str, list[UUID]] = field(default_factory=dict)
    """User ids by role and area code, as ``"grid_worker 421224100001001"``."""

    def at(self, role: Role, area_code: str) -> list[UUID]:
        """Give the users who hold a role in exactly this area."""
        return self.staff.get(f"{role} {area_code}", [])


def write_site(session: Session, rng: Random, site: Site, world: World, at: datetime) -> None:
    """Write a site's places, codes, households, residents and their accounts."""
    buildings, spots = _places(site)
    world.places += buildings + spots
    session.execute(insert(Place), [_place_row(place, at) for place in buildings + spots])
    session.execute(insert(PlaceCode), [_code_row(rng, place, at) for place in buildings + spots])
    made = households(
        rng, count=site.households, people=site.people, on=business_day(at), phone_from=site.phone_from
    )
    doors = _doors(site, buildings)
    rows: dict[type, list[dict[str, Any]]] = {Household: [], Resident: [], User: []}
    for number, (home, (place, door)) in enumerate(zip(made, doors, strict=False)):
        _add_household(rows, rng, site, number, home, place, door, world, at)
    for table, values in rows.items():
        session.execute(insert(table), values)


def _places(site: Site) -> tuple[list[SeedPlace], list[SeedPlace]]:
    buildings = []
    for number in range(1, site.buildings + 1):
        grid = (number - 1) * site.grids // site.buildings + 1
        row, column = divmod(number - 1, 6)
        buildings.append(
            SeedPlace(
                id=named("place", f"{site.code} building {number}"),
                area_code=f"{site.code}{grid:03d}",
                kind=PlaceKind.RESIDENTIAL,
                name=f"{number}号楼",
                lng=round(site.lng + column * _STEP_DEGREES, 6),
                lat=round(site.lat - row * _STEP_DEGREES, 6),
            )
        )
    spots = [
        SeedPlace(
            id=named("place", f"{site.code} {spot.name}"),
            area_code=f"{site.code}{number % site.grids + 1:03d}",
            kind=spot.kind,
            name=spot.name,
            lng=round(site.lng + (number - 3) * _STEP_DEGREES, 6),
            lat=round(site.lat + 2 * _STEP_DEGREES, 6),
        )
        for number, spot in enumerate(site.spots)
    ]
    return buildings, spots


def _place_row(place: SeedPlace, at: datetime) -> dict[str, Any]:
    return {
        "id": place.id,
        "area_code": place.area_code,
        "kind": place.kind,
        "name": place.name,
        "address": "",
        "lng": place.lng,
        "lat": place.lat,
        "radius_m": 80 if place.kind is PlaceKind.RESIDENTIAL else 120,
        "content_hash": b"",
        "created_at": at,
    }


def _code_row(rng: Random, place: SeedPlace, at: datetime) -> dict[str, Any]:
    return {
        "id": named("place code", place.id),
        "area_code": place.area_code,
        "place_id": place.id,
        "version": 1,
        "serial": "".join(rng.choices(_SIGNS, k=9)),
        "issued_at": at,
    }


def _doors(site: Site, buildings: list[SeedPlace]) -> list[tuple[SeedPlace, str]]:
    """Give every flat: stairwells spread over the buildings, households over the flats."""
    flats = []
    for number, building in enumerate(buildings):
        first, last = (round(site.units * edge / site.buildings) for edge in (number, number + 1))
        flats += [
            (building, f"{unit}单元{floor}{flat:02d}")
            for unit in range(1, last - first + 1)
            for floor in range(1, _FLOORS + 1)
            for flat in range(1, _FLATS_A_FLOOR + 1)
        ]
    assert len(flats) >= site.households, "more households than flats"
    spread = len(flats) / site.households
    return [flats[int(number * spread)] for number in range(site.households)]


def _add_household(
    rows: dict[type, list[dict[str, Any]]],
    rng: Random,
    site: Site,
    number: int,
    home: SeedHousehold,
    place: SeedPlace,
    door: str,
    world: World,
    at: datetime,
) -> None:
    household_id = named("household", f"{site.code} {number}")
    common = {"area_code": place.area_code, "content_hash": b"", "created_at": at}
    rows[Household].append({"id": household_id, "place_id": place.id, "door": door, **common})
    for member, person in enumerate(home.members):
        resident_id = named("resident", f"{household_id} {member}")
        user_id = None
        if member == 0 and home.phone and (number == 0 or rng.random() < _WITH_ACCOUNT):
            user_id = named("user", f"resident {resident_id}")
            rows[User].append(
                {
                    "id": user_id,
                    "phone": home.phone,
                    "name": person.name,
                    "resident_id": resident_id,
                    "password_hash": None,
                    **common,
                }
            )
        rows[Resident].append(
            {
                "id": resident_id,
                "household_id": household_id,
                "name": person.name,
                "sex": person.sex,
                "birth_date": person.birth_date,
                "relation": person.relation,
                "presence": person.presence,
                **common,
            }
        )
        world.residents.append(
            SeedResident(resident_id, household_id, place.area_code, place.id, person, user_id)
        )


def write_staff(session: Session, world: World, at: datetime) -> None:
    """Write the staff of sites, counties and city; at the small site one person plays four roles."""
    posts: list[tuple[str, str, list[tuple[Role, str]]]] = [
        ("周城", CITY, [(Role.CITY_OFFICER, CITY)]),
        ("郑系统", CITY, [(Role.SYSTEM_ADMIN, CITY)]),
        ("冯安全", CITY, [(Role.SECURITY_ADMIN, CITY)]),
        ("卫审计", CITY, [(Role.AUDITOR, CITY)]),
        ("吴县", COUNTY, [(Role.COUNTY_OFFICER, COUNTY)]),
        ("孙县", SMALL_COUNTY, [(Role.COUNTY_OFFICER, SMALL_COUNTY)]),
        ("刘主任", BIG_SITE.code, [(Role.COMMUNITY_ADMIN, BIG_SITE.code)]),
        ("何店员", BIG_SITE.code, [(Role.SHOP_CLERK, BIG_SITE.code)]),
    ]
    grids = [f"{BIG_SITE.code}{number:03d}" for number in range(1, BIG_SITE.grids + 1)]
    posts += [
        (f"{name}网格员", grid, [(Role.GRID_WORKER, grid)])
        for name, grid in zip("赵钱孙李", grids, strict=True)
    ]
    posts += [
        (f"楼长{number + 1}", grid, [(Role.BUILDING_LEAD, grid)])
        for number in range(BIG_SITE.leads)
        for grid in [grids[number * len(grids) // BIG_SITE.leads]]
    ]
    small = SMALL_SITE.code
    one_for_all = (Role.GRID_WORKER, Role.BUILDING_LEAD, Role.SHOP_CLERK, Role.COMMUNITY_ADMIN)
    posts.append(("胡专干", small, [(role, small) for role in one_for_all]))
    posts.append(("毛支书", small, [(Role.COMMUNITY_ADMIN, small), (Role.GRID_WORKER, small)]))
    users: list[dict[str, Any]] = []
    grants: list[dict[str, Any]] = []
    for number, (name, area_code, held) in enumerate(posts):
        user_id = named("user", f"staff {number}")
        common = {"content_hash": b"", "created_at": at}
        users.append(
            {
                "id": user_id,
                "area_code": area_code,
                "phone": phone(_STAFF_PHONES_FROM + number),
                "name": name,
                "password_hash": None,
                **common,
            }
        )
        for role, code in held:
            world.staff.setdefault(f"{role} {code}", []).append(user_id)
            grants.append(
                {
                    "id": named("grant", f"{user_id} {role}"),
                    "user_id": user_id,
                    "role": role,
                    "area_code": code,
                    "valid_from": at,
                    **common,
                }
            )
    session.execute(insert(User), users)
    session.execute(insert(Grant), grants)
