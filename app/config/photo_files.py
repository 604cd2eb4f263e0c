"""The settings of the store that holds photo files, and of who scans them. Read by ``app.config``."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

STORE, ENDPOINT, REGION = "GONGDI_PHOTO_STORE", "GONGDI_S3_ENDPOINT", "GONGDI_S3_REGION"
CLAMD = "GONGDI_CLAMD"
KEY_ID, KEY_SECRET = "GONGDI_S3_KEY_ID", "GONGDI_S3_KEY_SECRET"


@dataclass(frozen=True, slots=True)
class BucketSettings:
    """A bucket of an S3-compatible store, and the keys to it."""

    bucket: str
    prefix: str
    """What stands before each of our keys; empty for none."""
    endpoint: str
    region: str
    key_id: str = field(repr=False)
    key_secret: str = field(repr=False)

    @property
    def is_plain(self) -> bool:
        """Say whether it is reached without TLS."""
        return urlsplit(self.endpoint).scheme == "http"


def read_bucket(environ: Mapping[str, str], *, production: bool) -> BucketSettings | None:
    """Read the group; None where photos lie in a folder.

    Raises ValueError naming the variable and the remedy.
    """
    address = environ.get(STORE, "").strip()
    if not address:
        return None
    parts = urlsplit(address)
    if parts.scheme != "s3" or not parts.netloc or parts.query or parts.fragment:
        raise ValueError(f"{STORE} must be s3://bucket or s3://bucket/prefix, not {address!r}")
    bucket = BucketSettings(
        bucket=parts.netloc,
        prefix=parts.path.strip("/"),
        endpoint=_needed(environ, ENDPOINT).rstrip("/"),
        region=environ.get(REGION, "").strip() or "us-east-1",
        key_id=_needed(environ, KEY_ID),
        key_secret=_needed(environ, KEY_SECRET),
    )
    if urlsplit(bucket.endpoint).scheme not in {"http", "https"}:
        raise ValueError(f"{ENDPOINT} must start with https:// (or http:// outside production)")
    if production and bucket.is_plain:
        raise ValueError(f"{ENDPOINT} must be https:// in production: photos travel on that line")
    return bucket


@dataclass(frozen=True, slots=True)
class ScannerSettings:
    """Where clamd listens: a socket's path, or else a host and a port."""

    path: str = ""
    host: str = ""
    port: int = 0


def read_scanner(environ: Mapping[str, str], *, production: bool) -> ScannerSettings | None:
    """Read where clamd listens; None where nothing scans photos.

    It takes photos as they are sent, in the clear: so on this machine or in the private network, in every
    stage. Raises ValueError naming the variable and the remedy.
    """
    del production  # the same everywhere
    address = environ.get(CLAMD, "").strip()
    if not address:
        return None
    if address.startswith("unix:/"):
        return ScannerSettings(path=address.removeprefix("unix:"))
    try:
        parts = urlsplit(f"//{address}")
        host, port = parts.hostname or "", parts.port
        own = host == "localhost" or ipaddress.ip_address(host).is_private
    except ValueError:
        own, port = False, None
    if not own or not port or "@" in address or parts.path or parts.query or parts.fragment:
        raise ValueError(
            f"{CLAMD} must be unix:/path or host:port, the host localhost or a private IP, not {address!r}"
        )
    return ScannerSettings(host=host, port=port)


def _needed(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise ValueError(f"{name} is not set, and {STORE} names a bucket: see docs/operations.md, settings")
    return value
