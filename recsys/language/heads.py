"""What names a kind of thing in a message: not what it is only to fit, to go with, or is mine already."""

import re
from collections.abc import Sequence, Set

from recsys.datamodels import Constraint, Query
from recsys.language import intents, leaning, meaning, negation, opinions
from recsys.language.measures import label_words
from recsys.language.resolving import one_of, scope
from recsys.language.shortened import HEADS, TYPES, WIDER
from recsys.language.text import CJK, blank
from recsys.language.values import Lexicon, Span
from recsys.schema import Schema

PERSON = frozenset({"gender", "age", "audience"})
_GIVEN = re.compile(r"(?:送|给|帮|替|为|孝敬|陪)(?:我|我们|我家|家里|个)?(?:的)?$|\bfor (?:my |our |the |an? )?$")
_ABOUT = re.compile(r"s? (?:about|on|covering|who (?:post|talk|write)s? about|who|that (?:talk|cover)s?)\b")
_WITH = re.compile(
    r"\bwith (?:an? |the |some )?(?:(?:good|great|big|nice|decent|better|best) )?$"
    r"|\b(?:room for|space for|fits?(?: in)?|holds?|goes with|under|works with) (?:an? |my |the |your |our )(?:[\d.]+[ -]?(?:inch|in|cm|l|litre|liter|\")? )?$|(?:能|可以?)(?:配|连|接|插)(?:得下)?$|(?:放|装|收纳|整理|擦|清洗|打扫)$"
)
_INTO = re.compile(
    r"(?:能|可以?)(?:进|放进|放|装|塞)(?:得?下)?(?:[\d.]+\s?[寸升]的?)?$|\b(?:fits?|keep|put|carry|stash|toss|throw|chuck|stuff|roll(?:s|ed)?|pack(?:s|ed)?|slips?|goes)(?: (?:it|them|up|away|down|small|easily))* (?:in|into|inside) (?:an? |the |my |our |her |his )$|\b(?:enough|small|light|big) (?:for|to fit in|to go in) (?:an? |my |the )$|\b(?:goes|go|safe|used?) in (?:the |an? )$|\b(?:store|storing|organi[sz]e|organi[sz]ing|tidy|tidying|hang|hanging) (?:up |away )?(?:my |our |the |all |her |his )*$"
)
_MOVED = re.compile(
    r"(?:换成|换到|改成|改看|转到|换)(?:一?个|一?位|些|点|几个|几位)?(?:讲|做|拍|聊|教|写|看)?$|\b(?:switch|change|move)(?: (?:it|that|over))? to (?:the |some )?$|\bswap(?: out)? [a-z ]{3,24} for (?:the |some )?$"
)
_MOVE = re.compile(r"换|改成|改看|转到|\b(?:switch|change|move|swap)\b")
_PART = re.compile(r"[,，。.;；!！?？、]|\b(?:and|or)\b|[和或跟]")  # what comes after is another thing
_SCENTED = re.compile(r" (?:scented|flavou?red|based|shaped|themed|inspired|infused|printed) ")
_OF = re.compile(r"[^,，。.;；!！?？、和或跟与及\s]{1,8}的")
_ALSO = re.compile(r"\b(?:also|now i|next,? i) need\b|还(?:想|要)买|再买")  # another thing besides
_MINE = re.compile(r"(?:\b(?:my|our|his|her|their)|我的|我家的?)\s?(?:old |new |own )?$")


_MORE_OF = re.compile(r"\b(?:lower|higher|shorter|taller|flatter|smaller|bigger|longer) [a-z]+\b")
_APART, _ALSO_ZH = (
    re.compile(r"[,，。;；!！]"),
    re.compile(r"(?:再|还|另外|也|或者?|和|跟)[^,，。]{0,4}$|\b(?:or|and|also|another)(?: an?| the)? $"),
)


class Heads:
    """Finds the names of categories and domains with the phrases of one schema."""

    def __init__(self, schema: Schema, lexicon: Lexicon) -> None:
        self.schema, self.lexicon = schema, lexicon

    def found(self, text: str, about: tuple[str, ...]) -> list[Span]:
        """What names a category or domain; a word that also labels a number of another one is that label: "2TB storage laptop"."""
        heads = [h for h in self.lexicon.find(text, heads=True) if not self._across(text, h)]
        given = [h for h in heads if h.fields() & PERSON and _GIVEN.search(text[: h.start])]
        heads = [h for h in heads if h not in given and not _INTO.search(text[: h.start])]
        heads = [h for h in heads if not _WITH.search(text[: h.start])] or heads  # a phone with a good camera
        if about and not intents.needs(text):  # 家里有老人睡得浅，要静音的
            heads = [h for h in heads if not h.fields() & PERSON]
        mine = [h for h in heads if _MINE.search(text[: h.start])]
        heads = [h for h in heads if not meaning.inside(self.schema, h, about)] + self._moved(text, about)
        unwanted = negation.negated(heads, negation.ranges(text, heads), text)
        heads = [h for h in heads if h not in unwanted] or ([] if about else heads)
        if about and (
            re.search(r"\d", text) or _MORE_OF.search(text)
        ):  # of boots: heels no higher than 5 cm, lower heels
            numbers = label_words(self.schema, about)
            heads = [h for h in heads if text[h.start : h.end].removesuffix("s") not in numbers]
        much = leaning.leaning(text, self.schema, about) if about else None
        if much:  # of news: short reads
            heads = [h for h in heads if h.end <= much[2] or much[3] <= h.start]
        spans = [s for s in self.lexicon.find(text) if not s.fields() & set(HEADS)]
        longer = [(s.start, s.end) for s in spans]
        outer = [
            h for h in heads if not any(a <= h.start and h.end <= b and (a, b) != (h.start, h.end) for a, b in longer)
        ]
        if about:  # of tea: 茶包 are no bags
            longer = [
                (s.start, s.end)
                for s in spans
                if not any(c in about for p in s.pairs for c in self.schema.support.get(p, ()))
            ]
        ends = [self._sort(text, h, spans) for h in heads if any(a <= h.start and h.end == b for a, b in longer)]
        ends = [h for h in ends if self._goes_with(h, spans)]
        heads = outer or ends  # of 能放电脑的包, the bag; of 高领毛衣, the sweater; of "fragrance free", nothing
        if mine and (about or len(mine) < len(heads)):
            heads = [h for h in heads if h not in mine]
        if len(heads) < 2:
            return [h for h in heads if not self._made_of(h, spans)]
        heads = self._of_domain(self._asked_for(text, heads))
        named = next((h for h in heads if _ABOUT.match(text[h.end :])), None)
        heads = [h for h in heads if named is None or h.start <= named.start]  # films about cars
        heads = _modifiers(self.schema, heads) if len(heads) > 1 else heads
        heads = [
            h
            for h, last in zip(heads, [*heads[1:], None], strict=True)
            if last is None or not _before(self.schema, text, h, last)
        ]
        heads = _purposes(text, heads)
        kept = []
        for span in heads:
            others = scope(self.schema, [h for h in heads if h is not span])
            if text[span.start : span.end] not in label_words(self.schema, others):
                kept.append(span)
        return kept or heads

    def _goes_with(self, head: Span, spans: Sequence[Span]) -> bool:
        """True where such things may have what the phrase that ends with their name says, or nothing else says a sort of thing: 高领毛衣, but of "a
        bed with a removable cover" no insurance.
        """
        if not any(s.fields() & set(TYPES) and not (s.start <= head.start < s.end) for s in spans):
            return True
        whole = [s for s in spans if s.start <= head.start and s.end == head.end and s.start < head.start]
        kinds = set(scope(self.schema, [head]))
        return not whole or any(kinds & set(self.schema.support.get(p, ())) for s in whole for p in s.pairs)

    def _made_of(self, head: Span, spans: Sequence[Span]) -> bool:
        """True for a material of the kind whose sort is named: the gold of a bracelet, no investment."""
        types = [s for s in spans if s.fields() <= set(TYPES)]
        kinds = {c for s in types for p in s.pairs for c in self.schema.support.get(p, ())}
        of = {c for f, v in head.pairs if f == "material" for c in self.schema.support.get((f, v), ())}
        return kinds.isdisjoint(scope(self.schema, [head])) and not kinds.isdisjoint(of)

    def _asked_for(self, text: str, heads: list[Span]) -> list[Span]:
        """Without what is only told before the clause that asks for something else (大爷炒股赔了，我想要货币基金), and what says more of what
        was named before: 遮阳帽，防晒和速干都要有.
        """
        clauses = opinions.clauses(text)
        needs = [(a, b) for a, b in clauses if intents.needs(text[a:b])]
        asked = [h for h in heads if any(a <= h.start < b for a, b in needs)]
        told = [h for h in heads if asked and h.end <= asked[0].start and h not in asked]
        told = [h for h in told if _told(text, h, clauses)]
        heads = [h for h in heads if h not in told]
        kinds = set(scope(self.schema, heads[:1]))
        more = [
            h for h in heads[1:] if _APART.search(text[heads[0].end : h.start]) and not _ALSO_ZH.search(text[: h.start])
        ]
        return [h for h in heads if h not in more or not meaning.describes(self.schema, h, kinds)]

    def _sort(self, text: str, head: Span, spans: Sequence[Span]) -> Span:
        """The kind of thing that has the sort which ends with a name of another kind: 保温壶 of camping gear, not 壶 of tea things."""
        sorts = [
            s
            for s in spans
            if s.start < head.start and s.end == head.end and s.fields() <= set(TYPES) and CJK.match(text[s.start])
        ]
        kinds = {c for s in sorts for p in s.pairs if p[0] in TYPES for c in self.schema.support.get(p, ())}
        own = tuple(("category", c) for c in sorted(kinds))
        return Span(head.start, head.end, own) if own and kinds.isdisjoint(scope(self.schema, [head])) else head

    def _across(self, text: str, head: Span) -> bool:
        """True for what only stands across two phrases: 国剧, of 法国剧情片."""
        return not text.isascii() and any(
            s.start < head.start < s.end < head.end and head.end - s.end < 2 for s in self.lexicon.find(text)
        )

    def _of_domain(self, heads: list[Span]) -> list[Span]:
        """Without what only says something of the things of a domain that is named: photography, of whom to follow."""
        domains = [h for h in heads if h.fields() & set(HEADS) == {"domain"}]
        kinds = set(scope(self.schema, domains))
        return [h for h in heads if h in domains or not meaning.describes(self.schema, h, kinds)]

    def uses(self, text: str) -> list[tuple[int, int]]:
        """Uses right before a type that only other kinds of thing have: 露营用的, of power stations."""
        return [
            (h.start, h.end)
            for h in self.lexicon.find(text, heads=True)
            if text[h.end - 1] == "的" and self._use(text, h)
        ]

    def _use(self, text: str, head: Span) -> bool:
        types = [s for s in self.lexicon.find(text) if s.start == head.end and s.fields() & set(TYPES)]
        own = {k for s in types for p in s.pairs for k in self.schema.support.get(p, ())}
        return bool(own) and own.isdisjoint(scope(self.schema, [head]))

    def elsewhere(self, text: str, about: tuple[str, ...]) -> list[Span]:
        """A type that only another kind of thing has, where nothing that is said is of what the dialogue is about: 豆子, of coffee machines."""
        text = blank(text, negation.ranges(text, self.lexicon.find(text))) if about else text
        said = about and (
            self.lexicon.find(text, about) or any(w in text for w in label_words(self.schema, about) if len(w) > 1)
        )
        if not about or (said and not _ALSO.search(text)):  # 留香再久一点，火锅味可顽固了 is still of perfumes
            return []
        spans = [s for s in self.lexicon.find(text) if s.fields() <= set(TYPES)]
        kinds = {c for s in spans for p in s.pairs for c in self.schema.support.get(p, ())}
        own = tuple(("category", c) for c in kinds)
        return [Span(s.start, s.end, (*own, *s.pairs)) for s in spans] if len(kinds) == 1 else []

    def _moved(self, text: str, about: tuple[str, ...]) -> list[Span]:
        """A section that takes the place of another: 换成心理的, of fitness creators."""
        out = []
        for span in self.lexicon.find(text) if about and _MOVE.search(text) else ():
            kinds = {c for p in span.pairs if p[0] == "section" for c in self.schema.support.get(p, ())}
            near = [c for c in sorted(kinds) if _same_domain(self.schema, c, about)]
            if near and _MOVED.search(text[: span.start]):
                out.append(Span(span.start, span.end, tuple(("category", c) for c in near)))
        return out

    def left(self, text: str, about: tuple[str, ...], state: Query | None) -> bool:
        """True where the message is done with all that the dialogue is about: enough about boots; of books, 漫画就算了 is done with comics."""
        asked = {(c.field, v) for c in state.constraints for v in c.values if c.op in ("eq", "in")} if state else set()
        longer = [s for s in self.lexicon.find(text, about) if not s.fields() & set(HEADS)]  # 茶包 are no bags
        heads = [
            h
            for h in self.lexicon.find(text, heads=True)
            if not any(s.start <= h.start and h.end <= s.end for s in longer) and not self._within(h, about, asked)
        ]
        gone = scope(self.schema, negation.negated(heads, negation.ranges(text, heads), text))
        return set(about) <= set(gone)

    def _within(self, head: Span, about: tuple[str, ...], asked: Set[tuple[str, str]]) -> bool:
        """True for a sort of what the dialogue is about, other than the one that it asks for."""
        own = {p for p in head.pairs if p[0] not in WIDER and set(about) & set(self.schema.support.get(p, ()))}
        return bool(own) and own.isdisjoint(asked)


def with_heads(found: list[Constraint], heads: Sequence[Span], text: str) -> list[Constraint]:
    """The kind of thing that was named inside a longer phrase, too: 高领毛衣 is a neckline and a sweater."""
    section = next((c for c in found if c.field == "section" and c.op == "eq"), None)
    narrow = {v for h in heads[-1:] for f, v in h.pairs if f == "category"} if section else set()
    if len(narrow) == 1:  # 理财的博主: the category says field and domain at once
        return [Constraint("category", "eq", narrow.pop()), *(c for c in found if c.field not in ("section", *HEADS))]
    if any(c.field in WIDER for c in found):
        return found
    heads = [h for h in heads if h.end - h.start > 1 and text[h.start : h.end].strip()]
    for name in HEADS:
        values = tuple(dict.fromkeys(v for h in heads for f, v in h.pairs if f == name))
        if values:
            return [one_of(name, values), *found]
    return found


def _before(schema: Schema, text: str, head: Span, last: Span) -> bool:
    """True where a kind of thing only says of which sort the next one is: digital cameras, 退休老人跟着练的健身博主."""
    between = text[head.end : last.start]
    return bool(between == " " or _SCENTED.fullmatch(between) or _OF.fullmatch(between)) and not set(
        scope(schema, [head])
    ) & set(scope(schema, [last]))


def _same_domain(schema: Schema, category: str, about: Sequence[str]) -> bool:
    """True where one domain has the category and all of these."""
    return any({category, *about} <= set(kinds) for (f, _), kinds in schema.support.items() if f == "domain")


def _modifiers(schema: Schema, heads: Sequence[Span]) -> list[Span]:
    """The heads that name the thing: one before another that may also be a property of that other is a property (理财的博主, gold earrings)."""
    last = heads[-1]
    kinds = set(scope(schema, [last]))
    kept = [h for h in heads[:-1] if h.start == last.start or not meaning.describes(schema, h, kinds)]
    if len(kept) == len(heads) - 1:
        return list(heads)
    inner = {
        c for h in heads[:-1] if h not in kept for f, v in h.pairs if f == "section" for c in schema.support.get((f, v), ()) if c in kinds
    }  # fmt: skip
    return [*kept, Span(last.start, last.end, tuple(("category", c) for c in sorted(inner)) or last.pairs)]


def _told(text: str, head: Span, clauses: Sequence[tuple[int, int]]) -> bool:
    """True where the clause of a head says more than its name, as one that tells something does."""
    start, end = next((c for c in clauses if c[0] <= head.start < c[1]), (head.start, head.end))
    rest = (text[start : head.start] + text[head.end : end]).strip(" ,，。;；!！?？")
    return len(rest) > (8 if text.isascii() else 2)


_FOR_USE = re.compile(r"(?:适合|用来|拿来|方便)[^,，。]{0,6}$")


def _purposes(text: str, heads: Sequence[Span]) -> list[Span]:
    """The heads without those that only say what another is for: 露营用的灯 and "a phone to listen to music on" ask for a lamp and a phone."""

    def serves(head: Span) -> bool:
        before = any(h.end <= head.start and not _PART.search(text, h.end, head.start) for h in heads)
        after = any(h.start >= head.end and not _PART.search(text, head.end, h.start) for h in heads)
        fits = before and _FOR_USE.search(text[: head.start])  # 什么平板适合睡前看书的
        joined = fits or text[head.end - 1] == "的" or re.match(r"用?的(?!话|时候)", text[head.end :])
        return bool(
            fits
            or (joined and after)
            or (before and " " in text[head.start : head.end] and text.endswith(" to ", 0, head.start))
        )

    return [h for h in heads if not serves(h)] or list(heads)
