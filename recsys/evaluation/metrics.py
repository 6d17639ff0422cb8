"""Ranking metrics. Ranks start at 1; tied scores count as their expected rank."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata


def expected_ranks(scores: npt.NDArray[np.floating], rows: Sequence[int]) -> npt.NDArray[np.float64]:
    """The rank of each of `rows` among all `scores`, in the middle of its ties."""
    out = []
    for row in rows:
        better = float((scores > scores[row]).sum())
        tied = float((scores == scores[row]).sum())
        out.append(better + (tied + 1) / 2)
    return np.array(out)


def ndcg(gains: Sequence[float], ideal: Sequence[float], k: int = 10) -> float:
    """nDCG@k of grades in the order shown; gain 2^grade - 1 (Järvelin and Kekäläinen, 2002)."""

    def dcg(grades: Sequence[float]) -> float:
        return float(sum((2.0**g - 1) / np.log2(i + 2) for i, g in enumerate(grades[:k])))

    best = dcg(sorted(ideal, reverse=True))
    return dcg(gains) / best if best else 0.0


def ranking(ranked: Sequence[str], relevant: Mapping[str, float], k: int = 10) -> dict[str, float]:
    """mrr@10, hit@1, recall@10/50 and ndcg@10 of one ranked list."""
    good = {i for i, g in relevant.items() if g > 0}
    first = next((r for r, i in enumerate(ranked[:k], 1) if i in good), None)
    return {
        f"mrr@{k}": 1 / first if first else 0.0,
        "hit@1": float(bool(ranked) and ranked[0] in good),
        f"recall@{k}": len(good & set(ranked[:k])) / len(good),
        "recall@50": len(good & set(ranked[:50])) / len(good),
        f"ndcg@{k}": ndcg([relevant.get(i, 0.0) for i in ranked[:k]], list(relevant.values()), k),
    }


def overlap(found: npt.NDArray[np.integer], exact: npt.NDArray[np.integer]) -> float:
    """The share of the exact neighbours that were found; 0 where there are none."""
    return len(np.intersect1d(found, exact)) / max(len(exact), 1)


def mean(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean of each metric."""
    return {name: float(np.mean([r[name] for r in rows])) for name in rows[0]} if rows else {}


def spread(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The standard deviation of each metric over several runs; 0 for one run."""
    return (
        {name: float(np.std([r[name] for r in rows], ddof=min(1, len(rows) - 1))) for name in rows[0]} if rows else {}
    )


def auc(scores: npt.NDArray[np.float64], labels: npt.NDArray[np.float64]) -> float:
    """Area under the ROC curve by ranks, ties halved; 0.5 where one class is absent."""
    positive = labels > 0.5
    p, n = int(positive.sum()), int((~positive).sum())
    return float((rankdata(scores)[positive].sum() - p * (p + 1) / 2) / (p * n)) if p and n else 0.5
