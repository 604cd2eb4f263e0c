"""The command that gives a real installation the checklists and visit forms that come with Gongdi."""

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cli.seed import catalogue
from app.cli.seed.rows import Rows
from app.cli.sessions import one_session, record
from app.clock import now
from app.config import Settings
from app.ids import new_id
from app.models import Area, AreaLevel, Base, Checklist, ChecklistItem, VisitForm

_COMMAND = "standard-forms"
_OWNERS = {AreaLevel.CITY, AreaLevel.COUNTY}


@click.command(name=_COMMAND)
@click.option("--area", required=True, help="Code of the city or county whose lists they become.")
def standard_forms(area: str) -> None:
    """Write the checklists of places, and a form for visits to each category of people.

    A list that the area has under its code already, in any version, stays as it is, and so does a category
    that has this version of its form, or a newer one: to run it again changes nothing. One with an older
    version gets the newest beside it; visits keep the version that they used.
    """
    settings = Settings.read()
    with one_session(settings) as session:
        owner = session.get(Area, area)
        if owner is None:
            raise click.ClickException(f"There is no area {area}: register it with add-area first.")
        if owner.level not in _OWNERS:
            raise click.ClickException("The area must be a city or a county; communities copy its lists.")
        written = _write(session, area)
        record(session, settings, _COMMAND, sum(written.values()), area=area)
    click.echo(f"{written[Checklist]} checklists and {written[VisitForm]} visit forms written for {area}.")


def _write(session: Session, area: str) -> dict[type[Base], int]:
    """Write what is not there yet; give how many of each."""
    rows, at = Rows(), now()
    lists = session.scalars(select(Checklist.code).where(Checklist.area_code == area)).all()
    newest = select(VisitForm.category, func.max(VisitForm.version)).group_by(VisitForm.category)
    forms = {category.value: version for category, version in session.execute(newest)}
    catalogue.add_checklists(rows, at, area, but=lists, id_of=lambda *_: new_id())
    catalogue.add_visit_forms(rows, at, but=forms, id_of=lambda *_: new_id())
    for table in rows.tables():
        rows.write(session, table)
    return {table: len(rows.of(table)) for table in (Checklist, ChecklistItem, VisitForm)}
