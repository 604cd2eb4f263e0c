"""The messages we send through WeChat: which fields each has, and what no message may say.

A message shows on a locked screen, so it says that something is waiting and where to look, never about whom:
no ID number, nothing of health or hardship, no person's name (PIPL 6, 28, 31). ``faults_of`` reads them all.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a message."""

    key: str
    """As WeChat's template has it: its type and a number, such as ``thing1``."""
    label: str
    """As people see it."""
    example: str


@dataclass(frozen=True, slots=True)
class Template:
    """One message; its id at WeChat is a setting."""

    title: str
    page: str
    """What it opens in the mini-program."""
    fields: Mapping[str, Field]
    """By the name that the sender uses."""


def _template(title: str, page: str, **fields: Field) -> Template:
    return Template(title, page, MappingProxyType(fields))


def _todo(matter: str) -> Template:
    """Say that something is to be done; WeChat takes one template for all kinds of it."""
    return _template(
        "待办提醒",
        "pages/notices/index",
        matter=Field("thing1", "事项", matter),
        at=Field("time2", "时间", "2026年11月24日 18:00"),
    )


TEMPLATES: Mapping[str, Template] = MappingProxyType(
    {
        "hazard_assigned": _template(
            "隐患整改提醒",
            "pages/notices/index",
            matter=Field("thing1", "事项", "有一项隐患待整改"),
            where=Field("thing2", "地点", "幸福社区3栋"),
            due=Field("time3", "完成时限", "2026年11月24日 18:00"),
        ),
        "hazard_step": _template(
            "隐患处理进度通知",
            "pages/notices/index",
            matter=Field("thing1", "事项", "隐患已整改，待复查"),
            where=Field("thing2", "地点", "幸福社区3栋"),
            at=Field("time3", "时间", "2026年11月24日 18:00"),
        ),
        "hazard_alarm": _template(
            "隐患督办通知",
            "pages/notices/index",
            matter=Field("thing1", "事项", "有一项隐患快到期，请抓紧"),
            where=Field("thing2", "地点", "幸福社区3栋"),
            at=Field("time3", "时间", "2026年11月24日 18:00"),
        ),
        "hazard_matter": _template(
            "隐患督办通知",
            "pages/notices/index",
            matter=Field("thing1", "事项", "有一项隐患被督办，请答复"),
            where=Field("thing2", "地点", "幸福社区3栋"),
            at=Field("time3", "时间", "2026年11月24日 18:00"),
        ),
        "occurrences": _todo("今天有巡查任务要做"),
        "spot_check": _todo("您的记录抽查有结果了"),
        "hazard_unassigned": _todo("有隐患没人整改了，请重新派人"),
        "claim_step": _template(
            "积分申报结果通知",
            "pages/notices/index",
            result=Field("phrase1", "结果", "已通过"),
            points=Field("number2", "积分", "10"),
            at=Field("time3", "时间", "2026年11月24日 18:00"),
        ),
        "visit_urgent": _todo("有一项走访需要尽快处理"),
        "own_visit": _todo("工作人员来过吗？请确认"),
        "care": _todo("有一位关爱对象交给您负责"),
        "harm_case": _todo("有一件事请您尽快处理"),
        "approval": _todo("有一件事等您审批"),
        "follow_up_assigned": _template(
            "待办提醒",
            "pages/notices/index",
            matter=Field("thing1", "事项", "有一项回访交给您办理"),
            due=Field("time2", "完成时限", "2026年11月24日 18:00"),
        ),
    }
)
"""By the kind of the notice that they carry."""

_FORBIDDEN = re.compile(
    r"身份证|证件|户口|姓名|居民|老人|老年|患者|"
    r"疾病|病|残疾|失能|失智|健康|用药|医疗|住院|诊断|怀孕|心理|"
    r"困难|贫困|脱贫|低保|特困|救助|补助|欠|债|"
    r"未成年|儿童|孩子|小孩|学生|留守|孤儿"
)
_ID_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\w)")
_PHONE_NUMBER = re.compile(r"(?<!\d)1\d{10}(?!\d)")
_OF_PERSONS = ("name", "phone_number", "car_number")
"""Types of WeChat's fields that hold who somebody is."""


def names_somebody(text: str) -> bool:
    """Say whether a text holds what may be an ID number or a mobile number."""
    return bool(_ID_NUMBER.search(text) or _PHONE_NUMBER.search(text))


def says_too_much(text: str) -> bool:
    """Say whether a text names somebody, or speaks of health, hardship or minors."""
    return bool(_FORBIDDEN.search(text)) or names_somebody(text)


def faults_of(template: Template) -> list[str]:
    """Return what a template says that no message may say."""
    found = [template.title] if says_too_much(template.title) else []
    for field in template.fields.values():
        if field.key.rstrip("0123456789") in _OF_PERSONS:
            found.append(field.key)
        found += [text for text in (field.label, field.example) if says_too_much(text)]
    return found
