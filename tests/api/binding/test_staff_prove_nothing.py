"""Staff look up what proves who others are, so in their community it proves nothing of themselves."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.actors import Role
from app.clock import now
from app.models import Grant
from tests.api.sign_in.conftest import grant
from tests.binding_world import ask, by_id_number, by_phone, new_code, refused, write_unbound
from tests.cast import FAR, GRID, HOME
from tests.client import Client

UNCLEAR = (409, "binding_unclear")


def post_of(session: Session, client: Client, role: Role, area_code: str) -> Grant:
    """Give somebody a post."""
    assert client.person is not None
    return grant(session, client.person.user_id, role=role, area_code=area_code)


@pytest.mark.parametrize(
    "role, area_code",
    [
        (Role.GRID_WORKER, GRID),
        (Role.BUILDING_LEAD, HOME),
        (Role.COMMUNITY_ADMIN, HOME),
        (Role.COUNTY_OFFICER, HOME[:6]),
    ],
)
def test_neither_papers_nor_a_phone_prove_anything_of_them(
    newcomer: Client, admin: Client, session: Session, role: Role, area_code: str
) -> None:
    """S-14: she reads the number, the household's code, and writes phones into the roster."""
    resident_id = write_unbound(session)
    code = new_code(admin)
    post_of(session, newcomer, role, area_code)

    assert refused(by_phone(newcomer)) == UNCLEAR
    assert refused(by_id_number(newcomer, code)) == UNCLEAR
    request = ask(newcomer).json["id"]
    path = f"/v1/binding-requests/{request}/approve"
    assert admin.post(path, json={"resident_id": str(resident_id)}).status_code == 200


def test_elsewhere_they_are_as_everybody(newcomer: Client, session: Session) -> None:
    """S-14: who works in another community looks nothing up here."""
    write_unbound(session)
    post_of(session, newcomer, Role.GRID_WORKER, FAR)

    assert by_phone(newcomer).status_code == 200


@pytest.mark.parametrize("column", ["ended_at", "valid_until"])
def test_who_had_a_post_proves_nothing_for_a_year(newcomer: Client, session: Session, column: str) -> None:
    """S-14: she knows what she looked up on her last day."""
    write_unbound(session)
    over = post_of(session, newcomer, Role.GRID_WORKER, GRID)
    over.valid_from = now() - timedelta(days=800)
    setattr(over, column, now() - timedelta(days=364))
    session.commit()
    before = refused(by_phone(newcomer))
    setattr(over, column, now() - timedelta(days=366))
    session.commit()

    assert before == UNCLEAR
    assert by_phone(newcomer).status_code == 200
