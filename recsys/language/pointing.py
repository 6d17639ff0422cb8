"""Which of the shown items a message means: by rank (第二个, the last two), by a property (the blue one), by name or price."""

import re
from collections.abc import Callable, Sequence

from recsys.datamodels import Item
from recsys.language import opinions
from recsys.language.naming import named, told, where
from recsys.language.numbers import NUMBER, number

Matcher = Callable[[str], list[Item]]
Placed = tuple[int, tuple[int, int]]  # a rank, and where the message says it

_MEASURE = "个|件|条|款|部|双|只|篇|位|本|张|台|项|家|辆|块|瓶|套|支|份|道|间|盏|口|把|首|座|则|副|顶|枚|盆|束|盒|罐|袋|根|颗|床|棵|幅|架|户|处|档|对|趟"
_ORDINALS = {
    w: n
    for n, w in enumerate(
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"], 1
    )
}
_COUNTS = {
    w: n for n, w in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 1)
}
_DIGITS = {c: i for i, c in enumerate("一二三四五六七八九十", 1)} | {"两": 2, "俩": 2, "仨": 3}
_N, _W, _O = (
    r"\d{1,2}|[二三]?十[一二三四五六七八九]?|[一二两俩三仨四五六七八九]",
    "|".join(_COUNTS),
    "|".join(_ORDINALS),
)
_REFERENCE = re.compile(
    rf"(?P<tail>倒数第)(?P<back>{_N})"
    rf"|(?:前|(?<![手心念劲床码])头|最前面)(?P<head>{_N})\s?(?:{_MEASURE})?(?![年天月小分章集代期岁])|(?:最?后面?)[那这的]?(?P<end>[两俩三四2-4])(?:{_MEASURE})"
    rf"|第\s?(?P<zh>{_N})(?![代次季集名流排天年周步页层届届])\s?(?:{_MEASURE})?|(?<![\d.月一二三四五六七八九十])(?P<number>\d|[一二三四五六七八九])号(?!线|码|楼|店|院)"
    rf"|\bnumbers (?P<one>\d|{_W})(?:,? and | & )(?P<other>\d|{_W})\b"
    rf"|(?P<but>second[- ](?:to[- ]|from[- ])?(?:the )?last|penultimate)\b(?: one)?"
    rf"|(?P<bottom>the bottom (?:one|option)\b|\bat the bottom\b|最(?:下面|底下|下边)[那这]?(?:{_MEASURE})?)|(?P<upper>\bat the top\b|最上[面边][那这]?(?:{_MEASURE})?)"
    rf"|(?P<mid>中间)(?:[那这]|的[那这]?)?(?:{_MEASURE})|the (?P<middle>middle) one"
    rf"|(?:number|no\.|#|nr\.?|option)\s?(?P<hash>\d{{1,2}}\b|{_W})|\b(?:the )?(?:first|top) (?P<top>{_W}|\d)\b(?!-)|\b(?:the )?last (?P<lasts>two|three|2|3)\b"
    rf"|\bthe (?P<word>{_O}|(?P<nth>\d{{1,2}})(?:st|nd|rd|th))\b(?! (?:row|time|floor|hand|day|season|edition|class|flat|thing|generation))"
    rf"|\b(?P<bare>{_O})(?: ones?\b|(?= (?:is|was|looks|vs|versus|or|against)\b))|\b(?P<both>{_O})(?= (?:and|&|n) (?:the )?(?:{_O})\b)|(?<=and )(?P<also>{_O})\b(?= *(?:[,.!?]|$))|(?<=^)(?P<lone>{_O})\b(?=[,.!?]|$)|(?<=vs )(?P<versus>{_O})\b"
    r"|(?P<last>最后(?:一|那|这)?(?:个|件|条|款|部|双|只|篇|位|本|张|台|家|辆|块|瓶|套|支|项)|(?:the|this|that) last(?: one)?\b(?! (?:time|year|month|week|few|decade|[a-z]+ (?:years|months|weeks|days))\b))"
)
_NOUN = rf"(?:{_MEASURE})"
_ONE = r"(?:ones?|car|film|movie|place|bag|phone|dress|lamp)"
_CHARS = r"(?:[^,.;!?]|(?<=\d)[,.](?=\d))"
_CUED = re.compile(
    rf"(?:[跟和与](?=最))?(?P<zh>(?!(?:比|跟|和|像|与|把|要)[那这])[^,，。;；!！?？\s]{{1,14}}?)的?(?:那|这)(?:(?P<n>[两俩三几一])?(?:{_MEASURE}|家店|部片子)|[俩仨])|(?:^|[,，。])(?:类似|像|和|跟)(?P<alike>[^,，。的]{1, 8}?)(?:的(?=再|还|多|有|$)|那样的?|那种|一样)|比(?P<than>[^,，。;；的第]{{1,6}}?)的(?:那[^,，。]{{1,2}})?(?=再|更|还|便宜|贵|轻|少|多|大|小|新|要)|(?P<some>[两俩三])(?:{_MEASURE})(?P<prop>[^,，。的第]{1, 6}?)的(?=比|对比|哪|差)|(?P<those>[^,，。;；!！?？\s]{{1,8}}?)的(?P<m>[两俩三])(?:{_MEASURE})(?=都|全|我|呢|比|差|哪|对)|(?:那|这)(?P<j>[两俩三])?(?:{_MEASURE})(?P<after>[^,，。;；!！?？\s我]{{1,8}})"
    r"|(?:^|(?<=[,.;!] ))(?P<plain>(?!the |that |this |both |those )[a-z]+(?: [a-z]+)?) one(?=:|'s| is| looks?| was| seems?)"
    rf"|\b(?:the|that) {_ONE} (?:with|in|for|from|by|at|about|on|under|costing|priced at|that(?:'s| is| costs?| has)|which (?:is|has|costs?)) (?:the |an? )?(?P<having>{_CHARS}{{2,30}}?)"
    r"(?= *(?:$|[,;!?]|\.(?!\d)| (?:is|are|was|looks?|seems?|would|please|and|but|then|instead|good|great|nice|bad)\b))"
    rf"|\b(?:the|both|both the|those) (?P<en>(?:(?! the ){_CHARS}){{1,40}}?) {_ONE}\b|\bthat (?P<that>[\w.$€£-]+(?: [\w.$-]+)?) {_ONE}\b|(?<!for )(?<!in )(?<!at )(?<!near )(?<!from )(?<!under )"
    r"\b(?:the|that) (?P<noun>[a-z0-9$][^,.;!?\s]{2,20}(?: (?!(?:kinds?|sorts?|types?|style)\b)[a-z]{3,20})?)(?! (?:kinds?|sorts?|types?|style)\b)"
)


def ordinals(text: str, count: int = 0) -> tuple[int, ...]:
    """Ranks that the message says, from 1; -1 is the last. `count` is how many are shown, 0 where nobody knows."""
    return tuple(dict.fromkeys(r for match in _REFERENCE.finditer(text) for r in _ranks(match, count)))


def said(text: str, count: int) -> list[Placed]:
    """(rank, (start, end)) of each rank that the message says."""
    return [(rank, match.span()) for match in _REFERENCE.finditer(text) for rank in _ranks(match, count)]


def it(text: str) -> tuple[int, int] | None:
    """Where the message says it, this one or that one of what was spoken of last; None where it does not."""
    match = _SPOKEN_OF.search(text)
    return match.span() if match else None


def of_it(text: str) -> bool:
    """True where a message begins with it: 那它停车方便吧, and does it fold."""
    return bool(_OF_IT.match(text))


def others(text: str, count: int, focus: int) -> list[Placed]:
    """The other one, 另外两个: all that are shown but the one spoken of last, where they are as many as is said."""
    match = _THE_OTHERS.search(text)
    if match is None:
        return []
    many = _digit(match[1] or match[2] or "one")
    return [(r, match.span()) for r in range(1, count + 1) if r != focus] if many == count - 1 else []


def points(text: str) -> bool:
    """True where the message has a word that points: a rank, this, that, the."""
    text = _OF_A_FIELD.sub("", text)
    return bool(_REFERENCE.search(text) or _POINTS.search(text))


def singles_out(text: str) -> bool:
    """True where a message points with more than "the"."""
    return bool(_SINGLED.search(text)) and not _THE_MOST.fullmatch(text.strip())


def everything(text: str, count: int) -> list[int]:
    """All the ranks, where the message speaks of all that is shown, or of the two, or of the only one."""
    if (_BOTH.search(text) and count == 2) or _ALL.search(text) or (count == 1 and _IT.search(text)):
        return list(range(1, count + 1))
    return []


_LISTED = re.compile(
    r"(?:^|[,，。;；])([一二三四五六七八九])(?:和|、|跟|与)([一二三四五六七八九])(?=都|也|不|太|挺|很|一般|可以|还)"
)


def numbered_or_described(
    text: str, shown: Sequence[Item], matcher: Matcher, best: Matcher, likest: Matcher, ranked: bool
) -> list[Placed]:
    """(rank, (start, end)) of "1 yes, 2 no", else of the items that the message describes."""
    pattern = _PLAIN if not ranked and _COMPARED.search(text) else _SHORT
    said = [(next(g for g in m.groups() if g), m.span()) for m in pattern.finditer(text)]
    said += [(str(_DIGITS[d]), m.span()) for m in _LISTED.finditer(text) for d in m.groups()]
    found = [(int(digit), at) for digit, at in said if int(digit) <= len(shown)]
    if found or not ranked or compared(text):
        return found or described(text, shown, matcher, best, likest)
    free = [
        c for c in opinions.clauses(text) if not any(c[0] <= at[0] < c[1] for at in spans(text))
    ]  # 第二对收藏；过膝那对太高
    elsewhere = [p for p in described(text, shown, matcher, best, likest) if any(a <= p[1][0] < b for a, b in free)]
    return [p for p in elsewhere if opinions.kind(next(text[a:b] for a, b in free if a <= p[1][0] < b))]


_SINGLED = re.compile(
    r"\bthe two [a-z]+est\b|\bof the (?:lot|bunch|pair)\b|[这那]|\b(?:this|that|these|those|them|it|ones?)\b|^(?:is|does|do|can|has|how|why)\b|刚才|上面"
)
_THE_MOST = re.compile(  # the lightest one; which one has the most episodes: of all there are
    r"(?:and|ok|now|so|what about|how about|which (?:one )?is|what'?s|what is|show me|give me)?[ ,]*the (?:most |least )?[a-z-]+(?: one)?(?: of them)?\s*\??"
    r"|(?:and|ok|now|so)?[ ,]*the (?:most|least|fewest|[a-z]+est) (?:[a-z-]+ ){1,3}(?:of|among|out of) (?:them|these|those)(?: all)?\s*\??"
    r"|(?:and|ok|now|so)?[ ,]*(?:which (?:one |of them )?(?:has|have|is|comes with|'?s got)|which one'?s(?: got)?|(?:and )?the one (?:with|that has)) the (?:most|least|fewest|[a-z]+est)(?: [a-z-]+){0,4}\s*\??"
)
_OF_A_FIELD = re.compile(
    r"[这那](?:个|种)?\s?(?:牌子?|品牌|brand|颜色|风格|款式|材质|类型|档次|价位)|[这那](?:边|里|儿|一带|附近)"
)
_POINTS = re.compile(
    r"[这那]|的[两俩三](?:个|件|条|款|部|双|只|台|家|辆|本|张)|\bboth\b|\b(?:the|this|that|these|those|it|one)\b|刚才|上面"
)
_ALL = re.compile(
    r"[两三四五]个(?:都|(?:拉|放|摆|搁)?(?:在)?一(?:起|块儿?))(?=比|对比|看)|都不?(?:喜欢|不错|很好|想要|不行|不要|一般|不好|可以$)|(?:这几|这些|全部)(?:个|款|件|部|家|辆)?(?:我)?(?:都|全)|\ball (?:of )?(?:them|these|those|(?:the )?(?:two|three|four|five))\b"
    r"|(?:hate|love|like|dislike) (?:them|these)(?: all)?\b|\bnone of (?:them|these)\b"
)
_BOTH = re.compile(
    r"(?:这|那)?[两俩]个|这[两俩](?:家|款|部|件|辆)|\bboth\b|\bthe two\b|\bthese two\b|\bbetween them\b|\bneither\b"
)
_IT = re.compile(r"(?<!make )(?<!change )\b(?:it|this|that)\b|它|这(?:个|部|款|家|件)")
_SPOKEN_OF = re.compile(
    rf"它(?!们)|(?<![^把跟和与比像就那要是对,，。;；!！?？\s])[这那](?:{_MEASURE})(?!的?[\u4e00-\u9fff]?色)|(?<!make )(?<!change )(?<!keep )(?<!put )\bit\b|\bit next to\b|\b(?:this|that) one\b|\b(?:this|that)(?='s|$|[,.!?])"
)
_OF_IT = re.compile(r"(?:那|所以|不过)?它(?!们)|(?:so |and |but )?(?:is|does|can|has|will|would|did) it\b")
_THE_OTHERS = re.compile(
    rf"另外?(?:那|的)?([一两俩二三四五六])(?:{_MEASURE})|\bthe other (two|three|four|five|(?=ones?\b))"
)
_SHORT = re.compile(
    r"(?<![\d.$])([1-9])(?=(?: (?:and|&) [1-9])? (?:is|are|looks?|seems?)\b)|(?<![\d.])([1-9])\s?[:：]?\s?(?=yes|yep|no\b|nope|maybe|ok|meh|good|bad|love|hate|like|可以|不行|喜欢|不要|不错|太|一般|还行|很|挺|好|差)"
)


def compared(text: str) -> bool:
    """True where things are weighed against each other."""
    return bool(_WEIGHED.search(text) or _COMPARED.search(text))


_WEIGHED = re.compile(rf"哪(?:{_MEASURE})|which")
_PLAIN = re.compile(r"(?<![\d.第a-z])([1-9])(?![\d.a-z%万千百元块])")  # "compare 1 and 3"
_COMPARED = re.compile(
    r"\bpros (?:and|n|&|'n'?) cons\b|优缺点|"
    r"(?:跟|和|与).{1,14}比(?!较)|compare|对比|比较|比一比|比一下|差在哪|差哪|(?:哪里|哪儿|有啥|有什么)不(?:同|一样)|区别|difference|\bvs\b|\bwhy\b|为什么|为啥|side by side|head to head|weigh up|different from|二选一|各有|差几多|stack up|\bagainst the\b|\bnext to the\b|哪个(?:更|比较)?好"
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
    if said["last"] or said["bottom"]:
        return [-1]
    if said["upper"]:
        return [1]
    rank = _digit(
        next(
            said[k]
            for k in ("zh", "number", "hash", "nth", "word", "bare", "both", "also", "lone", "versus")
            if said[k]
        )
    )
    return [rank] if not count or rank <= count else []


def _digit(word: str) -> int:
    return _DIGITS.get(word) or _COUNTS.get(word) or _ORDINALS.get(word) or int(number(word) or 0)


def described(text: str, shown: Sequence[Item], matcher: Matcher, best: Matcher, likest: Matcher) -> list[Placed]:
    """(rank, (start, end)) of the shown items that a part of the message describes: by a property with 那个 or "the … one", by name, by price.

    `matcher` gives the items that carry the values a phrase names; `best` orders them by a superlative in the phrase, or is empty;
    `likest` gives the one that a phrase describes in words of its own.
    """
    out: list[Placed] = []
    for match in _CUED.finditer(text):
        phrase = next(
            match[k]
            for k in ("zh", "alike", "than", "prop", "those", "after", "plain", "having", "en", "that", "noun")
            if match[k]
        )
        phrase = (
            re.split("[跟和与比]", phrase)[-1] if match["zh"] and _REFERENCE.match(phrase) else phrase
        )  # 第一个跟双胞胎那款
        phrase = phrase.partition("的")[0] if match["after"] and not phrase.startswith("的") else phrase  # 那台红的便宜
        found = (
            _priced(phrase, shown)
            or _superlative(phrase, match["n"] or match["m"] or match["some"] or match["j"], best)
            or named(phrase, shown)
            or matcher(phrase)
        )
        found = found or (
            told(phrase, shown) if match["having"] or match["en"] or match["that"] or match["alike"] else []
        )
        found = found or (likest(phrase) if match["noun"] is None and not _REFERENCE.search(match[0]) else [])
        if (
            len(found) > 0
            and (len(found) < len(shown) or len(shown) == 1)
            and (match["noun"] is None or len(found) in (1, _counted(match["noun"])))
        ):
            out += [(shown.index(i) + 1, match.span()) for i in found]
    for item in named(text, shown):
        start, end = where(text, item, shown)
        if _REFUSED.match(text, end) or (_asks(text, start, end) and matcher(text[start:end])):
            continue  # waterproof, of speakers: what is asked for, though one has it in its title; 机械的不要
        out.append((shown.index(item) + 1, (start, end)))
    said = [c for c in opinions.clauses(text) if any(c[0] <= at_[0] < c[1] for _, at_ in out)]
    out += [
        (shown.index(i) + 1, at)
        for phrase, at in _judged(text)
        if not any(a <= at[0] < b for a, b in said) and len(found := _priced(phrase, shown) or matcher(phrase)) == 1
        for i in found
    ]
    liked = None if out else _LIKING.fullmatch(text.strip())
    if liked and len(found := matcher(liked[1] or liked[2] or liked[3])) == 1:
        out = [(shown.index(found[0]) + 1, liked.span())]
    seen: dict[int, tuple[int, int]] = {}
    for rank, at_ in out:
        seen.setdefault(rank, at_)
    return list(seen.items())


def _judged(text: str) -> list[tuple[str, tuple[int, int]]]:
    """What a clause begins with and then judges: 金色的我女儿会喜欢, 27的可以, the pickup's ugly."""
    said = [(m[1], m.span(1)) for m in _JUDGED.finditer(text) if not _REFUSES.search(m[0])]
    return said + [(m[1], m.span(1)) for m in _JUDGED_EN.finditer(text) if opinions.kind(text[m.end(1) :])]


_JUDGED = re.compile(
    r"(?:^|[,，。;；!！])\s*(?!不|没|要|有|我|都|太)([^,，。;；!！?？\s]{1,8}?)的(?=[^,，。;；!！?？]{0,12}?(?:喜欢|不错|好看|可以|太|很|挺|丑|一般|没兴趣|贵|买[了过]|刚买|已经有))[^,，。;；!！?？]*"
)
_JUDGED_EN = re.compile(r"(?:^|(?<=[,.;!] ))(?:the )?([a-z]{3,14}(?: [a-z]{3,14})?)(?='s| is| looks?| seems?)")
_REFUSES = re.compile("不要|别|有没有|有吗|吗|更|便宜|一点|都可以|都行|也可以|也行|就行|就可以")
_LIKING = re.compile(
    r"(?:我|就|更|最|还是)*不?(?:喜欢|中意|爱|讨厌)(.{1,8}?)的?|i (?:really |do )?(?:like|love|hate|prefer) (?:the )?(.{2,20}?)(?: one)?"
    r"|(?:the )?([a-z]{3,12}|[\u4e00-\u9fff]{2,5})(?: one)?[?？][,，]? ?(?:no|nah|nope|yes|yep|不要|不行|算了|可以|好).{0,24}"
)


def _superlative(phrase: str, count: str | None, best: Matcher) -> list[Item]:
    parts = re.split("和|跟|与|、", phrase)
    if count == "两" and len(parts) == 2 and all(found := [best(p) for p in parts]):  # 最贵和最便宜的两家
        return [items[0] for items in found]
    return best(phrase)[: _DIGITS.get(count or "一", 1) if count else _counted(phrase)]


def _counted(phrase: str) -> int:
    """The cheapest two, the three lightest: how many."""
    return next((_COUNTS[w] for w in phrase.split() if w in _COUNTS), 1)


def of_price(text: str, shown: Sequence[Item]) -> list[Placed]:
    """1290的和金色的: (rank, (start, end)) of prices that one item alone has."""
    found = [(m, number(m[1])) for m in _PRICE_OF.finditer(text)]
    same = [(m, [r for r, i in enumerate(shown, 1) if i.price == amount]) for m, amount in found]
    return [(ranks[0], m.span()) for m, ranks in same if len(ranks) == 1]


def _priced(phrase: str, shown: Sequence[Item]) -> list[Item]:
    many = re.fullmatch(rf"\D{{0,3}}?({NUMBER})[多来](?:元|块钱?)?的?", phrase.strip())  # 一百多块的
    low = number(many[1]) if many else None
    if low:
        high = low + 10 ** (len(str(int(low))) - 1)
        return [i for i in shown if i.price is not None and low <= i.price < high]
    match = re.fullmatch(
        rf"\D{{0,3}}?({NUMBER})[ -]?(?:元|块钱?|euros?|dollars?|pounds?|yuan|quid|bucks)?的?", phrase.strip()
    )
    amount = number(match[1]) if match else None
    return [i for i in shown if amount is not None and i.price is not None and abs(i.price - amount) < 0.5]


def _asks(text: str, start: int, end: int) -> bool:
    """True where nothing around a word of a title points at an item or says anything of it."""
    clause = next((text[a:b] for a, b in opinions.clauses(text) if a <= start < b), text)
    pointed = _THE.search(text[:start]) or _THAT.match(text, end) or _COMPARED_WITH.search(text[:start])
    return not (pointed or compared(text) or opinions.kind(clause) or opinions.seen(clause))


_PRICE_OF = re.compile(rf"(?<![\d.])({NUMBER})(?:元|块钱?)?(?=的|\s?[那这]| one|[和跟与]| ?(?:vs|and|or)\b|$)")
_REFUSED, _COMPARED_WITH = (
    re.compile(r"的(?:都|也|就)?(?:不要|别要|不考虑)"),
    re.compile(r"(?:比|跟|和|与|像|\bthan|\blike|similar to)\s?$"),
)
_THE, _THAT = re.compile(r"\b(?:the|that|this) $|[那这]\S{0,2}$"), re.compile(r"\s?(?:ones?\b|的?[那这])")
