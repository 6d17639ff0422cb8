"""The events of the people who were here last, kept in memory: a long history is read once, and then only what came to it."""

import sqlite3
from dataclasses import dataclass, field

from recsys.datamodels import Event

EVENT = "e.id, e.session_id, e.item_id, e.kind, e.value, e.at, e.field, e.label"
OF_PERSON = (  # the session with this id, and all others of its person; each step by an index, however many events there are
    "WHERE e.session_id IN (SELECT s.id FROM sessions me JOIN sessions s "
    "ON (s.id = me.id OR s.user_id = me.user_id) AND s.catalog = me.catalog WHERE me.id = ?)"
)
_LASTING = ("like", "dislike", "rate", "favourite", "purchase", "lean", "forget")
_LATEST = (  # the person's events are looked at by an index alone, and once
    f"WITH own AS MATERIALIZED (SELECT e.id, e.kind FROM events e {OF_PERSON} AND e.undone_at IS NULL), "  # noqa: S608
    "first AS (SELECT ifnull((SELECT id FROM own ORDER BY id DESC LIMIT 1 OFFSET ? - 1), 0) AS id) "
    f"SELECT {EVENT} FROM events e WHERE e.id IN "
    f"(SELECT own.id FROM own, first WHERE own.id >= first.id OR kind IN {_LASTING}) ORDER BY e.id"
)
_SINCE = f"SELECT {EVENT} FROM events e {OF_PERSON} AND e.undone_at IS NULL AND e.id > ? ORDER BY e.id"  # noqa: S608
_PEOPLE = 64  # that are kept in memory


@dataclass
class Recent:
    """Answers as the tables would, as long as it is told to `clear` when anything but an event of a higher id came to them."""

    _known: dict[tuple[str, int], list[Event]] = field(default_factory=dict)
    _others: int = -1

    def clear(self) -> None:
        """Something was changed or taken away."""
        self._known.clear()

    def events(self, db: sqlite3.Connection, session_id: str, limit: int) -> list[Event]:
        """The latest `limit` events of the person that stand, and older ones that last, oldest first."""
        others = db.execute("PRAGMA data_version").fetchone()[0]  # another one after any commit of another process
        if others != self._others:
            self.clear()
        known = self._known.pop((session_id, limit), None)
        if not known:
            found = [Event(*row) for row in db.execute(_LATEST, [session_id, limit])]
        else:
            found = known + [Event(*row) for row in db.execute(_SINCE, [session_id, known[-1].id])]
            first = len(found) - limit
            found = [e for n, e in enumerate(found) if n >= first or e.kind in _LASTING] if first > 0 else found
        self._known[session_id, limit], self._others = found, others
        if len(self._known) > _PEOPLE:
            del self._known[next(iter(self._known))]
        return list(found)
