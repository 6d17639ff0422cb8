"""Find numeric bounds in a sentence: 200元以内, 评分4.5以上, between 5 and 10, 续航至少30小时, 90年代, films after 2015."""

import re
from collections.abc import Collection
from dataclasses import replace

from recsys.datamodels import Constraint
from recsys.language import amounts, pairs, slips, united
from recsys.language.clauses import CLAUSE, named_before, share_of
from recsys.language.direction import denied, direction, refused
from recsys.language.measures import COUNTS, Measured, Said, is_year, label_after, labels, measure, numeric, year_field
from recsys.language.numbers import NUMBER, number, scale
from recsys.language.periods import aged, century, decade, recent
from recsys.language.persons import FOR, for_many, shared
from recsys.language.quantities import (
    INF,
    QUANTITY,
    Bound,
    Quantity,
    between,
    glued,
    percent,
    quantity,
    same_unit,
    without,
)
from recsys.language.units import UNITS, money_sign
from recsys.schema import Field, Schema

_MODEL = re.compile(r"\s?(?:年?款|年份|年产|年的|年(?=[\u4e00-\u9fff])|model|year)")
_PUT = re.compile(r"\s?(?:存|投资| to (?:invest|save|put))")
_PRICED = re.compile(r"的(?=[\u4e00-\u9fff]|$)|\s+for (?!\d|two|three|four)")
_JOIN = re.compile(
    r"\s?(?:到|至|-|~|～|–|—|and|up to|to|through|thru|until|till|[跟和与](?=[\d一二两三四五六七八九十百千万]+(?:元|块钱?|米|寸|升)?之?间))\s?(?:about )?"
)
_PER_HEAD = re.compile(
    r"(?:块钱?|元)?\s?(?:per person|per head|a head|apiece|each|/人|(?<=[元块\d])一位|每人|一个人|一位)"
)
_STARTS = re.compile(r"[块元钱]*起")
_AS_RATED = re.compile(r"的?(?=[\u4e00-\u9fff]{2})")  # 一家5分的酒店
_FEW = re.compile(
    r"(?<![\d.])([1-9一二两三四五六七八])(、)?([2-9二两三四五六七八九])\s?(?=个?(?:小时|钟头|集|部|季|天|周|星期|月|年|晚|分钟|升|两|斤|公斤|千克|克|寸|英寸|厘米|公分|平|米|公里|页|岁|人(?!均|民)|瓦|tb|gb|kg))"
)
_STATED = re.compile(r" (?:max|tops|at most|ceiling|limit|budget|or (?:less|under|cheaper))\b")
_REACH = ("适用面积", "防水")  # what a thing reaches: for 25 m², down to 50 m
_THINGS = re.compile(r"个(?!小时|钟|点|月|半|w|达|钱|价|人|以|左|上)[\u4e00-\u9fff]")
_BUDGET = re.compile(r"(?:预算|budget)\s*$")  # 预算一百来块 is about a hundred
_WRITTEN = re.compile(r"[ $￥¥]*\d+(?!(?:[,.]?\d)*\s?(?:[wk](?![a-z])|[千万百]))")  # 2000, not 2k or 两千
_OLDER = re.compile(r"\bolder than (?:about |the |year )?$")
_JUST = re.compile(r"刚刚?(?:超?过|破)$")  # 粉丝刚过五十万
_NEAR = 0.15  # "左右" and "around" allow this share on both sides
_YEARS = 2  # "around 2010"


def find(text: str, schema: Schema, categories: Collection[str], asked: str = "") -> list[Bound]:
    """Numeric bounds in a cleaned, lower-case sentence, for items of these categories (all, where none is given).

    `asked` is the field of a question that the sentence may answer.
    """
    return [b for b in read(text, schema, categories, asked) if b.constraints]


def read(text: str, schema: Schema, categories: Collection[str], asked: str = "") -> list[Bound]:
    """As `find`, and what is bounded though no field tells it, without constraints."""
    known = numeric(schema, categories)
    out: list[Bound] = []
    at = 0
    while at < len(text):
        bound = (
            decade(text, at, known, schema)
            or century(text, at, known, schema)
            or recent(text, at, known, schema)
            or pairs.memory(text, at, known, schema)
            or _few(text, at, known, schema, asked)
            or pairs.hundreds(text, at, known, schema, asked)
        )
        bound = bound or _one(text, at, known, schema, asked) or slips.instead(text, at, out)
        if bound is None:
            at += 1
        else:
            out += [bound] if bound.constraints or bound.unmet else []
            at = bound.end
    out = shared(text, united.alike(text, out), schema)
    firm = {c.field for b in out if not b.loose for c in b.constraints}
    out = [b for b in out if not b.loose or not firm & {c.field for c in b.constraints}]
    return united.united(text, slips.corrected(text, out))


def bare(text: str) -> float | None:
    """The number where the sentence is nothing else: "5", "make it 32", 改成三千."""
    match = re.fullmatch(
        rf"(?:那就|还是|就|那|唉|嗯|要不|其实|ok(?:ay)?,? |fine,? |actually,? |改成|改为|换成|调到|降到|提到|加到|涨到|放到|放宽到|change (?:that|it) to|make (?:it|that)|let'?s say|say|try)?\s*({money_sign})?({NUMBER})\s?(?:吧|呢|也行|也可以|也好|也成|也能接受|也没问题|please|then|now|[也就]*够(?:用|了)*|is (?:fine|enough|plenty)(?: too)?|will do)?[.。!！]?", text.strip())  # fmt: skip
    return number(match[2]) if match else None


def _one(text: str, at: int, known: dict[str, int], schema: Schema, asked: str) -> Bound | None:
    """A number, or two joined to a range, that starts at `at`."""
    said = quantity(text, at)
    if (
        said
        and said.digits.endswith("w")
        and any(schema.fields[n].unit == "W" and _far(said.value, schema.fields[n]) for n in known)
    ):
        said = replace(
            said, digits=said.digits[:-1], unit="w", value=said.value / 1e4
        )  # 120w, of what has watts, not 1.2 million
    if said is None or text[at].isspace() or glued(text, at, said.digits):
        return None
    if (
        not said.unit
        and re.fullmatch(r"\d{3,}", said.digits)
        and any(text[at:n] in schema.lexicon for n in range(said.end + 2, said.end + 8))
    ):
        return Bound(at, said.end, ())  # 360全景影像
    if not said.unit and said.digits.strip() in schema.lexicon and _unsaid(text, at, said):
        return Bound(at, said.end, ())  # 4k is a resolution, and "under 4k" is none
    end, unit, sign, low, high, kind = said.end, said.unit, said.sign, said.value, said.value, "exact"
    join = _JOIN.match(text, end)
    other = quantity(text, join.end()) if join else None
    if other is not None:
        factor = scale(other.digits)
        low = low if unit or low * factor > other.value or scale(said.digits) > 1 else low * factor
        if other.value >= low or (unit and other.unit and unit != other.unit):
            end, high, kind, sign = other.end, other.value, "range", sign or other.sign
            low = same_unit(low, unit, other.unit, 360 if other.value < 1 else 365)
            unit = other.unit or unit
    elif said.odd:
        high, kind = (_many(low), "range") if said.odd == "多" and low >= 10 else (low, "near")
    unit = "元" if sign else percent(said.digits, unit)
    return _bounded(text, at, end, (low, high, kind), unit, known, schema, asked)


def _turned(
    text: str, at: int, end: int, value: float, kind: str, known: dict[str, int], schema: Schema
) -> tuple[float, str, int, int]:
    """A single number and the words around it -> the upper end, the kind of bound, and the stretch that says it."""
    stated, start, end = direction(text[:at], text[end:], at, end)
    if stated == "exact" and _OLDER.search(text[:at]):  # films older than 1970, but toys for children older than 3
        stated = "lte" if 1900 <= value <= 2100 else "gte"
    kind = kind if stated == "exact" or (kind == "near" and _BUDGET.search(text[:at])) else stated
    past = _past_label(text, end, known, schema) if kind == "exact" else end
    if past > end:  # 1TB storage or more, 一米高左右
        turned, first, last = direction(text[:at], text[past:], at, past)
        kind, start, end = (turned, first, last) if turned != "exact" else (kind, start, end)
    if kind == "exact" and text[end : end + 1] == "多" and value >= 10:  # 三百多: 300..399
        return _many(value), "range", start, end + 1
    if (kind == "near" and text[end - 2 : end] == "出头") or (kind in ("gte", "exact") and _JUST.search(text[:at])):
        return 1.2 * value if value <= 1000 or text[end - 2 : end] != "出头" else 1.1 * value, "range", start, end
    return value, kind, start, end


def _bounded(
    text: str, at: int, end: int, read: tuple[float, float, str], unit: str | None, known: dict[str, int], schema: Schema, asked: str
) -> Bound | None:  # fmt: skip
    """The bound of a number or range at text[at:end]: its direction from the words around, its field, its constraints."""
    low, value, kind = read
    high, start, number_end = value, at, end
    if kind == "range" and (refused(text[:at]) or denied(text[end:])):  # no condition says "not between"
        return Bound(at, end, ())
    if kind != "range":
        high, kind, start, end = _turned(text, at, end, value, kind, known, schema)
    if amounts.no_amount(text, at, (number_end, end), unit, value, kind):
        return Bound(at, number_end, ())
    head = _PER_HEAD.match(text, number_end) or _PER_HEAD.match(text, end)
    head = head if unit is None or UNITS[unit][0] == "元" else None
    if past := amounts.habit(text, at, end, kind):
        return Bound(at, max(past, number_end), ())
    unit = "元" if head else unit
    kind = "lte" if kind == "exact" and unit is not None and amounts.at_hand(text[:at], unit) else kind  # 手上五万块
    clause = max((m.end() for m in CLAUSE.finditer(text, 0, start)), default=0)
    turned = (
        end > number_end and kind == "near" and _past_label(text, number_end, known, schema) == number_end
    )  # 三百左右的
    said_after = "" if turned else text[number_end : number_end + 16]
    begins = share_of if unit == "%" else named_before
    clause = clause if unit not in (None, "%") else begins(text, clause, at, value, known, schema)
    said = Said(text[clause:at], said_after, unit, kind, value, _WRITTEN.match(text, at) is not None)
    persons = None if unit else for_many(text, at, number_end, value, known, schema)
    found = persons or measure(said, known, schema, asked)
    if kind == "exact" and found and not found.labelled:
        found = None if _no_unit(said, high * found.factor, schema.fields[found.field]) else found
    if (
        found
        and found.field == "price"
        and kind in ("exact", "gte")
        and not unit
        and value * found.factor < 0.05 * schema.fields["price"].low
    ):
        return Bound(at, number_end, ())  # 房租一年一交, after six
    if found and not unit and not found.labelled and kind in ("lte", "gte") and _THINGS.match(text, number_end):
        return Bound(start, end, (), unmet=True)  # at most 40 of something is no price
    if kind == "exact" and found and found.start >= 0 and not text[clause + found.end : at].strip():
        kind, start, _ = direction(text[: clause + found.start], "", start, number_end)  # at least 防水50米
    model = 1900 <= value <= 2100 and bool(_MODEL.match(text, number_end))
    rated = found is not None and found.field == "rating" and text[at].isdigit() and _AS_RATED.match(text, number_end)
    counted = kind in ("exact", "near") and amounts.counts(text, (number_end, end), unit, value, bool(rated))
    if counted and not model and not head and not (found and found.labelled):
        return Bound(at, number_end, ())
    year = year_field(known, schema)
    if found is None and kind == "exact" and (unit is None or model):
        found, kind = _bare(text, start, number_end, value, known, year if model else "")
    if found is None and unit and year and (years := aged(text, at, number_end, said, schema.fields[year])):
        return Bound(start, max(end, number_end), years)
    if found is None:
        return None if kind == "exact" else Bound(start, end, (), unmet=kind in ("lte", "gte") and unit is not None)
    label = clause + found.start if found.end >= 0 else start
    party = FOR.search(text[:at]) if persons else None
    start = min(start, party.start()) if party else start  # a family of six
    begin = min(start, label) if _bare_gap(text[clause + found.end : start], schema) else start
    constraints = _constraints(text, at, number_end, found, (low, high, kind), schema.fields[found.field])
    return Bound(begin, max(head.end(), end) if head else end, constraints, kind == "exact")


def _bare_gap(between: str, schema: Schema) -> bool:
    """True for a few words between a label and its number that name nothing: not 台湾拍的|爱情片 2005年之后."""
    words = (between[a:b] for a in range(len(between)) for b in range(a + 2, len(between) + 1))
    return len(between) <= 4 and not any(w in schema.lexicon for w in words)


def _constraints(
    text: str, at: int, end: int, found: Measured, said: tuple[float, float, str], of: Field
) -> tuple[Constraint, ...]:
    """What a number at text[at:end], which bounds a field in the way said (low, high, kind), asks of that field."""
    kind = said[2]
    if kind == "exact" and refused(text[:at]):
        return without(of.name, said[0] * found.factor, of.low, of.high)
    starts = of.name == "min_amount" and kind == "gte" and _STARTS.match(text, end)  # 十块钱起
    low, high = _ends("lte" if starts else kind, of, said[0], said[1])
    return between(of.name, low * found.factor, high * found.factor)


def _unsaid(text: str, at: int, said: Quantity) -> bool:
    """True for a number with neither a currency nor words of comparison before or right after it."""
    after = text[said.end :]
    if _STATED.match(after):
        return False
    return not said.sign and direction(text[:at], "" if after[:1] in " ,，" else after, at, said.end)[0] == "exact"


def _far(value: float, field: Field) -> bool:
    """True where a number is beyond what a field has, and a ten-thousandth of it is not."""
    return value > 2 * field.high and 0.5 * field.low <= value / 1e4 <= 2 * field.high


def _many(value: float) -> float:
    """三百多 goes up to 399."""
    return float(value + 10 ** (len(str(int(value))) - 1) - 1)


def _past_label(text: str, end: int, known: dict[str, int], schema: Schema) -> int:
    """Where the label of a field that stands right after a number ends; `end` where none does."""
    after = text[end : end + 24]
    found = (label_after(w).match(after) for n in known for w in labels(schema.fields[n]) if w in after)
    return end + max((m.end() for m in found if m), default=0)


def _bare(
    text: str, start: int, end: int, value: float, known: dict[str, int], year: str
) -> tuple[Measured | None, str]:
    """What a number at text[start:end] without unit, label and comparison may be: a year, a price, money at hand; and its kind."""
    if year:
        return Measured(year, 1.0), "exact"
    if value >= 50 and "price" in known and (_PRICED.match(text, end) or FOR.search(text[:start])):
        return Measured("price", 1.0), "exact"
    if value >= 1000 and (amounts.HAVE.search(text[:start]) or _PUT.match(text, end)):
        name = next((n for n in ("min_amount", "price") if n in known), None)
        return (Measured(name, 1.0), "lte") if name else (None, "exact")
    return None, "exact"


_SHORT = frozenset({"g", "m", "l", "w", "t"})  # a unit only where the number is one that the field has


def _no_unit(said: Said, value: float, field: Field) -> bool:
    """True where one letter after a number is no unit: 5G is a network, and 25L a capacity only of what has such."""
    usual = 0.5 * field.low <= value <= 2 * field.high
    return said.unit in _SHORT and (not usual or (said.unit == "g" and said.value <= 6))


def _ends(kind: str, field: Field, low: float, high: float) -> tuple[float, float]:
    """Both ends of a bound of this kind. A bare price is meant roughly, a bare rating or better, a bare minimum (age, amount) must not exceed the number."""
    name = field.name
    if kind == "lte":
        return -INF, high
    if kind == "gte":
        return low, INF
    if kind in ("near", "exact") and name == "min_amount":
        return -INF, high
    if kind == "near" and is_year(field):
        return low - _YEARS, high + _YEARS
    if kind == "near" and high < 20 and COUNTS.search(name) and not name.startswith("episodes"):
        return low, high
    if kind == "exact" and (name == "rating" or field.zh in _REACH):  # a room of 25 m² needs so much at least
        return low, INF
    if kind == "near" or (kind == "exact" and name == "price"):
        return low * (1 - _NEAR), high * (1 + _NEAR)
    if kind == "exact" and (name.startswith("min_") or name.endswith(("_min_age", "age_min", "_from"))):
        return -INF, high
    return low, high


def _few(text: str, at: int, known: dict[str, int], schema: Schema, asked: str) -> Bound | None:
    """两三个小时, 1、2个小时: from the one to the other."""
    match = _FEW.match(text, at)
    if match is None or (match[1].isdigit() and not match[2]):
        return None
    low, high = number(match[1]) or 0, number(match[3]) or 0
    unit = QUANTITY.match(f"1{text[match.end() :]}")
    if (low + 1 != high and match[0].strip() != "三五") or unit is None:
        return None
    end = match.end() + unit.end() - 1
    return _bounded(text, at, end, (low, high, "range"), unit[4], known, schema, asked)
