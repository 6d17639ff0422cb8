"""Train what a catalogue's recommender learns: the behaviour model, then the weights of r(z), and write a model card."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from recsys.behavior.training import Epoch, History, next_item_ndcg, train
from recsys.datamodels import EVENT_KINDS, Event
from recsys.evaluation.metrics import auc
from recsys.evaluation.simulator import Person, Simulator, histories
from recsys.loading import Parts
from recsys.pipeline import Pipeline
from recsys.ranking import PARTS, Ranker
from recsys.ranking.calibration import Calibration
from recsys.settings import Settings

_THUMBS = (
    1.0  # least weight of feedback: conversations want it (`simulate`), histories made mostly of clicks teach less
)
_LIKED_SHARE = 0.8  # an item is liked if it is in the best fifth, by utility, of what the person looks at


def events_of(history: History, ids: Sequence[str], steps: int) -> list[Event]:
    """The first steps of a simulated history as events."""
    at = np.cumsum(np.expm1(history.gaps))
    return [
        Event(i, "simulated", ids[history.rows[i]], EVENT_KINDS[history.kinds[i]], None, float(at[i]))
        for i in range(steps)
    ]


@dataclass(frozen=True, slots=True)
class Impressions:
    """One list that a simulated person was shown: the features of r(z) by name, and whether each item is liked; all (n,)."""

    features: dict[str, npt.NDArray[np.float64]]
    liked: npt.NDArray[np.float64]


def impressions(
    pipeline: Pipeline,
    simulator: Simulator,
    people: Sequence[tuple[Person, History]],
    progress: Callable[[str], None],
) -> list[Impressions]:
    """A need of each person, after a part of their history, and the list it brings; lists with nothing to tell apart are left out."""
    ids, out = [i.id for i in pipeline.items], []
    for n, (person, history) in enumerate(people, 1):
        steps = int(simulator.rng.integers(0, len(history.rows) - 1))
        events = events_of(history, ids, steps)
        query, utility = simulator.need(person, history.rows[:steps], pipeline.schema)
        mask = pipeline.columns.mask(query.constraints)
        mask[history.rows[:steps]] = False
        rows, features = pipeline.features(query, mask, events, pipeline.preference(events))
        liked = (
            (utility[rows] > np.quantile(utility[mask], _LIKED_SHARE)).astype(np.float64) if mask.any() else np.zeros(0)
        )
        if 0 < liked.sum() < len(liked):
            out.append(Impressions({name: np.asarray(features[name], np.float64) for name in PARTS}, liked))
        if n % 50 == 0:
            progress(f"Impressions of {n:,} of {len(people):,} people")
    return out


def fit_ranker(lists: Sequence[Impressions]) -> Ranker:
    """The weights of r(z) from lists, each list counting the same."""
    features = {name: np.concatenate([i.features[name] for i in lists]) for name in PARTS}
    share = np.concatenate([np.full(len(i.liked), 1 / len(i.liked)) for i in lists])
    ranker = Ranker.fit(features, np.concatenate([i.liked for i in lists]), share)
    weights = {**ranker.weights, "feedback": max(ranker.weights["feedback"], _THUMBS)}
    ranker = replace(ranker, weights=weights)
    return replace(ranker, calibration=Calibration.fit(*shown(ranker, lists)))


def shown(
    ranker: Ranker, lists: Sequence[Impressions], k: int = 10
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The logits of the k best of each list, and whether they are liked: what a probability is said of."""
    logits = [np.sum(list(ranker.weigh(i.features).values()), axis=0) for i in lists]
    best = [np.argsort(-logit, kind="stable")[:k] for logit in logits]
    return (
        np.concatenate([logit[b] for logit, b in zip(logits, best, strict=True)]),
        np.concatenate([i.liked[b] for i, b in zip(lists, best, strict=True)]),
    )


def train_models(
    parts: Parts, settings: Settings, folder: Path, *, people: int, epochs: int, seed: int,
    report: Callable[[Epoch], None], progress: Callable[[str], None],
) -> dict[str, Any]:  # fmt: skip
    """Simulate, train, measure on people that training never saw, write weights and card to `folder`; returns the figures."""
    torch.set_num_threads(settings.threads)
    vectors = parts.centred[np.arange(len(parts.centred))]
    started = time.time()
    progress("Simulating people …")
    simulator = Simulator(parts.catalog.items, vectors, seed)
    fitted = [h for _, h in histories(simulator, people)]
    behavior, epochs_run = train(fitted, vectors, parts.encoder.name, seed=seed, epochs=epochs, report=report)
    others = Simulator(parts.catalog.items, vectors, seed + 1)
    fresh = histories(others, max(40, people // 4))
    half = len(fresh) // 2
    pipeline = Pipeline(replace(parts, behavior=behavior), settings)
    ranker = fit_ranker(impressions(pipeline, others, fresh[:half], progress))
    tested = impressions(pipeline, others, fresh[half:], progress)
    figures: dict[str, Any] = {
        "people": people, "seed": seed, "epochs": len(epochs_run), "loss": round(epochs_run[-1].loss, 4),
        "behaviour_ndcg@10": round(next_item_ndcg(behavior, [h for _, h in fresh], vectors), 4),
        "popularity_ndcg@10": round(_popularity_ndcg(pipeline, [h for _, h in fresh]), 4),
        "ranker_auc": _mean_auc(tested, [np.sum(list(ranker.weigh(i.features).values()), axis=0) for i in tested]),
        "auc_by_part": {n: _mean_auc(tested, [i.features[n] for i in tested]) for n in PARTS},
        "weights": dict(ranker.weights), "seconds": round(time.time() - started, 1),
    }  # fmt: skip
    behavior.save(folder / "behavior.safetensors")
    ranker.save(folder / "ranker.json")
    (folder / "README.md").write_text(_card(parts, figures), "utf-8")
    return figures


def _mean_auc(lists: Sequence[Impressions], scores: Sequence[npt.NDArray[np.float64]]) -> float:
    return round(float(np.mean([auc(s, i.liked) for s, i in zip(scores, lists, strict=True)])), 4)


def _popularity_ndcg(pipeline: Pipeline, held: Sequence[History]) -> float:
    """The floor: rank every item by its popularity."""
    popularity = np.array([i.popularity for i in pipeline.items])
    gains = []
    for h in held:
        liked = np.flatnonzero(h.liked[1:]) + 1
        if len(liked):
            target = int(h.rows[liked[-1]])
            rank = int((popularity > popularity[target]).sum()) + 1
            gains.append(1 / np.log2(rank + 1) if rank <= 10 else 0.0)
    return float(np.mean(gains)) if gains else 0.0


def _card(parts: Parts, figures: dict[str, Any]) -> str:
    by_part = "\n".join(f"| {n} | {figures['auc_by_part'][n]:.3f} | {figures['weights'][n]:.3f} |" for n in PARTS)
    return f"""# Model card: behaviour model and ranking weights

**What.** `behavior.safetensors` is an LSTM (128 units) over a person's events whose last state gives v(y), a direction in the
space of the item vectors of `{parts.encoder.name}`. `ranker.json` holds the weights of r(z) = σ(b + Σ w·part).

**Data.** Synthetic: {figures["people"]:,} simulated people on the catalogue "{parts.catalog.name}" ({len(parts.catalog.items):,} items), drawn by
`recsys/evaluation/simulator.py`, which documents how. No real person's behaviour is in these weights, and what they know of real
people is no more than the simulator assumes. Terms: as the project (Apache-2.0).

**Command.** `python -m recsys train --people {figures["people"]} --seed {figures["seed"]} --out DIR` ({figures["seconds"]:.0f} s on two cores).

**Figures**, on simulated people that training did not see: next liked item among all items, NDCG@10 {figures["behaviour_ndcg@10"]:.3f}
(popularity {figures["popularity_ndcg@10"]:.3f}); liked or not among the items shown for a need, mean AUC of a list {figures["ranker_auc"]:.3f}.

| part | AUC alone | weight |
| --- | --- | --- |
{by_part}

**Limits.** Simulated tastes are simpler than people's. Retrain on your own logs where you have them.

```json
{json.dumps(figures, ensure_ascii=False)}
```
"""
