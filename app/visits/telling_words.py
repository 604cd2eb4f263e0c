"""Words of a hazard that would tell who is looked after: names of the home, numbers, and groups of care.

A hazard is read by many who do not read of care. Names of places stay: a ramp for the disabled (残疾人坡道)
and a room for left-behind children (留守儿童之家) tell nothing of a door.
"""

import re
import unicodedata
from collections.abc import Collection

from app.people import numbers_in_texts

_SHORTEST_NAME = 2
_TWO_SIGNS = (
    "欧阳|上官|司马|司徒|诸葛|夏侯|皇甫|尉迟|公孙|慕容|令狐|宇文|长孙|东方|西门|南宫|端木|申屠|闻人|轩辕"
)
"""Family names of two signs."""
_FAMILY_NAME = re.compile(f"(?:{_TWO_SIGNS}|.)")
_EVERYDAY = frozenset(
    {
        *("平安", "安全", "和平", "建设", "新建", "光明", "胜利", "保安", "国家", "永久", "正常"),
        *("小学", "小区", "小心", "小车", "小路", "小巷", "小型", "小店", "小河", "小门", "小桥"),
    }
)
"""Given names, and what people are called by, that are everyday words of a hazard, too."""
_TITLES = (
    "奶奶",
    "爷爷",
    "大爷",
    "大妈",
    "大娘",
    "大伯",
    "大婶",
    "大叔",
    "婆婆",
    "老太",
    "老爹",
    "嫂子",
    "阿姨",
    "叔叔",
    "伯伯",
    "某",
)
_OF_A_PLACE = (
    "路",
    "街",
    "巷",
    "桥",
    "村",
    "湾",
    "社区",
    "小区",
    "广场",
    "学校",
    "小学",
    "中学",
    "超市",
    "商店",
    "药店",
    "饭店",
    "医院",
)
"""Behind a given name: a place is called so."""


def _any(words: str) -> str:
    """Give the pattern of any of these words."""
    return f"(?:{'|'.join(words.split())})"


_PEOPLE = _any("儿童 少年 学生 人员 人士 老年人 老人 人 妇女 户") + "?"
_OF = _any("的") + "?"
_FOR = _any("公共 专用 无障碍") + "{0,2}"
_ROOMS = _any(
    "之家 之友 服务站 服务点 服务中心 服务室 活动室 活动中心 活动站 活动点 关爱室 关爱站 关爱中心"
    " 照料中心 照料站 托养中心 康复站 康复中心 康复室 学校 窗口 公示栏 公示牌 公示墙 宣传栏 宣传牌 宣传墙"
    " 工作站 联合会 协会 驿站"
)
_BUILT = _any(
    "坡道 通道 扶手 电梯 厕所 卫生间 洗手间 车位 停车位 盲道 步道 出入口 入口 标志 标识 标牌 设施 座位 轮椅道"
)
"""What is built for the disabled."""
_WHOSE = _any("留守 残疾 残障 独居 空巢 困境 低保 特困 监护")
_FACILITIES = re.compile(
    f"{_WHOSE}{_PEOPLE}{_OF}{_FOR}{_ROOMS}|{_any('残疾 残障 盲')}{_PEOPLE}{_OF}{_FOR}{_BUILT}"
)
_DANGEROUS = _any("动火 用火 焊 作业 施工 检修 吊装 高处 有限空间 受限空间 现场 专人")
_WORK = re.compile(
    rf"{_DANGEROUS}[^，。,.！？!?；;\n]{{0,8}}{_any('监护')}"
    f"|{_any('监护室 监护仪 监护病房 留守值班 留守值守')}"
)
"""Who watches over dangerous work, and who stays on duty."""
_LOW_INCOME = f"(?<![{'最降减'}]){_any('低保')}(?![{'护险温修养障安洁质'}])"
_BEDRIDDEN = _any("瘫痪 卧病 卧床") + _any("在床 老人 的老人 病人 的病人 的人")
_GROUPS = re.compile(
    _any(
        "独居 独自居住 一个人住 空巢 孤寡 留守 残疾 残障 失能 失智 痴呆 智障 聋哑 盲人 卧床不起 坐轮椅"
        " 特困 五保 贫困户 困难户 脱贫户 监测户 监测对象 关爱对象 困境儿童 孤儿 监护 精神病 精神障碍"
    )
    + f"|{_BEDRIDDEN}|{_LOW_INCOME}"
)


def telling_word(text: str, *, names: Collection[str], place_name: str) -> str | None:
    """Give the first word of a text that would tell of the home; None if there is none."""
    plain = _plain(text).replace(_plain(place_name), "，") if _plain(place_name) else _plain(text)
    for name in filter(None, map(_plain, names)):
        if (found := _named(plain, name)) is not None:
            return found
    if numbers_in_texts.holds_a_number(text):
        return "号码"
    rest = _WORK.sub("，", _FACILITIES.sub("，", plain))
    word = _GROUPS.search(rest)
    return word.group() if word else None


def _named(plain: str, name: str) -> str | None:
    """Give how the text calls somebody: by his name, the given name alone, or the family name and a title."""
    given = _FAMILY_NAME.sub("", name, count=1)
    family = name.removesuffix(given)
    called = [name, given, given * 2, f"小{given}", f"阿{given}"] if given else [name]
    for one in called:
        if len(one) >= _SHORTEST_NAME and one not in _EVERYDAY and _is_called(plain, one):
            return one
    return next((family + title for title in _TITLES if family + title in plain), None)


def _is_called(plain: str, name: str) -> bool:
    """Say whether a name stands in a text, and not in that of a place each time."""
    begin = plain.find(name)
    while begin >= 0:
        end = begin + len(name)
        if not plain.startswith(_OF_A_PLACE, end):
            return True
        begin = plain.find(name, end)
    return False


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
