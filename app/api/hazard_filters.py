"""Which hazards of the ledger somebody asks for: the same question for the list, its figures and the map."""

from enum import StrEnum
from typing import Any

import marshmallow as ma

from app import hazards
from app.api.http.allow import actor
from app.api.http.fields import Input, Text, area_code, asked, moment, uid, whole, word, words
from app.hazards import HazardCategory, HazardLevel, HazardSource, HazardStatus

YEAR_DAYS = 366
FACES = (1, 3)
"""From dissatisfied to satisfied."""
LONGEST_KEY = 120


class Assignee(StrEnum):
    """Whose work to list."""

    ME = "me"


class HazardFilterInput(Input):
    """Which hazards. Of several words, with commas between them, any fits; spans end before ``until``.

    What waits for a unit is listed with each of its members. ``overdue`` gives what is past its deadline and
    not ended, ``recurring`` what was found again while it was open, ``lacks_photos`` what names photos that
    have not arrived, ``supervised`` what an office urged and is not ended, ``extension_asked`` where more
    time is asked for; ``satisfaction`` is what the reporter said, from 1, dissatisfied, to 3; ``text`` looks
    in texts and names of places.
    """

    status = words(HazardStatus, load_default=())
    source = words(HazardSource, load_default=())
    category = words(HazardCategory, load_default=())
    level = word(HazardLevel, load_default=None)
    area_code = area_code(load_default=None)
    place_id = uid(load_default=None)
    item_key = Text(LONGEST_KEY, least=1, load_default=None)
    assignee = word(Assignee, load_default=None)
    assignee_id = uid(load_default=None)
    unit_id = uid(load_default=None)
    reported_since = moment(load_default=None)
    reported_until = moment(load_default=None)
    closed_since = moment(load_default=None)
    closed_until = moment(load_default=None)
    overdue = asked()
    due_within_days = whole(0, YEAR_DAYS, strict=False, load_default=None)
    recurring = asked()
    lacks_photos = asked()
    satisfaction = whole(*FACES, strict=False, load_default=None)
    supervised = asked()
    extension_asked = asked()
    text = Text(50, least=1, load_default=None)

    @ma.validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse to be asked for two people's work at once."""
        if data.get("assignee") and data.get("assignee_id"):
            raise ma.ValidationError("整改人只能填一个", "assignee_id")


def wanted_from(sent: dict[str, Any]) -> hazards.HazardFilter:
    """Give what the domain takes."""
    about = dict(sent)
    if about.pop("assignee") is Assignee.ME:
        about["assignee_id"] = actor().user_id
    return hazards.HazardFilter(**about)
