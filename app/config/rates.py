"""The settings of rates: how much one person and one address may ask a minute. Read by ``app.config``."""

from collections.abc import Callable
from dataclasses import dataclass

_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class RateSettings:
    """Requests a minute, counted by all processes together."""

    user_reads: int
    user_writes: int
    """A phone that comes back from a day offline sends its photos one after the other: a few a second."""
    address_requests: int
    """A village, or everybody behind a carrier's gateway, may share one address."""


def read_rates(whole: Callable[[str, int, int, int], int]) -> RateSettings:
    """Read the group by ``whole(name, default, least, most)``."""
    return RateSettings(
        user_reads=whole("GONGDI_USER_READS_A_MINUTE", 1200, 1, _MOST),
        user_writes=whole("GONGDI_USER_WRITES_A_MINUTE", 600, 1, _MOST),
        address_requests=whole("GONGDI_ADDRESS_REQUESTS_A_MINUTE", 6000, 1, _MOST),
    )
