"""Each category stays until its day, and is gone the day after."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import retention
from app.clock import set_to
from app.config import RetentionSettings
from app.ids import new_id
from app.models import (
    Approval,
    ApprovalState,
    Base,
    BindingCode,
    BindingRequest,
    BindingRequestState,
    CareRecord,
    Consent,
    ConsentPurpose,
    Guardianship,
    Invitation,
    Notice,
    RefreshToken,
    Reveal,
    RevealField,
    RosterExport,
    SessionKind,
    SignIn,
    SignInCode,
    SignInTries,
    ViewingTicket,
    Visit,
    VisitBasis,
)
from tests.cast import GRID, forget_consents, named, person
from tests.child_world import write_child, write_consent, write_guardian, write_ticket
from tests.matrix.stage import Stage

MONTHS = RetentionSettings(audit=13, photos=36, notices=12)
AT = datetime(2027, 1, 10, 4, 0, tzinfo=UTC)
"""When the rows are written, or what they tell of ends."""
DAY = timedelta(days=1)
WORKER = person("worker").user_id
Write = Callable[[Session], None]


def applied(session: Session, name: str) -> int:
    """Apply one rule, two rows at a time, until it finds nothing more; give of how many rows."""
    (rule,) = (rule for rule in retention.rules(MONTHS) if rule.name == name)
    done = 0
    while batch := retention.apply(session, rule, limit=2):
        done += batch
    session.commit()
    session.expire_all()
    return done


def rows(session: Session, model: type[Base]) -> int:
    """Count the rows of a table."""
    return session.scalar(select(func.count()).select_from(model)) or 0


def tries(session: Session) -> None:
    session.add(SignInTries(who=b"1", failed_at=[AT - timedelta(hours=1), AT], locked_until=None))


def invitation(session: Session) -> None:
    session.add(
        Invitation(
            id=new_id(), user_id=WORKER, token_hash=b"1", content_hash=b"", created_at=AT - DAY, expires_at=AT
        )
    )


def one_time_code(session: Session) -> None:
    session.add(
        SignInCode(
            id=new_id(),
            user_id=WORKER,
            handle="1234",
            code_hash=b"1",
            handed_out_by=WORKER,
            created_at=AT - DAY,
            expires_at=AT,
            tries=0,
        )
    )


def sign_in(session: Session) -> None:
    made = new_id()
    session.add(
        SignIn(
            id=made,
            user_id=WORKER,
            family_id=made,
            token_hash=made.bytes,
            kind=SessionKind.APP,
            created_at=AT - DAY,
            expires_at=AT + 300 * DAY,
            idle_s=60,
            last_seen_at=AT,
            ended_at=AT,
        )
    )


def expired_sign_in(session: Session) -> None:
    sign_in(session)
    row = session.scalars(select(SignIn).where(SignIn.user_id == WORKER, SignIn.ended_at == AT)).one()
    row.expires_at, row.ended_at = AT, None


def refresh_token(session: Session) -> None:
    made = new_id()
    session.add(
        RefreshToken(
            id=made,
            family_id=made,
            user_id=WORKER,
            token_hash=made.bytes,
            created_at=AT - 30 * DAY,
            expires_at=AT,
        )
    )


def binding_code(session: Session) -> None:
    with set_to(AT):
        Stage(session).binding_code()


def notice(session: Session) -> None:
    with set_to(AT):
        Stage(session).notice("worker")


def look(session: Session) -> None:
    session.add(
        Reveal(
            id=new_id(),
            area_code=GRID,
            resident_id=named("resident"),
            user_id=WORKER,
            field=RevealField.PHONE,
            purpose="通知开会",
            revealed_at=AT,
        )
    )


def ticket(session: Session) -> None:
    write_ticket(session, write_child(session), "worker", expires_at=AT)


def used_approval(session: Session) -> None:
    with set_to(AT):
        made = Stage(session).approval(is_approved=True)
    row = session.get_one(Approval, made)
    row.advance(ApprovalState.USED)
    row.used_at = AT


def forgotten_approval(session: Session) -> None:
    with set_to(AT - timedelta(hours=72)):
        Stage(session).approval()


def refused_consent(session: Session) -> None:
    forget_consents(session)
    write_consent(session, named("resident"), ConsentPurpose.PHOTO, given=False, decided_at=AT)


def withdrawn_consent(session: Session) -> None:
    forget_consents(session)
    made = write_consent(session, named("resident"), ConsentPurpose.PHOTO, decided_at=AT - 400 * DAY)
    row = session.get_one(Consent, made)
    row.withdrawn_at, row.withdrawn_by = AT, person("resident").user_id


def replaced_consent(session: Session) -> None:
    forget_consents(session)
    for decided_at in (AT - 400 * DAY, AT):
        write_consent(session, named("resident"), ConsentPurpose.PHOTO, decided_at=decided_at)


def guardianship_that_ran_out(session: Session) -> None:
    write_guardian(session, write_child(session), valid_until=AT.date())


def ended_guardianship(session: Session) -> None:
    write_guardian(session, write_child(session), ended_at=AT, ended_by=WORKER)


def ended_export(session: Session) -> None:
    with set_to(AT):
        export_id = Stage(session).export()
    row = session.get_one(RosterExport, export_id)
    row.ready_at, row.fetched_at, row.ended_at = AT - DAY, AT - DAY, AT


@pytest.mark.parametrize(
    "name, model, write, last_day",
    [
        ("sign-in tries", SignInTries, tries, AT),
        ("invitations", Invitation, invitation, AT + 29 * DAY),
        ("one-time codes", SignInCode, one_time_code, AT + 29 * DAY),
        ("sign-ins", SignIn, sign_in, AT + 29 * DAY),
        ("sign-ins", SignIn, expired_sign_in, AT + 29 * DAY),
        ("refresh tokens", RefreshToken, refresh_token, AT - DAY),
        ("binding codes", BindingCode, binding_code, AT.replace(year=2028) - DAY),
        ("notices", Notice, notice, AT.replace(year=2028) - DAY),
        ("looks at numbers", Reveal, look, AT.replace(year=2028, month=2) - DAY),
        ("viewing tickets", ViewingTicket, ticket, AT.replace(year=2028, month=2) - DAY),
        ("exports of the roster", RosterExport, ended_export, AT.replace(year=2028, month=2) - DAY),
        ("approvals", Approval, used_approval, AT.replace(year=2028, month=2) - DAY),
        ("approvals", Approval, forgotten_approval, AT.replace(year=2028, month=2) - DAY),
        ("consents that ended", Consent, refused_consent, AT.replace(year=2030) - DAY),
        ("consents that ended", Consent, withdrawn_consent, AT.replace(year=2030) - DAY),
        ("consents that ended", Consent, replaced_consent, AT.replace(year=2030) - DAY),
        ("guardianships that ended", Guardianship, ended_guardianship, AT.replace(year=2030) - DAY),
        ("guardianships that ended", Guardianship, guardianship_that_ran_out, AT.replace(year=2030) - DAY),
    ],
)
def test_a_row_goes_when_its_time_is_over(
    session: Session, name: str, model: type[Base], write: Write, last_day: datetime
) -> None:
    """S-81: a day too early nothing, two days later it is gone, and nothing is found again."""
    write(session)
    session.commit()
    before = rows(session, model)
    with set_to(last_day):
        assert applied(session, name) == 0
    with set_to(last_day + 2 * DAY):
        assert (applied(session, name), applied(session, name)) == (1, 0)

    assert rows(session, model) == before - 1


def test_what_still_counts_stays(session: Session) -> None:
    """S-81: a lock, an approval that may be used, the ticket and the guardian of today."""
    session.add(SignInTries(who=b"2", failed_at=[AT], locked_until=AT + 300 * DAY))
    child = write_child(session)
    write_guardian(session, child, valid_until=AT.date().replace(year=2031))
    write_consent(session, child, decided_at=AT)
    write_ticket(session, child, "worker", expires_at=AT + 400 * DAY)
    session.commit()
    with set_to(AT + 299 * DAY):
        assert [applied(session, name) for name in ("sign-in tries", "viewing tickets")] == [0, 0]
    with set_to(AT.replace(year=2030, month=12)):
        assert [applied(session, name) for name in ("guardianships that ended", "consents that ended")] == [
            0,
            0,
        ]


def test_a_request_keeps_its_decision_and_loses_its_words(session: Session) -> None:
    """S-81: ninety days after the decision what somebody wrote of himself is emptied; an open one waits."""
    with set_to(AT):
        stage = Stage(session)
        decided, waiting = stage.binding_request(), stage.binding_request(by="admin")
    row = session.get_one(BindingRequest, decided)
    row.advance(BindingRequestState.REJECTED)
    row.decided_at, row.decided_by, row.decision_note = AT, person("admin").user_id, "名册上没有"
    session.commit()
    with set_to(AT + 89 * DAY):
        assert applied(session, "binding requests") == 0
    with set_to(AT + 91 * DAY):
        assert (applied(session, "binding requests"), applied(session, "binding requests")) == (1, 0)

    assert [row.name, row.door, row.note, row.decision_note] == [""] * 4
    assert (row.state, row.decided_at, row.user_id) == (BindingRequestState.REJECTED, AT, WORKER)
    assert session.get_one(BindingRequest, waiting).name == "王小兰"


def test_a_no_never_goes_before_the_yes_it_ended(session: Session) -> None:
    """S-81, S-74: whichever row is gone, the old yes does not count again."""
    resident = named("resident")
    yes = write_consent(session, resident, ConsentPurpose.PHOTO, decided_at=AT - 900 * DAY)
    no = write_consent(session, resident, ConsentPurpose.PHOTO, given=False, decided_at=AT)
    with set_to(AT.replace(year=2031)):
        (rule,) = (rule for rule in retention.rules(MONTHS) if rule.name == "consents that ended")
        first = retention.apply(session, rule, limit=9)
        left = set(session.scalars(select(Consent.id).where(Consent.id.in_([yes, no]))))
        second = retention.apply(session, rule, limit=9)

    assert (first, left, second) == (1, {no}, 1)


def test_a_consent_stays_as_long_as_what_was_written_down_by_it(session: Session) -> None:
    """S-81: it proves that a child's visits may be on record, and so does the guardianship behind it."""
    child = write_child(session)
    write_guardian(session, child, ended_at=AT, ended_by=WORKER)
    consent = session.get_one(Consent, write_consent(session, child, decided_at=AT - DAY))
    consent.withdrawn_at, consent.withdrawn_by = AT, WORKER
    visit = session.get_one(Visit, Stage(session).visit()[0])
    visit.basis = VisitBasis.GUARDIAN_CONSENT
    session.get_one(CareRecord, visit.care_record_id).resident_id = child
    session.commit()
    with set_to(AT.replace(year=2036)):
        assert [applied(session, "consents that ended"), applied(session, "guardianships that ended")] == [
            0,
            0,
        ]
