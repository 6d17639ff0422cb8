"""Find numeric bounds in a sentence: 200元以内, 评分4.5以上, between 5 and 10, 续航至少30小时, 90年代, films after 2015."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from recsys.datamodels import Constraint, Schema
from recsys.language.numbers import NUMBER, number
from recsys.language.units import DIMENSION, UNITS, money_sign

_UNIT = "|".join(
    re.escape(u) + (r"(?![a-z])" if u[-1].isascii() and u[-1].isalpha() else "")
    for u in sorted(UNITS, key=len, reverse=True)
)
_QUANTITY = re.compile(rf"({money_sign})?\s?({NUMBER})(?:\s?-?({_UNIT}))?")
_JOIN = re.compile(r"\s?(?:到|至|-|~|–|—|and|to)\s?")
_LESS_BEFORE = re.compile(
    r"(?:不超过|不高于|不多于|不大于|低于|少于|小于|短于|轻于|最多|至多|不到|不足|别超过|不要超过|不能超过|no more than|no longer than|not longer than|no higher than|no bigger than|not more than|not (?:over|above|exceeding)"
    r"|nothing (?:above|over)|less than|fewer than|cheaper than|lower than|shorter than|lighter than|at most|up to|under|below"
    r"|within|spend up to|max(?:imum)?(?: of)?|before|<=?|≤|(?:预算|budget)(?: is| of)?(?:只有|就|是|为|在|大概|:|just)?)\s*(?:about |the |just )?$"
)
_MORE_BEFORE = re.compile(
    r"(?:别低于|不要低于|不能低于|不低于|不少于|不小于|不短于|至少|最少|起码|超过|高于|大于|多于|长于|at least|no less than|not less than|no fewer than"
    r"|not (?:under|below)|not cheaper than|more than|greater than|longer than|over|above|from|starting at|min(?:imum)?(?: of)?|since|after"
    r"|no older than|no earlier than|>=?|≥)\s*(?:about |the )?$"
)
_NEAR_BEFORE = re.compile(r"(?:大概|大约|差不多|约|around|about|roughly|approximately)\s*$")
_LESS_AFTER = re.compile(
    r"\s?的?(?:以内|之内|以下|之下|以里|封顶|以前|之前|内(?!存|衣|裤)|or (?:less|under|below|fewer|cheaper)|and under(?!\s*\d)|tops\b|max\b)"
)
_MORE_AFTER = re.compile(
    r"\s?的?(?:以上|之上|往上|以后|之后|起(?!来|投|购|送)|or (?:more|above|bigger|larger|longer|newer|higher|better)|and (?:up|above)(?!\s*\d)|onwards?\b|on(?=\s*(?:[,.;]|$))|\+|plus\b)"
)
_NEAR_AFTER = re.compile(r"\s?(?:左右|上下|出头|前后|or so)")
_PER_HEAD = re.compile(r"\s?(?:per person|a head|each|/人|一位|每人)")
_COUNTED = re.compile(r"\s?(?:个(?!小时|点|月)|人(?!均)|件|条|款|部|双|次|位|种|台|本|只|号|分[袖裤糖钟之]|代)")
_DECADE = re.compile(r"(?:(19|20)?(\d)0\s?(?:年代|后|'?s\b)|([七八九])十年代|(?:the )?(seventies|eighties|nineties))")
_HUNDREDS = re.compile(r"([一二两三四五六七八])([二两三四五六七八九])([十百千万])\s?(元|块钱|块)?")
_CLAUSE = re.compile(r"[,，。;；、！!？?]| and (?!up|above|under)| but |但|而且|并且")
_NEAR = 0.15  # "左右" and "around" allow this share on both sides
_INF = float("inf")


@dataclass(frozen=True, slots=True)
class Bound:
    """Constraints read at text[start:end]."""

    start: int
    end: int
    constraints: tuple[Constraint, ...]


def find(text: str, schema: Schema, categories: Collection[str]) -> list[Bound]:
    """Numeric bounds in a cleaned, lower-case sentence, for items of these categories (all, where none is given)."""
    known = numeric(schema, categories)
    out: list[Bound] = []
    at = 0
    while at < len(text):
        bound = _decade(text, at, known) or _hundreds(text, at, known, schema) or _one(text, at, known, schema)
        if bound is None:
            at += 1
        else:
            out += [bound] if bound.constraints else []
            at = bound.end
    return out


def numeric(schema: Schema, categories: Collection[str]) -> dict[str, int]:
    """Numeric fields that items of these categories have, with how many do."""
    out = {}
    for name, field in schema.fields.items():
        if field.kind == "numeric":
            support = schema.support.get((name, ""), {})
            count = sum(support.values()) if not categories else sum(support.get(c, 0) for c in categories)
            if count:
                out[name] = count
    return out


def _one(text: str, at: int, known: dict[str, int], schema: Schema) -> Bound | None:
    """A number, or two joined to a range, that starts at `at`."""
    match = _QUANTITY.match(text, at)
    if match is None or _glued(text, match):
        return None
    sign, digits, unit = match.groups()
    value = number(digits)
    if value is None:
        return None
    end, low, high, kind = match.end(), value, value, "exact"
    join = _JOIN.match(text, end)
    other = _QUANTITY.match(text, join.end()) if join else None
    if other is not None and (top := number(other[2])) is not None and top >= value:
        end, high, kind, unit, sign = other.end(), top, "range", other[3] or unit, sign or other[1]
    before, after = text[:at], text[end:]
    start = at
    if kind != "range":
        kind, start, end = _direction(before, after, at, end)
        low, high = {
            "lte": (-_INF, value),
            "gte": (value, _INF),
            "near": (value * (1 - _NEAR), value * (1 + _NEAR)),
        }.get(kind, (value, value))
        if kind == "exact" and text[end : end + 1] == "多" and value >= 10:  # 三百多: 300..399
            high, end, kind = value + 10 ** (len(str(int(value))) - 1) - 1, end + 1, "range"
    head = _PER_HEAD.match(text, end)
    unit = "元" if sign or head else unit
    if kind == "exact" and (_COUNTED.match(text, end) or unit in _VAGUE):
        return Bound(at, match.end(), ())
    said_after = "" if end > match.end() and kind != "range" else text[end : end + 12]
    clause = max((m.end() for m in _CLAUSE.finditer(text, 0, start)), default=0)
    name, factor = _field(text[clause:start], said_after, unit, kind, value, known, schema)
    if name is None:
        return None if kind == "exact" else Bound(at, match.end(), ())
    if kind == "exact":
        low, high = _exact(name, value)
    return Bound(start, head.end() if head else end, _constraints(name, low * factor, high * factor))


_VAGUE = frozenset({"分", "g", "m", "l", "w"})  # too often no unit at all (七分袖, 5G) unless a bound is stated


def _exact(name: str, value: float) -> tuple[float, float]:
    """A bare number: a price is meant roughly; a minimum (amount, age) must not exceed it; anything else is exact."""
    if name == "price":
        return value * (1 - _NEAR), value * (1 + _NEAR)
    if name.startswith("min_") or name.endswith(("_min_age", "age_min", "_from")):
        return -_INF, value
    return value, value


def _constraints(name: str, low: float, high: float) -> tuple[Constraint, ...]:
    out = [Constraint(name, "gte", round(low, 6))] if low > -_INF else []
    return (*out, Constraint(name, "lte", round(high, 6))) if high < _INF else tuple(out)


def _direction(before: str, after: str, start: int, end: int) -> tuple[str, int, int]:
    """lte, gte, near or exact, with the stretch that the words of comparison take too; the longer of two readings wins."""
    for kind, pattern in (("lte", _LESS_AFTER), ("gte", _MORE_AFTER), ("near", _NEAR_AFTER)):
        match = pattern.match(after)
        if match:
            return kind, start, end + match.end()
    best: tuple[int, str, int] = (0, "exact", start)
    for kind, pattern in (("lte", _LESS_BEFORE), ("gte", _MORE_BEFORE), ("near", _NEAR_BEFORE)):
        match = pattern.search(before[-26:])
        if match and match.end() - match.start() >= max(best[0], 1):
            best = (match.end() - match.start(), kind, start - (match.end() - match.start()))
    return best[1], best[2], end


def _glued(text: str, match: re.Match[str]) -> bool:
    """True where the number is a piece of a Latin word (h2o, mp3) or of a longer number."""
    before = text[match.start() - 1] if match.start() else " "
    if before in "哪这那每第":
        return True
    first = match.group(0)[:1]
    return (
        ((before.isascii() and before.isalnum()) or before == ".")
        and first.isascii()
        and (first.isalnum() or first == " ")
    )


def _decade(text: str, at: int, known: dict[str, int]) -> Bound | None:
    match = _DECADE.match(text, at)
    if match is None or "year" not in known or (at and text[at - 1].isdigit()):
        return None
    century, digit, chinese, english = match.groups()
    tens = (
        int(digit)
        if digit
        else {"七": 7, "八": 8, "九": 9, "seventies": 7, "eighties": 8, "nineties": 9}[chinese or english]
    )
    first = (int(century) if century else (19 if tens >= 3 else 20)) * 100 + tens * 10
    return Bound(at, match.end(), _constraints("year", float(first), float(first + 9)))


def _hundreds(text: str, at: int, known: dict[str, int], schema: Schema) -> Bound | None:
    """两三百: 200 to 300."""
    match = _HUNDREDS.match(text, at)
    if match is None:
        return None
    scale = number("一" + match[3]) or 1
    low, high = (number(match[1]) or 0) * scale, (number(match[2]) or 0) * scale
    name, factor = _field(text[:at], text[match.end() :], match[4], "range", high, known, schema)
    return Bound(at, match.end(), _constraints(name, low * factor, high * factor)) if name else None


def _field(
    before: str, after: str, unit: str | None, kind: str, value: float, known: dict[str, int], schema: Schema
) -> tuple[str | None, float]:
    """The field that a number belongs to, and the factor into its unit: by a label nearby, by the unit, as a year, else the price."""
    wanted, factor = UNITS.get(unit or "", ("", 1.0))
    labelled = _by_label(before, after, known, schema)
    if labelled is not None and (wanted or value <= 3 * max(schema.fields[labelled].high, 1)):  # "top rated under 20k"
        own = schema.fields[labelled].unit
        if not wanted or wanted == "rating" or own == "":
            return labelled, 1.0
        if unit == "g" and own == "GB":
            return labelled, 1.0
        if (wanted in DIMENSION and own in DIMENSION and DIMENSION[wanted][0] == DIMENSION[own][0]) or wanted == own:
            return labelled, _factor(wanted, own) * factor
    if wanted == "rating":
        return ("rating", 1.0) if "rating" in known else (None, 1.0)
    if wanted and wanted != "元":
        return _by_unit(wanted, factor, value, known, schema)
    if not wanted and 1900 <= value <= 2100 and "year" in known:
        return "year", 1.0
    if not wanted and kind == "exact":
        return None, 1.0
    if not wanted and kind == "range" and value < 10 and not re.search(r"between|预算|budget|价", before):
        return None, 1.0
    return next((n for n in ("price", "min_amount") if n in known), None), factor


def _by_unit(
    wanted: str, factor: float, value: float, known: dict[str, int], schema: Schema
) -> tuple[str | None, float]:
    """The field of this unit, else of its dimension, that most items have."""
    if wanted == "年" and "year" in known and value > 1900:
        return "year", 1.0
    same = [n for n in known if schema.fields[n].unit == wanted and not (wanted == "年" and n == "year")]
    if same:
        return max(same, key=lambda n: known[n]), factor
    kin = [
        n for n in known
        if wanted in DIMENSION and schema.fields[n].unit in DIMENSION and DIMENSION[wanted][0] == DIMENSION[schema.fields[n].unit][0]
        and n != "year"
    ]  # fmt: skip
    if not kin:
        return None, 1.0
    name = max(kin, key=lambda n: known[n])
    return name, _factor(wanted, schema.fields[name].unit) * factor


def _factor(unit: str, own: str) -> float:
    """From a unit into another of its dimension."""
    return DIMENSION[unit][1] / DIMENSION[own][1] if unit in DIMENSION and own in DIMENSION else 1.0


def _by_label(before: str, after: str, known: dict[str, int], schema: Schema) -> str | None:
    """The field whose label stands nearest before the number in its clause, or right after it."""
    best: tuple[int, int, str] | None = None
    for name, support in known.items():
        field = schema.fields[name]
        for word in {field.zh.lower(), field.en.lower(), name, *field.words} - {""}:
            at = _whole_word(before, word)
            if at >= 0:
                rank = (at + len(word), support, name)
            elif after.lstrip(" 的").startswith(word):
                rank = (len(before), support, name)
            else:
                continue
            best = max(best, rank) if best else rank
    return best[2] if best else None


def _whole_word(text: str, word: str) -> int:
    """Where a label stands last, as a word of its own where it is Latin; -1 where it does not."""
    if not word.isascii():
        return text.rfind(word)
    found = [m.start() for m in re.finditer(rf"\b{re.escape(word)}\b", text)]
    return found[-1] if found else -1
