"""The staff of sites, counties and city; at the small site one person plays four roles."""

import base64
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from app.actors import SECOND_FACTOR_ROLES, Role
from app.cli.seed.ids import named
from app.cli.seed.naming import names, phone
from app.cli.seed.rows import Rows
from app.cli.seed.site import BIG_SITE, CITY, COUNTY, SMALL_COUNTY, SMALL_SITE
from app.cli.seed.world import World
from app.models import Grant, SecondFactor, Sex, User

STAFF_PHONES_FROM = 9000
"""Serials of phones, above those of the residents."""
_LEAD_BIRTH_YEAR = 1970
LEFT_DAYS = 6
"""How many days ago somebody gave his post up."""


class Post(NamedTuple):
    """Somebody's work: all his roles are in one area."""

    name: str
    area_code: str
    roles: tuple[Role, ...]
    left: bool = False


def add_staff(
    rows: Rows,
    world: World,
    rng: Random,
    *,
    since: datetime,
    until: datetime,
    password: str,
    rng_of_codes: Random,
) -> None:
    """Add the staff; ``password`` is the hash of the password they all have, set ``until``.

    All signed in then, since whoever did not for 90 days is disabled the next night. Whoever is above grid
    worker has a second factor, its secret told by ``rng_of_codes``.
    """
    for number, post in enumerate([*_above(), *_big_site(rng), *_small_site(), *_gone()]):
        user_id = named("user", f"staff {number}")
        rows.add(
            User,
            id=user_id,
            area_code=post.area_code,
            phone=phone(STAFF_PHONES_FROM + number),
            name=post.name,
            password_hash=password,
            password_set_at=until,
            last_signed_in_at=until,
            resident_id=None,
            content_hash=b"",
            created_at=since,
        )
        if SECOND_FACTOR_ROLES & set(post.roles):
            row_id = named("second factor", f"staff {number}")
            rows.add(
                SecondFactor,
                id=row_id,
                user_id=user_id,
                secret=base64.b32encode(rng_of_codes.randbytes(20)).decode(),
                created_at=since,
                confirmed_at=since,
            )
        for role in post.roles:
            if post.left:
                world.left.append(user_id)
            else:
                world.staff[role, post.area_code].append(user_id)
            rows.add(
                Grant,
                id=named("grant", f"{user_id} {role}"),
                user_id=user_id,
                role=role,
                area_code=post.area_code,
                valid_from=since,
                valid_until=until - timedelta(days=LEFT_DAYS) if post.left else None,
                content_hash=b"",
                created_at=since,
            )


def _above() -> Iterator[Post]:
    yield Post("周明远", CITY, (Role.CITY_OFFICER,))
    yield Post("郑凯", CITY, (Role.SYSTEM_ADMIN,))
    yield Post("冯静", CITY, (Role.SECURITY_ADMIN,))
    yield Post("卫国平", CITY, (Role.AUDITOR,))
    yield Post("吴志强", COUNTY, (Role.COUNTY_OFFICER,))
    yield Post("孙丽华", SMALL_COUNTY, (Role.COUNTY_OFFICER,))


def _big_site(rng: Random) -> Iterator[Post]:
    yield Post("刘爱民", BIG_SITE.code, (Role.COMMUNITY_ADMIN,))
    yield Post("何小梅", BIG_SITE.code, (Role.SHOP_CLERK,))
    grids = [f"{BIG_SITE.code}{number:03d}" for number in range(1, BIG_SITE.grids + 1)]
    for name, grid in zip(("赵敏", "钱伟", "孙芳", "李强"), grids, strict=True):
        yield Post(name, grid, (Role.GRID_WORKER,))
    pool = names()
    for number in range(BIG_SITE.leads):
        name = pool.surname(rng) + pool.given_name(rng, rng.choice(list(Sex)), _LEAD_BIRTH_YEAR)
        yield Post(name, grids[number * len(grids) // BIG_SITE.leads], (Role.BUILDING_LEAD,))


def _small_site() -> Iterator[Post]:
    all_in_one = (Role.GRID_WORKER, Role.BUILDING_LEAD, Role.SHOP_CLERK, Role.COMMUNITY_ADMIN)
    yield Post("胡永安", SMALL_SITE.code, all_in_one)
    yield Post("毛振华", SMALL_SITE.code, (Role.COMMUNITY_ADMIN, Role.GRID_WORKER))


def _gone() -> Iterator[Post]:
    yield Post("余祖才", f"{BIG_SITE.code}001", (Role.BUILDING_LEAD,), left=True)
