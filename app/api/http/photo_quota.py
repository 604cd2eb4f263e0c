"""How many photos, and how many bytes of them, one person may send on a day in China."""

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

    Only what was kept counts: a photo sent again or refused is free. Photos sent side by side may pass the
    quota by as many as there are threads.
    """

    def __init__(self, user_id: UUID | None, *, photos: int, megabytes: int) -> None:
        self._day = business_day()
        name = (str(user_id), self._day.isoformat())
        self._photos = Tally(RateLimitItemPerDay(photos), ("photos", *name))
        self._bytes = Tally(RateLimitItemPerDay(megabytes * _BYTES_PER_MB), ("photo bytes", *name))

    def check(self, size: int) -> None:
        """Raise PhotoQuotaError where another photo, of ``size`` bytes, is too much for today."""
        if not (self._photos.has_room() and self._bytes.has_room(size)):
            raise PhotoQuotaError(retry_after_s=int((end_of(self._day) - now()).total_seconds()) + 1)

    def count(self, size: int) -> None:
        """Count a photo of ``size`` bytes that was kept."""
        self._photos.add()
        self._bytes.add(size)
