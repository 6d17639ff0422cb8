"""Are explanations true? Words and events that are said to matter are taken away, what-ifs are tried, facts are looked up, confidence counted.

People, needs and histories are simulated (see `simulator`); what is measured is the explanation, by asking the pipeline again.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median
from typing import Any

import numpy as np

from recsys.attributing import kept
from recsys.behavior.histories import History
from recsys.datamodels import LANGS, Event, Item, Query
from recsys.evaluation.simulator import Person, Simulator, histories
from recsys.evaluation.trainer import events_of, impressions, shown, simulated_moment
from recsys.explaining import Explainer
from recsys.explanation import Explanation
from recsys.pipeline import Pipeline
from recsys.ranking.calibration import calibration_error, reliability
from recsys.ranking.reasons import amount, valued
from recsys.schema import Schema
from recsys.texts import TEXTS, money, plain, say

_EVENTS = (4, 16)  # events of a case
_FREE = ("reason_words", "reason_behaviour", "reason_popular")  # reasons that state no fact of an item
Case = tuple[Query, list[Event], int]  # need, events, row of an item that is shown


def cases(pipeline: Pipeline, people: Sequence[tuple[Person, History]], simulator: Simulator) -> list[Case]:
    """A need of each person after a few events, with one of the items that it brings."""
    out, ids = [], [i.id for i in pipeline.items]
    for person, history in people:
        steps = min(int(simulator.rng.integers(*_EVENTS)), len(history.rows) - 1)
        events = events_of(history, ids, steps)
        query, _ = simulator.need(person, history.rows[:steps], pipeline.schema)
        items = pipeline.run(query, events, reasoned=False).items
        if items:
            item = items[int(simulator.rng.integers(len(items)))].item
            out.append((query, events, pipeline.parts.catalog.row[item.id]))
    return out


def logit(pipeline: Pipeline, query: Query, events: Sequence[Event], row: int) -> float:
    """The item's logit for a need and events, also where it would not be shown: among the same candidates, words that find it not add 0."""
    weights, at = pipeline.parts.ranker.weights, np.array([row])
    hits = (
        pipeline.candidates.hits(query, pipeline.candidates.columns.mask(query.constraints))
        if query.text.strip()
        else None
    )
    found = np.flatnonzero(hits.rows == row).tolist() if hits is not None else []
    words = (
        weights["words"] * hits.words[found[0]] + weights["lexical"] * hits.lexical[found[0]]
        if hits is not None and found
        else 0.0
    )
    felt = pipeline.felt(pipeline.preference(events), at)
    liked = sum(weights[name] * values[0] for name, values in felt.items())
    return float(words + liked + weights["behaviour"] * pipeline.behaviour(events, at)[0])


def faithful_words(
    pipeline: Pipeline, explainer: Explainer, found: Sequence[Case], rng: np.random.Generator, wanted: int
) -> dict[str, Any]:
    """The fall of the score without the word of the largest effect, and without a word drawn at random; needs of three words or more."""
    top, random, gaps, spent = [], [], [], []
    for query, events, row in found:
        began = time.perf_counter()
        told = explainer.explain(row, query, events, "zh", words=True)
        if len(told.words) < 3 or not told.parts:
            continue
        spent.append(time.perf_counter() - began)
        whole = told.parts["words"] + told.parts["lexical"]
        gaps.append(abs(sum(w.effect for w in told.words) - whole) / max(abs(whole), 1e-9))
        falls = []
        for n in (int(np.argmax([w.effect for w in told.words])), int(rng.integers(len(told.words)))):
            left = kept(told.need, [(w.start, w.end) for m, w in enumerate(told.words) if m != n])
            falls.append(logit(pipeline, query, events, row) - logit(pipeline, replace(query, text=left), events, row))
        top.append(falls[0])
        random.append(falls[1])
        if len(top) == wanted:
            break
    return {**_falls(top, random), "completeness": round(float(np.max(gaps)), 4) if gaps else None, "ms": _ms(spent)}


def faithful_events(
    pipeline: Pipeline, explainer: Explainer, found: Sequence[Case], rng: np.random.Generator, wanted: int
) -> dict[str, Any]:
    """The fall of the score without the event that is said to speak most for the item, and without one drawn at random."""
    top: list[float] = []
    random: list[float] = []
    spent: list[float] = []
    for query, events, row in found:
        began = time.perf_counter()
        told = explainer.explain(row, query, events, "zh")
        spent.append(time.perf_counter() - began)
        best = max(told.effects, key=lambda e: e.total, default=None)
        if best is None or best.total <= 0:
            continue
        now = logit(pipeline, query, events, row)
        for event, falls in ((best.event, top), (events[int(rng.integers(len(events)))], random)):
            falls.append(now - logit(pipeline, query, [e for e in events if e.id != event.id], row))
        if len(top) == wanted:
            break
    return {**_falls(top, random), "ms": _ms(spent)}


def _falls(top: Sequence[float], random: Sequence[float]) -> dict[str, Any]:
    a, b = (float(np.mean(x)) if x else 0.0 for x in (top, random))
    return {"n": len(top), "top": round(a, 4), "random": round(b, 4), "ratio": round(a / b, 2) if b > 0 else None}


def _ms(spent: Sequence[float]) -> float:
    return round(1000 * median(spent), 1) if spent else 0.0


def true_what_ifs(pipeline: Pipeline, told: Sequence[tuple[Case, Explanation]]) -> dict[str, Any]:
    """The share of what-ifs whose rank is the rank after the change is made: another pipeline over the same parts ranks anew."""
    fresh, count, right = Pipeline(pipeline.parts, pipeline.settings), 0, 0
    for (query, events, row), explanation in told:
        for what_if in explanation.what_ifs:
            left = [e for e in events if e.id not in what_if.events]
            change = what_if.change
            asked = (
                replace(query, constraints=(*(c for c in query.constraints if c not in change.drop), *change.add))
                if change
                else query
            )
            ranks = [fresh.parts.catalog.row[r.item.id] for r in fresh.run(asked, left).items]
            count += 1
            right += what_if.rank == (ranks.index(row) + 1 if row in ranks else None)
    return {"n": count, "true": round(right / count, 4) if count else None}


def stated(tag: str, item: Item, query: Query, schema: Schema, liked: Sequence[Item]) -> bool:
    """Whether a reason is a sentence of ours whose facts the catalogue holds, in either language."""
    for lang in LANGS:
        if tag in {say(key, lang) for key in _FREE}:
            return True
        facts = {say("reason_rating", lang, rating=plain(item.rating))} if item.rating is not None else set()
        if item.price is not None and all(
            item.price <= c.number for c in query.constraints if (c.field, c.op) == ("price", "lte")
        ):
            facts.add(say("reason_price", lang, price=money(item.price, item.currency)))
        for name in schema.fields:
            value, label = item.get(name), schema.field_label(name, lang)
            if isinstance(value, float):
                facts |= {
                    say("reason_at_least", lang, field=label, value=v)
                    for v in (plain(value), amount(name, value, schema, lang))
                }
            elif tag and set(tag.split(say("and", lang))) <= {valued(name, v, schema, lang) for v in item.values(name)}:
                return True
        before, _, after = TEXTS["reason_liked"][0 if lang == "zh" else 1].partition("{title}")
        if tag.startswith(before) and tag.endswith(after):
            title = tag[len(before) : len(tag) - len(after)].removesuffix("…")
            return any(i.name(lang).startswith(title) for i in liked)
        if tag in facts:
            return True
    return False


def stated_cards(pipeline: Pipeline, found: Sequence[Case], wanted: int) -> dict[str, Any]:
    """The share of cards all of whose reasons, in both languages, are facts that the catalogue holds."""
    wrong: list[str] = []
    count = right = 0
    for query, events, _ in found:
        liked = [pipeline.items[pipeline.parts.catalog.row[e.item_id]] for e in events if e.item_id]
        for r in pipeline.run(query, events).items:
            bad = [t for lang in LANGS for t in r.tags[lang] if not stated(t, r.item, query, pipeline.schema, liked)]
            count, right, wrong = count + 1, right + (not bad), wrong + bad
        if count >= wanted:
            break
    return {"n": count, "true": round(right / count, 4) if count else None, "wrong": wrong[:10]}


def confidence(
    pipeline: Pipeline, simulator: Simulator, people: Sequence[tuple[Person, History]], progress: Callable[[str], None]
) -> dict[str, Any]:
    """The calibration error and the reliability curve of the probability said of the ten best of each list."""
    ranker = pipeline.parts.ranker
    moments = [simulated_moment(simulator, pipeline.parts, *one) for one in people]
    logits, liked = shown(ranker, impressions(pipeline, moments, progress))
    likely = np.array([ranker.calibration.likely(x) for x in logits])
    curve = [{"likely": round(p, 3), "liked": round(share, 3), "n": n} for p, share, n in reliability(likely, liked)]
    return {"n": len(likely), "ece": round(calibration_error(likely, liked), 4), "curve": curve}


def evaluate(
    pipeline: Pipeline,
    people: int = 600,
    wanted: int = 200,
    seed: int = 7,
    progress: Callable[[str], None] = lambda message: None,
) -> dict[str, Any]:
    """Everything above on simulated people of a catalogue whom training did not see."""
    rng = np.random.default_rng(seed)
    vectors = pipeline.parts.centred[np.arange(len(pipeline.items))]
    simulator = Simulator(pipeline.items, vectors, seed + 1000)
    drawn = histories(simulator, people)
    found, explainer = cases(pipeline, drawn, simulator), Explainer(pipeline)
    progress("Leaving words out …")
    out: dict[str, Any] = {"words": faithful_words(pipeline, explainer, found, rng, wanted)}
    progress("Leaving events out …")
    out["events"] = faithful_events(pipeline, explainer, found, rng, wanted)
    progress("Trying what-ifs …")
    out["what_ifs"] = true_what_ifs(pipeline, [(c, explainer.explain(c[2], c[0], c[1], "zh")) for c in found[:wanted]])
    progress("Looking facts up …")
    out["facts"] = stated_cards(pipeline, found, 5 * wanted)
    out["confidence"] = confidence(pipeline, simulator, drawn, progress)
    return out
