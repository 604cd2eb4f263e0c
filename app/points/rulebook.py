"""Rules: which are in force on a day, in which community."""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.actors import COMMUNITY_DIGITS, Actor, community_of
from app.clock import business_day
from app.errors import DomainError, Kind
from app.models import AutomaticSource, Rule
from app.points.reach import communities


class RuleNotInForceError(DomainError):
    """The community has no such rule on that day, or it is one that nobody claims by himself."""

    code = "rule_not_in_force"
    kind = Kind.INVALID


def rules(
    session: Session,
    actor: Actor,
    *,
    area_code: str | None = None,
    after: UUID | None,
    limit: int,
) -> list[Rule]:
    """List the rules in force today in the communities within reach, the newest first."""
    query = (
        select(Rule)
        .where(communities(actor).clause(Rule.area_code), _is_a_communitys(), _in_force(business_day()))
        .order_by(Rule.id.desc())
        .limit(limit)
    )
    if area_code is not None:
        query = query.where(Rule.area_code.startswith(community_of(area_code), autoescape=True))
    if after is not None:
        query = query.where(Rule.id < after)
    return list(session.scalars(query))


def claimable_rule(session: Session, rule_id: UUID, *, area_code: str, on: date) -> Rule:
    """Give a rule under which somebody of this area may claim for what happened on a day.

    A county's template is no community's rule, and a rule with an automatic source makes its claims itself.

    Raises RuleNotInForceError.
    """
    rule = session.scalars(
        select(Rule).where(
            Rule.id == rule_id,
            Rule.area_code == community_of(area_code),
            Rule.automatic.is_(None),
            _is_a_communitys(),
            _in_force(on),
        )
    ).one_or_none()
    if rule is None:
        raise RuleNotInForceError(field="rule_id")
    return rule


def automatic_rule(session: Session, automatic: AutomaticSource, *, area_code: str, on: date) -> Rule | None:
    """Give the rule by which a fact of this area makes a claim by itself, if the community has one."""
    query = select(Rule).where(
        Rule.area_code == community_of(area_code),
        Rule.automatic == automatic,
        _is_a_communitys(),
        _in_force(on),
    )
    return session.scalars(query.order_by(Rule.code).limit(1)).one_or_none()


def _is_a_communitys() -> ColumnElement[bool]:
    """Leave out the templates of counties, which have their county's shorter code."""
    return func.length(Rule.area_code) == COMMUNITY_DIGITS


def _in_force(day: date) -> ColumnElement[bool]:
    """Take what is valid on the day, unless a later version of the same rule is valid too."""
    later = aliased(Rule)
    superseded = exists().where(
        later.area_code == Rule.area_code,
        later.code == Rule.code,
        later.version > Rule.version,
        _valid(later, day),
    )
    return _valid(Rule, day) & ~superseded


def _valid(rule: type[Rule], day: date) -> ColumnElement[bool]:
    return (rule.valid_from <= day) & or_(rule.valid_until.is_(None), rule.valid_until >= day)
