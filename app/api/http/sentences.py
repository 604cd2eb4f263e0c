"""The Chinese sentence of every code: what is wrong and what to do, in plain words."""

from collections.abc import Mapping
from typing import Any

SENTENCES: dict[str, str] = {
    # HTTP itself
    "bad_request": "发来的内容看不懂，请检查后再试",
    "host_unknown": "这个网址不是本站的，请用单位公布的网址，或重新扫码打开",
    "sign_in_needed": "请先登录",
    "forbidden": "您没有办理这件事的权限，要办请联系社区或管理员",
    "not_found": "没有找到，可能已经不在了，请核对后返回刷新",
    "method_not_allowed": "这里不能这样办，请返回上一页再操作",
    "timeout": "网络太慢，请再试一次",
    "too_large": "内容太大，请缩小后再发",
    "body_encoded": "发来的内容请不要压缩，也不要另外编码（Content-Encoding），原样再发一次",
    "unsupported_media_type": "这种格式用不了，填写的内容请用JSON格式发送",
    "invalid": "有些内容填得不对，请看每一项的提示",
    "cross_site": "请在本系统的页面上操作",
    "too_many_requests": "操作太频繁，或者这会儿用的人太多，请稍后再试",
    "internal": "系统出了问题，您的内容没有保存，请稍后再试",
    "unreadable": "系统里有一项资料读不出来，这一步没有办成，请联系管理员",
    "database_away": "系统正在恢复，请稍后再试",
    # audit
    "audit_away": "操作记录暂时写不进去，所以这一步没有办，请稍后再试",
    "not_verified_yet": "操作记录还没有核对过。系统每天凌晨4点核对一次，急用的请运维人员现在核对",
    # everywhere
    "other_content": "这个编号已经用于别的内容，请重新填写一份",
    "illegal_step": "这件事现在的进度不能这样办，请刷新后再看",
    "holidays_unknown": "{year}年的放假安排还没有录入，请直接填写期限，或请管理员录入",
    # places
    "area_unknown": "没有这个社区或网格，请核对区划代码",
    "code_revoked": "这张码已经停用，请扫新贴的码",
    "code_withdrawn": "“{place}”的码已经停用，请先补发一张新码，再来打印",
    "code_version": "这个点位现在用的是第{version}版码，请刷新后再办",
    # policy switches
    "switch_off": "这项功能本社区没有打开，要用请联系社区管理员",
    # print
    "unprintable": "“{text}”里的这些字打印不出来：{signs}。请换别的字，或请管理员换一种字体",
    # photos
    "photo_not_a_picture": "这不是照片，请用手机拍一张，或选 JPG、PNG、WebP 格式的图片",
    "photo_too_many_pixels": "照片太大，请用手机相机的普通模式拍，或缩小后再发",
    "photo_quota": "今天传的照片太多了，没传完的请明天再传",
    "photo_broken": "照片没有传完整或已损坏，请重新拍一张",
    # people
    "not_residential": "这里不是住人的楼栋，请选居民住的楼",
    "door_taken": "这栋楼的这个门牌号已经登记了一户，请核对门牌号",
    "head_taken": "这一户已经登记了户主，请核对这个人和户主的关系",
    "birth_date": "出生日期不对，请和身份证核对",
    "id_number": "身份证号不对，请和身份证核对；出生日期、性别也要对得上",
    "id_number_taken": "这个身份证号已经登记在另一位居民名下，请和身份证核对",
    # visits
    "care_open": "这位居民已经在这一类关爱对象里了，请用原来的那条记录",
    "too_seldom": "这位对象最少每{most}天要走访一次，间隔请不要超过{most}天",
    "not_staff_here": "请选在这里上岗的网格员或社区管理员",
    "care_ended": "这位对象在那天之前已经不在关爱名单里了，请改日期",
    "end_day": "结束日期要在开始之后，最晚填今天",
    "not_responsible": "这件事由别的同事负责，请找负责人或社区管理员看、办",
    "wrong_form": "这张表不适合这位对象，请更新表格后再填",
    "outcome": "这种走访方式得不出这个结果，请改走访方式或结果",
    "result_needed": "请写明办理的结果",
    "due_day": "办理期限要在走访当天以后、一年之内",
    "answer_unknown": "表上没有这一项，请更新表格后再填",
    "answer_missing": "“{label}”还没有填，请填好",
    "answer_wrong": "“{label}”填得不对，请按表上的要求填",
    "answer_range": "“{label}”请填{least}到{most}之间的数字",
    "answer_long": "“{label}”太长，请改到{most}个字以内",
    # identity
    "wrong_credentials": "手机号、密码或动态验证码不对，请核对后再试；连错5次，要过30分钟才能再试",
    "session_superseded": "您的账号刚才在别处登录了，这里已经退出；如果不是您本人，请马上改密码",
    "second_factor_needed": "这件事要先输入动态验证码才能办，请用验证码再登录一次",
    "reauth_required": (
        "这件事要先确认是您本人，请再输入一次密码或动态验证码；没有密码的，请用微信再确认一次；"
        "都没有的，请社区帮您开通密码"
    ),
    "too_many_tries": "这里试错的次数太多，请过{minutes}分钟再试",
    "wrong_password": "现在的密码不对，请核对后再试；连错5次，要过30分钟才能再试",
    "wrong_code": "动态验证码不对或已经用过，请等下一个；连错5次，要过30分钟再试",
    "second_factor_held": "您已经绑定了动态验证码，换手机请找系统管理员重置",
    "session_over": "登录刚刚结束了，请重新登录",
    "refresh_over": "登录已经过期，请重新登录",
    "password_expired": "密码用了90天，请换一个新密码再登录",
    "password_short": "密码至少要{least}个字",
    "password_plain": "密码太简单，大写字母、小写字母、数字、符号里至少要有三种",
    "password_easy": "这个密码太容易被猜到，请不要用常见的词、连着的键、日期和自己的姓名电话",
    "password_reused": "最近五次用过的密码不能再用，请换一个",
    "invitation_over": "这个邀请已经用过或过期了，请找系统管理员再发一个",
    "invitation_other_admin": "您刚重置过这个账号的动态验证码，要请另一位系统管理员来发邀请",
    "account_above": "这个账号有您管辖范围以外的岗位，要请上级的系统管理员来办",
    "own_account": "自己的账号不能停用，动态验证码也不能重置，请找别的系统管理员",
    "let_in_by_code": "您是用工作人员发的登录码登录的，不能自己解除绑定；要解除，请社区管理员来办",
    "had_account": "这位居民一年内有过账号，请他用原账号或提交绑定申请；您解除的，请同事来发码",
    "code_for_staff": "这位居民有工作身份，请用自己的密码登录",
    "codes_exhausted": "现在发出去的登录码太多，请过一分钟再发",
    "sign_in_code_refused": "登录码不对、已经用过或过期了，请让工作人员再发一个",
    "phone_missing": "这个账号没有手机号，设了密码也登录不了。请本人先用微信授权手机号，或登记进名册再邀请",
    "phone_taken": "这个手机号或居民已经有账号了；是本人的，请用原来的账号登录，再绑定微信",
    "own_grant": "不能给自己授权或改自己的授权，请找别的管理员",
    "grant_span": "结束时间要在开始时间之后，也要在现在之后",
    "roles_exclude": "系统、安全、审计三种管理员不能由同一个人担任，审计员也不能兼别的角色，请换一个人",
    "area_level": (
        "授权地区级别不对，请改选：网格员、楼栋长选社区或网格，店员、社区"
        "管理员选社区，县、市易迁办选县、市，三种管理员选社区以上"
    ),
    "grant_open": "他这段时间在这个地方已有这个角色，请接着原来的期限授权，或先结束原来的",
    "grants_full": "这个账号已经授权{most}次，不能再加了，请联系系统维护人员",
    # consents, minors, what is shown
    "resident_dead": "这位居民登记为去世了；登记错了的，请他申请绑定，由社区管理员核实",
    "code_limit": "今天发的登录码已经满{most}个，请明天再发",
    "reveal_limit": "今天查看完整号码已经满{most}次，请明天再看",
    "no_basis": (
        "请先看说明、点同意，也可以签字后请工作人员登记。"
        "不满14周岁的，要请监护人来同意；还没登记监护人的，先请社区登记、核实"
    ),
    "consent_changed": "说明的内容改过了，要重新看过、再次同意才行",
    "said_no": "本人或监护人在手机上没有同意，{ask_again_on}前不能替他登记；改主意的，请他自己在手机上同意",
    "guardian_needed": "不满14周岁的孩子要由监护人来决定",
    "ward_needed": "这份说明要由监护人替孩子同意，请选是哪一个孩子",
    "not_a_child": "这位居民已满18周岁，不用登记监护人，请核对人选",
    "guardian_unfit": "监护人要年满18周岁，电话不能和孩子的一样，请核对",
    "guardian_span": "有效期要从今天起，不超过孩子满18周岁的前一天",
    "guardian_open": "这位监护人和孩子已经有一条监护登记，要改请先结束那一条，再重新登记",
    "ticket_needed": "这是未成年人的资料，要先申请查看单，由社区管理员批准",
    "own_ticket": "自己的查看单要由别的管理员批准",
    "own_case": "自己、用您发的登录码上报的事，要由别的管理员办结；没有别人，请县里安排",
    "ticket_over": "这份查看单超过7天没有人决定，已经作废；还需要看的，请申请人重新申请",
    "not_a_minor": "这位居民已满18周岁，不用申请查看单，请直接查看",
    "own_side": "监护关系的核实、解除，都要由两家以外的管理员办理",
    "recorded_guardian": "这位监护人是您登记的，要由另一位社区管理员看过证明再核实",
    # own data
    "correction_value": "这一项不能这样填，请改成：{form}",
    "correction_open": "这一项您已经申请过更正，社区还在核对，请等结果或先撤回",
    "closing_open": "这个账号已经申请了注销，不用再申请；想反悔，请撤回那份申请",
    "asker_gone": "提出申请的人已经不是这位居民，也不是监护人，不能照办；请选择不同意并写明原因",
    "own_correction": "自己、自己家、您邀请的账号、用您发的登录码申请的更正，要由别的管理员决定",
    "deletion_open": "这一项您已经申请过删除，社区还在处理，请等结果或先撤回",
    "own_deletion": "自己、自己家、您邀请的账号、用您发的登录码申请的删除，要由别的管理员决定",
    "kept_by_law": "这些记录法律要求保存，不能删除；请写明理由，答复不同意",
    "copy_open": "您要过的副本还在做或还能下载，请到期以后再要",
    "invited_lately": "密码是用邀请新设的，{copies_from}以后才能要副本；以前绑过微信的，请用微信登录",
    "copy_not_ready": "副本还在做，做好了会发消息给您，请过一会儿再来",
    "copy_over": "这份副本已经不能下载了，请重新要一份",
    # exports of the roster
    "roster_too_big": "这里有{rows}人，一份名册最多{most}人，请按网格分开导出",
    "export_open": "您还有一份名册在做或者没有下载，请先下载那一份，不要了就等24小时它自动过期，再要新的",
    "export_failed": "这份名册没有做成，原因写在导出记录里，请看了再重新申请审批",
    "export_not_ready": "名册还在做，做好了会发消息给您，请过一会儿再来",
    "export_over": "这份名册已经下载过，或者过了24小时；还要用，请重新申请审批",
    # approvals
    "approval_needed": "这件事要先请另一位同事审批，批准后再办",
    "approval_unfit": "办的内容和审批的不一样，请按批准的内容办，或重新申请",
    "approval_not_given": "审批还没有通过，请等批准了再办；没有同意的，请重新申请",
    "approval_used": "这次审批已经用过，再办要重新申请",
    "approval_expired": "申请已经超过72小时，请重新申请",
    "own_approval": "不能审批自己的申请，也不能审批给自己的授权，请换一位同事",
    # wechat
    "push_refused": "这条推送不是微信发来的，或已过时，没有受理，请核对消息推送的设置",
    "wechat_off": "这里没有开通微信功能，请用手机号登录",
    "wechat_away": "微信暂时连不上，请稍后再试，或用手机号登录；其他功能照常使用",
    "wechat_busy": "微信登录的人太多，请过一会儿再试",
    "wechat_code": "微信登录没有成功，请重新打开再试一次",
    "wechat_blocked": "微信没有同意这次登录，请用手机号登录，或联系社区",
    "wechat_phone_code": "微信授权已经过期，请重新点一次按钮",
    "wechat_phone_foreign": "这个手机号不是授权给本小程序的，请重新点一次按钮",
    "wechat_not_linked": "这个账号还没有绑定微信，请先在微信里登录",
    "template_unknown": "没有这个消息模板，请刷新页面后再试",
    "wechat_taken": "这个微信已经绑定了别的账号，请用那个账号登录，或联系社区",
    "wechat_check_unfit": "您有密码、动态验证码或工作身份，请用密码或动态验证码确认",
    "wechat_other": "这不是您平时登录用的微信，请用那个微信确认",
    "user_disabled": "这个账号已经停用，请联系社区",
    "sign_in_state": "登录已经过期，请重新打开页面再登录",
    "page_foreign": "这个网址不是本站的页面，不能使用微信功能，请从本站的页面打开",
    "phone_abroad": "请用大陆的11位手机号",
    # binding to a resident
    "not_bound": "请先绑定居民身份，绑定以后就能办这件事",
    "already_bound": "您已经绑定了居民身份，要换请先解除绑定",
    "resident_taken": "这位居民已经绑定了别的账号，请核对是不是选错了人",
    "phone_not_vouched": "请先用微信授权手机号",
    "had_proof": "您写过他的手机号，或有他的身份证号和绑定码，请别的管理员办，或请网格员换绑定码给他",
    "binding_unclear": "不能自动确认您是哪一位居民，请提交申请，由社区核对",
    "binding_refused": "姓名、身份证号后六位或绑定码不对，请核对后再试",
    "binding_tries": "试的次数太多，请{minutes}分钟后再试，或提交申请由社区核对",
    "binding_code_version": "这一户现在用的是第{version}版绑定码，请刷新后再办",
    "binding_codes_exhausted": "现在办理的人多，请再试一次",
    "binding_request_open": "您已经有一份申请在等社区核对，请先撤回再提交",
    "own_binding_request": "自己的申请，或用您发的登录码提交的申请，要由别人审核",
    # acting for a resident
    "proxy_unfit": "请换一个人：未成年人由监护人办理，自己不用代自己，工作人员只代自己家以外的居民办理",
    "proxy_span": "代办期限从今天起最长一年，请改日期",
    "proxy_open": "这两个人之间已经有一份代办，请先结束再申请",
    "own_proxy": "代办要由居民本人确认，或由不是两家人的社区管理员听本人说过再确认",
    "asked_proxy": "您申请的、用您发的登录码申请的代办，请居民本人或听他说过的另一位社区管理员确认",
    "proxy_refused": "居民姓名或绑定码不对，或者您不能代这位居民办理，请核对后再试",
    "proxy_tries": "试的次数太多，请{minutes}分钟后再试，或请居民那边的社区帮您申请",
    "acting_not_taken": "这件事不能代办，请用自己的名义办",
    # points
    "rule_not_in_force": "这条积分细则那天不能申报，或是自动记分不用申报，请刷新后另选一条",
    "points_out_of_range": "这条细则可以申报{least}到{most}分，请改分数",
    "photo_needed": "这条细则要附上照片，请拍一张",
    "note_needed": "这条细则要有文字说明，请写一句",
    "own_household": "不能办理自己家的事，请换一个人",
    "own_submission": "您申报、上报的，或用您发的登录码、邀请申报、上报的，要由别人核实和批准",
    "same_verifier": "这笔积分是您核实的，请由另一位管理员批准",
    "own_order": "谁替别人兑换、出示取货码、发登录码或邀请，谁就不能发货，请换人",
    "not_your_claim": "重新提交或撤回，请申报人或本户居民来办",
    "admin_decides": "已经核实的申报，请社区管理员办理",
    "wrong_verifier": "这条细则要由别的人员核实，请转给网格员或楼栋长",
    "cap_reached": "这条细则本期最多{cap}分，已经用了{used}分，请减少分数或等下一期",
    "insufficient_points": "积分不够：可以用的有{available}分，这次要{needed}分，请减少",
    "out_of_stock": "库存不够，还剩{stock}件，请减少件数",
    "limit_reached": "这件商品每户每月最多换{limit}件，这个月已经换了{used}件，请减少",
    "pickup_version": "取货码已经换到第{version}个，请刷新后再出示",
    "pickup_code_refused": "取货码不对或已经过期，请重新出示取货码",
    # hazards
    "checklist_unfit": "这张检查表不适用于这个点位，请重新选检查表",
    "answers_unknown": "这些检查项不在检查表上，请更新检查表后再填：{items}",
    "answers_twice": "这些检查项填了两遍，请各留一个：第{items}项",
    "answers_missing": "这些检查项还没有填，请填好：第{items}项",
    "answers_bare": "有问题的检查项要写一句说明或拍一张照片：第{items}项",
    "answers_unchosen": "这些检查项请从选项里选：第{items}项",
    "answers_unmeasured": "这些检查项请填数字，小数不要超过规定的位数：第{items}项",
    "answers_unwritten": "这些检查项请用文字回答：第{items}项",
    "answers_needless": "这些检查项不用填内容，请去掉：第{items}项",
    "answers_few_photos": "这些检查项的照片不够，请补拍：第{items}项",
    "answers_judged": "有没有问题由系统判断，请不要另选：第{items}项",
    "corrected_without_problem": "没有问题的检查项不能选“当场整改”，请改选：第{items}项",
    "place_unnamed": "请选点位，或扫点位上的码",
    "assignee_unfit": "这个人不是本片区的网格员、楼栋长或社区管理员，请另选一位",
    "due_time": "期限要在现在之后、一年之内",
    "duplicate_unfit": "没有找到可以并入的隐患，请核对编号",
    "level_kept": "重大隐患只有县里才能改为一般隐患，请报县里",
    "not_major": "一般隐患由社区派办，县里请只派办重大隐患",
    "assignee_changed": "负责这个隐患的人已经变了，请刷新后再派",
    "same_assignee": "这个隐患已经派给这个人了，改派请换一个人",
    "reassign_reason": "改派要写明原因",
    "major_controls": "重大隐患要先写明临时管控措施",
    "not_assignee": "这个隐患不是派给您的，请由负责整改的人来办",
    "incomplete_five_fixed": "重大隐患开工前要“五落实”，还缺：{missing}",
    "nothing_shown": "请写一句整改情况，或拍一张照片",
    "same_person": "谁整改的谁不能复查，请换一个人",
}

OF_READING = {
    "internal": "系统出了问题，请稍后再试",
    "unreadable": "系统里有一项资料读不出来，请联系管理员",
}
"""What is said instead where nothing was sent that could have been lost."""


def sentence(code: str, data: Mapping[str, Any], *, reading: bool = False) -> str:
    """Give the sentence of a code, filled with the refusal's data; to who only reads, of reading."""
    found = OF_READING.get(code) if reading else None
    return (found or SENTENCES[code]).format_map(_Known(data))


class _Known(dict[str, Any]):
    """Data of a refusal; a name the sentence asks for in vain shows as a dash."""

    def __missing__(self, key: str) -> str:
        return "—"
