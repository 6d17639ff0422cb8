"""Much or little of a number, short of the most and the least: 粉丝多的, low fees, a cheap dress."""

import re
from collections.abc import Collection
from functools import cache

from recsys.language.adjectives import DOWN, UP
from recsys.language.measures import labels, numeric
from recsys.schema import Schema


def leaning(text: str, schema: Schema, categories: Collection[str]) -> tuple[str, bool, int, int] | None:
    """As `superlative`, where much or little of a field is asked for by name: 粉丝多的, 价格低的, low fees; and 便宜的, cheap, popular."""
    known = numeric(schema, categories)
    for name in sorted(known, key=lambda n: -known[n]):
        for word in labels(schema.fields[name]):
            match = _much(word).search(text) if word in text and len(word) > 1 else None
            if match:
                return name, bool(match["up"]), match.start(), match.end()
    newer = _NEWER.search(text) if not schema.kinds.get("date", frozenset()).isdisjoint(categories) else None
    if newer:
        return "date", True, newer.start(), newer.end()
    for pattern, name, up in _PLAINLY:
        if name in known and (match := pattern.search(text)):
            return name, up, match.start(), match.end()
    return None


@cache
def _much(label: str) -> re.Pattern[str]:
    w = re.escape(label)
    if label.isascii():
        return re.compile(
            rf"(?<!too )(?<!not )\b(?:(?P<up>high|long|large|big|lots of|plenty of|many)|low|short|small|few|little) {w}s?\b(?! (?:of|than|above|over|under|below|\d))"
        )
    degree = "(?:比较|很|要|挺|最好|特别|非常|蛮|够|越)?"
    return re.compile(rf"(?<!不要){w}{degree}(?:(?P<up>{UP})|{DOWN})(?:的(?!不|别|就算|也|那)|越好)")


_NEWER = re.compile(
    r"(?:再|更)?新(?:一点|一些|点|些)(?:的)?|\b(?:newer|fresher|more recent|more current)\b(?! than)"
)  # of what has a day
_PLAINLY = (
    (re.compile(r"(?<![不别太么更没])(?:便宜|实惠|平价|廉价)的(?!那|这|不|也|就算)|\b(?<!too )(?<!not )(?:cheap|inexpensive|affordable|low[- ]cost)\b(?! ?(?:one\b|er|but|enough))"), "price", False),
    (re.compile(r"(?<![不太么更没])(?:评分|评价|口碑|好评)(?:很|比较|要)?(?:高|好|多)的(?!那|这|不|也)|\b(?:well|highly|high|good)[- ](?:rated|reviewed)\b|\bgood reviews\b"), "rating", True),
    (re.compile(r"(?<![不太么更没])(?:热门|火爆|受欢迎|畅销|人气高)的(?!那|这|不|也)|\b(?<!not )(?<!too )popular\b(?! (?:one|music|science))"), "popularity", True),
)  # fmt: skip
