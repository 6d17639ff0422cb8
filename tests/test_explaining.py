"""Explanations: words add up to what the need does, events are those whose absence counts, what-ifs come true, likeness is of facts."""

import math
from collections.abc import Mapping
from dataclasses import replace

import pytest

from recsys.attributing import kept, word_effects
from recsys.datamodels import EventKind, Query, Reply
from recsys.facts import fact
from recsys.pipeline import Pipeline
from recsys.recommender import Recommender
from recsys.settings import Settings

NEED = "连衣裙，五百以内"
REACTIONS: tuple[tuple[int, EventKind], ...] = ((0, "like"), (3, "dislike"), (5, "click"), (2, "favourite"))


@pytest.fixture
def session(recommender: Recommender) -> str:
    return recommender.start()


@pytest.fixture
def reacted(recommender: Recommender, session: str) -> dict[str, int]:
    """Item id -> event, after reactions to a first answer; the need is then asked again."""
    shown = recommender.reply(session, "连衣裙").items
    out = {shown[n].item.id: recommender.record(session, shown[n].item.id, kind) for n, kind in REACTIONS}
    recommender.refresh(session)
    return out


def shown(recommender: Recommender, session: str) -> list[str]:
    return [i["item_id"] for i in recommender.store.impressions(session)]


def test_shapley_values_of_a_sum_and_of_a_pair() -> None:
    worth = {"a": 1.0, "bb": 2.0, "ccc": -0.5, "d": 0.25, "e": 3.0}
    found = word_effects(lambda text: sum(worth[w] for w in text.split()), "a bb ccc d e")
    assert {w.word: w.effect for w in found} == pytest.approx(worth)
    both = word_effects(lambda text: float({"x", "y"} <= set(text.split())), "x y z")
    assert [w.effect for w in both] == pytest.approx([0.5, 0.5, 0.0])
    assert word_effects(lambda text: 1.0, " ，。") == ()
    long = " ".join(f"w{n}" for n in range(40))
    assert sum(w.effect for w in word_effects(lambda text: float(len(text.split())), long)) == pytest.approx(40)


def test_all_the_words_are_the_text_as_it_stands() -> None:
    found = word_effects(lambda text: float(len(text)), "red, warm; light!")
    assert sum(w.effect for w in found) == pytest.approx(len("red, warm; light!"))


def test_what_is_left_of_a_text() -> None:
    assert kept("a red dress", [(0, 1), (6, 11)]) == "a dress" and kept("红色连衣裙", [(0, 2), (2, 5)]) == "红色连衣裙"


@pytest.mark.parametrize(
    "need", ["法式的红色连衣裙", "a quiet film about the night", "登山旅行用的耐磨背包，绿色", "云裁"]
)
def test_words_add_up_to_what_the_need_does(recommender: Recommender, session: str, need: str) -> None:
    for r in recommender.reply(session, need).items[:4]:
        told = recommender.explain(session, r.item.id, words=True)
        whole = told.parts["words"] + told.parts["lexical"]
        assert told.words and sum(w.effect for w in told.words) == pytest.approx(whole, abs=1e-6)
        assert all(told.need[w.start : w.end] == w.word for w in told.words)


def test_chinese_is_told_by_words(recommender: Recommender, session: str) -> None:
    reply = recommender.reply(session, "法式的红色连衣裙")
    found = [w.word for w in recommender.explain(session, reply.items[0].item.id, words=True).words]
    assert {"法式", "红色", "连衣裙"} <= set(found)


def test_the_effect_of_an_event_is_what_its_absence_does(
    recommender: Recommender, session: str, reacted: dict[str, int]
) -> None:
    item = shown(recommender, session)[0]
    told = recommender.explain(session, item)
    assert told.effects and [abs(e.total) for e in told.effects] == sorted(
        (abs(e.total) for e in told.effects), reverse=True
    )
    assert math.isclose(sum(told.parts.values()), math.log(told.score / (1 - told.score)), abs_tol=1e-9)
    strongest = told.effects[0]
    state = recommender.store.session(session)["state"]
    left = [e for e in recommender.events(session) if e.id != strongest.event.id]
    logits = {r.item.id: own(r.parts) for r in recommender.pipeline.run(state, left).items}
    if item in logits:
        assert own(told.parts) - logits[item] == pytest.approx(strongest.total, abs=1e-6)


def own(parts: Mapping[str, float]) -> float:
    """The logit of an item without what the rest of the list and the moved weights add."""
    return sum(v for n, v in parts.items() if n not in ("diversity", "tuning"))


def test_the_parts_are_those_named_and_make_the_score(recommender: Recommender, session: str) -> None:
    """Price speaks after 太贵了, diversity after the first place, and the list falls by the score that the parts make."""
    recommender.reply(session, "连衣裙")
    recommender.reply(session, "太贵了")
    recommender.record(session, shown(recommender, session)[4], "like")
    recommender.refresh(session)
    told = [recommender.explain(session, i) for i in shown(recommender, session)]
    names = {"words", "lexical", "behaviour", "feedback", "price", "popularity", "diversity", "bias"}
    assert all(set(e.parts) - {"tuning"} == names for e in told)
    assert all(math.isclose(sum(e.parts.values()), math.log(e.score / (1 - e.score)), abs_tol=1e-9) for e in told)
    assert [e.score for e in told] == sorted((e.score for e in told), reverse=True)
    cheap, dear = (f(told, key=lambda e: e.item.price or 0) for f in (min, max))
    assert cheap.parts["price"] > 0 > dear.parts["price"]
    assert told[0].parts["diversity"] == 0 > min(e.parts["diversity"] for e in told)
    diverse = [r for r in recommender.pipeline.run(Query("连衣裙"), []).items if r.parts["diversity"]]
    assert (
        diverse
        and not Pipeline(recommender.parts, Settings(diversity=0)).run(Query("连衣裙"), []).items[1].parts["diversity"]
    )


def test_a_like_never_lowers_the_score_of_what_was_liked(recommender: Recommender) -> None:
    """Nor does the list around it: what was liked loses nothing by being like the others."""
    for need in ("连衣裙", "双肩包", "a film", "稳健的投资"):
        for place in range(10):
            session = recommender.start()
            before = recommender.reply(session, need).items[place]
            recommender.record(session, before.item.id, "like")
            after = recommender.refresh(session)
            assert after is not None and next(r.score for r in after.items if r.item == before.item) > before.score


def test_what_ifs_come_true(recommender: Recommender, session: str, reacted: dict[str, int]) -> None:
    """Conditions are changed and events are taken back in the session itself, and put back as they were before the next one."""
    recommender.reply(session, NEED)
    state = recommender.store.session(session)["state"]
    tried = [(i, w) for i in shown(recommender, session) for w in recommender.explain(session, i).what_ifs]
    assert {w.change is None for _, w in tried} == {True, False}
    for item, what_if in tried:
        if what_if.change is not None:
            left = tuple(c for c in state.constraints if c not in what_if.change.drop) + what_if.change.add
            recommender.store.say(session, "assistant", "", {}, replace(state, constraints=left))
            reply = recommender.refresh(session)
            recommender.store.say(session, "assistant", "", {}, state)
            assert reply is not None and rank_of(item, reply) == what_if.rank and f" {what_if.rank} " in what_if.text
    item, what_if = next((i, w) for i, w in tried if w.change is None)
    for event in what_if.events:
        recommender.record(session, "", "undo", event)
    reply = recommender.refresh(session)
    assert reply is not None and rank_of(item, reply) == what_if.rank and str(what_if.rank or ">10") in what_if.text


def rank_of(item: str, reply: Reply) -> int | None:
    return next((r.rank for r in reply.items if r.item.id == item), None)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_likeness_is_of_the_catalogue_s_facts(
    recommender: Recommender, session: str, reacted: dict[str, int], lang
) -> None:
    seen = 0
    for item_id in shown(recommender, session):
        told = recommender.explain(session, item_id, lang)
        if told.likeness is None:
            continue
        seen += 1
        schema, liked = recommender.schema, told.likeness.liked
        mine = {fact(told.item, n, schema, lang) for n in schema.fields}
        theirs = {fact(liked, n, schema, lang) for n in schema.fields}
        assert all(v in mine & theirs for _, v in told.likeness.shared)
        assert all(a in theirs and b in mine and a != b for _, a, b in told.likeness.differs)
        assert liked.name(lang) in told.likeness.text
    assert seen


def test_the_same_explanation_is_not_computed_twice(
    recommender: Recommender, session: str, reacted: dict[str, int]
) -> None:
    item = shown(recommender, session)[0]
    first = recommender.explain(session, item)
    assert recommender.explain(session, item) is first
    recommender.record(session, item, "click")
    assert recommender.explain(session, item) is not first


def test_confidence_is_a_probability_in_words(recommender: Recommender, session: str) -> None:
    likely = [recommender.explain(session, r.item.id, "en") for r in recommender.reply(session, NEED).items]
    assert all(0 < e.likely < 1 and e.confidence for e in likely)
    assert [math.log(e.likely / (1 - e.likely)) for e in likely] == pytest.approx([own(e.parts) for e in likely]), (
        "weights without a calibration say the score, but for what the rest of the list adds"
    )
