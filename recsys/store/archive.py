"""What is kept of everybody, over whole sessions, people and catalogues: logs that come in, what is learned from, what is handed out and deleted."""

import json
import secrets
import time
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from recsys.datamodels import Event, PastEvent
from recsys.store import privacy
from recsys.store.base import Base
from recsys.store.files import copies
from recsys.store.recent import EVENT

_IMPORTED = "⤓ import"  # the title of the session that holds a person's imported events
_BULK = 10_000  # imported events in one transaction
_MARKS = 500  # sessions that one statement names


class Archive(Base):
    """What no single turn needs."""

    def import_events(
        self, catalog: str, events: Sequence[PastEvent], progress: Callable[[str], None] = lambda message: None
    ) -> int:
        """Append a log in the given order, to one session a person; returns how many events were not there before.

        Each 10,000 are one transaction, and an event that is there is left out: an interrupted import can be repeated.
        """
        sessions = {r["user_id"]: r["id"] for r in self._read(
            "SELECT user_id, id FROM sessions WHERE catalog = ? AND title = ?", [catalog, _IMPORTED])}  # fmt: skip
        there = {tuple(r.values()) for r in self._read(
            "SELECT s.user_id, e.item_id, e.kind, e.value, e.at FROM events e JOIN sessions s ON s.id = e.session_id "
            "WHERE s.catalog = ? AND s.title = ?", [catalog, _IMPORTED])}  # fmt: skip
        fresh = [e for e in events if (e.user_id, e.item_id, e.kind, e.value, e.at) not in there]
        for start in range(0, len(fresh), _BULK):
            batch = fresh[start : start + _BULK]
            new = {e.user_id: secrets.token_urlsafe(18) for e in batch if e.user_id not in sessions}
            sessions |= new
            now = time.time()
            with self._write() as db:
                db.executemany("INSERT OR IGNORE INTO users (id, created_at) VALUES (?, ?)", [(u, now) for u in new])
                db.executemany(
                    "INSERT INTO sessions (id, user_id, catalog, title, state, created_at, updated_at) VALUES (?, ?, ?, ?, NULL, ?, ?)",
                    [(s, u, catalog, _IMPORTED, now, now) for u, s in new.items()],
                )
                db.executemany(
                    "INSERT INTO events (session_id, item_id, kind, value, at) VALUES (?, ?, ?, ?, ?)",
                    [(sessions[e.user_id], e.item_id, e.kind, e.value, e.at) for e in batch],
                )
            progress(f"Storing events {start + len(batch):,} of {len(fresh):,}")
        return len(fresh)

    def log(self, catalog: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """What was shown in a catalogue, with its time, ranks, parts and propensities; and the events that stand."""
        shown = self._read(
            "SELECT i.*, m.at FROM impressions i JOIN messages m ON m.id = i.message_id "
            "JOIN sessions s ON s.id = i.session_id WHERE s.catalog = ? ORDER BY i.id",
            [catalog],
        )
        events = self._read(
            f"SELECT {EVENT} FROM events e JOIN sessions s ON s.id = e.session_id "  # noqa: S608
            "WHERE s.catalog = ? AND e.undone_at IS NULL ORDER BY e.id",
            [catalog],
        )
        return [{**r, "parts": json.loads(r["parts"])} for r in shown], events

    def people(self, catalog: str) -> list[list[Event]]:
        """All events of a catalogue that stand: of each person across sessions, or of each session of nobody known, oldest first."""
        rows = self._read(
            "SELECT e.id, e.session_id, e.item_id, e.kind, e.value, e.at, coalesce('u' || s.user_id, 's' || s.id) AS person "
            "FROM events e JOIN sessions s ON s.id = e.session_id WHERE s.catalog = ? AND e.undone_at IS NULL AND e.item_id != '' "
            "ORDER BY person, e.at, e.id",
            [catalog],
        )
        return [[Event(**{k: v for k, v in r.items() if k != "person"}) for r in own]
                for _, own in groupby(rows, key=lambda r: r["person"])]  # fmt: skip

    def chosen(self, catalog: str) -> list[tuple[str, str, str]]:
        """(what was said last before, item, by whom) of every item that was liked, kept, bought or rated above the middle, and not taken back."""
        rows = self._read(
            "SELECT (SELECT m.text FROM messages m WHERE m.session_id = e.session_id AND m.role = 'user' AND m.at <= e.at "
            "ORDER BY m.id DESC LIMIT 1) AS said, e.item_id, coalesce(s.user_id, s.id) AS who FROM events e JOIN sessions s ON s.id = e.session_id WHERE s.catalog = ? "
            "AND e.undone_at IS NULL AND e.field = '' AND (e.kind IN ('like', 'favourite', 'purchase') OR (e.kind = 'rate' AND e.value > 0.5)) "
            "ORDER BY e.id",
            (catalog,),
        )
        return [(r["said"].strip(), r["item_id"], r["who"]) for r in rows if (r["said"] or "").strip()]

    def sessions(self, user_id: str) -> list[dict[str, Any]]:
        """A person's sessions, the latest first."""
        return self._read(
            "SELECT id, title, catalog, created_at, updated_at FROM sessions WHERE user_id = ? ORDER BY updated_at DESC",
            [user_id],
        )

    def export(self, session_ids: Sequence[str]) -> dict[str, list[dict[str, object]]]:
        """Every row that is kept of these sessions, by table."""
        with self._lock:
            return privacy.rows_about(self._db.conn, session_ids)

    def forget(self, session_id: str) -> None:
        """Delete a session with all that belongs to it, and leave no trace of it in the file or its copies."""
        self._erase([session_id])

    def forget_user(self, user_id: str) -> int:
        """Delete everything about a person, in every catalogue; returns how many sessions that were."""
        found = [str(s["id"]) for s in self.sessions(user_id)]
        self._erase(found)
        return len(found)

    def expire(self, before: float) -> int:
        """Delete the sessions that nobody touched since `before` (seconds since 1970); returns how many."""
        found = [str(r["id"]) for r in self._read("SELECT id FROM sessions WHERE updated_at < ?", [before])]
        self._erase(found)
        return len(found)

    def _erase(self, session_ids: Sequence[str]) -> None:
        for start in range(0, len(session_ids), _MARKS):
            batch = session_ids[start : start + _MARKS]
            with self._write() as db:
                privacy.erase(db, batch)
            if self.path is not None:
                privacy.erase_in_copies(copies(self.path), batch)
        if session_ids:
            with self._lock:
                privacy.scrub(self._db.conn)
