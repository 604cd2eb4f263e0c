"""The order in which rows are locked where accounts are: else two who meet would wait for each other.

1. Accounts (``users``), several in the order of their ids.
2. Residents.
3. What hangs on them: bindings, requests, proxies, codes, invitations, approvals, sessions.

A notice holds its reader's account by its foreign key. So whoever tells somebody what becomes of a locked row
locked his account before. A closing stands before all of these: only the job that carries it out locks it.
"""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.models import User


def lock_accounts(session: Session, which: ColumnElement[bool]) -> list[User]:
    """Lock accounts in the order of their ids, before anything of theirs; give them as they are now.

    Who only names them by a foreign key, such as a notice, does not wait for this.
    """
    query = select(User).where(which).order_by(User.id).with_for_update(key_share=True)
    return list(session.scalars(query.execution_options(populate_existing=True)))
