"""The behaviour model g: events y -> v(y) = g(h_t), h_t = LSTM(y_1 … y_t), a direction in the space of item vectors.

An item enters as its language vector through a linear adapter, plus a vector of its own where it was in training. What
comes next is scored in three parts, all linear in the item: query · (A c + id), where the query is the LSTM's state plus
what the state recalls of the steps by attention; the echo, a weighted sum of the likeness c_t · c to each step, which
needs no learning to be of use and so carries over to other catalogues; and how often the item is wanted by anybody.
So A^T query + Σ echo_t c_t is v(y): the model also works for items, and in catalogues, it never saw. A step adds the
kind of event, its value and the time since the step before.
"""

import json
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from recsys.datamodels import EVENT_KINDS, Event
from recsys.errors import ModelMismatch

Vectors = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]
VERSION = 3


@dataclass(frozen=True, slots=True)
class Steps:
    """A history as arrays, oldest first: item vectors (t, dim), kinds (t,), values (t,) in -1..1, gaps (t,) in log seconds.

    `ids` (t,) are the items' numbers in training, 0 for one that was not in it; None where no item was.
    """

    vectors: Vectors
    kinds: Numbers
    values: Vectors
    gaps: Vectors
    ids: Numbers | None = None

    @classmethod
    def of(cls, events: Sequence[Event], vectors: Vectors, ids: Numbers | None = None) -> "Steps":
        """The steps of these events; `vectors` (t, dim) and `ids` (t,) are those of their items."""
        at = np.array([e.at for e in events], np.float64)
        gaps = np.log1p(np.maximum(np.diff(at, prepend=at[:1]), 0)).astype(np.float32)
        kinds = np.array([EVENT_KINDS.index("click" if e.kind == "dwell" else e.kind) for e in events], np.int64)
        rated = [2 * e.value - 1 if e.kind == "rate" and e.value is not None else 0.0 for e in events]
        values = np.array(rated, np.float32)
        return cls(vectors, kinds, values, gaps, ids)


class Network(nn.Module):
    """The whole network; `items` is how many items have a vector of their own."""

    def __init__(self, dim: int, hidden: int = 128, items: int = 0, dropout: float = 0.3) -> None:
        super().__init__()
        self.config = {"dim": dim, "hidden": hidden, "items": items, "dropout": dropout}
        self.adapter = nn.Linear(dim, hidden, bias=False)
        self.ids = nn.Embedding(items + 1, hidden, padding_idx=0)
        self.bias = nn.Embedding(items + 1, 1)  # row 0: what is expected of an item that training never saw
        self.kind = nn.Embedding(len(EVENT_KINDS), hidden)
        self.scalars = nn.Linear(3, hidden)
        self.rated = nn.Linear(hidden, hidden, bias=False)
        self.norm = nn.LayerNorm(hidden)
        self.lstm = nn.LSTM(hidden, hidden, batch_first=True)
        self.leave = nn.Linear(hidden, hidden)
        self.ask, self.key, self.recall = (nn.Linear(hidden, hidden) for _ in range(3))
        self.look, self.mark, self.worth = nn.Linear(hidden, hidden), nn.Linear(hidden, hidden), nn.Linear(hidden, 1)
        self.echo = nn.Parameter(torch.tensor([2.0, -1.5]))  # logarithms of how loud the echo is, and how fast it fades
        self.drop = nn.Dropout(dropout)
        nn.init.normal_(self.adapter.weight, std=0.02)
        nn.init.normal_(self.ids.weight, std=0.02)
        for layer in (self.bias, self.kind, self.scalars, self.rated, self.look, self.worth):
            nn.init.zeros_(layer.weight)  # a kind of event or a rating that training never saw must change nothing
        with torch.no_grad():
            self.ids.weight[0] = 0

    def items(self, vectors: Tensor, ids: Tensor | None = None) -> Tensor:
        """Items as they enter and as they are scored: vectors (…, D), ids (…,) -> (…, H)."""
        known: Tensor = self.adapter(vectors)
        return known if ids is None else known + self.ids(ids)

    def forward(self, items: Tensor, kinds: Tensor, values: Tensor, gaps: Tensor) -> tuple[Tensor, Tensor]:
        """Items (B, T, H), (B, T), (B, T), (B, T) -> for the item after every step: the query (B, T, H), the echo (B, T, T)."""
        items = self.norm(items)
        scalars = torch.stack([values, gaps / 10, (gaps == 0).float()], dim=-1)  # (B, T, 3)
        step = items + self.rated(items) * values[..., None] + self.kind(kinds) + self.scalars(scalars)
        worth = 1 + self.worth(step).transpose(1, 2)  # (B, 1, T)
        marks = self.mark(step).transpose(1, 2)  # (B, H, T)
        step = self.drop(step)
        states, _ = self.lstm(step)  # (B, T, H)
        recalled = nn.functional.scaled_dot_product_attention(
            self.ask(states), self.key(step), self.recall(step), is_causal=True
        )
        query: Tensor = self.leave(self.drop(states)) + self.drop(recalled)
        loud, fades = self.echo.exp()
        order = torch.arange(items.shape[1])
        age = order[:, None] - order  # (T, T)
        heard = (self.look(states) @ marks - fades * age).masked_fill(age < 0, -torch.inf)  # (B, T, T)
        return query, loud * heard.softmax(-1) * worth


@dataclass(frozen=True, slots=True)
class Wanted:
    """What comes next: v(y) (dim,) of unit length, and on the same scale a query `own` (H,) for the items' own vectors."""

    v: Vectors
    own: Vectors


class BehaviorModel:
    """A trained network with the encoder it belongs to, and the ids of the items that have a vector of their own."""

    def __init__(self, network: Network, encoder: str, known: Sequence[str] = ()) -> None:
        self.network, self.encoder, self.known = network.eval(), encoder, tuple(known)

    def abroad(self) -> "BehaviorModel":
        """The same for a catalogue of another domain: the adapter, which knows the words of its own, is set aside, and what
        carries over is the echo.
        """
        network = deepcopy(self.network)
        with torch.no_grad():
            network.adapter.weight.zero_()
        return BehaviorModel(network, self.encoder)

    def numbers(self, item_ids: Sequence[str]) -> Numbers:
        """The items' numbers (n,) in training, 0 for those that were not in it."""
        number = {item: n for n, item in enumerate(self.known, 1)}
        return np.array([number.get(i, 0) for i in item_ids], np.int64)

    def represent(self, steps: Steps) -> Vectors:
        """A history -> v(y) (dim,), unit length; zeros where there is no history."""
        return self.wanted(steps).v

    def score(self, wanted: Wanted, candidates: Vectors, ids: Numbers | None = None) -> Vectors:
        """Cosine of v(y) with each candidate's vector (n, dim) -> (n,); zeros where there is no history.

        `ids` (n,) are the candidates' numbers in training: one that has a vector of its own is scored by that as well.
        """
        scores: Vectors = candidates @ wanted.v
        if ids is None:
            return scores
        own: Vectors = self.network.ids.weight.detach().numpy()[ids]  # (n, H)
        return scores + own @ wanted.own

    def wanted(self, steps: Steps) -> Wanted:
        """What comes next after a history; zeros where there is none."""
        if not len(steps.kinds):
            hidden, dim = self.network.adapter.weight.shape
            return Wanted(np.zeros(dim, np.float32), np.zeros(hidden, np.float32))
        ids = None if steps.ids is None else torch.from_numpy(steps.ids)
        vectors = torch.from_numpy(steps.vectors)
        rest = (torch.from_numpy(a)[None] for a in (steps.kinds, steps.values, steps.gaps))
        with torch.inference_mode():
            query, echo = self.network(self.network.items(vectors, ids)[None], *rest)
            v = query[0, -1] @ self.network.adapter.weight + echo[0, -1] @ vectors
            length = v.norm().clamp(min=1e-9)
            return Wanted((v / length).numpy(), (query[0, -1] / length).numpy())

    def save(self, path: Path) -> None:
        """Write weights, shape, encoder, kinds of events, items and version in one file."""
        meta = {
            "config": json.dumps(self.network.config), "encoder": self.encoder, "version": str(VERSION),
            "kinds": " ".join(EVENT_KINDS), "items": json.dumps(self.known),
        }  # fmt: skip
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(self.network.state_dict(), path, metadata=meta)

    @classmethod
    def load(cls, path: Path, encoder: str) -> "BehaviorModel":
        """Read what `save` wrote.

        Raises:
            ModelMismatch: it was trained on the vectors of another encoder, on other kinds of events, or by another
                version, or it cannot be read.
        """
        try:
            with safe_open(path, "pt") as file:
                meta: dict[str, Any] = file.metadata() or {}
                weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        except (OSError, SafetensorError) as error:
            raise ModelMismatch(
                f"the behaviour model {path} cannot be read ({error}); train one with: python -m recsys train"
            ) from error
        for what, made, served in (
            ("version", meta.get("version"), str(VERSION)),
            ("encoder", meta.get("encoder"), encoder),
            ("kinds of events", meta.get("kinds"), " ".join(EVENT_KINDS)),
        ):
            if made != served:
                raise ModelMismatch(
                    f"the behaviour model {path.name} was trained for the {what} {made!r}, not {served!r}; "
                    "train one with: python -m recsys train"
                )
        network = Network(**json.loads(meta["config"]))
        network.load_state_dict(weights)
        return cls(network, encoder, json.loads(meta["items"]))


def centred(vectors: Vectors, mean: Vectors) -> Vectors:
    """Item vectors about their mean, unit length: language models crowd all texts into a narrow cone, differences count."""
    moved = vectors - mean
    out: Vectors = moved / np.maximum(np.linalg.norm(moved, axis=-1, keepdims=True), 1e-9)
    return out
