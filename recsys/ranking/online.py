"""The weights of r(z) move a little with a person's own reactions, and go back where that does not pay.

Every list that the person reacted to is one step of pairwise logistic regression (Burges et al., RankNet, 2005): what pleased should
stand above what did not. A reaction counts by the inverse of how likely its item was to be shown and seen at its rank (Joachims,
Swaminathan and Schnabel, 2017). Steps and weights are bounded. Before each step both heads are judged on the list, which neither has
learned from: by the reactions that its order of the list would have brought. The moved head serves only while its running reward is above
that of the base; where it falls below, learning starts anew from the base.

All of it is a function of the lists and of the events that stand: take an event back and the weights before it come back bit for bit;
nobody's reactions move the weights of anybody else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recsys.datamodels import Event
from recsys.ranking.ranker import PARTS

TUNING = "tuning"  # the part that the moved weights add
REACTIONS = 20  # latest ones that are learned from
_RATE, _STEP = 0.1, 0.05  # of learning; and the most that a weight moves by one list
_LEAST, _MOST = 0.5, 2.0  # what a weight may be multiplied by
_MEMORY = 0.8  # how much of the running reward stays from list to list
_BIAS = 0.5  # rank r is seen with probability r^-bias
_HEAVIEST = 10.0  # inverse propensities are cut there
Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shown:
    """One list as it was shown, by rank: item ids, their weighted parts in the order of `PARTS`, and propensities."""

    at: float
    items: tuple[str, ...]
    parts: tuple[tuple[float, ...], ...]
    propensity: tuple[float, ...]

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]]) -> "Shown":
        """From the rows of one list as they are kept."""
        parts = tuple(tuple(float(r["parts"].get(name, 0.0)) for name in PARTS) for r in rows)
        return cls(rows[0]["at"], tuple(r["item_id"] for r in rows), parts, tuple(r["propensity"] for r in rows))


@dataclass(frozen=True, slots=True)
class Head:
    """What was learned to multiply each weight by, the running rewards of that and of the base, and how often it went back to the base."""

    scale: tuple[float, ...] = (1.0,) * len(PARTS)
    reward: float = 0.0
    base_reward: float = 0.0
    reverted: int = 0
    lists: int = 0

    @property
    def moved(self) -> bool:
        """Whether it serves, with other weights than the base's."""
        return self.reward > self.base_reward and any(s != 1 for s in self.scale)

    def to_json(self) -> dict[str, Any]:
        """The form of the endpoints."""
        scale = {name: round(s, 6) for name, s in zip(PARTS, self.scale, strict=True)}
        return {"serves": self.moved, "scale": scale, "reward": round(self.reward, 6), "base_reward": round(self.base_reward, 6),
                "reverted": self.reverted, "lists": self.lists}  # fmt: skip

    def adds(self, parts: Mapping[str, Array]) -> Array:
        """What the learned weights add to the logits (n,) of weighted parts."""
        out: Array = np.sum([(s - 1) * parts[name] for name, s in zip(PARTS, self.scale, strict=True)], axis=0)
        return out


def adapted(shown: Sequence[Shown], events: Sequence[Event]) -> Head:
    """The head after the latest reactions of a person to lists, both oldest first."""
    head = Head()
    for one, judged in _reactions(shown, events):
        head = _step(_guarded(head, one, judged), one, judged)
    return head


def _reactions(shown: Sequence[Shown], events: Sequence[Event]) -> list[tuple[Shown, Array]]:
    """The lists that were reacted to with what each item's reaction says (n,): 1, -1, or 0 without; the last one counts."""
    judged = [e for e in events if e.item_id and e.verdict][-REACTIONS:]
    found: dict[int, Array] = {}
    for event in judged:
        lists = (
            n for n in range(len(shown) - 1, -1, -1) if shown[n].at <= event.at and event.item_id in shown[n].items
        )
        if (n := next(lists, None)) is not None:
            found.setdefault(n, np.zeros(len(shown[n].items)))[shown[n].items.index(event.item_id)] = event.verdict
    return [(shown[n], found[n]) for n in sorted(found)]


def _weights(one: Shown) -> tuple[Array, Array]:
    """How likely each rank is to be seen (n,), and the inverse of how likely each item was shown and seen there (n,)."""
    seen = np.arange(1.0, len(one.items) + 1) ** -_BIAS
    return seen, np.minimum(1 / (seen * np.array(one.propensity)), _HEAVIEST)


def _guarded(head: Head, one: Shown, judged: Array) -> Head:
    """Both heads judged on a list by inverse propensity scoring; the base again where the moved head has fallen below it."""
    seen, inverse = _weights(one)
    parts = np.array(one.parts)  # (n, parts)

    def earned(scale: Sequence[float]) -> float:
        place = np.argsort(np.argsort(-(parts @ np.array(scale)), kind="stable"), kind="stable")
        return float(judged @ (seen[place] * inverse))

    reward = _MEMORY * head.reward + (1 - _MEMORY) * earned(head.scale)
    base = _MEMORY * head.base_reward + (1 - _MEMORY) * earned(Head().scale)
    if reward < base:
        return Head(reverted=head.reverted + 1, lists=head.lists + 1)
    return Head(head.scale, reward, base, head.reverted, head.lists + 1)


def _step(head: Head, one: Shown, judged: Array) -> Head:
    """A bounded step towards what pleased above what did not, of all pairs of one list."""
    good, bad = np.flatnonzero(judged > 0), np.flatnonzero(judged < 0)
    if not len(good) or not len(bad):
        return head
    _, inverse = _weights(one)
    parts, scale = np.array(one.parts), np.array(head.scale)
    apart = parts[good][:, None] - parts[bad][None]  # (good, bad, parts)
    weight = inverse[good][:, None] * inverse[bad][None]
    wrong = weight / (1 + np.exp(apart @ scale))  # (good, bad)
    gradient = np.einsum("gb,gbp->p", wrong, apart) / weight.sum()
    moved = np.clip(scale + np.clip(_RATE * gradient, -_STEP, _STEP), _LEAST, _MOST)
    return Head(tuple(moved.tolist()), head.reward, head.base_reward, head.reverted, head.lists)
