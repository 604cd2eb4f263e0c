"""Reading the whole trail again, to find what is not as it was written.

Pages of rows pass through; what is kept is a page, the hash before it, and the checkpoints.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.audit.chain import Head
from app.audit.cutting import Cut, last_cut
from app.audit.entries import content_of
from app.audit.findings import Finding, FindingKind
from app.audit.keys import BEGINNING, AuditKeys
from app.clock import now
from app.models import AuditCheckpoint, AuditEntry, AuditLink

_PAGE = 1000
GRACE = timedelta(minutes=10)
"""The job links every minute: what has no link for so long has lost it, or the job stands still."""
Progress = Callable[[int, int], None]
_COLUMNS = AuditEntry.__table__.columns


@dataclass(frozen=True)
class Signed:
    """A checkpoint, from the database or from its copy elsewhere."""

    number: int
    hash: bytes
    at: datetime
    signature: bytes

    def is_ours(self, keys: AuditKeys) -> bool:
        """Say whether the signature holds."""
        content = Head(self.number, self.hash).signed_content(self.at.astimezone(UTC).isoformat())
        return keys.is_signature(content, self.signature)


@dataclass
class Verifier:
    """One verification; ``entries`` and ``head`` say at the end how much was read."""

    session: Session
    keys: AuditKeys
    copies: Iterable[Signed] = ()
    """Checkpoints from outside the database."""
    tell: Progress = lambda _done, _total: None
    """Hears how many rows of how many were read."""
    entries: int = field(default=0, init=False)
    head: int = field(default=0, init=False)
    cut: Cut | None = field(default=None, init=False)
    """Where the trail begins, if its oldest part was purged."""
    _seen: dict[int, list[bytes]] = field(default_factory=dict, init=False)
    """Hashes of the head that checkpoints saw, by number."""

    def findings(self) -> Iterator[Finding]:
        """Read everything and give what is wrong, as it is found."""
        total = self.session.scalar(select(func.max(AuditLink.number))) or 0
        self.cut = last_cut(self.session, self.keys)
        yield from self._checkpoints()
        yield from self._links(total)
        promised = max(self._seen, default=0)
        if promised > self.head:
            yield Finding(FindingKind.LINKS_MISSING, self.head + 1, promised)
        yield from self._entries(total)

    def _checkpoints(self) -> Iterator[Finding]:
        kept = {row.number: row for row in self.session.execute(select(*AuditCheckpoint.__table__.columns))}
        for row in kept.values():
            yield from self._checkpoint(Signed(row.number, row.hash, row.at, row.signature))
        for copy in self.copies:
            if copy.number not in kept:
                yield Finding(FindingKind.CHECKPOINT_MISSING, copy.number)
            yield from self._checkpoint(copy)

    def _checkpoint(self, signed: Signed) -> Iterator[Finding]:
        if signed.is_ours(self.keys):
            self._seen.setdefault(signed.number, []).append(signed.hash)
        else:
            yield Finding(FindingKind.CHECKPOINT_CHANGED, signed.number)

    def _links(self, total: int) -> Iterator[Finding]:
        before, last = self._beginning(), None
        while page := self._page_of_links(last):
            for row in page:
                if row.number > self.head + 1:
                    yield Finding(FindingKind.LINKS_MISSING, self.head + 1, row.number - 1)
                    before = []
                yield from self._link(row, before)
                self.head = row.number
            last = page[-1].number
            self.tell(self.head, 2 * total)

    def _beginning(self) -> list[bytes]:
        """Give the hash before the first link: the cut's if there was one, none while it is carried out."""
        first = self.session.scalar(select(func.min(AuditLink.number)))
        if self.cut is None or first == 1:
            return [BEGINNING]
        self.head = self.cut.number if first is None else min(first - 1, self.cut.number)
        return [self.cut.hash] if self.head == self.cut.number else []

    def _link(self, row: Row[Any], before: list[bytes]) -> Iterator[Finding]:
        """Check one link; ``before`` holds what the hash before it may be, empty if nobody knows.

        After a link that was changed, its hash as it stands and as it should be are both let pass, so that
        one change is one finding.
        """
        known, before[:] = list(before), [row.link_hash]
        if any(seen != row.link_hash for seen in self._seen.get(row.number, ())):
            yield Finding(FindingKind.CHECKPOINT_DIFFERS, row.number, entry_id=row.entry_id)
        if row.id is None:
            yield Finding(FindingKind.ENTRY_MISSING, row.number, entry_id=row.entry_id)
            return
        content = content_of(row)
        if not self.keys.is_mac(content, row.mac):
            yield Finding(FindingKind.ENTRY_CHANGED, row.number, entry_id=row.entry_id)
            return
        if known and not any(self.keys.is_linked(row.link_hash, one, content, row.mac) for one in known):
            before.extend(self.keys.linked(one, content, row.mac) for one in known)
            yield Finding(FindingKind.LINK_CHANGED, row.number, entry_id=row.entry_id)

    def _entries(self, total: int) -> Iterator[Finding]:
        last: UUID | None = None
        while page := self._page_of_entries(last):
            self.entries += len(page)
            last = page[-1].id
            loose = [row.id for row in page if row.number is None]
            if loose:
                rows = select(*_COLUMNS).where(AuditEntry.id.in_(loose)).order_by(AuditEntry.id)
                for row in self.session.execute(rows):
                    yield from self._loose(row)
            self.tell(total + min(self.entries, total), 2 * total)

    def _loose(self, row: Row[Any]) -> Iterator[Finding]:
        if not self.keys.is_mac(content_of(row), row.mac):
            yield Finding(FindingKind.ENTRY_INSERTED, entry_id=row.id)
        elif row.at < now() - GRACE:
            yield Finding(FindingKind.ENTRY_UNLINKED, entry_id=row.id)

    def _page_of_links(self, after: int | None) -> Sequence[Row[Any]]:
        query = (
            select(AuditLink.number, AuditLink.entry_id, AuditLink.hash.label("link_hash"), *_COLUMNS)
            .outerjoin(AuditEntry, AuditEntry.id == AuditLink.entry_id)
            .order_by(AuditLink.number)
            .limit(_PAGE)
        )
        return self.session.execute(query if after is None else query.where(AuditLink.number > after)).all()

    def _page_of_entries(self, after: UUID | None) -> Sequence[Any]:
        query = (
            select(AuditEntry.id, AuditLink.number)
            .outerjoin(AuditLink, AuditLink.entry_id == AuditEntry.id)
            .order_by(AuditEntry.id)
            .limit(_PAGE)
        )
        return self.session.execute(query if after is None else query.where(AuditEntry.id > after)).all()
