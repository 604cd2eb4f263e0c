"""`make demo`: the whole main path over real HTTP on servers of its own, told step by step."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased, sessionmaker

from app import clock, points
from app.actors import Role
from app.cli.seed.accounts import PASSWORD
from app.cli.seed.site import BIG
from app.config import Settings
from app.db import engine_for, sessions_for, transaction
from app.identity import code_now, phone_of
from app.models import HAZARD_ENDED, Claim, ClaimStatus, Grant, Hazard, Household, Resident, User
from app.sealing import Sealer
from dev.app_command import app_command
from dev.lossy import LossyProxy, lossy_proxy
from dev.phone import Line, SignIn, WalkError
from dev.servers import ensure_database, scratch_servers
from dev.signals import StopSignals
from dev.trouble import MachineError
from dev.walk import People, Walk
from dev.web import serving

NOTICE = timedelta(days=31)
"""Longer than any rule's public notice."""


def main(arguments: Sequence[str]) -> int:
    """Tell the path; 0 if it was walked to its end, 1 with the reason if not."""
    argparse.ArgumentParser(prog="make demo", usage="make demo", description=__doc__).parse_args(arguments)
    signals = StopSignals()
    try:
        with scratch_servers() as servers, tempfile.TemporaryDirectory() as photos:
            settings = demo_settings(
                ensure_database(servers.database_url, "gongdi_demo"), servers.redis_url, Path(photos)
            )
            app_command(["migrate"], settings, signals)
            app_command(["seed"], settings, signals)
            walk_over_http(settings, say=_Teller())
    except (MachineError, WalkError) as error:
        print(f"\n{error}\n", file=sys.stderr)
        return 1
    return 0


def demo_settings(database_url: str, redis_url: str, photos: Path) -> dict[str, str]:
    """Return the settings of a demonstration on servers of its own."""
    return {
        "GONGDI_ENV": "development",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "GONGDI_SECRET_KEY": "sample-key-for-a-demonstration-only",
        "GONGDI_PUBLIC_URL": "http://127.0.0.1",
        "GONGDI_TRUSTED_HOSTS": "127.0.0.1",
        "GONGDI_PHOTO_DIR": str(photos),
        "GONGDI_WORKERS": "2",
    }


def walk_over_http(settings: Mapping[str, str], *, say: Callable[[str], None]) -> tuple[Walk, LossyProxy]:
    """Walk the main path through gunicorn and a network that loses replies; return what came of both.

    Raises WalkError where the application does not play along.
    """
    engine = engine_for(Settings.read(settings))
    sessions = sessions_for(engine)

    def notice_over() -> None:
        with clock.set_to(clock.now() + NOTICE), transaction(sessions()) as session:
            points.post_due(session, limit=1000)

    people = people_of(sessions, Sealer.of(Settings.read(settings)))
    log = Path(settings["GONGDI_PHOTO_DIR"]) / "web.log"
    with serving(settings, log=log) as address, lossy_proxy(urlsplit(address).port or 0) as proxy:
        line = Line(f"http://127.0.0.1:{proxy.port}", proxy.lose_next_reply)
        walk = Walk(line, people, say, notice_over=notice_over)
        walk.all()
    engine.dispose()
    return walk, proxy


def people_of(sessions: sessionmaker[Session], sealer: Sealer) -> People:
    """Choose a resident with an account in a building without open hazards, his grid worker and his admin.

    Nothing else of his household may be in public notice: it would post beside what is shown.
    """
    worker, admin = aliased(User), aliased(User)
    worker_grant, admin_grant = aliased(Grant), aliased(Grant)
    open_hazard = exists().where(Hazard.place_id == Household.place_id, Hazard.status.not_in(HAZARD_ENDED))
    in_notice = exists().where(
        Claim.household_id == Household.id, Claim.status.in_([ClaimStatus.APPROVED, ClaimStatus.IN_NOTICE])
    )
    found = (
        select(worker, admin, User)
        .join(Resident, Resident.id == User.resident_id)
        .join(Household, Household.id == Resident.household_id)
        .join(worker_grant, worker_grant.area_code == Household.area_code)
        .join(worker, worker.id == worker_grant.user_id)
        .join(admin_grant, admin_grant.area_code == BIG)
        .join(admin, admin.id == admin_grant.user_id)
        .where(
            worker_grant.role == Role.GRID_WORKER,
            admin_grant.role == Role.COMMUNITY_ADMIN,
            ~open_hazard,
            ~in_notice,
        )
        .order_by(User.id)
        .limit(1)
    )
    with transaction(sessions()) as session:
        users = session.execute(found).one()

    def person(user: User) -> SignIn:
        def code() -> str | None:
            with transaction(sessions()) as session:
                return code_now(session, sealer, user.id)

        return SignIn(phone_of(sealer, user) or "", PASSWORD, code)

    return People(*(person(user) for user in users))


class _Teller:
    """Says things on the terminal, numbers them, and tells how long each took."""

    def __init__(self) -> None:
        self._count = 0
        self._begun: float | None = None
        """When the step began; unknown for the first one, before which the server started."""

    def __call__(self, text: str) -> None:
        if text.startswith(" "):
            print(f"     {text}", flush=True)
            return
        self._count += 1
        now = time.monotonic()
        took = "" if self._begun is None else f"  ({now - self._begun:.2f} s)"
        print(f"{self._count:3}. {text}{took}", flush=True)
        self._begun = now


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
