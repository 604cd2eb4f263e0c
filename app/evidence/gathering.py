"""What a phone's record says of where and when: each signal is a signal, none is a proof or a penalty."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor
from app.evidence.coordinates import distance_m, to_wgs84
from app.models import ClockFlag, Datum, Place, PlaceCode, Presence
from app.people import Category, check_given
from app.places import CodeSigner, find

CLOCK_AHEAD = timedelta(minutes=5)
CLOCK_BEHIND = timedelta(days=7)
"""Outside this span a device's time is flagged and the server's is used (domain.md, clocks)."""
ACCURACY_KNOWN_M = 150
"""Above this accuracy a position says "unknown", never "inside"."""


@dataclass(frozen=True)
class Position:
    """Where the device thought it was."""

    lng: float
    lat: float
    accuracy_m: float
    datum: Datum


@dataclass(frozen=True)
class Signals:
    """What a record brought along besides its content."""

    captured_at: datetime
    code: str | None = None
    """The scanned code, as printed."""
    position: Position | None = None


@dataclass(frozen=True)
class Gathered:
    """The signals weighed, ready for a record's columns."""

    signals: Signals
    received_at: datetime
    clock_flag: ClockFlag
    code_id: UUID | None
    presence: Presence
    reasons: list[str]

    def columns(self) -> dict[str, Any]:
        """Give the columns of a record made by a phone at a place."""
        position = self.signals.position
        return {
            "captured_at": self.signals.captured_at,
            "received_at": self.received_at,
            "clock_flag": self.clock_flag,
            "code_id": self.code_id,
            "lng": position.lng if position else None,
            "lat": position.lat if position else None,
            "accuracy_m": position.accuracy_m if position else None,
            "datum": position.datum if position else None,
            "presence": self.presence,
            "presence_reasons": self.reasons,
        }


def clock_flag(captured_at: datetime, received_at: datetime) -> ClockFlag:
    """Say whether the device's time is plausible."""
    if captured_at > received_at + CLOCK_AHEAD:
        return ClockFlag.FUTURE
    if captured_at < received_at - CLOCK_BEHIND:
        return ClockFlag.STALE
    return ClockFlag.OK


def gather(
    session: Session,
    actor: Actor,
    signer: CodeSigner,
    place: Place,
    signals: Signals,
    *,
    received_at: datetime,
    photos: int,
) -> Gathered:
    """Weigh the signals of the actor's record about a place; ``photos`` is how many it names.

    Raises NoBasisError or ConsentChangedError for the position of a resident who did not agree to its use.
    """
    if signals.position is not None:
        check_given(session, actor, Category.POSITION)
    return weigh(place, find(session, signer, signals.code), signals, received_at=received_at, photos=photos)


def weigh(
    place: Place, row: PlaceCode | None, signals: Signals, *, received_at: datetime, photos: int
) -> Gathered:
    """Weigh signals whose code is looked up already; ``row`` is None for a code that we did not print."""
    flag = clock_flag(signals.captured_at, received_at)
    happened_at = signals.captured_at if flag is ClockFlag.OK else received_at
    code_reason = _code_reason(row, place, signals, happened_at)
    fence_reason = _fence_reason(place, signals.position)
    reasons = [code_reason, fence_reason, "photo" if photos else "no_photo"]
    if flag is not ClockFlag.OK:
        reasons.append(f"clock_{flag}")
    return Gathered(
        signals=signals,
        received_at=received_at,
        clock_flag=flag,
        code_id=row.id if row is not None and code_reason == "code_scanned" else None,
        presence=_presence(code_reason, fence_reason),
        reasons=reasons,
    )


def _code_reason(row: PlaceCode | None, place: Place, signals: Signals, happened_at: datetime) -> str:
    if signals.code is None:
        return "code_missing"
    if row is None:
        return "code_unknown"
    if row.place_id != place.id:
        return "code_other_place"
    if row.revoked_at is not None and row.revoked_at <= happened_at:
        return "code_revoked"
    return "code_scanned"


def _fence_reason(place: Place, position: Position | None) -> str:
    if position is None:
        return "position_missing"
    if position.accuracy_m > ACCURACY_KNOWN_M or place.lng is None or place.lat is None:
        return "position_unknown"
    here = to_wgs84(position.lng, position.lat, position.datum)
    away_m = distance_m(here, (place.lng, place.lat))
    return "inside" if away_m - position.accuracy_m <= place.radius_m else "outside"


def _presence(code_reason: str, fence_reason: str) -> Presence:
    """Say what both signals add up to: a code can be photographed, a position forged; both confirm."""
    if fence_reason == "outside":
        return Presence.UNVERIFIED
    scanned, inside = code_reason == "code_scanned", fence_reason == "inside"
    if scanned and inside:
        return Presence.CONFIRMED
    return Presence.PROBABLE if scanned or inside else Presence.UNVERIFIED
