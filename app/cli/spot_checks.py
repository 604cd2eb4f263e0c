"""The command that draws a week's spot checks again."""

import json
from pathlib import Path

import click

from app.spot_checks import ProofError, draw_again

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(name="verify-draw")
@click.argument("week", type=_FILE)
@click.option("--hash", "noted_hash", help="The hash as somebody noted it before the week began.")
def verify_draw(week: Path, noted_hash: str | None) -> None:
    """Draw a week's spot checks again from WEEK alone, and say whether they agree; needs no net.

    WEEK is a file with the answer of GET /v1/spot-check-weeks/<id>.
    """
    try:
        found = draw_again(json.loads(week.read_bytes()), noted_hash=noted_hash)
    except (ProofError, ValueError, RecursionError) as error:
        told = str(error) if isinstance(error, ProofError) else "This file is no JSON."
        raise click.ClickException(told) from None
    click.echo(f"{found.week_on}: {found.drawn} of {found.records} records")
    if not found.committed_in_time:
        click.echo("Mind: the hash of the seed was made when the week had begun.")
    if not found.seed_fits:
        raise click.ClickException("The seed is not the one that was committed to.")
    for word, records in (
        ("not drawn, though by lot", found.missing),
        ("drawn, though not by lot", found.added),
    ):
        for record_id in records:
            click.echo(f"{word}: {record_id}")
    if not found.agrees:
        raise click.ClickException("The draw was another one.")
    click.echo("The draw is the one that was committed to.")
