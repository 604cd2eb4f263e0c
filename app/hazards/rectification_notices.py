"""The written notice to whoever must put a hazard right (整改通知书): numbered, one for each deadline."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session, joinedload

from app.actors import Actor, community_of
from app.clock import business_day, now
from app.errors import DomainError, IllegalStepError, Kind, NotFoundError
from app.evidence import NamedPhoto, photos_of
from app.harm import HarmRecord, reading_as
from app.hazards.assignment import NotMajorError, may_assign
from app.hazards.deadlines import DueTimeError
from app.hazards.filters import readable
from app.hazards.history import read_as_staff
from app.hazards.steps import is_behind_own_door
from app.models import (
    Area,
    Hazard,
    HazardCategory,
    HazardStatus,
    RectificationNotice,
    Unit,
    User,
)
from app.once import content_hash, insert_once, made_before
from app.people import OwnHouseholdError, numbers_in_texts
from app.retention import kept_for_a_case

_IN_HAND = frozenset({HazardStatus.ASSIGNED, HazardStatus.RECTIFYING})
_NOTICES_MOST = 50
BASES = {
    HazardCategory.FIRE: "《中华人民共和国消防法》第二十八条",
    HazardCategory.BUILDING: "《中华人民共和国民法典》第二百七十二条",
    HazardCategory.FLOOD_GEOLOGICAL: "《地质灾害防治条例》第十五条",
    HazardCategory.TRAFFIC: "《中华人民共和国道路交通安全法》第三十一条",
    HazardCategory.PRODUCTION: "《中华人民共和国安全生产法》第四十一条",
    HazardCategory.ENVIRONMENT: "《中华人民共和国民法典》第二百八十六条",
    HazardCategory.FACILITY: "《中华人民共和国民法典》第九百四十二条",
}
"""Which rule a notice names unless the office names another one; of a dispute none does."""
ADVICE = "请按有关规定消除这个隐患，整改完成前采取措施保证安全。"


class NoticeGivenError(DomainError):
    """There is a notice of this deadline already (data: ``notice_id``); it can be printed again."""

    code = "notice_given"
    kind = Kind.CONFLICT


class NoticeKeptBackError(DomainError):
    """Its words may tell of harm to a minor and stay inside; what is unsafe is reported on its own."""

    code = "notice_kept_back"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class NewNotice:
    """To whom a notice goes, and what the office adds; what is empty is said in the usual words.

    Without an addressee it goes to the unit that has the hazard, else to the person by name.
    """

    addressee: str
    contact: str
    advice: str = ""
    basis: str = ""


@dataclass(frozen=True)
class ShownNotice:
    """A notice with what stands in other rows."""

    notice: RectificationNotice
    community: str
    issuer: str

    @property
    def number(self) -> str:
        """Give its number as offices write it."""
        return f"{self.community}整改〔{self.notice.year}〕{self.notice.number}号"


@dataclass(frozen=True)
class PrintedNotice(ShownNotice):
    """A notice with all that is printed."""

    hazard: Hazard
    photos: list[NamedPhoto]


def give_notice(
    session: Session, actor: Actor, hazard_id: UUID, notice_id: UUID, new: NewNotice
) -> ShownNotice:
    """Write the notice of a hazard's present deadline, under the next number of its community and year.

    The numbers have no gap: who writes one holds the community's row until he is through.

    Raises NotFoundError, OtherContentError, OwnHouseholdError, IllegalStepError where nobody has the hazard
    in hand, NotMajorError as for an assignment, DueTimeError where the deadline is over, NoticeGivenError,
    NoticeKeptBackError.
    """
    hazard = session.get(Hazard, hazard_id, with_for_update={"key_share": True}, populate_existing=True)
    if hazard is None:
        raise NotFoundError
    mark = content_hash(actor.user_id, hazard_id, new)
    by = {"author": RectificationNotice.made_by, "by": actor.user_id}
    first = made_before(session, RectificationNotice, notice_id, mark, **by)  # type: ignore[arg-type]
    if first is None:
        due_at = _check(session, actor, hazard)
        first = _write(session, actor, hazard, notice_id, mark, due_at, new)
    return _shown(session, RectificationNotice.id == first.id)[0]


def notices_of(session: Session, hazard_id: UUID) -> list[ShownNotice]:
    """List the notices of a hazard that the caller may read, the newest first."""
    return _shown(session, RectificationNotice.hazard_id == hazard_id)


def printed_notice(session: Session, actor: Actor, hazard_id: UUID) -> PrintedNotice:
    """Give the newest notice of a hazard, to be printed by whoever reads that as staff.

    Raises NotFoundError also where there is none, and NoticeKeptBackError.
    """
    query = select(Hazard).where(Hazard.id == hazard_id, readable(actor)).options(joinedload(Hazard.place))
    hazard = session.scalars(query, reading_as(actor.user_id)).one_or_none()
    notices = notices_of(session, hazard_id)
    if hazard is None or not notices or not read_as_staff(session, actor, [hazard]):
        raise NotFoundError
    _check_may_leave(session, hazard)
    return PrintedNotice(**vars(notices[0]), hazard=hazard, photos=photos_of(session, [hazard_id])[hazard_id])


def _check(session: Session, actor: Actor, hazard: Hazard) -> datetime:
    """Refuse who may not give out the hazard, or what has no deadline ahead; give the deadline."""
    if not actor.scope.covers(hazard.area_code):
        raise NotFoundError
    if is_behind_own_door(session, actor, hazard):
        raise OwnHouseholdError
    if hazard.status not in _IN_HAND or hazard.due_at is None:
        raise IllegalStepError(id=hazard.id, now=hazard.status, asked="notice")
    if not may_assign(session, actor, hazard):
        raise NotMajorError(id=hazard.id)
    if hazard.due_at <= now():
        raise DueTimeError(id=hazard.id)
    _check_may_leave(session, hazard)
    return hazard.due_at


def _check_may_leave(session: Session, hazard: Hazard) -> None:
    """Keep inside what a case of harm names: paper goes to an outside firm. Raises NoticeKeptBackError."""
    if session.scalar(select(kept_for_a_case(literal(hazard.id), HarmRecord.HAZARD))):
        raise NoticeKeptBackError(id=hazard.id)


def _write(
    session: Session,
    actor: Actor,
    hazard: Hazard,
    notice_id: UUID,
    mark: bytes,
    due_at: datetime,
    new: NewNotice,
) -> RectificationNotice:
    notice, same = RectificationNotice, RectificationNotice.hazard_id == hazard.id
    given = session.scalar(select(notice.id).where(same, notice.due_at == due_at))
    if given is not None:
        raise NoticeGivenError(id=hazard.id, notice_id=given)
    community, at = community_of(hazard.area_code), now()
    session.get_one(Area, community, with_for_update={"key_share": True})
    year = business_day(at).year
    last = session.scalar(
        select(func.max(notice.number)).where(notice.community_code == community, notice.year == year)
    )
    values: dict[str, Any] = {
        "area_code": hazard.area_code,
        "hazard_id": hazard.id,
        "community_code": community,
        "year": year,
        "number": (last or 0) + 1,
        "due_at": due_at,
        "addressee": new.addressee or _who_has(session, hazard),
        "basis": new.basis or BASES.get(hazard.category, ""),
        "advice": new.advice or ADVICE,
        "contact": new.contact,
        "made_by": actor.user_id,
        "made_at": at,
    }
    return insert_once(session, RectificationNotice, notice_id, mark, **values)[0]


def _who_has(session: Session, hazard: Hazard) -> str:
    """Name the unit that has a hazard, or the person, without a number that stands in the name."""
    has = (Unit, hazard.unit_id) if hazard.unit_id is not None else (User, hazard.assignee_id)
    return numbers_in_texts.without_numbers(session.get_one(*has).name)


def _shown(session: Session, which: Any) -> list[ShownNotice]:
    query = (
        select(RectificationNotice, Area.name, User.name)
        .join(Area, Area.code == RectificationNotice.community_code)
        .join(User, User.id == RectificationNotice.made_by)
        .where(which)
        .order_by(RectificationNotice.made_at.desc(), RectificationNotice.number.desc())
        .limit(_NOTICES_MOST)
    )
    return [ShownNotice(notice, community, issuer) for notice, community, issuer in session.execute(query)]
