"""Entering rows by the product's own verbs, each for itself: what is refused undoes nothing else."""

from collections.abc import Callable, Sequence
from uuid import UUID

from app.errors import DomainError
from app.imports.scene import Judged, Scene
from app.imports.telling import Became
from app.models import ImportOutcome


def one_by_one(
    scene: Scene, rows: Sequence[tuple[UUID, Judged]], make: Callable[[UUID, Judged], object]
) -> dict[UUID, Became]:
    """Let ``make`` enter each row; give what became of it."""
    became: dict[UUID, Became] = {}
    for row_id, one in rows:
        try:
            with scene.session.begin_nested():
                make(row_id, one)
                scene.session.flush()
        except DomainError as refusal:
            became[row_id] = Became.refused(refusal)
        else:
            became[row_id] = Became(ImportOutcome.DONE)
    return became
