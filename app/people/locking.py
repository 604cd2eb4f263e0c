"""The order in which rows are locked where accounts are: else two who meet would wait for each other.

1. Accounts (``users``), several in the order of their ids.
2. Residents.
3. What hangs on them: bindings, requests, guardianships, consents, tickets, proxies, codes, invitations,
   approvals, second factors, links to WeChat, sessions.

A row that names an account by a foreign key, such as a notice or whoever decided, holds that account. So
whoever tells somebody what becomes of a locked row of his, or writes into it who did it, locked both accounts
before. Where a row says which accounts these are, it is read without a lock first, and again under it.

These keep to it, each with the accounts that it locks first:

- ``people.consents``, a decision or a withdrawal: whoever decides or records, his whose it is, and his
  guardians'.
- ``people.guardians``: the child's, the guardian's, and whoever records, verifies or ends; whoever records
  then locks the two on the roster.
- ``identity.binding_ends``: whose it is, whoever ends it, the other sides of his proxies, those for whom he
  agreed, his wards and their other guardians.
- ``moves.leaving``, the end of a residence: the same accounts, bound or not; then the resident.
- ``moves.homes``: those of the home; then its people, and then the household, which whoever enters somebody
  into it takes as well.
- ``moves.outlook``, for steps with whole households: those of their people; then these, and then the
  households in the order of their ids, and last the accounts of points. A claim, an order and a batch of
  corrections take the household, or its account of points, before they name anybody.
- ``visits.care`` and ``visits.escape_helps``, whatever begins for somebody: the resident alone, shared, so
  that whoever lets him leave or move waits.
- ``moves.births``: the guardian's and whoever enters; then the guardian, and then the household.
- ``moves.same_person``, one of two: the duplicate's account, those who are told, and that of who stays; then
  both, in the order of their ids. ``moves.two_again``: the account that went; then both, then the household.
- ``identity.sign_in``, ``sign_in_codes``, ``wechat``, signing in: whose it is, and whose session the browser
  had before.
- ``identity.accounts``, an end: whose it is, whoever ends it, the other sides of his proxies, and who watches
  his posts.
- ``identity.binding_requests``: whoever asks and whoever decides.
- ``identity.proxies``: the resident's, and whoever acts, asked, confirms or ends.
- ``identity.sign_in_codes``: whoever hands one out and whoever gets it; then the resident.
- ``identity.invitations``: whoever gives, whoever gets, and the admins who are told; then the resident.
- ``identity.users``: whoever gives and whoever gets; then the resident.
- ``identity.second_factor``: whose it is.
- ``identity.wechat``: whom a link leads to, before the link; where that account may end, as above.
- ``identity.approvals``, a decision: whoever asked and whoever decides.
- ``identity.users``, the end of a grant: whose it is, and who watches that post.
- ``visits.tickets``: whoever asked and whoever decides.
- ``own_data.requests``: the resident's, and whoever asked and decides; then the resident.
- ``own_data.closing``, a wish: the account that it is about, and whoever asks.

Three do not. Whoever is bound while ``sign_in_codes`` or ``moves.leaving`` waits for the resident is locked
after him. Kin who ask for a proxy learn whose account is told only from a code. ``disable_unused`` locks many
in another order, and passes over who is locked; the other sides of their proxies come last. The next run does
what broke off.

Admins, and the offices above, who only hear that something waits are not locked: of a proxy that is asked
for, a request to be bound, a guardian, a correction or deletion, an approval, a ticket, the first officer of
an area. Nor are a minor's guardians and workers, who hear that its age was put right, those who looked after
somebody who moved out or died, and admins who hear that a guardian died, or that somebody agreed for a child
by a code. Nothing of theirs changes there, and a notice waits for nobody but who locked its reader fully, as
where his account ends.
Should that one in turn wait for what the teller locked, the database breaks one off, which is undone whole
and may be sent again: too rare to hold all admins of a community for each request.

A closing stands before all of these: only the job that carries it out locks it. It changes rows of every kind
under a locked account, in no order, and so gives way where one is taken; it comes again a minute later.
"""

from contextlib import suppress
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.models import Resident, User


class _SomebodyCame(Exception):  # noqa: N818 - no error, but what lets the locks go
    """Somebody came to be beside an account before it was locked."""


def lock_accounts(session: Session, which: ColumnElement[bool]) -> list[User]:
    """Lock accounts in the order of their ids, before anything of theirs; give them as they are now.

    Who only names them by a foreign key, such as a notice, does not wait for this.
    """
    query = select(User).where(which).order_by(User.id).with_for_update(key_share=True)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def lock_fully(session: Session, user_id: UUID, *, beside: ColumnElement[bool]) -> User | None:
    """Lock an account against whoever would even name it, and those ``beside`` it as above, in one order.

    Whoever writes a row that names it waits, and then sees what became of it. Whoever came to be beside it
    while this waited is seen once it is locked: all are let go, and locked anew with him among them. None if
    there is no such one.
    """
    who = {user_id}
    while True:
        who.update(session.scalars(select(User.id).where(beside)))
        with suppress(_SomebodyCame), session.begin_nested():
            for one in sorted(who):
                session.get(User, one, with_for_update={"key_share": one != user_id}, populate_existing=True)
            if not who.issuperset(session.scalars(select(User.id).where(beside))):
                raise _SomebodyCame
            return session.get(User, user_id)


def held_enabled(session: Session, user_id: UUID) -> bool:
    """Say whether an account is enabled, and hold it so until the end; who disables it waits, or is seen."""
    query = select(User.id).where(User.id == user_id, User.disabled_at.is_(None))
    return session.scalars(query.with_for_update(read=True, key_share=True)).first() is not None


def resident_locked(session: Session, resident_id: UUID) -> Resident | None:
    """Give a resident, locked: whoever binds to him takes his turn here before any unique key is touched."""
    return session.get(Resident, resident_id, with_for_update=True, populate_existing=True)


def user_locked(session: Session, user_id: UUID) -> User:
    """Give a user, locked; taken before a resident."""
    return session.get_one(User, user_id, with_for_update=True, populate_existing=True)
