"""From a message to a `Query`: what is asked, under which exact constraints, and which words remain to be encoded."""

import re
from collections.abc import Sequence
from dataclasses import replace

from recsys.cleaning import clean
from recsys.datamodels import Constraint, EventKind, Intent, Item, Lang, Query
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
)
from recsys.language.adjectives import alike
from recsys.language.hearing import Heard, Hearer
from recsys.language.inquiring import Inquiry, inquire
from recsys.language.measures import label_words, labels
from recsys.language.nearest import Nearest, phrases
from recsys.language.reading import Read, Reader
from recsys.language.shown import Pointed, excepts
from recsys.language.smalltalk import declines, indifferent, more
from recsys.language.text import STOP_EN, STOP_ZH, blank, language, simplify, words
from recsys.language.titles import Titles, meets
from recsys.language.values import Lexicon
from recsys.schema import Schema

_FILLER = re.compile(
    r"^(?:请|麻烦|那|嗯|哦|好的?)*(?:你)?(?:帮我|给我|替我)?(?:我)?(?:想要|想买|想找|想看|想|要|需要|打算)?(?:买|找|看看|看|推荐|来|挑|选|搜)?(?:一下)?(?:(?:几|一|两|这|那)?(?:个|些|点)|(?:几|一|两)(?:件|条|款|双|部|本|笔|台|只|篇|位|套|瓶|张|口|盏|把))?"
    r"|^(?:please |can you |could you |i'?m looking for |looking for |i (?:want|need|would like)(?: to (?:buy|find|watch|read|see))? |i'?d like |show me |find me |recommend(?: me)? |give me )+(?:an? |some |the )?"
)
_DROPPED = re.compile(r"(?:有没有|有吗|吗|呢|吧|谢谢|的话)[?？]?$|[,，。;；!！?？、]+")
_OF_ONE = re.compile(
    rf"^[^,，。]{{1,10}}[那这](?:{pointing.MEASURE})(?:太|真|好|挺|蛮|很)[^,，。]{{1,4}}[了啊]?[,，](?:爱|喜欢|不喜欢|讨厌)"
    r"|^(?:(?:ugh|wow|oo+h|oh|haha|hmm)[,.!]* )?that (?!one\b)[a-z -]{3,24} (?:is|looks|sounds|feels) (?!(?:fine|ok|okay|good) (?:too|as well))[a-z ]{3,24}[.!]*$"
)
_THAT_BRAND = re.compile(r"(?:[这那]个?)?(?:牌子?|品牌|家的)|[,，]? ?(?:that|this) brand\b")  # Aster这个牌子除外
_LIKE_ONE = re.compile(r"\b(?:like|similar to) the ones? (?:for|with|in|from|about|on) [^,.;!?]+")  # asks for no bikes
_SAYS = ("feedback", "refine")  # 不要它，来点轻的 is both
_NEEDS = ("recommend", "refine", "similar")
_KIND_FIELDS = frozenset({"category", "domain", "genre", "topic", "section"})
_WHICH = re.compile(r"哪(?:个|一个|条|座|家|种|些)?")
_WHICH_EN = re.compile(r"\bwhich (?!ones?\b|of\b|is\b|has\b|would\b|do\b|should\b|looks?\b|'s|the\b)[a-z]{3}")
_WHY_DEAR = re.compile(r"^(?!.*[比跟和]).*[贵好差强]在哪")  # of one: 鹤楼人均四百多，贵在哪里
_COUNTED = re.compile(r"第?[\d零一二两三四五六七八九十百千万]+\D?$|起来$|觉得$")
_ENTITY_FIELDS = frozenset({"brand", "director", "cast", "issuer", "author", "region", "city", "country"})
_SIZE = re.compile(
    r"(?<![\d.第])\d+(?:\.\d+)?\s?(?:码|号(?!店)|寸|[a-z]{1,3}\b|[%°℃])|\bsize \d+"
)  # of things without such a number


class Understanding:
    """The parser of one catalogue. It is driven by the schema alone and knows nothing of any particular catalogue."""

    def __init__(self, schema: Schema, nearest: Nearest | None = None) -> None:
        """`nearest` finds the values of words that the schema does not know; without it they stay words."""
        self.schema = schema
        self._lexicon = Lexicon(schema)
        self._titles = Titles(schema.items)
        self._reader = Reader(schema, self._lexicon, self._titles, nearest)
        self._hearer = Hearer(schema, self._lexicon, self._titles, self._reader, nearest)
        self._labels = label_words(schema, ())

    def warm(self) -> None:
        """Make the tables that are made at the first need: a typo in either language needs them all."""
        self.parse("wram 连衣裙")

    def parse(
        self,
        text: str,
        state: Query | None = None,
        shown: Sequence[Item] = (),
        asked: str = "",
        focus: Sequence[str] = (),
    ) -> Query:
        """One message -> what this message alone says.

        `state` is the dialogue so far: it gives the categories that short answers are about, and tells a refinement from a new need.
        `shown` are the items last shown, in rank order; `asked` is the field of the question that was asked with them, and `focus` the ids
        of those that were spoken of last (`dialogue.spoken_of`).
        """
        heard = self._hearer.hear(text, state, shown, asked, focus)
        if asked and (declines(heard.text) or indifferent(heard.text)):
            return Query("", "refine", lang=language(text), said=heard.text, declined=(asked,))
        wishes = comparison.critiques(heard.text, self.schema, shown, heard.pointed.ranks) if shown else []
        wishes += comparison.conceded(heard.text, self.schema, state) if state else []
        at = [
            *self._hearer.pointer.spans(heard.text),
            *((w.start, w.end) for w in wishes),
            *_compared_with(heard.text, heard.pointed),
        ]
        taken = [*at, *heard.told]
        read = self._reader.read(blank(heard.text, [*taken, *heard.named, *heard.strange]), state, asked)
        but = self._hearer.pointer.others(heard.text, shown, heard.pointed.ranks)
        intent = self._intent(heard, read, bool(wishes) or (bool(but) and excepts(heard.text)), state, shown)
        if (
            asked
            and intent in ("feedback", "explain")
            and not heard.pointed.ranks
            and any(c.field == asked for c in read.constraints)
        ):
            intent = "refine"  # R3 is fine, where the risk was asked
        again = intent != "reset" or heard.text.startswith(("再", "还"))  # 再看看别的
        if state is not None and again and more(heard.text):
            return Query("", "refine", lang=language(text), said=heard.text)
        turn = _turn(heard, read, intent, len(shown), language(text))
        if intent not in _NEEDS:
            best = comparison.superlative(heard.text, self.schema, ()) if intent == "compare" else None
            return replace(turn, sort=best[:2]) if best else turn
        return replace(
            turn,
            constraints=_conditions(read, heard.waived.left, wishes, but, state),
            sort=read.sort,
            loose=_loose(heard.text, read, taken, self._lexicon),
            unmet=tuple(read.unmet),
            free=fillers.beyond(blank(heard.text, [*taken, *read.taken, *heard.named]), self._labels),
            waived=heard.against if heard.called else heard.waived.constraints,
            declined=heard.waived.fields,
        )

    def _intent(self, heard: Heard, read: Read, wishes: bool, state: Query | None, shown: Sequence[Item]) -> Intent:
        """What the message wants done, in the light of what was read in it."""
        text, points = heard.text, bool(heard.pointed.ranks)
        opinion_only = opinions.covers(text, [(s.start, s.end) for s in read.spans])
        named = bool(read.constraints or heard.title) and not opinion_only
        wanted = read.sort is not None or named or bool(heard.waived.ranges)
        at_hand = read.sort is None and asides.at_hand(text, self._lexicon.find(text, heads=True))
        intent = intents.intent(text, wanted, state is not None, points, wishes, at_hand)
        if intent == "compare" and not points and state is None and "二选一" in text:
            return "recommend"  # 皮卡或者旅行车，二选一
        if intent == "compare" and not points and (read.sort or any(c.field == "category" for c in read.constraints)):
            # which of them is the lightest; of two kinds of thing, those of both
            return "refine" if state else "recommend"
        if intent == "feedback" and not points and negation.refused(text):
            return "refine"  # 不要耐克 where there is no such brand: no opinion of what is shown
        if len(heard.pointed.ranks) == 2 and pointing.elliptic(text):
            return "compare"
        if intent == "compare" and len(heard.pointed.ranks) == 1 and (self._asks_field(text) or _WHY_DEAR.search(text)):
            return "explain"  # 挨着哪个地铁站
        told = any(_has(shown[r - 1 if r > 0 else r], read) for r in heard.pointed.ranks if 0 < abs(r) <= len(shown))
        if intent == "feedback" and state is not None and read.constraints and not told and self._wishes_besides(heard):
            return "refine"  # 一刻钟的也太长了，十三分钟以内吧
        if intent == "feedback" and state is not None and read.constraints and dialogue.widens(text):
            return "refine"  # 插混也可以，Aster这个牌子除外
        if intent == "feedback" and state is not None and not points and read.refuses:
            return "refine"  # 烟熏香的别来，受不了那股味
        if intent == "refine" and not points and _OF_ONE.search(text) and not intents.needs(text):
            return "feedback"  # 摔盘子那条太逗了, though nobody knows which that is
        if heard.known and not (read.constraints or read.sort or heard.waived.ranges or intents.needs(text)):
            return "feedback"  # 看过龙猫了
        return intent

    def _wishes_besides(self, heard: Heard) -> bool:
        """True where a clause says a condition, and nothing of what is shown."""
        clauses = opinions.clauses(heard.text)
        free = [c for c in clauses if not any(c[0] <= at[0] < c[1] for _, at in heard.pointed.placed if at[0] < at[1])]
        return any(
            opinions.kind(said := heard.text[a:b]) is None and bounds.find(said, self.schema, ()) for a, b in free
        )

    def _asks_field(self, text: str) -> bool:
        """True where a question is which value of a field: which metro stop."""
        names = {w for f in self.schema.fields.values() for w in labels(f) if len(w) > 1}
        return bool(_WHICH_EN.search(text)) or any(
            text.startswith(w, m.end()) for m in _WHICH.finditer(text) for w in names
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
        known, others = self._hearer.spoken_of(text)
        found = [*known, *others]
        bare = blank(text, [place[:2] for place in found])
        out: dict[str, tuple[Item, EventKind]] = {}
        for start, end, item in found:
            clause = next((bare[a:b] for a, b in opinions.clauses(bare) if a <= start < b), "")
            said = opinions.kind(clause)
            told = text[start:end].endswith(")") and bare.strip() and not intents.needs(bare)
            if said is not None or told or opinions.seen(clause) or (start, end, item) in known:
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


def _turn(heard: Heard, read: Read, intent: Intent, count: int, lang: Lang) -> Query:
    """What a message says besides its conditions; `count` items are shown."""
    ranks, title = heard.pointed.ranks, heard.title
    nowhere = not ranks and bool(pointing.ordinals(heard.text))  # the second, where one is shown
    at = [(rank, place[0]) for rank, place in heard.pointed.placed]
    said = opinions.opinions(heard.text, at, count) if intent in _SAYS[: 1 + bool(ranks)] and not nowhere else ()
    kept = blank(heard.written, [*read.gone, *heard.waived.ranges])
    rest = _FILLER.sub("", _DROPPED.sub(" ", _FILLER.sub("", kept.strip())).strip()).strip(" 的")
    spoken = [v for s in read.spans for f, v in s.pairs if f in _ENTITY_FIELDS] + ([title[2]] if title else [])
    return Query(
        text="" if indifferent(heard.text) else " ".join(rest.split()),
        intent=intent,
        references=_with_rest(ranks, said, count),
        sentiment=opinions.sentiment(heard.text),
        topics=_topics(rest, read.constraints),
        entities=tuple(dict.fromkeys((*spoken, *entities.named(heard.text)))),
        like=title[2] if title and title[3] else "",
        lang=lang,
        said=heard.text if heard.text.strip() else heard.whole,
        opinions=said,
        waived=heard.against,
    )


def _conditions(
    read: Read,
    left: Sequence[Constraint],
    wishes: Sequence[comparison.Critique],
    but: Sequence[Constraint],
    state: Query | None,
) -> tuple[Constraint, ...]:
    """What is said outright, and what goes by the items shown where nothing is: of 短一点，五分钟内, five minutes."""
    outright = {(c.field, c.op) for c in read.constraints}
    wished = [
        w.constraint if w.conceded else _firmer(w.constraint, state)
        for w in wishes
        if (w.constraint.field, w.constraint.op) not in outright and not _contradicts(w.constraint, read)
    ]
    said = {c.field for c in read.constraints}
    wished = [c for c in wished if c.op in ("lte", "gte") or c.field not in said]
    wished = [c for c in wished if not any(alike(c.field, o.field) for o in read.constraints if c.op == o.op)]
    others = [c for c in but if not {(c.field, "eq"), (c.field, "not_in")} & outright]
    return tuple(dict.fromkeys((*read.constraints, *left, *wished, *others)))


def _compared_with(text: str, pointed: Pointed) -> list[tuple[int, int]]:
    """Where the message says which of the shown items it is about or compares with: that asks for nothing else."""
    placed = pointed.placed if intents.similar(text) or not intents.needs(text) else ()
    like = [
        at for _, at in placed if not text[: at[1]].endswith("ones") and not _THAT_BRAND.match(text, at[1])
    ]  # "more like the convertible" asks for no convertible
    like += [m.span() for m in _LIKE_ONE.finditer(text)]
    return [*like, *(at for _, at in pointed.placed if comparison.relative(text[: at[0]]))]  # than the Terra AWD


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


def _contradicts(wish: Constraint, read: Read) -> bool:
    """True for a least above the most that the message names: under 2500, but not too cheap."""
    most = [c.number for c in read.constraints if (c.field, c.op) == (wish.field, "lte")]
    return wish.op == "gte" and any(wish.number > m for m in most)


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


def _topics(text: str, constraints: Sequence[Constraint]) -> tuple[str, ...]:
    """What the message is about: the kinds of thing that it names, as the catalogue spells them, then its content words, longest first."""
    kinds = [v for c in constraints if c.field in _KIND_FIELDS and c.op in ("eq", "in") for v in c.values]
    found = [w for w in words(text) if len(w) > 1 and w not in STOP_ZH and w not in STOP_EN and not _COUNTED.match(w)]
    return tuple(dict.fromkeys((*kinds, *sorted(found, key=len, reverse=True))))[:5]


def _has(item: Item, read: Read) -> bool:
    """True where all that a message says besides its opinion is a number that the item has: 七个小时够了，喜欢."""
    both = {c.field for c in read.constraints if c.op == "gte"} & {c.field for c in read.constraints if c.op == "lte"}
    return all(c.field in both and meets(item, c) for c in read.constraints)
