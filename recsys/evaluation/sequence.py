"""How well what comes next is found in real logs: leave one out, every item ranked, those in the history left out.

A folder holds train.tsv, valid.tsv, test.tsv (user, item, rating, timestamp) and items.tsv (item, title, …). The order of
lines within a user is the sequence. Training sees train.tsv; the epoch and the weights of the blend are chosen on
valid.tsv; the test ranks the item of test.tsv after all that came before, valid.tsv included.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from recsys.behavior import BehaviorModel
from recsys.behavior.histories import History, numbered
from recsys.behavior.scoring import Items
from recsys.behavior.steps import centred
from recsys.behavior.training import REAL, Epoch, Training, train
from recsys.catalog.catalog import embed, load_vectors, save_vectors
from recsys.datamodels import EVENT_KINDS
from recsys.errors import InvalidInput
from recsys.evaluation.metrics import expected_ranks, mean, spread
from recsys.evaluation.strategies import (
    Blend,
    Content,
    Factorisation,
    LastItem,
    Level,
    Lstm,
    Neighbours,
    Popularity,
    Rows,
    Strategy,
    Vectors,
    candidates_of,
    scores,
)
from recsys.language.encoder import Encoder, fingerprint

Progress = Callable[[str], None]
Report = Callable[[Epoch], None]
Figures = dict[str, dict[str, float]]  # of each strategy, its metrics
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


def measure(strategies: Mapping[str, Strategy], held: Sequence[History], n: int, blend: Blend | None = None) -> Figures:
    """hr@10, ndcg@10 and mrr@10 of the last step of each history, by its expected rank among its ties, for each strategy.

    With a blend of these strategies, in this order, its figures as well.
    """
    names, ways = [*strategies], list(strategies.values())
    ranks = []
    for h in held:
        candidates = candidates_of(h, n)
        target = int(np.searchsorted(candidates, h.rows[-1]))
        found = scores(ways, h[:-1], candidates)  # (candidates, strategies)
        columns = list(found.T) if blend is None else [*found.T, found @ blend.weights]
        ranks.append([expected_ranks(column, [target])[0] for column in columns])
    return dict(zip(names if blend is None else [*names, "blend"], map(_figures, np.array(ranks).T), strict=True))


def _figures(rank: npt.NDArray[np.floating]) -> dict[str, float]:
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


def counted(histories: Sequence[History], n: int) -> dict[str, Strategy]:
    """The strategies that know of a catalogue's histories only how often each item comes."""
    return {"popularity": Popularity(histories, n), "level": Level(histories, n)}


def fit(
    logs: Logs, vectors: Vectors, encoder: str, ids: Rows | None, seed: int, how: Training, report: Report,
    checkpoints: Path | None,
) -> tuple[BehaviorModel, list[Epoch]]:  # fmt: skip
    """The behaviour model trained on a folder, the epoch chosen on its validation data."""
    kept = None if checkpoints is None else checkpoints / f"{logs.name}-{seed}.pt"
    return train(
        logs.train, vectors, encoder, ids=ids, seed=seed, how=how, held=logs.valid, checkpoint=kept, report=report
    )


def evaluate(
    folder: Path, encoder: Encoder, cache: Path, progress: Progress, *, seeds: int = 3, how: Training = REAL,
    hide: float = 0.0, report: Report = lambda epoch: None, checkpoints: Path | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Train on a folder and test on it; the figures of the LSTM and the blend are means over the seeds.

    With a folder `checkpoints`, a run that was cut off goes on where it was, and one that was done trains nothing again.
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
    found, weights, seconds = [], [], []
    for seed in range(seeds):
        progress(f"Seed {seed + 1} of {seeds}: training …")
        model, epochs = fit(logs, vectors, encoder.name, ids, seed, how, report, checkpoints)
        seconds.append(sum(e.seconds for e in epochs))
        progress(f"Seed {seed + 1} of {seeds}: testing …")
        ways = {"lstm": Lstm(model, Items.of(vectors, ids)), **others}
        mixed = Blend.learned(list(ways.values()), logs.valid[:_BLENDED], n)
        found.append(measure(ways, test, n, mixed))
        weights.append(mixed.weights)
    figures["train_cpu_seconds"] = round(float(np.mean(seconds)), 1)
    return _summary(found, [*others], weights, figures)


def evaluate_zero_shot(
    source: Path, folder: Path, encoder: Encoder, cache: Path, progress: Progress, *, seeds: int = 3,
    how: Training = REAL, report: Report = lambda epoch: None, checkpoints: Path | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Train on one folder, test on another, of whose histories nothing is known but how often each item comes.

    The LSTM alone knows not even that. The blend adds it, with weights learned on the validation data of the folder that
    is trained on.
    """
    learned, logs = read_logs(source), read_logs(folder)
    old, new = (item_vectors(each, encoder, cache, progress) for each in (learned, logs))
    before, after = counted(learned.train, len(old)), counted(logs.train, len(new))
    found, weights = [], []
    for seed in range(seeds):
        progress(f"Seed {seed + 1} of {seeds}: training …")
        model = fit(learned, old, encoder.name, None, seed, how, report, checkpoints)[0].abroad()
        mixed = Blend.learned([Lstm(model, Items.of(old)), *before.values()], learned.valid[:_BLENDED], len(old))
        ways = {"lstm": Lstm(model, Items.of(new)), **after}
        found.append(measure(ways, logs.test, len(new), Blend(list(ways.values()), mixed.weights)))
        weights.append(mixed.weights)
    figures = {"n": len(logs.test), "items": len(new), "chance_hr@10": round(_chance(logs.test, len(new)), 4)}
    return _summary(found, [*after], weights, figures)


def _summary(
    found: Sequence[Figures], others: Sequence[str], weights: Sequence[npt.NDArray[np.floating]], figures: dict[str, Any]
) -> dict[str, Any]:  # fmt: skip
    """The LSTM and the blend as means over the seeds with their standard deviations, the others as of the first seed."""
    lstm, blend = ([seed[name] for seed in found] for name in ("lstm", "blend"))
    return {
        **mean(lstm), "blend": mean(blend), "sd": {**spread(lstm), "blend": spread(blend)}, **figures,
        "baselines": {name: found[0][name] for name in others}, "blend_weights": _named(["lstm", *others], np.mean(weights, axis=0)),
        "by_seed": {"lstm": lstm, "blend": blend},
    }  # fmt: skip


def _chance(held: Sequence[History], n: int) -> float:
    return float(np.mean([min(10 / len(candidates_of(h, n)), 1) for h in held]))


def _named(names: Sequence[str], weights: npt.NDArray[np.floating]) -> dict[str, float]:
    return {name: round(float(w), 3) for name, w in zip(names, weights, strict=True)}
