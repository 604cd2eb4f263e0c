"""Commands that look at photos which were taken out."""

from pathlib import Path
from uuid import UUID

import click

from app import evidence
from app.cli.sessions import one_session, record
from app.clock import SHANGHAI
from app.config import Settings
from app.errors import NotFoundError
from app.evidence import ManifestError, manifest_signer, verify_manifest

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_KEY_BYTES = 32
_TOLD = 100


@click.command(name="photo-key")
def photo_key() -> None:
    """Show the public key by which anybody checks photos that were taken out."""
    click.echo(manifest_signer(Settings.read()).public_key.hex())


@click.command(name="verify-photo")
@click.argument("file", type=_FILE)
@click.argument("manifest", type=_FILE)
@click.option("--key", help="The public key; by default that of this installation.")
def verify_photo(file: Path, manifest: Path, key: str | None) -> None:
    """Say whether a photo that was taken out, and what its manifest says, are as they were; needs no net."""
    try:
        public_key = bytes.fromhex(key) if key else manifest_signer(Settings.read()).public_key
    except ValueError:
        public_key = b""
    if len(public_key) != _KEY_BYTES:
        raise click.ClickException("The key must be 64 hexadecimal digits, as `photo-key` shows it.")
    try:
        facts = verify_manifest(file.read_bytes(), manifest.read_bytes(), public_key)
    except ManifestError as error:
        raise click.ClickException(str(error)) from None
    for name, value in facts.items():
        click.echo(f"{name}: {value}")
    click.echo("The photo and its manifest are as they were signed.")


@click.command(name="quarantine")
@click.option("--release", type=click.UUID, metavar="ID", help="Let this photo be shown.")
@click.option("--discard", type=click.UUID, metavar="ID", help="Delete this photo.")
@click.option("--reason", default="", help="Why, for the audit trail; needed with either.")
def quarantine(*, release: UUID | None, discard: UUID | None, reason: str) -> None:
    """List photos that the scanner holds back, the oldest first; or release or discard one, for a reason."""
    settings = Settings.read()
    if release is None and discard is None:
        with one_session(settings) as session:
            for photo in evidence.held_back(session, limit=_TOLD):
                at = photo.received_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
                click.echo(f"{photo.id} {at} {photo.quarantine} {photo.virus}".rstrip())
        return
    if release is not None and discard is not None:
        raise click.ClickException("One at a time: either --release or --discard.")
    if not reason.strip():
        raise click.ClickException("Say why: --reason, which the audit trail keeps.")
    step, photo_id = (evidence.release, release) if release is not None else (evidence.discard, discard)
    assert photo_id is not None, "one of the two was given"
    try:
        with one_session(settings) as session:
            step(session, photo_id)
            record(
                session, settings, "quarantine", 1, step=step.__name__, photo_id=str(photo_id), reason=reason
            )
    except NotFoundError:
        raise click.ClickException("No such photo is held back: see the list without options.") from None
