"""Bounds that belong together: the 80s or 90s, at least 5 seats and 800 km of range."""

import re
from dataclasses import replace
from itertools import pairwise

from recsys.language.quantities import Bound

_EITHER = re.compile(r"\bor\b|或|、|和|跟|\band\b|/")
_AND_ALSO = re.compile(r" ?[a-z -]{0,14}\b(?:and|&) ?")
_AT_LEAST = re.compile(r"at (?:the )?(?:least|most)|(?:no|not) (?:more|less) than|(?:a )?min(?:imum)? of\b")


def united(text: str, found: list[Bound]) -> list[Bound]:
    """Two ranges of one field joined by "or" are one from the lower to the upper: the 80s or 90s; of two ends the closer one counts."""
    out: list[Bound] = []
    for bound in found:
        before = next((b for b in out if _alike_fields(b, bound)), None)
        if before is None:
            out.append(bound)
            continue
        ranges = all(len(b.constraints) == 2 for b in (before, bound))
        wide = ranges and bool(_EITHER.search(text[before.end : bound.start])) and _adjoin(before, bound)
        if ranges and not wide:
            out.append(bound)
            continue
        pick = {"gte": min, "lte": max} if wide else {"gte": max, "lte": min}
        ends = tuple(
            replace(c, value=pick[c.op](c.number, o.number))
            for c in before.constraints
            for o in bound.constraints
            if c.op == o.op
        )
        out = [replace(bound, constraints=ends) if b is before else b for b in out]
    return out


def _adjoin(one: Bound, other: Bound) -> bool:
    """True where nothing lies between two ranges: 1980-1989 and 1990-1999."""
    (low, high), (lower, higher) = (sorted(c.number for c in b.constraints) for b in (one, other))
    return max(low, lower) <= min(high, higher) + 1


def _alike_fields(one: Bound, other: Bound) -> bool:
    """True where two bounds have the same ends of the same field."""
    return bool(one.constraints) and [(c.field, c.op) for c in one.constraints] == [
        (c.field, c.op) for c in other.constraints
    ]


def alike(text: str, found: list[Bound]) -> list[Bound]:
    """ "At least 5 seats and 800 km of range": what is said of the first number holds for a second without words of its own."""
    out = found[:1]
    for before, this in pairwise(found):
        same = _AND_ALSO.fullmatch(text[before.end : this.start]) and _AT_LEAST.match(text, before.start)
        ops = {c.op for c in before.constraints if c.field != "price"}
        own = tuple(c for c in this.constraints if c.op in ops)
        out.append(
            replace(this, constraints=own, loose=False) if same and this.loose and len(ops) == 1 and own else this
        )
    return out
