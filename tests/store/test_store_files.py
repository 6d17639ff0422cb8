"""The database as a file: damage, a full disk, other programs, copies and what is restored from them."""

import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recsys.errors import StoreError
from recsys.settings import ROOT
from recsys.store import SqliteStore, files, migrations

SECRET = "送给张小姐的生日礼物-7f3a9c"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "attune.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path)
    yield store
    store.close()


def filled(path: Path, sessions: int = 40) -> list[str]:
    """A database of some pages; its sessions."""
    store = SqliteStore(path)
    out = []
    for n in range(sessions):
        out.append(store.start("attune", f"person-{n}"))
        store.say(out[-1], "user", f"{SECRET} {n} " + "x" * 500, {}, None)
        store.record(out[-1], "dress-1", "like", None)
    store.close()
    return out


def every_byte(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file() and not p.name.endswith("-shm"))


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def scribbled(data: bytes) -> bytes:
    noise = np.random.default_rng(0).bytes(len(data) - 8192)
    return data[:4096] + noise + data[-4096:]


def foreign(data: bytes) -> bytes:
    return b"this is no database at all, it only looks long enough" * (len(data) // 50)


@pytest.mark.parametrize("spoil", [cut, scribbled, foreign])
def test_a_damaged_database_is_set_aside_whole_and_a_new_one_serves(path: Path, spoil: Any) -> None:
    filled(path)
    damaged = spoil(path.read_bytes())
    path.write_bytes(damaged)
    store = SqliteStore(path)
    assert store.damaged is not None and store.damaged.read_bytes() == damaged
    session = store.start("attune", None)
    assert store.session(session)["catalog"] == "attune"
    store.close()
    again = SqliteStore(path)
    assert again.damaged is None and again.session(session)["id"] == session
    again.close()


def test_a_sound_database_stays_where_it_is(path: Path) -> None:
    sessions = filled(path)
    store = SqliteStore(path)
    assert store.damaged is None and store.session(sessions[7])["user_id"] == "person-7"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    store.close()


def test_a_full_disk_is_told_in_both_languages_and_loses_nothing(path: Path, store: SqliteStore) -> None:
    session = store.start("attune", None)
    kept = store.say(session, "user", "first", {}, None)
    pages = store._read("PRAGMA page_count")[0]["page_count"]
    store._read(f"PRAGMA max_page_count = {pages}")  # the disk ends here
    with pytest.raises(StoreError, match="disk is full") as told:
        store.say(session, "user", "x" * 100_000, {}, None)
    assert "磁盘已满" in told.value.zh
    store._read("PRAGMA max_page_count = 1000000")
    after = store.say(session, "user", "there is room again", {}, None)
    assert [m["id"] for m in store.messages(session)] == [kept, after]


HOLD = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
"""


def test_a_database_that_another_program_holds_is_told_and_works_afterwards(path: Path, store: SqliteStore) -> None:
    session = store.start("attune", None)
    store._read("PRAGMA busy_timeout = 50")
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdin and other.stdout and other.stdout.readline() == "held\n"
    with pytest.raises(StoreError, match="another program") as told:
        store.record(session, "a", "like", None)
    assert "占用" in told.value.zh
    other.communicate("\n")
    store.record(session, "a", "like", None)
    assert len(store.events(session, 10)) == 1


def test_a_database_that_cannot_be_written_says_so(path: Path, store: SqliteStore) -> None:
    session = store.start("attune", None)
    store._db.execute("PRAGMA query_only = 1")
    with pytest.raises(StoreError, match="cannot be written"):
        store.record(session, "a", "like", None)
    assert store.session(session)["id"] == session


def test_a_clock_that_goes_backwards_keeps_the_order_of_events(store: SqliteStore, monkeypatch: Any) -> None:
    times = iter([1000.0, 1000.0, 400.0, 100.0, 100.0])
    monkeypatch.setattr("recsys.store.store.time.time", lambda: next(times))
    session = store.start("attune", None)
    for item in "abc":
        store.record(session, item, "like", None)
    assert [e.item_id for e in store.events(session, 10)] == ["a", "b", "c"]
    undone = store.undo(session)
    assert undone is not None and undone.item_id == "c"


def test_an_older_database_is_copied_before_it_is_changed(path: Path, monkeypatch: Any) -> None:
    sessions = filled(path, 3)

    def wider(db: Any) -> None:
        db["sessions"].add_column("colour", str)

    version = len(migrations.MIGRATIONS)
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, wider))
    SqliteStore(path).close()
    SqliteStore(path).close()  # up to date: no further copy
    (copy,) = files.copies(path).glob("*.db")
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (version,)
        assert {r[0] for r in db.execute("SELECT id FROM sessions")} == set(sessions)


def test_a_backup_while_others_write_is_complete_and_can_be_restored_while_serving(
    path: Path, store: SqliteStore
) -> None:
    session = store.start("attune", "ann")
    before = [store.record(session, f"before-{n}", "like", None) for n in range(20)]
    stop = threading.Event()
    written: list[int] = []

    def write() -> None:
        while not stop.is_set():
            written.append(store.record(session, "meanwhile", "click", None))

    busy = threading.Thread(target=write)
    busy.start()
    backup = store.backup()
    stop.set()
    busy.join()
    assert files.sound(backup) and written
    with closing(sqlite3.connect(backup)) as db:
        assert {r[0] for r in db.execute("SELECT id FROM events")} >= set(before)
    store.record(session, "after", "like", None)
    earlier = files.restore(backup, path)
    assert earlier is not None and files.sound(earlier)
    kept = [e.item_id for e in store.events(session, 10_000)]  # the same open store sees what was restored
    assert kept[:20] == [f"before-{n}" for n in range(20)] and "after" not in kept
    store.record(session, "goes on", "like", None)
    assert store.events(session, 10)[-1].item_id == "goes on"


def test_what_cannot_be_restored_changes_nothing(path: Path, tmp_path: Path, store: SqliteStore) -> None:
    session = store.start("attune", None)
    newer = store.backup(tmp_path / "newer.db")
    with closing(sqlite3.connect(newer)) as db:
        db.execute("PRAGMA user_version = 99")
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(foreign(newer.read_bytes()))
    for bad in (newer, damaged, tmp_path / "missing.db"):
        with pytest.raises(StoreError, match=bad.name):
            files.restore(bad, path)
    assert store.session(session)["id"] == session


def test_a_backup_that_cannot_be_written_leaves_no_half_file(store: SqliteStore, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="folder that can be written"):
        store.backup(tmp_path / "file" / "copy.db")
    assert not list(tmp_path.glob("**/*partial"))


def test_forgetting_reaches_the_copies_and_spares_the_others(path: Path, store: SqliteStore) -> None:
    gone, stays = store.start("attune", "ann"), store.start("attune", "bob")
    for session, text in ((gone, SECRET), (stays, "somebody else's words")):
        store.say(session, "user", text, {"note": text}, None)
        store.record(session, "dress-1", "like", None)
    store.backup()
    assert every_byte(path.parent).count(SECRET.encode()) >= 2
    assert store.forget_user("ann") == 1
    left = every_byte(path.parent)
    assert SECRET.encode() not in left and gone.encode() not in left and b"ann" not in left
    (copy,) = files.copies(path).glob("*.db")
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("SELECT id, user_id FROM sessions").fetchall() == [(stays, "bob")]
    assert store.messages(stays)[0]["text"] == "somebody else's words"


def test_sessions_expire_by_their_last_use(store: SqliteStore, monkeypatch: Any) -> None:
    clock = [1000.0]
    monkeypatch.setattr("recsys.store.store.time.time", lambda: clock[0])
    old, used = store.start("attune", None), store.start("attune", None)
    clock[0] = 2000.0
    store.say(used, "user", "still here", {}, None)
    assert store.expire(1500.0) == 1
    assert store.session(used)["id"] == used
    assert not store._read("SELECT 1 FROM sessions WHERE id = ?", [old])


def test_export_holds_every_row_of_a_person_and_none_of_another(store: SqliteStore) -> None:
    mine, other = store.start("attune", "ann"), store.start("attune", "bob")
    for session in (mine, other):
        store.say(session, "user", f"words of {session}", {}, None)
        store.record(session, "dress-1", "like", None)
    out = store.export([mine])
    assert [m["text"] for m in out["messages"]] == [f"words of {mine}"]
    assert [len(out[table]) for table in ("sessions", "messages", "events")] == [1, 1, 1]
    assert other not in str(out)


RUN_OUT = """
import resource, sys
from pathlib import Path
from recsys.errors import StoreError
from recsys.store import SqliteStore
store = SqliteStore(Path(sys.argv[1]))
session = store.start("attune", None)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
kept = []
try:
    while True:
        kept.append(store.say(session, "user", "y" * 5000, {}, None))
except StoreError as error:
    print(len(kept), error.zh)
"""


def test_a_file_that_cannot_grow_keeps_what_was_acknowledged(path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n" + RUN_OUT, str(path)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    kept = int(run.stdout.split()[0])
    assert kept > 5
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM messages").fetchone() == (kept,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
