"""The settings of retention: times that the law leaves to whoever operates. Read by ``app.config``."""

from collections.abc import Callable
from dataclasses import dataclass

_MOST = 600
_MOST_GONE = 36
"""What tells that somebody moved away may be gone itself after that (app/retention/frozen_rules.py)."""


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """Months; what the law or the work itself sets stands with the rules (app/retention)."""

    audit: int = 13
    """Entries of the audit trail, at least; and what stands beside it as evidence of looks at data."""
    photos: int = 36
    """Photos, after the record that names them ended: as long as somebody may sue (Civil Code, art. 188)."""
    notices: int = 12
    """Notices in an inbox."""
    care: int = 36
    """What was said on visits, after the care ended: as long as somebody may sue (Civil Code, art. 188)."""
    gone: int = 12
    """Numbers and name of who moved away or died: a year settles points, subsidies and what was left."""
    ended: int = 36
    """Bindings and proxies that ended, and wishes that were answered: as long as somebody may sue."""


def read_retention(whole: Callable[[str, int, int, int], int], *, audit_least: int) -> RetentionSettings:
    """Read the group by ``whole(name, default, least, most)``."""
    usual = RetentionSettings()
    return RetentionSettings(
        audit=whole("GONGDI_AUDIT_MONTHS", usual.audit, audit_least, _MOST),
        photos=whole("GONGDI_PHOTO_MONTHS", usual.photos, 1, _MOST),
        notices=whole("GONGDI_NOTICE_MONTHS", usual.notices, 1, _MOST),
        care=whole("GONGDI_CARE_MONTHS", usual.care, 1, _MOST),
        gone=whole("GONGDI_GONE_MONTHS", usual.gone, 1, _MOST_GONE),
        ended=whole("GONGDI_ENDED_MONTHS", usual.ended, 1, _MOST),
    )
