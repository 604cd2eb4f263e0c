"""Changes of the roster that tests which really commit leave behind."""

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from app.models import RosterChange


def forget_changes(session: Session) -> None:
    """Take the history of the roster away, which nobody can but the owner of the database."""
    session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(delete(RosterChange))
    session.execute(text("SET LOCAL session_replication_role = origin"))
