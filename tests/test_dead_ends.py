"""Dead ends, superlatives and the open question through the hub: what is offered is there, and what is clicked or said works."""

from dataclasses import replace
from itertools import combinations

import pytest

from recsys.datamodels import Constraint, Item
from recsys.recommender import Recommender
from recsys.relaxing import relaxations

MANY = 500


@pytest.fixture
def session(recommender: Recommender) -> str:
    return recommender.start()


def meets(item: Item, c: Constraint) -> bool:
    """Recomputed from the item's own values."""
    value = item.get(c.field)
    if c.op in ("lte", "gte"):
        return isinstance(value, float) and (value <= c.number if c.op == "lte" else value >= c.number)
    return any(v in c.values for v in item.values(c.field)) != (c.op == "not_in")


def count(recommender: Recommender, constraints: tuple[Constraint, ...]) -> int:
    return sum(all(meets(i, c) for c in constraints) for i in recommender.catalog.items)


def test_the_tight_condition_and_the_nearest_offer_are_named(recommender: Recommender, session: str) -> None:
    reply = recommender.reply(session, "70元以内的红色连衣裙")
    red = [i for i in recommender.catalog.items if i.category == "连衣裙" and "红色" in i.values("color")]
    lowest = min(i.price for i in red if i.price is not None)
    assert f"最低是 ¥{lowest:,.0f}" in reply.text and "放宽「价格 ≤ ¥70」" in reply.text
    assert reply.items[0].item.price == lowest and all(r.nearest for r in reply.items)
    assert [r.item.price for r in reply.items] == sorted(r.item.price for r in reply.items)  # type: ignore[type-var]
    assert {c.field for c in reply.query.constraints} == {"price", "color", "category"}, "no condition goes silently"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_relaxation_works_when_clicked_and_counts_right(recommender: Recommender, lang: str) -> None:
    texts = {"zh": "100元以内的红色复古连衣裙", "en": "a red retro dress under 100"}
    options = recommender.reply(recommender.start(), texts[lang]).question
    assert options is not None and options.field == "" and options.options
    for option, choice in zip(options.options, options.choices, strict=True):
        session = recommender.start()
        recommender.reply(session, texts[lang])
        after = recommender.reply(session, option)
        assert after.items and not any(r.nearest for r in after.items) and after.state is not None
        assert not set(choice.drop) & set(after.state.constraints) and set(choice.add) <= set(after.state.constraints)
        assert count(recommender, after.state.constraints) == choice.count
        assert all(meets(r.item, c) for r in after.items for c in after.state.constraints)


@pytest.mark.parametrize("said", ["颜色放宽", "不限颜色", "any colour is fine"])
def test_a_relaxation_that_is_said_in_other_words(recommender: Recommender, session: str, said: str) -> None:
    dead = recommender.reply(session, "黑色法式连衣裙，100元以内")
    assert dead.question is not None and any(d.field == "color" for c in dead.question.choices for d in c.drop)
    after = recommender.reply(session, said)
    assert after.state is not None and "color" not in {c.field for c in after.state.constraints}
    assert {"style", "price"} <= {c.field for c in after.state.constraints}


def test_the_smallest_relaxations_are_those_of_trying_all(recommender: Recommender) -> None:
    columns, items = recommender.pipeline.candidates.columns, recommender.catalog.items
    loose = (
        Constraint("price", "lte", 90.0), Constraint("color", "eq", "黑色"), Constraint("style", "eq", "法式"), Constraint("rating", "gte", 4.8),
    )  # fmt: skip
    asked = (Constraint("category", "eq", "连衣裙"), *loose)
    found = relaxations(asked, columns, columns.everything)
    for size in range(1, 5):
        works = {
            d for d in combinations(loose, size) if any(all(meets(i, c) for c in asked if c not in d) for i in items)
        }
        if works:
            break
    assert found and {r.choice.drop for r in found} <= works and len(found) == min(len(works), 3)


def test_a_far_number_is_not_the_first_offer(recommender: Recommender, session: str) -> None:
    reply = recommender.reply(session, "10元以内的红色法式连衣裙")
    assert reply.items and all(r.nearest for r in reply.items)
    prices = [r.item.price for r in reply.items if r.item.price is not None]
    assert prices[0] == min(prices)


def test_hundreds_of_conditions_get_an_answer(recommender: Recommender) -> None:
    values = [Constraint("color", "not_in", (f"色{n}",)) for n in range(MANY)]
    columns = recommender.pipeline.candidates.columns
    assert columns.mask(values).all()
    impossible = [Constraint("color", "eq", f"色{n}") for n in range(MANY)]
    found = relaxations([*values, *impossible], columns, columns.everything)
    assert len(found) == 1 and set(found[0].choice.drop) == set(impossible)


def test_a_superlative_names_the_first_and_those_level_with_it(recommender: Recommender, session: str) -> None:
    reply = recommender.reply(session, "评分最高的双肩包")
    own = [i for i in recommender.catalog.items if i.category == "双肩包"]
    best = max(i.rating for i in own if i.rating is not None)
    level = [i for i in own if i.rating == best]
    assert (
        f"「{reply.items[0].item.title}」（{best:g}）" in reply.text
        and len(level) == 2
        and "另有 1 件一样" in reply.text
    )
    assert {r.item.id for r in reply.items[:2]} == {i.id for i in level}


def test_the_cheapest_is_said_to_leave_out_what_was_disliked(recommender: Recommender, session: str) -> None:
    recommender.record(session, "dress-00", "dislike")
    reply = recommender.reply(session, "最便宜的连衣裙")
    assert reply.items[0].item.id == "dress-01" and "不喜欢的 1 件" in reply.notice


def test_a_superlative_of_what_the_catalogue_does_not_say(recommender: Recommender, session: str) -> None:
    recommender.reply(session, "连衣裙")
    assert recommender.pipeline.run(recommender.understanding.parse("最大容量的双肩包"), []).best is not None
    films = replace(recommender.understanding.parse("电影"), sort=("price", False))
    sorted_by_price = recommender.answers.recommend(films, recommender.pipeline.run(films, []), "zh")
    assert (
        sorted_by_price.items
        and "没有这些内容的价格" in sorted_by_price.notice
        and "最便宜" not in sorted_by_price.text
    )


def test_a_question_that_was_left_open_is_not_asked_again(recommender: Recommender, session: str) -> None:
    fields, reply = [], recommender.reply(session, "连衣裙")
    while reply.question is not None and len(fields) < 12:
        assert reply.question.field not in fields
        fields.append(reply.question.field)
        reply = recommender.reply(session, "都可以")
        assert reply.items and {r.item.category for r in reply.items} == {"连衣裙"} and not recommender.events(session)
    assert len(fields) > 2 and reply.question is None


def test_a_range_that_is_clicked_is_exact(recommender: Recommender, session: str) -> None:
    reply = recommender.reply(session, "双肩包")
    while reply.question is not None and reply.question.field not in ("price", "capacity_l"):
        reply = recommender.reply(session, "随便")
    assert reply.question is not None
    after = recommender.reply(session, reply.question.options[1])
    assert after.state is not None and set(reply.question.choices[1].add) <= set(after.state.constraints)
    assert after.items and all(meets(r.item, c) for r in after.items for c in after.state.constraints)


def test_compare_is_a_table_of_facts(recommender: Recommender, session: str) -> None:
    shown = recommender.reply(session, "连衣裙").items
    reply = recommender.reply(session, "第一个和第三个比一下")
    table = reply.comparison
    assert table is not None and [i.id for i in table.items] == [shown[0].item.id, shown[2].item.id]
    assert all(len(cells) == 2 and differs == (cells[0] != cells[1]) for _, cells, differs in table.rows)
    prices = next(cells for label, cells, _ in table.rows if label == "价格")
    assert prices == tuple(f"¥{i.price:,.0f}" for i in table.items)
    assert reply.text.count("\n|") == len(table.rows) + 2 and "最便宜" in reply.text
    assert recommender.reply(session, "compare the first two").comparison is not None
    assert recommender.reply(recommender.start(), "对比一下").comparison is None


def test_which_is_the_most_of_these_is_answered(recommender: Recommender, session: str) -> None:
    recommender.reply(session, "dresses")
    reply = recommender.reply(session, "which of these is the most expensive?")
    dresses = [i for i in recommender.catalog.items if i.category == reply.items[0].item.category]
    dearest = max(dresses, key=lambda i: i.price or 0)
    assert reply.items[0].item.price == dearest.price
    assert f"the most expensive is {reply.items[0].item.name('en')} (¥{dearest.price:,.0f})" in reply.text


def test_the_most_of_what_is_compared_is_answered(recommender: Recommender, session: str) -> None:
    shown = recommender.reply(session, "dresses").items[:3]
    reply = recommender.reply(session, "compare the first three, which is the most expensive?")
    dearest = max((r.item for r in shown), key=lambda i: i.price or 0)
    assert f"Of these, {dearest.name('en')} is the most expensive (¥{dearest.price:,.0f})" in reply.text


def test_three_points_of_one_item_are_listed(recommender: Recommender) -> None:
    listed = recommender.serving.answers._listed
    assert listed(["a", "b", "c"], "en") == "a, b and c" and listed(["a", "b"], "en") == "a and b"
    assert listed(["甲", "乙", "丙"], "zh") == "甲、乙、丙" and listed(["甲"], "zh") == "甲"


def test_all_that_is_asked_is_a_chip_and_every_chip_goes(recommender: Recommender, session: str) -> None:
    recommender.reply(session, "最便宜的红色连衣裙")
    reply = recommender.reply(session, "类似第二个")
    while reply.state is not None and (chips := recommender.chips(reply.state, "zh")):
        assert len(chips) == len(reply.state.constraints) + bool(reply.state.sort) + bool(reply.state.like)
        dropped = recommender.drop(session, len(chips) - 1)
        assert dropped is not None and dropped.state is not None
        assert recommender.chips(dropped.state, "zh") == chips[:-1]
        reply = dropped
    assert recommender.drop(session, 0) is None


def test_small_talk_says_what_can_be_asked_here(recommender: Recommender, session: str) -> None:
    hello, able = recommender.reply(session, "你好"), recommender.reply(session, "what can you do")
    assert "商品" in hello.text and "dress" in able.text and hello.text != able.text
    assert "不客气" in recommender.reply(session, "谢谢").text and "Goodbye" in recommender.reply(session, "bye").text


def test_noise_is_said_to_be_noise(recommender: Recommender, session: str) -> None:
    reply = recommender.reply(session, "qwzx vbbn plokm")
    assert "qwzx vbbn plokm" in reply.notice and reply.question is None


def test_a_yes_takes_the_way_that_is_shown(recommender: Recommender, session: str) -> None:
    dead = recommender.reply(session, "100元以内的红色复古连衣裙")
    after = recommender.reply(session, "好的")
    assert dead.question is not None and len(dead.question.choices) > 1 and after.state is not None
    assert not set(dead.question.choices[0].drop) & set(after.state.constraints)
    assert {r.item.id for r in after.items} <= {r.item.id for r in dead.items}


def test_an_exclusion_is_no_opinion_of_what_is_shown(recommender: Recommender, session: str) -> None:
    recommender.reply(session, "红色或者蓝色的连衣裙")
    reply = recommender.reply(session, "不要蓝色了")
    assert not recommender.events(session) and reply.items
    assert not [r for r in reply.items if "红色" not in r.item.values("color")]


def test_a_correction_answers_no_question(recommender: Recommender, session: str) -> None:
    recommender.reply(session, "双肩包，500以内")
    recommender.remember(session, "assistant", "", (), "capacity_l")
    reply = recommender.reply(session, "改成300")
    assert reply.state is not None and {(c.field, c.value) for c in reply.state.constraints if c.op == "lte"} == {
        ("price", 300.0)
    }


def test_words_that_change_no_condition_are_named(recommender: Recommender, session: str) -> None:
    recommender.reply(session, "连衣裙，500以内")
    reply = recommender.reply(session, "要显瘦显白的")
    assert reply.items and "显白" in reply.notice and "条件没有变" in reply.notice
    assert not recommender.reply(session, "红色的").notice.startswith("「")


def test_a_number_that_no_item_has_answers_no_question(recommender: Recommender, session: str) -> None:
    recommender.reply(session, "双肩包")
    recommender.remember(session, "assistant", "", (), "price")
    reply = recommender.reply(session, "the newest one?")
    assert reply.state is not None and "price" not in {c.field for c in reply.state.constraints}
