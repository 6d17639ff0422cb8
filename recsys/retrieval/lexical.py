"""Items by the words they share with the need: BM25 (Robertson and Zaragoza, 2009) by bm25s."""

import logging
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
import numpy.typing as npt

K1, B = 1.2, 0.3  # titles and short texts: length says little
CHARACTER = 3  # how often a single Chinese character of a need counts, in query weight
logging.getLogger("bm25s").setLevel(logging.WARNING)


class LexicalIndex:
    """BM25 over terms that the caller has segmented."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        self._size = len(documents)
        self._index = bm25s.BM25(k1=K1, b=B)
        if any(documents):
            self._index.index([list(d) for d in documents], show_progress=False)
        self._vocabulary = set(getattr(self._index, "vocab_dict", ())) - {""}

    def save(self, folder: Path) -> None:
        """Write the index; the folder appears whole or not at all. An index of no words is not worth a folder."""
        if not self._vocabulary:
            return
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            self._index.save(scratch, show_progress=False)
            (Path(scratch) / "size").write_text(str(self._size), "ascii")
            if not folder.exists():
                shutil.copytree(scratch, f"{scratch}.whole")
                os.replace(f"{scratch}.whole", folder)

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Read what `save` wrote.

        Raises:
            OSError, ValueError: the folder is missing or broken.
        """
        index = cls([])
        index._size = int((folder / "size").read_text("ascii"))
        index._index = bm25s.BM25.load(str(folder))
        index._vocabulary = set(index._index.vocab_dict) - {""}
        return index

    def scores(self, terms: Sequence[str]) -> npt.NDArray[np.float32]:
        """BM25 of every row (n,); 0 where no term is shared."""
        known = [t for t in dict.fromkeys(terms) if t in self._vocabulary]
        if not known:
            return np.zeros(self._size, np.float32)
        known += [t for t in known if len(t) == 1 and not t.isascii()] * (CHARACTER - 1)
        return np.asarray(self._index.get_scores(known), np.float32)[: self._size]

    @staticmethod
    def top(
        scores: npt.NDArray[np.float32], k: int, allowed: npt.NDArray[np.bool_] | None = None
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Up to k rows with a score above 0, best first, among the allowed rows; ties go to the lower row."""
        if allowed is not None:
            scores = np.where(allowed, scores, 0)
        rows = np.flatnonzero(scores > 0)
        if len(rows) > k:
            rows = rows[np.argpartition(-scores[rows], k - 1)[:k]]
        rows = rows[np.lexsort((rows, -scores[rows]))]
        return rows, scores[rows]
