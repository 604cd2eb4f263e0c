"""Areas, places, and the printed codes that name places."""

from app.models import AreaLevel, PlaceCode, PlaceKind
from app.places.codes import (
    CODE_LENGTH,
    CodeRevokedError,
    CodeSigner,
    CodeVersionError,
    codes_of,
    find,
    issue,
    issue_all,
    reprint,
    resolve,
    revoke,
)
from app.places.listings import (
    Community,
    area_names,
    areas,
    communities,
    community_name,
    place_in_scope,
    place_with_code,
    places,
)
from app.places.register import AreaUnknownError, NewPlace, register

__all__ = [
    "CODE_LENGTH",
    "AreaLevel",
    "AreaUnknownError",
    "CodeRevokedError",
    "CodeSigner",
    "CodeVersionError",
    "Community",
    "NewPlace",
    "PlaceCode",
    "PlaceKind",
    "area_names",
    "areas",
    "codes_of",
    "communities",
    "community_name",
    "find",
    "issue",
    "issue_all",
    "place_in_scope",
    "place_with_code",
    "places",
    "register",
    "reprint",
    "resolve",
    "revoke",
]
