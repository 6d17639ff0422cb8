"""Find the values of a catalogue's categorical fields in a sentence: exact forms, synonyms and English labels."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from recsys.language.shortened import HEADS, TYPES, before_heads, parts
from recsys.language.text import CJK, words
from recsys.schema import YES, Schema

PEOPLE = frozenset({"director", "cast", "author", "artist"})
_ASSENT = frozenset(
    {"要", "需要", "要有", "最好有", "对", "嗯", "必须", "yes please", "yeah", "sure", "yep"}
)  # to "with a private room?"
_MEASURES = frozenset("块顶副盏口本条件部张把双台只篇位瓶套支份家辆款个车")  # 推荐本书
_BOUGHT = frozenset({*"买找挑选别要讲聊拍推", "推荐"})  # 买包, 别红的, 讲猫的
_DONE_TO = re.compile(
    r"[倒卡撸打擦掉脱吸抹搓磨切炒煮烧吹]|不(?![要想是用喜需带含])[\u3400-\u9fff]"
)  # 倒灰, 不卡粉: no colours
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_VERB = re.compile(r"\b(?:to|can|could|i|we|you|just|let'?s) (?=(?:watch|book|plant|suit|dress|date|film|fan|cap)\b)")
_SHARED = re.compile(r"([a-z-]+)(?: or| and|,)(?: or)? ([a-z-]+) ([a-z]+)\b")
_SHARED_ZH = re.compile(
    r"([\u4e00-\u9fff]{2,3})(?:或者?|和|、|跟|与)([\u4e00-\u9fff]{2,3})(新闻|博主|基金|存款|色|片|剧)"
)
_ONE, _NOUN_OR = re.compile(r"([a-z-]+) ones?\b"), re.compile(r"\b[a-z-]+ ([a-z]+) or (?:an? |the )?$")
_TENS = re.compile(r"[二三四五六七八九]十几")
_CODE = re.compile(r"[a-z]\d(?![a-z])")


@dataclass(frozen=True, slots=True)
class Span:
    """A phrase at text[start:end] and the (field, value) pairs it may mean."""

    start: int
    end: int
    pairs: tuple[tuple[str, str], ...]

    def fields(self) -> set[str]:
        """The fields it may mean."""
        return {f for f, _ in self.pairs}


class Lexicon:
    """The phrases of a schema, looked up by length: a sentence costs len × longest dictionary look-ups."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._reach: dict[str, int] = {}  # the first two characters of a phrase -> the longest that begins so
        for phrase in (*schema.lexicon, *schema.compounds):
            self._reach[_start(phrase)] = max(self._reach.get(_start(phrase), 0), len(phrase) + 4)
        self._spaced = {p.replace("-", " "): p for p in schema.lexicon if "-" in p}
        self._parts = parts(schema)
        self._before = before_heads(schema)
        for phrase in (*self._parts, *self._before):
            self._reach.setdefault(_start(phrase), len(phrase))
        self._plain = "category" not in schema.fields
        self._found = lru_cache(64)(self._find)  # each message is looked at from several sides
        self._fields: dict[str, set[str]] = {}
        for (name, value), categories in schema.support.items():
            if value:
                self._fields.setdefault(name, set()).update(categories)

    def find(self, text: str, categories: Collection[str] = (), heads: bool = False) -> list[Span]:
        """Non-overlapping spans of a cleaned, lower-case sentence, the longest at each place.

        With `categories` only values that items of these carry; with `heads` only what names a category or domain.
        """
        return list(self._found(text, frozenset(categories), heads))

    def _find(self, text: str, wanted: frozenset[str], heads: bool) -> tuple[Span, ...]:
        tokens = _token_spans(text)
        spans: list[Span] = []
        at = 0
        while at < len(text):
            found = (
                []
                if _inside_word(text, at)
                else self._shared(text, at, heads) or self._at(text, at, tokens, wanted, heads)
            )
            found = (
                []
                if found and _VERB.search(text[max(0, at - 9) : at + 6]) and found[0].fields() & set(HEADS)
                else found
            )
            if found and found[0].end > at + 1 and at not in tokens and at + 1 in tokens and CJK.match(text[at]):
                later = self._at(text, at + 1, tokens, wanted, heads)
                found = [] if later and later[0].end > found[0].end else found  # 大檐草帽: no brand 檐草
            found = [] if found and self._ends_in_place(text, at, found[0].end) else found
            spans += found
            at = found[0].end if found else at + 1
        return tuple(spans)

    def _ends_in_place(self, text: str, start: int, end: int) -> bool:
        """True where a phrase that begins with a verb ends with the first character of a place: 看法 in 想看法国电影."""
        place = self.schema.lexicon.get(text[end - 1 : end + 1], ()) if text[start] in "看想听去" else ()
        return end - start == 2 and any(f in ("country", "region", "city") for f, _ in place)

    def _shared(self, text: str, at: int, heads: bool) -> list[Span]:
        """A word that shares its noun with the one after "or": light, of light or medium roast."""
        match = _SHARED.match(text, at)
        pairs = self.schema.lexicon.get(f"{match[1]} {match[3]}", ()) if match else ()
        if match is None and (match := _SHARED_ZH.match(text, at)) and match[2] + match[3] in self.schema.lexicon:
            pairs = self.schema.lexicon.get(match[1] + match[3], ())
        if pairs and match and match[2] == match[1]:  # sofa or sofa bed
            pairs, match = (), None
        if not pairs and (match := _ONE.match(text, at)) and (noun := _NOUN_OR.search(text[:at])):
            pairs = self._pairs(f"{match[1]} {noun[1]}")  # a fitness creator or an outdoors one
        pairs = pairs if not heads or any(f in HEADS for f, _ in pairs) else ()
        return [Span(at, match.end(1), pairs)] if match and pairs else []

    def _at(self, text: str, at: int, tokens: dict[int, str], categories: frozenset[str], heads: bool) -> list[Span]:
        """The longest phrase that starts here: one span, or one for each part of a compound."""
        reach = max(self._reach.get(_start(text, at), 0), self._reach.get(text[at], 0))
        for length in range(min(reach, len(text) - at), 0, -1):
            phrase = text[at : at + length]
            if _inside_word(text, at + length) or not self._stands_alone(phrase, at, tokens):
                continue
            parts = (
                self.schema.compounds.get(phrase) or self.schema.compounds.get(phrase.removesuffix("s")) or (phrase,)
            )
            pairs = [self._pairs(p) for p in parts]
            if len(parts) > 1 and any(
                p == ("category", part) for part, own in zip(parts, pairs, strict=True) for p in own
            ):
                first = next(p for p, own in zip(parts, pairs, strict=True) if ("category", p) in own)
                pairs = [  # 猫玩具: of things for pets, no toys of children
                    tuple(p for p in own if p[0] not in HEADS) if part != first and self._sort(part, first) else own
                    for part, own in zip(parts, pairs, strict=True)
                ]
                pairs = [  # 羽绒被: of quilts, not the jacket that 羽绒 alone may mean
                    own if part == first else tuple(p for p in own if p[0] not in HEADS) or own  # 金耳环: no investment
                    for part, own in zip(parts, pairs, strict=True)
                ]
            found = [
                self._fitting(phrase if len(parts) == 1 else p, own, categories, heads)
                for p, own in zip(parts, pairs, strict=True)
            ]
            if (categories or self._plain) and len(parts) == 1 and not found[0] and not heads:
                alone = len(phrase) > 1 or text[at + 1 : at + 2] == "的"  # 红的, of tea, but not 水 of 一升水
                found = [self._part(phrase, categories) or (self._qualifying(phrase, categories) if alone else ())]
            spans = [Span(at, at + length, pairs) for pairs in found if pairs]
            if spans:
                return spans
        return []

    def _sort(self, value: str, category: str) -> bool:
        """True where things of a category come in a type of this name."""
        return any(category in self.schema.support.get((f, value), ()) for f in TYPES)

    def of_field(self, text: str, name: str) -> list[Span]:
        """A short answer to a question about a field: a value that is too plain to be found elsewhere (低, for the risk)."""
        answer = text.strip(" ,.!?，。！？吧的呢啊")
        field = self.schema.fields.get(name)
        if field is None or not answer or len(answer) > 12:
            return []
        values = [v for f, v in self.schema.support if f == name and v]
        answer = next((v.lower() for v in values if v.lower() in YES), answer) if answer in _ASSENT else answer
        pairs = [(name, v) for v in values if v.lower() == answer]
        whole = len(answer) > 1 or name not in PEOPLE  # 和 is not 是枝裕和
        pairs = pairs or [(name, v) for v in values if whole and answer in v.lower()]
        for label in (field.zh, *field.words):
            pairs = pairs or [p for p in self.schema.lexicon.get(f"{answer}{label}", ()) if p[0] == name]
        at = text.find(answer)
        return [Span(max(at, 0), at + len(answer) if at >= 0 else len(text), tuple(pairs))] if pairs else []

    def _pairs(self, phrase: str) -> tuple[tuple[str, str], ...]:
        plain = phrase.replace("-", " ")
        own, single = self.schema.lexicon.get(phrase), self._singular(phrase)
        single = tuple(p for p in single or () if p[0] not in PEOPLE)  # Channing is no Chan
        if own and " " in phrase and any(p[0] == "category" for p in single) and not any(p[0] in HEADS for p in own):
            return (*single, *own)  # index funds are a topic too
        if own and single and {f for f, _ in own} == {"category"} == {f for f, _ in single} - set(TYPES):
            return single  # dumbbells: also the type that a dumbbell is
        return own or single or self.schema.lexicon.get(self._spaced.get(plain, plain)) or ()

    def _fitting(
        self, phrase: str, pairs: tuple[tuple[str, str], ...], categories: frozenset[str], heads: bool
    ) -> tuple[tuple[str, str], ...]:
        """The readings of a phrase that are of use here. A value said outright counts where its field is, even if no such item has it."""
        if heads:
            return pairs if any(f in HEADS for f, _ in pairs) else ()
        if not categories:
            return pairs
        support = self.schema.support
        found = tuple(
            p for p in pairs
            if (p[0] == "category" and p[1] in categories) or (p[0] == "domain" and categories <= set(support.get(p, ()))) or not categories.isdisjoint(support.get(p, ()))
            or (len(phrase) > 1 and p[0] not in (*TYPES, *HEADS) and says(self.schema, p, phrase) and not categories.isdisjoint(self._fields.get(p[0], ())))
        )  # fmt: skip
        carried = tuple(p for p in found if not categories.isdisjoint(support.get(p, ())))
        if found and not carried:  # 悬疑, of books: 悬疑推理
            longer = [
                p
                for f in {f for f, _ in found}
                for p in self._holding(phrase, f)
                if not categories.isdisjoint(support[p])
            ]
            return (longer[0],) if len(longer) == 1 else found
        had = {f for f, v in carried if phrase in v and len(phrase) < len(v)} - set(HEADS)
        return tuple(p for p in found if p in carried or p[0] not in had)

    def _holding(self, phrase: str, name: str) -> list[tuple[str, str]]:
        """The values of a field that hold a phrase with no more than two characters besides, in Chinese."""
        if phrase.isascii():
            return []
        return [p for p in self.schema.support if p[0] == name and phrase in p[1] and 0 < len(p[1]) - len(phrase) < 3]

    def _part(self, phrase: str, categories: frozenset[str]) -> tuple[tuple[str, str], ...]:
        """The one value in these categories of which the phrase is a part (推理 of 悬疑推理, among books), or all that end so: 机械, of watches."""
        own = [
            p
            for p in self._parts.get(phrase, ())
            if not categories or not categories.isdisjoint(self.schema.support[p])
        ]
        alike = categories and len({f for f, _ in own}) == 1 and all(v.endswith(phrase) for _, v in own)
        return tuple(own) if len(own) == 1 or alike else ()

    def _qualifying(self, phrase: str, categories: frozenset[str]) -> tuple[tuple[str, str], ...]:
        """What the phrase means before the name of these kinds: the green of green tea, where tea is asked for."""
        own = [p for p in self._before.get(phrase, ()) if not categories.isdisjoint(self.schema.support.get(p, ()))]
        return tuple(own) if len({f for f, _ in own}) == 1 else ()

    def _singular(self, phrase: str) -> tuple[tuple[str, str], ...] | None:
        if phrase.endswith("ies") and phrase.isascii() and len(phrase) > 4:
            return self.schema.lexicon.get(phrase[:-3] + "y")
        if len(phrase) > 6 and phrase.isascii() and phrase.endswith("ing") and phrase != "falling":  # for studying
            stem = phrase[:-3]
            stems = (stem, stem + "e", stem[:-1] if stem[-1] == stem[-2] else stem)
            own = next((own for w in stems if (own := self.schema.lexicon.get(w))), ())
            return tuple(p for p in own if p[0] not in HEADS) or None  # watching asks for no watch
        if len(phrase) > 5 and phrase.isascii() and phrase.endswith("ly"):  # grinds quietly
            return self.schema.lexicon.get(phrase[:-2])
        if len(phrase) > 3 and phrase.isascii() and phrase.endswith("s"):
            return self.schema.lexicon.get(phrase[:-1]) or (
                self.schema.lexicon.get(phrase[:-2]) if phrase.endswith("es") else None
            )
        return None

    def _stands_alone(self, phrase: str, at: int, tokens: dict[int, str]) -> bool:
        """One Chinese character counts only as a word, or joined to another known phrase: 红裙子, not 口红."""
        if len(phrase) > 1 or not CJK.match(phrase):
            return True
        before = next((t for start, t in tokens.items() if start + len(t) == at), "")
        if before not in self.schema.lexicon and _DONE_TO.fullmatch(before):
            return False
        for start, token in tokens.items():
            if start <= at < start + len(token):
                rest = token.replace(phrase, "", 1).removesuffix("的").removesuffix("色").strip("也都行可以吧是呢太有")
                edge = at in (start, start + len(token) - 1)
                return token == phrase or (
                    edge
                    and (not rest or rest in self.schema.lexicon or rest in _BOUGHT or set(rest) <= _MEASURES | _BOUGHT)
                )
        return False


def _start(text: str, at: int = 0) -> str:
    """The two characters that a phrase begins with; a hyphen is as good as a space."""
    return text[at : at + 2].replace("-", " ")


def _inside_word(text: str, at: int) -> bool:
    """True where text[at-1] and text[at] are letters of one Latin word, r1|r2 are two; and inside 推荐: 推荐书 asks for books, 荐书 for who does that."""
    if at and (text[at - 1 : at + 1] == "推荐" or _TENS.match(text, at - 1)):  # 七|十几岁
        return True
    if not 0 < at < len(text) or text[at - 1] not in _LATIN or text[at] not in _LATIN:
        return False
    return not (text[at - 1].isdigit() and text[at].isalpha() and bool(_CODE.match(text, at)))


def _token_spans(text: str) -> dict[int, str]:
    at, out = 0, {}
    for token in words(text):
        found = text.find(token, at)
        if found >= 0:
            out[found] = token
            at = found + len(token)
    return out


def says(schema: Schema, pair: tuple[str, str], phrase: str) -> bool:
    """True where a phrase is the value itself, or its English name of a place or a person: no item need have it to be meant."""
    named = pair[0] in ("city", "region", "country", "director", "cast", "brand", "issuer")
    return pair[1].lower() == phrase or (named and schema.labels.get(pair[1], "").lower() == phrase)
