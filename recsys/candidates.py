"""The items among which a turn chooses: those that meet what was asked, and of them those that the words find."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recsys.catalog.schema import glossary
from recsys.datamodels import NAMED, Constraint, Event, Query
from recsys.language.translating import Translator, names
from recsys.loading import Parts
from recsys.relaxing import Relaxation, relaxations
from recsys.retrieval import Columns, Hits
from recsys.retrieval.expanding import expanded
from recsys.retrieval.filters import Mask
from recsys.settings import Settings

_WORTH = 5000  # rows whose liking is computed where no words choose among them
_KNOWN = 30  # popular items among the candidates
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Best:
    """A superlative over all that matches: the value, how many share it, and how many have no such number."""

    value: float
    tied: int
    lacking: int


@dataclass(frozen=True, slots=True)
class Fitting:
    """The rows (n,) that a turn can show, how many match, and the order they are to have where one was asked.

    `ways` lead out of a dead end: the rows are those of the first. `best` is the superlative, where one was asked. `hidden` would match
    but was disliked. Where more was asked for, `left` had not been shown yet, or `again` everything had.
    """

    mask: Mask
    matching: int
    sort: tuple[str, bool] | None
    ways: tuple[Relaxation, ...] = ()
    best: Best | None = None
    hidden: int = 0
    left: int | None = None
    again: bool = False


class Candidates:
    """Filters, search and popularity over one catalogue."""

    def __init__(self, parts: Parts, settings: Settings) -> None:
        self.parts, self.settings = parts, settings
        self.items, self.schema = parts.catalog.items, parts.catalog.schema
        self.columns = Columns(self.items)
        self.translator = Translator(names(glossary(), self.schema.labels))
        # where nobody counted what is popular, and nothing but conditions was said, the order of the file is the best guess
        self.listed = not any(i.popularity for i in self.items)
        self.take_popularity(np.array([i.popularity for i in self.items], np.float64))

    def take_popularity(self, popularity: npt.NDArray[np.float64]) -> None:
        """How popular each item is (n,), at least 0."""
        self.popularity, self._by_popularity = popularity, np.argsort(-popularity, kind="stable")

    def over(self, parts: Parts) -> "Candidates":
        """The same items with other parts."""
        other = copy(self)
        other.parts = parts
        return other

    def updated(self, parts: Parts, gone: Sequence[int]) -> "Candidates":
        """The same over the parts of an updated catalogue; only what is new is looked at."""
        other, more = self.over(parts), parts.catalog.items[len(self.items) :]
        other.items, other.schema = parts.catalog.items, parts.catalog.schema
        other.columns = self.columns.updated(other.items, more, gone)
        other.popularity = np.concatenate([self.popularity, [i.popularity for i in more]])
        fresh = np.arange(len(self.items), len(other.items))
        other._by_popularity = np.concatenate([fresh, self._by_popularity])  # what is new is worth a look
        return other

    def fitting(self, query: Query, events: Sequence[Event]) -> Fitting:
        """The rows that a turn can show. Items that the person disliked are never among them, nor is the one to be like."""
        (mask, ways, hidden), sort = self._matching(query, events), query.sort
        if sort is None and ways and (near := ways[0].nearest) is not None:
            sort = near.field, near.op == "gte"
        matching, best = int(np.count_nonzero(mask)), None
        mask, left, again = (mask, None, False) if ways else self._unseen(mask, query.passed)
        if sort is not None:
            mask, best = self._extremes(mask, sort)
            sort = sort if best else None
        return Fitting(mask, matching, sort, ways, best, hidden, left, again)

    def mask(self, query: Query, events: Sequence[Event]) -> Mask:
        """The rows among which a turn chooses."""
        mask, _, _ = self._matching(query, events)
        return self._extremes(mask, query.sort)[0] if query.sort else mask

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
        shown[self.popular(key == last)] = True
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

    def popular(self, mask: Mask) -> Rows:
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
        if self.listed:
            return query.free
        return query.text or " ".join(self._spoken(c) for c in query.constraints if c.op in ("eq", "in"))

    def _spoken(self, c: Constraint) -> str:
        return " ".join(f"{self.schema.label(v, 'zh')} {self.schema.label(v, 'en')}" for v in c.values)

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
