"""Numbers with their units as people write them: an hour and 45 minutes, 一年半, $300, 5 feet 6 inches; and what is read from them."""

import re
from dataclasses import dataclass

from recsys.datamodels import Constraint
from recsys.language.numbers import NUMBER, number
from recsys.language.units import UNITS, convert, money_sign

_UNIT = "|".join(
    re.escape(u)
    + (
        r"s?(?![a-z])"
        if u[-1].isascii() and u[-1].isalpha() and len(u) > 3
        else r"(?![a-z])"
        if u[-1].isascii() and u[-1].isalpha()
        else "(?![旦桥素宵老气件首])"
        if u == "元"
        else ""
    )
    for u in sorted(UNITS, key=len, reverse=True)
)
QUANTITY = re.compile(
    rf"(?:us|hk|nt)?({money_sign}|(?:usd|rmb|cny)(?=\s?\d))?\s?({NUMBER})(?:(?:\s?-?|个(?=[a-z%])|([来多]))({_UNIT})(?:美金|美元|港币|人民币)?)?"
)
_THAT_ONE = re.compile(r"\b(?:which|this|that|the|any|every|each|another|other|last|no|[a-z]+est)$")  # no number
_ONE_THAT = re.compile(r"\s*one (?:has|is|that|which|who|with|episode|of (?:them|these|those))\b")
_MINUTES = re.compile(
    rf"\s?(?:and )?({NUMBER})\s?(?:分钟|分|minutes|mins?|m(?![a-z]))|(?<=\dh)(\d\d)(?![\d.])|(?<=hour) (ten|fifteen|twenty|thirty|forty|fifty)(?![a-z-])|(?<=hours) (ten|fifteen|twenty|thirty|forty|fifty)(?![a-z-])|(?<=[时头])([一二三四五]十)(?![\d分秒百千万一二三四五六七八九元块岁])"
)
_SMALLER = re.compile(rf"\s?(?:零|又|and )?\s?({NUMBER})\s?-?({_UNIT})")
_SHARES = {"半": 0.5, " and a half": 0.5, " and a quarter": 0.25, " and three quarters": 0.75}
_TENTHS = re.compile(r"[一二三四五六七八九](?=以[内下上]|[的,，。]|左右|$)")  # 一公斤三
_PARTS = re.compile("|".join(_SHARES))
INF = float("inf")
_LATER = re.compile(r"\s?个?(?:天|星期|周|月|年)")
_NUMERAL = frozenset("零一二两三四五六七八九十百千万")
_AMOUNT = re.compile(r"[一二两三四五六七八九\d](?:[\d百千万]+|个半)")
_CLOCK = re.compile(r"\d?\d[:：]\d\d")  # 17:00
_ORDER = frozenset("战手胎线维")  # 二战, 二手
_NO_ONE = frozenset("把点些样直下定起般共集丢溜丁会眼边旦切律圈号码截档")  # 一点, 一边, 小一圈: no numbers


@dataclass(frozen=True, slots=True)
class Bound:
    """Constraints read at text[start:end], the label of the field included."""

    start: int
    end: int
    constraints: tuple[Constraint, ...]
    loose: bool = False  # a number alone, without any word of comparison
    unmet: bool = False  # at least or at most so much of what no field tells


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written at text[start:end] with its unit, if it has one: an hour and 45 minutes, 一年半, $300."""

    start: int
    end: int
    sign: str | None
    digits: str
    unit: str | None
    value: float
    odd: str = ""  # 来 of 十来斤, 多 of 三百多页


def quantity(text: str, at: int) -> Quantity | None:
    """The quantity that starts at `at`; None where none does."""
    match = QUANTITY.match(text, at)
    value = number(match[2]) if match else None
    if match is None or value is None:
        return None
    sign, digits, odd, unit = match[1], match[2], match[3] or "", _known(match[4])
    end = match.end()
    if unit and (part := _PARTS.match(text, end)):  # 两年半, an hour and a half
        value += _SHARES[part[0]]
        end = part.end()
    elif unit in ("公斤", "斤", "千克") and (tenth := _TENTHS.match(text, end)):
        value += (number(tenth[0]) or 0) / 10
        end = tenth.end()
    rest = _MINUTES.match(text, end) if unit and UNITS[unit][0] == "h" else None
    smaller = _SMALLER.match(text, end) if unit and not rest and UNITS[unit][0] != "GB" else None  # 2 TB and 32 GB
    if rest and (minutes := number(next(filter(None, rest.groups())))) is not None:
        return Quantity(at, rest.end(), sign, digits, unit, value + minutes / 60)
    if smaller and unit and (more := number(smaller[1])) is not None:  # 一年零三个月, 5 feet 6 inches
        share = same_unit(more, _known(smaller[2]), unit)
        if _known(smaller[2]) != unit and share < 1 and share != more:
            return Quantity(at, smaller.end(), sign, digits, unit, value + share)
    return Quantity(at, end, sign, digits, unit, value, odd)


def glued(text: str, at: int, digits: str) -> bool:
    """True where the number at `at` is a piece of a word (h2o, mp3, 一点) or of a longer number."""
    if _CLOCK.match(text, at) or _CLOCK.match(text, max(0, at - 3)):
        return True
    if digits.strip() == "one" and (_THAT_ONE.search(text[:at].rstrip()) or _ONE_THAT.match(text, at)):
        return True
    before, first = text[at - 1] if at else " ", text[at : at + 1]
    if digits in ("一", "两") and text[at + 1 : at + 2] in _NO_ONE:
        return True
    if digits in ("一", "二", "三", "四") and text[at + 1 : at + 2] in _ORDER:
        return True
    if before == "过" and text[max(0, at - 2) : at] != "超过" and _LATER.match(text, at + len(digits)):  # 过两天
        return True
    if before in "这那" and _AMOUNT.match(text, at):  # 那六百以内吧
        return False
    if (
        (before in "上下" and text[at : at + 2] in ("半年", "半月", "半场"))
        or before in "哪这那每第几"
        or (before == "数" and first in "百千万")
        or (before in _NUMERAL and first in _NUMERAL)
    ):
        return True
    return (
        ((before.isascii() and before.isalnum()) or before in ".#")
        and first.isascii()
        and (first.isalnum() or first == " ")
    )


def _known(unit: str | None) -> str | None:
    """The unit as the table has it: inchs are inches."""
    return unit if unit is None or unit in UNITS else unit.removesuffix("s")


def percent(digits: str, unit: str | None) -> str | None:
    """百分之三 has its unit before the number."""
    return "%" if digits.startswith(("百分之", "千分之")) else unit


def same_unit(low: float, unit: str | None, top: str | None, year: int = 365) -> float:
    """The lower end in the unit of the upper: 半年到两年, 6 months to 2 years."""
    if not unit or not top or unit == top:
        return low
    if (UNITS[unit][0], UNITS[top][0]) == ("个月", "年"):
        return low * UNITS[unit][1] * 30 / year / UNITS[top][1]  # a month is 30 days, a year 365, half a year 180
    factor = convert(UNITS[unit][0], UNITS[top][0])
    return low if factor is None else low * factor * UNITS[unit][1] / UNITS[top][1]


def between(name: str, low: float, high: float) -> tuple[Constraint, ...]:
    """From `low` to `high`, where an infinite end is no bound."""
    out = [Constraint(name, "gte", round(low, 6))] if low > -INF else []
    return (*out, Constraint(name, "lte", round(high, 6))) if high < INF else tuple(out)


def without(name: str, value: float, low: float, high: float) -> tuple[Constraint, ...]:
    """What a refused number leaves where it is the first or the last that a field has: 不要一楼, the second floor and up."""
    if value == low:
        return between(name, value + 1, INF)
    return between(name, -INF, value - 1) if value == high else ()
