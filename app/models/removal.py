"""What was removed by the wish of people, so that it can be removed again from an older backup."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id


class RemovalKind(enum.StrEnum):
    """What went: the table, and what of its row."""

    CLOSING_BEGUN = "closings.begun"
    """An account was shut. Its rows go by the closing's own rules."""
    CLOSING_WITHDRAWN = "closings.withdrawn"
    """Not to be carried out."""
    PHONE_OF_RESIDENT = "residents.phone"
    """Taken away, or another stands in its place."""
    ID_NUMBER_OF_RESIDENT = "residents.id_number"
    PHONE_OF_USER = "users.phone"
    WORDS_OF_VISIT = "visits.words"
    WORDS_OF_FOLLOW_UP = "follow_ups.words"
    PHOTO = "photos"
    POSITION_OF_PHOTO = "photos.position"
    POSITION_OF_HAZARD = "hazards.position"
    CONSENT_WITHDRAWN = "consents.withdrawn"
    CONSENT_REFUSED = "consents.refused"
    """A no, which ends every yes before it."""
    BINDING_ENDED = "bindings.ended"
    BINDING_REQUEST_WITHDRAWN = "binding_requests.withdrawn"
    BINDING_CODE = "binding_codes"
    PROXY_ENDED = "proxies.ended"
    GUARDIANSHIP_ENDED = "guardianships.ended"
    WECHAT_ENDED = "wechat_identities.ended"
    CORRECTED = "corrections.done"
    """Something was put right; what stood there before is back in a backup."""
    CORRECTION_WITHDRAWN = "corrections.withdrawn"
    DELETION_WITHDRAWN = "deletions.withdrawn"


class Removal(Base):
    """One removal, written by a trigger in its own transaction and copied to a file by a job; ids only.

    It has no foreign keys, and stays: a database that knows a removal is not older than it. The database lets
    it be numbered and copied once, and its facts be emptied when they are needed no more.
    """

    __tablename__ = "removals"
    __table_args__ = (Index("ix_removals_uncopied", "at", postgresql_where=text("number IS NULL")),)
    id: Mapped[Id]
    at: Mapped[datetime]
    what: Mapped[RemovalKind]
    row_id: Mapped[UUID]
    facts: Mapped[dict[str, Any]]
    """Columns of the row that it takes to do it again: ids and words of fixed lists."""
    copied_at: Mapped[datetime | None]
    """When its line stood in the file; without a number the file was one of before lines had numbers."""
    number: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    """Of its line, from 1 on without a gap: so a list that lost some is noticed."""
