"""The ledger's tables: accounts, transfers between them, and the lots that points travel in."""

import enum
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AreaCode, Base, Big, Id


class AccountKind(enum.StrEnum):
    """A household's account, or one of the four that each community has besides."""

    HOUSEHOLD = "household"
    ISSUANCE = "issuance"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    ADJUSTMENT = "adjustment"


class Account(Base):
    """Whose points; only a household's balance is kept, the others' is the sum of their transfers."""

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("balance >= 0", name="balance_not_negative"),
        CheckConstraint("held BETWEEN 0 AND balance", name="held_within_balance"),
        CheckConstraint("(kind = 'household') = (household_id IS NOT NULL)", name="household_named"),
        CheckConstraint("kind = 'household' OR (balance = 0 AND held = 0)", name="sum_is_not_kept"),
        Index(
            "uq_accounts_area_code_kind",
            "area_code",
            "kind",
            unique=True,
            postgresql_where=text("kind <> 'household'"),
        ),
        {"postgresql_with": {"fillfactor": "70"}},
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    """The community."""
    kind: Mapped[AccountKind]
    household_id: Mapped[UUID | None] = mapped_column(ForeignKey("households.id"), unique=True)
    balance: Mapped[Big] = mapped_column(default=0)
    held: Mapped[Big] = mapped_column(default=0)
    """Part of the balance that open redemptions have reserved."""


class TransferKind(enum.StrEnum):
    """Why points moved."""

    AWARD = "award"
    REDEEM = "redeem"
    EXPIRE = "expire"
    CORRECT = "correct"
    REVERSE = "reverse"
    MOVE = "move"
    """To another household, or back to the community, as a household is closed, split or merged."""


class SourceKind(enum.StrEnum):
    """The fact behind a transfer or a claim; with its id it is unique, so nothing counts twice."""

    CLAIM = "claim"
    REDEMPTION = "redemption"
    HAZARD = "hazard"
    CORRECTION = "correction"
    ROSTER = "roster"
    """A change of the roster, by its id."""


class Transfer(Base):
    """One immutable row that moves points from one account to another; a trigger refuses change.

    Who and what it names has no foreign keys: nothing of it is ever deleted, the ledger's statement reads
    both accounts itself, and each key would lock a row that all postings of a community share. The
    reconciliation finds a transfer that names what is not there.
    """

    __tablename__ = "transfers"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("debit_id <> credit_id", name="two_accounts"),
        UniqueConstraint("source_id", "source_kind", "kind"),
        Index(
            "uq_transfers_reverses_id",
            "reverses_id",
            unique=True,
            postgresql_where=text("reverses_id IS NOT NULL"),
        ),
        Index(
            "ix_transfers_debit_id_number",
            "debit_id",
            "number",
            postgresql_where=text("debit_balance IS NOT NULL"),
        ),
        Index(
            "ix_transfers_credit_id_number",
            "credit_id",
            "number",
            postgresql_where=text("credit_balance IS NOT NULL"),
        ),
    )
    id: Mapped[Id]
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    """Drawn while the accounts are locked: an account's entries are numbered in the order they posted."""
    area_code: Mapped[AreaCode]
    debit_id: Mapped[UUID]
    """The account that loses points."""
    credit_id: Mapped[UUID]
    """The account that gains them."""
    amount: Mapped[Big]
    kind: Mapped[TransferKind]
    source_kind: Mapped[SourceKind]
    source_id: Mapped[UUID]
    rule_id: Mapped[UUID | None]
    resident_id: Mapped[UUID | None]
    """Who earned or spent."""
    by_id: Mapped[UUID | None]
    """Who approved."""
    at: Mapped[datetime]
    note: Mapped[str]
    debit_balance: Mapped[int | None] = mapped_column(BigInteger)
    """The debit account's balance after this transfer, where a balance is kept."""
    credit_balance: Mapped[int | None] = mapped_column(BigInteger)
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("transfers.id"))


class Lot(Base):
    """Points granted by one transfer, with the day they must be used by.

    No foreign keys: the ledger's statement makes the row out of the transfer's own, which nobody can delete,
    and each key would cost the hot path a look-up and a lock.
    """

    __tablename__ = "lots"
    __table_args__ = (
        CheckConstraint("remaining BETWEEN 0 AND amount", name="remaining_within_amount"),
        Index(
            "ix_lots_account_id_use_by", "account_id", "use_by", "id", postgresql_where=text("remaining > 0")
        ),
        {"postgresql_with": {"fillfactor": "80"}},
    )
    id: Mapped[Id]
    """The transfer that granted it."""
    account_id: Mapped[UUID]
    amount: Mapped[Big]
    remaining: Mapped[Big]
    use_by: Mapped[date]


class LotDraw(Base):
    """How much a transfer out of an account took from a lot."""

    __tablename__ = "lot_draws"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_lot_draws_lot_id", "lot_id"),
    )
    transfer_id: Mapped[Id] = mapped_column(ForeignKey("transfers.id"))
    lot_id: Mapped[Id] = mapped_column(ForeignKey("lots.id"))
    amount: Mapped[Big]
