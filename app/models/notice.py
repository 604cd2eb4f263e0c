"""Notices to users: written with the fact they tell of, read in the inbox."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AreaCode, Base, Id


class NoticeKind(enum.StrEnum):
    """What a notice tells."""

    HAZARD_STEP = "hazard_step"
    HAZARD_ASSIGNED = "hazard_assigned"
    HAZARD_UNASSIGNED = "hazard_unassigned"
    """Hazards have nobody any more and are to be given out anew (data: ``count``, ``hazard_ids``)."""
    HAZARD_ALARM = "hazard_alarm"
    """A hazard is nearly or over its time (data: ``step``; ``what`` where the office before has nobody)."""
    HAZARD_MATTER = "hazard_matter"
    """Something about a hazard waits for this person, or was decided for him (data: ``step``)."""
    OCCURRENCES = "occurrences"
    """Inspections of plans open today, were missed, or have somebody else now (data: ``what``, ``count``)."""
    CLAIM_STEP = "claim_step"
    VISIT_URGENT = "visit_urgent"
    OWN_VISIT = "own_visit"
    """Who was visited is asked whether somebody came (data: ``own_visit_id``; ``what``: ``call``)."""
    FOLLOW_UP_ASSIGNED = "follow_up_assigned"
    CARE = "care"
    """Who looks after somebody changed, or when (data: ``what``, ``care_record_id`` or ``count``)."""
    HARM_CASE = "harm_case"
    ACCOUNT_ALERT = "account_alert"
    """Something about the user's own account that he should know (data: ``what``)."""
    ACCOUNT_UNUSED = "account_unused"
    """An account that nobody used was disabled (data: ``user_id``)."""
    BINDING = "binding"
    """A binding to a resident was asked for, made, refused or ended (data: ``what``)."""
    OWN_DATA = "own_data"
    """Something about a wish that concerns one's own data (data: ``what``)."""
    APPROVAL = "approval"
    """A step waits for this person's approval, or was decided on (data: ``what``)."""
    PROXY = "proxy"
    """A proxy was asked for, confirmed or ended (data: ``what``), or somebody ordered or claimed for a home
    (``by_id``, and his post there, ``by_role``)."""
    SPOT_CHECK = "spot_check"
    """A spot check has a result, or an appeal was made or decided (data: ``what``, ``spot_check_id``)."""
    ROSTER_EXPORT = "roster_export"
    """A file of the roster is ready, or could not be made (data: ``what``, ``export_id``, ``reason``)."""
    HAZARD_EXPORT = "hazard_export"
    """The same of a file of the ledger of hazards."""
    ROSTER_IMPORT = "roster_import"
    """A workbook was checked, entered, or could not be checked (data: ``what``, ``import_id``, counts)."""


class Notice(Base):
    """A message for one user; no personal or health data in it (it may show on a locked screen)."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_user_id_id", "user_id", "id"),
        Index("ix_notices_unread", "user_id", "kind", postgresql_where=text("read_at IS NULL")),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[NoticeKind]
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
