"""Other places for the same rows: another grid of HOME, and NEXT, another community of its county."""

from datetime import date
from uuid import UUID

from app.actors import Role
from app.identity import sealed_phone
from app.ids import new_id
from app.models import (
    Area,
    AreaLevel,
    Grant,
    Household,
    Place,
    PlaceKind,
    Relation,
    Resident,
    Sex,
    User,
)
from tests.cast import HOME, LONG_AGO, NEXT, named, person
from tests.matrix.stage import Stage
from tests.sealer import SEALER

OTHER_GRID = HOME + "002"
_ABOVE = ("county", "city", "system", "security", "auditor")
INSIDE = {OTHER_GRID: ("clerk", "admin", *_ABOVE), NEXT: _ABOVE}
"""The roles of the matrix that reach each spot; all others are outside."""


class Spot(Stage):
    """Writes rows where nobody of the cast lives, after ``settle``."""

    spot: str

    @classmethod
    def at(cls, stage: Stage, spot: str) -> "Spot":
        """Give a place to write rows at, through the session of another stage."""
        made = cls(stage.session, far=True)
        object.__setattr__(made, "spot", spot)
        made._settle()
        return made

    @property
    def community(self) -> str:
        """The community of the spot."""
        return self.spot[:12]

    @property
    def area(self) -> str:
        """Where things lie."""
        return self.spot

    @property
    def place_id(self) -> UUID:
        """A residential building."""
        return named(f"block of {self.spot}")

    @property
    def household_id(self) -> UUID:
        """A household."""
        return named(f"household of {self.spot}")

    @property
    def resident_id(self) -> UUID:
        """Its head."""
        return named(f"head of {self.spot}")

    def user(self, name: str) -> UUID:
        """Give the worker of the spot, or whoever of the cast holds an office over it."""
        if name == "worker":
            return named(f"worker of {self.spot}")
        return person("next_admin" if name == "admin" and self.spot == NEXT else name).user_id

    def proxy(self, by: str = "clerk", *, is_confirmed: bool = False) -> UUID:
        """Write a proxy; in NEXT the clerk of HOME is nobody's, and the worker of the spot has it."""
        who = "worker" if by == "clerk" and self.spot == NEXT else by
        return super().proxy(who, is_confirmed=is_confirmed)

    def _settle(self) -> None:
        if self.spot == OTHER_GRID:
            self.add(Area(code=OTHER_GRID, name="第二网格", level=AreaLevel.GRID, parent_code=HOME))
        made = {"area_code": self.area, "content_hash": b"", "created_at": LONG_AGO}
        self.add(Place(id=self.place_id, kind=PlaceKind.RESIDENTIAL, name=f"楼{self.spot}", **made))
        self.add(Household(id=self.household_id, place_id=self.place_id, door="1单元101", **made))
        self.add(
            Resident(
                id=self.resident_id,
                household_id=self.household_id,
                name="周明",
                sex=Sex.MALE,
                birth_date=date(1950, 1, 1),
                relation=Relation.HEAD,
                **made,
            )
        )
        phone = sealed_phone(SEALER, self.user("worker"), "10099990000")
        self.add(User(id=self.user("worker"), name="别处网格员", **phone, **made))
        self.add(
            Grant(
                id=new_id(),
                user_id=self.user("worker"),
                role=Role.GRID_WORKER,
                valid_from=LONG_AGO,
                **made,
            )
        )
