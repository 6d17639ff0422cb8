"""A little exploration with propensities that are exact: now and then the last place goes to something the model is unsure about."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Explored:
    """Positions to show, the probability with which each was shown at its place, and whether the last one is something new."""

    order: list[int]
    propensity: list[float]
    new: bool = False


def explore(
    order: Sequence[int], pool: Sequence[int], appeal: Array, share: float, rng: np.random.Generator
) -> Explored:
    """With probability `share` the last place goes to a position of the pool that is not shown, by a softmax over `appeal` (n,).

    An appeal that adds the uncertainty to the score makes this an optimistic choice among what is not known yet.
    """
    shown, others = list(order), [p for p in pool if p not in set(order)]
    if share <= 0 or len(shown) < 2 or not others:
        return Explored(shown, [1.0] * len(shown))
    sure = [1.0] * (len(shown) - 1)
    if rng.random() >= share:
        return Explored(shown, [*sure, 1 - share])
    weights = np.exp(appeal[others] - appeal[others].max())
    weights /= weights.sum()
    drawn = int(rng.choice(len(others), p=weights))
    return Explored([*shown[:-1], others[drawn]], [*sure, share * float(weights[drawn])], True)
