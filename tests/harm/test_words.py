"""Words of harm: sentences as people write them, those that must be heard and those that must not."""

import pytest

from app.harm import tells_of_harm

OF_A_MINOR = (
    "孩子说爸爸喝醉了就打他",
    "后妈经常打她，她很怕回家",
    "奶奶说他爸爸打娃下手重",
    "看见他被他爸打了",
    "动不动就打骂",
    "上周又挨揍了",
    "考得不好，他爸揍了一顿",
    "胳膊上有掐痕，说是妈妈掐她",
    "手背烫伤，说不清怎么来的",
    "用烟头烫他",
    "不听话就关起来",
    "大人打工，白天一个人锁在家里",
    "常常饿着，中午没饭吃",
    "家里不让上学，要她带弟弟",
    "邻居叔叔摸她下身",
    "叔叔老摸她。",
    "叫她脱衣服拍照",
    "说想死",
    "他说不想活了",
    "在学校被同学打",
    "老师打他手心，打了好几下",
    "身上有伤，青一块紫一块",
    "被人拐走过",
    "把孩子打了",
    "他没少挨打",
    "说在家里挨打",
    "抽了他几皮带",
    "扇耳光",
    "不给饭吃",
    "爸爸别打我了",
    "求你不要打我",
    "叔叔别摸我的屁股",
    "梦里喊别再打她",
    "别人打他",
    "打我十分疼",
    "打她算是家常便饭",
    "打他用车锁",
    "打他因为玩手机",
    "一打我就打电话报警",
    "打她分明是出气",
    "姐弟俩分别挨打",
    "别把我关起来",
    "奶奶求爸爸不要打弟弟",
    "妈妈哭着说，别打孩子了",
    "求他不要再打孩子",
)
HARMLESS_OF_A_MINOR = (
    "打电话给他妈妈，没接",
    "打他爸爸电话，说在外打工",
    "父母在浙江打工",
    "帮奶奶打扫屋子",
    "上周打针了，乙肝疫苗",
    "给他打了饭",
    "带她打预防针",
    "喜欢打篮球",
    "想死妈妈了",
    "走路拄拐杖，在楼梯拐角等我",
    "摸她的头，有点发烧",
    "会自己脱衣服睡觉",
    "没有挨打，吃得饱",
    "未发现虐待、家暴、欺凌",
    "讲了防性侵和反家暴的知识",
    "孩子没被打过",
    "衣服被打湿了",
    "没饿着，奶奶做饭",
    "打算下学期住校",
    "和同学打招呼",
    "电话打了两次没人接",
    "讲了不能打骂、不能体罚",
    "讲了不得殴打他人",
    "打他两次电话没接",
    "说爸爸不会打我",
    "老师打她一个分",
    "打他的饭，放在桌上",
    "打她妈妈的手机，关机",
    "宣传：请家长不要打骂孩子",
    "老师不得殴打学生",
    "不准体罚学生",
    "不要猥亵儿童",
    "不得拐卖儿童",
    "讲了大人不能打孩子",
    "教他不要欺凌同学",
)
ELSEWHERE = (
    "五楼天天听见打孩子，哭得厉害",
    "三单元有人打娃，用皮带抽",
    "隔壁小孩又挨揍了，求你们去看看",
    "老人说孙女在学校被同学打",
    "奶奶讲孙子被爸爸锁在家里两天",
    "那个七岁的女孩，继父老打她",
    "楼下小卖部老板摸女学生屁股",
    "邻居家的娃饿着，不给饭吃",
    "孙女说不想活了",
    "她家不让孩子上学",
    "听说那孩子被他爸打了",
    "小学门口有人对女孩动手动脚",
    "他把孩子打伤了，娃不敢回家",
    "403 家暴，孩子也跟着挨打",
    "男的叫小姑娘脱衣服",
    "楼道里有个小孩一直哭，说爸爸打我",
    "劝她不要打孩子，她说娃不听话",
    "劝王强不要打孩子",
    "让隔壁的不要打孩子了",
    "已告诉三楼那家别打娃",
    "楼上老人求儿子别打娃",
    "有个学生喊爸爸别打我了",
)
HARMLESS_ELSEWHERE = (
    "小孩爱玩，配电箱的门请关起来",
    "开水房水管太烫，小孩容易烫伤",
    "遗弃的沙发堆在楼道，小孩爬上去玩",
    "广场舞骚扰，孩子没法写作业",
    "学生放学打电话的地方太挤",
    "楼梯扶手松了，怕娃摔下来",
    "小孩在楼道打球，声音大",
    "孩子父母外出打工，打他爸电话没接",
    "社区给儿童打疫苗，帮忙打扫",
    "老人说以前被打过",
    "说儿子不孝，骂人",
    "电动车锁在家门口，挡住学生走路",
    "带学生参加防欺凌、反家暴讲座",
    "给孩子们讲预防性侵",
    "七十三岁，想死的心都有",
    "路灯不亮，学生晚上看不见",
    "篮球架松动，小孩打球危险",
    "打扫楼道，帮孩子过马路",
    "陪小朋友打针",
    "大人吵架打架，报警了",
    "宣传栏掉了，上面写请家长不要打骂孩子",
    "校门口的牌子歪了：老师不得殴打学生，不准体罚学生",
    "标语写着不要猥亵儿童，不得拐卖儿童",
    "提醒各位家长不要打骂孩子",
    "让老师不要体罚学生",
)


@pytest.mark.parametrize("text", OF_A_MINOR)
def test_plain_words_about_a_minor_are_heard(text: str) -> None:
    """S-98: one plain word."""
    assert tells_of_harm(text, of_minor=True)


@pytest.mark.parametrize("text", HARMLESS_OF_A_MINOR)
def test_daily_life_of_a_minor_raises_nothing(text: str) -> None:
    assert not tells_of_harm(text, of_minor=True)


@pytest.mark.parametrize("text", ELSEWHERE)
def test_a_childs_harm_is_heard_in_any_text(text: str) -> None:
    """S-98: a word for a child and a word of harm, close together."""
    assert tells_of_harm(text, of_minor=False)


@pytest.mark.parametrize("text", HARMLESS_ELSEWHERE)
def test_hazards_near_children_raise_nothing(text: str) -> None:
    assert not tells_of_harm(text, of_minor=False)


def test_a_child_in_another_sentence_is_not_the_one_told_of() -> None:
    assert not tells_of_harm("两个男人殴打。学校放学，学生很多", of_minor=False)
    assert not tells_of_harm("孩子" + "，一切都好" * 5 + "，听说以前有人自杀", of_minor=False)
