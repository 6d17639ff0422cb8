"""Reasons state facts of the catalogue and nothing else; the next question is one that was not answered yet."""

import re

import pytest

from recsys.catalog import Catalog
from recsys.datamodels import Constraint, Item, Lang, Query
from recsys.ranking.reasons import amount, describe, reasons
from recsys.schema import Schema
from recsys.texts import TEXTS, money, plain, say

QUERIES = [
    Query("红色连衣裙", constraints=(Constraint("color", "in", ("红色", "蓝色")), Constraint("price", "lte", 300.0))),
    Query("法式", constraints=(Constraint("style", "eq", "法式"), Constraint("rating", "gte", 4.4))),
    Query("背包", constraints=(Constraint("capacity_l", "gte", 20.0), Constraint("use", "in", ("登山", "旅行")))),
    Query(
        "科幻",
        constraints=(
            Constraint("genre", "eq", "科幻"),
            Constraint("mood", "eq", "安静"),
            Constraint("year", "lte", 2000.0),
        ),
    ),
    Query("稳健", constraints=(Constraint("risk", "in", ("R1", "R2")), Constraint("color", "not_in", ("红色",)))),
    Query(""),
]
LANGS: tuple[Lang, ...] = ("zh", "en")
PARTS = {"words": 1.0, "lexical": 0.5, "behaviour": 0.6, "feedback": 0.9, "popularity": 0.1, "bias": -1.0}


def _true(tag: str, item: Item, query: Query, liked: Item | None, schema: Schema, lang: Lang) -> bool:
    """The tag is a sentence of ours whose facts the item has and, where it claims that a bound is met, meets."""
    if tag in (say("reason_words", lang), say("reason_behaviour", lang)):
        return True
    if liked is not None and tag.startswith(say("reason_liked", lang, title="…").split("…")[0]):
        return liked.name(lang)[:12] in tag
    if item.rating is not None and tag == say("reason_rating", lang, rating=plain(item.rating)):
        return True
    if tag == say("reason_popular", lang):
        return item.popularity > 0.5
    if item.price is not None and tag == say("reason_price", lang, price=money(item.price, item.currency)):
        return all(item.price <= float(c.value) for c in query.constraints if c.field == "price" and c.op == "lte")  # type: ignore[arg-type]
    for name in schema.fields:
        value = item.get(name)
        label = schema.field_label(name, lang)
        shown = {plain(value), amount(name, value, schema, lang)} if isinstance(value, float) else set()
        if tag in {say("reason_at_least", lang, field=label, value=v) for v in shown}:
            return True
        if tag and set(tag.split(say("and", lang))) <= {schema.label(v, lang) for v in item.values(name)}:
            return True
    return False


@pytest.mark.parametrize("lang", LANGS)
def test_no_reason_states_what_the_item_lacks(small_catalog: Catalog, lang: Lang) -> None:
    """Every item under every query, also the items that do not meet it: those are shown when a bound had to be relaxed."""
    liked, stated = small_catalog.items[0], set()
    for query in QUERIES:
        for item in small_catalog.items:
            for favourite in (None, liked):
                tags = reasons(item, query, PARTS, 1.0, favourite, small_catalog.schema, lang)
                assert len(tags) == len(set(tags)) <= 4
                for tag in tags:
                    assert tag and _true(tag, item, query, favourite, small_catalog.schema, lang), (
                        tag,
                        item,
                        query.constraints,
                    )
                stated |= set(tags)
    assert len(stated) > 20  # otherwise there was nothing to check


def test_what_was_asked_and_is_met_comes_first(small_catalog: Catalog) -> None:
    item = small_catalog.items[0]  # red, French, 80 yuan
    query = Query("", constraints=(Constraint("color", "eq", "红色"), Constraint("price", "lte", 100.0)))
    assert reasons(item, query, PARTS, 0.0, None, small_catalog.schema, "zh")[:2] == ("红色", "¥80，在预算内")
    assert reasons(item, query, PARTS, 0.0, None, small_catalog.schema, "en")[:2] == ("red", "¥80, within budget")


def test_only_the_values_that_were_asked_for_are_named(small_catalog: Catalog) -> None:
    item = Item("x", "x", attributes={"color": ("红色", "白色"), "style": "法式"})
    query = Query("", constraints=(Constraint("color", "in", ("白色", "黑色")), Constraint("style", "eq", "复古")))
    assert reasons(item, query, dict.fromkeys(PARTS, 0.0), 0.0, None, small_catalog.schema, "zh") == ("法式", "白色")


def test_a_price_out_of_budget_is_not_praised(small_catalog: Catalog) -> None:
    query = Query("", constraints=(Constraint("price", "lte", 50.0),))
    tags = reasons(small_catalog.items[0], query, PARTS, 0.0, None, small_catalog.schema, "zh")
    assert not [t for t in tags if "预算" in t]


def test_weak_parts_give_no_reason(small_catalog: Catalog) -> None:
    item = Item("x", "无名")
    assert reasons(item, Query("x"), dict.fromkeys(PARTS, 0.0), 0.0, None, small_catalog.schema, "zh") == ()


@pytest.mark.parametrize("lang", LANGS)
def test_constraints_as_chips_name_field_and_value(small_catalog: Catalog, lang: Lang) -> None:
    schema = small_catalog.schema
    chips = [
        describe(c, schema, lang)
        for c in (
            Constraint("color", "eq", "红色"), Constraint("color", "in", ("红色", "蓝色")), Constraint("color", "not_in", ("红色",)),
            Constraint("price", "lte", 1300.0), Constraint("rating", "gte", 4.5),
        )
    ]  # fmt: skip
    expected = {
        "zh": ["红色", "红色、蓝色", "不要红色", "价格 ≤ ¥1,300", "评分 ≥ 4.5"],
        "en": ["red", "red, blue", "no red", "price ≤ ¥1,300", "rating ≥ 4.5"],
    }
    assert chips == expected[lang]


def test_every_text_exists_in_both_languages() -> None:
    for key, (zh, en) in TEXTS.items():
        assert zh.strip() and en.strip(), key
        assert not re.search(r"[\u4e00-\u9fff]", en), key


@pytest.mark.parametrize(
    ("amount", "currency", "tag"),
    [(80.0, "CNY", "¥80"), (1299.0, "CNY", "¥1,299"), (9.5, "USD", "$9.50"), (10.0, "CHF", "CHF 10"), (3.0, "HKD", "HK$3")],
)  # fmt: skip
def test_money(amount: float, currency: str, tag: str) -> None:
    assert money(amount, currency) == tag


def test_an_item_of_one_domain_is_not_called_like_one_of_another(small_catalog: Catalog) -> None:
    dress, film = (next(i for i in small_catalog.items if i.domain == d) for d in ("ecommerce", "film"))
    for liked, expected in ((film, True), (dress, False)):
        tags = reasons(film, Query("电影"), PARTS, 0.0, liked, small_catalog.schema, "en")
        assert any("which you liked" in t for t in tags) is expected
