"""What the database forgot of old removals goes from the list too, by itself."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app import own_data
from app.clock import months_ago
from app.ids import new_id
from app.jobs.scheduler import NIGHTLY
from app.jobs.work import apply_retention, copy_removals, renew_removals
from app.models import Removal, RemovalKind
from tests.own_data.place import Place

FACTS = {"ended_by": None, "end_reason": "left", "user_id": "u", "resident_id": "r", "way": "phone"}


def write_old(place: Place, *days: int) -> None:
    """Let bindings have ended so many days before their facts are over, or after it where it is negative."""
    ended = months_ago(36)
    with Session(place.engine) as session:
        for one in days:
            at = ended - timedelta(days=one)
            kept = {"what": RemovalKind.BINDING_ENDED, "row_id": new_id(), "facts": FACTS}
            session.add(Removal(id=new_id(), at=at, **kept))
        session.commit()


def facts(place: Place) -> list[Mapping[str, object]]:
    return [one.facts for one in own_data.removals_in(place.list, place.means.audit_keys)]


def test_the_job_writes_it_anew_once_a_month_of_facts_is_over(place: Place) -> None:
    """S-81: after years not every night, and never what the table still tells."""
    write_old(place, 29, 10, -1)
    copy_removals(place.means)
    apply_retention(place.means)
    too_early, kept = renew_removals(place.means), facts(place)
    write_old(place, 31)
    copy_removals(place.means)
    untouched = renew_removals(place.means)
    apply_retention(place.means)
    place.list.chmod(0o640)
    renewed, left = renew_removals(place.means), facts(place)
    mode = place.list.stat().st_mode & 0o777

    assert (too_early, kept) == (0, [FACTS] * 3)
    assert untouched == 0, "the table tells it yet"
    assert (renewed, left) == (4, [{}, {}, FACTS, {}])
    assert mode == 0o640
    assert (renew_removals(place.means), copy_removals(place.means)) == (0, 0)


def test_it_comes_after_retention_each_night_and_needs_a_list(place: Place) -> None:
    """S-81: what is forgotten in a night is forgotten in the list the same night."""
    at = {job: (hour, minute) for job, hour, minute in NIGHTLY}

    assert at[renew_removals] > at[apply_retention]
    assert renew_removals(place.means) == 0, "the file is not there yet"


@pytest.mark.parametrize("damage", ["changed", "older database"])
def test_it_reads_all_of_the_list_and_cries_out(place: Place, damage: str) -> None:
    """S-81: what is amiss in the middle is noticed before a restore needs it."""
    backup = place.backup()
    write_old(place, 40, 35, 31)
    copy_removals(place.means)
    apply_retention(place.means)
    used = place.restored(backup) if damage == "older database" else place
    if damage == "changed":
        place.list.write_bytes(place.list.read_bytes().replace(b"phone", b"staff", 1))
    before = place.list.read_bytes()
    with pytest.raises((own_data.RemovalListError, own_data.ListAheadError)):
        renew_removals(used.means)
    used.engine.dispose()

    assert place.list.read_bytes() == before
