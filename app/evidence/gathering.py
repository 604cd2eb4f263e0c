"""What a phone's record says of where and when: each signal is a signal, none is a proof or a penalty."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor
from app.evidence.challenges import use_challenge
from app.evidence.coordinates import accuracy_is_known, distance_m, to_wgs84
from app.evidence.devices import Device, mark_device
from app.evidence.speed import SPEED_UNLIKELY, Fix, check_speed
from app.evidence.witnesses import use_witness_code
from app.models import ClockFlag, Datum, Place, PlaceCode, Presence
from app.once import added_later
from app.people import Category, check_given
from app.places import CodeSigner, find

CLOCK_AHEAD = timedelta(minutes=5)
CLOCK_BEHIND = timedelta(days=7)
"""Outside this span a device's time is flagged and the server's is used (domain.md, clocks)."""
SIGNS = frozenset({"code_scanned", "inside", "witness_met"})
"""What tells of a place, each in another way."""
DOUBTS = frozenset(
    {
        "challenge_foreign",
        "challenge_used",
        "witness_used",
        "witness_self",
        "clock_set_back",
        "counter_backwards",
        "counter_repeated",
        "speed_unlikely",
    }
)
"""With one of these a record is at most probable, until a person looked."""


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
    challenge: str | None = added_later(None)
    """The server's word for this record."""
    witness_code: str | None = added_later(None)
    """The digits that somebody at the place showed."""
    device: Device | None = added_later(None)


@dataclass(frozen=True)
class Gathered:
    """The signals weighed, ready for a record's columns."""

    signals: Signals
    received_at: datetime
    clock_flag: ClockFlag
    code_id: UUID | None
    presence: Presence
    reasons: list[str]

    @property
    def happened_at(self) -> datetime:
        """The moment that counts: the device's if plausible, else the server's."""
        return self.signals.captured_at if self.clock_flag is ClockFlag.OK else self.received_at

    def also(self, *reasons: str) -> "Gathered":
        """Give the same with further reasons, weighed anew."""
        every = [*self.reasons, *reasons]
        return replace(self, reasons=every, presence=presence_of(every))

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
    record_id: UUID,
    received_at: datetime,
    photos: int,
) -> Gathered:
    """Weigh the signals of the actor's record about a place; ``photos`` is how many it names.

    Of whoever has no post neither the device nor the way from one place to the next is looked at.

    Raises NoBasisError or ConsentChangedError for the position of a resident who did not agree to its use.
    """
    if signals.position is not None:
        check_given(session, actor, Category.POSITION)
    row = find(session, signer, signals.code)
    gathered = weigh(place, row, signals, received_at=received_at, photos=photos)
    more = _looked_up(session, actor, signer, place, gathered, record_id)
    return gathered.also(*more) if more else gathered


def _looked_up(
    session: Session, actor: Actor, signer: CodeSigner, place: Place, gathered: Gathered, record_id: UUID
) -> list[str]:
    """Give the reasons that take a look at other rows: nothing is asked for what was not sent."""
    signals, received_at = gathered.signals, gathered.received_at
    reasons: list[str] = []
    if actor.user_id is None:
        return reasons
    if signals.challenge is not None:
        device_id = signals.device.id if signals.device else None
        reasons.append(
            use_challenge(
                session,
                actor,
                place,
                signals.challenge,
                device_id=device_id,
                record_id=record_id,
                received_at=received_at,
            )
        )
    if signals.witness_code is not None:
        at = gathered.happened_at
        code = signals.witness_code
        reasons.append(
            use_witness_code(session, actor, signer, place, code, record_id=record_id, happened_at=at)
        )
    if not actor.held:
        return reasons
    if signals.device is not None:
        times = {"captured_at": signals.captured_at, "received_at": received_at}
        reasons += mark_device(session, actor, place, signals.device, record_id=record_id, **times)
    if _tells_speed(gathered) and check_speed(session, actor.user_id, record_id, _fix(signals)):
        reasons.append(SPEED_UNLIKELY)
    return reasons


def _tells_speed(gathered: Gathered) -> bool:
    position = gathered.signals.position
    believed = gathered.clock_flag is ClockFlag.OK
    return believed and position is not None and accuracy_is_known(position.accuracy_m)


def _fix(signals: Signals) -> Fix:
    assert signals.position is not None, "asked before"
    return Fix(at=signals.captured_at, **asdict(signals.position))


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
        presence=presence_of(reasons),
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
    if not accuracy_is_known(position.accuracy_m) or place.lng is None or place.lat is None:
        return "position_unknown"
    here = to_wgs84(position.lng, position.lat, position.datum)
    away_m = distance_m(here, (place.lng, place.lat))
    return "inside" if away_m - position.accuracy_m <= place.radius_m else "outside"


def presence_of(reasons: Collection[str]) -> Presence:
    """Say what reasons add up to (ADR 0022): each sign of a place can be got from afar, two differ in how.

    A printed code alone never confirms. A challenge says when and not where, so it adds nothing by itself.
    """
    signs = len(SIGNS.intersection(reasons))
    if "outside" in reasons:
        return Presence.PROBABLE if "witness_met" in reasons else Presence.UNVERIFIED
    if signs > 1 and DOUBTS.isdisjoint(reasons):
        return Presence.CONFIRMED
    return Presence.PROBABLE if signs else Presence.UNVERIFIED
