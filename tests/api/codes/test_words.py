"""A report's page says each state, step and category in the words that a person's copy has for it."""

import re

from flask import Flask
from sqlalchemy.orm import Session

from app.models import HAZARD_QUIET, HazardCategory, HazardEvent, HazardSource, HazardStatus, HazardStep
from tests.api.codes.page import receipt, state
from tests.cast import person
from tests.client import Client
from tests.hazard_world import write_hazard
from tests.own_data.life import Life
from tests.own_data_world import copy_of

SEEN = [one for one in HazardStatus if one is not HazardStatus.DUPLICATE]
"""A report that was merged shows how the other one goes."""


def test_a_state_reads_the_same_for_the_visitor_and_in_a_copy(
    app: Flask, session: Session, visitor: Client, resident: Client, code: str
) -> None:
    """S-76: who reports without an account and who has one read of one thing by one word."""
    mine = {str(write_hazard(session, one).id): one for one in SEEN}
    reports = {one: write_hazard(session, one, source=HazardSource.VISITOR, reported_by=None) for one in SEEN}
    copied = {
        mine[row["编号"]]: row["办理情况"]
        for row in copy_of(app, session, resident).table("hazards")
        if row["编号"] in mine
    }

    assert {one: state(receipt(visitor, code, row.id)) for one, row in reports.items()} == copied


def test_steps_and_categories_do_so_too(
    app: Flask, session: Session, visitor: Client, resident: Client, code: str
) -> None:
    """S-76: in the order in which they came."""
    steps = [one for one in HazardStep if one not in HAZARD_QUIET | {HazardStep.RECUR}]
    his = write_hazard(session, reported_by=person("resident").user_id)
    report = write_hazard(session, source=HazardSource.VISITOR, reported_by=None)
    for hazard in (his, report):
        for number, step in enumerate(steps, start=1):
            Life(session).own(
                HazardEvent,
                hazard_id=hazard.id,
                number=number,
                step=step,
                status_after=HazardStatus.REPORTED,
                at=hazard.received_at,
            )
    categories = {str(write_hazard(session, category=one).id): one for one in HazardCategory}
    session.commit()
    got = copy_of(app, session, resident)
    number_of = {row["id"]: row["number"] for row in got.rows("hazard_events")}
    told = sorted(got.table("hazard_events"), key=lambda row: number_of[row["编号"]])
    page, form = receipt(visitor, code, report.id), visitor.get(f"/q/{code}").text

    assert re.findall(r"</time> ([^<]+)</li>", page) == [row["做了什么"] for row in told]
    for row in got.table("hazards"):
        if row["编号"] in categories:
            value = categories[row["编号"]]
            assert re.search(rf'value="{value}"[^>]*>\s*<span><strong>{row["类别"]}</strong>', form), value
