"""Who somebody is to whoever decides on what he asks for: his name and his posts, as they are now."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from app.actors import Role
from app.clock import now
from app.identity.holders import in_force
from app.models import Area, Grant, User

ROLE_NAMES = {
    Role.RESIDENT: "居民",
    Role.BUILDING_LEAD: "楼栋长",
    Role.GRID_WORKER: "网格员",
    Role.SHOP_CLERK: "超市店员",
    Role.COMMUNITY_ADMIN: "社区管理员",
    Role.COUNTY_OFFICER: "县易迁办",
    Role.CITY_OFFICER: "市易迁办",
    Role.SYSTEM_ADMIN: "系统管理员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.AUDITOR: "审计员",
}
"""What each role is called."""


@dataclass(frozen=True)
class Post:
    """A role that counts now, and where."""

    role: Role
    area_code: str
    area_name: str


@dataclass(frozen=True)
class Named:
    """An account in words."""

    name: str
    area_code: str | None
    area_name: str | None
    posts: tuple[Post, ...] = ()

    def over(self, area_code: str) -> "Named":
        """Give the same person with those posts alone that reach an area: his others are not asked about."""
        posts = tuple(post for post in self.posts if area_code.startswith(post.area_code))
        return replace(self, posts=posts)


def named(session: Session, user_ids: Collection[UUID]) -> dict[UUID, Named]:
    """Name accounts, many by one statement; who may read that is the caller's to say."""
    home, post_area = aliased(Area), aliased(Area)
    query = (
        select(User.id, User.name, User.area_code, home.name, Grant.role, Grant.area_code, post_area.name)
        .outerjoin(home, home.code == User.area_code)
        .outerjoin(Grant, and_(Grant.user_id == User.id, in_force(now())))
        .outerjoin(post_area, post_area.code == Grant.area_code)
        .where(User.id.in_(user_ids))
        .order_by(User.id, Grant.area_code, Grant.role)
    )
    found: dict[UUID, Named] = {}
    for user_id, name, area_code, area_name, role, where, where_name in session.execute(query):
        known = found.get(user_id, Named(name, area_code, area_name))
        if role is not None:
            known = replace(known, posts=(*known.posts, Post(role, where, where_name)))
        found[user_id] = known
    return found
