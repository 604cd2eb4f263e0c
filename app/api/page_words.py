"""The plain Chinese words of the pages that a printed code opens."""

from datetime import datetime

from app.clock import SHANGHAI
from app.hazards import HazardCategory, HazardStatus, HazardStep
from app.places import PlaceKind

CATEGORIES = {
    HazardCategory.FIRE: ("消防", "飞线充电、通道堵了、楼道停电动车、燃气漏"),
    HazardCategory.BUILDING: ("房屋", "墙裂、漏水、东西往下掉"),
    HazardCategory.FACILITY: ("公共设施", "路灯、电梯、扶手、健身器材坏了"),
    HazardCategory.ENVIRONMENT: ("环境卫生", "垃圾、污水、乱搭乱堆"),
    HazardCategory.TRAFFIC: ("道路交通", "路面坏、护栏坏、车开得危险"),
    HazardCategory.FLOOD_GEOLOGICAL: ("山洪滑坡", "落石、山坡裂缝、积水"),
    HazardCategory.PRODUCTION: ("车间安全", "机器、用电、没有防护"),
    HazardCategory.DISPUTE: ("矛盾纠纷", "吵架打架、欠工钱"),
}
"""What a resident calls each category, the commonest first, with what he may have seen."""
KINDS = {
    PlaceKind.RESIDENTIAL: "居民楼",
    PlaceKind.WORKSHOP: "帮扶车间",
    PlaceKind.FACTORY: "工厂",
    PlaceKind.INDUSTRIAL_PARK: "产业园区",
    PlaceKind.HANDICRAFT: "手工作坊",
    PlaceKind.CANTEEN: "幸福食堂",
    PlaceKind.SHOP: "商铺",
    PlaceKind.PUBLIC_FACILITY: "公共设施",
    PlaceKind.SLOPE: "边坡",
    PlaceKind.ROAD: "道路",
}
STATES = {
    HazardStatus.REPORTED: ("已收到", "社区看过以后，这里会变成“已受理”。"),
    HazardStatus.ACCEPTED: ("已受理", "社区正在安排人处理。"),
    HazardStatus.ASSIGNED: ("已受理", "已经安排人处理。"),
    HazardStatus.RECTIFYING: ("正在处理", "有人正在处理。"),
    HazardStatus.RECTIFIED: ("正在处理", "已经整改，等另一个人复查。"),
    HazardStatus.VERIFIED: ("正在处理", "复查通过，等上级最后确认。"),
    HazardStatus.CLOSED: ("已处理好", "谢谢您！"),
    HazardStatus.REJECTED: ("未受理", ""),
    HazardStatus.DUPLICATE: ("已收到", "和别人报的是同一件事，一起处理。"),
}
"""What a reporter reads of each state."""
STEPS = {
    HazardStep.REPORT: "收到您的报告",
    HazardStep.ACCEPT: "社区已受理",
    HazardStep.REJECT: "社区没有受理",
    HazardStep.DUPLICATE: "和别人报的是同一件事，一起处理",
    HazardStep.ASSIGN: "安排了人处理",
    HazardStep.REASSIGN: "换了人处理",
    HazardStep.START: "开始处理",
    HazardStep.RECTIFY: "已经整改，等人复查",
    HazardStep.VERIFY: "复查通过",
    HazardStep.RECHECK_FAIL: "复查没过，重新处理",
    HazardStep.CLOSE: "处理好了",
}


def shown_moment(at: datetime) -> str:
    """Say a moment as people here do: month, day, and the clock in Chinese time."""
    local = at.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 {local:%H:%M}"
