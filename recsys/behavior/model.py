"""The behaviour model g: events y -> v(y) = g(h_t), h_t = LSTM(y_1 … y_t), a direction in the space of item vectors.

A step is the item's language vector through an adapter, the kind of event, its value and the time since the step before.
Because items enter and leave as language vectors, the model works for items, and in catalogues, it never saw.
"""

import json
from collections.abc import Sequence
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
VERSION = 1


@dataclass(frozen=True, slots=True)
class Steps:
    """A history as arrays, oldest first: item vectors (t, dim), kinds (t,), values (t,) in -1..1, gaps (t,) in log seconds."""

    vectors: Vectors
    kinds: npt.NDArray[np.int64]
    values: Vectors
    gaps: Vectors

    @classmethod
    def of(cls, events: Sequence[Event], vectors: Vectors) -> "Steps":
        """The steps of these events; `vectors` (t, dim) are those of their items."""
        at = np.array([e.at for e in events], np.float64)
        gaps = np.log1p(np.maximum(np.diff(at, prepend=at[:1]), 0)).astype(np.float32)
        kinds = np.array([EVENT_KINDS.index(e.kind) for e in events], np.int64)
        values = np.array([0.0 if e.value is None else 2 * e.value - 1 for e in events], np.float32)
        return cls(vectors, kinds, values, gaps)


class Network(nn.Module):
    """The whole network."""

    def __init__(self, dim: int, hidden: int = 128, kind_dim: int = 16) -> None:
        super().__init__()
        self.config = {"dim": dim, "hidden": hidden, "kind_dim": kind_dim}
        self.adapter = nn.Linear(dim, hidden)
        self.kind = nn.Embedding(len(EVENT_KINDS), kind_dim)
        self.enter = nn.Linear(hidden + kind_dim + 2, hidden)
        self.lstm = nn.LSTM(hidden, hidden, batch_first=True)
        self.leave = nn.Linear(hidden, dim)
        self.drop = nn.Dropout(0.2)

    def forward(self, vectors: Tensor, kinds: Tensor, values: Tensor, gaps: Tensor) -> Tensor:
        """(B, T, D), (B, T), (B, T), (B, T) -> v(y) after every step (B, T, D), unit length."""
        scalars = torch.stack([values, gaps / 10], dim=-1)  # (B, T, 2)
        step = torch.cat([self.drop(self.adapter(vectors)), self.kind(kinds), scalars], dim=-1)  # (B, T, H+K+2)
        states, _ = self.lstm(torch.tanh(self.enter(step)))  # (B, T, H)
        v: Tensor = nn.functional.normalize(self.leave(self.drop(states)), dim=-1)  # (B, T, D)
        return v


class BehaviorModel:
    """A trained network with the encoder it belongs to."""

    def __init__(self, network: Network, encoder: str) -> None:
        self.network, self.encoder = network.eval(), encoder

    def represent(self, steps: Steps) -> Vectors:
        """A history -> v(y) (dim,); zeros where there is no history."""
        if not len(steps.kinds):
            return np.zeros(self.network.config["dim"], np.float32)
        with torch.inference_mode():
            v = self.network(
                *(torch.from_numpy(a)[None] for a in (steps.vectors, steps.kinds, steps.values, steps.gaps))
            )
            out: Vectors = v[0, -1].numpy()
        return out

    def score(self, steps: Steps, candidates: Vectors) -> Vectors:
        """Cosine of v(y) with each candidate's vector (n, dim) -> (n,); zeros where there is no history."""
        scores: Vectors = candidates @ self.represent(steps)
        return scores

    def save(self, path: Path) -> None:
        """Write weights, shape, encoder and version in one file."""
        meta = {"config": json.dumps(self.network.config), "encoder": self.encoder, "version": str(VERSION)}
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(self.network.state_dict(), path, metadata=meta)

    @classmethod
    def load(cls, path: Path, encoder: str) -> "BehaviorModel":
        """Read what `save` wrote.

        Raises:
            ModelMismatch: it is damaged, or was trained on the vectors of another encoder, or by another version.
        """
        try:
            with safe_open(path, "pt") as file:
                meta: dict[str, Any] = file.metadata() or {}
                weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        except SafetensorError as error:
            raise ModelMismatch(f"{path.name} is damaged ({error}); train one with: python -m recsys train") from error
        if meta.get("encoder") != encoder or meta.get("version") != str(VERSION):
            raise ModelMismatch(
                f"the behaviour model {path.name} was trained for {meta.get('encoder')} (version {meta.get('version')}), "
                f"not for {encoder} (version {VERSION}); train one with: python -m recsys train"
            )
        network = Network(**json.loads(meta["config"]))
        network.load_state_dict(weights)
        return cls(network, encoder)


def centred(vectors: Vectors, mean: Vectors) -> Vectors:
    """Item vectors about their mean, unit length: language models crowd all texts into a narrow cone, differences count."""
    moved = vectors - mean
    out: Vectors = moved / np.maximum(np.linalg.norm(moved, axis=-1, keepdims=True), 1e-9)
    return out
