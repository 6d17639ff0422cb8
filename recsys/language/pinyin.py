"""Chinese as it sounds: the readings of characters, and what is typed in pinyin."""

import re
from collections.abc import Iterable
from functools import cache
from itertools import product
from unicodedata import normalize

from recsys.language.text import CJK, STOP_EN

# pinyin of the words between the values
SYLLABLES = {
    "yuan": "元", "kuai": "块", "kuaiqian": "块钱", "yixia": "以下", "yishang": "以上", "yinei": "以内", "yihou": "以后", "yiqian": "以前", "keyi": "可以", "zuihao": "最好", "zuoyou": "左右", "buyao": "不要", "xiangmai": "想买",
    "xiangkan": "想看", "tuijian": "推荐", "pianyi": "便宜", "yusuan": "预算", "bieyao": "别要", "nanshi": "男士", "nvshi": "女士", "xiangyao": "想要", "woxiangmai": "我想买", "xiangmaiyige": "想买一个", "youmeiyou": "有没有", "de": "的", "cun": "寸", "sheng": "升", "nian": "年", "ping": "平", "tian": "天", "jin": "斤", "gongjin": "公斤", "haosheng": "毫升", "limi": "厘米", "fenzhong": "分钟", "xiaoshi": "小时",
}  # fmt: skip
_TENS = {
    "yi": "一",
    "er": "二",
    "liang": "两",
    "san": "三",
    "si": "四",
    "wu": "五",
    "liu": "六",
    "qi": "七",
    "ba": "八",
    "jiu": "九",
}
SYLLABLES |= {
    digit + power: _TENS[digit] + sign
    for digit in _TENS
    for power, sign in (("bai", "百"), ("qian", "千"), ("wan", "万"))
}

_BOOKISH = {
    "格": "luo",
    "宅": "che",
    "拆": "che",
    "白": "bo",
    "红": "gong",
    "大": "tai",
}  # read so in a few old words: Bose is no 白色


@cache
def _sounds(char: str) -> tuple[str, ...]:
    """The three syllables that a Chinese character is mostly read as, without tones; fewer where it has fewer."""
    from pypinyin import Style, pinyin

    found = pinyin(char, style=Style.NORMAL, heteronym=True)[0]
    return tuple(dict.fromkeys(r.replace("ü", "v") for r in found if r.isalpha() and r != _BOOKISH.get(char)))[:3]


@cache
def _all_syllables() -> frozenset[str]:
    """Every syllable of Mandarin, from pypinyin's table of single characters."""
    from pypinyin.constants import PINYIN_DICT

    first = {read.split(",")[0] for code, read in PINYIN_DICT.items() if 0x4E00 <= code <= 0x9FA5}
    plain = (normalize("NFD", s) for s in first)
    return frozenset(s for p in plain if re.search("[aeiouv]", s := "".join(c for c in p if c.isascii())))  # no hm, ng


def readings(phrase: str) -> Iterable[str]:
    """The pinyin of a phrase, in each combination of the readings of its characters (few)."""
    options = [_sounds(c) for c in phrase]
    if any(not o for o in options):
        return ()
    return dict.fromkeys("".join(p) for p, _ in zip(product(*options), range(27), strict=False))


def slurred(key: str, nasals: bool) -> str:
    """Pinyin as many southern speakers hear it: s for sh, z for zh, c for ch; with `nasals` n for ng as well."""
    key = re.sub(r"([zcs])h", r"\1", key)
    return re.sub(r"ng(?![aeiouv])", "n", key) if nasals else key


def rhymes(one: str, other: str) -> bool:
    """True where two characters differ in no more than the consonant that they begin with: 窝 (wo) and 锅 (guo)."""
    ends = [
        {re.sub(r"^(?:[zcs]h|[b-df-hj-np-tx-z])", "", s.replace("wo", "uo")) for s in _sounds(c)} for c in (one, other)
    ]
    return not ends[0].isdisjoint(ends[1])


def typed(text: str) -> bool:
    """True where a message is Chinese typed in pinyin: nothing but syllables, and several of them."""
    tokens = re.findall(r"[a-z]+", text)
    return len(tokens) > 1 and not CJK.search(text) and not set(tokens) & STOP_EN and all(is_pinyin(t) for t in tokens)


def is_pinyin(token: str) -> bool:
    """True where a token is one syllable after another."""
    syllables = _all_syllables()
    ends = {0}
    for end in range(1, len(token) + 1):
        if any(
            start in ends and token[start:end].replace("v", "u") in syllables for start in range(max(0, end - 6), end)
        ):
            ends.add(end)
    return len(token) in ends
