"""Why an item is shown, and what to ask next: templates filled with facts of the catalogue."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from recsys.datamodels import Constraint, Item, Lang, Query, Question, Schema
from recsys.texts import money, plain, say

_ASKABLE = (
    "color",
    "style",
    "material",
    "season",
    "occasion",
    "genre",
    "mood",
    "risk",
    "goal",
    "topic",
    "feature",
    "type",
    "kind",
    "gender",
    "category",
    "region",
    "tone",
)
_MAX_REASONS = 4


def reasons(
    item: Item, query: Query, parts: Mapping[str, float], match: float, liked: Item | None, schema: Schema, lang: Lang
) -> tuple[str, ...]:
    """Short tags, the strongest first: what was asked for and is met, then what the person's own history adds.

    `parts` are the weighted parts of the score, `match` how well the words fit, 1 for the best of the list; `liked` is the liked item that spoke loudest for this one.
    """
    out = [r for r in (_met(item, c, schema, lang) for c in query.constraints) if r]
    if liked is not None and parts["feedback"] > 0.1:
        out.insert(min(1, len(out)), say("reason_liked", lang, title=_short(liked.name(lang))))
    if parts["behaviour"] > 0.15 and liked is None:
        out.append(say("reason_behaviour", lang))
    if query.text and match > 0.6:
        out.append(say("reason_words", lang))
    if item.rating is not None and item.rating >= 4.6:
        out.append(say("reason_rating", lang, rating=plain(item.rating)))
    elif item.popularity > 0.5:
        out.append(say("reason_popular", lang))
    return tuple(dict.fromkeys(out))[:_MAX_REASONS]


def _short(title: str, limit: int = 16) -> str:
    return title if len(title) <= limit else title[: limit - 1] + "…"


def _met(item: Item, c: Constraint, schema: Schema, lang: Lang) -> str:
    """The tag for a constraint that the item meets; "" where there is nothing to boast of."""
    if c.op in ("lte", "gte"):
        value = item.get(c.field)
        bound = float(c.value)  # type: ignore[arg-type]
        if not isinstance(value, float) or not (value <= bound if c.op == "lte" else value >= bound):
            return ""  # shown all the same as nearest: nothing to boast of
        if c.field == "price":
            return say("reason_price", lang, price=money(value, item.currency)) if c.op == "lte" else ""
        return say("reason_at_least", lang, field=schema.field_label(c.field, lang), value=plain(value))
    if c.op == "not_in" or c.field in ("category", "domain"):
        return ""
    shown = [schema.label(v, lang) for v in item.values(c.field) if v in c.values]
    return say("reason_value", lang, value=say("and", lang).join(shown)) if shown else ""


def describe(c: Constraint, schema: Schema, lang: Lang) -> str:
    """A constraint as a chip."""
    if c.op in ("lte", "gte"):
        number = float(c.value)  # type: ignore[arg-type]
        value = money(number, schema.currency) if c.field == "price" else plain(number)
        return say(
            "at_most" if c.op == "lte" else "at_least", lang, field=schema.field_label(c.field, lang), value=value
        )
    shown = say("and", lang).join(schema.label(v, lang) for v in c.values)
    return say("not", lang, value=shown) if c.op == "not_in" else shown


def question(candidates: Sequence[Item], query: Query, schema: Schema, lang: Lang) -> Question | None:
    """The attribute whose answer would narrow the candidates the most: the one of highest entropy among those not asked yet."""
    asked = {c.field for c in query.constraints}
    best, best_gain = None, 0.6  # bits; below that an answer hardly helps
    for name in _ASKABLE:
        if name in asked or name not in schema.fields or schema.fields[name].kind not in ("categorical", "list"):
            continue
        counts = Counter(v for item in candidates for v in item.values(name)[:1])
        covered = sum(counts.values())
        if covered < 0.7 * len(candidates) or len(counts) < 2:
            continue
        shares = [n / covered for n in counts.values()]
        gain = -sum(p * math.log2(p) for p in shares) / math.log2(len(counts) + 1)
        if gain > best_gain:
            best, best_gain = (name, counts), gain
    if best is None:
        return None
    name, counts = best
    return worded(name, tuple(v for v, _ in counts.most_common(4)), schema, lang)


def worded(name: str, values: tuple[str, ...], schema: Schema, lang: Lang) -> Question:
    """The question about a field, with these of its values as answers, in a language."""
    options = tuple(schema.label(v, lang) for v in values)
    return Question(say("question", lang, field=schema.field_label(name, lang)), name, options, values)
