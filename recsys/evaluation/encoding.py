"""The language model as it is served beside the same weights in float32 through sentence-transformers, in one run."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from recsys.catalog import Catalog
from recsys.evaluation.bench import NEEDS
from recsys.language.encoder import SentenceEncoder, Transformers
from recsys.loading import catalog_folder
from recsys.settings import Settings

Progress = Callable[[str], None]
_TEXTS, _ROUNDS = 384, 40


def compare(settings: Settings, progress: Progress) -> dict[str, Any]:
    """Milliseconds of one utterance and items a second of both, taken in turns, with their ratios; cosines between the two."""
    from recsys.language.unpack import unpack

    encoder = SentenceEncoder.load("builtin", settings.cache, settings.threads, progress)
    items = [f"passage: {t}" for t in Catalog.load(catalog_folder(settings)).texts()]
    texts = [items[n] for n in np.random.default_rng(0).choice(len(items), _TEXTS, replace=False)]
    plain = Transformers(str(unpack(settings.cache / "e5-small-v1", progress)))
    one: dict[str, list[float]] = {"ours": [], "theirs": []}
    many: dict[str, list[float]] = {"ours": [], "theirs": []}
    for n in range(_ROUNDS):
        said = f"query: {NEEDS[n % len(NEEDS)]} {n}"
        one["ours"].append(_spent(lambda: encoder.encode_query(said)))  # noqa: B023
        one["theirs"].append(_spent(lambda: plain([said])))  # noqa: B023
    for start in range(0, _TEXTS, 128):
        part = texts[start : start + 128]
        progress(f"Encoding items {start + len(part)} of {_TEXTS} …")
        many["ours"].append(_spent(lambda: encoder.encode_items([t.removeprefix("passage: ") for t in part])))  # noqa: B023
        many["theirs"].append(_spent(lambda: plain(part)))  # noqa: B023
    near = _cosines(encoder.encode_items([t.removeprefix("passage: ") for t in texts]), plain(texts))
    utterance = {name: float(np.median(v)) * 1e3 for name, v in one.items()}
    rate = {name: 128 / float(np.median(v)) for name, v in many.items()}
    return {
        "utterance_ms": {n: round(v, 2) for n, v in utterance.items()}, "utterance_ratio": round(utterance["theirs"] / utterance["ours"], 2),
        "items_per_s": {n: round(v, 1) for n, v in rate.items()}, "items_ratio": round(rate["ours"] / rate["theirs"], 2),
        "cosine": {"mean": round(float(near.mean()), 4), "least": round(float(near.min()), 4)},
    }  # fmt: skip


def _spent(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def _cosines(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    out: npt.NDArray[np.float32] = (a * b).sum(axis=1)
    return out
