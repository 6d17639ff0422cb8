"""A conversation that goes from sights to hotels to restaurants: what is asked for, what is only mentioned, what is asked of a thing."""

import pytest

from recsys.catalog.catalog import Catalog
from recsys.catalog.importing import import_catalog
from recsys.datamodels import Constraint
from recsys.language.understanding import Understanding
from recsys.settings import Settings

CATALOGUE = """名称,领域,人均消费,价格,门票,评分,招牌菜,设施,游玩时间
河畔面馆,餐馆,20,,,4.5,阳春面|蜗牛,,
山里人家,餐馆,80,,,4.8,酱肘子|炖豆腐,,
青石客栈,酒店,,200,,4.6,,早餐|停车场,
云上酒店,酒店,,900,,4.9,,温泉|健身房,
古塔,景点,,,0,4.2,,,1小时 - 2小时
大湖,景点,,,60,4.7,,,3小时 - 1天
"""


@pytest.fixture(scope="module")
def parser(tmp_path_factory: pytest.TempPathFactory) -> Understanding:
    settings = Settings(home=tmp_path_factory.mktemp("town"))
    file = settings.home / "town.csv"
    file.write_text(CATALOGUE, "utf-8")
    import_catalog(file, "town", settings)
    return Understanding(Catalog.load(settings.catalogs / "town").schema)


def asked(parser: Understanding, *messages: str) -> set[tuple[str, str, object]]:
    state = None
    for message in messages:
        state = parser.follow([state], parser.parse(message, state))
    return {(c.field, c.op, c.value) for c in state.constraints} if state else set()


RESTAURANT, HOTEL, SIGHT = (("category", "eq", kind) for kind in ("餐馆", "酒店", "景点"))


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("酒店周边有什么好玩的景点吗", SIGHT), ("选好酒店以后，我打算找个景点逛逛", SIGHT), ("找好酒店，我想找个餐馆", RESTAURANT), ("推荐一个景点，并告诉我它周边的酒店和餐馆", SIGHT),
        ("这家餐馆太远了，有没有酒店推荐", HOTEL), ("这家餐馆附近还有别的餐馆吗", RESTAURANT), ("那酒店呢", HOTEL),
    ],
)  # fmt: skip
def test_the_kind_that_is_asked_for(parser, message, kind):
    assert asked(parser, message) == {kind}


def test_conditions_stay_with_the_kind_they_were_said_of(parser):
    sight = ("找一个4.5分以上的景点", "门票100以内的")
    assert asked(parser, *sight) == {SIGHT, ("rating", "gte", 4.5), ("price", "lte", 100.0)}
    assert asked(parser, *sight, "再找一家有温泉的酒店") == {HOTEL, ("设施", "eq", "温泉")}
    assert asked(parser, *sight, "景点附近有酒店吗") == {HOTEL}


def test_a_question_about_one_thing_is_no_condition(parser):
    before = asked(parser, "找一家4.5分以上的酒店")
    for question in ("这家酒店有健身房吗？", "它有温泉吗", "该酒店的评分是多少？"):
        assert asked(parser, "找一家4.5分以上的酒店", question) == before
    assert ("设施", "eq", "健身房") in asked(parser, "找一家4.5分以上的酒店", "有健身房吗")


@pytest.mark.parametrize(
    ("message", "conditions"),
    [
        ("能玩2、3个小时的景点", {("游玩时间", "gte", 2.0), ("游玩时间", "lte", 3.0)}), ("玩一两个小时的景点", {("游玩时间", "gte", 1.0), ("游玩时间", "lte", 2.0)}),
        ("评分5分可以玩1小时-2小时的景点", {("rating", "gte", 5.0), ("游玩时间", "gte", 1.0), ("游玩时间", "lte", 2.0)}), ("评分4.5的景点", {("rating", "gte", 4.5)}),
        ("有没有5分的景点", {("rating", "gte", 5.0)}), ("免费的景点", {("price", "lte", 0.0)}), ("过两天想去个景点", set()), ("帮我看一下景点", set()),
    ],
)  # fmt: skip
def test_numbers_as_they_are_said(parser, message, conditions):
    assert asked(parser, message) == {SIGHT, *conditions}


def test_a_lowest_price_with_a_number_is_a_bound(parser):
    query = parser.parse("最低价格是100-300元的酒店")
    assert query.sort is None and Constraint("price", "gte", 100.0) in query.constraints
    assert parser.parse("价格最低的酒店").sort == ("price", False)


def test_a_dish_behind_a_verb_is_no_slip(parser):
    assert ("招牌菜", "eq", "蜗牛") in asked(parser, "想吃蜗牛")


def test_words_that_say_something_beyond_the_conditions(parser):
    assert parser.parse("你好，请帮我推荐一家评分4.5分以上、有温泉的酒店吧，谢谢").free == ""
    assert parser.parse("想找一家安静的酒店").free == "安静"
