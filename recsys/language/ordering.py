"""In which order things are to be listed: 按价格从低到高排, 从新到旧, "sort by rating", "price low to high"."""

import re
from collections.abc import Collection

from recsys.language.comparison import superlative
from recsys.language.measures import labels, numeric
from recsys.schema import Schema

Order = tuple[str, bool, int, int]  # a field, whether its greatest values come first, and where the message says so

_HIGH, _LOW = "高|大|多|长|重|贵|新|晚|好|快|强|久", "低|小|少|短|轻|便宜|旧|老|早|差|慢|弱|近"
_HIGH_EN, _LOW_EN = (
    r"high(?:est)?|most|expensive|pric\w+|big(?:gest)?|large(?:st)?|long(?:est)?|heav\w+|new(?:est)?|desc\w*|best",
    r"low(?:est)?|cheap(?:est)?|small(?:est)?|short(?:est)?|light(?:est)?|old(?:est)?|asc\w*|few\w*|least|near\w*",
)
_RANK = r"排(?:个?序|列|一?下|一排)?"
_ZH = (
    rf"(?:按照?|依|根据)?(?:{{label}})的?(?:[从由]?(?:(?P<high>{_HIGH})[到至](?:{_LOW})|(?P<low>{_LOW})[到至](?:{_HIGH}))(?:来?{_RANK})?"
    rf"|(?P<desc>降序|倒序)(?:来?{_RANK})?|(?P<asc>升序|正序)(?:来?{_RANK})?)"
    rf"|(?:按照?|依|根据)(?:{{label}})的?来?{_RANK}(?:[,，]?(?:(?P<first>{_HIGH})|(?P<last>{_LOW}))的?[在放排]?(?:最)?[前上]面?)?"
)
_EN = (
    r"\b(?:(?:sort|order|rank|arrange|list)(?:ed|ing)?(?: (?:them|these|those|it|all|everything|results|the list))*(?: by| on) (?:the )?(?:{label})\b"
    rf"(?:[,:]? ?\(?(?:from |the )?(?:(?P<high>{_HIGH_EN})|(?P<low>{_LOW_EN}))\b(?: (?:to|first|on top)(?: [a-z]+)?)?)?"
    rf"|(?:{{label}}),? (?:from )?(?:(?P<down>high(?:est)?)|(?P<up>low(?:est)?)) to (?:low|high)(?:est)?\b)"
)
_FROM = re.compile(rf"从({_HIGH}|{_LOW})[到至](?:{_HIGH}|{_LOW})(?:来?{_RANK})?")
_LEAST_FIRST = re.compile(
    r"price|min_amount|weight|distance|noise|_term|read_min|价|重量|距离|通勤|噪"
)  # where little is meant, unless it is said


def ordered(text: str, schema: Schema, categories: Collection[str]) -> Order | None:
    """The order that a cleaned, lower-case message asks for, by a field that items of these categories have; None where it asks for none."""
    known = [*numeric(schema, categories), *(["date"] if "date" in schema.fields else [])]
    named = [(word, name) for name in known for word in labels(schema.fields[name]) if word in text]
    for word, name in sorted(named, key=lambda n: -len(n[0])):
        match = re.search((_EN if word.isascii() else _ZH).format(label=re.escape(word)), text)
        if match is not None:
            said = {k for k, v in match.groupdict().items() if v}
            down = bool(said & {"high", "desc", "first", "down"})
            up = bool(said & {"low", "asc", "last", "up"})
            least = up or (not down and bool(_LEAST_FIRST.search(name)))
            return name, not least, match.start(), match.end()
    match = _FROM.search(text)
    best = superlative(f"最{match[1]}", schema, categories) if match else None
    return (*best[:2], match.start(), match.end()) if match and best else None
