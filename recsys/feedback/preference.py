"""A person's preference: Bayesian linear regression over item features, solved in its dual form.

Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), eq. 2.23-2.24: with kernel K over the t items that
a person reacted to, targets y and noise N, the mean at an item x is k(x)ᵀ (K + N)⁻¹ y and its variance
k(x, x) − k(x)ᵀ (K + N)⁻¹ k(x). The features are the item's centred language vector and its attribute values.

A preference is a function of the events alone: take an event back, and the preference before it comes back bit for bit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from recsys.datamodels import Event, EventKind, Item

Vectors = npt.NDArray[np.float32]
# What an event says about liking the item, and how unsure it is. A purchase says more than a click, and says it louder.
TARGET: dict[EventKind, float] = {
    "like": 1.0,
    "dislike": -1.0,
    "click": 0.3,
    "favourite": 1.2,
    "purchase": 1.2,
    "rate": 0.0,
}
NOISE: dict[EventKind, float] = {
    "like": 0.3,
    "dislike": 0.3,
    "click": 1.5,
    "favourite": 0.25,
    "purchase": 0.25,
    "rate": 0.3,
}
HALF_LIFE = 30 * 86400.0  # seconds after which an event counts for half
_ATTRIBUTE_SHARE = 0.35  # of the kernel; the rest is language
_LEFT_OUT = frozenset({"domain", "group", "category", "gender", "age"})  # what a need names, not a taste


class PreferenceSpace:
    """The features of a catalogue's items."""

    def __init__(self, items: Sequence[Item], vectors: Vectors, fields: Sequence[str]) -> None:
        """`vectors` (n, dim) are centred and of unit length; `fields` are the categorical ones."""
        self.vectors = vectors
        columns: dict[tuple[str, str], int] = {}
        rows_of: list[int] = []
        columns_of: list[int] = []
        for row, item in enumerate(items):
            for name in fields:
                if name in _LEFT_OUT:
                    continue
                for value in item.values(name):
                    rows_of.append(row)
                    columns_of.append(columns.setdefault((name, value), len(columns)))
        ones = np.ones(len(rows_of), np.float32)
        matrix = csr_matrix((ones, (rows_of, columns_of)), shape=(len(items), max(len(columns), 1)))
        norms = np.sqrt(np.maximum(np.asarray(matrix.multiply(matrix).sum(axis=1)), 1e-9))
        self._attributes = csr_matrix(matrix.multiply(1 / norms))  # (n, values), rows of unit length

    def kernel(self, a: npt.NDArray[np.int64], b: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Likeness of items in rows a and b -> (len(a), len(b)), in -1..1."""
        language = (self.vectors[a] @ self.vectors[b].T).astype(np.float64)
        shared = (self._attributes[a] @ self._attributes[b].T).toarray()
        out: npt.NDArray[np.float64] = (1 - _ATTRIBUTE_SHARE) * language + _ATTRIBUTE_SHARE * shared
        return out


@dataclass(frozen=True)
class Preference:
    """What the events of one person say: rows (t,) of their items, weights (t,) and precision (t, t)."""

    space: PreferenceSpace
    events: Sequence[Event]
    rows: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float64]
    precision: npt.NDArray[np.float64]

    @classmethod
    def fit(cls, space: PreferenceSpace, events: Sequence[Event], rows: Sequence[int]) -> "Preference":
        """The preference after these events on the items in `rows`, oldest first. Age is counted from the last event."""
        if not events:
            return cls(space, (), np.empty(0, np.int64), np.empty(0), np.empty((0, 0)))
        at = np.array([e.at for e in events])
        noise = np.array([NOISE[e.kind] for e in events]) * 2 ** (np.maximum(at.max() - at, 0) / HALF_LIFE)
        target = np.array([_target(e) for e in events])
        index = np.array(rows, np.int64)
        precision = np.linalg.inv(space.kernel(index, index) + np.diag(noise)).astype(np.float64)
        return cls(space, events, index, precision @ target, precision)

    def score(self, candidates: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Expected liking of the items in these rows (n,), about -1..1; zeros where nothing is known."""
        out: npt.NDArray[np.float64] = self.contributions(candidates).sum(axis=1)
        return out

    def contributions(self, candidates: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """What each event adds to each candidate's score (n, t): the score is the sum over the events."""
        if not len(self.rows):
            return np.zeros((len(candidates), 0))
        return self.space.kernel(candidates, self.rows) * self.weights

    def variance(self, candidates: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """How unsure the expectation is (n,): near 1 far from all that is known, near 0 beside a known item."""
        if not len(self.rows):
            return np.ones(len(candidates))
        k = self.space.kernel(candidates, self.rows)
        out: npt.NDArray[np.float64] = np.maximum(1 - np.einsum("nt,ts,ns->n", k, self.precision, k), 0)
        return out


def _target(event: Event) -> float:
    if event.kind == "rate":
        return 2 * (0.5 if event.value is None else event.value) - 1
    return TARGET[event.kind]
