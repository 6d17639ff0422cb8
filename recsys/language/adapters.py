"""Adapters of the language model: a linear map of the needs' vectors, u(x) + W·u(x) + b, a third of a megabyte for a catalogue.

Only what is asked is moved, the items' vectors stay: nothing is built anew, and whatever else looks at a message or an item reads
what it always did. A folder holds any number of adapters; which one serves is a pointer file that is replaced in one step, with
those before it. An adapter is named by a hash of its contents: a file that was changed or cut short is found out before it serves.
"""

import hashlib
import json
import logging
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from recsys import versions
from recsys.errors import ModelMismatch, NotFound

log = logging.getLogger("recsys")
_POINTER = "applied.json"
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Adapter:
    """W (dim, dim) and b (dim,); `base` is the encoder whose vectors they move."""

    base: str
    matrix: Floats
    offset: Floats
    figures: dict[str, Any] = field(default_factory=dict)

    def __call__(self, vector: Floats) -> Floats:
        """The vector of a need (dim,), moved to where what is meant by it lies; unit length."""
        moved = vector + self.matrix @ vector + self.offset
        out: Floats = moved / max(float(np.linalg.norm(moved)), 1e-9)
        return out

    def _tensors(self) -> dict[str, npt.NDArray[np.float16]]:
        return {"matrix": self.matrix.astype(np.float16), "offset": self.offset.astype(np.float16)}

    @property
    def name(self) -> str:
        """A hash of base and weights."""
        digest = hashlib.blake2b(self.base.encode(), digest_size=5)
        for tensor in self._tensors().values():
            digest.update(tensor.tobytes())
        return digest.hexdigest()

    def save(self, folder: Path) -> Path:
        """Write `folder`/NAME.safetensors; it appears whole or not at all."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.name}.safetensors"
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            written = Path(scratch) / "adapter"
            save_file(self._tensors(), written, metadata={"base": self.base, "figures": json.dumps(self.figures)})
            os.replace(written, path)
        return path

    @classmethod
    def load(cls, path: Path, base: str) -> "Adapter":
        """Read what `save` wrote.

        Raises:
            NotFound: there is no such file.
            ModelMismatch: it belongs to another base model, or it is damaged.
        """
        if not path.exists():
            raise NotFound(f"there is no adapter {path.stem!r}; list them with: python -m recsys adapters")
        try:
            with safe_open(path, "np") as file:
                meta = file.metadata() or {}
                matrix, offset = (file.get_tensor(name).astype(np.float32) for name in ("matrix", "offset"))
            found = cls(meta["base"], matrix, offset, json.loads(meta.get("figures", "{}")))
        except (SafetensorError, OSError, KeyError, ValueError) as error:
            raise ModelMismatch(
                f"the adapter {path.name} is damaged ({error}); delete it and fine-tune again"
            ) from error
        if found.base != base:
            raise ModelMismatch(
                f"the adapter {path.stem} was trained on {found.base}, not on {base}; fine-tune again under this encoder"
            )
        if found.name != path.stem:
            raise ModelMismatch(
                f"the adapter {path.name} is damaged: its contents are not those of its name; delete it"
            )
        return found


def history(folder: Path) -> list[str]:
    """The names of the adapters that were applied, the one that serves last; empty where the base model serves."""
    try:
        return [str(n) for n in json.loads((folder / _POINTER).read_text("utf-8"))["applied"]]
    except (OSError, ValueError, KeyError):
        return []


def stamp(folder: Path) -> tuple[int, int]:
    """What changes whenever another adapter comes to be served."""
    return versions.dated(folder / _POINTER)


def _point(folder: Path, names: list[str]) -> None:
    versions.point(folder / _POINTER, json.dumps({"applied": names}))


def apply(folder: Path, name: str, base: str) -> Adapter:
    """Let an adapter serve from the next turn on.

    Raises:
        NotFound, ModelMismatch: there is none, it is damaged, or of another base; what served before still does.
    """
    adapter = Adapter.load(folder / f"{name}.safetensors", base)
    _point(folder, [*(n for n in history(folder) if n != name), name])
    return adapter


def roll_back(folder: Path) -> str:
    """Let the adapter before the latest serve again, or the base model; returns its name, empty for the base.

    Raises:
        NotFound: none is applied.
    """
    names = history(folder)
    if not names:
        raise NotFound("no adapter is applied: the base model serves already")
    _point(folder, names[:-1])
    return names[-2] if len(names) > 1 else ""


def applied(folder: Path, base: str) -> Adapter | None:
    """The adapter that serves: the latest that can be read, else None for the base model. What cannot be read is told."""
    for name in reversed(history(folder)):
        try:
            return Adapter.load(folder / f"{name}.safetensors", base)
        except (NotFound, ModelMismatch) as error:
            log.warning("%s; the one before it serves", error)
    return None
