"""What was frozen when an account was closed: kept as long as somebody may sue, then it goes.

Consents have their own rule, of the same length. Reports stay with the ledger of hazards.
"""

from collections.abc import Iterator

from sqlalchemy import select, true

from app.clock import months_ago
from app.models import Binding, BindingRequest, Closing, Correction, Deletion, HarmRecord, Proxy
from app.retention.consent_rules import PROOF_MONTHS
from app.retention.gone_rules import shows_return
from app.retention.harm_rules import tells_of_harm
from app.retention.rules import Rule, table_of


def frozen_rules() -> Iterator[Rule]:
    """Give the rules.

    A correction that tells of harm to a minor is never over, and a binding not while it alone shows that
    somebody came back.
    """
    over = select(Closing.id).where(Closing.ended_at < months_ago(PROOF_MONTHS))
    for model in (Binding, BindingRequest, Correction, Deletion, Proxy):
        table = table_of(model)
        free = ~shows_return() if model is Binding else true()
        yield Rule(
            f"frozen {table.name.replace('_', ' ')}",
            table,
            table.c.frozen_by.in_(over) & free & ~tells_of_harm(table.c.id, HarmRecord.CORRECTION),
            kept=f"{PROOF_MONTHS} months after the account was closed",
            basis="PIPL 47; Civil Code 188",
        )
