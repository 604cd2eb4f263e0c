"""What was looked at a second time: records drawn by lot, and photos that may have been used before."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import cycle
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import evidence, spot_checks
from app.actors import Role
from app.cli.seed.site import SITES, Site
from app.cli.seed.stage import Stage
from app.clock import business_day, now, set_to, start_of
from app.evidence import MatchVerdict, PhotoOwner
from app.identity import Permission, scope_of
from app.models import PhotoMatch, SpotCheck, SpotCheckRecord, SpotCheckStatus
from app.sealing import Sealer

_S = SpotCheckStatus
_WEEKS = 7
_DRAWN_AT = timedelta(hours=1, minutes=10)
_LOOKED_AFTER, _STEP = timedelta(days=1, hours=9), timedelta(hours=5)
_CONFIRMED = ((_S.CONFIRMED,),)
_COURSES = (
    *_CONFIRMED,
    (_S.NOT_CONFIRMED, _S.APPEALED, _S.LIFTED),
    (_S.COULD_NOT_CHECK,),
    (_S.NOT_CONFIRMED, _S.APPEALED, _S.UPHELD),
    (_S.NOT_CONFIRMED,),
    *_CONFIRMED * 15,
)
"""How those that were drawn went on, in turn, whatever the lot fell on: most are as they were written."""
_UNDECIDED, _LATELY = (_S.NOT_CONFIRMED, _S.APPEALED), timedelta(weeks=4)
"""How one of each of the last weeks went on that was looked at."""
_SAID = {
    _S.CONFIRMED: "到现场看过，和检查表上写的一样。",
    _S.NOT_CONFIRMED: "两个灭火器都过了期，检查表上写的是正常。",
    _S.COULD_NOT_CHECK: "去了三次，门都锁着。",
    _S.APPEALED: "检查那天灭火器是好的，第二天才换下来，有照片。",
    _S.LIFTED: "看了照片和换瓶记录，检查那天确实是好的，撤销。",
    _S.UPHELD: "换瓶记录在检查之前，抽查结果不变。",
}
_SAID_OF_VISITS = {
    _S.CONFIRMED: "打电话问过，那天确实来看过。",
    _S.COULD_NOT_CHECK: "打了三次电话，没有人接。",
    _S.NOT_CONFIRMED: "打电话问过，家里说那天没有人来。",
    _S.APPEALED: "那天去过，在门口说了几句，家里别的人可能不知道。",
    _S.LIFTED: "家里的老人忘了，女儿说那天来看过，撤销。",
    _S.UPHELD: "问过家里和邻居，都说那天没有看见人来，抽查结果不变。",
}


def set_spot_checks(stage: Stage, sealer: Sealer) -> None:
    """Let each Monday's lot be drawn at both sites, and most records of it be looked at the day after.

    A story that is told on a Monday ends with its lot: the job has drawn it before anybody looks.
    """
    today = business_day(stage.history.until)
    courses = cycle(_COURSES)
    for back in range(_WEEKS, -1, -1):
        monday = today - timedelta(days=today.weekday(), weeks=back)
        drawn_at = min(start_of(monday) + _DRAWN_AT, stage.history.until)
        for site in SITES:
            stage.do(drawn_at, partial(_draw, sealer=sealer, site=site))
            if drawn_at + _LOOKED_AFTER + timedelta(days=1) < stage.history.until:
                look = partial(_look, stage=stage, site=site, courses=courses)
                stage.do(drawn_at + _LOOKED_AFTER, look)


def _draw(session: Session, *, sealer: Sealer, site: Site) -> None:
    spot_checks.commit_seeds(session, sealer, site.code)
    spot_checks.draw_due(session, sealer, site.code)


def _look(
    session: Session,
    *,
    stage: Stage,
    site: Site,
    courses: Iterator[tuple[SpotCheckStatus, ...]],
) -> None:
    """Look at what was drawn the day before; the last one is left for the week."""
    at = now()
    drawn = select(SpotCheck).where(SpotCheck.area_code.startswith(site.code), SpotCheck.status == _S.DRAWN)
    undecided = site is SITES[0] and at > stage.history.until - _LATELY
    for check in session.scalars(drawn.order_by(SpotCheck.id)).all()[:-1]:
        course = _UNDECIDED if undecided else next(courses)
        undecided = False
        for number, step in enumerate(course):
            with set_to(at + number * _STEP):
                _take(session, stage, site, check, step)
                session.flush()


def _take(session: Session, stage: Stage, site: Site, check: SpotCheck, step: SpotCheckStatus) -> None:
    check_id, worker = check.id, check.worker_id
    county = stage.staff(stage.history.world.county(site.code), Permission.SPOT_CHECK_DO)
    note = (_SAID_OF_VISITS if check.record_kind is SpotCheckRecord.VISIT else _SAID)[step]
    if step in spot_checks.RESULTS:
        admin = stage.staff(
            stage.one(Role.COMMUNITY_ADMIN, site.code, but=[worker]), Permission.SPOT_CHECK_DO
        )
        spot_checks.give_result(session, admin, check_id, result=step, note=note)
    elif step is _S.APPEALED:
        actor = stage.staff(worker, Permission.SPOT_CHECK_READ)
        spot_checks.appeal(session, actor, check_id, reason=note)
    else:
        spot_checks.decide(session, county, check_id, upheld=step is _S.UPHELD, note=note)


def set_verdict(stage: Stage, photo_id: UUID) -> None:
    """Let the county's officer find that a photo of work that was done is an older one."""

    def settle(session: Session) -> None:
        match_id = session.scalars(select(PhotoMatch.id).where(PhotoMatch.photo_id == photo_id)).one()
        actor = stage.staff(stage.history.world.county(SITES[0].code), Permission.PHOTO_REVIEW)
        reach = scope_of(actor, Permission.HAZARD_READ)
        assert reach is not None, "an officer reads hazards"
        evidence.settle(
            session,
            actor,
            match_id,
            {PhotoOwner.HAZARD: reach, PhotoOwner.HAZARD_EVENT: reach},
            verdict=MatchVerdict.REUSE,
            note="和停用那天的照片是同一张，不能说明整改好了。",
        )

    stage.do(stage.moment((37, 9.5)), settle)
