"""The commands, one a function."""

import re
import sys
from datetime import datetime
from uuid import UUID

import click
from sqlalchemy import select

from app import audit, identity, migrating, points, retention
from app.adapters import local_store
from app.audit import AuditKeys
from app.cli.purging import purge_audit
from app.cli.seed.accounts import (
    demo_accounts,
    has_disabled_staff,
    is_without_second_factors,
    sample_code,
    table,
)
from app.cli.seed.loading import load
from app.cli.seed.progress import progress
from app.cli.sessions import many_sessions, one_session, record
from app.cli.wechat import wechat_events, wechat_messages
from app.clock import business_day
from app.config import Settings
from app.db import engine_for, transaction
from app.keys import derived
from app.models import DIGITS, Area, User
from app.places import AreaUnknownError, CodeSigner
from app.resealing import reseal, sealed_tables
from app.sealing import Sealer

_BATCH = 200
_RESEALED = 1000
_OLD_DATA = (
    "This demo data is from an older version, in which nobody had a second factor: who is above grid worker\n"
    "has no code and cannot work with it. To write it anew: make reset, then make run"
)
_DISABLED = (
    "Some staff of the demo data are disabled, by hand or since nobody used them for 90 days, and cannot\n"
    "sign in. A system administrator can enable them; where he is one of them: make reset, then make run"
)


@click.group()
def commands() -> None:
    """Operate 共缔 Gongdi. Settings come from the environment, see docs/operations.md."""


commands.add_command(wechat_events)
commands.add_command(wechat_messages)
commands.add_command(purge_audit)


@commands.command()
def migrate() -> None:
    """Bring the database's tables to this version of the code."""
    migrating.upgrade()
    click.echo("The database is at the newest migration.")


@commands.command()
@click.option(
    "--day", type=click.DateTime(["%Y-%m-%d"]), help="The day after the history's last; by default today."
)
@click.option("--seed", default=1, show_default=True, help="Another number tells another year.")
def seed(day: datetime | None, seed: int) -> None:
    """Write the demo data: two settlements, their people, and a year of history."""
    settings = _not_production()
    today = day.date() if day else business_day()
    store = local_store(settings.photo_dir)
    with progress() as tell:
        with one_session(settings) as session:
            written = load(session, store, Sealer.of(settings), day=today, seed=seed, tell=tell)
            record(session, settings, "seed", int(written))
        if written:
            tell("tidying up", 0)
            _tidy_up(settings)
    click.echo("The demo data is written." if written else "The demo data is there already.")


@commands.command(name="demo-accounts")
def show_demo_accounts() -> None:
    """Show whom to sign in as, and a code to scan."""
    settings = _not_production()
    with one_session(settings) as session:
        accounts, code = demo_accounts(session, Sealer.of(settings)), sample_code(session)
        old, disabled = is_without_second_factors(session), has_disabled_staff(session)
    if not accounts:
        raise click.ClickException("There is no demo data in this database. To write it: make seed")
    click.echo(table(accounts))
    needed = "Who is above grid worker also needs a code: make code PHONE=..."
    click.echo(f"\n{_OLD_DATA if old else needed}")
    if disabled:
        click.echo(f"\n{_DISABLED}")
    if code is not None:
        signer = CodeSigner(derived(settings.secret_key, "place codes"), settings.public_url)
        click.echo(f"\nCode of {code.place} to scan: {signer.url(code.serial)}")


@commands.command(name="demo-code")
@click.argument("phone")
def demo_code(phone: str) -> None:
    """Show the code of the second factor of a demo account, good for half a minute."""
    settings = _not_production()
    sealer = Sealer.of(settings)
    with one_session(settings) as session:
        user = session.scalars(select(User).where(identity.has_phone(sealer, phone))).one_or_none()
        code = identity.code_now(session, sealer, user.id) if user else None
        old = is_without_second_factors(session)
    if code is None and old:
        raise click.ClickException(_OLD_DATA)
    if code is None:
        raise click.ClickException("No account with this phone has a second factor.")
    click.echo(code)


@commands.command(name="add-area")
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


@commands.command(name="first-administrators")
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


@commands.command()
def reconcile() -> None:
    """Compare every balance with its entries; exit 1 and name what does not agree."""
    with one_session(Settings.read()) as session:
        findings = points.reconcile(session)
    for finding in findings:
        click.echo(finding)
    click.echo(f"{len(findings)} findings." if findings else "Every balance agrees with its entries.")
    sys.exit(1 if findings else 0)


@commands.command(name="post-due")
def post_due() -> None:
    """Post the claims whose public notice is over, as the scheduler does every minute."""
    settings, posted = Settings.read(), 0
    with many_sessions(settings) as new_session:
        while True:
            with new_session() as session, transaction(session):
                batch = points.post_due(session, limit=_BATCH)
                record(session, settings, "post-due", batch)
            posted += batch
            if batch < _BATCH:
                break
    click.echo(f"{posted} claims posted.")


@commands.command(name="rotate-keys")
def rotate_keys() -> None:
    """Seal everything by the first key of GONGDI_FIELD_KEYS; the application may go on meanwhile."""
    settings, resealed = Settings.read(), 0
    sealer = Sealer.of(settings)
    with many_sessions(settings) as new_session:
        for rows, names in sealed_tables():
            after: UUID | None = None
            while True:
                with new_session() as session, transaction(session):
                    batch = reseal(session, sealer, rows, names, after=after, limit=_RESEALED)
                    record(session, settings, "rotate-keys", batch.rows)
                if not batch.rows:
                    break
                resealed, after = resealed + batch.rows, batch.last
                click.echo(f"{resealed} rows so far, now in {rows.name}.")
    click.echo(f"{resealed} rows sealed by {settings.field_keys[0][0]}, {settings.field_suite}.")


@commands.command(name="verify-audit")
def verify_audit() -> None:
    """Read the whole audit trail; exit 1 and name what is not as it was written."""
    settings = Settings.read()
    with one_session(settings) as session:
        try:
            copies = audit.copies_in(settings.audit_copies)
        except audit.CopyBrokenError as error:
            raise click.ClickException(str(error)) from error
        verifier = audit.Verifier(session, AuditKeys.of(settings), copies, _tell_share)
        made = audit.keep_verification(session, verifier, click.echo)
        click.echo(verifier.cut or "The trail begins with its first entry.")
    if made.findings_count:
        click.echo(f"{made.findings_count} findings in {made.entries} entries.")
    else:
        click.echo(f"{made.entries} entries, the chain reaches {made.head}: all are as they were written.")
    sys.exit(1 if made.findings_count else 0)


def _tell_share(done: int, total: int) -> None:
    """Show on a terminal how far it got."""
    if sys.stderr.isatty() and total:
        click.echo(f"\r{100 * done // total} %", nl=done >= total, err=True)


@commands.command(name="retention")
@click.option("--dry-run", is_flag=True, help="Count what is overdue, and change nothing.")
def apply_retention(*, dry_run: bool) -> None:
    """Take away personal data whose time is over, as the scheduler does every night; say how much."""
    settings = Settings.read()
    with many_sessions(settings) as new_session:
        for rule in retention.rules(settings.months_kept):
            done = 0
            while True:
                with new_session() as session, transaction(session):
                    if dry_run:
                        done = retention.overdue(session, rule)
                        break
                    batch = retention.apply(session, rule, limit=_BATCH)
                    record(session, settings, "retention", batch, rule=rule.name)
                done += batch
                if batch < _BATCH:
                    break
            click.echo(f"{rule.name}, kept {rule.kept}: {done}")


def _not_production() -> Settings:
    settings = Settings.read()
    if settings.is_production:
        raise click.ClickException(
            "This is production: demo data and its known password have no place here. Nothing was done."
        )
    return settings


def _tidy_up(settings: Settings) -> None:
    """Let PostgreSQL learn about the many new rows."""
    engine = engine_for(settings)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    engine.dispose()
