"""Every PUT sent again is the first one, after the world has changed so that a new one would be refused."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection, update
from sqlalchemy.orm import Session

from app.api.http.fields import NIL_ID
from app.clock import business_day, now
from app.ids import new_id
from app.models import (
    Checklist,
    ConsentPurpose,
    ConsentText,
    Grant,
    Household,
    PhotoLink,
    PhotoOwner,
    Place,
    PlaceKind,
    Resident,
    Reward,
    Rule,
    User,
)
from tests.api.contract_samples import Sample, described, sample_of
from tests.api.lasting import lasting
from tests.cast import FAR, HOME, named, person
from tests.client import Answer, Client
from tests.points_world import Be, refused
from tests.snapshot import stored

ELSEWHERE = "4201"
"""A city where nobody of the cast has anything to do."""


@dataclass(frozen=True)
class Sent:
    """A PUT that was answered with 201, and the id of one that is yet to be sent."""

    rule: str
    sample: Sample
    fresh_id: UUID = field(default_factory=new_id)

    @property
    def who(self) -> str:
        """Who sent it."""
        assert self.sample.who is not None, "nothing here is sent by a visitor"
        return self.sample.who

    def again(self, client: Client) -> Answer:
        """Send it again."""
        return self._put(client, self.sample.path)

    def anew(self, client: Client) -> Answer:
        """Send the same content under another id."""
        return self._put(client, dict.fromkeys(self.sample.path, str(self.fresh_id)))

    def _put(self, client: Client, path: dict[str, str]) -> Answer:
        body, query = self.sample.body, self.sample.query
        sent: dict[str, Any] = {"data": body} if isinstance(body, bytes) else {"json": body}
        return client.put(described(self.rule).format(**path), query_string=query, **sent)


Change = Callable[[Session, Sent], None]


def caller_moved(session: Session, sent: Sent) -> None:
    """Let the caller have his function elsewhere from now on."""
    _move_grants(session, sent.who, ELSEWHERE)


def worker_moved(session: Session, _: Sent) -> None:
    """Let the worker look after another community."""
    _move_grants(session, "worker", FAR)


def caller_bound(session: Session, sent: Sent) -> None:
    """Let the caller be a resident."""
    caller = update(User).where(User.id == person(sent.who).user_id)
    session.execute(caller.values(resident_id=named("resident")))


def user_moved(session: Session, _: Sent) -> None:
    """Let every user belong to another city, where nobody here administers accounts."""
    session.execute(update(User).values(area_code=ELSEWHERE))


def residents_moved(session: Session, _: Sent) -> None:
    """Let everybody live in another county."""
    session.execute(update(Resident).values(area_code=FAR))


def household_moved(session: Session, _: Sent) -> None:
    """Let every household lie in another county."""
    session.execute(update(Household).values(area_code=FAR))


def place_moved(session: Session, _: Sent) -> None:
    """Let every place lie in another county."""
    session.execute(update(Place).values(area_code=FAR))


def place_closed(session: Session, _: Sent) -> None:
    """Let nobody live at any place any more."""
    session.execute(update(Place).values(kind=PlaceKind.WORKSHOP))


def came_of_age(session: Session, _: Sent) -> None:
    """Let everybody be of age."""
    session.execute(update(Resident).values(birth_date=business_day() - timedelta(days=365 * 40)))


def text_replaced(session: Session, _: Sent) -> None:
    """Publish another text of what was agreed to."""
    session.add(
        ConsentText(
            id=new_id(),
            purpose=ConsentPurpose.LOCATION,
            version=99,
            title="新的",
            text="新的",
            text_hash=b"new",
            published_at=now(),
        )
    )


def checklist_taken_back(session: Session, _: Sent) -> None:
    """Take every checklist back until tomorrow."""
    session.execute(update(Checklist).values(published_at=now() + timedelta(days=1)))


def rule_ended(session: Session, _: Sent) -> None:
    """Let every rule have ended."""
    ended = business_day() - timedelta(days=1)
    session.execute(update(Rule).values(valid_from=ended, valid_until=ended))


def reward_withdrawn(session: Session, _: Sent) -> None:
    """Take all goods out of the shop."""
    session.execute(update(Reward).values(withdrawn_at=now()))


def still_open(_: Session, __: Sent) -> None:
    """Let everything be as it was: the first one has not ended, and that is what refuses another."""


def named_by_another(session: Session, sent: Sent) -> None:
    """Let the records of somebody else, and only his, name both photos."""
    for photo_id in (*map(UUID, sent.sample.path.values()), sent.fresh_id):
        session.add(
            PhotoLink(
                record_id=new_id(),
                photo_id=photo_id,
                record_kind=PhotoOwner.HAZARD,
                area_code=HOME,
                position=1,
                named_by=person("colleague").user_id,
            )
        )


def _move_grants(session: Session, name: str, area_code: str) -> None:
    session.execute(update(Grant).where(Grant.user_id == person(name).user_id).values(area_code=area_code))


GONE, TAKEN = (404, "not_found"), (409, "other_content")
CASES: list[tuple[str, Change, tuple[int, str]]] = [
    ("/v1/users/<uuid:user_id>", caller_moved, GONE),
    ("/v1/grants/<uuid:grant_id>", caller_moved, GONE),
    ("/v1/grants/<uuid:grant_id>", user_moved, GONE),
    ("/v1/invitations/<uuid:invitation_id>", caller_moved, GONE),
    ("/v1/invitations/<uuid:invitation_id>", user_moved, GONE),
    ("/v1/approvals/<uuid:approval_id>", caller_moved, GONE),
    ("/v1/places/<uuid:place_id>", caller_moved, GONE),
    ("/v1/households/<uuid:household_id>", caller_moved, GONE),
    ("/v1/households/<uuid:household_id>", place_moved, GONE),
    ("/v1/households/<uuid:household_id>", place_closed, (422, "not_residential")),
    ("/v1/residents/<uuid:resident_id>", caller_moved, GONE),
    ("/v1/residents/<uuid:resident_id>", household_moved, GONE),
    ("/v1/roster-exports/<uuid:export_id>", caller_moved, GONE),
    ("/v1/hazard-exports/<uuid:export_id>", caller_moved, GONE),
    ("/v1/imports/<uuid:import_id>", caller_moved, GONE),
    ("/v1/imports/<uuid:import_id>", still_open, (409, "import_open")),
    ("/v1/guardianships/<uuid:guardianship_id>", caller_moved, GONE),
    ("/v1/guardianships/<uuid:guardianship_id>", came_of_age, (422, "not_a_child")),
    ("/v1/me/consents/<uuid:consent_id>", text_replaced, (409, "consent_changed")),
    ("/v1/consents/<uuid:consent_id>", caller_moved, GONE),
    ("/v1/consents/<uuid:consent_id>", text_replaced, (409, "consent_changed")),
    ("/v1/me/binding-requests/<uuid:request_id>", caller_bound, (409, "already_bound")),
    ("/v1/me/copies/<uuid:copy_id>", still_open, (409, "copy_open")),
    ("/v1/me/closings/<uuid:closing_id>", still_open, (409, "closing_open")),
    ("/v1/me/corrections/<uuid:correction_id>", still_open, (409, "correction_open")),
    ("/v1/me/deletions/<uuid:deletion_id>", still_open, (409, "deletion_open")),
    ("/v1/photos/<uuid:photo_id>", named_by_another, GONE),
    ("/v1/signatures/<uuid:signature_id>", named_by_another, GONE),
    ("/v1/checklist-drafts/<uuid:draft_id>", still_open, (409, "draft_open")),
    ("/v1/inspections/<uuid:inspection_id>", caller_moved, GONE),
    ("/v1/inspections/<uuid:inspection_id>", checklist_taken_back, (422, "checklist_unfit")),
    ("/v1/plans/<uuid:plan_id>", caller_moved, GONE),
    ("/v1/plans/<uuid:plan_id>", checklist_taken_back, (422, "plan_checklist")),
    ("/v1/absences/<uuid:absence_id>", caller_moved, GONE),
    ("/v1/absences/<uuid:absence_id>", worker_moved, (422, "plan_worker")),
    ("/v1/escape-helps/<uuid:help_id>", caller_moved, GONE),
    ("/v1/employments/<uuid:entry_id>", caller_moved, GONE),
    ("/v1/weather-alerts/<uuid:alert_id>", caller_moved, GONE),
    ("/v1/category-deadlines/<uuid:deadline_id>", caller_moved, GONE),
    ("/v1/routes/<uuid:route_id>", caller_moved, GONE),
    ("/v1/routes/<uuid:route_id>", place_moved, (422, "route_places")),
    ("/v1/units/<uuid:unit_id>", caller_moved, GONE),
    ("/v1/units/<uuid:unit_id>", worker_moved, (422, "unit_member_unfit")),
    ("/v1/hazards/<uuid:hazard_id>", caller_moved, GONE),
    ("/v1/hazards/<uuid:hazard_id>", place_moved, GONE),
    ("/v1/care-records/<uuid:record_id>", caller_moved, GONE),
    ("/v1/care-records/<uuid:record_id>", residents_moved, GONE),
    ("/v1/care-records/<uuid:record_id>", worker_moved, (422, "not_staff_here")),
    ("/v1/visits/<uuid:visit_id>", caller_moved, GONE),
    ("/v1/proxies/<uuid:proxy_id>", caller_moved, GONE),
    ("/v1/me/proxies/<uuid:proxy_id>", still_open, (409, "proxy_open")),
    ("/v1/viewing-tickets/<uuid:ticket_id>", caller_moved, GONE),
    ("/v1/viewing-tickets/<uuid:ticket_id>", came_of_age, (422, "not_a_minor")),
    ("/v1/claims/<uuid:claim_id>", caller_moved, GONE),
    ("/v1/claims/<uuid:claim_id>", rule_ended, (422, "rule_not_in_force")),
    ("/v1/rewards/<uuid:reward_id>", caller_moved, GONE),
    ("/v1/redemptions/<uuid:redemption_id>", reward_withdrawn, GONE),
]
"""Each PUT with what happens to the world, and how a new one is refused then."""
ROUTES = dict.fromkeys(rule for rule, _, _ in CASES)
KNOWN_TO_NOBODY_ELSE = {
    "/v1/me/closings/<uuid:closing_id>",
    "/v1/me/corrections/<uuid:correction_id>",
    "/v1/me/deletions/<uuid:deletion_id>",
    "/v1/me/consents/<uuid:consent_id>",
    "/v1/me/binding-requests/<uuid:request_id>",
    "/v1/me/copies/<uuid:copy_id>",
    "/v1/me/proxies/<uuid:proxy_id>",
    "/v1/photos/<uuid:photo_id>",
    "/v1/signatures/<uuid:signature_id>",
}
"""Where anybody may use any id, no area is asked for: somebody else's is simply taken."""
STATES = {
    "/v1/checklist-drafts/<uuid:draft_id>/workbook": "makes nothing (test_checklist_workbooks.py)",
    "/v1/me/message-acceptances/<uuid:acceptance_id>": "needs WeChat (tests/api/wechat/test_acceptances.py)",
    "/v1/me/notice-settings": "replaces one's own settings of a revision (tests/notices/test_settings.py)",
    "/v1/residents/<uuid:resident_id>/numbers": (
        "makes nothing and has no id of its own: what is so already is judged no more, and whoever reaches "
        "the resident no longer is not told whether he guessed his numbers (test_resident_numbers.py)"
    ),
}
"""PUTs that are no repeats, with the reason."""


def test_every_put_is_in_one_list(app: Flask) -> None:
    served = {rule.rule for rule in app.url_map.iter_rules() if "PUT" in (rule.methods or ())}

    assert served == ROUTES.keys() | STATES.keys()
    assert not ROUTES.keys() & STATES.keys()


@pytest.mark.parametrize(
    "rule, change, refusal", [pytest.param(*case, id=f"{case[0]} {case[1].__name__}") for case in CASES]
)
def test_what_is_sent_again_is_the_first_one(
    app: Flask,
    session: Session,
    connection: Connection,
    be: Be,
    rule: str,
    change: Change,
    refusal: tuple[int, str],
) -> None:
    sent = Sent(rule, sample_of(app, session, "PUT", described(rule)))
    caller = be(sent.who)
    first = sent.again(caller)
    change(session, sent)
    session.commit()
    before = stored(connection)

    fresh, again = sent.anew(caller), sent.again(caller)

    assert refused(fresh) == refusal, "the change decides about what is new"
    assert (first.status_code, again.status_code) == (201, 200), again.text
    assert lasting(again.json) == lasting(first.json)
    assert stored(connection) == before, "nothing is written twice, or otherwise"


@pytest.mark.parametrize("rule", ROUTES)
def test_nothing_is_made_under_the_id_of_zeros_only(
    app: Flask, session: Session, connection: Connection, be: Be, rule: str
) -> None:
    sent = Sent(rule, sample_of(app, session, "PUT", described(rule)), fresh_id=UUID(int=0))
    before = stored(connection)

    answer = sent.anew(be(sent.who))

    assert refused(answer) == (422, "invalid")
    assert answer.json["errors"] == {name: [NIL_ID] for name in sent.sample.path}
    assert stored(connection) == before


@pytest.mark.parametrize("rule", ROUTES)
def test_somebody_elsewhere_who_knows_id_and_content_is_shown_nothing(
    app: Flask, session: Session, connection: Connection, be: Be, rule: str
) -> None:
    sent = Sent(rule, sample_of(app, session, "PUT", described(rule)))
    made = sent.again(be(sent.who))
    before = stored(connection)

    other = sent.again(be(f"far_{sent.who}"))

    assert made.status_code == 201
    assert refused(other) == (TAKEN if rule in KNOWN_TO_NOBODY_ELSE else GONE)
    assert stored(connection) == before
