"""Roundabout ways of saying a condition: what was enough, what must not happen, how many it is for, what is said shortly."""

import pytest

from recsys.catalog.schema import infer
from recsys.datamodels import Item, Query
from recsys.language.understanding import Understanding

ITEMS = (
    Item("a", "甲", "shop", "茶叶", 120.0, attributes={"type": "红茶", "taste": "不辣", "feature": ("防潮", "不掉色"), "height_cm": 80.0, "people": 2.0}),
    Item("b", "乙", "shop", "茶叶", 80.0, attributes={"type": "绿茶", "taste": "微辣", "feature": ("无香精",), "height_cm": 120.0, "people": 4.0}),
    Item("c", "丙", "shop", "茶叶", 300.0, attributes={"type": "白茶", "taste": "中辣", "feature": ("防水", "防潮"), "height_cm": 100.0, "people": 6.0}),
    Item("d", "丁", "shop", "茶叶", 210.0, attributes={"type": "花茶", "taste": "重辣", "feature": ("防水",), "height_cm": 60.0, "people": 3.0}),
)  # fmt: skip
FIELDS = {
    "height_cm": {"zh": "高度", "en": "height", "unit": "cm", "words": ["高"]},
    "people": {"zh": "人数", "en": "people"},
}
Asked = set[tuple[str, str, object]]


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return Understanding(infer(ITEMS, {"fields": FIELDS, "labels": {"茶叶": "tea", "红茶": "black tea"}}))


@pytest.fixture(scope="module")
def tea(understanding: Understanding) -> Query:
    return understanding.parse("茶叶")


def asked(query: Query) -> Asked:
    return {(c.field, c.op, c.value) for c in query.constraints}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("红的", {("type", "eq", "红茶")}),  # of tea
        ("怕潮", {("feature", "eq", "防潮")}),
        ("别掉色", {("feature", "eq", "不掉色")}),
        ("绿茶最近喝太多了，先不考虑", {("type", "not_in", ("绿茶",))}),
        ("花茶也腻了", {("type", "not_in", ("花茶",))}),
        ("别有辣的", {("taste", "eq", "不辣")}),
        ("一米高左右", {("height_cm", "gte", 85.0), ("height_cm", "lte", 115.0)}),
        ("for four, please", {("people", "gte", 4.0), ("people", "lte", 4.0)}),
        ("I can stretch to 250", {("price", "lte", 250.0)}),
        ("leave the black tea out", {("type", "not_in", ("红茶",))}),
        ("100-200米", {("price", "gte", 100.0), ("price", "lte", 200.0)}),  # of what has no length
    ],
)
def test_conditions(understanding: Understanding, tea: Query, text: str, expected: Asked) -> None:
    assert asked(understanding.parse(text, tea)) == expected


def test_a_reason_is_no_wish(understanding: Understanding, tea: Query) -> None:
    turn = understanding.parse("红茶太贵，换绿茶吧", tea, ITEMS)
    assert (turn.intent, asked(turn)) == ("refine", {("type", "eq", "绿茶")})


@pytest.mark.parametrize(
    ("text", "intent"),
    [("第一个看过了", "feedback"), ("is the first any good?", "explain"), ("跟它一个牌子的还有吗", "similar")],
)
def test_what_is_said_of_the_shown(understanding: Understanding, tea: Query, text: str, intent: str) -> None:
    assert understanding.parse(text, tea, ITEMS).intent == intent


def test_a_type_of_another_kind_is_another_topic() -> None:
    shop = (
        *ITEMS,
        Item("e", "戊", "shop", "咖啡机", 900.0, attributes={"kind": "胶囊"}),
        Item("f", "己", "shop", "咖啡机", 400.0, attributes={"kind": "滴滤"}),
    )
    own = Understanding(infer(shop, {"synonyms": {"红茶": ["红叶子"]}}))
    turn = own.parse("红叶子也来点", own.parse("胶囊咖啡机"))
    assert asked(turn) == {("category", "eq", "茶叶"), ("type", "eq", "红茶")}


def test_what_is_there_or_not_is_said_in_other_words() -> None:
    flats = infer([Item("a", "a", attributes={"电梯": "有"}), Item("b", "b", attributes={"电梯": "无"})], {})
    assert asked(Understanding(flats).parse("老人腿脚不好")) == {("电梯", "eq", "有")}


BAGS = (
    *ITEMS,
    Item("g", "庚", "shop", "包", 300.0, attributes={"carry": "斜挎"}),
    Item("k", "子", "shop", "包", 350.0, attributes={"carry": "手提"}),
    Item("h", "辛", "shop", "锅具", 200.0, attributes={"type": "火锅", "form": "电锅"}),
    Item("i", "壬", "shop", "茶叶", 60.0, attributes={"type": "红茶", "form": "茶包"}),
    Item("j", "癸", "shop", "微波炉", 400.0),
)


@pytest.fixture(scope="module")
def shop() -> Understanding:
    return Understanding(infer(BAGS, {"labels": {"微波炉": "microwave", "包": "bag"}}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("昨天吃了火锅，今天想喝茶叶", {("category", "eq", "茶叶")}),  # no tea is a pot
        ("a bag with room for a microwave", {("category", "eq", "包")}),
        ("斜挎的包，能放微波炉", {("category", "eq", "包"), ("carry", "eq", "斜挎")}),
    ],
)
def test_what_is_only_mentioned(shop: Understanding, text: str, expected: Asked) -> None:
    assert asked(shop.parse(text)) == expected


def test_a_value_that_ends_like_a_kind_is_none(shop: Understanding) -> None:
    assert asked(shop.parse("茶包就别推了", shop.parse("茶叶"))) == {("form", "not_in", ("茶包",))}


def test_going_back_to_school_takes_nothing_back(shop: Understanding) -> None:
    assert shop.parse("the kids go back to school, they need a bag").intent == "recommend"
    assert shop.parse("go back to the previous", shop.parse("包")).intent == "undo"


def test_a_title_that_is_compared_with_asks_for_nothing() -> None:
    cars = (
        Item("a", "Terra Hybrid", price=30.0, attributes={"fuel": "hybrid", "seats": 5.0}),
        Item("b", "Yard", price=20.0, attributes={"fuel": "petrol", "seats": 7.0}),
    )
    own = Understanding(infer(cars, {}))
    turn = own.parse("more seats than the Terra Hybrid", own.parse("cars"), cars)
    assert [(c.field, c.op) for c in turn.constraints] == [("seats", "gte")]


def test_how_much_cheaper_is_no_price(understanding: Understanding, tea: Query) -> None:
    (found,) = understanding.parse("再便宜个百来块的", tea, ITEMS).constraints
    assert (found.field, found.op, found.value) == ("price", "lte", 165.0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("预算150，不，250", {("price", "lte", 250.0)}),
        ("人数多点，四以上", {("people", "gte", 4.0)}),  # what the number is of was said before
        ("a 90cm red thing or smaller", {("height_cm", "lte", 90.0)}),
    ],
)
def test_numbers_in_the_light_of_what_stands_around(
    understanding: Understanding, tea: Query, text: str, expected: Asked
) -> None:
    assert asked(understanding.parse(text, tea)) == expected


def test_a_value_goes_before_what_it_also_stands_for() -> None:
    rows = [("a", "杭州", "西湖"), ("b", "杭州", "灵隐"), ("c", "上海", "外滩")]
    inns = infer([Item(i, i, attributes={"城市": c, "商圈": q}) for i, c, q in rows], {"synonyms": {"杭州": ["西湖"]}})
    assert asked(Understanding(inns).parse("西湖边住哪")) == {("商圈", "eq", "西湖")}


def test_part_of_a_value_of_this_kind_goes_before_the_value_of_another() -> None:
    rows = (
        Item("a", "a", "film", "电影", attributes={"genre": ("悬疑",)}),
        Item("b", "b", "book", "图书", attributes={"genre": ("悬疑推理",)}),
        Item("c", "c", "book", "图书", attributes={"genre": ("诗歌",)}),
    )
    own = Understanding(infer(rows, {}))
    assert asked(own.parse("悬疑的不看", own.parse("图书"))) == {("genre", "not_in", ("悬疑推理",))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("room for four", {("people", "gte", 4.0)}), ("for at least three", {("people", "gte", 3.0)})],
)
def test_how_many_it_has_room_for_is_no_price(
    understanding: Understanding, tea: Query, text: str, expected: Asked
) -> None:
    assert expected <= asked(understanding.parse(text, tea))


def test_all_that_is_said_to_be_fine_too_is() -> None:
    rows = [Item(str(n), str(n), attributes={"colour": c}) for n, c in enumerate(("silver", "black", "grey"))]
    own = Understanding(infer(rows, {}))
    before = own.parse("silver")
    after = own.follow([before], own.parse("black or grey would be fine too", before))
    assert after is not None and asked(after) == {("colour", "in", ("silver", "black", "grey"))}


def test_the_red_one_that_is_compared_with() -> None:
    rows = (
        Item("a", "甲", price=90.0, attributes={"color": "红色"}),
        Item("b", "乙", price=50.0, attributes={"color": "蓝色"}),
    )
    own = Understanding(
        infer(rows, {"synonyms": {"红色": ["红"], "蓝色": ["蓝"]}, "fields": {"color": {"zh": "颜色", "en": "color"}}})
    )
    assert own.parse("比那台红的便宜", own.parse("蓝色"), rows).references == (1,)


def test_whether_it_is_worth_it_is_asked() -> None:
    rows = (Item("a", "甲", price=90.0), Item("b", "乙", price=50.0))
    own = Understanding(infer(rows, {}))
    turn = own.parse("贵的那台值不值", own.parse("便宜的"), rows)
    assert (turn.intent, turn.references) == ("explain", (1,))


def test_a_rank_is_compared_with_what_is_described() -> None:
    rows = tuple(Item(n, n, attributes={"color": c}) for n, c in (("甲", "红色"), ("乙", "蓝色"), ("丙", "绿色")))
    own = Understanding(infer(rows, {}))
    turn = own.parse("第一台和绿色那台比比", own.parse("红色"), rows)
    assert (turn.intent, set(turn.references)) == ("compare", {1, 3})
