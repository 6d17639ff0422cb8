"""What the phrases found in a sentence come to: the kinds of thing that they name, and the one field that each of them means."""

from collections.abc import Collection, Iterable, Sequence

from recsys.datamodels import Constraint
from recsys.language.shortened import HEADS, TYPES, WIDER
from recsys.language.values import Span, says
from recsys.schema import Schema

Pair = tuple[str, str]  # a field and one of its values
# When a phrase may mean several fields, the earlier one is meant.
PRIORITY = ("category", "domain", "type", "kind", "risk", "color", "brand", "genre", "season", "gender", "age", "group")


def scope(schema: Schema, spans: Iterable[Span]) -> tuple[str, ...]:
    """The categories that the spans name, directly or through their domain."""
    named: list[str] = []
    domains: list[str] = []
    for span in spans:
        named += [v for f, v in span.pairs if f == "category"]
        domains += [v for f, v in span.pairs if f == "domain"]
    if named:
        return tuple(dict.fromkeys(named))
    return tuple(c for d in domains for c in schema.support.get(("domain", d), {}))


def kinds(schema: Schema, spans: Sequence[Span]) -> tuple[str, ...]:
    """The kinds of thing that can have all that is named, where a property is: of 喜剧, films, so that hours are theirs."""
    own = [s for s in spans if s.fields() - {*WIDER, "gender", "age", "color", "occasion"}]
    found = [{c for p in s.pairs for c in schema.support.get(p, {})} for s in own]
    return tuple(sorted(set.intersection(*found) - {""})) if found else ()


def measured(schema: Schema, fields: Sequence[str]) -> tuple[str, ...]:
    """The categories whose items have these numbers, where they are few: of reading times, the news."""
    kinds = [set(schema.support.get((f, ""), {})) for f in fields if f not in ("price", "rating", "popularity", "date")]
    return tuple(sorted(set.intersection(*kinds))) if kinds else ()


def resolve(
    schema: Schema, pairs: Sequence[Pair], categories: Collection[str], phrase: str = ""
) -> tuple[str, tuple[str, ...]] | None:
    """The one field, and its values, that a phrase means among items of these categories (all, where none is given).

    A value that is the phrase itself goes before those it is a synonym of. Returns None where no such item carries any of the pairs.
    """
    called = _called(schema, pairs, phrase, categories)
    here = [p for p in pairs if p[0] != "occasion" and any(c in schema.support.get(p, {}) for c in categories)]
    called = {p for p in called if p in here or p[0] not in {f for f, _ in here}}  # 蚕丝, of pyjamas, is 真丝
    outright = {f for f, _ in called}
    if outright and not categories:  # 航天, a topic of news, not the science of toys
        pairs = [p for p in pairs if p[0] in outright or phrase in p[1].lower() or p[0] in HEADS]
    pairs = [p for p in pairs if p[0] not in outright or p in called]
    if outright and not categories and not any(f in PRIORITY for f, _ in pairs):
        pairs = [p for p in pairs if p[0] in outright]  # 西湖, the quarter, not the city it stands for
    carried = [p for p in pairs if any(c in schema.support.get(p, {}) for c in categories)]
    pairs = carried or pairs
    if len(categories) == 1:  # of beds for pets, a cat's: that they are for pets goes without saying
        pairs = [p for p in pairs if p[0] != "group" or not set(categories) <= set(schema.support.get(p, ()))] or pairs
    own = [p for p in carried if p[0] in outright - set(HEADS)]
    kind = len(categories) == 1 and any(("category", c) in carried and c.lower() == phrase for c in categories)
    if own and categories and not kind:  # AI, of science news, is the topic
        pairs = [p for p in pairs if p in own or p[0] in PRIORITY[len(HEADS) :]]
    by_field: dict[str, list[str]] = {}
    totals: dict[str, int] = {}
    for name, value in pairs:
        weight = _weight(schema, (name, value), categories, phrase)
        if weight:
            by_field.setdefault(name, []).append(value)
            totals[name] = totals.get(name, 0) + weight
    if not by_field:
        return None
    whole = next(
        (
            v
            for f, v in pairs
            if f == "group" and set(schema.support.get((f, v), ())) & set(by_field.get("category", ()))
        ),
        None,
    )
    if whole is not None and len(by_field["category"]) > 1:
        return "group", (whole,)  # shoes: the department, not five of its categories
    best = min(by_field, key=lambda f: (PRIORITY.index(f) if f in PRIORITY else len(PRIORITY), -totals[f]))
    return best, tuple(dict.fromkeys(by_field[best]))


def _called(schema: Schema, pairs: Sequence[Pair], phrase: str, categories: Collection[str]) -> set[Pair]:
    """The pairs whose value is the phrase itself, or else, of properties that such items have, has it as its name in the other language."""
    own = {p for p in pairs if p[1].lower() == phrase}
    carried = [p for p in pairs if not categories or any(c in schema.support.get(p, {}) for c in categories)]
    single = phrase.removesuffix("s") if phrase.isascii() else phrase
    named = {p for p in carried if schema.labels.get(p[1], "").lower() in (phrase, single)}
    kinds = any(f in WIDER for f, _ in named) or all(f in TYPES for f, _ in named)
    return own or (set() if kinds else named)


def _weight(schema: Schema, pair: Pair, categories: Collection[str], phrase: str) -> int:
    """How many items of these categories carry a value; one where it is said outright and none does."""
    support = schema.support.get(pair, {})
    own = sum(support.values()) if not categories else sum(support.get(c, 0) for c in categories)
    return own or int(says(schema, pair, phrase))


def one_of(name: str, values: tuple[str, ...]) -> Constraint:
    """The condition that a field has one of these values."""
    return Constraint(name, "eq", values[0]) if len(values) == 1 else Constraint(name, "in", values)
