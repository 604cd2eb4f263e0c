"""Which words of a hazard would tell who of a home is looked after, and which are names of places."""

import pytest

from app.visits.telling_words import telling_word

NAMES = ["王桂兰", "李芳", "欧阳建国", "张平安", "周学"]
PLACE = "桂兰苑3号楼"


@pytest.mark.parametrize(
    "text, word",
    [
        ("王 桂 兰门口堆着纸箱", "王桂兰"),
        ("桂兰家电线破皮", "桂兰"),
        ("王奶奶家的灯坏了", "王奶奶"),
        ("小芳房间没有窗", "小芳"),
        ("芳芳的床靠着炉子", "芳芳"),
        ("建国的电瓶在屋里充电", "建国"),
        ("欧阳大爷的煤气没关", "欧阳大爷"),
        ("独居老人家的电线破皮", "独居"),
        ("这户是残疾人，门口有台阶", "残疾"),
        ("残疾人家门口的坡道堵了", "残疾"),
        ("留守儿童一个人烧火", "留守"),
        ("低保户家没有灭火器", "低保"),
        ("监护人不在，煤气开着", "监护"),
        ("老人瘫痪在床，逃不出去", "瘫痪在床"),
        ("特困户屋顶漏水", "特困"),
        ("ＶＩＰ是监测户，灶台裂了", "监测户"),
        ("打13812345678问他家", "号码"),
    ],
)
def test_what_tells_of_the_home_is_found(text: str, word: str) -> None:
    assert telling_word(text, names=NAMES, place_name=PLACE) == word


@pytest.mark.parametrize(
    "text",
    [
        "101门口电线破皮",
        "楼道堆着纸箱，老人容易绊倒",
        "留守儿童之家的窗户松了",
        "残疾人坡道被车堵了",
        "残疾人专用停车位积水",
        "残疾人无障碍通道没有扶手",
        "低保公示栏的玻璃碎了",
        "困境儿童关爱室没有灭火器",
        "动火作业没有监护人",
        "施工现场没人监护",
        "值班室没有留守值班人员",
        "电梯瘫痪了三天",
        "灯的亮度没有最低保障，降低保护等级",
        "桂兰苑3号楼的灯坏了",
        "建国路上的井盖松了",
        "注意安全，保平安",
        "小学门口的路灯坏了",
        "13812号电表箱没有盖",
    ],
)
def test_names_of_places_and_words_of_work_are_none(text: str) -> None:
    assert telling_word(text, names=NAMES, place_name=PLACE) is None
