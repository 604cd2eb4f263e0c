"""Asking two people at the machine for their codes, before a command does what nobody may alone."""

from collections.abc import Callable
from uuid import UUID

import click
from sqlalchemy.orm import Session, sessionmaker

from app import audit
from app.actors import Role
from app.audit import AuditKeys, AuditResult, Entry
from app.config import Settings
from app.db import transaction
from app.identity import two_persons
from app.keys import derived
from app.sealing import Sealer


def prove_two(
    new_session: sessionmaker[Session],
    settings: Settings,
    action: str,
    *,
    auditor: str,
    second: str,
    over: Callable[[Session], str | None],
    second_roles: frozenset[Role] = two_persons.OFFICER,
) -> tuple[UUID, UUID]:
    """Ask an auditor and a second person, by their phones, for their codes; give who they are.

    ``over`` says over which area both must be. A refusal is recorded, and says nothing of who was wrong.
    """
    auditor_code = click.prompt("Code of the auditor's authenticator app", hide_input=True)
    second_code = click.prompt("Code of the second person's authenticator app", hide_input=True)
    with new_session() as session, transaction(session):
        two = two_persons.prove_two(
            session,
            Sealer.of(settings),
            derived(settings.secret_key, "sign-in tries"),
            two_persons.Shown(auditor, auditor_code),
            two_persons.Shown(second, second_code),
            over=over(session),
            second_roles=second_roles,
        )
        if two is None:
            refused = Entry(action=action, result=AuditResult.REFUSED, code="not_proven")
            audit.record(session, AuditKeys.of(settings), refused)
    if two is None:
        message = "One of the two does not hold such a post over all of this, or a code is wrong."
        raise click.ClickException(message)
    return two
