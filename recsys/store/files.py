"""The database as a file: opened with care, set aside when it is damaged, copied while it serves, brought back."""

import logging
import os
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

from recsys.errors import NotFound, RecsysError, StoreError
from recsys.store import migrations

log = logging.getLogger("recsys.store")
_BESIDE = ("", "-wal", "-shm")  # what SQLite keeps next to a database
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_SAID = {
    sqlite3.SQLITE_FULL: (
        "the disk is full and nothing of this was kept; free some space and try again",
        "磁盘已满，这一步没有保存；请腾出空间后再试",
    ),
    sqlite3.SQLITE_BUSY: (
        "another program holds the database; nothing was lost, try again in a moment",
        "数据库正被别的程序占用；没有丢失任何内容，请稍后再试",
    ),
    sqlite3.SQLITE_READONLY: (
        "the database cannot be written; make its folder writable, or set RECSYS_HOME to one that is",
        "数据库无法写入；请让所在文件夹可写，或把 RECSYS_HOME 设为可写的文件夹",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "the database is damaged; restart Attune: it sets the file aside and begins a new one",
        "数据库已损坏；请重启 Attune，它会把损坏的文件移到一旁并新建一个",
    ),
}
GONE = ("this conversation does not exist (any more); start a new one", "这段对话已经不存在了；请开始新的对话")
_ALIKE = {
    sqlite3.SQLITE_LOCKED: sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_NOTADB: sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_CANTOPEN: sqlite3.SQLITE_READONLY,
}


def code_of(error: sqlite3.Error) -> int:
    """SQLite's primary result code of an error; 1 (a general error) where it has none."""
    return int(getattr(error, "sqlite_errorcode", None) or 1) & 0xFF


def told(error: sqlite3.Error) -> RecsysError:
    """The same fault in words that a person can act on."""
    code = code_of(error)
    if code == sqlite3.SQLITE_CONSTRAINT:
        return NotFound(*GONE)
    english, chinese = _SAID.get(_ALIKE.get(code, code), ("", ""))
    if not english:
        english = f"the database did not answer ({error}); nothing of this was kept, try again"
        chinese = "数据库没有响应，这一步没有保存；请再试一次"
    return StoreError(english, chinese)


def connect(path: Path | None) -> sqlite3.Connection:
    """A connection in write-ahead mode that flushes at every commit: what was acknowledged outlives a power cut.

    Raises:
        sqlite3.Error: the file cannot be opened, or is no database.
    """
    connection = sqlite3.connect(path or ":memory:", check_same_thread=False, timeout=10, isolation_level=None)
    try:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def open_checked(path: Path) -> tuple[sqlite3.Connection, Path | None]:
    """The database at `path`, new where there was none; a damaged one is set aside first, and the second value says where.

    Raises:
        sqlite3.Error: the file cannot be opened for another reason.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = _set_aside(path) if path.exists() and not sound(path) else None
    connection = connect(path)
    os.chmod(path, 0o600)  # what people say is nobody else's business
    return connection, aside


def sound(path: Path) -> bool:
    """True where the file is a database whose pages hold together.

    Raises:
        sqlite3.Error: it cannot be read at all, which says nothing of its pages.
    """
    try:
        with closing(connect(path)) as db:
            return [row[0] for row in db.execute("PRAGMA quick_check(1)")] == ["ok"]
    except sqlite3.DatabaseError as error:
        if code_of(error) in _DAMAGED:
            return False
        raise


def _set_aside(path: Path) -> Path:
    """Rename a damaged database and what lies next to it: somebody may still save something from it."""
    aside = path.with_name(f"{path.name}.damaged-{stamp()}")
    for end in _BESIDE:
        beside = path.with_name(path.name + end)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + end))
    log.error("the database was damaged; it is kept as %s and a new one was begun", aside)
    return aside


def stamp() -> str:
    """Now, as it stands in the names of copies."""
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() // 1000 % 1_000_000:06}"


def copy(source: sqlite3.Connection, target: Path) -> Path:
    """A copy of a database that may be in use: a single file, complete or not there at all.

    Raises:
        StoreError: the copy cannot be written.
    """
    partial = target.with_name(f".{target.name}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        with closing(sqlite3.connect(partial)) as db:
            os.chmod(partial, 0o600)
            source.backup(db)
            db.execute("PRAGMA journal_mode = DELETE")
        os.replace(partial, target)
    except (sqlite3.Error, OSError) as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise StoreError(
            f"cannot write the copy {target}: {error}; name a file in a folder that can be written"
        ) from error
    return target


def restore(backup: Path, database: Path) -> Path | None:
    """Put a copy in the place of a database, which may be in use; what stood there is copied first, and that copy returned.

    Raises:
        StoreError: the copy is missing, damaged or of a newer version, or the database cannot be written.
    """
    if not backup.is_file():
        raise StoreError(f"there is no file {backup}; `python -m recsys backup` makes copies in {copies(database)}")
    try:
        with closing(sqlite3.connect(f"file:{backup}?mode=ro", uri=True)) as source:
            good = [row[0] for row in source.execute("PRAGMA integrity_check(1)")] == ["ok"]
            version = int(source.execute("PRAGMA user_version").fetchone()[0])
            if not good or not 1 <= version <= len(migrations.MIGRATIONS):
                raise StoreError(
                    f"{backup} is damaged, of a newer version, or no database of Attune; nothing was changed"
                )
            before = None
            connection, _ = open_checked(database)
            with closing(connection) as target:
                if target.execute("PRAGMA user_version").fetchone()[0]:
                    before = copy(target, copies(database) / f"before-restore-{stamp()}.db")
                source.backup(target)
    except sqlite3.DatabaseError as error:
        raise StoreError(f"cannot restore {backup}: {error}; nothing was changed") from error
    return before


def copies(database: Path) -> Path:
    """The folder of a database's copies."""
    return database.parent / "backups"
