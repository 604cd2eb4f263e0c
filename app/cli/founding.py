"""The commands that set up an installation: its areas, its first administrators, and one that it lost."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import click

from app import audit, identity
from app.audit import AuditKeys, Entry
from app.cli.sessions import many_sessions, one_session
from app.cli.two_persons import prove_two
from app.config import Settings
from app.db import transaction
from app.identity import founding, two_persons
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
    three = [_named(one) for one in (system, security, audit)]
    with _refusals_told(area), one_session(settings) as session:
        made = founding.found(session, Sealer.of(settings), area_code=area, three=three)
    for role, one, token in made:
        click.echo(f"{role}  {one.name}  {one.phone}  {identity.invitation_url(settings.public_url, token)}")
    click.echo("Each opens the link within a day and sets a password, see docs/operations.md.")


@click.command(name="another-security-administrator")
@click.option("--area", required=True, help="Code of the area that has none any more.")
@click.option("--new", nargs=2, required=True, metavar="PHONE NAME", help="Who shall be it.")
@click.option("--auditor", required=True, metavar="PHONE", help="An auditor over the area.")
@click.option(
    "--second", required=True, metavar="PHONE", help="An officer or a system administrator over the area."
)
def another_security_administrator(area: str, new: tuple[str, str], auditor: str, second: str) -> None:
    """Invite a security administrator where the last one went: an auditor and a second one show their codes.

    He alone grants roles, so nobody who is left can make another one in the application.
    """
    settings, who = Settings.read(), _named(new)
    sealer = Sealer.of(settings)
    with many_sessions(settings) as new_session, _refusals_told(area):
        with new_session() as session:
            founding.check_another(session, sealer, area, who)
        two = prove_two(
            new_session,
            settings,
            _ANOTHER,
            auditor=auditor,
            second=second,
            over=lambda _: area,
            second_roles=two_persons.OFFICER_OR_SYSTEM,
        )
        with new_session() as session, transaction(session):
            user_id, token = founding.found_security_admin(session, sealer, area_code=area, new=who)
            done = Entry(
                action=_ANOTHER,
                object_kind="user",
                object_id=user_id,
                area_code=area,
                actor_id=two[0],
                facts={"agreed_by": str(two[1])},
            )
            audit.record(session, AuditKeys.of(settings), done)
    click.echo(f"{who.name}  {who.phone}  {identity.invitation_url(settings.public_url, token)}")
    click.echo("He opens the link within a day and sets a password, see docs/operations.md.")


_ANOTHER = "command:another-security-administrator"


def _named(phone_and_name: tuple[str, str]) -> founding.NewAdministrator:
    """Give who is named on the command line, or say what is wrong with it."""
    one = founding.NewAdministrator(*phone_and_name)
    if not (re.fullmatch(r"1[0-9]{10}", one.phone) and one.name.strip()):
        raise click.ClickException("Each needs a mobile phone number of 11 digits and a name.")
    return one


@contextmanager
def _refusals_told(area: str) -> Iterator[None]:
    try:
        yield
    except founding.FoundingError as error:
        raise click.ClickException(str(error)) from error
    except AreaUnknownError as error:
        message = f"There is no area {area}: register it with add-area first."
        raise click.ClickException(message) from error
