"""Two numbers said as one: 两三百 is 200 to 300, 12+512 is memory and storage."""

import re

from recsys.language.measures import Said, measure
from recsys.language.numbers import number
from recsys.language.quantities import Bound, between
from recsys.schema import Schema

_HUNDREDS = re.compile(
    r"((?:[一二两三四五六七八九]万)?(?:[一二两三四五六七八九]千)?(?:[一二两三四五六七八九]百)?[一二两三四五六七八])([二两三四五六七八九])([十百千万])\s?(元|块钱儿?|块|岁|天|年|个月|分钟|小时|升|斤|寸|集|页|瓦|公里|平米?|升)?"
)
_A_HUNDRED = re.compile(r"(?<![一二两三四五六七八九十千万\d])百八十(?:来)?(?:块钱?|元)")
_MEMORY = re.compile(r"(?<![\d.])(\d{1,2})\s?g?b?\s?\+\s?(\d{3,4}|[124]t)\s?g?b?(?![\d.])")


def memory(text: str, at: int, known: dict[str, int], schema: Schema) -> Bound | None:
    """12+512: memory and storage of one thing that has both."""
    match = _MEMORY.match(text, at)
    own = sorted((n for n in known if schema.fields[n].unit == "GB"), key=lambda n: schema.fields[n].high)
    if match is None or len(own) != 2:
        return None
    size = float(match[2][:-1]) * 1000 if match[2].endswith("t") else float(match[2])
    first, second = float(match[1]), size
    return Bound(at, match.end(), (*between(own[0], first, first), *between(own[1], second, second)))


def hundreds(text: str, at: int, known: dict[str, int], schema: Schema, asked: str) -> Bound | None:
    """两三百: 200 to 300."""
    if match := _A_HUNDRED.match(text, at):  # 百八十块: eighty to a hundred
        money = measure(Said(text[:at], text[match.end() :], "元", "range", 100), known, schema, asked)
        return Bound(at, match.end(), between(money.field, 80, 100)) if money else None
    match = _HUNDREDS.match(text, at)
    if match is None:
        return None
    times = number("一" + match[3]) or 1
    whole = number(match[1][:-1]) or 0.0 if len(match[1]) > 1 else 0.0  # 一千八九百, 一百二三十
    low, high = whole + (number(match[1][-1]) or 0) * times, whole + (number(match[2]) or 0) * times
    found = measure(Said(text[:at], text[match.end() :], match[4], "range", high), known, schema, asked)
    if found is None:
        return None
    return Bound(at, match.end(), between(found.field, low * found.factor, high * found.factor))
