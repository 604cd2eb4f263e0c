"""The text that guardians agree to names all that rests on it: numbers, account and points, not visits alone.

Whoever agreed to the first version is asked anew before anything more is written about his ward (PIPL, art. 14).
"""

from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "20261129_1229"
down_revision = "20261129_1210"
branch_labels = None
depends_on = None

TEXT_ID = UUID("95a68f37-f88a-513f-9ebd-18ac3c434a18")
TITLE = "不满14周岁孩子的信息"
TEXT = (
    "作为监护人，您同意工作人员登记孩子的电话和身份证号、给孩子开通账号、记录孩子得的积分，"
    "并记录孩子的探访情况（学习、身体、心情、家里的照顾），只用来关心和保护孩子、给家里记积分，不公开、不参加排名。"
    "您可以随时收回同意，收回以后不再记新的，您家的积分照样能用。"
    "发现孩子可能受到伤害时，法律要求马上报告，不等同意。"
)
TEXTS = sa.table(
    "consent_texts",
    sa.column("id", sa.Uuid()),
    sa.column("purpose"),
    sa.column("version"),
    sa.column("title"),
    sa.column("text"),
    sa.column("text_hash", sa.LargeBinary()),
    sa.column("published_at", sa.DateTime(timezone=True)),
)
CONSENTS = sa.table("consents", sa.column("text_id", sa.Uuid()))

_TAKE_BACK = """
UPDATE consents AS earlier
SET withdrawn_at = coalesce(last.withdrawn_at, last.decided_at),
    withdrawn_by = coalesce(last.withdrawn_by, last.recorded_by)
FROM (
    SELECT DISTINCT ON (resident_id) *
    FROM consents
    WHERE text_id = :text_id
    ORDER BY resident_id, decided_at DESC, id DESC
) AS last
WHERE earlier.resident_id = last.resident_id
  AND earlier.purpose = 'minors'
  AND earlier.text_id <> :text_id
  AND earlier.given
  AND earlier.withdrawn_at IS NULL
  AND (NOT last.given OR last.withdrawn_at IS NOT NULL)
"""


def upgrade() -> None:
    op.bulk_insert(
        TEXTS,
        [
            {
                "id": TEXT_ID,
                "purpose": "minors",
                "version": 2,
                "title": TITLE,
                "text": TEXT,
                "text_hash": sha256(f"{TITLE}\n{TEXT}".encode()).digest(),
                "published_at": datetime(2026, 11, 29, tzinfo=UTC),
            }
        ],
    )


def downgrade() -> None:
    """Take the text back with what was agreed to it: an older version knows no such text.

    Where the last word on it was a no, or was taken back, so are earlier yeses: else these would stand again.
    """
    op.execute(sa.text(_TAKE_BACK).bindparams(sa.bindparam("text_id", TEXT_ID, sa.Uuid())))
    op.execute(CONSENTS.delete().where(CONSENTS.c.text_id == TEXT_ID))
    op.execute(TEXTS.delete().where(TEXTS.c.id == TEXT_ID))
