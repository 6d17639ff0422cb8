"""What is known of a person: leanings and single memories, said back, taken back, deleted, and merged at sign-in only."""

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
