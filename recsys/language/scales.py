"""Values that have an order, though they are words: 微辣 < 中辣 < 重辣, 短款 < 长款, R1 < R2; and what asks for more or less of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from recsys.datamodels import Constraint, Item
from recsys.schema import Schema


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from low to high, and the words, Chinese and English, for more and for less."""

    values: tuple[str, ...]
    more: tuple[str, str]
    less: tuple[str, str]


_SCALES = (
    Scale(("不辣", "微辣", "中辣", "重辣", "特辣"), ("辣", "spicier|hotter"), ("清淡|淡", "milder|less (?:spicy|hot)")),
    Scale(("入门", "进阶", "专业"), ("专业|高级|进阶|难", "more (?:advanced|professional)|harder"), ("简单|基础|容易|入门", "easier|more basic|simpler")),
    Scale(("短款", "中长款", "长款"), ("长", "longer"), ("短", "shorter")),
    Scale(("无袖", "短袖", "长袖"), ("袖子?长", "longer sleeves?"), ("袖子?短", "shorter sleeves?")),
    Scale(("短筒", "中筒", "长筒"), ("高|长|筒高", "taller|higher"), ("矮|低|短|筒低", "shorter|lower")),
    Scale(("低腰", "中腰", "高腰"), ("腰高", "higher(?:[- ](?:rise|waist\\w*))"), ("腰低", "lower(?:[- ](?:rise|waist\\w*))")),
    Scale(("迷你", "小号", "中号", "大号"), ("大", "bigger|larger"), ("小", "smaller")),
    Scale(("小", "中", "大"), ("大", "bigger|larger"), ("小", "smaller")),
    Scale(("浅烘", "中烘", "深烘"), ("深|烘得?深", "darker"), ("浅|烘得?浅", "lighter")),
    Scale(("月更", "双周更", "周更", "每周两更", "日更"), ("更新得?(?:再|更)?(?:勤|频繁|快|多)", "more (?:often|frequent\\w*|regular\\w*)"), ("更新得?(?:再|更)?(?:少|慢)", "less (?:often|frequent\\w*)")),
    Scale(("淡雅", "适中", "浓郁"), ("浓|浓郁", "stronger|richer"), ("淡|清淡|淡雅", "lighter|subtler|fainter")),
)  # fmt: skip
_RISK = (
    ("风险(?:再|更|稍)?[高大]", "riskier|more risky|higher risk|bolder"),
    ("风险(?:再|更|稍)?[低小]|稳健?|保守|安全", "safer|less risky|lower risk"),
)
_RISKS = (
    r"风险(?:级别|等级)?(?:拉到|要|调到|选|挑|到)?最[高大]|最[高大]的?风险|最激进|\b(?:(?:highest|most)[- ]risk|riskiest|boldest)\b",
    r"风险(?:级别|等级)?(?:压到|要|降到|选|挑|到)?最[低小]|最[低小]的?风险|最(?:稳健?|保守|安全)|\b(?:(?:lowest|least)[- ]risky?|safest)\b",
)
_CODE = re.compile(r"^([a-z]+)(\d)$", re.I)
_BEYOND = re.compile(r"(?:above|over|higher than|riskier than|more than|beyond|超过|高于|大于)\s*$")
_UP_TO = re.compile(r"^\s?(?:以上|及以上|or (?:above|higher|more)|and (?:above|up)|\+)")
_DOWN_TO = re.compile(
    r"^\s?(?:以下|以内|及以下|or (?:below|lower|less|under)|and (?:below|under)|at (?:the very |the )?most|max\b|tops\b)"
)
_AT_MOST = re.compile(
    r"(?:(?:不|别|不要|不能)(?:超过?|高于)|最高|最多|至多|up to|at most|no (?:more|higher) than|not above|max(?:imum)?)\s*$"
)
_FROM = re.compile(r"(?:不低于|最低|至少|at least|no (?:less|lower) than|from|minimum)\s*$")
_MOST = re.compile(r"最|est\b|\bmost\b")
_HINT = re.compile(r"[点些更再码档级么太]|一号|的$|er\b|\bmore\b|\bless\b")
_BIT = "一点点|一点儿|一点|一些|点儿|点|些|一号|一码|一档|一级"


def ordered(schema: Schema, name: str, value: str) -> list[str]:
    """The ordered values of a field that has them, from low to high; none where this value has no order."""
    match = _CODE.match(value)
    if match is None and not any(value in scale.values for scale in _SCALES):
        return []
    own = [v for f, v in schema.support if f == name]
    if match:
        return sorted(v for v in own if (m := _CODE.match(v)) and m[1] == match[1])
    return next(([v for v in scale.values if v in own] for scale in _SCALES if value in scale.values), [])


def between(schema: Schema, name: str, first: str, last: str) -> tuple[str, ...] | None:
    """The values of a numbered scale from one to another; None where they are no codes."""
    if not _CODE.match(first) or not _CODE.match(last):
        return None
    return tuple(sorted(v for f, v in schema.support if f == name and _CODE.match(v) and first <= v <= last))


def levels(
    schema: Schema, text: str, at: tuple[int, int], name: str, values: tuple[str, ...], negated: bool
) -> tuple[str, ...]:
    """ "Above R3": the values of a numbered scale beyond the one said; "up to R2", R3 or lower: the ones on this side of it."""
    if negated and len(values) > 1 and (scale := ordered(schema, name, values[0])) and scale[0].startswith("不"):
        return tuple(scale[1:])  # 别有辣的: not a little, either
    scale = ordered(schema, name, values[0]) if len(values) == 1 else []
    if len(scale) < 2:
        return values
    before, after, place = text[: at[0]], text[at[1] :], scale.index(values[0]) if values[0] in scale else 0
    if _BEYOND.search(before) and not _AT_MOST.search(before):
        return tuple(scale[place + 1 :]) or values
    if _UP_TO.match(after) or _FROM.search(before):
        return tuple(scale[place:])
    if _DOWN_TO.match(after) or _AT_MOST.search(before):
        return tuple(scale[: place + 1]) if not negated else tuple(scale[place + 1 :])
    return values


def steps(text: str, schema: Schema, shown: Sequence[Item]) -> Iterator[tuple[int, int, Constraint]]:
    """(start, end, condition) of each wish for more or less of such a value than the items shown have in the middle."""
    if not _HINT.search(text):
        return
    for name, field in schema.fields.items():
        if field.kind not in ("categorical", "list"):
            continue
        scale, levels = _shown(schema, name, shown)
        if not levels:
            continue
        middle = levels[(len(levels) - 1) // 2]
        more, less = _words(scale)
        up, down = scale[middle + 1 :] or scale[-1:], scale[:middle] or scale[:1]  # there is no less than the least
        for wish, beyond in ((_wish(more, less), up), (_wish(less, more), down)):
            match = wish.search(text)
            if match:
                one = beyond[0] if len(beyond) == 1 else None
                yield match.start(), match.end(), Constraint(name, "eq" if one else "in", one or tuple(beyond))
                break


def extreme(text: str, schema: Schema, categories: Sequence[str]) -> tuple[int, int, Constraint] | None:
    """(start, end, condition) where the most or the least is asked for, as far as these kinds of thing go: the least risk of share funds, R4."""
    if not _MOST.search(text):
        return None
    for name, field in schema.fields.items():
        own = [v for (f, v), kinds in schema.support.items() if f == name and not kinds.keys().isdisjoint(categories)]
        scale = next((s for v in own if (s := ordered(schema, name, v))), []) if field.kind != "numeric" else []
        graded = [v for v in scale if v in own]
        for asked, end in zip(_superlatives(scale), (-1, 0), strict=True) if graded else ():
            if match := re.search(asked, text):
                return *match.span(), Constraint(name, "eq", graded[end])
    return None


def _shown(schema: Schema, name: str, shown: Sequence[Item]) -> tuple[list[str], list[int]]:
    """The scale of a field, and where on it the items shown are, in order."""
    values = [v for i in shown for v in i.values(name)[:1]]
    scale = ordered(schema, name, values[0]) if values else []
    return scale, sorted(scale.index(v) for v in values if v in scale) if len(scale) > 1 else []


def _words(scale: Sequence[str]) -> tuple[tuple[str, str], tuple[str, str]]:
    """What asks for more, and what for less."""
    known = next((s for s in _SCALES if set(scale) <= set(s.values)), None)
    return (known.more, known.less) if known else _RISK


def _superlatives(scale: Sequence[str]) -> tuple[str, str]:
    """What asks for the most, and what for the least: 最辣, mildest, 风险最低."""
    if (words := _words(scale)) is _RISK:
        return _RISKS
    more, less = (rf"最(?:{zh})|\b(?:{_most(en)})\b" for zh, en in words)
    return more, less


def _most(words: str) -> str:
    """Spiciest, of spicier; the least spicy, of less."""
    return re.sub(r"er\b", "est", words).replace("more ", "most ").replace("less ", "least ")


@cache
def _wish(words: tuple[str, str], opposite: tuple[str, str]) -> re.Pattern[str]:
    """更辣, 辣一点, 没那么淡, spicier."""
    zh, en = words
    return re.compile(
        rf"(?:再|更|稍微|稍|要)?(?:{zh})(?:{_BIT})|(?:再|更)(?:{zh})|(?:没|不)(?:要|用)?(?:那么|这么|太)(?:{opposite[0]})"
        rf"|^(?:要|有没有|想要)?(?:{zh})的(?:有吗|呢|吧)?$|\b(?:{en})\b"
    )
