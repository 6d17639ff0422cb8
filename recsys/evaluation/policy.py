"""What would another ranker have earned on an old log? Counterfactual estimates from logged lists, their ranks and propensities.

The reward of an answer is how many of its items were liked, kept or bought. What is seen depends on the rank alone: rank r with
probability r^-bias (Joachims, Swaminathan and Schnabel, 2017). The other ranker orders the items of each list anew and explores nothing.
A list whose last item was drawn to explore is none that it would show; any other weighs the inverse of the probability that nothing was
drawn, and an item of it (seen at its new rank) / (seen at its old one): IPS. SNIPS divides by the sum of the lists' weights instead
(Swaminathan and Joachims, 2015); DR adds the logged ranker's own expectation, and weighs only what it missed (Dudík et al., 2011).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recsys.ranking import PARTS, Ranker
from recsys.store import SqliteStore

Array = npt.NDArray[np.float64]
_PLEASED = {"like": 0.0, "favourite": 0.0, "purchase": 0.0, "rate": 0.6}  # the least value that is a reward
_DRAWS = 2000


@dataclass(frozen=True)
class Logged:
    """One answer as logged, by rank: the weighted parts (n, parts), propensities and rewards (n,)."""

    parts: Array
    propensity: Array
    reward: Array
    explored: bool = False  # whether the last item was drawn as something new


def read_log(store: SqliteStore, catalog: str) -> list[Logged]:
    """Every list that was shown in a catalogue; a reaction belongs to the latest list that showed its item before."""
    lists: dict[int, list[dict[str, Any]]] = {}
    latest: dict[tuple[str, str], dict[str, Any]] = {}
    shown, events = store.log(catalog)
    todo = sorted([*shown, *events], key=lambda row: (row["at"], "kind" in row))
    for row in todo:
        key = row["session_id"], row["item_id"]
        if "kind" not in row:
            latest[key] = row | {"reward": 0.0}
            lists.setdefault(row["message_id"], []).append(latest[key])
        elif key in latest and row["kind"] in (*_PLEASED, "dislike"):
            latest[key]["reward"] = float(row["kind"] in _PLEASED and (row["value"] or 0.0) >= _PLEASED[row["kind"]])
    out = []
    for rows in lists.values():
        rows.sort(key=lambda row: int(row["rank"]))
        parts = np.array([[row["parts"].get(name, 0.0) for name in (*PARTS, "bias")] for row in rows])
        propensity, reward = (np.array([row[k] for row in rows], np.float64) for k in ("propensity", "reward"))
        out.append(Logged(parts, propensity, reward, any(row["explored"] for row in rows)))
    return out


def evaluate(log: Sequence[Logged], logged: Ranker, other: Ranker, bias: float = 0.5) -> dict[str, Any]:
    """Likes per answer: what was earned, and what the other ranker would have earned by IPS, SNIPS and DR, with 95 % intervals."""
    change = np.array([other.weights[n] / logged.weights[n] if logged.weights[n] else 0.0 for n in PARTS])
    rows = []
    for one in log:
        seen = np.arange(1.0, len(one.reward) + 1) ** -bias
        logits = one.parts[:, :-1] @ change
        liking = np.array([logged.calibration.likely(x) for x in one.parts.sum(axis=1)])
        now, sure = _ranked(logits, seen), one.propensity == 1  # those that would have been shown whatever was drawn
        chance = 0.0 if one.explored else float(1 / one.propensity.prod())
        weight = now / seen
        expected = _ranked(logits[sure], seen) @ liking[sure]
        doubly = expected + chance * (now @ liking + weight @ (one.reward - seen * liking) - expected)
        weight *= chance
        rows.append((one.reward.sum(), weight @ one.reward, chance, doubly, len(weight), weight.sum(), weight @ weight))
    table = np.array(rows, np.float64).reshape(-1, 7)
    if not len(table):
        return {"answers": 0, "note": "nothing was logged yet"}
    draws = np.random.default_rng(0).integers(len(table), size=(_DRAWS, len(table)))
    estimates: dict[str, Callable[[Array], Array]] = {
        "earned": lambda t: t[..., 0].mean(axis=-1),
        "ips": lambda t: t[..., 1].mean(axis=-1),
        "snips": lambda t: t[..., 1].sum(axis=-1) / np.maximum(t[..., 2].sum(axis=-1), 1e-9),
        "dr": lambda t: t[..., 3].mean(axis=-1),
    }
    figures: dict[str, Any] = {"answers": len(table), "items": int(table[:, 4].sum()), "bias": bias}
    for name, estimate in estimates.items():
        ends = np.quantile(estimate(table[draws]), [0.025, 0.975])
        figures[name] = {"likes": round(float(estimate(table)), 4), "ci95": [round(float(e), 4) for e in ends]}
    figures["effective_items"] = round(float(table[:, 5].sum() ** 2 / table[:, 6].sum()), 1)
    return figures


def _ranked(logits: Array, seen: Array) -> Array:
    """How likely each item (n,) is to be seen where its logit puts it, of how likely each rank is."""
    places: Array = seen[np.argsort(np.argsort(-logits, kind="stable"), kind="stable")]
    return places
