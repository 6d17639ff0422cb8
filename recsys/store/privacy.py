"""What a person can ask for: all that is kept of them, and that nothing is."""

import logging
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

log = logging.getLogger("recsys.store")


def tables_about(db: sqlite3.Connection, column: str = "session_id") -> list[str]:
    """The tables whose rows belong to a session."""
    names = [r[0] for r in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return [n for n in names if any(c[1] == column for c in db.execute(f"PRAGMA table_info([{n}])"))]


def erase(db: sqlite3.Connection, session_ids: Sequence[str]) -> None:
    """Delete sessions with every row that belongs to them, and people who have no session left; inside one transaction."""
    db.execute("PRAGMA defer_foreign_keys = ON")  # the tables in any order
    marks = ", ".join("?" * len(session_ids))
    owned = f"SELECT DISTINCT user_id FROM sessions WHERE user_id IS NOT NULL AND id IN ({marks})"  # noqa: S608
    owners = [r[0] for r in db.execute(owned, session_ids)]
    for table in tables_about(db):
        db.execute(f"DELETE FROM [{table}] WHERE session_id IN ({marks})", session_ids)  # noqa: S608
    db.execute(f"DELETE FROM sessions WHERE id IN ({marks})", session_ids)  # noqa: S608
    for owner in owners:
        db.execute(
            "DELETE FROM users WHERE id = ? AND NOT EXISTS (SELECT 1 FROM sessions WHERE user_id = ?)", (owner, owner)
        )


def scrub(db: sqlite3.Connection) -> None:
    """Rewrite the file, so that not even a free page remembers what was deleted."""
    db.execute("VACUUM")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def erase_in_copies(folder: Path, session_ids: Sequence[str]) -> int:
    """Delete sessions in every copy of a folder too; returns how many copies there are. Damaged ones are named in the log."""
    found = sorted(folder.glob("*.db"))
    for path in found:
        try:
            with closing(sqlite3.connect(path, isolation_level=None)) as db:
                db.execute("PRAGMA secure_delete = ON")
                db.execute("BEGIN IMMEDIATE")
                erase(db, session_ids)
                db.execute("COMMIT")
                scrub(db)
        except sqlite3.Error as error:
            log.error("could not delete in the copy %s (%s); delete the file", path, error)
    return len(found)


def rows_about(db: sqlite3.Connection, session_ids: Sequence[str]) -> dict[str, list[dict[str, object]]]:
    """Every row of every table that belongs to these sessions, as it is kept."""
    marks = ", ".join("?" * len(session_ids))
    out = {}
    for table, column in [("sessions", "id"), *((t, "session_id") for t in tables_about(db))]:
        cursor = db.execute(f"SELECT * FROM [{table}] WHERE {column} IN ({marks})", session_ids)  # noqa: S608
        names = [d[0] for d in cursor.description]
        out[table] = [dict(zip(names, row, strict=True)) for row in cursor]
    return out
