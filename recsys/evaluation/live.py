"""Items added, changed and removed while turns run: how many a second, and how long anybody else is held up."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from recsys.evaluation.bench import NEEDS, tails
from recsys.language.text import index_terms
from recsys.loading import Read
from recsys.recommender import Recommender
from recsys.serving import settle

_BATCH, _BATCHES = 1_000, 4
_BEAT = 0.001  # seconds between two beats of a thread that does nothing else


def live(recommender: Recommender) -> dict[str, Any]:
    """Items a second once they are encoded, turns (p50, p99 in ms) without and during it, and the longest pause of a thread."""
    items, row = recommender.catalog.items, recommender.catalog.row
    own = [items[n] for n in list(row.values())[: _BATCH * _BATCHES]]
    made = [replace(own[n % len(own)], id=f"live-{n}") for n in range(_BATCH * _BATCHES)]
    vectors = np.asarray(recommender.parts.vectors[[row[own[n % len(own)].id] for n in range(len(made))]], np.float32)
    terms = [index_terms(i.title) for i in made]

    def add(start: int) -> None:
        part = slice(start, start + _BATCH)
        recommender.serving.update(Read(made[part], vectors[part], terms[part]))

    def change(start: int) -> None:
        part = slice(start, start + _BATCH)
        dearer = [replace(i, price=(i.price or 10.0) + 1) for i in made[part]]
        recommender.serving.update(Read(dearer, vectors[part], terms[part]))

    def remove(start: int) -> None:
        recommender.update(remove={i.id for i in made[start : start + _BATCH]})

    session = recommender.start()
    for need in NEEDS:  # whatever is made at first use
        recommender.reply(session, need)
    settle()  # as the server does
    with _turning(recommender) as turns, _beating() as gaps:
        time.sleep(2)
        still, calm = list(turns), max(gaps)
        turns.clear()
        gaps.clear()
        rates = {name: _rate(call) for name, call in (("added", add), ("changed", change), ("removed", remove))}
        busy, longest = list(turns), max(gaps)
    return {
        "items_per_s": rates, "turn_ms": {"without": tails(still, 1), "during": tails(busy, 1)},
        "longest_pause_ms": {"without": round(calm * 1e3, 1), "during": round(longest * 1e3, 1)},
    }  # fmt: skip


def _rate(call: Callable[[int], None]) -> int:
    began = time.perf_counter()
    for batch in range(_BATCHES):
        call(batch * _BATCH)
    return round(_BATCH * _BATCHES / (time.perf_counter() - began))


@contextmanager
def _turning(recommender: Recommender) -> Iterator[list[float]]:
    """Somebody talks all the while; milliseconds of each turn."""
    spent: list[float] = []
    session = recommender.start()

    def turn(n: int) -> None:
        began = time.perf_counter()
        recommender.reply(session, f"{NEEDS[n % len(NEEDS)]} {n}")
        spent.append((time.perf_counter() - began) * 1e3)

    with _running(turn):
        yield spent


@contextmanager
def _beating() -> Iterator[list[float]]:
    """A thread that only sleeps; seconds that each sleep lasted too long."""
    late: list[float] = []

    def beat(_: int) -> None:
        began = time.perf_counter()
        time.sleep(_BEAT)
        late.append(time.perf_counter() - began - _BEAT)

    with _running(beat):
        yield late


@contextmanager
def _running(call: Callable[[int], None]) -> Iterator[None]:
    stop = threading.Event()

    def run() -> None:
        n = 0
        while not stop.is_set():
            call(n)
            n += 1

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
