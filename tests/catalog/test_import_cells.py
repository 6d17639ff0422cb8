import json

import pytest

from recsys.catalog.catalog import item_from_json, item_to_json
from recsys.catalog.cells import Quantity, quantity, score
from recsys.catalog.columns import attribute
from recsys.catalog.headers import assign, parse
from recsys.datamodels import Item, Range
from recsys.errors import CatalogError
from recsys.texts import plain


@pytest.mark.parametrize(
    ("text", "value", "unit", "currency"),
    [
        ("42", 42, "", ""), ("1,299", 1299, "", ""), ("¥1,299", 1299, "", "CNY"), ("1299元", 1299, "", "CNY"), ("US$ 30.50", 30.5, "", "USD"),
        ("30 EUR", 30, "", "EUR"), ("1.2万", 12000, "", ""), ("3–5 天", 4, "天", ""), ("1小时 - 2小时", 1.5, "h", ""), ("30分钟-1小时", 0.75, "h", ""),
        ("128GB", 128, "GB", ""), ("1 TB", 1, "TB", ""), ("2h 10min", 130, "min", ""), ("2小时10分钟", 130, "min", ""), ("1.5kg", 1.5, "kg", ""),
        ("4,5", 4.5, "", ""), ("1.299,00", 1299, "", ""), ("-5°C", -5, "°C", ""), ("12%", 12, "%", ""), ("约300", 300, "", ""), ("人均67元", 67, "", "CNY"),
        ("¥100-200", 150, "", "CNY"), ("¥300/人", 300, "", "CNY"), ("6.1英寸", 6.1, "英寸", ""), ("1e3", 1000, "", ""), ("300元起", 300, "", "CNY"),
    ],
)  # fmt: skip
def test_quantities(text, value, unit, currency):
    assert quantity(text) == Quantity(value, unit, currency)


@pytest.mark.parametrize(
    "text", ["", "red", "007", "2024-01-02", "010-12345678", "1234567890123456", "nan", "inf", "9" * 400, "1e400", "3室1厅", "5-3", "A4", "1.2.3", "12:30", "-"]
)  # fmt: skip
def test_what_is_no_quantity(text):
    assert quantity(text) is None


def test_a_range_keeps_both_ends():
    stay = column("3小时 - 1天", "2小时", "1-2小时")
    assert [(v.low, v.high) if isinstance(v, Range) else v for v in stay.values] == [(3, 24), 2, (1, 2)]
    item = Item("a", "A", attributes={"stay": stay.values[0]})
    again = item_from_json(json.loads(json.dumps(item_to_json(item)))).attributes["stay"]
    assert isinstance(again, Range) and (again.low, again.high, plain(again)) == (3, 24, "3–24")


def test_k_is_a_thousand_in_money_and_a_unit_elsewhere():
    assert quantity("3k", multiples=True) == Quantity(3000)
    assert quantity("$3k") == Quantity(3000, "", "USD")
    assert quantity("4K") == Quantity(4, "k")


def test_scores_out_of_a_best():
    assert (
        score("4.5/5") == Quantity(4.5)
        and score("4 out of 5 stars") == Quantity(4)
        and score("4.5分") == Quantity(4.5, "星")
    )


def column(*cells, header="x"):
    return attribute(parse(header), list(cells))


def test_a_column_is_numeric_when_nine_in_ten_cells_are():
    ten = column(*["5"] * 9, "many")
    assert ten.kind == "numeric" and ten.values[9] is None and ten.unread == [9]
    assert column(*["5"] * 8, "many", "few").kind == "categorical"


def test_units_of_one_dimension_are_converted_and_others_are_unread():
    mixed = column("1h", "90min", "2小时", "30分钟", "3h", "4h")
    assert (mixed.unit, mixed.values) == ("h", [1, 1.5, 2, 0.5, 3, 4])
    assert column(*["1h"] * 9, "2kg").unread == [9]
    assert column("1h", "2kg", "3GB").kind == "categorical"


def test_the_header_may_declare_the_unit():
    assert column("1.5", "2", header="weight_kg").unit == "kg" and column("1", header="容量(mAh)").unit == "mAh"
    assert column("1500g", "2", header="weight_kg").values == [1.5, 2]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("red|blue", "red"), [("red", "blue"), ("red",)]),
        (("酸辣粉、凉面", "凉面", "担担面、凉面"), [("酸辣粉", "凉面"), ("凉面",), ("担担面", "凉面")]),
        (("red, blue", "red", "blue, red", "red, green, blue"), [("red", "blue"), ("red",), ("blue", "red"), ("red", "green", "blue")]),
        ((("a", "b"), "c"), [("a", "b"), ("c",)]),
    ],
)  # fmt: skip
def test_lists(cells, values):
    assert column(*cells).kind == "list" and column(*cells).values == values


@pytest.mark.parametrize(
    "cells",
    [
        ("AC/DC", "Queen", "Abba"), ("Paris, 12 rue X", "Lyon, 4 rue Y", "Nice, 7 rue Z"),
        ("It is soft, warm and made for long evenings by the fire | truly", "Cheap") * 3, ("2024/01/02", "2024/02/03"),
    ],
)  # fmt: skip
def test_what_is_no_list(cells):
    assert column(*cells).kind in ("categorical", "text")


def test_other_kinds():
    assert column("https://x.org/a", "http://x.org/b").kind == "url"
    assert column("https://x.org/a.jpg", "//x.org/b.png?w=3").kind == "image"
    assert column(*(f"a sentence that says something about number {i} at some length" for i in range(9))).kind == "text"
    assert column(*(f"code {i}" for i in range(200))).kind == "text"
    assert column(*(f"Jane Doe {i}" for i in range(200)), header="director").kind == "categorical"
    assert column("是", "否", "是").kind == "categorical"


def test_headers_in_both_languages_and_the_first_of_the_table_wins():
    found = assign(["编号", "Product Name", "标题", "售价(元)", "价格", "品牌", "feel"], {})
    assert found["title"] == ["标题", "Product Name"] and found["title_en"] == ["Product Name"]
    assert found["price"][0] == "价格" and found["id"] == ["编号"] and ["feel"] not in found.values()


def test_a_mapping_by_hand_comes_first_and_is_checked():
    assert assign(["a", "title"], {"title": "a"})["title"] == ["a"]
    with pytest.raises(CatalogError, match="no column 'b'; the file has: a"):
        assign(["a"], {"title": "b"})
    with pytest.raises(CatalogError, match="no field 'colour'"):
        assign(["a"], {"colour": "a"})


def test_without_a_title_the_error_names_the_columns_and_the_option():
    with pytest.raises(CatalogError, match=r"the file has: 甲, 乙.*--map title=甲"):
        assign(["甲", "乙"], {})
