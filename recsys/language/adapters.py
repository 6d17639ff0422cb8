"""LoRA adapters of the offline language model (Hu et al., 2022): W + B·A, a megabyte or two beside the packed weights.

A folder holds any number of them; which one serves is a pointer file that is replaced in one step, with those before it.
An adapter is named by a hash of its contents: a file that was changed or cut short is found out before it serves.
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

from recsys.errors import ModelMismatch, NotFound
from recsys.language.packed import Floats, Packed

log = logging.getLogger("recsys")
_POINTER = "applied.json"
Factors = dict[str, tuple[npt.NDArray[np.float16], npt.NDArray[np.float16]]]


@dataclass(frozen=True)
class Adapter:
    """Factors (B (out, r), A (r, in)) by the name of the packed matrix; `base` is the encoder that they were trained on."""

    base: str
    factors: Factors
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """A hash of base and factors."""
        digest = hashlib.blake2b(self.base.encode(), digest_size=5)
        for matrix in sorted(self.factors):
            digest.update(matrix.encode())
            for factor in self.factors[matrix]:
                digest.update(np.ascontiguousarray(factor).tobytes())
        return digest.hexdigest()

    def save(self, folder: Path) -> Path:
        """Write `folder`/NAME.safetensors; it appears whole or not at all."""
        folder.mkdir(parents=True, exist_ok=True)
        tensors = {f"{m}|{side}": f for m, pair in self.factors.items() for side, f in zip("BA", pair, strict=True)}
        path = folder / f"{self.name}.safetensors"
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            written = Path(scratch) / "adapter"
            save_file(tensors, written, metadata={"base": self.base, "figures": json.dumps(self.figures)})
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
                tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
            matrices = {key.partition("|")[0] for key in tensors}
            found = cls(
                meta["base"],
                {m: (tensors[f"{m}|B"], tensors[f"{m}|A"]) for m in matrices},
                json.loads(meta.get("figures", "{}")),
            )
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


class Tuned(Packed):
    """The packed model with an adapter merged into its matrices, so that what serves costs what the base costs."""

    def __init__(self, path: Path | None, adapter: Adapter) -> None:
        super().__init__(path)
        self._factors = adapter.factors

    def floats(self, name: str) -> Floats:
        """See `Packed.floats`."""
        flat = super().floats(name)
        if name not in self._factors:
            return flat
        b, a = (f.astype(np.float32) for f in self._factors[name])
        out: Floats = flat + (b @ a).ravel()
        return out


def history(folder: Path) -> list[str]:
    """The names of the adapters that were applied, the one that serves last; empty where the base model serves."""
    try:
        return [str(n) for n in json.loads((folder / _POINTER).read_text("utf-8"))["applied"]]
    except (OSError, ValueError, KeyError):
        return []


def _point(folder: Path, names: list[str]) -> None:
    written = folder / f"{_POINTER}.{os.getpid()}"
    written.write_text(json.dumps({"applied": names}), "utf-8")
    os.replace(written, folder / _POINTER)


def apply(folder: Path, name: str, base: str) -> Adapter:
    """Let an adapter serve from the next start on.

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
