"""Numbered migrations. A database remembers the last one it has had in `PRAGMA user_version`; never edit one, add one."""

from collections.abc import Callable

from sqlite_utils import Database

from recsys.errors import StoreError


def _first_tables(db: Database) -> None:
    db["users"].create({"id": str, "created_at": float}, pk="id")
    db["sessions"].create(
        {"id": str, "user_id": str, "catalog": str, "title": str, "state": str, "created_at": float, "updated_at": float},
        pk="id", foreign_keys=[("user_id", "users", "id")],
    )  # fmt: skip
    db["messages"].create(
        {"id": int, "session_id": str, "role": str, "text": str, "lang": str, "detail": str, "at": float},
        pk="id", foreign_keys=[("session_id", "sessions", "id")],
    )  # fmt: skip
    db["impressions"].create(
        {"id": int, "message_id": int, "session_id": str, "item_id": str, "rank": int, "score": float, "nearest": int, "parts": str, "reasons": str},
        pk="id", foreign_keys=[("message_id", "messages", "id"), ("session_id", "sessions", "id")],
    )  # fmt: skip
    db["events"].create(
        {"id": int, "session_id": str, "item_id": str, "kind": str, "value": float, "at": float, "undone_at": float},
        pk="id", foreign_keys=[("session_id", "sessions", "id")],
    )  # fmt: skip
    db["sessions"].create_index(["user_id"])
    for table in ("messages", "impressions", "events"):
        db[table].create_index(["session_id"])
    db["impressions"].create_index(["message_id"])


def _values_and_propensities(db: Database) -> None:
    """Events may speak of a value of an attribute; an impression knows how likely it was."""
    db.conn.execute("ALTER TABLE events ADD COLUMN field TEXT NOT NULL DEFAULT ''")
    db.conn.execute("ALTER TABLE events ADD COLUMN label TEXT NOT NULL DEFAULT ''")
    db.conn.execute("ALTER TABLE impressions ADD COLUMN propensity REAL NOT NULL DEFAULT 1")
    db.conn.execute("ALTER TABLE impressions ADD COLUMN explored INTEGER NOT NULL DEFAULT 0")


def _standing_events(db: Database) -> None:
    db.execute("CREATE INDEX idx_events_standing ON events (session_id, kind) WHERE undone_at IS NULL")


def _lists_of_events(db: Database) -> None:
    db.execute("CREATE INDEX idx_impressions_item ON impressions (session_id, item_id)")


MIGRATIONS: tuple[Callable[[Database], None], ...] = (
    _first_tables,
    _values_and_propensities,
    _standing_events,
    _lists_of_events,
)


def migrate(db: Database) -> None:
    """Bring a database up to date; each step is all or nothing.

    Raises:
        StoreError: the database was written by a newer version of Attune.
    """
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise StoreError(
            f"the database is of version {version}, this program knows {len(MIGRATIONS)}; upgrade Attune, or set RECSYS_HOME to a new folder"
        )
    for number in range(version, len(MIGRATIONS)):
        with db.conn:
            db.conn.execute("BEGIN IMMEDIATE")
            MIGRATIONS[number](db)
            db.conn.execute(f"PRAGMA user_version = {number + 1}")
