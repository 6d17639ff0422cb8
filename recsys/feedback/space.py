"""The features in which a person's preference is a line: language, attribute values, price level, age."""

from array import array
from collections.abc import Mapping, Sequence
from copy import copy

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags_array, hstack

from recsys.datamodels import Item, Table

Vectors = npt.NDArray[np.float32]
Array = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Key = tuple[str, str]  # (field, value); a level has no value
PRICE: Key = ("price", "")
YEAR: Key = ("year", "")
# Prior variances of the parts of a preference; they sum to 1, the prior variance of the liking of an item.
BASE, LANGUAGE, ATTRIBUTES, LEVEL = 0.25, 0.35, 0.25, 0.15
WIDTH = 0.5  # of the language kernel exp((cos − 1) / width): two items of cosine 0.5 share 0.37 of it
LASTED = 0.15  # prior mean of the liking of the oldest: what is still around from long ago tends to be good
_LEFT_OUT = frozenset({"domain", "group", "category", "gender", "age"})  # what a need names, not a taste


class PreferenceSpace:
    """The features of a catalogue's items."""

    def __init__(self, items: Sequence[Item], vectors: Table, fields: Sequence[str]) -> None:
        """`vectors` (n, dim) are centred and of unit length; `fields` are the categorical ones."""
        self.vectors, self._fields = vectors, [n for n in fields if n not in _LEFT_OUT]
        self.columns: dict[Key, int] = {PRICE: 0, YEAR: 1}
        rows_of, columns_of = array("i"), array("i")
        for row, item in enumerate(items):
            for name in self._fields:
                for value in item.values(name):
                    rows_of.append(row)
                    columns_of.append(self.columns.setdefault((name, value), len(self.columns)))
        self.keys = tuple(self.columns)
        self.levels = 2  # columns that hold a level rather than a value
        ones, places = np.ones(len(rows_of)), (np.array(rows_of), np.array(columns_of))
        matrix = csr_matrix((ones, places), shape=(len(items), len(self.columns)))[:, self.levels :]
        rarity = np.sqrt(np.log1p(len(items) / np.maximum(matrix.sum(axis=0), 1)))  # what all share says little
        matrix = matrix @ diags_array(np.asarray(rarity).ravel())
        norms = np.sqrt(np.maximum(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel(), 1e-9))
        attributes = diags_array(np.sqrt(ATTRIBUTES) / norms) @ matrix  # (n, values), rows of one length
        self._rarity = np.asarray(rarity).ravel()  # (values,)
        self._scales = {name: scales(items, name) for name in ("price", "year")}
        price, year = (level(items, name, self._scales[name]) for name in ("price", "year"))
        levels = csr_matrix(np.sqrt(LEVEL / 2) * np.stack([price, year], axis=1))
        self.features = csr_matrix(hstack([levels, attributes]))  # (n, 2 + values)
        self.mean = -LASTED * year  # (n,)

    def with_more(self, items: Sequence[Item], vectors: Table) -> "PreferenceSpace":
        """The same with more items at the end; `vectors` are those of all. Levels and rarities stay those of the items it was built of."""
        more = copy(self)
        more.vectors, more.columns = vectors, dict(self.columns)
        indices: list[int] = []
        data: list[float] = []
        starts = [0]
        price, year = (level(items, name, self._scales[name]) for name in ("price", "year"))
        rare = float(np.sqrt(np.log1p(max(len(self.mean), 1))))  # of a value that nothing had
        for row, item in enumerate(items):
            own = [more.columns.setdefault((n, v), len(more.columns)) for n in self._fields for v in item.values(n)]
            weights = np.array(
                [self._rarity[c - self.levels] if c - self.levels < len(self._rarity) else rare for c in own]
            )
            length = np.sqrt(max(float(weights @ weights), 1e-9))
            indices += [0, 1, *own]
            data += [
                np.sqrt(LEVEL / 2) * price[row],
                np.sqrt(LEVEL / 2) * year[row],
                *(np.sqrt(ATTRIBUTES) / length * weights),
            ]
            starts.append(len(indices))
        old = self.features
        parts = (
            np.concatenate([old.data, data]), np.concatenate([old.indices, np.array(indices, old.indices.dtype)]),
            np.concatenate([old.indptr, np.array(starts[1:], old.indptr.dtype) + old.indptr[-1]]),
        )  # fmt: skip
        more.features = csr_matrix(parts, shape=(old.shape[0] + len(items), len(more.columns)))
        more.keys, more.mean = tuple(more.columns), np.concatenate([self.mean, -LASTED * year])
        return more

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
        return BASE + self.language(self.vectors[a], self.vectors[b]) + np.asarray(shared, np.float64)

    def prior(self, rows: Rows) -> Array:
        """The variance of the liking of these items before anything is known (n,)."""
        chosen = self.features[rows]
        return BASE + LANGUAGE + np.asarray(chosen.multiply(chosen).sum(axis=1), np.float64).ravel()


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
