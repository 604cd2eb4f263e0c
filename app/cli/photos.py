"""Commands that look at photos which were taken out."""

from pathlib import Path

import click

from app.config import Settings
from app.evidence import ManifestError, manifest_signer, verify_manifest

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_KEY_BYTES = 32


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
