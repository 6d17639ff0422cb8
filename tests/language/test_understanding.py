"""From an utterance to a query, over the small catalogue: constraints, intents, references, sorts, feelings."""

import pytest

from recsys.catalog import Catalog
from recsys.datamodels import Constraint, Item, Query
from recsys.language.understanding import Understanding

DRESS, PACK, FILM = ("category", "eq", "连衣裙"), ("category", "eq", "双肩包"), ("category", "eq", "电影")
FINANCE = ("domain", "eq", "finance")


@pytest.fixture(scope="module")
def understanding(small_catalog: Catalog) -> Understanding:
    return Understanding(small_catalog.schema)


@pytest.fixture(scope="module")
def dressed(understanding: Understanding) -> Query:
    """A dialogue about dresses."""
    return understanding.parse("我想买一件连衣裙")


def asked(query: Query) -> set[tuple[str, str, object]]:
    return {(c.field, c.op, c.value) for c in query.constraints}


def price(low: float | None = None, high: float | None = None) -> set[tuple[str, str, object]]:
    out: set[tuple[str, str, object]] = set()
    if low is not None:
        out.add(("price", "gte", low))
    if high is not None:
        out.add(("price", "lte", high))
    return out


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("200元以内的连衣裙", None, 200),
        ("两百块以下的连衣裙", None, 200),
        ("连衣裙 三百以上", 300, None),
        ("连衣裙，300左右", 255, 345),
        ("大概300元的连衣裙", 255, 345),
        ("连衣裙 100到300元", 100, 300),
        ("100-300元的连衣裙", 100, 300),
        ("一百至三百元的连衣裙", 100, 300),
        ("两三百的连衣裙", 200, 300),
        ("三百多的连衣裙", 300, 399),
        ("价格在200到500之间的连衣裙", 200, 500),
        ("预算500的连衣裙", None, 500),
        ("预算300到500的连衣裙", 300, 500),
        ("至少300元的连衣裙", 300, None),
        ("不超过300元的连衣裙", None, 300),
        ("不高于300元的连衣裙", None, 300),
        ("不低于300元的连衣裙", 300, None),
        ("不少于300元的连衣裙", 300, None),
        ("价格不低于200，不高于500的连衣裙", 200, 500),
        ("不到300的连衣裙", None, 300),
        ("高于300元的连衣裙", 300, None),
        ("两千五以内的连衣裙", None, 2500),
        ("1.2万以内的连衣裙", None, 12000),
        ("1,299元以下的连衣裙", None, 1299),
        ("２００元以内的连衣裙", None, 200),
        ("200元以內的連衣裙", None, 200),
        ("a dress under 200", None, 200),
        ("a dress below 200 yuan", None, 200),
        ("a dress less than 200", None, 200),
        ("a dress for at most 200", None, 200),
        ("dresses up to 200", None, 200),
        ("dress over 300", 300, None),
        ("dress at least 300", 300, None),
        ("dress between 100 and 300", 100, 300),
        ("dress from 100 to 300", 100, 300),
        ("dress 100-300", 100, 300),
        ("a dress around 300", 255, 345),
        ("a dress, about $300", 255, 345),
        ("dress, budget 500", None, 500),
        ("a dress, 200 or less", None, 200),
        ("a dress at 3k or more", 3000, None),
        ("a dress at no less than 300", 300, None),
        ("a dress for no more than 300", None, 300),
    ],
)
def test_price_bounds(understanding: Understanding, text: str, low: float | None, high: float | None) -> None:
    assert asked(understanding.parse(text)) == {DRESS, *price(low, high)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("评分4.5以上的连衣裙", {DRESS, ("rating", "gte", 4.5)}),
        ("dress rated at least 4.5", {DRESS, ("rating", "gte", 4.5)}),
        ("容量至少20升的双肩包", {PACK, ("capacity_l", "gte", 20)}),
        ("backpack over 20 litres", {PACK, ("capacity_l", "gte", 20)}),
        ("90年代的电影", {FILM, ("year", "gte", 1990), ("year", "lte", 1999)}),
        ("films from the 90s", {FILM, ("year", "gte", 1990), ("year", "lte", 1999)}),
        ("2010年以后的电影", {FILM, ("year", "gte", 2010)}),
        ("films after 2010", {FILM, ("year", "gte", 2010)}),
        ("2019年的电影", {FILM, ("year", "gte", 2019), ("year", "lte", 2019)}),
        ("200元以内评分4.5以上的连衣裙", {DRESS, ("price", "lte", 200), ("rating", "gte", 4.5)}),
        ("收益4%以上的理财", {FINANCE, ("return_high", "gte", 4)}),
    ],
)
def test_bounds_on_other_fields(
    understanding: Understanding, text: str, expected: set[tuple[str, str, object]]
) -> None:
    assert asked(understanding.parse(text)) == expected


@pytest.mark.parametrize("text", ["两个双肩包", "一件连衣裙", "two backpacks", "第2个", "h2o", "连衣裙 M 码 1 条"])
def test_counts_are_no_bounds(understanding: Understanding, text: str) -> None:
    assert not {c.op for c in understanding.parse(text).constraints} & {"lte", "gte"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我想买一件连衣裙", {DRESS}),
        ("红裙子", {DRESS, ("color", "eq", "红色")}),
        ("红色连衣裙", {DRESS, ("color", "eq", "红色")}),
        ("我想買一件紅色連衣裙", {DRESS, ("color", "eq", "红色")}),
        ("a red dress", {DRESS, ("color", "eq", "红色")}),
        ("Red Dresses!", {DRESS, ("color", "eq", "红色")}),
        ("burgundy dress", {DRESS, ("color", "eq", "红色")}),
        ("蓝色或者绿色的书包", {PACK, ("color", "in", ("蓝色", "绿色"))}),
        ("blue or green backpack", {PACK, ("color", "in", ("蓝色", "绿色"))}),
        ("法式的连衣裙", {DRESS, ("style", "eq", "法式")}),
        ("登山背包", {PACK, ("use", "eq", "登山")}),
        ("安静的科幻片", {FILM, ("mood", "eq", "安静"), ("genre", "eq", "科幻")}),
        ("a quiet film", {FILM, ("mood", "eq", "安静")}),
        ("我要一笔稳健的投资", {FINANCE, ("risk", "in", ("R1", "R2"))}),
        ("low risk fund", {FINANCE, ("risk", "in", ("R1", "R2"))}),
        ("林安的电影", {FILM, ("director", "eq", "林安")}),
        ("tired of everything", set()),  # "red" is a piece of a word here
    ],
)
def test_values(understanding: Understanding, text: str, expected: set[tuple[str, str, object]]) -> None:
    assert asked(understanding.parse(text)) == expected


NOT_RED, NOT_BLACK = ("color", "not_in", ("红色",)), ("color", "not_in", ("黑色",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("不要红色", {NOT_RED}),
        ("连衣裙，不要红色", {DRESS, NOT_RED}),
        ("连衣裙，别要红色的", {DRESS, NOT_RED}),
        ("连衣裙，除了红色都行", {DRESS, NOT_RED}),
        ("除了红色都行的连衣裙", {DRESS, NOT_RED}),
        ("连衣裙，不要红色和黑色", {DRESS, ("color", "not_in", ("红色", "黑色"))}),
        ("a dress, not red", {DRESS, NOT_RED}),
        ("a dress without red", {DRESS, NOT_RED}),
        ("a dress, anything but red", {DRESS, NOT_RED}),
        ("a dress in any colour except red", {DRESS, NOT_RED}),
        ("dress, no red or black", {DRESS, ("color", "not_in", ("红色", "黑色"))}),
        ("I don't want black, I want a blue backpack", {PACK, NOT_BLACK, ("color", "eq", "蓝色")}),
        ("不要红色，要蓝色的连衣裙", {DRESS, NOT_RED, ("color", "eq", "蓝色")}),
        ("不要电影", {("category", "not_in", ("电影",))}),
        # the negation is about the attribute, the noun that it describes is still what is wanted
        ("不要黑色的双肩包", {PACK, NOT_BLACK}),
        ("别给我推荐红色的连衣裙", {DRESS, NOT_RED}),
        ("非黑色的双肩包", {PACK, NOT_BLACK}),
        ("anything but black backpacks", {PACK, NOT_BLACK}),
        ("no horror films please", {FILM, ("genre", "not_in", ("恐怖",))}),
        # cues that stand after the value, or elsewhere
        ("黑色以外的双肩包", {PACK, NOT_BLACK}),
        ("双肩包，黑色除外", {PACK, NOT_BLACK}),
        ("不是红色的连衣裙", {DRESS, NOT_RED}),
        ("a dress in neither red nor black", {DRESS, ("color", "not_in", ("红色", "黑色"))}),
        # no negation at all
        ("有没有红色的连衣裙", {DRESS, ("color", "eq", "红色")}),
        ("特别的红色连衣裙", {DRESS, ("color", "eq", "红色")}),
        ("a dress, not over 300", {DRESS, ("price", "lte", 300)}),
        ("不要超过300元的连衣裙", {DRESS, ("price", "lte", 300)}),
        ("别低于300元的连衣裙", {DRESS, ("price", "gte", 300)}),
    ],
)
def test_negation(understanding: Understanding, text: str, expected: set[tuple[str, str, object]]) -> None:
    assert asked(understanding.parse(text)) == expected


def test_a_negation_inside_the_name_of_a_value_is_none() -> None:
    items = [
        Item("1", "星空简史", "book", "图书", attributes={"kind": "非虚构"}),
        Item("2", "夜航", "book", "图书", attributes={"kind": "小说"}),
    ]
    query = Understanding(Catalog("books", items, {}).schema).parse("非虚构的图书")
    assert asked(query) == {("kind", "eq", "非虚构"), ("category", "eq", "图书")}


@pytest.mark.parametrize(
    ("text", "kept", "gone"),
    [
        ("连衣裙，不要红色", "连衣裙", "红"),
        ("a dress, not red", "dress", "red"),
        ("200元以内的连衣裙", "连衣裙", "200"),
        ("我想买一件连衣裙", "连衣裙", "买"),
        ("帮我找一个双肩包", "双肩包", "帮"),
        ("双肩包 三百以上", "双肩包", "三百"),
        ("可以推荐一些安静的电影吗？", "安静的电影", "吗"),
        ("I'm looking for a backpack under 300", "backpack", "300"),
    ],
)
def test_what_is_encoded_is_the_positive_part(understanding: Understanding, text: str, kept: str, gone: str) -> None:
    encoded = understanding.parse(text).text
    assert kept in encoded and gone not in encoded


@pytest.mark.parametrize(
    ("text", "intent", "references", "sentiment"),
    [
        ("第二个不错", "feedback", (2,), 1),
        ("我不喜欢第三个", "feedback", (3,), -1),
        ("第三个太贵了", "feedback", (3,), -1),
        ("the second one is nice", "feedback", (2,), 1),
        ("I love the first one", "feedback", (1,), 1),
        ("I like the second one", "feedback", (2,), 1),
        ("I don't like the third", "feedback", (3,), -1),
        ("I hate number 4", "feedback", (4,), -1),
        ("为什么推荐第一个", "explain", (1,), 0),
        ("why is the second here?", "explain", (2,), 0),
        ("第一个和第三个对比一下", "compare", (1, 3), 0),
        ("compare the first and the second", "compare", (1, 2), 0),
        ("which is better, #1 or #3", "compare", (1, 3), 0),
        ("类似第二个", "similar", (2,), 0),
        ("something similar to the second", "similar", (2,), 0),
        ("撤销", "undo", (), 0),
        ("undo", "undo", (), 0),
        ("take that back", "undo", (), 0),
        ("重新开始", "reset", (), 0),
        ("换个话题", "reset", (), 0),
        ("start over", "reset", (), 0),
        ("你好", "chat", (), 0),
        ("你能做什么", "chat", (), 0),
        ("hello", "chat", (), 0),
        ("谢谢！", "chat", (), 0),
        ("thanks", "chat", (), 0),
        ("最后一个怎么样", "explain", (-1,), 0),
        ("红色的", "refine", (), 0),
        ("cheaper, please", "refine", (), 0),
        ("300以内", "refine", (), 0),
    ],
)
def test_intents_in_a_dialogue(
    understanding: Understanding, dressed: Query, text: str, intent: str, references: tuple[int, ...], sentiment: float
) -> None:
    query = understanding.parse(text, dressed)
    assert (query.intent, query.references, query.sentiment) == (intent, references, sentiment)


@pytest.mark.parametrize(
    "text",
    [
        "我想买一件连衣裙",
        "a red dress",
        "I'd like a dress",
        "推荐好看的连衣裙",
        "hello, I want a dress",
        "你好，我想买连衣裙",
        "a nice backpack",
        "I would like a film that explains black holes",  # not a question about a ranking
        "对比色的连衣裙",
    ],
)
def test_a_need_opens_a_dialogue(understanding: Understanding, text: str) -> None:
    query = understanding.parse(text)
    assert query.intent == "recommend" and query.constraints


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        ("最便宜的连衣裙", ("price", False)),
        ("cheapest dress", ("price", False)),
        ("最贵的连衣裙", ("price", True)),
        ("the most expensive dress", ("price", True)),
        ("评分最高的连衣裙", ("rating", True)),
        ("top-rated backpacks", ("rating", True)),
        ("最热门的双肩包", ("popularity", True)),
        ("most popular backpacks", ("popularity", True)),
        ("便宜的连衣裙", ("price", False)),
        ("便宜一点的连衣裙", None),
        ("a dress", None),
    ],
)
def test_superlatives(understanding: Understanding, text: str, sort: tuple[str, bool] | None) -> None:
    assert understanding.parse(text).sort == sort


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("像河边的灯一样安静的电影", "河边的灯"),
        ("类似《河边的灯》的电影", "河边的灯"),
        ("有没有类似《河边的灯》的", "河边的灯"),
        ("《守塔人》", "守塔人"),
        ("a film like Tin Moon", "铁皮月亮"),
        ('something in the vein of "Tin Moon"', "铁皮月亮"),
        ("films similar to Slow Train to the Stars", "星际慢车"),
        ("films like Nothing We Have", None),
        ("我听到了回声", None),  # a title in passing is no title
    ],
)
def test_titles(understanding: Understanding, text: str, title: str | None) -> None:
    assert understanding.parse(text).entities == ((title,) if title else ())


def test_a_bound_looks_at_the_dialogue_for_its_field(understanding: Understanding, dressed: Query) -> None:
    assert asked(understanding.parse("300以内", dressed)) == price(high=300)
    films = understanding.parse("安静的电影")
    assert asked(understanding.parse("2010以后的", films)) == {("year", "gte", 2010)}


@pytest.mark.parametrize(
    "text", ["", " ", "？？？", "🙂", "\x00", "<b></b>", "a" * 2000, "不要", "第", "《》", "的" * 2000]
)
def test_nothing_makes_it_fail(understanding: Understanding, text: str) -> None:
    query = understanding.parse(text)
    assert query.constraints == () and Query.from_json(query.to_json()) == query


def test_a_query_survives_json(understanding: Understanding) -> None:
    query = understanding.parse("《回声》，类似第二个的蓝色或绿色背包，300以内，不要登山的，最便宜的")
    assert query.constraints and query.references and query.sort and query.entities
    assert Query.from_json(query.to_json()) == query
    assert all(isinstance(c, Constraint) for c in Query.from_json(query.to_json()).constraints)


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("不想花超过250的连衣裙", price(high=250)),
        ("超过300就不考虑了，连衣裙", price(high=300)),
        ("不要500以上的连衣裙", price(high=500)),
        ("不要300到500的连衣裙", set()),  # no condition says "not between", so none is made up
        ("a dress, not a penny over 300", price(high=300)),
        ("a couple hundred for a dress", price(170, 230)),
        ("两三百的连衣裙", price(200, 300)),
        ("三百…哦不，两百以内的连衣裙", price(high=200)),
    ],
)
def test_a_bound_whose_far_side_is_refused(understanding: Understanding, text: str, bounds: set[object]) -> None:
    assert asked(understanding.parse(text)) == {DRESS, *bounds}


def test_a_long_message_is_read_in_time_and_in_full(understanding: Understanding) -> None:
    query = understanding.parse("我想买一件红色连衣裙，300元以内，" * 100 + "不要蓝色")
    assert {DRESS, *price(high=300)} <= asked(query)


def test_a_label_of_one_number_names_no_other(understanding: Understanding) -> None:
    found = {(c.field, c.op, c.value) for c in understanding.parse("20升容量的背包 300以下").constraints}
    assert ("price", "lte", 300.0) in found and ("capacity_l", "lte", 300.0) not in found
