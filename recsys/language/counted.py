"""What a message bounds: dates, numbers, what is free, ages; and a number alone, which answers or corrects."""

import math
import re
from collections.abc import Sequence

from recsys.datamodels import Constraint, Query
from recsys.language import bounds, days, dialogue, persons
from recsys.language.measures import SIZES, label_words, labels
from recsys.language.numbers import NUMBER
from recsys.language.quantities import Bound, between
from recsys.language.resolving import kinds
from recsys.language.text import blank, places
from recsys.language.values import Lexicon, Span
from recsys.schema import Schema

_FREE = re.compile(
    r"(?<!不)免费(?!停车|接|送|提供|上网|wifi|早餐)|免票|不(?:要|花|用花|收)钱|\bfree (?:of charge|entry|admission|to enter)\b|\bfor free\b"
)
_NUMBER = re.compile(NUMBER)
_FAR = 2.5  # powers of two between a number and the one that it takes the place of


class Counted:
    """Reads the bounds of single messages with the phrases of one schema."""

    def __init__(self, schema: Schema, lexicon: Lexicon) -> None:
        self.schema, self._lexicon = schema, lexicon
        self._labels = label_words(schema, ())

    def _meant(self, text: str, state: Query | None) -> tuple[str, ...]:
        """The kinds of thing whose numbers are meant where none is named: those that have what is asked for besides."""
        if not _NUMBER.search(text):
            return ()
        said = [at for w in self._labels if len(w) > 1 for at in places(text, w)]  # 管理费 is no book on management
        named = [
            s
            for s in self._lexicon.find(text)
            if s.end - s.start > 1 and not any(a <= s.start and s.end <= b for a, b in said)
        ]
        return kinds(self.schema, named) or (dialogue.able(self.schema, state) if state else ())

    def _memory(self, value: float) -> str:
        """The field of storage, where a number is a size that memory comes in and that things have."""
        own = [f for f in self.schema.fields.values() if f.unit == "GB" and f.low <= value <= f.high]
        return max(own, key=lambda f: f.high).name if own and value in SIZES else ""

    def numbers(
        self, plain: str, heads: Sequence[Span], carried: tuple[str, ...], state: Query | None, asked: str
    ) -> tuple[list[Bound], list[str]]:
        """The bounds that dates, numbers, what is free and ages tell, and those that no field tells."""
        dated = days.find(plain, self.schema, carried)
        plain = blank(plain, [(b.start, b.end) for b in dated])
        masked, meant = _masked(plain, heads), carried or self._meant(plain, state)
        counted = bounds.read(masked, self.schema, meant, asked)
        if meant and not carried and not any(b.constraints for b in counted):
            counted = [b for b in bounds.read(masked, self.schema, (), asked) if self._called_so(masked, b)]
        numeric = [*dated, *(b for b in counted if b.constraints)]
        numeric = [*numeric, *(persons.of_party(plain, self.schema, carried) if not numeric else [])]
        numeric = [*numeric, *self._free(plain, carried, numeric), *_of_age(plain, self.schema, meant, numeric)]
        return numeric, [_with_label(plain, b) for b in counted if b.unmet]

    def _called_so(self, text: str, bound: Bound) -> bool:
        """True for a number whose label is said: a big show, 50+ episodes, though what is big has none."""
        return any(w in text for c in bound.constraints for w in labels(self.schema.fields[c.field]) if len(w) > 1)

    def _free(self, text: str, categories: tuple[str, ...], read: Sequence[Bound]) -> list[Bound]:
        """What costs nothing, where there are such things: 门票免费的景点, but not 免费停车."""
        price = self.schema.fields.get("price")
        match = _FREE.search(text) if price is not None and price.low == 0 else None
        if match is None or any(c.field == "price" for b in read for c in b.constraints):
            return []
        if any(s.start <= match.start() < s.end for s in self._lexicon.find(text, categories)):
            return []
        return [Bound(*match.span(), (Constraint("price", "lte", 0.0),))]

    def answered(self, text: str, state: Query | None, asked: str) -> list[Bound]:
        """A number alone: the answer to a question, else a new value of the latest bound, else of the one field that has such values."""
        value = bounds.bare(text)
        value = bounds.bare(re.split(r"[,，!！。]", text.rstrip("!！。."))[-1]) if value is None and state else value
        if value is None:
            return []
        asked_before = [c for c in reversed(state.constraints) if c.op in ("lte", "gte")] if state else []
        last = min(asked_before, key=lambda c: _apart(c.number, value), default=None)
        if last is not None and _apart(last.number, value) > _FAR:
            memory = self._memory(value) if re.search(r"\D", text.strip()) else ""
            return [Bound(0, len(text), between(memory, value, value))] if memory else []
        if last is not None and not asked and re.search(r"\D", text.strip()):
            ops = [
                c.op for c in asked_before if c.field == last.field and c.number == last.number
            ]  # both of an exact number
            return [Bound(0, len(text), tuple(Constraint(last.field, op, value) for op in reversed(ops)))]
        fields = [f for f in self.schema.fields.values() if f.kind == "numeric" and f.low <= value <= f.high]
        name = asked if asked in {f.name for f in fields} else fields[0].name if len(fields) == 1 else ""
        return [Bound(0, len(text), (Constraint(name, "gte", value), Constraint(name, "lte", value)))] if name else []


def _masked(text: str, heads: Sequence[Span]) -> str:
    """The names of several words written in x: power banks under 250 are no watts; positions stay."""
    for h in heads:
        if " " in text[h.start : h.end]:
            text = text[: h.start] + re.sub("[a-z]", "x", text[h.start : h.end]) + text[h.end :]
    return text


def _with_label(text: str, bound: Bound) -> str:
    """A bound with the word before it: 续航一周以上, "battery over a week"."""
    before = re.search(r"(?:[\u4e00-\u9fff]{1,2}|[a-z]+ (?:(?:that|which) )?)$", text[: bound.start])
    return text[before.start() if before else bound.start : bound.end].strip()


def _of_age(text: str, schema: Schema, categories: tuple[str, ...], read: Sequence[Bound]) -> list[Bound]:
    """For people of an age, unless the number was read as one of the things': toys from three years on."""
    taken = [b for b in read if b.constraints]
    found = persons.of_age(text, schema, categories)
    return [b for b in found if not any(b.start < t.end and t.start < b.end for t in taken)]


def _apart(a: float, b: float) -> float:
    """How far two amounts are apart, in powers of two: 16 is closer to 32 than to 2000."""
    return abs(math.log2(a / b)) if a > 0 and b > 0 else math.inf


def as_before(found: list[Constraint], numeric: Sequence[Bound], state: Query | None) -> list[Constraint]:
    """ "The budget is down to 300" after "up to 500": a number alone keeps the direction of the bound that it replaces."""
    loose = {c.field for b in numeric if b.loose for c in b.constraints}
    out = []
    for c in found:
        old = [o for o in (state.constraints if state else ()) if o.field == c.field and o.op in ("lte", "gte")]
        if c.field in loose and len(old) == 1:
            same = [float(str(x.value)) for b in numeric if b.loose for x in b.constraints if x.field == c.field]
            out.append(Constraint(c.field, old[0].op, sum(same) / len(same)))
        else:
            out.append(c)
    return list(dict.fromkeys(out))
