"""System, security and audit administration are three people's work (三员分立)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.actors import Role
from app.identity import ADMINISTRATORS, TABLE, Permission
from app.identity.officers import OFFICERS
from app.ids import new_id
from app.models import Grant, Notice, NoticeKind
from tests.approval_world import WHY, Become, admin_grant, approved, granted, outcome
from tests.cast import HOME, LONG_AGO, STAFF, named, person, sign_in_again
from tests.client import Client

_THREE = ("system", "security", "auditor")
_ROLE = {"system": "system_admin", "security": "security_admin", "auditor": "auditor"}
_ALLOWED = {"make users": "system", "grant": "security", "end grants": "security"}
"""What is one administrator's own; the other two are refused."""
_READING = {Permission.SELF, Permission.AREA_READ, Permission.USER_READ}
_EACH_HIS_OWN = {Permission.ROSTER_IMPORT}
"""Of one workbook each enters what is his (ADR 0023); tests/imports/test_who_enters.py holds by what."""


def _request(what: str) -> tuple[str, str, dict[str, Any] | None]:
    user = {"area_code": HOME, "phone": "10000000123", "name": "新人"}
    role = {"user_id": str(person("neighbour").user_id), "role": "grid_worker", "area_code": HOME}
    return {
        "make users": ("PUT", f"/v1/users/{new_id()}", user),
        "grant": ("PUT", f"/v1/grants/{new_id()}", role),
        "end grants": ("POST", f"/v1/grants/{named('grant worker')}/end", None),
    }[what]


@pytest.mark.parametrize("who", _THREE)
@pytest.mark.parametrize("what", _ALLOWED)
def test_each_has_his_own_work(be: Become, who: str, what: str) -> None:
    """S-39: 3 by 3, users are the system's, grants the security administrator's, neither the auditor's."""
    method, path, body = _request(what)

    answer = be(who).open(path, method, json=body)

    if _ALLOWED[what] == who:
        assert answer.status_code in {200, 201}, answer.text
    else:
        assert outcome(answer) == (403, "forbidden")


def test_no_function_that_writes_is_two_administrators() -> None:
    """S-39: whatever one of the three may do, reading aside, none of the other two may."""
    shared = [
        permission
        for permission, reaches in TABLE.items()
        if len(reaches.keys() & ADMINISTRATORS) > 1 and permission not in _READING | _EACH_HIS_OWN
    ]

    assert shared == []


def test_the_auditor_writes_nothing() -> None:
    """S-39: the auditor has himself, the names of areas, and the audit."""
    held = {str(permission) for permission, reaches in TABLE.items() if Role.AUDITOR in reaches}

    assert held - {"audit_read"} == {"self", "area_read"}


def test_audit_is_the_auditors_alone() -> None:
    """S-39: neither the system's nor the security administrator reads the audit."""
    readers = {
        role
        for permission, reaches in TABLE.items()
        if permission.value.startswith("audit")
        for role in reaches
    }

    assert readers <= {Role.AUDITOR}


@pytest.mark.parametrize("second", _THREE)
@pytest.mark.parametrize("first", _THREE)
def test_one_person_is_one_of_them(be: Become, session: Session, first: str, second: str) -> None:
    """S-39: 3 by 3, a second of the three for one person is refused, even with everybody's consent."""
    security = be("security" if first != "security" else "far_security")
    decider = be("county" if first != "security" else "far_county")
    area_code = HOME if first != "security" else "421222102203"
    who = "neighbour" if first != "security" else "far_resident"
    one, two = (admin_grant(who, role=_ROLE[name], area_code=area_code) for name in (first, second))
    agreed = [approved(security, decider, admin_grant=new) for new in (one, two)]
    assert granted(security, one, agreed[0]).status_code == 201

    answer = granted(security, two, agreed[1])

    if first == second:
        assert outcome(answer) == (409, "grant_open")
    else:
        assert outcome(answer) == (409, "roles_exclude")
    held = select(func.count(func.distinct(Grant.role))).where(
        Grant.user_id == person(who).user_id, Grant.role.in_(ADMINISTRATORS)
    )
    assert session.scalar(held) == 1


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.RESIDENT])
@pytest.mark.parametrize(
    "grantor, allowed", [("security", True), ("system", False), ("auditor", False), ("city", False)]
)
def test_who_may_grant_what(be: Become, grantor: str, role: Role, *, allowed: bool) -> None:
    """S-38: grantor by role; only the security administrator grants, the three and officers by two."""
    where = {Role.COUNTY_OFFICER: "421224", Role.CITY_OFFICER: "4212"}.get(role, HOME)
    new = admin_grant(role=role.value, area_code=where)

    answer = granted(be(grantor), new, None)

    if not allowed:
        assert outcome(answer) == (403, "forbidden")
    elif role in ADMINISTRATORS | OFFICERS:
        assert outcome(answer) == (409, "approval_needed")
    else:
        assert answer.status_code == 201


@pytest.mark.parametrize(
    "role, area_code, status",
    [
        ("community_admin", "421222102203", 201),
        ("auditor", "421222", 409),
        ("auditor", "4212", 404),
        ("auditor", "421224", 404),
        ("community_admin", "421224100001", 404),
    ],
)
def test_no_grant_reaches_further_than_the_grantors(
    be: Become, role: str, area_code: str, status: int
) -> None:
    """S-38: an administrator of a county gives no role in the city above it, nor in the county beside it."""
    new = admin_grant("far_worker", role=role, area_code=area_code)

    assert granted(be("far_security"), new, None).status_code == status


def test_another_role_does_not_widen_the_power_to_grant(be: Become, session: Session) -> None:
    """S-38: whoever is security administrator of a county and city officer besides grants in the county."""
    wide = Grant(
        id=new_id(),
        user_id=person("far_security").user_id,
        role=Role.CITY_OFFICER,
        area_code="4212",
        valid_from=LONG_AGO,
        content_hash=b"",
        created_at=LONG_AGO,
    )
    session.add(wide)
    session.commit()

    new = admin_grant("worker", role="shop_clerk", area_code=HOME)

    assert outcome(granted(be("far_security"), new, None)) == (404, "not_found")


def test_a_demoted_person_is_refused_at_the_next_request(be: Become, session: Session) -> None:
    """S-37: between two requests the right is gone, with the session (S-12); a new grant brings it back."""
    admin: Client = be("admin")
    security = be("security")
    assert admin.get("/v1/users").status_code == 200

    assert security.post(f"/v1/grants/{named('grant admin')}/end").status_code == 200
    ended = admin.get("/v1/users")
    sign_in_again(session, "admin")
    refused = admin.get("/v1/users")
    assert granted(security, admin_grant("admin", role="community_admin"), None).status_code == 201

    assert outcome(ended) == (401, "sign_in_needed")
    assert outcome(refused) == (403, "forbidden")
    sign_in_again(session, "admin")
    assert admin.get("/v1/users").status_code == 200


@pytest.mark.parametrize(
    "role, area_code", [("community_admin", HOME), ("grid_worker", HOME), ("county_officer", HOME[:6])]
)
def test_an_auditor_has_no_other_role(be: Become, role: str, area_code: str) -> None:
    """S-39: the auditor is read-only; whoever writes would read the trail of what he did himself."""
    new = admin_grant("auditor", role=role, area_code=area_code)

    assert outcome(granted(be("security"), new, None)) == (409, "roles_exclude")


def test_whoever_has_another_role_becomes_no_auditor(be: Become) -> None:
    """S-39: nor is an officer asked for it; once the other role has ended, he may."""
    security, new = be("security"), admin_grant("worker", role="auditor", area_code=HOME)
    path = f"/v1/approvals/{new_id()}"
    refused = security.put(path, json={"admin_grant": new, "reason": WHY})
    held = next(one for one in security.get(f"/v1/users/{new['user_id']}").json["grants"])
    assert security.post(f"/v1/grants/{held['id']}/end").status_code == 200

    assert outcome(refused) == (409, "roles_exclude")
    assert granted(security, new, approved(security, be("city"), admin_grant=new)).status_code == 201


def _told(session: Session, what: str = "no_auditor") -> set[str]:
    of = {person(name).user_id: name for name in STAFF}
    which = (Notice.kind == NoticeKind.ACCOUNT_ALERT, Notice.data["what"].astext == what)
    return {of[one] for one in session.scalars(select(Notice.user_id).where(*which))}


@pytest.mark.parametrize(
    "who, by",
    [("auditor", "grant"), ("auditor", "account"), ("system", "grant"), ("security", "account")],
)
def test_that_the_last_administrator_of_a_kind_went_is_told(
    be: Become, session: Session, capsys: pytest.CaptureFixture[str], who: str, by: str
) -> None:
    """S-39: one person alone may have to end it at once; that nobody looks, or grants, any more is no secret.

    Whoever ends one of his own kind is left himself.
    """
    last = person(who).user_id
    if by == "grant":
        (grant,) = session.scalars(select(Grant.id).where(Grant.user_id == last))
        assert be("security").post(f"/v1/grants/{grant}/end").status_code == 200
    else:
        assert be("system").step(f"/v1/users/{last}/disable").status_code == 200

    assert _told(session, f"no_{_ROLE[who]}") == {"city", *_THREE} - {who}
    assert "administrator_missing" in "".join(capsys.readouterr())


@pytest.mark.parametrize("who", ["auditor", "far_auditor", "security", "far_county"])
def test_that_a_second_factor_was_taken_is_told_to_those_who_watch(
    be: Become, session: Session, who: str
) -> None:
    """S-39: with an invitation of another's, somebody could read the trail as its auditor, or agree."""
    told = {
        "city",
        *_THREE,
        *(("far_county", "far_security", "far_system", "far_auditor") if "far" in who else ()),
    }
    path = f"/v1/users/{person(who).user_id}/second-factor/reset"
    assert be("system").step(path, step_id := {"step_id": str(new_id())}).status_code == 200
    assert be("system").post(path, json=step_id).status_code == 200, "again tells nobody anew"

    assert _told(session, "second_factor_reset_of") == told - {who, "system"}
    data = select(Notice.data).where(Notice.data["what"].astext == "second_factor_reset_of")
    assert {one["user_id"] for one in session.scalars(data)} == {str(person(who).user_id)}
    assert len(session.scalars(data).all()) == len(told) - 2


def test_of_a_grid_workers_second_factor_nobody_else_is_told(be: Become, session: Session) -> None:
    path = f"/v1/users/{person('worker').user_id}/second-factor/reset"

    assert be("system").step(path).status_code == 200
    assert _told(session, "second_factor_reset_of") == set()


def test_where_another_auditor_is_left_nobody_is_told(be: Become, session: Session) -> None:
    """S-39: of the county's auditor the city's is the other."""
    county = person("far_auditor").user_id
    session.execute(update(Grant).where(Grant.user_id == county).values(area_code=HOME[:6]))
    session.commit()
    (grant,) = session.scalars(select(Grant.id).where(Grant.user_id == county))

    assert be("security").post(f"/v1/grants/{grant}/end").status_code == 200
    assert _told(session) == set()


def test_an_auditor_until_last_year_leaves_no_gap(be: Become, session: Session) -> None:
    """S-39: what is over when his account is shut was no look any more."""
    auditor = person("auditor").user_id
    over = update(Grant).where(Grant.user_id == auditor)
    session.execute(over.values(valid_until=LONG_AGO + timedelta(1)))
    session.commit()

    assert be("system").step(f"/v1/users/{auditor}/disable").status_code == 200
    assert _told(session) == set()


@pytest.mark.parametrize(
    "role, where, others",
    [
        ("community_admin", HOME, {"admin", "auditor", "county", "city"}),
        ("system_admin", HOME, {"system", "auditor", "county", "city"}),
        ("security_admin", HOME, {"auditor", "county", "city"}),
        ("county_officer", HOME[:6], {"auditor", "county", "city"}),
    ],
)
def test_a_role_above_grid_worker_is_told_to_those_who_know_who_should_hold_it(
    be: Become, session: Session, role: str, where: str, others: set[str]
) -> None:
    """S-39: one alone could give it to a second account of his own, and read there; sent again tells none."""
    security, new = be("security"), admin_grant("neighbour", role=role, area_code=where)
    by_two = role != "community_admin"
    approval_id = approved(security, be("city"), admin_grant=new) if by_two else None

    assert [granted(security, new, approval_id).status_code for _ in range(2)] == [201, 200]

    assert _told(session, "granted_of") == others
    rows = select(Notice.user_id, Notice.area_code, Notice.data).where(Notice.data.has_key("role"))
    told = session.execute(rows).all()
    got = person("neighbour").user_id
    about = {"what": "granted_of", "user_id": str(got), "role": role}
    assert len(told) == len(others) + 1
    assert {area_code for _, area_code, _ in told} == {where}
    assert [data for who, _, data in told if who == got] == [{"what": "granted", "role": role}]
    assert [data for who, _, data in told if who != got] == [about] * len(others)


def test_of_a_clerk_nobody_is_told(be: Become, session: Session) -> None:
    new = admin_grant("neighbour", role="shop_clerk", area_code=HOME)

    assert granted(be("security"), new, None).status_code == 201
    assert _told(session, "granted_of") == set()
