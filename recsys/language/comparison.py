"""What is compared: superlatives over the whole catalogue (最轻的, cheapest), critiques of what is shown (便宜一点, bigger than the second)."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import median

from recsys.datamodels import Constraint, Item, Op, Query
from recsys.language.adjectives import ADJECTIVES, BIT, DOWN, UP, field_of, forms_of
from recsys.language.measures import labels, numeric
from recsys.language.numbers import NUMBER, number
from recsys.language.pointing import MEASURE, ordinals
from recsys.language.scales import steps
from recsys.language.text import blank
from recsys.schema import Schema

_UP_EN, _DOWN_EN = (
    "higher|longer|larger|bigger|better|more|greater|newer|faster",
    "lower|shorter|smaller|less|fewer|older|slower",
)
_MOST_EN = "highest|most|longest|largest|biggest|best|greatest|strongest"
_LEAST_EN = "quickest|fastest|lowest|least|shortest|smallest|fewest|slimmest"
_SIZED, _SIZE = re.compile(r"bigger|larger|smaller|roomier"), re.compile(r"size|area|space")
_RATE, _FASTEST = re.compile(r"rate|refresh|speed|charging"), re.compile(r"fastest|quickest")
_RATHER = r"(?:a bit |a little |way |far |rather |kind of |quite |pretty |all |too )+"  # of all that is shown
_LITTLE, _MUCH = "short|low|small|limited|poor|weak|little", "long|high|big|large|much"
_COSTS = re.compile(r"\bcosts? (?:me )?the (?:(most)|least)\b")
_CANONICAL = ("price", "rating", "popularity")
_AGAINST = re.compile(r"(?:比|像|照着|和|跟|与|不如|\bthan|\blike|\bvs\.?)\s?(?:the )?$")
_RELATIVE = re.compile(r"比(?!较)|than|过第|\bas the\b|不如")
_ALSO = re.compile(
    r"就[贵远大长重慢小旧](?:一?[点些])?|的?也(?:行|可以|好)|的?[也都]?(?:没关系|无所谓|能接受|没事|不要紧|没问题)|\s+(?:is|would be) (?:fine|ok|okay|no problem|acceptable)"
)
_NUMBER_AFTER = re.compile(
    r"\s*than\s+(?:the (?:year )?)?(?:[$¥￥£€]?\s?\d|(?:an?|one|two|three|four|five|six|ten|half an?) (?:hour|minute|day|week|month|year|hundred|thousand)s?\b)"
)
_UPDATES = re.compile(
    r"\b(?:nothing|no|not) [a-z]+er than (?:that|this)[.!]?$|(?:每[天日周月]|[日周月]|经常|持续|定期|按时|不断|一直在?)更新|更新(?=[得频快慢勤])"
)  # no newer ones
_OR = re.compile(r"\d[^,.;]{0,14} or $")  # 14 inches or smaller
_NUMBER_BEFORE = re.compile(r"比\s?[$¥￥]?\d[\d.,]*(?!号)[^,，。;；]{0,6}$")
_MORE = 4 / 3  # how far a bound may be passed where a little is fine
_BY = re.compile(
    rf"(?:个|上|了)?(?:{NUMBER})[来多几]?(?:块钱?|元|克|斤|公斤|寸|厘米|分钟|平|米)?|(?:个|上)?几[十百千]?(?:块钱?|元|克|斤|寸|厘米|分钟)"
)

_MONEY = r"(?:块钱?|元| ?(?:yuan|rmb|dollars|bucks|quid|pounds|euros))?(?![a-z\d个件人位天年本条%寸])"
_RAISED = re.compile(  # 再加五百, "another 500", "go up by 500"
    rf"(?:预算|价格)?(?:还|最多)?(?:可以|能)?(?:再|还)?(?:(?:再|多)(?:加|花|出|添|给|涨|多)|(?:预算|价格)[^,，。\d]{{0,3}}(?:加|涨|提高|放宽|上浮))(?:个|上)?(?P<zh>{NUMBER}){_MONEY}(?:也(?:行|可以|成|没问题)|都(?:行|可以))?"
    rf"|\b(?:add|stretch|spend|pay|go|throw in|raise|increase|budget)\b[a-z' ]{{0,24}}?\b(?:another|an (?:extra|additional)|by)(?: another)? [$¥￥]?(?P<en>{NUMBER}){_MONEY}"
    rf"|\b(?:add|spend|pay|go|stretch to) [$¥￥]?(?P<more>{NUMBER}){_MONEY} (?:more|extra|higher)\b"
)


@dataclass(frozen=True, slots=True)
class Critique:
    """What is to be less or more than in the shown items, read at text[start:end]."""

    start: int
    end: int
    constraint: Constraint
    conceded: bool = False  # a bound that may be passed a little


def superlative(text: str, schema: Schema, categories: Collection[str]) -> tuple[str, bool, int, int] | None:
    """(field, descending, start, end) where a superlative is asked for, of a field that items of these categories have."""
    known = numeric(schema, categories)
    if "date" in schema.fields:
        known |= {"date": 1}
    called = [(word, name) for name in known for word in labels(schema.fields[name]) if word in text]
    for word, name in sorted(called, key=lambda c: (-len(c[0]), -known[c[1]])):  # of guest score, not of score
        if (match := _labelled_most(text, word)) and not _bound(text, match.end(), word):
            recent = name in ("year", "date") and match[0].endswith("近")
            fast = bool(_RATE.search(word) and _FASTEST.search(match[0]))  # a refresh rate, not a time
            return name, bool(match[1]) or recent or fast, match.start(), match.end()
    if "price" in known and (match := _COSTS.search(text)):
        return "price", bool(match[1]), match.start(), match.end()
    for adjective in ADJECTIVES:
        match = forms_of(adjective).most.search(text)
        field = field_of(adjective, known, schema) if match else None
        if match and field:
            return field, adjective.up, match.start(), match.end()
    return None


def most(phrase: str) -> str:
    """The superlative of an adjective that picks one thing out: the cheap one, 便宜的那个."""
    if phrase.isascii():
        more = re.fullmatch(r"(?:(?:two|three) )?([a-z]+er)", phrase)  # the two cheaper ones
        return f"{more[1][:-1]}st" if more else _MOST_OF.get(phrase, phrase)
    return phrase if "最" in phrase else f"最{phrase}"


_MOST_OF = {
    "cheap": "cheapest", "expensive": "most expensive", "pricey": "priciest", "big": "biggest", "large": "largest", "small": "smallest",
    "light": "lightest", "heavy": "heaviest", "new": "newest", "old": "oldest", "long": "longest", "short": "shortest",
}  # fmt: skip


def again(text: str, before: tuple[str, bool] | None) -> tuple[str, bool, int, int] | None:
    """The superlative of the message before, said again without its field: 要一年以内里最高的."""
    match = re.search(rf"最(?:({UP})|(?:{DOWN}))|\b(?:({_MOST_EN})|(?:{_LEAST_EN}))\b", text) if before else None
    return (before[0], any(match.groups()), match.start(), match.end()) if match and before else None


def _labelled_most(text: str, word: str) -> re.Match[str] | None:
    if f"最近{word}" in text and word[-1] not in "期离份":
        return None  # 最近压力大: lately, not the nearest
    if not word.isascii():
        return re.search(rf"{re.escape(word)}最(?:({UP})|(?:{DOWN}|便宜))|最(?:({UP})|(?:{DOWN}|便宜))的?{re.escape(word)}", text) and re.search(
            rf"(?:{re.escape(word)}最|最(?=(?:{UP}|{DOWN})的?{re.escape(word)}))(?:({UP})|(?:{DOWN}|便宜))", text)  # fmt: skip
    if found := re.search(rf"\b{re.escape(word)} ?最(?:({UP})|(?:{DOWN}))", text):  # rating 最高
        return found
    return re.search(
        rf"\b(?<!at )(?<!at the )(?:({_MOST_EN})|(?:{_LEAST_EN}))[ -](?:[a-z-]+ )?{re.escape(word)}\b", text
    )


def _bound(text: str, end: int, label: str) -> bool:
    """True where a number follows: a lowest price of 500 to 600 is no superlative."""
    return bool(
        re.match(
            rf"的?(?:{re.escape(label)})?(?:是|为|在|要|得|能|到|可以|会|达到|大概|大约|约|\bof\b|\bis\b|\s)*(?:[\d¥￥$]|(?!one\b){NUMBER}\b|(?![一两二三四五六七八九十]+(?:{MEASURE}))[一二两三四五六七八九十百千万半几])",
            text[end:],
        )
    )


def relative(before: str) -> bool:
    """True where what follows is what something is compared with: 比发财树便宜."""
    return bool(_AGAINST.search(before))


def critiques(text: str, schema: Schema, shown: Sequence[Item], ranks: Sequence[int] = ()) -> list[Critique]:
    """Wishes relative to what is shown: below or above an item that the message points at (by its rank), else the median."""
    text = blank(text, [m.span() for m in _UPDATES.finditer(text)])
    have = Counter(n for i in shown for n in (*_CANONICAL, *i.attributes) if _number(i, n) is not None)
    known = [n for n, f in schema.fields.items() if f.kind == "numeric" and 3 * have[n] >= len(shown)]
    out: list[Critique] = []
    for name, up, start, end in _compared(text, known, schema):
        if (
            _ALSO.match(text, end)
            or _NUMBER_AFTER.match(text, end)
            or _NUMBER_BEFORE.search(text[:end])
            or _OR.search(text[:start])
        ):
            continue  # newer than 2010 says a number, not what is shown
        if _says_value(text[start:end], schema, shown):
            continue
        if any(c.constraint.field == name or (c.start < end and start < c.end) for c in out):
            continue
        limit = _limit(text, ranks, name, up, shown)
        by = _BY.match(text, end)
        if limit is not None:
            out.append(Critique(start, by.end() if by else end, Constraint(name, "gte" if up else "lte", limit)))
    words = [Critique(*found) for found in steps(text, schema, shown) if not _NUMBER_AFTER.match(text, found[1])]
    return [*out, *(w for w in words if not any(c.start < w.end and w.start < c.end for c in out))]


def _says_value(phrase: str, schema: Schema, shown: Sequence[Item]) -> bool:
    """True where a bare property is a value that such things have: 静音的, of humidifiers with a silent mode."""
    pairs = schema.lexicon.get(phrase.removeprefix("要").removesuffix("的"), ()) if phrase.endswith("的") else ()
    return any(i.category in schema.support.get(p, ()) for p in pairs for i in shown)


def conceded(text: str, schema: Schema, state: Query) -> list[Critique]:
    """A bound of the dialogue that may be passed: after "up to 500" 贵一点也行 allows a third more, 再加一百 a hundred."""
    bounds: dict[tuple[str, Op], float] = {
        (c.field, c.op): c.number for c in state.constraints if c.op in ("lte", "gte")
    }
    known = [n for n, f in schema.fields.items() if f.kind == "numeric"]
    out = []
    for name, up, start, end in _compared(text, known, schema):
        op: Op = "lte" if up else "gte"
        other: Op = "gte" if up else "lte"
        if (also := _ALSO.match(text, end)) and (bound := bounds.get((name, op))) is not None:
            wider = float(f"{bound * _MORE if up else bound / _MORE:.2g}")
            exact = bounds.get((name, other)) == bound  # of exactly 27 inches, bigger is fine: 27 and more
            limit = Constraint(name, other, bound) if exact else Constraint(name, op, wider)
            out.append(Critique(start, also.end(), limit, conceded=True))
    raised, most = _RAISED.search(text), bounds.get(("price", "lte"))
    by = number(next(filter(None, raised.groups()))) if raised and most is not None else None
    if raised and most is not None and by:
        out.append(Critique(*raised.span(), Constraint("price", "lte", most + by), conceded=True))
    return out


def _compared(text: str, known: Sequence[str], schema: Schema) -> list[tuple[str, bool, int, int]]:
    """(field, more, start, end) of each comparative, those with the field's label first."""
    return [*_labelled(text, known, schema), *_by_adjective(text, known, schema)]


def _labelled(text: str, known: Sequence[str], schema: Schema) -> list[tuple[str, bool, int, int]]:
    """Comparatives that say the field: 评分高一点, "longer battery"."""
    out = []
    for name in known:
        for word in labels(schema.fields[name]):
            if word not in text:
                continue
            w = re.escape(word)
            if word.isascii():
                match = re.search(rf"\b(?:({_UP_EN})|(?:{_DOWN_EN})) {w}\b", text) or re.search(
                    rf"\b{w} (?:is|are|looks?|seems?) {_RATHER}(?:({_LITTLE})|(?:{_MUCH}))\b(?=.*\b(?:these|those|them|please)\b)",
                    text,
                )
            else:
                match = re.search(
                    rf"{w}(?:上|方面)?(?:也|得|最好|还)?(?:可以|能|要|想)?(?:再|更|稍微|比.{{1,6}}?|要)(?:再|更|还|要)?(?:({UP})|(?:{DOWN}))(?:{BIT})?|{w}(?:也|得|最好|还)?(?:要|能)?(?:({UP})|(?:{DOWN}))(?:{BIT})|比.{{1,8}}?{w}(?:更|还|要)?(?:({UP})|(?:{DOWN}))|{w}(?:上|方面)?(?:也|还|都)?(?:可以|能|要|得)?(?:再)?(?:往|向)(?:(上)|下)[提抬加涨放调压降砍减收]",
                    text,
                )
            if match:
                of = _sized(word, known, schema) if _SIZED.match(match[0]) else ""
                out.append((of or name, any(match.groups()), match.start(), match.end()))
            refused = (
                None
                if word.isascii()
                else re.search(rf"{w}(?:别|不要|不用|不能)(?:那么|这么|太)(?:({UP})|(?:{DOWN}))", text)
            )
            if refused:  # 粉丝别太多
                out.append((name, not any(refused.groups()), refused.start(), refused.end()))
    return out


def _sized(word: str, known: Sequence[str], schema: Schema) -> str:
    """The field of the size of what a word counts: bigger rooms are none that are more."""
    stem = word.removesuffix("s")
    sizes = (n for n in known for w in labels(schema.fields[n]) if w.startswith(f"{stem} ") and _SIZE.search(w))
    return next(sizes, "")


def _by_adjective(text: str, known: Sequence[str], schema: Schema) -> list[tuple[str, bool, int, int]]:
    """Comparatives of an adjective that tells which field is meant: cheaper, 没那么贵的."""
    out = []
    for adjective in ADJECTIVES:
        forms = forms_of(adjective)
        match = forms.more.search(text)
        field = field_of(adjective, known, schema) if match else None
        if match and field and not text[: match.start()].endswith("最"):
            out.append((field, adjective.up, match.start(), match.end()))
            continue
        match = forms.less.search(text)
        field = field_of(adjective, known, schema) if match else None
        if match and field:  # 没那么贵的
            out.append((field, not adjective.up, match.start(), match.end()))
    return out


def _limit(text: str, ranks: Sequence[int], name: str, up: bool, shown: Sequence[Item]) -> float | None:
    """Just beyond the item that is pointed at, else the median of the items shown."""
    pointed = ordinals(text, len(shown)) or ranks if _RELATIVE.search(text) else ()
    for rank in pointed:
        value = _number(shown[rank - 1 if rank > 0 else rank], name) if abs(rank) <= len(shown) else None
        if value is not None:
            step = 1.0 if value >= 20 and value == int(value) else 0.1 if value < 20 else 0.01 * value
            return round(value + step if up else value - step, 6)
    values = [v for i in shown if (v := _number(i, name)) is not None]
    if not values:
        return None
    middle = float(median(values))
    return (
        float(round(middle)) if 1000 <= middle <= 2100 and all(v == int(v) for v in values) else round(middle, 6)
    )  # a year


def _number(item: Item, name: str) -> float | None:
    value = item.get(name)
    return float(value) if isinstance(value, (int, float)) else None
