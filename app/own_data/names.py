"""Names for the ids in a person's copy: of places, rules, texts and goods, "我" for himself, and no people.

Ids of other people are gone before (``rows.py``), so nobody else can be named here by mistake.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, select
from sqlalchemy.orm import Session

from app.models import (
    DIGITS,
    Account,
    AreaLevel,
    Checklist,
    ChecklistItem,
    ConsentText,
    Place,
    Reward,
    Rule,
    Unit,
    VisitForm,
)
from app.own_data.kinds import Copied, Whose
from app.places import area_names

_LEVELS = tuple(digits for level, digits in DIGITS.items() if level is not AreaLevel.CITY)
"""Digits of the areas that make up an address; the city goes without saying."""


def _edition(kind: type[ConsentText | VisitForm | Checklist]) -> ColumnElement[str]:
    return kind.title.concat("（第").concat(cast(kind.version, String)).concat("版）")


_NAMED: dict[str, tuple[Any, Any]] = {
    "places": (Place.id, Place.name),
    "rules": (Rule.id, Rule.title),
    "rewards": (Reward.id, Reward.name.concat("（").concat(Reward.unit).concat("）")),
    "consent_texts": (ConsentText.id, _edition(ConsentText)),
    "visit_forms": (VisitForm.id, _edition(VisitForm)),
    "checklists": (Checklist.id, _edition(Checklist)),
    "checklist_items": (ChecklistItem.id, ChecklistItem.text),
    "units": (Unit.id, Unit.name),
}
"""The key and the name of what is named: things, which everybody of the community may know."""
_WITHOUT_KEY = {("transfers", "rule_id"): "rules"}
"""Columns that name such a thing without a foreign key."""


class Names:
    """The names that one copy needs, looked up for many rows at once and kept."""

    def __init__(self, session: Session, whose: Whose) -> None:
        """Know himself and his household."""
        self._session = session
        own = {whose.user_id: "我", whose.resident_id: "我", whose.household_id: "我家"}
        self._known = {str(one): name for one, name in own.items() if one}
        accounts = select(Account.id).where(Account.household_id == whose.household_id)
        self.accounts = {str(one) for one in session.scalars(accounts)}
        """His household's: whether points came or went is seen by them."""
        self._questions: dict[str, Sequence[Mapping[str, Any]]] = {}

    def learn(self, copied: Copied, rows: Iterable[Mapping[str, Any]]) -> None:
        """Look up what these rows name."""
        wanted: dict[str, set[str]] = defaultdict(set)
        tables = {name: table for name in _columns(copied) if (table := _table_of(copied, name))}
        for row in rows:
            for name, table in tables.items():
                if row[name] is not None and row[name] not in self._known:
                    wanted[table].add(row[name])
        for table, ids in wanted.items():
            if table == "areas":
                self._learn_areas(ids)
            else:
                key, name = _NAMED[table]
                found = self._session.execute(select(key, name).where(key.in_([UUID(one) for one in ids])))
                self._known |= {str(row[0]): row[1] for row in found}

    def of(self, value: str) -> str | None:
        """Give the name of an id or an area's code; None where nothing is named by it."""
        return self._known.get(value)

    def questions(self, form_id: str) -> Sequence[Mapping[str, Any]]:
        """Give the questions of a visit's form."""
        if form_id not in self._questions:
            self._questions[form_id] = self._session.get_one(VisitForm, UUID(form_id)).fields
        return self._questions[form_id]

    def _learn_areas(self, codes: set[str]) -> None:
        above = {code[:digits] for code in codes for digits in (*_LEVELS, len(code))}
        names = area_names(self._session, above)
        for code in codes:
            steps = sorted({code[:digits] for digits in (*_LEVELS, len(code))}, key=len)
            self._known[code] = "".join(names.get(one, "") for one in steps) or code


def _columns(copied: Copied) -> list[str]:
    return [column.name for column in copied.columns]


def _table_of(copied: Copied, name: str) -> str | None:
    """Say which table of named things a column points to."""
    if name == "area_code":
        return "areas"
    keys = {key.column.table.name for key in copied.table.c[name].foreign_keys}
    return next(iter(keys & set(_NAMED)), _WITHOUT_KEY.get((copied.table.name, name)))
