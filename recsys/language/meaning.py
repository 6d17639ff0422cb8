"""From phrases found in a sentence to constraints: which field each means, what belongs together, and what is excluded."""

import re
from collections import Counter
from collections.abc import Sequence

from recsys.datamodels import Constraint
from recsys.language import intents, opinions, scales
from recsys.language.resolving import PRIORITY, resolve
from recsys.language.shortened import HEADS
from recsys.language.values import Lexicon, Span
from recsys.schema import Schema

_TYPES = ("type", "kind")
_OR = re.compile(r"或|还是|要么|、|/|\bor\b|\beither\b")
_ANY = re.compile(r"\s?的?(?:都|也)(?:行|可以|可|好|想|能|成|ok|追|看|爱|喜欢|吃|听)")
_HAS = re.compile(r"\bwith (?:an? |the )?(?:[a-z]+ )?$|(?:能|可以?|会|带)[打做]?$")
_BOTH = re.compile(r"\bas well as\b|\balong with\b|\bcombined with\b|同时(?:有|含|带)|兼(?:有|具|顾)|又(?:有|含|带)")
_EACH = re.compile(r"各(?:来|要|推|选|看|挑|找)|\b(?:one|some|a few) of each\b")
_ALL = re.compile(
    r"\s?(?:这些|全|通通|统统|[两三]样|[两三]个|俩)?(?:都|全)(?:要|得|需要|必须|带|含|具备|齐|有)|缺一不可|一个都?不能少|[两三]样都?得?占|样样|齐全"
)
_AND = re.compile(r"\s?(?:又|也|且|而且|和|与|、|and|&|\+)\s?(?:又)?\s?")
_ROLES = (
    ("director", re.compile(r"^[^,，。]{0,6}导|执导|拍的|directed by|film by|films by|movies? by")),
    ("cast", re.compile(r"^[^,，。]{0,6}演|主演|出演|starring|with")),
)
_TO = re.compile(r"\s?(?:到|至|-|~|–|to|through)\s?")

Wanted = dict[str, list[tuple[Span, tuple[str, ...]]]]


def constraints(
    schema: Schema, text: str, spans: Sequence[Span], against: set[Span], categories: tuple[str, ...], named: bool
) -> list[Constraint]:
    """Constraints of the phrases found: a field at a time what is wanted, then what is not.

    `categories` are those that the sentence or the dialogue is about; `named` says that one of them names them outright.
    """
    taken = {(s.start, s.end) for s in against}
    spans = [s for s in spans if s in against or (s.start, s.end) not in taken]  # 不要恐怖片 says nothing of 片
    asked = [s for s in spans if s not in against]
    if not categories:
        asked = _in_need(schema, text, asked)
        spans = [s for s in spans if s in against or s in asked]
    joint = categories or _joint(schema, asked)
    wanted: Wanted = {}
    unwanted: dict[str, list[str]] = {}
    for span, meanings in _agreed(schema, text, spans, joint):
        for name, values in meanings[-1:] if span in against else meanings:
            if span in against:
                unwanted.setdefault(name, []).extend(
                    scales.levels(schema, text, (span.start, span.end), name, values, True)
                )
            else:
                wanted.setdefault(name, []).append(
                    (span, scales.levels(schema, text, (span.start, span.end), name, values, False))
                )
    wanted = _clear(schema, text, spans, wanted, asked)
    out: list[Constraint] = []
    for name, found in wanted.items():
        last = max((s.start for s in against), default=-1)
        banned = [] if name in HEADS and found[-1][0].start > last else unwanted.get(name, [])
        out += _joined(schema, text, name, found, banned)
    for c in out:
        if schema.fields[c.field].kind == "categorical":
            unwanted.pop(c.field, None)  # one value is wanted, so no other is
    if any(c.field == "category" for c in out):
        unwanted.pop("category", None)  # "forget films, the news": the news are wanted, and that says it
        unwanted.pop("domain", None)
    out += [Constraint(name, "not_in", tuple(dict.fromkeys(v))) for name, v in unwanted.items()]
    out = _narrowed(schema, out)
    if not named:
        out = _together(schema, out)
    out = _needed(schema, _implied(schema, out, named))
    about = categories or tuple(v for c in out if c.field == "category" and c.op in ("eq", "in") for v in c.values)
    return [_for_all(schema, c, about) for c in out]


def _clear(schema: Schema, text: str, spans: Sequence[Span], wanted: Wanted, asked: Sequence[Span]) -> Wanted:
    """What is wanted of each field, without what a plainer word says better."""
    out = dict(wanted)
    if "category" in out:
        out.pop("domain", None)  # the category says more
        narrow = _narrowest(spans, [v for _, values in out["category"] for v in values])
        out["category"] = [(out["category"][0][0], tuple(narrow))]
    for (
        name
    ) in _TYPES:  # with a milk frother, of coffee machines: what it has; a robot for cleaning windows: what that is
        own = [
            f
            for f in out.get(name, ())
            if not _HAS.search(text[: f[0].start]) and not text.startswith(" for ", f[0].end)
        ]
        out |= {name: own} if own else {}
    whole = {(s.start, s.end) for s in asked if s.fields() & set(HEADS)}
    for name in [n for n in out if schema.fields[n].kind == "categorical" and n not in HEADS]:
        said = [f for f in out[name] if (f[0].start, f[0].end) not in whole or f[0].fields() & set(HEADS)]
        out[name] = said or out[name]  # clip-on earbuds: what is said goes before what a word implies
    return out


def _for_all(schema: Schema, c: Constraint, categories: tuple[str, ...]) -> Constraint:
    """Men's things are those for men and those for everybody, where these categories have such."""
    if c.field != "gender" or c.op not in ("eq", "in"):
        return c
    for (field, value), support in schema.support.items():
        everybody = field == "gender" and schema.label(value, "en").lower() == "unisex"
        if everybody and value not in c.values and (not categories or any(k in support for k in categories)):
            return Constraint(c.field, "in", (*c.values, value))
    return c


def _narrowed(schema: Schema, found: list[Constraint]) -> list[Constraint]:
    """Of several kinds of thing, those that have all that is asked: a bag with a crossbody strap is a handbag."""
    category = next((c for c in found if c.field == "category" and c.op == "in"), None)
    if category is None:
        return found
    able = [v for v in category.values if all(v in k for k in _kinds(schema, [c for c in found if c.op == "eq"]))]
    if not able or len(able) == len(category.values):
        return found
    return [_one_of("category", tuple(able)) if c is category else c for c in found]


def _in_need(schema: Schema, text: str, spans: list[Span]) -> list[Span]:
    """Where no kind of thing has all that is named, what the clause of the need names: 心情不好，想找点治愈的东西看."""
    if len(spans) < 2 or _joint(schema, spans):
        return spans
    own = [s for a, b in opinions.clauses(text) if intents.needs(text[a:b]) for s in spans if a <= s.start < b]
    if own and (len(own) == 1 or _joint(schema, own)):
        return own
    carried = [{c for p in s.pairs for c in schema.support.get(p, {})} for s in spans]
    counts = Counter(c for kinds in carried for c in kinds)
    most = max(counts.values(), default=0)
    best = {c for c, n in counts.items() if n == most}
    fitting = [s for s, kinds in zip(spans, carried, strict=True) if kinds & best]
    return fitting if most > 1 and len(spans) / 2 < most == len(fitting) else spans


def _needed(schema: Schema, found: list[Constraint]) -> list[Constraint]:
    """Without what the category says already: each of its items, and nothing else, has this value."""
    category = next((c.values[0] for c in found if c.field == "category" and c.op == "eq"), None)
    if category is None:
        return found
    total = schema.support.get(("category", category), {}).get(category, 0)
    return [
        c
        for c in found
        if c.field == "category"
        or c.op != "eq"
        or (
            (c.field != "section" or schema.support.get((c.field, str(c.value)), {}).get(category) != total)
            and schema.support.get((c.field, str(c.value)), {}) != {category: total}
        )
    ]


def _agreed(
    schema: Schema, text: str, spans: Sequence[Span], categories: tuple[str, ...]
) -> list[tuple[Span, list[tuple[str, tuple[str, ...]]]]]:
    """What each phrase means; of two joined by 又 or "and", the second means the field of the first where it can."""
    out: list[tuple[Span, list[tuple[str, tuple[str, ...]]]]] = []
    for span in spans:
        pairs = _by_role(text, span)
        if out and (meant := out[-1][1]):
            before, field = out[-1][0], meant[-1][0]
            same = tuple(
                p for p in pairs if p[0] == field and _carried(schema, p, categories, text[span.start : span.end])
            )
            if same and before.end <= span.start and _AND.fullmatch(text[before.end : span.start]):
                pairs = same
        out.append((span, _meanings(schema, text[span.start : span.end], span, pairs, categories)))
    return out


def inside(schema: Schema, span: Span, about: tuple[str, ...]) -> bool:
    """True where a phrase that may name another kind of thing is a property of the kind that the dialogue is about: 拍照, of phones."""
    named = {v for f, v in span.pairs if f == "category"}
    if not about or named & set(about):
        return False
    return any(
        f not in (*HEADS, "group") and any(c in about for c in schema.support.get((f, v), ())) for f, v in span.pairs
    )


def _carried(schema: Schema, pair: tuple[str, str], categories: tuple[str, ...], phrase: str = "") -> bool:
    return not categories or any(c in schema.support.get(pair, {}) for c in categories) or pair[1].lower() == phrase


def _meanings(
    schema: Schema, phrase: str, span: Span, pairs: tuple[tuple[str, str], ...], categories: tuple[str, ...]
) -> list[tuple[str, tuple[str, ...]]]:
    """What a phrase means: one field, or a category and the type within it (台灯: 灯具, type 台灯)."""
    meant = resolve(schema, pairs, categories if span.fields() != {"category"} else (), phrase)
    if meant is None:
        return []
    name, values = meant
    if name != "category" or len(values) > 1:
        return [meant]
    inner = [(f, v) for f, v in pairs if f in _TYPES and values[0] in schema.support.get((f, v), {})]
    inner = inner or _within(schema, values[0], phrase)
    return [meant, (inner[0][0], tuple(v for f, v in inner if f == inner[0][0]))] if inner else [meant]


def _within(schema: Schema, category: str, phrase: str) -> list[tuple[str, str]]:
    """The type that a longer word for its category holds: 空气净化器 is a 净化器."""
    if phrase == category.lower() or phrase.isascii():
        return []
    own = [p for p, kinds in schema.support.items() if p[0] in _TYPES and category in kinds and len(p[1]) > 1]
    found = [p for p in own if p[1] in phrase and p[1] != phrase]
    return [max(found, key=lambda p: len(p[1]))] if found else []


def _joint(schema: Schema, spans: Sequence[Span]) -> tuple[str, ...]:
    """The categories that can meet every phrase in one of its readings: of French, the country, where films are meant."""
    kinds = [{c for p in s.pairs for c in schema.support.get(p, {})} for s in spans]
    return tuple(sorted(set.intersection(*kinds))) if len(kinds) > 1 else ()


def _together(schema: Schema, found: list[Constraint]) -> list[Constraint]:
    """Where no kind of thing is named: values that no kind of thing has together were words in passing, not conditions; a type
    that only one kind of thing has says which it is, where something else fits that kind, too.
    """
    kinds = _kinds(schema, found)
    if not kinds or set.intersection(*kinds):
        return found
    typed = [k for c in found if c.field in _TYPES and c.op == "eq" for k in _kinds(schema, [c])]
    if typed and len(only := set.intersection(*typed)) == 1:
        fitting = [c for c in found if c.op not in ("eq", "in") or only <= _kinds(schema, [c])[0]]
        if sum(c.op in ("eq", "in") for c in fitting) > 1:
            return fitting
    return [c for c in found if c.op == "not_in" or c.field in PRIORITY]


def _kinds(schema: Schema, found: Sequence[Constraint]) -> list[set[str]]:
    """For each condition the categories that can meet it."""
    return [{k for v in c.values for k in schema.support.get((c.field, v), {})} for c in found if c.op in ("eq", "in")]


def _implied(schema: Schema, found: list[Constraint], named: bool) -> list[Constraint]:
    """The one category whose items can meet all the conditions is meant, though nobody named it: heel and toe say shoes."""
    kinds = _kinds(schema, found)
    common = set.intersection(*kinds) - {""} if kinds else set()
    inner = any(c.field not in (*HEADS, "group") for c in found if c.op != "not_in")
    own = [
        c
        for c in found
        if c.op != "not_in"
        and (c.field == "section" if named else c.field in (*_TYPES, "section") or _only(schema, c.field, common))
    ]
    if (
        len(common) == 1
        and inner
        and own
        and not any(c.field == "category" for c in found)
        and "category" in schema.fields
    ):
        rest = [c for c in found if c.field != "domain"]
        return [Constraint("category", "eq", next(iter(common))), *rest]
    return found


def _only(schema: Schema, name: str, categories: set[str]) -> bool:
    """True where no other category has the field."""
    return all(set(kinds) <= categories for (f, _), kinds in schema.support.items() if f == name)


def _joined(
    schema: Schema, text: str, name: str, found: list[tuple[Span, tuple[str, ...]]], banned: list[str]
) -> list[Constraint]:
    """Several values of a field: any of them, or, for fields that hold lists and unless "or" is said, all of them."""
    groups = [tuple(v for v in values if v not in banned) for _, values in found]
    groups = [g for g in groups if g]
    if not groups:
        return []
    between = text[found[0][0].end : found[-1][0].start] if len(found) > 1 else ""
    if len(groups) == 2 and _TO.fullmatch(between):
        first, last = groups[0][0], groups[1][-1]  # R1 to R3
        groups = [scales.between(schema, name, first, last) or (*groups[0], *groups[1])]
    tail = text[found[-1][0].end : found[-1][0].end + 6]
    several = (schema.fields[name].kind == "list" and name != "color") or bool(_BOTH.search(between))
    either = (_OR.search(between) or _EACH.search(text)) and not _ALL.match(tail)
    if several and len(groups) > 1 and not either and not _ANY.search(tail):
        return [_one_of(name, g) for g in dict.fromkeys(groups)]
    return [_one_of(name, tuple(dict.fromkeys(v for g in groups for v in g)))]


def _one_of(name: str, values: tuple[str, ...]) -> Constraint:
    return Constraint(name, "eq", values[0]) if len(values) == 1 else Constraint(name, "in", values)


def _by_role(text: str, span: Span) -> tuple[tuple[str, str], ...]:
    """A name that directed and acted: what the words around it say, else both readings stay."""
    if not {"director", "cast"} <= span.fields():
        return span.pairs
    around = text[span.end : span.end + 12]
    for role, cue in _ROLES:
        if cue.search(around) or cue.search(text[max(0, span.start - 12) : span.start]):
            return tuple(p for p in span.pairs if p[0] == role) or span.pairs
    return span.pairs


def _narrowest(spans: Sequence[Span], categories: list[str]) -> list[str]:
    """Where one span means several categories and another only one of them, the one is meant: 红色连衣裙 not 裙."""
    groups = [{v for f, v in s.pairs if f == "category"} for s in spans if "category" in s.fields()]
    single = {v for g in groups if len(g) == 1 for v in g}
    overlap = [c for c in categories if c in single]
    return list(dict.fromkeys(overlap if overlap and all(g & set(overlap) for g in groups) else categories))


def rescoped(
    schema: Schema, lexicon: Lexicon, text: str, heads: Sequence[Span], categories: tuple[str, ...]
) -> tuple[str, ...]:
    """The categories, unless other phrases have no place in them and a head means a type elsewhere that has: 猫的零食."""
    lost = [
        s
        for s in lexicon.find(text)
        if not s.fields() & {*HEADS, "group"} and all(not _carried(schema, p, categories) for p in s.pairs)
    ]
    if not lost:
        return categories
    for pair in heads[0].pairs if len(heads) == 1 else ():
        for category in schema.support.get(pair, {}) if pair[0] in _TYPES else ():
            if all(any(category in schema.support.get(p, {}) for p in s.pairs) for s in lost):
                return (category,)
    return categories
