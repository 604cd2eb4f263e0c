"""What is said where two rows of the roster are to be one person, or two again."""

OF_SAME: dict[str, str] = {
    "resident_merged": "这个人登记了两次，已合并到另一份；请在保留的那一份上办",
    "one_row": "这是同一份登记，请选另一份",
    "two_accounts": "两份登记都绑定了账号，请先解除其中一个的绑定",
    "care_twice": "两份都有同一类关爱记录，请先结束其中一条",
    "help_twice": "两份都登记了疏散要人帮助，请先结束其中一条",
    "guardian_twice": "两份有同一位监护人或同一个孩子，请先结束其中一条监护",
    "proxy_twice": "同一个账号给两份代办，或其中一份给另一份代办，请先结束那条代办",
    "request_twice": "两份都有同样的更正或删除申请在等，请先办完一个",
    "copy_twice": "监护人刚要过两份的资料副本，请过三天再合并",
    "people_differ": "性别、出生日期或身份证号不一样，请先更正；不是同一个人的，不要合并",
    "people_apart": "两份不在同一个社区，请先把其中一份迁到一起",
    "guardian_of_other": "一个是另一个的监护人，不是同一个人，请重新选",
    "undo_over": "过去太久了，不能再撤销；要分开，请另外登记",
    "account_since": "账号后来重新绑定过，请先解除绑定，再撤销合并",
    "number_unreadable": "重复那份的号码读不出来，请先重新填写号码",
}
