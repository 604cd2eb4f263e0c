"""Let items of checklists be choices, figures, words or pictures, and answers keep what was filled in."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261202_0101"
down_revision = "20261202_0400"
branch_labels = None
depends_on = None

_KINDS = ("check", "single", "multiple", "number", "text", "photo")


def upgrade() -> None:
    kind = sa.Enum(*_KINDS, name="itemkind", native_enum=False, length=32)
    added: dict[str, sa.Column[Any]] = {
        "kind": sa.Column("kind", kind, nullable=False, server_default="check"),
        "required": sa.Column("required", sa.Boolean(), nullable=False, server_default=sa.true()),
        "options": sa.Column("options", postgresql.JSONB(), nullable=False, server_default="[]"),
        "unit": sa.Column("unit", sa.Text(), nullable=False, server_default=""),
        "decimals": sa.Column("decimals", sa.Integer(), nullable=False, server_default="0"),
        "photos": sa.Column("photos", sa.Integer(), nullable=False, server_default="0"),
        "source": sa.Column("source", sa.Text(), nullable=False, server_default=""),
    }
    for name, column in added.items():
        op.add_column("checklist_items", column)
        op.alter_column("checklist_items", name, server_default=None)
    for bound in ("least", "most"):
        op.add_column("checklist_items", sa.Column(bound, sa.Numeric(), nullable=True))
    constraints = {
        "itemkind": "kind IN ('check', 'single', 'multiple', 'number', 'text', 'photo')",
        "options": "(kind IN ('single', 'multiple')) = (options <> '[]')",
        "bounds": "least <= most",
    }
    for name, holds in constraints.items():
        op.create_check_constraint(op.f(f"ck_checklist_items_{name}"), "checklist_items", holds)
    op.add_column("inspection_answers", sa.Column("value", postgresql.JSONB(), nullable=True))
    # Older nodes go on filing answers without words until they are replaced.
    op.add_column("inspection_answers", sa.Column("value_text", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    for name in ("value", "value_text"):
        op.drop_column("inspection_answers", name)
    for name in ("kind", "required", "options", "unit", "decimals", "least", "most", "photos", "source"):
        op.drop_column("checklist_items", name)
