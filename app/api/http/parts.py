"""What the factory built once and the views use: settings, stores, keys, calendar."""

from dataclasses import dataclass
from typing import cast

from flask import current_app
from redis import Redis

from app.adapters import PhotoStore, wechat
from app.api.http.bulkhead import Bulkhead
from app.api.http.rates import Rates
from app.audit import AuditKeys
from app.config import Settings
from app.evidence import ManifestSigner
from app.places import CodeSigner
from app.sealing import Sealer, Showing
from app.workdays import WorkCalendar

EXTENSION = "gongdi"


@dataclass(frozen=True)
class Parts:
    """The process's long-lived things."""

    settings: Settings
    redis: Redis
    rates: Rates
    photos: PhotoStore
    signer: CodeSigner
    sealer: Sealer
    calendar: WorkCalendar
    audit_keys: AuditKeys
    wechat: wechat.WeChat | None
    """None where this installation does without."""
    wechat_places: Bulkhead
    """For requests that wait for WeChat's servers."""
    link_key: bytes
    """Signs short-lived photo links."""
    manifest_signer: ManifestSigner
    """Signs what goes with photos that are taken out."""
    tries_key: bytes
    """Hashes phones, addresses and codes of sign-ins."""
    pickup_key: bytes
    """Derives the pick-up codes of orders."""
    refresh_key: bytes
    """Derives the next refresh token from the one before."""

    @property
    def showing(self) -> Showing:
        """Give what opens sealed values for an answer: one that does not open says so in its own place."""
        return Showing(self.sealer)


def parts() -> Parts:
    """Give the parts of the running application."""
    return cast("Parts", current_app.extensions[EXTENSION])
