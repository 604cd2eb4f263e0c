"""The way of one claim through its states (domain.md, claim)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from app.cli.seed import facts
from app.cli.seed.history import History
from app.cli.seed.ids import id_at
from app.cli.seed.rows import Row
from app.models import ClaimEvent, ClaimStatus, ClaimStep, NoticeKind
from app.once import content_hash


@dataclass
class ClaimWalk:
    """A claim whose story is being told."""

    history: History
    rng: Random
    row: Row
    rule: facts.RuleTemplate
    resident_user: UUID | None
    """Account of who earned it, if he has one."""
    number: int = 0

    def step(
        self,
        step: ClaimStep,
        to: ClaimStatus,
        at: datetime,
        *content: Any,
        by: UUID | None,
        note: str = "",
    ) -> bool:
        """Take a step and tell of it, unless the history ends before; say whether it was taken."""
        if at >= self.history.until:
            return False
        self.row["status"] = to
        self.number += 1
        self.history.rows.add(
            ClaimEvent,
            id=id_at(self.rng, at),
            area_code=self.row["area_code"],
            claim_id=self.row["id"],
            number=self.number,
            step=step,
            status_after=to,
            points=self.row["points"],
            actor_id=by,
            at=at,
            note=note,
            content_hash=content_hash(step, *content),
        )
        self._tell(step, at, {by})
        return True

    def _tell(self, step: ClaimStep, at: datetime, but: Collection[UUID | None]) -> None:
        about = {"claim_id": self.row["id"], "step": step, "status": self.row["status"]}
        concerned = dict.fromkeys((self.row["submitted_by"], self.resident_user))
        for user_id in concerned:
            if user_id not in but:
                self.history.notify(NoticeKind.CLAIM_STEP, user_id, self.row["area_code"], at, **about)
