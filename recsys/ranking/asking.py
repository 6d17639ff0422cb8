"""What to ask next: the one question whose answer narrows the candidates the most, with answers that can be clicked."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from recsys.datamodels import CANONICAL, Choice, Constraint, Item, Lang, Query, Question
from recsys.ranking.reasons import YES_NO, amount, describe
from recsys.schema import Field, Schema
from recsys.texts import say

_NEVER = frozenset(
    {"title", "popularity", "rating", "group"}
)  # everybody wants a good one; the rest is not for people to say
_OPTIONS = 4
_FEW = 5  # candidates; fewer are looked at faster than a question is answered
_COVERED = 0.7  # share of the candidates that must have the attribute
_GAIN = 0.5  # bits; below that an answer hardly helps
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?$|\d{1,2}[:：]\d\d")  # and times of the day


@dataclass(frozen=True, slots=True)
class Ask:
    """What to ask, before it is put in words: the field, and what can be answered."""

    field: str
    choices: tuple[Choice, ...]


def question(candidates: Sequence[Item], query: Query, schema: Schema) -> Ask | None:
    """The attribute of highest information gain over the candidates, among those that are neither known nor declined.

    The answers are a few values and "something else", so the gain is the entropy of the candidates over just these: an
    attribute with a value for each item tells little, because hardly anybody wants one of the four that are offered.
    """
    if len(candidates) < _FEW:
        return None
    settled = {c.field for c in query.constraints} | set(query.declined) | _NEVER
    best: tuple[float, str, tuple[Choice, ...]] | None = None
    carried = Counter(n for i in candidates for n in (*CANONICAL, *i.attributes) if n not in settled)
    for name, field in schema.fields.items():
        if carried[name] < _COVERED * len(candidates) or field.kind == "text":
            continue
        choices, gain = _numeric(candidates, field) if field.kind == "numeric" else _categorical(candidates, name)
        if len(choices) > 1 and gain > (best[0] if best else _GAIN):
            best = gain, name, choices
    return None if best is None else Ask(best[1], (*best[2], Choice()))


def _categorical(candidates: Sequence[Item], name: str) -> tuple[tuple[Choice, ...], float]:
    """The most frequent values as choices, and the gain in bits."""
    own = [item.values(name) for item in candidates]
    counts = Counter(v for values in own for v in dict.fromkeys(values))
    if not counts or sum(map(bool, own)) < _COVERED * len(candidates) or _DATE.match(next(iter(counts))):
        return (), 0.0
    offered = [v for v, _ in counts.most_common(_OPTIONS)]
    first = Counter(next((v for v in offered if v in values), "") for values in own)
    return tuple(Choice(add=(Constraint(name, "eq", v),)) for v in offered), _entropy(first)


def _numeric(candidates: Sequence[Item], field: Field) -> tuple[tuple[Choice, ...], float]:
    """Few values as they are, else two or three ranges of about as many candidates, with the gain in bits."""
    numbers = np.array([v for i in candidates if isinstance(v := i.get(field.name), float)])
    if not len(numbers) or len(numbers) < _COVERED * len(candidates):
        return (), 0.0
    several = np.unique(numbers)
    if len(several) <= _OPTIONS:
        bounds: list[tuple[float | None, float | None]] = [(float(v), float(v)) for v in several]
    else:
        low, high = (_round(float(np.quantile(numbers, q)), field) for q in (1 / 3, 2 / 3))
        bounds = [(None, low), (low, high), (high, None)] if low < high else [(None, low), (low, None)]
    place = Counter(
        next(n for n, (a, b) in enumerate(bounds) if (a is None or v >= a) and (b is None or v <= b)) for v in numbers
    )
    if any(not place[n] for n in range(len(bounds))):
        return (), 0.0
    return tuple(Choice(add=_between(field.name, a, b)) for a, b in bounds), _entropy(place)


def _between(name: str, low: float | None, high: float | None) -> tuple[Constraint, ...]:
    out = (Constraint(name, "gte", low),) if low is not None else ()
    return (*out, Constraint(name, "lte", high)) if high is not None else out


def _round(value: float, field: Field) -> float:
    """A number as people say it: two digits, years whole."""
    if field.unit == "年" or value == 0:
        return float(round(value))
    step = 10.0 ** (math.floor(math.log10(abs(value))) - 1)
    return round(round(value / step) * step, 6)


def _entropy(counts: Mapping[Any, int]) -> float:
    total = sum(counts.values())
    return -sum(n / total * math.log2(n / total) for n in counts.values() if n)


def asked(name: str, choices: tuple[Choice, ...], schema: Schema, lang: Lang) -> Question:
    """The question about a field (or, where it is "", about what to relax) with these choices, in a language."""
    field = schema.fields.get(name)
    if field is None:
        text = say("ask_relax", lang)
    elif name in ("price", "category", "domain"):
        text = say(f"ask_{name}", lang)
    elif field.kind == "numeric":
        text = say("ask_range", lang, field=schema.field_label(name, lang))
    elif all(v.lower() in YES_NO for c in choices for a in c.add for v in a.values):
        text = say("ask_whether", lang, field=schema.field_label(name, lang))
    else:
        text = say("ask_value", lang, field=schema.field_label(name, lang))
    return Question(text, name, tuple(option(c, schema, lang) for c in choices), choices)


def option(choice: Choice, schema: Schema, lang: Lang) -> str:
    """A choice in words, with the number of items that it leads to where that is known."""
    if choice.drop:
        words = [
            say(
                "raised" if c.op == "lte" else "lowered",
                lang,
                field=schema.field_label(c.field, lang),
                value=amount(c.field, c.number, schema, lang),
            )
            for c in choice.add
        ]
        gone = [describe(c, schema, lang) for c in choice.drop if all(c.field != a.field for a in choice.add)]
        words += [say("without", lang, what=say("and", lang).join(gone))] if gone else []
        text = say("and", lang).join(words)
        return f"{text} · {choice.count}" if choice.count else text
    if not choice.add:
        return say("any", lang)
    low, high = (next((c.number for c in choice.add if c.op == op), None) for op in ("gte", "lte"))
    name = choice.add[0].field
    if low is None and high is None:
        return say("and", lang).join(schema.label(v, lang) for v in choice.add[0].values)
    dated = schema.fields[name].unit == "年"
    if low is None:
        return say("before" if dated else "up_to", lang, value=amount(name, high or 0.0, schema, lang))
    if high is None:
        return say("after" if dated else "over", lang, value=amount(name, low, schema, lang))
    return (
        amount(name, low, schema, lang)
        if low == high
        else say("from_to", lang, low=amount(name, low, schema, lang), high=amount(name, high, schema, lang))
    )
