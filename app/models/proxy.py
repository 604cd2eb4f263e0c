"""Proxies: who may act for a resident who cannot or does not want to do it himself (代办)."""

import enum
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.errors import IllegalStepError
from app.models.base import AreaCode, Base, Id
from app.models.freezing import Freezable
from app.models.household import Resident
from app.models.user import User


class ProxyRelation(enum.StrEnum):
    """What the acting person is to the resident."""

    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    GRANDCHILD = "grandchild"
    SIBLING = "sibling"
    RELATIVE = "relative"
    OTHER = "other"
    STAFF = "staff"
    """Nothing: he does it as his duty, and as long as he holds a role over the resident's area."""


class ProxyState(enum.StrEnum):
    """How far a proxy has come."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    ENDED = "ended"


class ProxyWord(enum.StrEnum):
    """How the resident said yes."""

    OWN_PHONE = "own_phone"
    """By his own account."""
    IN_PERSON = "in_person"
    """A community admin heard him say it."""
    BY_PHONE = "by_phone"
    """A community admin called him."""


class ProxyEnd(enum.StrEnum):
    """Who or what ended a proxy."""

    RESIDENT = "resident"
    PROXY = "proxy"
    ADMIN = "admin"
    BINDING = "binding"
    """One of the two is no longer who he was."""
    ACCOUNT = "account"
    """The acting person's account was closed."""
    OVER = "over"
    """Its time was over when somebody asked anew."""


PROXY_NEXT: dict[ProxyState, frozenset[ProxyState]] = {
    ProxyState.ASKED: frozenset({ProxyState.CONFIRMED, ProxyState.ENDED}),
    ProxyState.CONFIRMED: frozenset({ProxyState.ENDED}),
    ProxyState.ENDED: frozenset(),
}


class Proxy(Freezable, Base):
    """A user who may do some things for a resident, until a day, once the resident was heard."""

    __tablename__ = "proxies"
    __table_args__ = (
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_at_a_time"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ended_for_a_reason"),
        CheckConstraint(
            "CASE state WHEN 'asked' THEN confirmed_at IS NULL"
            " WHEN 'confirmed' THEN confirmed_at IS NOT NULL ELSE true END",
            name="confirmed_at_a_time",
        ),
        CheckConstraint("confirmed_by <> user_id", name="confirmed_by_another"),
        CheckConstraint("jsonb_array_length(functions) > 0", name="some_function"),
        Index(
            "uq_proxies_user_id_resident_id_open",
            "user_id",
            "resident_id",
            unique=True,
            postgresql_where=text("state <> 'ended'"),
        ),
        Index("ix_proxies_area_code_id", "area_code", "id"),
        Index("ix_proxies_user_id_id", "user_id", "id"),
        Index("ix_proxies_resident_id_id", "resident_id", "id"),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("residents.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    """Who acts."""
    asker_name: Mapped[str | None]
    """What he calls himself, where he asked from another household (``ask_as_kin``)."""
    relation: Mapped[ProxyRelation]
    functions: Mapped[list[str]]
    """Words of ``ProxyFunction``."""
    valid_until: Mapped[date]
    """Its last day."""
    consent: Mapped[str]
    """How the resident agreed, in the words of who asked."""
    state: Mapped[ProxyState] = mapped_column(default=ProxyState.ASKED)
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    let_in_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """Who of the staff handed out the code of the session in which it was asked for."""
    asked_at: Mapped[datetime]
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_how: Mapped[ProxyWord | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[ProxyEnd | None]
    content_hash: Mapped[bytes]
    resident: Mapped[Resident] = relationship(lazy="raise")
    user: Mapped[User] = relationship(lazy="raise", foreign_keys=[user_id])

    def advance(self, to: ProxyState) -> None:
        """Take one legal step; the only writer of ``state``. Raises IllegalStepError."""
        if to not in PROXY_NEXT[self.state]:
            raise IllegalStepError(now=self.state, asked=to)
        self.state = to
