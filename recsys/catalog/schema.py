"""Infer from the items what can be asked of them: fields, values, and the phrases that people use for the values."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from recsys.datamodels import Field, FieldKind, Item, Schema

_CATEGORICAL = ("domain", "category", "brand")
_NUMERIC = ("price", "rating", "popularity")
_IN_BRACKETS = re.compile(r"\s*[(（][^()（）]*[)）]$")
_UNASKED = ("image", "url")  # kinds of an import that nobody asks for by value
_MAX_VALUE = 24  # characters; longer values are text, not categories


def infer(items: Sequence[Item], meta: Mapping[str, Any]) -> Schema:
    """The schema of a catalogue.

    `meta` may hold `fields` {name: {zh, en, unit, words, kind}}, `labels` {value: English name} and
    `synonyms` {value: [phrases]}; all of it is optional.
    """
    described: Mapping[str, Any] = meta.get("fields", {})
    kinds = _kinds(items, described)
    labels: Mapping[str, str] = meta.get("labels", {})
    support: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    ranges: dict[str, tuple[float, float]] = {}
    for item in items:
        for name, kind in kinds.items():
            value = item.get(name)
            if value is None:
                continue
            if kind == "numeric":
                number = float(value) if not isinstance(value, tuple) else 0.0
                low, high = ranges.get(name, (number, number))
                ranges[name] = (min(low, number), max(high, number))
                support[name, ""][item.category] += 1
            elif kind != "text":
                for v in item.values(name):
                    support[name, v][item.category] += 1
    fields = {}
    for name, kind in kinds.items():
        known = described.get(name, {})
        low, high = ranges.get(name, (0.0, 0.0))
        words = tuple(known.get("words", ()))
        fields[name] = Field(
            name, kind, known.get("zh", name), known.get("en", name), known.get("unit", ""), words, low, high
        )
    lexicon = _lexicon(support, labels, meta.get("synonyms", {}))
    lexicon |= _titles(items)
    domains = {d: labels.get(d, d) for d in dict.fromkeys(i.domain for i in items)}
    return Schema(fields, lexicon, {k: dict(v) for k, v in support.items()}, domains, labels, _currency(items))


def _currency(items: Sequence[Item]) -> str:
    """The currency of most prices."""
    return next((c for c, _ in Counter(i.currency for i in items if i.price is not None).most_common(1)), "CNY")


def _kinds(items: Sequence[Item], described: Mapping[str, Any]) -> dict[str, FieldKind]:
    """The kind of each field: canonical ones are known, attributes are described or told by their values."""
    kinds: dict[str, FieldKind] = {}
    for name in _CATEGORICAL:
        if any(i.get(name) for i in items):
            kinds[name] = "categorical"
    for name in _NUMERIC:
        if any(i.get(name) is not None and (name != "popularity" or i.popularity) for i in items):
            kinds[name] = "numeric"
    seen: dict[str, list[Any]] = defaultdict(list)
    for item in items:
        for name, value in item.attributes.items():
            seen[name].append(value)
    for name, values in seen.items():
        told = described.get(name, {}).get("kind")
        kinds[name] = _kind(values) if told is None else "text" if told in _UNASKED else told
    return kinds


def _kind(values: Iterable[Any]) -> FieldKind:
    values = list(values)
    if all(isinstance(v, float) for v in values):
        return "numeric"
    flat = [str(x) for v in values for x in (v if isinstance(v, tuple) else (v,))]
    if any(isinstance(v, tuple) and len(v) > 1 for v in values):
        return "list"
    long = sum(len(v) > _MAX_VALUE for v in flat)
    return "text" if long > 0.1 * len(flat) else "categorical"


def _lexicon(
    support: Mapping[tuple[str, str], Any], labels: Mapping[str, str], synonyms: Mapping[str, Sequence[str]]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """phrase -> the (field, value) pairs it may mean. Exact values come before labels and synonyms."""
    exact: dict[str, list[tuple[str, str]]] = defaultdict(list)
    said: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, value in support:
        if not value:
            continue
        exact[value.lower()].append((name, value))
        for phrase in (labels.get(value, ""), *synonyms.get(value, ())):
            if phrase and phrase.lower() != value.lower():
                said[phrase.lower()].append((name, value))
    out: dict[str, tuple[tuple[str, str], ...]] = {}
    for phrase in {**exact, **said}:
        pairs = exact.get(phrase, []) + said.get(phrase, [])
        out[phrase] = tuple(dict.fromkeys(pairs))
    return out


def _titles(items: Sequence[Item]) -> dict[str, tuple[tuple[str, str], ...]]:
    """'title:…' entries, so that an item can be named after "like" or in quotes, and nowhere else by accident."""
    out: dict[str, tuple[tuple[str, str], ...]] = {}
    for item in items:
        for title in (item.title, item.title_en):
            if title:
                out[f"title:{title.lower()}"] = (("title", item.title),)
    for item in items:  # a film without its year, a shop without its branch
        for title in (item.title, item.title_en):
            bare = _IN_BRACKETS.sub("", title.lower())
            if bare:
                out.setdefault(f"title:{bare}", (("title", item.title),))
    return out
