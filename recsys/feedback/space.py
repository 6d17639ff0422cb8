"""The features in which a person's preference is a line: language, attribute values, price level, age."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags_array, hstack
from scipy.stats import rankdata

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
        self.vectors = vectors
        self.columns: dict[Key, int] = {PRICE: 0, YEAR: 1}
        rows_of: list[int] = []
        columns_of: list[int] = []
        for row, item in enumerate(items):
            for name in fields:
                if name in _LEFT_OUT:
                    continue
                for value in item.values(name):
                    rows_of.append(row)
                    columns_of.append(self.columns.setdefault((name, value), len(self.columns)))
        self.keys = tuple(self.columns)
        self.levels = 2  # columns that hold a level rather than a value
        ones = np.ones(len(rows_of))
        matrix = csr_matrix((ones, (rows_of, columns_of)), shape=(len(items), len(self.columns)))[:, self.levels :]
        rarity = np.sqrt(np.log1p(len(items) / np.maximum(matrix.sum(axis=0), 1)))  # what all share says little
        matrix = matrix @ diags_array(np.asarray(rarity).ravel())
        norms = np.sqrt(np.maximum(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel(), 1e-9))
        attributes = diags_array(np.sqrt(ATTRIBUTES) / norms) @ matrix  # (n, values), rows of one length
        price, year = level(items, "price"), level(items, "year")
        levels = csr_matrix(np.sqrt(LEVEL / 2) * np.stack([price, year], axis=1))
        self.features = csr_matrix(hstack([levels, attributes]))  # (n, 2 + values)
        self.mean = -LASTED * year  # (n,)

    def language(self, a: Vectors, b: Vectors) -> Array:
        """The covariance that two lists of vectors have by what the items say -> (len(a), len(b))."""
        cosine = (a @ b.T).astype(np.float64)
        out: Array = LANGUAGE * np.exp((np.minimum(cosine, 1) - 1) / WIDTH)
        return out

    def kernel(self, a: Rows, b: Rows) -> Array:
        """The covariance of the liking of the items in rows a and b, at one moment -> (len(a), len(b))."""
        shared = (self.features[a] @ self.features[b].T).toarray()
        return BASE + self.language(self.vectors[a], self.vectors[b]) + np.asarray(shared, np.float64)

    def prior(self, rows: Rows) -> Array:
        """The variance of the liking of these items before anything is known (n,)."""
        chosen = self.features[rows]
        return BASE + LANGUAGE + np.asarray(chosen.multiply(chosen).sum(axis=1), np.float64).ravel()


def level(items: Sequence[Item], name: str) -> Array:
    """Where a number stands among those of the same category, -1 the lowest to 1 the highest; 0 where there is none."""
    out = np.zeros(len(items))
    of: dict[str, list[int]] = {}
    numbers: dict[int, float] = {}
    for row, item in enumerate(items):
        number = item.get(name)
        if isinstance(number, int | float):
            numbers[row] = float(number)
            of.setdefault(item.category or item.domain, []).append(row)
    for rows in of.values():
        ranks = rankdata([numbers[r] for r in rows])
        out[rows] = (2 * ranks - len(rows) - 1) / max(len(rows) - 1, 1)
    return out
