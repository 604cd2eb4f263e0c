"""What each role may do: one table, read by every view and printed in the docs."""

from enum import StrEnum

from app.actors import Actor, ProxyFunction, Role, Scope, community_of


class Reach(StrEnum):
    """How far a role's permission goes."""

    AREA = "area"
    """Every record below the grant's area code."""
    COMMUNITY = "community"
    """Every record of the community the resident lives in."""
    OWN = "own"
    """Records of the resident's own household, or that he made himself."""


class Permission(StrEnum):
    """A function of the product, as the views name it."""

    SELF = "self"
    AREA_READ = "area_read"
    PLACE_READ = "place_read"
    PLACE_WRITE = "place_write"
    CODE_PRINT = "code_print"
    ROSTER_READ = "roster_read"
    ROSTER_WRITE = "roster_write"
    ROSTER_EXPORT = "roster_export"
    GRID_WRITE = "grid_write"
    ROSTER_IMPORT = "roster_import"
    ROSTER_HISTORY = "roster_history"
    PRESENCE_SET = "presence_set"
    REVEAL = "reveal"
    CONSENT_OWN = "consent_own"
    CONSENT_RECORD = "consent_record"
    GUARDIAN_RECORD = "guardian_record"
    GUARDIAN_VERIFY = "guardian_verify"
    USER_READ = "user_read"
    USER_WRITE = "user_write"
    GRANT_WRITE = "grant_write"
    APPROVAL_ASK = "approval_ask"
    APPROVAL_READ = "approval_read"
    APPROVAL_DECIDE = "approval_decide"
    SIGN_IN_CODE = "sign_in_code"
    BINDING_CODE = "binding_code"
    BINDING_DECIDE = "binding_decide"
    CORRECTION_ASK = "correction_ask"
    CORRECTION_DECIDE = "correction_decide"
    DELETION_ASK = "deletion_ask"
    DELETION_DECIDE = "deletion_decide"
    PROXY_ASK = "proxy_ask"
    PROXY_DECIDE = "proxy_decide"
    CHECKLIST_READ = "checklist_read"
    CHECKLIST_WRITE = "checklist_write"
    INSPECTION_FILE = "inspection_file"
    INSPECTION_READ = "inspection_read"
    PLAN_READ = "plan_read"
    PLAN_WRITE = "plan_write"
    DAY_READ = "day_read"
    PHOTO_UPLOAD = "photo_upload"
    PHOTO_MATCH_READ = "photo_match_read"
    PHOTO_REVIEW = "photo_review"
    PHOTO_MARK = "photo_mark"
    HAZARD_REPORT = "hazard_report"
    HAZARD_READ = "hazard_read"
    HAZARD_ACCEPT = "hazard_accept"
    HAZARD_TRIAGE = "hazard_triage"
    HAZARD_ASSIGN = "hazard_assign"
    HAZARD_RECTIFY = "hazard_rectify"
    HAZARD_VERIFY = "hazard_verify"
    HAZARD_CLOSE_MAJOR = "hazard_close_major"
    HAZARD_SUPERVISE = "hazard_supervise"
    HAZARD_NOTICE = "hazard_notice"
    HAZARD_EXPORT = "hazard_export"
    DEADLINE_READ = "deadline_read"
    CARE_READ = "care_read"
    CARE_WRITE = "care_write"
    CARE_COUNT = "care_count"
    ESCAPE_HELP = "escape_help"
    WORK_WRITE = "work_write"
    WORK_OWN = "work_own"
    WORK_COUNT = "work_count"
    WORKER_MONTH_OWN = "worker_month_own"
    WORKER_MONTH_READ = "worker_month_read"
    WEATHER_READ = "weather_read"
    WEATHER_WARN = "weather_warn"
    TICKET_READ = "ticket_read"
    TICKET_DECIDE = "ticket_decide"
    VISIT_FILE = "visit_file"
    VISIT_OWN = "visit_own"
    HARM_CASE = "harm_case"
    RULE_READ = "rule_read"
    CLAIM_SUBMIT = "claim_submit"
    CLAIM_READ = "claim_read"
    CLAIM_VERIFY = "claim_verify"
    CLAIM_TURN_DOWN = "claim_turn_down"
    CLAIM_APPROVE = "claim_approve"
    POINTS_READ = "points_read"
    POINTS_ADJUST = "points_adjust"
    SHOP_READ = "shop_read"
    SHOP_WRITE = "shop_write"
    REDEEM = "redeem"
    REDEMPTION_READ = "redemption_read"
    HAND_OVER = "hand_over"
    AUDIT_READ = "audit_read"
    POLICY_READ = "policy_read"
    POLICY_SET = "policy_set"
    WITNESS_SHOW = "witness_show"
    DEVICE_FINDINGS = "device_findings"
    SPOT_CHECK_READ = "spot_check_read"
    SPOT_CHECK_DO = "spot_check_do"


_RESIDENT = Role.RESIDENT
_LEAD = Role.BUILDING_LEAD
_WORKER = Role.GRID_WORKER
_CLERK = Role.SHOP_CLERK
_ADMIN = Role.COMMUNITY_ADMIN
_COUNTY = Role.COUNTY_OFFICER
_CITY = Role.CITY_OFFICER
_SYSTEM = Role.SYSTEM_ADMIN
_SECURITY = Role.SECURITY_ADMIN
_AUDITOR = Role.AUDITOR

_AREA, _COMMUNITY, _OWN = Reach.AREA, Reach.COMMUNITY, Reach.OWN
_FIELD_STAFF = {_LEAD: _AREA, _WORKER: _AREA, _ADMIN: _AREA}
_OFFICES = {_COUNTY: _AREA, _CITY: _AREA}
_EVERYBODY = dict.fromkeys(Role, _AREA) | {_RESIDENT: _COMMUNITY}

TABLE: dict[Permission, dict[Role, Reach]] = {
    Permission.SELF: _EVERYBODY,
    Permission.AREA_READ: _EVERYBODY,
    Permission.PLACE_READ: {_RESIDENT: _COMMUNITY, _CLERK: _AREA, **_FIELD_STAFF, **_OFFICES},
    Permission.PLACE_WRITE: {_ADMIN: _AREA},
    Permission.CODE_PRINT: {_ADMIN: _AREA},
    Permission.ROSTER_READ: {_RESIDENT: _OWN, **_FIELD_STAFF},
    Permission.ROSTER_WRITE: {_ADMIN: _AREA},
    Permission.ROSTER_EXPORT: {_ADMIN: _AREA},
    Permission.GRID_WRITE: {_ADMIN: _AREA, _SYSTEM: _AREA},
    Permission.ROSTER_IMPORT: {_ADMIN: _AREA, _SYSTEM: _AREA, _SECURITY: _AREA},
    Permission.ROSTER_HISTORY: {_WORKER: _AREA, _ADMIN: _AREA},
    Permission.PRESENCE_SET: {_WORKER: _AREA, _ADMIN: _AREA},
    Permission.REVEAL: {_WORKER: _AREA, _ADMIN: _AREA},
    Permission.CONSENT_OWN: {_RESIDENT: _OWN},
    Permission.CONSENT_RECORD: {_WORKER: _AREA, _ADMIN: _AREA},
    Permission.GUARDIAN_RECORD: {_WORKER: _AREA, _ADMIN: _AREA},
    Permission.GUARDIAN_VERIFY: {_ADMIN: _AREA},
    Permission.USER_READ: {_ADMIN: _AREA, _SYSTEM: _AREA, _SECURITY: _AREA},
    Permission.USER_WRITE: {_SYSTEM: _AREA},
    Permission.GRANT_WRITE: {_SECURITY: _AREA},
    Permission.APPROVAL_ASK: {_ADMIN: _AREA, **_OFFICES, _SECURITY: _AREA},
    Permission.APPROVAL_READ: {_ADMIN: _AREA, **_OFFICES, _SECURITY: _AREA},
    Permission.APPROVAL_DECIDE: {_ADMIN: _AREA, **_OFFICES},
    Permission.SIGN_IN_CODE: _FIELD_STAFF,
    Permission.BINDING_CODE: {_WORKER: _AREA, _ADMIN: _AREA},
    Permission.BINDING_DECIDE: {_ADMIN: _AREA},
    Permission.CORRECTION_ASK: {_RESIDENT: _OWN},
    Permission.CORRECTION_DECIDE: {_ADMIN: _AREA, **_OFFICES},
    Permission.DELETION_ASK: {_RESIDENT: _OWN},
    Permission.DELETION_DECIDE: {_ADMIN: _AREA, **_OFFICES},
    Permission.PROXY_ASK: {_RESIDENT: _OWN, **_FIELD_STAFF},
    Permission.PROXY_DECIDE: {_ADMIN: _AREA},
    Permission.CHECKLIST_READ: {**_FIELD_STAFF, **_OFFICES},
    Permission.CHECKLIST_WRITE: {_ADMIN: _AREA, **_OFFICES},
    Permission.INSPECTION_FILE: {_WORKER: _AREA, _ADMIN: _AREA},
    Permission.INSPECTION_READ: {_WORKER: _AREA, _ADMIN: _AREA, **_OFFICES},
    Permission.PLAN_READ: {_WORKER: _AREA, _ADMIN: _AREA, **_OFFICES},
    Permission.PLAN_WRITE: {_ADMIN: _AREA},
    Permission.DAY_READ: _FIELD_STAFF,
    Permission.PHOTO_UPLOAD: {_RESIDENT: _COMMUNITY, _CLERK: _AREA, **_FIELD_STAFF},
    Permission.PHOTO_MATCH_READ: {_ADMIN: _AREA, **_OFFICES},
    Permission.PHOTO_REVIEW: {_ADMIN: _AREA, _COUNTY: _AREA},
    Permission.PHOTO_MARK: {**_FIELD_STAFF, **_OFFICES},
    Permission.HAZARD_REPORT: {_RESIDENT: _COMMUNITY, _CLERK: _AREA, **_FIELD_STAFF},
    Permission.HAZARD_READ: {_RESIDENT: _OWN, **_FIELD_STAFF, **_OFFICES},
    Permission.HAZARD_ACCEPT: {_ADMIN: _AREA, _COUNTY: _AREA},
    Permission.HAZARD_TRIAGE: {_ADMIN: _AREA},
    Permission.HAZARD_ASSIGN: {_ADMIN: _AREA, _COUNTY: _AREA},
    Permission.HAZARD_RECTIFY: _FIELD_STAFF,
    Permission.HAZARD_VERIFY: {_WORKER: _AREA, _ADMIN: _AREA},
    Permission.HAZARD_CLOSE_MAJOR: {_COUNTY: _AREA},
    Permission.HAZARD_SUPERVISE: _OFFICES,
    Permission.HAZARD_NOTICE: {**_FIELD_STAFF, **_OFFICES},
    Permission.HAZARD_EXPORT: {_ADMIN: _AREA, **_OFFICES},
    Permission.DEADLINE_READ: {_ADMIN: _AREA, **_OFFICES},
    Permission.CARE_READ: {_WORKER: _AREA, _ADMIN: _AREA},
    Permission.CARE_WRITE: {_ADMIN: _AREA},
    Permission.CARE_COUNT: _OFFICES,
    Permission.ESCAPE_HELP: {_WORKER: _AREA, _ADMIN: _AREA},
    Permission.WORK_WRITE: {_WORKER: _AREA, _ADMIN: _AREA},
    Permission.WORK_OWN: {_RESIDENT: _OWN},
    Permission.WORK_COUNT: _OFFICES,
    Permission.WORKER_MONTH_OWN: {_WORKER: _AREA, _ADMIN: _AREA},
    Permission.WORKER_MONTH_READ: {_ADMIN: _AREA},
    Permission.WEATHER_READ: {_WORKER: _AREA, _ADMIN: _AREA, **_OFFICES},
    Permission.WEATHER_WARN: {_ADMIN: _AREA, _COUNTY: _AREA},
    Permission.TICKET_READ: {_WORKER: _AREA, _ADMIN: _AREA, **_OFFICES},
    Permission.TICKET_DECIDE: {_ADMIN: _AREA, **_OFFICES},
    Permission.VISIT_FILE: {_WORKER: _AREA, _ADMIN: _AREA},
    Permission.VISIT_OWN: {_RESIDENT: _OWN},
    Permission.HARM_CASE: {_ADMIN: _AREA},
    Permission.RULE_READ: {_RESIDENT: _COMMUNITY, **_FIELD_STAFF, **_OFFICES},
    Permission.CLAIM_SUBMIT: {_RESIDENT: _OWN, **_FIELD_STAFF},
    Permission.CLAIM_READ: {_RESIDENT: _OWN, **_FIELD_STAFF},
    Permission.CLAIM_VERIFY: {_LEAD: _AREA, _WORKER: _AREA},
    Permission.CLAIM_TURN_DOWN: _FIELD_STAFF,
    Permission.CLAIM_APPROVE: {_ADMIN: _AREA},
    Permission.POINTS_READ: {_RESIDENT: _OWN, **_FIELD_STAFF},
    Permission.POINTS_ADJUST: {_ADMIN: _AREA},
    Permission.SHOP_READ: {_RESIDENT: _COMMUNITY, _CLERK: _AREA, **_FIELD_STAFF},
    Permission.SHOP_WRITE: {_ADMIN: _AREA},
    Permission.REDEEM: {_RESIDENT: _OWN, _LEAD: _AREA},
    Permission.REDEMPTION_READ: {_RESIDENT: _OWN, _LEAD: _AREA, _CLERK: _AREA, _ADMIN: _AREA},
    Permission.HAND_OVER: {_CLERK: _AREA, _LEAD: _AREA},
    Permission.AUDIT_READ: {_AUDITOR: _AREA},
    Permission.POLICY_READ: {_RESIDENT: _COMMUNITY, _CLERK: _AREA, **_FIELD_STAFF, **_OFFICES},
    Permission.POLICY_SET: {_ADMIN: _AREA},
    Permission.WITNESS_SHOW: {_RESIDENT: _COMMUNITY, _CLERK: _AREA, **_FIELD_STAFF},
    Permission.DEVICE_FINDINGS: {_ADMIN: _AREA, _COUNTY: _AREA},
    Permission.SPOT_CHECK_READ: {_WORKER: _AREA, _ADMIN: _AREA, **_OFFICES},
    Permission.SPOT_CHECK_DO: {_ADMIN: _AREA, **_OFFICES},
}


_P, _F = Permission, ProxyFunction
FOR_ANOTHER: dict[ProxyFunction, frozenset[Permission]] = {
    _F.SEE: frozenset({_P.POINTS_READ, _P.CLAIM_READ, _P.REDEMPTION_READ, _P.RULE_READ, _P.SHOP_READ}),
    _F.CLAIM: frozenset({_P.CLAIM_SUBMIT, _P.CLAIM_READ, _P.RULE_READ, _P.PHOTO_UPLOAD}),
    _F.REDEEM: frozenset({_P.REDEEM, _P.REDEMPTION_READ, _P.SHOP_READ}),
    _F.REPORT: frozenset({_P.HAZARD_REPORT, _P.PLACE_READ, _P.PHOTO_UPLOAD}),
    _F.VISITS: frozenset({_P.VISIT_OWN}),
}
"""What a proxy's functions give to whoever acts for a resident (代办); no other is ever his."""
TAKEN_FOR_ANOTHER = frozenset[Permission]().union(*FOR_ANOTHER.values())


def scope_of(actor: Actor, permission: Permission) -> Scope | None:
    """Give how far the actor reaches for one function, or None if it is not his at all."""
    acting = actor.acting
    if acting is not None and all(permission not in FOR_ANOTHER[one] for one in acting.functions):
        return None
    reaches = TABLE[permission]
    areas = [held.area_code for held in actor.held if reaches.get(held.role) is Reach.AREA]
    household_id = None
    if actor.home_code is not None and Role.RESIDENT in reaches:
        household_id = actor.household_id
        if reaches[Role.RESIDENT] is Reach.COMMUNITY:
            areas.append(community_of(actor.home_code))
    if not areas and household_id is None and permission is not Permission.SELF:
        return None
    return Scope(areas=tuple(areas), household_id=household_id)


def roles_for(actor: Actor, permission: Permission) -> tuple[Role, ...]:
    """Give those of the actor's roles that give him a function, each once."""
    held = {grant.role for grant in actor.held}
    if actor.home_code is not None:
        held.add(Role.RESIDENT)
    return tuple(role for role in TABLE[permission] if role in held)
