"""Whoever asks, and how far his asking reaches."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_
from sqlalchemy.orm import InstrumentedAttribute

AreaColumn = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]
COMMUNITY_DIGITS = 12
"""A community's code is this long; longer codes lie inside one (domain.md, area)."""


class Role(StrEnum):
    """The ten roles of the domain; the last three exclude each other (三员分立)."""

    RESIDENT = "resident"
    BUILDING_LEAD = "building_lead"
    GRID_WORKER = "grid_worker"
    SHOP_CLERK = "shop_clerk"
    COMMUNITY_ADMIN = "community_admin"
    COUNTY_OFFICER = "county_officer"
    CITY_OFFICER = "city_officer"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDITOR = "auditor"


SECOND_FACTOR_ROLES = frozenset(
    {
        Role.COMMUNITY_ADMIN,
        Role.COUNTY_OFFICER,
        Role.CITY_OFFICER,
        Role.SYSTEM_ADMIN,
        Role.SECURITY_ADMIN,
        Role.AUDITOR,
    }
)
"""Roles above grid worker: they count only in a session with a second factor (GB/T 22239-2019 8.1.4.1 d)."""


class ProxyFunction(StrEnum):
    """What somebody may do for another; nothing else is ever done in another's name."""

    SEE = "see"
    """See balance, entries, claims and orders."""
    CLAIM = "claim"
    """Submit claims, send them again, take them back."""
    REDEEM = "redeem"
    """Order goods, show the pick-up code, give an order up."""
    REPORT = "report"
    """Report a hazard."""
    VISITS = "visits"
    """See when somebody called on him, and say whether that is so."""


def community_of(area_code: str) -> str:
    """Give the community, the tenant, in which an area lies."""
    return area_code[:COMMUNITY_DIGITS]


def _prefix_clause(column: AreaColumn, prefix: str) -> ColumnElement[bool]:
    """Every code that starts with ``prefix``, as a range an index can serve (codes are digits)."""
    return and_(column >= prefix, column < prefix[:-1] + chr(ord(prefix[-1]) + 1))


@dataclass(frozen=True)
class Scope:
    """The records an actor may reach for one function: whole areas, and his own household."""

    areas: tuple[str, ...] = ()
    household_id: UUID | None = None

    def covers(self, area_code: str, household_id: UUID | None = None) -> bool:
        """Say whether a record of this area, and of this household if it has one, is within reach."""
        if any(area_code.startswith(prefix) for prefix in self.areas):
            return True
        return household_id is not None and household_id == self.household_id

    def widened(self) -> "Scope":
        """Give the whole communities of the areas: there somebody may be given what is another's."""
        return Scope(tuple(sorted({community_of(area_code) for area_code in self.areas})))

    def clause(
        self, area: AreaColumn, household: InstrumentedAttribute[Any] | None = None
    ) -> ColumnElement[bool]:
        """Say the same in SQL, over a table's area column and, where it has one, its household column."""
        terms = [_prefix_clause(area, prefix) for prefix in self.areas]
        if household is not None and self.household_id is not None:
            terms.append(household == self.household_id)
        return or_(false(), *terms)


@dataclass(frozen=True)
class Held:
    """A grant in force: a role in an area."""

    role: Role
    area_code: str


@dataclass(frozen=True)
class Acting:
    """For whom somebody acts in this request, and what he may do there."""

    resident_id: UUID
    functions: frozenset[ProxyFunction]
    proxy_id: UUID | None = None
    """None for a guardian."""


@dataclass(frozen=True)
class Actor:
    """A signed-in user, or a visitor (``user_id`` is None), with the scope of the function he calls."""

    user_id: UUID | None = None
    name: str = ""
    resident_id: UUID | None = None
    household_id: UUID | None = None
    home_code: str | None = None
    """Area of the actor's own household, if he is bound to a resident."""
    other_homes: frozenset[UUID] = frozenset()
    """Of staff: where they belonged until lately, and where somebody lives whose guardian they are."""
    held: tuple[Held, ...] = ()
    waiting: tuple[Held, ...] = ()
    """Grants that do not count before the session has a second factor."""
    session_id: UUID | None = None
    session_kind: str = ""
    """``app`` or ``console``."""
    code_by: UUID | None = None
    """Who of the staff handed out the code by which he is signed in."""
    inviter: UUID | None = None
    """Who made the invitation by which his password was set within a year."""
    checked_at: datetime | None = None
    """When he last proved himself in this session."""
    is_due: bool = False
    """Whether the session is to be noted as used."""
    acting: Acting | None = None
    """Set where he acts for a resident: he has that one's household then, and no grants."""
    scope: Scope = Scope()

    @property
    def homes(self) -> frozenset[UUID]:
        """Give the homes on which he decides nothing: he belongs there, did lately, or has a child there."""
        return self.other_homes | ({self.household_id} if self.household_id is not None else frozenset())

    @property
    def let_in_by(self) -> UUID | None:
        """Give who of the staff made his way in, and may himself be the one who asks."""
        return self.code_by or self.inviter

    @property
    def acted_for(self) -> UUID | None:
        """Give the resident for whom he acts, if he does."""
        return self.acting.resident_id if self.acting else None

    def within(self, scope: Scope) -> "Actor":
        """Give the same person with the reach of one function."""
        return replace(self, scope=scope)

    def as_author(self, area_code: str) -> "Actor":
        """Give the same person with the reach to read back a record of this area that he made himself."""
        return self.within(Scope(areas=(area_code,)))

    def holds(self, role: Role) -> bool:
        """Say whether the actor holds a role anywhere."""
        return any(held.role is role for held in self.held)


VISITOR = Actor()
"""Anybody without an account."""
