"""The part of docs/permissions.md about steps that ask for more than a permission."""

from app.actors import Role
from app.identity import DECIDERS, FUNCTION, TABLE, ApprovalKind
from dev.openapi import described_app

KINDS = {
    ApprovalKind.ADMIN_GRANT: "给系统管理员、安全管理员、审计员授权；那里已有县市易迁办的，给县市易迁办授权",
    ApprovalKind.POINTS_BULK: "批量更正积分",
    ApprovalKind.ROSTER_EXPORT: "导出名册",
    ApprovalKind.HAZARD_EXPORT: "一天里导出隐患台账超过200条",
    ApprovalKind.MINOR_AGE: "改未成年人（改前或改后）的出生日期，去掉未成年人的身份证号",
    ApprovalKind.POLICY_SWITCH: "打开社区的政策开关",
}
_METHODS = {"GET", "PUT", "POST", "DELETE"}


def second_person(roles: dict[Role, str]) -> list[list[str]]:
    """Return a row for each kind of approval: what it is, who asks, who decides."""

    def named(held: object) -> str:
        return "、".join(name for role, name in roles.items() if role in held)  # type: ignore[operator]

    return [
        [f"{KINDS[kind]}<br>`{kind}`", named(TABLE[FUNCTION[kind]]), named(DECIDERS[kind])]
        for kind in ApprovalKind
    ]


def proved_again() -> list[str]:
    """Return each method and address that asks for a proof of the person not older than five minutes."""
    app = described_app()
    return sorted(
        f"`{method} {rule.rule}`"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & _METHODS
        if getattr(app.view_functions[rule.endpoint], "checked", False)
    )
