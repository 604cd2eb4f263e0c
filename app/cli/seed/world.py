"""Who and what there is at the two sites, as the history needs to know it."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from app.actors import Role, community_of
from app.cli.seed.people import Person
from app.cli.seed.site import Site
from app.models import PlaceKind, Sex


@dataclass(frozen=True)
class SeedPlace:
    """A place of the seed, with the id of its printed code."""

    id: UUID
    code_id: UUID
    area_code: str
    kind: PlaceKind
    name: str
    address: str
    lng: float
    lat: float
    radius_m: int


@dataclass(frozen=True)
class SeedResident:
    """A resident of the seed, with who he is."""

    id: UUID
    household_id: UUID
    area_code: str
    place: SeedPlace
    door: str
    person: Person
    user_id: UUID | None


@dataclass
class World:
    """Places, residents by household, and staff."""

    places: list[SeedPlace] = field(default_factory=list)
    households: dict[UUID, list[SeedResident]] = field(default_factory=lambda: defaultdict(list))
    staff: dict[tuple[Role, str], list[UUID]] = field(default_factory=lambda: defaultdict(list))
    """User ids by role and area code."""
    left: list[UUID] = field(default_factory=list)
    """Of the staff who have no post any more."""
    born: Counter[tuple[date, Sex]] = field(default_factory=Counter)
    """How many have their ID number, by birth date and sex."""

    def residents(self) -> Iterator[SeedResident]:
        """Give everybody of the roster."""
        for members in self.households.values():
            yield from members

    def places_of(self, site: Site) -> list[SeedPlace]:
        """Give the places of a site."""
        return [place for place in self.places if place.area_code.startswith(site.code)]

    def holders(self, role: Role, area_code: str) -> list[UUID]:
        """Give who holds a role in this area, or else in the nearest area above that has holders."""
        for digits in (15, 12, 9, 6, 4):
            held = self.staff.get((role, area_code[:digits]))
            if held:
                return held
        raise LookupError(f"nobody is {role} of {area_code}")

    def worker(self, area_code: str) -> UUID:
        """Give the grid worker responsible for an area."""
        return self.holders(Role.GRID_WORKER, area_code)[0]

    def admin(self, area_code: str) -> UUID:
        """Give the community admin who decides; at the small site not the one who works the grid."""
        return self.holders(Role.COMMUNITY_ADMIN, community_of(area_code))[-1]

    def county(self, area_code: str) -> UUID:
        """Give the officer of the county."""
        return self.holders(Role.COUNTY_OFFICER, area_code)[0]
