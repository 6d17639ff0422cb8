"""How cost grows: a turn against the size of the catalogue, the length of the history, and what the store holds."""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from recsys.datamodels import EventKind
from recsys.evaluation.bench import NEEDS, timed
from recsys.evaluation.scale import scaled
from recsys.language.encoder import SentenceEncoder
from recsys.recommender import Recommender
from recsys.settings import Settings
from recsys.store import SqliteStore

Progress = Callable[[str], None]
_SIZES = (1_000, 10_000, 100_000, 1_000_000)
_HISTORIES = (0, 10, 30, 100, 300, 1_000)
_SESSIONS = (1, 100, 10_000, 100_000)
_EACH = 10  # events of a session: a million in the largest store
_KINDS: tuple[EventKind, ...] = ("click", "like", "click", "dislike")


def exponent(cost: Mapping[int, float]) -> float:
    """b of cost ≈ a · sizeᵇ, by least squares of the logarithms; sizes below 1 are left out."""
    sizes = [n for n in cost if n > 0]
    slope, _ = np.polyfit(np.log(sizes), np.log([cost[n] for n in sizes]), 1)
    return round(float(slope), 3)


def grown(rounds: int, largest: int, settings: Settings, progress: Progress) -> dict[str, Any]:
    """Milliseconds (p50) of a turn by size, and the exponent that fits them; catalogues to `largest` items are synthetic."""
    encoder = SentenceEncoder.load(settings.encoder, settings.cache, settings.threads, progress)
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        recommender = Recommender.load(settings, progress, encoder, SqliteStore(Path(folder) / "histories.db"))
        figures["history"] = told(histories(recommender, rounds, progress))
        recommender.store.close()  # type: ignore[attr-defined]
        turns, kept = stores(recommender, Path(folder), rounds, progress)
        figures["sessions"] = told(turns)
        figures["store_alone"] = told(kept)
    del recommender, encoder
    sizes = {n: scaled(n, rounds, settings, progress)["ms"]["turn"]["p50"] for n in _SIZES if n <= largest}
    return {"items": told(sizes), **figures}


def told(cost: Mapping[int, float]) -> dict[str, Any]:
    """The curve and its exponent."""
    return {"ms": {str(n): round(ms, 2) for n, ms in cost.items()}, "exponent": exponent(cost)}


def histories(recommender: Recommender, rounds: int, progress: Progress) -> dict[int, float]:
    """A turn right after a new event, by how many events there were before."""
    items, out = recommender.catalog.items, {}
    for length in _HISTORIES:
        progress(f"Measuring a history of {length:,} …")
        session = recommender.start()
        rng = np.random.default_rng(length)
        for i, row in enumerate(rng.choice(len(items), length, replace=length > len(items)).tolist()):
            recommender.record(session, items[row].id, _KINDS[i % len(_KINDS)])

        def react(i: int, session: str = session, length: int = length) -> None:
            if length:
                event = recommender.record(session, items[i % len(items)].id, "click")
                recommender.record(session, items[i % len(items)].id, "undo", event - 1)  # the length stays

        talk = timed(lambda i, s=session: recommender.reply(s, f"{NEEDS[i % len(NEEDS)]} {i}"), rounds, react)  # type: ignore[misc]
        out[length] = talk["p50"]
    return out


def fill(path: Path, sessions: int, catalog: str, items: int) -> None:
    """A store of so many sessions, two of them a person's, with ten events and a message each."""
    SqliteStore(path).close()
    rng, now = np.random.default_rng(0), time.time()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA synchronous = OFF")
        there = int(db.execute("SELECT count(*) FROM sessions").fetchone()[0])
        numbers = range(there, sessions)
        db.executemany("INSERT OR IGNORE INTO users VALUES (?, ?)", ((f"u{n // 2}", now) for n in numbers))
        db.executemany(
            "INSERT INTO sessions (id, user_id, catalog, title, state, created_at, updated_at) VALUES (?, ?, ?, '', NULL, ?, ?)",
            ((f"s{n}", f"u{n // 2}", catalog, now, now) for n in numbers),
        )
        db.executemany(
            "INSERT INTO messages (session_id, role, text, lang, detail, at) VALUES (?, 'assistant', '', 'zh', '{}', ?)",
            ((f"s{n}", now) for n in numbers),
        )
        db.executemany(
            "INSERT INTO events (session_id, item_id, kind, value, at) VALUES (?, ?, ?, NULL, ?)",
            ((f"s{n}", f"{int(i)}", _KINDS[int(i) % 4], now) for n in numbers for i in rng.integers(items, size=_EACH)),
        )
        db.commit()


def stores(
    recommender: Recommender, folder: Path, rounds: int, progress: Progress
) -> tuple[dict[int, float], dict[int, float]]:
    """A turn, and what of it is the store's alone, by how many sessions of ten events it holds."""
    turns, alone, path = {}, {}, folder / "sessions.db"
    for sessions in _SESSIONS:
        progress(f"Filling a store with {sessions:,} sessions …")
        fill(path, sessions, recommender.catalog.name, len(recommender.catalog.items))
        watched = Watched(SqliteStore(path))
        own = Recommender(recommender.parts, watched, recommender.settings)
        session = own.start("u0")
        spent: list[float] = []

        def turn(
            i: int,
            own: Recommender = own,
            session: str = session,
            watched: Watched = watched,
            spent: list[float] = spent,
        ) -> None:
            watched.seconds = 0.0
            own.reply(session, f"{NEEDS[i % len(NEEDS)]} {i}")
            spent.append(watched.seconds)

        turns[sessions] = timed(turn, rounds)["p50"]
        alone[sessions] = float(np.percentile(spent, 50)) * 1e3
        watched.store.close()
    return turns, alone


class Watched:
    """A store that counts the seconds spent in it."""

    def __init__(self, store: SqliteStore) -> None:
        self.store, self.seconds = store, 0.0

    def __getattr__(self, name: str) -> Any:
        """The store's own methods, timed."""
        call = getattr(self.store, name)

        def counted(*args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            try:
                return call(*args, **kwargs)
            finally:
                self.seconds += time.perf_counter() - began

        return counted
