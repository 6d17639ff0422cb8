"""What is kept of a person's events in memory is what the tables hold, whatever was done to them and by which process."""

import random
from pathlib import Path

import pytest

from recsys.datamodels import EventKind, Query
from recsys.store import SqliteStore
from recsys.store.recent import _PEOPLE, Recent

KINDS: tuple[EventKind, ...] = ("like", "dislike", "click", "rate", "dwell", "favourite")


@pytest.mark.parametrize("seed", range(6))
def test_memory_and_tables_agree(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    here, there = (SqliteStore(tmp_path / "attune.db") for _ in range(2))
    sessions = [here.start("attune", who) for who in ("ann", "ann", "bob", None, None)]
    messages = [(s, here.say(s, "user", "a", {}, None)) for s in sessions for _ in range(2)]
    known = 0
    for _ in range(150):
        store, session = rng.choice([here, here, here, there]), rng.choice(sessions)
        own = [e.id for e in store.events(session, 5)]
        done = rng.choices(
            ("record", "undo", "delete", "sign in", "say", "unsay", "forget"), (20, 4, 2, 0.5, 8, 1, 0.3)
        )[0]
        if done == "record":
            store.record(session, f"i{rng.randrange(9)}", rng.choice(KINDS), None)
        elif done == "undo":
            store.undo(session, rng.choice([None, *own]))
        elif done == "delete" and own:
            store.delete_event(session, rng.choice(own))
        elif done == "sign in" and store.session(session)["user_id"] is None:
            store.sign_in(session, rng.choice(["ann", "bob"]))
        elif done == "say":
            messages.append((session, store.say(session, "user", "b", {}, Query("b"))))
            store.say(session, "assistant", "c", {}, None)
        elif done == "unsay":
            store.unsay(*rng.choice(messages[-3:]), None)
        elif done == "forget":
            store.forget(session)
            sessions.remove(session)
            messages = [m for m in messages if m[0] != session]
            sessions.append(store.start("attune", rng.choice(["ann", None])))
            messages.append((sessions[-1], store.say(sessions[-1], "user", "a", {}, None)))
        for one in sessions:
            for read in (here, there):
                truth = Recent().events(read._db.conn, one, 5)
                assert read.events(one, 5) == truth, done
                known += len(truth)
    assert known > 5000
    here.close()
    there.close()


def test_as_many_people_as_memory_is_meant_for(tmp_path: Path) -> None:
    store = SqliteStore(None)
    sessions = [store.start("attune", None) for _ in range(_PEOPLE + 9)]
    for session in sessions:
        store.record(session, "a", "like", None)
        assert [e.item_id for e in store.events(session, 200)] == ["a"]
    assert len(store._recent._known) == _PEOPLE
    store.close()
