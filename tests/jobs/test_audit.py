"""The jobs and the command of the audit trail, on a database of their own."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import audit
from app.audit import Entry
from app.db import sessions_for, transaction
from app.jobs.work import Means, checkpoint_audit, link_audit, post_due_claims, verify_audit
from app.models import AuditEntry, AuditLink, AuditVerification
from dev.settings import environment
from dev.var import ROOT

pytestmark = pytest.mark.xdist_group("jobs")


def _record(means: Means) -> None:
    with transaction(sessions_for(means.engine)()) as session:
        audit.record(session, means.audit_keys, Entry(action="job:test"))


def _verify(environ: Mapping[str, str]) -> tuple[int, str]:
    command = [sys.executable, "-m", "app.cli", "verify-audit"]
    done = subprocess.run(
        command, env=environment(environ), cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_entries_are_linked_signed_copied_and_verified(means: Means, tmp_path: Path) -> None:
    """S-101: what the scheduler does each minute and each night."""
    file = tmp_path / "copies"
    copying = replace(means, audit_copies=file)
    link_audit(means)
    _record(means)

    assert (link_audit(means), link_audit(means)) == (1, 0)
    assert (checkpoint_audit(copying), checkpoint_audit(copying)) == (1, 0)
    assert verify_audit(copying) == 0
    with Session(means.engine) as session:
        head = session.scalars(select(AuditLink.number).order_by(AuditLink.number.desc())).first()
        kept = session.scalars(select(AuditVerification).order_by(AuditVerification.id.desc())).first()
    assert kept is not None
    assert (kept.head, kept.findings_count) == (head, 0)
    assert [json.loads(line)["number"] for line in file.read_text().splitlines()] == [head]


def test_a_job_that_wrote_nothing_leaves_no_entry(means: Means) -> None:
    with Session(means.engine) as session:
        before = len(session.scalars(select(AuditEntry.id)).all())
    post_due_claims(means)

    with Session(means.engine) as session:
        assert len(session.scalars(select(AuditEntry.id)).all()) == before


def test_the_command_names_the_row_that_a_superuser_edited(means: Means, environ: dict[str, str]) -> None:
    """S-101: exit 1 and its name; once the row is as it was, exit 0."""
    link_audit(means)
    _record(means)
    link_audit(means)
    with Session(means.engine) as session:
        link = session.scalars(select(AuditLink).order_by(AuditLink.number.desc())).first()
        assert link is not None
        said = f"Entry {link.entry_id}, number {link.number}, is not as it was written."
    _edit(means, "action || 'x'", link)
    wrong = _verify(environ)
    _edit(means, "'job:test'", link)
    right = _verify(environ)

    assert wrong[0] == 1
    assert said in wrong[1]
    assert right[0] == 0, right[1]
    assert "all are as they were written" in right[1]


def _edit(means: Means, action: str, link: AuditLink) -> None:
    with means.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            text(f"UPDATE audit_entries SET action = {action} WHERE id = :id"),  # noqa: S608  # of this file
            {"id": link.entry_id},
        )
