"""The sealer of the application under test, for rows that tests write themselves."""

from app.config import Suite
from app.keys import derived
from app.sealing import Sealer

SECRET_KEY = "a key for tests only, of 32 signs or more"
SEALER = Sealer(
    keys={"laptop": derived(SECRET_KEY, "field keys of a laptop")},
    active="laptop",
    suite=Suite.INTL,
    index_key=derived(SECRET_KEY, "index key of a laptop"),
    index_suite=Suite.INTL,
)
