"""Infer from the items what can be asked of them: fields, values, and the phrases that people use for the values."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from recsys.datamodels import CANONICAL, Item
from recsys.schema import NO, YES, Field, FieldKind, Schema
from recsys.settings import DATA

_CATEGORICAL = ("domain", "category", "brand")
_NUMERIC = ("price", "rating", "popularity")
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
    own = cache(lambda attributes: [(n, k) for n, k in kinds.items() if n in CANONICAL or n in attributes])
    for item in items:
        for name, kind in own(tuple(item.attributes)):
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
    lexicon = _lexicon(support, fields, labels, meta.get("synonyms", {}), _plain(items))
    said = {phrase: parts for phrase, parts in compounds() if all(p in lexicon for p in parts)}
    domains = {d: labels.get(d, d) for d in dict.fromkeys(i.domain for i in items)}
    return Schema(
        fields, lexicon, {k: dict(v) for k, v in support.items()}, domains, labels, _currency(items), said, items
    )


def extended(schema: Schema, items: Sequence[Item]) -> Schema:
    """The schema where these items came in: with the values, and the reach of the numbers, that are new. The same where none is."""
    fields, lexicon, support = dict(schema.fields), dict(schema.lexicon), dict(schema.support)
    for item in items:
        for name in (*_CATEGORICAL, *_NUMERIC, *item.attributes):
            field, value = fields.get(name), item.get(name)
            if field is None or value is None or field.kind == "text":
                continue
            if field.kind == "numeric":
                number = float(value) if not isinstance(value, tuple) else 0.0
                if not field.low <= number <= field.high:
                    fields[name] = replace(field, low=min(field.low, number), high=max(field.high, number))
                continue
            for v in item.values(name):
                known = support.get((name, v))
                if known is None and v.lower() not in _TOO_PLAIN:
                    lexicon[v.lower()] = tuple(dict.fromkeys((*lexicon.get(v.lower(), ()), (name, v))))
                if known is None or item.category not in known:
                    support[name, v] = {**(known or {}), item.category: 1}
    if fields == schema.fields and len(lexicon) == len(schema.lexicon) and support == schema.support:
        return schema
    return replace(schema, fields=fields, lexicon=lexicon, support=support)


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
    support: Mapping[tuple[str, str], Any],
    fields: Mapping[str, Field],
    labels: Mapping[str, str],
    synonyms: Mapping[str, Sequence[str]],
    plain: frozenset[str] = frozenset(),
) -> dict[str, tuple[tuple[str, str], ...]]:
    """phrase -> the (field, value) pairs it may mean. Exact values come before labels and synonyms.

    The values of a yes-or-no field are not said by themselves; the field's name is: "with parking". A last name that is a `plain` word
    says nobody: "I love it" asks for no film by Nick Love.
    """
    values: dict[str, list[str]] = defaultdict(list)
    for name, value in support:
        if value:
            values[name].append(value)
    every = {v for own in values.values() for v in own}
    exact: dict[str, list[tuple[str, str]]] = defaultdict(list)
    said: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, own in values.items():
        yes = next((v for v in own if v.lower() in YES), None)
        if yes is not None and all(v.lower() in YES | NO for v in own):
            field = fields[name]
            called = {w.lower() for w in (field.zh, field.en, *field.words)}
            called |= {_PREFIX.sub("", w) for w in called}
            for phrase in {*called, *(s.lower() for w in called for s in glossary().get(w, ()))} - {""}:
                said[phrase].append((name, yes))
            continue
        for value in own:
            if value.lower() in _TOO_PLAIN:
                for phrase in _graded(fields[name], value.lower()):
                    said[phrase].append((name, value))
                continue
            label = labels.get(value, "")
            if name != "domain" or not label:  # the name of a domain is a code where it has a label
                exact[value.lower()].append((name, value))
            group = glossary().get(value.lower(), ()) if "category" not in fields else ()
            example = bool(group) and value.lower() != group[0].lower() and group[0] in every
            shared = () if example else _others(value) or _others(label)  # 凉皮, a dish of 西北菜, is not called so
            for phrase in (label, *synonyms.get(value, ()), *shared, *_short(name, value), *_short(name, label)):
                if (
                    phrase
                    and (phrase.lower() != value.lower() or name == "domain")
                    and phrase.lower() not in _TOO_PLAIN
                    and not (name in _PEOPLE and phrase.lower() in plain)
                ):
                    said[phrase.lower()].append((name, value))
    out: dict[str, tuple[tuple[str, str], ...]] = {}
    for phrase in {**exact, **said}:
        out[phrase] = tuple(dict.fromkeys(exact.get(phrase, []) + said.get(phrase, [])))
    return out


_TOO_PLAIN = (
    YES
    | NO
    | {"高", "中", "低", "大", "小", "high", "medium", "low", "large", "small", "其他", "other", "不需", "不限", "any"}
)
_GRADES = {"高": "high", "中": "medium", "低": "low", "大": "large", "小": "small"}
_PREFIX = re.compile(r"^(?:是否|有无|可否|能否|可|有|has |is )")


_PLACE = re.compile(r"^(\S{2,}?)(?:新区|区|市|省|县|镇|街道|自治区)$")
_FIRM = re.compile(
    r"^(\S{2,}?)(?:银行|基金|证券|保险|人寿|资管|理财|养老|集团|公司)$|^(.{4,}?) (?:Bank|Funds?|Securities|Insurance|Life|Asset Management|Capital|Wealth|Pensions|Group|Inc\.?|Ltd\.?|Company|District)$"
)
_PERSON = re.compile(r"^\S+·(\S{2,})$|^[A-Z]\S+ (?:[A-Z]\S* )?([A-Z][a-z]{3,}|[A-Z][a-z]+-[a-z]+)$")
_DIRECTOR = re.compile(r"^[A-Z]\S+ (?:[A-Z]\S* )?([A-Z][a-z]{2})$")  # Ozu: of few people three letters tell
_CALLED = re.compile(r"^([A-Z]\S+ [A-Z]\S+) [A-Z]\S*$")  # Tony Leung Chiu-wai
_WORD = re.compile(r"(?<![\w'’-])[a-z]{3,}(?![\w'’-])")
_READ = 20_000  # items whose descriptions are looked at
_STUFF = ("material", "材质", "面料", "材料")
_PEOPLE = ("director", "cast", "author", "artist", "导演", "主演", "演员", "作者", "歌手")


def _plain(items: Sequence[Item]) -> frozenset[str]:
    """English words that the descriptions write in small letters, so that they are words and not names."""
    texts = (t for item in items[:_READ] for t in (item.description, item.description_en) if t)
    return frozenset(w for t in texts for w in _WORD.findall(t))


def _short(name: str, value: str) -> Iterable[str]:
    """A place without 区 or 市, a firm without its kind, a person by the last name or without the third, what can be done without 可, 棉质 of 棉."""
    if value.startswith("可") and len(value) > 2:
        yield value[1:]
    if name in _STUFF and len(value) < 3 and not value.isascii():
        yield from (f"{value}质", f"{value}制")
    for pattern in (
        _PLACE,
        _FIRM,
        *([_PERSON, _CALLED] if name in _PEOPLE else []),
        *([_DIRECTOR] if name in _PEOPLE[:1] else []),
    ):
        match = pattern.match(value)
        if match:
            yield from (g for g in match.groups() if g)


def _graded(field: Field, value: str) -> Iterable[str]:
    """What says a grade that is no word by itself: 难度低, 低难度, low difficulty, low in caffeine."""
    words = {w.lower() for w in (field.zh, field.en, *field.words)} - {""}
    for zh, en in _GRADES.items():
        for word in words if value in (zh, en) else ():
            if word.isascii():
                yield from (f"{en} {word}", f"{en} in {word}", f"{en}-{word}", f"{word} {en}")
            else:
                yield from (f"{word}{zh}", f"{zh}{word}", f"{word}较{zh}", f"{word}要{zh}")
    if value == "无":
        yield from (f"零{field.zh}", f"zero {field.en.lower()}", f"zero-{field.en.lower()}")


@cache
def _shared() -> dict[str, Any]:
    path = DATA / "glossary.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {"groups": [], "compounds": []}


@cache
def glossary() -> Mapping[str, tuple[str, ...]]:
    """A word in either language -> the words for the same, itself among them: what serves the values of any catalogue, not only of one's own.

    The word is the first of a group or its English name, else a synonym of one group only. Words of one group share one tuple.
    """
    out: dict[str, tuple[str, ...]] = {}
    synonyms: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for group in map(tuple, _shared()["groups"]):
        for place, word in enumerate(group):
            if place < 2:
                out.setdefault(word.lower(), group)
            else:
                synonyms[word.lower()].append(group)
    return {**{word: groups[0] for word, groups in synonyms.items() if len(groups) == 1}, **out}


def _others(word: str) -> tuple[str, ...]:
    """The other words for a word."""
    return tuple(w for w in glossary().get(word.lower(), ()) if w.lower() != word.lower())


@cache
def compounds() -> Sequence[tuple[str, tuple[str, ...]]]:
    """Phrases that say several things at once, with their parts."""
    return tuple((phrase.lower(), tuple(p.lower() for p in parts)) for phrase, *parts in _shared()["compounds"])
