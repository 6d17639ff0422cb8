"""What a conversation says of items by their titles: history, a wider need, and no recommendation of what is known."""

import numpy as np
import pytest

from recsys.catalog.schema import infer
from recsys.datamodels import NAMED, Item
from recsys.language.titles import Titles
from recsys.recommender import Recommender
from recsys.retrieval.expanding import expanded


def _events(recommender: Recommender, session: str) -> list[tuple[str, str, str]]:
    return [(e.item_id, e.kind, e.label) for e in recommender.events(session)]


def test_titles_with_their_year_or_in_quotation_marks_are_found() -> None:
    items = [
        Item(str(n), t, "film", "film") for n, t in enumerate(["It (2017)", "The Fog (1980)", "Fog (1980)", "回声"])
    ]
    titles = Titles(items)
    text = "i loved it (2017), the fog (1980) and 《回声》; it was fog, and nobody (1999) knew"
    found = {item.title: text[a:b] for a, b, item in titles.spoken(text)}
    assert found == {"It (2017)": "it (2017)", "The Fog (1980)": "the fog (1980)", "回声": "《回声》"}


@pytest.mark.parametrize(
    ("said", "kind"), [("我很喜欢《守塔人》，推荐一部电影", "like"), ("《守塔人》太难看了，推荐一部电影", "dislike")]
)
def test_an_opinion_on_a_title_is_history_and_the_title_is_not_recommended(
    recommender: Recommender, said: str, kind: str
) -> None:
    session = recommender.start()
    reply = recommender.reply(session, said)
    assert _events(recommender, session) == [("film-11", kind, NAMED)]
    assert reply.items and "film-11" not in {r.item.id for r in reply.items}
    recommender.record(session, "film-11", "like")  # something else happened to it since
    again = recommender.refresh(session)
    assert again is not None and "film-11" in {r.item.id for r in again.items}


def test_what_is_asked_for_by_name_is_not_spoken_of(recommender: Recommender) -> None:
    session = recommender.start()
    assert recommender.reply(session, "《守塔人》").items[0].item.id == "film-11"
    assert _events(recommender, session) == []


def test_what_another_recommender_named_is_known(recommender: Recommender) -> None:
    session = recommender.start()
    recommender.remember(session, "user", "推荐一部安静的电影")
    recommender.remember(session, "assistant", "《回声》怎么样？", ["film-12", "film-11"])
    assert _events(recommender, session) == [("film-12", "click", NAMED)]
    assert "film-12" not in {r.item.id for r in recommender.reply(session, "再推荐几部").items}


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("守塔人看过了", {"film-11"}),
        ("我看过《守塔人》和回声，还有别的吗", {"film-11", "film-12"}),
        ("看过第一部和第二部了", {1, 2}),
        ("试过第二个了", {2}),
        ("i've already seen the first one", {1}),
    ],
)
def test_what_is_known_is_noted_and_not_shown_again(recommender: Recommender, said: str, known: set[str | int]) -> None:
    session = recommender.start()
    shown = recommender.reply(session, "推荐几部安静的电影").items
    ids = {shown[k - 1].item.id if isinstance(k, int) else k for k in known}
    reply = recommender.reply(session, said, "zh")
    assert set(_events(recommender, session)) == {(i, "click", NAMED) for i in ids}
    assert "已经知道，不再推荐" in reply.text and reply.items
    assert not ids & {r.item.id for r in reply.items}


def test_a_need_leans_to_what_was_spoken_of_the_latest_most() -> None:
    need, first, last = np.eye(3, dtype=np.float32)
    out = expanded(need, np.stack([first, last]))
    assert out is not None and out[2] > out[1] > 0 and np.linalg.norm(out) == pytest.approx(1)
    assert expanded(need, np.empty((0, 3), np.float32)) is need
    assert expanded(None, np.empty((0, 3), np.float32)) is None


def test_a_film_does_not_widen_the_need_for_a_dress(recommender: Recommender) -> None:
    plain, spoke = recommender.start(), recommender.start()
    recommender.remember(spoke, "user", "我很喜欢《守塔人》")
    shown = [[r.item.id for r in recommender.reply(s, "红色连衣裙").items] for s in (plain, spoke)]
    pipeline, query = recommender.pipeline, recommender.store.session(spoke)["state"]
    assert len(pipeline.candidates._spoken_of(query, recommender.events(spoke))) == 0
    assert set(shown[0]) == set(shown[1])


def test_naming_what_one_likes_is_a_need(recommender: Recommender) -> None:
    items = recommender.reply(recommender.start(), "我很喜欢《守塔人》").items
    assert items and "film-11" not in {r.item.id for r in items}


def test_a_last_name_that_is_a_plain_word_says_nobody() -> None:
    people = [("Nick Love", "they love it"), ("Joel Hopkins", "a quiet story")]
    items = [
        Item(str(n), f"Film {n}", "film", "film", description=text, attributes={"director": (name,)})
        for n, (name, text) in enumerate(people)
    ]
    lexicon = infer(items, {}).lexicon
    assert "love" not in lexicon and lexicon["hopkins"] == (("director", "Joel Hopkins"),)
