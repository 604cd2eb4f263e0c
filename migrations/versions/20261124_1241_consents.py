"""Keep guardians of children, consents by purpose and version, and on what each visit's notes rest."""

from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "20261124_1241"
down_revision = "20261124_1215"
branch_labels = None
depends_on = None

PUBLISHED_AT = datetime(2026, 11, 24, tzinfo=UTC)
TEXTS = (
    (
        "100ef08a-328e-52da-964e-e217a0ec0e06",
        "location",
        "位置",
        (
            "上报隐患、上门办事时，手机会问能不能给出当时的位置，只用来确认地点，最多保存90天。"
            "您可以不给，改为扫码或用文字说明地点。"
        ),
    ),
    (
        "76928e37-f180-5409-9f91-f174c4130b77",
        "photo",
        "照片",
        (
            "上报隐患、申报积分时，您可以拍照上传，只给办理这件事的工作人员看。"
            "照片里请不要拍到别人的脸。"
            "您可以不传，改用文字说明。"
        ),
    ),
    (
        "3f84d1d0-0fd1-578e-a233-e6128d1b061b",
        "health_hardship",
        "健康和困难",
        (
            "您自己告诉我们的健康、家庭困难，只用来安排探访和帮扶，只有负责的工作人员和社区管理员能看。"
            "您可以不说。"
        ),
    ),
    (
        "0a404379-3241-5e03-8765-03602deee376",
        "id_number",
        "身份证号",
        (
            "用身份证号核对您是不是名册上的本人，加密保存，平时只显示头尾两位。"
            "您可以不填，改为请社区管理员当面核对。"
        ),
    ),
    (
        "6d0a8832-18b3-548d-8ef4-120966078231",
        "minors",
        "不满14周岁孩子的信息",
        (
            "作为监护人，您同意工作人员记录孩子的探访情况（学习、身体、心情、家里的照顾），只用来关心和保护孩子，不公开、不参加排名。"
            "您可以随时收回同意。"
            "发现孩子可能受到伤害时，法律要求马上报告，不等同意。"
        ),
    ),
    (
        "9c4b9c61-1aee-56a8-b7d0-5780802ba65f",
        "sharing_upward",
        "向上级报送",
        (
            "为您申请帮扶时，把您的姓名和困难情况报给县里的主管部门。"
            "您可以不同意，平时的统计报表只有数字，没有姓名。"
        ),
    ),
)
"""Id, purpose, title and text of the first version of each."""
BASES = ("duty", "guardian_consent", "mandatory_report")


def upgrade() -> None:
    op.create_table(
        "guardianships",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(length=15, collation="C"), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("guardian_id", sa.Uuid(), nullable=False),
        sa.Column(
            "relation",
            sa.Enum(
                "parent",
                "grandparent",
                "sibling",
                "other",
                name="guardianrelation",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("proof_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("child_id <> guardian_id", name=op.f("ck_guardianships_two_people")),
        sa.ForeignKeyConstraint(["child_id"], ["residents.id"], name=op.f("fk_guardianships_child_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["users.id"], name=op.f("fk_guardianships_ended_by")),
        sa.ForeignKeyConstraint(["guardian_id"], ["residents.id"], name=op.f("fk_guardianships_guardian_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["users.id"], name=op.f("fk_guardianships_recorded_by")),
        sa.ForeignKeyConstraint(["verified_by"], ["users.id"], name=op.f("fk_guardianships_verified_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardianships")),
    )
    op.create_index(op.f("ix_guardianships_child_id"), "guardianships", ["child_id"], unique=False)
    op.create_index(op.f("ix_guardianships_guardian_id"), "guardianships", ["guardian_id"], unique=False)
    op.create_table(
        "consent_texts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "location",
                "photo",
                "health_hardship",
                "id_number",
                "minors",
                "sharing_upward",
                name="consentpurpose",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_texts")),
        sa.UniqueConstraint("purpose", "version", name=op.f("uq_consent_texts_purpose_version")),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(length=15, collation="C"), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "location",
                "photo",
                "health_hardship",
                "id_number",
                "minors",
                "sharing_upward",
                name="consentpurpose",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "app", "paper", name="consentchannel", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["residents.id"], name=op.f("fk_consents_decided_by")),
        sa.ForeignKeyConstraint(["recorded_by"], ["users.id"], name=op.f("fk_consents_recorded_by")),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name=op.f("fk_consents_resident_id")),
        sa.ForeignKeyConstraint(["text_id"], ["consent_texts.id"], name=op.f("fk_consents_text_id")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["users.id"], name=op.f("fk_consents_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(
        "ix_consents_resident_id_purpose", "consents", ["resident_id", "purpose", "decided_at"], unique=False
    )
    _publish()
    basis = sa.Enum(*BASES, name="visitbasis", native_enum=False, length=32, create_constraint=False)
    op.add_column("visits", sa.Column("basis", basis, nullable=False, server_default="duty"))
    op.alter_column("visits", "basis", server_default=None)
    listed = ", ".join(f"'{word}'" for word in BASES)
    op.create_check_constraint(op.f("ck_visits_visitbasis"), "visits", f"basis IN ({listed})")


def _publish() -> None:
    texts = sa.table(
        "consent_texts",
        sa.column("id", sa.Uuid()),
        sa.column("purpose"),
        sa.column("version"),
        sa.column("title"),
        sa.column("text"),
        sa.column("text_hash", sa.LargeBinary()),
        sa.column("published_at", sa.DateTime(timezone=True)),
    )
    rows = [
        {
            "id": UUID(text_id),
            "purpose": purpose,
            "version": 1,
            "title": title,
            "text": text,
            "text_hash": sha256(f"{title}\n{text}".encode()).digest(),
            "published_at": PUBLISHED_AT,
        }
        for text_id, purpose, title, text in TEXTS
    ]
    op.bulk_insert(texts, rows)


def downgrade() -> None:
    op.drop_column("visits", "basis")
    op.drop_index("ix_consents_resident_id_purpose", table_name="consents")
    op.drop_table("consents")
    op.drop_table("consent_texts")
    op.drop_index(op.f("ix_guardianships_child_id"), table_name="guardianships")
    op.drop_index(op.f("ix_guardianships_guardian_id"), table_name="guardianships")
    op.drop_table("guardianships")
