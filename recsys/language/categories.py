"""Which kinds of thing conditions belong to: those that can meet all of them, those that they imply, what goes without saying there."""

from collections import Counter
from collections.abc import Sequence

from recsys.datamodels import Constraint
from recsys.language import intents, opinions
from recsys.language.resolving import PRIORITY, one_of
from recsys.language.shortened import TYPES, WIDER
from recsys.language.values import Span
from recsys.schema import Schema

_NAMES = frozenset({"director", "cast", "country", "author", "issuer"})


def in_need(schema: Schema, text: str, spans: list[Span]) -> list[Span]:
    """Where no kind of thing has all that is named, what the clause of the need names: 心情不好，想找点治愈的东西看."""
    if len(spans) < 2 or joint(schema, spans):
        return spans
    own = [s for a, b in opinions.clauses(text) if intents.needs(text[a:b]) for s in spans if a <= s.start < b]
    if own and (len(own) == 1 or joint(schema, own)):
        return own
    carried = [{c for p in s.pairs for c in schema.support.get(p, {})} for s in spans]
    counts = Counter(c for kinds in carried for c in kinds)
    most = max(counts.values(), default=0)
    best = {c for c, n in counts.items() if n == most}
    fitting = [s for s, kinds in zip(spans, carried, strict=True) if kinds & best]
    return fitting if most > 1 and len(spans) / 2 < most == len(fitting) else spans


def narrowed(schema: Schema, found: list[Constraint]) -> list[Constraint]:
    """Of several kinds of thing, those that have all that is asked: a bag with a crossbody strap is a handbag."""
    category = next((c for c in found if c.field == "category" and c.op == "in"), None)
    if category is None:
        return found
    able = [v for v in category.values if all(v in k for k in _kinds(schema, [c for c in found if c.op == "eq"]))]
    if not able or len(able) == len(category.values):
        return found
    return [one_of("category", tuple(able)) if c is category else c for c in found]


def needed(schema: Schema, found: list[Constraint]) -> list[Constraint]:
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


def joint(schema: Schema, spans: Sequence[Span]) -> tuple[str, ...]:
    """The categories that can meet every phrase in one of its readings: of French, the country, where films are meant."""
    kinds = [{c for p in s.pairs for c in schema.support.get(p, {})} for s in spans]
    return tuple(sorted(set.intersection(*kinds))) if len(kinds) > 1 else ()


def together(schema: Schema, found: list[Constraint]) -> list[Constraint]:
    """Where no kind of thing is named: values that no kind of thing has together were words in passing, not conditions; a type
    that only one kind of thing has says which it is, where something else fits that kind, too.
    """
    kinds = _kinds(schema, found)
    if not kinds or set.intersection(*kinds) or _of_one_domain(schema, found):
        return found
    typed = [k for c in found if c.field in TYPES and c.op == "eq" for k in _kinds(schema, [c])]
    if typed and len(only := set.intersection(*typed)) == 1:
        fitting = [c for c in found if c.op not in ("eq", "in") or only <= _kinds(schema, [c])[0]]
        if sum(c.op in ("eq", "in") for c in fitting) > 1:
            return fitting
    names = [k for c in found if c.field in _NAMES for k in _kinds(schema, [c])]
    if names and (only := set.intersection(*names)):
        fitting = [c for c in found if c.op not in ("eq", "in") or only & _kinds(schema, [c])[0]]
        if sum(c.op in ("eq", "in") for c in fitting) > len(names):
            return fitting  # of Mexico, a story of a family: a film
    return [c for c in found if c.op == "not_in" or c.field in PRIORITY]


def _of_one_domain(schema: Schema, found: Sequence[Constraint]) -> bool:
    """True for properties that all things of one domain have, and no others: 亏得起，每季度能赎, though nothing in finance is both."""
    fields = [set(schema.kinds.get(c.field, ())) for c in found if c.op in ("eq", "in")]
    return any(all(own == set(kinds) for own in fields) for (f, _), kinds in schema.support.items() if f == "domain")


def _kinds(schema: Schema, found: Sequence[Constraint]) -> list[set[str]]:
    """For each condition the categories that can meet it."""
    return [{k for v in c.values for k in schema.support.get((c.field, v), {})} for c in found if c.op in ("eq", "in")]


def implied(schema: Schema, found: list[Constraint], named: bool) -> list[Constraint]:
    """The one category whose items can meet all the conditions is meant, though nobody named it: heel and toe say shoes."""
    kinds = _kinds(schema, found)
    common = set.intersection(*kinds) - {""} if kinds else set()
    inner = any(c.field not in WIDER for c in found if c.op != "not_in")
    own = [
        c
        for c in found
        if c.op != "not_in"
        and (c.field == "section" if named else c.field in (*TYPES, "section") or _only(schema, c.field, common))
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
