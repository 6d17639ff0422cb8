"""The vectors of a catalogue's items and values: encoded once and kept, so that it goes on where it stopped."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from recsys.catalog import Catalog
from recsys.catalog.catalog import load_vectors, save_vectors
from recsys.language.encoder import Encoder, fingerprint
from recsys.language.nearest import texts
from recsys.settings import Settings

Progress = Callable[[str], None]
_BATCH, _SAVED = 64, 2048  # items encoded at once, and between two savings


def item_vectors(
    catalog: Catalog, folder: Path, encoder: Encoder, settings: Settings, progress: Progress
) -> npt.NDArray[np.float32]:
    """The items' vectors (n, dim): those on disk whose fingerprint fits, the others encoded now and kept.

    Vectors are written every few thousand items and when encoding is interrupted, so it goes on where it stopped.
    """
    return _vectors(catalog.texts(), "vectors.npz", catalog, folder, encoder, settings, progress)


def value_vectors(
    catalog: Catalog, folder: Path, encoder: Encoder, settings: Settings, progress: Progress
) -> npt.NDArray[np.float32]:
    """The vectors (n, dim) of the values that a phrase may mean, kept like those of the items."""
    return _vectors(texts(catalog.schema), "values.npz", catalog, folder, encoder, settings, progress)


def _vectors(
    said: Sequence[str], name: str, catalog: Catalog, folder: Path, encoder: Encoder, settings: Settings, progress: Progress
) -> npt.NDArray[np.float32]:  # fmt: skip
    keys = [fingerprint(encoder.name, t) for t in said]
    kind = "" if name == "vectors.npz" else "values-"
    cache = settings.cache / "vectors" / f"{catalog.name}-{kind}{encoder.name.replace('/', '_')}.npz"
    known = load_vectors([folder / name, cache])
    missing = {key: text for key, text in zip(keys, said, strict=True) if key not in known}
    if missing:
        try:
            for _ in encode_missing(missing, known, encoder, progress):
                _keep(cache, keys, known)
        finally:
            _keep(cache, keys, known)
    if not keys:
        return np.zeros((0, encoder.dim), np.float32)
    vectors: npt.NDArray[np.float32] = np.stack([known[key] for key in keys])
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return vectors


def encode_missing(
    missing: Mapping[str, str], known: dict[str, npt.NDArray[np.float32]], encoder: Encoder, progress: Progress
) -> Iterator[int]:
    """Encode texts by key into `known`, the short ones first; yields the count whenever it is time to save."""
    order = sorted(missing, key=lambda key: len(missing[key]))
    letters, total, began = 0, sum(map(len, missing.values())), time.perf_counter()
    for start in range(0, len(order), _BATCH):
        batch = order[start : start + _BATCH]
        known.update(zip(batch, encoder.encode_items([missing[key] for key in batch]), strict=True))
        letters += sum(len(missing[key]) for key in batch)
        done, spent = start + len(batch), time.perf_counter() - began
        left = spent * (total - letters) / max(letters, 1)
        progress(f"Encoding items {done:,} of {len(order):,} · {done / spent:,.0f}/s · {_minutes(left)} left")
        if done % _SAVED < _BATCH <= done:
            yield done


def _keep(cache: Path, keys: Sequence[str], known: Mapping[str, npt.NDArray[np.float32]]) -> None:
    have = [key for key in dict.fromkeys(keys) if key in known]
    if have:
        save_vectors(cache, have, np.stack([known[key] for key in have]))


def _minutes(seconds: float) -> str:
    return f"about {seconds / 60:.0f} min" if seconds >= 90 else f"about {seconds:.0f} s"
