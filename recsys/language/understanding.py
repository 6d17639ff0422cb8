"""From a message to a `Query`: what is asked, under which exact constraints, and which words remain to be encoded."""

import re
from dataclasses import replace

from recsys.cleaning import clean
from recsys.datamodels import Constraint, Query, Schema
from recsys.language import bounds, intents
from recsys.language.text import STOP_EN, STOP_ZH, language, simplify, words
from recsys.language.values import Lexicon, Span, resolve, scope

_NEGATION = re.compile(
    r"不要|不想要|不想看|不想|不喜欢|不需要|不用|不含|不带|别要|别给我|别推荐|别|除了|除去|排除|非|没有|讨厌"
    r"|anything but|other than|except(?: for)?|without|don'?t want|do not want|don'?t like|do not like|hate|avoid|\bnot\b|\bno\b"
)
_NEGATION_ENDS = re.compile(
    r"[,，。.;；!！?？]|但是|但|而是|而要|都行|都可以|以外|之外|\bbut\b|\binstead\b|只要|要(?!求)|想要|\bi want\b"
)
_FILLER = re.compile(
    r"^(?:请|麻烦|那|嗯|哦|好的?)*(?:你)?(?:帮我|给我|替我)?(?:我)?(?:想要|想买|想找|想看|想|要|需要|打算)?(?:买|找|看看|看|推荐|来|挑|选|搜)?(?:一下)?(?:几|一|两)?(?:件|条|款|双|部|个|本|笔|台|只|篇|位|套|瓶|张|些|点)?"
    r"|^(?:please |can you |could you |i'?m looking for |looking for |i (?:want|need|would like)(?: to (?:buy|find|watch|read|see))? |i'?d like |show me |find me |recommend(?: me)? |give me )+(?:an? |some |the )?"
)
_DROPPED = re.compile(r"(?:有没有|有吗|吗|呢|吧|谢谢|的话)[?？]?$|[,，。;；!！?？、]+")
_LIKE = re.compile(r"\blike\b|similar|类似|相似|像")
_TITLE_CUE = re.compile(
    r"《([^》]{1,60})》|\"([^\"]{2,60})\"|“([^”]{1,60})”|(?:\blike\b|similar to|类似于?|像)\s?(.{1,60})"
)


class Understanding:
    """The parser of one catalogue. It is driven by the schema alone and knows nothing of any particular catalogue."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._lexicon = Lexicon(schema)

    def parse(self, text: str, state: Query | None = None) -> Query:
        """One message -> what this message alone says. `state` is the dialogue so far: it gives the categories that
        short answers are about, and tells a refinement from a new need.
        """
        shown = simplify(clean(text))
        lowered = shown.lower()
        negations = list(self._negated_ranges(lowered))
        title = self._title(lowered)
        spans = [
            s for s in self._lexicon.find(_blank(lowered, [title[:2]] if title else [])) if s.fields() != {"title"}
        ]
        positive = [s for s in spans if not _inside(s, negations)]
        categories = scope(self.schema, positive) or (_categories(self.schema, state) if state else ())
        numeric = bounds.find(lowered, self.schema, categories)
        spans = [s for s in spans if not any(b.start < s.end and s.start < b.end for b in numeric)]
        constraints = [c for b in numeric for c in b.constraints]
        constraints += self._categorical(spans, negations, categories)
        kept = _blank(shown, [*negations, *((b.start, b.end) for b in numeric)])
        rest = _FILLER.sub("", _DROPPED.sub(" ", _FILLER.sub("", kept.strip())).strip()).strip(" 的")
        entities = tuple(
            dict.fromkeys([v for s in spans for f, v in s.pairs if f in _ENTITY_FIELDS] + ([title[2]] if title else []))
        )
        return Query(
            text=" ".join(rest.split()),
            intent=intents.intent(lowered, bool(constraints or spans or title), state is not None),
            constraints=tuple(dict.fromkeys(constraints)),
            references=intents.references(lowered),
            sort=intents.sort_order(lowered),
            sentiment=intents.sentiment(lowered),
            topics=_topics(rest),
            entities=entities,
            like=title[2] if title and title[3] else "",
            lang=language(text),
        )

    def _negated_ranges(self, text: str) -> list[tuple[int, int]]:
        """(start, end) of each negated stretch: from its cue to the end of the clause."""
        out: list[tuple[int, int]] = []
        for cue in _NEGATION.finditer(text):
            if out and cue.start() < out[-1][1]:
                continue
            if text[max(0, cue.start() - 1) : cue.end()] == "有没有" or self._in_value(text, cue):
                continue
            ends = _NEGATION_ENDS.search(text, cue.end())
            out.append((cue.start(), ends.start() if ends else len(text)))
        return out

    def _in_value(self, text: str, cue: re.Match[str]) -> bool:
        """The cue is a piece of a value's own name: 非农, No Country for Old Men."""
        return any(s.start <= cue.start() and cue.end() < s.end for s in self._lexicon.find(text))

    def _categorical(
        self, spans: list[Span], negations: list[tuple[int, int]], categories: tuple[str, ...]
    ) -> list[Constraint]:
        wanted: dict[str, list[str]] = {}
        unwanted: dict[str, list[str]] = {}
        for span in spans:
            meant = resolve(self.schema, span.pairs, categories if span.fields() != {"category"} else ())
            if meant is not None:
                into = unwanted if _inside(span, negations) else wanted
                into.setdefault(meant[0], []).extend(meant[1])
        if "category" in wanted:
            wanted.pop("domain", None)  # the category says more
            wanted["category"] = _narrowest(self.schema, spans, wanted["category"])
        out = []
        for name, found in wanted.items():
            values = tuple(dict.fromkeys(v for v in found if v not in unwanted.get(name, ())))
            if values:
                out.append(Constraint(name, "eq", values[0]) if len(values) == 1 else Constraint(name, "in", values))
        out += [Constraint(name, "not_in", tuple(dict.fromkeys(values))) for name, values in unwanted.items()]
        return out

    def _title(self, text: str) -> tuple[int, int, str, bool] | None:
        """A title of the catalogue that the message names in quotes or after "like": (start, end, title, whether it is to be like it)."""
        for cue in _TITLE_CUE.finditer(text):
            group = next(i for i, g in enumerate(cue.groups(), 1) if g)
            phrase, start = cue.group(group), cue.start(group)
            for length in range(len(phrase), 0, -1):
                pairs = self.schema.lexicon.get("title:" + phrase[:length].strip())
                if pairs:
                    return start, start + length, pairs[0][1], bool(cue.group(4) or _LIKE.search(text))
        return None


_ENTITY_FIELDS = frozenset({"brand", "director", "cast", "issuer", "author", "region", "city", "country"})


def _narrowest(schema: Schema, spans: list[Span], categories: list[str]) -> list[str]:
    """Where one span means several categories and another only one of them, the one is meant: 红色连衣裙 not 裙."""
    single = [
        v for s in spans for f, v in s.pairs if f == "category" and sum(1 for g, _ in s.pairs if g == "category") == 1
    ]
    overlap = [c for c in categories if c in single]
    groups = [{v for f, v in s.pairs if f == "category"} for s in spans if "category" in s.fields()]
    return overlap if overlap and all(g & set(overlap) for g in groups) else categories


def _inside(span: Span, ranges: list[tuple[int, int]]) -> bool:
    return any(start <= span.start and span.end <= end for start, end in ranges)


def _blank(text: str, ranges: list[tuple[int, int]]) -> str:
    """The text with these stretches replaced by spaces, so that positions stay."""
    for start, end in ranges:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _topics(text: str) -> tuple[str, ...]:
    """The content words, longest first: what the message is about."""
    found = [w for w in words(text) if len(w) > 1 and w not in STOP_ZH and w not in STOP_EN and not w.isdigit()]
    return tuple(sorted(dict.fromkeys(found), key=len, reverse=True)[:5])


def _categories(schema: Schema, state: Query) -> tuple[str, ...]:
    """The categories that the dialogue so far is about."""
    for c in state.constraints:
        if c.field == "category" and c.op in ("eq", "in"):
            return c.values
    domains = [c.value for c in state.constraints if c.field == "domain" and c.op == "eq"]
    return tuple(c for d in domains for c in schema.support.get(("domain", str(d)), {}))


def merge(schema: Schema, state: Query | None, turn: Query) -> Query:
    """The dialogue after this turn: constraints carry over, are replaced when contradicted, dropped on a new topic."""
    if state is None or turn.intent == "reset" or _new_topic(schema, state, turn):
        return turn
    kept: list[Constraint] = []
    for old in state.constraints:
        survivor = _survives(old, turn.constraints)
        if survivor is not None:
            kept.append(survivor)
    text = state.text if not turn.text or turn.text in state.text else f"{state.text} {turn.text}".strip()
    return replace(
        turn, text=text[-400:], constraints=tuple(dict.fromkeys([*kept, *turn.constraints])),
        entities=tuple(dict.fromkeys(state.entities + turn.entities)), sort=turn.sort or state.sort,
    )  # fmt: skip


def _new_topic(schema: Schema, state: Query, turn: Query) -> bool:
    """True where the turn names categories (or a domain) other than those the dialogue is about."""
    before, now = set(_categories(schema, state)), set(_categories(schema, turn))
    return bool(now) and not now & before


def _survives(old: Constraint, new: tuple[Constraint, ...]) -> Constraint | None:
    """The older constraint as far as the newer ones leave it standing."""
    for c in new:
        if c.field != old.field:
            continue
        if c.op in ("eq", "in") and old.op in ("eq", "in"):
            return None
        if c.op in ("lte", "gte") and old.op in ("lte", "gte"):
            return None
        if c.op == "not_in" and old.op in ("eq", "in"):
            left = tuple(v for v in old.values if v not in c.values)
            return (
                replace(old, op="eq" if len(left) == 1 else "in", value=left[0] if len(left) == 1 else left)
                if left
                else None
            )
        if c.op in ("eq", "in") and old.op == "not_in":
            left = tuple(v for v in old.values if v not in c.values)
            return replace(old, value=left) if left else None
    return old
