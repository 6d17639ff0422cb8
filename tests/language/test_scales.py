"""Values with an order: what is more or less of them, and what the items shown have to do with it."""

from dataclasses import replace

import pytest

from recsys.catalog import Catalog
from recsys.datamodels import Item
from recsys.language.comparison import critiques
from recsys.language.scales import between, extreme, ordered, steps
from recsys.language.understanding import Understanding

LENGTHS = ("短款", "中长款", "长款")


@pytest.fixture(scope="module")
def goods(small_catalog: Catalog) -> Catalog:
    """Dresses of three lengths."""
    own = [i for i in small_catalog.items if i.category == "连衣裙"]
    items = tuple(replace(i, attributes={**i.attributes, "length": v}) for i, v in zip(own, LENGTHS, strict=False))
    return Catalog("lengths", items, {})


@pytest.mark.parametrize(
    ("text", "shown", "wanted"),
    [
        ("长一点的", 0, ("中长款", "长款")), ("再长点", 1, ("长款",)), ("长一点", 2, ("长款",)), ("更短的", 1, ("短款",)), ("没那么长的", 2, ("短款", "中长款")),
        ("a longer one", 0, ("中长款", "长款")), ("长袖", 0, None), ("长期穿", 0, None),
    ],
)  # fmt: skip
def test_a_wish_for_more_or_less(goods: Catalog, text: str, shown: int, wanted: tuple[str, ...] | None) -> None:
    found = [c.values for _, _, c in steps(text, goods.schema, [goods.items[shown]])]
    assert found == ([wanted] if wanted else [])


def test_the_order_of_values(goods: Catalog, small_catalog: Catalog) -> None:
    assert ordered(goods.schema, "length", "短款") == list(LENGTHS)
    assert ordered(goods.schema, "color", "红色") == []
    assert between(small_catalog.schema, "risk", "R1", "R2") == ("R1", "R2")
    assert between(small_catalog.schema, "color", "红色", "蓝色") is None


@pytest.mark.parametrize("text", ["cheaper than 100", "比100便宜的"])
def test_a_number_is_no_comparison_with_what_is_shown(small_catalog: Catalog, text: str) -> None:
    shown: list[Item] = [i for i in small_catalog.items if i.category == "连衣裙"][:3]
    assert critiques("便宜一点", small_catalog.schema, shown) and not critiques(text, small_catalog.schema, shown)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("最长的连衣裙", "连衣裙", "长款"), ("the shortest dress", "连衣裙", "短款"),
        ("长一点的连衣裙", "连衣裙", None), ("最近想买连衣裙", "连衣裙", None),
    ],
)  # fmt: skip
def test_the_most_of_a_scale_is_the_end_of_what_there_is(goods: Catalog, text: str, kind: str, value: str) -> None:
    found = extreme(text, goods.schema, [kind])
    assert (found[2].value if found else None) == value


def test_the_least_risk_is_that_of_the_kind_of_fund(understanding: Understanding) -> None:
    """Share funds have none of R1 to R3."""
    for text, risk in (
        ("风险最低的股票基金", "R4"),
        ("lowest risk stock fund", "R4"),
        ("the riskiest mixed fund", "R3"),
    ):
        assert ("risk", risk) in {(c.field, c.value) for c in understanding.parse(text).constraints}
