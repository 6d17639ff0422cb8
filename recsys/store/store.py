"""A turn: sessions, what was said and shown in them, and what was done with it, appended and read."""

import json
import secrets
import sqlite3
import time
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Protocol

from recsys.datamodels import PASSING, Event, EventKind, Query, Recommendation
from recsys.errors import InvalidInput, NotFound
from recsys.store.archive import Archive
from recsys.store.files import GONE, told
from recsys.store.recent import EVENT, OF_PERSON

_JUDGED = ("like", "dislike", "favourite", "purchase", "rate")
_REACTED = (  # the lists that the latest judgements of the person belong to: the last before each that showed its item
    f"WITH judged AS (SELECT e.session_id, e.item_id, e.at FROM events e {OF_PERSON} AND e.undone_at IS NULL "  # noqa: S608
    f"AND e.kind IN {_JUDGED} ORDER BY e.id DESC LIMIT ?), "
    "lists AS (SELECT (SELECT max(i.message_id) FROM impressions i JOIN messages m ON m.id = i.message_id "
    "WHERE i.session_id = judged.session_id AND i.item_id = judged.item_id AND m.at <= judged.at) AS id FROM judged) "
    "SELECT i.message_id, i.item_id, i.parts, i.propensity, m.at FROM impressions i JOIN messages m ON m.id = i.message_id "
    "WHERE i.message_id IN (SELECT id FROM lists) ORDER BY i.message_id, i.rank"
)


class Store(Protocol):
    """What the hub needs of a store; a database server can stand in SQLite's place."""

    def start(self, catalog: str, user_id: str | None) -> str: ...  # noqa: D102
    def session(self, session_id: str) -> dict[str, Any]: ...  # noqa: D102
    def say(  # noqa: D102
        self,
        session_id: str,
        role: str,
        text: str,
        detail: Mapping[str, Any],
        state: Query | None,
        items: Sequence[Recommendation] = (),
    ) -> int: ...
    def unsay(self, session_id: str, message_id: int, state: Query | None) -> None: ...  # noqa: D102
    def messages(self, session_id: str, role: str = "", latest: int = -1) -> list[dict[str, Any]]: ...  # noqa: D102
    def impressions(self, session_id: str, message_id: int | None = None) -> list[dict[str, Any]]: ...  # noqa: D102
    def all_impressions(self, session_id: str) -> dict[int, list[dict[str, Any]]]: ...  # noqa: D102
    def reacted(self, session_id: str, latest: int) -> list[list[dict[str, Any]]]: ...  # noqa: D102
    def record(  # noqa: D102
        self, session_id: str, item_id: str, kind: EventKind, value: float | None, field: str = "", label: str = ""
    ) -> int: ...
    def undo(self, session_id: str, event_id: int | None = None) -> Event | None: ...  # noqa: D102
    def events(self, session_id: str, limit: int) -> list[Event]: ...  # noqa: D102
    def delete_event(self, session_id: str, event_id: int) -> bool: ...  # noqa: D102
    def sign_in(self, session_id: str, user_id: str) -> None: ...  # noqa: D102
    def sessions(self, user_id: str) -> list[dict[str, Any]]: ...  # noqa: D102
    def rename(self, session_id: str, title: str) -> None: ...  # noqa: D102
    def forget(self, session_id: str) -> None: ...  # noqa: D102
    def forget_user(self, user_id: str) -> int: ...  # noqa: D102
    def export(self, session_ids: Sequence[str]) -> dict[str, list[dict[str, object]]]: ...  # noqa: D102


class SqliteStore(Archive):
    """What a turn reads and writes, and all else that is kept."""

    def start(self, catalog: str, user_id: str | None) -> str:
        """A new session under an id that cannot be guessed (144 random bits)."""
        session_id, now = secrets.token_urlsafe(18), time.time()
        with self._write(appends=True) as db:
            if user_id is not None:
                db.execute("INSERT OR IGNORE INTO users (id, created_at) VALUES (?, ?)", (user_id, now))
            db.execute(
                "INSERT INTO sessions (id, user_id, catalog, title, state, created_at, updated_at) VALUES (?, ?, ?, '', NULL, ?, ?)",
                (session_id, user_id, catalog, now, now),
            )
        return session_id

    def session(self, session_id: str) -> dict[str, Any]:
        """The session's row, with `state` as a Query or None.

        Raises:
            NotFound: there is no such session.
        """
        found = self._read("SELECT * FROM sessions WHERE id = ?", [session_id])
        if not found:
            raise NotFound(*GONE)
        row = found[0]
        row["state"] = Query.from_json(json.loads(row["state"])) if row["state"] else None
        return row

    def say(
        self,
        session_id: str,
        role: str,
        text: str,
        detail: Mapping[str, Any],
        state: Query | None,
        items: Sequence[Recommendation] = (),
    ) -> int:
        """Append a message with the items shown under it, and set the state of the dialogue; returns the message's id."""
        now = time.time()
        with self._write(appends=True) as db:
            cursor = db.execute(
                "INSERT INTO messages (session_id, role, text, lang, detail, at) VALUES (?, ?, ?, ?, ?, ?)",
                (session_id, role, text, detail.get("lang", ""), json.dumps(detail, ensure_ascii=False), now),
            )
            message_id = int(cursor.lastrowid or 0)
            db.executemany(
                "INSERT INTO impressions (message_id, session_id, item_id, rank, score, nearest, parts, reasons, propensity, explored) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        message_id,
                        session_id,
                        r.item.id,
                        r.rank,
                        r.score,
                        int(r.nearest),
                        json.dumps(dict(r.parts)),
                        json.dumps(r.tags, ensure_ascii=False),
                        r.propensity,
                        int(r.explored),
                    )
                    for r in items
                ],
            )
            db.execute(
                "UPDATE sessions SET state = ?, updated_at = ?, title = CASE WHEN title = '' AND ? = 'user' THEN substr(?, 1, 60) ELSE title END WHERE id = ?",
                (json.dumps(state.to_json(), ensure_ascii=False) if state else None, now, role, text, session_id),
            )
        return message_id

    def unsay(self, session_id: str, message_id: int, state: Query | None) -> None:
        """Take back a message, all that followed it, and what it did to events; the dialogue asks for `state` again.

        An empty message stays in their place, so that none of their ids is ever another message's.
        """
        span = "SELECT at FROM messages WHERE session_id = ? AND id >= ? AND role = ? ORDER BY id LIMIT 1"
        with self._write() as db:
            own = (session_id, message_id)
            db.execute(
                "UPDATE sessions SET title = '' WHERE id = ? AND title = (SELECT substr(text, 1, 60) FROM messages WHERE session_id = ? AND id = ?)",
                (session_id, *own),
            )
            done = [db.execute(span, (*own, role)).fetchone() for role in ("user", "assistant")]
            if all(done):
                between = (session_id, done[0][0], done[1][0])
                db.execute(
                    "UPDATE events SET undone_at = NULL WHERE session_id = ? AND undone_at BETWEEN ? AND ?", between
                )
                db.execute(
                    "UPDATE events SET undone_at = ? WHERE session_id = ? AND at BETWEEN ? AND ?",
                    (time.time(), *between),
                )
            stays = db.execute(
                "INSERT INTO messages (session_id, role, text, lang, detail, at) VALUES (?, '', '', '', '{\"reset\": true}', ?)",
                (session_id, time.time()),
            ).lastrowid
            db.execute("DELETE FROM impressions WHERE session_id = ? AND message_id >= ?", own)
            db.execute("DELETE FROM messages WHERE session_id = ? AND id >= ? AND id < ?", (*own, stays))
            db.execute(
                "UPDATE sessions SET state = ? WHERE id = ?",
                (json.dumps(state.to_json(), ensure_ascii=False) if state else None, session_id),
            )

    def messages(self, session_id: str, role: str = "", latest: int = -1) -> list[dict[str, Any]]:
        """The messages of a session, oldest first, with `detail` as an object: those of a role, the latest so many, or all."""
        rows = self._read(
            "SELECT * FROM messages WHERE session_id = ? AND (? = '' OR role = ?) ORDER BY id DESC LIMIT ?",
            [session_id, role, role, latest],
        )
        return [{**r, "detail": json.loads(r["detail"])} for r in reversed(rows)]

    def impressions(self, session_id: str, message_id: int | None = None) -> list[dict[str, Any]]:
        """What was shown under a message, or under the last message that showed anything, by rank."""
        if message_id is None:
            message_id = self._read("SELECT max(message_id) AS m FROM impressions WHERE session_id = ?", [session_id])[
                0
            ]["m"]
        rows = self._read(
            "SELECT * FROM impressions WHERE session_id = ? AND message_id = ? ORDER BY rank", [session_id, message_id]
        )
        return [_shown(r) for r in rows]

    def all_impressions(self, session_id: str) -> dict[int, list[dict[str, Any]]]:
        """What was shown under each message of a session that showed anything, by rank."""
        out: dict[int, list[dict[str, Any]]] = {}
        sql = "SELECT * FROM impressions WHERE session_id = ? ORDER BY message_id, rank"
        for row in self._read(sql, [session_id]):
            out.setdefault(row["message_id"], []).append(_shown(row))
        return out

    def reacted(self, session_id: str, latest: int) -> list[list[dict[str, Any]]]:
        """The lists, oldest first, that the latest so many judgements of the person belong to: items by rank, parts, propensities."""
        rows = self._read(_REACTED, [session_id, latest])
        lists = [list(own) for _, own in groupby(rows, key=lambda r: r["message_id"])]
        return [[{**r, "parts": json.loads(r["parts"])} for r in own] for own in lists]

    def record(
        self, session_id: str, item_id: str, kind: EventKind, value: float | None, field: str = "", label: str = ""
    ) -> int:
        """Append an event, on an item or on a value of an attribute; returns its id."""
        with self._write(appends=True) as db:
            cursor = db.execute(
                "INSERT INTO events (session_id, item_id, kind, value, at, field, label) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (session_id, item_id, kind, value, time.time(), field, label),
            )
        return int(cursor.lastrowid or 0)

    def undo(self, session_id: str, event_id: int | None = None) -> Event | None:
        """Take back one event of the person, or the last of this session that was no mere look; None where there is none."""
        own = "e.id = ?" if event_id is not None else f"e.session_id = ? AND e.kind NOT IN {PASSING}"
        with self._write() as db:
            found = db.execute(
                f"SELECT {EVENT} FROM events e {OF_PERSON} AND e.undone_at IS NULL AND {own} ORDER BY e.id DESC LIMIT 1",  # noqa: S608
                (session_id, session_id if event_id is None else event_id),
            ).fetchone()
            if found is None:
                return None
            db.execute("UPDATE events SET undone_at = ? WHERE id = ?", (time.time(), found[0]))
        return Event(*found)

    def delete_event(self, session_id: str, event_id: int) -> bool:
        """Delete one event of the person for good; False where there is none."""
        with self._write() as db:
            of_person = f"SELECT e.id FROM events e {OF_PERSON}"  # noqa: S608
            cursor = db.execute(f"DELETE FROM events WHERE id = ? AND id IN ({of_person})", (event_id, session_id))  # noqa: S608
        return cursor.rowcount > 0

    def events(self, session_id: str, limit: int) -> list[Event]:
        """The events that stand, oldest first: of the person across sessions if known, else of the session.

        The latest `limit` of all kinds, and whatever is older but lasts: a dislike is never too old to count.
        """
        with self._lock:
            try:
                return self._recent.events(self._db.conn, session_id, limit)
            except sqlite3.Error as error:
                raise told(error) from error

    def sign_in(self, session_id: str, user_id: str) -> None:
        """Make a session one of a person's: from now on what was done in it is theirs.

        Raises:
            InvalidInput: the session is another person's.
        """
        with self._write() as db:
            owner = db.execute("SELECT user_id FROM sessions WHERE id = ?", (session_id,)).fetchone()
            if owner and owner[0] not in (None, user_id):
                raise InvalidInput(
                    "this conversation belongs to somebody else; start a new one",
                    "这段对话属于另一个人，请新开一段对话",
                )
            db.execute("INSERT OR IGNORE INTO users (id, created_at) VALUES (?, ?)", (user_id, time.time()))
            db.execute("UPDATE sessions SET user_id = ? WHERE id = ?", (user_id, session_id))

    def rename(self, session_id: str, title: str) -> None:
        """Another title for a session; an empty one changes nothing."""
        if title:
            with self._write(appends=True) as db:
                db.execute("UPDATE sessions SET title = ? WHERE id = ?", (title, session_id))


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "parts": json.loads(row["parts"]), "reasons": json.loads(row["reasons"])}
