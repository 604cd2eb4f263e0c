"""The application's settings, as environment variables, on a developer's machine."""

import os
from collections.abc import Mapping

from dev.var import secret_key, var_folder

CALLERS = ("GONGDI_PUBLIC_URL", "GONGDI_TRUSTED_HOSTS")


def development(*, database_url: str, redis_url: str, public_url: str) -> dict[str, str]:
    """Return the settings of `make run`; what the caller's environment says of names and hosts stands."""
    return {
        "GONGDI_TRUSTED_HOSTS": "127.0.0.1,localhost",
        "GONGDI_PUBLIC_URL": public_url,
        **{name: os.environ[name] for name in CALLERS if name in os.environ},
        "GONGDI_ENV": "development",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "GONGDI_SECRET_KEY": secret_key(),
        "GONGDI_PASSWORD_PROFILE": "asvs",  # the demonstration's password is not changed every 90 days
        "GONGDI_PHOTO_DIR": str(var_folder() / "photos"),
    }


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the caller's environment with these settings, less the PG... variables that bend them."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | dict(settings)
