"""A thing told by what it is for, or by what people call it, in the catalogue that ships."""

import pytest

from recsys.catalog.schema import infer
from recsys.datamodels import Item
from recsys.language.understanding import Understanding


def asked(understanding: Understanding, text: str) -> set[tuple[str, object]]:
    return {(c.field, c.value) for c in understanding.parse(text).constraints}


@pytest.mark.parametrize(
    ("text", "category", "kind"),
    [
        ("something to boil water in", "餐具茶具", "茶壶"),
        ("烧开水用的", "餐具茶具", "茶壶"),
        ("something to keep my coffee hot on the train", "餐具茶具", "保温杯"),
        ("带饭上班的", "餐具茶具", "饭盒"),
        ("睡觉盖的", "床品", "被子"),
        ("抹嘴唇的", "彩妆", "口红"),
        ("something to hide dark circles", "彩妆", "遮瑕"),
        ("something for chapped lips", "护肤", "护唇"),
        ("take off my makeup", "护肤", "卸妆"),  # and not the makeup
        ("something to keep my neck warm", "围巾帽子", "围巾"),
        ("求婚戴手指上的", "首饰", "戒指"),
        ("something to straighten my hair", "个护电器", "直发器"),
        ("煮饭用的", "厨房小家电", "电饭煲"),
        ("a gadget to cook rice", "厨房小家电", "电饭煲"),  # and not the kitchen
        ("my phone dies by lunchtime", "充电宝与充电器", "充电宝"),
        ("擦窗户的", "吸尘器与扫地机", "擦窗机器人"),
        ("clean the sofa", "吸尘器与扫地机", "布艺清洗"),  # and not the sofa
        ("爬山拄的", "露营户外", "登山杖"),
        ("somewhere to keep my jewellery", "收纳", "首饰盒"),
        ("搭房子的", "玩具", "积木"),
        ("something for the cat to scratch", "宠物用品", "抓板"),
        ("不会谢的花，送妈妈", "绿植花卉", "干花"),
        ("嗑瓜子", "零食咖啡豆", "坚果"),
    ],
)
def test_what_it_is_for(understanding: Understanding, text: str, category: str, kind: str) -> None:
    found = asked(understanding, text)
    assert {v for f, v in found if f in ("type", "kind")} == {kind}
    assert {v for f, v in found if f == "category"} <= {category}


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("床上铺的", "床品"),
        ("喷在身上的", "香水"),
        ("吸灰的机器", "吸尘器与扫地机"),
        ("a second screen", "显示器"),
        ("something to wear to bed", "睡衣家居服"),
        ("出差拖的箱子", "行李箱"),
    ],
)
def test_a_kind_of_thing(understanding: Understanding, text: str, category: str) -> None:
    assert ("category", category) in asked(understanding, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a book about dogs", {("category", "图书")}),
        ("睡前看的电影", {("category", "电影")}),
        ("教人做奶昔的博主", {("domain", "people")}),
        ("下雨天穿的鞋", {("group", "鞋"), ("feature", "防水")}),
        ("a jacket that keeps me warm", {("category", "外套"), ("feature", "保暖")}),
        ("上班涂的口红", {("category", "彩妆"), ("type", "口红"), ("occasion", "通勤")}),
    ],
)
def test_what_else_is_said_stays(understanding: Understanding, text: str, expected: set[tuple[str, object]]) -> None:
    assert asked(understanding, text) == expected


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("露营用的灯", "灯具"),
        ("打字用的平板", "平板电脑"),
        ("宠物用的吹风机", "个护电器"),
        ("a phone to listen to music on the train", "手机"),
        ("shorts to wear to bed", "休闲裤"),
    ],
)
def test_what_serves_another_thing_is_not_asked_for(understanding: Understanding, text: str, category: str) -> None:
    assert {v for f, v in asked(understanding, text) if f == "category"} == {category}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("trousers with an elastic waistband", {("category", "休闲裤"), ("feature", "松紧腰")}),
        ("a phone with big buttons", {("category", "手机"), ("feature", "大字体")}),
        ("汤不洒的饭盒", {("category", "餐具茶具"), ("type", "饭盒"), ("feature", "防漏")}),
        ("a shelf without screws", {("category", "收纳"), ("type", "置物架"), ("feature", "免打孔")}),
        ("家里没阳光的植物", {("category", "绿植花卉"), ("light", "耐阴")}),
        ("headphones that go over my ears", {("category", "耳机"), ("wear", "头戴式")}),
        ("headphones that don't go in your ear", {("category", "耳机"), ("wear", ("入耳式",))}),
        ("a film with car chases", {("category", "电影"), ("genre", "动作")}),
        ("a film, nothing too scary", {("category", "电影"), ("genre", ("恐怖",))}),
        ("画面唯美的片子", {("category", "电影"), ("mood", "诗意")}),
        ("教弹吉他的博主", {("domain", "people"), ("topic", "乐器")}),
        ("news about tariffs", {("domain", "news"), ("topic", "外贸")}),
        ("退休以后用的钱", {("category", "养老")}),
        ("攒首付", {("goal", "买房")}),
    ],
)
def test_what_it_is_like(understanding: Understanding, text: str, expected: set[tuple[str, object]]) -> None:
    assert asked(understanding, text) == expected


@pytest.mark.parametrize(
    "names", [("kettle", "chopping board", "sunglasses", "swimsuit"), ("电热水壶", "砧板", "太阳镜", "泳衣")]
)
def test_in_any_shop(names: tuple[str, ...]) -> None:
    """What the catalogue that ships does not sell is known by its use where another sells it."""
    understanding = Understanding(infer([Item(n, n, "shop", n, 50.0) for n in names], {}))
    texts = ("something to boil water in", "切菜的板子", "specs to block the sun", "游泳穿的")
    assert [asked(understanding, text) for text in texts] == [{("category", n)} for n in names]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("想烧点水", "茶壶"),
        ("吹个头", "吹风机"),
        ("榨杯果汁喝", "原汁机"),
        ("出门手机老没电，给手机续命的", "充电宝"),
        ("carrying a baby on walks", "背带"),
        ("my flat is damp", "除湿机"),
    ],
)
def test_as_people_say_it(understanding: Understanding, text: str, kind: str) -> None:
    assert {v for f, v in asked(understanding, text) if f in ("type", "kind")} == {kind}
