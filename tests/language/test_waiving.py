"""Conditions that need not hold any longer, by the name of their field or by their value."""

import pytest

from recsys.catalog import Catalog
from recsys.datamodels import Query
from recsys.language.understanding import Understanding

NEED = "300以内的红色连衣裙"


@pytest.fixture(scope="module")
def understanding(small_catalog: Catalog) -> Understanding:
    return Understanding(small_catalog.schema)


def after(understanding: Understanding, *turns: str) -> Query:
    states: list[Query | None] = []
    for text in turns:
        states.append(understanding.follow(states, understanding.parse(text, states[-1] if states else None)))
    assert states[-1] is not None
    return states[-1]


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("颜色无所谓了", {"color"}), ("什么颜色都行", {"color"}), ("把颜色的条件去掉", {"color"}), ("颜色不限，价格也不限", {"color", "price"}),
        ("不一定要红色的", {"color"}), ("红色不红色都行", {"color"}), ("多少钱都可以", {"price"}), ("预算不是问题", {"price"}),
        ("any colour is fine actually", {"color"}), ("drop the price limit", {"price"}), ("I don't really care about the colour", {"color"}),
        ("money is no object", {"price"}), ("it doesn't have to be red", {"color"}), ("the colour no longer matters", {"color"}),
        ("黑色白色都行", set()), ("价格放宽到200", set()), ("forget the red one", set()), ("any colour but red", set()),
    ],
)  # fmt: skip
def test_what_is_let_go(understanding: Understanding, text: str, gone: set[str]) -> None:
    before = after(understanding, NEED)
    turn = understanding.parse(text, before)
    assert {c.field for c in turn.waived} == gone
    if gone:
        state = after(understanding, NEED, text)
        assert turn.intent == "refine" and {c.field for c in state.constraints} == {"category", "color", "price"} - gone
        assert gone <= set(state.declined) | {c.field for c in turn.waived}


def test_what_is_wanted_instead_is_read_from_the_rest(understanding: Understanding) -> None:
    state = after(understanding, NEED, "颜色不限，但不要蓝色")
    assert [(c.op, c.values) for c in state.constraints if c.field == "color"] == [("not_in", ("蓝色",))]


def test_a_state_with_waivers_can_be_kept(understanding: Understanding) -> None:
    turn = understanding.parse("颜色无所谓", after(understanding, NEED))
    assert turn.waived and Query.from_json(turn.to_json()) == turn
