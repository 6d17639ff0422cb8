"""From a message to a `Query`: what is asked, under which exact constraints, and which words remain to be encoded."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from recsys.cleaning import clean
from recsys.datamodels import Constraint, EventKind, Item, Query, Schema
from recsys.language import (
    asides,
    bounds,
    comparison,
    dialogue,
    entities,
    fillers,
    intents,
    negation,
    opinions,
    pointing,
    waiving,
)
from recsys.language.inquiring import Inquiry, inquire
from recsys.language.measures import label_words, labels
from recsys.language.nearest import Nearest, phrases
from recsys.language.reading import Read, Reader
from recsys.language.smalltalk import indifferent, more
from recsys.language.spelling import Speller
from recsys.language.text import STOP_EN, STOP_ZH, blank, language, simplify, words
from recsys.language.titles import Titles, against, meets
from recsys.language.values import Lexicon

_FILLER = re.compile(
    r"^(?:请|麻烦|那|嗯|哦|好的?)*(?:你)?(?:帮我|给我|替我)?(?:我)?(?:想要|想买|想找|想看|想|要|需要|打算)?(?:买|找|看看|看|推荐|来|挑|选|搜)?(?:一下)?(?:(?:几|一|两|这|那)?(?:个|些|点)|(?:几|一|两)(?:件|条|款|双|部|本|笔|台|只|篇|位|套|瓶|张|口|盏|把))?"
    r"|^(?:please |can you |could you |i'?m looking for |looking for |i (?:want|need|would like)(?: to (?:buy|find|watch|read|see))? |i'?d like |show me |find me |recommend(?: me)? |give me )+(?:an? |some |the )?"
)
_DROPPED = re.compile(r"(?:有没有|有吗|吗|呢|吧|谢谢|的话)[?？]?$|[,，。;；!！?？、]+")
_NEEDS = ("recommend", "refine", "similar")
_KIND_FIELDS = frozenset({"category", "domain", "genre", "topic", "section"})
_COUNTED = re.compile(r"第?[\d零一二两三四五六七八九十百千万]+\D?$|起来$|觉得$")
_ENTITY_FIELDS = frozenset({"brand", "director", "cast", "issuer", "author", "region", "city", "country"})
_OTHER = re.compile(r"换|其他|其它|别的|另|\b(?:another|other|different)\b")
_ANOTHER = (
    r"(?:{label})(?:能不能|可以|也|再)?换(?:一)?(?:个|下|种|家|换)|(?:换(?:个|一个|些|种|家)?|其他|其它|别的|另外的?|另一(?:个|种|家))(?:{label})(?!里|中)"
    r"|\b(?:another|a different|other|different) (?:{label})s?\b"
)
_COLOUR = ("颜色", "色", "colour", "color")
_COMMON = {"brand": ("牌子", "品牌", "brand", "maker", "make"), "color": _COLOUR, "colour": _COLOUR}
_SIZE = re.compile(
    r"(?<![\d.第])\d+(?:\.\d+)?\s?(?:码|号(?!店)|寸|[a-z]{1,3}\b|[%°℃])|\bsize \d+"
)  # of things without such a number


@dataclass(frozen=True, slots=True)
class _Pointed:
    """What a message says of the items that are shown."""

    ranks: tuple[int, ...]
    placed: tuple[pointing.Placed, ...]


class Understanding:
    """The parser of one catalogue. It is driven by the schema alone and knows nothing of any particular catalogue."""

    def __init__(self, schema: Schema, nearest: Nearest | None = None) -> None:
        """`nearest` finds the values of words that the schema does not know; without it they stay words."""
        self.schema = schema
        self._lexicon = Lexicon(schema)
        self._speller = Speller(schema)
        self._titles = Titles(schema.items)
        self._reader = Reader(schema, self._lexicon, self._titles, nearest)
        self._labels = label_words(schema, ())

    def warm(self) -> None:
        """Make the tables that are made at the first need: a typo in either language needs them all."""
        self.parse("wram 连衣裙")

    def parse(self, text: str, state: Query | None = None, shown: Sequence[Item] = (), asked: str = "") -> Query:
        """One message -> what this message alone says.

        `state` is the dialogue so far: it gives the categories that short answers are about, and tells a refinement from a new need.
        `shown` are the items last shown, in rank order; `asked` is the field of the question that was asked with them.
        """
        simple = simplify(clean(text))
        called = self._titles.whole(simple.lower())
        lowered = simple.lower() if called else self._speller.correct(simple.lower())
        written = simple if lowered == simple.lower() else lowered
        waived = self._waived(lowered, state)
        whole, lowered = lowered, blank(lowered, waived.ranges)
        title = self._titles.find(lowered)
        known = [place[:2] for place in self._titles.known(lowered)]
        told = [*known, *(place[:2] for place in self._titles.spoken(lowered))]  # a year in a title bounds nothing
        pointed = self._pointed(lowered, shown)
        if called and (pointed.ranks or not self._more(lowered, called[:2], state, asked)):
            called = None
        title = (*called[:2], called[2].title, False) if called else title
        if pointed.ranks and not pointing.points(lowered) and _excludes(self._reader.read(lowered, state, asked)):
            pointed = _Pointed((), ())
        wishes = comparison.critiques(lowered, self.schema, shown, pointed.ranks) if shown else []
        like = pointed.placed if intents.similar(lowered) or not intents.needs(lowered) else ()
        like = tuple(
            p for p in like if not lowered[: p[1][1]].endswith("ones")
        )  # "more like the convertible" asks for no convertible
        rivals = [at for _, at in pointed.placed if comparison.relative(lowered[: at[0]])]  # than the Terra AWD
        taken = [*pointing.spans(lowered), *((w.start, w.end) for w in wishes), *(at for _, at in like), *rivals]
        read = self._reader.read(blank(lowered, [*taken, *told, *([title[:2]] if title else [])]), state, asked)
        opinion_only = opinions.covers(lowered, [(s.start, s.end) for s in read.spans])
        wanted = read.sort is not None or (bool(read.constraints or title) and not opinion_only) or bool(waived.ranges)
        at_hand = asides.at_hand(lowered, self._lexicon.find(lowered, heads=True))
        intent = intents.intent(lowered, wanted, state is not None, bool(pointed.ranks), bool(wishes), at_hand)
        if intent == "feedback" and not pointed.ranks and negation.refused(lowered):
            intent = "refine"  # 不要耐克 where there is no such brand: no opinion of what is shown
        if known and not (read.constraints or read.sort or waived.ranges or intents.needs(lowered)):
            intent = "feedback"  # 看过龙猫了
        if state is not None and intent != "reset" and more(lowered):
            return Query("", "refine", lang=language(text), said=lowered)
        said_outright = {(c.field, c.op) for c in read.constraints}  # 短一点，五分钟内: five minutes
        wishes = [w for w in wishes if (w.constraint.field, w.constraint.op) not in said_outright]
        wishes = [replace(w, constraint=_firmer(w.constraint, state)) for w in wishes]
        others = [c for c in self._others(lowered, shown) if (c.field, "eq") not in said_outright]
        constraints = (*read.constraints, *(w.constraint for w in wishes), *others)
        nowhere = not pointed.ranks and bool(pointing.ordinals(lowered))  # the second, where one is shown
        at = [(rank, place[0]) for rank, place in pointed.placed]
        said = opinions.opinions(lowered, at, len(shown)) if intent == "feedback" and not nowhere else ()
        needs = intent in _NEEDS
        kept = blank(written, [*read.gone, *waived.ranges])
        rest = _FILLER.sub("", _DROPPED.sub(" ", _FILLER.sub("", kept.strip())).strip()).strip(" 的")
        named = [v for s in read.spans for f, v in s.pairs if f in _ENTITY_FIELDS] + ([title[2]] if title else [])
        return Query(
            text="" if indifferent(lowered) else " ".join(rest.split()),
            intent=intent,
            constraints=tuple(dict.fromkeys(constraints)) if needs else (),
            references=_with_rest(pointed.ranks, said, len(shown)),
            sort=read.sort if needs else None,
            sentiment=opinions.sentiment(lowered),
            topics=_topics(rest, read.constraints),
            entities=tuple(dict.fromkeys((*named, *entities.named(lowered)))),
            like=title[2] if title and title[3] else "",
            lang=language(text),
            said=lowered if lowered.strip() else whole,
            loose=_loose(lowered, read, taken, self._lexicon) if needs else (),
            unmet=tuple(read.unmet) if needs else (),
            free=fillers.beyond(
                blank(lowered, [*taken, *told, *read.taken, *([title[:2]] if title else [])]), self._labels
            )
            if needs
            else "",
            opinions=said,
            waived=against(called[2], state) if called else waived.constraints if needs else (),
            declined=waived.fields if needs else (),
        )

    def inquiry(self, turn: Query, items: Sequence[Item]) -> Inquiry:
        """What a turn asks about these items."""
        have = {n for n in self.schema.fields for i in items if i.get(n) is not None}
        return inquire(turn.said, self.schema, self._lexicon, have)

    def spoken(self, text: str) -> tuple[tuple[Item, EventKind], ...]:
        """Items that a message names by their titles, with what its clause says of them; a click where it says no more than that they are known.

        What is asked for by name, or is all of the message, is not spoken of.
        """
        text = simplify(clean(text)).lower()
        found = [*self._titles.known(text), *self._titles.spoken(text)]
        bare = blank(text, [place[:2] for place in found])
        out: dict[str, tuple[Item, EventKind]] = {}
        for start, end, item in found:
            clause = next((bare[a:b] for a, b in opinions.clauses(bare) if a <= start < b), "")
            said = opinions.kind(clause)
            told = text[start:end].endswith(")") and bare.strip() and not intents.needs(bare)
            if said is not None or told or opinions.seen(clause):
                out[item.id] = item, "click" if said is None else "dislike" if said == "dislike" else "like"
        return tuple(out.values())

    def named(self, title: str) -> Item | None:
        """The item of this title."""
        return self._titles.named(title)

    def follow(self, states: Sequence[Query | None], turn: Query) -> Query | None:
        """The dialogue after a turn, from the states after each turn before it, the latest last: None after a reset, merged after a
        need, the one before the latest after an undo, and as it was after anything else.
        """
        return dialogue.follow(self.schema, states, turn)

    def anew(self, state: Query | None, turn: Query) -> bool:
        """True where a need begins with nothing carried over from the dialogue so far."""
        return dialogue.anew(self.schema, state, turn)

    def _waived(self, text: str, state: Query | None) -> waiving.Waiver:
        """What the message lets go of what the dialogue asks for."""
        about = dialogue.categories(self.schema, state) if state else ()
        return waiving.waived(text, self.schema, state, lambda said: self._lexicon.find(said, about))

    def _more(self, text: str, title: tuple[int, int], state: Query | None, asked: str) -> bool:
        """True where a title says more than conditions: an item may be called 红色连衣裙, and whoever says so asks for any red dress."""
        taken = self._reader.read(text, state, asked).taken
        return bool(blank(text, taken)[slice(*title)].strip())

    def _pointed(self, text: str, shown: Sequence[Item]) -> _Pointed:
        """The ranks that the message says or describes."""
        said = pointing.said(text, len(shown))
        placed = list(said)
        if shown:
            placed += pointing.numbered_or_described(
                text, shown, self._carriers(shown), self._extremes(shown), bool(said)
            )
            placed = placed if said or pointing.points(text) or opinions.kind(text) else self._named(text, placed)
            placed = [] if not said and self._asks_for_most(text) else placed
        if shown and pointing.compared(text):
            placed = self._compared(text, shown) if not placed else self._with_best(text, shown, placed)
        placed += [(r, (0, 0)) for r in pointing.everything(text, len(shown))] if not placed and len(shown) else []
        return _Pointed(tuple(dict.fromkeys(r for r, _ in placed)), tuple(placed))

    def _asks_for_most(self, text: str) -> bool:
        """True for "and the lightest?": the lightest there is, not of those shown, unless the message points or says something of it."""
        if pointing.singles_out(text) or opinions.kind(text) or intents.intent(text, True, True) not in _NEEDS[:2]:
            return False
        return comparison.superlative(text, self.schema, ()) is not None

    def _named(self, text: str, placed: list[pointing.Placed]) -> list[pointing.Placed]:
        """Without the words of a title that are values as well: 马拉松的 asks for marathons, though one shown has it in its title."""
        if not placed or intents.intent(text, True, True) not in ("recommend", "refine"):
            return placed
        said = [(s.start, s.end) for s in self._lexicon.find(text)]
        said += [(b.start, b.end) for b in bounds.find(text, self.schema, ())]
        return [
            p for p in placed
            if comparison.relative(text[: p[1][0]]) or not any(a <= p[1][0] < b for a, b in said)
        ]  # fmt: skip

    def _with_best(self, text: str, shown: Sequence[Item], placed: list[pointing.Placed]) -> list[pointing.Placed]:
        """最贵的跟第一家比: one item is compared with the one that a superlative picks out."""
        best = comparison.superlative(text, self.schema, ()) if len(placed) == 1 else None
        have = [i for i in shown if best and i.get(best[0]) is not None]
        if best is None or not have:
            return placed
        first = sorted(have, key=lambda i: i.get(best[0]), reverse=best[1])[0]  # type: ignore[arg-type,return-value]
        return [*placed, (shown.index(first) + 1, best[2:])]

    def _compared(self, text: str, shown: Sequence[Item]) -> list[pointing.Placed]:
        """红色的和黑色的哪个好: of what is compared, the items that alone have the value said."""
        out = []
        for span in self._lexicon.find(text):
            own = [rank for rank, i in enumerate(shown, 1) if any(v in i.values(f) for f, v in span.pairs)]
            out += [(own[0], (span.start, span.end))] if len(own) == 1 else []
        return out if len(out) > 1 else []

    def _carriers(self, shown: Sequence[Item]) -> pointing.Matcher:
        """The shown items that carry every value a phrase names."""

        def carriers(phrase: str) -> list[Item]:
            spans = self._lexicon.find(phrase)
            numbers = [] if spans else [c for b in bounds.find(phrase, self.schema, ()) for c in b.constraints]
            return [
                i for i in shown
                if (spans or numbers)
                and all(any(v in i.values(f) for f, v in s.pairs) for s in spans)
                and all(meets(i, c) for c in numbers)
            ]  # fmt: skip

        return carriers

    def _extremes(self, shown: Sequence[Item]) -> pointing.Matcher:
        """The shown items in the order of a superlative or comparative that a phrase says."""

        def ordered(phrase: str) -> list[Item]:
            best = comparison.superlative(comparison.most(phrase), self.schema, ())
            have = [i for i in shown if best and i.get(best[0]) is not None]
            return sorted(have, key=lambda i: i.get(best[0]), reverse=best[1]) if best else []  # type: ignore[arg-type,return-value]

        return ordered

    def _others(self, text: str, shown: Sequence[Item]) -> list[Constraint]:
        """Another brand, other colours: none of those shown."""
        if not shown or not _OTHER.search(text):
            return []
        for name, field in self.schema.fields.items():
            known = (*labels(field), *_COMMON.get(name, ())) if field.kind in ("categorical", "list") else ()
            words = "|".join(map(re.escape, known))
            if words and re.search(_ANOTHER.format(label=words), text):
                values = tuple(dict.fromkeys(v for i in shown for v in i.values(name)))
                return [Constraint(name, "not_in", values)] if values else []
        return []


def _loose(text: str, read: Read, taken: Sequence[tuple[int, int]], lexicon: Lexicon) -> tuple[str, ...]:
    """The phrases of which no condition came, the sizes (43码), and values of other kinds of thing (女, of bloggers)."""
    if indifferent(text):
        return ()
    known = [*read.taken, *taken]
    sizes = [m.span() for m in _SIZE.finditer(blank(text, known))]
    found = sorted([*phrases(text, [*known, *sizes]), *sizes])
    if not found and not read.constraints:
        found = [(s.start, s.end) for s in lexicon.find(text) if not any(a < s.end and s.start < b for a, b in known)]
    return tuple(dict.fromkeys(text[a:b] for a, b in found))[:5]


def _firmer(wish: Constraint, state: Query | None) -> Constraint:
    """A wish relative to what is shown loosens no bound that stands: what is shown may be beyond it where nothing fits."""
    if state is None or wish.op not in ("lte", "gte"):
        return wish
    same = [c for c in state.constraints if (c.field, c.op) == (wish.field, wish.op)]
    return (min if wish.op == "lte" else max)([wish, *same], key=lambda c: c.number)


def _with_rest(ranks: tuple[int, ...], said: Sequence[tuple[int, str]], count: int) -> tuple[int, ...]:
    """The ranks said, and those that "the rest" or "all of them" came to."""
    known = {r % (count + 1) if r < 0 else r for r in ranks}
    return (*ranks, *(r for r, _ in said if r % (count + 1) not in known)) if count else ranks


def _excludes(read: Read) -> bool:
    """True where nothing is said but what is not wanted: 不要粉色了 is a condition, though something pink is shown."""
    return bool(read.constraints) and all(c.op == "not_in" for c in read.constraints)


def _topics(text: str, constraints: Sequence[Constraint]) -> tuple[str, ...]:
    """What the message is about: the kinds of thing that it names, as the catalogue spells them, then its content words, longest first."""
    kinds = [v for c in constraints if c.field in _KIND_FIELDS and c.op in ("eq", "in") for v in c.values]
    found = [w for w in words(text) if len(w) > 1 and w not in STOP_ZH and w not in STOP_EN and not _COUNTED.match(w)]
    return tuple(dict.fromkeys((*kinds, *sorted(found, key=len, reverse=True))))[:5]
