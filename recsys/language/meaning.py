"""From phrases found in a sentence to constraints: which field each means, what belongs together, and what is excluded."""

import re
from collections.abc import Sequence, Set
from itertools import pairwise

from recsys.datamodels import Constraint
from recsys.language import listed, negation, scales
from recsys.language.categories import implied, in_need, joint, narrowed, needed, together
from recsys.language.resolving import resolve
from recsys.language.shortened import HEADS, TYPES, WIDER
from recsys.language.values import PEOPLE, Lexicon, Span
from recsys.schema import NO, YES, Schema

_HAS = re.compile(r"\bwith (?:an? |the )?(?:[a-z]+ )?$|(?:能|可以?|会|带)[打做]?$")
_TAKEN = re.compile(
    r"(?:时|的时候|路上)?(?:能|可以?)?(?:用|带|穿|背|使|戴|拿)(?:着|得?上|到)?的?(?:东西|物件|玩意儿?)?(?:[吗么呢吧])?(?:$|[,，。?？])"
)
_AND = re.compile(r"\s?(?:又|也|且|而且|和|与|跟|、|或者?|还是|and|or|&|\+|/)\s?(?:又)?\s?")
_ROLES = (
    ("director", re.compile(r"^[^,，。]{0,6}导|执导|拍的|directed by|film by|films by|movies? by")),
    ("cast", re.compile(r"^[^,，。]{0,6}演|主演|出演|starring|with")),
)

_EITHER = re.compile(r"\beither\b|要么")
_THEMES = ("topic", "genre", "section")  # what things to read, to watch and to follow are about
_ENOUGH = 200  # items from which what no kind of thing has together says something

Wanted = dict[str, list[tuple[Span, tuple[str, ...]]]]


def constraints(
    schema: Schema, text: str, spans: Sequence[Span], against: set[Span], categories: tuple[str, ...], named: bool
) -> list[Constraint]:
    """Constraints of the phrases found: a field at a time what is wanted, then what is not.

    `categories` are those that the sentence or the dialogue is about; `named` says that one of them names them outright.
    """
    taken = {(s.start, s.end) for s in against}
    spans = [s for s in spans if s in against or (s.start, s.end) not in taken]  # 不要恐怖片 says nothing of 片
    spans = spans if categories else [s if s in against else _taken_along(text, s, spans) for s in spans]
    asked = [s for s in spans if s not in against]
    if not categories and len(schema.items) > _ENOUGH:
        asked = in_need(schema, text, asked)
        spans = [s for s in spans if s in against or s in asked]
    common = categories or joint(schema, asked) or _named(schema, asked)
    wanted, unwanted = _by_field(schema, text, _agreed(schema, text, spans, common), against)
    wanted = _clear(schema, text, spans, wanted, asked)
    unwanted = _refused(schema, text, wanted, unwanted, against)
    out: list[Constraint] = []
    for name, found in wanted.items():
        last = max((s.start for s in against), default=-1)
        banned = [] if name in HEADS and found[-1][0].start > last else unwanted.get(name, [])
        out += listed.joined(schema, text, name, found, banned)
    for c in out:
        if schema.fields[c.field].kind == "categorical":
            unwanted.pop(c.field, None)  # one value is wanted, so no other is
    if any(c.field == "category" for c in out):
        unwanted.pop("category", None)  # "forget films, the news": the news are wanted, and that says it
        unwanted.pop("domain", None)
        unwanted.pop("section", None)
    out += [Constraint(name, "not_in", tuple(dict.fromkeys(v))) for name, v in unwanted.items()]
    out = out if _listed(text, asked) else narrowed(schema, out)
    if not named and len(schema.items) > _ENOUGH:
        out = together(schema, out)
    out = needed(schema, implied(schema, out, named))
    about = categories or tuple(v for c in out if c.field == "category" and c.op in ("eq", "in") for v in c.values)
    return [_for_all(schema, _denied(schema, c), about) for c in out]


def _taken_along(text: str, span: Span, spans: Sequence[Span]) -> Span:
    """适合旅行用的, whatever it is: what it is for, and no book about that."""
    last = next((s.end for s in spans if s.start == span.end), span.end)  # 出门|旅游
    own = tuple(p for p in span.pairs if p[0] == "occasion") if _TAKEN.match(text, last) else ()
    return Span(span.start, span.end, own or span.pairs)


def _listed(text: str, spans: Sequence[Span]) -> bool:
    """True where kinds of thing are named one by one: 财经跟房产新闻."""
    named = [s for s in spans if len({v for f, v in s.pairs if f == "category"}) == 1]
    return any(a.pairs != b.pairs and _AND.fullmatch(text[a.end : b.start]) for a, b in pairwise(named))


def _denied(schema: Schema, c: Constraint) -> Constraint:
    """No lift: not only is it not said to be there, it is said not to be, where the catalogue says so of some."""
    if c.op != "not_in":
        return c
    scale = scales.ordered(schema, c.field, c.values[0])
    left = [v for v in scale if v not in c.values]
    if len(left) == 1 < len(c.values):
        return Constraint(c.field, "eq", left[0])  # nothing riskier than R1
    own = {v for f, v in schema.support if f == c.field}
    if sum(sum(schema.support[c.field, v].values()) for v in own) < len(schema.items):
        return c  # of some nobody knows
    if scale and scale[0].startswith("不") and set(c.values) == set(scale[1:]):
        return Constraint(c.field, "eq", scale[0])
    no = next((v for v in own if v.lower() in NO), None)
    return Constraint(c.field, "eq", no) if no is not None and {v.lower() for v in c.values} <= YES else c


def _refused(
    schema: Schema, text: str, wanted: Wanted, unwanted: dict[str, list[str]], against: set[Span]
) -> dict[str, list[str]]:
    """What is not wanted; a value that is asked for, only where its own name is refused: a scary one, no zombies."""
    named = {text[s.start : s.end].removesuffix("s") for s in against}
    asked = {v for found in wanted.values() for _, values in found for v in values}
    own = {v for v in asked if not named & {v.lower(), schema.labels.get(v, v).lower()}}
    left = {name: [v for v in values if v not in own] for name, values in unwanted.items()}
    return {name: values for name, values in left.items() if values}


def _named(schema: Schema, asked: Sequence[Span]) -> tuple[str, ...]:
    """The kinds of thing that a person named makes or plays in: films, of Bong Joon-ho."""
    people = [s for s in asked if s.fields() <= PEOPLE]
    return tuple(sorted({c for s in people for p in s.pairs for c in schema.support.get(p, ())}))


def _by_field(
    schema: Schema, text: str, meant: Sequence[tuple[Span, list[tuple[str, tuple[str, ...]]]]], against: set[Span]
) -> tuple[Wanted, dict[str, list[str]]]:
    """What is wanted and what is not, a field at a time."""
    wanted: Wanted = {}
    unwanted: dict[str, list[str]] = {}
    for span, meanings in meant:
        at = (span.start, span.end)
        if span in against:
            for name, values in meanings[-1:]:
                unwanted.setdefault(name, []).extend(scales.levels(schema, text, at, name, values, True))
        else:
            for name, values in meanings:
                wanted.setdefault(name, []).append((span, scales.levels(schema, text, at, name, values, False)))
    return wanted, unwanted


def _clear(schema: Schema, text: str, spans: Sequence[Span], wanted: Wanted, asked: Sequence[Span]) -> Wanted:
    """What is wanted of each field, without what a plainer word says better."""
    out = dict(wanted)
    if "category" in out:
        out.pop("domain", None)  # the category says more
        narrow = _narrowest(spans, [v for _, values in out["category"] for v in values])
        out["category"] = [(out["category"][0][0], tuple(narrow))]
    # with a milk frother, of coffee machines: what it has; a robot for cleaning windows: what that is
    for name in TYPES:
        own = [
            f
            for f in out.get(name, ())
            if not _HAS.search(text[: f[0].start])
            and not (text.startswith(" for ", f[0].end) and any(g[0].start > f[0].end for g in out[name]))
        ]
        out |= {name: own} if own else {}
    whole = {(s.start, s.end) for s in asked if s.fields() & set(HEADS)}
    for name in [n for n in out if schema.fields[n].kind == "categorical" and n not in HEADS]:
        said = [
            f for f in out[name]
            if (f[0].start, f[0].end) not in whole or f[0].fields() & set(HEADS) or text[f[0].start : f[0].end] in f[1]
        ]  # fmt: skip
        out[name] = (
            out[name] if _EITHER.search(text) else said or out[name]
        )  # clip-on earbuds: what is said goes before what a word implies
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


def _agreed(
    schema: Schema, text: str, spans: Sequence[Span], categories: tuple[str, ...]
) -> list[tuple[Span, list[tuple[str, tuple[str, ...]]]]]:
    """What each phrase means; of two joined by 又 or "and", the second means the field of the first where it can."""
    out: list[tuple[Span, list[tuple[str, tuple[str, ...]]]]] = []
    for span in spans:
        pairs = _by_role(text, span)
        if _HAS.search(text[: span.start]):  # 能无线充的充电宝: what it can do, not what does that
            can = tuple(p for p in pairs if p[0] not in (*HEADS, *TYPES) and _carried(schema, p, categories))
            pairs = can if categories and can else pairs
        if out and (meant := out[-1][1]):
            before, field = out[-1][0], meant[-1][0]
            same = tuple(
                p for p in pairs if p[0] == field and _carried(schema, p, categories, text[span.start : span.end])
            )
            if same and before.end <= span.start and _AND.fullmatch(text[before.end : span.start]):
                pairs = same
            elif _AND.fullmatch(text[before.end : span.start]):  # Jackie Chan or Jet Li, who plays
                own = tuple(
                    p for p in before.pairs if p[0] in span.fields() - set(WIDER) and _carried(schema, p, categories)
                )
                if own:
                    out[-1] = (before, _meanings(schema, text[before.start : before.end], before, own, categories))
        out.append((span, _meanings(schema, text[span.start : span.end], span, pairs, categories)))
    return out


def inside(schema: Schema, span: Span, about: tuple[str, ...]) -> bool:
    """True where a phrase that may name another kind of thing is a property of the kind that the dialogue is about: 拍照, of phones."""
    named = {v for f, v in span.pairs if f == "category"}
    if not about or named & set(about):
        return False
    return describes(schema, span, set(about))


def describes(schema: Schema, span: Span, kinds: Set[str]) -> bool:
    """True where a phrase is a property of one of these kinds, whatever kind it names besides."""
    return any(f not in WIDER and not kinds.isdisjoint(schema.support.get((f, v), ())) for f, v in span.pairs)


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
    inner = [(f, v) for f, v in pairs if f in TYPES and values[0] in schema.support.get((f, v), {})]
    inner = inner or _within(schema, values[0], phrase)
    return [meant, (inner[0][0], tuple(v for f, v in inner if f == inner[0][0]))] if inner else [meant]


def _within(schema: Schema, category: str, phrase: str) -> list[tuple[str, str]]:
    """The type that a longer word for its category holds: 空气净化器 is a 净化器."""
    if phrase == category.lower() or phrase.isascii():
        return []
    own = [p for p, kinds in schema.support.items() if p[0] in TYPES and category in kinds and len(p[1]) > 1]
    found = [p for p in own if p[1] in phrase and p[1] != phrase]
    return [max(found, key=lambda p: len(p[1]))] if found else []


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
    schema: Schema, text: str, heads: Sequence[Span], categories: tuple[str, ...], lost: Sequence[Span]
) -> tuple[str, ...]:
    """The categories, unless other phrases have no place in them and a head means a type elsewhere that has: 猫的零食."""
    if not lost:
        return categories
    for pair in heads[0].pairs if len(heads) == 1 else ():
        for category in schema.support.get(pair, {}) if pair[0] in TYPES else ():
            if all(any(category in schema.support.get(p, {}) for p in s.pairs) for s in lost):
                return (category,)
    said = {text[h.start : h.end] for h in heads}  # a watch that detects a fall is a smart watch
    for kind in schema.kinds.get("category", ()) if len(categories) == 1 else ():
        called = kind != categories[0] and any(
            w in kind or w in schema.labels.get(kind, "").split() for w in said if len(w) > 1
        )
        if called and all(any(kind in schema.support.get(p, {}) for p in s.pairs) for s in lost):
            return (kind,)
    return categories


def elsewhere(
    schema: Schema, text: str, heads: Sequence[Span], categories: tuple[str, ...], lost: Sequence[Span]
) -> bool:
    """True where all heads are themes of one other kind, in which all has a place that has none with them: 足球篮球都行，快讯就成."""
    said = {text[h.start : h.end] for h in heads}
    outright = any(w in f"{c} {schema.labels.get(c, '')}".lower() or c in w for w in said for c in categories)
    if not lost or outright or any("domain" in h.fields() for h in heads):
        return False
    places = [{c for p in h.pairs if p[0] in _THEMES for c in schema.support.get(p, ())} for h in heads]
    places += [{c for p in s.pairs if p[0] not in (*WIDER, *TYPES) for c in schema.support.get(p, ())} for s in lost]
    kinds = set.intersection(*places)
    only = [own for (f, _), own in schema.support.items() if f == "domain" and kinds and kinds <= set(own)]
    return any({c for p in s.pairs for c in schema.support.get(p, ())} <= set(own) for own in only for s in lost)


def out_of_place(schema: Schema, lexicon: Lexicon, text: str, categories: tuple[str, ...]) -> list[Span]:
    """What is wanted that no thing of these kinds has."""
    spans = lexicon.find(text)
    refused = negation.negated(spans, negation.ranges(text, spans), text)
    return [
        s
        for s in spans
        if s not in refused
        and not s.fields() & set(WIDER)
        and all(not _carried(schema, p, categories) for p in s.pairs)
    ]
