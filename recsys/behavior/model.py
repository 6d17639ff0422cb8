"""The behaviour model g: events y -> v(y) = g(h_t), h_t = LSTM(y_1 … y_t), a direction in the space of item vectors.

An item enters as its language vector through a linear adapter, plus a vector of its own where it was in training. What
comes next is scored in three parts, all linear in the item: query · (A c + id), where the query is the LSTM's state plus
what the state recalls of the steps by attention; the echo, a weighted sum of the likeness c_t · c to each step, which
needs no learning to be of use and so carries over to other catalogues; and how often the item is wanted by anybody.
So A^T query + Σ echo_t c_t is v(y): the model also works for items, and in catalogues, it never saw. A step adds the
kind of event, its value and the time since the step before.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from recsys.behavior.steps import Numbers, Steps, Vectors, Wanted
from recsys.datamodels import EVENT_KINDS
from recsys.errors import ModelMismatch

if TYPE_CHECKING:
    from recsys.behavior.network import Network

VERSION = 3
_ADAPTER = "adapter.weight"


@dataclass(frozen=True)
class Weights:
    """A network as it is kept: its shape, and its tables by name."""

    config: Mapping[str, Any]
    tables: Mapping[str, npt.NDArray[Any]]

    @classmethod
    def of(cls, network: "Network") -> "Weights":
        """What is kept of a network."""
        return cls(network.config, {name: table.numpy() for name, table in network.state_dict().items()})


class BehaviorModel:
    """A trained network with the encoder it belongs to, and the ids of the items that have a vector of their own."""

    def __init__(self, network: "Network | Weights", encoder: str, known: Sequence[str] = ()) -> None:
        self._kept, self.encoder, self.known = network, encoder, tuple(known)

    @cached_property
    def network(self) -> "Network":
        """Made when the first history asks for it: torch takes two seconds to import, which no first answer has to wait for."""
        if not isinstance(self._kept, Weights):
            return self._kept.eval()
        from recsys.behavior.network import built

        return built(self._kept)

    def abroad(self) -> "BehaviorModel":
        """The same for a catalogue of another domain: the adapter, which knows the words of its own, is set aside, and what
        carries over is the echo.
        """
        kept = self._kept if isinstance(self._kept, Weights) else Weights.of(self._kept)
        silent = {_ADAPTER: np.zeros_like(kept.tables[_ADAPTER])}
        return BehaviorModel(Weights(kept.config, {**kept.tables, **silent}), self.encoder)

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
        import torch

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
        kept = Weights.of(self.network)
        meta = {
            "config": json.dumps(kept.config), "encoder": self.encoder, "version": str(VERSION),
            "kinds": " ".join(EVENT_KINDS), "items": json.dumps(self.known),
        }  # fmt: skip
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(dict(kept.tables), path, metadata=meta)

    @classmethod
    def load(cls, path: Path, encoder: str) -> "BehaviorModel":
        """Read what `save` wrote.

        Raises:
            ModelMismatch: it was trained on the vectors of another encoder, on other kinds of events, or by another
                version, or it cannot be read.
        """
        try:
            with safe_open(path, "np") as file:
                meta: dict[str, Any] = file.metadata() or {}
                tables = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
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
        return cls(Weights(json.loads(meta["config"]), tables), encoder, json.loads(meta["items"]))
