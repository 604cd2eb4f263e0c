"""How many photos, and how many bytes of them, one person may send on a day in China."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from uuid import UUID

from limits import RateLimitItemPerDay

from app.api.http.limits import Tally
from app.clock import business_day, end_of, now
from app.errors import DomainError, Kind

_BYTES_PER_MB = 1_000_000


class PhotoQuotaError(DomainError):
    """Whoever sends has sent as many photos today as a day takes (data: ``retry_after_s``)."""

    code = "photo_quota"
    kind = Kind.TOO_MANY


class PhotoQuota:
    """What one person sent today, against what a day takes.

    Only what was kept counts: a photo sent again or refused is free. Each takes its share before the work on
    its pixels and gives it back if it is not kept, so photos sent side by side do not pass the quota. Without
    Redis each process counts for itself.
    """

    def __init__(self, user_id: UUID | None, *, photos: int, megabytes: int) -> None:
        self._day = business_day()
        name = (str(user_id), self._day.isoformat())
        self._photos = Tally(RateLimitItemPerDay(photos), ("photos", *name))
        self._bytes = Tally(RateLimitItemPerDay(megabytes * _BYTES_PER_MB), ("photo bytes", *name))

    @contextmanager
    def spent_if_kept(self, size: int) -> Iterator[Callable[[], None]]:
        """Give what takes the share of a photo of ``size`` bytes; a fault in the block gives it back."""
        taken = ExitStack()

        def spend() -> None:
            self._take(self._photos, 1, taken)
            self._take(self._bytes, size, taken)

        with taken:
            yield spend
            taken.pop_all()

    def _take(self, tally: Tally, amount: int, taken: ExitStack) -> None:
        """Take a share. It counts the moment it is asked for, so it is given back where there was no room.

        Raises PhotoQuotaError.
        """
        has_room = tally.add(amount)
        taken.callback(tally.give_back, amount)
        if not has_room:
            raise PhotoQuotaError(retry_after_s=int((end_of(self._day) - now()).total_seconds()) + 1)
