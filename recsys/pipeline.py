"""From the state of a dialogue and a person's events to a ranked list: a pure function of both, so it can be asked "what if"."""

import zlib
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from recsys.behavior import BehaviorModel, Steps, Wanted
from recsys.catalog.schema import glossary
from recsys.datamodels import CANONICAL, LANGS, NAMED, Constraint, Event, Item, Lang, Query, Recommendation
from recsys.feedback import Preference, PreferenceSpace
from recsys.language.adapters import Adapter
from recsys.language.translating import Translator, names
from recsys.loading import Parts
from recsys.monitor import attempt
from recsys.ranking.asking import Ask, question
from recsys.ranking.audience import Audience, unsaid
from recsys.ranking.exploring import Explored, explore
from recsys.ranking.online import TUNING, Head, Shown, adapted
from recsys.ranking.ranker import VARIETY, Ranker, diversify, sigmoid, varied
from recsys.ranking.reasons import amount, reasons
from recsys.relaxing import Relaxation, relaxations
from recsys.retrieval import Columns, Hits
from recsys.retrieval.expanding import expanded
from recsys.settings import Settings
from recsys.texts import money, plain, say

_OPINIONS = ("like", "dislike", "rate")
_PLEASED = ("like", "favourite", "purchase", "rate")
_KINDS, _MANY = 3, 10  # so many brands or genres in a list of so many, where there are so many
_WORTH = 5000  # rows whose liking is computed where no words choose among them
_FOLLOWED = 100  # latest events that the behaviour model looks at: as many as its training has seen in a row
_KNOWN = 30  # popular items among the candidates
_POOL = 60  # best items by score, among which diversity chooses
Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


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
    best: "Best | None" = None
    spoken: bool = True
    hidden: int = 0
    ask: Ask | None = None
    left: int | None = None
    again: bool = False

    def shown(self, lang: Lang) -> tuple[Recommendation, ...]:
        """The items with their reasons in a language."""
        return tuple(replace(r, reasons=r.tags.get(lang, ())) for r in self.items)


@dataclass(frozen=True, slots=True)
class Best:
    """A superlative over all that matches: the value, how many share it, and how many have no such number."""

    value: float
    tied: int
    lacking: int


@dataclass(frozen=True, slots=True)
class Scored:
    """Candidates with their weighted parts (n,) and logits (n,); `pleasing` (n,) are those that the person judged well."""

    rows: Rows
    parts: dict[str, npt.NDArray[np.float64]]
    logits: npt.NDArray[np.float64]
    pleasing: Mask


class Pipeline:
    """Retrieval, behaviour, preference and ranking over one catalogue."""

    def __init__(self, parts: Parts, settings: Settings) -> None:
        self.parts, self.settings = parts, settings
        self.items, self.schema = parts.catalog.items, parts.catalog.schema
        self.columns = Columns(self.items)
        categorical = [n for n, f in self.schema.fields.items() if f.kind in ("categorical", "list")]
        self.space = PreferenceSpace(self.items, parts.centred, categorical)
        self.translator = Translator(names(glossary(), self.schema.labels))
        # where nobody counted what is popular, and nothing but conditions was said, the order of the file is the best guess
        self._listed = not any(i.popularity for i in self.items)
        self.take_popularity(np.array([i.popularity for i in self.items], np.float64))
        self._audience = Audience(self.items)
        self._shares = self._audience.shares(self.items)
        self._fit = lru_cache(maxsize=256)(self._fit_preference)  # the same events, the same preference: one fit a turn
        self._ids = self._numbered()
        self._adapt = lru_cache(maxsize=256)(adapted)
        self._follow = lru_cache(maxsize=256)(self._followed)

    def take_popularity(self, popularity: npt.NDArray[np.float64]) -> None:
        """How popular each item is (n,), at least 0."""
        self.popularity, self._by_popularity = popularity, np.argsort(-popularity, kind="stable")

    def with_models(self, behavior: BehaviorModel | None, ranker: Ranker) -> "Pipeline":
        """The same over other weights; a turn that runs keeps those it began with."""
        other = copy(self)
        other.parts = replace(self.parts, behavior=behavior, ranker=ranker)
        other._ids = other._numbered()
        other._follow = lru_cache(maxsize=256)(other._followed)
        return other

    def with_adapter(self, adapter: Adapter | None) -> "Pipeline":
        """The same with another adapter of the language model, or none."""
        other = copy(self)
        other.parts = replace(self.parts, adapter=adapter)
        return other

    def updated(self, parts: Parts, gone: Sequence[int]) -> "Pipeline":
        """The same over the parts of an updated catalogue; only what is new is looked at."""
        other, more = copy(self), parts.catalog.items[len(self.items) :]
        other.parts, other.items, other.schema = parts, parts.catalog.items, parts.catalog.schema
        other.columns = self.columns.updated(other.items, more, gone)
        other.space = self.space.with_more(more, parts.centred)
        other.popularity = np.concatenate([self.popularity, [i.popularity for i in more]])
        other._shares = np.concatenate([self._shares, self._audience.shares(more)])
        fresh = np.arange(len(self.items), len(other.items))
        other._by_popularity = np.concatenate([fresh, self._by_popularity])  # what is new is worth a look
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
        (mask, ways, hidden), head = self._matching(query, events), self.head(events, shown)
        if not mask.any():
            return Turn((), (), 0, head, hidden=hidden)
        sort = query.sort
        if sort is None and ways and (near := ways[0].nearest) is not None:
            sort = near.field, near.op == "gte"
        matching, best = int(np.count_nonzero(mask)), None
        mask, left, again = (mask, None, False) if ways else self._unseen(mask, query.passed)
        if sort is not None:
            mask, best = self._extremes(mask, sort)
            sort = sort if best else None
        query, preference = replace(query, sort=sort), self.preference(events)
        scored = self._score(query, mask, events, preference, head)
        variety = {} if query.sort else self._varied(scored)
        found = self._explored(query, events, scored, preference, self._order(query, scored, variety))
        order = found.order
        spoke = preference.contributions(scored.rows[order])  # (shown, events)
        cards = [
            self._show(
                scored,
                position,
                rank,
                query,
                self._liked(preference, spoke[rank - 1]),
                bool(ways),
                reasoned,
                variety.get(position, 0.0),
            )
            for rank, position in enumerate(order, 1)
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
        return Turn(tuple(cards), pool, matching, head, ways, best, spoken, hidden, ask, left, again)

    def _unseen(self, mask: Mask, passed: Sequence[str]) -> tuple[Mask, int | None, bool]:
        """Of the rows that fit those not shown yet, and how many; where all were, those not shown just now, and True."""
        row, top = self.parts.catalog.row, self.settings.top_k
        shown = [row[i] for i in passed if i in row]
        for before in (shown, shown[-top:]) if shown else ():
            rest = mask.copy()
            rest[before] = False
            if rest.any():
                return rest, int(np.count_nonzero(rest)), before is not shown
        return mask, None, bool(shown)

    def _matching(self, query: Query, events: Sequence[Event]) -> tuple[Mask, tuple[Relaxation, ...], int]:
        """The rows that can be shown, the ways out where they do not meet all that was asked, and how many were disliked."""
        allowed = self._not_disliked(query, events)
        wanted = self.columns.mask(query.constraints)
        hidden = int(np.count_nonzero(wanted & ~allowed))
        anchor = self.parts.catalog.row.get(query.like)
        if anchor is not None:
            allowed[anchor] = False
        if (wanted & allowed).any():
            return wanted & allowed, (), hidden
        ways = relaxations(query.constraints, self.columns, allowed)
        mask = np.zeros(len(allowed), bool)
        if ways:
            mask[ways[0].rows] = True
        return mask, ways, hidden

    def candidates(self, query: Query, events: Sequence[Event]) -> Mask:
        """The rows among which a turn chooses."""
        mask, _, _ = self._matching(query, events)
        return self._extremes(mask, query.sort)[0] if query.sort else mask

    def _extremes(self, mask: Mask, sort: tuple[str, bool]) -> tuple[Mask, Best | None]:
        """The rows that a superlative can show, those level with the last of them included; all, and None, where no row has the number."""
        column = np.where(mask, self.columns.numbers(sort[0]), np.nan)
        key = -column if sort[1] else column
        known = key[~np.isnan(key)]
        if not len(known):
            return mask, None
        place = min(self.settings.top_k, len(known)) - 1
        first, last = known.min(), np.partition(known, place)[place]
        tied, lacking = np.count_nonzero(known == first), np.count_nonzero(mask) - len(known)
        shown = key < last
        shown[self._popular(key == last)] = True
        return shown, Best(float(-first if sort[1] else first), int(tied), int(lacking))

    def _not_disliked(self, query: Query, events: Sequence[Event]) -> Mask:
        """The last word on an item counts: a like after a dislike brings it back, and so does asking for it by name.

        What the conversation spoke of by its title is known, and not recommended until something else happens to it.
        """
        last = {e.item_id: verdict for e in events if (verdict := e.verdict) is not None}
        out = self.columns.everything.copy()
        for item_id, verdict in last.items():
            row = self.parts.catalog.row[item_id]
            if verdict == -1 and self.items[row].title not in query.entities:
                out[row] = False
        for item_id, label in {e.item_id: e.label for e in events if e.item_id}.items():
            if label == NAMED:
                out[self.parts.catalog.row[item_id]] = False
        return out

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
        hits = self.hits(query, mask, events)
        if hits is not None:
            rows, features["lexical"] = hits.rows, hits.lexical
            features["words"] = hits.words - unsaid(query, self._shares[rows])
        else:
            every = self._popular(mask)
            liking = preference.score(every) + self.popularity[every]
            rows = every[np.argsort(-liking, kind="stable")[: len(every) if query.sort else self.settings.candidates]]
            features["words"] = features["lexical"] = np.zeros(len(rows))
        none = np.zeros(len(rows))
        features["behaviour"] = attempt("behaviour", lambda: self.behaviour(events, rows), lambda: none)
        features |= attempt(
            "preference", lambda: self.felt(preference, rows), lambda: {"feedback": none, "price": none}
        )
        features["popularity"] = self.popularity[rows]
        return rows, features

    def felt(self, preference: Preference, rows: Rows) -> dict[str, npt.NDArray[np.float64]]:
        """What a preference says of the items in these rows, each (n,): of their price level, and of all else."""
        price = preference.price(rows)
        return {"feedback": preference.score(rows) - price, "price": price}

    def _popular(self, mask: Mask) -> Rows:
        """The rows of a mask, in order; of very many the most popular, and of those alike the first."""
        if np.count_nonzero(mask) <= _WORTH:
            return np.flatnonzero(mask)
        seen = _WORTH
        while True:  # however many items there are, only a few are looked at
            seen *= 2
            found = self._by_popularity[:seen]
            found = found[mask[found]]
            if len(found) >= _WORTH or seen >= len(mask):
                return np.sort(found[:_WORTH])

    def need(self, query: Query) -> str:
        """The words that are searched for: the person's own, else those of the conditions."""
        if self._listed:
            return query.free
        return query.text or " ".join(self._spoken(c) for c in query.constraints if c.op in ("eq", "in"))

    def hits(self, query: Query, mask: Mask, events: Sequence[Event] = ()) -> Hits | None:
        """What the need, widened by the items that the conversation spoke of, finds among the allowed rows; None where there is none."""
        anchor, text = self.parts.catalog.row.get(query.like), self.need(query)
        vector = self._meant(text) if text else None
        if anchor is not None:
            alike = self.parts.vectors[anchor] + (0 if vector is None else vector)
            vector = alike / np.linalg.norm(alike)
        vector = expanded(vector, self.parts.centred[self._spoken_of(query, events)])
        if vector is None:
            return None
        k = int(np.count_nonzero(mask)) if query.sort else self.settings.candidates  # a superlative looks at all
        terms = self.translator.terms(text, self.parts.retriever.lexical.knows)
        return self.parts.retriever.search(vector, terms, k, mask, self._known(mask))

    def _known(self, mask: Mask) -> Rows:
        """The most popular rows of a mask: they are candidates whatever the words; none where nobody counted what is popular."""
        top = self._by_popularity[:_WORTH]
        return top[mask[top] & (self.popularity[top] > 0)][:_KNOWN]

    def _meant(self, text: str) -> npt.NDArray[np.float32]:
        """The vector of a need (dim,), by the adapter if one serves."""
        vector = self.parts.encoder.encode_query(text)
        return vector if self.parts.adapter is None else self.parts.adapter(vector)

    def _spoken_of(self, query: Query, events: Sequence[Event]) -> Rows:
        """The rows (t,) of what the conversation spoke of by title and did not run down, of the kind of thing that is asked for."""
        kind = self.columns.mask([c for c in query.constraints if c.field in ("category", "domain")])
        own = [e for e in events if e.label == NAMED and e.session_id == events[-1].session_id and e.kind != "dislike"]
        rows = np.array([self.parts.catalog.row[e.item_id] for e in own], np.int64)
        return rows[kind[rows]]

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

    def _spoken(self, c: Constraint) -> str:
        return " ".join(f"{self.schema.label(v, 'zh')} {self.schema.label(v, 'en')}" for v in c.values)

    def _order(self, query: Query, scored: Scored, variety: Mapping[int, float]) -> list[int]:
        """Positions to show: sorted exactly where that is asked, else as diversity has chosen them; what is asked for by name comes first."""
        k = self.settings.top_k
        if query.sort:
            name, descending = query.sort
            column = self.columns.numbers(name)[scored.rows]
            key = np.where(np.isnan(column), np.inf, -column if descending else column)
            return [int(p) for p in np.lexsort((-scored.logits, key))[:k] if np.isfinite(key[p])]
        named = [p for p, row in enumerate(scored.rows) if self.items[row].title in query.entities]
        return list(dict.fromkeys([*named, *variety]))[:k]

    def _varied(self, scored: Scored) -> dict[int, float]:
        """Positions by score with diversity -> what the rest of the list takes from, or gives to, the logit of each."""
        k = self.settings.top_k
        pool = np.argsort(-scored.logits, kind="stable")[: max(_POOL, k)]
        if self._listed and not np.ptp(scored.logits):
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

    def about(self, event: Event, lang: Lang) -> str:
        """What an event is about: an item, or a value."""
        if event.item_id:
            return self.items[self.parts.catalog.row[event.item_id]].name(lang)
        return self.schema.label(event.label, lang) if event.label else self.schema.field_label(event.field, lang)

    def facts(self, item: Item, lang: Lang, limit: int) -> str:
        """Price, rating and attributes of an item, straight from the catalogue."""
        out = []
        if item.price is not None:
            out.append(money(item.price, item.currency))
        if item.rating is not None:
            out.append(say("reason_rating", lang, rating=plain(item.rating)))
        for name, field in self.schema.fields.items():
            value = item.get(name)
            if name in CANONICAL or name == "group" or value is None or field.kind == "text":
                continue
            if isinstance(value, float):
                out.append(f"{self.schema.field_label(name, lang)} {amount(name, value, self.schema, lang)}")
            else:
                out.append(say("and", lang).join(self.schema.label(v, lang) for v in item.values(name)))
        return " · ".join(out[:limit])
