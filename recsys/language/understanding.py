"""From a message to a `Query`: what is asked, under which exact constraints, and which words remain to be encoded."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from recsys.cleaning import clean
from recsys.datamodels import Constraint, Item, Query, Schema
from recsys.language import (
    asides,
    bounds,
    comparison,
    dialogue,
    entities,
    fillers,
    intents,
    meaning,
    negation,
    opinions,
    pointing,
    waiving,
)
from recsys.language.inquiring import Inquiry, inquire
from recsys.language.nearest import Nearest, phrases
from recsys.language.smalltalk import indifferent
from recsys.language.spelling import Speller
from recsys.language.text import STOP_EN, STOP_ZH, language, simplify, words
from recsys.language.titles import Titles
from recsys.language.values import HEADS, YES, Lexicon, Span, modifiers, scope

_FILLER = re.compile(
    r"^(?:请|麻烦|那|嗯|哦|好的?)*(?:你)?(?:帮我|给我|替我)?(?:我)?(?:想要|想买|想找|想看|想|要|需要|打算)?(?:买|找|看看|看|推荐|来|挑|选|搜)?(?:一下)?(?:(?:几|一|两|这|那)?(?:个|些|点)|(?:几|一|两)(?:件|条|款|双|部|本|笔|台|只|篇|位|套|瓶|张|口|盏|把))?"
    r"|^(?:please |can you |could you |i'?m looking for |looking for |i (?:want|need|would like)(?: to (?:buy|find|watch|read|see))? |i'?d like |show me |find me |recommend(?: me)? |give me )+(?:an? |some |the )?"
)
_DROPPED = re.compile(r"(?:有没有|有吗|吗|呢|吧|谢谢|的话)[?？]?$|[,，。;；!！?？、]+")
_NEEDS = ("recommend", "refine", "similar")
_KIND_FIELDS = frozenset({"category", "domain", "genre", "topic", "section"})
_COUNTED = re.compile(r"第?[\d零一二两三四五六七八九十百千万]+\D?$|起来$|觉得$")
_ENTITY_FIELDS = frozenset({"brand", "director", "cast", "issuer", "author", "region", "city", "country"})
_OTHER = re.compile(
    r"(?P<zh2>牌子|品牌|颜色|导演|城市|国家)(?:能不能|可以|也|再)?换(?:一)?(?:个|下|种|换)|(?:换(?:个|一个|些)?|其他|其它|别的|另外的?)(?P<zh>牌子|品牌|颜色|色|导演|城市|国家)|(?:another|a different|other|different) (?P<en>brands?|makers?|colou?rs?|directors?|cit(?:y|ies)|countr(?:y|ies))"
)
_PERSON = frozenset({"gender", "age", "audience"})
_RELATIVE = re.compile(
    r"[爸妈父母哥弟姐妹叔姨舅姑爷奶婆]|儿子|女儿|闺女|公公|岳父|老公|男友|女友|朋友|媳妇|husband|wife|dad|mum|mom|father|mother|brother|sister|\bson|daughter|uncle|aunt|niece|nephew|gran|\b(?:her|him|guys?|girls|lady)\b"
)
_TO_THEM = re.compile(r"(?:给|送|帮|替|为|孝敬|适合|\b(?:for|get|buy|gift|gifts|to))[^,，。.;；!！?？]{0,8}$")
_OF_THEM = re.compile(
    r"(?:'s)?[^,，。.;；!！?？]{0,3}?\s?(?:穿|用|戴|喝|看|玩|过?生日|的(?!朋友|同)|喜欢|爱|想要|要|likes?|loves?|wants?|needs?|birthday|款)"
)
_SPEAKS = re.compile(
    r"(?:都|也|老|一直|今天|昨天|又)?(?:让我|叫我|说|要我|非要|催|嫌|骂|生气|问我|不让)|(?:'s)? (?:said|says|told|tells|asked|asks|wants me|made me|keeps)\b"
)
_SPENT = re.compile(r"花(?=(?:不?到|超过|个|上)?\s?[\d一二三四五六七八九十百千两几])")  # to spend, not a flower
_GIVEN = re.compile(r"(?:送|给|帮|替|为|孝敬|陪)(?:我|我们|我家|家里|个)?(?:的)?$|\bfor (?:my |our |the |an? )?$")
_ABOUT = re.compile(r"s? (?:about|on|covering|who (?:post|talk|write)s? about|who|that (?:talk|cover)s?)\b")
_WITH = re.compile(r"\bwith (?:an? |the |some )?(?:(?:good|great|big|nice|decent|better|best) )?$")
_FREE = re.compile(
    r"(?<!不)免费(?!停车|接|送|提供|上网|wifi|早餐)|免票|不(?:要|花|用花|收)钱|\bfree (?:of charge|entry|admission|to enter)\b|\bfor free\b"
)
_MINE = re.compile(r"(?:\b(?:my|our|his|her|their)|我的|我家的?)\s?(?:old |new |own )?$")
_SIZE = re.compile(
    r"(?<![\d.第])\d+(?:\.\d+)?\s?(?:码|号(?!店)|寸|[a-z]{1,3}\b|[%°℃])|\bsize \d+"
)  # of things without such a number
_OTHERS = {
    "牌子": "brand",
    "品牌": "brand",
    "颜色": "color",
    "色": "color",
    "导演": "director",
    "城市": "city",
    "国家": "country",
}


@dataclass(frozen=True, slots=True)
class _Pointed:
    """What a message says of the items that are shown."""

    ranks: tuple[int, ...]
    placed: tuple[pointing.Placed, ...]


class Understanding:
    """The parser of one catalogue. It is driven by the schema alone and knows nothing of any particular catalogue."""

    def __init__(self, schema: Schema, nearest: Nearest | None = None) -> None:
        """`nearest` finds the values of words that the schema does not know; without it they stay words."""
        self.schema, self._nearest = schema, nearest
        self._lexicon = Lexicon(schema)
        self._speller = Speller(schema)
        self._titles = Titles(schema.items)
        self._labels = bounds.label_words(schema, ())

    def parse(self, text: str, state: Query | None = None, shown: Sequence[Item] = (), asked: str = "") -> Query:
        """One message -> what this message alone says.

        `state` is the dialogue so far: it gives the categories that short answers are about, and tells a refinement from a new need.
        `shown` are the items last shown, in rank order; `asked` is the field of the question that was asked with them.
        """
        simple = simplify(clean(text))
        lowered = self._speller.correct(simple.lower())
        written = simple if lowered == simple.lower() else lowered
        waived = self._waived(lowered, state)
        whole, lowered = lowered, _blank(lowered, waived.ranges)
        title = self._titles.find(lowered)
        pointed = self._pointed(lowered, shown)
        if pointed.ranks and not pointing.points(lowered) and _excludes(self._read(lowered, state, asked)):
            pointed = _Pointed((), ())
        wishes = comparison.critiques(lowered, self.schema, shown, pointed.ranks) if shown else []
        like = pointed.placed if intents.similar(lowered) or not intents.needs(lowered) else ()
        like = tuple(
            p for p in like if not lowered[: p[1][1]].endswith("ones")
        )  # "more like the convertible" asks for no convertible
        taken = [*pointing.spans(lowered), *((w.start, w.end) for w in wishes), *(at for _, at in like)]
        read = self._read(_blank(lowered, [*taken, *([title[:2]] if title else [])]), state, asked)
        opinion_only = opinions.covers(lowered, [(s.start, s.end) for s in read.spans])
        wanted = read.sort is not None or (bool(read.constraints or title) and not opinion_only) or bool(waived.ranges)
        at_hand = asides.at_hand(lowered, self._lexicon.find(lowered, heads=True))
        intent = intents.intent(lowered, wanted, state is not None, bool(pointed.ranks), bool(wishes), at_hand)
        if intent == "feedback" and not pointed.ranks and negation.refused(lowered):
            intent = "refine"  # 不要耐克 where there is no such brand: no opinion of what is shown
        constraints = (*read.constraints, *(w.constraint for w in wishes), *self._others(lowered, shown))
        at = [(rank, place[0]) for rank, place in pointed.placed]
        said = opinions.opinions(lowered, at, len(shown)) if intent == "feedback" else ()
        needs = intent in _NEEDS
        kept = _blank(written, [*read.gone, *waived.ranges])
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
            loose=_loose(lowered, read, taken) if needs else (),
            free=fillers.beyond(_blank(lowered, [*taken, *read.taken, *([title[:2]] if title else [])]), self._labels)
            if needs
            else "",
            opinions=said,
            waived=waived.constraints if needs else (),
            declined=waived.fields if needs else (),
        )

    def inquiry(self, turn: Query, items: Sequence[Item]) -> Inquiry:
        """What a turn asks about these items."""
        have = {n for n in self.schema.fields for i in items if i.get(n) is not None}
        return inquire(turn.said, self.schema, self._lexicon, have)

    def named(self, title: str) -> Item | None:
        """The item of this title."""
        return self._titles.named(title)

    def follow(self, states: Sequence[Query | None], turn: Query) -> Query | None:
        """The dialogue after a turn, from the states after each turn before it, the latest last: None after a reset, merged after a
        need, the one before the latest after an undo, and as it was after anything else.
        """
        return dialogue.follow(self.schema, states, turn)

    def _waived(self, text: str, state: Query | None) -> waiving.Waiver:
        """What the message lets go of what the dialogue asks for."""
        about = dialogue.categories(self.schema, state) if state else ()
        return waiving.waived(text, self.schema, state, lambda said: self._lexicon.find(said, about))

    def _read(self, text: str, state: Query | None, asked: str) -> "_Read":
        """The constraints of a message without regard to what is shown."""
        text = self._settled(_SPENT.sub(" ", text))
        about = dialogue.categories(self.schema, state) or self._titles.categories(state.entities) if state else ()
        aside = asides.mentioned(text, self._lexicon.find(text, heads=True))
        text = _blank(text, aside)
        heads = self._heads(text, about)
        categories = scope(self.schema, heads)
        carried = categories or about
        carried = meaning.rescoped(self.schema, self._lexicon, text, heads, carried) if heads else carried
        best = comparison.superlative(text, self.schema, carried) or comparison.again(
            text, state.sort if state else None
        )
        plain = _blank(text, [best[2:]] if best else [])
        plain = negation.freed(plain, self.schema.lexicon)
        numeric = bounds.find(plain, self.schema, carried, asked)
        numeric = [*numeric, *self._free(plain, carried, numeric)] or self._answered(text, state, asked)
        plain = _blank(plain, [(b.start, b.end) for b in numeric])
        carried = carried or meaning.measured(self.schema, [c.field for b in numeric for c in b.constraints])
        labels = bounds.label_words(self.schema, carried) if numeric or best else frozenset()
        spans = [s for s in self._lexicon.find(plain, carried) if text[s.start : s.end] not in labels]
        spans = spans or self._lexicon.of_field(plain, asked)
        if self._nearest is not None:
            known = [(s.start, s.end) for s in (*spans, *heads)] + [(b.start, b.end) for b in numeric]
            known += [best[2:]] if best else []
            spans = sorted([*spans, *self._nearest.spans(text, known, carried)], key=lambda s: s.start)
        unwanted = negation.ranges(plain, spans)
        against = negation.negated(spans, unwanted, plain)
        spans = [s for s in spans if not (s.fields() & _PERSON and _in_passing(text, s))]
        idle = {s for s in negation.needless(plain, spans) if any(v.lower() in YES for _, v in s.pairs)}
        spans = [s for s in spans if s not in idle]
        found = meaning.constraints(self.schema, plain, spans, against, carried, bool(categories or about))
        gone = [(a, max((s.end for s in against if a <= s.start < b), default=a)) for a, b in unwanted]
        refused = [(a, b) for a, b in unwanted]
        heads = [h for h in heads if not any(a <= h.start and h.end <= b for a, b in refused)]
        found = _with_heads(found, heads if set(categories) <= set(carried) else [], plain)
        constraints = _as_before([c for b in numeric for c in b.constraints], numeric, state)
        gone += [(b.start, b.end) for b in numeric]
        taken = [*gone, *aside, *((s.start, s.end) for s in (*heads, *spans)), *([best[2:]] if best else [])]
        return _Read([*constraints, *found], spans, best[:2] if best else None, gone, taken)

    def _settled(self, text: str) -> str:
        """Without what was taken back in the same breath: of 羽绒被… 不对，羽绒服, the jacket; positions stay."""
        slips = list(bounds.SLIP.finditer(text))
        if not slips:
            return text
        at = slips[-1].end()
        now = {_kind(f) for s in self._lexicon.find(text[at:]) for f in s.fields()}
        old = [s for s in self._lexicon.find(text[:at]) if {_kind(f) for f in s.fields()} <= now]
        return _blank(text, [(s.start, s.end) for s in old])

    def _heads(self, text: str, about: tuple[str, ...]) -> list[Span]:
        """What names a category or domain; a word that also labels a number of another one is that label: "2TB storage laptop"."""
        heads = self._lexicon.find(text, heads=True)
        given = [h for h in heads if h.fields() & _PERSON and _GIVEN.search(text[: h.start])]
        heads = [h for h in heads if h not in given]
        mine = [h for h in heads if _MINE.search(text[: h.start])]
        heads = [h for h in heads if not meaning.inside(self.schema, h, about)]
        longer = [(s.start, s.end) for s in self._lexicon.find(text) if not s.fields() & set(HEADS)]
        outer = [h for h in heads if not any(a <= h.start and h.end <= b for a, b in longer)]
        ends = [h for h in heads if any(a <= h.start and h.end == b for a, b in longer)]
        heads = outer or ends  # of 能放电脑的包, the bag; of 高领毛衣, the sweater; of "fragrance free", nothing
        if mine and (about or len(mine) < len(heads)):
            heads = [h for h in heads if h not in mine]
        unwanted = negation.negated(heads, negation.ranges(text, heads), text)
        heads = [h for h in heads if h not in unwanted] or heads
        if len(heads) < 2:
            return heads
        named = next((h for h in heads if _ABOUT.match(text[h.end :])), None)
        heads = [h for h in heads if named is None or h.start <= named.start]  # films about cars
        first = heads[0].start  # a phone with a good camera
        heads = [h for h in heads if h.start == first or not _WITH.search(text[: h.start])]
        heads = modifiers(self.schema, heads) if len(heads) > 1 else heads
        kept = []
        for span in heads:
            others = scope(self.schema, [h for h in heads if h is not span])
            if text[span.start : span.end] not in bounds.label_words(self.schema, others):
                kept.append(span)
        return kept or heads

    def _free(self, text: str, categories: tuple[str, ...], read: Sequence[bounds.Bound]) -> list[bounds.Bound]:
        """What costs nothing, where there are such things: 门票免费的景点, but not 免费停车."""
        price = self.schema.fields.get("price")
        match = _FREE.search(text) if price is not None and price.low == 0 else None
        if match is None or any(c.field == "price" for b in read for c in b.constraints):
            return []
        if any(s.start <= match.start() < s.end for s in self._lexicon.find(text, categories)):
            return []
        return [bounds.Bound(*match.span(), (Constraint("price", "lte", 0.0),))]

    def _answered(self, text: str, state: Query | None, asked: str) -> list[bounds.Bound]:
        """A number alone: the answer to a question, else a new value of the latest bound, else of the one field that has such values."""
        value = bounds.bare(text)
        value = bounds.bare(re.split(r"[,，]", text)[-1]) if value is None and state else value
        if value is None:
            return []
        last = next((c for c in reversed(state.constraints) if c.op in ("lte", "gte")), None) if state else None
        if last is not None and not asked and re.search(r"\D", text.strip()):
            return [bounds.Bound(0, len(text), (Constraint(last.field, last.op, value),))]
        fields = [f for f in self.schema.fields.values() if f.kind == "numeric" and f.low <= value <= f.high]
        name = asked if asked in {f.name for f in fields} else fields[0].name if len(fields) == 1 else ""
        return (
            [bounds.Bound(0, len(text), (Constraint(name, "gte", value), Constraint(name, "lte", value)))]
            if name
            else []
        )

    def _pointed(self, text: str, shown: Sequence[Item]) -> _Pointed:
        """The ranks that the message says or describes."""
        said = pointing.said(text, len(shown))
        placed = list(said)
        if shown:
            placed += pointing.numbered_or_described(
                text, shown, self._carriers(shown), self._extremes(shown), bool(said)
            )
        if not placed and shown and pointing.compared(text):
            placed = self._compared(text, shown)
        placed += [(r, (0, 0)) for r in pointing.everything(text, len(shown))] if not placed and len(shown) else []
        return _Pointed(tuple(dict.fromkeys(r for r, _ in placed)), tuple(placed))

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
            return [i for i in shown if spans and all(any(v in i.values(f) for f, v in s.pairs) for s in spans)]

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
        match = _OTHER.search(text)
        if match is None or not shown:
            return []
        name = _OTHERS.get(match["zh"] or match["zh2"] or "") or next(
            (
                n
                for n in ("brand", "color", "director", "city", "country")
                if (match["en"] or "").replace("colour", "color").startswith(n[:3])
            ),
            "",
        )
        name = next((n for n in (name, "colour") if n in self.schema.fields), "")
        values = tuple(dict.fromkeys(v for i in shown for v in i.values(name))) if name else ()
        return [Constraint(name, "not_in", values)] if values else []


@dataclass(frozen=True, slots=True)
class _Read:
    """What a message says by itself; `gone` are the stretches that are not to be encoded, `taken` all that were understood."""

    constraints: list[Constraint]
    spans: list[Span]
    sort: tuple[str, bool] | None
    gone: list[tuple[int, int]]
    taken: list[tuple[int, int]]


def _loose(text: str, read: "_Read", taken: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """The phrases of which no condition came, and the sizes: 43码."""
    if indifferent(text):
        return ()
    known = [*((s.start, s.end) for s in read.spans), *read.gone, *taken]
    sizes = [m.span() for m in _SIZE.finditer(_blank(text, known))]
    found = sorted([*phrases(text, [*known, *sizes]), *sizes])
    return tuple(dict.fromkeys(text[a:b] for a, b in found))[:5]


def _with_rest(ranks: tuple[int, ...], said: Sequence[tuple[int, str]], count: int) -> tuple[int, ...]:
    """The ranks said, and those that "the rest" or "all of them" came to."""
    known = {r % (count + 1) if r < 0 else r for r in ranks}
    return (*ranks, *(r for r, _ in said if r % (count + 1) not in known)) if count else ranks


def _with_heads(found: list[Constraint], heads: Sequence[Span], text: str) -> list[Constraint]:
    """The kind of thing that was named inside a longer phrase, too: 高领毛衣 is a neckline and a sweater."""
    section = next((c for c in found if c.field == "section" and c.op == "eq"), None)
    narrow = {v for h in heads[-1:] for f, v in h.pairs if f == "category"} if section else set()
    if len(narrow) == 1:  # 理财的博主: the category says field and domain at once
        return [Constraint("category", "eq", narrow.pop()), *(c for c in found if c.field not in ("section", *HEADS))]
    if any(c.field in (*HEADS, "group") for c in found):
        return found
    heads = [h for h in heads if h.end - h.start > 1 and text[h.start : h.end].strip()]
    for name in HEADS:
        values = tuple(dict.fromkeys(v for h in heads for f, v in h.pairs if f == name))
        if values:
            return [Constraint(name, "eq", values[0]) if len(values) == 1 else Constraint(name, "in", values), *found]
    return found


def _kind(field: str) -> str:
    """A field, those that name a kind of thing being one."""
    return "category" if field in (*HEADS, "type", "kind", "group") else field


def _in_passing(text: str, span: Span) -> bool:
    """True for a relative who says something, or of whom nothing in a longer message says that the thing is for them."""
    if _SPEAKS.match(text[span.end :]):
        return True
    if (
        not _RELATIVE.search(text[span.start : span.end])
        or len(re.split(r"[,，。;；!！?？\s]+", text) if not text.isascii() else opinions.clauses(text)) < 3
    ):
        return False
    return not (_TO_THEM.search(text[: span.start]) or _OF_THEM.match(text[span.end :]))


def _as_before(found: list[Constraint], numeric: Sequence[bounds.Bound], state: Query | None) -> list[Constraint]:
    """ "The budget is down to 300" after "up to 500": a number alone keeps the direction of the bound that it replaces."""
    loose = {c.field for b in numeric if b.loose for c in b.constraints}
    out = []
    for c in found:
        old = [o for o in (state.constraints if state else ()) if o.field == c.field and o.op in ("lte", "gte")]
        if c.field in loose and len(old) == 1:
            same = [float(str(x.value)) for b in numeric if b.loose for x in b.constraints if x.field == c.field]
            out.append(Constraint(c.field, old[0].op, sum(same) / len(same)))
        else:
            out.append(c)
    return list(dict.fromkeys(out))


def _excludes(read: "_Read") -> bool:
    """True where nothing is said but what is not wanted: 不要粉色了 is a condition, though something pink is shown."""
    return bool(read.constraints) and all(c.op == "not_in" for c in read.constraints)


def _blank(text: str, ranges: Sequence[tuple[int, int]]) -> str:
    """The text with these stretches replaced by spaces, so that positions stay."""
    for start, end in ranges:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _topics(text: str, constraints: Sequence[Constraint]) -> tuple[str, ...]:
    """What the message is about: the kinds of thing that it names, as the catalogue spells them, then its content words, longest first."""
    kinds = [v for c in constraints if c.field in _KIND_FIELDS and c.op in ("eq", "in") for v in c.values]
    found = [w for w in words(text) if len(w) > 1 and w not in STOP_ZH and w not in STOP_EN and not _COUNTED.match(w)]
    return tuple(dict.fromkeys((*kinds, *sorted(found, key=len, reverse=True))))[:5]
