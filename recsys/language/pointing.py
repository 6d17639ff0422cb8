"""The words of a message that point at what is shown: a rank (第二个, the last two), it, the other one, all of them."""

import re
from collections.abc import Sequence

from recsys.language.numbers import number

Placed = tuple[int, tuple[int, int]]  # a rank, and where the message says it

MEASURE = "个|件|条|款|部|双|只|篇|位|本|张|台|项|家|辆|块|瓶|套|支|份|道|间|盏|口|把|首|座|则|副|顶|枚|盆|束|盒|罐|袋|根|颗|床|棵|幅|架|户|处|档|对|趟|包|箱|桶|听|卷|组"
_ORDINALS = {
    w: n
    for n, w in enumerate(
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"], 1
    )
}
COUNTS = {
    w: n for n, w in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 1)
}
DIGITS = {c: i for i, c in enumerate("一二三四五六七八九十", 1)} | {"两": 2, "俩": 2, "仨": 3}
_N, _W, _O = (
    r"\d{1,2}|[二三]?十[一二三四五六七八九]?|[一二两俩三仨四五六七八九]",
    "|".join(COUNTS),
    "|".join(_ORDINALS),
)
_REFERENCE = re.compile(
    rf"(?P<tail>倒数第)(?P<back>{_N})"
    rf"|(?:前[面边]?|(?<![手心念劲床码屋里外木石])头|最前面)(?P<head>{_N})\s?(?:{MEASURE})?(?![年天月小分章集代期岁])|(?:最?后面?|末尾|末了|垫底)[那这的]?(?P<end>[两俩三四2-4])(?:{MEASURE})"
    rf"|第\s?(?P<zh>{_N})(?![代次季集名流排天年周步页层届届])\s?(?:{MEASURE})?|(?<![\d.月一二三四五六七八九十])(?P<number>\d|[一二三四五六七八九])号(?!线|码|楼|店|院)"
    rf"|\bnumbers (?P<one>\d|{_W})(?:,? and | & )(?P<other>\d|{_W})\b"
    rf"|(?P<but>(?:the )?second[- ](?:to[- ]|from[- ])?(?:the )?(?:last|bottom)|penultimate)\b(?: one)?"
    rf"|(?P<bottom>the bottom (?:one|option)\b|\bat the bottom\b|最(?:下面|底下|下边)[那这]?(?:{MEASURE})?)|(?P<upper>\bat the top\b|最上[面边][那这]?(?:{MEASURE})?)"
    rf"|(?P<mid>中间)(?:[那这]|的[那这]?)?(?:{MEASURE})|the (?P<middle>middle) one"
    rf"|(?:number|no\.|#|nr\.?|option)\s?(?P<hash>\d{{1,2}}\b|{_W})|\b(?:the )?(?:first|top) (?P<top>{_W}|\d)\b(?!-)|\b(?:the )?last (?P<lasts>two|three|2|3)\b"
    rf"|\bthe (?P<word>{_O}|(?P<nth>\d{{1,2}})(?:st|nd|rd|th))\b(?! (?:row|time|floor|hand|day|season|edition|class|flat|thing|generation))"
    rf"|\b(?P<bare>{_O})(?: ones?\b|(?= (?:is|was|looks|vs|versus|or|against)\b))|\b(?P<both>{_O})(?=(?: (?:and|&|n) (?:the )?| ?[和跟与] ?)(?:{_O})(?![a-z]))|(?<=[和跟与])(?P<joined>{_O})(?![a-z])|(?<=and )(?P<also>{_O})\b(?= *(?:[,.!?]|$)| (?:look|are|have|seem|cost|feel|both)\b)|(?<=^)(?P<lone>{_O})\b(?=[,.!?]|$)|(?<=vs )(?P<versus>{_O})\b"
    r"|(?:(?<=^)|(?<=[,.;] ))(?P<final>last one)\b|(?P<last>最后(?:一|那|这)?(?:个|件|条|款|部|双|只|篇|位|本|张|台|家|辆|块|瓶|套|支|项)|(?:the|this|that) last(?: one)?\b(?! (?:time|year|month|week|few|decade|[a-z]+ (?:years|months|weeks|days))\b))"
)


def ordinals(text: str, count: int = 0) -> tuple[int, ...]:
    """Ranks that the message says, from 1; -1 is the last. `count` is how many are shown, 0 where nobody knows."""
    return tuple(dict.fromkeys(r for match in _REFERENCE.finditer(text) for r in _ranks(match, count)))


def said(text: str, count: int) -> list[Placed]:
    """(rank, (start, end)) of each rank that the message says."""
    return [(rank, match.span()) for match in _REFERENCE.finditer(text) for rank in _ranks(match, count)]


def it(text: str) -> tuple[int, int] | None:
    """Where the message says it, this one or that one of what was spoken of last; None where it does not."""
    found = [m.span() for m in _SPOKEN_OF.finditer(text)]
    return found[-1] if found else None


def of_two(text: str) -> re.Match[str] | None:
    """Where one of the two spoken of last is meant: 那两辆里评分高的, the shorter of those two; group 1 is what tells it in English."""
    return _AMONG.search(text)


def person(text: str) -> tuple[int, int] | None:
    """Where the message says he or she."""
    found = _PERSON.search(text)
    return found.span() if found else None


def of_it(text: str) -> bool:
    """True where a message begins with it: 那它停车方便吧, and does it fold."""
    return bool(_OF_IT.match(text))


def against_it(text: str) -> bool:
    """True where a message names only what something is to be compared with: 跟蓝的那辆比一比呢."""
    return bool(_AGAINST_IT.fullmatch(text.strip()))


def elliptic(text: str) -> bool:
    """True for two things named in the way of a question just asked: 绿的和灰的呢, and the red and the blue one?"""
    return bool(_ELLIPTIC.fullmatch(text.strip()))


def others(text: str, count: int, focus: Sequence[int]) -> list[Placed]:
    """The two spoken of last (它俩, those two), or what is left beside the one spoken of last: the other one, 另外两个."""
    pair = [r for r in focus if r][-2:]
    if len(pair) == 2 and (one := _FORMER.search(text)):
        return [(pair[one.lastindex == 2], one.span())]
    if len(pair) == 2 and not _LEFT_OVER.search(text) and (both := _THE_PAIR.search(text)):
        return [(r, both.span()) for r in pair]
    match = _THE_OTHERS.search(text) if focus and focus[-1] else None
    if match is None:
        return []
    many = _digit(match[1] or match[2] or match[3] or "one")
    left = [r for r in range(1, count + 1) if r != focus[-1]]
    left = left if many == len(left) else pair[:-1] if many == len(pair) - 1 else []
    return [(r, match.span()) for r in left]


def points(text: str) -> bool:
    """True where the message has a word that points: a rank, this, that, the."""
    text = _OF_A_FIELD.sub("", text)
    return bool(_REFERENCE.search(text) or _POINTS.search(text))


def singles_out(text: str) -> bool:
    """True where a message points with more than "the"."""
    return bool(_SINGLED.search(text)) and not of_all(text)


def of_all(text: str) -> bool:
    """True for the most of all there are: the lightest one, which of them has the longest battery life."""
    return bool(_THE_MOST.fullmatch(text.strip()))


def pair(text: str) -> bool:
    """True where the message says "those two"."""
    return bool(_THE_PAIR.search(text))


def these(text: str, count: int) -> bool:
    """True where a message counts all that is shown: 这三家放一起比比."""
    counted = _THESE_ALL.search(text)
    return counted is not None and _digit(counted[1]) == count


def everything(text: str, count: int) -> list[int]:
    """All the ranks, where the message speaks of all that is shown, or of the two, or of the only one."""
    if (_BOTH.search(text) and count == 2) or _ALL.search(text) or (count == 1 and _IT.search(text)):
        return list(range(1, count + 1))
    return []


_SINGLED = re.compile(
    r"\bthe two [a-z]+est\b|\bof the (?:lot|bunch|pair)\b|[这那]|\b(?:this|that|these|those|them|it|ones?)\b|^(?:is|does|do|can|has|how|why)\b|刚才|上面"
)
_THE_MOST = re.compile(  # the lightest one; which one has the most episodes: of all there are
    r"(?:(?:i see|ok(?:ay)?|right|hmm+|got it|fine|cool|thanks)[.,!]+ )?(?:and|ok|now|so|what about|how about|which (?:one )?is|what'?s|what is|show me|give me)?[ ,]*the (?:most |least )?[a-z-]+(?: one)?(?: of them)?\s*\??"
    r"|(?:and|ok|now|so)?[ ,]*the (?:most|least|fewest|[a-z]+est) (?:[a-z-]+ ){1,3}(?:of|among|out of) (?:them|these|those)(?: all)?\s*\??"
    r"|(?:(?:i see|ok(?:ay)?|right|hmm+|got it|fine|cool|thanks)[.,!]+ )?(?:and|ok|now|so)?[ ,]*(?:which (?:one |of (?:them|these|those) )?(?:has|have|is|comes with|'?s got)|which one'?s(?: got| done| driven)?|(?:and )?the one (?:with|that has)) the (?:most|least|fewest|[a-z]+est)(?: [a-z-]+){0,4}\s*\??"
)
_OF_A_FIELD = re.compile(
    r"[这那](?:个|种)?\s?(?:牌子?|品牌|brand|颜色|风格|款式|材质|类型|档次|价位)|[这那](?:边|里|儿|一带|附近)|[这那]股"
)
_POINTS = re.compile(
    r"[这那]|的[两俩三](?:个|件|条|款|部|双|只|台|家|辆|本|张)|\bboth\b|\b(?:the|this|that|these|those|one|(?<!make )(?<!change )(?<!keep )it)\b|刚才|上面"
)
_ALL = re.compile(
    r"[两三四五]个(?:都(?:(?:拉|放|摆|搁)?(?:在)?一(?:起|块儿?))?|(?:拉|放|摆|搁)?(?:在)?一(?:起|块儿?))(?=比|对比|看)|(?<![点丝丁毫儿])都不?(?:喜欢|不错|很好|想要|不行|不要|一般|不好|可以$)|(?:这几|这些|全部)(?:个|款|件|部|家|辆)?(?:我)?(?:都|全)|\ball (?:of )?(?:them|these|those|(?:the )?(?:two|three|four|five))\b"
    r"|(?:hate|love|like|dislike) (?:them|these)(?: all)?\b|\bnone of (?:them|these)\b"
)
_THESE_ALL = re.compile(rf"这([三四五])(?:{MEASURE})(?=[都放摆比对哪有差各]|一起)")
_BOTH = re.compile(
    r"(?:这|那)?[两俩]个|这[两俩](?:家|款|部|件|辆)|\bboth\b|\bthe two\b|\bthese two\b|\bbetween them\b|\bneither\b"
)
_IT = re.compile(r"(?<!make )(?<!change )\b(?:it|this|that)\b|它|这(?:个|部|款|家|件)")
_SPOKEN_OF = re.compile(
    rf"它(?!们)|(?<=[跟像和比])[她他](?![们的家])|^[她他](?=[讲拍写更说画教做发剪])|这(?:店|书|片子|剧|车|鞋|灯)(?=我|[真太挺好也])|(?:(?<![^把跟和与比像就那要是对哦噢喔啊嗯,，。;；!！?？\s])|(?<=[,，]喜欢)|(?<=我喜欢)|(?<=我爱))[这那](?:{MEASURE})(?!的?[\u4e00-\u9fff]?色)|(?<!make )(?<!change )(?<!keep )(?<!put )\bit\b(?!(?:'s| is) (?:really |actually )?for\b)|\bit (?:next to|side[- ]by[- ]side|up against|beside)\b|\b(?:this|that) one\b|\b(?:this|that)(?='s|$|[,.!?]| or\b)"
)
_OF_IT = re.compile(r"(?:那|所以|不过)?它(?!们)|(?:so |and |but )?(?:is|does|can|has|will|would|did) it\b")
_AGAINST_IT = re.compile(
    r"(?:那|再)?(?:跟|和|与|同)[^,，。]{1,14}(?:对比|比)(?:一?[比下])?(?:看看|呢|吧)*[?？]?"
    r"|(?:and |how about |what about )?(?:compared? (?:to|with)|versus|vs)\b[^,.?]{1,30}[?.]?"
)
_ELLIPTIC = re.compile(
    r"那?[^,，。]{1,8}的?(?:和|跟|与)[^,，。]{1,8}的?呢[?？]?|(?:and|what about|how about) [^,.]{2,24} (?:and|vs|versus) [^,.]{2,24}\?"
)
_THE_PAIR = re.compile(
    rf"\bboth of (?:them|those|these)\b|[它他她]们?俩|^它们(?=都|哪|谁|各|俩|两|的|能|要)|[这那]俩|[这那]两(?:{MEASURE})(?=[,，。]|哪|谁|都|我|比|里|中|之间|差|有|$)|\b(?:those|these|the) two\b(?= *(?:[,.?!]|$|please|pls|which|is|are|differ|compare|equally|have|look|cost))|\bof (?:those|these|the) two\b|\bof (?:that|the) pair\b|\bbetween (?:them|the two|those two)\b"
)
_AMONG = re.compile(
    rf"(?:[这那]?两(?:{MEASURE})|[他她它]们?俩|[这那]?俩)(?:里头?|里面|中间?|之中)|\b(?:the )?((?:more |less )?[a-z]+)(?: one)? of (?:those|these|the) two\b|\bof (?:those|these|the) two\b,?"
)
_PERSON = re.compile(r"[她他](?!们)|\b(?:he|she|him|her|his)\b")
_FORMER = re.compile(r"(前者|前[一面]那?个|\bthe former\b)|(后者|后[一面]那?个|\bthe latter\b)")
_LEFT_OVER = re.compile(r"剩下|\bother two\b")
_THE_OTHERS = re.compile(
    rf"另外?(?:那|的)?([一两俩二三四五六])(?:{MEASURE})|剩下?的?那?([一两俩二三四])(?:{MEASURE})|另外?那(?:{MEASURE})|\bthe other (two|three|four|five|(?=ones?\b))"
)


def compared(text: str) -> bool:
    """True where things are weighed against each other."""
    return bool(_WEIGHED.search(text)) or compared_outright(text)


def compared_outright(text: str) -> bool:
    """True where a message says that it compares, or asks why."""
    return bool(_COMPARED.search(text))


_WEIGHED = re.compile(rf"哪(?:{MEASURE})|which")
_COMPARED = re.compile(
    r"\bpros (?:and|n|&|'n'?) cons\b|优缺点|"
    r"(?:跟|和|与).{1,14}比(?!较)|compare|对比|比较|比一比|比一下|差在哪|差哪|差多少|差几|(?:哪里|哪儿|有啥|有什么)不(?:同|一样)|区别|difference|\bvs\b|\bwhy\b|为什么|为啥|\bsets? (?:it|that one|this one) apart from\b|side by side|side-by-side|head to head|weigh up|different from|二选一|各有|差几多|stack up|\bagainst the\b|\bworth (?:the|it|paying)[^?]* over\b|\banything (?:it|that one) doesn'?t\b|\b[a-z]{3,}er than (?:it|that one)\b|[它她他]比.{1,10}(?:在哪|多少|吗)|\b(?:is|are) the [a-z ]{3,30} (?:[a-z]{2,}er|more [a-z]+) than (?:him|her|it|that one)\b|\bis (?:it|that one|he|she) (?:[a-z]+ )*?(?:[a-z]{2,}er|more|less)\b[^,.?]* than\b|\bnext to the\b|哪个(?:更|比较)?好"
)


def spans(text: str) -> list[tuple[int, int]]:
    """Where ranks are said."""
    return [m.span() for m in _REFERENCE.finditer(text)]


def _ranks(match: re.Match[str], count: int) -> list[int]:
    said = match.groupdict()
    if said["but"]:
        return [-2]
    if said["mid"] or said["middle"]:
        return [count // 2 + 1] if count % 2 else []
    if said["one"]:
        return [_digit(said["one"]), _digit(said["other"])]
    if said["back"]:
        return [-_digit(said["back"])]
    for key in ("head", "top"):
        if said[key]:
            return list(range(1, _digit(said[key]) + 1))
    for key in ("end", "lasts"):
        if said[key]:
            return list(range(-_digit(said[key]), 0))
    if said["last"] or said["bottom"] or said["final"]:
        return [-1]
    if said["upper"]:
        return [1]
    rank = _digit(
        next(
            said[k]
            for k in ("zh", "number", "hash", "nth", "word", "bare", "both", "joined", "also", "lone", "versus")
            if said[k]
        )
    )
    return [rank] if not count or rank <= count else []


def _digit(word: str) -> int:
    return DIGITS.get(word) or COUNTS.get(word) or _ORDINALS.get(word) or int(number(word) or 0)
