"""Score every item of a catalogue after many histories at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from recsys.behavior.histories import History, padded
from recsys.behavior.model import BehaviorModel
from recsys.behavior.network import Network
from recsys.behavior.steps import Numbers, Vectors

Known = npt.NDArray[np.bool_]
_AT_ONCE = 128  # histories that are run together
_LONGEST = 300  # latest steps of a history that are looked at
_FEW = 4096  # items whose likeness to one another is worked out once


@dataclass(frozen=True, slots=True)
class Items:
    """A catalogue to score: vectors (n, dim), the items' numbers in training (n,), 0 for those that were not in it, which
    of them may come (n,), and, where it is known, the logarithm of how often each comes (n,). Of a small catalogue, `alike`
    (n, n) is kept as well.
    """

    vectors: Tensor
    ids: Tensor
    known: Known
    often: Tensor | None = None
    alike: Tensor | None = None

    @classmethod
    def of(cls, vectors: Vectors, ids: Numbers | None = None, counts: Numbers | None = None) -> "Items":
        """`counts` (n,) is how often each came in the histories; it is looked at only where no item has a number."""
        ids = np.zeros(len(vectors), np.int64) if ids is None else ids
        known = np.ones(len(vectors), bool) if counts is None else counts > 0
        often = None if counts is None or ids.any() else torch.from_numpy(np.log1p(counts).astype(np.float32))
        every = torch.from_numpy(vectors)
        return cls(every, torch.from_numpy(ids), known, often, every @ every.T if len(vectors) <= _FEW else None)

    def likeness(self, rows: Tensor) -> Tensor:
        """How like each item every other is: rows (…,) -> cosines (…, n)."""
        return self.vectors[rows] @ self.vectors.T if self.alike is None else self.alike[rows]

    def prior(self, network: Network, ids: Tensor) -> Tensor:
        """What the logits (n,) are before anything is known of the person."""
        out: Tensor = network.bias(ids)[:, 0] if self.often is None else self.often
        return out


def logits(network: Network, histories: Sequence[History], of: Items, entered: Tensor | None = None) -> Tensor:
    """How likely each item (B, n) is next after each history, all of at least one step; `entered` (n, H) spares making it."""
    network.eval()
    out = torch.zeros(len(histories), len(of.ids))
    order = sorted(range(len(histories)), key=lambda i: len(histories[i].rows))
    with torch.inference_mode():
        items = network.items(of.vectors, of.ids) if entered is None else entered
        prior = of.prior(network, of.ids)
        for start in range(0, len(order), _AT_ONCE):
            batch = order[start : start + _AT_ONCE]
            late = [histories[i][-_LONGEST:] for i in batch]
            rows, *rest = padded(late)
            query, echo = network(items[rows], *rest)
            at = torch.arange(len(late)), torch.tensor([len(h.rows) - 1 for h in late])
            likeness = torch.einsum("bt,btd->bd", echo[at], of.vectors[rows]) @ of.vectors.T  # (B, n)
            out[batch] = query[at] @ items.T + likeness + prior
    return out


def next_item_ndcg(model: BehaviorModel, sequences: Sequence[History], of: Items) -> float:
    """Mean NDCG@10 of each history's last liked item that came for the first time, among all that the history before it
    lacks; ties count in the middle.
    """
    last = {}
    for i, s in enumerate(sequences):
        first = np.unique(s.rows, return_index=True)[1]
        wanted = first[s.liked[first] & (first > 0)]
        if len(wanted):
            last[i] = int(wanted.max())
    gains = []
    for start in range(0, len(last), _AT_ONCE):
        some = list(last.items())[start : start + _AT_ONCE]
        table = logits(model.network, [sequences[i][:t] for i, t in some], of).numpy()
        for (i, t), scores in zip(some, table, strict=True):
            target = int(sequences[i].rows[t])
            scores[sequences[i].rows[:t]] = -np.inf
            rank = (scores > scores[target]).sum() + ((scores == scores[target]).sum() + 1) / 2
            gains.append(1 / np.log2(rank + 1) if rank <= 10 else 0.0)
    return float(np.mean(gains)) if gains else 0.0
