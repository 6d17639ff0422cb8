"""r(z) = σ(b + Σ w·part), the probability that a person likes an item, with z = [u(x); v(y)].

For an item with vector e the parts "words" = ⟨u(x), e⟩ and "behaviour" = ⟨v(y), e⟩ make r linear in z; "lexical",
"feedback", "price" and "popularity" join them as named terms. "words" and "lexical" are the two halves of retrieval and share one
weight, so that without a history r ranks as retrieval does; "feedback" and "price" are what the preference says of the item and of
its price level, and share one too. The weights are learned by binary cross-entropy on impressions: ℓ = −y log r − (1−y) log(1−r).
A sum of named terms explains itself exactly, which a hidden layer would not. A list is varied, so an item's place in it also depends
on those above it: that is the last term, "diversity", in the same unit.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from recsys.errors import ModelMismatch
from recsys.ranking.calibration import Calibration

PARTS = ("words", "lexical", "behaviour", "feedback", "price", "popularity")
VARIETY = "diversity"  # the part that the rest of the list adds
Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Ranker:
    """The learned weight of each part, the bias, and what turns a score into a probability that holds for items shown."""

    weights: Mapping[str, float]
    bias: float
    calibration: Calibration = field(default_factory=Calibration)

    @classmethod
    def load(cls, path: Path) -> "Ranker":
        """Read the weights.

        Raises:
            ModelMismatch: the file cannot be read, or names other parts than this version computes.
        """
        try:
            data = json.loads(path.read_bytes())
            data["weights"], data["bias"] = {str(k): float(v) for k, v in data["weights"].items()}, float(data["bias"])
            if "feedback" in data["weights"]:  # of a training for which price and feedback were one part
                data["weights"].setdefault("price", data["weights"]["feedback"])
            calibration = Calibration(**{k: float(v) for k, v in data.get("calibration", {}).items()})
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ModelMismatch(f"{path.name} is damaged ({error}); run: python -m recsys train") from error
        if set(data["weights"]) != set(PARTS):
            raise ModelMismatch(
                f"{path.name} weighs {sorted(data['weights'])}, not {sorted(PARTS)}; run: python -m recsys train"
            )
        return cls(data["weights"], data["bias"], calibration)

    def save(self, path: Path) -> None:
        """Write the weights as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            json.dumps(
                {"bias": self.bias, "weights": dict(self.weights), "calibration": asdict(self.calibration)}, indent=1
            )
            + "\n",
            "utf-8",
        )

    def weigh(self, features: Mapping[str, npt.ArrayLike]) -> dict[str, Array]:
        """Features (n,) by name -> weighted parts (n,) by name, `bias` among them; their sum is the logit of r."""
        parts = {name: self.weights[name] * np.asarray(features[name], np.float64) for name in PARTS}
        parts["bias"] = np.full(len(parts["words"]), self.bias)
        return parts

    @classmethod
    def fit(
        cls, features: Mapping[str, Array], liked: Array, share: Array, steps: int = 300, decay: float = 1e-3
    ) -> "Ranker":
        """Minimise the BCE by full-batch LBFGS; weights stay ≥ 0, so that a part can only ever speak for its own sign.

        `share` (n,) is what each impression counts: 1 over the length of its list, so that long lists do not drown short ones.
        """
        import torch

        need, felt = features["words"] + features["lexical"], features["feedback"] + features["price"]
        columns = [need, features["behaviour"], felt, features["popularity"]]
        x = torch.tensor(np.stack(columns, axis=1), dtype=torch.float64)  # (n, parts - 2)
        y = torch.tensor(liked, dtype=torch.float64)
        counts = torch.tensor(share / share.mean(), dtype=torch.float64)
        raw = torch.zeros(x.shape[1], dtype=torch.float64, requires_grad=True)
        bias = torch.zeros(1, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.LBFGS([raw, bias], max_iter=steps, line_search_fn="strong_wolfe")

        def closure() -> torch.Tensor:
            optimizer.zero_grad()
            weights = torch.nn.functional.softplus(raw)
            loss = torch.nn.functional.binary_cross_entropy_with_logits(x @ weights + bias, y, weight=counts)
            loss = loss + decay * weights.square().sum()
            loss.backward()  # type: ignore[no-untyped-call]
            return loss

        optimizer.step(closure)  # type: ignore[no-untyped-call]
        words, behaviour, thumbs, popular = torch.nn.functional.softplus(raw).detach().tolist()
        weights = dict(zip(PARTS, (words, words, behaviour, thumbs, thumbs, popular), strict=True))
        return cls({n: round(w, 6) for n, w in weights.items()}, round(float(bias.detach()[0]), 6))


def sigmoid(logit: Array) -> Array:
    """The logistic function."""
    out: Array = 1 / (1 + np.exp(-logit))
    return out


def diversify(
    scores: Array, vectors: npt.NDArray[np.float32], k: int, share: float, spared: npt.NDArray[np.bool_] | None = None
) -> tuple[list[int], list[float]]:
    """Maximal marginal relevance (Carbonell and Goldstein, 1998): k positions, each the best of (1-share)·score − share·likeness.

    The scores count by their place in the range of the list; `vectors` (n, dim) are centred and of unit length. The best score comes
    first; what is `spared` (n,) loses nothing by its likeness. Also returns what each position stood at when it was chosen,
    score − share / (1-share) · range · likeness, which orders as the above does and falls from place to place.
    """
    weight = share / max(1 - share, 1e-3) * (float(np.ptp(scores)) if len(scores) else 0.0)
    chosen: list[int] = []
    standing: list[float] = []
    likeness = np.zeros(len(scores))
    left = np.ones(len(scores), bool)
    for _ in range(min(k, len(scores))):
        worth = scores - weight * (likeness if spared is None else np.where(spared, 0, likeness))
        best = int(np.where(left, worth, -np.inf).argmax())
        chosen.append(best)
        standing.append(float(worth[best]))
        left[best] = False
        likeness = np.maximum(likeness, vectors @ vectors[best])
    return chosen, standing


def varied(chosen: Sequence[int], kinds: Sequence[str], least: int) -> list[int]:
    """Positions with at least so many different kinds among them, where there are so many; `kinds` (n,) are by position, best first.

    As few of the last places as it takes go to the best of a kind that is not there yet; a position without a kind counts as none.
    """
    out = list(chosen)
    for position, kind in enumerate(kinds):
        there = Counter(kinds[p] for p in out if kinds[p])
        if len(there) >= least:
            break
        if kind and kind not in there:
            spare = [place for place, p in enumerate(out) if there[kinds[p]] != 1]
            if not spare:
                break
            out[spare[-1]] = position
    return out
