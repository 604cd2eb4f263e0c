"""What a person's copy holds: of each table, which rows are his, and which columns he gets.

All columns are given but those named in ``left_out.py`` with the reason, and hashes, from which nobody
reads anything. Ids of other people are blanked as the rows are read (``rows.py``). A test holds this against
the data map.
"""

from typing import Any

from sqlalchemy import Select, select

from app.own_data import reach
from app.own_data.kinds import Copied, Whose, kind, of_grown_household, of_household, of_resident, of_user

_HIMSELF = (
    kind("residents", "名册上的我", of_resident("residents", "id")),
    kind("households", "我家的住址", of_household("households", "id")),
    kind(
        "roster_changes",
        "名册上我的变动",
        of_resident("roster_changes", "resident_id"),
        only="id resident_id household_id kind at day said_sealed",
    ),
    kind("users", "账号", of_user("users", "id"), without="password_hash old_password_hashes"),
    kind("wechat_identities", "绑定的微信", of_user("wechat_identities", "user_id")),
    kind("account_events", "对我账号的处理", of_user("account_events", "user_id")),
    kind(
        "second_factors",
        "动态验证码",
        of_user("second_factors", "user_id"),
        without="secret_sealed last_step",
    ),
    kind("invitations", "收到的邀请", of_user("invitations", "user_id")),
    kind("sign_in_codes", "领到的登录码", of_user("sign_in_codes", "user_id"), without="handle"),
    kind("sign_ins", "登录记录", of_user("sign_ins", "user_id")),
    kind("refresh_tokens", "延长登录的记录", of_user("refresh_tokens", "user_id")),
    kind("grants", "岗位", of_user("grants", "user_id")),
    kind("own_copies", "要过的副本", of_user("own_copies", "asked_by"), without="key_sealed"),
    kind(
        "copies_of_me",
        "监护人要过的我的副本",
        of_resident("own_copies", "ward_id"),
        of="own_copies",
        without="key_sealed",
    ),
    kind(
        "bindings",
        "账号和名册的绑定",
        reach.bindings,
        without="end_note",
    ),
    kind("proxies", "代办", reach.proxies),
    kind("binding_requests", "绑定申请", of_user("binding_requests", "user_id")),
    kind("corrections", "更正申请", reach.corrections),
    kind(
        "corrections_of_me",
        "对我资料的更正",
        reach.corrections_of_him,
        of="corrections",
        only="id resident_id field asked_at state decided_at decision_note",
    ),
    kind("deletions", "删除申请", of_user("deletions", "asked_by")),
    kind(
        "deletions_of_me",
        "对我资料的删除",
        of_resident("deletions", "resident_id"),
        of="deletions",
        only="id resident_id what asked_at state decided_at decision_note deleted kept",
    ),
    kind(
        "closings",
        "注销申请",
        lambda whose: (
            of_user("closings", "user_id", "asked_by")(whose)
            | of_resident("closings", "ward_id", "bound_to")(whose)
        ),
    ),
    kind("consents", "同意和不同意", of_resident("consents", "resident_id", "decided_by")),
    kind("guardianships", "我监护的孩子", reach.guardianships),
    kind(
        "other_guardianships",
        "我登记过的监护",
        reach.other_guardianships,
        of="guardianships",
        without="valid_until",
    ),
    kind(
        "my_guardians",
        "我的监护人",
        of_resident("guardianships", "child_id"),
        of="guardianships",
        without="proof_sealed",
    ),
    kind("reveals", "谁看过我的完整号码", of_resident("reveals", "resident_id"), without="purpose"),
    kind(
        "viewing_tickets",
        "查看我资料的查看单",
        of_resident("viewing_tickets", "resident_id"),
        without="purpose",
    ),
    kind(
        "care_records",
        "关爱",
        of_resident("care_records", "resident_id"),
        without="last_visited_on next_due_on hands_told_on regular_due_on alert_id not_reached escalated_at"
        " contacts_sealed",
    ),
    kind("escape_helps", "疏散时要人帮助", of_resident("escape_helps", "resident_id")),
    kind("employments", "就业情况", of_resident("employments", "resident_id")),
    kind("care_events", "关爱的变更", reach.care_events, only="id care_record_id step at day"),
    kind("visits", "对我的探访", reach.visits, without="unchanged_from_id"),
    kind(
        "follow_ups",
        "探访后要办的事",
        reach.follow_ups,
        without="course_sealed reminded_on told_late_on told_unowned_on",
    ),
    kind("hazards", "我上报的隐患", reach.hazards, without="controls five_fixed visit_id"),
    kind("hazard_events", "我上报的隐患的办理经过", reach.hazard_events, without="data"),
    kind("witness_codes", "我给工作人员出示过的到场码", of_user("witness_codes", "user_id")),
    kind("photos", "我上传的照片", reach.photos_by_him),
    kind(
        "photos_of_me",
        "我的探访和申报里的照片",
        reach.photos_of_him,
        of="photos",
        only="id width height taken_at received_at",
    ),
    kind("photo_links", "照片用在哪里", reach.photo_links),
    kind("accounts", "我家的积分", of_grown_household("accounts", "household_id")),
    kind("transfers", "积分明细", reach.transfers),
    kind("claims", "积分申报", reach.claims),
    kind("claim_events", "积分申报的办理经过", reach.claim_events),
    kind("redemptions", "兑换", reach.redemptions),
    kind("notices", "消息", reach.notices),
    kind("notice_settings", "消息设置", of_user("notice_settings", "user_id")),
    kind("message_acceptances", "我要的微信提醒", of_user("message_acceptances", "user_id")),
    kind("message_credits", "还能收到的微信提醒", reach.message_credits),
    kind("message_sends", "给我发过的微信提醒", reach.message_sends),
    kind("audit_entries", "我的操作记录", reach.audit_entries, without="facts"),
)
AT_WORK = (
    kind("inspections", "我做的巡查", of_user("inspections", "worker_id")),
    kind("inspection_answers", "巡查的内容", reach.inspection_answers),
    kind(
        "visits_by_me",
        "我做的探访",
        of_user("visits", "worker_id"),
        of="visits",
        only="id captured_at received_at mode lng lat accuracy_m datum presence presence_reasons",
    ),
    *(
        kind(
            f"{table}_{which}",
            title,
            reach.at_work(table, *columns.split()),
            of=table,
            only=f"{only} {columns}",
        )
        for table, which, title, columns, only in (
            (
                "care_records",
                "in_my_care",
                "我负责和替补的关爱对象",
                "worker_id substitute_id",
                "id started_on ended_on",
            ),
            (
                "escape_helps",
                "by_me",
                "我登记的要帮助疏散的人",
                "noted_by ended_by",
                "id created_at ended_on",
            ),
            ("employments", "by_me", "我登记的就业情况", "written_by", "id written_at"),
            ("weather_alerts", "by_me", "我发的天气预警", "made_by", "id kind made_at"),
            ("care_events", "by_me", "我改关爱对象的记录", "actor_id", "id step at"),
            (
                "occurrences",
                "of_mine",
                "我的巡查任务",
                "worker_id original_worker_id",
                "id period_on done_at",
            ),
            ("plans", "by_me", "我做的巡查计划", "made_by", "id title created_at"),
            ("plan_events", "by_me", "我改计划、换人的记录", "actor_id", "id step at"),
            (
                "absences",
                "of_mine",
                "我的请假、顶班和登记的请假",
                "worker_id substitute_id recorded_by",
                "id from_on until_on reason created_at",
            ),
            ("follow_ups", "in_my_care", "我跟进的事", "owner_id done_by", "id due_on done_at"),
            ("hazards", "in_my_care", "我整改的隐患", "assignee_id rectified_by", "id received_at due_at"),
            ("routes", "by_me", "我排的巡查顺序", "set_by", "id set_at"),
            ("category_deadlines", "by_me", "我定的整改期限", "set_by", "id category working_days set_at"),
            ("units", "by_me", "我设的整改单位", "made_by", "id name kind created_at"),
            ("unit_members", "of_mine", "我所在的整改单位", "user_id", "id unit_id since"),
            ("unit_events", "by_me", "我改整改单位的记录", "actor_id", "id at"),
            ("hazard_events", "by_me", "我办理隐患的记录", "actor_id", "id step at"),
            ("rectification_notices", "by_me", "我开的整改通知书", "made_by", "id made_at"),
            ("claims", "by_me", "我经手的申报", "submitted_by verified_by approved_by", "id received_at"),
            ("claim_events", "by_me", "我办理申报的记录", "actor_id", "id step at"),
            ("transfers", "by_me", "我记的积分", "by_id", "id at"),
            ("redemptions", "by_me", "我经手的兑换", "made_by ended_by", "id made_at ended_at"),
            ("stock_movements", "by_me", "我登记的进出货", "by_id", "id change reason at"),
            ("place_codes", "by_me", "我打印和停用的码", "issued_by revoked_by", "id issued_at revoked_at"),
            ("consents", "by_me", "我登记的同意", "recorded_by withdrawn_by", "id decided_at withdrawn_at"),
            (
                "guardianships",
                "by_me",
                "我登记和核实的监护",
                "recorded_by verified_by ended_by",
                "id created_at verified_at ended_at",
            ),
            ("reveals", "by_me", "我查看号码的记录", "user_id", "id field revealed_at"),
            (
                "viewing_tickets",
                "by_me",
                "我申请和审批的查看单",
                "user_id decided_by",
                "id asked_at days approved decided_at expires_at",
            ),
            (
                "approvals",
                "by_me",
                "我参与的双人审批",
                "asked_by decided_by",
                "id kind asked_at decided_at state",
            ),
            (
                "roster_exports",
                "by_me",
                "我导出和审批导出的名册",
                "asked_by approved_by",
                "id asked_at failed_at ready_at fetched_at ended_at",
            ),
            (
                "roster_imports",
                "by_me",
                "我用工作簿导入的社区",
                "asked_by",
                "id asked_at checked_at applied_at",
            ),
            ("challenges", "by_me", "我领过的口令", "user_id", "id place_id device_id issued_at used_at"),
            ("witness_uses", "by_me", "我用过的到场码", "visitor_id", "id record_id used_at"),
            (
                "device_marks",
                "by_me",
                "我发记录的手机",
                "user_id",
                "id device_id counter captured_at received_at",
            ),
            (
                "spot_checks",
                "of_mine",
                "对我的记录的抽查",
                "worker_id",
                "id record_kind place_id drawn_at status checked_at note appeal appealed_at decision_note",
            ),
            (
                "spot_checks",
                "by_me",
                "我做的抽查和复核",
                "checked_by decided_by",
                "id record_kind place_id status checked_at decided_at",
            ),
            (
                "policy_changes",
                "by_me",
                "我开关和审批的政策开关",
                "changed_by approved_by",
                "id switch is_on changed_at",
            ),
            (
                "hazard_exports",
                "by_me",
                "我导出和审批导出的隐患台账",
                "asked_by approved_by",
                "id asked_at failed_at ready_at fetched_at ended_at",
            ),
            ("roster_changes", "by_me", "我改名册的记录", "actor_id", "id kind at"),
            ("account_events", "by_me", "我对账号的处理", "actor_id", "id step at"),
            ("bindings", "by_me", "我办理的绑定", "begun_by ended_by", "id way begun_at ended_at"),
            ("corrections", "by_me", "我决定的更正", "decided_by", "id field state asked_at decided_at"),
            ("deletions", "by_me", "我决定的删除", "decided_by", "id what state asked_at decided_at"),
            (
                "proxies",
                "by_me",
                "我申请、确认和结束的代办",
                "asked_by confirmed_by ended_by",
                "id asked_at confirmed_at ended_at",
            ),
            ("binding_requests", "by_me", "我审批的绑定申请", "decided_by", "id asked_at decided_at state"),
            ("binding_codes", "by_me", "我打印的绑定码", "made_by", "id made_at"),
            ("grants", "by_me", "我给别人的岗位", "granted_by", "id created_at"),
            ("invitations", "by_me", "我发的邀请", "made_by", "id created_at"),
            ("sign_in_codes", "by_me", "我发的登录码", "handed_out_by", "id created_at"),
        )
    ),
)
"""Of people whom he served in his work nobody gets anything: when, what, where he was, and no more."""
COPIED = (*_HIMSELF, *AT_WORK)


def rows_of(copied: Copied, whose: Whose) -> Select[Any]:
    """Select somebody's rows of one kind, oldest first."""
    columns: Any = copied.columns
    key = copied.table.primary_key.columns
    return select(*columns).where(copied.his(whose)).order_by(*key)
