"""A step with the roster: safe to send again, and one change of its history by its id."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor
from app.models import RosterChange
from app.once import content_hash, made_before
from app.people import history
from app.sealing import Sealer


@dataclass(frozen=True)
class Step:
    """A step, by whom, with what was sent."""

    session: Session
    actor: Actor
    sealer: Sealer
    id: UUID
    sent: bytes

    def taken(self) -> RosterChange | None:
        """Give the change that the same step left before. Raises OtherContentError."""
        author, by = RosterChange.actor_id, self.actor.user_id
        return made_before(self.session, RosterChange, self.id, self.sent, author=author, by=by)

    def keep(self, change: history.Change, *, undoes_id: UUID | None = None) -> RosterChange:
        """Write the change. Raises OtherContentError if its id is somebody else's."""
        how: dict[str, Any] = {"change_id": self.id, "sent": self.sent, "undoes_id": undoes_id}
        return history.keep_change(self.session, change, by=self.actor.user_id, sealer=self.sealer, **how)

    def keep_part(self, change: history.Change) -> None:
        """Write what the step changed of somebody, or of another household, as a part of it."""
        part = replace(change, data={**change.data, "part_of": str(self.id)})
        history.keep_change(self.session, part, by=self.actor.user_id, sealer=self.sealer)


def begun(session: Session, actor: Actor, sealer: Sealer, step_id: UUID, *said: Any) -> Step:
    """Give a step that says this."""
    sent = sealer.fingerprint(content_hash(actor.user_id, *said))
    return Step(session, actor, sealer, step_id, sent)
