"""Seal what visits tell of people, and make room for sealed phones and ID numbers of residents."""

import json
from typing import Any

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
    """Write each row's columns anew under their other names."""
    kinds = {
        name: KINDS.get(name, sa.LargeBinary() if name.endswith("_sealed") else sa.Text())
        for name in (*names, *names.values())
    }
    rows = sa.table(
        table, sa.column("id", sa.Uuid()), *(sa.column(name, kind) for name, kind in kinds.items())
    )
    known = op.get_bind().execute(sa.select(rows.c.id, *(rows.c[name] for name in names))).mappings().all()
    if not known:
        return
    sealer = Sealer.of(Settings.read())
    for row in known:
        values = {
            to: change(
                sealer, row[name], Cell(table, name if name.endswith("_sealed") else to, row["id"]), to
            )
            for name, to in names.items()
        }
        op.execute(rows.update().where(rows.c.id == row["id"]).values(**values))


def _seal(sealer: Sealer, value: Any, cell: Cell, to: str) -> bytes | None:
    if value is None:
        return None
    return sealer.seal(json.dumps(value, ensure_ascii=False) if to == "answers_sealed" else value, cell)


def _open(sealer: Sealer, value: Any, cell: Cell, to: str) -> Any:
    if value is None:
        return None
    text = sealer.open(value, cell)
    return json.loads(text) if to == "answers" else text
