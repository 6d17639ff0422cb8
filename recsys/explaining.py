"""Why this item, what if, how sure: computed by asking the pipeline again, which is a pure function of need and events."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import combinations

import numpy as np

from recsys.attributing import word_effects
from recsys.datamodels import PASSING, Choice, Constraint, Event, Item, Lang, Query
from recsys.explanation import Effect, Explanation, Likeness, WhatIf, WordEffect
from recsys.facts import facts_table
from recsys.memories import about, reaction
from recsys.pipeline import Pipeline, Turn
from recsys.ranking import VARIETY
from recsys.ranking.asking import option
from recsys.ranking.online import Shown
from recsys.ranking.reasons import describe
from recsys.texts import money, say

_LATEST, _LOUDEST = 6, 4  # events whose absence is tried
_MOVED = 1e-9  # a smaller effect is none
_SAID = 3  # facts of a likeness, what-ifs of an explanation
_FIXED = ("category", "domain")
_CONFIDENCE = ((0.6, "likely_high"), (0.4, "likely_good"), (0.25, "likely_open"), (0.0, "likely_low"))
Without = tuple[Event, ...]


class Explainer:
    """Explanations over one catalogue, kept for as long as need and events stay the same."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline, self.schema = pipeline, pipeline.schema
        self._explained = lru_cache(maxsize=256)(self._explain)
        self._worded = lru_cache(maxsize=256)(self._words)

    def explain(
        self,
        row: int,
        query: Query,
        events: Sequence[Event],
        lang: Lang,
        words: bool = False,
        shown: tuple[Shown, ...] = (),
    ) -> Explanation:
        """Parts, events, what-ifs, likeness and confidence of an item; with `words` also what each word of the need does."""
        told = self._explained(row, query, tuple(events), lang, shown)
        return replace(told, words=self._worded(row, query, tuple(events))) if words else told

    def _explain(self, row: int, query: Query, events: Without, lang: Lang, shown: tuple[Shown, ...]) -> Explanation:
        item, preference = self.pipeline.items[row], self.pipeline.preference(events)
        turn = self.pipeline.run(query, events, reasoned=False, shown=shown)
        now = next((r for r in turn.items if r.item.id == item.id), None)
        spoke = preference.contributions(np.array([row]))[0]
        loud = sorted(zip(preference.events, spoke.tolist(), strict=True), key=lambda pair: -abs(pair[1]))
        history = [
            (self.pipeline.items[self.pipeline.parts.catalog.row[e.item_id]], e.kind, s) for e, s in loud if e.item_id
        ]
        effects = self._effects(row, events, [e for e, _ in loud[:_LOUDEST]], lang)
        own = (
            {n: v for n, v in now.parts.items() if n != VARIETY} if now else {}
        )  # liking it has nothing to do with the others
        likely = self.pipeline.parts.ranker.calibration.likely(sum(own.values())) if now else 0.0
        what_ifs = (
            tuple(self._what_ifs(item, now.rank if now else None, query, events, effects, turn, lang, shown))
            if now
            else ()
        )
        first = " ".join(w.text for w in what_ifs if w.events) or say("counterfactual_none", lang)
        by_score = turn.pool.index(item) + 1 if item in turn.pool else len(turn.pool) + 1
        liked = next(
            (i for i, kind, s in history if s > 0 and kind not in ("dislike", *PASSING) and i.id != item.id), None
        )
        return Explanation(
            item, now.score if now else 0.0, now.parts if now else {}, history[:5], first, now.rank if now else None, effects, what_ifs,
            likely, say(next(key for least, key in _CONFIDENCE if likely >= least), lang), not query.sort and by_score > self.pipeline.settings.top_k,
            None if liked is None else self.likeness(item, liked, lang), self.pipeline.candidates.need(query),
        )  # fmt: skip

    def _effects(self, row: int, events: Without, loud: Sequence[Event], lang: Lang) -> tuple[Effect, ...]:
        """The events whose absence changes the item's logit, by how much."""
        tried = list(dict.fromkeys([*loud, *events[-_LATEST:]]))
        weights = self.pipeline.parts.ranker.weights
        at = np.array([row])

        def scored(left: Without) -> tuple[float, float]:
            felt = self.pipeline.felt(self.pipeline.preference(left), at)
            liked = sum(weights[name] * values[0] for name, values in felt.items())
            return float(liked), float(weights["behaviour"] * self.pipeline.behaviour(left, at)[0])

        liked, followed = scored(events)
        out = []
        for event in tried:
            without = scored(tuple(e for e in events if e.id != event.id))
            effect = Effect(event, about(self.pipeline, event, lang), liked - without[0], followed - without[1])
            out += [effect] if abs(effect.feedback) + abs(effect.behaviour) > _MOVED else []
        return tuple(sorted(out, key=lambda e: -abs(e.total)))

    def _what_ifs(
        self,
        item: Item,
        rank: int | None,
        query: Query,
        events: Without,
        effects: Sequence[Effect],
        turn: Turn,
        lang: Lang,
        shown: tuple[Shown, ...],
    ) -> Iterator[WhatIf]:
        """The smallest sets of events, and the single changes of a condition, that give the item another rank; each was tried."""

        def reranked(query: Query, events: Sequence[Event]) -> int | None:
            items = self.pipeline.run(query, events, reasoned=False, shown=shown).items
            return next((r.rank for r in items if r.item.id == item.id), None)

        tried = [e.event for e in effects]
        for gone in [*combinations(tried[:_LOUDEST], 1), *combinations(tried[:_SAID], 2)]:
            now = reranked(query, [e for e in events if e not in gone])
            if now != rank:
                yield WhatIf(self._without(gone, now, lang), now, tuple(e.id for e in gone))
                break
        for change in self._changes(item, query, rank, turn):
            constraints = (*(c for c in query.constraints if c not in change.drop), *change.add)
            now = reranked(replace(query, constraints=constraints), events)
            if now is not None and now != rank and (now == 1 or not change.add):
                yield WhatIf(say("what_if_change", lang, change=self._changed(change, lang), rank=now), now, (), change)

    def _without(self, gone: Sequence[Event], rank: int | None, lang: Lang) -> str:
        place = say("place", lang, rank=rank) if rank else say("place_out", lang, n=self.pipeline.settings.top_k)
        said = say("and_also", lang).join(reaction(self.pipeline, e, lang) for e in gone)
        return say("counterfactual", lang, said=said, place=place)

    def _changed(self, change: Choice, lang: Lang) -> str:
        if change.add:
            return say("and", lang).join(describe(c, self.schema, lang) for c in change.add)
        return option(change, self.schema, lang)

    def _changes(self, item: Item, query: Query, rank: int | None, turn: Turn) -> Iterator[Choice]:
        """Each condition gone, and a bound so tight that what stands above the item no longer meets it."""
        for c in query.constraints:
            if c.field not in _FIXED:
                yield Choice((c,))
                break
        above = [r.item for r in turn.items if rank is not None and r.rank < rank]
        for name, op in (("price", "lte"), ("price", "gte"), ("rating", "gte")):
            own, others = item.get(name), [i.get(name) for i in above]
            if not above or not isinstance(own, float) or not all(isinstance(v, float) for v in others):
                continue
            if all((v > own) if op == "lte" else (v < own) for v in others if isinstance(v, float)):
                old = tuple(c for c in query.constraints if c.field == name and c.op == op)
                yield Choice(old, (Constraint(name, op, own),))  # type: ignore[arg-type]
                return

    def likeness(self, item: Item, liked: Item, lang: Lang) -> Likeness:
        """What an item shares with one that was liked and where it differs, from the catalogue's facts alone."""
        shared, differs = [], []
        for name, (theirs, mine), apart in facts_table((liked, item), self.schema, lang):
            label = self.schema.field_label(name, lang)
            if not apart:
                shared.append((label, mine))
            elif theirs and mine:
                differs.append((label, theirs, mine))
        same = say("and", lang).join(value for _, value in shared[:_SAID])
        other = say("comma", lang).join(self._difference(item, liked, d, lang) for d in differs[:_SAID])
        text = say("likeness", lang, title=liked.name(lang), same=same or say("likeness_none", lang))
        return Likeness(
            liked, tuple(shared), tuple(differs), text + (say("likeness_differs", lang, differs=other) if other else "")
        )

    def _difference(self, item: Item, liked: Item, facts: tuple[str, str, str], lang: Lang) -> str:
        label, theirs, mine = facts
        if label == self.schema.field_label("price", lang) and item.price is not None and liked.price is not None:
            gap = item.price - liked.price
            return say("dearer" if gap > 0 else "cheaper", lang, gap=money(abs(gap), item.currency))
        return say("differs", lang, label=label, mine=mine, theirs=theirs)

    def _words(self, row: int, query: Query, events: Without) -> tuple[WordEffect, ...]:
        return word_effects(self._needing(row, query, events), self.pipeline.candidates.need(query))

    def _needing(self, row: int, query: Query, events: Without) -> Callable[[str], float]:
        """Text -> what it adds to the item's logit, as need of the same conditions."""
        mask = self.pipeline.candidates.mask(query, events)
        weights = self.pipeline.parts.ranker.weights

        def needs(text: str) -> float:
            hits = (
                self.pipeline.candidates.hits(replace(query, text=text, free=text), mask, events)
                if text.strip()
                else None
            )
            at = np.flatnonzero(hits.rows == row).tolist() if hits is not None else []
            if hits is None or not at:
                return 0.0
            return float(weights["words"] * hits.words[at[0]] + weights["lexical"] * hits.lexical[at[0]])

        return needs
