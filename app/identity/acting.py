"""Acting for a resident in one request: by a proxy in force, or as the guardian of a child (代办)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Acting, Actor, Held, ProxyFunction
from app.clock import business_day
from app.errors import NotFoundError
from app.identity.holders import holders
from app.identity.proxies import ON_DUTY
from app.models import Guardianship, Household, Proxy, ProxyRelation, ProxyState, Resident, User
from app.people import guardianship_in_force

ACTING_COLUMNS = ", f.proxy_id, f.relation, f.functions, fr.id, fr.household_id, fh.area_code"
ACTING_JOINS = """
    LEFT JOIN LATERAL (
        SELECT p.id AS proxy_id, p.resident_id, p.relation, p.functions FROM proxies p
        WHERE p.user_id = u.id AND p.resident_id = :resident_id AND p.state = 'confirmed'
          AND p.valid_until >= :day
        UNION ALL
        SELECT NULL, gs.child_id, NULL, NULL FROM guardianships gs
        WHERE gs.guardian_id = u.resident_id AND gs.child_id = :resident_id
          AND gs.verified_at IS NOT NULL AND gs.ended_at IS NULL AND gs.valid_until >= :day
        LIMIT 1
    ) f ON true
    LEFT JOIN residents fr ON fr.id = f.resident_id
    LEFT JOIN households fh ON fh.id = fr.household_id
"""
"""What the query of each request has besides where it names a resident for whom it is made."""


def acting_as(held: tuple[Held, ...], found: tuple[Any, ...]) -> dict[str, Any] | None:
    """Give what an actor is while he acts for a resident, or None if he may not.

    He has the resident's household, and no grants: what he may for others by his posts he does in his own
    name. Who acts as his duty does so as long as he has a post over that household.
    """
    proxy_id, relation, functions, resident_id, household_id, home_code = found
    if resident_id is None:
        return None
    if relation == ProxyRelation.STAFF and not any(
        one.role in ON_DUTY and home_code.startswith(one.area_code) for one in held
    ):
        return None
    may = set(ProxyFunction if proxy_id is None else map(ProxyFunction, functions))
    if relation == ProxyRelation.STAFF:
        may.discard(ProxyFunction.VISITS)  # no colleague says for him whether somebody came
    return {
        "acting": Acting(resident_id, frozenset(may), proxy_id),
        "resident_id": resident_id,
        "household_id": household_id,
        "home_code": home_code,
        "other_homes": frozenset(),
        "held": (),
        "waiting": (),
    }


def check_acting(session: Session, actor: Actor) -> None:
    """Hold the proxy or guardianship until the transaction ends, so that nothing is done after its end.

    Raises NotFoundError if it ended since the request began.
    """
    if actor.acting is None:
        return
    query = select(Proxy.id).where(
        Proxy.id == actor.acting.proxy_id,
        Proxy.state == ProxyState.CONFIRMED,
        Proxy.valid_until >= business_day(),
    )
    if actor.acting.proxy_id is None:
        query = (
            select(Guardianship.id)
            .where(
                Guardianship.child_id == actor.acting.resident_id,
                Guardianship.guardian_id == _own_resident(actor),
                guardianship_in_force(),
            )
            .limit(1)
        )
    if session.scalars(query.with_for_update(read=True)).one_or_none() is None:
        raise NotFoundError


def acts_since(session: Session, user_id: UUID, resident_id: UUID, since: datetime) -> bool:
    """Say whether somebody acts for a resident without a break since then, and hold by what until the end.

    What ended and began anew is another proxy, and another guardianship.
    """
    proxies = (
        select(Proxy.relation, Household.area_code)
        .join(Resident, Resident.id == Proxy.resident_id)
        .join(Household, Household.id == Resident.household_id)
        .where(
            Proxy.user_id == user_id,
            Proxy.resident_id == resident_id,
            Proxy.state == ProxyState.CONFIRMED,
            Proxy.confirmed_at <= since,
            Proxy.valid_until >= business_day(),
        )
    )
    own = select(User.resident_id).where(User.id == user_id).scalar_subquery()
    guardianships = select(Guardianship.id).where(
        Guardianship.child_id == resident_id,
        Guardianship.guardian_id == own,
        Guardianship.verified_at <= since,
        guardianship_in_force(),
    )
    proxy = session.execute(proxies.with_for_update(read=True, of=Proxy)).one_or_none()
    if proxy is None:
        return session.scalars(guardianships.with_for_update(read=True)).first() is not None
    relation, home_code = proxy
    return relation is not ProxyRelation.STAFF or user_id in holders(session, home_code, ON_DUTY)


def _own_resident(actor: Actor) -> Any:
    return select(User.resident_id).where(User.id == actor.user_id).scalar_subquery()
