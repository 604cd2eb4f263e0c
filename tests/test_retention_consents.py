"""A consent that ended stays as long as visits rest on it, and no longer for the sake of a number."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app import retention
from app.clock import set_to
from app.config import RetentionSettings
from app.models import CareRecord, Consent, ConsentPurpose, Resident, Visit, VisitBasis
from app.people import Numbers, keep_numbers
from tests.cast import forget_consents, named, person
from tests.child_world import write_child, write_consent, write_guardian
from tests.matrix.stage import Stage
from tests.sealer import SEALER

MONTHS = RetentionSettings(audit=13, photos=36, notices=12)
AT = datetime(2027, 1, 10, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize("basis, gone", [(VisitBasis.CONSENT, 0), (VisitBasis.DUTY, 1)])
def test_it_stays_as_long_as_the_visits_that_rest_on_it(
    session: Session, basis: VisitBasis, gone: int
) -> None:
    """S-81: visits by duty need no such proof."""
    forget_consents(session)
    resident, purpose, agreed_at = named("resident"), ConsentPurpose.HEALTH_HARDSHIP, AT - timedelta(days=1)
    consent = session.get_one(Consent, write_consent(session, resident, purpose, decided_at=agreed_at))
    consent.withdrawn_at, consent.withdrawn_by = AT, person("worker").user_id
    visit = session.get_one(Visit, Stage(session).visit()[0])
    visit.basis = basis
    session.get_one(CareRecord, visit.care_record_id).resident_id = resident
    session.commit()

    with set_to(AT.replace(year=2036)):
        (rule,) = (rule for rule in retention.rules(MONTHS) if rule.name == "consents that ended")
        assert retention.apply(session, rule, limit=9) == gone


@pytest.mark.parametrize("number", [Numbers(phone="13900001234"), Numbers(id_number="000000201606010020")])
def test_a_guardians_consent_that_was_taken_back_goes_though_the_childs_number_stays(
    session: Session, number: Numbers
) -> None:
    """S-81: a number has no end of its own, and would keep the proof for life; one in force stays."""
    child = write_child(session)
    write_guardian(session, child)
    consent = session.get_one(Consent, write_consent(session, child, decided_at=AT - timedelta(days=1)))
    keep_numbers(SEALER, session.get_one(Resident, child), number)
    gone = []
    for withdrawn_at, on in (
        (None, AT.replace(year=2036)),
        (AT, AT.replace(year=2030) - timedelta(days=1)),
        (AT, AT.replace(year=2030) + timedelta(days=1)),
    ):
        consent.withdrawn_at = withdrawn_at
        consent.withdrawn_by = person("worker").user_id if withdrawn_at else None
        session.commit()
        with set_to(on):
            (rule,) = (rule for rule in retention.rules(MONTHS) if rule.name == "consents that ended")
            gone.append(retention.apply(session, rule, limit=9))

    assert gone == [0, 0, 1]
