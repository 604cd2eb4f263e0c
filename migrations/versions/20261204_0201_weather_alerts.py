"""Weather brings visits forward, and care says how often somebody was not reached in a row."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app.migrating import beside_the_work, build_index, lacks

revision = "20261204_0201"
down_revision = "20261204_0501"
branch_labels = None
depends_on = None

_NOT_TOLD = "not_reached > 0 AND escalated_at IS NULL AND ended_on IS NULL"
_COUNTED = """
    UPDATE care_records r SET not_reached = 1, escalated_at = told.at
    FROM (SELECT DISTINCT ON (care_record_id) care_record_id, id, outcome FROM visits
          ORDER BY care_record_id,
                   CASE WHEN clock_flag = 'ok' THEN captured_at ELSE received_at END DESC, id DESC) v
    LEFT JOIN (SELECT data->>'visit_id' AS visit_id, max(created_at) AS at FROM notices
               WHERE kind = 'visit_urgent' GROUP BY 1) told ON told.visit_id = v.id::text
    WHERE v.care_record_id = r.id AND v.outcome = 'not_reached' AND r.ended_on IS NULL AND r.not_reached = 0
    """
"""Whoever was not reached last counts as one, with when it was told."""
AREA, MOMENT = sa.String(15, collation="C"), sa.DateTime(timezone=True)


def upgrade() -> None:
    if lacks("weather_alerts"):
        _at_once()
    with beside_the_work():
        op.execute("ALTER TABLE care_records VALIDATE CONSTRAINT fk_care_records_alert_id")
        op.execute(_COUNTED)
        build_index("ix_care_records_not_told", "care_records", "id", where=_NOT_TOLD)


def _at_once() -> None:
    op.create_table(
        "weather_alerts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", AREA, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("levels", JSONB(), nullable=False),
        sa.Column("categories", JSONB(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weather_alerts")),
        sa.ForeignKeyConstraint(["area_code"], ["areas.code"], name=op.f("fk_weather_alerts_area_code")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_weather_alerts_made_by")),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_weather_alerts_span")),
        sa.CheckConstraint(
            "kind IN ('heat', 'cold', 'storm', 'flood', 'snow')", name=op.f("ck_weather_alerts_weatherkind")
        ),
    )
    op.create_index("ix_weather_alerts_area_code_id", "weather_alerts", ["area_code", "id"])
    op.create_index(
        "ix_weather_alerts_until_on",
        "weather_alerts",
        ["until_on"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(op.f("ix_weather_alerts_made_by"), "weather_alerts", ["made_by"])
    op.create_table(
        "weather_calls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", AREA, nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("care_record_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weather_calls")),
        sa.ForeignKeyConstraint(["alert_id"], ["weather_alerts.id"], name=op.f("fk_weather_calls_alert_id")),
        sa.ForeignKeyConstraint(
            ["care_record_id"], ["care_records.id"], name=op.f("fk_weather_calls_care_record_id")
        ),
        sa.UniqueConstraint(
            "alert_id", "care_record_id", name=op.f("uq_weather_calls_alert_id_care_record_id")
        ),
    )
    op.create_index(
        "ix_weather_calls_open",
        "weather_calls",
        ["care_record_id"],
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.add_column("care_records", sa.Column("not_reached", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("care_records", sa.Column("escalated_at", MOMENT))
    op.add_column("care_records", sa.Column("regular_due_on", sa.Date()))
    op.add_column("care_records", sa.Column("alert_id", sa.Uuid()))
    op.create_foreign_key(
        op.f("fk_care_records_alert_id"),
        "care_records",
        "weather_alerts",
        ["alert_id"],
        ["id"],
        postgresql_not_valid=True,
    )


def downgrade() -> None:
    """Put visits back to their own days."""
    op.execute("UPDATE care_records SET next_due_on = regular_due_on WHERE regular_due_on IS NOT NULL")
    for column in ("not_reached", "escalated_at", "regular_due_on", "alert_id"):
        op.drop_column("care_records", column)
    op.drop_table("weather_calls")
    op.drop_table("weather_alerts")
