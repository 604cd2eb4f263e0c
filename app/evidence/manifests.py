"""What goes with a photo that is taken out: facts about it, signed, so that a change of either shows.

Ed25519 (RFC 8032): whoever has the public key checks it, without us and without a net, and can make none.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.config import Settings
from app.keys import derived

_FACTS, _SIGNATURE, _FILE = "facts", "signature", "file_sha256"


class ManifestError(Exception):
    """The file, the facts or the signature are not what was signed; the text says which."""


@dataclass(frozen=True)
class ManifestSigner:
    """Signs manifests by a key of this installation."""

    secret: bytes
    """32 bytes, derived for this purpose."""

    @property
    def public_key(self) -> bytes:
        """Give the key by which anybody checks."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, file: bytes, facts: Mapping[str, str | None]) -> bytes:
        """Write the manifest of a file."""
        told = {**facts, _FILE: sha256(file).hexdigest()}
        signature = self._key.sign(_plain(told)).hex()
        return json.dumps({_FACTS: told, _SIGNATURE: signature}, ensure_ascii=False, indent=1).encode()

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.secret)


def manifest_signer(settings: Settings) -> ManifestSigner:
    """Give the signer of this installation: its key hangs on the one secret of the settings."""
    return ManifestSigner(derived(settings.secret_key, "photo manifests"))


def verify_manifest(file: bytes, manifest: bytes, public_key: bytes) -> dict[str, str | None]:
    """Give the facts that were signed with this very file. Raises ManifestError."""
    try:
        read = json.loads(manifest)
        facts, signature = dict(read[_FACTS]), bytes.fromhex(read[_SIGNATURE])
        left = set(read) - {_FACTS, _SIGNATURE}
    except (ValueError, LookupError, TypeError) as error:
        raise ManifestError("The manifest cannot be read.") from error
    if left:
        raise ManifestError(f"The manifest says more than was signed: {', '.join(sorted(left))}.")
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, _plain(facts))
    except InvalidSignature:
        raise ManifestError("The facts were changed, or signed by another key.") from None
    if not compare_digest(str(facts.get(_FILE)).encode(), sha256(file).hexdigest().encode()):
        raise ManifestError("The picture was changed, or is another one.")
    return facts


def _plain(facts: Mapping[str, str | None]) -> bytes:
    return json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
