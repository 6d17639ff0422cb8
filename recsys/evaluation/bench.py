"""The speed benchmark: medians and tails of each step of a turn, measured in process."""

import gc
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from recsys.language.text import index_terms
from recsys.recommender import Recommender

NEEDS = (
    "我想买一件连衣裙", "200元以内的红色连衣裙", "a red dress under 200", "我要一笔稳健的投资", "a quiet film like Paterson", "降噪耳机，续航30小时以上",
    "适合露营的保温杯", "90年代的科幻片", "best rated running shoes", "推荐几条科技新闻", "a gift for my mum, not perfume", "讲历史的博主",
)  # fmt: skip


def timed(
    call: Callable[[int], object], rounds: int, before: Callable[[int], object] = lambda _: None
) -> dict[str, float]:
    """p50 and p99 in milliseconds; what happens `before` each call is not counted."""
    spent = []
    for i in range(rounds):
        before(i)
        start = time.perf_counter()
        call(i)
        spent.append((time.perf_counter() - start) * 1e3)
    return tails(spent, 2)


def tails(ms: Sequence[float], digits: int) -> dict[str, float]:
    """p50 and p99; 0 where nothing was measured."""
    return {f"p{p}": round(float(np.percentile(ms or [0.0], p)), digits) for p in (50, 99)}


def bench(recommender: Recommender, rounds: int, progress: Callable[[str], None]) -> dict[str, Any]:
    """Milliseconds of each step, of a whole turn with 50 events and with 1,000, of a durable update, and memory in MB. Every text is new."""
    parts, pipeline = recommender.parts, recommender.pipeline
    session = recommender.start()
    rng = np.random.default_rng(0)
    for row in rng.choice(len(parts.catalog.items), 50, replace=False):
        recommender.record(session, parts.catalog.items[row].id, str(rng.choice(["like", "click", "click", "dislike"])))
    events = recommender.store.events(session, 200)
    preference = pipeline.preference(events)
    for i in range(5):
        recommender.reply(session, NEEDS[i])
    query = recommender.understanding.parse(NEEDS[1])
    vector, terms = parts.encoder.encode_query("warm"), index_terms(NEEDS[1])
    mask = pipeline.candidates.columns.mask(query.constraints)
    rows, _ = pipeline.features(query, pipeline.candidates.columns.everything, events, preference)
    gc.collect()
    steps: dict[str, Callable[[int], object]] = {
        "encode": lambda i: parts.encoder.encode_query(f"{NEEDS[i % len(NEEDS)]} {i}"),
        "understand": lambda i: recommender.understanding.parse(NEEDS[i % len(NEEDS)]),
        "search": lambda i: parts.retriever.search(vector, terms, 200, mask if i % 2 else None),
        "behaviour": lambda i: pipeline.behaviour([*events[:-1], replace(events[-1], id=-i)], rows),
        "rank": lambda _: pipeline.run(query, events),
        "turn": lambda i: recommender.reply(session, f"{NEEDS[i % len(NEEDS)]} {i + rounds}"),
    }
    figures: dict[str, Any] = {}
    for name, step in steps.items():
        progress(f"Measuring {name} …")
        figures[name] = timed(step, rounds)
    items = [i.id for i in parts.catalog.items]
    newer = [items[int(n)] for n in rng.choice(len(items), rounds)]
    turn = steps["turn"]
    progress("Measuring a turn after a new event …")
    figures["turn_after_event"] = timed(
        lambda i: turn(i - 3 * rounds), rounds, lambda i: recommender.record(session, newer[i], "click")
    )
    progress("Measuring update …")
    figures["update"] = timed(lambda i: recommender.record(session, items[i % len(items)], "like"), rounds)
    for i in range(1000 - len(recommender.store.events(session, 1000))):  # a person with a long history
        recommender.record(session, items[-1 - i % len(items)], ("like", "click", "dislike")[i % 3])
    progress("Measuring a turn after 1,000 events …")
    figures["turn_1000"] = timed(lambda i: turn(i - 6 * rounds), rounds)
    figures["turn_1000_after_event"] = timed(
        lambda i: turn(i - 9 * rounds), rounds, lambda i: recommender.record(session, newer[i], "click")
    )
    recommender.forget(session)
    return {"ms": figures, "rss_mb": rss_mb(), "items": len(parts.catalog.items), "candidates": len(rows), "events": len(events),
            "rounds": rounds, "encoder": parts.encoder.name, "cores": os.cpu_count()}  # fmt: skip


def rss_mb() -> float:
    """Resident memory of this process."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    try:
        return resident_mb("self")
    except OSError:
        return round(peak, 1)


def resident_mb(process: int | str) -> float:
    """Resident memory of a process by its number.

    Raises:
        OSError: the system does not tell, or there is no such process.
    """
    pages = int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)
