"""Nearest items by the language model's vectors: exact while that is quick, by lists of 8-bit codes beyond.

Measured trade-offs are in the README under "Speed and size".
"""

from pathlib import Path
from typing import Any, Protocol

import faiss
import numpy as np
import numpy.typing as npt

from recsys.datamodels import Table

Vectors = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
FLAT_LIMIT = 50_000  # rows up to which looking at every vector costs less than ten milliseconds
_PROBED = 0.1  # share of the lists that a search looks into, and never fewer than
_MIN_PROBES = 32
_TRAINED_ON = 40  # vectors for each list
_CHUNK = 65_536


def bits(rows: int, dim: int, megabytes: float) -> int:
    """Bits a dimension that the vectors are kept in: 32 (exact, every vector looked at), 8 or 4 (lists of codes), by size and memory limit.

    Few vectors are kept exactly. Of many, eight bits are taken where they fit; four cost some recall, see the table in the README.
    """
    room = megabytes * 1e6 / max(rows * dim, 1) * 8
    if rows <= FLAT_LIMIT and room >= 32:
        return 32
    return 8 if room >= 8 else 4


class DenseIndex(Protocol):
    """What the retriever needs of a vector index; a vector database can stand in its place."""

    def search(self, vector: Vectors, k: int, allowed: Mask | None = None) -> tuple[Rows, Scores]:
        """The k rows of largest inner product with `vector` (dim,), best first, among the allowed rows."""
        ...


def _searched(index: Any, vector: Vectors, k: int, params: Any) -> tuple[Rows, Scores]:
    k = min(k, index.ntotal)
    if k == 0:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    scores, rows = index.search(vector[None, :].astype(np.float32), k, params=params)
    found = rows[0] >= 0
    return rows[0][found], scores[0][found]


def _selector(allowed: Mask | None) -> Any:
    """FAISS's view of a mask; None where every row is allowed."""
    if allowed is None or allowed.all():
        return None
    return faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))  # type: ignore[call-arg, arg-type]


class FlatIndex:
    """Exact search by FAISS. A filter never costs recall: min(k, allowed) rows come back."""

    def __init__(self, vectors: Vectors) -> None:
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(np.ascontiguousarray(vectors, np.float32))

    def search(self, vector: Vectors, k: int, allowed: Mask | None = None) -> tuple[Rows, Scores]:
        """See `DenseIndex.search`."""
        selector = _selector(allowed)
        params = faiss.SearchParameters(sel=selector) if selector is not None else None  # type: ignore[call-arg]
        return _searched(self._index, vector, k, params)


class Stacked:
    """Vectors by row: those of a table, then the fresh ones (m, dim)."""

    def __init__(self, table: Table, fresh: Vectors) -> None:
        self.table, self.fresh = table, fresh

    def with_more(self, fresh: Vectors) -> "Stacked":
        """The same with more rows at the end."""
        return Stacked(self.table, np.concatenate([self.fresh, fresh]))

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.table) + len(self.fresh)

    def __getitem__(self, rows: Any) -> Vectors:
        """The vectors of these rows (…, dim)."""
        if isinstance(rows, slice):
            return np.concatenate([self.table[:], self.fresh])[rows]
        rows, first = np.asarray(rows), len(self.table)
        if not len(self.fresh) or not (rows >= first).any():
            return self.table[rows]
        old = rows < first
        out: Vectors = self.table[np.where(old, rows, 0)]
        out = np.array(out, np.float32)
        out[~old] = self.fresh[rows[~old] - first]
        return out


class LayeredIndex:
    """An index that stays as it was built, and the vectors that came since, searched one after the other."""

    def __init__(self, base: DenseIndex, size: int, fresh: Vectors) -> None:
        """`size` is how many rows the base has, `fresh` (m, dim) are those behind them."""
        self.base, self.size, self._fresh = base, size, FlatIndex(fresh)

    def search(self, vector: Vectors, k: int, allowed: Mask | None = None) -> tuple[Rows, Scores]:
        """See `DenseIndex.search`."""
        old, new = (None, None) if allowed is None else (allowed[: self.size], allowed[self.size :])
        found = [self.base.search(vector, k, old), self._fresh.search(vector, k, new)]
        rows = np.concatenate([found[0][0], found[1][0] + self.size])
        scores = np.concatenate([found[0][1], found[1][1]])
        order = np.argsort(-scores, kind="stable")[:k]
        return rows[order], scores[order]


class IvfIndex:
    """About √n lists of codes of 8 or 4 bits (Jégou et al., 2011, without the product quantiser), read from disk as they are needed.

    A filter that lets a share s through looks into 1/√s as many lists: fewer rows are compared, and as they are sparser, recall
    stays; a small selection is looked at whole. `index[rows]` are the vectors as they are coded.
    """

    def __init__(self, index: Any) -> None:
        self._index = index
        self._index.make_direct_map(True)

    @classmethod
    def build(cls, vectors: Vectors, path: Path, width: int = 8) -> "IvfIndex":
        """Train on a sample, add every vector (n, dim) in 8 or 4 bits a dimension, write the file and open it."""
        n, dim = vectors.shape
        lists = max(1, 2 ** round(np.log2(np.sqrt(max(n, 1)))))
        metric, quantizers = faiss.METRIC_INNER_PRODUCT, faiss.ScalarQuantizer
        kind = quantizers.QT_8bit if width == 8 else quantizers.QT_4bit
        quantizer = faiss.IndexFlatIP(dim)
        index = faiss.IndexIVFScalarQuantizer(quantizer, dim, lists, kind, metric, False)
        index.cp.niter, index.cp.seed = 8, 1
        sample = np.random.default_rng(0).choice(n, min(n, lists * _TRAINED_ON), replace=False)
        index.train(np.ascontiguousarray(vectors[np.sort(sample)], np.float32))
        for start in range(0, n, _CHUNK):
            index.add(np.ascontiguousarray(vectors[start : start + _CHUNK], np.float32))
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_suffix(".part")
        faiss.write_index(index, str(scratch))
        scratch.replace(path)
        return cls.open(path)

    @classmethod
    def open(cls, path: Path) -> "IvfIndex":
        """Map what `build` wrote into memory.

        Raises:
            OSError: the file is missing or broken.
        """
        try:
            return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY))
        except RuntimeError as error:
            raise OSError(f"{path} is no index") from error

    def search(self, vector: Vectors, k: int, allowed: Mask | None = None) -> tuple[Rows, Scores]:
        """See `DenseIndex.search`; the scores are those of the codes."""
        share = 1.0 if allowed is None else max(float(np.count_nonzero(allowed)) / max(len(allowed), 1), 1e-9)
        lists = self._index.nlist
        probes = min(lists, int(np.ceil(max(lists * _PROBED, _MIN_PROBES) / share**0.5)))
        params = faiss.SearchParametersIVF(sel=_selector(allowed), nprobe=probes)  # type: ignore[call-arg]
        return _searched(self._index, vector, k, params)

    def __len__(self) -> int:
        """How many vectors there are."""
        return int(self._index.ntotal)

    def __getitem__(self, rows: npt.ArrayLike) -> Vectors:
        """The vectors of these rows (…, dim), of unit length; -1 is the last row."""
        rows = np.asarray(rows, np.int64) % len(self)
        out: Vectors = self._index.reconstruct_batch(rows.reshape(-1))
        out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)
        return out.reshape(*rows.shape, out.shape[-1])
