"""The commands that set up an installation: its areas, and its first administrators."""

import re

import click

from app import identity
from app.cli.sessions import one_session
from app.config import Settings
from app.models import DIGITS, Area
from app.places import AreaUnknownError
from app.sealing import Sealer


@click.command(name="add-area")
@click.argument("code")
@click.argument("name")
def add_area(code: str, name: str) -> None:
    """Register an area by its statistical code of 4, 6, 9, 12 or 15 digits, from the city down."""
    levels = {digits: level for level, digits in DIGITS.items()}
    if not (code.isascii() and code.isdigit() and len(code) in levels):
        raise click.ClickException("The code must have 4, 6, 9, 12 or 15 digits.")
    parent = max((digits for digits in levels if digits < len(code)), default=0)
    with one_session(Settings.read()) as session:
        if parent and session.get(Area, code[:parent]) is None:
            raise click.ClickException(f"Register {code[:parent]} first, which {code} lies in.")
        known = session.get(Area, code)
        if known is None:
            session.add(
                Area(code=code, name=name, level=levels[len(code)], parent_code=code[:parent] or None)
            )
        elif known.name != name:
            raise click.ClickException(f"{code} is there already: {known.name}.")
    click.echo(f"{code} {name}")


@click.command(name="first-administrators")
@click.option("--area", required=True, help="Code of the area they are responsible for.")
@click.option("--system", nargs=2, required=True, metavar="PHONE NAME", help="System administrator.")
@click.option("--security", nargs=2, required=True, metavar="PHONE NAME", help="Security administrator.")
@click.option("--audit", nargs=2, required=True, metavar="PHONE NAME", help="Auditor.")
def first_administrators(
    area: str, system: tuple[str, str], security: tuple[str, str], audit: tuple[str, str]
) -> None:
    """Invite the first three administrators: three links, shown this once, each good for a day."""
    settings = Settings.read()
    three = [identity.NewAdministrator(*one) for one in (system, security, audit)]
    if not all(re.fullmatch(r"1[0-9]{10}", one.phone) and one.name.strip() for one in three):
        raise click.ClickException("Each needs a mobile phone number of 11 digits and a name.")
    with one_session(settings) as session:
        try:
            made = identity.found(session, Sealer.of(settings), area_code=area, three=three)
        except identity.FoundingError as error:
            raise click.ClickException(str(error)) from error
        except AreaUnknownError as error:
            message = f"There is no area {area}: register it with add-area first."
            raise click.ClickException(message) from error
    for role, one, token in made:
        click.echo(f"{role}  {one.name}  {one.phone}  {identity.invitation_url(settings.public_url, token)}")
    click.echo("Each opens the link within a day and sets a password, see docs/operations.md.")
