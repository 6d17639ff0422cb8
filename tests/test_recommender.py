"""The hub over a small catalogue: one turn, dead ends, the question, likeness and titles."""

import math

import numpy as np
import pytest

from recsys.datamodels import Constraint, Query, Reply
from recsys.pipeline import Pipeline
from recsys.recommender import Recommender
from recsys.settings import Settings

NEED = "我想买一件连衣裙"
DRESS = Constraint("category", "eq", "连衣裙")


@pytest.fixture
def session(recommender: Recommender) -> str:
    return recommender.start()


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


@pytest.mark.parametrize(
    "text", ["我想看《铁皮月亮》", "铁皮月亮", "再来一部铁皮月亮吧", "I want to watch Tin Moon", "tin moon, please"]
)
def test_asking_for_a_disliked_film_by_name_brings_it_back(recommender: Recommender, text: str) -> None:
    recommender.record(recommender.start("ann"), "film-02", "dislike")
    later = recommender.start("ann")
    assert "film-02" not in ids(recommender.reply(later, "电影"))
    assert ids(recommender.reply(later, text))[0] == "film-02"
    assert "film-02" not in ids(recommender.reply(recommender.start("ann"), "电影"))


@pytest.mark.parametrize("text", ["不要铁皮月亮", "铁皮月亮看过了", "我不喜欢铁皮月亮", "月亮的电影"])
def test_a_disliked_film_that_is_only_spoken_of_stays_away(recommender: Recommender, session: str, text: str) -> None:
    recommender.record(session, "film-02", "dislike")
    recommender.reply(session, "电影")
    assert "film-02" not in ids(recommender.reply(session, text))


def test_what_is_asked_for_by_name_is_shown_whatever_was_asked_before(recommender: Recommender, session: str) -> None:
    recommender.reply(session, "300元以内的红色连衣裙")
    reply = recommender.reply(session, "想看铁皮月亮")
    assert ids(reply)[0] == "film-02" and not reply.query.constraints
    recommender.reply(session, "300元以内的红色连衣裙")
    dear = recommender.item("dress-16").title  # blue, and 560
    reply = recommender.reply(session, f"我要{dear}")
    assert ids(reply)[0] == "dress-16" and [c.field for c in reply.query.constraints] == ["category"]


# the pipeline alone


def test_without_words_popularity_and_taste_decide(recommender: Recommender, session: str) -> None:
    reply = recommender.reply(session, "不要红色")
    assert len(reply.items) == 10 and not [r for r in reply.items if "红色" in r.item.values("color")]
    assert reply.items[0].item.popularity > 0.7


def test_no_diversity_is_the_order_of_the_scores(recommender: Recommender) -> None:
    plain = Pipeline(recommender.parts, Settings(home=recommender.settings.home, diversity=0.0, top_k=15))
    scores = [r.score for r in plain.run(recommender.understanding.parse(NEED), []).items]
    assert len(scores) == 15 and scores == sorted(scores, reverse=True)


def test_top_k_is_what_the_settings_say(recommender: Recommender) -> None:
    for text, k in ((NEED, 1), (NEED, 3), (NEED, 18), ("随便看看", 61), ("不要紫色", 61)):
        pipeline = Pipeline(recommender.parts, Settings(home=recommender.settings.home, top_k=k))
        assert len(pipeline.run(recommender.understanding.parse(text), []).items) == k


def test_what_is_most_popular_is_weighed_whatever_the_words(recommender: Recommender) -> None:
    pipeline = Pipeline(recommender.parts, recommender.settings.model_copy(update={"candidates": 10}))
    query, mask = Query("登山 双肩包 蓝色"), np.ones(len(recommender.catalog.items), bool)

    def weighed() -> set[int]:
        return set(pipeline.features(query, mask, [], pipeline.preference([]))[0].tolist())

    pipeline.candidates.take_popularity(np.zeros(len(mask)))
    found = weighed()
    loved = next(r for r in range(len(mask)) if r not in found)
    pipeline.candidates.take_popularity(1.0 * (np.arange(len(mask)) == loved))
    assert len(found) == 10 and weighed() == found | {loved}
    mask[loved] = False
    assert weighed() == found
