"""Turns over the catalogue that ships: much of a number without a superlative, another section, numbers taken back."""

import pytest

from recsys.catalog import Catalog
from recsys.datamodels import Query
from recsys.language.understanding import Understanding
from recsys.language.units import foreign
from recsys.settings import BUILTIN_CATALOG, DATA

Asked = set[tuple[str, str, object]]


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return Understanding(Catalog.load(DATA / BUILTIN_CATALOG).schema)


def talk(understanding: Understanding, *turns: str) -> Query:
    states: list[Query | None] = []
    for text in turns:
        states.append(understanding.follow(states, understanding.parse(text, states[-1] if states else None)))
    assert states[-1] is not None
    return states[-1]


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        ("粉丝多的博主", ("followers", True)),
        ("收益高的理财", ("return_high", True)),
        ("便宜的包", ("price", False)),
        ("a fund with low fees", ("fee", False)),
        ("a cheap red dress", ("price", False)),
        ("which pays the most?", ("return_high", True)),
        ("评价好的耳机", ("rating", True)),
        ("不要太便宜的表", None),
        ("粉丝多的不要", None),
        ("popular science books", None),
        ("耳机，续航30小时以上的", None),
    ],
)
def test_much_of_a_number_is_an_order(understanding: Understanding, text: str, sort: tuple[str, bool] | None) -> None:
    assert understanding.parse(text).sort == sort


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (["连衣裙", "shoes to go with it"], {("group", "eq", "鞋")}),
        (["健身博主", "换成心理的"], {("category", "eq", "心理博主")}),
        (["news about AI", "anything on robots?"], {("domain", "eq", "news"), ("topic", "eq", "机器人")}),
        (
            ["laptop with at least 32GB", "under 2 kg", "actually 16 is enough"],
            {("category", "eq", "笔记本电脑"), ("ram_gb", "gte", 16.0), ("weight_g", "lte", 2000.0)},
        ),
        (["手机，512G的", "其实256也够用了"], {("category", "eq", "手机"), ("storage_gb", "gte", 256.0), ("storage_gb", "lte", 256.0)}),
        (["咖啡机，2500以内", "咖啡机看得差不多了，来部科幻片吧"], {("category", "eq", "电影"), ("genre", "eq", "科幻")}),
        (["耳机，不要黑色和白色", "白的其实也行"], {("category", "eq", "耳机"), ("color", "not_in", ("黑色",))}),
        (["香水，要淡雅的", "适中吧，浓郁也行"], {("category", "eq", "香水"), ("sillage", "in", ("适中", "浓郁"))}),
        (["手机，3000以内", "256够了"], {("category", "eq", "手机"), ("price", "lte", 3000.0), ("storage_gb", "gte", 256.0), ("storage_gb", "lte", 256.0)}),
        (["想找个博主学做菜", "换成健身的"], {("category", "eq", "健身博主"), ("domain", "eq", "people")}),
        (["headphones, wireless, noise cancelling", "no noise cancelling needed actually"], {("category", "eq", "耳机"), ("connection", "eq", "无线")}),
        (["sports news", "short reads"], {("category", "eq", "体育新闻")}),
        (["a horror story", "shorter than two hours"], {("genre", "eq", "恐怖"), ("runtime_min", "lte", 120.0)}),
        (["films", "anything by Kore-eda or Ozu"], {("category", "eq", "电影"), ("director", "in", ("是枝裕和", "小津安二郎"))}),
        (["coffee machine under 2000", "no, make that 3000"], {("category", "eq", "咖啡机"), ("price", "lte", 3000.0)}),
    ],
)  # fmt: skip
def test_states(understanding: Understanding, turns: list[str], expected: Asked) -> None:
    assert {(c.field, c.op, c.value) for c in talk(understanding, *turns).constraints} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("找部喜剧，一个半钟头上下就行", {("runtime_min", "gte", 76.5), ("runtime_min", "lte", 103.5), ("genre", "eq", "喜剧")}),
        ("dumbbells, 20 lbs max each", {("weight_g", "lte", 9072.0), ("category", "eq", "瑜伽健身"), ("type", "eq", "哑铃")}),
        ("perfume, 1 oz bottle or smaller", {("volume_ml", "lte", 29.57), ("category", "eq", "香水")}),
        ("index funds whose fee tops out at 0.3%", {("fee", "lte", 0.3), ("category", "eq", "指数基金")}),
        ("tea as long as it isn't green", {("category", "eq", "茶叶"), ("type", "not_in", ("绿茶",))}),
        ("a laptop with thirty-two gigs of memory", {("category", "eq", "笔记本电脑"), ("ram_gb", "gte", 32.0), ("ram_gb", "lte", 32.0)}),
        ("手机，12+512的", {("category", "eq", "手机"), ("ram_gb", "gte", 12.0), ("ram_gb", "lte", 12.0), ("storage_gb", "gte", 512.0), ("storage_gb", "lte", 512.0)}),
        ("给我买包", {("category", "in", ("双肩包", "手提包"))}),
        ("扫地机器人，能自己倒灰的", {("category", "eq", "吸尘器与扫地机"), ("kind", "eq", "扫地机器人"), ("feature", "eq", "自动集尘")}),
    ],
)  # fmt: skip
def test_messages(understanding: Understanding, text: str, expected: Asked) -> None:
    assert {(c.field, c.op, c.value) for c in understanding.parse(text).constraints} == expected


def test_not_too_much_is_a_wish_and_no_opinion(understanding: Understanding) -> None:
    shown = [i for i in understanding.schema.items if i.category == "健身博主"]
    turn = understanding.parse("粉丝别太多", understanding.parse("健身博主"), shown)
    assert turn.intent == "refine" and [(c.field, c.op) for c in turn.constraints] == [("followers", "lte")]
    films = [i for i in understanding.schema.items if i.category == "电影"][:5]
    turn = understanding.parse("nothing too long", understanding.parse("a film"), films)
    assert turn.intent == "refine" and [(c.field, c.op) for c in turn.constraints] == [("runtime_min", "lte")]


def test_what_the_kind_of_thing_does_not_have_is_named(understanding: Understanding) -> None:
    assert understanding.parse("女的", understanding.parse("博主")).loose == ("女",)


def test_a_number_in_the_title_of_what_is_shown_points_at_nothing(understanding: Understanding) -> None:
    shown = [i for i in understanding.schema.items if "半年" in i.title][:1] + [
        i for i in understanding.schema.items if i.domain == "finance" and "半年" not in i.title
    ][:3]
    assert shown[0].domain == "finance"
    turn = understanding.parse("期限半年以内", understanding.parse("理财"), shown)
    assert turn.intent == "refine" and [(c.field, c.op) for c in turn.constraints] == [("term_days", "lte")]


@pytest.mark.parametrize(
    ("text", "own", "expected"),
    [
        ("a bag under $30", "CNY", "USD"),
        ("200美元以内的包", "CNY", "USD"),
        ("300块以内的包", "CNY", ""),
        ("300块以内的包", "USD", ""),
        ("a car under $30k", "USD", ""),
        ("under €50", "USD", "EUR"),
        ("under $300", "HKD", ""),
        ("two pounds of coffee", "CNY", ""),
    ],
)
def test_another_currency(text: str, own: str, expected: str) -> None:
    assert foreign(text, own) == expected


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("送五岁男孩的生日礼物", "儿童"),
        ("a dress for my 6 year old daughter", "儿童"),
        ("一岁半宝宝的鞋子", "婴儿"),
        ("送70岁奶奶的礼物", "中老年"),
        ("给三岁孩子的玩具", ""),  # toys say from what age they are
        ("三年前的电影", ""),
    ],
)
def test_an_age_is_for_whom_it_is(understanding: Understanding, text: str, group: str) -> None:
    asked = [c.value for c in understanding.parse(text).constraints if c.field == "age"]
    assert asked == ([group] if group else [])


def test_money_needed_in_half_a_year_is_not_tied_up_for_longer(understanding: Understanding) -> None:
    for text in ("理财，半年后要用", "理财，半年以后得取出来"):
        assert ("term_days", "lte", 180.0) in {(c.field, c.op, c.value) for c in understanding.parse(text).constraints}
    assert ("term_days", "gte", 180.0) in {
        (c.field, c.op, c.value) for c in understanding.parse("理财，期限半年以上").constraints
    }


def test_not_too_old_is_newer_than_most_of_those_shown(understanding: Understanding) -> None:
    shown = [i for i in understanding.schema.items if i.category == "电影"][:9]
    years = sorted(float(str(i.get("year"))) for i in shown)
    turn = understanding.parse("不要太老的", understanding.parse("电影"), shown)
    assert [(c.field, c.op, c.value) for c in turn.constraints] == [("year", "gte", years[4])]


def test_how_somebody_feels_is_no_condition(understanding: Understanding) -> None:
    asked = understanding.parse("最近压力大，想看点轻松的")
    assert {(c.field, c.value) for c in asked.constraints} == {("mood", "轻松")} and asked.sort is None


def test_a_bound_that_no_field_tells_is_told(understanding: Understanding) -> None:
    assert understanding.parse("手表 续航一周以上").unmet == ("续航一周以上",)
    assert understanding.parse("耳机，续航30小时以上").unmet == ()


def test_no_less_than_the_least(understanding: Understanding) -> None:
    shown = [i for i in understanding.schema.items if i.values("risk") == ("R1",)][:4]
    turn = understanding.parse("风险再低一点", understanding.parse("理财"), shown)
    assert [(c.field, c.value) for c in turn.constraints] == [("risk", "R1")]


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (("a documentary", "shorter than an hour"), ("runtime_min", "lte", 60.0)),
        (("新闻", "再新一点的"), None),
    ],
)
def test_shorter_than_says_a_number_and_newer_an_order(
    understanding: Understanding, turns: tuple[str, str], expected: tuple[str, str, float] | None
) -> None:
    state = talk(understanding, *turns)
    bounds = [(c.field, c.op, c.value) for c in state.constraints if c.op in ("lte", "gte")]
    assert bounds == ([expected] if expected else []) and (state.sort == ("date", True)) == (expected is None)


def test_a_word_does_not_begin_inside_recommend(understanding: Understanding) -> None:
    assert ("category", "图书") in {(c.field, c.value) for c in understanding.parse("推荐书").constraints}


def test_less_of_a_value_is_not_that_value(understanding: Understanding) -> None:
    asked = understanding.parse("something less romantic", understanding.parse("a film"))
    assert all(c.op == "not_in" for c in asked.constraints)


def test_dearer_is_fine_too_asks_for_nothing(understanding: Understanding) -> None:
    shown = [i for i in understanding.schema.items if i.category == "首饰"][:5]
    assert understanding.parse("贵一点没关系", understanding.parse("首饰"), shown).constraints == ()


def test_how_often_somebody_posts_is_no_date(understanding: Understanding) -> None:
    shown = [i for i in understanding.schema.items if i.category == "电影"][:9]
    turn = understanding.parse("每天更新的", None, shown)
    assert all(c.field != "year" for c in turn.constraints)


def test_a_title_is_excepted(understanding: Understanding) -> None:
    for text in ("除了千与千寻", "anything except Spirited Away"):
        assert [(i.title, kind) for i, kind in understanding.spoken(text)] == [("千与千寻", "click")]
