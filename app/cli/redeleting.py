"""The command that removes again, after a restore, what people had removed since the backup was made."""

import sys
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import click
import structlog
from sqlalchemy.orm import Session, sessionmaker

from app import own_data
from app.adapters import open_photos
from app.audit import AuditKeys
from app.cli.sessions import many_sessions, one_session, record
from app.config import Settings
from app.db import batches, transaction
from app.identity import again
from app.models import RemovalKind
from app.own_data import Outcome, Removed
from app.sealing import Sealer

log = structlog.get_logger()
_TOLD = 200
_WAYS_IN = 5000
"""Ended in one transaction: so many take a second, where all at once could outlast a statement's time."""


@click.command(name="redelete")
@click.option("--dry-run", is_flag=True, help="Count what is to be removed again, and change nothing.")
@click.option(
    "--by-hand",
    type=click.IntRange(min=1),
    multiple=True,
    metavar="LINE",
    help="This line, which failed each time, counts as done: people put it right. May stand more than once.",
)
def redelete(*, dry_run: bool, by_hand: tuple[int, ...]) -> None:
    """Remove again what the list of GONGDI_REDELETE_LIST says was removed after this backup was made.

    To be run after a restore, before anybody signs in; again changes nothing. Each removal is a transaction
    with an entry in the audit trail. Exit 1 if one failed, which is named with its line: run it again once
    that is put right, or with --by-hand. Everybody is signed out, each time, for who signed out since is
    signed in again by the backup.
    """
    settings = Settings.read()
    file = settings.redelete_list
    if file is None or not file.is_file():
        raise click.ClickException(
            "GONGDI_REDELETE_LIST names no file that is there: put the newest copy of the list in its place. "
            "Nothing was done"
        )
    with many_sessions(settings) as new_session:
        run = _Run(settings, new_session, file, frozenset(by_hand))
        left = run.count()
        click.echo(f"{run.listed} removals in the list, {left.total()} of them younger than this database.")
        if dry_run:
            for what, count in sorted(left.items()):
                click.echo(f"{what}: {count}")
            return
        run.shut_everybody_out()
        for kinds in own_data.ROUNDS:
            run.do(kinds)
        run.number()
    if run.waiting:
        click.echo(f"{run.waiting} wait for those that failed, for they are about the same people.")
    click.echo(
        "; ".join(f"{outcome}: {run.outcomes[outcome]}" for outcome in Outcome) + f"; failed: {run.failed}."
    )
    sys.exit(1 if run.failed else 0)


@click.command(name="recopy-removals")
def recopy_removals() -> None:
    """Write the list of GONGDI_REDELETE_LIST anew from the database, where it was lost or is an older one.

    Not after a restore: then the list knows more than the database, and the command refuses.
    """
    settings = Settings.read()
    if settings.redelete_list is None:
        raise click.ClickException("GONGDI_REDELETE_LIST is not set. Nothing was done")
    try:
        with one_session(settings) as session:
            made = own_data.write_list_anew(session, AuditKeys.of(settings), settings.redelete_list)
    except (own_data.ListAheadError, own_data.RemovalListError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"The list has {made} removals; what was not copied yet follows within a minute.")


@dataclass
class _Run:
    """One run of the command, and what it came to."""

    settings: Settings
    new_session: sessionmaker[Session]
    file: Path
    by_hand: frozenset[int] = frozenset()
    """Lines that count as done."""
    listed: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    failed: int = 0
    waiting: int = 0
    _held: set[UUID] = field(default_factory=set)
    """Who is concerned by what failed in an earlier round: nothing of theirs is done before that. A closing
    that came after the numbers of its account are gone would no longer know them in texts."""

    def count(self) -> Counter[str]:
        """Read the whole list, so that a damaged one is refused before anything is done; count what is left.

        Raises ClickException.
        """
        left, numbers = Counter[str](), set[int]()
        try:
            for batch in self._batches():
                self.listed += len(batch)
                with self.new_session() as session:
                    lacking = own_data.not_in_database(session, batch)
                left.update(one.what.value for one in lacking)
                numbers |= self.by_hand & {one.number for one in lacking}
        except own_data.RemovalListError as error:
            raise click.ClickException(str(error)) from error
        if self.by_hand - numbers:
            raise click.ClickException(
                f"Nothing is left to do of line {min(self.by_hand - numbers)}. Nothing was done"
            )
        return left

    def shut_everybody_out(self) -> None:
        """Let nobody in by what the backup brought back."""
        ended = sum(batches(self.new_session, self._end_some, size=_WAYS_IN))
        click.echo(f"{ended} sessions, refresh tokens, invitations and sign-in codes ended.")

    def _end_some(self, session: Session) -> int:
        ended = again.shut_everybody_out(session, limit=_WAYS_IN)
        record(session, self.settings, "redelete", ended, what="ways_in")
        return ended

    def do(self, kinds: Collection[RemovalKind]) -> None:
        """Do what is left of these kinds, which is one round."""
        tools = own_data.Tools(Sealer.of(self.settings), open_photos(self.settings))
        failed = set[UUID]()
        for batch in self._batches():
            with self.new_session() as session:
                left = own_data.not_in_database(session, batch)
            for one in left:
                if one.what not in kinds:
                    continue
                if one.concerned & self._held:
                    self.waiting += 1
                    continue
                if not self._do(tools, one):
                    failed |= one.concerned
                done = self.outcomes.total() + self.failed
                if done % _TOLD == 0:
                    click.echo(f"{done} so far.")
        self._held |= failed

    def number(self) -> None:
        """Give numbers to all lines, if all are known: until then the scheduler goes on crying out."""
        if not self.failed and not self.waiting:
            with self.new_session() as session, transaction(session):
                own_data.take_numbers(session, AuditKeys.of(self.settings), self.file)

    def _do(self, tools: own_data.Tools, one: Removed) -> bool:
        named = ", ".join(f"{name} {value}" for name, value in sorted(one.facts.items()))
        told = f"{one.what} of {one.row_id}{f' ({named})' if named else ''}, line {one.number}"
        try:
            with self.new_session() as session, transaction(session):
                outcome = self._outcome(session, tools, one)
                facts = {"removal": str(one.id), "what": one.what.value, "outcome": outcome.value}
                record(session, self.settings, "redelete", 1, row=str(one.row_id), **facts)
        except Exception:
            log.exception("removal_failed", removal=str(one.id), what=one.what.value, line=one.number)
            self.failed += 1
            click.echo(f"Failed: {told}, removal {one.id}; the log says where.")
            return False
        self.outcomes[outcome] += 1
        if outcome is Outcome.BY_HAND:
            click.echo(f"For people to put right: {told}.")
        return True

    def _outcome(self, session: Session, tools: own_data.Tools, one: Removed) -> Outcome:
        if one.number in self.by_hand:
            own_data.know(session, one)
            return Outcome.BY_HAND
        return own_data.redelete(session, tools, one)

    def _batches(self) -> Iterator[list[Removed]]:
        return own_data.lines_in_batches(self.file, AuditKeys.of(self.settings))
