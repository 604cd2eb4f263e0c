"""Of which jobs the trail says how many: not of those of care, from which small figures would be read."""

_OF_CARE = {
    "bring_visits_forward",
    "put_visits_back",
    "tell_not_reached",
    "tell_of_follow_ups",
    "tell_without_hands",
}
"""An alert is for an area, levels and categories of somebody's choice: its count would be such a figure."""


def told_of(job: str, count: int) -> dict[str, int]:
    """Give what an entry of the trail says of how many it was."""
    return {} if job in _OF_CARE else {"count": count}
