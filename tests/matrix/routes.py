"""The matrix: all routes."""

from tests.matrix.lines import Line
from tests.matrix.routes_approvals import APPROVALS
from tests.matrix.routes_base import BASE
from tests.matrix.routes_bindings import BINDINGS
from tests.matrix.routes_employment import EMPLOYMENT
from tests.matrix.routes_inbox import INBOX
from tests.matrix.routes_months import MONTHS
from tests.matrix.routes_own_data import OWN_DATA
from tests.matrix.routes_patrol import PATROL
from tests.matrix.routes_people import PEOPLE
from tests.matrix.routes_photos import PHOTOS
from tests.matrix.routes_plans import PLANS
from tests.matrix.routes_points import POINTS
from tests.matrix.routes_presence import PRESENCE
from tests.matrix.routes_proxies import PROXIES
from tests.matrix.routes_roster import ROSTER
from tests.matrix.routes_visits import VISITS

LINES: list[Line] = [
    *BASE,
    *PHOTOS,
    *INBOX,
    *PATROL,
    *PLANS,
    *PRESENCE,
    *PEOPLE,
    *ROSTER,
    *BINDINGS,
    *OWN_DATA,
    *PROXIES,
    *VISITS,
    *EMPLOYMENT,
    *MONTHS,
    *POINTS,
    *APPROVALS,
]
