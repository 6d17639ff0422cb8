"""For whom things are where a need does not say: rather for those whom most things of the kind are for."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from recsys.datamodels import Item, Query

AUDIENCE = "age"  # the field that says so
_UNSAID = 0.15  # how much less a need means what is for nobody else's age


def shares(items: Sequence[Item]) -> npt.NDArray[np.float64]:
    """Of the items of each one's category that say for what age they are, the share that are for its age too (n,); 1 where it does not say."""
    of: Counter[tuple[str, str]] = Counter((i.category, age) for i in items for age in i.values(AUDIENCE))
    kinds = Counter(i.category for i in items if i.values(AUDIENCE))
    own = ([of[i.category, age] / kinds[i.category] for age in i.values(AUDIENCE)] for i in items)
    return np.array([max(found, default=1.0) for found in own])


def unsaid(query: Query, share: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """What a need that names nobody takes off how well its words fit items of these shares (n,)."""
    told = any(c.field == AUDIENCE for c in query.constraints)
    return np.zeros(len(share)) if told else _UNSAID * (1 - share)
