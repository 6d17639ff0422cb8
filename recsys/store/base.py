"""One SQLite file behind one lock: every write is on disk (WAL, synchronous=FULL) before it returns."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from recsys.errors import RecsysError, StoreError
from recsys.store import migrations
from recsys.store.files import connect, copies, copy, open_checked, stamp, told
from recsys.store.recent import Recent


class Base:
    """One connection behind one lock: SQLite has one writer anyway, and a turn reads a handful of rows."""

    def __init__(self, path: Path | None) -> None:
        """Open or create the database at `path`; None keeps it in memory. `damaged` says where a damaged one was set aside.

        Raises:
            StoreError: the file cannot be opened, or is of a newer version.
        """
        self._lock, self.path, self.damaged = threading.RLock(), path, None
        self._recent = Recent()
        try:
            if path is None:
                connection = connect(None)
            else:
                connection, self.damaged = open_checked(path)
            self._db = Database(connection)
            self._upgrade(connection)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"cannot open the database {path}: {error}; check that the folder can be written, or set RECSYS_HOME"
            ) from error

    def _upgrade(self, connection: sqlite3.Connection) -> None:
        """Bring the tables up to date; a database that holds something is copied first."""
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if self.path is not None and 0 < version < len(migrations.MIGRATIONS):
            copy(connection, copies(self.path) / f"before-version-{len(migrations.MIGRATIONS)}-{stamp()}.db")
        migrations.migrate(self._db)

    @contextmanager
    def _write(self, appends: bool = False) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is durable when the block ends, or none of it happened.

        `appends` says that no event that is there is changed, taken away, or made another person's.

        Raises:
            StoreError: the disk is full, the file is held, read-only or damaged.
        """
        with self._lock:
            connection: sqlite3.Connection = self._db.conn
            if not appends:
                self._recent.clear()
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            except BaseException as error:
                if connection.in_transaction:  # a full disk has rolled back by itself
                    connection.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise told(error) from error
                raise

    def _read(self, sql: str, arguments: Sequence[Any] = ()) -> list[dict[str, Any]]:
        with self._lock:
            try:
                return list(self._db.query(sql, list(arguments)))
            except sqlite3.Error as error:
                raise told(error) from error

    def backup(self, target: Path | None = None) -> Path:
        """A copy of the whole database, while it serves; by default among its copies. Returns where it is.

        Raises:
            StoreError: the copy cannot be written, or the database is in memory.
        """
        if self.path is None:
            raise StoreError("a database in memory has no copies; give the store a file")
        with closing(connect(self.path)) as reader:  # beside the connection that serves
            return copy(reader, target or copies(self.path) / f"attune-{stamp()}.db")

    def fault(self) -> str:
        """Why the database cannot be written, or an empty string."""
        try:
            with self._write(appends=True) as db:
                db.execute("UPDATE sessions SET title = title WHERE 0")
        except RecsysError as error:
            return str(error)
        return ""

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.conn.close()
