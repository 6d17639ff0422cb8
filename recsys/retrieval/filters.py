"""Exact filters: constraints -> a boolean mask over the rows of the catalogue."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

from recsys.datamodels import Constraint, Item, Range

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
_POINT = 1.4  # ends of at most this ratio mean one number, "about two hours"


class Columns:
    """The items' fields as columns, made when a field is first asked for."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items
        self._numbers: dict[str, Numbers] = {}
        self._ranges: dict[str, tuple[Numbers, Numbers] | None] = {}
        self._postings: dict[str, dict[str, npt.NDArray[np.int64]]] = {}

    @cached_property
    def everything(self) -> Mask:
        """The mask of all rows that can be found."""
        return np.ones(len(self._items), bool)

    def updated(self, items: Sequence[Item], more: Sequence[Item], gone: Sequence[int]) -> "Columns":
        """The columns of `items`, which are those of these columns and `more` behind them, without the rows that are gone."""
        fresh, out = Columns(more), Columns(items)
        everything = np.concatenate([self.everything, fresh.everything])
        everything[list(gone)] = False
        out.__dict__["everything"] = everything
        for name, numbers in list(self._numbers.items()):
            out._numbers[name] = np.concatenate([numbers, fresh.numbers(name)])
        for name, values in list(self._postings.items()):
            fresh.rows(name, "")
            own = {v: rows + len(self._items) for v, rows in fresh._postings[name].items()}
            none = np.empty(0, np.int64)
            out._postings[name] = values | {v: np.concatenate([values.get(v, none), rows]) for v, rows in own.items()}
        for name, ends in list(self._ranges.items()):
            new = fresh.ranges(name)
            if ends is not None or new is not None:
                old, new = ends or (self.numbers(name),) * 2, new or (fresh.numbers(name),) * 2
                out._ranges[name] = (np.concatenate([old[0], new[0]]), np.concatenate([old[1], new[1]]))
            else:
                out._ranges[name] = None
        return out

    def numbers(self, name: str) -> Numbers:
        """A numeric field, or one of ISO dates as days, as (n,); NaN where an item has none."""
        if name not in self._numbers:
            values = (i.get(name) for i in self._items)
            self._numbers[name] = np.array([v if isinstance(v, float) else _day(v) for v in values], np.float64)
        return self._numbers[name]

    def rows(self, name: str, value: str) -> npt.NDArray[np.int64]:
        """The rows of the items that carry this value, compared without regard to case."""
        if name not in self._postings:
            postings: dict[str, list[int]] = {}
            for row, item in enumerate(self._items):
                for v in item.values(name):
                    postings.setdefault(v.lower(), []).append(row)
            self._postings[name] = {v: np.array(rows, np.int64) for v, rows in postings.items()}
        return self._postings[name].get(value.lower(), np.empty(0, np.int64))

    def ranges(self, name: str) -> tuple[Numbers, Numbers] | None:
        """Both ends (n,) of a numeric field whose items give ranges; None where none does."""
        if name not in self._ranges:
            values = [i.get(name) for i in self._items]
            ends = [
                (v.low, v.high) if isinstance(v, Range) else (v, v) if isinstance(v, float) else (np.nan, np.nan)
                for v in values
            ]
            table = np.array(ends, np.float64).reshape(-1, 2)
            self._ranges[name] = (table[:, 0], table[:, 1]) if any(isinstance(v, Range) for v in values) else None
        return self._ranges[name]

    def mask(self, constraints: Iterable[Constraint]) -> Mask:
        """Rows that meet every constraint. An item without the field meets only `not_in`."""
        constraints = list(constraints)
        bounds = _bounds(constraints)
        both = [name for name, ends in bounds.items() if len(ends) == 2 and self.ranges(name) is not None]
        out = self.everything.copy()
        for c in constraints:
            if c.op not in ("gte", "lte") or c.field not in both:
                out &= self._one(c)
        for name in both:
            out &= self._between(name, bounds[name]["gte"], bounds[name]["lte"])
        return out

    def _between(self, name: str, low: float, high: float) -> Mask:
        """Rows of a field of ranges, both ends asked: a number said means the ranges that hold it; a range said the items of that
        very range, or, where there are none, those whose middle lies in it.
        """
        starts, stops = self.ranges(name) or (self.numbers(name), self.numbers(name))
        same = np.isclose(starts, low) & np.isclose(stops, high)
        if high > low and same.any():
            return same
        if high <= low * _POINT:
            return (starts <= high) & (stops >= low)
        return (self.numbers(name) >= low) & (self.numbers(name) <= high)

    def _one(self, c: Constraint) -> Mask:
        if c.op in ("lte", "gte") or isinstance(c.value, float | int):
            column, bound = self.numbers(c.field), c.number
            return column <= bound if c.op == "lte" else column >= bound if c.op == "gte" else column == bound
        hit = np.zeros(len(self._items), bool)
        for value in c.values:
            hit[self.rows(c.field, value)] = True
        return ~hit if c.op == "not_in" else hit  # rows that are gone are left out with `everything`


def _day(value: object) -> float:
    try:
        return float(date.fromisoformat(str(value)).toordinal()) if isinstance(value, str) else np.nan
    except ValueError:
        return np.nan


def _bounds(constraints: Iterable[Constraint]) -> dict[str, dict[str, float]]:
    """The numeric bounds by field and op."""
    out: dict[str, dict[str, float]] = {}
    for c in constraints:
        if c.op in ("gte", "lte"):
            out.setdefault(c.field, {})[c.op] = c.number
    return out
