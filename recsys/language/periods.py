"""Years in other words than a number: 90年代, this century, the last five years, at most three years old."""

import re

from recsys.datamodels import Constraint
from recsys.language.measures import Said, year_field
from recsys.language.numbers import NUMBER, number
from recsys.language.quantities import INF, Bound, between
from recsys.language.units import UNITS
from recsys.schema import Field, Schema

_RECENT = re.compile(rf"(?:(?:最?近|过去)的?({NUMBER})年|(?:the )?(?:last|past) ({NUMBER}) years)")
_DECADE = re.compile(
    r"(?:(?P<first>[二三四五六七八])(?P<last>[三四五六七八九])十年代|(19|20)?(\d)0\s?(?:年代|后(?!年)|'?s\b)|([一二三四五六七八九])十年代|([零一〇七八九])(?:几年(?![前后来了])|[零〇]年代)|(?:the )?(sixties|fifties|forties|thirties|seventies|eighties|nineties|noughties))"
)
_LATER = re.compile(
    r"\s?(?:以后|之后|以来|及以后|往后|开始|onwards?|on\b|and (?:later|after|newer)|or (?:later|newer))"
)
_EARLIER = re.compile(r"\s?(?:以前|之前|及以前|(?P<or>and earlier|or earlier|or older))")
_BEYOND = re.compile(
    r"(?:(?P<before>before|pre-?|older than|earlier than)|(?P<after>after|post-?|later than)|since)\s?(?:the )?$"
)
_CENTURY = re.compile(
    r"(?P<now>本世纪|这个世纪|21世纪|二十一世纪|this century|(?:the )?(?:21st|twenty-first) century)|上个?世纪(?![一二三四五六七八九\d])|20世纪(?!\d)|(?:the )?last century|(?:the )?20th century"
)
_SHORT = r"\d\d|[零〇一二][零〇一二三四五六七八九]"
_FIRST_TEN = re.compile(r"的?(?:头|前|最初)的?(?:十|10)年")
_YEARS = re.compile(rf"(?<!\d)({_SHORT})年?(?:到|至|-|~)({_SHORT})年(?!以内|之内|内|以来)")  # 16到22年的
_YEAR_OF = re.compile(  # 一九年的车, 零五年款; but not 一两年的, 一二年
    r"(?<![\d零〇一二两三四五六七八九十百千万])(?P<year>[零〇][零〇一二三四五六七八九]|一[零〇三四五六七八九]|二[零〇一二四五]|[89]\d(?=年(?:播|拍|上映|的?(?:电影|片|剧|电视剧|老片)))|[012]\d(?=年(?:的?[车片剧]|年?款|产|出厂|上牌|上映)))年(?=的(?!理财|存款|债|定期)|款|产|出厂|上牌|上映|拍|播)"
)
_SHORT_YEAR = re.compile(r"(?:\d\d|[零〇一二三四五六七八九]{2})年")
_BEFORE = re.compile(r"之前|以前")  # 九五年以前
_ROUGHLY = re.compile(r"\b(?:low|mid|high|upper|lower)[ -](?:to[ -](?:mid|high)[ -])?$")
_TENS = {c: n for n, c in enumerate("一二三四五六七八九", 1)} | {
    "thirties": 3,
    "forties": 4,
    "fifties": 5,
    "sixties": 6,
    "seventies": 7,
    "eighties": 8,
    "nineties": 9,
    "noughties": 0,
    "零": 0,
    "〇": 0,
}


def decade(text: str, at: int, known: dict[str, int], schema: Schema) -> Bound | None:
    """90年代, 80后, the nineties: a decade that starts at `at`."""
    if (span := _YEARS.match(text, at)) and (year := year_field(known, schema)) and _short(span[1]) < _short(span[2]):
        return Bound(at, span.end(), between(year, _short(span[1]), _short(span[2])))
    if (one := _YEAR_OF.match(text, at)) and (year := year_field(known, schema)):
        return Bound(at, one.end(), between(year, _short(one["year"]), _short(one["year"])))
    match = _DECADE.match(text, at)
    if match is None or not (year := year_field(known, schema)) or (at and text[at - 1].isdigit()):
        return None
    if _ROUGHLY.search(text[:at]):  # the low 20s
        return Bound(at, match.end(), ())
    *_, century, digit, chinese, short, english = match.groups()
    if match["last"]:  # 六七十年代
        return Bound(
            at, match.end(), between(year, 1900.0 + _TENS[match["first"]] * 10, 1909.0 + _TENS[match["last"]] * 10)
        )
    tens = int(digit) if digit else _TENS[chinese or short or english]
    first = (int(century) if century else (19 if tens >= 3 else 20)) * 100 + tens * 10
    low, high, start, end = float(first), float(first + 9), at, match.end()
    if later := _LATER.match(text, end):
        high, end = INF, later.end()
    elif earlier := _EARLIER.match(text, end):
        low, high, end = -INF, high if earlier["or"] else low - 1, earlier.end()
    elif beyond := _BEYOND.search(text[:at]):
        start = beyond.start()
        low, high = (-INF, low - 1) if beyond["before"] else (high + 1 if beyond["after"] else low, INF)
    return Bound(start, end, between(year, low, high))


def century(text: str, at: int, known: dict[str, int], schema: Schema) -> Bound | None:
    """本世纪, last century, the 21st century."""
    match = _CENTURY.match(text, at)
    if match is None or not (year := year_field(known, schema)):
        return None
    if match["now"] and (first := _FIRST_TEN.match(text, match.end())):  # 本世纪头十年
        return Bound(at, first.end(), between(year, 2000.0, 2009.0))
    years = (2000.0, INF) if match["now"] else (-INF, 1999.0)
    return Bound(at, match.end(), between(year, *years))


def recent(text: str, at: int, known: dict[str, int], schema: Schema) -> Bound | None:
    """近十年, the last five years: back from the latest year that the catalogue has."""
    match = _RECENT.match(text, at)
    years = number(match[1] or match[2]) if match else None
    year = year_field(known, schema) if match else ""
    if match is None or years is None or not year:
        return None
    return Bound(at, match.end(), (Constraint(year, "gte", schema.fields[year].high - years),))


def aged(text: str, at: int, end: int, said: Said, year: Field) -> tuple[Constraint, ...]:
    """Years of things that have an age but no field for it: at most 3 years old, 三年内的车; 19年以后 is a year in short."""
    value = said.value
    if _SHORT_YEAR.fullmatch(text[at:end].strip()) and (said.kind == "gte" or _BEFORE.match(text, end)):
        in_full = _short(text[at:end].strip()[:2])
        return between(year.name, in_full, INF) if said.kind == "gte" else between(year.name, -INF, in_full)
    if UNITS[said.unit or ""][0] not in ("年", "岁"):
        return ()
    if said.kind == "lte" or text[end:].lstrip().startswith("or newer"):
        return between(year.name, year.high - value, INF)
    return ()


def _short(digits: str) -> float:
    """The year that two digits tell: 九五 is 1995, 05 is 2005."""
    short = int("".join(str(_TENS.get(c, c)) for c in digits))
    return float(short + (1900 if short > 40 else 2000))
