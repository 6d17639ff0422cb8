"""One SQLite file: what is written is on disk when the call returns, and what is forgotten is gone."""

import itertools
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from recsys.datamodels import Constraint, Event, Item, Query, Recommendation
from recsys.errors import InvalidInput, NotFound, StoreError
from recsys.settings import ROOT
from recsys.store import SqliteStore

STATE = Query(
    "红裙",
    constraints=(Constraint("color", "eq", "红色"), Constraint("price", "lte", 300.0)),
    references=(2,),
    sort=("price", False),
)
SHOWN = [
    Recommendation(
        Item("a", "A"), 0.75, 1, {"words": 1.5, "bias": -0.4}, ("红色",), tags={"zh": ("红色",), "en": ("red",)}
    ),
    Recommendation(Item("b", "B"), 0.5, 2, {"words": 0.0, "bias": 0.0}, (), nearest=True),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "attune.db"


@pytest.fixture
def fresh_db(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqliteStore]:
    """A store whose clock counts 1, 2, 3, …"""
    clock = itertools.count(1.0)
    monkeypatch.setattr("recsys.store.store.time", SimpleNamespace(time=lambda: next(clock)))
    store = SqliteStore(path)
    yield store
    store.close()


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchall()


def files(path: Path) -> bytes:
    """Every byte of the database, its log included."""
    return b"".join(p.read_bytes() for p in sorted(path.parent.iterdir()) if not p.name.endswith("-shm"))


def test_a_fresh_database(fresh_db: SqliteStore, path: Path) -> None:
    assert rows(path, "PRAGMA user_version") == [(4,)]
    assert rows(path, "PRAGMA journal_mode") == [("wal",)]
    tables = rows(path, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    assert tables == [("events",), ("impressions",), ("messages",), ("sessions",), ("users",)]
    assert all(rows(path, f"SELECT count(*) FROM {t}") == [(0,)] for (t,) in tables)


def test_opening_again_changes_nothing(fresh_db: SqliteStore, path: Path) -> None:
    session = fresh_db.start("attune", "ann")
    before = rows(path, "SELECT sql FROM sqlite_master")
    again = SqliteStore(path)
    assert again.session(session)["user_id"] == "ann" and rows(path, "SELECT sql FROM sqlite_master") == before
    again.close()


def test_rows_after_say(fresh_db: SqliteStore, path: Path) -> None:
    s = fresh_db.start("attune", "ann")
    user = fresh_db.say(s, "user", "红裙，300以内", {"lang": "zh", "query": {}}, STATE)
    answer = fresh_db.say(s, "assistant", "好的", {"lang": "zh"}, STATE, SHOWN)
    assert (user, answer) == (1, 2)
    assert rows(path, "SELECT * FROM users") == [("ann", 1.0)]
    assert rows(path, "SELECT id, user_id, catalog, title, created_at, updated_at FROM sessions") == [
        (s, "ann", "attune", "红裙，300以内", 1.0, 3.0)
    ]
    assert rows(path, "SELECT * FROM messages") == [
        (1, s, "user", "红裙，300以内", "zh", '{"lang": "zh", "query": {}}', 2.0),
        (2, s, "assistant", "好的", "zh", '{"lang": "zh"}', 3.0),
    ]
    assert rows(path, "SELECT * FROM impressions") == [
        (1, 2, s, "a", 1, 0.75, 0, '{"words": 1.5, "bias": -0.4}', '{"zh": ["红色"], "en": ["red"]}', 1.0, 0),
        (2, 2, s, "b", 2, 0.5, 1, '{"words": 0.0, "bias": 0.0}', "{}", 1.0, 0),
    ]
    assert fresh_db.session(s)["state"] == STATE
    fresh_db.say(s, "user", "重新开始", {}, None)
    assert fresh_db.session(s)["state"] is None and fresh_db.session(s)["title"] == "红裙，300以内"


def test_rows_after_record_and_undo(fresh_db: SqliteStore, path: Path) -> None:
    s = fresh_db.start("attune", None)
    assert [fresh_db.record(s, "a", "like", None), fresh_db.record(s, "b", "rate", 0.8)] == [1, 2]
    assert rows(path, "SELECT * FROM events") == [
        (1, s, "a", "like", None, 2.0, None, "", ""),
        (2, s, "b", "rate", 0.8, 3.0, None, "", ""),
    ]
    assert fresh_db.undo(s) == Event(2, s, "b", "rate", 0.8, 3.0)
    assert rows(path, "SELECT * FROM events") == [
        (1, s, "a", "like", None, 2.0, None, "", ""),
        (2, s, "b", "rate", 0.8, 3.0, 4.0, "", ""),
    ]
    assert fresh_db.events(s, 10) == [Event(1, s, "a", "like", None, 2.0)]
    assert rows(path, "SELECT * FROM users") == []


def test_undo_takes_back_one_event_at_a_time_and_only_once(fresh_db: SqliteStore) -> None:
    s = fresh_db.start("attune", None)
    one, two, three = (fresh_db.record(s, i, "like", None) for i in "abc")
    assert fresh_db.undo(s, two).item_id == "b"  # type: ignore[union-attr]
    assert fresh_db.undo(s, two) is None
    assert [fresh_db.undo(s).id, fresh_db.undo(s).id] == [three, one]  # type: ignore[union-attr]
    assert fresh_db.undo(s) is None and fresh_db.events(s, 10) == []


def test_undo_reaches_the_persons_other_sessions_by_id_only_and_nobody_elses(fresh_db: SqliteStore) -> None:
    mine, other = fresh_db.start("attune", "ann"), fresh_db.start("attune", "ann")
    strangers = [fresh_db.start("attune", "bob"), fresh_db.start("attune", None), fresh_db.start("attune", None)]
    event = fresh_db.record(other, "a", "like", None)
    assert fresh_db.undo(mine) is None
    for stranger in strangers:
        assert fresh_db.undo(stranger, event) is None and not fresh_db.delete_event(stranger, event)
    assert len(fresh_db.events(other, 10)) == 1
    undone = fresh_db.undo(mine, event)
    assert undone is not None and undone.session_id == other and fresh_db.events(other, 10) == []


def test_a_deleted_event_leaves_no_row(fresh_db: SqliteStore, path: Path) -> None:
    mine, other = fresh_db.start("attune", "ann"), fresh_db.start("attune", "ann")
    event = fresh_db.record(other, "a", "lean", -1.0, "color", "red")
    assert fresh_db.events(mine, 10) == [Event(event, other, "a", "lean", -1.0, 3.0, "color", "red")]
    assert fresh_db.delete_event(mine, event) and not fresh_db.delete_event(mine, event)
    assert rows(path, "SELECT * FROM events") == []


def test_a_session_becomes_a_persons_at_sign_in_and_nobody_elses(fresh_db: SqliteStore) -> None:
    before, anonymous = fresh_db.start("attune", "ann"), fresh_db.start("attune", None)
    fresh_db.record(before, "a", "like", None)
    fresh_db.record(anonymous, "b", "like", None)
    assert [e.item_id for e in fresh_db.events(anonymous, 10)] == ["b"]
    fresh_db.sign_in(anonymous, "ann")
    fresh_db.sign_in(anonymous, "ann")
    assert [e.item_id for e in fresh_db.events(anonymous, 10)] == ["a", "b"]
    with pytest.raises(InvalidInput, match="somebody else"):
        fresh_db.sign_in(anonymous, "bob")
    assert [e.item_id for e in fresh_db.events(fresh_db.start("attune", "bob"), 10)] == []


def test_impressions_are_those_of_a_message_or_of_the_last_answer(fresh_db: SqliteStore) -> None:
    s = fresh_db.start("attune", None)
    assert fresh_db.impressions(s) == []
    first = fresh_db.say(s, "assistant", "1", {}, None, SHOWN)
    fresh_db.say(s, "assistant", "2", {}, None, SHOWN[1:])
    fresh_db.say(s, "assistant", "nothing shown", {}, None)
    assert [(i["item_id"], i["reasons"]) for i in fresh_db.impressions(s, first)] == [
        ("a", {"zh": ["红色"], "en": ["red"]}),
        ("b", {}),
    ]
    last = fresh_db.impressions(s)
    assert [(i["item_id"], i["rank"], i["parts"]) for i in last] == [("b", 2, {"words": 0.0, "bias": 0.0})]


def test_the_latest_events_come_oldest_first(fresh_db: SqliteStore) -> None:
    s = fresh_db.start("attune", None)
    ids = [fresh_db.record(s, f"i{n}", "click", None) for n in range(30)]
    assert [e.id for e in fresh_db.events(s, 10)] == ids[-10:]


def test_people_do_not_see_each_others_events(fresh_db: SqliteStore) -> None:
    ann, ann_again, bob, nobody, no_one = (fresh_db.start("attune", u) for u in ("ann", "ann", "bob", None, None))
    for session in (ann, bob, nobody):
        fresh_db.record(session, "a", "like", None)
    assert [e.session_id for e in fresh_db.events(ann_again, 10)] == [ann]
    assert [e.session_id for e in fresh_db.events(bob, 10)] == [bob]
    assert [e.session_id for e in fresh_db.events(nobody, 10)] == [nobody]
    assert fresh_db.events(no_one, 10) == []
    assert {s["id"] for s in fresh_db.sessions("ann")} == {ann, ann_again} and fresh_db.sessions("eve") == []


def test_events_of_another_catalogue_stay_there(fresh_db: SqliteStore) -> None:
    fresh_db.record(fresh_db.start("attune", "ann"), "a", "like", None)
    assert fresh_db.events(fresh_db.start("mine", "ann"), 10) == []


def test_session_ids_cannot_be_guessed(fresh_db: SqliteStore) -> None:
    ids = {fresh_db.start("attune", None) for _ in range(100)}
    assert len(ids) == 100 and all(re.fullmatch(r"[\w-]{24}", i) for i in ids)


def test_an_unknown_session_is_not_found(fresh_db: SqliteStore) -> None:
    with pytest.raises(NotFound, match="start a new one"):
        fresh_db.session("nothing")


def test_text_is_kept_as_it_is(fresh_db: SqliteStore) -> None:
    s = fresh_db.start("attune", None)
    hostile = "'); DROP TABLE events; -- \u4e00 🙂 \" \\ <b>"
    fresh_db.say(s, "user", hostile, {"lang": hostile}, None)
    assert fresh_db.messages(s)[0]["text"] == hostile and fresh_db.messages(s)[0]["detail"] == {"lang": hostile}


def test_an_event_for_no_session_is_refused_and_nothing_is_written(fresh_db: SqliteStore, path: Path) -> None:
    with pytest.raises(NotFound, match="start a new one"):
        fresh_db.record("nothing", "a", "like", None)
    assert rows(path, "SELECT count(*) FROM events") == [(0,)]
    fresh_db.record(fresh_db.start("attune", None), "a", "like", None)  # and the next write works


KILLED = """
import os, signal, sys
from pathlib import Path
from recsys.store import SqliteStore
store = SqliteStore(Path(sys.argv[1]))
session = store.start("attune", None)
print(session, store.record(session, "dress-1", "dislike", None), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_record_returned_survives_a_kill(path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", KILLED, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert run.returncode == -signal.SIGKILL, run.stderr
    session, event = run.stdout.split()
    store = SqliteStore(path)
    assert [(e.id, e.item_id, e.kind) for e in store.events(session, 10)] == [(int(event), "dress-1", "dislike")]
    store.close()


def test_every_write_waits_for_the_disk(fresh_db: SqliteStore) -> None:
    assert fresh_db._read("PRAGMA synchronous") == [{"synchronous": 2}]  # FULL


def test_a_newer_database_is_refused_and_left_alone(path: Path) -> None:
    SqliteStore(path).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match=r"99.*upgrade Attune"):
        SqliteStore(path)
    assert rows(path, "PRAGMA user_version") == [(99,)]


def test_a_folder_that_cannot_be_made_is_refused_with_advice(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="RECSYS_HOME"):
        SqliteStore(tmp_path / "file" / "attune.db")


def test_a_failed_migration_leaves_nothing_behind(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from recsys.store import migrations

    def half(db: Any) -> None:
        db["half"].create({"id": int}, pk="id")
        raise sqlite3.OperationalError("disk full")

    SqliteStore(path).close()
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, half))
    with pytest.raises(StoreError):
        SqliteStore(path)
    assert rows(path, "PRAGMA user_version") == [(4,)]
    assert rows(path, "SELECT name FROM sqlite_master WHERE name = 'half'") == []


SECRET = "送给张小姐的生日礼物-7f3a9c"


def talk(store: SqliteStore, user: str | None, secret: str) -> str:
    session = store.start("attune", user)
    store.say(session, "user", secret * 50, {"lang": "zh", "query": {"text": secret}}, Query(secret))
    store.say(
        session,
        "assistant",
        secret,
        {"lang": "zh"},
        Query(secret),
        [Recommendation(Item(secret, "A"), 0.5, 1, {}, (secret,), tags={"zh": (secret,)})],
    )
    store.record(session, secret, "dislike", None)
    return session


def test_forgetting_leaves_no_row_and_no_byte(fresh_db: SqliteStore, path: Path) -> None:
    keep, gone = talk(fresh_db, None, "留下来的话"), talk(fresh_db, None, SECRET)
    assert SECRET.encode() in files(path)
    fresh_db.forget(gone)
    for table in ("sessions", "messages", "impressions", "events"):
        column = "id" if table == "sessions" else "session_id"
        assert rows(path, f"SELECT count(*) FROM {table} WHERE {column} = '{gone}'") == [(0,)]
        assert rows(path, f"SELECT count(*) > 0 FROM {table} WHERE {column} = '{keep}'") == [(1,)]
    left = files(path)
    assert gone.encode() not in left and SECRET.encode() not in left
    assert len(fresh_db.messages(keep)) == 2


def test_forgetting_does_not_rely_on_how_sqlite_was_built(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some builds overwrite what is deleted by default, others must be told to."""
    connect = sqlite3.connect

    def connect_as_built_elsewhere(*args: Any, **options: Any) -> sqlite3.Connection:
        connection = connect(*args, **options)
        connection.execute("PRAGMA secure_delete = OFF")
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect_as_built_elsewhere)
    store = SqliteStore(path)
    talk(store, None, "留下来的话")
    store.forget(talk(store, None, SECRET))
    assert SECRET.encode() not in files(path)
    store.close()


def test_forgetting_the_last_session_of_a_person_forgets_the_person(fresh_db: SqliteStore, path: Path) -> None:
    first, second = talk(fresh_db, "ann-4711", "一"), talk(fresh_db, "ann-4711", "二")
    fresh_db.forget(first)
    assert rows(path, "SELECT id FROM users") == [("ann-4711",)]
    fresh_db.forget(second)
    assert rows(path, "SELECT id FROM users") == []
    assert b"ann-4711" not in files(path)


def test_threads_lose_nothing(fresh_db: SqliteStore) -> None:
    sessions = [fresh_db.start("attune", None) for _ in range(8)]
    returned: dict[str, list[int]] = {}

    def work(session: str) -> None:
        returned[session] = [fresh_db.record(session, f"i{n}", "like", None) for n in range(50)]

    threads = [threading.Thread(target=work, args=(s,)) for s in sessions]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for session in sessions:
        events = fresh_db.events(session, 1000)
        assert [e.id for e in events] == returned[session]
        assert [e.item_id for e in events] == [f"i{n}" for n in range(50)]
    assert len({i for ids in returned.values() for i in ids}) == 400


def test_two_stores_share_a_file(path: Path) -> None:
    """As two processes would: each sees what the other wrote, and neither fails for the other's lock."""
    one, two = SqliteStore(path), SqliteStore(path)
    session = one.start("attune", None)
    threads = [
        threading.Thread(target=lambda s=s: [s.record(session, "a", "like", None) for _ in range(25)])
        for s in (one, two)
    ]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(one.events(session, 1000)) == len(two.events(session, 1000)) == 50
    one.close()
    two.close()


def test_in_memory_for_a_single_answer() -> None:
    store = SqliteStore(None)
    session = store.start("attune", None)
    store.record(session, "a", "like", None)
    assert len(store.events(session, 10)) == 1
    store.close()


def test_messages_can_be_those_of_a_role_and_the_latest(fresh_db: SqliteStore) -> None:
    s = fresh_db.start("attune", None)
    for n in range(3):
        fresh_db.say(s, "user", f"u{n}", {}, None)
        fresh_db.say(s, "assistant", f"a{n}", {}, None)
    assert [m["text"] for m in fresh_db.messages(s)] == ["u0", "a0", "u1", "a1", "u2", "a2"]
    assert [m["text"] for m in fresh_db.messages(s, "user")] == ["u0", "u1", "u2"]
    assert [m["text"] for m in fresh_db.messages(s, "assistant", latest=2)] == ["a1", "a2"]
    assert [m["text"] for m in fresh_db.messages(s, latest=1)] == ["a2"]


def test_all_impressions_are_those_of_each_message(fresh_db: SqliteStore) -> None:
    s, other = fresh_db.start("attune", None), fresh_db.start("attune", None)
    first = fresh_db.say(s, "assistant", "1", {}, None, SHOWN)
    fresh_db.say(s, "assistant", "nothing shown", {}, None)
    fresh_db.say(other, "assistant", "2", {}, None, SHOWN)
    last = fresh_db.say(s, "assistant", "3", {}, None, SHOWN[1:])
    assert fresh_db.all_impressions(s) == {m: fresh_db.impressions(s, m) for m in (first, last)}


def test_old_opinions_outlive_the_limit_and_old_clicks_do_not(fresh_db: SqliteStore) -> None:
    s = fresh_db.start("attune", "ann")
    kept = [fresh_db.record(s, "a", "dislike", None), fresh_db.record(s, "b", "click", None)][:1]
    newer = [fresh_db.record(fresh_db.start("attune", "ann"), "c", "click", None) for _ in range(5)]
    fresh_db.undo(s, fresh_db.record(s, "d", "like", None))
    assert [e.id for e in fresh_db.events(s, 3)] == kept + newer[-3:]


def test_no_read_of_a_turn_looks_at_a_whole_table(fresh_db: SqliteStore) -> None:
    """However many rows there are, a turn reads those of its session and person, by an index."""
    asked: list[str] = []
    s = fresh_db.start("attune", "ann")
    fresh_db._db.conn.set_trace_callback(asked.append)
    fresh_db.session(s)
    fresh_db.events(s, 200)
    fresh_db.messages(s, "assistant", latest=1)
    fresh_db.impressions(s)
    fresh_db.all_impressions(s)
    fresh_db.undo(s)
    fresh_db._db.conn.set_trace_callback(None)
    selects = [sql for sql in asked if sql.startswith("SELECT")]
    assert len(selects) >= 6
    for sql in selects:
        plan = [row[3] for row in fresh_db._db.execute(f"EXPLAIN QUERY PLAN {sql}")]
        assert plan and not [step for step in plan if re.match(r"SCAN (?!\(|CONSTANT)", step)], (sql, plan)
