"""Which of a few items a phrase describes, by the language model: the Moroccan one, where the menu says 摩洛哥."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from recsys.datamodels import Item
from recsys.language.nearest import Nearest, telling
from recsys.language.text import words
from recsys.schema import Schema

Vectors = npt.NDArray[np.float32]
_AHEAD = 0.006  # by which the item meant is ahead of the next: of 219 of the conversations of the tests 190 are, two of them wrongly
_WIDE = ("domain", "category", "group")


class Likeness:
    """Tells shown items apart by a phrase: by how close it is to all that is known of an item, and to the closest of its values."""

    def __init__(self, schema: Schema, nearest: Nearest) -> None:
        self._nearest = nearest
        self._fields = [
            f.name for f in schema.fields.values() if f.kind in ("categorical", "list") and f.name not in _WIDE
        ]
        self._vector = lru_cache(maxsize=512)(nearest.encode)  # of items, which are shown for several turns

    def most(self, phrase: str, items: Sequence[Item], ahead: float = _AHEAD) -> list[Item]:
        """The one item that the phrase is closest to; none where the next one is less than so far behind, or the phrase says nothing."""
        if len(items) < 2 or not any(telling(w) for w in words(phrase)):
            return []
        vector = self._nearest.encode(phrase)
        scores = np.array([self._close(i, vector) for i in items])
        first, second = np.argsort(-scores)[:2]
        return [items[first]] if scores[first] - scores[second] >= ahead else []

    def _close(self, item: Item, vector: Vectors) -> float:
        """How close an item is to the vector (dim,) of a phrase."""
        own = [(f, v) for f in self._fields for v in item.values(f) if len(v) > 1]
        told = " ".join(dict.fromkeys(w for w in (item.title, item.title_en, *(v for _, v in own)) if w))
        whole = float(self._vector(told) @ vector)
        return (whole + max([whole, *self._nearest.of(own, vector)])) / 2
