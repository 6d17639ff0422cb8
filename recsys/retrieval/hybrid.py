"""Dense and lexical candidates joined by a convex combination of their scores.

Bruch, Gai and Ingber, An Analysis of Fusion Functions for Hybrid Retrieval (2023): with one weight it beats reciprocal
rank fusion, in domain and out of it; `evaluate retrieval` prints both.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recsys.datamodels import Table
from recsys.retrieval.dense import DenseIndex
from recsys.retrieval.lexical import LexicalIndex

DENSE_SHARE = 0.5
MIN_SPREAD = 0.06  # cosines of a list spread at least this far: a handful of near-equal items must not look far apart
Scores = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
_NONE: Rows = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Hits:
    """Candidates, best first, all (k,). `words` + `lexical` is the fused score, about 0..1."""

    rows: npt.NDArray[np.int64]
    words: Scores
    lexical: Scores


class HybridRetriever:
    """The two halves behind one call."""

    def __init__(
        self, dense: DenseIndex, lexical: LexicalIndex, vectors: Table, dense_share: float = DENSE_SHARE
    ) -> None:
        """`vectors` (n, dim) are those in the dense index: a row that only its words found needs its cosine too."""
        self.dense, self.lexical, self._vectors, self._share = dense, lexical, vectors, dense_share

    def search(
        self, vector: Scores, terms: Sequence[str], k: int, allowed: npt.NDArray[np.bool_] | None = None, beside: Rows = _NONE,
    ) -> Hits:  # fmt: skip
        """Up to k candidates for a need given as vector (dim,) and terms, among the allowed rows, and those of the rows `beside`."""
        near, cosines = self.dense.search(vector, k, allowed)
        bm25 = self.lexical.scores(terms)
        shared, best = self.lexical.top(bm25, k, allowed)
        rows = np.union1d(np.union1d(near, shared), beside)
        low, high = (float(cosines[-1]), float(cosines[0])) if len(cosines) else (0.0, 1.0)
        low = min(low, high - MIN_SPREAD)
        words = self._share * np.clip((self._vectors[rows] @ vector - low) / (high - low), 0, None)
        lexical = (1 - self._share) * (bm25[rows] / best[0] if len(best) else np.zeros(len(rows), np.float32))
        order = np.lexsort((rows, -(words + lexical)))
        order = order[(np.arange(len(order)) < k) | np.isin(rows[order], beside)]
        return Hits(rows[order], words[order].astype(np.float32), lexical[order].astype(np.float32))
