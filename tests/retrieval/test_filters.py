"""Filters are exact: a mask holds the items that meet every constraint, all of them and no other."""

import itertools

import numpy as np
import pytest

from recsys.catalog import Catalog
from recsys.datamodels import Constraint, Item, Range
from recsys.retrieval import Columns

ITEMS = [
    Item("a", "A", category="裙", price=100.0, rating=4.5, attributes={"color": ("红色", "白色"), "size": 3.0}),
    Item("b", "B", category="裙", price=200.0, attributes={"color": ("蓝色",)}),
    Item("c", "C", category="包", rating=3.0, brand="Acme", attributes={"color": ("红色",), "size": 5.0}),
    Item("d", "D"),
]


@pytest.mark.parametrize(
    ("constraints", "ids"),
    [
        ([], "abcd"),
        ([Constraint("category", "eq", "裙")], "ab"),
        ([Constraint("color", "eq", "红色")], "ac"),
        ([Constraint("color", "in", ("蓝色", "白色"))], "ab"),
        ([Constraint("color", "not_in", ("红色",))], "bd"),
        ([Constraint("color", "not_in", ("红色", "蓝色"))], "d"),
        ([Constraint("price", "lte", 100.0)], "a"),
        ([Constraint("price", "lte", 99.99)], ""),
        ([Constraint("price", "gte", 100.0)], "ab"),
        ([Constraint("price", "gte", 100.0), Constraint("price", "lte", 150.0)], "a"),
        ([Constraint("size", "gte", 4.0)], "c"),
        ([Constraint("size", "eq", 3.0)], "a"),
        ([Constraint("rating", "gte", 4.0), Constraint("color", "eq", "红色")], "a"),
        ([Constraint("brand", "eq", "acme")], "c"),
        ([Constraint("brand", "eq", "nobody")], ""),
        ([Constraint("unknown", "eq", "x")], ""),
        ([Constraint("unknown", "not_in", ("x",))], "abcd"),
        ([Constraint("unknown", "lte", 1.0)], ""),
        ([Constraint("color", "eq", "红色"), Constraint("color", "not_in", ("白色",))], "c"),
    ],
)
def test_masks(constraints: list[Constraint], ids: str) -> None:
    mask = Columns(ITEMS).mask(constraints)
    assert "".join(i.id for i, kept in zip(ITEMS, mask, strict=True) if kept) == ids


def _meets(item: Item, c: Constraint) -> bool:
    if c.op in ("lte", "gte"):
        value = item.get(c.field)
        return isinstance(value, float) and (value <= float(c.value) if c.op == "lte" else value >= float(c.value))  # type: ignore[arg-type]
    return (c.op == "not_in") != bool(set(item.values(c.field)) & set(c.values))


def test_every_pair_of_constraints_equals_the_definition(small_catalog: Catalog) -> None:
    columns = Columns(small_catalog.items)
    singles = [
        Constraint("color", "eq", "红色"), Constraint("color", "in", ("蓝色", "白色")), Constraint("color", "not_in", ("黑色",)),
        Constraint("price", "lte", 300.0), Constraint("price", "gte", 200.0), Constraint("rating", "gte", 4.3), Constraint("genre", "eq", "科幻"),
        Constraint("risk", "in", ("R1", "R2")), Constraint("year", "lte", 2000.0), Constraint("category", "not_in", ("连衣裙", "电影")),
    ]  # fmt: skip
    for pair in itertools.combinations(singles, 2):
        expected = [all(_meets(item, c) for c in pair) for item in small_catalog.items]
        np.testing.assert_array_equal(columns.mask(pair), expected, err_msg=str(pair))


def test_a_mask_is_the_callers_own() -> None:
    columns = Columns(ITEMS)
    columns.mask([])[:] = False
    assert columns.mask([]).all() and columns.everything.all()


def test_numbers_are_nan_where_an_item_has_none() -> None:
    np.testing.assert_array_equal(Columns(ITEMS).numbers("price"), [100.0, 200.0, np.nan, np.nan])


def test_no_items_at_all() -> None:
    assert Columns([]).mask([Constraint("price", "lte", 1.0)]).shape == (0,)


@pytest.mark.parametrize(
    ("low", "high", "ids"),
    [
        (2, 3, "b"),  # the very range, as the catalogue gives it
        (2, 2, "abd"),  # a number: whatever holds it
        (1.7, 2.3, "abd"),  # about two
        (1, 2.4, "ad"),  # no such range: those whose middle lies in it
        (1, None, "abcd"),
        (None, 2, "ad"),
    ],
)
def test_fields_that_give_ranges(low, high, ids):
    hours = {"a": Range(1, 2), "b": Range(2, 3), "c": Range(4, 6), "d": 2.0}
    columns = Columns([*(Item(i, i, attributes={"hours": h}) for i, h in hours.items()), Item("e", "e")])
    asked = [Constraint("hours", op, float(v)) for op, v in (("gte", low), ("lte", high)) if v is not None]
    assert "".join("abcde"[row] for row in np.flatnonzero(columns.mask(asked))) == ids
