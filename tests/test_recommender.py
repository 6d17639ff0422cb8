"""The hub over a small catalogue: turns, feedback, undo, explanations, sessions, errors, threads."""

import math
import sqlite3
import threading
from contextlib import closing
from types import SimpleNamespace

import numpy as np
import pytest

from recsys.catalog import Catalog
from recsys.datamodels import Constraint, Reply
from recsys.errors import InvalidInput, NotFound, RecsysError
from recsys.pipeline import Pipeline
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


# a turn


def test_a_need_gets_ten_items_in_order(recommender: Recommender, session: str) -> None:
    reply = recommender.reply(session, NEED)
    assert len(reply.items) == 10 and {r.item.category for r in reply.items} == {"连衣裙"}
    assert [r.rank for r in reply.items] == list(range(1, 11))
    assert reply.text == "为你找到 10 件连衣裙，按合适程度排好了。"
    assert reply.query.constraints == (DRESS,) and not reply.notice
    assert not any(r.nearest for r in reply.items)


def test_the_parts_of_every_item_sum_to_the_logit_of_its_score(recommender: Recommender, session: str) -> None:
    recommender.record(session, recommender.reply(session, NEED).items[0].item.id, "like")
    for r in recommender.reply(session, "红色的").items:
        assert 0 < r.score < 1
        assert sum(r.parts.values()) == pytest.approx(math.log(r.score / (1 - r.score)), abs=1e-9)


def test_the_language_of_the_answer_is_that_of_the_message(recommender: Recommender, session: str) -> None:
    assert "for “dress”" in recommender.reply(session, "a red dress").text
    assert "件连衣裙" in recommender.reply(session, "连衣裙").text
    english = recommender.reply(session, "300以内", "en")
    assert english.items and "for “dress”" in english.text
    assert not [t for r in english.items for t in r.reasons if any("\u4e00" <= c <= "\u9fff" for c in t)]


def test_reasons_exist_in_both_languages(recommender: Recommender, session: str) -> None:
    for r in recommender.reply(session, "300元以内的红色连衣裙").items:
        assert r.reasons == r.tags["zh"] and {"红色"} < set(r.tags["zh"]) and {"red"} < set(r.tags["en"])
        assert len(r.tags["zh"]) == len(r.tags["en"])
    kept = recommender.store.impressions(session)
    assert [i["reasons"]["en"][0] for i in kept] == [r.tags["en"][0] for r in recommender.refresh(session).items]  # type: ignore[union-attr]


def test_constraints_narrow_over_turns(recommender: Recommender, session: str) -> None:
    recommender.reply(session, NEED)
    recommender.reply(session, "红色或者蓝色的")
    reply = recommender.reply(session, "300以内")
    assert reply.items
    for r in reply.items:
        assert r.item.category == "连衣裙" and r.item.price is not None and r.item.price <= 300
        assert set(r.item.values("color")) & {"红色", "蓝色"}
    reply = recommender.reply(session, "不要红色")
    assert reply.items and not [r for r in reply.items if "红色" in r.item.values("color")]


def test_fewer_than_a_page_is_said(recommender: Recommender, session: str) -> None:
    reply = recommender.reply(session, "红色的连衣裙")
    assert 0 < len(reply.items) < 10 and str(len(reply.items)) in reply.notice


@pytest.mark.parametrize(
    ("text", "field", "descending"),
    [("最便宜的双肩包", "price", False), ("最贵的双肩包", "price", True), ("评分最高的双肩包", "rating", True), ("most popular backpacks", "popularity", True)],
)  # fmt: skip
def test_a_superlative_sorts_exactly(
    recommender: Recommender, session: str, text: str, field: str, descending: bool
) -> None:
    own = [getattr(i, field) for i in recommender.catalog.items if i.category == "双肩包"]
    reply = recommender.reply(session, text)
    assert [getattr(r.item, field) for r in reply.items] == sorted(own, reverse=descending)[:10]
    assert {r.item.category for r in reply.items} == {"双肩包"}


def test_a_message_that_asks_nothing_yet(recommender: Recommender, session: str) -> None:
    for text in ("", "   ", "你好", "hello", "？？", "<b></b>"):
        reply = recommender.reply(session, text)
        assert reply.text and reply.items == ()
    assert recommender.refresh(session) is None


def test_a_message_of_a_hundred_thousand_characters_is_cut_and_said_so(recommender: Recommender, session: str) -> None:
    reply = recommender.reply(session, "我想买一件红色的连衣裙，" + "要好看，" * 25_000)
    assert "2000" in reply.notice and reply.items
    assert {r.item.category for r in reply.items} == {"连衣裙"}
    kept = recommender.history(session)["messages"]
    assert len(kept[0]["text"]) == 2000 and kept[1]["detail"]["notice"] == reply.notice
    assert "2000" in recommender.reply(session, "a red dress " * 10_000).notice


def test_small_talk_leaves_the_need_standing(recommender: Recommender, session: str) -> None:
    recommender.reply(session, NEED)
    assert recommender.reply(session, "谢谢").items == ()
    assert {r.item.category for r in recommender.reply(session, "红色的").items} == {"连衣裙"}


# dead ends


def test_a_dead_end_offers_the_nearest_and_names_what_it_gave_up(recommender: Recommender, session: str) -> None:
    reply = recommender.reply(session, "10元以内的红色连衣裙")
    assert reply.items and all(r.nearest for r in reply.items)
    assert "价格 ≤ ¥10" in reply.text and "放宽" in reply.text
    for r in reply.items:
        assert r.item.category == "连衣裙" and "红色" in r.item.values("color")
        assert not [t for t in r.reasons if "预算" in t], "it is not within the budget"


def test_a_dead_end_in_english(recommender: Recommender, session: str) -> None:
    reply = recommender.reply(session, "a red dress under 10")
    assert reply.items and all(r.nearest for r in reply.items) and "price ≤ ¥10" in reply.text and "relax" in reply.text


def test_a_dead_end_gives_up_as_little_as_it_takes(recommender: Recommender, session: str) -> None:
    reply = recommender.reply(session, "10元以内、评分3.9以上的红色连衣裙")
    assert "放宽「价格 ≤ ¥10」" in reply.text
    assert all(r.item.rating is not None and r.item.rating >= 3.9 for r in reply.items)


def test_what_kind_of_thing_is_meant_is_never_given_up(recommender: Recommender, session: str) -> None:
    for item in recommender.catalog.items:
        if item.category == "双肩包":
            recommender.record(session, item.id, "dislike")
    reply = recommender.reply(session, "双肩包")
    assert reply.items == () and "没有" in reply.text


# feedback


@pytest.mark.parametrize("position", [0, 4, 9])
def test_a_disliked_item_is_gone_at_once_and_for_good(recommender: Recommender, session: str, position: int) -> None:
    gone = ids(recommender.reply(session, NEED))[position]
    recommender.record(session, gone, "dislike")
    seen = set(ids(recommender.refresh(session)))
    for text in (
        "红色或者蓝色的",
        "连衣裙",
        "最便宜的",
        "最贵的连衣裙",
        "a dress",
        "双肩包",
        NEED,
        "重新开始",
        NEED,
        "不要黑色",
    ):
        seen |= set(ids(recommender.reply(session, text)))
    assert gone not in seen and len(seen) > 20


def test_a_dislike_is_never_too_old_to_count(recommender: Recommender) -> None:
    short = Recommender(recommender.parts, recommender.store, Settings(home=recommender.settings.home, history=10))
    session = short.start()
    gone = ids(short.reply(session, NEED))[0]
    short.record(session, gone, "dislike")
    for _ in range(10):
        short.record(session, "film-00", "click")
    assert gone not in ids(short.reply(session, NEED))


def test_a_like_brings_what_is_like_it(recommender: Recommender, session: str) -> None:
    before = recommender.reply(session, NEED)
    liked = before.items[5].item
    recommender.record(session, liked.id, "like")
    after = recommender.refresh(session)
    assert after is not None and after.text.startswith("按你的反馈")
    rank = {r.item.id: r.rank for r in after.items}
    assert rank[liked.id] < 6
    share = [[r.item.get("style") for r in reply.items[:5]].count(liked.get("style")) for reply in (before, after)]
    assert share[1] >= share[0]
    assert any("喜欢" in reason for r in after.items for reason in r.reasons)


def test_a_like_after_a_dislike_brings_the_item_back(recommender: Recommender, session: str) -> None:
    first = ids(recommender.reply(session, NEED))[0]
    recommender.record(session, first, "dislike")
    recommender.record(session, first, "like")
    assert first in ids(recommender.refresh(session))


@pytest.mark.parametrize(("kind", "value"), [("like", None), ("dislike", None), ("click", None), ("favourite", None), ("purchase", None), ("rate", 1.0)])  # fmt: skip
def test_undo_restores_items_order_and_scores_exactly(
    recommender: Recommender, session: str, kind: str, value: float | None
) -> None:
    recommender.record(session, "dress-03", "click")
    before = recommender.reply(session, NEED)
    event = recommender.record(session, ids(before)[1], kind, value)
    assert shown(recommender.refresh(session)) != shown(before)
    assert recommender.record(session, ids(before)[1], "undo") == event
    after = recommender.refresh(session)
    assert shown(after) == shown(before)
    assert after is not None and [r.parts for r in after.items] == [r.parts for r in before.items]


def test_undo_by_event_takes_back_that_one(recommender: Recommender, session: str) -> None:
    one = recommender.record(session, "dress-01", "like")
    recommender.record(session, "dress-01", "click")
    assert recommender.record(session, "dress-01", "undo", one) == one
    assert [e["kind"] for e in recommender.history(session)["events"]] == ["click"]


def test_feedback_and_undo_in_words(recommender: Recommender, session: str) -> None:
    before = recommender.reply(session, NEED)
    after = recommender.reply(session, "我不喜欢第二个")
    assert ids(before)[1] not in ids(after) and before.items[1].item.title in after.text
    events = recommender.history(session)["events"]
    assert [(e["item_id"], e["kind"]) for e in events] == [(ids(before)[1], "dislike")]
    undone = recommender.reply(session, "撤销")
    assert shown(undone) == shown(before) and before.items[1].item.title in undone.text
    assert recommender.history(session)["events"] == []
    assert recommender.reply(session, "撤销").text == "没有可以撤销的操作。"


def test_feedback_in_english_words(recommender: Recommender, session: str) -> None:
    before = recommender.reply(session, "a dress")
    for text, kind in (("I like the second one", "like"), ("I don't like the last one", "dislike")):
        recommender.reply(session, text)
        assert recommender.history(session)["events"][-1]["kind"] == kind
    assert recommender.history(session)["events"][0]["item_id"] == ids(before)[1]


def test_words_that_point_nowhere_are_not_guessed(recommender: Recommender, session: str) -> None:
    assert recommender.reply(session, "第二个不错").items == ()
    recommender.reply(session, NEED)
    for text in ("第99个不错", "我不喜欢第0个", "这个不行"):
        assert "不确定" in recommender.reply(session, text).text
    assert recommender.history(session)["events"] == []


def test_a_rating_is_kept_as_a_share_of_five(recommender: Recommender, session: str) -> None:
    recommender.record(session, "dress-01", "rate", 4)
    recommender.record(session, "dress-02", "rate", 0)
    assert [e["value"] for e in recommender.history(session)["events"]] == [0.8, 0.0]


# similar, titles


def test_like_the_second_one(recommender: Recommender, session: str) -> None:
    before = recommender.reply(session, NEED)
    anchor = before.items[1].item
    reply = recommender.reply(session, "类似第二个")
    assert anchor.id not in ids(reply) and {r.item.category for r in reply.items} == {"连衣裙"}
    row = recommender.catalog.row
    likeness = recommender.parts.centred @ recommender.parts.centred[row[anchor.id]]
    top = [likeness[row[i]] for i in ids(reply)[:3]]
    rest = [likeness[row[i.id]] for i in recommender.catalog.items if i.category == "连衣裙" and i.id != anchor.id]
    assert np.mean(top) > np.mean(rest)


def test_refreshing_an_answer_like_the_second_one_answers_the_same(recommender: Recommender, session: str) -> None:
    recommender.reply(session, NEED)
    reply = recommender.reply(session, "类似第二个")
    assert shown(recommender.refresh(session)) == shown(reply)


def test_explaining_an_answer_like_the_second_one_explains_that_answer(recommender: Recommender, session: str) -> None:
    recommender.reply(session, NEED)
    for r in recommender.reply(session, "类似第二个").items:
        assert recommender.explain(session, r.item.id).score == pytest.approx(r.score)


def test_a_film_like_another_is_not_that_other(recommender: Recommender, session: str) -> None:
    reply = recommender.reply(session, "a film like Tin Moon")
    assert reply.items and {r.item.category for r in reply.items} == {"电影"}
    assert "铁皮月亮" not in {r.item.title for r in reply.items}


@pytest.mark.parametrize("text", ["我想看《铁皮月亮》", "《铁皮月亮》", 'I want to watch "Tin Moon"'])
def test_a_film_asked_for_by_its_name_is_shown(recommender: Recommender, session: str, text: str) -> None:
    assert recommender.reply(session, text).items[0].item.title == "铁皮月亮"


def test_asking_for_a_disliked_film_by_name_brings_it_back(recommender: Recommender, session: str) -> None:
    recommender.record(session, "film-02", "dislike")
    assert "film-02" not in ids(recommender.reply(session, "电影"))
    assert "film-02" in ids(recommender.reply(session, "我想看《铁皮月亮》"))


# explain, compare


def test_an_explanation_adds_up(recommender: Recommender, session: str) -> None:
    recommender.record(session, "dress-04", "like")
    recommender.record(session, "dress-01", "dislike")
    reply = recommender.reply(session, NEED)
    for r in reply.items:
        why = recommender.explain(session, r.item.id)
        assert why.item == r.item and why.score == pytest.approx(r.score) and why.parts == pytest.approx(r.parts)
        assert sum(why.parts.values()) == pytest.approx(math.log(why.score / (1 - why.score)))
        assert {(i.id, kind) for i, kind, _ in why.history} == {("dress-04", "like"), ("dress-01", "dislike")}
        weight = recommender.parts.ranker.weights["feedback"]
        assert sum(part for _, _, part in why.history) * weight == pytest.approx(why.parts["feedback"], abs=1e-5)
        assert why.counterfactual


def test_a_counterfactual_comes_true(recommender: Recommender, session: str) -> None:
    """What it says about the rank without an event is the rank after that event is undone."""
    event = recommender.record(session, "dress-04", "like")
    told = {
        r.item.id: recommender.explain(session, r.item.id, "en").counterfactual
        for r in recommender.reply(session, NEED).items
    }
    assert any("Without" in text for text in told.values())
    recommender.record(session, "dress-04", "undo", event)
    after = {r.item.id: r.rank for r in recommender.refresh(session).items}  # type: ignore[union-attr]
    for item_id, text in told.items():
        if "Without" in text:
            assert text.endswith(f"number {after.get(item_id, '>10')}."), text


def test_an_item_that_was_not_shown_has_no_explanation(recommender: Recommender, session: str) -> None:
    reply = recommender.reply(session, NEED)
    with pytest.raises(NotFound, match="last answer"):
        recommender.explain(session, "film-00")
    recommender.reply(session, "双肩包")
    with pytest.raises(NotFound, match="last answer"):
        recommender.explain(session, ids(reply)[0])


def test_why_and_compare_in_words(recommender: Recommender, session: str) -> None:
    reply = recommender.reply(session, NEED)
    why = recommender.reply(session, "为什么推荐第三个")
    assert reply.items[2].item.title in why.text and "第 3 位" in why.text and why.items == ()
    both = recommender.reply(session, "第一个和第三个对比一下").text
    assert reply.items[0].item.title in both and reply.items[2].item.title in both and "¥" in both
    assert {r.item.category for r in recommender.reply(session, "红色的").items} == {
        "连衣裙"
    }  # and the need still stands


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


# the question


def test_the_question_is_about_something_open_and_its_options_work(recommender: Recommender, session: str) -> None:
    reply, asked = recommender.reply(session, NEED), []
    for _ in range(3):
        if reply.question is None:
            break
        assert reply.question.field not in {c.field for c in reply.query.constraints} | set(asked)
        asked.append(reply.question.field)
        reply = recommender.reply(session, reply.question.options[0])
        assert asked[-1] in {c.field for c in reply.query.constraints}
        assert reply.items and {r.item.category for r in reply.items} == {"连衣裙"}
    assert asked


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


# the pipeline alone


def test_without_words_popularity_and_taste_decide(recommender: Recommender, session: str) -> None:
    reply = recommender.reply(session, "不要红色")
    assert len(reply.items) == 10 and not [r for r in reply.items if "红色" in r.item.values("color")]
    assert reply.items[0].item.popularity > 0.7


def test_no_diversity_is_the_order_of_the_scores(recommender: Recommender) -> None:
    plain = Pipeline(recommender.parts, Settings(home=recommender.settings.home, diversity=0.0, top_k=15))
    scores = [r.score for r in plain.run(recommender.understanding.parse(NEED), [], "zh").items]
    assert len(scores) == 15 and scores == sorted(scores, reverse=True)


def test_top_k_is_what_the_settings_say(recommender: Recommender) -> None:
    for text, k in ((NEED, 1), (NEED, 3), (NEED, 18), ("随便看看", 61), ("不要紫色", 61)):
        pipeline = Pipeline(recommender.parts, Settings(home=recommender.settings.home, top_k=k))
        assert len(pipeline.run(recommender.understanding.parse(text), [], "zh").items) == k
