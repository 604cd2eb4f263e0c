"""The commands of the demo data: write it, and show whom to sign in as."""

from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import select

from app import identity
from app.adapters import open_photos
from app.cli.seed.accounts import (
    demo_accounts,
    has_disabled_staff,
    is_without_second_factors,
    sample_code,
    table,
)
from app.cli.seed.loading import load
from app.cli.seed.progress import progress
from app.cli.sessions import one_session, record
from app.cli.wechat import give_demo_wechat
from app.clock import business_day
from app.config import Settings
from app.db import engine_for
from app.keys import derived
from app.models import User
from app.places import CodeSigner
from app.sealing import Sealer

_OLD_DATA = (
    "This demo data is from an older version, in which nobody had a second factor: who is above grid worker\n"
    "has no code and cannot work with it. To write it anew: make reset, then make run"
)
_DISABLED = (
    "Some staff of the demo data are disabled, by hand or since nobody used them for 90 days, and cannot\n"
    "sign in. A system administrator can enable them; where he is one of them: make reset, then make run"
)


@click.command()
@click.option(
    "--day", type=click.DateTime(["%Y-%m-%d"]), help="The day after the history's last; by default today."
)
@click.option("--seed", default=1, show_default=True, help="Another number tells another year.")
@click.option(
    "--wechat",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Let some of its people sign in by a made-up WeChat, and write here what that must know of them.",
)
def seed(day: datetime | None, seed: int, wechat: Path | None) -> None:
    """Write the demo data: two settlements, their people, and a year of history."""
    settings = _not_production()
    today = day.date() if day else business_day()
    store = open_photos(settings)
    with progress() as tell:
        with one_session(settings) as session:
            written = load(session, store, Sealer.of(settings), day=today, seed=seed, tell=tell)
            record(session, settings, "seed", int(written))
        if written:
            tell("tidying up", 0)
            _tidy_up(settings)
    if wechat is not None:
        give_demo_wechat(settings, wechat)
    click.echo("The demo data is written." if written else "The demo data is there already.")


@click.command(name="demo-accounts")
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


@click.command(name="demo-code")
@click.argument("phone")
def demo_code(phone: str) -> None:
    """Show the code of the second factor of a demo account, good for half a minute."""
    settings = _not_production()
    sealer = Sealer.of(settings)
    with one_session(settings) as session:
        user = session.scalars(select(User).where(identity.has_phone(sealer, phone))).one_or_none()
        code = identity.code_now(session, sealer, user.id) if user else None
        old = is_without_second_factors(session)
    if user is None:
        raise click.ClickException(f"No account has the phone {phone}. make run shows the demo accounts.")
    if code is None and old:
        raise click.ClickException(_OLD_DATA)
    if code is None:
        message = (
            f"{user.name}, {phone}, has no second factor: sign in without `totp`, the password is enough."
        )
        raise click.ClickException(message)
    click.echo(code)


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
