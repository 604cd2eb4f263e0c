"""What visits showed to be needed, who took care of it, and when."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from app.cli.seed.history import History
from app.cli.seed.ids import id_at
from app.cli.seed.phrases import phrases
from app.cli.seed.rows import Row
from app.clock import business_day, start_of
from app.models import FollowUp, NoticeKind, VisitOutcome

_O = VisitOutcome
_NEEDED, _FOR_ADMIN, _DONE, _DONE_LATE = 0.03, 0.25, 0.9, 0.1
_URGENT_DAYS, _USUAL_DAYS = (1, 2), (3, 14)


def add_follow_ups(
    history: History,
    rng: Random,
    care: Row,
    visit_id: UUID,
    outcome: VisitOutcome,
    happened_at: datetime,
    received_at: datetime,
) -> None:
    """Add what a visit yields: always something after a referral or an emergency, seldom otherwise."""
    urgent = outcome in {_O.NEEDS_REFERRAL, _O.EMERGENCY}
    if not urgent and (outcome is _O.NOT_REACHED or rng.random() > _NEEDED):
        return
    need = "送医后跟进，问清病情，联系家属。" if outcome is _O.EMERGENCY else _need(rng, care, outcome)
    owner = care["worker_id"]
    if urgent or rng.random() < _FOR_ADMIN:
        owner = history.world.admin(care["area_code"])
    least, most = _URGENT_DAYS if urgent else _USUAL_DAYS
    row = history.rows.add(
        FollowUp,
        id=id_at(rng, received_at),
        area_code=care["area_code"],
        visit_id=visit_id,
        need=need,
        urgent=urgent,
        owner_id=owner,
        due_on=business_day(happened_at) + timedelta(days=rng.randint(least, most)),
        done_at=None,
        done_by=None,
        result=None,
    )
    _finish(history, rng, row, received_at)
    _tell(history, care, row, received_at)


def _tell(history: History, care: Row, row: Row, at: datetime) -> None:
    """Tell the owner, and the admin of what is urgent; nobody is told what he filed himself."""
    about = {"visit_id": row["visit_id"], "care_record_id": care["id"]}
    worker, admin, area_code = care["worker_id"], history.world.admin(row["area_code"]), row["area_code"]
    if row["owner_id"] != worker:
        kind = NoticeKind.FOLLOW_UP_ASSIGNED
        history.notify(kind, row["owner_id"], area_code, at, **about, follow_up_id=row["id"])
    if row["urgent"] and admin != worker:
        history.notify(NoticeKind.VISIT_URGENT, admin, area_code, at, **about)


def _need(rng: Random, care: Row, outcome: VisitOutcome) -> str:
    referred = outcome is _O.NEEDS_REFERRAL
    return rng.choice(phrases("need_referral" if referred else f"need_{care['category']}"))


def _finish(history: History, rng: Random, row: Row, received_at: datetime) -> None:
    """Let the owner finish it, mostly in time; what would be done after the history's end is still open."""
    if rng.random() > _DONE:
        return
    span_h = max((start_of(row["due_on"]) - received_at) / timedelta(hours=1), 4)
    slow = 1.6 if rng.random() < _DONE_LATE else 1
    done_at = history.hours.after(rng, received_at, 0.2 * span_h * slow, 0.95 * span_h * slow)
    if done_at <= history.until:
        row.update(done_at=done_at, done_by=row["owner_id"], result=rng.choice(phrases("follow_up_done")))
