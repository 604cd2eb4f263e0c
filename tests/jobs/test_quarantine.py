"""Photos held back: scanned again by a job, listed, released and discarded by a command."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.actors import VISITOR
from app.adapters import Clamd
from app.cli.commands import commands
from app.config import ScannerSettings
from app.evidence import keep
from app.ids import new_id
from app.jobs.photos import compare_photos, scan_photos
from app.jobs.scheduler import run
from app.jobs.work import Means
from app.models import AuditEntry, Photo, Quarantine
from tests.evidence.photos import file, scene
from tests.fakes import clamd as fake

pytestmark = pytest.mark.xdist_group("jobs")
INFECTED = file(scene(300, 200), comment=fake.EICAR)
AWAY = Clamd(ScannerSettings(host="127.0.0.1", port=1))
Held = Callable[[], Quarantine | None]


@pytest.fixture
def daemon() -> Iterator[fake.Clamd]:
    with fake.Clamd() as running:
        yield running


@pytest.fixture
def scanner(daemon: fake.Clamd) -> Clamd:
    return Clamd(ScannerSettings(host="127.0.0.1", port=daemon.port))


@pytest.fixture
def photo_id(means: Means) -> Iterator[UUID]:
    """Give a photo that came while the scanner was away."""
    made = new_id()
    means.photos.scanner = AWAY
    with Session(means.engine) as session:
        keep(session, means.photos, VISITOR, made, file(scene(300, 200)))
        session.commit()
    yield made
    with Session(means.engine) as session:
        session.execute(delete(Photo).where(Photo.id == made))
        session.commit()


@pytest.fixture
def held(means: Means, photo_id: UUID) -> Held:
    """Say why the photo is held back now."""

    def look() -> Quarantine | None:
        with Session(means.engine) as session:
            return session.get_one(Photo, photo_id).quarantine

    return look


@pytest.fixture
def command(environ: dict[str, str]) -> Callable[..., Result]:
    return lambda *words: CliRunner().invoke(commands, ("quarantine", *words), env=environ)


def test_it_is_shown_and_compared_once_the_scanner_is_back(means: Means, held: Held, scanner: Clamd) -> None:
    """S-151: a failed scan is tried again until there is an answer."""
    assert (run(compare_photos, means), run(scan_photos, means), held()) == (0, 0, Quarantine.UNSCANNED)
    means.photos.scanner = None
    assert (run(scan_photos, means), held()) == (0, Quarantine.UNSCANNED), "nobody lets it through"

    means.photos.scanner = scanner

    assert (run(scan_photos, means), held()) == (1, None)
    assert (run(scan_photos, means), run(compare_photos, means)) == (0, 1)


def test_what_is_found_then_stays_held(means: Means, held: Held, daemon: fake.Clamd, scanner: Clamd) -> None:
    """S-151: a hit of the second scan is a hit, and is not asked about again."""
    means.photos.scanner, daemon.says = scanner, f"stream: {fake.NAME} FOUND"

    assert (run(scan_photos, means), held()) == (1, Quarantine.VIRUS)
    daemon.says = ""
    assert (run(scan_photos, means), held()) == (0, Quarantine.VIRUS)


def test_an_operator_lists_and_releases_with_a_reason(
    means: Means, photo_id: UUID, held: Held, command: Callable[..., Result]
) -> None:
    """S-151: who lets a photo be shown says why, and the audit trail keeps it."""
    listed = command()
    assert (listed.exit_code, f"{photo_id} " in listed.output, "unscanned" in listed.output) == (
        0,
        True,
        True,
    )
    refused = command("--release", str(photo_id))
    assert (refused.exit_code, "--reason" in refused.output, held()) == (1, True, Quarantine.UNSCANNED)

    done = command("--release", str(photo_id), "--reason", "looked at by hand")

    assert (done.exit_code, held(), str(photo_id) in command().output) == (0, None, False)
    again = command("--release", str(photo_id), "--reason", "looked at by hand")
    assert (again.exit_code, "No such photo" in again.output) == (1, True)
    with Session(means.engine) as session:
        query = select(AuditEntry.facts).where(AuditEntry.action == "command:quarantine")
        (facts,) = [one for one in session.scalars(query) if one["photo_id"] == str(photo_id)]
    assert facts == {
        "count": 1, "step": "release", "photo_id": str(photo_id), "reason": "looked at by hand"
    }  # fmt: skip


def test_one_that_is_discarded_is_gone(means: Means, photo_id: UUID, command: Callable[..., Result]) -> None:
    done = command("--discard", str(photo_id), "--reason", "a real one")

    with Session(means.engine) as session:
        assert (done.exit_code, session.get(Photo, photo_id)) == (0, None)
    both = command("--discard", str(photo_id), "--release", str(photo_id), "--reason", "which")
    assert (both.exit_code, "One at a time" in both.output) == (1, True)


def test_a_virus_in_what_is_sent_is_named_in_the_list(
    means: Means, scanner: Clamd, command: Callable[..., Result]
) -> None:
    means.photos.scanner = scanner
    with Session(means.engine) as session:
        photo, _ = keep(session, means.photos, VISITOR, new_id(), INFECTED)
        session.commit()
        assert f"virus {fake.NAME}" in command().output
        session.delete(photo)
        session.commit()
