"""Train the behaviour model: at every step predict the next item that was liked, over the whole catalogue.

Full-softmax cross-entropy (Klenitskiy and Vasilev, RecSys 2023, on why it beats few negatives).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from recsys.behavior.model import BehaviorModel, Network, Steps

_TEMPERATURE = 0.07
_IGNORED = -100


@dataclass(frozen=True, slots=True)
class History:
    """One training history: rows of the catalogue with kinds, values, gaps, and whether each step was liked; all (t,)."""

    rows: npt.NDArray[np.int64]
    kinds: npt.NDArray[np.int64]
    values: npt.NDArray[np.float32]
    gaps: npt.NDArray[np.float32]
    liked: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Epoch:
    """What an epoch brought: the loss, and NDCG@10 of the last liked item of held-out histories."""

    number: int
    loss: float
    ndcg: float


def train(
    sequences: Sequence[History], vectors: npt.NDArray[np.float32], encoder: str, *, seed: int = 0, epochs: int = 20,
    patience: int = 3, batch: int = 64, report: Callable[[Epoch], None] = lambda epoch: None,
) -> tuple[BehaviorModel, list[Epoch]]:  # fmt: skip
    """Fit on nine tenths of the histories, stop when the held-out tenth stops improving, keep the best.

    `vectors` (n, dim) are the centred item vectors.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    sequences = [s for s in sequences if s.liked[1:].any()]  # the others have nothing to predict
    order = rng.permutation(len(sequences))
    cut = max(1, len(sequences) // 10)
    held, fitted = [sequences[i] for i in order[:cut]], [sequences[i] for i in order[cut:]]
    items = torch.from_numpy(vectors)  # (n, D)
    network = Network(vectors.shape[1])
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=1e-4)
    history: list[Epoch] = []
    best, best_weights, stale = -1.0, {k: v.clone() for k, v in network.state_dict().items()}, 0
    for number in range(1, epochs + 1):
        network.train()
        losses = []
        shuffled = rng.permutation(len(fitted))
        for start in range(0, len(fitted), batch):
            loss = _loss(network, [fitted[i] for i in shuffled[start : start + batch]], items)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            losses.append(float(loss.detach()))
        epoch = Epoch(number, float(np.mean(losses)), next_item_ndcg(BehaviorModel(network, encoder), held, vectors))
        history.append(epoch)
        report(epoch)
        if epoch.ndcg > best:
            best, stale = epoch.ndcg, 0
            best_weights = {k: v.clone() for k, v in network.state_dict().items()}
        else:
            stale += 1
            if stale >= patience:
                break
    network.load_state_dict(best_weights)
    return BehaviorModel(network, encoder), history


def _loss(network: Network, sequences: Sequence[History], items: Tensor) -> Tensor:
    """Cross-entropy of the next liked item at every step that has one."""
    longest = max(len(s.rows) for s in sequences)
    rows, kinds, targets = (np.full((len(sequences), longest), fill, np.int64) for fill in (0, 0, _IGNORED))
    values, gaps = np.zeros(rows.shape, np.float32), np.zeros(rows.shape, np.float32)
    for i, s in enumerate(sequences):
        t = len(s.rows)
        rows[i, :t], kinds[i, :t], values[i, :t], gaps[i, :t] = s.rows, s.kinds, s.values, s.gaps
        targets[i, : t - 1] = np.where(s.liked[1:], s.rows[1:], _IGNORED)
    v = network(
        items[torch.from_numpy(rows)], torch.from_numpy(kinds), torch.from_numpy(values), torch.from_numpy(gaps)
    )
    flat = torch.from_numpy(targets).reshape(-1)  # (B*T,)
    kept = flat != _IGNORED
    logits = v.reshape(-1, v.shape[-1])[kept] @ items.T / _TEMPERATURE  # (kept, n)
    return nn.functional.cross_entropy(logits, flat[kept])


def next_item_ndcg(model: BehaviorModel, sequences: Sequence[History], vectors: npt.NDArray[np.float32]) -> float:
    """Mean NDCG@10 of each history's last liked item among all items that the history before it lacks."""
    model.network.eval()
    gains = []
    for s in sequences:
        liked = np.flatnonzero(s.liked[1:]) + 1
        if not len(liked):
            continue
        last = int(liked[-1])
        scores = model.score(Steps(vectors[s.rows[:last]], s.kinds[:last], s.values[:last], s.gaps[:last]), vectors)
        target = int(s.rows[last])
        scores[np.setdiff1d(s.rows[:last], [target])] = -np.inf
        rank = int((scores > scores[target]).sum()) + 1
        gains.append(1 / np.log2(rank + 1) if rank <= 10 else 0.0)
    return float(np.mean(gains)) if gains else 0.0
