"""Jobs of the roster."""

from sqlalchemy.orm import Session

from app import people
from app.jobs.work import Means, in_batches


def prepare_search(means: Means) -> int:
    """Write by what residents are found whose name or phone was changed in bulk; give of how many."""

    def step(session: Session, *, limit: int) -> int:
        return people.prepare_search(session, means.sealer, limit=limit)

    return sum(in_batches(means, "prepare_search", step))
