"""What is said of refusals about employment and about a worker's month."""

OF_WORK: dict[str, str] = {
    "talk_month": "只能看{first}到{last}的工作情况，请改月份",
    "month_unseen": "这个月先由本人看，{from_on}起您才能看，请到时再来",
    "work_month": "只能登记{first}到{last}的情况，请改月份",
    "too_young_to_work": "不满16周岁不登记就业，发现在干活请马上告诉社区",
    "work_written": "这个月已经登记了，要改请直接重新填",
    "work_changed": "刚才有人登记了这个月的情况，请刷新后再看",
    "no_month_before": "上个月没有登记，请把这个月的情况填一遍",
}
