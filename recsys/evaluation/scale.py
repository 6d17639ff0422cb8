"""Whole turns over large catalogues: time, memory, opening, and recall under filters, each size in a process of its own."""

import gc
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from recsys.datamodels import Constraint
from recsys.evaluation.bench import NEEDS, rss_mb, timed
from recsys.evaluation.live import live
from recsys.evaluation.metrics import overlap
from recsys.evaluation.synthetic import SHELVES, build, nearest
from recsys.language.encoder import SentenceEncoder
from recsys.loading import dense_file
from recsys.recommender import Recommender
from recsys.settings import Settings
from recsys.store import SqliteStore

Progress = Callable[[str], None]
_NAME, _EVENTS, _AT, _FEW = "bench", 50, 50, 5


def scaled(items: int, rounds: int, settings: Settings, progress: Progress) -> dict[str, Any]:
    """Turns over so many synthetic items; they are made, and measured, in processes of their own, so that memory is the server's."""
    home = Path(tempfile.mkdtemp())
    own = settings.model_copy(update={"home": home, "catalog": _NAME})
    try:
        progress(f"Making {items:,} items …")
        _apart(_make, items, own, settings.cache)
        progress(f"Measuring turns over {items:,} items …")
        _apart(_measure, items, rounds, own, settings.cache, home / "figures.json")
        figures: dict[str, Any] = json.loads((home / "figures.json").read_bytes())
        return figures
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _apart(call: Callable[..., None], *arguments: object) -> None:
    process = get_context("spawn").Process(target=call, args=arguments)
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError(f"{call.__name__} ended with {process.exitcode}")


def _encoder(settings: Settings, cache: Path) -> SentenceEncoder:
    return SentenceEncoder.load(settings.encoder, cache, settings.threads)


def _make(items: int, settings: Settings, cache: Path) -> None:
    seeds = build(items, settings, _encoder(settings, cache))
    np.save(settings.home / "seeds.npy", seeds)


def _measure(items: int, rounds: int, settings: Settings, cache: Path, out: Path) -> None:
    began = time.perf_counter()
    encoder = _encoder(settings, cache)
    recommender = Recommender.load(settings, encoder=encoder, store=SqliteStore(settings.home / "bench.db"))
    loaded = time.perf_counter() - began
    session, rng = recommender.start(), np.random.default_rng(0)
    for row in rng.choice(items, _EVENTS, replace=False):
        recommender.record(session, f"s{row}", str(rng.choice(["like", "click", "click", "dislike"])))
    for i, need in enumerate(NEEDS):  # whatever is made at first use
        recommender.reply(session, f"{need} {-i}")
        recommender.reply(session, f"{list(SHELVES)[i % len(SHELVES)]}的 {need}")
    gc.collect()
    figures: dict[str, Any] = {
        "turn": _turns(recommender, session, [f"{NEEDS[i % len(NEEDS)]} {i}" for i in range(rounds)])
    }
    for shelf, share in _present(recommender).items():
        texts = [f"{shelf}的，适合送给妈妈，{i} 月用" for i in range(rounds // 2)]
        figures[f"turn_{share:.2%}"] = _turns(recommender, session, texts, Constraint("shelf", "eq", shelf))
    told = {"items": items, "ms": figures, "rss_mb": rss_mb(), "load_s": round(loaded, 1), "synthetic": True}
    path = dense_file(recommender.catalog, encoder.name, encoder.dim, settings)
    if path.exists():
        began = time.perf_counter()
        type(recommender.parts.retriever.dense).open(path)  # type: ignore[attr-defined]
        told |= {"index_mb": round(path.stat().st_size / 1e6, 1), "open_s": round(time.perf_counter() - began, 3)}
    told["recall@50"] = _recalls(recommender, items, np.load(settings.home / "seeds.npy"))
    told["live"] = live(recommender)
    out.write_text(json.dumps(told), "utf-8")


def _present(recommender: Recommender) -> dict[str, float]:
    """The shelves that enough items stand on to measure with: of a thousand, none is one in ten thousand."""
    columns = recommender.pipeline.candidates.columns
    return {s: share for s, share in SHELVES.items() if columns.mask([Constraint("shelf", "eq", s)]).sum() >= _FEW}


def _turns(
    recommender: Recommender, session: str, texts: Sequence[str], condition: Constraint | None = None
) -> dict[str, float]:
    """p50 and p99 of turns, each a need of its own; `condition` must have been understood in each."""

    def turn(i: int) -> None:
        reply = recommender.reply(session, texts[i])
        assert condition is None or (reply.state is not None and condition in reply.state.constraints), texts[i]

    def afresh(_: int) -> None:
        recommender.reset(session)

    return timed(turn, len(texts), afresh)


def _recalls(recommender: Recommender, items: int, seeds: np.ndarray) -> dict[str, float]:
    """The share of the 50 nearest items that the index finds, without a filter and under each."""
    parts, columns = recommender.parts, recommender.pipeline.candidates.columns
    queries = np.stack([parts.encoder.encode_query(need) for need in NEEDS])
    masks = {"all": columns.everything} | {
        f"{share:.2%}": columns.mask([Constraint("shelf", "eq", shelf)])
        for shelf, share in _present(recommender).items()
    }
    out = {}
    for name, mask in masks.items():
        exact = nearest(seeds, items, queries, mask, _AT)
        found = [parts.retriever.dense.search(q, recommender.settings.candidates, mask)[0][:_AT] for q in queries]
        out[name] = round(float(np.mean([overlap(f, e) for f, e in zip(found, exact, strict=True)])), 4)
    return out
