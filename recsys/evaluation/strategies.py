"""Ways to score what comes next, all with one method, and the learned sum of them."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from scipy.sparse import csr_matrix, diags
from torch import nn

from recsys.behavior import BehaviorModel
from recsys.behavior.histories import History
from recsys.behavior.scoring import Items, logits

Rows = npt.NDArray[np.int64]
Vectors = npt.NDArray[np.float32]
_LATE = 5  # latest steps that neighbours and content look at


class Strategy(Protocol):
    """Scores the candidates (rows of the catalogue) after a history; more is better, the scale is its own."""

    def score(self, history: History, candidates: Rows) -> npt.NDArray[np.floating]:
        """One score a candidate (n,)."""
        ...


def _matrix(histories: Sequence[History], n: int) -> csr_matrix:
    """Who has what: (people, n), zeros and ones."""
    rows = np.concatenate([h.rows for h in histories])
    people = np.repeat(np.arange(len(histories)), [len(h.rows) for h in histories])
    matrix = csr_matrix((np.ones(len(rows), np.float32), (people, rows)), shape=(len(histories), n))
    matrix.data[:] = 1  # an item that came twice
    return matrix


class Popularity:
    """How many people have the item, as a logarithm."""

    def __init__(self, histories: Sequence[History], n: int) -> None:
        rows = np.concatenate([h.rows for h in histories])
        self.counts: npt.NDArray[np.floating] = np.log1p(np.bincount(rows, minlength=n))

    def score(self, history: History, candidates: Rows) -> npt.NDArray[np.floating]:
        """The same for every history."""
        return self.counts[candidates]


class Level:
    """How common the item is, times how common the latest items were: people stay with what everybody has, or off it.

    Common is how many of all steps are on items that come less often, from -1 to 1, so it means the same in every catalogue.
    """

    def __init__(self, histories: Sequence[History], n: int) -> None:
        counts = np.bincount(np.concatenate([h.rows for h in histories]), minlength=n)
        rarer = np.cumsum(np.bincount(counts, weights=counts))  # steps on items that come up to so often
        self.levels: npt.NDArray[np.floating] = (rarer[counts] + rarer[np.maximum(counts - 1, 0)]) / rarer[-1] - 1

    def score(self, history: History, candidates: Rows) -> npt.NDArray[np.floating]:
        """In -1..1."""
        out: npt.NDArray[np.floating] = self.levels[history.rows[-2 * _LATE :]].mean() * self.levels[candidates]
        return out


class LastItem:
    """A first-order Markov chain: how often the item came right after the last one, as a logarithm."""

    def __init__(self, histories: Sequence[History], n: int) -> None:
        before = np.concatenate([h.rows[:-1] for h in histories])
        after = np.concatenate([h.rows[1:] for h in histories])
        self.counts = csr_matrix((np.ones(len(before), np.float32), (before, after)), shape=(n, n))

    def score(self, history: History, candidates: Rows) -> npt.NDArray[np.floating]:
        """Zero for what never came next."""
        out: npt.NDArray[np.floating] = np.log1p(self.counts[[history.rows[-1]]].toarray()[0, candidates])
        return out


class Neighbours:
    """Item-kNN: cosine of who has the item with who has each of the latest items, summed."""

    def __init__(self, histories: Sequence[History], n: int) -> None:
        matrix = _matrix(histories, n)
        norm = diags(1 / np.sqrt(np.maximum(np.asarray(matrix.sum(axis=0)).ravel(), 1)))
        self.alike = csr_matrix(norm @ (matrix.T @ matrix) @ norm)

    def score(self, history: History, candidates: Rows) -> npt.NDArray[np.floating]:
        """Zero for what nobody has together with the latest items."""
        return np.asarray(self.alike[history.rows[-_LATE:]].sum(axis=0), np.float32).ravel()[candidates]


class Content:
    """Mean cosine of the item's language vector with those of the latest items."""

    def __init__(self, vectors: Vectors) -> None:
        self.vectors = vectors

    def score(self, history: History, candidates: Rows) -> npt.NDArray[np.floating]:
        """In -1..1."""
        out: npt.NDArray[np.floating] = self.vectors @ self.vectors[history.rows[-_LATE:]].mean(axis=0)
        return out[candidates]


class Factorisation:
    """Implicit matrix factorisation by alternating least squares (Hu, Koren and Volinsky, 2008); the person is folded in."""

    def __init__(
        self, histories: Sequence[History], n: int, *, rank: int = 64, trust: float = 20, penalty: float = 10,
        rounds: int = 8, seed: int = 0,
    ) -> None:  # fmt: skip
        self.rank, self.trust, self.penalty = rank, trust, penalty
        matrix = _matrix(histories, n)
        items = np.random.default_rng(seed).normal(0, 0.1, (n, rank)).astype(np.float32)
        for _ in range(rounds):
            people = self._solved(matrix, items)
            items = self._solved(csr_matrix(matrix.T), people)
        self.items, self.gram = items, self._gram(items)

    def _gram(self, factors: Vectors) -> Vectors:
        gram: Vectors = factors.T @ factors + self.penalty * np.eye(self.rank, dtype=np.float32)
        return gram

    def _solved(self, matrix: csr_matrix, factors: Vectors) -> Vectors:
        gram, bounds = self._gram(factors), matrix.indptr
        return np.stack([self._fold(factors[matrix.indices[a:b]], gram) for a, b in pairwise(bounds)])

    def _fold(self, own: Vectors, gram: Vectors) -> Vectors:
        out: Vectors = np.linalg.solve(gram + self.trust * own.T @ own, (1 + self.trust) * own.sum(axis=0))
        return out

    def score(self, history: History, candidates: Rows) -> npt.NDArray[np.floating]:
        """About 1 for what the person is expected to have, 0 for the rest."""
        return np.asarray(self.items @ self._fold(self.items[history.rows], self.gram), np.float32)[candidates]


class Lstm:
    """The behaviour model."""

    def __init__(self, model: BehaviorModel, items: Items) -> None:
        self.network, self.items = model.network, items
        with torch.inference_mode():
            self.entered = self.network.items(items.vectors, items.ids)

    def score(self, history: History, candidates: Rows) -> npt.NDArray[np.floating]:
        """Logits."""
        out: npt.NDArray[np.floating] = logits(self.network, [history], self.items, self.entered)[0].numpy()
        return out[candidates]


class Blend:
    """A weighted sum of strategies, each on its own scale."""

    def __init__(self, strategies: Sequence[Strategy], weights: npt.NDArray[np.floating]) -> None:
        self.strategies, self.weights = strategies, weights

    @classmethod
    def learned(cls, strategies: Sequence[Strategy], held: Sequence[History], n: int) -> "Blend":
        """The weights under which the last step of the held-out histories is likeliest (a conditional logit)."""
        shape = (len(held), n, len(strategies))
        features, open_ = np.zeros(shape, np.float32), np.zeros(shape[:2], bool)
        for i, h in enumerate(held):
            candidates = candidates_of(h, n)
            features[i, candidates], open_[i, candidates] = scores(strategies, h[:-1], candidates), True
        spread = np.sqrt(np.mean([f[o].var(axis=0) for f, o in zip(features, open_, strict=True)], axis=0)) + 1e-9
        given, closed = torch.from_numpy(features / spread), torch.from_numpy(~open_)
        target = torch.tensor([int(h.rows[-1]) for h in held])
        weights = torch.full((len(strategies),), 0.1, requires_grad=True)
        optimizer = torch.optim.LBFGS([weights], max_iter=50)

        def closure() -> float:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy((given @ weights).masked_fill(closed, -1e4), target)
            loss = loss + 1e-3 * (weights**2).sum()
            loss.backward()  # type: ignore[no-untyped-call]
            return float(loss.detach())

        optimizer.step(closure)  # type: ignore[no-untyped-call]
        return cls(strategies, weights.detach().numpy() / spread)

    def score(self, history: History, candidates: Rows) -> npt.NDArray[np.floating]:
        """The weighted sum."""
        out: npt.NDArray[np.floating] = scores(self.strategies, history, candidates) @ self.weights
        return out


def scores(strategies: Sequence[Strategy], history: History, candidates: Rows) -> npt.NDArray[np.floating]:
    """Every strategy's scores (n, strategies)."""
    return np.stack([s.score(history, candidates) for s in strategies], axis=1)


def candidates_of(history: History, n: int) -> Rows:
    """All rows but those of the steps before the last."""
    open_ = np.ones(n, bool)
    open_[history.rows[:-1]] = False
    return np.flatnonzero(open_)
