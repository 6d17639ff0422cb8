"""The hub over a small catalogue: what a reaction changes at once, what undo restores, and how it is explained."""

import math

import pytest

from recsys.datamodels import Reply
from recsys.errors import NotFound
from recsys.recommender import Recommender
from recsys.settings import Settings

NEED = "我想买一件连衣裙"


@pytest.fixture
def session(recommender: Recommender) -> str:
    return recommender.start()


def ids(reply: Reply | None) -> list[str]:
    assert reply is not None
    return [r.item.id for r in reply.items]


def shown(reply: Reply | None) -> list[tuple[str, float, int]]:
    assert reply is not None
    return [(r.item.id, r.score, r.rank) for r in reply.items]


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


@pytest.mark.parametrize(("kind", "stars"), [("dislike", None), ("rate", 1.0)])
def test_a_dislike_is_never_too_old_to_count(recommender: Recommender, kind: str, stars: float | None) -> None:
    short = Recommender(recommender.parts, recommender.store, Settings(home=recommender.settings.home, history=10))
    session = short.start()
    gone = ids(short.reply(session, NEED))[0]
    short.record(session, gone, kind, stars)
    assert gone not in ids(short.reply(session, NEED))
    for _ in range(10):
        short.record(session, "film-00", "click")
    assert gone not in ids(short.reply(session, NEED))


def test_few_stars_are_a_dislike_and_many_take_one_back(recommender: Recommender, session: str) -> None:
    first = ids(recommender.reply(session, NEED))[0]
    for kind, value, there in (("rate", 1, False), ("rate", 2.5, True), ("dislike", None, False), ("rate", 5, True)):
        recommender.record(session, first, kind, value)
        assert (first in ids(recommender.refresh(session))) == there, (kind, value)


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
        assert sum(part for _, _, part in why.history) * weight == pytest.approx(
            why.parts["feedback"] + why.parts["price"], abs=1e-5
        )
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
            place = f"number {after[item_id]}." if item_id in after else "outside the first 10."
            assert text.endswith(place), text


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


def test_a_remark_beside_a_wish_is_kept(recommender: Recommender, session: str) -> None:
    second = ids(recommender.reply(session, NEED))[1]
    reply = recommender.reply(session, "第二个太丑，别的颜色的，预算五千以内")
    assert reply.query.intent == "refine" and reply.query.opinions == ((2, "dislike"),)
    assert second not in ids(reply)
