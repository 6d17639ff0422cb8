"""The hub over a small catalogue: what is kept, for whom, what is refused, and many threads at once."""

import math
import sqlite3
import threading
from contextlib import closing
from types import SimpleNamespace

import pytest

from recsys.catalog import Catalog
from recsys.datamodels import Constraint, Reply
from recsys.errors import InvalidInput, NotFound, RecsysError
from recsys.recommender import Recommender
from recsys.settings import Settings
from recsys.store import SqliteStore

NEED = "我想买一件连衣裙"
DRESS = Constraint("category", "eq", "连衣裙")


@pytest.fixture
def session(recommender: Recommender) -> str:
    return recommender.start()


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that stands still: the same events then are the same to the bit, whenever they are made."""
    monkeypatch.setattr("recsys.store.store.time", SimpleNamespace(time=lambda: 1e9))


def ids(reply: Reply | None) -> list[str]:
    assert reply is not None
    return [r.item.id for r in reply.items]


def shown(reply: Reply | None) -> list[tuple[str, float, int]]:
    assert reply is not None
    return [(r.item.id, r.score, r.rank) for r in reply.items]


# what is kept


def test_remember_replays_a_conversation_without_answering(recommender: Recommender) -> None:
    there, here = recommender.start(), recommender.start()
    first = recommender.reply(there, NEED)
    live = recommender.reply(there, "红色或者蓝色的")
    recommender.remember(here, "user", NEED)
    recommender.remember(here, "assistant", first.text, [*ids(first), "no-such-item"])
    assert [i["item_id"] for i in recommender.store.impressions(here)] == ids(first)
    assert [m["role"] for m in recommender.history(here)["messages"]] == ["user", "assistant"]
    assert shown(recommender.reply(here, "红色或者蓝色的")) == shown(live)


def test_remembered_items_can_be_pointed_at(recommender: Recommender, session: str) -> None:
    recommender.remember(session, "user", NEED)
    recommender.remember(session, "assistant", "看看这些", ["dress-05", "dress-02"])
    recommender.reply(session, "第二个不错")
    assert [(e["item_id"], e["kind"]) for e in recommender.history(session)["events"]] == [("dress-02", "like")]
    with pytest.raises(InvalidInput, match="assistant"):
        recommender.remember(session, "system", "x")


def test_reset_forgets_the_need_and_keeps_the_taste(recommender: Recommender, session: str) -> None:
    gone = ids(recommender.reply(session, NEED))[0]
    recommender.record(session, gone, "dislike")
    recommender.reset(session)
    assert recommender.refresh(session) is None and recommender.history(session)["state"] is None
    assert len(recommender.history(session)["events"]) == 1
    assert gone not in ids(recommender.reply(session, NEED))
    recommender.reply(session, "重新开始")
    assert recommender.history(session)["state"] is None


def test_history_holds_what_happened_in_order(recommender: Recommender, session: str) -> None:
    reply = recommender.reply(session, NEED)
    event = recommender.record(session, ids(reply)[0], "like")
    history = recommender.history(session)
    assert history["session_id"] == session and history["title"] == NEED
    assert [(m["role"], m["text"]) for m in history["messages"]] == [("user", NEED), ("assistant", reply.text)]
    answer = history["messages"][1]
    assert [(i["item_id"], i["rank"], i["score"]) for i in answer["items"]] == [
        (r.item.id, r.rank, r.score) for r in reply.items
    ]
    assert [(e["id"], e["item_id"], e["kind"]) for e in history["events"]] == [(event, ids(reply)[0], "like")]
    assert history["state"]["constraints"] == [{"field": "category", "op": "eq", "value": "连衣裙"}]


def test_a_restart_changes_nothing(recommender: Recommender, session: str) -> None:
    recommender.record(session, ids(recommender.reply(session, NEED))[0], "dislike")
    before = recommender.refresh(session)
    again = Recommender(recommender.parts, SqliteStore(recommender.settings.database), recommender.settings)
    assert shown(again.refresh(session)) == shown(before)


def test_drop_takes_one_condition_away(recommender: Recommender, session: str) -> None:
    recommender.reply(session, "300元以内的红色连衣裙")
    red, cheap = Constraint("color", "eq", "红色"), Constraint("price", "lte", 300.0)
    reply = recommender.drop(session, red)
    assert reply is not None and set(reply.query.constraints) == {DRESS, cheap}
    assert [r for r in reply.items if "红色" not in r.item.values("color")]
    assert all(r.item.price is not None and r.item.price <= 300 for r in reply.items)
    assert recommender.drop(session, red) is None
    assert recommender.drop(recommender.start(), red) is None


def test_a_dropped_condition_stays_dropped(recommender: Recommender, session: str) -> None:
    recommender.reply(session, "红色连衣裙")
    recommender.drop(session, Constraint("color", "eq", "红色"))
    reply = recommender.reply(session, "300元以内")
    assert {c.field for c in reply.query.constraints} == {"category", "price"}


def test_forget_leaves_nothing(recommender: Recommender, settings: Settings) -> None:
    keep, gone = recommender.start(), recommender.start()
    for s in (keep, gone):
        recommender.record(s, ids(recommender.reply(s, NEED))[0], "like")
    recommender.forget(gone)
    for call in (
        lambda: recommender.history(gone),
        lambda: recommender.reply(gone, NEED),
        lambda: recommender.forget(gone),
    ):
        with pytest.raises(NotFound, match="start a new one"):
            call()
    assert len(recommender.history(keep)["messages"]) == 2
    with closing(sqlite3.connect(settings.database)) as db:
        assert db.execute("SELECT count(*) FROM messages").fetchone() == (2,)


# sessions and people


def test_two_sessions_never_mix(recommender: Recommender) -> None:
    alone = recommender.start()
    expected = [shown(recommender.reply(alone, t)) for t in (NEED, "红色或者蓝色的")]
    one, two = recommender.start(), recommender.start()
    first = recommender.reply(one, NEED)
    recommender.reply(two, "双肩包")
    recommender.record(two, ids(first)[0], "dislike")
    recommender.record(two, "pack-00", "like")
    assert [shown(first), shown(recommender.reply(one, "红色或者蓝色的"))] == expected
    assert recommender.history(one)["events"] == []
    assert {r.item.category for r in recommender.reply(two, "100元以上的").items} == {"双肩包"}


def test_a_person_is_known_in_every_session_of_theirs(recommender: Recommender) -> None:
    first, stranger = recommender.start("ann"), recommender.start("bob")
    gone = ids(recommender.reply(first, NEED))[0]
    recommender.record(first, gone, "dislike")
    later = recommender.start("ann")
    assert gone not in ids(recommender.reply(later, NEED))
    assert gone in ids(recommender.reply(stranger, NEED))
    assert recommender.history(later)["events"] == []  # shown where it was made


def test_undo_in_one_session_leaves_the_others_events(recommender: Recommender) -> None:
    first, later = recommender.start("ann"), recommender.start("ann")
    recommender.record(first, "dress-00", "like")
    with pytest.raises(NotFound, match="take back"):
        recommender.record(later, "dress-00", "undo")
    assert recommender.reply(later, "撤销").text == "没有可以撤销的操作。"


def test_undo_finds_the_event_of_its_own_session(recommender: Recommender) -> None:
    first, later = recommender.start("ann"), recommender.start("ann")
    mine = recommender.record(first, "dress-00", "like")
    recommender.record(later, "dress-00", "click")
    assert recommender.record(first, "dress-00", "undo") == mine


# errors


def test_errors_say_what_to_do(recommender: Recommender, session: str) -> None:
    cases = [
        (lambda: recommender.reply("no such session", NEED), NotFound, "start a new one"),
        (lambda: recommender.record("no such session", "dress-00", "like"), NotFound, "start a new one"),
        (lambda: recommender.explain("no such session", "dress-00"), NotFound, "start a new one"),
        (lambda: recommender.history("no such session"), NotFound, "start a new one"),
        (lambda: recommender.reset("no such session"), NotFound, "start a new one"),
        (lambda: recommender.refresh("no such session"), NotFound, "start a new one"),
        (lambda: recommender.remember("no such session", "user", "x"), NotFound, "start a new one"),
        (lambda: recommender.record(session, "no-such-item", "like"), NotFound, "no-such-item"),
        (lambda: recommender.item("no-such-item"), NotFound, "no-such-item"),
        (lambda: recommender.record(session, "dress-00", "adore"), InvalidInput, "dislike"),
        (lambda: recommender.record(session, "dress-00", "rate"), InvalidInput, "0 to 5"),
        (lambda: recommender.record(session, "dress-00", "rate", 5.1), InvalidInput, "0 to 5"),
        (lambda: recommender.record(session, "dress-00", "rate", -1), InvalidInput, "0 to 5"),
        (lambda: recommender.record(session, "dress-00", "rate", math.nan), InvalidInput, "0 to 5"),
        (lambda: recommender.record(session, "dress-00", "undo"), NotFound, "take back"),
        (lambda: recommender.record(session, "dress-00", "undo", 12345), NotFound, "take back"),
    ]
    for call, kind, message in cases:
        with pytest.raises(kind, match=message) as error:
            call()
        assert isinstance(error.value, RecsysError)
    assert recommender.history(session)["events"] == []


def test_an_event_of_another_item_is_not_undone_by_mistake(recommender: Recommender, session: str) -> None:
    recommender.record(session, "dress-00", "like")
    with pytest.raises(NotFound):
        recommender.record(session, "dress-01", "undo")
    assert len(recommender.history(session)["events"]) == 1


def test_events_of_items_that_left_the_catalogue_are_ignored(recommender: Recommender, session: str) -> None:
    recommender.store.record(session, "sold-out-long-ago", "like", None)
    recommender.store.record(session, "dress-01", "like", None)
    assert len(recommender.reply(session, NEED).items) == 10
    assert [e["item_id"] for e in recommender.history(session)["events"]] == ["dress-01"]


# threads


def _conversation(recommender: Recommender, catalog: Catalog, number: int) -> list[object]:
    """Twenty turns that depend on what was shown before."""
    needs = [NEED, "双肩包", "安静的电影", "稳健的理财"]
    session, out = recommender.start(), []
    for turn in range(20):
        if turn % 5 == 0:
            reply: Reply | None = recommender.reply(session, needs[(number + turn // 5) % 4])
        elif turn % 5 == 4:
            reply = recommender.reply(session, "第一个和第二个对比一下")
        else:
            last = recommender.store.impressions(session)
            picked = last[(number + turn) % len(last)]["item_id"]
            recommender.record(session, picked, ("like", "dislike", "click")[(number + turn) % 3])
            reply = recommender.refresh(session)
        assert reply is not None
        out.append((reply.text, shown(reply), [r.reasons for r in reply.items]))
    return out


def test_sixteen_threads_say_what_one_would(recommender: Recommender, small_catalog: Catalog, frozen: None) -> None:
    serial = [_conversation(recommender, small_catalog, n) for n in range(16)]
    parallel: dict[int, list[object]] = {}

    def work(n: int) -> None:
        parallel[n] = _conversation(recommender, small_catalog, n)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(16)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert [parallel[n] for n in range(16)] == serial


def test_one_session_from_many_threads_loses_nothing(recommender: Recommender, session: str) -> None:
    def work(n: int) -> None:
        recommender.reply(session, f"连衣裙 {n}")
        recommender.record(session, f"dress-{n:02}", "click")

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    history = recommender.history(session)
    assert [m["role"] for m in history["messages"]] == ["user", "assistant"] * 8
    assert {e["item_id"] for e in history["events"]} == {f"dress-{n:02}" for n in range(8)}
