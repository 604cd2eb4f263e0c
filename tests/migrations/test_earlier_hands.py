"""Occurrences before and after they say who had them before."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text

from app.ids import new_id
from tests.migrations.conftest import At, to

BEFORE, AFTER = "20261211_0401", "20261212_0101"
OCCURRENCE = text(
    "INSERT INTO occurrences (id, area_code, plan_id, place_id, checklist_area_code, checklist_code, "
    "period_on, opens_at, due_at, missed_at, worker_id, made_at) VALUES (:id, '4212', :plan, :id, '4212', "
    "'building', '2026-12-01', '2026-12-01', '2026-12-02', '2026-12-03', :worker, '2026-12-01')"
)
GIVEN = text(
    "INSERT INTO plan_events (id, area_code, plan_id, occurrence_id, step, actor_id, at, note, data, "
    "content_hash) VALUES (:id, '4212', :plan, :occurrence, 'reassign', :id, :at, '', "
    "jsonb_build_object('former_id', CAST(:former AS text)), '')"
)


def test_who_gave_it_away_had_it_until_then(at: At) -> None:
    connection = at(BEFORE)
    connection.execute(text("SET session_replication_role = replica"))  # the rows stand for themselves
    plan, often, never, first, second = (new_id() for _ in range(5))
    for occurrence in (often, never):
        connection.execute(OCCURRENCE, {"id": occurrence, "plan": plan, "worker": new_id()})
    steps: list[tuple[int, UUID | None]] = [(9, second), (7, first), (8, None)]
    for hour, former in steps:
        about = {"plan": plan, "occurrence": often, "former": former and str(former)}
        connection.execute(GIVEN, {"id": new_id(), "at": datetime(2026, 12, 1, hour, tzinfo=UTC), **about})
    connection.commit()

    to(connection, AFTER)

    asked = text("SELECT id, earlier_hands FROM occurrences")
    hands: dict[UUID, list[dict[str, str]]] = dict(connection.execute(asked).all())
    told = [(one["worker_id"], datetime.fromisoformat(one["until"]).hour) for one in hands[often]]
    assert told == [(str(first), 7), (None, 8), (str(second), 9)]
    assert hands[never] == []
