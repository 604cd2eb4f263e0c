"""The columns of the sheet of residents: a row a person, with his door; households follow from doors."""

from app.exports import HEADINGS, PRESENCE_WORDS, RELATION_WORDS, SEX_WORDS
from app.identity import Permission
from app.imports import cells
from app.imports.sheets import Column, SheetKind
from app.models import ImportSheet, RosterColumn

_NAME_SIGNS = 40
_RELATIONS = {words: relation.value for relation, words in RELATION_WORDS.items()}
_ALSO_RELATIONS = {
    "本人": "head",
    "妻子": "spouse",
    "丈夫": "spouse",
    "妻": "spouse",
    "夫": "spouse",
    "儿子": "child",
    "女儿": "child",
    "子": "child",
    "女": "child",
    "长子": "child",
    "次子": "child",
    "长女": "child",
    "次女": "child",
    "父亲": "parent",
    "母亲": "parent",
    "父": "parent",
    "母": "parent",
    "孙子": "grandchild",
    "孙女": "grandchild",
    "外孙": "grandchild",
    "外孙子": "grandchild",
    "外孙女": "grandchild",
    "祖父": "grandparent",
    "祖母": "grandparent",
    "爷爷": "grandparent",
    "奶奶": "grandparent",
    "兄": "sibling",
    "弟": "sibling",
    "姐": "sibling",
    "妹": "sibling",
    "哥哥": "sibling",
    "弟弟": "sibling",
    "姐姐": "sibling",
    "妹妹": "sibling",
}
_SEXES = {words: sex.value for sex, words in SEX_WORDS.items()}
_PRESENCE = {words: state.value for state, words in PRESENCE_WORDS.items()}
_ALSO_PRESENCE = {
    "在": "home",
    "是": "home",
    "外出务工": "away",
    "外出打工": "away",
    "否": "away",
    "不在家": "away",
}
NAME, BIRTH, SEX, ID, PHONE = "name", "birth_date", "sex", "id_number", "phone"
RELATION, PRESENCE, PLACE, DOOR = "relation", "presence", "place", "door"
RESIDENTS = SheetKind(
    ImportSheet.RESIDENTS,
    "居民",
    (Permission.ROSTER_WRITE,),
    "社区管理员",
    (
        Column(
            PLACE,
            HEADINGS[RosterColumn.PLACE],
            cells.text(60),
            required=True,
            also=("楼栋名称", "楼号", "点位", "居民楼"),
            help="“点位”表里或系统里有的居民楼",
            examples=("1号楼", "1号楼"),
        ),
        Column(
            DOOR,
            HEADINGS[RosterColumn.DOOR],
            cells.text(_NAME_SIGNS),
            required=True,
            also=("门牌号", "房号", "户号", "房间号"),
            help="同一户的人写得一样",
            examples=("1单元101", "1单元101"),
        ),
        Column(
            NAME,
            HEADINGS[RosterColumn.NAME],
            cells.name(_NAME_SIGNS),
            required=True,
            also=("名字", "居民姓名"),
            examples=("张三", "李四"),
        ),
        Column(
            RELATION,
            HEADINGS[RosterColumn.RELATION],
            cells.choice(_RELATIONS, _ALSO_RELATIONS),
            required=True,
            also=("与户主的关系", "和户主关系", "户主关系", "关系"),
            help="一户只有一个户主",
            choices=tuple(_RELATIONS),
            examples=("户主", "配偶"),
        ),
        Column(
            SEX,
            HEADINGS[RosterColumn.SEX],
            cells.choice(_SEXES, {"男性": "male", "女性": "female"}),
            help="填了身份证号的可以空着",
            choices=tuple(_SEXES),
            examples=("男", "女"),
            width=8,
        ),
        Column(
            BIRTH,
            HEADINGS[RosterColumn.BIRTH_DATE],
            cells.day,
            also=("出生年月日", "生日", "出生年月"),
            help="如1955-03-08；填了身份证号的可以空着",
            examples=("1955-03-08", "1957-10-01"),
        ),
        Column(
            ID,
            HEADINGS[RosterColumn.ID_NUMBER],
            cells.id_number,
            also=("身份证号码", "公民身份号码", "身份证", "证件号码"),
            help="18位。不满14岁的，监护人同意以后再填",
            width=22,
        ),
        Column(
            PHONE,
            HEADINGS[RosterColumn.PHONE],
            cells.phone,
            also=("手机", "手机号码", "电话", "联系电话"),
            help="11位手机号，可以空着",
            width=16,
        ),
        Column(
            PRESENCE,
            HEADINGS[RosterColumn.PRESENCE],
            cells.choice(_PRESENCE, _ALSO_PRESENCE),
            also=("在家情况", "是否在家居住"),
            help="空着就当在家",
            choices=tuple(_PRESENCE),
            examples=("在家", "外出"),
        ),
    ),
)
