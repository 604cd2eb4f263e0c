"""Visits to care residents, their forms, and what follows from them."""

import enum
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import AreaCode, Base, Id, Located, MadeByPhone, Sealed, located_by
from app.models.care import CareCategory, CareRecord, SaidBy


class VisitForm(Base):
    """One version of the questions for a care category; a visit keeps the version it used."""

    __tablename__ = "visit_forms"
    __table_args__ = (UniqueConstraint("category", "version"),)
    id: Mapped[Id]
    category: Mapped[CareCategory]
    version: Mapped[int]
    title: Mapped[str]
    source: Mapped[str] = mapped_column(default="")
    fields: Mapped[list[dict[str, Any]]]
    published_at: Mapped[datetime]


class VisitMode(enum.StrEnum):
    """How contact was made."""

    IN_PERSON = "in_person"
    PHONE = "phone"
    VIDEO = "video"


class VisitOutcome(enum.StrEnum):
    """What the contact showed."""

    SEEN_WELL = "seen_well"
    FINE_BY_PHONE = "fine_by_phone"
    NOT_REACHED = "not_reached"
    NEEDS_REFERRAL = "needs_referral"
    EMERGENCY = "emergency"


class VisitBasis(enum.StrEnum):
    """By what right a visit's notes are kept."""

    DUTY = "duty"
    GUARDIAN_CONSENT = "guardian_consent"
    MANDATORY_REPORT = "mandatory_report"
    CONSENT = "consent"
    """The resident's own, to health and hardship."""
    EMERGENCY = "emergency"
    """An emergency of somebody who did not agree (PIPL, art. 13(4))."""


class Confirmation(enum.StrEnum):
    """Whether whoever was visited says that somebody came."""

    NONE = "none"
    """Nobody was asked, or nobody answered."""
    SIGNED = "signed"
    """He signed on the worker's phone."""
    CONFIRMED = "confirmed"
    """He, or who answers for him, said so on his own phone."""
    DENIED = "denied"
    """He said there that nobody came."""


class Visit(MadeByPhone, Located, Base):
    """One contact with a care resident, filed once, never edited but by the one word of who was visited."""

    __tablename__ = "visits"
    __table_args__ = (
        Index("ix_visits_area_code_id", "area_code", "id"),
        Index("ix_visits_care_record_id_captured_at", "care_record_id", "captured_at"),
        Index("ix_visits_worker_id_id", "worker_id", "id"),
        Index("ix_visits_answered", "area_code", "id", postgresql_where=text("answer_id IS NOT NULL")),
        Index(
            "uq_visits_answer_id", "answer_id", unique=True, postgresql_where=text("answer_id IS NOT NULL")
        ),
        Index("ix_visits_answered_by", "answered_by", postgresql_where=text("answered_by IS NOT NULL")),
        located_by("visits", "worker_id"),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    care_record_id: Mapped[UUID] = mapped_column(ForeignKey("care_records.id"))
    form_id: Mapped[UUID] = mapped_column(ForeignKey("visit_forms.id"))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    code_id: Mapped[UUID | None] = mapped_column(ForeignKey("place_codes.id"))
    mode: Mapped[VisitMode]
    outcome: Mapped[VisitOutcome]
    basis: Mapped[VisitBasis] = mapped_column(default=VisitBasis.DUTY)
    answers_sealed: Mapped[Sealed | None]
    """JSON: what was said about health and home; None once its time was over (app/retention)."""
    unchanged_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("visits.id"))
    """The visit before, of which its worker confirmed what lasts; all answers stand in this one, too."""
    note_sealed: Mapped[Sealed | None]
    confirmation: Mapped[Confirmation] = mapped_column(default=Confirmation.NONE, server_default="none")
    answer_id: Mapped[UUID | None]
    """The step by which who was visited said so, or that nobody came; None until somebody did."""
    answer_hash: Mapped[bytes | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    answered_as: Mapped[SaidBy | None]
    word_sealed: Mapped[Sealed | None]
    """What he said besides; None once its time was over."""
    care_record: Mapped[CareRecord] = relationship(lazy="raise")
    form: Mapped[VisitForm] = relationship(lazy="raise")
    unchanged_from: Mapped["Visit | None"] = relationship(lazy="raise", remote_side="Visit.id")
    follow_ups: Mapped[list["FollowUp"]] = relationship(
        lazy="raise", order_by="FollowUp.id", back_populates="visit"
    )


class FollowUp(Base):
    """Something a visit showed to be needed, with an owner and a day it is due."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        Index("ix_follow_ups_area_code_id", "area_code", "id"),
        Index("ix_follow_ups_owner_id_due_on", "owner_id", "due_on"),
        Index("ix_follow_ups_done_by", "done_by", postgresql_where=text("done_by IS NOT NULL")),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visits.id"), index=True)
    need_sealed: Mapped[Sealed | None]
    """None once its time was over."""
    urgent: Mapped[bool] = mapped_column(default=False)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    due_on: Mapped[date]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    result_sealed: Mapped[Sealed | None]
    course_sealed: Mapped[Sealed | None]
    """JSON: to whom and to which day it was moved, by whom and why; None once its time was over."""
    reminded_on: Mapped[date | None]
    """When its owner was told that its day is over."""
    told_late_on: Mapped[date | None]
    """When the admins were."""
    told_unowned_on: Mapped[date | None]
    """When the admins were told that its owner has no post there any more."""
    visit: Mapped[Visit] = relationship(lazy="raise", back_populates="follow_ups")
