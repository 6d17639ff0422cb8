"""The features in which a person's preference is a line: language, attribute values, price level, age."""

from array import array
from collections.abc import Mapping, Sequence
from copy import copy
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags_array, hstack, vstack

from recsys.datamodels import Item, Table

Vectors = npt.NDArray[np.float32]
Array = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Key = tuple[str, str]  # (field, value); a level has no value
PRICE: Key = ("price", "")
YEAR: Key = ("year", "")
# Prior variances of the parts of a preference; they sum to 1, the prior variance of the liking of an item. Of an item that is for somebody
# in particular, AUDIENCE of the constant is for whom: what pleases there says little of what is for others.
BASE, LANGUAGE, ATTRIBUTES, LEVEL = 0.25, 0.35, 0.25, 0.15
AUDIENCE = 0.15
WIDTH = 0.5  # of the language kernel exp((cos − 1) / width): two items of cosine 0.5 share 0.37 of it
LASTED = 0.15  # prior mean of the liking of the oldest: what is still around from long ago tends to be good
_AUDIENCE = frozenset({"gender", "age"})  # whom an item is for
_LEFT_OUT = frozenset({"domain", "group", "category"})  # what a need names, not a taste


class Features:
    """Values by row: those of the items that it was built of, then those that came since, so that more cost no copy of the many."""

    def __init__(self, base: csr_matrix, fresh: csr_matrix) -> None:
        self._base, self._fresh = base, fresh

    def with_more(self, rows: csr_matrix) -> "Features":
        """The same with more rows at the end, and as many columns as those have."""
        width = rows.shape[1]
        return Features(_widened(self._base, width), csr_matrix(vstack([_widened(self._fresh, width), rows])))

    def __getitem__(self, rows: Rows) -> csr_matrix:
        """The values of these rows (…, values)."""
        first = self._base.shape[0]
        new = rows >= first
        if not new.any():
            return self._base[rows]
        found = vstack([self._base[rows[~new]], self._fresh[rows[new] - first]])
        return csr_matrix(found)[np.argsort(np.argsort(new, kind="stable"))]

    def __len__(self) -> int:
        """How many rows there are."""
        return self._base.shape[0] + self._fresh.shape[0]

    @cached_property
    def tops(self) -> Array:
        """The largest of each value (values,)."""
        out = np.zeros(self._fresh.shape[1])
        for part in (self._base, self._fresh):
            np.maximum.at(out, part.indices, part.data)
        return out


def _widened(matrix: csr_matrix, width: int) -> csr_matrix:
    """The same with columns of nothing at the end; the data are shared."""
    return csr_matrix((matrix.data, matrix.indices, matrix.indptr), shape=(matrix.shape[0], width))


class PreferenceSpace:
    """The features of a catalogue's items."""

    def __init__(self, items: Sequence[Item], vectors: Table, fields: Sequence[str]) -> None:
        """`vectors` (n, dim) are centred and of unit length; `fields` are the categorical ones."""
        self.vectors, self._fields = vectors, [n for n in fields if n not in _LEFT_OUT]
        self.columns: dict[Key, int] = {PRICE: 0, YEAR: 1}
        self.levels = 2  # columns that hold a level rather than a value
        self._scales = {name: scales(items, name) for name in ("price", "year")}
        ones = self._values(items)
        common = np.maximum(np.asarray(ones.sum(axis=0)).ravel(), 1)
        self._rarity = np.sqrt(np.log1p(len(items) / common))  # (values,); what all share says little
        features, self.price, self.base, self.mean = self._rows(items, ones)
        self.features = Features(features, features[:0])

    def with_more(self, items: Sequence[Item], vectors: Table) -> "PreferenceSpace":
        """The same with more items at the end; `vectors` are those of all. Levels and rarities stay those of the items it was built of."""
        more = copy(self)
        more.vectors, more.columns = vectors, dict(self.columns)
        ones = more._values(items)
        rare = np.full(len(more.columns) - len(self.columns), np.sqrt(np.log1p(max(len(self.mean), 1))))
        more._rarity = np.concatenate([self._rarity, rare])  # of a value that nothing had
        features, *levels = more._rows(items, ones)
        more.features = self.features.with_more(features)
        own = zip((self.price, self.base, self.mean), levels, strict=True)
        more.price, more.base, more.mean = (np.concatenate(pair) for pair in own)
        return more

    def _values(self, items: Sequence[Item]) -> csr_matrix:
        """Which values each item has (n, values); new ones get a column."""
        rows, columns = array("i"), array("i")
        for row, item in enumerate(items):
            for name in self._fields:
                for value in item.values(name):
                    rows.append(row)
                    columns.append(self.columns.setdefault((name, value), len(self.columns)) - self.levels)
        self.keys: tuple[Key, ...] = tuple(self.columns)
        self.audience = np.array([name in _AUDIENCE for name, _ in self.keys])  # (2 + values,)
        ones = np.ones(len(rows))
        return csr_matrix((ones, (np.array(rows), np.array(columns))), (len(items), len(self.keys) - self.levels))

    def _rows(self, items: Sequence[Item], ones: csr_matrix) -> tuple[csr_matrix, Array, Array, Array]:
        """Features (n, 2 + values), that of the price alone (n,), how much of the constant each item has (n,), and the prior
        mean of its liking (n,).
        """
        price, year = (level(items, name, self._scales[name]) for name in ("price", "year"))
        scale = np.sqrt(LEVEL / 2)
        levels = csr_matrix(scale * np.stack([price, year], axis=1))
        whom = self.audience[self.levels :]
        values = csr_matrix(ones @ diags_array(np.where(whom, 1.0, self._rarity)))
        squares = values.multiply(values)
        length = np.sqrt(np.maximum(np.stack([squares @ ~whom, squares @ whom]), 1e-9))  # (2, n)
        kind, row = whom[values.indices].astype(np.int64), np.repeat(np.arange(len(items)), np.diff(values.indptr))
        values.data *= np.sqrt(np.array([ATTRIBUTES, AUDIENCE]))[kind] / length[kind, row]
        base = np.sqrt(BASE - AUDIENCE * (squares @ whom > 0))
        return csr_matrix(hstack([levels, values])), scale * price, base, -LASTED * year

    def language(self, a: Vectors, b: Vectors) -> Array:
        """The covariance that two lists of vectors have by what the items say -> (len(a), len(b))."""
        likeness = a @ b.T  # in single precision up to here, which takes a third of the time
        np.minimum(likeness, 1, out=likeness)
        likeness -= 1
        likeness /= WIDTH
        np.exp(likeness, out=likeness)
        return LANGUAGE * likeness.astype(np.float64)

    def kernel(self, a: Rows, b: Rows) -> Array:
        """The covariance of the liking of the items in rows a and b, at one moment -> (len(a), len(b))."""
        shared = (self.features[a] @ self.features[b].T).toarray()
        constant = np.outer(self.base[a], self.base[b])
        return constant + self.language(self.vectors[a], self.vectors[b]) + np.asarray(shared, np.float64)

    def prior(self, rows: Rows) -> Array:
        """The variance of the liking of these items before anything is known (n,)."""
        chosen = self.features[rows]
        return (
            np.square(self.base[rows]) + LANGUAGE + np.asarray(chosen.multiply(chosen).sum(axis=1), np.float64).ravel()
        )


def scales(items: Sequence[Item], name: str) -> dict[str, Array]:
    """The numbers that the items of each category have in a field, in order."""
    of: dict[str, list[float]] = {}
    for item in items:
        if (number := _number(item, name)) is not None:
            of.setdefault(item.category or item.domain, []).append(number)
    return {kind: np.sort(np.array(numbers)) for kind, numbers in of.items()}


def level(items: Sequence[Item], name: str, scale: Mapping[str, Array]) -> Array:
    """Where a number stands among those of the same category, -1 the lowest to 1 the highest; 0 where there is none."""
    out = np.zeros(len(items))
    numbers_of: dict[str, dict[int, float]] = {}
    for row, item in enumerate(items):
        number, kind = _number(item, name), item.category or item.domain
        if number is not None and kind in scale:
            numbers_of.setdefault(kind, {})[row] = number
    for kind, found in numbers_of.items():
        own, rows, numbers = scale[kind], list(found), np.array(list(found.values()))
        ranks = (np.searchsorted(own, numbers, "left") + np.searchsorted(own, numbers, "right") + 1) / 2
        out[rows] = np.clip((2 * ranks - len(own) - 1) / max(len(own) - 1, 1), -1, 1)
    return out


def _number(item: Item, name: str) -> float | None:
    value = item.get(name)
    return float(value) if isinstance(value, int | float) else None
