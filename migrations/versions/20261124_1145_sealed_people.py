"""Seal what visits tell of people, and make room for sealed phones and ID numbers of residents.

The content hash of a visit becomes a keyed one, as new visits have it: sent again, a visit from before is recognised.
"""

import json
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.config import Settings
from app.sealing import Cell, Sealer

revision = "20261124_1145"
down_revision = "20261124_1140"
branch_labels = None
depends_on = None

CLEAR = {"visits": ("answers", "note"), "follow_ups": ("need", "result")}
KINDS: dict[str, Any] = {"answers": postgresql.JSONB()}
NULLABLE = {"result"}
RESIDENTS = ("phone", "id_number")


def upgrade() -> None:
    for table, names in CLEAR.items():
        for name in names:
            op.add_column(table, sa.Column(f"{name}_sealed", sa.LargeBinary(), nullable=True))
        _move(table, {name: f"{name}_sealed" for name in names}, _seal)
        for name in names:
            if name not in NULLABLE:
                op.alter_column(table, f"{name}_sealed", nullable=False)
            op.drop_column(table, name)
    for name in RESIDENTS:
        op.add_column("residents", sa.Column(f"{name}_sealed", sa.LargeBinary(), nullable=True))
        op.add_column("residents", sa.Column(f"{name}_index", sa.LargeBinary(), nullable=True))
    op.create_index(op.f("ix_residents_phone_index"), "residents", ["phone_index"])
    op.create_unique_constraint(op.f("uq_residents_id_number_index"), "residents", ["id_number_index"])


def downgrade() -> None:
    op.drop_constraint(op.f("uq_residents_id_number_index"), "residents", type_="unique")
    op.drop_index(op.f("ix_residents_phone_index"), "residents")
    for name in RESIDENTS:
        op.drop_column("residents", f"{name}_index")
        op.drop_column("residents", f"{name}_sealed")
    for table, names in CLEAR.items():
        for name in names:
            op.add_column(table, sa.Column(name, KINDS.get(name, sa.Text()), nullable=True))
        _move(table, {f"{name}_sealed": name for name in names}, _open)
        for name in names:
            if name not in NULLABLE:
                op.alter_column(table, name, nullable=False)
            op.drop_column(table, f"{name}_sealed")


def _move(table: str, names: dict[str, str], change: Any) -> None:
    """Write each row's columns anew under their other names, a thousand rows at a time."""
    columns = [sa.column(name, _kind(name)) for name in (*names, *names.values())]
    rows = sa.table(table, sa.column("id", sa.Uuid()), sa.column("content_hash", sa.LargeBinary()), *columns)
    keyed = [rows.c.content_hash] if table == "visits" else []
    bind, after, sealer = op.get_bind(), UUID(int=0), None
    while True:
        query = sa.select(rows.c.id, *keyed, *(rows.c[name] for name in names)).where(rows.c.id > after)
        known = bind.execute(query.order_by(rows.c.id).limit(1000)).mappings().all()
        if not known:
            return
        sealer = sealer or Sealer.of(Settings.read())
        for row in known:
            values = {
                to: change(
                    sealer, row[name], Cell(table, name if name.endswith("_sealed") else to, row["id"]), to
                )
                for name, to in names.items()
            }
            if keyed and change is _seal and row["content_hash"]:
                values["content_hash"] = sealer.fingerprint(row["content_hash"])
            bind.execute(rows.update().where(rows.c.id == row["id"]).values(**values))
        after = known[-1]["id"]


def _kind(name: str) -> Any:
    return KINDS.get(name, sa.LargeBinary() if name.endswith("_sealed") else sa.Text())


def _seal(sealer: Sealer, value: Any, cell: Cell, to: str) -> bytes | None:
    if value is None:
        return None
    return sealer.seal(json.dumps(value, ensure_ascii=False) if to == "answers_sealed" else value, cell)


def _open(sealer: Sealer, value: Any, cell: Cell, to: str) -> Any:
    if value is None:
        return None
    text = sealer.open(value, cell)
    return json.loads(text) if to == "answers" else text
