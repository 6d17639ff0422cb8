"""For whom things are where a need does not say: rather for those whom most things of the kind are for."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from recsys.datamodels import Item, Query

AUDIENCE = "age"  # the field that says so
_UNSAID = 0.15  # how much less a need means what is for nobody else's age
Shares = npt.NDArray[np.float64]


class Audience:
    """How many items of each category are for which age, of those that say so."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._kinds: Counter[str] = Counter()
        self._of: Counter[tuple[str, str]] = Counter()
        for item in items:
            if ages := item.values(AUDIENCE):
                self._kinds[item.category] += 1
                self._of.update((item.category, age) for age in ages)

    def shares(self, items: Sequence[Item]) -> Shares:
        """Of the counted items of each one's category, the share that are for its age too (n,); 1 where it says none, or none of them does."""
        if not self._kinds:
            return np.ones(len(items))
        return np.array([self._share(i) for i in items], np.float64)

    def _share(self, item: Item) -> float:
        ages, kind = item.values(AUDIENCE), self._kinds[item.category]
        return max(self._of[item.category, age] for age in ages) / kind if ages and kind else 1.0


def unsaid(query: Query, share: Shares) -> Shares:
    """What a need that names nobody takes off how well its words fit items of these shares (n,)."""
    told = any(c.field == AUDIENCE for c in query.constraints)
    return np.zeros(len(share)) if told else _UNSAID * (1 - share)
