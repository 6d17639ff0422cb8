"""Exact filters: constraints -> a boolean mask over the rows of the catalogue."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

from recsys.datamodels import Constraint, Item

Mask = npt.NDArray[np.bool_]


class Columns:
    """The items' fields as columns, made when a field is first asked for."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items
        self._numbers: dict[str, npt.NDArray[np.float64]] = {}
        self._postings: dict[str, dict[str, npt.NDArray[np.int64]]] = {}

    @cached_property
    def everything(self) -> Mask:
        """The mask of all rows."""
        return np.ones(len(self._items), bool)

    def numbers(self, name: str) -> npt.NDArray[np.float64]:
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

    def mask(self, constraints: Iterable[Constraint]) -> Mask:
        """Rows that meet every constraint. An item without the field meets only `not_in`."""
        out = self.everything.copy()
        for c in constraints:
            out &= self._one(c)
        return out

    def _one(self, c: Constraint) -> Mask:
        if c.op in ("lte", "gte") or isinstance(c.value, float | int):
            column, bound = self.numbers(c.field), float(c.value)  # type: ignore[arg-type]
            return column <= bound if c.op == "lte" else column >= bound if c.op == "gte" else column == bound
        hit = np.zeros(len(self._items), bool)
        for value in c.values:
            hit[self.rows(c.field, value)] = True
        return ~hit if c.op == "not_in" else hit


def _day(value: object) -> float:
    try:
        return float(date.fromisoformat(str(value)).toordinal()) if isinstance(value, str) else np.nan
    except ValueError:
        return np.nan
