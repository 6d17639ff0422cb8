"""What a message means in the light of the items that are shown: references, critiques, feedback in words."""

import pytest

from recsys.catalog.schema import infer
from recsys.datamodels import EventKind, Item, Query
from recsys.language.understanding import Understanding

ITEMS = (
    Item("a", "石榴红真丝长裙", "shop", "连衣裙", 1299.0, brand="青岚", rating=4.5, attributes={"color": "红色", "material": "真丝", "weight_g": 300.0, "year": 2020.0}),
    Item("b", "波点棉布裙", "shop", "连衣裙", 259.0, brand="白屿", rating=4.1, attributes={"color": "蓝色", "material": "棉", "weight_g": 420.0, "year": 2022.0}),
    Item("c", "小黑裙", "shop", "连衣裙", 799.0, brand="青岚", rating=4.8, attributes={"color": "黑色", "material": "羊毛", "weight_g": 510.0, "year": 2018.0}),
)  # fmt: skip
FIELDS = {
    "price": {"zh": "价格", "en": "price", "unit": "元"}, "weight_g": {"zh": "重量", "en": "weight", "unit": "g"}, "rating": {"zh": "评分", "en": "rating"},
    "year": {"zh": "年份", "en": "year", "unit": "年"}, "color": {"zh": "颜色", "en": "colour"}, "material": {"zh": "材质", "en": "material"},
}  # fmt: skip
LABELS = {
    "红色": "red",
    "蓝色": "blue",
    "黑色": "black",
    "真丝": "silk",
    "棉": "cotton",
    "羊毛": "wool",
    "连衣裙": "dress",
}


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return Understanding(infer(ITEMS, {"fields": FIELDS, "labels": LABELS}))


@pytest.fixture(scope="module")
def state(understanding: Understanding) -> Query:
    return understanding.parse("连衣裙")


@pytest.mark.parametrize(
    ("text", "intent", "references", "sort"),
    [
        ("the one for 259 looks good", "feedback", (2,), None), ("真丝的", "refine", (), None), ("小黑裙不错", "feedback", (3,), None),
        ("比小黑裙便宜", "refine", (3,), None), ("and the lightest?", "refine", (), ("weight_g", False)), ("最轻的那个怎么样", "explain", (1,), None),
        ("很喜欢第一个，存一下", "feedback", (1,), None), ("the blue one is nice, the black one is not", "feedback", (2, 3), None),
    ],
)  # fmt: skip
def test_words_that_point_and_words_that_ask(
    understanding: Understanding, state: Query, text: str, intent: str, references: tuple[int, ...], sort: object
) -> None:
    turn = understanding.parse(text, state, ITEMS)
    assert (turn.intent, turn.references, turn.sort) == (intent, references, sort)


def test_what_is_said_outright_goes_before_what_is_compared(understanding: Understanding, state: Query) -> None:
    turn = understanding.parse("便宜一点，300以内", state, ITEMS)
    assert [(c.field, c.op, c.value) for c in turn.constraints] == [("price", "lte", 300)]
    assert understanding.parse("newer than 2019", state, ITEMS).constraints[0].value in (2019, 2020)


@pytest.mark.parametrize(
    ("text", "opinions"),
    [
        ("第一个挺好看的", {(1, "like")}),
        ("第二件太贵了，第三件收藏一下", {(2, "dislike"), (3, "favourite")}),
        ("I love the first but hate the rest", {(1, "like"), (2, "dislike"), (3, "dislike")}),
        ("the blue one is lovely", {(2, "like")}),
        ("黑色那件我有了", {(3, "purchase")}),
        ("1 yes, 2 no way, 3 maybe", {(1, "like"), (2, "dislike")}),
        ("都不喜欢", {(1, "dislike"), (2, "dislike"), (3, "dislike")}),
        ("最便宜的那个我买了", {(2, "purchase")}),
        ("波点那条不错", {(2, "like")}),
        ("the 799 one looks good", {(3, "like")}),
        ("the blue one looks right", {(2, "like")}),
        ("波点那条先收着", {(2, "favourite")}),
    ],
)
def test_feedback(understanding: Understanding, state: Query, text: str, opinions: set[tuple[int, EventKind]]) -> None:
    turn = understanding.parse(text, state, ITEMS)
    assert turn.intent == "feedback"
    assert set(turn.opinions) == opinions
    assert turn.constraints == ()


@pytest.mark.parametrize(
    ("text", "field", "op", "low", "high"),
    [
        ("便宜一点", "price", "lte", 259, 799),
        ("cheaper than the first", "price", "lte", 1169, 1298.999),
        ("比第三个便宜的", "price", "lte", 719, 798.999),
        ("lighter, please", "weight_g", "lte", 300, 420),
        ("评分高一点的", "rating", "gte", 4.5, 4.8),
        ("something newer than the third", "year", "gte", 2018.001, 2021),
        ("nothing quite so dear", "price", "lte", 259, 799),
        ("价格往下压一压", "price", "lte", 259, 799),
        ("价格上还能再高点", "price", "gte", 799, 1300),
        ("重量小一圈的", "weight_g", "lte", 300, 420),
        ("come down a bit", "price", "lte", 259, 799),
    ],
)
def test_critiques(
    understanding: Understanding, state: Query, text: str, field: str, op: str, low: float, high: float
) -> None:
    turn = understanding.parse(text, state, ITEMS)
    (constraint,) = turn.constraints
    assert (turn.intent, constraint.field, constraint.op) == ("refine", field, op)
    assert low <= float(str(constraint.value)) <= high


def test_another_brand_is_none_of_those_shown(understanding: Understanding, state: Query) -> None:
    (constraint,) = understanding.parse("换个牌子", state, ITEMS).constraints
    assert (constraint.field, constraint.op, set(constraint.values)) == ("brand", "not_in", {"青岚", "白屿"})


@pytest.mark.parametrize(
    ("text", "intent", "references"),
    [
        ("compare 1 and 3", "compare", {1, 3}),
        ("前两个比一比", "compare", {1, 2}),
        ("为什么推荐最后一个", "explain", {-1}),
        ("more like the second", "similar", {2}),
    ],
)
def test_references(understanding: Understanding, state: Query, text: str, intent: str, references: set[int]) -> None:
    turn = understanding.parse(text, state, ITEMS)
    assert (turn.intent, set(turn.references)) == (intent, references)


def test_going_back_restores_the_state_before(understanding: Understanding) -> None:
    states: list[Query | None] = []
    for text in ("连衣裙", "红色", "真丝的"):
        turn = understanding.parse(text, states[-1] if states else None)
        states.append(understanding.follow(states, turn))
    after = understanding.follow(states, understanding.parse("回到上一步", states[-1]))
    assert after is states[1]


def test_a_short_answer_is_read_in_the_light_of_the_question(understanding: Understanding, state: Query) -> None:
    (constraint, other) = understanding.parse("300", state, (), "weight_g").constraints
    assert {constraint.field, other.field} == {"weight_g"}
