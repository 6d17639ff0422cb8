"""Which of the shown items a message describes: by a property (the blue one), by name or price, or in words of its own."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from recsys.datamodels import Item
from recsys.language import opinions
from recsys.language.naming import named, told, where
from recsys.language.numbers import NUMBER, number
from recsys.language.pointing import COUNTS, DIGITS, MEASURE, Placed, compared, compared_outright, spans

Matcher = Callable[[str], list[Item]]


@dataclass(frozen=True, slots=True)
class Matchers:
    """What a phrase may pick among shown items: `carriers` have all the values it names, `best` orders them by its superlative (empty where
    it has none), `likest` is the one of some items that it describes in words of its own.
    """

    carriers: Matcher
    best: Matcher
    likest: Callable[[str, Sequence[Item], bool], list[Item]]


_ONE = r"(?:ones?|car|film|movie|place|bag|phone|dress|lamp)"
_CHARS = r"(?:[^,.;!?]|(?<=\d)[,.](?=\d))"
_CUED = re.compile(
    rf"(?:[跟和与](?=最))?(?P<zh>(?!(?:比|跟|和|像|与|把|要)[那这])(?![哦唉嗯哎])[^,，。;；!！?？\s]{{1,14}}?)的?\s?(?:那|这)(?:(?P<n>[两俩三几一])?(?:{MEASURE}|家店|部片子)|[俩仨])|(?:^|[,，。])(?:类似|像|和|跟)(?P<alike>[^,，。的]{{1,8}}?)(?:的(?=再|还|多|有|$)(?<!用的)|那样的?|那种|一样)|比(?P<than>[^,，。;；的第]{{1,6}}?)的(?:那[^,，。]{{1,2}})?(?=再|更|还|便宜|贵|轻|少|多|大|小|新|要)|(?P<some>[两俩三])(?:{MEASURE})(?P<prop>[^,，。的第]{{1,6}}?)(?:的(?=比|对比|哪|差|有什么|有啥|各|\s?compare)|(?=比一?[比下]|对比|哪))|(?P<those>[^,，。;；!！?？\s]{{1,8}}?)的(?P<m>[两俩三])(?:{MEASURE})(?=都|全|我|呢|比|差|哪|对)|(?:那|这)(?P<j>[两俩三])?(?:{MEASURE})(?P<after>[^,，。;；!！?？\s我]{{1,8}})"
    r"|(?:那|这)(?P<cost>\d{2,6})(?:块钱?|元)?的(?=呢|怎么|如何|多|几|有|是|能|会|[?？]|$)|\b(?:the|those) (?P<few>two|three) (?:ones )?(?:in|with|from|by|under) (?P<shared>[^,.;!?]{2,24}?)(?=[,.;!?]|$)"
    r"|(?:^|(?<=[,.;!] ))(?P<plain>(?!the |that |this |both |those )[a-z]+(?: [a-z]+)?) one(?=:|'s| is| looks?| was| seems?|[.!])"
    rf"|\b(?:the|that) {_ONE} (?:with|in|for|from|by|at|about|on|under|near|close to|costing|priced at|that(?:'s| is| costs?| has)|which (?:is|has|costs?)|(?:posting|speaking|living|based|made|set|starring|showing|playing|filmed|shot)(?: in| by| with)?) (?:the |an? )?(?P<having>{_CHARS}{{2,30}}?)"
    r"(?= *(?:$|[,;!?]|\.(?!\d)| (?:is|are|was|looks?|seems?|would|please|and|but|then|instead|good|great|nice|bad)\b))"
    r"|\b(?:why|how come)(?: is| did you (?:pick|show|suggest|recommend)(?: me)?| are you showing me)? the (?P<why>(?!number |first|second|third|last|other |\w+ ones?\b)[a-z]{3,}(?: [a-z]+)??)(?= (?:is|on|here|in|for|at|up)\b| *(?:[?.!]|$))"
    rf"|\b(?:the|that) {_ONE} (?:that|which) (?P<does>[a-z]+s(?: [a-z]+){{0,3}}?)(?= (?:have|has|is|are|do|does|come|comes|look|looks)\b| *[,.?!]| *$)"
    rf"|\b(?:the|both|both the|those) (?P<en>(?:(?! the ){_CHARS}){{1,40}}?) {_ONE}\b|\bthat (?P<that>[\w.$€£-]+(?: [\w.$-]+)?) {_ONE}\b|(?<!for )(?<!in )(?<!near )(?<!from )(?<!under )(?<!, not )"
    r"\b(?:the|that) (?P<noun>[a-z0-9$][^,.;!?\s]{2,20}(?: (?!(?:kinds?|sorts?|types?|style)\b)[a-z]{3,20})?)(?! (?:kinds?|sorts?|types?|style)\b)"
)


_MANY = re.compile(
    r"\b(?:pieces|things|items|articles|briefs|profiles|reviews|reports|guides|stories|films|movies|books|shows|places|cars|options|bags|dresses|reads)$"
)
_VENUE = re.compile(r"(?:place|spot|joint|shop|restaurant|caf[eé]|bar|bakery|house|diner)$")
_FEW_ONES = re.compile(r"(two|three) ([a-z][a-z -]+)")
_PLURAL = re.compile(r"ones\b|[俩些]")
_CALLED = re.compile(r"(?<=[a-z]) (?:pair|set|model|version|option)$")  # say nothing of a thing
_PHRASES = (
    "zh",
    "cost",
    "shared",
    "alike",
    "than",
    "prop",
    "those",
    "after",
    "plain",
    "having",
    "does",
    "why",
    "en",
    "that",
    "noun",
)
_SHORT = re.compile(
    r"(?<![\d.$a-z])([1-9])(?=(?: (?:and|&) [1-9])? (?:is|are|looks?|seems?)\b)|(?<![\d.])([1-9])\s?[:：]?\s?(?=yes|yep|no\b|nope|maybe|ok|meh|good|bad|love|hate|like|可以|不行|喜欢|不要|不错|太|一般|还行|很|挺|好|差)"
)


_PLAIN = re.compile(r"(?<![\d.第a-z])([1-9])(?![\d.a-z%万千百元块])")  # "compare 1 and 3"
_LISTED = re.compile(
    r"(?:^|[,，。;；])([一二三四五六七八九])(?:和|、|跟|与)([一二三四五六七八九])(?=都|也|不|太|挺|很|一般|可以|还|哪|比|谁|对比|差)"
)


def numbered_or_described(text: str, shown: Sequence[Item], by: Matchers, ranked: bool) -> list[Placed]:
    """(rank, (start, end)) of "1 yes, 2 no", else of the items that the message describes."""
    pattern = _PLAIN if not ranked and compared_outright(text) else _SHORT
    said = [(next(g for g in m.groups() if g), m.span()) for m in pattern.finditer(text)]
    said += [(str(DIGITS[d]), m.span()) for m in _LISTED.finditer(text) for d in m.groups()]
    found = [(int(digit), at) for digit, at in said if int(digit) <= len(shown)]
    if found or not ranked or compared(text):
        return found or described(text, shown, by)
    free = [
        c for c in opinions.clauses(text) if not any(c[0] <= at[0] < c[1] for at in spans(text))
    ]  # 第二对收藏；过膝那对太高
    elsewhere = [p for p in described(text, shown, by) if any(a <= p[1][0] < b for a, b in free)]
    return [p for p in elsewhere if opinions.kind(next(text[a:b] for a, b in free if a <= p[1][0] < b))]


def described(text: str, shown: Sequence[Item], by: Matchers) -> list[Placed]:
    """(rank, (start, end)) of the shown items that a part of the message describes: by a property with 那个 or "the … one", by name, by price."""
    out: list[Placed] = []
    for match in _CUED.finditer(text):
        found, noun = _meant(match, shown, by), match["noun"]
        alone = 0 < len(found) < len(shown) or len(found) == len(shown) == 1
        if (
            alone
            and not (noun and _MANY.search(noun.removesuffix(" too")))
            and (noun is None or len(found) in (1, _counted(noun)))
        ):
            out += [(shown.index(i) + 1, match.span()) for i in found]
    cued = [] if compared(text) else [c for c in opinions.clauses(text) if any(c[0] <= at[0] < c[1] for _, at in out)]
    named_ = [(i, at) for i, at in _by_name(text, shown, by) if not any(a <= at[0] < b for a, b in cued)]
    out += [(shown.index(i) + 1, at) for i, at in named_]
    said = [c for c in opinions.clauses(text) if any(c[0] <= at_[0] < c[1] for _, at_ in out)]
    out += [
        (shown.index(i) + 1, at)
        for phrase, at in _judged(text)
        if not any(a <= at[0] < b for a, b in said) and len(found := _priced(phrase, shown) or by.carriers(phrase)) == 1
        for i in found
    ]
    liked = None if out else _LIKING.fullmatch(text.strip())
    if liked and len(found := by.carriers(liked[1] or liked[2] or liked[3])) == 1:
        out = [(shown.index(found[0]) + 1, liked.span())]
    seen: dict[int, tuple[int, int]] = {}
    for rank, at_ in out:
        seen.setdefault(rank, at_)
    return list(seen.items())


def _meant(match: re.Match[str], shown: Sequence[Item], by: Matchers) -> list[Item]:
    """The items that a phrase with a word that points describes."""
    phrase = _CALLED.sub("", next(match[k] for k in _PHRASES if match[k]))
    if match["zh"] and any(start == 0 for start, _ in spans(phrase)):  # 第一个跟双胞胎那款
        phrase = re.split("[跟和与比]", phrase)[-1]
    if (
        match["zh"]
        and not spans(phrase)
        and len(both := re.split("跟" if "跟" in phrase else "(?<!^)[和与]", phrase)) == 2
        and all(both)
    ):  # 居酒屋跟和牛烧肉那家
        pair = [_single(p, shown, by) for p in both]
        if all(pair) and pair[0] != pair[1]:
            return [i for items in pair for i in items]
    if (few := _FEW_ONES.fullmatch(phrase)) and match["en"]:  # the two dividend ones
        found = by.carriers(few[2]) or told(few[2], shown)
        if len(found) == COUNTS[few[1]]:
            return found
    if match["shared"]:
        found = by.carriers(phrase)
        return found if len(found) == COUNTS[match["few"]] else []
    if match["after"] and not phrase.startswith("的"):  # 那台红的便宜
        phrase = phrase.partition("的")[0]
    count = match["n"] or match["m"] or match["some"] or match["j"]
    found = _priced(phrase, shown) or _superlative(phrase, count, by.best)
    if not found:
        have = by.carriers(phrase)
        found = have if len(have) == 1 else named(phrase, shown) or have
    if len(found) > 1 and not count and _counted(phrase) == 1 and not _PLURAL.search(match[0]):
        found = by.likest(phrase, found, bool(match["zh"])) or found  # of three Japanese ones, "the sushi one"
    if not found and match["zh"] and (parts := re.split("(?<!^)[跟和与]", phrase))[1:]:  # 阿婆私厨跟吃素那家
        return by.carriers(parts[-1]) or by.likest(parts[-1], shown, False)
    if not found and any(match[k] for k in ("having", "does", "why", "en", "that", "alike")):
        found = told(phrase, shown)
    strange = (match["noun"] is None or _VENUE.search(phrase)) and not spans(match[0]) and opinions.kind(phrase) is None
    return found or (by.likest(phrase, shown, False) if strange else [])


def _single(phrase: str, shown: Sequence[Item], by: Matchers) -> list[Item]:
    """The one item that has what a phrase names, is called so, or is described so."""
    have = by.carriers(phrase)
    found = have if len(have) == 1 else named(phrase, shown)
    return found if len(found) == 1 else by.likest(phrase, shown, False)


def _by_name(text: str, shown: Sequence[Item], by: Matchers) -> Iterator[tuple[Item, tuple[int, int]]]:
    """The items of whose titles a piece is said, and where."""
    for item in named(text, shown):
        start, end = where(text, item, shown)
        if start == 0 and text[:end] in _VERBS:
            continue
        if _REFUSED.match(text, end) or (_asks(text, start, end) and by.carriers(text[start:end])):
            continue  # waterproof, of speakers: what is asked for, though one has it in its title; 机械的不要
        yield item, (start, end)


def _judged(text: str) -> list[tuple[str, tuple[int, int]]]:
    """What a clause begins with and then judges: 金色的我女儿会喜欢, 27的可以, the pickup's ugly."""
    said = [(m[1], m.span(1)) for m in _JUDGED.finditer(text) if not _REFUSES.search(m[0])]
    return said + [
        (m[1], m.span(1))
        for m in _JUDGED_EN.finditer(text)
        if opinions.kind(text[m.end(1) :]) and not _ALSO.match(text, m.end(1))
    ]


_JUDGED = re.compile(
    r"(?:^|[,，。;；!！])\s*(?!不|没|要|有|我|都|太)([^,，。;；!！?？\s]{1,8}?)的(?=[^,，。;；!！?？]{0,12}?(?:喜欢|不错|好看|可爱|可以|太|很|挺|蛮|丑|一般|没兴趣|贵|买[了过]|刚买|已经有)|pass(?:[吧了,，。!！]|$))[^,，。;；!！?？]*"
)
_JUDGED_EN = re.compile(r"(?:^|(?<=[,.;!] ))(?:the )?([a-z]{3,14}(?: [a-z]{3,14})?)(?='s| is| looks?| seems?)")
_ALSO = re.compile(r"(?:'s| is) (?:fine|ok|okay|good) (?:as well|too|also)\b")  # widens what is asked
_REFUSES = re.compile("不要|别|有没有|有吗|吗|更|便宜|一点|都可以|都行|也可以|也行|就行|就可以")
_LIKING = re.compile(
    r"(?:我|就|更|最|还是)*不?(?:喜欢|中意|爱|讨厌)(.{1,8}?)的?|i (?:really |do )?(?:like|love|hate|prefer) (?:the )?(.{2,20}?)(?: one)?"
    r"|(?:the )?([a-z]{3,12}|[\u4e00-\u9fff]{2,5})(?: one)?[?？][,，]? ?(?:no|nah|nope|yes|yep|不要|不行|算了|可以|好).{0,24}"
)


def _superlative(phrase: str, count: str | None, best: Matcher) -> list[Item]:
    parts = re.split("和|跟|与|、", phrase)
    if count == "两" and len(parts) == 2 and all(found := [best(p) for p in parts]):  # 最贵和最便宜的两家
        return [items[0] for items in found]
    return best(phrase)[: DIGITS.get(count or "一", 1) if count else _counted(phrase)]


def _counted(phrase: str) -> int:
    """The cheapest two, the three lightest: how many."""
    return next((COUNTS[w] for w in phrase.split() if w in COUNTS), 1)


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
_VERBS = frozenset({"skip", "save", "keep", "drop", "show", "find"})  # skip anything from Yunnan
_REFUSED, _COMPARED_WITH = (
    re.compile(r"的(?:都|也|就)?(?:不要|别要|不考虑)"),
    re.compile(r"(?:比|跟|和|与|像|\bthan|\blike|similar to)\s?$"),
)
_THE, _THAT = re.compile(r"\b(?:the|that|this) $|[那这]\S{0,2}$"), re.compile(r"\s?(?:ones?\b|的?[那这])")
