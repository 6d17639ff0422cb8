"""Train the behaviour model: at every step predict the next item that was liked, over the whole catalogue.

Full-softmax cross-entropy (Klenitskiy and Vasilev, RecSys 2023, on why it beats few negatives), with how often an item
comes as the prior (Menon et al., 2021, on logit adjustment). Items that the person already has are left out of the
softmax, as they are left out of what is recommended.
"""

import hashlib
import os
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, astuple, dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR
from torch.optim.swa_utils import AveragedModel

from recsys.behavior.histories import History, Piece, batches, padded
from recsys.behavior.model import VERSION, BehaviorModel
from recsys.behavior.network import Network
from recsys.behavior.scoring import Items, Known, logits, next_item_ndcg
from recsys.behavior.steps import Numbers, Vectors

_FADING = 0.6  # how much less the item after the next counts
_NEW, _ASKED = 0.2, 1000  # share of items taken for new, and histories looked at, when new items are given their due
_CHANGING = ("network", "averaged", "optimizer", "schedule")


@dataclass(frozen=True, slots=True)
class Epoch:
    """What an epoch brought: the loss, and NDCG@10 of the last liked item of held-out histories; and what it cost, in
    seconds of the processor.
    """

    number: int
    loss: float
    ndcg: float
    seconds: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Training:
    """How to train.

    `batch` is how many steps a batch has, `length` how many of one history. `forget` is how often an item's own vector
    is left out of a batch, which keeps the way over the language vectors usable. The `ahead` next items are all wanted,
    the first most: what comes in one sitting comes in no particular order.
    """

    epochs: int = 20
    patience: int = 3
    batch: int = 1024
    length: int = 100
    rate: float = 2e-3
    hidden: int = 128
    dropout: float = 0.3
    forget: float = 0.1
    ahead: int = 1
    decay: float = 1e-4


REAL = Training(epochs=20, patience=6, batch=2048, rate=4e-3, ahead=3)  # for logs of real people


def train(
    sequences: Sequence[History], vectors: Vectors, encoder: str, *, ids: Numbers | None = None, seed: int = 0,
    how: Training = Training(), held: Sequence[History] | None = None, checkpoint: Path | None = None,
    report: Callable[[Epoch], None] = lambda epoch: None,
) -> tuple[BehaviorModel, list[Epoch]]:  # fmt: skip
    """Fit, stop when the held-out histories stop improving, keep the best epoch.

    `vectors` (n, dim) are the centred item vectors. `ids` (n,) number the items that get a vector of their own from 1, 0
    for the others; without it none does. Without `held`, a tenth of the histories is held out. With `checkpoint`, every
    epoch is kept in that file, and a run of the same data and settings that was cut off goes on from there, to the
    same weights as if it had not been.
    """
    sequences = [s for s in sequences if s.liked[1:].any()]  # the others have nothing to predict
    if held is None:
        order, cut = np.random.default_rng(seed).permutation(len(sequences)), max(1, len(sequences) // 10)
        held, sequences = [sequences[i] for i in order[:cut]], [sequences[i] for i in order[cut:]]
    run = _Run(sequences, vectors, np.zeros(len(vectors), np.int64) if ids is None else ids, seed, how)
    if checkpoint is not None:
        run.resume(checkpoint)
    for epoch in run.epochs:  # those of a run that goes on
        report(epoch)
    while not run.is_over():
        run.epoch(held)
        if checkpoint is not None:
            run.keep(checkpoint)
        report(run.epochs[-1])
    network = run.model.network
    network.load_state_dict(run.best)
    if run.items.ids.any():
        welcome(network, held, run.items, np.random.default_rng([seed, 10**6]))  # chance of its own
    return BehaviorModel(network, encoder), run.epochs


def welcome(network: Network, held: Sequence[History], of: Items, rng: np.random.Generator) -> None:
    """Set what is expected of new items so that they get as many of the first ten places as they are wanted.

    By likelihood alone new items are nearly never in the first ten, where a few sure ones win every time (Singh and
    Joachims, 2018, on exposure in proportion to merit). Measured as if a fifth of the known items were new.
    """
    new = (rng.random(len(of.ids)) < _NEW) & of.known
    known = [h for h in held if len(h.rows) > 1 and of.known[h.rows[-1]] and h.rows[-1] not in h.rows[:-1]]
    wanted = float(np.mean([new[h.rows[-1]] for h in known])) if known else 0.0
    if not wanted:
        return
    as_if = Items(of.vectors, of.ids.masked_fill(torch.from_numpy(new), 0), of.known)
    some = [known[i] for i in rng.permutation(len(known))[:_ASKED]]
    table = logits(network, [h[:-1] for h in some], as_if)[:, of.known]
    for i, h in enumerate(some):
        table[i, torch.from_numpy(np.isin(np.flatnonzero(of.known), h.rows[:-1]))] = -torch.inf
    fresh = torch.from_numpy(new[of.known])
    low, high = -5.0, 5.0
    for _ in range(20):
        middle = (low + high) / 2
        shown = fresh[(table + middle * fresh).topk(min(10, table.shape[1]), dim=1).indices].float().mean()
        low, high = (middle, high) if float(shown) < wanted else (low, middle)
    with torch.no_grad():
        network.bias.weight[0] += (low + high) / 2


class _Run:
    """All that changes while training. Chance is seeded anew at each epoch, so nothing of it has to be kept."""

    def __init__(self, sequences: Sequence[History], vectors: Vectors, ids: Numbers, seed: int, how: Training) -> None:
        self.sequences, self.seed, self.how = sequences, seed, how
        counts = np.bincount(np.concatenate([s.rows for s in sequences]), minlength=len(vectors))
        self.items = Items.of(vectors, ids, counts)
        torch.manual_seed(seed)
        self.network = Network(vectors.shape[1], how.hidden, int(ids.max()), how.dropout)
        _expect(self.network, ids, counts)
        self.averaged = AveragedModel(self.network, avg_fn=_averaged)
        self.model = BehaviorModel(cast(Network, self.averaged.module), "")
        self.optimizer = torch.optim.AdamW(self.network.parameters(), lr=how.rate, weight_decay=how.decay)
        steps = how.epochs * sum(1 for _ in self._batches(0))
        warm = min(50, steps // 10 + 1)
        self.schedule = LambdaLR(self.optimizer, lambda n: min((n + 1) / warm, max(1 - n / steps, 0.02)))
        self.epochs: list[Epoch] = []
        self.best = self.model.network.state_dict()
        self.mark = _fingerprint(sequences, vectors, ids, seed, how)

    def _batches(self, number: int) -> Iterator[list[Piece]]:
        return batches(self.sequences, self.how.batch, self.how.length, np.random.default_rng([self.seed, number]))

    def is_over(self) -> bool:
        """Whether all epochs are done, or the last few brought nothing."""
        best = max(self.epochs, key=lambda e: e.ndcg).number if self.epochs else 0
        return len(self.epochs) >= min(self.how.epochs, best + self.how.patience)

    def epoch(self, held: Sequence[History]) -> None:
        """Go through the data once and measure."""
        number, began = len(self.epochs) + 1, time.process_time()
        torch.manual_seed(self.seed + 1000 * number)
        self.network.train()
        losses = []
        for pieces in self._batches(number):
            loss = _loss(self.network, pieces, self.items, self.how)
            self.optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
            self.optimizer.step()
            self.schedule.step()
            self.averaged.update_parameters(self.network)
            losses.append(float(loss.detach()))
        ndcg = next_item_ndcg(self.model, held, self.items)
        now = Epoch(number, float(np.mean(losses)), ndcg, time.process_time() - began)
        if now.ndcg > max((e.ndcg for e in self.epochs), default=-1.0):
            self.best = {k: v.clone() for k, v in self.model.network.state_dict().items()}
        self.epochs.append(now)

    def keep(self, path: Path) -> None:
        """Write everything beside the old file, then put it in its place: a kill leaves one or the other."""
        parts = {name: getattr(self, name).state_dict() for name in _CHANGING}
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        torch.save({"mark": self.mark, "epochs": [astuple(e) for e in self.epochs], "best": self.best, **parts}, fresh)
        os.replace(fresh, path)

    def resume(self, path: Path) -> None:
        """Go on from a file that `keep` wrote in a run of the same data and settings; any other file is left aside."""
        if not zipfile.is_zipfile(path):
            return  # there is none, or it is of no use
        kept: dict[str, Any] = torch.load(path, weights_only=True)
        if kept.get("mark") != self.mark:
            return
        for name in _CHANGING:
            getattr(self, name).load_state_dict(kept[name])
        self.epochs, self.best = [Epoch(*e) for e in kept["epochs"]], kept["best"]


def _fingerprint(sequences: Sequence[History], vectors: Vectors, ids: Numbers, seed: int, how: Training) -> str:
    """What a run must have in common with another to go on where that one stopped."""
    digest = hashlib.blake2b(repr((VERSION, seed, sorted(asdict(how).items()))).encode(), digest_size=16)
    for array in (vectors, ids, *(a for h in sequences for a in (h.rows, h.kinds, h.values, h.gaps, h.liked))):
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _expect(network: Network, ids: Numbers, counts: Numbers) -> None:
    """Begin with how often each item comes, and for an item that training did not see with the mean."""
    with torch.no_grad():
        network.bias.weight[0] = float(np.log1p(counts[counts > 0].mean()))
        network.bias.weight[ids[ids > 0], 0] = torch.from_numpy(np.log1p(counts[ids > 0]).astype(np.float32))


def _averaged(average: Tensor, weight: Tensor, steps: Tensor | int) -> Tensor:
    """The running mean of a weight over the last fifty steps, over fewer in the beginning: it wavers less from epoch to epoch."""
    return torch.lerp(average, weight, max(0.02, 9 / (float(steps) + 10)))


def _loss(network: Network, pieces: Sequence[Piece], of: Items, how: Training) -> Tensor:
    """Cross-entropy of the next liked items, at every step that has one, over the items the person does not have yet.

    Items that no history has are left out as well: as answers that are always wrong, they would be learned never to come.
    """
    rows, *rest = padded([p.history[p.start : p.stop] for p in pieces])
    since = _since(pieces, rows.shape[1], of.known)  # (B, n)
    wanted = _wanted(pieces, since, rows.shape[1], how.ahead)  # (B, T, K)
    share = (wanted >= 0) * _FADING ** torch.arange(how.ahead)  # (B, T, K)
    ids = of.ids * (torch.rand(len(of.ids)) >= how.forget)  # (n,)
    items = network.items(of.vectors, ids)  # (n, H)
    query, echo = network(nn.functional.embedding(rows, items), *rest)
    scores = torch.baddbmm(query @ items.T + of.prior(network, ids), echo, of.likeness(rows))  # (B, T, n)
    scores.masked_fill_(since[:, None] <= torch.arange(rows.shape[1])[:, None], -1e4)
    log = scores.gather(2, wanted.clamp(min=0)) - scores.logsumexp(-1, keepdim=True)  # (B, T, K)
    kept = share.sum(-1) > 0  # (B, T)
    share = share[kept] / share[kept].sum(-1, keepdim=True)
    loss: Tensor = -(log[kept] * share).sum(-1).mean()
    return loss


def _since(pieces: Sequence[Piece], longest: int, known: Known) -> Tensor:
    """The step (B, n) from which the person of each piece has each item; `longest` where never, 0 for unknown items."""
    since = np.tile(np.where(known, longest, 0), (len(pieces), 1))
    for i, p in enumerate(pieces):
        own = p.history.rows[p.start : p.stop]
        since[i, own[::-1]] = np.arange(len(own))[::-1]  # of equal rows, the last written is the first step
        since[i, p.history.rows[: p.start]] = 0
    return torch.from_numpy(since.astype(np.int32))


def _wanted(pieces: Sequence[Piece], since: Tensor, longest: int, ahead: int) -> Tensor:
    """The next rows (B, T, K) after every step, -1 where there is none, it was not liked, or the person has it already."""
    wanted = np.full((len(pieces), longest, ahead), -1, np.int64)
    known = since.numpy()
    for i, p in enumerate(pieces):
        for k in range(ahead):
            coming = p.history[p.start + 1 + k : p.stop + 1 + k]
            at = np.arange(len(coming.rows))
            wanted[i, at, k] = np.where(coming.liked & (known[i, coming.rows] > at), coming.rows, -1)
    return torch.from_numpy(wanted)
