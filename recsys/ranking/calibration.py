"""From the score to a probability that holds: Platt scaling (Platt, 1999) and the calibration error that it is judged by."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
_BINS = 10


@dataclass(frozen=True, slots=True)
class Calibration:
    """p = σ(slope · logit + offset): among items shown with p, about p are liked."""

    slope: float = 1.0
    offset: float = 0.0

    def likely(self, logit: float) -> float:
        """The probability that the person will like an item of this logit."""
        return float(1 / (1 + np.exp(-(self.slope * logit + self.offset))))

    @classmethod
    def fit(cls, logits: Array, liked: Array) -> "Calibration":
        """The scale and shift of least log loss, by Newton's method."""
        x = np.stack([logits, np.ones_like(logits)], axis=1)  # (n, 2)
        w = np.array([1.0, 0.0])
        for _ in range(50):
            p = 1 / (1 + np.exp(-(x @ w)))
            gradient = x.T @ (p - liked) + 1e-6 * w
            hessian = (x * (p * (1 - p))[:, None]).T @ x + 1e-6 * np.eye(2)
            step = np.linalg.solve(hessian, gradient)
            w = w - step
            if np.abs(step).max() < 1e-9:
                break
        return cls(round(float(w[0]), 6), round(float(w[1]), 6))


def reliability(likely: Array, liked: Array) -> list[tuple[float, float, int]]:
    """The curve: (mean probability, share liked, how many) of each tenth of the range that has any."""
    place = np.minimum((likely * _BINS).astype(int), _BINS - 1)
    bins = [place == n for n in range(_BINS)]
    return [(float(likely[b].mean()), float(liked[b].mean()), int(b.sum())) for b in bins if b.any()]


def calibration_error(likely: Array, liked: Array) -> float:
    """Expected calibration error (Naeini et al., 2015): the mean gap of the curve, by how many."""
    curve = reliability(likely, liked)
    return float(sum(n * abs(p - share) for p, share, n in curve) / max(sum(n for *_, n in curve), 1))
