"""The plain Chinese words of the pages that a printed code opens.

Codes have the words of a person's copy (`app/models/words.csv`): the same state reads the same everywhere.
"""

from datetime import datetime, timedelta

from app.clock import SHANGHAI, ends_a_day
from app.hazards import HazardCategory, HazardStatus, HazardStep
from app.own_data import word_for
from app.places import KIND_WORDS

_EXAMPLES = {
    HazardCategory.FIRE: "飞线充电、通道堵了、楼道停电动车、燃气漏",
    HazardCategory.BUILDING: "墙裂、漏水、东西往下掉",
    HazardCategory.FACILITY: "路灯、电梯、扶手、健身器材坏了",
    HazardCategory.ENVIRONMENT: "垃圾、污水、乱搭乱堆",
    HazardCategory.TRAFFIC: "路面坏、护栏坏、车开得危险",
    HazardCategory.FLOOD_GEOLOGICAL: "落石、山坡裂缝、积水",
    HazardCategory.PRODUCTION: "机器、用电、没有防护",
    HazardCategory.DISPUTE: "吵架打架、欠工钱",
}
"""Categories, the commonest first, with what a resident may have seen."""
_MEANINGS = {
    HazardStatus.REPORTED: f"社区看过以后，这里会变成“{word_for(HazardStatus.ACCEPTED)}”。",
    HazardStatus.ACCEPTED: "社区正在安排人处理。",
    HazardStatus.ASSIGNED: "",
    HazardStatus.RECTIFYING: "有人正在处理。",
    HazardStatus.TRANSFERRED: "社区会盯着，办好了还要看过。",
    HazardStatus.RECTIFIED: "要另一个人看过，才算办好。",
    HazardStatus.VERIFIED: "等上级最后确认。",
    HazardStatus.CLOSED: "谢谢您！",
    HazardStatus.REJECTED: "",
    HazardStatus.DUPLICATE: "",
}
"""What a reporter reads beside the word for a state."""
CATEGORIES = {one: (word_for(one), examples) for one, examples in _EXAMPLES.items()}
STATES = {one: (word_for(one), meaning) for one, meaning in _MEANINGS.items()}
STEPS = {step: word_for(step) for step in HazardStep}
KINDS = KIND_WORDS


def shown_moment(at: datetime) -> str:
    """Say a moment as people here do: month, day, and the clock in Chinese time."""
    local = at.astimezone(SHANGHAI)
    return f"{_day(local)} {local:%H:%M}"


def shown_due(at: datetime) -> str:
    """Say a deadline; the end of a day is its own hour 24, as on the paper whose code opens the page."""
    if not ends_a_day(at):
        return shown_moment(at)
    return f"{_day((at - timedelta(minutes=1)).astimezone(SHANGHAI))} 24:00"


def _day(local: datetime) -> str:
    return f"{local.month}月{local.day}日"
