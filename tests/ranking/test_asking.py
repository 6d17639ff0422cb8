"""The next question: the attribute that narrows the candidates the most, never one that is known or was declined."""

import math

import pytest

from recsys.catalog import Catalog
from recsys.datamodels import Choice, Constraint, Item, Lang, Query, Question
from recsys.ranking import asking
from recsys.ranking.asking import asked, option
from recsys.schema import Field, Schema

LANGS: tuple[Lang, ...] = ("zh", "en")


def question(candidates: list[Item], query: Query, schema: Schema, lang: Lang) -> Question | None:
    """The question in words."""
    ask = asking.question(candidates, query, schema)
    return None if ask is None else asked(ask.field, ask.choices, schema, lang)


def meets(item: Item, choice: Choice) -> bool:
    """Recomputed from the item's own values."""
    for c in choice.add:
        value = item.get(c.field)
        if c.op == "eq" and c.value not in item.values(c.field):
            return False
        if c.op != "eq" and not (
            isinstance(value, float) and (value >= c.number if c.op == "gte" else value <= c.number)
        ):
            return False
    return True


@pytest.mark.parametrize("lang", LANGS)
def test_the_question_is_never_about_what_was_answered_or_declined(small_catalog: Catalog, lang: Lang) -> None:
    asked_fields: list[str] = []
    dresses = [i for i in small_catalog.items if i.category == "连衣裙"]
    for known in (True, False):
        fields: list[str] = []
        while True:
            constraints = tuple(Constraint(f, "not_in", ("x",)) for f in fields) if known else ()
            q = question(
                dresses,
                Query("x", constraints=constraints, declined=() if known else tuple(fields)),
                small_catalog.schema,
                lang,
            )
            if q is None:
                break
            assert q.field not in fields and len(fields) < 10
            fields.append(q.field)
            assert 3 <= len(q.options) <= 5 and len(set(q.options)) == len(q.options) == len(q.choices)
            assert all(any(meets(i, c) for i in dresses) for c in q.choices)
            assert q.choices[-1] == Choice()
        asked_fields += fields
    assert {"color", "style", "price"} <= set(asked_fields) and not {"rating", "popularity", "title"} & set(
        asked_fields
    )


def test_the_attribute_of_highest_gain_wins() -> None:
    fields = {n: Field(n, "categorical", n, n) for n in ("half", "quarter", "each")}
    items = [
        Item(str(i), str(i), attributes={"half": "ab"[i % 2], "quarter": "abcd"[i % 4], "each": str(i)})
        for i in range(40)
    ]
    q = question(items, Query("x"), Schema(fields, {}, {}, {}), "en")
    assert q is not None and q.field == "quarter" and set(q.options[:-1]) == set("abcd")


def test_a_number_is_asked_in_ranges_that_hold_about_as_many_each() -> None:
    fields = {"km": Field("km", "numeric", "里程", "mileage", "km", (), 1000.0, 40000.0)}
    items = [Item(str(i), str(i), attributes={"km": 1000.0 * (i + 1)}) for i in range(40)]
    q = question(items, Query("x"), Schema(fields, {}, {}, {}), "en")
    assert q is not None and q.text == "What mileage suits you?" and q.options[0].startswith("up to ")
    shares = [sum(meets(i, c) for i in items) / 40 for c in q.choices[:-1]]
    assert len(shares) == 3 and all(math.isclose(s, 1 / 3, abs_tol=0.05) for s in shares)
    zh = asked("km", q.choices, Schema(fields, {}, {}, {}), "zh")
    assert zh.options[0].endswith("以内") and zh.options[-1] == "都可以"


def test_no_question_where_the_answer_would_not_help(small_catalog: Catalog) -> None:
    alike = [Item(str(n), str(n), attributes={"color": ("红色",), "style": "法式"}) for n in range(10)]
    assert question(alike, Query("x"), small_catalog.schema, "zh") is None
    assert question([], Query("x"), small_catalog.schema, "zh") is None
    rare = [Item(str(n), str(n), attributes={"style": "ab"[n % 2]} if n < 4 else {}) for n in range(10)]
    assert question(rare, Query("x"), small_catalog.schema, "zh") is None


def test_a_yes_or_no_and_dates_in_words() -> None:
    fields = {
        "可带宠物": Field("可带宠物", "categorical", "可带宠物", "pets allowed"),
        "date": Field("date", "categorical", "日期", "date"),
    }
    items = [
        Item(str(n), str(n), attributes={"可带宠物": "是否"[n % 2], "date": f"2026-0{1 + n % 4}-01"}) for n in range(12)
    ]
    q = question(items, Query("x"), Schema(fields, {}, {}, {}), "zh")
    assert q is not None and q.text == "对「可带宠物」有要求吗？"


def test_relaxations_in_words(small_catalog: Catalog) -> None:
    bound = Constraint("price", "lte", 200.0)
    moved = Choice((bound,), (Constraint("price", "lte", 329.0),), 1)
    gone = Choice((Constraint("color", "eq", "红色"),), (), 6)
    assert (
        option(moved, small_catalog.schema, "zh") == "价格放宽到 ¥329 · 1"
        and option(moved, small_catalog.schema, "en") == "price up to ¥329 · 1"
    )
    assert (
        option(gone, small_catalog.schema, "zh") == "不限「红色」 · 6"
        and option(gone, small_catalog.schema, "en") == "without “red” · 6"
    )
