"""A person's preference: Bayesian linear regression over item features, solved in its dual form.

Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), eq. 2.23-2.24: with kernel K over the t things that
a person reacted to, targets y and noise N, the mean at an item x is k(x)ᵀ (K + N)⁻¹ y and its variance
k(x, x) − k(x)ᵀ (K + N)⁻¹ k(x). The features are a constant (how easily the person is pleased), whom the item is for (only what pleases
speaks of that), its language vector, its attribute values, its price level and its age. Tastes drift: the likings at two events are
correlated by 2^(−Δt / half-life), and wholly only within a session, which makes the long-term and the short-term part of one closed form.

The noise is what is particular to an item. So of an item that the person judged, the judgement itself is what is expected:
a like can never lower the liked item, nor a dislike raise the disliked one.

A preference is a function of the events alone: take an event back, and the preference before it comes back bit for bit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_solve, cholesky, solve_triangular
from scipy.sparse import csr_matrix

from recsys.datamodels import Event, EventKind
from recsys.feedback.space import PRICE, Array, PreferenceSpace, Rows

# What an event says about liking the item (its target) and how unsure it is (the variance of its noise). With a prior variance of 1,
# one event alone moves the expected liking of its item by target / (1 + noise): a like or a dislike halfway, 0.5; what is kept or bought
# says the same with less doubt, 0.56; a look at an item only tells it from one passed over, 0.06, an eighth of a like, as clicks follow
# the rank and the picture as much as the taste (Joachims et al., 2005); a look of half a minute or more, at which clicks begin to mean
# satisfaction (Fox et al., 2005; Kim et al., 2014), twice that, 0.12, and a shorter one its share of it (the page goes by the pointer, which
# is about where people look: Huang et al., 2011); words said of a value, 0.83 of it.
TARGET: dict[EventKind, float] = {
    "like": 1.0,
    "dislike": -1.0,
    "click": 0.3,
    "dwell": 0.6,
    "favourite": 1.0,
    "purchase": 1.0,
}
NOISE: dict[EventKind, float] = {
    "like": 1.0, "dislike": 1.0, "click": 4.0, "dwell": 4.0, "favourite": 0.8, "purchase": 0.8, "rate": 1.0, "lean": 0.2,
}  # fmt: skip
LONG = 30.0  # seconds of a look that say all that a look can say
HALF_LIFE = 30 * 86400.0  # seconds after which what an event says of today is halved
LASTING = 0.7  # how much of a taste stays from one session to the next
LEAN = 0.5  # the length of the features of a leaning that was said in words
AGREEING = 3  # so many judgements must agree before a leaning to a value is spoken of
_JUDGED = ("like", "dislike", "favourite", "purchase", "rate")


@dataclass(frozen=True, slots=True)
class Leaning:
    """A value that a person leans to (`sign` 1) or away from (-1), by the size of its weight."""

    field: str
    value: str
    sign: int
    weight: float


@dataclass(frozen=True)
class Preference:
    """What the events of one person say."""

    space: PreferenceSpace
    events: Sequence[Event]  # those that say something, oldest first
    rows: Rows  # (t,) of their items; -1 where an event speaks of a value and not of an item
    now: Array  # (t,) how much of the taste at each event is still there
    features: csr_matrix  # (t, values)
    weights: Array  # (t,)
    factor: Array  # (t, t), lower: the Cholesky factor of K + N

    @classmethod
    def fit(cls, space: PreferenceSpace, events: Sequence[Event], rows: Sequence[int]) -> "Preference":
        """The preference after these events on the items in `rows` (-1: none), oldest first; age counts from the last one.

        A `forget` silences what the events before it say of one value.
        """
        heard = [e for e in events if e.kind != "forget"]
        index = np.array([r for r, e in zip(rows, events, strict=True) if e.kind != "forget"], np.int64)
        features = _features(space, events, heard, index)
        if not heard:
            return cls(space, (), index, np.empty(0), features, np.empty(0), np.empty((0, 0)))
        items, drift = (index >= 0).astype(np.float64), _drift(heard)
        likeness = np.outer(items, items) * space.language(*[space.vectors[index]] * 2)
        base = items * space.base[index]
        kernel = np.outer(base, base) + drift * (likeness + (features @ features.T).toarray())
        noise = np.array([NOISE[e.kind] for e in heard])
        factor = np.asarray(cholesky(kernel + np.diag(noise), lower=True, check_finite=False), np.float64)
        target = np.array([target_of(e) for e in heard]) - items * space.mean[index]
        weights = cho_solve((factor, True), target, check_finite=False)
        return cls(space, heard, index, drift[-1], features, np.asarray(weights, np.float64), factor)

    def kernel(self, candidates: Rows) -> Array:
        """The covariance of the liking of the items in these rows now with what each event says -> (n, t)."""
        items = (self.rows >= 0).astype(np.float64)
        likeness = items * self.space.language(self.space.vectors[candidates], self.space.vectors[self.rows])
        likeness += (self.space.features[candidates] @ self.features.T).toarray()
        constant = np.outer(self.space.base[candidates], items * self.space.base[self.rows])
        out: Array = constant + self.now * likeness
        return out

    def score(self, candidates: Rows) -> Array:
        """What the events add to the liking of the items in these rows (n,), in -1..1; zeros where nothing is known."""
        out: Array = self.contributions(candidates).sum(axis=1)
        return out

    def price(self, candidates: Rows) -> Array:
        """The part of the score (n,) that is due to the price level of the items."""
        if not len(self.rows):
            return np.zeros(len(candidates))
        slope = self._slopes()[self.space.columns[PRICE]]
        out: Array = np.clip(self.space.price[candidates] * slope, -1, 1)
        return out

    def _slopes(self) -> Array:
        """The weight of each value in the regression (values,)."""
        out: Array = self.features.T @ (self.now * self.weights)
        return out

    def expected(self, candidates: Rows) -> Array:
        """The expected liking of the items in these rows (n,): what anybody likes, and what the events add."""
        return self.space.mean[candidates] + self.score(candidates)

    def contributions(self, candidates: Rows) -> Array:
        """What each event adds to each candidate's score (n, t): the score is the sum over the events."""
        if not len(self.rows):
            return np.zeros((len(candidates), 0))
        parts: Array = self.kernel(candidates) * self.weights
        total = parts.sum(axis=1, keepdims=True)
        parts *= np.minimum(1, 1 / np.maximum(np.abs(total), 1e-12))
        judged = self._judged()
        for n, row in enumerate(candidates.tolist()):
            if (j := judged.get(row)) is not None:  # the judgement itself is what is known of this item
                parts[n, j] += target_of(self.events[j]) - parts[n].sum()
        return parts

    def pleasing(self, candidates: Rows) -> npt.NDArray[np.bool_]:
        """Which of the items in these rows (n,) the person judged well."""
        liked = [row for row, j in self._judged().items() if target_of(self.events[j]) > 0]
        return np.isin(candidates, liked)

    def _judged(self) -> dict[int, int]:
        """Row -> the event that judged it last."""
        return {int(r): j for j, r in enumerate(self.rows) if self.events[j].kind in _JUDGED}

    def variance(self, candidates: Rows) -> Array:
        """How unsure the expectation is (n,): 1 far from all that is known, less beside a known item."""
        prior = self.space.prior(candidates)
        if not len(self.rows):
            return prior
        known = solve_triangular(self.factor, self.kernel(candidates).T, lower=True, check_finite=False)  # (t, n)
        out: Array = np.maximum(prior - np.square(known).sum(axis=0), 0)
        return out

    def leanings(self) -> list[Leaning]:
        """The values that the person leans to or away from, the strongest first: weights of the same regression.

        Spoken of only where at least three judgements agree on a value, or the person said so.
        """
        if not len(self.rows):
            return []
        weight = self._slopes()
        said = np.array([np.sign(target_of(e)) if e.kind in (*_JUDGED, "lean") else 0.0 for e in self.events])
        said[self.rows < 0] *= AGREEING
        carried = self.features.copy()
        tops = self.space.features.tops[carried.indices]
        carried.data = np.round(np.clip(carried.data / np.maximum(tops, 1e-9), -1, 1) + 1e-9)
        carried.data[carried.indices >= self.space.levels] = 1.0
        agree = np.asarray(carried.T @ said).ravel()
        taste = ~self.space.audience  # whom an item is for is a need
        spoken = np.flatnonzero(taste & (np.abs(agree) >= AGREEING) & (np.sign(agree) == np.sign(weight)))
        spoken = spoken[np.argsort(-np.abs(weight[spoken]), kind="stable")]
        return [Leaning(*self.space.keys[v], int(np.sign(weight[v])), float(abs(weight[v]))) for v in spoken]


def target_of(event: Event) -> float:
    """What an event says of its item or value, -1..1."""
    if event.kind == "rate":
        return 2 * (0.5 if event.value is None else event.value) - 1
    if event.kind == "dwell":
        return TARGET["dwell"] * min((event.value or 0.0) / LONG, 1.0)
    if event.kind == "lean":
        return 1.0 if event.value is None else event.value
    return TARGET[event.kind]


def _features(space: PreferenceSpace, events: Sequence[Event], heard: Sequence[Event], index: Rows) -> csr_matrix:
    """The values (t, values) that the heard events speak of, the forgotten ones taken out."""
    features = space.features[index]
    _silence(space, features, np.array([target_of(e) < 0 for e in heard], bool))
    if all(e.item_id for e in events):
        return features
    changed = features.tolil()
    for j in np.flatnonzero(index < 0).tolist():
        changed[j] = 0
        if (column := space.columns.get((heard[j].field, heard[j].label))) is not None:
            changed[j, column] = LEAN
    for event in events:
        column = space.columns.get((event.field, event.label))
        if event.kind == "forget" and column is not None:
            changed[[j for j, e in enumerate(heard) if e.id < event.id], column] = 0
    return csr_matrix(changed)


def _silence(space: PreferenceSpace, features: csr_matrix, displeased: npt.NDArray[np.bool_]) -> None:
    """What displeases (t,) says nothing of whom it is for: who likes a dress for adults wants one for adults, who dislikes it may as well."""
    features.data[np.repeat(displeased, np.diff(features.indptr)) & space.audience[features.indices]] = 0


def _drift(events: Sequence[Event]) -> Array:
    """How much of the taste at one event is there at another (t, t)."""
    number = {session: n for n, session in enumerate({e.session_id for e in events})}
    at, sessions = np.array([e.at for e in events]), np.array([number[e.session_id] for e in events])
    same = np.where(sessions[:, None] == sessions, 1.0, LASTING)
    out: Array = same * np.exp2(-np.abs(at[:, None] - at) / HALF_LIFE)
    return out
