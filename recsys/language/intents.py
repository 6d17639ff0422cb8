"""What a message wants done, which shown items it points at, how it feels, and what it wants sorted."""

import re
from collections.abc import Collection

from recsys.datamodels import Intent, Schema
from recsys.language.bounds import numeric

_RULES: tuple[tuple[Intent, re.Pattern[str]], ...] = (
    ("undo", re.compile(r"^(?:请)?(?:撤销|撤回|取消刚才|反悔|undo|take (?:that|it) back|revert)")),
    ("reset", re.compile(r"重新开始|从头(?:开始|来)|换个话题|清空|重来|^reset|start (?:over|again)|new topic|something else entirely")),
    ("explain", re.compile(r"为什么|为啥|怎么会推荐|什么理由|凭什么|\bwhy\b|\bexplain (?:this|that|why|it|the|number)")),
    ("compare", re.compile(r"对比(?![色度])|比较一下|比一比|有什么区别|哪个(?:更|比较)?好|\bcompare\b|difference between|\bversus\b|\bvs\.?\b|which (?:one )?is better")),
    ("similar", re.compile(r"类似|相似|差不多的|同款|像.{1,20}(?:一样|那样|这样|的|那种)|\bsimilar\b|more like|(?<!i )(?<!really )(?<!don't )(?<!dont )(?<!not )(?<!do )\blike (?:the|this|that|it|number|no)\b|in the (?:vein|style) of")),
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
_UP, _DOWN = r"高|大|多|长|久|远|好|新|厚|重|贵|快", r"低|小|少|短|近|轻|便宜|旧|老|早|薄|慢"
_SORTS: tuple[tuple[re.Pattern[str], tuple[str, ...], bool], ...] = (
    (re.compile(r"最便宜|最低价|价格最低|cheapest|lowest[ -]price|least expensive|most affordable"), ("price", "min_amount"), False),
    (re.compile(r"最贵|最高价|价格最高|most expensive|priciest|dearest"), ("price", "min_amount"), True),
    (re.compile(r"口碑最好|评价最好|最高分|最好评|(?:best|highest|top)[ -]?rat|highest rating|best reviewed"), ("rating",), True),
    (re.compile(r"最热门|最火|最受欢迎|销量最高|most popular|best[ -]?selling|trending"), ("popularity",), True),
    (re.compile(r"最新|newest|latest|most recent"), ("year", "date"), True),
    (re.compile(r"最早|最老|最旧|oldest|earliest"), ("year", "date"), False),
    (re.compile(r"最轻|lightest"), ("weight_g", "weight"), False),
    (re.compile(r"最重|heaviest"), ("weight_g", "weight"), True),
    (re.compile(r"最安静|最静音|quietest"), ("noise_db",), False),
    (re.compile(r"最耐用的电|longest[ -](?:battery|lasting)|best battery"), ("battery_h", "battery_min", "battery_mah"), True),
    (re.compile(r"longest"), ("runtime_min", "length_cm", "episodes", "range_km"), True),
    (re.compile(r"shortest"), ("runtime_min", "length_cm", "term_days", "read_min"), False),
    (re.compile(r"biggest|largest"), ("screen_in", "capacity_l", "tank_l", "seats", "size_in", "area_m2"), True),
    (re.compile(r"smallest"), ("screen_in", "capacity_l", "size_in"), False),
)  # fmt: skip


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


def sort_order(text: str, schema: Schema, categories: Collection[str]) -> tuple[str, bool] | None:
    """(field, descending) where a superlative is asked for, of a field that items of these categories have."""
    known = numeric(schema, categories)
    if "date" in schema.fields:
        known |= {"date": 1}
    for pattern, names, descending in _SORTS:
        if pattern.search(text):
            found = next((n for n in names if n in known), None)
            if found:
                return found, descending
    for name in known:  # 续航最长, 费率最低
        field = schema.fields[name]
        for word in {field.zh, *field.words} - {""}:
            match = re.search(
                rf"{re.escape(word.lower())}最(?:({_UP})|({_DOWN}))|最(?:({_UP})|({_DOWN}))的?{re.escape(word.lower())}",
                text,
            )
            if match:
                return name, bool(match[1] or match[3])
    for name in known:
        word = schema.fields[name].en.lower()
        match = re.search(
            rf"(highest|most|longest|largest|biggest|best|greatest)|(lowest|least|shortest|smallest|fewest) (?:\w+ )?{re.escape(word)}",
            text,
        )
        if match and re.search(rf"\b{re.escape(word)}\b", text):
            return name, bool(match[1])
    return None


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
