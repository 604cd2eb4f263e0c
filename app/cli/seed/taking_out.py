"""Files that were taken out in the last weeks, and what people want on their phones."""

from datetime import time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import exports, hazards, identity, notices
from app.adapters import PhotoStore
from app.cli.seed.site import BIG_SITE, COUNTY, SMALL_SITE
from app.cli.seed.stage import Stage, When
from app.clock import now, set_to
from app.exports import ExportKind, NewExport, RosterColumn
from app.hazards import NewLedgerExport
from app.identity import NewApproval, Permission
from app.models import ApprovalKind, NoticeKind
from app.sealing import Sealer

_MINUTE = timedelta(minutes=1)
_ALL = dict.fromkeys(("level", "reported_since", "reported_until", "closed_since", "closed_until"), None) | {
    "status": [],
    "source": [],
    "category": [],
    "overdue": True,
}
"""What the ledger is asked for: what is past its deadline."""


def set_wishes(stage: Stage) -> None:
    """Let a worker sleep longer than usual, and an officer be told by the inbox alone of claims and plans."""
    world = stage.history.world
    worker, county = world.worker(f"{BIG_SITE.code}001"), world.county(BIG_SITE.code)
    wishes = {
        worker: notices.wishes.Wishes(time(20, 30), time(7, 0), [NoticeKind.CLAIM_STEP]),
        county: notices.wishes.Wishes(None, None, [NoticeKind.HAZARD_EXPORT, NoticeKind.APPROVAL]),
    }
    for user_id, wish in wishes.items():
        actor = stage.staff(user_id, Permission.SELF)

        def keep(session: Session, actor: Any = actor, wish: notices.wishes.Wishes = wish) -> None:
            notices.wishes.keep_settings(session, actor, wish, revision=0)

        stage.do(stage.moment((28, 20)), keep)


def set_files(stage: Stage, sealer: Sealer, store: PhotoStore) -> None:
    """Let files of the ledger and of a roster be made: two were fetched, one was left until it was over."""
    world = stage.history.world
    files = _Files(stage, sealer, store)
    files.ledger((6, 9), world.county(BIG_SITE.code), COUNTY, "月调度会超期隐患清单", fetched=True)
    files.ledger((4, 9), world.admin(BIG_SITE.code), BIG_SITE.code, "社区周例会催办", fetched=False)
    files.roster((8, 9), "入户核对门牌")


class _Files:
    """How one is asked for, made, fetched and ended."""

    def __init__(self, stage: Stage, sealer: Sealer, store: PhotoStore) -> None:
        self._stage, self._sealer, self._store = stage, sealer, store

    def ledger(self, when: When, by: Any, area_code: str, purpose: str, *, fetched: bool) -> None:
        """Let somebody ask for what is overdue in an area."""
        at = self._stage.moment(when)
        export_id, actor = self._stage.new_id(at), self._stage.staff(by, Permission.HAZARD_EXPORT)
        new = NewLedgerExport(area_code, purpose, _ALL)

        def take(session: Session) -> None:
            hazards.ask_ledger(session, actor, self._store, export_id, new, approval_id=None)
            self._hand_over(session, actor, export_id, hazards.LEDGER, fetched=fetched)

        self._stage.do(at, take)

    def roster(self, when: When, reason: str) -> None:
        """Let the admin of the small site ask for its roster, and the county agree two hours later."""
        at, site = self._stage.moment(when), SMALL_SITE.code
        world = self._stage.history.world
        approval_id, export_id = self._stage.new_id(at), self._stage.new_id(at)
        actor = self._stage.staff(world.admin(site), Permission.ROSTER_EXPORT)
        county = self._stage.staff(world.county(site), Permission.APPROVAL_DECIDE)
        new = NewExport(site, [RosterColumn.NAME, RosterColumn.DOOR], clear=False)
        payload = new.payload(export_id)

        def take(session: Session) -> None:
            asked = NewApproval(ApprovalKind.ROSTER_EXPORT, site, payload, reason)
            identity.ask_approval(session, actor, approval_id, asked)
            with set_to(at + 120 * _MINUTE):
                identity.decide_approval(session, county, approval_id, approved=True, note="同意。")
            with set_to(at + 130 * _MINUTE):
                exports.ask_export(session, actor, self._store, export_id, new, approval_id=approval_id)
                self._hand_over(session, actor, export_id, exports.ROSTER, fetched=True)

        self._stage.do(at, take)

    def _hand_over(
        self, session: Session, actor: Any, export_id: Any, kind: ExportKind, *, fetched: bool
    ) -> None:
        """Let the jobs make a file and delete it, and whoever asked fetch it between, if he does."""
        at = now()
        with set_to(at + _MINUTE):
            exports.begin_export(session, export_id, kind=kind)
            session.flush()
            exports.make_export(session, self._sealer, self._store, export_id, kind=kind)
            session.flush()
        if fetched:
            with set_to(at + 5 * _MINUTE):
                exports.export_file(session, actor, self._sealer, self._store, export_id, table=kind.table)
                session.flush()
        with set_to(at + (16 * _MINUTE if fetched else exports.LIFE + _MINUTE)):
            exports.end_exports(session, self._store, limit=1, table=kind.table)
            session.flush()
