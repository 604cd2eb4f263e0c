"""The seed's visits, claims and redemptions obey the product's rules, every one of them."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby, pairwise
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.actors import Role
from app.clock import business_day
from app.identity.grantable import LEVELS, fits
from app.models import (
    CLAIM_NEXT,
    CapOf,
    CareCategory,
    CareRecord,
    Claim,
    ClaimStatus,
    ClaimStep,
    Evidence,
    FollowUp,
    Grant,
    Household,
    Notice,
    NoticeKind,
    PhotoLink,
    Redemption,
    RedemptionStatus,
    Reward,
    SourceKind,
    Transfer,
    TransferKind,
    Verifier,
    Visit,
    VisitForm,
    VisitMode,
    VisitOutcome,
)
from app.points import span
from app.sealing import Sealer
from app.visits import answers_of, most_days
from app.visits.answers import check_answers
from app.visits.outcomes import CONTACT
from tests.seed.conftest import DAY, Seeded

pytestmark = pytest.mark.xdist_group("seed")


@pytest.fixture(scope="module")
def grants(session: Session) -> dict[UUID, set[tuple[Role, str]]]:
    held: dict[UUID, set[tuple[Role, str]]] = defaultdict(set)
    for grant in session.scalars(select(Grant)):
        held[grant.user_id].add((grant.role, grant.area_code))
    return held


@pytest.fixture(scope="module")
def claims(session: Session) -> list[Claim]:
    query = select(Claim).options(selectinload(Claim.events), joinedload(Claim.rule))
    return list(session.scalars(query))


def _holds(held: set[tuple[Role, str]], roles: set[Role], area_code: str) -> bool:
    return any(role in roles and area_code.startswith(area) for role, area in held)


def _visits_by_record(session: Session) -> Iterator[tuple[UUID, list[Visit]]]:
    found = session.scalars(select(Visit).order_by(Visit.care_record_id, Visit.id))
    for record_id, visits in groupby(found, key=lambda visit: visit.care_record_id):
        yield record_id, list(visits)


def test_a_visit_is_made_by_the_responsible_worker_of_that_grid(
    session: Session, grants: dict[UUID, set[tuple[Role, str]]]
) -> None:
    records = {record.id: record for record in session.scalars(select(CareRecord))}
    for visit in session.scalars(select(Visit)):
        assert visit.worker_id == records[visit.care_record_id].worker_id
        assert _holds(grants[visit.worker_id], {Role.GRID_WORKER}, visit.area_code)


def test_a_visit_says_what_its_form_and_its_way_of_contact_allow(seeded: Seeded, session: Session) -> None:
    sealer = Sealer.of(seeded.settings)
    forms = {form.id: form for form in session.scalars(select(VisitForm))}
    categories = {record.id: record.category for record in session.scalars(select(CareRecord))}
    unasked = {VisitOutcome.NOT_REACHED, VisitOutcome.EMERGENCY}
    for visit in session.scalars(select(Visit)):
        form = forms[visit.form_id]
        assert form.category is categories[visit.care_record_id]
        assert visit.mode in CONTACT[visit.outcome]
        check_answers(form.fields, answers_of(sealer, visit), complete=visit.outcome not in unasked)
        if visit.mode is not VisitMode.IN_PERSON:
            assert (visit.code_id, visit.lng, visit.presence_reasons) == (None, None, ["not_in_person"])


def test_a_care_record_is_due_as_its_last_visit_says(session: Session) -> None:
    records = {record.id: record for record in session.scalars(select(CareRecord))}
    for record_id, visits in _visits_by_record(session):
        record = records[record_id]
        last = max(visits, key=lambda visit: (visit.happened_at, visit.id))
        reached = [
            business_day(visit.happened_at)
            for visit in visits
            if visit.outcome is not VisitOutcome.NOT_REACHED
        ]
        days = 1 if last.outcome is VisitOutcome.NOT_REACHED else record.every_days
        assert record.last_visited_on == max(reached, default=None)
        assert record.next_due_on == business_day(last.happened_at) + timedelta(days=days)
        assert record.ended_on is None or business_day(last.happened_at) <= record.ended_on


def test_nobody_is_called_on_more_seldom_than_his_level_asks(session: Session) -> None:
    records = list(session.scalars(select(CareRecord).options(joinedload(CareRecord.resident))))
    for record in records:
        age = (record.started_on - record.resident.birth_date).days // 366
        assert record.every_days <= most_days(record.category, record.level, age=age)
    assert {record.category for record in records} == set(CareCategory)
    overdue = [record for record in records if record.ended_on is None and record.next_due_on < DAY]
    assert 10 < len(overdue) < len(records) / 4


def test_follow_ups_are_open_and_done_and_urgent_where_it_must_be(session: Session) -> None:
    outcomes = {visit.id: visit.outcome for visit in session.scalars(select(Visit))}
    urgent = {VisitOutcome.NEEDS_REFERRAL, VisitOutcome.EMERGENCY}
    follow_ups = list(session.scalars(select(FollowUp)))
    followed = {follow_up.visit_id for follow_up in follow_ups}

    assert {visit_id for visit_id, outcome in outcomes.items() if outcome in urgent} <= followed
    assert {follow_up.done_at is None for follow_up in follow_ups} == {True, False}
    for follow_up in follow_ups:
        assert follow_up.urgent == (outcomes[follow_up.visit_id] in urgent)
        assert (follow_up.done_at is None) == (follow_up.result_sealed is None) == (follow_up.done_by is None)


def test_claims_rest_in_every_state_there_is_to_rest_in(claims: list[Claim]) -> None:
    """An approved claim goes on at once: into public notice, or into the ledger."""
    assert {claim.status for claim in claims} == set(ClaimStatus) - {ClaimStatus.APPROVED}
    assert len({claim.rule.code for claim in claims}) >= 25


def test_each_claim_walked_a_legal_way(claims: list[Claim]) -> None:
    for claim in claims:
        events = claim.events
        assert [event.number for event in events] == list(range(1, len(events) + 1))
        assert (events[0].step, events[0].status_after) == (ClaimStep.SUBMIT, ClaimStatus.SUBMITTED)
        assert events[-1].status_after is claim.status
        for before, after in pairwise(events):
            assert before.at <= after.at
            into_notice = after.status_after is ClaimStatus.IN_NOTICE
            through = ClaimStatus.APPROVED if into_notice else after.status_after
            assert through in CLAIM_NEXT[before.status_after]


def test_who_verified_may_and_nobody_verified_his_own_submission(
    claims: list[Claim], grants: dict[UUID, set[tuple[Role, str]]]
) -> None:
    may = {
        Verifier.GRID_WORKER: {Role.GRID_WORKER},
        Verifier.BUILDING_LEAD: {Role.BUILDING_LEAD},
        Verifier.EITHER: {Role.GRID_WORKER, Role.BUILDING_LEAD},
    }
    for claim in claims:
        if claim.verified_by is not None and claim.source_kind is None:
            assert claim.verified_by != claim.submitted_by
            assert _holds(grants[claim.verified_by], may[claim.rule.verifier], claim.area_code)
        if claim.approved_by is not None:
            assert _holds(grants[claim.approved_by], {Role.COMMUNITY_ADMIN}, claim.area_code)


def test_claims_bring_what_their_rule_asks_for_and_stay_within_its_cap(
    session: Session, claims: list[Claim]
) -> None:
    with_photo = set(session.scalars(select(PhotoLink.record_id)))
    used = Counter[tuple[object, ...]]()
    for claim in claims:
        rule = claim.rule
        assert rule.points_min <= claim.points <= rule.points_max
        assert rule.evidence is not Evidence.PHOTO or claim.id in with_photo
        assert rule.evidence is not Evidence.NOTE or claim.text
        granted = claim.status in {ClaimStatus.IN_NOTICE, ClaimStatus.POSTED}
        if granted and rule.cap_period is not None and rule.cap_points is not None:
            whose = claim.household_id if rule.cap_of is CapOf.HOUSEHOLD else claim.resident_id
            key = (rule.id, whose, span(rule.cap_period, business_day(claim.happened_at)))
            used[key] += claim.points
            assert used[key] <= rule.cap_points


def test_an_accepted_report_of_a_resident_made_its_claim(claims: list[Claim]) -> None:
    automatic = [claim for claim in claims if claim.source_kind is SourceKind.HAZARD]

    assert len(automatic) > 20
    assert {claim.rule.code for claim in automatic} == {"safety_warning"}
    assert {claim.submitted_by for claim in automatic} == {None}


def test_what_is_posted_is_in_the_ledger_at_the_time_of_its_step(
    session: Session, claims: list[Claim]
) -> None:
    awards = {
        transfer.source_id: transfer
        for transfer in session.scalars(select(Transfer).where(Transfer.kind == TransferKind.AWARD))
    }
    posted = [claim for claim in claims if claim.status is ClaimStatus.POSTED]

    assert awards.keys() == {claim.id for claim in posted}
    for claim in posted:
        transfer = awards[claim.id]
        assert (transfer.amount, transfer.at) == (claim.points, claim.events[-1].at)
        assert claim.notice_until is None or claim.notice_until < transfer.at


def test_an_accounts_entries_are_numbered_in_the_order_of_time(session: Session) -> None:
    times = list(session.scalars(select(Transfer.at).order_by(Transfer.number)))

    assert times == sorted(times)


def test_redemptions_keep_to_the_limit_and_the_price(session: Session) -> None:
    rewards = {reward.id: reward for reward in session.scalars(select(Reward))}
    taken = Counter[tuple[UUID, UUID, tuple[int, int]]]()
    for redemption in session.scalars(select(Redemption)):
        reward = rewards[redemption.reward_id]
        assert redemption.points == reward.price * redemption.quantity
        assert (redemption.ended_at is None) == (redemption.status is RedemptionStatus.HELD)
        if redemption.status is not RedemptionStatus.CANCELLED:
            day = business_day(redemption.made_at)
            key = (redemption.household_id, reward.id, (day.year, day.month))
            taken[key] += redemption.quantity
            assert taken[key] <= (reward.limit_per_month or taken[key])


def test_a_household_takes_goods_only_from_its_own_shop(session: Session) -> None:
    rows = session.execute(
        select(Household.area_code, Reward.area_code)
        .select_from(Redemption)
        .join(Household, Household.id == Redemption.household_id)
        .join(Reward, Reward.id == Redemption.reward_id)
    )
    assert all(home.startswith(shop) for home, shop in rows)


def test_inboxes_hold_notices_of_every_kind_some_unread(session: Session) -> None:
    """No child comes to harm, no account is misused or forgotten, nobody asks for data or sends a file.

    Nor is anybody asked whether a visit took place: the visits of the story are written as they are.
    """
    notices = list(session.scalars(select(Notice)))

    assert {notice.kind for notice in notices} == set(NoticeKind) - {
        NoticeKind.HARM_CASE,
        NoticeKind.ACCOUNT_ALERT,
        NoticeKind.ACCOUNT_UNUSED,
        NoticeKind.OWN_DATA,
        NoticeKind.ROSTER_IMPORT,
        NoticeKind.OWN_VISIT,
    }
    assert {notice.read_at is None for notice in notices} == {True, False}


def test_every_role_is_granted_where_it_belongs(grants: dict[UUID, set[tuple[Role, str]]]) -> None:
    """S-38: the seed writes its grants itself, past what the security administrator may."""
    held = {one for several in grants.values() for one in several}

    assert {role for role, _ in held} == set(LEVELS)
    assert all(fits(role, area_code) for role, area_code in held)
