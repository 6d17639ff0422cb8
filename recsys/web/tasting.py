"""Where a person stands in the catalogue, and what they lean to: from the recommender to the taste panel."""

from functools import lru_cache

import numpy as np

from recsys.datamodels import PASSING, Event, Lang
from recsys.memories import leaning_text, leanings
from recsys.recommender import Recommender
from recsys.web.panels import taste
from recsys.web.plots import Place, Points, TasteMap
from recsys.web.thread import Learned

_AT_ONCE = 20_000  # vectors in memory
_STEPS = 12  # of the trail
_GROUPS = 6  # colours
_FADING = 0.6  # what a reaction counts for after the next one
_PUSH = 0.35  # how far dislikes push, as a share of the way from them


@lru_cache(maxsize=4)
def _place(r: Recommender) -> tuple[Place, Points]:
    """The plane of a catalogue and every item's place in it."""
    table, rows = r.parts.centred, np.arange(len(r.parts.centred))
    place = Place.fit(table[rows[:: max(1, len(rows) // _AT_ONCE)]])
    return place, np.concatenate([place.of(table[part]) for part in np.array_split(rows, len(rows) // _AT_ONCE + 1)])


def learned(r: Recommender, session: str, lang: Lang) -> list[Learned]:
    """What was learned of the person's taste, the strongest first."""
    return [Learned(leaning_text(r.pipeline, x, lang), x) for x in leanings(r.pipeline, r.events(session))]


def position(r: Recommender, events: list[Event]) -> Points:
    """Where a person stands (2,): the middle of what they like, away from what they dislike."""
    _, dots = _place(r)
    preference = r.pipeline.preference(events)
    rows, weights = preference.rows[preference.rows >= 0], preference.weights[preference.rows >= 0]
    weights = weights * _FADING ** np.arange(len(weights))[::-1]  # the latest count most: that is what makes a trail
    middle = dots.mean(axis=0)
    toward = np.average(dots[rows], axis=0, weights=np.maximum(weights, 0)) if (weights > 0).any() else middle
    if not (weights < 0).any():
        return toward
    away = np.average(dots[rows], axis=0, weights=np.maximum(-weights, 0))
    out: Points = toward + _PUSH * (toward - away)
    return out


def sheet(r: Recommender, session: str, lang: Lang) -> str:
    """The whole panel."""
    _, dots = _place(r)
    events = [e for e in r.events(session) if e.item_id]
    answers = [m["at"] for m in r.store.messages(session) if m["role"] == "assistant"][-_STEPS:]
    steps = [past for at in answers if (past := [e for e in events if e.at <= at])]
    if events and (not steps or len(steps[-1]) != len(events)):
        steps.append(events)
    trail = np.array([position(r, past) for past in steps]) if steps else np.empty((0, 2))
    last = {e.item_id: e for e in events if e.kind not in PASSING}
    marks = {
        kind: [(r.item(i).name(lang), dots[r.catalog.row[i]]) for i, e in last.items() if e.kind == kind]
        for kind in ("like", "dislike")
    }
    field = "domain" if len(r.schema.domains) > 1 else "category"
    groups = [(i.values(field) or ("",))[0] for i in r.catalog.items]
    common = sorted(set(groups), key=lambda g: -groups.count(g))[:_GROUPS]
    m = TasteMap(dots, groups, {g: r.schema.label(g, lang) for g in common}, trail, marks["like"], marks["dislike"])
    thumbs = {i: e.kind for i, e in last.items() if e.kind in ("like", "dislike")}
    return taste(m, learned(r, session, lang), r.memories(session, lang), thumbs, lang)
