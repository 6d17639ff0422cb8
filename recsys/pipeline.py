"""From the state of a dialogue and a person's events to a ranked list: a pure function of both, so it can be asked "what if"."""

import zlib
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from recsys.behavior import BehaviorModel, Steps, Wanted
from recsys.candidates import Best, Candidates, Rows
from recsys.datamodels import LANGS, Event, Item, Lang, Query, Recommendation
from recsys.feedback import Preference, PreferenceSpace
from recsys.language.adapters import Adapter
from recsys.loading import Parts
from recsys.monitor import attempt
from recsys.ranking.asking import Ask, question
from recsys.ranking.audience import Audience, unsaid
from recsys.ranking.exploring import Explored, explore
from recsys.ranking.online import TUNING, Head, Shown, adapted
from recsys.ranking.ranker import VARIETY, Ranker, diversify, sigmoid, varied
from recsys.ranking.reasons import reasons
from recsys.relaxing import Relaxation
from recsys.retrieval.filters import Mask
from recsys.settings import Settings
from recsys.texts import say

_OPINIONS = ("like", "dislike", "rate")
_PLEASED = ("like", "favourite", "purchase", "rate")
_KINDS, _MANY = 3, 10  # so many brands or genres in a list of so many, where there are so many
_FOLLOWED = 100  # latest events that the behaviour model looks at: as many as its training has seen in a row
_POOL = 60  # best items by score, among which diversity chooses


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn came to.

    `items` are shown, `pool` are the best candidates behind them, `matching` is how many items meet what was asked. `ways` lead out of
    a dead end: the items are those of the first. `best` is the superlative, where one was asked. `spoken` is False where nothing of
    the message is to be found in the catalogue's words. `hidden` would match but was disliked. `ask` would narrow the pool. `head` has
    the weights that the person's reactions moved. Where more was asked for, `left` had not been shown yet, or `again` everything had.
    """

    items: tuple[Recommendation, ...]
    pool: tuple[Item, ...]
    matching: int
    head: Head
    ways: tuple[Relaxation, ...] = ()
    best: Best | None = None
    spoken: bool = True
    hidden: int = 0
    ask: Ask | None = None
    left: int | None = None
    again: bool = False

    def shown(self, lang: Lang) -> tuple[Recommendation, ...]:
        """The items with their reasons in a language."""
        return tuple(replace(r, reasons=r.tags.get(lang, ())) for r in self.items)


@dataclass(frozen=True, slots=True)
class Scored:
    """Candidates with their weighted parts (n,) and logits (n,); `pleasing` (n,) are those that the person judged well."""

    rows: Rows
    parts: dict[str, npt.NDArray[np.float64]]
    logits: npt.NDArray[np.float64]
    pleasing: Mask


class Pipeline:
    """Candidates, behaviour, preference and ranking over one catalogue."""

    def __init__(self, parts: Parts, settings: Settings) -> None:
        self.parts, self.settings = parts, settings
        self.items, self.schema = parts.catalog.items, parts.catalog.schema
        self.candidates = Candidates(parts, settings)
        categorical = [n for n, f in self.schema.fields.items() if f.kind in ("categorical", "list")]
        self.space = PreferenceSpace(self.items, parts.centred, categorical)
        self._audience = Audience(self.items)
        self._shares = self._audience.shares(self.items)
        self._fit = lru_cache(maxsize=256)(self._fit_preference)  # the same events, the same preference: one fit a turn
        self._ids = self._numbered()
        self._adapt = lru_cache(maxsize=256)(adapted)
        self._follow = lru_cache(maxsize=256)(self._followed)

    def with_models(self, behavior: BehaviorModel | None, ranker: Ranker) -> "Pipeline":
        """The same over other weights; a turn that runs keeps those it began with."""
        other = self._over(replace(self.parts, behavior=behavior, ranker=ranker))
        other._ids = other._numbered()
        other._follow = lru_cache(maxsize=256)(other._followed)
        return other

    def with_adapter(self, adapter: Adapter | None) -> "Pipeline":
        """The same with another adapter of the language model, or none."""
        return self._over(replace(self.parts, adapter=adapter))

    def _over(self, parts: Parts) -> "Pipeline":
        other = copy(self)
        other.parts, other.candidates = parts, self.candidates.over(parts)
        return other

    def updated(self, parts: Parts, gone: Sequence[int]) -> "Pipeline":
        """The same over the parts of an updated catalogue; only what is new is looked at."""
        other, more = copy(self), parts.catalog.items[len(self.items) :]
        other.parts, other.items, other.schema = parts, parts.catalog.items, parts.catalog.schema
        other.candidates = self.candidates.updated(parts, gone)
        other.space = self.space.with_more(more, parts.centred)
        other._shares = np.concatenate([self._shares, self._audience.shares(more)])
        other._fit = lru_cache(maxsize=256)(other._fit_preference)
        if self._ids is not None and parts.behavior is not None:
            other._ids = np.concatenate([self._ids, parts.behavior.numbers([i.id for i in more])])
        other._follow = lru_cache(maxsize=256)(other._followed)
        return other

    def _numbered(self) -> Rows | None:
        """The items' numbers (n,) in the behaviour model, where items have a vector of their own."""
        behavior = self.parts.behavior
        return behavior.numbers([i.id for i in self.items]) if behavior is not None and behavior.known else None

    def run(self, query: Query, events: Sequence[Event], reasoned: bool = True, shown: Sequence[Shown] = ()) -> Turn:
        """One turn; `reasoned` is False where the order alone matters; `shown` are the lists that the person reacted to. Items that the person disliked are never among the candidates, nor is the one to be like."""
        fitting, head = self.candidates.fitting(query, events), self.head(events, shown)
        if not fitting.matching:
            return Turn((), (), 0, head, hidden=fitting.hidden)
        query, preference = replace(query, sort=fitting.sort), self.preference(events)
        scored = self._score(query, fitting.mask, events, preference, head)
        variety = {} if query.sort else self._varied(scored)
        found = self._explored(query, events, scored, preference, self._order(query, scored, variety))
        order = found.order
        liked = [self._liked(preference, spoke) for spoke in preference.contributions(scored.rows[order])]
        cards = [
            self._show(scored, p, rank, query, liked[rank - 1], bool(fitting.ways), reasoned, variety.get(p, 0.0))
            for rank, p in enumerate(order, 1)
        ]
        cards = [replace(r, propensity=p) for r, p in zip(cards, found.propensity, strict=True)]
        if found.new:
            tags = {one: (say("something_new", one), *cards[-1].tags.get(one, ())) for one in LANGS}
            cards[-1] = replace(cards[-1], explored=True, tags=tags)
        top = np.argsort(-scored.logits, kind="stable")[:_POOL]
        spoken = bool(
            query.constraints or query.like or query.sort or not query.text or np.any(scored.parts["lexical"])
        )
        pool = tuple(self.items[r] for r in scored.rows[top])
        ask = question(pool, query, self.schema) if reasoned and spoken and not query.sort else None
        return Turn(
            tuple(cards), pool, fitting.matching, head, fitting.ways, fitting.best, spoken, fitting.hidden, ask, fitting.left,
            fitting.again,
        )  # fmt: skip

    def preference(self, events: Sequence[Event]) -> Preference:
        """What these events say of the person."""
        # A later opinion on an item replaces an earlier one.
        opinions = {e.item_id: e.id for e in events if e.kind in _OPINIONS}
        standing = [e for e in events if e.kind not in _OPINIONS or opinions[e.item_id] == e.id]
        return self._fit(tuple(standing[-self.settings.history :]))

    def _fit_preference(self, events: tuple[Event, ...]) -> Preference:
        rows = [self.parts.catalog.row.get(e.item_id, -1) for e in events]
        return attempt(
            "preference",
            lambda: Preference.fit(self.space, events, rows),
            lambda: Preference.fit(self.space, [], []),
        )

    def head(self, events: Sequence[Event], shown: Sequence[Shown]) -> Head:
        """How far the person's reactions to these lists have moved the weights of r(z)."""
        if not shown or not self.settings.adapt:
            return Head()
        return attempt("tuning", lambda: self._adapt(tuple(shown), tuple(events)), Head)

    def _score(self, query: Query, mask: Mask, events: Sequence[Event], preference: Preference, head: Head) -> Scored:
        rows, features = self.features(query, mask, events, preference)
        parts = self.parts.ranker.weigh(features)
        if head.moved:
            parts[TUNING] = head.adds(parts)
        return Scored(rows, parts, np.sum(list(parts.values()), axis=0), preference.pleasing(rows))

    def features(
        self, query: Query, mask: Mask, events: Sequence[Event], preference: Preference
    ) -> tuple[Rows, dict[str, npt.ArrayLike]]:
        """Candidates among the allowed rows with the features that r(z) weighs, each (n,)."""
        features: dict[str, npt.ArrayLike] = {}
        hits = self.candidates.hits(query, mask, events)
        if hits is not None:
            rows, features["lexical"] = hits.rows, hits.lexical
            features["words"] = hits.words - unsaid(query, self._shares[rows])
        else:
            every = self.candidates.popular(mask)
            liking = preference.score(every) + self.candidates.popularity[every]
            rows = every[np.argsort(-liking, kind="stable")[: len(every) if query.sort else self.settings.candidates]]
            features["words"] = features["lexical"] = np.zeros(len(rows))
        none = np.zeros(len(rows))
        features["behaviour"] = attempt("behaviour", lambda: self.behaviour(events, rows), lambda: none)
        features |= attempt(
            "preference", lambda: self.felt(preference, rows), lambda: {"feedback": none, "price": none}
        )
        features["popularity"] = self.candidates.popularity[rows]
        return rows, features

    def felt(self, preference: Preference, rows: Rows) -> dict[str, npt.NDArray[np.float64]]:
        """What a preference says of the items in these rows, each (n,): of their price level, and of all else."""
        price = preference.price(rows)
        return {"feedback": preference.score(rows) - price, "price": price}

    def behaviour(self, events: Sequence[Event], rows: Rows) -> npt.NDArray[np.floating]:
        """The cosine of v(y) with the items in these rows (n,); zeros without history."""
        events = [e for e in events if e.item_id][-min(self.settings.history, _FOLLOWED) :]
        if not events or self.parts.behavior is None:
            return np.zeros(len(rows))
        ids = None if self._ids is None else self._ids[rows]
        return self.parts.behavior.score(self._follow(tuple(events)), self.parts.centred[rows], ids)

    def _followed(self, events: tuple[Event, ...]) -> Wanted:
        assert self.parts.behavior is not None
        own = np.array([self.parts.catalog.row[e.item_id] for e in events], np.int64)
        steps = Steps.of(events, self.parts.centred[own], None if self._ids is None else self._ids[own])
        return self.parts.behavior.wanted(steps)

    def _order(self, query: Query, scored: Scored, variety: Mapping[int, float]) -> list[int]:
        """Positions to show: sorted exactly where that is asked, else as diversity has chosen them; what is asked for by name comes first."""
        k = self.settings.top_k
        if query.sort:
            name, descending = query.sort
            column = self.candidates.columns.numbers(name)[scored.rows]
            key = np.where(np.isnan(column), np.inf, -column if descending else column)
            return [int(p) for p in np.lexsort((-scored.logits, key))[:k] if np.isfinite(key[p])]
        named = [p for p, row in enumerate(scored.rows) if self.items[row].title in query.entities]
        return list(dict.fromkeys([*named, *variety]))[:k]

    def _varied(self, scored: Scored) -> dict[int, float]:
        """Positions by score with diversity -> what the rest of the list takes from, or gives to, the logit of each."""
        k = self.settings.top_k
        pool = np.argsort(-scored.logits, kind="stable")[: max(_POOL, k)]
        if self.candidates.listed and not np.ptp(scored.logits):
            return dict.fromkeys(pool[:k].tolist(), 0.0)
        logits = scored.logits[pool]
        chosen, standing = diversify(
            logits, self.parts.centred[scored.rows[pool]], k, self.settings.diversity, scored.pleasing[pool]
        )
        kinds = [self._kind(self.items[scored.rows[p]]) for p in pool.tolist()]
        chosen = varied(chosen, kinds, _KINDS) if k >= _MANY else chosen  # what comes in stands where another stood
        return {int(pool[c]): float(s - logits[c]) for c, s in zip(chosen, standing, strict=True)}

    def _liked(self, preference: Preference, spoke: npt.NDArray[np.float64]) -> Item | None:
        """The liked item whose event spoke loudest for an item, of what each event says of it (t,)."""
        if not len(spoke) or spoke.max() <= 0.05:
            return None
        loudest = preference.events[int(spoke.argmax())]
        return self.items[self.parts.catalog.row[loudest.item_id]] if loudest.kind in _PLEASED else None

    def _explored(
        self, query: Query, events: Sequence[Event], scored: Scored, preference: Preference, order: list[int]
    ) -> Explored:
        """The order with something new at its end now and then; the same for the same state, so that an answer can be had again."""
        share = 0.0 if query.sort else self.settings.explore
        if not share:
            return Explored(order, [1.0] * len(order))
        pool = np.argsort(-scored.logits, kind="stable")[:_POOL].tolist()
        appeal = scored.logits + np.sqrt(preference.variance(scored.rows))
        seed = zlib.crc32(repr((query.text, query.constraints, query.like, [e.id for e in events])).encode())
        return explore(order, pool, appeal, share, np.random.default_rng(seed))

    def _kind(self, item: Item) -> str:
        """What makes a list a varied one: the brand, or the first genre."""
        return item.brand or next(iter(item.values("genre")), "")

    def _show(
        self,
        scored: Scored,
        position: int,
        rank: int,
        query: Query,
        loudest: Item | None,
        nearest: bool,
        reasoned: bool,
        variety: float,
    ) -> Recommendation:
        row = int(scored.rows[position])
        parts = {name: float(values[position]) for name, values in scored.parts.items()} | {VARIETY: variety}
        score = float(sigmoid(np.array(sum(parts.values()))))
        if not reasoned:
            return Recommendation(self.items[row], score, rank, parts, nearest=nearest)
        need = scored.parts["words"] + scored.parts["lexical"]
        match = float(need[position] / max(need.max(), 1e-9))
        liked = loudest if loudest is not self.items[row] else None
        item = self.items[row]
        tags = {one: reasons(item, query, parts, match, liked, self.schema, one) for one in LANGS}
        return Recommendation(item, score, rank, parts, nearest=nearest, tags=tags)
