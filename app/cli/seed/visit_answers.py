"""Answers to visit forms: what is so with a resident, and how little changes from visit to visit."""

from datetime import date
from functools import cache
from random import Random
from typing import Any

from app.cli.seed import facts
from app.cli.seed.facts import Field, FieldKind, FormTemplate
from app.cli.seed.people import Person
from app.models import CareCategory

Answers = dict[str, Any]

_FALLING = (60, 22, 10, 5, 2, 1, 1)
"""Weights of options, which stand from good to bad."""
_OTHERWISE = {
    "children_contact": (15, 45, 25, 10, 5),
    "medicine": (35, 55, 8, 2),
    "carer": (30, 45, 15, 5, 5),
    "parents_away": (78, 20, 2),
    "near_water": (85, 12, 3),
    "guardian": (85, 5, 8, 1, 1),
    "husband_contact": (40, 45, 10, 3, 2),
    "work": (25, 20, 20, 25, 10),
    "income_change": (20, 60, 17, 3),
    "job_last_month": (50, 15, 10, 10, 5, 3, 5, 2),
    "schooling_ok": (70, 2, 28),
    "wage_band": (15, 50, 25, 5, 5),
    "visitors": (10, 45, 35, 10),
    "support": (92, 8),
}
_NEVER = {"harm_signs"}
"""Signs of harm to a child are no matter for a demonstration."""
_ALWAYS_ALL = {"cleanliness"}
_BY_ITSELF = {"nobody"}
"""What cannot be so beside the other options."""
_CHANGES = ("mood", "medicine", "food", "parents_last_contact", "income_change", "job_last_month")
_YES, _CHANGED, _MOST_WORKERS = 0.93, 0.3, 3
_SCHOOLS = ((3, "not_yet"), (6, "kindergarten"), (12, "primary"), (15, "junior"))


@cache
def form_of(category: CareCategory) -> FormTemplate:
    """Give the form of a category."""
    return next(form for form in facts.visit_forms() if form.category is category)


def usual_answers(rng: Random, category: CareCategory, person: Person, on: date) -> Answers:
    """Draw what is usually answered for somebody."""
    answers: Answers = {}
    for field in form_of(category).fields:
        if field.kind is FieldKind.TEXT or field.key in _NEVER:
            continue
        answers[field.key] = _school(person, on) if field.key == "school" else _drawn(rng, field)
    return {key: answer for key, answer in answers.items() if answer != []}


def answers_today(rng: Random, category: CareCategory, usual: Answers) -> Answers:
    """Give the usual answers, sometimes with one thing that is otherwise today."""
    if rng.random() > _CHANGED:
        return usual
    fields = {field.key: field for field in form_of(category).fields}
    key = rng.choice([key for key in _CHANGES if key in fields])
    return usual | {key: _drawn(rng, fields[key])}


def _drawn(rng: Random, field: Field) -> Any:
    if field.kind is FieldKind.BOOLEAN:
        return rng.random() < _YES
    if field.kind is FieldKind.NUMBER:
        return rng.randint(1, _MOST_WORKERS)
    options = list(field.options or {})
    if field.kind is FieldKind.MULTI:
        if field.key in _ALWAYS_ALL:
            return options
        several = [option for option in options if option not in _BY_ITSELF]
        return rng.sample(several, rng.choice((1, 1, 1, 2) if field.required else (0, 0, 1, 2)))
    weights = _OTHERWISE.get(field.key, _FALLING)[: len(options)]
    return rng.choices(options, weights)[0]


def _school(person: Person, on: date) -> str:
    age = person.age_on(on)
    return next((school for below, school in _SCHOOLS if age < below), "senior")
