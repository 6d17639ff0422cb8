"""What is known of a person: leanings and single memories, said back, taken back, deleted, and merged at sign-in only."""

import numpy as np
import pytest

from recsys.datamodels import Reply
from recsys.errors import InvalidInput, NotFound
from recsys.recommender import Recommender

NEED = "我想买一件连衣裙"


def shown(reply: Reply) -> list[tuple[str, float]]:
    return [(r.item.id, r.score) for r in reply.items]


def dislike_reds(recommender: Recommender, session: str, count: int) -> None:
    reds = [i.id for i in recommender.catalog.items if "红色" in i.values("color")]
    for item_id in reds[:count]:
        recommender.record(session, item_id, "dislike")


def test_three_reds_become_a_leaning_that_can_be_removed_and_put_back(recommender: Recommender) -> None:
    session = recommender.start()
    dislike_reds(recommender, session, 2)
    assert ("color", "红色") not in [x[1:3] for x in recommender.leanings(session, "zh")]
    dislike_reds(recommender, session, 3)
    before = recommender.reply(session, NEED)
    assert ("少推红色", "color", "红色", -1) in recommender.leanings(session, "zh")
    assert ("less red", "color", "红色", -1) in recommender.leanings(session, "en")
    event = recommender.forget_leaning(session, "color", "红色")
    assert ("color", "红色") not in [x[1:3] for x in recommender.leanings(session, "zh")]
    assert shown(recommender.reply(session, NEED)) != shown(before)
    recommender.record(session, "", "undo", event)
    assert ("少推红色", "color", "红色", -1) in recommender.leanings(session, "zh")
    assert shown(recommender.reply(session, NEED)) == shown(before)


def test_a_leaning_that_was_said_moves_the_ranking(recommender: Recommender) -> None:
    session = recommender.start()
    prices = [r.item.price for r in recommender.reply(session, NEED).items]
    recommender.lean(session, "price", "", -1)
    cheaper = [r.item.price for r in recommender.reply(session, NEED).items]
    assert sum(filter(None, cheaper)) < sum(filter(None, prices))
    assert [x[0] for x in recommender.leanings(session, "zh")] == ["偏好便宜些"]
    with pytest.raises(NotFound):
        recommender.lean(session, "color", "透明", 1)


def test_memories_are_told_and_deleted_one_by_one(recommender: Recommender) -> None:
    session = recommender.start()
    before = shown(recommender.reply(session, NEED))
    event = recommender.record(session, "dress-03", "like")
    told = recommender.memories(session, "en")
    assert [(m.event_id, m.item_id) for m in told] == [(event, "dress-03")]
    assert told[0].text == f"like: {recommender.item('dress-03').title_en}"
    recommender.forget_memory(session, event)
    assert recommender.memories(session, "en") == [] and shown(recommender.reply(session, NEED)) == before
    with pytest.raises(NotFound):
        recommender.forget_memory(session, event)


def test_a_memory_of_an_earlier_session_can_be_deleted_by_its_person_alone(recommender: Recommender) -> None:
    event = recommender.record(recommender.start("ann"), "dress-03", "like")
    with pytest.raises(NotFound):
        recommender.forget_memory(recommender.start("bob"), event)
    recommender.forget_memory(recommender.start("ann"), event)
    assert recommender.memories(recommender.start("ann"), "zh") == []


def test_sessions_merge_at_sign_in_and_not_otherwise(recommender: Recommender) -> None:
    visit, other = recommender.start(), recommender.start()
    gone = recommender.reply(visit, NEED).items[0].item.id
    recommender.record(visit, gone, "dislike")
    assert gone in [i for i, _ in shown(recommender.reply(other, NEED))]
    recommender.sign_in(visit, "ann")
    later = recommender.start("ann")
    assert gone not in [i for i, _ in shown(recommender.reply(later, NEED))]
    with pytest.raises(InvalidInput):
        recommender.sign_in(visit, "bob")
    assert gone in [i for i, _ in shown(recommender.reply(other, NEED))]


@pytest.mark.parametrize(("text", "sign", "told"), [("太贵了", -1, "偏好便宜些"), ("有点贵", -1, "偏好便宜些"), ("too expensive", -1, "cheaper"), ("太便宜了吧", 1, "偏好高价位")])  # fmt: skip
def test_words_about_the_price_are_evidence_of_the_level_that_suits(
    recommender: Recommender, text: str, sign: int, told: str
) -> None:
    session = recommender.start()
    before = recommender.reply(session, NEED)
    after = recommender.reply(session, text)
    assert told in after.text and len(after.items) == len(before.items)
    assert [x[1:] for x in recommender.leanings(session, "zh")] == [("price", "", sign)]
    level = [float(np.mean([r.item.price for r in reply.items])) for reply in (before, after)]
    assert sign * (level[1] - level[0]) > 0
    recommender.reply(session, "撤销")
    assert recommender.leanings(session, "zh") == []
    assert shown(recommender.reply(session, NEED)) == shown(before)


@pytest.mark.parametrize("need", [NEED, "推荐几部电影"])
def test_likes_never_empty_the_diversity(real: Recommender, need: str) -> None:
    """After likes of one brand, or of one genre, the ten still hold three."""
    session, kind = real.start(), real.pipeline._kind
    first = real.reply(session, need).items
    liked = kind(first[0].item)
    for item in [i for i in real.catalog.items if kind(i) == liked][:12]:
        real.record(session, item.id, "like")
    again = [kind(r.item) for r in real.reply(session, need).items]
    assert len(again) == 10 and len(set(again)) >= 3
    assert again.count(liked) >= [kind(r.item) for r in first].count(liked)
