"""The sealer of the application under test, for rows that tests write themselves."""

import os

from app.config import Suite
from app.keys import derived
from app.sealing import Sealer

SECRET_KEY = "a key for tests only, of 32 signs or more"
SUITE = Suite(os.environ.get("GONGDI_TEST_SUITE", Suite.INTL))
"""Of this run: `GONGDI_TEST_SUITE=gm make test` is the whole run under the Chinese algorithms."""
KEYS = {"GONGDI_SECRET_KEY": SECRET_KEY, "GONGDI_FIELD_SUITE": SUITE, "GONGDI_INDEX_SUITE": SUITE}
"""The settings that make the application's sealer this one."""
SEALER = Sealer(
    keys={"laptop": derived(SECRET_KEY, "field keys of a laptop")},
    active="laptop",
    suite=SUITE,
    index_key=derived(SECRET_KEY, "index key of a laptop"),
    index_suite=SUITE,
)
