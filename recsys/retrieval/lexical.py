"""Items by the words they share with the need: BM25 (Robertson and Zaragoza, 2009) by bm25s."""

import logging
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from copy import copy
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
        self._size, self._length = len(documents), sum(map(len, documents)) / max(len(documents), 1)
        self._fresh: dict[str, list[tuple[int, float]]] = {}
        self._index = bm25s.BM25(k1=K1, b=B)
        if any(documents):
            self._index.index([list(d) for d in documents], show_progress=False)
        self._known()

    def _known(self) -> None:
        """Terms and their numbers; the empty one is bm25s's own."""
        self._vocabulary: dict[str, int] = getattr(self._index, "vocab_dict", {})
        self._vocabulary.pop("", None)

    def save(self, folder: Path) -> None:
        """Write the index; the folder appears whole or not at all. An index of no words is not worth a folder."""
        if not self._vocabulary:
            return
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            self._index.save(scratch, show_progress=False)
            (Path(scratch) / "size").write_text(f"{self._size} {self._length!r}", "ascii")
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
        size, length = (folder / "size").read_text("ascii").split()
        index._size, index._length = int(size), float(length)
        index._index = bm25s.BM25.load(str(folder), mmap=True)
        index._known()
        return index

    def with_more(self, documents: Sequence[Sequence[str]]) -> "LexicalIndex":
        """The same with more rows at the end. Words weigh as they did when the index was built; a new word as one that few have.

        Postings are shared: whoever still holds the shorter index looks no further than its own rows.
        """
        more = copy(self)
        for row, document in enumerate(documents, self._size):
            long = K1 * (1 - B + B * len(document) / max(self._length, 1e-9))
            for term, count in Counter(document).items():
                self._fresh.setdefault(term, []).append((row, count / (count + long)))
        more._size += len(documents)
        return more

    def _rarity(self, number: int | None) -> float:
        """The weight of a word by how many of the rows had it when the index was built (Lucene's)."""
        starts = self._index.scores["indptr"]
        size, having = self._index.scores["num_docs"], 0 if number is None else starts[number + 1] - starts[number]
        return float(np.log1p((size - having + 0.5) / (having + 0.5)))

    def knows(self, term: str) -> bool:
        """True where any document has the term."""
        return term in self._vocabulary or term in self._fresh

    def scores(self, terms: Sequence[str]) -> npt.NDArray[np.float32]:
        """BM25 of every row (n,); 0 where no term is shared."""
        out = np.zeros(self._size, np.float32)
        for term in dict.fromkeys(terms):
            times = CHARACTER if len(term) == 1 and not term.isascii() else 1
            number = self._vocabulary.get(term)
            if number is not None:
                data, rows, starts = (self._index.scores[part] for part in ("data", "indices", "indptr"))
                part = slice(starts[number], starts[number + 1])
                out[rows[part]] += data[part] * times
            fresh = [(row, weight) for row, weight in self._fresh.get(term, ()) if row < self._size]
            if fresh and self._vocabulary:
                at, weights = zip(*fresh, strict=True)
                out[list(at)] += np.array(weights, np.float32) * (self._rarity(number) * times)
        return out

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
