"""The main job with the real language model, the built-in catalogue and the shipped weights: say a need, react, see it change."""

import math

import numpy as np
import pytest

from recsys.datamodels import Reply
from recsys.language.packed import VERSION
from recsys.recommender import Recommender
from recsys.settings import Settings
from recsys.store import SqliteStore

pytestmark = pytest.mark.encoder


@pytest.fixture
def session(real: Recommender) -> str:
    return real.start()


def ids(reply: Reply | None) -> list[str]:
    assert reply is not None
    return [r.item.id for r in reply.items]


def test_the_shipped_parts_fit_together(real: Recommender) -> None:
    assert real.parts.encoder.name == f"e5-small-q4-v{VERSION}"
    assert real.parts.behavior is not None and real.parts.behavior.encoder == real.parts.encoder.name


def test_a_dress(real: Recommender, session: str) -> None:
    reply = real.reply(session, "我想买一件连衣裙")
    assert [r.item.category for r in reply.items] == ["连衣裙"] * 10
    assert len(set(ids(reply))) == 10 and reply.question is not None


def test_a_red_dress_under_200_in_both_languages(real: Recommender) -> None:
    chinese = real.reply(real.start(), "200元以内的红色连衣裙")
    english = real.reply(real.start(), "a red dress under 200")
    for reply in (chinese, english):
        assert len(reply.items) >= 5
        for r in reply.items:
            assert r.item.category == "连衣裙" and "红色" in r.item.values("color")
            assert r.item.price is not None and r.item.price <= 200 and not r.nearest
    same = set(ids(chinese)) & set(ids(english))
    assert len(same) >= 0.8 * max(len(chinese.items), len(english.items))
    assert any("预算" in t for r in chinese.items for t in r.reasons) and any(
        "budget" in t for r in english.items for t in r.reasons
    )


def test_then_not_red(real: Recommender, session: str) -> None:
    real.reply(session, "200元以内的红色连衣裙")
    reply = real.reply(session, "不要红色")
    assert len(reply.items) == 10
    for r in reply.items:
        assert r.item.category == "连衣裙" and "红色" not in r.item.values("color")
        assert r.item.price is not None and r.item.price <= 200


def test_a_sound_investment(real: Recommender, session: str) -> None:
    reply = real.reply(session, "我要一笔稳健的投资")
    assert len(reply.items) == 10
    assert {r.item.domain for r in reply.items} == {"finance"}
    assert {r.item.get("risk") for r in reply.items} <= {"R1", "R2"}


def test_a_quiet_film_like_paterson(real: Recommender, session: str) -> None:
    reply = real.reply(session, "a quiet film like Paterson")
    assert len(reply.items) == 10 and {r.item.domain for r in reply.items} == {"film"}
    assert "Paterson" not in {r.item.title_en for r in reply.items}
    assert all("安静" in r.item.values("mood") for r in reply.items)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("适合冬天夜跑的鞋", "运动鞋"),
        ("a lightweight backpack for hiking", "双肩包"),
        ("睡不着想点香薰", "香水"),
        ("想看关于太空孤独的电影", "电影"),
        ("someone to follow who teaches baking", "美食博主"),
        ("electric cars news", "汽车新闻"),
    ],
)
def test_needs_in_everyday_words(real: Recommender, session: str, text: str, wanted: str) -> None:
    reply = real.reply(session, text)
    assert wanted in {r.item.category for r in reply.items} and not any(r.nearest for r in reply.items)


def test_a_word_in_passing_is_no_condition(real: Recommender, session: str) -> None:
    """Coffee and trains are subjects of news too, but this person wants a thing."""
    reply = real.reply(session, "something to keep my coffee hot on the train")
    assert not any(r.nearest for r in reply.items)
    assert "ecommerce" in {r.item.domain for r in reply.items}


def test_a_dislike_removes_the_item_and_sinks_what_is_like_it(real: Recommender) -> None:
    """Over all dresses by score: the neighbours of the disliked one lose places, counted among the items that stay."""
    wide = Recommender(real.parts, SqliteStore(None), Settings(home=real.settings.home, top_k=60, diversity=0.0))
    session = wide.start()
    before = ids(wide.reply(session, "我想买一件连衣裙"))
    gone = before[0]
    wide.record(session, gone, "dislike")
    after = ids(wide.refresh(session))
    stay = [i for i in before if i != gone]
    assert gone not in after and len(stay) > 50
    row = real.catalog.row
    likeness = real.pipeline.space.kernel(np.array([row[gone]]), np.array([row[i] for i in stay]))[0]
    near = [stay[i] for i in np.argsort(-likeness)[:5]]
    now = [after.index(i) if i in after else len(after) for i in near]
    assert np.mean(now) > np.mean([stay.index(i) for i in near]) + 1


def test_a_dislike_of_the_first_is_seen_in_the_very_next_turn(real: Recommender, session: str) -> None:
    first = ids(real.reply(session, "我想买一件连衣裙"))[0]
    real.record(session, first, "dislike")
    for reply in (real.refresh(session), real.reply(session, "适合通勤的"), real.reply(session, "我想买一件连衣裙")):
        assert reply is not None and first not in ids(reply)


def test_a_like_is_followed_and_undo_takes_it_back(real: Recommender, session: str) -> None:
    before = real.reply(session, "我想买一件连衣裙")
    liked = before.items[7].item
    real.record(session, liked.id, "like")
    after = real.refresh(session)
    assert ids(after).index(liked.id) < 7 and ids(after) != ids(before)
    real.record(session, liked.id, "undo")
    again = real.refresh(session)
    assert again is not None
    assert [(r.item.id, r.score, r.parts) for r in again.items] == [(r.item.id, r.score, r.parts) for r in before.items]


def test_parts_sum_to_the_logit(real: Recommender, session: str) -> None:
    real.record(session, ids(real.reply(session, "我想买一件连衣裙"))[0], "like")
    reply = real.reply(session, "红色的")
    for r in reply.items:
        assert sum(r.parts.values()) == pytest.approx(math.log(r.score / (1 - r.score)), abs=1e-9)
        why = real.explain(session, r.item.id)
        assert sum(why.parts.values()) == pytest.approx(math.log(why.score / (1 - why.score)), abs=1e-9)


def test_no_reason_is_made_up(real: Recommender) -> None:
    """Whatever values of the catalogue a reason names, its item has."""
    schema = real.schema
    values = {
        schema.label(v, lang): v
        for field, v in schema.support
        if field in ("color", "risk", "mood") and v
        for lang in ("zh", "en")
    }
    named = 0
    for text in ("蓝色或者绿色的双肩包，500以内", "a quiet or poetic film", "稳健的理财", "5元以内的红色连衣裙"):
        for r in real.reply(real.start(), text).items:
            for reason in r.reasons:
                for word in reason.replace("、", ", ").split(", "):
                    if word in values:
                        named += 1
                        assert any(values[word] in r.item.values(f) for f in ("color", "risk", "mood")), (
                            reason,
                            r.item.id,
                        )
                if "预算" in reason or "budget" in reason:
                    assert not r.nearest, (text, reason)
    assert named >= 20


def test_a_film_asked_for_by_name_is_shown(real: Recommender, session: str) -> None:
    assert real.reply(session, "我想看《帕特森》").items[0].item.title == "帕特森"
