"""Who stands in with those who are looked after, as the admin of the big site said lately."""

from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import visits
from app.cli.seed.site import BIG_SITE
from app.cli.seed.stage import Stage
from app.identity import Permission
from app.models import CareCategory, CareRecord
from app.sealing import Sealer

_GRID, _NEXT_GRID = f"{BIG_SITE.code}001", f"{BIG_SITE.code}002"
_SAID_AT = ((9, 15.5), (2, 10))
_REASON = "腿脚不便，要常去看，网格员来不了的时候请隔壁网格的去。"


def set_substitutes(stage: Stage, sealer: Sealer) -> None:
    """Let the worker of the next grid stand in with two old people, who hears of it."""
    for when in _SAID_AT:
        at = stage.moment(when)
        stage.do(at, partial(_name, stage=stage, sealer=sealer, step_id=stage.new_id(at)))


def _name(session: Session, *, stage: Stage, sealer: Sealer, step_id: UUID) -> None:
    """Name a substitute for the first who has none."""
    world = stage.history.world
    row = CareRecord
    alone = [row.ended_on.is_(None), row.substitute_id.is_(None), row.category == CareCategory.ELDERLY]
    record_id = session.scalars(
        select(row.id).where(row.area_code.startswith(_GRID), *alone).order_by(row.id).limit(1)
    ).one()
    admin = stage.staff(world.admin(BIG_SITE.code), Permission.CARE_WRITE)
    visits.change_substitute(
        session, admin, sealer, record_id, step_id, substitute_id=world.worker(_NEXT_GRID), reason=_REASON
    )
