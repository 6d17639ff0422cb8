"""From a message to a `Query`: what is asked, under which exact constraints, and which words remain to be encoded."""

import re
from dataclasses import replace

from recsys.cleaning import clean
from recsys.datamodels import Constraint, Query, Schema
from recsys.language import bounds, intents, negation
from recsys.language.text import STOP_EN, STOP_ZH, language, simplify, words
from recsys.language.values import PRIORITY, Lexicon, Span, resolve, scope

_FILLER = re.compile(
    r"^(?:请|麻烦|那|嗯|哦|好的?)*(?:你)?(?:帮我|给我|替我)?(?:我)?(?:想要|想买|想找|想看|想|要|需要|打算)?(?:买|找|看看|看|推荐|来|挑|选|搜)?(?:一下)?(?:(?:几|一|两|这|那)?(?:个|些|点)|(?:几|一|两)(?:件|条|款|双|部|本|笔|台|只|篇|位|套|瓶|张|口|盏|把))?"
    r"|^(?:please |can you |could you |i'?m looking for |looking for |i (?:want|need|would like)(?: to (?:buy|find|watch|read|see))? |i'?d like |show me |find me |recommend(?: me)? |give me )+(?:an? |some |the )?"
)
_DROPPED = re.compile(r"(?:有没有|有吗|吗|呢|吧|谢谢|的话)[?？]?$|[,，。;；!！?？、]+")
_LIKE = re.compile(r"\blike\b|similar|类似|相似|像")
_TITLE_CUE = re.compile(
    r"《([^》]{1,60})》|\"([^\"]{2,60})\"|“([^”]{1,60})”|(?:\blike\b|similar to|类似于?|像)\s?[《“]?(.{1,60})"
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
        title = self._title(lowered)
        open_text = _blank(lowered, [title[:2]] if title else [])
        categories = scope(self.schema, self._lexicon.find(open_text, heads=True))
        categories = categories or (_categories(self.schema, state) if state else ())
        numeric = bounds.find(open_text, self.schema, categories)
        plain = _blank(open_text, [(b.start, b.end) for b in numeric])
        spans = self._lexicon.find(plain, categories)
        unwanted = negation.ranges(plain, spans)
        against = negation.negated(spans, unwanted, plain)
        constraints = [c for b in numeric for c in b.constraints]
        valued = self._categorical(plain, spans, against, categories)
        constraints += valued if categories else self._together(valued)
        gone = [(a, max((s.end for s in against if a <= s.start < b), default=a)) for a, b in unwanted]
        kept = _blank(shown, [*gone, *((b.start, b.end) for b in numeric)])
        rest = _FILLER.sub("", _DROPPED.sub(" ", _FILLER.sub("", kept.strip())).strip()).strip(" 的")
        entities = tuple(
            dict.fromkeys([v for s in spans for f, v in s.pairs if f in _ENTITY_FIELDS] + ([title[2]] if title else []))
        )
        return Query(
            text=" ".join(rest.split()),
            intent=intents.intent(lowered, bool(constraints or spans or title), state is not None),
            constraints=tuple(dict.fromkeys(constraints)),
            references=intents.references(lowered),
            sort=intents.sort_order(lowered, self.schema, categories),
            sentiment=intents.sentiment(lowered),
            topics=_topics(rest),
            entities=entities,
            like=title[2] if title and title[3] else "",
            lang=language(text),
        )

    def follow(self, state: Query | None, turn: Query) -> Query | None:
        """The dialogue after a turn: None after a reset, merged after a need, and as it was after anything else."""
        if turn.intent == "reset":
            return None
        if turn.intent in ("recommend", "refine", "similar") and (turn.text or turn.constraints or turn.sort):
            return merge(self.schema, state, turn)
        return state

    def _categorical(
        self, text: str, spans: list[Span], against: set[Span], categories: tuple[str, ...]
    ) -> list[Constraint]:
        """Constraints from values: what is wanted, a field at a time, and what is not."""
        wanted: dict[str, list[tuple[Span, tuple[str, ...]]]] = {}
        unwanted: dict[str, list[str]] = {}
        for span in spans:
            for name, values in self._meanings(text, span, categories):
                if span in against:
                    unwanted.setdefault(name, []).extend(values)
                else:
                    wanted.setdefault(name, []).append((span, values))
        if "category" in wanted:
            wanted.pop("domain", None)  # the category says more
            narrow = _narrowest(spans, [v for _, values in wanted["category"] for v in values])
            wanted["category"] = [(wanted["category"][0][0], tuple(narrow))]
        out: list[Constraint] = []
        for name, found in wanted.items():
            out += self._joined(text, name, found, unwanted.get(name, []))
        return out + [Constraint(name, "not_in", tuple(dict.fromkeys(v))) for name, v in unwanted.items()]

    def _together(self, constraints: list[Constraint]) -> list[Constraint]:
        """Where no kind of thing is named: values that no kind of thing has together were words in passing, not conditions."""
        asked = [c for c in constraints if c.op in ("eq", "in")]
        kinds = [{k for v in c.values for k in self.schema.support.get((c.field, v), {})} for c in asked]
        if not kinds or set.intersection(*kinds):
            return constraints
        return [c for c in constraints if c.op == "not_in" or c.field in PRIORITY]

    def _meanings(self, text: str, span: Span, categories: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
        """What a phrase means: one field, or a category and the type within it (台灯: 灯具, type 台灯)."""
        pairs = _by_role(text, span)
        meant = resolve(self.schema, pairs, categories if span.fields() != {"category"} else ())
        if meant is None:
            return []
        name, values = meant
        if name != "category" or len(values) > 1:
            return [meant]
        inner = [(f, v) for f, v in pairs if f in _TYPES and values[0] in self.schema.support.get((f, v), {})]
        return [meant, (inner[0][0], tuple(v for f, v in inner if f == inner[0][0]))] if inner else [meant]

    def _joined(
        self, text: str, name: str, found: list[tuple[Span, tuple[str, ...]]], banned: list[str]
    ) -> list[Constraint]:
        """Several values of a field: any of them, or, for fields that hold lists and unless "or" is said, all of them."""
        groups = [tuple(v for v in values if v not in banned) for _, values in found]
        groups = [g for g in groups if g]
        if not groups:
            return []
        between = text[found[0][0].end : found[-1][0].start] if len(found) > 1 else ""
        tail = text[found[-1][0].end : found[-1][0].end + 6]
        several = self.schema.fields[name].kind == "list" and name != "color"
        if several and len(groups) > 1 and not _OR.search(between) and not _ANY.search(tail):
            return [_one_of(name, g) for g in dict.fromkeys(groups)]
        return [_one_of(name, tuple(dict.fromkeys(v for g in groups for v in g)))]

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


_TYPES = ("type", "kind")
_OR = re.compile(r"或|还是|要么|、|/|\bor\b|\beither\b")
_ANY = re.compile(r"\s?的?(?:都|也)(?:行|可以|可|好|想|能)")
_ROLES = (
    ("director", re.compile(r"^.{0,6}导|执导|拍的|directed by|film by|films by|movies? by")),
    ("cast", re.compile(r"^.{0,6}演|主演|出演|starring|with")),
)


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


_ENTITY_FIELDS = frozenset({"brand", "director", "cast", "issuer", "author", "region", "city", "country"})


def _narrowest(spans: list[Span], categories: list[str]) -> list[str]:
    """Where one span means several categories and another only one of them, the one is meant: 红色连衣裙 not 裙."""
    groups = [{v for f, v in s.pairs if f == "category"} for s in spans if "category" in s.fields()]
    single = {v for g in groups if len(g) == 1 for v in g}
    overlap = [c for c in categories if c in single]
    return list(dict.fromkeys(overlap if overlap and all(g & set(overlap) for g in groups) else categories))


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
            low, high = (c.value, old.value) if c.op == "gte" else (old.value, c.value)
            if c.op == old.op or float(low) > float(high):  # type: ignore[arg-type]
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
