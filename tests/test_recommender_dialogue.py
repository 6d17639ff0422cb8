"""The hub in a conversation: wishes relative to what is shown, opinions of several items at once, a step back."""

import pytest

from recsys.recommender import Recommender


@pytest.fixture
def session(recommender: Recommender) -> str:
    return recommender.start()


def test_cheaper_than_the_second(recommender: Recommender, session: str) -> None:
    first = recommender.reply(session, "连衣裙")
    limit = first.items[1].item.price
    answer = recommender.reply(session, "比第二个便宜的")
    assert limit is not None and answer.items
    assert all(i.item.price is not None and i.item.price < limit for i in answer.items if not i.nearest)


def test_two_opinions_in_one_message(recommender: Recommender, session: str) -> None:
    shown = recommender.reply(session, "连衣裙").items
    recommender.reply(session, "喜欢第一个，第二个不要")
    events = {(e.item_id, e.kind) for e in recommender.events(session)}
    assert events == {(shown[0].item.id, "like"), (shown[1].item.id, "dislike")}


def test_a_step_back_drops_the_last_condition(recommender: Recommender, session: str) -> None:
    before = recommender.reply(session, "连衣裙")
    recommender.reply(session, "红色")
    back = recommender.reply(session, "回到上一步")
    assert [i.item.id for i in back.items] == [i.item.id for i in before.items]
    assert all(c.field != "color" for c in back.query.constraints)


def test_after_feedback_an_undo_takes_back_the_feedback_and_keeps_the_need(
    recommender: Recommender, session: str
) -> None:
    recommender.reply(session, "连衣裙")
    need = recommender.reply(session, "红色")
    recommender.reply(session, "第一个不喜欢")
    back = recommender.reply(session, "撤销")
    assert recommender.events(session) == []
    assert [i.item.id for i in back.items] == [i.item.id for i in need.items]


@pytest.mark.parametrize(
    ("said", "zh", "en"),
    [
        ("喜欢第一个，第二个不要", "喜欢", "dislike "),
        ("太贵了", "便宜", "heaper"),
        ("比较前两个", "并排", "ide by side"),
        ("撤销", "撤销", "back"),
    ],
)
def test_what_was_done_is_done_once_and_kept_in_both_languages(
    recommender: Recommender, session: str, said: str, zh: str, en: str
) -> None:
    shown = recommender.reply(session, "连衣裙").items
    recommender.record(session, shown[2].item.id, "like")
    before = len(recommender.events(session))
    reply = recommender.reply(session, said)
    kept = recommender.store.messages(session, "assistant", latest=1)[0]
    assert kept["text"] == reply.text and zh in kept["text"] and en in kept["detail"]["other"][0]
    assert len(recommender.events(session)) - before == {"喜欢第一个，第二个不要": 2, "太贵了": 1, "撤销": -1}.get(
        said, 0
    )


@pytest.mark.parametrize(("text", "told"), [("43码", "「43码」对不上"), ("不要耐克", "目录里没有「耐克」")])
def test_what_the_catalogue_cannot_tell_apart_is_said(
    recommender: Recommender, session: str, text: str, told: str
) -> None:
    before = recommender.reply(session, "连衣裙")
    reply = recommender.reply(session, text)
    assert told in reply.notice and reply.state is not None and before.state is not None
    assert reply.state.constraints == before.state.constraints and reply.items


def test_rather_cheap_is_no_comparison(recommender: Recommender, session: str) -> None:
    recommender.reply(session, "连衣裙")
    assert recommender.reply(session, "第二个比较便宜，还有类似的吗").query.intent == "similar"
    assert all(c.field != "price" for c in recommender.reply(session, "前两个比较贵").state.constraints)


def test_surprise_me_searches_for_no_surprises(recommender: Recommender, session: str) -> None:
    reply = recommender.reply(session, "surprise me")
    assert reply.items and reply.state is not None and not reply.state.text and not reply.notice


@pytest.mark.parametrize("text", ["第二十个我买了", "the twelfth one is great", "第11个不错"])
def test_a_place_that_nothing_stands_at_is_no_other_item(recommender: Recommender, session: str, text: str) -> None:
    recommender.reply(session, "连衣裙")
    assert not recommender.reply(session, text).items and not recommender.events(session)


@pytest.mark.parametrize("text", ["推荐几部电影", "不看裙子了，推荐几部电影"])
def test_a_new_topic_leaves_the_item_to_be_like_behind(recommender: Recommender, session: str, text: str) -> None:
    recommender.reply(session, "连衣裙")
    similar = recommender.reply(session, "类似第二个的")
    assert similar.state is not None and similar.state.like
    reply = recommender.reply(session, text)
    assert reply.state is not None and [c.value for c in reply.state.constraints if c.field == "category"] == ["电影"]
    assert not reply.state.like


def test_it_is_what_the_question_before_was_about(recommender: Recommender, session: str) -> None:
    shown = recommender.reply(session, "连衣裙").items
    recommender.reply(session, "第二个怎么样")
    recommender.reply(session, "就买它了")
    assert [(e.item_id, e.kind) for e in recommender.events(session)] == [(shown[1].item.id, "like")]


def test_an_amount_in_another_currency_is_told(recommender: Recommender, session: str) -> None:
    assert "US dollars" in recommender.reply(session, "a dress under $300").notice
    assert "US dollars" not in recommender.reply(session, "a dress under 300").notice


def test_what_was_left_open_stays_with_its_topic(recommender: Recommender, session: str) -> None:
    asked = recommender.reply(session, "连衣裙").question
    assert asked is not None
    recommender.reply(session, "都可以")
    state = recommender.reply(session, "双肩包").state
    assert state is not None and not state.declined


def test_cheaper_loosens_no_limit_where_what_is_shown_is_beyond_it(recommender: Recommender, session: str) -> None:
    shown = recommender.reply(session, "一元以内的连衣裙")
    assert all(i.nearest for i in shown.items)
    state = recommender.reply(session, "便宜一点").state
    assert state is not None and [c.number for c in state.constraints if c.op == "lte"] == [1.0]


@pytest.mark.parametrize("said", ["他喜欢恐龙", "好看一点的", "she loves birds"])
def test_what_somebody_likes_is_a_need_and_no_opinion(recommender: Recommender, session: str, said: str) -> None:
    recommender.reply(session, "连衣裙")
    assert recommender.reply(session, said).items
    assert not recommender.events(session)


def test_more_is_what_was_not_shown_yet_until_all_was(recommender: Recommender, session: str) -> None:
    pages = [recommender.reply(session, "连衣裙").items]
    fit = recommender.pipeline.candidates.mask(recommender.store.session(session)["state"], []).sum()
    seen = {i.item.id for i in pages[0]}
    while len(seen) < fit:
        answer = recommender.reply(session, "换一批")
        fresh = {i.item.id for i in answer.items}
        assert fresh and not fresh & seen and "再看" in answer.text
        seen |= fresh
    assert "就剩这些了" in answer.notice
    again = recommender.reply(session, "show me more")
    assert again.items and "from the top again" in again.notice


def test_another_condition_begins_from_the_first(recommender: Recommender, session: str) -> None:
    first = recommender.reply(session, "红色连衣裙").items[0].item.id
    recommender.reply(session, "换一批")
    assert recommender.reply(session, "一万元以内").items[0].item.id == first


@pytest.mark.parametrize("said", ["还有别的吗", "再来几部", "anything else", "something else like these"])
def test_more_in_other_words_is_no_opinion(recommender: Recommender, session: str, said: str) -> None:
    shown = {i.item.id for i in recommender.reply(session, "推荐几部电影").items}
    answer = recommender.reply(session, said)
    assert not shown & {i.item.id for i in answer.items} and not recommender.events(session)
