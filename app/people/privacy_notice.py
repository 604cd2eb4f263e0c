"""The privacy notice, which is public and asks for nothing (PIPL, art. 17 and 30)."""

from dataclasses import dataclass

from app.config import RetentionSettings
from app.people.kept_times import kept_times


@dataclass(frozen=True)
class Paragraph:
    """One of the things that people must be told."""

    key: str
    title: str
    text: str


NOTICE_VERSION = 13
"""Of the words. Consents are to texts with versions of their own: a change here asks nobody anew."""
_BEFORE = "rights"
"""The paragraph of times stands before this one."""
_NOTICE = (
    Paragraph(
        "who", "谁在用您的信息", "您所在的安置社区居民委员会使用并负责您的信息，技术人员不能自己查看。"
    ),
    Paragraph("contact", "怎么找到我们", "有事请到社区服务中心找社区管理员，也可以请网格员转告。"),
    Paragraph(
        "purpose",
        "用来做什么",
        "排查隐患、上门探访、登记就业、记积分、换商品、办理您申请的事情，不用来做别的。"
        "上网地址、用的是哪种手机或浏览器，只用来查清一件事是谁办的，防止有人乱用。",
    ),
    Paragraph(
        "method",
        "怎么使用",
        "工作人员按分工查看。电话、证件号平时只显示头尾，每次看完整号码都要写明用途，并且留下记录。",
    ),
    Paragraph(
        "kinds",
        "有哪些信息",
        "姓名、性别、出生日期、住址、电话、证件号，探访时说到的健康和困难，每个月在哪里、靠什么干活，愿意说的还有收入在哪一档，您上报时的位置和照片，积分和兑换。"
        "在手机或电脑上办事、上报时，还会记下上网地址（IP地址）和用的是哪种手机或浏览器。",
    ),
    Paragraph(
        "rights",
        "您有哪些权利",
        "您可以查看自己的信息，要一份副本，请社区改正或删除，随时收回同意，也可以注销账号。这些在手机上就能办；"
        "不用手机的，请到社区服务中心，由工作人员办理。也可以向网信部门投诉。",
    ),
    Paragraph(
        "refusal",
        "不同意会怎样",
        "不同意也能看积分、看公示、当面办事。位置可以不给，照片可以不传，工作人员会用别的办法帮您办。",
    ),
    Paragraph(
        "necessity",
        "为什么需要敏感信息",
        "位置、健康、证件号和孩子的信息很要紧。只有办这件事离不开时才用，会单独问您，传出去可能让人知道您的住处和病情，所以电话、证件号和探访内容都加密保存。",
    ),
    Paragraph(
        "children",
        "不满14周岁的孩子",
        "孩子的姓名、性别、出生日期和住在哪一户，社区按职责登记；电话、证件号、账号、积分和探访，要监护人同意才能记。发现孩子可能受到伤害时，按法律要求马上报告，不等同意。",
    ),
)
"""The eight things of article 17, why sensitive data is needed (article 30), and the rules for children."""


def privacy_notice(months: RetentionSettings) -> tuple[Paragraph, ...]:
    """Give the notice of an installation that keeps things for so long; times stand in a line each."""
    kept = Paragraph("retention", "保存多久", "\n".join(one.text for one in kept_times(months)))
    at = [one.key for one in _NOTICE].index(_BEFORE)
    return (*_NOTICE[:at], kept, *_NOTICE[at:])
