"""Messages over catalogues of other things than the built-in one: years of building, rents, storeys, shortened values."""

import pytest

from recsys.catalog import Catalog
from recsys.catalog.headers import parse
from recsys.catalog.importing import import_catalog
from recsys.language.understanding import Understanding
from recsys.settings import Settings

FLATS = """标题,户型,面积(平方米),月租(元),楼层,通勤(分钟),建成年份,付款方式,配套
甲,两室一厅,80,7000,12,40,2012,押一付三,空调|洗衣机|冰箱
乙,三室两厅,120,9000,3,20,1998,年付,空调|车位
丙,合租单间,15,2500,6,60,2020,半年付,冰箱|洗衣机
"""
LAPTOPS = """title,screen_in,weight_kg,ram_gb,storage_gb,price (USD),features
A,13.3,1.2,16,512,900,fingerprint reader|touchscreen
B,15.6,1.9,32,1024,1400,backlit keyboard|number pad
C,14,1.4,8,256,600,touchscreen|fanless
"""
PHONES = """名称,价格,网络,电池(mAh),快充(W),存储(GB),摄像头(万像素),卖点
甲,2999,5G,5000,120,512,10800,防水|无线充电
乙,999,4G,6000,33,128,1300,大字模式|防水
丙,1999,5G,4500,66,256,4800,无线充电|卫星通信
"""
HOTELS = """name,city,stars,price per night (EUR),guest score,amenities
A,Vienna,4,120,8.7,swimming pool|kitchen
B,Edinburgh,2,70,7.1,kitchen|sea view
C,Vienna,5,210,9.3,sea view|swimming pool
"""
Asked = set[tuple[str, str, object]]


@pytest.fixture(scope="module")
def parsers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Understanding]:
    home = tmp_path_factory.mktemp("home")
    settings, found = Settings(home=home), {}
    for name, rows in (("flats", FLATS), ("laptops", LAPTOPS), ("phones", PHONES), ("hotels", HOTELS)):
        (home / f"{name}.csv").write_text(rows, "utf-8")
        import_catalog(home / f"{name}.csv", name, settings)
        found[name] = Understanding(Catalog.load(settings.catalogs / name).schema)
    return found


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("flats", "2010年以后建的", {("建成年份", "gte", 2010.0)}),
        ("flats", "90年代的房子", {("建成年份", "gte", 1990.0), ("建成年份", "lte", 1999.0)}),
        ("flats", "月租八千封顶", {("price", "lte", 8000.0)}),
        ("flats", "六千出头", {("price", "gte", 6000.0), ("price", "lte", 6600.0)}),
        ("flats", "百来平的", {("面积(平方米)", "gte", 85.0), ("面积(平方米)", "lte", 115.0)}),
        ("flats", "八十多平", {("面积(平方米)", "gte", 80.0), ("面积(平方米)", "lte", 89.0)}),
        ("flats", "10楼以上", {("楼层", "gte", 10.0)}),
        ("flats", "不要3楼", {("楼层", "gte", 4.0)}),  # the lowest that there is
        ("flats", "三刻钟能到公司", {("通勤(分钟)", "lte", 45.0)}),
        ("flats", "两室或三室", {("户型", "in", ("两室一厅", "三室两厅"))}),
        ("flats", "不要合租", {("户型", "not_in", ("合租单间",))}),
        (
            "flats",
            "空调、洗衣机、冰箱都要有",
            {("配套", "eq", "空调"), ("配套", "eq", "洗衣机"), ("配套", "eq", "冰箱")},
        ),
        ("flats", "不接受半年付和年付", {("付款方式", "not_in", ("半年付", "年付"))}),
        ("laptops", "13 to 14 inch screen", {("screen_in", "gte", 13.0), ("screen_in", "lte", 14.0)}),
        ("laptops", "1TB storage or more", {("storage_gb", "gte", 1000.0)}),
        ("laptops", "16 gigs of ram", {("ram_gb", "gte", 16.0), ("ram_gb", "lte", 16.0)}),
        ("laptops", "a grand give or take", {("price", "gte", 850.0), ("price", "lte", 1150.0)}),
        ("laptops", "带指纹识别的", {("features", "eq", "fingerprint reader")}),
        ("laptops", "one with fingerprint login", {("features", "eq", "fingerprint reader")}),
        ("phones", "一亿像素", {("摄像头(万像素)", "gte", 10000.0), ("摄像头(万像素)", "lte", 10000.0)}),
        ("phones", "120W快充", {("快充(W)", "gte", 120.0), ("快充(W)", "lte", 120.0)}),
        ("phones", "预算1w", {("price", "lte", 10000.0)}),
        ("phones", "半个T以上", {("存储(GB)", "gte", 500.0)}),
        ("phones", "4G的不要", {("网络", "not_in", ("4G",))}),
        ("phones", "300已内", {("price", "lte", 300.0)}),
        ("phones", "不能过两千", {("price", "lte", 2000.0)}),
        ("phones", "not more then 2k", {("price", "lte", 2000.0)}),
        ("hotels", "any amenity but kitchen", {("amenities", "not_in", ("kitchen",))}),
        ("hotels", "viennaaaa", {("city", "eq", "Vienna")}),
        ("laptops", "fanlesssss < 2k", {("features", "eq", "fanless"), ("price", "lte", 2000.0)}),
        ("hotels", "评分8分以上", {("guest score", "gte", 8.0)}),
        ("hotels", "四星以上，一百欧以内", {("rating", "gte", 4.0), ("price", "lte", 100.0)}),
        ("hotels", "维也纳，能做饭", {("city", "eq", "Vienna"), ("amenities", "eq", "kitchen")}),
    ],
)
def test_messages(parsers: dict[str, Understanding], name: str, text: str, expected: Asked) -> None:
    assert {(c.field, c.op, c.value) for c in parsers[name].parse(text).constraints} == expected


@pytest.mark.parametrize(
    ("header", "unit"), [("screen_in", "英寸"), ("Size (in)", "英寸"), ("check_in", ""), ("built_in", "")]
)
def test_inches_in_a_header(header: str, unit: str) -> None:
    assert parse(header).unit == unit
