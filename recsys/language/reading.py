"""What a message says by itself: its numbers, its values, what it excludes and orders by, without regard to what is shown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from recsys.datamodels import Constraint, Query
from recsys.language import (
    asides,
    comparison,
    dialogue,
    intents,
    leaning,
    meaning,
    negation,
    opinions,
    ordering,
    scales,
    slips,
)
from recsys.language.counted import Counted, as_before
from recsys.language.heads import PERSON, Heads, with_heads
from recsys.language.measures import label_words, labels
from recsys.language.nearest import Nearest, phrases
from recsys.language.quantities import Bound
from recsys.language.resolving import measured, resolve, scope
from recsys.language.shortened import HEADS, TYPES, WIDER
from recsys.language.text import blank, places
from recsys.language.titles import Titles
from recsys.language.values import Lexicon, Span
from recsys.schema import Schema

_SPENT = re.compile(
    r"(?:一个?)(?=(?:季度?|月)能?赎)|(?:一个?)?人头(?=[^,，。]{0,5}[\d一二三四五六七八九十百两几])|(?P<each>一个?人)(?=[^,，。]{0,4}(?:[\d一二三四五六七八九十百两]+[块元]|\d{2,}|[一二两三四五六七八九]百|[二三四五六七八九]十(?:[,，。\s以左]|$)))|花(?=(?:不?到|超过|个|上)?\s?[\d一二三四五六七八九十百千两几])"
    r"|(?<=%) ?(?:a|per|each|every|/) ?(?:year|annum)|(?<=percent) (?:a|per|each|every) (?:year|annum)|(?:每年|(?<![存放期])一年(?=[能有可赚拿得收]))(?=[^\d,，。期内]{0,4}(?:\d[\d.]*%|百分之))"
)  # to spend, not a flower; what a rate is by the year is no term
_GIVEN = re.compile(r"[送买]点?[什啥]么?|礼物|\bgifts?\b|\bpresents?\b")  # 考研的朋友送点什么 asks for no news
_ABOUT = re.compile(
    r"关于|有关|讲|聊|话题|主题|说的是|消息|教|文章|报道|\b(?:who|about|on|regarding|covering|stories|articles?)\b"
)
_THEMES = ("topic", "section", "occasion", "mood", "style", "audience")
_TOO = re.compile(r"(?<![不别要])太[^,，。]{1,2}了")  # 太短了，再长一点
_STAY = frozenset({*PERSON, "pet", "occasion"})
_READ = 20_000  # items whose titles are looked at


@dataclass(frozen=True, slots=True)
class Read:
    """What a message says by itself; `gone` are the stretches that are not to be encoded, `taken` all that were understood."""

    constraints: list[Constraint]
    spans: list[Span]
    sort: tuple[str, bool] | None
    gone: list[tuple[int, int]]
    taken: list[tuple[int, int]]
    unmet: list[str]  # bounds on what no field tells

    @property
    def refuses(self) -> bool:
        """True where all that a message asks is what things are not to be."""
        return bool(self.constraints) and all(c.op == "not_in" for c in self.constraints)


class Reader:
    """Reads single messages with the phrases of one schema."""

    def __init__(self, schema: Schema, lexicon: Lexicon, titles: Titles, nearest: Nearest | None) -> None:
        self.schema, self._lexicon, self._titles, self._nearest = schema, lexicon, titles, nearest
        self._counted = Counted(schema, lexicon)
        self._heads = Heads(schema, lexicon)
        self._called = lru_cache(maxsize=512)(self._titled)

    def read(self, text: str, state: Query | None, asked: str) -> Read:
        """The constraints of a cleaned, lower-case message without regard to what is shown."""
        text = text.replace("as long as", "as      as")  # nothing long
        text = slips.settled(_SPENT.sub(_unspent, text), self._lexicon)
        aside = self._aside(text)
        text = blank(text, aside)
        heads, about, carried, named = self._scope(text, state)
        best = (
            ordering.ordered(text, self.schema, carried)
            or comparison.superlative(text, self.schema, carried)
            or comparison.again(text, state.sort if state else None)
            or self._leaning(text, carried)
        )
        plain = negation.freed(blank(text, [best[2:]] if best else []), self.schema.lexicon)
        numeric, unmet = self._counted.numbers(plain, heads, carried, state, asked)
        numeric = numeric or self._counted.answered(text, state, asked)
        if best is None and (most := scales.extreme(plain, self.schema, carried)):
            numeric = [*numeric, Bound(*most[:2], (most[2],))]
        inner = [max([b.start, *(h.end for h in heads if h.start < b.start < h.end)]) for b in numeric]  # 电脑屏幕 27寸
        counted = [(a, b.end) for a, b in zip(inner, numeric, strict=True)]
        plain = blank(plain, counted)
        carried = carried or measured(self.schema, [c.field for b in numeric for c in b.constraints])
        spans, heads = self._spans(text, plain, heads, numeric, bool(best), about, carried, state, asked)
        if self._nearest is not None:
            called = label_words(self.schema, carried) if numeric or best else frozenset()
            known = [(s.start, s.end) for s in (*spans, *heads)] + counted + ([best[2:]] if best else [])
            known += [at for label in called for at in places(text, label)]  # "7 seats" are no heated seats
            spans = sorted([*spans, *self._nearest.spans(text, known, carried)], key=lambda s: s.start)
        unwanted = negation.ranges(plain, spans)
        against = negation.negated(spans, unwanted, plain)
        spans = [s for s in spans if not (s.fields() & PERSON and asides.bystander(text, s))]
        idle = negation.needless(plain, spans) | {
            s for s in spans if _TOO.match(text, max(0, s.start - 1)) and s.end - s.start < 3
        }
        spans = [s for s in spans if s not in idle]
        found = meaning.constraints(self.schema, plain, spans, against, carried, named)
        if any(self.schema.fields[c.field].unit == "个月" for b in numeric for c in b.constraints):
            found = [c for c in found if c.field != "age"]  # the months say for whom
        gone = [(a, max((s.end for s in against if a <= s.start < b), default=a)) for a, b in unwanted] + counted
        heads = [h for h in heads if not any(a <= h.start and h.end <= b for a, b in unwanted)]
        bounded = as_before([c for b in numeric for c in b.constraints], numeric, state)
        taken = [*gone, *aside, *((s.start, s.end) for s in (*heads, *spans)), *([best[2:]] if best else [])]
        sort = best[:2] if best else None
        return Read([*bounded, *with_heads(found, heads, plain)], spans, sort, gone, taken, unmet)

    def _scope(self, text: str, state: Query | None) -> tuple[list[Span], tuple[str, ...], tuple[str, ...], bool]:
        """What names the kinds of thing, those of the dialogue, those that are meant, and whether the message or the dialogue names any."""
        about = dialogue.categories(self.schema, state) or self._titles.categories(state.entities) if state else ()
        left = about if about and self._heads.left(text, about, state) else ()
        about = () if left else about
        heads = self._heads.found(text, about) or self._heads.elsewhere(text, about)
        categories = scope(self.schema, heads)
        if left and set(categories) <= set(left):
            heads, categories = [], ()
        carried = categories or about
        lost = meaning.out_of_place(self.schema, self._lexicon, text, carried) if heads else []
        if categories and lost and meaning.elsewhere(self.schema, text, heads, categories, lost):
            heads, categories, carried = [], (), about
        carried = meaning.rescoped(self.schema, text, heads, carried, lost) if heads else carried
        if heads and not set(categories) <= set(carried):  # a watch that shows maps without a signal is a smart watch
            heads, categories = [Span(h.start, h.end, tuple(("category", c) for c in carried)) for h in heads], carried
        return heads, about, carried, bool(categories or about)

    def _spans(
        self, text: str, plain: str, heads: list[Span], numeric: Sequence[Bound], best: bool, about: tuple[str, ...],
        carried: tuple[str, ...], state: Query | None, asked: str,
    ) -> tuple[list[Span], list[Span]]:  # fmt: skip
        """The phrases of the catalogue, without the labels of numbers; and what names the kinds of thing, where that is not all they say."""
        bounded = [self.schema.fields[c.field] for b in numeric for c in b.constraints]
        called = (
            label_words(self.schema, carried)
            if carried and (numeric or best)
            else frozenset(w for f in bounded for w in labels(f))
        )
        spans = [
            s
            for s in self._lexicon.find(plain, carried)
            if text[s.start : s.end] not in called and not _labels(self.schema, text, s, numeric)
        ]
        owns = [_property(self.schema, s, about[0]) for s in spans] if len(about) == 1 else []
        if owns and all(owns):
            spans, heads = [Span(s.start, s.end, own) for s, own in zip(spans, owns, strict=True)], []
        spans = spans if carried else self._meaningful(plain, spans, state)
        return spans or self._lexicon.of_field(plain, asked), heads

    def _leaning(self, text: str, categories: tuple[str, ...]) -> tuple[str, bool, int, int] | None:
        """Much or little of a number, where that is no value of the catalogue."""
        found = leaning.leaning(text, self.schema, categories)
        if found is None:
            return None
        called = label_words(self.schema, categories)
        spans = [s for s in self._lexicon.find(text, categories) if text[s.start : s.end] not in called]
        return None if any(s.start < found[3] and found[2] < s.end for s in spans) else found

    def _aside(self, text: str) -> list[tuple[int, int]]:
        """The stretches that ask for nothing; why something is wanted only where something else is said: 最近失眠，有啥推荐."""
        heads = self._lexicon.find(text, heads=True)
        types = [s for s in self._lexicon.find(text) if s.fields() <= set(TYPES)] if heads else []  # a lunch box
        aside = [
            *asides.mentioned(text, sorted([*types, *heads], key=lambda s: s.start)),
            *asides.broken(text, heads or self._lexicon.find(text)),
        ]
        aside += [*asides.passing(text), *self._heads.uses(text)]
        aside += self._told(text)
        mood = asides.mood(text)
        return [*aside, *(mood if self._lexicon.find(blank(text, mood)) else [])]

    def _told(self, text: str) -> list[tuple[int, int]]:
        """The clauses that only tell something, before one that names what is wanted; whom that is for and when stay."""
        told = asides.told(text)
        if not told:
            return []
        spans = self._lexicon.find(text)
        refused = negation.negated(spans, negation.ranges(text, spans), text)
        plain = "category" not in self.schema.fields
        out: list[tuple[int, int]] = []
        for start, end in told:
            own = [s for s in spans if start <= s.start < end]
            goes_on = text[end - 1] in ",，"  # 打错了，二十寸: what the number before is not
            kinds = any(s.start >= end and s.fields() & {*HEADS, *TYPES} for s in spans)
            if any(s in refused for s in own) or not (kinds or (plain and not goes_on)):
                continue
            idle = {(s.start, s.end) for s in own if not s.fields() & _STAY or s.fields() & {*HEADS, *TYPES}}
            edges = [start, *(at for place in sorted({(s.start, s.end) for s in own} - idle) for at in place), end]
            out += idle if goes_on else [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]
        return out

    def _meaningful(self, text: str, spans: list[Span], state: Query | None) -> list[Span]:
        """The phrases that limit anything where no kind of thing is named: none that tell why a thing is needed which nobody knows."""
        if state:
            return self._of_kinds(spans, state)
        needs = [(a, b) for a, b in opinions.clauses(text) if intents.needs(text[a:b])]
        strange = [1 for a, b in needs if phrases(text[a:b], ()) and not any(a <= s.start < b for s in spans)]
        if needs and len(strange) == len(needs) and all(s.end <= needs[0][0] for s in spans):
            spans = [s for s in spans if (meant := resolve(self.schema, s.pairs, ())) and meant[0] not in _THEMES]
        return [s for s in spans if not self._wide(text, s)]

    def _wide(self, text: str, span: Span) -> bool:
        """True for a topic that goods are called by as well, where nothing says that it is spoken of: coffee."""
        meant = resolve(self.schema, span.pairs, ())
        return bool(
            meant
            and meant[0] == "topic"
            and not _ABOUT.search(text)
            and (_GIVEN.search(text) or self._called(text[span.start : span.end]))
        )

    def _titled(self, phrase: str) -> bool:
        """True where three things or more that have no topic are called by this phrase."""
        kinds = self.schema.kinds.get("topic", frozenset())
        others = (i for i in self.schema.items[:_READ] if i.category not in kinds)
        return len(list(islice((i for i in others if phrase in f"{i.title} {i.title_en}".lower()), 3))) == 3

    def _of_kinds(self, spans: list[Span], state: Query) -> list[Span]:
        """Without values that no kind of thing with what the dialogue asks for has, of fields that those kinds have: 美食, of documentaries."""
        support, fields = self.schema.support, self.schema.kinds
        wanted = [(c.field, v) for c in state.constraints if c.op in ("eq", "in") for v in c.values]
        able = {k for pair in wanted for k in support.get(pair, ())}

        def strange(span: Span) -> bool:
            own = [p for p in span.pairs if able <= fields.get(p[0], frozenset())]
            return bool(able and own) and all(able.isdisjoint(support.get(p, ())) for p in span.pairs)

        return [s for s in spans if s.fields() & {*HEADS, *TYPES} or not strange(s)]


def _property(schema: Schema, span: Span, kind: str) -> tuple[tuple[str, str], ...]:
    """What a phrase that names the kind says of it besides: 定期, of deposits, that they are tied up."""
    own = tuple(p for p in span.pairs if p[0] not in WIDER and kind in schema.support.get(p, ()))
    return own if ("category", kind) in span.pairs and not any(p[0] in TYPES for p in own) else ()


def _labels(schema: Schema, text: str, span: Span, numeric: Sequence[Bound]) -> bool:
    """True where a phrase right before a number says what the number is of: the battery that lasts 10 hours."""
    phrase = text[span.start : span.end]
    own = [
        c.field for b in numeric for c in b.constraints if span.end <= b.start and not text[span.end : b.start].strip()
    ]
    return any(places(phrase, label) for f in own for label in labels(schema.fields[f]) if len(label) > 1)


def _unspent(said: re.Match[str]) -> str:
    """What stands in the place of words of spending: of 一个人八十, what a head is."""
    return f"{'人均' if said['each'] else '':<{len(said[0])}}"
