"""The need widened by what was spoken of: relevance feedback (Rocchio, 1971) in the space of language vectors."""

import numpy as np
import numpy.typing as npt

SPOKEN = 2.0  # weight of what was spoken of, beside a need of length 1
DECAY = 0.8  # of what was spoken of one item earlier
Vectors = npt.NDArray[np.float32]


def expanded(vector: Vectors | None, spoken: Vectors) -> Vectors | None:
    """The vector of a need (dim,), or None where there are no words, with the items spoken of so far, oldest first.

    `spoken` (t, dim) are their vectors about the mean of the catalogue: what all items share says nothing of these.
    """
    if not len(spoken):
        return vector
    weights = DECAY ** np.arange(len(spoken))[::-1]
    out = SPOKEN * (weights / weights.sum()) @ spoken + (0 if vector is None else vector)
    unit: Vectors = (out / max(float(np.linalg.norm(out)), 1e-9)).astype(np.float32)
    return unit
