import csv
import json
import os

import pytest
from import_zoo import workbook

from recsys.catalog import Catalog, importing
from recsys.catalog.importing import catalogs, import_catalog, remove
from recsys.errors import CatalogError
from recsys.settings import Settings

SHOP = """编号,名称,分类,品牌,人均消费,评分,销量,标签,重量,图片,口味说明
a1,红烧 牛肉面,面馆,老街,¥28,4.5,1.2万,"热卖|招牌",500g,https://x.org/a.jpg,汤很浓，肉很多，一个人吃刚好，冬天暖和。适合喜欢重口味的人。
a2,凉面,面馆,老街,18元,4.1分,300,招牌,350g,,清爽，<b>夏天</b>的首选。面是手擀的，芝麻酱是自己磨的，很香很香。
"""


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path / "home")


@pytest.fixture
def put(tmp_path, settings):
    def put(content, name="a.csv", **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        report = import_catalog(path, "shop", settings, **options)
        return Catalog.load(settings.catalogs / "shop"), report

    return put


def test_a_chinese_file(put, settings):
    catalog, report = put(SHOP)
    first, second = catalog.items
    assert (first.id, first.title, first.category, first.brand) == ("a1", "红烧 牛肉面", "面馆", "老街")
    assert (first.price, second.price, first.currency, first.rating, second.rating) == (28, 18, "CNY", 4.5, 4.1)
    assert first.popularity == 1 and 0 < second.popularity < 1 and first.attributes["销量"] == 12000
    assert first.attributes["标签"] == ("热卖", "招牌") and second.attributes["重量"] == 350
    assert second.description == "清爽， 夏天 的首选。面是手擀的，芝麻酱是自己磨的，很香很香。"
    assert "夏天" in catalog.texts()[1] and report.rejected == 0
    fields = catalog.schema.fields
    assert (fields["重量"].kind, fields["重量"].unit, fields["标签"].kind, fields["口味说明"].kind) == (
        "numeric",
        "g",
        "list",
        "text",
    )
    assert "人均" in fields["price"].words and (fields["price"].zh, fields["price"].en) == ("价格", "price")
    raw = {
        r["id"]: r["raw"]
        for r in map(json.loads, (settings.catalogs / "shop" / "raw.jsonl").read_text("utf-8").splitlines())
    }
    assert (
        raw["a2"]["人均消费"] == "18元"
        and raw["a2"]["重量"] == "350g"
        and "<b>" in raw["a2"]["口味说明"]
        and "品牌" not in raw["a2"]
    )


def test_the_schema_is_in_the_report(put):
    _, report = put(SHOP)
    shown = {
        c["column"]: (c["field"], c["kind"], c["unit"], c["values"])
        for c in report.to_json()["columns"]
        if c["field"] != "popularity"
    }
    assert shown["人均消费"] == ("price", "numeric", "元", 2) and shown["标签"] == ("标签", "list", "", 2)
    assert shown["图片"][:2] == ("image", "image") and shown["口味说明"][1] == "text"


def test_one_sheet_gives_what_the_same_csv_gives(put):
    rows = list(csv.reader(SHOP.splitlines()))
    assert put(SHOP)[0].items == put(workbook(rows), "a.xlsx")[0].items == put(SHOP.encode("gb18030"))[0].items


def test_bad_rows_are_reported_by_line_column_and_reason_and_the_good_ones_are_kept(put, settings):
    text = 'id,title,price\n1,"red\ndress",9\n2,,9\n3,blue,cheap\n4,green,-1\n5,black\n1,white,8\n6,grey,\n'
    catalog, report = put(text)
    assert [i.id for i in catalog.items] == ["1", "6"] and report.rows == 7 and report.rejected == 5
    wrong = [(p.line, p.column, p.reason.split()[0]) for p in report.problems]
    assert wrong == [(4, "title", "has"), (5, "price", "is"), (6, "price", "is"), (7, "", "has"), (8, "id", "has")]
    with (settings.catalogs / "shop" / "report.csv").open(encoding="utf-8-sig") as file:
        assert [(int(r["line"]), r["column"], r["rejected"]) for r in csv.DictReader(file)] == [
            (w[0], w[1], "yes") for w in wrong
        ]


def test_the_report_holds_no_formula(put, settings):
    put('title,price\nred,"=HYPERLINK(1)"\nblue,1\ngreen,2\n')
    assert "'=HYPERLINK(1)" in (settings.catalogs / "shop" / "report.csv").read_text("utf-8-sig")


def test_strict_refuses_the_whole_file_and_leaves_the_old_catalogue(put, settings):
    put("id,title\nold,the old one\n")
    with pytest.raises(CatalogError, match=r"1 of 2 rows are wrong; the first: line 3 title has no title; nothing was"):
        put("id,title\n1,red\n2,\n", strict=True)
    assert [i.id for i in Catalog.load(settings.catalogs / "shop").items] == ["old"]


def test_ids_that_the_file_lacks_are_the_same_in_every_import(put):
    first = [i.id for i in put("title,price\nred,1\nblue,2\n")[0].items]
    catalog, report = put("title,price\nblue,2\nred,1\nred,1\n")
    assert [i.id for i in catalog.items] == first[::-1] and len(set(first)) == 2
    assert [(p.line, p.reason) for p in report.problems] == [(4, "is the same as line 3")]


def test_ids_stay_as_they_are_written(put):
    assert [i.id for i in put("id,title\n餐馆:小店（总店）,a\nA－1,b\n")[0].items] == ["餐馆:小店（总店）", "A－1"]


def test_near_identical_items_are_noted_and_kept(put):
    catalog, report = put("title,category\nRed  Dress,x\nred dress,X\nred dress,y\n")
    assert len(catalog.items) == 3 and report.rejected == 0
    assert [(p.line, p.column) for p in report.problems] == [(3, "title")]


def test_a_price_may_stand_in_several_columns_that_never_meet(put):
    catalog, _ = put("名称,领域,人均消费,价格,门票\n小店,餐馆,50,,\n旅馆,酒店,,300,\n公园,景点,,,免费\n")
    assert [i.price for i in catalog.items] == [50, 300, 0]
    assert [i.category for i in catalog.items] == [i.domain for i in catalog.items] == ["餐馆", "酒店", "景点"]
    both, _ = put("title,price,list_price\nred,8,10\n")
    assert both.items[0].price == 8 and both.items[0].attributes["list_price"] == 10


def test_currency_comes_from_the_sign_the_column_or_the_header(put):
    assert [i.currency for i in put("title,price\nred,$8\nblue,€9\ngreen,3\npink,$1\n")[0].items] == [
        "USD",
        "EUR",
        "USD",
        "USD",
    ]
    assert put("title,price (GBP)\nred,8\n")[0].items[0].currency == "GBP"
    assert put("title,price,currency\nred,8,jpy\n")[0].items[0].currency == "JPY"
    assert put("title,price\nred,8\n")[0].items[0].currency == ""


def test_a_name_column_that_holds_no_numbers_is_an_attribute(put):
    catalog, _ = put("title,price,stars\nred,cheap,Tom Hanks\nblue,dear,Meg Ryan\n")
    assert catalog.items[0].price is None and catalog.items[0].attributes == {
        "price_categorical": "cheap",
        "stars": "Tom Hanks",
    }


def test_shorter_forms_of_values(put):
    catalog, _ = put("title,区域,director\na,朝阳区,Joel Coen|Ethan Coen\nb,海淀区,Tim Burton\nc,东城区,Tim Burton\n")
    lexicon = catalog.schema.lexicon
    assert lexicon["朝阳"] == (("区域", "朝阳区"),)
    assert set(lexicon["coen brothers"]) == {("director", "Joel Coen"), ("director", "Ethan Coen")}


@pytest.mark.parametrize(
    ("option", "value", "text", "message"),
    [
        ("max_rows", 2, "title\na\nb\nc\n", "more than 2 rows.*RECSYS_MAX_ROWS"),
        ("max_columns", 2, "title,b,c\na,b,c\n", "more than 2 columns.*RECSYS_MAX_COLUMNS"),
        ("max_upload_mb", 1, "title\n" + "x" * 2**20, "the limit is 1.*RECSYS_MAX_UPLOAD_MB"),
    ],
)
def test_limits(tmp_path, option, value, text, message):
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(CatalogError, match=message):
        import_catalog(path, "shop", Settings(home=tmp_path, **{option: value}))


def test_long_cells_are_cut_and_reported(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("title,description\nred," + "x" * 200 + "\n")
    report = import_catalog(path, "shop", Settings(home=tmp_path, max_cell=100))
    assert [(p.line, p.column, p.rejected) for p in report.problems] == [(2, "description", False)]
    assert len(Catalog.load(tmp_path / "catalogs" / "shop").items[0].description) == 100


@pytest.mark.parametrize("name", ["", "attune", "../x", "a/b", ".x", "x" * 65])
def test_names_that_are_none(tmp_path, name):
    with pytest.raises(CatalogError, match="cannot name a catalogue"):
        import_catalog(tmp_path / "a.csv", name, Settings(home=tmp_path))


def test_a_failure_while_writing_leaves_the_old_catalogue(put, settings, monkeypatch):
    put("id,title\nold,the old one\n")
    rename = os.rename

    def fail(source, target):
        if ".new-" in source.name:
            raise OSError(28, "No space left on device")
        rename(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(importing.os, "rename", fail)
        with pytest.raises(CatalogError, match="No space left"):
            put("id,title\nnew,the new one\n")
    assert [i.id for i in Catalog.load(settings.catalogs / "shop").items] == ["old"]
    assert os.listdir(settings.catalogs) == ["shop"]


def test_a_swap_that_was_killed_halfway_is_undone_at_the_next_load(put, settings):
    put("id,title\nold,the old one\n")
    os.rename(settings.catalogs / "shop", settings.catalogs / ".shop.old")  # where a kill between the renames leaves it
    assert [i.id for i in Catalog.load(settings.catalogs / "shop").items] == ["old"]
    assert [i.id for i in put("id,title\nnew,the new one\n")[0].items] == ["new"]


def test_catalogues_are_listed_and_removed(put, settings):
    put(SHOP)
    assert [(c["name"], c["items"], c["file"]) for c in catalogs(settings)] == [("shop", 2, "a.csv")]
    remove("shop", settings)
    assert catalogs(settings) == []
    with pytest.raises(CatalogError, match="no imported catalogue 'shop'"):
        remove("shop", settings)


def test_an_object_that_nests_too_deep_is_reported_and_the_others_come_in(tmp_path, settings):
    deep = {"title": "deep", "a": {"b": {"c": {"d": 1}}}}
    file = tmp_path / "a.jsonl"
    file.write_text("".join(json.dumps(r) + "\n" for r in (deep, {"title": "flat", "a": {"b": 1}})), "utf-8")
    for limit, reasons in ((3, ["is nested more than 3 deep (RECSYS_MAX_NESTING)"]), (4, [])):
        report = import_catalog(file, "nested", settings.model_copy(update={"max_nesting": limit}))
        assert report.items == 2 - len(reasons)
        assert [p.reason for p in report.problems if p.rejected] == reasons
