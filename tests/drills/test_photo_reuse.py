"""The drill of photos that are used again in a short form."""

import re

from dev.drills.photo_reuse import SHORT, photo_reuse


def test_photos_are_recognised_in_every_disguise_and_no_stranger_is() -> None:
    """S-175: each change at its promised rate, no unrelated pair, and a look-up of some plain reads."""
    figure = photo_reuse(lambda _: None, SHORT)

    assert re.fullmatch(
        r"10 changes, each recognised \d+% or more; 0 of 56 unrelated pairs; \d+ ms, [\d.]+ plain reads",
        figure,
    )
