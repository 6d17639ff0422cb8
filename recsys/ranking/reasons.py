"""Why an item is shown: templates filled with facts of the catalogue."""

from collections.abc import Mapping
from datetime import date

from recsys.datamodels import Constraint, Item, Lang, Query
from recsys.schema import Schema
from recsys.texts import money, plain, say, unit

_MAX_REASONS = 4
YES_NO = frozenset(
    {"有", "无", "是", "否", "yes", "no", "true", "false", "可", "不可", "支持", "不支持", "没有", "y", "n"}
)


def reasons(
    item: Item, query: Query, parts: Mapping[str, float], match: float, liked: Item | None, schema: Schema, lang: Lang
) -> tuple[str, ...]:
    """Short tags, the strongest first: what was asked for and is met, then what the person's own history adds.

    `parts` are the weighted parts of the score, `match` how well the words fit, 1 for the best of the list; `liked` is the liked item that spoke loudest for this one.
    """
    if liked is not None and liked.domain != item.domain:
        liked = None  # it speaks for this one all the same, but nobody would call a film like a dress
    out = [r for r in (_unmet(item, c, schema, lang) for c in query.constraints) if r]
    out += [r for r in (_met(item, c, schema, lang) for c in query.constraints) if r]
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
        bound = c.number
        if not isinstance(value, float) or not (value <= bound if c.op == "lte" else value >= bound):
            return ""  # shown all the same as nearest: nothing to boast of
        if c.field == "price":
            return say("reason_price", lang, price=money(value, item.currency)) if c.op == "lte" else ""
        return say("reason_at_least", lang, field=schema.field_label(c.field, lang), value=plain(value))
    if c.op == "not_in" or c.field in ("category", "domain"):
        return ""
    shown = [valued(c.field, v, schema, lang) for v in item.values(c.field) if v in c.values]
    return say("reason_value", lang, value=say("and", lang).join(shown)) if shown else ""


def _unmet(item: Item, c: Constraint, schema: Schema, lang: Lang) -> str:
    """What a nearest item has in place of what was asked; "" where it meets the constraint, or the catalogue says nothing."""
    if c.op in ("lte", "gte"):
        value, bound = item.get(c.field), c.number
        if not isinstance(value, float) or (value <= bound if c.op == "lte" else value >= bound):
            return ""
        return say(
            "reason_at_least", lang, field=schema.field_label(c.field, lang), value=amount(c.field, value, schema, lang)
        )
    own = item.values(c.field)
    if not own or c.op == "not_in" or any(v in c.values for v in own):
        return ""
    return say("and", lang).join(valued(c.field, v, schema, lang) for v in own[:2])


def valued(name: str, value: str, schema: Schema, lang: Lang) -> str:
    """A value in words; a yes or a no with what it is about."""
    if value.lower() not in YES_NO:
        return schema.label(value, lang)
    return say("about", lang, field=schema.field_label(name, lang), value=schema.label(value, lang))


def amount(name: str, value: float, schema: Schema, lang: Lang) -> str:
    """A number of a field with its currency or unit."""
    field = schema.fields.get(name)
    if name == "price" or (field and field.unit == "元"):
        return money(value, schema.currency)
    if field and field.kind == "categorical":
        return date.fromordinal(int(value)).isoformat()
    return plain(value) + (unit(field.unit, lang) if field and field.unit != "年" else "")


def describe(c: Constraint, schema: Schema, lang: Lang) -> str:
    """A constraint as a chip."""
    if c.op in ("lte", "gte"):
        number = c.number
        value = amount(c.field, number, schema, lang)
        return say(
            "at_most" if c.op == "lte" else "at_least", lang, field=schema.field_label(c.field, lang), value=value
        )
    shown = say("and", lang).join(valued(c.field, v, schema, lang) for v in c.values)
    return say("not", lang, value=shown) if c.op == "not_in" else shown
