"""For whom things are where a need does not say: rather for those whom most things of the kind are for."""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from recsys.datamodels import Item, Query

AUDIENCE = "age"  # the field that says so
_UNSAID = 0.15  # how much less a need means what is for nobody else's age
_ADULT = 0.6  # the same where it is for somebody grown up: a girlfriend's necklace is no child's
_PARTNER = re.compile(
    r"[男女]朋?友|老[公婆]|媳妇|爱人|未婚[夫妻]|闺蜜|领导|同事|\b(?:wife|husband|(?:girl|boy)friend|fianc[eé]e?|spouse|boss|colleague)s?\b",
    re.I,
)
_CHILD = re.compile(r"儿童|男童|女童|童装|宝宝|婴儿|幼儿|\b(?:kids?|child(?:ren)?|toddlers?|bab(?:y|ies))\b", re.I)
Shares = npt.NDArray[np.float64]


class Audience:
    """How many items of each category are for which age, of those that say so; where none has an age, its title may still say a child's."""

    def __init__(self, items: Sequence[Item]) -> None:
        told = Counter(item.category for item in items if item.values(AUDIENCE))
        self._kinds = {**Counter(item.category for item in items), **told}
        self._of = Counter((item.category, age) for item in items for age in _ages(item))

    def shares(self, items: Sequence[Item]) -> Shares:
        """Of the counted items of each one's category, the share that are for its age too (n,); 1 where it says none, or none of them does."""
        return np.array([self._share(i) for i in items], np.float64) if self._of else np.ones(len(items))

    def _share(self, item: Item) -> float:
        ages, kind = _ages(item), self._kinds.get(item.category, 0)
        return max(self._of[item.category, age] for age in ages) / kind if ages and kind else 1.0


def _ages(item: Item) -> tuple[str, ...]:
    return item.values(AUDIENCE) or (("儿童",) if _CHILD.search(f"{item.title} {item.title_en}") else ())


def unsaid(query: Query, share: Shares) -> Shares:
    """What a need that names no age takes off how well its words fit items of these shares (n,)."""
    told = any(c.field == AUDIENCE for c in query.constraints)
    less = _ADULT if _PARTNER.search(query.text) else _UNSAID
    return np.zeros(len(share)) if told else less * (1 - share)
