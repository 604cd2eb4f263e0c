"""The seed's personal texts, told in clear and sealed right before they are written."""

from app.cli.seed.rows import Rows
from app.identity import sealed_phone
from app.models import User
from app.sealing import Sealer


def seal(rows: Rows, sealer: Sealer) -> None:
    """Put the sealed columns in the place of the clear ones."""
    for user in rows.of(User):
        user.update(sealed_phone(sealer, user["id"], user.pop("phone")))
