"""What the catalogue says of items, in words."""

from collections.abc import Sequence

from recsys.datamodels import CANONICAL, Item, Lang
from recsys.ranking.reasons import amount
from recsys.schema import Schema
from recsys.texts import money, plain, say

UNCOMPARED = frozenset({"title", "domain", "popularity", "group"})  # nobody compares items by these


def fact(item: Item, name: str, schema: Schema, lang: Lang) -> str:
    """What the catalogue says of an item in a field, in words; "" where it says nothing."""
    value = item.get(name)
    if isinstance(value, float):
        return amount(name, value, schema, lang)
    return say("and", lang).join(schema.label(v, lang) for v in item.values(name))


def facts(item: Item, schema: Schema, lang: Lang, limit: int) -> str:
    """Price, rating and attributes of an item, straight from the catalogue."""
    out = []
    if item.price is not None:
        out.append(money(item.price, item.currency))
    if item.rating is not None:
        out.append(say("reason_rating", lang, rating=plain(item.rating)))
    for name, field in schema.fields.items():
        value = item.get(name)
        if name in CANONICAL or name == "group" or value is None or field.kind == "text":
            continue
        label = f"{schema.field_label(name, lang)} " if isinstance(value, float) else ""
        out.append(label + fact(item, name, schema, lang))
    return " · ".join(out[:limit])


def facts_table(items: Sequence[Item], schema: Schema, lang: Lang) -> list[tuple[str, tuple[str, ...], bool]]:
    """(field, one value an item, whether they differ) of each field that any of the items has."""
    out = []
    for name, field in schema.fields.items():
        cells = tuple(fact(i, name, schema, lang) for i in items)
        if name not in UNCOMPARED and field.kind != "text" and any(cells):
            out.append((name, cells, len(set(cells)) > 1))
    return out
