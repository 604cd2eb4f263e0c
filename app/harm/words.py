"""Plain words by which people tell that a child comes to harm; a false alarm costs a look, silence a child.

Texts about a minor need one such word. Others need a word for a child close by, and leave out what people say
of things as well: of a child one writes that it was scalded, of a pipe that a child may be.

What must be reported is listed in 关于建立侵害未成年人案件强制报告制度的意见（试行）, art. 4.
"""

import re

_CHILD = (
    r"孩子|小孩|娃(?!哈哈)|儿童|学生|小朋友|小学|中学|初中|高中|幼儿|婴儿|[男女][婴孩]|闺女|小姑娘"
    r"|孙子|孙女|外孙|侄子|侄女|未成年"
    r"|(?<![\d一二三四五六七八九十百])(?:1[0-7]|[1-9]|十[一二三四五六七]?|[一二三四五六七八九])岁"
)
"""Sons and daughters are left out: those of the old have long grown up."""
_SMALL = (
    r"孩子|小孩|娃娃?|儿童|[男女]?学生|小朋友|[男女]孩|小?女儿|小?儿子|小姑娘|闺女"
    r"|孙子|孙女|妹妹|弟弟|姐姐|哥哥"
)
_WHOM = rf"(?:他|她|我|俺|{_SMALL})们?"
_WHO = (
    r"(?:爸|妈|爹|娘|父|母|爷|奶|公公|婆婆|外公|外婆|叔|舅|姑|姨|伯|哥|姐|老师|教练|同学"
    r"|大人|别人|有人|人家|他家|她家|家里|男人|女人)"
)
_PAUSE = r"，。,.！？!?；;、\s"
_END = rf"(?=[{_PAUSE}]|$)"
_NO_CALL = (
    rf"(?![^{_PAUSE}用拿玩看抢砸摔因打]{{0,6}}(?:电话|手机|视频|语音|微信|招呼|号码|疫苗|预防针))"
    r"(?![的了]?[一个份]{0,2}(?:针|饭|菜|伞|分(?![钟明])|印|车|算盘))"
)
"""What is done by 打 and hurts nobody: a call, an injection, a meal, a greeting.

A word of one sign counts right behind only: further on it is a part of others (打我十分疼). A telephone that
one strikes with, or for, is no call.
"""
_BODY = r"(?:下身|下体|下面|屁股|胸|私处|隐私)"

_STRUCK = (
    rf"(?<![拨攻])打(?:了|过|着|死|伤|哭|骂)?{_WHOM}{_NO_CALL}",
    rf"[把将]{_WHOM}(?:给|往死里|狠狠)?打(?![扮电针扰动发断量开扫成算造])",
    r"打骂|毒打|暴打|殴打|痛打|往死里打|打耳光|打屁股|打手心|打(?:了|过)?一顿",
    r"打得?(?:鼻青|浑身|满身|遍体|半死)",
    r"[挨遭](?:了|过)?(?:一顿|几顿)?(?:打|揍|耳光|巴掌)",
    r"被打(?![扰断湿扫动乱开破碎翻量发包通错造印磨])",
    rf"被[^{_PAUSE}]{{0,3}}{_WHO}[^{_PAUSE}]{{0,3}}打(?![电扰断湿动乱开扫算工针发量包扮])",
    rf"揍|皮带抽|[抽扇](?:了|过)?(?:{_WHOM}|耳光|嘴巴|巴掌)|踢(?:了|过)?{_WHOM}",
    rf"掐(?:了|过|着)?(?:{_WHOM}|脖子|[伤青紫得])",
    rf"烟头烫|拿[^{_PAUSE}]{{0,5}}烫(?:了|过|伤)?{_WHOM}",
    r"虐待|家暴|体罚|欺凌|霸凌|校园暴力",
    r"卖掉?(?:孩子|娃)|拐卖|拐走|拐骗|诱拐|被拐|童工",
)
_TOUCHED = (
    r"性侵|猥亵|强奸|性骚扰|乱摸|动手动脚|耍流氓|裸照",
    rf"摸[了过着到]?{_BODY}",
    rf"摸(?:了|过|着|来摸去)?{_WHOM}的?(?:{_BODY}|大腿|身子|身体|裤|那里)",
    rf"(?<!抚)摸[了过着]?[他她我]{_END}",
    rf"[叫让逼要哄骗喊]着?{_WHOM}把?脱[光掉下了]?[衣裤]",
    rf"[脱扒][光掉了下]?{_WHOM}的?[衣裤]|扒[光掉了下]?[衣裤]",
)
_LEFT = (
    rf"[把将]{_WHOM}(?:一个人|一人|单独|都|给|反)?(?:[关锁]起来|[关锁]在|关进|[丢扔]在)",
    r"(?<![车瓶门])(?:反锁|锁|关)在(?:家里|家中|屋里|屋内|屋头|房里|房间|门外)|锁在家(?![门楼])",
    r"(?<![别没不让怕])饿着|挨饿|饿(?:了|过)?(?:好几|[几两一三])[天顿]",
    rf"不[给让](?:{_WHOM})?(?:饭吃|吃饭|吃东西|东西吃|吃的)",
    rf"不[让给许准叫](?:{_WHOM})?去?(?:上学|读书|念书|学校)",
    rf"遗弃[了过]?{_WHOM}|被遗弃|离家出走|失踪",
)
_WANTS_TO_DIE = (
    r"自杀|自残|轻生|寻短见|割腕|割手腕|不想活|活不下去|活够了|死了算了|[想要]去?跳楼",
    rf"想死了?{_END}",
)
_ABOUT_A_MINOR_ONLY = (
    r"骚扰|遗弃|烫伤|关起来|身上有伤|伤痕|[淤瘀]青|青一块|鼻青脸肿|烟疤",
    r"没饭吃|吃不饱|没人管饭|不管饭|走失",
    rf"打[了过]?人{_END}|打[了过](?:好几|[几两一])(?:下|巴掌)",
)
_ELSEWHERE = (*_STRUCK, *_TOUCHED, *_LEFT, *_WANTS_TO_DIE)

_NEAR = r"(?:(?:[他她](?!人)|我|俺|女儿|儿子|闺女|孙子|孙女|妹妹|弟弟|姐姐|哥哥)们?)"
"""Whom a plea is for. Children as such (孩子、学生、儿童) are whom a rule is for."""
_PLEA = (
    rf"[^{_PAUSE}]{{0,4}}(?:{_NEAR}|(?:{_SMALL})们?[^{_PAUSE}]{{0,3}}了{_END})"
    rf"|再[^{_PAUSE}]{{0,4}}(?:{_SMALL})"
)
"""Behind a word that forbids: it is done to somebody near the speaker, or was done before (再, 了)."""
_TO_NOBODY = "(?<![他她你爸妈爹爷奶叔舅姑姨伯哥姐婆])(?<![他她你]们|老公|外公|公公|丈夫|男人|媳妇|女儿|儿子)"
_FORBIDS = (
    rf"(?:{_TO_NOBODY}|(?![^{_PAUSE}]{{0,6}}(?:{_SMALL})))"
    rf"(?:不能|不许|不得|不要|不准|不可|(?<![特分个性区])别)(?!{_PLEA})"
)
"""Forbids it as teachers and posters do. Who forbids it to somebody he knows, or for somebody near him,
pleads, or tells of what was done (爸爸别打我了, 劝她不要打孩子)."""
_PUPILS = "家长|老师|教师|教练|学校|学生|同学|大人|父母|大家|村民|居民|业主|群众|监护人|各位|孩子|儿童|小朋友"
_TOLD = re.compile(
    rf"(?:劝|求|告诉|告知|警告|提醒|叫|让|喊)[了过着]?(?![^{_PAUSE}]{{0,6}}(?:{_PUPILS}))[^{_PAUSE}]{{1,8}}$"
)
"""Before a word that forbids: said to one who is named, and not to people as such (劝王强不要打孩子)."""
_TOLD_SIGNS = 16
_DENIAL = (
    r"(?=[没未无从不别禁严杜防预反抵避远])(?:没有|没(?![少完事])|未|无|从不|从来不|不会|不再"
    rf"|{_FORBIDS}"
    r"|禁止|严禁|杜绝|防止|预防|防|反对|反|抵制|避免|远离)"
    r"(?:发现|出现|发生|存在|遭受|遭|受到|受|被|有|任何|过|人|再|去|学生|儿童|青少年|未成年人|校园){0,3}"
)
"""Words before a word of harm that take it back, or teach against it."""
_STOP = re.compile(r"[。！？!?；;\n]")
_NEAR_SIGNS = 15
"""So far from a word of harm a child is still the one it is told of: about two clauses."""


_BEGINNINGS = (
    r"(?=[打把将毒暴殴痛往挨遭被揍皮抽扇踢掐烟拿虐家体欺霸校卖拐诱童性猥强乱动耍裸摸叫让逼要哄骗喊脱扒反锁关饿"
    r"不遗离失自轻寻割活死想骚烫身伤淤瘀青鼻没吃走])"
)
"""The first signs of all these words: most signs of a text are passed over by it at once."""
_FORM_OF_A_MINOR = f"{_BEGINNINGS}(?:{'|'.join((*_ELSEWHERE, *_ABOUT_A_MINOR_ONLY))})"
_FORM_OF_ANYBODY = f"{_BEGINNINGS}(?:{'|'.join(_ELSEWHERE)})"
_OF_A_MINOR, _OF_ANYBODY = re.compile(_FORM_OF_A_MINOR), re.compile(_FORM_OF_ANYBODY)
_FORBIDDEN = re.compile("不能|不许|不得|不要|不准|不可|别")
_DENIED = re.compile(rf"{_DENIAL}{_FORM_OF_A_MINOR}(?:[、和或及与/]{_FORM_OF_A_MINOR})*")
_CHILDREN = re.compile(_CHILD)


def tells_of_harm(text: str, *, of_minor: bool) -> bool:
    """Say whether a text tells of harm to a minor; ``of_minor``: it is about one, or one wrote it."""
    words = _OF_A_MINOR if of_minor else _OF_ANYBODY
    return any(
        of_minor or _near_a_child(sentence, span)
        for sentence in _STOP.split(text)
        for span in _found(words, sentence)
    )


def _found(words: re.Pattern[str], sentence: str) -> list[tuple[int, int]]:
    """Give where such words begin and end in a sentence, apart from those that are denied."""
    spans = [one.span() for one in words.finditer(sentence)]
    denied = [
        one.span() for one in (_DENIED.finditer(sentence) if spans else ()) if not _is_told(sentence, one)
    ]
    return [span for span in spans if not any(first <= span[0] < last for first, last in denied)]


def _is_told(sentence: str, denied: re.Match[str]) -> bool:
    """Say whether it is forbidden to somebody who is named, who then did it or is about to."""
    begin = denied.start()
    before = sentence[max(0, begin - _TOLD_SIGNS) : begin]
    return bool(_FORBIDDEN.match(denied.group()) and _TOLD.search(before))


def _near_a_child(sentence: str, span: tuple[int, int]) -> bool:
    begin, end = span
    return bool(_CHILDREN.search(sentence[max(0, begin - _NEAR_SIGNS) : end + _NEAR_SIGNS]))
