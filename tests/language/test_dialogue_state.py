"""How a turn changes what the dialogue asks: carry over, replace, contradict, new topic."""

import pytest

from recsys.catalog import Catalog
from recsys.datamodels import Query
from recsys.language.dialogue import merge
from recsys.language.understanding import Understanding

DRESS, RED, CHEAP = ("category", "eq", "连衣裙"), ("color", "eq", "红色"), ("price", "lte", 300)


@pytest.fixture(scope="module")
def understanding(small_catalog: Catalog) -> Understanding:
    return Understanding(small_catalog.schema)


def dialogue(understanding: Understanding, *turns: str) -> Query:
    state: Query | None = None
    for text in turns:
        state = merge(understanding.schema, state, understanding.parse(text, state))
    assert state is not None
    return state


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (["连衣裙", "红色的", "300以内"], {DRESS, RED, CHEAP}),
        (["a dress", "red", "under 300"], {DRESS, RED, CHEAP}),
        (["红色连衣裙", "换成蓝色"], {DRESS, ("color", "eq", "蓝色")}),
        (["红色连衣裙", "不要红色"], {DRESS, ("color", "not_in", ("红色",))}),
        (["a red dress under 300", "not red"], {DRESS, CHEAP, ("color", "not_in", ("红色",))}),
        (["红色或者蓝色的连衣裙", "不要红色"], {DRESS, ("color", "eq", "蓝色")}),
        (["连衣裙，不要红色", "红色也可以"], {DRESS}),
        (["红色连衣裙", "蓝色也可以"], {DRESS, ("color", "in", ("红色", "蓝色"))}),
        (["连衣裙，不要红色", "也不要黑色"], {DRESS, ("color", "not_in", ("红色",)), ("color", "not_in", ("黑色",))}),
        (["300以内的连衣裙", "200以内"], {DRESS, ("price", "lte", 200)}),
        (["300以内的连衣裙", "至少400"], {DRESS, ("price", "gte", 400)}),
        (["300以内的红色连衣裙", "双肩包"], {("category", "eq", "双肩包")}),
        (["a red dress under 300", "a quiet film"], {("category", "eq", "电影"), ("mood", "eq", "安静")}),
        (["300以内的红色连衣裙", "重新开始"], set()),
        (["红色连衣裙", "一件连衣裙"], {DRESS, RED}),
        (
            ["稳健的理财", "存款"],
            {("domain", "eq", "finance"), ("risk", "in", ("R1", "R2")), ("category", "eq", "存款")},
        ),
    ],
)
def test_constraints(understanding: Understanding, turns: list[str], expected: set[tuple[str, str, object]]) -> None:
    state = dialogue(understanding, *turns)
    assert {(c.field, c.op, c.value) for c in state.constraints} == expected


def test_a_new_lower_bound_keeps_an_upper_bound_that_it_does_not_contradict(understanding: Understanding) -> None:
    state = dialogue(understanding, "500以内的连衣裙", "至少200")
    assert {(c.field, c.op, c.value) for c in state.constraints} == {
        DRESS,
        ("price", "lte", 500),
        ("price", "gte", 200),
    }


def test_words_carry_over_within_a_topic_and_not_beyond(understanding: Understanding) -> None:
    state = dialogue(understanding, "海边度假穿的连衣裙", "轻薄一点")
    assert "海边度假" in state.text and "轻薄" in state.text
    assert "海边" not in dialogue(understanding, "海边度假穿的连衣裙", "双肩包").text


def test_words_that_are_repeated_are_kept_once(understanding: Understanding) -> None:
    assert dialogue(understanding, "连衣裙", "连衣裙", "连衣裙").text == "连衣裙"


def test_a_long_dialogue_stays_short(understanding: Understanding) -> None:
    state = dialogue(understanding, "连衣裙", *(f"带有第{n}号花纹的那种样子" for n in range(100)))
    assert len(state.text) <= 400 and DRESS in {(c.field, c.op, c.value) for c in state.constraints}


def test_a_sort_stays_until_another_replaces_it(understanding: Understanding) -> None:
    assert dialogue(understanding, "最便宜的连衣裙", "红色的").sort == ("price", False)
    assert dialogue(understanding, "最便宜的连衣裙", "评分最高的").sort == ("rating", True)
    assert dialogue(understanding, "最便宜的连衣裙", "双肩包").sort is None


def test_a_title_stays_while_the_topic_does(understanding: Understanding) -> None:
    assert dialogue(understanding, "像回声那样的电影", "安静一点").entities == ("回声",)
    assert dialogue(understanding, "像回声那样的电影", "红色连衣裙").entities == ()
