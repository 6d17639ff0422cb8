"""Days that are asked for of things that have a date."""

from datetime import date

import pytest

from recsys.catalog import Catalog
from recsys.datamodels import Constraint
from recsys.language import days
from recsys.retrieval import Columns
from recsys.schema import Schema

TODAY = date(2026, 11, 24)  # a Tuesday


def asked(schema: Schema, text: str, categories: tuple[str, ...] = ()) -> list[tuple[str, object]]:
    return [(c.op, c.value) for b in days.find(text, schema, categories, TODAY) for c in b.constraints]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("只看今天的", [("gte", "2026-11-24")]),
        ("昨天的新闻", [("gte", "2026-11-23"), ("lte", "2026-11-23")]),
        ("只看本周的", [("gte", "2026-11-23")]),
        ("上周的新闻", [("gte", "2026-11-16"), ("lte", "2026-11-22")]),
        ("news from last month", [("gte", "2026-10-01"), ("lte", "2026-10-31")]),
        ("最近三天的新闻", [("gte", "2026-11-21")]),
        ("only stories of the past two weeks", [("gte", "2026-11-10")]),
        ("news since october", [("gte", "2026-10-01")]),
        ("12月的新闻", [("gte", "2025-12-01"), ("lte", "2025-12-31")]),  # this year's is still to come
        ("what's in the news today?", []),  # idle, as in "what is there today"
        ("今天的心情不好", []),  # of nothing that has a date
    ],
)
def test_days(catalog: Catalog, text: str, expected: list[tuple[str, object]]) -> None:
    assert asked(catalog.schema, text) == expected


def test_things_without_a_date_are_asked_for_no_day(catalog: Catalog) -> None:
    assert not asked(catalog.schema, "今天的电影", ("电影",))
    assert asked(catalog.schema, "今天的", ("科技新闻",))


def test_bounds_of_days_are_exact(catalog: Catalog) -> None:
    bounds = [Constraint("date", "gte", "2026-10-01"), Constraint("date", "lte", "2026-10-31")]
    found = [i for i, ok in zip(catalog.items, Columns(catalog.items).mask(bounds), strict=True) if ok]
    assert found and {str(i.get("date"))[:7] for i in found} == {"2026-10"}
    assert len(found) == sum(str(i.get("date")).startswith("2026-10") for i in catalog.items)
