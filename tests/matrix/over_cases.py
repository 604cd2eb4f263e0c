"""What every line of the matrix that names a thing answers once that thing is over, or why it cannot be."""

from collections.abc import Iterator

from app.models import HazardStatus, PhotoOwner
from tests.matrix import former_rows as former
from tests.matrix.lines import ANYBODY, ROLES
from tests.matrix.over import FREEZABLE, OVER, Case, freeze, freeze_closed_hazards, kind_of
from tests.matrix.over_checklists import CHECKLISTS, DRAFTS_NEVER_OVER
from tests.matrix.over_evidence import EVIDENCE_NEVER_OVER
from tests.matrix.over_roster import ROSTER_NEVER_OVER
from tests.matrix.routes import LINES

_ENDED_AGAIN = {
    "POST /v1/absences/<uuid:absence_id>/end",
    "POST /v1/visits/<uuid:visit_id>/print",
    "POST /v1/weather-alerts/<uuid:alert_id>/end",
    "POST /v1/guardianships/<uuid:guardianship_id>/end",
    "POST /v1/consents/<uuid:consent_id>/withdraw",
    "POST /v1/me/consents/<uuid:consent_id>/withdraw",
    "POST /v1/proxies/<uuid:proxy_id>/end",
    "POST /v1/me/proxies/<uuid:proxy_id>/end",
    "POST /v1/me/corrections/<uuid:correction_id>/withdraw",
    "POST /v1/me/deletions/<uuid:deletion_id>/withdraw",
    "POST /v1/me/closings/<uuid:closing_id>/withdraw",
    "POST /v1/me/binding-requests/<uuid:request_id>/withdraw",
}
"""Ends what is over already, or prints it: answered as done, and nothing is written."""
_GOES_ON = {
    "POST /v1/hazards/<uuid:hazard_id>/rate",
    "POST /v1/hazards/<uuid:hazard_id>/take-over",
}
"""What whoever reported it says of a thing that is over."""
_OF_A_HAZARD = ("reject", "start", "rectify", "verify", "answer", "ask-extension", "report-controls")
_STATE_FIRST = {
    "POST /v1/claims/<uuid:claim_id>/reject",
    "POST /v1/hazards/<uuid:hazard_id>/grant-extension",
    "POST /v1/hazards/<uuid:hazard_id>/refuse-extension",
    *(f"POST /v1/hazards/<uuid:hazard_id>/{verb}" for verb in _OF_A_HAZARD),
}
"""Steps whose state is looked at before whose turn it is: all who may take them learn that it is over."""
_READ = {
    "GET /v1/roster-exports/<uuid:export_id>/file": {"admin": 410},
    "GET /v1/hazard-exports/<uuid:export_id>/file": {"admin": 410},
    "GET /v1/closings/<uuid:closing_id>/frozen": {},
}
"""What is answered of a thing that is over where that follows neither from the line nor from its method."""
_CARERS = ("worker", "admin")
_USER_READERS = ("admin", "system", "security")
_NO_ONE, _GONE = dict.fromkeys(ROLES, 404), {ANYBODY: 410}
_CODE = "/v1/households/<uuid:household_id>/binding-code"
_CODES = "/v1/places/<uuid:place_id>/codes"
_REVOKED = "UPDATE place_codes SET revoked_at = now()"
_CARE_ENDED = OVER["care-records"]
_POST_ENDED = "UPDATE grants SET ended_at = now() WHERE role = 'grid_worker'"
_NO_CODE = "DELETE FROM binding_codes"
_OLD_GUARDIAN = OVER["guardianships"]
_NO_NUMBERS = (
    "UPDATE residents SET phone_sealed = NULL, phone_index = NULL, id_number_sealed = NULL, "
    "id_number_index = NULL"
)
_CLOSED, _WITHDRAWN = OVER["hazards"], OVER["claims"]
_RULE_OVER = "UPDATE rules SET valid_until = CURRENT_DATE - 2"


def _of_kinds() -> Iterator[Case]:
    """Read what is over as ever, and take no step on it; what is frozen is there for no one."""
    for line in LINES:
        kind = kind_of(line.rule)
        if "/<uuid:" not in line.rule or line.method == "PUT":
            continue
        if line.name in _GOES_ON:
            yield Case(line.name, "over", OVER[kind], writes=True)
        elif kind in OVER:
            over = 200 if line.name in _ENDED_AGAIN else 409
            stays = 404 if line.name in _STATE_FIRST else 400
            told = {role: over for role, status in line.allowed.items() if status < stays}
            told = told if line.method == "POST" else _READ.get(line.name, {})
            yield Case(line.name, "over", OVER[kind], told)
        if kind in FREEZABLE:
            yield Case(line.name, "frozen", freeze, dict.fromkeys(line.allowed, 404))


def _to(status: int, *roles: str) -> dict[str, int]:
    return dict.fromkeys(roles, status)


def _accounts() -> Iterator[Case]:
    """Say what may be done with an account that was disabled, and that a closed one is there for no one."""
    one = "/v1/users/<uuid:user_id>"
    for closed, state in ((False, "disabled"), (True, "closed")):
        told = _to(404, *_USER_READERS) if closed else None
        yield Case(f"GET {one}", state, "", told, call=former.of_account(closed=closed))
        told = _to(404, "system") if closed else None
        for verb in ("disable", "enable", "second-factor/reset"):
            call = former.of_account(f"/{verb}", closed=closed, step=True)
            yield Case(f"POST {one}/{verb}", state, "", told, writes=True, call=call)
        call = former.invitation(closed=closed)
        yield Case("PUT /v1/invitations/<uuid:invitation_id>", state, "", told, writes=True, call=call)
        told = _to(404, "security") if closed else None
        call = former.grant(closed=closed)
        yield Case("PUT /v1/grants/<uuid:grant_id>", state, "", told, writes=True, call=call)
        told = _to(404, "resident", "lead", "worker", "admin")
        call = former.proxy(closed=closed)
        yield Case("PUT /v1/proxies/<uuid:proxy_id>", state, "", told, call=call)
        call = former.care(closed=closed)
        told = _to(422, "admin")
        yield Case("PUT /v1/care-records/<uuid:record_id>", state, "", told, call=call)
        told = None if closed else _to(404, "lead", "worker", "admin")
        call = former.sign_in_code(closed=closed)
        name = "POST /v1/residents/<uuid:resident_id>/sign-in-codes"
        yield Case(name, state, "", told, writes=closed, call=call)
    yield Case(
        "POST /v1/hazards/<uuid:hazard_id>/assign",
        "assignee disabled",
        "",
        _to(422, "admin", "county"),
        call=former.assignment,
    )
    yield Case(f"PUT {one}", "closed", "", _to(409, "system"), call=former.account_again)
    yield Case(
        "POST /v1/grants/<uuid:grant_id>/end",
        "ended",
        "UPDATE grants SET ended_at = now() WHERE role = 'grid_worker'",
    )


_PARENTS = [
    *(
        Case(one, "post ended", _POST_ENDED, _to(422, "admin"))
        for one in ("PUT /v1/absences/<uuid:absence_id>", "PUT /v1/units/<uuid:unit_id>")
    ),
    Case("PUT /v1/visits/<uuid:visit_id>", "care ended", _CARE_ENDED, _to(409, *_CARERS)),
    Case("GET /v1/visits/<uuid:visit_id>", "care ended", _CARE_ENDED),
    Case("POST /v1/follow-ups/<uuid:follow_up_id>/finish", "care ended", _CARE_ENDED, writes=True),
    Case("PUT /v1/claims/<uuid:claim_id>", "rule over", _RULE_OVER, _to(422, "resident", "lead", *_CARERS)),
    Case(
        "PUT /v1/redemptions/<uuid:redemption_id>",
        "goods withdrawn",
        "UPDATE rewards SET withdrawn_at = now()",
        _to(404, "resident", "lead"),
    ),
    Case(
        "POST /v1/rewards/<uuid:reward_id>/deliveries",
        "goods withdrawn",
        "UPDATE rewards SET withdrawn_at = now()",
        _to(404, "admin"),
    ),
    Case("PUT /v1/consents/<uuid:consent_id>", "text replaced", former.newer_text, _to(409, *_CARERS)),
    Case("PUT /v1/me/consents/<uuid:consent_id>", "text replaced", former.newer_text, _to(409, "resident")),
    Case(
        "PUT /v1/consents/<uuid:consent_id>",
        "guardian no more",
        _OLD_GUARDIAN,
        _to(404, *_CARERS),
        call=former.guardians_paper,
    ),
    Case("GET /v1/residents/<uuid:resident_id>/guardianships", "ended", _OLD_GUARDIAN),
    Case("GET /v1/residents/<uuid:resident_id>/consents", "withdrawn", OVER["consents"]),
    *(
        Case("PUT /v1/roster-exports/<uuid:export_id>", state, end, _to(409, "admin"))
        for state, end in (
            ("approval refused", "UPDATE approvals SET state = 'refused'"),
            ("approval expired", "UPDATE approvals SET expires_at = now()"),
        )
    ),
    Case(
        "GET /v1/roster-exports/<uuid:export_id>/file",
        "failed",
        "UPDATE roster_exports SET failed_at = now(), failure = 'fault', ended_at = now()",
        _to(410, "admin"),
    ),
    Case("GET /v1/me/copies/<uuid:copy_id>/file", "over", "", _to(410, "admin"), call=former.copy),
    Case(
        "POST /v1/me/notices/<uuid:notice_id>/read",
        "read",
        "",
        _to(200, "admin"),
        call=former.read_notice,
    ),
    Case(
        "POST /v1/me/closings/<uuid:closing_id>/withdraw",
        "done",
        "UPDATE closings SET state = 'done', begun_at = now(), ended_at = now()",
        _to(409, "admin"),
    ),
    Case(
        "GET /v1/closings/<uuid:closing_id>/frozen",
        "done",
        "UPDATE closings SET state = 'done', begun_at = now(), ended_at = now()",
    ),
]
_NUMBERS = [
    Case(
        "POST /v1/residents/<uuid:resident_id>/reveal",
        "numbers gone with the account",
        _NO_NUMBERS,
        _to(404, *_CARERS),
    ),
    Case("GET /v1/residents/<uuid:resident_id>", "numbers gone with the account", _NO_NUMBERS),
    Case(
        "PUT /v1/residents/<uuid:resident_id>/numbers",
        "numbers gone with the account",
        _NO_NUMBERS,
        writes=True,
    ),
]
_SHEETS = [
    Case(f"GET {_CODES}", "revoked", _REVOKED, call=former.codes),
    Case(f"POST {_CODES}", "revoked", _REVOKED, _to(409, "admin"), call=former.codes),
    Case(f"POST {_CODES}/reprint", "revoked", _REVOKED, writes=True),
    Case(f"POST {_CODES}/revoke", "revoked", _REVOKED),
    Case(
        "GET /v1/places/<uuid:place_id>/poster.png",
        "revoked",
        _REVOKED,
        _to(409, "admin"),
        call=former.poster,
    ),
    Case("GET /q/<code>", "revoked", _REVOKED, _GONE, call=former.sheet()),
    Case("GET /q/<code>/reports", "revoked", _REVOKED, call=former.sheet("/reports")),
    Case("POST /q/<code>/reports", "revoked", _REVOKED, _GONE, call=former.report_form),
    *(
        Case(
            "GET /q/<code>/reports/<uuid:hazard_id>",
            f"sheet revoked, hazard {status}",
            _REVOKED,
            {ANYBODY: 200},
            call=former.receipt(status),
        )
        for status in (HazardStatus.CLOSED, HazardStatus.REJECTED)
    ),
    Case(
        "GET /q/<code>/reports/<uuid:hazard_id>",
        "merged into a frozen one",
        freeze_closed_hazards,
        {ANYBODY: 200},
        call=former.merged_receipt,
    ),
    Case(
        "GET /q/<code>/reports/<uuid:hazard_id>",
        "frozen",
        freeze,
        {ANYBODY: 404},
        call=former.receipt(HazardStatus.CLOSED),
    ),
    Case("GET /invite/<token>", "used", "", _GONE, call=former.invitation_page()),
    Case("POST /invite/<token>", "used", "", _GONE, call=former.invitation_page()),
    Case(f"GET {_CODE}", "gone", _NO_CODE, _to(404, *_CARERS)),
    Case(f"POST {_CODE}", "gone", _NO_CODE, _to(409, *_CARERS)),
    Case(f"POST {_CODE}", "replaced", "UPDATE binding_codes SET version = 3", _to(409, *_CARERS)),
    Case("POST /v1/places/<uuid:place_id>/binding-code-sheet", "gone", _NO_CODE, writes=True),
    Case("PUT /v1/me/proxies/<uuid:proxy_id>", "code gone", _NO_CODE, _to(409, *ROLES)),
]
_LATE = _to(404, "resident", "lead", "clerk", "admin")
_PHOTOS = [
    *(
        Case(
            "PUT /v1/photos/<uuid:photo_id>", state, end, _LATE, writes=True, call=former.late_photo(kind, of)
        )
        for state, end, kind, of in (
            ("of a closed hazard", _CLOSED, PhotoOwner.HAZARD, former.a_hazard),
            ("of a withdrawn claim", _WITHDRAWN, PhotoOwner.CLAIM, former.a_claim),
            ("of a visit when care ended", _CARE_ENDED, PhotoOwner.VISIT, former.a_visit),
        )
    ),
    Case(
        "PUT /v1/photos/<uuid:photo_id>",
        "of a frozen hazard",
        freeze,
        _LATE | _to(404, "worker"),
        call=former.late_photo(PhotoOwner.HAZARD, former.a_hazard),
    ),
    Case(
        "GET /v1/photos/<uuid:photo_id>",
        "of a closed hazard",
        _CLOSED,
        _to(200, "lead"),
        call=former.photo_of(PhotoOwner.HAZARD, former.a_hazard),
    ),
    Case(
        "GET /v1/photos/<uuid:photo_id>",
        "of a frozen hazard",
        freeze,
        _NO_ONE,
        call=former.photo_of(PhotoOwner.HAZARD, former.a_hazard),
    ),
]
CASES = [*_of_kinds(), *_accounts(), *_PARENTS, *_NUMBERS, *_SHEETS, *_PHOTOS, *CHECKLISTS]

_PLACES = "places have no end in the product: nothing retires or deletes one"
_OF_ONESELF = "asks something about oneself and names nothing else: the id is that of the new wish"
NEVER_OVER = {
    **DRAFTS_NEVER_OVER,
    **EVIDENCE_NEVER_OVER,
    **ROSTER_NEVER_OVER,
    "PUT /v1/places/<uuid:place_id>": "names a new place in an area; areas have no end",
    "GET /v1/places/<uuid:place_id>": _PLACES,
    "PUT /v1/households/<uuid:household_id>": _PLACES,
    "POST /q/<code>/reports/<uuid:hazard_id>/rating": "asks for what is over (test_rating.py)",
    "GET /q/<code>/reports/<uuid:hazard_id>/rating": "leads to the receipt, whatever became of it",
    "GET /n/<uuid:notice_id>": "a notice has no end; it says how the hazard stands, ended or not",
    "PUT /v1/hazards/<uuid:hazard_id>": f"{_PLACES}; staff may report by a revoked sheet, as a hint",
    "PUT /v1/hazard-exports/<uuid:export_id>": "names an area, which has no end",
    "PUT /v1/imports/<uuid:import_id>": "names an area, which has no end",
    "PUT /v1/weather-alerts/<uuid:alert_id>": "names an area, which has no end",
    "PUT /v1/routes/<uuid:route_id>": "names an area and places, which have no end",
    "PUT /v1/category-deadlines/<uuid:deadline_id>": "names a community, which has no end",
    "PUT /v1/rewards/<uuid:reward_id>": "names a community, which has no end",
    "PUT /v1/approvals/<uuid:approval_id>": "what it names is looked at when it is used",
    "PUT /v1/me/copies/<uuid:copy_id>": _OF_ONESELF,
    **{f"PUT /v1/me/{one}s/<uuid:{one}_id>": _OF_ONESELF for one in ("deletion", "correction", "closing")},
    "PUT /v1/me/binding-requests/<uuid:request_id>": "names a community, which has no end",
    "PUT /v1/me/message-acceptances/<uuid:acceptance_id>": "names WeChat's templates; a sign of the moment",
    "GET /v1/photos/<uuid:photo_id>/<any(thumb, large):copy>": "opened by an address given with the photo",
}
"""Lines that name a thing, none of whose kind can be over, and why."""
