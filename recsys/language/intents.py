"""What a message wants done, which shown items it points at, how it feels, and what it wants sorted."""

import re

from recsys.datamodels import Intent

_RULES: tuple[tuple[Intent, re.Pattern[str]], ...] = (
    ("undo", re.compile(r"^(?:请)?(?:撤销|撤回|取消刚才|反悔|undo|take (?:that|it) back|revert)")),
    ("reset", re.compile(r"重新开始|从头(?:开始|来)|换个话题|清空|重来|^reset|start (?:over|again)|new topic|something else entirely")),
    ("explain", re.compile(r"为什么|为啥|怎么会推荐|什么理由|凭什么|\bwhy\b|explain")),
    ("compare", re.compile(r"对比|比较一下|比一比|有什么区别|哪个(?:更|比较)?好|\bcompare\b|difference between|\bversus\b|\bvs\.?\b|which (?:one )?is better")),
    ("similar", re.compile(r"类似|相似|差不多的|同款|像.{1,20}(?:一样|那样|这样|的|那种)|\bsimilar\b|more like|\blike (?:the|this|that|it|number|no)\b|in the (?:vein|style) of")),
)  # fmt: skip
_CHAT = re.compile(
    r"^(?:你好|您好|嗨|哈喽|在吗|早上好|晚上好|谢谢|多谢|感谢|再见|拜拜|你是谁|你叫什么|你能做什么|你会什么|怎么用|帮助"
    r"|hi|hello|hey|good (?:morning|evening)|thanks|thank you|thx|bye|goodbye|who are you|what can you do|help)(?:\b|[呀啊哦吗！!。.~，,]|$)"
)
_POSITIVE = re.compile(
    r"喜欢|不错|很好|挺好|可以|满意|爱了|漂亮|好看|就它|就这个|就要|love|like|great|nice|good|perfect|beautiful|awesome"
)
_NEGATIVE = re.compile(
    r"不喜欢|不好看|不行|不可以|不满意|讨厌|太贵|太丑|难看|不感兴趣|不合适|一般般|算了|don'?t like|do not like|hate|dislike|ugly|terrible|too expensive|not (?:good|interested|great|nice)|bad\b"
)
_OPINION_ONLY = re.compile(r"^[^要找买想]{0,24}$")
_ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
}
_DIGITS = {c: i for i, c in enumerate("一二三四五六七八九十", 1)}
_REFERENCE = re.compile(
    r"第\s?(\d+|[一二三四五六七八九十])\s?(?:个|件|条|款|部|双|只|篇|位|本|张|台|项|家)?"
    r"|(?:number|no\.|#)\s?(\d+)|\bthe (first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b"
    r"|(最后(?:一|那)?(?:个|件|条|款|部|双)|the last(?: one)?)"
)
_SORTS: tuple[tuple[re.Pattern[str], tuple[str, bool]], ...] = (
    (re.compile(r"最便宜|最低价|价格最低|cheapest|lowest price|least expensive"), ("price", False)),
    (re.compile(r"最贵|最高价|价格最高|most expensive|priciest"), ("price", True)),
    (re.compile(r"评分最高|口碑最好|评价最好|最高分|(?:best|highest|top)[ -]rated|highest rating"), ("rating", True)),
    (re.compile(r"最热门|最火|销量最高|most popular|best[ -]?selling|trending"), ("popularity", True)),
)


def sentiment(text: str) -> float:
    """-1 dislikes, +1 likes, 0 neither, by the words used; a negated like counts as a dislike."""
    bad = len(_NEGATIVE.findall(text))
    good = len(_POSITIVE.findall(_NEGATIVE.sub(" ", text)))
    return 0.0 if good == bad else (1.0 if good > bad else -1.0)


def references(text: str) -> tuple[int, ...]:
    """Ranks that the message points at, from 1; -1 is the last."""
    out = []
    for match in _REFERENCE.finditer(text):
        chinese, numbered, ordinal, last = match.groups()
        if last:
            out.append(-1)
        elif ordinal:
            out.append(_ORDINALS[ordinal])
        else:
            digits = chinese or numbered
            out.append(_DIGITS.get(digits) or int(digits))
    return tuple(dict.fromkeys(out))


def sort_order(text: str) -> tuple[str, bool] | None:
    """(field, descending) where a superlative is asked for."""
    return next((order for pattern, order in _SORTS if pattern.search(text)), None)


def intent(text: str, has_values: bool, in_dialogue: bool) -> Intent:
    """The one intent of a cleaned, lower-case message.

    `has_values`: it names values of the catalogue; `in_dialogue`: something was asked before that it may refine.
    """
    for name, pattern in _RULES:
        if pattern.search(text):
            return name
    opinion = sentiment(text)
    if opinion and not has_values and (references(text) or _OPINION_ONLY.match(text)):
        return "feedback"
    if not has_values and _CHAT.match(text):
        return "chat"
    return "refine" if in_dialogue else "recommend"
