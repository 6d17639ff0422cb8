"""What goes into the behaviour model and what comes out of it, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recsys.datamodels import EVENT_KINDS, Event

Vectors = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Steps:
    """A history as arrays, oldest first: item vectors (t, dim), kinds (t,), values (t,) in -1..1, gaps (t,) in log seconds.

    `ids` (t,) are the items' numbers in training, 0 for one that was not in it; None where no item was.
    """

    vectors: Vectors
    kinds: Numbers
    values: Vectors
    gaps: Vectors
    ids: Numbers | None = None

    @classmethod
    def of(cls, events: Sequence[Event], vectors: Vectors, ids: Numbers | None = None) -> "Steps":
        """The steps of these events; `vectors` (t, dim) and `ids` (t,) are those of their items."""
        at = np.array([e.at for e in events], np.float64)
        gaps = np.log1p(np.maximum(np.diff(at, prepend=at[:1]), 0)).astype(np.float32)
        kinds = np.array([EVENT_KINDS.index("click" if e.kind == "dwell" else e.kind) for e in events], np.int64)
        rated = [2 * e.value - 1 if e.kind == "rate" and e.value is not None else 0.0 for e in events]
        values = np.array(rated, np.float32)
        return cls(vectors, kinds, values, gaps, ids)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What comes next: v(y) (dim,) of unit length, and on the same scale a query `own` (H,) for the items' own vectors."""

    v: Vectors
    own: Vectors


def centred(vectors: Vectors, mean: Vectors) -> Vectors:
    """Item vectors about their mean, unit length: language models crowd all texts into a narrow cone, differences count."""
    moved = vectors - mean
    out: Vectors = moved / np.maximum(np.linalg.norm(moved, axis=-1, keepdims=True), 1e-9)
    return out
