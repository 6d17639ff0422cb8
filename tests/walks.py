"""Histories for tests that look at the order of items alone."""

import numpy as np

from recsys.behavior.histories import History


def walk(*rows: int) -> History:
    """Likes of these rows, one after the other, without values or times."""
    zeros = np.zeros(len(rows), np.float32)
    return History(np.array(rows, np.int64), np.zeros(len(rows), np.int64), zeros, zeros, np.ones(len(rows), bool))
