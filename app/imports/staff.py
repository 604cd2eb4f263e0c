"""The sheet of staff: the system administrator makes accounts, the security administrator gives posts.

So the same workbook passes through the hands of both before the community's admin enters the rest
(三员分立): nobody makes an account and empowers it.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import select

from app.actors import Role
from app.clock import now
from app.identity import (
    NewGrant,
    NewUser,
    Permission,
    accounts_by_phone,
    grant,
    in_force,
    make_user,
    naming,
    scope_of,
)
from app.imports import cells
from app.imports.entering import one_by_one
from app.imports.findings import Found
from app.imports.naming import area_of, grid_column
from app.imports.reading import Row
from app.imports.scene import Judged, Scene
from app.imports.sheets import Column, SheetKind
from app.imports.telling import Became
from app.models import Grant, ImportSheet, User

NAME, PHONE, ROLE = "name", "phone", "role"
_SITE = (Role.GRID_WORKER, Role.BUILDING_LEAD, Role.SHOP_CLERK, Role.COMMUNITY_ADMIN)
_ROLES = {naming.ROLE_NAMES[role]: role.value for role in _SITE}
_BY_TWO = "two"
_ALSO = {
    "网格长": Role.GRID_WORKER.value,
    "居民小组长": Role.BUILDING_LEAD.value,
    "店员": Role.SHOP_CLERK.value,
    **{name: _BY_TWO for role, name in naming.ROLE_NAMES.items() if role not in {*_SITE, Role.RESIDENT}},
}
STAFF = SheetKind(
    ImportSheet.STAFF,
    "工作人员",
    (Permission.USER_WRITE, Permission.GRANT_WRITE),
    "系统管理员和安全管理员",
    (
        Column(NAME, "姓名", cells.name(40), required=True, examples=("王五", "赵六")),
        Column(
            PHONE,
            "手机号",
            cells.phone,
            required=True,
            also=("手机", "手机号码", "联系电话", "电话"),
            help="登录用，一个人一个",
            width=16,
        ),
        Column(
            ROLE,
            "岗位",
            cells.choice(_ROLES, _ALSO),
            required=True,
            also=("职务", "角色"),
            help="一人多岗的写几行",
            choices=tuple(_ROLES),
            examples=("网格员", "社区管理员"),
        ),
        grid_column("负责网格"),
    ),
)


def judge(scene: Scene, rows: Sequence[Row]) -> Iterator[Judged]:
    """Say whether an account is missing, for whoever makes accounts; or a post, for whoever gives posts."""
    phones = {row.values[PHONE] for row in rows if PHONE in row.values}
    accounts = accounts_by_phone(scene.session, scene.sealer, phones)
    makes_accounts = scope_of(scene.actor, Permission.USER_WRITE) is not None
    held = set() if makes_accounts else _held(scene, {user.id for user in accounts.values()})
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        values = row.values
        if values.get(ROLE) == _BY_TWO:
            row.find(Found.BY_TWO, ROLE)
        area_code = area_of(scene, row)
        if row.is_faulty or area_code is None:
            yield Judged.of(row)
            continue
        user = accounts.get(values[PHONE])
        if user is not None and not scene.actor.scope.covers(user.area_code or ""):
            row.find(Found.PHONE_ELSEWHERE, PHONE)
        what = (values[PHONE],) if makes_accounts else (values[PHONE], values[ROLE], area_code)
        first = seen.setdefault(what, row.number)
        if makes_accounts:
            is_there = user is not None or first != row.number
            yield Judged.of(row, target=_THERE if is_there else None)
            continue
        if first != row.number:
            row.find(Found.ROW_TWICE, PHONE, str(first))
        elif user is None:
            row.find(Found.ACCOUNT_MISSING, PHONE)
        is_there = user is not None and (user.id, values[ROLE], area_code) in held
        yield Judged.of(row, target=_THERE if is_there else None)


def enter(scene: Scene, rows: Sequence[tuple[UUID, Judged]]) -> dict[UUID, Became]:
    """Make accounts, or give posts."""
    accounts = accounts_by_phone(scene.session, scene.sealer, {one.row.values[PHONE] for _, one in rows})
    makes_accounts = scope_of(scene.actor, Permission.USER_WRITE) is not None

    def make(row_id: UUID, one: Judged) -> None:
        values, area_code = one.row.values, area_of(scene, one.row)
        assert area_code is not None, "it was found a moment ago"
        if makes_accounts:
            new = NewUser(scene.area_code, values[PHONE], values[NAME])
            make_user(scene.session, scene.actor, scene.sealer, row_id, new)
        else:
            given = NewGrant(accounts[values[PHONE]].id, Role(values[ROLE]), area_code)
            grant(scene.session, scene.actor, row_id, given)

    return one_by_one(scene, rows, make)


def _held(scene: Scene, user_ids: set[UUID]) -> set[tuple[UUID, str, str]]:
    query = select(Grant.user_id, Grant.role, Grant.area_code).join(User, User.id == Grant.user_id)
    rows = scene.session.execute(query.where(Grant.user_id.in_(user_ids), in_force(now())))
    return {(user_id, str(role), area_code) for user_id, role, area_code in rows}


_THERE = UUID(int=1)
"""Stands for what is there already."""
