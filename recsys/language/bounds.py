"""Find numeric bounds in a sentence: 200元以内, 评分4.5以上, between 5 and 10, 续航至少30小时, 90年代."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from recsys.datamodels import Constraint, Schema
from recsys.language.text import NUMBER, number

# unit as people write it -> (unit of a field, factor)
_UNITS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("元", "块钱", "块", "¥", "￥", "$", "€", "£", "rmb", "cny", "yuan", "kuai", "dollars", "dollar", "usd", "bucks", "刀"), ("元", 1)),
    **dict.fromkeys(("小时", "个小时", "hours", "hour", "hrs", "h"), ("h", 1)),
    **dict.fromkeys(("分钟", "minutes", "minute", "mins", "min"), ("min", 1)),
    **dict.fromkeys(("英寸", "寸", "inches", "inch", "-inch"), ("英寸", 1)),
    **dict.fromkeys(("克", "g", "grams", "gram"), ("g", 1)), **dict.fromkeys(("公斤", "千克", "kg", "kilos"), ("g", 1000)), "斤": ("g", 500),
    **dict.fromkeys(("gb", "g内存"), ("GB", 1)), "tb": ("GB", 1024), **dict.fromkeys(("mah", "毫安时", "毫安"), ("mAh", 1)),
    **dict.fromkeys(("瓦", "w", "watts", "watt"), ("W", 1)), **dict.fromkeys(("db", "分贝", "decibels"), ("dB", 1)),
    **dict.fromkeys(("升", "l", "litres", "liters", "litre", "liter"), ("L", 1)), **dict.fromkeys(("毫升", "ml"), ("ml", 1)),
    **dict.fromkeys(("厘米", "公分", "cm"), ("cm", 1)), **dict.fromkeys(("米", "m", "metres", "meters"), ("m", 1)),
    **dict.fromkeys(("页", "pages"), ("页", 1)), **dict.fromkeys(("天", "days", "day"), ("天", 1)), **dict.fromkeys(("%", "个点", "percent"), ("%", 1)),
    **dict.fromkeys(("集", "episodes"), ("集", 1)), "hz": ("Hz", 1), **dict.fromkeys(("粉丝", "followers"), ("人", 1)),
    **dict.fromkeys(("分", "星", "stars", "star"), ("rating", 1)), "年": ("年", 1),
}  # fmt: skip
_UNIT = "|".join(
    sorted(
        (re.escape(u) + (r"(?![a-z])" if u[-1].isascii() and u[-1].isalpha() else "") for u in _UNITS),
        key=len,
        reverse=True,
    )
)
_SIGN = r"[¥￥$€£]"
_N = rf"(?:{_SIGN}\s?)?({NUMBER})\s?({_UNIT})?"
_LESS = r"不超过|不高于|不多于|不大于|低于|少于|小于|最多|至多|不到|no more than|not more than|less than|cheaper than|lower than|shorter than|lighter than|at most|up to|under|below|within|max(?:imum)?|before|<=?|≤"
_MORE = r"不低于|不少于|不小于|至少|最少|起码|超过|高于|大于|多于|at least|no less than|more than|greater than|longer than|over|above|starting at|min(?:imum)?|since|after|>=?|≥"
_NOT_A_MEASURE = re.compile(
    r"\s?(?:个(?!小时|点|月)|人|件|条|款|部|双|次|位|种|台|本|只|号|月|one|two|people|persons|pieces|items)"
)
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("decade", re.compile(r"(?:(19|20)?(\d)0\s?(?:年代|后|'?s\b)|([七八九])十年代)")),
    ("hundreds", re.compile(r"([一二两三四五六七八])([二两三四五六七八九])([十百千万])\s?(元|块钱|块)?")),
    ("range", re.compile(rf"(?:between\s|from\s|在)?\s?{_N}\s?(?:到|至|-|~|–|—|and|to)\s?{_N}")),
    ("lte", re.compile(rf"(?:{_LESS})\s?{_N}")),
    ("gte", re.compile(rf"(?:{_MORE})\s?{_N}")),
    ("lte", re.compile(rf"{_N}\s?(?:以内|之内|以下|之下|以里|封顶|以前|之前|内(?!存|衣|裤)|or less|or under|and under|tops|max)")),
    ("gte", re.compile(rf"{_N}\s?(?:以上|之上|往上|以后|之后|起(?!来)|or more|or above|and up|and above|\+|plus)")),
    ("around", re.compile(rf"{_N}\s?(?:左右|上下|出头|前后)")),
    ("around", re.compile(rf"(?:大概|大约|差不多|around|about|roughly|approximately)\s?{_N}")),
    ("upper", re.compile(rf"(?:预算|budget(?: is| of)?|人均)(?:是|为|在|大概|:)?\s?{_N}")),
    ("more", re.compile(rf"({NUMBER})多\s?({_UNIT})?")),
    ("exact", re.compile(rf"(?:{_SIGN}\s?)?({NUMBER})\s?({_UNIT})")),
)  # fmt: skip
_NEAR = 0.15  # "左右" and "around" allow this share on both sides


@dataclass(frozen=True, slots=True)
class Bound:
    """Constraints read at text[start:end]."""

    start: int
    end: int
    constraints: tuple[Constraint, ...]


def find(text: str, schema: Schema, categories: Collection[str]) -> list[Bound]:
    """Numeric bounds in a cleaned, lower-case sentence, for items of these categories (all, where none is given)."""
    out: list[Bound] = []
    taken = [False] * len(text)
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if any(taken[match.start() : match.end()]) or _glued(text, match):
                continue
            bound = _read(kind, match, text, schema, categories)
            if bound is not None:
                out.append(bound)
                taken[match.start() : match.end()] = [True] * (match.end() - match.start())
    return sorted(out, key=lambda b: b.start)


def _glued(text: str, match: re.Match[str]) -> bool:
    """True where the number is a piece of a Latin word (h2o) or counts things (两个)."""
    before = text[match.start() - 1] if match.start() else " "
    first = match.group(0)[:1]
    if before.isascii() and before.isalnum() and first.isascii() and first.isalnum():
        return True
    return bool(_NOT_A_MEASURE.match(text, match.end())) and match.group(0)[-1:] not in "%元块内下上"


def _read(kind: str, match: re.Match[str], text: str, schema: Schema, categories: Collection[str]) -> Bound | None:
    g = match.groups()
    if kind == "decade":
        return _decade(match, schema, categories)
    if kind == "hundreds":
        scale = number("一" + g[2]) or 1
        low, high, unit = (number(g[0]) or 0) * scale, (number(g[1]) or 0) * scale, g[3]
    elif kind == "range":
        high_n = number(g[2])
        low_n = number(g[0])
        low, high, unit = low_n or 0, high_n or 0, g[3] or g[1]
        if low_n is None or high_n is None or low > high:
            return None
    else:
        value = number(g[0])
        if value is None:
            return None
        unit = g[1]
        low, high = _interval(kind, value)
    signed = bool(re.search(_SIGN, match.group(0)))
    name, factor = _field(text, match, unit or ("元" if signed else None), kind, schema, categories)
    if name is None:
        return None
    constraints = []
    if low > float("-inf"):
        constraints.append(Constraint(name, "gte", round(low * factor, 6)))
    if high < float("inf"):
        constraints.append(Constraint(name, "lte", round(high * factor, 6)))
    return Bound(match.start(), match.end(), tuple(constraints))


def _interval(kind: str, value: float) -> tuple[float, float]:
    inf = float("inf")
    if kind == "around":
        return value * (1 - _NEAR), value * (1 + _NEAR)
    if kind == "exact":
        return (value, value) if 1900 <= value <= 2100 else (value * (1 - _NEAR), value * (1 + _NEAR))
    if kind == "more":  # 三百多: 300..399
        step = 10 ** (len(str(int(value))) - 1) if value >= 10 else 1
        return value, value + step - 1
    return {"lte": (-inf, value), "upper": (-inf, value), "gte": (value, inf)}[kind]


def _decade(match: re.Match[str], schema: Schema, categories: Collection[str]) -> Bound | None:
    if "year" not in _numeric(schema, categories):
        return None
    century, digit, chinese = match.groups()
    tens = int(digit) if digit else {"七": 7, "八": 8, "九": 9}[chinese]
    start = (int(century) if century else (19 if tens >= 3 else 20)) * 100 + tens * 10
    return Bound(
        match.start(),
        match.end(),
        (Constraint("year", "gte", float(start)), Constraint("year", "lte", float(start + 9))),
    )


def _numeric(schema: Schema, categories: Collection[str]) -> dict[str, int]:
    """Numeric fields that items of these categories have, with how many do."""
    out = {}
    for name, field in schema.fields.items():
        if field.kind == "numeric":
            support = schema.support.get((name, ""), {})
            count = sum(support.values()) if not categories else sum(support.get(c, 0) for c in categories)
            if count:
                out[name] = count
    return out


def _field(
    text: str, match: re.Match[str], unit: str | None, kind: str, schema: Schema, categories: Collection[str]
) -> tuple[str | None, float]:
    """The field a number belongs to: by a label nearby, else by its unit, else the price."""
    known = _numeric(schema, categories)
    wanted, factor = _UNITS.get(unit or "", ("", 1.0))
    clause_start = max((text.rfind(p, 0, match.start()) for p in ",，。;；、"), default=-1) + 1
    before, after = text[clause_start : match.start()], text[match.end() : match.end() + 12]
    labelled = _by_label(before + match.group(0), after, known, schema)
    if labelled is not None and (not wanted or wanted == "rating" or schema.fields[labelled].unit in (wanted, "")):
        return labelled, factor
    if wanted == "rating":
        return ("rating", 1.0) if "rating" in known else (None, 1.0)
    if wanted and wanted != "元":
        fits = [n for n in known if schema.fields[n].unit == wanted]
        return (max(fits, key=lambda n: known[n]), factor) if fits else (None, 1.0)
    if not wanted and kind == "range" and not re.search(r"between|from|预算|budget", match.group(0) + before):
        return ("price", 1.0) if "price" in known and _looks_like_money(match) else (None, 1.0)
    return next((n for n in ("price", "min_amount") if n in known), None), factor


def _looks_like_money(match: re.Match[str]) -> bool:
    return (number(match.group(3)) or 0) >= 10


def _by_label(before: str, after: str, known: dict[str, int], schema: Schema) -> str | None:
    """The field whose label stands nearest before the number, or right after it."""
    best: tuple[int, int, str] | None = None
    for name, support in known.items():
        field = schema.fields[name]
        for word in {field.zh.lower(), field.en.lower(), name, *field.words} - {""}:
            at = before.rfind(word)
            if at >= 0:
                rank = (at + len(word), support, name)
            elif after.lstrip(" 的").startswith(word):
                rank = (len(before), support, name)
            else:
                continue
            best = max(best, rank) if best else rank
    return best[2] if best else None
