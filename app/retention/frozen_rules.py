"""What was frozen when an account was closed: kept as long as somebody may sue, then it goes.

Consents have their own rule, of the same length. Reports stay with the ledger of hazards.
"""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, false, select

from app.clock import months_ago
from app.models import Base, Binding, BindingRequest, Closing, Correction, Deletion, HarmRecord, Proxy
from app.retention.consent_rules import PROOF_MONTHS
from app.retention.gone_rules import shows_return
from app.retention.harm_rules import kept_for_a_case
from app.retention.rules import Rule, table_of


def frozen_rules() -> Iterator[Rule]:
    """Give the rules.

    A correction that tells of harm to a minor is never over, and a binding not while it alone shows that
    somebody came back.
    """
    over = select(Closing.id).where(Closing.ended_at < months_ago(PROOF_MONTHS))
    kept: dict[type[Base], ColumnElement[bool]] = {
        Binding: shows_return(),
        Correction: kept_for_a_case(Correction.id, HarmRecord.CORRECTION),
    }
    for model in (Binding, BindingRequest, Correction, Deletion, Proxy):
        table = table_of(model)
        yield Rule(
            f"frozen {table.name.replace('_', ' ')}",
            table,
            table.c.frozen_by.in_(over) & ~kept.get(model, false()),
            kept=f"{PROOF_MONTHS} months after the account was closed",
            basis="PIPL 47; Civil Code 188",
        )
