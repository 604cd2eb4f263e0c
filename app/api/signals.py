"""What every record from a phone brings along: device time, scanned code, position, photos."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from app.api.http.fields import (
    Degrees,
    Input,
    Signs,
    Text,
    check_in_china,
    listed,
    moment,
    sent_moment,
    uid,
    whole,
    word,
)
from app.evidence import MAX_PHOTOS, ClockFlag, Datum, Device, Position, Presence, Signals

_MAX_CODE = 300
"""As long as an address with a code in it can sensibly be."""
_CODE_PATH = "/q/"
_MAX_ACCURACY_M = 100_000
_MAX_COUNTER = 2**53 - 1
"""The largest whole number that JavaScript holds."""
_OUTSIDE = "时间不对，请检查手机的日期和时间"


def captured_at() -> fields.AwareDateTime:
    """Give a field for the device's time."""
    return moment(required=True, outside=_OUTSIDE)


def taken_at() -> fields.AwareDateTime:
    """Give a field for the time of a step by the device that took it, which may have been offline."""
    return moment(load_default=None, allow_none=True, outside=_OUTSIDE)


class Metres(Degrees):
    """A finite number of metres."""


class PositionInput(Input):
    """Where the device thought it was, in the datum it speaks."""

    lng = Degrees(required=True)
    lat = Degrees(required=True)
    accuracy_m = Metres(
        required=True,
        validate=validate.Range(0, _MAX_ACCURACY_M, error=f"请填0到{_MAX_ACCURACY_M}的数字"),
    )
    datum = word(Datum, required=True)

    @ma.validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a position outside China, and one whose axes were swapped."""
        check_in_china(data["lng"], data["lat"])

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> Position:
        """Give what the domain takes."""
        return Position(**data)


class ScannedCode(Text):
    """A place code as a scanner gives it: the printed address, or the code alone.

    Which host the address names does not matter: the code's seal says whose it is.
    """

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        scanned = super()._deserialize(value, attr, data, **kwargs)
        _, found, rest = scanned.rpartition(_CODE_PATH)
        return rest.partition("?")[0].partition("#")[0].strip("/") if found else scanned


class DeviceInput(Input):
    """The app's installation by the id that it made by chance, and which record of its counting this is."""

    id = uid(required=True)
    counter = whole(0, _MAX_COUNTER, required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> Device:
        """Give what the domain takes."""
        return Device(**data)


class SignalsFields:
    """Request fields of a record made at a place; read them with ``signals_from``."""

    captured_at = captured_at()
    code = ScannedCode(_MAX_CODE, load_default=None, allow_none=True)
    position = fields.Nested(PositionInput, load_default=None, allow_none=True)
    challenge = Text(64, load_default=None, allow_none=True)
    witness_code = Signs(6, load_default=None, allow_none=True)
    device = fields.Nested(DeviceInput, load_default=None, allow_none=True)


def signals_from(data: dict[str, Any]) -> Signals:
    """Take the signals out of a loaded record, leaving its content behind."""
    return Signals(
        captured_at=data.pop("captured_at"),
        code=data.pop("code") or None,
        position=data.pop("position"),
        challenge=data.pop("challenge") or None,
        witness_code=data.pop("witness_code") or None,
        device=data.pop("device"),
    )


def photo_ids(**kwargs: Any) -> fields.List[Any]:
    """Give a field for the ids of photos, which may be uploaded before or after the record."""
    return listed(uid(), MAX_PHOTOS, load_default=list, **kwargs)


class GatheredFields:
    """Response fields of a record made at a place: its clocks, and what its signals add up to."""

    captured_at = sent_moment(required=True)
    received_at = sent_moment(required=True)
    clock_flag = fields.Enum(ClockFlag, by_value=True, required=True)
    presence = fields.Enum(Presence, by_value=True, required=True)
    presence_reasons = fields.List(fields.String(), required=True)
