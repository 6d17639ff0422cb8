"""Which numeric field a number belongs to: by a label nearby, by its unit, by the values that the field takes."""

import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from recsys.language.text import places
from recsys.language.units import DIMENSION, UNITS, convert
from recsys.schema import Field, Schema

MONEY = ("price", "min_amount")
_SCORE = re.compile(r"score|rating|评分|得分|打分|口碑", re.I)
_PIXELS = frozenset({"MP", "万像素"})
_OUNCES, _FLUID = frozenset({"oz", "ounce", "ounces", "盎司"}), 29.57 / 28.35  # those of a perfume are fluid
COUNTS = re.compile(r"people|persons|seats|players|ports|cups|doors|rooms|episodes|pages|人数|座位|座|门|集数|页数")
_BETWEEN = re.compile(r"between|预算|budget|价|钱|spend|pay")


@dataclass(frozen=True, slots=True)
class Measured:
    """A field, the factor from the number as said into the field's unit, and the label read at text[start:end]."""

    field: str
    factor: float
    start: int = -1
    end: int = -1
    labelled: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A number as said: `before` and `after` are the text of its clause around it, `kind` is lte, gte, near, range or exact."""

    before: str
    after: str
    unit: str | None
    kind: str
    value: float
    digits: bool = True  # written 2000, not 两千


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


def is_year(field: Field) -> bool:
    """True for a field that holds years: of release, of building."""
    return field.name == "year" or (field.unit == "年" and field.low >= 1500 and field.high <= 2200)


def year_field(known: Collection[str], schema: Schema) -> str:
    """The field of years, "" where there is none."""
    return "year" if "year" in known else next((n for n in known if is_year(schema.fields[n])), "")


@lru_cache(maxsize=4096)
def labels(field: Field) -> tuple[str, ...]:
    """What a field is called, the longest first."""
    unit = field.unit if field.unit not in (*UNITS, "人") and not field.unit.isascii() else ""  # 四个口
    words = {field.zh.lower(), field.en.lower(), field.name.lower(), unit, *field.words} - {""}
    return tuple(sorted(words, key=len, reverse=True))


def measure(said: Said, known: dict[str, int], schema: Schema, asked: str = "") -> Measured | None:
    """The field that a number is about; None where it is about none."""
    wanted, factor = UNITS.get(said.unit or "", ("", 1.0))
    fitting = {n: f for n in known if (f := _factor(said, wanted, schema.fields[n])) is not None}
    labelled = _labelled(said, fitting, known, schema)
    if labelled is not None:
        name, start, end = labelled
        name = _roomier(name, said.value, known, schema)
        return Measured(name, fitting[name] * factor * _thousands(said, schema.fields[name]), start, end, True)
    money = wanted != "元" or (asked in fitting and (schema.fields[asked].unit == "元" or asked in MONEY))
    if asked in fitting and money and (said.unit or not _price_rather(said.value, schema.fields[asked], known, schema)):
        return Measured(asked, fitting[asked] * factor * _thousands(said, schema.fields[asked]))
    if wanted == "元" or not wanted:
        return _plain(said, factor, wanted, known, schema)
    if wanted == "年" and said.value > 1900:
        year = year_field(known, schema)
        return Measured(year, 1.0) if year else None
    own = [n for n in fitting if schema.fields[n].unit or wanted == "rating"]
    own = [_roomier(n, said.value, known, schema) for n in own]
    own = [
        n for n in own if schema.fields[n].unit == wanted or _near(said.value * fitting[n] * factor, schema.fields[n])
    ]
    disks = [n for n in own if schema.fields[n].unit == "GB"] if said.unit == "g" and said.value in SIZES else []
    own = disks or own
    if not own and said.unit == "米" and "price" in known and _fits(said.value, schema.fields["price"]):
        return Measured("price", 1.0)  # 100米 of what has no length: slang for 元
    if not own:
        return None
    name = max(
        own,
        key=lambda n: (
            schema.fields[n].unit == wanted,
            -_apart(said.value * fitting[n] * factor, schema.fields[n]),
            known[n],
        ),
    )
    return Measured(name, fitting[name] * factor)


def _price_rather(value: float, field: Field, known: Collection[str], schema: Schema) -> bool:
    """True for a bare number that is far off this field but not off prices: nothing over 800, when the hours of a battery were asked."""
    if field.name in MONEY or "price" not in known or not _fits(value, price := schema.fields["price"]):
        return False
    return _apart(value, price) + 2 <= _apart(value, field)


def _roomier(name: str, value: float, known: Collection[str], schema: Schema) -> str:
    """The field of scores that goes up to a value where the rating does not: 8 of guests, not of stars."""
    if name != "rating" or value <= schema.fields[name].high:
        return name
    return next((n for n in known if _SCORE.search(n) and value <= schema.fields[n].high), name)


def _factor(said: Said, wanted: str, field: Field) -> float | None:
    """From the unit said into the field's; None where the field does not take this unit."""
    if not wanted:  # 像素不低于两千万, of megapixels
        return convert("像素", field.unit) if field.unit in _PIXELS and said.value > 3 * field.high else 1.0
    if is_year(field):
        return 1.0 if wanted == "年" and said.value > 1900 else None
    if wanted == "rating":
        return 1.0 if field.name == "rating" or _SCORE.search(field.name) else None
    if wanted == "元":
        return 1.0 if field.unit == "元" or field.name in MONEY else None
    if field.name in ("price", "rating"):
        return None  # no hours, no metres
    if said.unit == "g" and field.unit == "GB":
        return 1.0
    if said.unit in _OUNCES and field.unit == "ml":
        return _FLUID
    if not field.unit:
        return None if wanted in DIMENSION and COUNTS.search(field.name) else 1.0
    if wanted == "年" and field.unit == "天" and said.value < 1:
        return 360.0  # half a year is six months
    return convert(wanted, field.unit)


def _plain(said: Said, factor: float, wanted: str, known: dict[str, int], schema: Schema) -> Measured | None:
    """A number without a unit, or an amount of money: a year, else the price."""
    year = year_field(known, schema)
    if (
        year
        and not wanted
        and said.digits
        and 1900 <= said.value <= schema.fields[year].high + 3
        and _fits(said.value, schema.fields[year])
    ):
        return Measured(year, 1.0)
    if not wanted and said.kind == "exact":
        return None
    if not wanted and said.kind == "range" and said.value < 10 and not _BETWEEN.search(said.before):
        return None
    if not wanted and "rating" in known and 1 < said.value <= 5 and _too_small(said.value, known, schema):
        return Measured("rating", 1.0)
    name = next((n for n in MONEY if n in known), None)
    if name is None:  # of things without a price, the one field that has such numbers
        own = [n for n in known if not wanted and said.kind != "exact" and _among(said.value, schema.fields[n])]
        return Measured(own[0], factor) if len(own) == 1 else None
    return Measured(name, factor * (1.0 if wanted else _thousands(said, schema.fields[name])))


def _too_small(value: float, known: dict[str, int], schema: Schema) -> bool:
    """True where a number cannot be a price: 4.5 and up."""
    return "price" not in known or value != int(value) or 2 * value < schema.fields["price"].low


def _thousands(said: Said, field: Field) -> float:
    """1000 where an amount only makes sense in thousands: a car "under 30"."""
    tiny = field.name == "price" and 0 < said.value < 0.02 * field.low and not said.unit
    return 1000.0 if tiny and field.low <= said.value * 1000 <= field.high else 1.0


SIZES = frozenset({4, 6, 8, 12, 16, 24, 32, 64, 128, 256, 512, 1024, 2048})  # what memory comes in, said as 256G


def _near(value: float, field: Field) -> bool:
    """True where the value is of the order of the field's: no film lasts three days."""
    return 0.1 * field.low <= value <= 4 * max(field.high, 1e-9)


def _apart(value: float, field: Field) -> int:
    """How far the value is from those of the field: 0 among them, else in powers of two from the middle."""
    if value <= 0 or field.high <= 0:
        return 0 if _fits(value, field) else 9
    middle = math.sqrt(field.low * field.high) if field.low > 0 else field.high / 4
    return round(abs(math.log2(value / middle)))


def _among(value: float, field: Field) -> bool:
    """True where the value lies among those of a field that counts in the hundreds or more."""
    return not is_year(field) and value >= 100 and field.low <= value <= field.high


def _fits(value: float, field: Field) -> bool:
    """True where the value lies among those of the field, or near."""
    return 0.5 * field.low <= value <= 2 * max(field.high, 1e-9)


def _labelled(
    said: Said, fitting: dict[str, float], known: dict[str, int], schema: Schema
) -> tuple[str, int, int] | None:
    """The field whose label stands nearest before the number in its clause, or right after it."""
    factor = UNITS.get(said.unit or "", ("", 1.0))[1]
    best: tuple[tuple[float, ...], tuple[str, int, int]] | None = None
    for name, into in fitting.items():
        field = schema.fields[name]
        value = said.value * into * factor
        if not said.unit and value > 3 * max(field.high, 1) and _thousands(said, field) == 1:  # "top rated under 20k"
            continue
        for word in labels(field):
            at = max((a for a, _ in places(said.before, word)), default=-1) if len(word) > 1 else -1
            another = at > 0 and _OF_ANOTHER.search(said.before[:at]) and not _NEXT.match(said.before, at + len(word))
            at = -1 if another else at
            follows = label_after(word).match(said.after) if word in said.after else None
            if at < 0 and not follows:
                continue
            end = at + len(word) if at >= 0 else -1
            near = float(end) if at >= 0 and not (follows and len(said.before) - end > 3) else float(len(said.before))
            rank = (near, float(_fits(value, field)), float(len(word)), float(known[name]))
            if best is None or rank > best[0]:
                best = rank, (name, at, end)
    return best[1] if best else None


_TO_COME = r"(?:(?:是|为|要|得|在|达到?|有)?(?:大概|大约|至少|最少|不低于|不超过|高于|低于|大于|小于)?\s?\d|(?:至少|最少|不低于|不超过|高于|低于|大于|小于)[一二两三四五六七八九十百千万半几]|[一二两三四五六七八九十百千万半几]+(?:[百千万斤克元块升米寸年月天小分岁]|公[斤里分]))"
_NEXT = re.compile(
    r"是|为|要|得|在|达|别|不|至少|最|起码|超|高|低|大|小|少|多"
)  # 找一个评分是5分的: the label of the 5, not of the one
_OF_ANOTHER = re.compile(
    r"[\d一二两三四五六七八九十百千万半]\s?(?:[a-z%]{1,4}|[升斤克寸个口张座])?\s?$"
)  # 16g内存 5000以下: of the 16


@lru_cache(maxsize=4096)
def label_after(label: str) -> re.Pattern[str]:
    """A label right after a number."""
    return re.compile(
        rf"[\s的+-]*(?:个?或者?更[多大高]|以上|以下|以内|之内|左右|来|or more|or less|or fewer|plus)?(?:就)?(?:能|可以)?[\s的-]*(?:of (?:the )?)?个?{re.escape(label)}{'s?(?![a-z])' if label.isascii() else ''}(?![\u4e00-\u9fff]?{_TO_COME})"
    )


def label_words(schema: Schema, categories: Collection[str]) -> frozenset[str]:
    """What the numeric fields of these categories are called: such a word names no value."""
    return frozenset(w for n in numeric(schema, categories) for w in labels(schema.fields[n]))
