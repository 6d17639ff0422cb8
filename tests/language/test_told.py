"""What is told in passing, over the catalogue that ships: clauses that ask for nothing, pictures that end them, what is let in or refused."""

import pytest

from recsys.catalog import Catalog
from recsys.language.understanding import Understanding
from tests.language.test_plain_talk import Asked, asked, talk


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("隔壁老李炒股亏得够呛，我就想看存款", {("category", "eq", "存款")}),
        ("耳机刚刚又掉进水里了：推荐个键盘", {("category", "eq", "键盘鼠标")}),
        ("the old sofa was a gift 😅 looking for a lamp", {("category", "eq", "灯具")}),
        ("I was stuck on the metro with a coffee again - any sports news?", {("category", "eq", "体育新闻")}),
        ("kids are at grandma's. a French crime film please", {("country", "eq", "法国"), ("genre", "eq", "犯罪"), ("category", "eq", "电影")}),
        ("楼上装修俩月了，求副耳机", {("category", "eq", "耳机")}),
    ],
)  # fmt: skip
def test_a_clause_that_only_tells_asks_for_nothing(understanding: Understanding, text: str, wanted: Asked) -> None:
    assert {a for a in asked(understanding.parse(text)) if a[0] != "kind"} == wanted


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("周星驰演的都看过了，来部喜剧电影", ("cast", "not_in", ("周星驰",))),  # told, and a wish for others
        ("我妈刚满七十，想给她买件外套", ("gender", "in", ("女", "中性"))),  # whom it is for stays
        ("找个二十寸的箱子？打错了，二十四寸的", ("size_in", "lte", 24.0)),
    ],
)
def test_what_is_told_may_still_say_what_is_wanted(understanding: Understanding, text: str, there: object) -> None:
    assert there in asked(understanding.parse(text))


def test_a_picture_ends_what_is_refused(understanding: Understanding) -> None:
    assert ("category", "eq", "货币基金") in asked(understanding.parse("老板说明年奖金可能没有😅 先放货币基金里吧"))


@pytest.mark.parametrize(
    ("turns", "there", "gone"),
    [
        (("喜剧剧集，不要动画", "put the cartoons back"), ("genre", "eq", "喜剧"), "not_in"),
        (("想买积木", "磁吸的不行"), ("feature", "not_in", ("磁吸",)), "eq磁吸"),
        (("27寸的显示器", "bigger is ok too"), ("screen_in", "gte", 27.0), "lte"),
        (("扫地机器人", "家里有老人睡得浅，要静音的"), ("category", "eq", "吸尘器与扫地机"), "养老"),
        (("想买玩具", "再看看碗"), ("type", "eq", "碗"), "玩具"),
        (("保险", "nothing riskier than R1"), ("risk", "eq", "R1"), "not_in"),
        (("静音的扫地机器人", "静音这个要求去掉吧，其它不变"), ("kind", "eq", "扫地机器人"), "静音"),
        (("八十年代的武侠电影", "年代那个条件撤掉吧"), ("genre", "eq", "武侠"), "gte"),
    ],
)
def test_what_is_let_in_refused_or_moved_on_to(
    understanding: Understanding, turns: tuple[str, ...], there: object, gone: str
) -> None:
    state = asked(talk(understanding, *turns))
    assert there in state
    assert not any(gone in f"{op}{value}" for _, op, value in state if (op, value) != there)


@pytest.mark.parametrize(
    ("text", "intent", "ranks"),
    [
        ("那部帮我收藏一下", "feedback", (2,)), ("写得真实在，我喜欢这部", "feedback", (2,)), ("它也太闷了，没几天就忘，不要", "feedback", (2,)),
        ("what sets it apart from the first one?", "compare", (1, 2)), ("嗯，我回去跟老婆商量商量", "chat", ()), ("周末再说", "chat", ()),
        ("skip anything from Japan, I've seen enough", "refine", ()), ("这三部放一起比比", "compare", (1, 2, 3)),
    ],
)  # fmt: skip
def test_what_is_said_of_what_was_spoken_of(
    catalog: Catalog, understanding: Understanding, text: str, intent: str, ranks: tuple[int, ...]
) -> None:
    shown = [i for i in catalog.items if i.category == "电影"][:3]
    turn = understanding.parse(text, talk(understanding, "想看电影"), shown, focus=[shown[1].id])
    assert (turn.intent, tuple(sorted(turn.references))) == (intent, ranks)


def test_what_costs_the_least(understanding: Understanding) -> None:
    assert understanding.parse("which of these costs the least", talk(understanding, "耳机")).sort == ("price", False)


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("夹灯，一百二三十块", {("price", "gte", 120.0), ("price", "lte", 130.0)}),
        ("一千八九百的手机", {("price", "gte", 1800.0), ("price", "lte", 1900.0)}),
        ("文化新闻，有没有写非物质文化遗产的", {("category", "eq", "文化新闻")}),
        ("insurance for passing money down", {("category", "eq", "保险")}),
    ],
)  # fmt: skip
def test_no_part_of_a_longer_word_is_read(understanding: Understanding, text: str, there: Asked) -> None:
    assert there <= asked(understanding.parse(text))


def test_one_wrong_letter_in_pinyin(understanding: Understanding) -> None:
    assert ("category", "eq", "连衣裙") in asked(understanding.parse("lianyiqum"))
    assert understanding.parse("a trip to Changsha").loose == (
        "changsha",
    )  # pinyin as it should be, of no phrase that is near
