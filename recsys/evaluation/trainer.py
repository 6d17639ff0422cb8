"""Train what a catalogue's recommender learns: the behaviour model, then the weights of r(z), and write a model card."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from recsys.behavior.histories import History, Noise, clean, history_of, numbered
from recsys.behavior.model import BehaviorModel
from recsys.behavior.scoring import Items, next_item_ndcg
from recsys.behavior.steps import Vectors
from recsys.behavior.training import REAL, Epoch, Training, train
from recsys.datamodels import EVENT_KINDS, Event, Query
from recsys.errors import InvalidInput
from recsys.evaluation.card import write_card
from recsys.evaluation.metrics import auc
from recsys.evaluation.search import search
from recsys.evaluation.simulator import Person, Simulator, histories
from recsys.loading import Parts
from recsys.pipeline import Pipeline
from recsys.ranking import PARTS, Ranker
from recsys.ranking.calibration import Calibration
from recsys.settings import Settings
from recsys.store import SqliteStore

_THUMBS = (
    1.0  # least weight of feedback: conversations want it (`simulate`), histories made mostly of clicks teach less
)
_LIKED_SHARE = 0.8  # an item is liked if it is in the best fifth, by utility, of what the person looks at
_ENOUGH = 200  # people whose events are enough to learn from
Mask = npt.NDArray[np.bool_]
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Data:
    """What to learn from: histories to fit, moments to weigh r(z) by and to test it by, people that nothing has seen."""

    source: str
    fit: Sequence[History]
    weigh: Sequence["Moment"]
    test: Sequence["Moment"]
    fresh: Sequence[History]
    noise: Noise
    ids: npt.NDArray[np.int64] | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A need of somebody after the first `steps` of a history, and which rows (n,) of those allowed would be liked."""

    history: History
    steps: int
    query: Query
    liked: Callable[[Mask], Mask]


def simulated(parts: Parts, vectors: Vectors, people: int, seed: int) -> Data:
    """Synthetic people of the catalogue; those that r(z) is weighed and tested by are others than those to fit."""
    fit = [h for _, h in histories(Simulator(parts.catalog.items, vectors, seed), people)]
    others = Simulator(parts.catalog.items, vectors, seed + 1)
    fresh = histories(others, max(40, people // 4))
    moments = [simulated_moment(others, parts, *one) for one in fresh]
    half = len(moments) // 2
    return Data("simulated people", fit, moments[:half], moments[half:], [h for _, h in fresh], Noise())


def simulated_moment(simulator: Simulator, parts: Parts, person: Person, history: History) -> Moment:
    """A need of a simulated person after a part of their history; liked is the best fifth, by utility, of what is allowed."""
    steps = int(simulator.rng.integers(0, len(history.rows) - 1))
    query, utility = simulator.need(person, history.rows[:steps], parts.catalog.schema)

    def liked(allowed: Mask) -> Mask:
        out: Mask = utility > np.quantile(utility[allowed], _LIKED_SHARE)
        return out

    return Moment(history, steps, query, liked)


def logged(parts: Parts, vectors: Vectors, settings: Settings, seed: int) -> Data | None:
    """What people did in this catalogue, a fifth of them kept apart; None where too few did enough.

    What they need is put in words as the simulator does, with the next item that they liked in mind.
    """
    if not settings.database.exists():
        return None
    store = SqliteStore(settings.database)
    every, noise = clean([history_of(own, parts.catalog.row) for own in store.people(settings.catalog)])
    store.close()
    every = [h for h in every if len(h.rows) > 2 and h.liked[1:].any()]
    if len(every) < _ENOUGH:
        return None
    simulator = Simulator(parts.catalog.items, vectors, seed)
    order, cut = simulator.rng.permutation(len(every)), len(every) // 5
    apart, fit = [every[i] for i in order[:cut]], [every[i] for i in order[cut:]]
    moments = [_logged_moment(simulator, parts, h) for h in apart]
    return Data(
        "its own events", fit, moments[: cut // 2], moments[cut // 2 :], apart, noise, numbered(fit, len(vectors))
    )


def _logged_moment(simulator: Simulator, parts: Parts, history: History) -> Moment:
    steps = int(simulator.rng.choice(np.flatnonzero(history.liked[1:]) + 1))
    target = int(history.rows[steps])
    query, _ = simulator.words(parts.catalog.items[target].category, target, parts.catalog.schema)
    later = history.rows[steps:][history.liked[steps:]]
    return Moment(history, steps, query, lambda allowed: np.isin(np.arange(len(allowed)), later))


def events_of(history: History, ids: Sequence[str], steps: int) -> list[Event]:
    """The first steps of a history as events."""
    at = np.cumsum(np.expm1(history.gaps))
    kinds = [EVENT_KINDS[k] for k in history.kinds]
    values = [float(v + 1) / 2 if k == "rate" else None for k, v in zip(kinds, history.values, strict=True)]
    return [Event(i, "", ids[history.rows[i]], kinds[i], values[i], float(at[i])) for i in range(steps)]


@dataclass(frozen=True, slots=True)
class Impressions:
    """One list that somebody was shown: the features of r(z) by name, and whether each item is liked; all (n,)."""

    features: dict[str, npt.NDArray[np.float64]]
    liked: npt.NDArray[np.float64]


def impressions(pipeline: Pipeline, moments: Sequence[Moment], progress: Progress) -> list[Impressions]:
    """The list that each moment brings; those with nothing to tell apart are left out."""
    ids, out = [i.id for i in pipeline.items], []
    for n, m in enumerate(moments, 1):
        events = events_of(m.history, ids, m.steps)
        mask = pipeline.candidates.columns.mask(m.query.constraints)
        mask[m.history.rows[: m.steps]] = False
        if not mask.any():
            continue
        rows, features = pipeline.features(m.query, mask, events, pipeline.preference(events))
        liked = m.liked(mask)[rows].astype(np.float64)
        if 0 < liked.sum() < len(liked):
            out.append(Impressions({name: np.asarray(features[name], np.float64) for name in PARTS}, liked))
        if n % 50 == 0:
            progress(f"Impressions of {n:,} of {len(moments):,} people")
    return out


def fit_ranker(lists: Sequence[Impressions]) -> Ranker:
    """The weights of r(z) from lists, each list counting the same."""
    features = {name: np.concatenate([i.features[name] for i in lists]) for name in PARTS}
    share = np.concatenate([np.full(len(i.liked), 1 / len(i.liked)) for i in lists])
    ranker = Ranker.fit(features, np.concatenate([i.liked for i in lists]), share)
    thumbs = max(ranker.weights["feedback"], _THUMBS)
    ranker = replace(ranker, weights={**ranker.weights, "feedback": thumbs, "price": thumbs})
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
    parts: Parts, settings: Settings, folder: Path, *, people: int, epochs: int, seed: int, simulate: bool = False,
    trials: int = 0, only_ranking: bool = False, checkpoint: Path | None = None, report: Callable[[Epoch], None], progress: Progress,
) -> dict[str, Any]:  # fmt: skip
    """Learn from the catalogue's own events, or from simulated people where there are too few or `simulate` says so.

    With `only_ranking` the behaviour model stays the one that is served, and r(z) is weighed for it. Measures on people that
    training never saw, writes weights and card to `folder`, and returns the figures.

    Raises:
        InvalidInput: there is no behaviour model to stay.
    """
    torch.set_num_threads(settings.threads)
    started = time.time()
    progress("Gathering histories …")
    vectors = parts.centred[np.arange(len(parts.centred))]
    data = (None if simulate else logged(parts, vectors, settings, seed)) or simulated(parts, vectors, people, seed)
    how = replace(Training() if data.ids is None else REAL, epochs=epochs)
    if trials and not only_ranking:
        how = search(trials, data.fit, vectors, data.ids, seed, how, progress)
    ids, ran = [i.id for i in parts.catalog.items], list[Epoch]()
    if only_ranking:
        if parts.behavior is None:
            raise InvalidInput("no behaviour model is served that could stay; train without --only-ranking")
        behavior = parts.behavior
    else:
        behavior, ran = train(
            data.fit,
            vectors,
            parts.encoder.name,
            ids=data.ids,
            seed=seed,
            how=how,
            checkpoint=checkpoint,
            report=report,
        )
        if data.ids is not None:
            known = [i for i, number in zip(ids, data.ids, strict=True) if number]
            behavior = BehaviorModel(behavior.network, behavior.encoder, known)
    pipeline = Pipeline(parts, settings).with_models(behavior, parts.ranker)
    fitted = impressions(pipeline, data.weigh, progress)
    ranker = fit_ranker(fitted) if fitted else parts.ranker
    tested = impressions(pipeline, data.test, progress)
    every = Items.of(vectors, behavior.numbers(ids), _counts(data.fit, len(ids)))
    figures: dict[str, Any] = {
        "catalog": parts.catalog.name, "items": len(ids), "source": data.source, "people": len(data.fit), "seed": seed,
        "noise": asdict(data.noise), "how": {**asdict(how), "hidden": behavior.network.config["hidden"]},
        "epochs": len(ran), "loss": round(ran[-1].loss, 4) if ran else None, "only_ranking": only_ranking,
        "behaviour_ndcg@10": round(next_item_ndcg(behavior, data.fresh, every), 4),
        "popularity_ndcg@10": round(_popularity_ndcg(pipeline, data.fresh), 4),
        "ranker_auc": _mean_auc(tested, [np.sum(list(ranker.weigh(i.features).values()), axis=0) for i in tested]),
        "auc_by_part": {n: _mean_auc(tested, [i.features[n] for i in tested]) for n in PARTS},
        "weights": dict(ranker.weights), "seconds": round(time.time() - started, 1),
    }  # fmt: skip
    behavior.save(folder / "behavior.safetensors")
    ranker.save(folder / "ranker.json")
    write_card(folder / "README.md", parts.encoder.name, figures)
    if checkpoint is not None:
        checkpoint.unlink(missing_ok=True)
    return figures


def _counts(histories: Sequence[History], n: int) -> npt.NDArray[np.int64]:
    return np.bincount(np.concatenate([h.rows for h in histories]), minlength=n)


def _mean_auc(lists: Sequence[Impressions], scores: Sequence[npt.NDArray[np.float64]]) -> float:
    return round(float(np.mean([auc(s, i.liked) for s, i in zip(scores, lists, strict=True)])), 4) if lists else 0.5


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
