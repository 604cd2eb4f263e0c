"""Writing the catalogues: areas, checklists, visit forms, rules and goods."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.cli.seed import facts
from app.cli.seed.ids import named
from app.cli.seed.site import CITY, SITES
from app.models import (
    Area,
    AreaLevel,
    Checklist,
    ChecklistItem,
    Reward,
    Rule,
    StockMovement,
    StockReason,
    VisitForm,
)


def write_areas(session: Session) -> None:
    """Write the real division units of the city, and the grids of the two sites."""
    rows = [
        {"code": unit.code, "name": unit.name, "level": unit.level, "parent_code": unit.parent_code}
        for unit in facts.divisions()
    ]
    rows += [
        {
            "code": f"{site.code}{number:03d}",
            "name": f"{site.title}第{number}网格",
            "level": AreaLevel.GRID,
            "parent_code": site.code,
        }
        for site in SITES
        for number in range(1, site.grids + 1)
    ]
    session.execute(insert(Area), rows)


def write_checklists(session: Session, since: datetime) -> None:
    """Write the checklist templates of the city."""
    lists: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    for template in facts.checklists():
        list_id = named("checklist", template.code)
        lists.append(
            {
                "id": list_id,
                "area_code": CITY,
                "kind": template.kind,
                "title": template.title,
                "version": template.version,
                "source": template.source,
                "published_at": since,
            }
        )
        in_order = [(section.title, item) for section in template.sections for item in section.items]
        items += [
            {
                "id": named("checklist item", f"{template.code} {item.code}"),
                "checklist_id": list_id,
                "position": position,
                "section": section,
                "text": item.text,
                "level": item.level,
                "category": item.category,
                "deadline_days": item.deadline_days,
                "advice": item.advice,
            }
            for position, (section, item) in enumerate(in_order)
        ]
    session.execute(insert(Checklist), lists)
    session.execute(insert(ChecklistItem), items)


def write_visit_forms(session: Session, since: datetime) -> None:
    """Write one form for each care category."""
    rows = [
        {
            "id": named("visit form", form.category),
            "category": form.category,
            "version": form.version,
            "title": form.title,
            "source": form.source,
            "fields": [_field(field) for field in form.fields],
            "published_at": since,
        }
        for form in facts.visit_forms()
    ]
    session.execute(insert(VisitForm), rows)


def _field(field: facts.Field) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "key": field.key,
        "label": field.label,
        "kind": field.kind.value,
        "required": field.required,
    }
    if field.options:
        plain["options"] = [{"value": value, "label": label} for value, label in field.options.items()]
    return plain


def write_rules(session: Session, since: date) -> None:
    """Write the rules of both communities."""
    rows = [
        {
            "id": named("rule", f"{site.code} {rule.code}"),
            "area_code": site.code,
            "code": rule.code,
            "version": 1,
            "title": rule.title,
            "description": rule.description,
            "category": rule.category,
            "points_min": rule.points_min,
            "points_max": rule.points_max,
            "cap_points": rule.cap.points if rule.cap else None,
            "cap_period": rule.cap.period if rule.cap else None,
            "cap_of": rule.cap.of if rule.cap else None,
            "evidence": rule.evidence,
            "verifier": rule.verifier,
            "notice_days": rule.notice_days,
            "automatic": rule.automatic,
            "valid_from": since,
            "origin": rule.origin,
        }
        for site in SITES
        for rule in facts.rules()
    ]
    session.execute(insert(Rule), rows)


def write_goods(session: Session, at: datetime, deliveries: int) -> None:
    """Write the goods of both shops, each delivered several times over."""
    rewards: list[dict[str, Any]] = []
    movements: list[dict[str, Any]] = []
    for site in SITES:
        for goods in facts.goods():
            reward_id = named("reward", f"{site.code} {goods.code}")
            quantity = goods.stock * deliveries
            rewards.append(
                {
                    "id": reward_id,
                    "area_code": site.code,
                    "name": goods.name,
                    "unit": goods.unit,
                    "price": goods.price,
                    "cost_fen": goods.cost_fen,
                    "stock": quantity,
                    "limit_per_month": goods.limit_per_month,
                    "own_producer": goods.own_producer,
                    "content_hash": b"",
                }
            )
            movements.append(
                {
                    "id": named("delivery", reward_id),
                    "area_code": site.code,
                    "reward_id": reward_id,
                    "change": quantity,
                    "reason": StockReason.DELIVERY,
                    "at": at,
                }
            )
    session.execute(insert(Reward), rewards)
    session.execute(insert(StockMovement), movements)
