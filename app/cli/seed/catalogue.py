"""The catalogues: areas, checklists, visit forms, rules and goods."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from app.cli.seed import facts
from app.cli.seed.ids import named
from app.cli.seed.rows import Rows
from app.cli.seed.site import CITY, SITES
from app.models import Area, AreaLevel, Checklist, ChecklistItem, Reward, Rule, VisitForm


def add_areas(rows: Rows) -> None:
    """Add the real division units of the city, and the grids of the two sites."""
    for unit in facts.divisions():
        rows.add(Area, code=unit.code, name=unit.name, level=unit.level, parent_code=unit.parent_code)
    for site in SITES:
        for number in range(1, site.grids + 1):
            rows.add(
                Area,
                code=f"{site.code}{number:03d}",
                name=f"{site.title}第{number}网格",
                level=AreaLevel.GRID,
                parent_code=site.code,
            )


def add_checklists(
    rows: Rows,
    since: datetime,
    area_code: str = CITY,
    *,
    but: Collection[str] = (),
    id_of: Callable[[str, object], UUID] = named,
) -> None:
    """Add the checklist templates to an area, the city's to begin with, but those of some codes."""
    for template in facts.checklists():
        if template.code in but:
            continue
        list_id = id_of("checklist", template.code)
        rows.add(
            Checklist,
            id=list_id,
            area_code=area_code,
            code=template.code,
            kind=template.kind,
            title=template.title,
            version=template.version,
            source=template.source,
            published_at=since,
        )
        in_order = [(section.title, item) for section in template.sections for item in section.items]
        for position, (section_title, item) in enumerate(in_order, start=1):
            rows.add(
                ChecklistItem,
                id=id_of("checklist item", f"{template.code} {item.code}"),
                checklist_id=list_id,
                position=position,
                code=item.code,
                section=section_title,
                text=item.text,
                level=item.level,
                category=item.category,
                deadline_days=item.deadline_days,
                advice=item.advice,
                source=item.source,
                kind=item.kind,
                required=item.required,
                options=[asdict(option) for option in item.options],
                unit=item.unit,
                decimals=item.decimals,
                least=item.least,
                most=item.most,
                photos=item.photos,
            )


def add_visit_forms(
    rows: Rows,
    since: datetime,
    *,
    but: Mapping[str, int] = MappingProxyType({}),
    id_of: Callable[[str, object], UUID] = named,
) -> None:
    """Add one form for each care category, unless ``but`` says that it has this version, or a newer one."""
    for form in facts.visit_forms():
        if form.version <= but.get(form.category, 0):
            continue
        rows.add(
            VisitForm,
            id=id_of("visit form", form.category),
            category=form.category,
            version=form.version,
            title=form.title,
            source=form.source,
            fields=[_field(field) for field in form.fields],
            published_at=since,
        )


def _field(field: facts.Field) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "key": field.key,
        "label": field.label,
        "kind": field.kind.value,
        "required": field.required,
        "section": field.section,
    }
    if field.lasting:
        plain["lasting"] = True
    if field.options:
        plain["options"] = [{"value": value, "label": label} for value, label in field.options.items()]
    return plain


def add_rules(rows: Rows, since: date) -> None:
    """Add the rules of both communities."""
    for site in SITES:
        for rule in facts.rules():
            rows.add(
                Rule,
                id=named("rule", f"{site.code} {rule.code}"),
                area_code=site.code,
                code=rule.code,
                version=1,
                title=rule.title,
                description=rule.description,
                category=rule.category,
                points_min=rule.points_min,
                points_max=rule.points_max,
                cap_points=rule.cap.points if rule.cap else None,
                cap_period=rule.cap.period if rule.cap else None,
                cap_of=rule.cap.of if rule.cap else None,
                evidence=rule.evidence,
                verifier=rule.verifier,
                notice_days=rule.notice_days,
                automatic=rule.automatic,
                valid_from=since,
                origin=rule.origin,
            )


def add_rewards(rows: Rows) -> None:
    """Add the goods of both shops, with nothing on the shelf yet."""
    for site in SITES:
        for goods in facts.goods():
            rows.add(
                Reward,
                id=named("reward", f"{site.code} {goods.code}"),
                area_code=site.code,
                name=goods.name,
                unit=goods.unit,
                price=goods.price,
                cost_fen=goods.cost_fen,
                stock=0,
                limit_per_month=goods.limit_per_month,
                own_producer=goods.own_producer,
                content_hash=b"",
            )
