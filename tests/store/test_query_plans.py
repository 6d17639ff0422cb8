"""Every statement of a turn goes by an index: what a store holds of others does not slow anybody down."""

from pathlib import Path

import pytest

from recsys.datamodels import Item, Query, Recommendation
from recsys.store import SqliteStore


@pytest.fixture
def store(tmp_path: Path):
    made = SqliteStore(tmp_path / "plans.db")
    yield made
    made.close()


def turn(store: SqliteStore, session: str) -> None:
    """What a turn and a thumb ask of the store."""
    state = Query("连衣裙")
    store.session(session)
    store.messages(session, "assistant", latest=1)
    store.messages(session, "user", latest=1)
    store.impressions(session)
    store.say(session, "user", "连衣裙", {"lang": "zh"}, state)
    store.events(session, 200)
    store.say(session, "assistant", "这些", {"lang": "zh"}, state, [Recommendation(Item("a", "a"), 0.5, 1, {})])
    event = store.record(session, "a", "like", None)
    store.events(session, 200)
    store.record(session, "b", "click", None)
    store.events(session, 200)
    store.undo(session, event)
    store.record(session, "a", "dislike", None)
    store.undo(session)


@pytest.mark.parametrize("user", [None, "somebody"])
def test_no_statement_of_a_turn_reads_a_whole_table(store: SqliteStore, user: str | None) -> None:
    session = store.start("attune", user)
    said: list[str] = []
    connection = store._db.conn
    connection.set_trace_callback(said.append)
    turn(store, session)
    connection.set_trace_callback(None)
    asked = [sql for sql in said if sql.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE"))]
    assert len(asked) >= 8
    for sql in asked:
        steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
        whole = [s for s in steps if s.startswith("SCAN") and "(subquery" not in s]
        assert not whole, (sql, steps)
        assert any("USING" in s for s in steps), (sql, steps)
