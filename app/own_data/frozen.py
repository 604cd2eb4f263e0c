"""What the law keeps of closed accounts, for the auditor alone (PIPL, art. 47)."""

import enum
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.errors import NotFoundError
from app.models import DIGITS, AreaLevel, Closing
from app.own_data.kinds import TABLES, Copied
from app.own_data.rows import opened_row
from app.sealing import Sealer


class FrozenKind(enum.StrEnum):
    """What is kept, by its table."""

    BINDINGS = "bindings"
    BINDING_REQUESTS = "binding_requests"
    CONSENTS = "consents"
    CORRECTIONS = "corrections"
    DELETIONS = "deletions"
    HAZARDS = "hazards"
    HAZARD_EVENTS = "hazard_events"
    PROXIES = "proxies"


@dataclass(frozen=True)
class FrozenRow:
    """A frozen row, whole but for hashes; what was sealed is open."""

    id: UUID
    values: dict[str, Any]


def closings_in_scope(session: Session, actor: Actor, *, after: UUID | None, limit: int) -> list[Closing]:
    """List the closings of the actor's areas, the newest first."""
    query = select(Closing).where(_reach(actor)).order_by(Closing.id.desc()).limit(limit)
    if after is not None:
        query = query.where(Closing.id < after)
    return list(session.scalars(query))


def frozen_rows(
    session: Session,
    actor: Actor,
    sealer: Sealer,
    closing_id: UUID,
    kind: FrozenKind,
    *,
    after: UUID | None,
    limit: int,
) -> list[FrozenRow]:
    """List what a closing froze of one kind, the newest first. Raises NotFoundError outside the reach."""
    found = session.scalars(select(Closing).where(Closing.id == closing_id, _reach(actor))).one_or_none()
    if found is None:
        raise NotFoundError
    table = TABLES[kind]
    which = Copied(kind, kind, table, lambda _: _frozen(kind, closing_id))
    key = table.c.id
    query = select(*which.columns).where(_frozen(kind, closing_id)).order_by(key.desc()).limit(limit)
    if after is not None:
        query = query.where(key < after)
    return [FrozenRow(row[key], opened_row(sealer, which, row)) for row in session.execute(query).mappings()]


def _frozen(kind: FrozenKind, closing_id: UUID) -> ColumnElement[bool]:
    if kind is FrozenKind.HAZARD_EVENTS:
        hazards = TABLES["hazards"].c
        return TABLES[kind].c.hazard_id.in_(select(hazards.id).where(hazards.frozen_by == closing_id))
    frozen: ColumnElement[bool] = TABLES[kind].c.frozen_by == closing_id
    return frozen


def _reach(actor: Actor) -> ColumnElement[bool]:
    """Say which closings an auditor reaches: as in the trail, those of no area are a whole city's."""
    reach = actor.scope.clause(Closing.area_code)
    if any(len(area) <= DIGITS[AreaLevel.CITY] for area in actor.scope.areas):
        reach = or_(reach, Closing.area_code.is_(None))
    return reach
