"""How well what comes next is found in real logs: leave one out, every item ranked, those in the history left out.

A folder holds train.tsv, valid.tsv, test.tsv (user, item, rating, timestamp) and items.tsv (item, title, …). The order of
lines within a user is the sequence. Training sees train.tsv; the epoch and the weights of the blend are chosen on
valid.tsv; the test ranks the item of test.tsv after all that came before, valid.tsv included.
"""

import csv
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from recsys.behavior import BehaviorModel
from recsys.behavior.histories import History, numbered
from recsys.behavior.model import centred
from recsys.behavior.scoring import Items
from recsys.behavior.training import REAL, Epoch, Training, train
from recsys.catalog.catalog import embed, load_vectors, save_vectors
from recsys.datamodels import EVENT_KINDS
from recsys.errors import InvalidInput
from recsys.evaluation.metrics import expected_ranks, mean
from recsys.evaluation.strategies import (
    Blend,
    Content,
    Factorisation,
    LastItem,
    Lstm,
    Neighbours,
    Popularity,
    Rows,
    Strategy,
    Vectors,
    candidates_of,
)
from recsys.language.encoder import Encoder, fingerprint

Progress = Callable[[str], None]
Report = Callable[[Epoch], None]
_BLENDED = 1000  # people of the validation data that the blend's weights are learned on


@dataclass(frozen=True)
class Logs:
    """A folder read: item ids and texts, and of each person the whole history, of which the last two steps are held out.

    `train`, `valid`, `test` are histories without the held-out steps, up to the validated one, and whole.
    """

    name: str
    items: Sequence[str]
    texts: Sequence[str]
    train: Sequence[History]
    valid: Sequence[History]
    test: Sequence[History]


def read_logs(folder: Path) -> Logs:
    """Read a folder.

    Raises:
        InvalidInput: a file is missing or a line does not have the form above.
    """
    header, *lines = _lines(folder / "items.tsv")
    if header[:2] != ["item", "title"]:
        raise InvalidInput(f"{folder / 'items.tsv'} begins with {header}; its first columns must be item and title")
    row = {line[0]: n for n, line in enumerate(lines)}
    texts = [". ".join(part.replace("|", ", ") for part in line[1:] if part) for line in lines]
    steps: dict[str, list[tuple[int, float, float]]] = {}
    ends: dict[str, dict[str, int]] = {}  # of each file, where in the sequences of its people it ends
    for part in ("train", "valid", "test"):
        lines = _lines(folder / f"{part}.tsv")[1:]
        for number, line in enumerate(lines, 2):
            try:
                user, item, rating, at = line
                steps.setdefault(user, []).append((row[item], float(rating or "nan"), float(at)))
            except (ValueError, KeyError) as error:
                raise InvalidInput(
                    f"{part}.tsv line {number} is not user, item, rating, timestamp of a known item ({error}); correct it"
                ) from error
        ends[part] = {user: len(steps[user]) for user in dict.fromkeys(line[0] for line in lines)}
    ratings = np.array([rating for own in steps.values() for _, rating, _ in own])
    low, high = (np.nanmin(ratings), np.nanmax(ratings)) if np.isfinite(ratings).any() else (0.0, 0.0)
    whole = {user: _history(own, low, high) for user, own in steps.items()}
    train, valid, test = ([whole[user][:t] for user, t in ends[part].items() if t > 1] for part in ends)
    return Logs(folder.name, list(row), texts, train, *([h for h in held if _is_new(h)] for held in (valid, test)))


def _is_new(h: History) -> bool:
    """Whether the last step's item came for the first time: others are no candidates, so they cannot be asked for."""
    return h.rows[-1] not in h.rows[:-1]


def _lines(path: Path) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"cannot read {path}: {error}; a tab-separated file in UTF-8 is expected") from error


def _history(steps: Sequence[tuple[int, float, float]], low: float, high: float) -> History:
    """Ratings become -1..1 over the scale of the log, no rating 0."""
    rows, ratings, at = (np.array(column) for column in zip(*steps, strict=True))
    rated = np.isfinite(ratings) & (high > low)
    values = np.where(rated, 2 * (np.nan_to_num(ratings) - low) / max(high - low, 1e-9) - 1, 0).astype(np.float32)
    kinds = np.where(rated, EVENT_KINDS.index("rate"), EVENT_KINDS.index("click"))
    gaps = np.log1p(np.maximum(np.diff(at, prepend=at[:1]), 0)).astype(np.float32)
    return History(rows.astype(np.int64), kinds.astype(np.int64), values, gaps, np.ones(len(rows), bool))


def item_vectors(logs: Logs, encoder: Encoder, cache: Path, progress: Progress) -> Vectors:
    """The centred vectors (n, dim) of the items' texts, kept in the cache."""
    keys = [fingerprint(encoder.name, t) for t in logs.texts]
    path = cache / "evaluation" / f"{logs.name}-{encoder.name.replace('/', '_')}.npz"
    vectors, fresh = embed(logs.texts, keys, load_vectors([path]), lambda t: encoder.encode_items(t, progress))
    if fresh:
        save_vectors(path, keys, vectors)
    return centred(vectors, vectors.mean(axis=0))


def measure(strategy: Strategy, held: Sequence[History], n: int) -> dict[str, float]:
    """hr@10, ndcg@10 and mrr@10 of the last step of each history, by its expected rank among its ties."""
    ranks = []
    for h in held:
        candidates = candidates_of(h, n)
        target = int(np.searchsorted(candidates, h.rows[-1]))
        ranks.append(expected_ranks(strategy.score(h[:-1], candidates), [target])[0])
    rank = np.array(ranks)
    top = rank <= 10
    gains = {"hr@10": top, "ndcg@10": top / np.log2(rank + 1), "mrr@10": top / rank}
    return {name: round(float(gain.mean()), 4) for name, gain in gains.items()}


def baselines(histories: Sequence[History], vectors: Vectors) -> dict[str, Strategy]:
    """Every strategy but the LSTM, fitted on these histories."""
    n = len(vectors)
    return {
        "popularity": Popularity(histories, n), "last_item": LastItem(histories, n), "item_knn": Neighbours(histories, n),
        "content": Content(vectors), "factorisation": Factorisation(histories, n),
    }  # fmt: skip


def fit(
    logs: Logs, vectors: Vectors, encoder: str, ids: Rows | None, seed: int, how: Training, report: Report
) -> BehaviorModel:
    """The behaviour model trained on a folder, the epoch chosen on its validation data."""
    return train(logs.train, vectors, encoder, ids=ids, seed=seed, how=how, held=logs.valid, report=report)[0]


def evaluate(
    folder: Path, encoder: Encoder, cache: Path, progress: Progress, *, seeds: int = 3, how: Training = REAL,
    hide: float = 0.0, report: Report = lambda epoch: None,
) -> dict[str, Any]:  # fmt: skip
    """Train on a folder and test on it; the figures of the LSTM and the blend are means over the seeds.

    With `hide`, this share of the items is absent from training, and only people whose next item is one of them count.
    """
    logs = read_logs(folder)
    vectors, n = item_vectors(logs, encoder, cache, progress), len(logs.items)
    test = logs.test
    if hide:
        hidden = np.random.default_rng(0).random(n) < hide
        logs = replace(logs, train=[h for h in (h.only(~hidden[h.rows]) for h in logs.train) if len(h.rows)])
        test = [h for h in test if hidden[h.rows[-1]]]
        if not test:
            raise InvalidInput("no person of the test has a hidden next item; hide a larger share")
    progress("Fitting the baselines …")
    others, ids = baselines(logs.train, vectors), numbered(logs.train, n)
    figures: dict[str, Any] = {"n": len(test), "items": n, "chance_hr@10": round(_chance(test, n), 4)}
    figures["baselines"] = {name: measure(s, test, n) for name, s in others.items()}
    lstm, blend, weights, began = [], [], [], time.perf_counter()
    for seed in range(seeds):
        progress(f"Seed {seed + 1} of {seeds}: training …")
        model = Lstm(fit(logs, vectors, encoder.name, ids, seed, how, report), Items.of(vectors, ids))
        figures.setdefault("train_seconds", round(time.perf_counter() - began, 1))
        progress(f"Seed {seed + 1} of {seeds}: testing …")
        mixed = Blend.learned([model, *others.values()], logs.valid[:_BLENDED], n)
        lstm.append(measure(model, test, n))
        blend.append(measure(mixed, test, n))
        weights.append(mixed.weights)
    figures["blend_weights"] = _named(["lstm", *others], np.mean(weights, axis=0))
    return {**mean(lstm), "blend": mean(blend), **figures, "by_seed": {"lstm": lstm, "blend": blend}}


def evaluate_zero_shot(
    source: Path, folder: Path, encoder: Encoder, cache: Path, progress: Progress, *, seeds: int = 3,
    how: Training = REAL, report: Report = lambda epoch: None,
) -> dict[str, Any]:  # fmt: skip
    """Train on one folder, test on another, whose histories teach nothing; `blend` adds how often its items come.

    The weights of the blend are learned on the validation data of the folder that is trained on.
    """
    learned, logs = read_logs(source), read_logs(folder)
    old, new = (item_vectors(each, encoder, cache, progress) for each in (learned, logs))
    n, others = len(logs.items), baselines(logs.train, new)
    before = Popularity(learned.train, len(old))
    figures = {"n": len(logs.test), "baselines": {name: measure(s, logs.test, n) for name, s in others.items()}}
    lstm, blend, weights = [], [], []
    for seed in range(seeds):
        progress(f"Seed {seed + 1} of {seeds}: training …")
        model = fit(learned, old, encoder.name, None, seed, how, report).abroad()
        mixed = Blend.learned([Lstm(model, Items.of(old)), before], learned.valid[:_BLENDED], len(old))
        moved = Lstm(model, Items.of(new))
        lstm.append(measure(moved, logs.test, n))
        blend.append(measure(Blend([moved, others["popularity"]], mixed.weights), logs.test, n))
        weights.append(mixed.weights)
    figures["blend_weights"] = _named(["lstm", "popularity"], np.mean(weights, axis=0))
    return {**mean(lstm), "blend": mean(blend), **figures, "by_seed": {"lstm": lstm, "blend": blend}}


def _chance(held: Sequence[History], n: int) -> float:
    return float(np.mean([min(10 / len(candidates_of(h, n)), 1) for h in held]))


def _named(names: Sequence[str], weights: npt.NDArray[np.floating]) -> dict[str, float]:
    return {name: round(float(w), 3) for name, w in zip(names, weights, strict=True)}
