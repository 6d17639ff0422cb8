"""Nearest items by the language model's vectors."""

from typing import Protocol

import faiss
import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]


class DenseIndex(Protocol):
    """What the retriever needs of a vector index; a vector database can stand in its place."""

    def search(self, vector: Vectors, k: int, allowed: npt.NDArray[np.bool_] | None = None) -> tuple[Rows, Scores]:
        """The k rows of largest inner product with `vector` (dim,), best first, among the allowed rows."""
        ...


class FlatIndex:
    """Exact search by FAISS. A filter never costs recall: min(k, allowed) rows come back."""

    def __init__(self, vectors: Vectors) -> None:
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(np.ascontiguousarray(vectors, np.float32))

    def search(self, vector: Vectors, k: int, allowed: npt.NDArray[np.bool_] | None = None) -> tuple[Rows, Scores]:
        """See `DenseIndex.search`."""
        params = None
        if allowed is not None and not allowed.all():
            bits = np.packbits(allowed, bitorder="little")
            params = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))  # type: ignore[call-arg, arg-type]
        k = min(k, self._index.ntotal)
        if k == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        scores, rows = self._index.search(vector[None, :].astype(np.float32), k, params=params)
        found = rows[0] >= 0
        return rows[0][found], scores[0][found]
