"""What one cell says: numbers with signs, thousands, ranges and units, and short lists."""

import re
from dataclasses import dataclass
from functools import lru_cache

from recsys.datamodels import Range

# unit -> (dimension, how many of the dimension's smallest unit it is). Units of one dimension can be converted.
_SCALES: dict[str, dict[str, float]] = {
    "time": {"s": 1, "min": 60, "h": 3600, "天": 86400, "周": 604800},
    "mass": {"mg": 0.001, "g": 1, "kg": 1000, "t": 1e6, "lb": 453.59237, "oz": 28.349523},
    "data": {"KB": 1 / 1048576, "MB": 1 / 1024, "GB": 1, "TB": 1024},
    "volume": {"ml": 1, "cl": 10, "L": 1000},
    "length": {"mm": 1, "cm": 10, "m": 1000, "km": 1e6},
    "power": {"W": 1, "kW": 1000},
    "charge": {"mAh": 1, "Ah": 1000},
    "pixels": {"万像素": 1e4, "MP": 1e6},
    "frequency": {"Hz": 1, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9},
}
DIMENSION = {unit: (name, factor) for name, scale in _SCALES.items() for unit, factor in scale.items()}

# how people write a unit (lower case) -> its one spelling
UNITS: dict[str, str] = {
    **{unit.lower(): unit for unit in DIMENSION},
    **dict.fromkeys(("秒", "秒钟", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("分钟", "mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("小时", "个小时", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("日", "d", "day", "days"), "天"), **dict.fromkeys(("星期", "week", "weeks"), "周"),
    **dict.fromkeys(("个月", "month", "months"), "月"), **dict.fromkeys(("岁", "years old"), "岁"),
    **dict.fromkeys(("毫克",), "mg"), **dict.fromkeys(("克", "gram", "grams"), "g"), **dict.fromkeys(("千克", "公斤", "kgs", "kilogram", "kilograms"), "kg"),
    **dict.fromkeys(("吨", "ton", "tons"), "t"), **dict.fromkeys(("lbs", "pound", "pounds"), "lb"), "ounces": "oz",
    "兆": "MB", "g内存": "GB", **dict.fromkeys(("毫升", "毫升装"), "ml"), **dict.fromkeys(("升", "litre", "litres", "liter", "liters"), "L"),
    "毫米": "mm", **dict.fromkeys(("厘米", "公分"), "cm"), **dict.fromkeys(("米", "metre", "metres", "meter", "meters"), "m"),
    **dict.fromkeys(("公里", "千米", "kms"), "km"), **dict.fromkeys(("英寸", "寸", "inch", "inches", "-inch", '"', "″"), "英寸"),
    **dict.fromkeys(("瓦", "watt", "watts"), "W"), "千瓦": "kW", **dict.fromkeys(("毫安", "毫安时"), "mAh"), "赫兹": "Hz",
    **dict.fromkeys(("db", "分贝"), "dB"), **dict.fromkeys(("页", "pages", "page"), "页"), **dict.fromkeys(("集", "episodes"), "集"),
    **dict.fromkeys(("分", "星", "stars", "star", "颗星"), "星"), **dict.fromkeys(("m2", "sqm", "平", "平米", "平方米", "㎡"), "m²"),
    **dict.fromkeys(("°c", "℃", "度", "摄氏度"), "°C"), "%": "%", "年": "年",
}  # fmt: skip

CURRENCIES: dict[str, str] = {
    **dict.fromkeys(("¥", "￥", "元", "块", "块钱", "人民币", "rmb", "cny", "cn¥", "yuan"), "CNY"),
    **dict.fromkeys(("$", "us$", "usd", "美元", "dollar", "dollars"), "USD"), **dict.fromkeys(("€", "eur", "欧元", "euro", "euros"), "EUR"),
    **dict.fromkeys(("£", "gbp", "英镑"), "GBP"), **dict.fromkeys(("jpy", "日元", "円", "yen"), "JPY"), **dict.fromkeys(("hk$", "hkd", "港币", "港元"), "HKD"),
    **dict.fromkeys(("nt$", "twd", "新台币", "台币"), "TWD"), **dict.fromkeys(("₩", "krw", "韩元"), "KRW"), **dict.fromkeys(("₹", "inr", "rs.", "rs"), "INR"),
    **dict.fromkeys(("₽", "rub"), "RUB"), **dict.fromkeys(("a$", "aud"), "AUD"), **dict.fromkeys(("c$", "cad"), "CAD"), **dict.fromkeys(("sgd", "s$"), "SGD"),
}  # fmt: skip

EMPTY = frozenset(("nan", "null", "none", "n/a", "#n/a", "-", "--", "—", "\\n", "nil", "undefined"))
NO_PRICE = frozenset(("面议", "暂无", "待定", "暂无报价", "缺货", "tbd", "tba", "ask", "on request"))
FREE = frozenset(("免费", "free", "免票", "无需门票"))
_MULTIPLIER = {"百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8, "k": 1e3, "w": 1e4, "m": 1e6}
_SIGNS = "|".join(sorted((re.escape(c) for c in CURRENCIES), key=len, reverse=True))
_DIGITS = r"\d{1,3}(?:[, ']\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+,\d{1,2}|\d+,\d{1,2}(?!\d)|\d+(?:\.\d*)?(?:e[+-]?\d{1,3})?|\.\d+"
_ONE = rf"(?P<before>{_SIGNS})?\s?(?P<number>[+-]?(?:{_DIGITS}))\s?(?P<times>[百千万亿]|[kwm](?![a-z]))?\+?\s?(?P<unit>[^\W\d_]{{1,12}}[23²³]?|[%\"″$€£¥]|°c|-inch)?"
_QUANTITY = re.compile(
    rf"(?:约|大约|人均|≈|~|≥|≤|<|>|from |about |approx\.? |up to )?{_ONE}(?:\s?(?:/|每|per )\s?[^\W\d_]{{1,8}})?"
)
_ROUGHLY = re.compile(r"\s?(?:\+|左右|起|以上|以内)$")
_RANGE = re.compile(r"(.*\d[^-–—~～至到]*?)\s?(?:-|–|—|~|～|至|到| to )\s?([^\d]{0,3}\d.*)")
_COMPOUND = re.compile(r"(\d+(?:\.\d+)?)\s?([^\W\d_]+)[\s,]*")
_SCORE = re.compile(r"(\d+(?:\.\d+)?)\s?(?:/|out of )\s?\d+(?:\s?stars?)?")
_LONG_NUMBER = 15  # digits; longer ones are codes, and so are numbers that begin with a zero


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as a cell gives it, a `Range` where it gives two. `unit` has one spelling, `currency` is an ISO code."""

    value: float
    unit: str = ""
    currency: str = ""


@lru_cache(maxsize=65_536)
def quantity(text: str, multiples: bool = False) -> Quantity | None:
    """What a cleaned cell measures: 1,299 · ¥1.2万 · 3–5 天 · 128GB · 2h 10min; None where it is not one number.

    `multiples` lets k, w and m stand for thousands, ten thousands and millions, as they do in prices and sales.
    """
    lowered = text.lower().strip()
    if not lowered or not any(c.isdigit() for c in lowered) or len(lowered) > 40:
        return None
    return _single(lowered, multiples) or _span(lowered, multiples) or _sum(lowered)


def score(text: str) -> Quantity | None:
    """A rating, also as 4.5/5 or 4 out of 5 stars."""
    match = _SCORE.fullmatch(text.lower().strip())
    return Quantity(float(match[1])) if match else quantity(text)


def _single(text: str, multiples: bool) -> Quantity | None:
    match = _QUANTITY.fullmatch(_ROUGHLY.sub("", text))
    if match is None:
        return None
    digits, times, unit = match["number"], match["times"] or "", match["unit"] or ""
    bare = digits.lstrip("+-")
    if len(bare) > _LONG_NUMBER or (bare[0] == "0" and len(bare) > 1 and bare[1].isdigit()):
        return None
    money = CURRENCIES.get(match["before"] or "") or CURRENCIES.get(unit)
    if times.isascii() and times and not (multiples or money):
        times, unit = "", times + unit
    value = _float(digits) * _MULTIPLIER.get(times, 1)
    if abs(value) > 1e15:
        return None
    return Quantity(round(value, 6), "" if money else UNITS.get(unit, unit), money or "")


def _float(digits: str) -> float:
    """1,299.5 and 1 299.5 and 1.299,50 and 4,5."""
    if re.search(r",\d{1,2}$", digits):
        return float(digits.replace(".", "").replace(",", "."))
    return float(re.sub(r"[, ']", "", digits))


def _span(text: str, multiples: bool) -> Quantity | None:
    match = _RANGE.fullmatch(text)
    if match is None:
        return None
    low, high = _single(match[1].strip(), multiples), _single(match[2].strip(), multiples)
    if low is None or high is None:
        return None
    if low.unit != high.unit and low.unit and high.unit:
        if DIMENSION.get(low.unit, low.unit)[0] != DIMENSION.get(high.unit, high.unit)[0]:
            return None
        low = Quantity(convert(low.value, low.unit, high.unit), high.unit)
    if low.value > high.value:
        return None
    value = Range(low.value, high.value) if low.value < high.value else low.value
    return Quantity(value, high.unit or low.unit, high.currency or low.currency)


def _sum(text: str) -> Quantity | None:
    """2h 10min -> 130 min: parts of one dimension, in the unit of the last."""
    parts = _COMPOUND.findall(text)
    if len(parts) < 2 or _COMPOUND.sub("", text).strip():
        return None
    units = [UNITS.get("分钟" if unit == "分" else unit, "") for _, unit in parts]
    dimensions = {DIMENSION[u][0] if u in DIMENSION else "" for u in units}
    if len(dimensions) != 1 or "" in dimensions:
        return None
    total = sum(convert(float(n), u, units[-1]) for (n, _), u in zip(parts, units, strict=True))
    return Quantity(round(total, 6), units[-1])


def convert(value: float, unit: str, into: str) -> float:
    """A value of one unit in another of the same dimension; as it is where a unit is missing or unknown."""
    if unit == into or unit not in DIMENSION or into not in DIMENSION:
        return value
    factor = DIMENSION[unit][1] / DIMENSION[into][1]
    if isinstance(value, Range):
        return Range(round(value.low * factor, 6), round(value.high * factor, 6))
    return round(value * factor, 6)


def split(text: str, separator: str) -> tuple[str, ...]:
    """The parts of a list cell, each once."""
    return tuple(dict.fromkeys(p for p in (part.strip() for part in text.split(separator)) if p))
