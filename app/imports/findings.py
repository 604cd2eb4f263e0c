"""What may be found in a cell: a fault, which keeps its row out, or a remark on what was made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Found(StrEnum):
    """What was found."""

    # Of a cell, whatever it is for.
    FORMULA = "formula"
    MERGED = "merged"
    ERROR_VALUE = "error_value"
    MISSING = "missing"
    TOO_LONG = "too_long"
    UNKNOWN_WORD = "unknown_word"
    NUMBER_LOST = "number_lost"
    NOT_A_DATE = "not_a_date"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_TIME = "not_a_time"
    FULL_WIDTH = "full_width"
    SPACES = "spaces"
    DATE_AS_TEXT = "date_as_text"
    DATE_AS_NUMBER = "date_as_number"
    NUMBER_CELL = "number_cell"
    # Of people.
    BIRTH_DATE = "birth_date"
    PHONE_FORM = "phone_form"
    ID_FORM = "id_form"
    ID_CHECK_DIGIT = "id_check_digit"
    ID_BIRTH_DATE = "id_birth_date"
    ID_SEX = "id_sex"
    ID_TWICE = "id_twice"
    ROW_TWICE = "row_twice"
    TWO_HEADS = "two_heads"
    OTHER_HOUSEHOLD = "other_household"
    SAME_PERSON = "same_person"
    MINORS_AGE = "minors_age"
    MINORS_NUMBERS = "minors_numbers"
    OWN_HOME = "own_home"
    PERSON_DEAD = "person_dead"
    FROM_ID = "from_id"
    # Of what a row names.
    PLACE_UNKNOWN = "place_unknown"
    PLACE_TWICE = "place_twice"
    NOT_RESIDENTIAL = "not_residential"
    GRID_CODE = "grid_code"
    GRID_UNKNOWN = "grid_unknown"
    PLACE_OTHER = "place_other"
    NOT_DEGREES = "not_degrees"
    BY_TWO = "by_two"
    PHONE_ELSEWHERE = "phone_elsewhere"
    ACCOUNT_MISSING = "account_missing"
    PERSON_UNKNOWN = "person_unknown"
    PERSON_WHERE = "person_where"
    PERSON_LEFT = "person_left"
    NOT_A_MINOR = "not_a_minor"
    GUARDIAN_MINOR = "guardian_minor"
    GUARDIAN_UNTIL = "guardian_until"
    GUARDIAN_THERE = "guardian_there"
    PROOF_SHORT = "proof_short"
    CARE_THERE = "care_there"
    CARE_CONSENT = "care_consent"
    CARE_SELDOM = "care_seldom"
    CARE_NOT_ELDERLY = "care_not_elderly"
    CARE_NOT_CHILD = "care_not_child"
    CARE_NOT_WOMAN = "care_not_woman"
    CARE_REASON = "care_reason"
    WORKER_UNKNOWN = "worker_unknown"
    CHECKLIST_UNKNOWN = "checklist_unknown"
    PLAN_DAYS = "plan_days"
    PLAN_EVERY = "plan_every"
    PLAN_WINDOW = "plan_window"
    PLAN_THERE = "plan_there"
    PLAN_ENDS = "plan_ends"
    # Of whole sheets.
    HIDDEN_SHEET = "hidden_sheet"
    UNKNOWN_SHEET = "unknown_sheet"
    SHEET_TWICE = "sheet_twice"
    OTHERS_SHEET = "others_sheet"
    NO_HEADINGS = "no_headings"
    HEADING_MISSING = "heading_missing"
    HEADING_UNKNOWN = "heading_unknown"
    HEADING_TWICE = "heading_twice"
    # When it is entered.
    CHANGED_SINCE = "changed_since"
    NOT_ENTERED = "not_entered"


REMARKS = frozenset(
    {
        Found.FULL_WIDTH,
        Found.SPACES,
        Found.DATE_AS_TEXT,
        Found.DATE_AS_NUMBER,
        Found.NUMBER_CELL,
        Found.MINORS_NUMBERS,
        Found.FROM_ID,
        Found.HIDDEN_SHEET,
        Found.UNKNOWN_SHEET,
        Found.OTHERS_SHEET,
        Found.HEADING_UNKNOWN,
    }
)
"""What keeps no row out."""
DOUBTS = frozenset({Found.SAME_PERSON})
"""What keeps a row out until somebody says that it is meant."""
IN_WORDS = {
    Found.FORMULA: "这里是公式，请改成文字或数字",
    Found.MERGED: "这里是合并的单元格，请取消合并，每行都填上",
    Found.ERROR_VALUE: "这里是公式出错的结果，请改成文字或数字",
    Found.MISSING: "没有填，请补上",
    Found.TOO_LONG: "太长了，最多{said}个字，请写短一些",
    Found.UNKNOWN_WORD: "没有这个选项，请从下拉里选。是不是“{said}”？",
    Found.NUMBER_LOST: "号码变成了科学计数法，后几位丢了，请把这格设成文本再填",
    Found.NOT_A_DATE: "看不出是哪一天，请写成1955-03-08这样",
    Found.NOT_A_NUMBER: "请填{said}的整数",
    Found.NOT_A_TIME: "请填几点几分，如08:30",
    Found.FULL_WIDTH: "有全角的数字或字母，已改成半角",
    Found.SPACES: "有多余的空格，已去掉",
    Found.DATE_AS_TEXT: "日期是按文字写的，已认作{said}",
    Found.DATE_AS_NUMBER: "日期是一个数字，已认作{said}，请核对",
    Found.NUMBER_CELL: "号码是按数字存的，已认作文字，请核对",
    Found.BIRTH_DATE: "出生日期不对：晚于今天，或早于130年前，请核对",
    Found.PHONE_FORM: "手机号要1开头的11位数字，请核对",
    Found.ID_FORM: "身份证号要18位，最后一位可以是X，请核对",
    Found.ID_CHECK_DIGIT: "身份证号的校验位不对，请照身份证重新填写",
    Found.ID_BIRTH_DATE: "身份证号里的生日和出生日期不一样，请核对",
    Found.ID_SEX: "身份证号里的性别和填的性别不一样，请核对",
    Found.ID_TWICE: "这个身份证号在第{said}行已经有了，请核对，只留一行",
    Found.ROW_TWICE: "和第{said}行是同一个，请只留一行",
    Found.TWO_HEADS: "这户已有户主，一户只有一个，请改与户主关系",
    Found.OTHER_HOUSEHOLD: "名册里这个身份证号的人在别的住处，请先给他办搬家",
    Found.SAME_PERSON: "社区里有同名同生日的人，住在别处。是另一个人才勾选这行",
    Found.MINORS_AGE: "未成年人的出生日期要两个人同意才能改，请走更正",
    Found.MINORS_NUMBERS: "不满14岁，监护人同意以后才能填号码，这格没有收",
    Found.OWN_HOME: "这是您自己家，请另一位管理员来改",
    Found.PERSON_DEAD: "名册上写着这个人已去世，请核对；登记错了请在名册里办迁回",
    Found.FROM_ID: "没有填，已按身份证号认作{said}",
    Found.PLACE_UNKNOWN: "没有这个点位，请先填在“点位”表里。最像的是“{said}”",
    Found.PLACE_TWICE: "有几个点位叫这个名字，请先改成不同的名字",
    Found.NOT_RESIDENTIAL: "这个点位不是居民楼，不能住人，请核对",
    Found.GRID_CODE: "网格编号填三位数字，如001，要在这个社区里",
    Found.GRID_UNKNOWN: "没有这个网格，请先填在“网格”表里。最像的是“{said}”",
    Found.PLACE_OTHER: "已有同名的点位，类别或网格不一样，请核对，或换个名字",
    Found.NOT_DEGREES: "经纬度不对，请填小数，如114.4826，不知道就空着",
    Found.BY_TWO: "这个岗位要两个人同意才能给，请在系统里申请审批",
    Found.PHONE_ELSEWHERE: "这个手机号是别处的人的账号，请核对",
    Found.ACCOUNT_MISSING: "还没有这个人的账号，请系统管理员先导入这个文件",
    Found.PERSON_UNKNOWN: "名册和“居民”表里没有这个人，请核对，或先填“居民”表",
    Found.PERSON_WHERE: "看不出是谁，请填身份证号，或者填楼栋和门牌",
    Found.PERSON_LEFT: "名册上写着这个人不在这里住了，回来了请先在“居民”表里导入",
    Found.NOT_A_MINOR: "这个人已满18岁，不用登记监护人，请删掉这行",
    Found.GUARDIAN_MINOR: "监护人要年满18岁，请核对，或另填一位",
    Found.GUARDIAN_UNTIL: "有效期要在今天以后、孩子满18岁以前，请改，或空着",
    Found.GUARDIAN_THERE: "这位监护人已经登记过，内容不一样，请在监护人里改",
    Found.PROOF_SHORT: "证明材料最少写2个字，如户口本",
    Found.CARE_THERE: "这个人已经按这类建档，内容不一样，请在关爱对象里改",
    Found.CARE_CONSENT: "不满14岁，监护人同意以后才能建档，请先登记监护人",
    Found.CARE_SELDOM: "隔得太久，这类这级最多{said}天，请改小",
    Found.CARE_NOT_ELDERLY: "老年人要满60周岁，请核对出生日期，或选别的类别",
    Found.CARE_NOT_CHILD: "留守儿童要不满16周岁，请核对出生日期，或选别的类别",
    Found.CARE_NOT_WOMAN: "留守妇女要是满18周岁的女性，请核对，或选别的类别",
    Found.CARE_REASON: "请用文字写明为什么定这个级别，至少两个字",
    Found.WORKER_UNKNOWN: "这里没有这个手机号的网格员，请先导入工作人员",
    Found.CHECKLIST_UNKNOWN: "没有在用的这张检查表，请照系统里的名字填。最像的是“{said}”",
    Found.PLAN_DAYS: "按周填周一、周三，按月填1、15；别的频率空着",
    Found.PLAN_EVERY: "只有隔几天一次的才填隔几天，填2到366",
    Found.PLAN_WINDOW: "上一次还没结束下一次就开始，时限改到{said}小时以内",
    Found.PLAN_ENDS: "结束日期要在开始日期当天或之后，请核对",
    Found.PLAN_THERE: "已有同名的计划，内容不一样，请在巡查计划里改，或换个名字",
    Found.HIDDEN_SHEET: "这张表是隐藏的，没有读。要导入请先取消隐藏",
    Found.UNKNOWN_SHEET: "不认识这张表，没有读。要导入请用模板里的表名",
    Found.SHEET_TWICE: "这种表有两张，只读了前一张，请合成一张",
    Found.OTHERS_SHEET: "这张表由{said}导入，这次没有读",
    Found.NO_HEADINGS: "前10行里找不到表头，请用模板的表头",
    Found.HEADING_MISSING: "少了“{said}”这一列，这张表没有读，请补上",
    Found.HEADING_UNKNOWN: "不认识这一列，没有读。要导入请用模板的表头",
    Found.HEADING_TWICE: "这一列和前面一列的表头一样，没有读，请删掉一列",
    Found.CHANGED_SINCE: "检查以后名册变了，请重新传这个文件，看过再导入",
    Found.NOT_ENTERED: "系统出了问题，这行没有导入，请过一会儿重新传这个文件",
}
"""What whoever imports reads, and what to do."""


_OFFER = "最像的是"


@dataclass(frozen=True)
class Finding:
    """Something found, the cell and the heading of its column; ``said`` completes the sentence."""

    found: Found
    cell: str | None = None
    heading: str = ""
    said: str = ""

    @property
    def is_remark(self) -> bool:
        """Say whether it keeps no row out."""
        return self.found in REMARKS

    @property
    def is_doubt(self) -> bool:
        """Say whether it keeps its row out until somebody says that it is meant."""
        return self.found in DOUBTS

    @property
    def text(self) -> str:
        """Give it in words; where nothing is like what was said, nothing is offered."""
        words = IN_WORDS[self.found]
        return words.format(said=self.said) if self.said else words.partition(_OFFER)[0]

    def plain(self) -> list[Any]:
        """Give it as it is kept."""
        return [self.found.value, self.cell, self.heading, self.said]

    @classmethod
    def read(cls, plain: Sequence[Any]) -> "Finding":
        """Read it back."""
        found, cell, heading, said = plain
        return cls(Found(found), cell, heading, said)


class CellFault(Exception):  # noqa: N818 - no error of ours: somebody's cell is wrong
    """A cell cannot be read; its row is told why, and the others go on."""

    def __init__(self, found: Found, said: str = "") -> None:
        super().__init__(found)
        self.found, self.said = found, said
