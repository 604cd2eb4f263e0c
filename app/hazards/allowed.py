"""Which steps of hazards are open to a reader now, judged as the steps themselves would."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app import harm
from app.actors import Actor
from app.clock import now
from app.hazards.assignees import barred_from_recheck, given_elsewhere
from app.hazards.assignment import may_assign
from app.hazards.extensions import MOST_EXTENSIONS, is_too_late, may_decide
from app.hazards.merging import KeptHazard
from app.hazards.satisfaction import CHANGEABLE_FOR
from app.hazards.steps import DECISIONS, verbs_from
from app.hazards.supervising import is_of_community
from app.hazards.triage import may_reject
from app.identity import Permission, scope_of
from app.models import Hazard, HazardLevel, HazardStatus, HazardStep

_PERMISSION = {
    HazardStep.ACCEPT: Permission.HAZARD_ACCEPT,
    HazardStep.REJECT: Permission.HAZARD_ACCEPT,
    HazardStep.DUPLICATE: Permission.HAZARD_TRIAGE,
    HazardStep.RAISE_LEVEL: Permission.HAZARD_ACCEPT,
    HazardStep.ASSIGN: Permission.HAZARD_ASSIGN,
    HazardStep.START: Permission.HAZARD_RECTIFY,
    HazardStep.RECTIFY: Permission.HAZARD_RECTIFY,
    HazardStep.VERIFY: Permission.HAZARD_VERIFY,
    HazardStep.CLOSE: Permission.HAZARD_CLOSE_MAJOR,
    HazardStep.SUPERVISE: Permission.HAZARD_SUPERVISE,
    HazardStep.ANSWER: Permission.HAZARD_RECTIFY,
    HazardStep.ASK_EXTENSION: Permission.HAZARD_RECTIFY,
    HazardStep.GRANT_EXTENSION: Permission.HAZARD_ASSIGN,
    HazardStep.REFUSE_EXTENSION: Permission.HAZARD_ASSIGN,
    HazardStep.RATE: Permission.HAZARD_REPORT,
    HazardStep.TRANSFER: Permission.HAZARD_ASSIGN,
    HazardStep.DEPARTMENT_ANSWER: Permission.HAZARD_ASSIGN,
    HazardStep.REPORT_CONTROLS: Permission.HAZARD_RECTIFY,
    HazardStep.CHECK_CONTROLS: Permission.HAZARD_CLOSE_MAJOR,
}
_CONFIRMING = (HazardStep.VERIFY, HazardStep.CLOSE)


@dataclass(frozen=True)
class _Reader:
    """Whoever asks, and what was read of several hazards at once."""

    session: Session
    actor: Actor
    his: set[UUID]
    """Hazards that he is to put right."""
    behind_his_door: set[UUID]
    kept: Mapping[UUID, KeptHazard]
    barred: Mapping[UUID, set[UUID]]
    """Who may not recheck them."""

    def covers(self, permission: Permission, row: Hazard) -> bool:
        """Say whether a function of his reaches the hazard."""
        scope = scope_of(self.actor, permission)
        return scope is not None and scope.covers(row.area_code)

    def was_given(self, row: Hazard, verb: HazardStep) -> bool:
        """Say whether the hazard was given to him where he stands in, and the step is to put it right."""
        if verb in DECISIONS or (scope := scope_of(self.actor, _PERMISSION[verb])) is None:
            return False
        return row.id in self.his and scope.widened().covers(row.area_code)

    def may(self, row: Hazard, verb: HazardStep) -> bool:
        """Say whether he may take the step, starting from the state the hazard is in."""
        if verb not in _PERMISSION:
            return False
        if not self.covers(_PERMISSION[verb], row) and not self.was_given(row, verb):
            return False
        if verb in DECISIONS and row.id in self.behind_his_door:
            return False
        return verb not in _IF or _IF[verb](self, row)


def verbs_open_to(
    session: Session, actor: Actor, rows: Sequence[Hazard], kept: Mapping[UUID, KeptHazard]
) -> dict[UUID, list[HazardStep]]:
    """List for each hazard the steps that the actor may take now; ``kept`` is what merged ones are now.

    What is his is read for all at once; only an officer's word on a general hazard takes more.
    """
    ids = [row.id for row in rows]
    doors = harm.homes_behind_each(session, ids) if actor.homes else {}
    behind = {hazard_id for hazard_id, homes in doors.items() if not actor.homes.isdisjoint(homes)}
    barred = barred_from_recheck(session, _to_confirm(actor, rows))
    reader = _Reader(session, actor, _his(session, actor, rows), behind, kept, barred)
    return {row.id: [verb for verb in verbs_from(row.status) if reader.may(row, verb)] for row in rows}


def _to_confirm(actor: Actor, rows: Sequence[Hazard]) -> list[Hazard]:
    """Give those that the actor could recheck, by his function."""
    able = {verb for verb in _CONFIRMING if scope_of(actor, _PERMISSION[verb]) is not None}
    return [row for row in rows if not able.isdisjoint(verbs_from(row.status))]


def _his(session: Session, actor: Actor, rows: Sequence[Hazard]) -> set[UUID]:
    """Give those that he is to put right: also what waits for a unit of his, where he could start."""
    found = {row.id for row in rows if row.assignee_id == actor.user_id}
    reach = scope_of(actor, Permission.HAZARD_RECTIFY)
    return found if reach is None else found | given_elsewhere(session, actor.within(reach), rows)


def _is_his(reader: _Reader, row: Hazard) -> bool:
    return row.id in reader.his


def _is_anothers(reader: _Reader, row: Hazard) -> bool:
    return reader.actor.user_id not in reader.barred.get(row.id, ())


def _may_speak(reader: _Reader, row: Hazard) -> bool:
    return _is_his(reader, row) or is_of_community(reader.actor, row)


def _may_answer(reader: _Reader, row: Hazard) -> bool:
    return row.supervised_at is not None and row.answered_at is None and _may_speak(reader, row)


def _may_ask(reader: _Reader, row: Hazard) -> bool:
    if row.asked_due_at is not None or row.extensions >= MOST_EXTENSIONS or is_too_late(row, at=now()):
        return False
    return _is_his(reader, row)


def _may_reject(reader: _Reader, row: Hazard) -> bool:
    return may_reject(reader.session, reader.actor, row)


def _is_general(_: _Reader, row: Hazard) -> bool:
    return row.level is HazardLevel.GENERAL


def _may_assign(reader: _Reader, row: Hazard) -> bool:
    return may_assign(reader.session, reader.actor, row)


def _may_decide(reader: _Reader, row: Hazard) -> bool:
    if row.asked_due_at is None or _is_his(reader, row):
        return False
    return may_decide(reader.session, reader.actor, row)


def _may_grant(reader: _Reader, row: Hazard) -> bool:
    return row.asked_due_at is not None and row.asked_due_at > now() and _may_decide(reader, row)


def _may_show(reader: _Reader, row: Hazard) -> bool:
    return row.level is HazardLevel.MAJOR and _may_speak(reader, row)


def _may_rate(reader: _Reader, row: Hazard) -> bool:
    mine = reader.actor.user_id is not None and row.reported_by == reader.actor.user_id
    of = reader.kept[row.id].hazard if row.id in reader.kept else row
    over = row.rated_at is not None and now() > row.rated_at + CHANGEABLE_FOR
    return mine and of.status is HazardStatus.CLOSED and not over


def _may_check(_: _Reader, row: Hazard) -> bool:
    return row.controls_reported_at is not None and row.controls_checked_at is None


_IF: dict[HazardStep, Callable[[_Reader, Hazard], bool]] = {
    HazardStep.REJECT: _may_reject,
    HazardStep.RAISE_LEVEL: _is_general,
    HazardStep.ASSIGN: _may_assign,
    HazardStep.START: _is_his,
    HazardStep.RECTIFY: _is_his,
    HazardStep.VERIFY: _is_anothers,
    HazardStep.CLOSE: _is_anothers,
    HazardStep.ANSWER: _may_answer,
    HazardStep.ASK_EXTENSION: _may_ask,
    HazardStep.GRANT_EXTENSION: _may_grant,
    HazardStep.REFUSE_EXTENSION: _may_decide,
    HazardStep.RATE: _may_rate,
    HazardStep.TRANSFER: _may_assign,
    HazardStep.DEPARTMENT_ANSWER: _may_assign,
    HazardStep.REPORT_CONTROLS: _may_show,
    HazardStep.CHECK_CONTROLS: _may_check,
}
"""What a verb wants besides its function and the state it starts from."""
