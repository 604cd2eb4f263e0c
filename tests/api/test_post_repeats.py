"""Every other write, sent again at once or late, does nothing twice and undoes nothing newer (ADR 0004)."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests.api.contract_samples import described, sample_of
from tests.client import Answer, Client
from tests.hazard_world import HAZARD_VERBS
from tests.points_world import Be
from tests.snapshot import stored

_HAZARD, _CLAIM, _USER = (
    "/v1/hazards/<uuid:hazard_id>",
    "/v1/claims/<uuid:claim_id>",
    "/v1/users/<uuid:user_id>",
)
_REDEMPTION, _PLACE = "/v1/redemptions/<uuid:redemption_id>", "/v1/places/<uuid:place_id>"
_GUARDIANSHIP = "/v1/guardianships/<uuid:guardianship_id>"

NAMED = {
    "step_id": {
        *(f"{_HAZARD}/{verb}" for verb in HAZARD_VERBS),
        f"{_HAZARD}/notice",
        *(f"{_CLAIM}/{verb}" for verb in ("verify", "approve", "return", "reject", "resubmit", "withdraw")),
        "/v1/challenges",
        f"{_PLACE}/witness-codes",
        *(f"/v1/policy-switches/{verb}" for verb in ("on", "off")),
        *(f"/v1/plans/<uuid:plan_id>/{verb}" for verb in ("change", "end")),
        "/v1/occurrences/<uuid:occurrence_id>/reassign",
        *(
            f"/v1/care-records/<uuid:record_id>/{verb}"
            for verb in ("level", "worker", "substitute", "willingness", "contacts")
        ),
        *(f"/v1/follow-ups/<uuid:follow_up_id>/{verb}" for verb in ("hand-over", "postpone")),
        "/v1/me/visits/<uuid:visit_id>/answer",
        "/v1/residents/<uuid:resident_id>/employments/unchanged",
        "/v1/units/<uuid:unit_id>/change",
        *(f"/v1/residents/<uuid:resident_id>/{verb}" for verb in ("leave", "return", "move", "presence")),
        *(f"/v1/households/<uuid:household_id>/{verb}" for verb in ("move", "presence")),
        *(f"/v1/households/<uuid:household_id>/{verb}" for verb in ("close", "split", "merge")),
        "/v1/roster-changes/<uuid:change_id>/undo",
        *(f"/v1/residents/<uuid:resident_id>/{verb}" for verb in ("two-people", "same-person")),
        "/v1/imports/<uuid:import_id>/apply",
        *(f"{_USER}/{verb}" for verb in ("disable", "enable", "second-factor/reset")),
    },
    "id": {
        "/v1/rewards/<uuid:reward_id>/deliveries",
        "/v1/residents/<uuid:resident_id>/sign-in-codes",
        "/v1/households/<uuid:household_id>/births",
        "/v1/me/binding/phone",
        "/v1/me/binding/id-number",
    },
    "version": {
        f"{_PLACE}/codes/reprint",
        f"{_PLACE}/codes/revoke",
        f"{_REDEMPTION}/pickup-code",
        "/v1/households/<uuid:household_id>/binding-code",
    },
}
"""What goes round, by the field of its body that tells a late copy from a new wish."""
FINAL = {
    "/v1/absences/<uuid:absence_id>/end",
    "/v1/approvals/<uuid:approval_id>/approve",
    "/v1/approvals/<uuid:approval_id>/refuse",
    "/v1/binding-requests/<uuid:request_id>/approve",
    "/v1/binding-requests/<uuid:request_id>/reject",
    "/v1/bindings/<uuid:binding_id>/end",
    "/v1/care-records/<uuid:record_id>/end",
    "/v1/weather-alerts/<uuid:alert_id>/end",
    "/v1/escape-helps/<uuid:help_id>/end",
    "/v1/checklist-drafts/<uuid:draft_id>/discard",
    "/v1/checklist-drafts/<uuid:draft_id>/follow",
    "/v1/checklist-drafts/<uuid:draft_id>/publish",
    "/v1/checklists/<uuid:checklist_id>/retire",
    "/v1/consents/<uuid:consent_id>/withdraw",
    "/v1/corrections/<uuid:correction_id>/approve",
    "/v1/corrections/<uuid:correction_id>/refuse",
    "/v1/imports/<uuid:import_id>/cancel",
    "/v1/me/closings/<uuid:closing_id>/withdraw",
    "/v1/me/corrections/<uuid:correction_id>/withdraw",
    "/v1/deletions/<uuid:deletion_id>/approve",
    "/v1/deletions/<uuid:deletion_id>/refuse",
    "/v1/me/deletions/<uuid:deletion_id>/withdraw",
    "/v1/follow-ups/<uuid:follow_up_id>/finish",
    "/v1/grants/<uuid:grant_id>/end",
    f"{_GUARDIANSHIP}/end",
    f"{_GUARDIANSHIP}/verify",
    "/v1/harm-cases/<uuid:case_id>/close",
    "/v1/me/binding-requests/<uuid:request_id>/withdraw",
    "/v1/me/bindings/<uuid:binding_id>/end",
    "/v1/me/consents/<uuid:consent_id>/withdraw",
    "/v1/me/notices/<uuid:notice_id>/read",
    "/v1/me/notices/read",
    "/v1/points/adjustments",
    "/v1/employments/unchanged",
    f"{_REDEMPTION}/cancel",
    f"{_REDEMPTION}/hand-over",
    "/v1/proxies/<uuid:proxy_id>/confirm",
    "/v1/proxies/<uuid:proxy_id>/end",
    "/v1/me/proxies/<uuid:proxy_id>/confirm",
    "/v1/me/proxies/<uuid:proxy_id>/end",
    "/v1/photo-matches/<uuid:match_id>/settle",
    "/v1/viewing-tickets/<uuid:ticket_id>/decide",
    *(f"/v1/spot-checks/<uuid:check_id>/{verb}" for verb in ("result", "appeal", "decide")),
    f"{_PLACE}/codes",
    "/v1/code-sheets",
    f"{_PLACE}/binding-code-sheet",
}
"""What leads to a state that nothing leads back from, or makes only the very first of its kind."""
PROOFS = {
    "/v1/invitations/accept": "the token works once",
    "/invite/<token>": "the token works once",
    "/v1/me/password": "none of the last five passwords comes back, so the old one given is wrong by then",
    "/v1/me/phone/wechat": "WeChat takes its code once",
    "/v1/me/totp": "the secret that waits is given again (test_second_factor.py)",
    "/v1/me/totp/confirm": "a code works once",
    "/v1/me/wechat": "WeChat takes its code once",
    "/v1/sessions": "opens a session nobody has the token of; it ends by itself when idle",
    "/v1/sessions/code": "the code works once",
    "/v1/sessions/current/check": "proves the same person a little later",
    "/v1/sessions/current/second-factor": "a code works once",
    "/v1/sessions/refresh": "a token that comes back late is taken for stolen, and ends its session (S-23)",
    "/v1/sessions/wechat": "WeChat takes its code once, and a copy opens no second session (S-20)",
    "/v1/residents/search": "reads only",
    **{
        f"/v1/households/<uuid:household_id>/{verb}/preview": "reads only"
        for verb in ("close", "split", "merge")
    },
    "/v1/residents/<uuid:resident_id>/reveal": "changes nothing; each look counts",
    "/v1/visits/<uuid:visit_id>/print": "changes nothing; each print counts",
    "/v1/drafts": "each record has its id, and is known by it (test_drafts.py)",
    "/q/<code>/reports": "the form has its id, and a repeat leads to the report it made",
    "/q/<code>/reports/<uuid:hazard_id>/rating": "the form has the step's id (test_rating.py)",
    "/v1/wechat/push": "the event has its id (S-61)",
    "/v1/sessions/current": "DELETE ends the session that sent it, and no other",
}
"""What proves somebody or only looks, with the reason why a late copy harms nobody."""


def test_every_verb_is_in_one_list(app: Flask) -> None:
    served = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if {"POST", "DELETE", "PATCH"} & (rule.methods or set())
    }
    lists = [*NAMED.values(), FINAL, set(PROOFS)]

    assert served == set().union(*lists)
    assert len(served) == sum(map(len, lists)), "each in one"


@pytest.mark.parametrize("field, rule", [(field, rule) for field in NAMED for rule in sorted(NAMED[field])])
def test_what_goes_round_is_not_taken_without_a_name(
    app: Flask, session: Session, connection: Connection, be: Be, field: str, rule: str
) -> None:
    sample = sample_of(app, session, "POST", described(rule))
    body = {name: value for name, value in sample.body.items() if name != field}
    before = stored(connection)

    answer = be(sample.who).post(described(rule).format(**sample.path), json=body)

    assert (answer.status_code, answer.json["errors"].keys()) == (422, {field})
    assert stored(connection) == before


@pytest.mark.parametrize("rule", sorted(FINAL.union(*NAMED.values())))
def test_what_is_sent_again_changes_nothing(
    app: Flask, session: Session, connection: Connection, be: Be, rule: str
) -> None:
    sample = sample_of(app, session, "POST", described(rule))
    caller = be(sample.who)
    first = _send(caller, rule, sample.path, sample.body)
    before = stored(connection)

    again = _send(caller, rule, sample.path, sample.body)

    assert first.status_code < 300, first.text
    assert again.status_code < 300, again.text
    assert stored(connection) == before
    if first.mimetype == "application/json":
        assert again.json == first.json


def _send(client: Client, rule: str, path: dict[str, str], body: Any) -> Answer:
    options = {} if body is None else {"json": body}
    return client.post(described(rule).format(**path), **options)
