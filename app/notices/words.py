"""What a notice says: one title and sentence for phone, console and own copy, made of its kind and codes.

No personal data, nothing of health, hardship or children: it may show on a locked screen (S-59). Whoever may
read more opens what ``links.link_of`` names. A sentence of a kind that goes by WeChat has at most 20 signs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.models import NoticeKind

_BY_STEP = (NoticeKind.HAZARD_STEP, NoticeKind.HAZARD_ALARM, NoticeKind.HAZARD_MATTER)
_CODED_BY = dict.fromkeys(_BY_STEP, "step") | {NoticeKind.CLAIM_STEP: "status"}
"""What of the data says more than the kind, where it is not ``what``, which goes before it."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one kind."""

    title: str
    one: str
    """What a notice says whose code has no sentence of its own."""
    many: str
    """What several at once say; ``{count}`` is how many."""
    by_code: Mapping[str, str] = field(default_factory=dict)


def _made(what: str) -> dict[str, str]:
    return {"ready": f"{what}做好了，请尽快下载", "failed": f"{what}没有做成，原因请看详情"}


_READ = {"checked": "查好了，请看过再导入", "applied": "导入完了，请看结果", "failed": "文件没查成，请看原因"}
WORDS: Mapping[NoticeKind, Words] = {
    NoticeKind.HAZARD_STEP: Words(
        "隐患进展",
        "您报的隐患有进展",
        "{count}条隐患进展",
        {
            "report": "隐患已登记",
            "recur": "隐患又被报告了一次",
            "accept": "隐患已受理",
            "reject": "隐患未受理，原因请看详情",
            "duplicate": "隐患已并入先前的报告",
            "assign": "隐患已派人整改",
            "reassign": "隐患已换人整改",
            "unassign": "隐患正在重新派人",
            "start": "隐患正在整改",
            "rectify": "隐患已整改，待复查",
            "verify": "隐患复查通过",
            "recheck_fail": "隐患复查未通过，重新整改",
            "close": "隐患已办结",
            "grant_extension": "隐患的整改期限延长了",
            "transfer": "隐患已转给有关部门",
            "department_answer": "有关部门答复了隐患",
        },
    ),
    NoticeKind.HAZARD_ASSIGNED: Words("隐患待整改", "有一项隐患待整改", "{count}项隐患待整改"),
    NoticeKind.HAZARD_UNASSIGNED: Words(
        "隐患待派人",
        "有隐患没人整改了，请重新派人",
        "{count}批隐患请重新派人",
        {
            "waiting": "有隐患等了很久，请受理或派人",
            "away": "有人请假，他的隐患请改派",
            "nobody_decides": "有隐患没人派，请安排管理员",
        },
    ),
    NoticeKind.HAZARD_ALARM: Words(
        "隐患到期提醒",
        "有一项隐患快到期或已过期",
        "{count}项隐患快到期或已过期",
        {
            "remind": "有一项隐患快到期，请抓紧",
            "supervise_county": "有一项隐患过期，转县级督办",
            "supervise_city": "有一项隐患过期已久，转市级督办",
            "remind_controls": "重大隐患还没报临时管控，请快报",
            "controls_missing": "重大隐患还没报临时管控，请督促",
            "report": "发现了重大隐患，请马上处理",
            "accept": "受理了重大隐患，24小时内要管控",
            "raise_level": "有隐患改为重大隐患，请马上看看",
            "nobody_decides": "有一项隐患没有人督办，请安排人",
        },
    ),
    NoticeKind.HAZARD_MATTER: Words(
        "隐患要您看看",
        "有一项隐患要您看一看",
        "{count}项隐患要您看一看",
        {
            "supervise": "有一项隐患被督办，请答复",
            "answer": "督办的隐患有了答复",
            "ask_extension": "有一项隐患申请延期，请决定",
            "grant_extension": "隐患整改的延期同意了",
            "refuse_extension": "隐患整改的延期没有同意",
            "transfer": "有一项隐患转给了有关部门",
            "report_controls": "重大隐患的临时管控报来了，请复核",
            "check_controls": "重大隐患的临时管控复核通过",
            "unchecked": "有隐患整改好很久了，请复查",
            "unclosed": "重大隐患等县里复核很久了，请复核",
            "controls_refused": "临时管控复核没通过，请重新做",
            "rate": "上报的人不满意，请看一看",
            "report": "有新报的隐患，请受理",
            "rectify": "有一项隐患整改好了，请复查",
            "verify": "重大隐患复查通过了，请县里复核",
            "recheck_late": "复查看的是早先的情况，请再看一次",
            "nobody_decides": "有一项隐患没有人能决定，请安排人",
        },
    ),
    NoticeKind.OCCURRENCES: Words(
        "巡查任务",
        "巡查任务有变化",
        "{count}条巡查任务消息",
        {
            "opening": "今天有巡查任务要做",
            "missed": "有巡查任务没有按时做",
            "reassigned": "有巡查任务转给您做",
            "nobodys": "有巡查任务没人做，请派人",
            "places_left_out": "有计划点位太多，没排全，请按网格分开做",
            "nobody_decides": "有巡查任务没人派，请安排管理员",
        },
    ),
    NoticeKind.CLAIM_STEP: Words(
        "积分申报进展",
        "积分申报有进展",
        "{count}条积分申报进展",
        {
            "submitted": "积分申报已提交，等核实",
            "verified": "积分申报已核实，等审批",
            "approved": "积分申报已通过",
            "in_notice": "积分申报公示中",
            "posted": "积分已入账",
            "returned": "积分申报已退回，请补充",
            "rejected": "积分申报未通过，原因请看详情",
            "withdrawn": "积分申报已撤回",
        },
    ),
    NoticeKind.VISIT_URGENT: Words(
        "走访急事",
        "有一项走访需要尽快处理",
        "{count}项走访需要尽快处理",
        {
            "emergency": "走访遇到紧急情况，请马上处理",
            "out_of_contact": "有人两次没联系上，请马上核实",
            "nobody_decides": "有一项走访没人管，请安排管理员",
        },
    ),
    NoticeKind.OWN_VISIT: Words(
        "请您确认", "工作人员来过吗？请确认", "{count}件事请您确认", {"call": "工作人员联系过您吗？请确认"}
    ),
    NoticeKind.FOLLOW_UP_ASSIGNED: Words(
        "回访待办",
        "有一项回访交给您办理",
        "{count}项回访要您看看",
        {
            "handed_over": "您交办的回访换人办理了",
            "postponed": "您交办的回访改了日期",
            "due": "有一项回访过了期限，请办理",
            "late": "有一项回访过期很久了，请督促",
            "ended": "有一项回访不用办了",
            "put_off": "急办的回访推迟了，请看一看",
            "unowned": "有一项回访没人办了，请转给别人",
            "nobody_decides": "有一项回访没人管，请安排管理员",
        },
    ),
    NoticeKind.CARE: Words(
        "关爱对象",
        "您负责的关爱对象有变化",
        "{count}条关爱对象消息",
        {
            "given": "有一位关爱对象交给您负责",
            "given_up": "有一位关爱对象交给别人负责了",
            "substitute": "有一位关爱对象请您替补探访",
            "substitute_no_more": "有一位关爱对象不用您替补了",
            "standing_in": "有人请假，他的关爱对象请您代为探访",
            "denied": "有人说没人来探访过，请核实",
            "unagreed": "有一位关爱对象的探访没记内容，请看看",
            "weather": "天气预警，有关爱对象要提前探访",
            "came_over": "有关爱对象没人负责了，请您替补探访",
            "nobodys": "有关爱对象没人探访，请派人",
            "nobody_decides": "有关爱对象没人管，请安排管理员",
        },
    ),
    NoticeKind.HARM_CASE: Words(
        "请尽快处理",
        "有一件事请您尽快处理",
        "{count}件事请您尽快处理",
        {"nobody_decides": "有一件事没人能处理，请尽快安排"},
    ),
    NoticeKind.ACCOUNT_ALERT: Words(
        "账号提醒",
        "您的账号有变动，请看看",
        "{count}条账号提醒",
        {
            "second_factor_reset": "您的动态验证码被重置，不是您要求的请马上告诉管理员",
            "second_factor_reset_of": "有管理人员的动态验证码被重置了，请核实",
            "token_reused": "您的登录凭据可能被别人用过，请重新登录并改密码",
            "sign_in_code": "工作人员给您发了登录码，不是您要的请告诉社区",
            "sign_in_code_of": "工作人员给您家或社区的一个人发了登录码",
            "invited": "您收到了设置密码的邀请，不是您要的请告诉管理员",
            "invited_of": "有人收到了设置密码的邀请",
            "password_set": "您的密码设好了，不是您设的请马上告诉管理员",
            "password_set_of": "有人用邀请设好了密码",
            "no_auditor": "这里没有审计员了，请尽快补上",
            "no_system_admin": "这里没有系统管理员了，请尽快补上",
            "no_security_admin": "这里没有安全管理员了，请尽快补上",
            "granted": "您有了新的岗位",
            "granted_of": "有人得到了新的管理岗位，请看看对不对",
            "keys_rotated": "加密的密钥换过了",
            "consent_by_code": "有人用登录码登录后替家人同意了，请向本人核实",
            "guardian_verified": "监护关系核实了",
            "guardian_ended": "监护关系结束了",
            "guardian_died": "一位监护人的监护关系因故结束了，请安排好接下来的照看",
        },
    ),
    NoticeKind.ACCOUNT_UNUSED: Words("账号停用", "有账号久未使用，停用了", "{count}个账号久未使用，停用了"),
    NoticeKind.BINDING: Words(
        "账号绑定",
        "账号绑定有进展",
        "{count}条账号绑定消息",
        {
            "asked": "有人申请绑定账号，请审核",
            "nobody_decides": "有绑定申请没人能审核，请安排管理员",
            "approved": "您的绑定申请通过了",
            "rejected": "您的绑定申请没有通过，原因请看详情",
            "bound_of": "有人绑定成了您家或社区的一个人，不对请告诉社区",
            "bound_to_same": "社区合并了一个人的两份登记，账号跟着过去了，不对请告诉社区",
            "ended": "您的账号绑定结束了",
        },
    ),
    NoticeKind.OWN_DATA: Words(
        "我的资料",
        "您的资料有消息",
        "{count}条资料消息",
        {
            "copy_ready": "资料副本做好了，请尽快下载",
            "copy_not_made": "资料副本没有做成，请再申请一次",
            "correction_asked": "有人申请更正资料，请办理",
            "correction_due": "更正资料的申请快到期了，请尽快办理",
            "correction_done": "更正资料的申请办好了",
            "correction_refused": "更正资料的申请没有同意，原因请看详情",
            "deletion_asked": "有人申请删除资料，请办理",
            "deletion_due": "删除资料的申请快到期了，请尽快办理",
            "deletion_done": "删除资料的申请办好了",
            "deletion_refused": "删除资料的申请没有同意，原因请看详情",
            "closing_begun": "账号注销开始办理了",
            "closing_refused": "账号现在不能注销，原因请看详情",
            "minor_age": "您照看的人有一项重要资料改了，请看看对不对",
            "consent_given": "工作人员登记了一份纸上的同意，或者有人用登录码登录后同意了",
            "consent_refused": "工作人员登记了一份纸上的不同意",
            "consent_withdrawn": "工作人员登记收回了一份同意",
        },
    ),
    NoticeKind.APPROVAL: Words(
        "审批",
        "有一件事等您审批",
        "{count}条审批消息",
        {
            "asked": "有一件事等您审批",
            "approved": "您申请的事同意了",
            "refused": "您申请的事没有同意",
            "nobody_decides": "有一件事没人能审批，请安排",
            "guardian_asked": "有监护关系等您核实",
            "ticket_asked": "有一张查看单等您审批",
            "ticket_approved": "您申请的查看单同意了",
            "ticket_refused": "您申请的查看单没有同意",
            "went_without": "有岗位没经第二人同意就给了",
        },
    ),
    NoticeKind.PROXY: Words(
        "代办",
        "代办有消息",
        "{count}条代办消息",
        {
            "asked": "有人申请代办，请确认",
            "nobody_decides": "有代办申请没人能确认，请安排管理员",
            "confirmed": "代办确认了",
            "ended": "代办结束了",
            "redeemed": "有人替您家兑换了东西",
            "claimed": "有人替您家申报了积分",
        },
    ),
    NoticeKind.SPOT_CHECK: Words(
        "抽查",
        "抽查有消息",
        "{count}条抽查消息",
        {
            "result": "您的记录抽查有结果了",
            "drawn": "上周的抽查记录抽出来了，请安排复核",
            "appealed": "有人对抽查提了意见",
            "decided": "您对抽查的意见有答复了",
        },
    ),
    NoticeKind.ROSTER_EXPORT: Words("名册导出", "名册导出有消息", "{count}条名册导出消息", _made("名册文件")),
    NoticeKind.HAZARD_EXPORT: Words(
        "台账导出", "隐患台账导出有消息", "{count}条台账导出消息", _made("隐患台账")
    ),
    NoticeKind.ROSTER_IMPORT: Words("导入", "导入有消息", "{count}条导入消息", _READ),
}


def code_of(kind: NoticeKind, data: Mapping[str, Any]) -> str:
    """Give what a notice says beyond its kind: what happened, a step, or a state; empty if nothing."""
    return str(data.get("what") or data.get(_CODED_BY.get(kind, "what")) or "")


def title_of(kind: NoticeKind) -> str:
    """Say in a few words what notices of a kind are about."""
    return WORDS[kind].title


def text_of(kind: NoticeKind, data: Mapping[str, Any]) -> str:
    """Say in a sentence what a notice tells."""
    words = WORDS[kind]
    return words.by_code.get(code_of(kind, data), words.one)


def text_of_many(kind: NoticeKind, count: int) -> str:
    """Say in a sentence what several notices of a kind tell."""
    return WORDS[kind].many.format(count=count)
