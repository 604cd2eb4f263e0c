"""Being bound where a number does not open any more: it proves nothing, and stands in nobody else's way."""

from sqlalchemy.orm import Session

from app.models import Resident
from app.sealing import Cell
from tests.api.binding.test_candidates import approve, fits
from tests.binding_world import ask, by_id_number, give_numbers, new_code, refused, write_unbound
from tests.breaking import break_sealed
from tests.cast import named
from tests.client import Client
from tests.sealer import SEALER


def test_a_phone_that_does_not_open_fits_nobody(newcomer: Client, admin: Client, session: Session) -> None:
    """S-108: whoever decides goes by name and door then."""
    resident_id, request = write_unbound(session), ask(newcomer)
    break_sealed(session, "users", "phone_sealed")

    shown, answer = fits(admin, request), approve(admin, request, resident_id)

    assert shown[str(resident_id)] == ["name", "door"]
    assert (answer.status_code, answer.json["fits"]) == (200, ["name", "door"])


def test_an_id_number_that_does_not_open_proves_nothing(
    newcomer: Client, admin: Client, session: Session
) -> None:
    """S-53: whose it is reads what anybody reads who is wrong."""
    write_unbound(session)
    code = new_code(admin)
    break_sealed(session, "residents", "id_number_sealed", "phone_sealed")

    assert refused(by_id_number(newcomer, code)) == (409, "binding_refused")


def test_an_id_number_that_does_not_open_keeps_nobody_else_out(
    newcomer: Client, admin: Client, session: Session
) -> None:
    """S-108: the others of that home bind themselves as before."""
    unbound, code, number = write_unbound(session), new_code(admin), "000000195503080020"
    give_numbers(session, named("resident"), id_number=number)
    elsewhere = SEALER.seal(number, Cell("residents", "id_number_sealed", unbound))
    session.get_one(Resident, named("resident")).id_number_sealed = elsewhere
    session.commit()

    bound = by_id_number(newcomer, code)

    assert (bound.status_code, bound.json["resident_id"]) == (200, str(unbound))
