"""A role is granted at the levels of area that it is for: else one person alone would open a whole city."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Role
from app.identity import grantable
from app.ids import new_id
from app.models import Approval, Grant
from tests.approval_world import WHY, Become, admin_grant, approved, granted, outcome
from tests.cast import GRID, HOME, STAFF, person

_TOWNSHIP = HOME[:9]
_COUNTY = HOME[:6]
_CITY = HOME[:4]


def test_every_role_but_the_implied_one_has_its_levels() -> None:
    assert set(grantable.LEVELS) == set(Role) - {Role.RESIDENT}
    assert all(grantable.fits(role, area_code) for role, area_code in STAFF.values())


@pytest.mark.parametrize(
    "role, area_code",
    [
        *(("community_admin", one) for one in (_CITY, _COUNTY, _TOWNSHIP, GRID)),
        *(("shop_clerk", one) for one in (_CITY, _COUNTY, _TOWNSHIP, GRID)),
        *(("grid_worker", one) for one in (_CITY, _COUNTY, _TOWNSHIP)),
        *(("building_lead", one) for one in (_CITY, _COUNTY, _TOWNSHIP)),
        *(("county_officer", one) for one in (_CITY, _TOWNSHIP, HOME, GRID)),
        *(("city_officer", one) for one in (_COUNTY, _TOWNSHIP, HOME, GRID)),
        *((one, GRID) for one in ("system_admin", "security_admin", "auditor")),
    ],
)
def test_a_role_is_not_granted_at_another_level(
    be: Become, session: Session, role: str, area_code: str
) -> None:
    """S-38: a community's admin over the city would read every household of it, and no officer was asked."""
    answer = granted(be("security"), admin_grant(role=role, area_code=area_code), None)

    assert outcome(answer) == (422, "area_level")
    assert list(answer.json["errors"]) == ["area_code"]
    which = select(Grant.id).where(Grant.user_id == person("neighbour").user_id)
    assert session.scalars(which).all() == []


@pytest.mark.parametrize("role", ["grid_worker", "building_lead"])
@pytest.mark.parametrize("area_code", [HOME, GRID])
def test_a_worker_and_a_lead_have_a_grid_or_a_community(be: Become, role: str, area_code: str) -> None:
    assert granted(be("security"), admin_grant(role=role, area_code=area_code), None).status_code == 201


@pytest.mark.parametrize("area_code", [_CITY, _COUNTY, _TOWNSHIP, HOME])
def test_an_administrator_is_granted_from_the_community_up(be: Become, area_code: str) -> None:
    security, new = be("security"), admin_grant(area_code=area_code)

    assert granted(security, new, approved(security, be("city"), admin_grant=new)).status_code == 201


@pytest.mark.parametrize(
    "new, expected, field",
    [
        ({"role": "county_officer", "area_code": HOME}, (422, "area_level"), "area_code"),
        ({"role": "city_officer", "area_code": _COUNTY}, (422, "area_level"), "area_code"),
        ({"role": "auditor", "area_code": GRID}, (422, "area_level"), "area_code"),
        ({"who": "system", "role": "auditor", "area_code": _CITY}, (409, "roles_exclude"), "role"),
    ],
)
def test_nobody_is_asked_for_a_grant_that_would_be_refused(
    be: Become, session: Session, new: dict[str, Any], expected: tuple[int, str], field: str
) -> None:
    """S-38, S-39: the officer would agree to what cannot be given."""
    body = {"admin_grant": admin_grant(**new), "reason": WHY}

    answer = be("security").put(f"/v1/approvals/{new_id()}", json=body)

    assert outcome(answer) == expected
    assert list(answer.json["errors"]) == [field]
    assert session.scalars(select(Approval.id)).all() == []


def test_asking_does_not_tell_who_is_an_administrator_elsewhere(be: Become) -> None:
    """S-35: of an account outside the asker's areas the answer is that of any id."""
    far = be("far_security")
    for user_id in (str(person("auditor").user_id), str(new_id())):
        new = admin_grant(user_id=user_id, role="system_admin", area_code="421222")
        body = {"admin_grant": new, "reason": WHY}

        assert far.put(f"/v1/approvals/{new_id()}", json=body).status_code == 201
