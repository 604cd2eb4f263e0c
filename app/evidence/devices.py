"""From which installation of the app records come: a clock that was set back shows in its counting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, union_all
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import now
from app.models import DeviceMark, Place, User

CLOCK_SLACK = timedelta(minutes=5)
"""A clock may be put right by the network between two records."""
LOOKED_BACK = timedelta(days=7)
WORKERS_FROM, DEVICES_FROM = 2, 3
"""From how many workers on one device, and devices of one account in a week, a person looks."""
_MOST = 100


@dataclass(frozen=True)
class Device:
    """The app's installation, under an id that it made by chance, and its counting of records."""

    id: UUID
    counter: int


@dataclass(frozen=True)
class DeviceUser:
    """Somebody who used a device; two may have one name."""

    user_id: UUID
    user_name: str


@dataclass(frozen=True)
class SharedDevice:
    """A device that several people used lately."""

    device_id: UUID
    users: list[DeviceUser]
    records: int


@dataclass(frozen=True)
class ManyDevices:
    """Somebody who used many devices lately."""

    user_id: UUID
    user_name: str
    devices: int
    records: int


@dataclass(frozen=True)
class DeviceFindings:
    """What a person may want to look at; nothing follows from it by itself."""

    since: datetime
    shared: list[SharedDevice]
    many: list[ManyDevices]


def mark_device(
    session: Session,
    actor: Actor,
    place: Place,
    device: Device,
    *,
    record_id: UUID,
    captured_at: datetime,
    received_at: datetime,
) -> list[str]:
    """Keep from which device a record came, and say what does not fit those before and after it."""
    reasons = _misfits(session, device, record_id, captured_at)
    values = {
        "id": record_id,
        "area_code": place.area_code,
        "user_id": actor.user_id,
        "device_id": device.id,
        "counter": device.counter,
        "captured_at": captured_at,
        "received_at": received_at,
    }
    session.execute(insert(DeviceMark).values(values).on_conflict_do_nothing())
    return reasons


def _misfits(session: Session, device: Device, record_id: UUID, captured_at: datetime) -> list[str]:
    """Compare with the records next to it in the counting, in whichever order they arrived."""
    mine = select(DeviceMark.counter, DeviceMark.captured_at).where(
        DeviceMark.device_id == device.id, DeviceMark.id != record_id
    )
    before = mine.where(DeviceMark.counter <= device.counter).order_by(DeviceMark.counter.desc()).limit(1)
    after = mine.where(DeviceMark.counter > device.counter).order_by(DeviceMark.counter).limit(1)
    sides = union_all(before.subquery().select(), after.subquery().select())
    reasons = []
    for counter, at in session.execute(sides):
        if counter == device.counter:
            reasons.append("counter_repeated")
        elif counter < device.counter and at > captured_at + CLOCK_SLACK:
            reasons.append("clock_set_back")
        elif counter > device.counter and at < captured_at - CLOCK_SLACK:
            reasons.append("counter_backwards")
    return reasons


def device_findings(session: Session, actor: Actor) -> DeviceFindings:
    """List the devices of several people and the people of many devices in the last week, bounded."""
    since = now() - LOOKED_BACK
    lately = (actor.scope.clause(DeviceMark.area_code), DeviceMark.received_at >= since)
    users = func.count(DeviceMark.user_id.distinct())
    ids = func.array_agg(aggregate_order_by(DeviceMark.user_id.distinct(), DeviceMark.user_id))
    shared = session.execute(
        select(DeviceMark.device_id, ids, func.count())
        .where(*lately)
        .group_by(DeviceMark.device_id)
        .having(users >= WORKERS_FROM)
        .order_by(users.desc(), DeviceMark.device_id)
        .limit(_MOST)
    ).all()
    devices = func.count(DeviceMark.device_id.distinct())
    many = session.execute(
        select(User.id, User.name, devices, func.count())
        .join(DeviceMark, User.id == DeviceMark.user_id)
        .where(*lately)
        .group_by(User.id, User.name)
        .having(devices >= DEVICES_FROM)
        .order_by(devices.desc(), User.id)
        .limit(_MOST)
    ).all()
    used = {user_id for _, users_of, _ in shared for user_id in users_of}
    names: dict[UUID, str] = dict(session.execute(select(User.id, User.name).where(User.id.in_(used))).all())
    return DeviceFindings(
        since,
        [SharedDevice(device, _named(users_of, names), records) for device, users_of, records in shared],
        [ManyDevices(*row) for row in many],
    )


def _named(ids: Sequence[UUID], names: dict[UUID, str]) -> list[DeviceUser]:
    people = [DeviceUser(one, names[one]) for one in ids]
    return sorted(people, key=lambda one: (one.user_name, one.user_id))
