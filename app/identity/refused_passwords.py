"""Passwords that attackers try first.

They are made of common words, walks over the keyboard, runs, dates, and what is known of the person. Rather
than list long passwords we know these pieces: what is left besides counts. ``common_passwords.txt`` has the
3,000 most frequent passwords of published leaks and the most frequent English first names, as the frequency
lists of zxcvbn 4.5.0 (MIT) have them, without those of three signs and fewer: they are pieces of longer ones.
"""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

_LEFT_LEAST = 5
"""Signs that must be left when every known piece is taken out."""
_DIFFERENT_LEAST = 5
_RUN_LEAST = 3
_WALKS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "147258369",
    "159357",
    "一二三四五六七八九十",
    "!@#$%^&*()",
)
_WORDS = frozenset(
    """
    password passwd passw0rd pass word pwd admin administrator root user test guest demo login logon welcome
    letmein letme hello master super secret default changeme change system server manager public private
    monkey dragon sunshine princess football baseball basketball superman batman shadow michael jordan
    iloveyou loveyou love lovely baby angel happy lucky money summer winter spring autumn monday friday
    computer internet google apple huawei xiaomi tencent alibaba taobao weixin wechat qq baidu china chinese
    qwert asdf zxcv qwer trustno one access flower freedom whatever starwars pokemon naruto killer hunter
    woaini woaiwojia woaizuguo woshi nihao nimen women tamen wode nide tade mima zhanghao yonghu guanli
    guanliyuan xitong denglu zhongguo zhonghua beijing shanghai hubei wuhan xianning tongshan tongcheng
    shequ wangge wanggeyuan jifen xuncha tanfang jumin caonima shabi dashabi niubi wangba laopo laogong
    baobao baobei mama baba yeye nainai gege jiejie didi meimei xiexie zaijian shengri kuaile xinnian
    renmin gongheguo zuguo chengshi laoshi xuesheng
    office chocolate united thisis this correct horse battery staple
    gongxi facai pingan jiankang xingfu wanshi ruyi fendou jiayou tiantian xiangshang haohao xuexi
    zhang wang li zhao chen yang huang zhou liu xu sun ma zhu hu guo he lin gao luo
    1314 520 521 888 666 168
    gongdi 共缔 密码 管理员 管理 用户 账号 登录 系统 社区 网格 网格员 积分 巡查 探访 居民 中国 湖北 武汉 咸宁
    我爱你 我爱我家 你好 欢迎 平安 健康 幸福 快乐 生日 新年 恭喜 发财 天天向上 好好学习 为人民服务
    """.split()  # noqa: SIM905 - a list literal would fill the screen
)
_COMMON = frozenset((Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8").split())
_LEET = str.maketrans("013457@$!+", "oleastasit")
_DATE = re.compile(r"(19|20)[0-9]{2}((0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])?)?")
_SHORTEST_WORD = 2
_JUDGED = 200
"""Signs that are looked at: as many as a password has, some of which become 18 when they are folded."""


def is_easy(password: str, known: Iterable[str] = ()) -> bool:
    """Say whether hardly anything is left of a password without its common pieces and what is ``known``."""
    folded = unicodedata.normalize("NFKC", password).casefold()[:_JUDGED]
    if len(set(folded)) < _DIFFERENT_LEAST or _repeats(folded):
        return True
    pieces = {piece.casefold() for name in known for piece in _pieces(name)}
    words = [word for word in _WORDS | _COMMON | pieces if len(word) >= _SHORTEST_WORD]
    close = "".join(folded.split())
    readings = {folded, close, folded.translate(_LEET), close.translate(_LEET)}
    return min(_left(text, words) for text in readings) < _LEFT_LEAST


def _pieces(name: str) -> list[str]:
    """Give a known name and, of one written with spaces or of a phone, its parts."""
    tail = [name[-8:], name[-6:], name[-4:]] if name.isdigit() else []
    return [name, *name.split(), *tail]


def _left(text: str, words: list[str]) -> int:
    """Count the different letters, and half the digits, that belong to no known piece."""
    for word in sorted((word for word in words if word in text), key=lambda word: (-len(word), word)):
        text = text.replace(word, " ")
    text = _DATE.sub(" ", text)
    for walk in _WALKS:
        text = _without_runs(_without_runs(text, walk), walk[::-1])
    text = re.sub(r"(.)\1{2,}", " ", text)
    left = set(re.findall(r"\w", text))
    digits = {sign for sign in left if sign.isdigit()}
    return len(left - digits) + len(digits) // 2


def _without_runs(text: str, walk: str) -> str:
    """Take out what follows the walk for three signs or more."""
    kept, at = [], 0
    while at < len(text):
        length = next(
            (
                size
                for size in range(min(len(walk), len(text) - at), _RUN_LEAST - 1, -1)
                if text[at : at + size] in walk
            ),
            0,
        )
        kept.append(" " if length else text[at])
        at += length or 1
    return "".join(kept)


def _repeats(text: str) -> bool:
    """Say whether the text is one piece of at most six signs, over and over."""
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, 7))
