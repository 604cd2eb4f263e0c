"""The two sites: places with codes, households, residents and their accounts."""

import string
from dataclasses import replace
from datetime import datetime
from random import Random
from uuid import UUID

from app.cli.seed.ids import named
from app.cli.seed.naming import id_number
from app.cli.seed.people import Household as SeedHousehold
from app.cli.seed.people import households
from app.cli.seed.rows import Rows
from app.cli.seed.site import Site
from app.cli.seed.world import SeedPlace, SeedResident, World
from app.clock import business_day, start_of
from app.models import Household, Place, PlaceCode, PlaceKind, Resident, User

_FLOORS, _FLATS_A_FLOOR = 6, 4
_STEP_DEGREES = 0.0006
"""About 60 m between neighbouring buildings."""
_BUILDINGS_A_ROW = 6
_WITH_ACCOUNT = 0.4
"""Share of heads with a phone who have signed up."""
_SIGNS = string.ascii_letters + string.digits


def add_site(
    rows: Rows, world: World, rng: Random, site: Site, *, since: datetime, until: datetime, password: str
) -> None:
    """Add a site as it is at ``until``, most of it there ``since`` before; ``password`` is a hash."""
    buildings, spots = _buildings(site), _spots(site)
    world.places += buildings + spots
    for place in buildings + spots:
        _add_place(rows, rng, place, since)
    made = households(
        rng, count=site.households, people=site.people, on=business_day(until), phone_from=site.phone_from
    )
    doors = _doors(site, buildings)
    for number, (home, (place, door)) in enumerate(zip(made, doors, strict=True)):
        household_id = named("household", f"{site.code} {number}")
        rows.add(
            Household,
            id=household_id,
            area_code=place.area_code,
            place_id=place.id,
            door=door,
            content_hash=b"",
            created_at=since,
        )
        members = _residents(household_id, home, place, door)
        if home.phone and (number == 0 or rng.random() < _WITH_ACCOUNT):
            members[0] = _with_account(rows, members[0], home.phone, since, password)
        world.households[household_id] = members
        for position, member in enumerate(members):
            phone = home.phone if position == 0 else None
            _add_resident(rows, world, member, phone, since, until)


def _buildings(site: Site) -> list[SeedPlace]:
    found = []
    for number in range(1, site.buildings + 1):
        grid = (number - 1) * site.grids // site.buildings + 1
        row, column = divmod(number - 1, _BUILDINGS_A_ROW)
        place_id = named("place", f"{site.code} building {number}")
        found.append(
            SeedPlace(
                id=place_id,
                code_id=named("place code", place_id),
                area_code=f"{site.code}{grid:03d}",
                kind=PlaceKind.RESIDENTIAL,
                name=f"{number}号楼",
                address="",
                lng=round(site.lng + column * _STEP_DEGREES, 6),
                lat=round(site.lat - row * _STEP_DEGREES, 6),
                radius_m=80,
            )
        )
    return found


def _spots(site: Site) -> list[SeedPlace]:
    found = []
    for number, spot in enumerate(site.spots):
        place_id = named("place", f"{site.code} {spot.name}")
        found.append(
            SeedPlace(
                id=place_id,
                code_id=named("place code", place_id),
                area_code=f"{site.code}{number % site.grids + 1:03d}",
                kind=spot.kind,
                name=spot.name,
                address=spot.address,
                lng=round(site.lng + (number - 3) * _STEP_DEGREES, 6),
                lat=round(site.lat + 2 * _STEP_DEGREES, 6),
                radius_m=120,
            )
        )
    return found


def _add_place(rows: Rows, rng: Random, place: SeedPlace, since: datetime) -> None:
    rows.add(
        Place,
        id=place.id,
        area_code=place.area_code,
        kind=place.kind,
        name=place.name,
        address=place.address,
        lng=place.lng,
        lat=place.lat,
        radius_m=place.radius_m,
        content_hash=b"",
        created_at=since,
    )
    rows.add(
        PlaceCode,
        id=place.code_id,
        area_code=place.area_code,
        place_id=place.id,
        version=1,
        serial="".join(rng.choices(_SIGNS, k=9)),
        issued_at=since,
    )


def _doors(site: Site, buildings: list[SeedPlace]) -> list[tuple[SeedPlace, str]]:
    """Give a door to each household: stairwells spread over the buildings, households over the flats."""
    flats = []
    for number, building in enumerate(buildings):
        first, last = (round(site.units * edge / site.buildings) for edge in (number, number + 1))
        flats += [(building, door) for door in doors_of(last - first)]
    assert len(flats) >= site.households, "more households than flats"
    spread = len(flats) / site.households
    return [flats[int(number * spread)] for number in range(site.households)]


def doors_of(units: int) -> list[str]:
    """Give the doors of a building with so many stairwells."""
    return [
        f"{unit}单元{floor}{flat:02d}"
        for unit in range(1, units + 1)
        for floor in range(1, _FLOORS + 1)
        for flat in range(1, _FLATS_A_FLOOR + 1)
    ]


def _residents(household_id: UUID, home: SeedHousehold, place: SeedPlace, door: str) -> list[SeedResident]:
    return [
        SeedResident(
            id=named("resident", f"{household_id} {number}"),
            household_id=household_id,
            area_code=place.area_code,
            place=place,
            door=door,
            person=person,
            user_id=None,
        )
        for number, person in enumerate(home.members)
    ]


def _with_account(
    rows: Rows, resident: SeedResident, phone: str, since: datetime, password: str
) -> SeedResident:
    user_id = named("user", f"resident {resident.id}")
    rows.add(
        User,
        id=user_id,
        area_code=resident.area_code,
        phone=phone,
        name=resident.person.name,
        password_hash=password,
        password_set_at=since,
        last_signed_in_at=None,
        resident_id=resident.id,
        content_hash=b"",
        created_at=since,
    )
    return replace(resident, user_id=user_id)


def _add_resident(
    rows: Rows, world: World, resident: SeedResident, phone: str | None, since: datetime, until: datetime
) -> None:
    person = resident.person
    born = person.birth_date, person.sex
    registered = start_of(person.registered_on)
    rows.add(
        Resident,
        id=resident.id,
        area_code=resident.area_code,
        household_id=resident.household_id,
        name=person.name,
        sex=person.sex,
        birth_date=person.birth_date,
        relation=person.relation,
        presence=person.presence,
        phone=phone,
        id_number=id_number(*born, world.born[born]),
        content_hash=b"",
        created_at=min(max(since, registered), until),
    )
    world.born[born] += 1
