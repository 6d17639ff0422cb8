"""The same parser over the catalogue that ships: words of many domains that must not get in each other's way."""

import pytest

from recsys.language.understanding import Understanding

Asked = set[tuple[str, str, object]]


def one(field: str, value: object, op: str = "eq") -> tuple[str, str, object]:
    return field, op, value


DRESS, PACK, FILM = one("category", "连衣裙"), one("category", "双肩包"), one("category", "电影")
FINANCE, SAFE, RED = one("domain", "finance"), one("risk", ("R1", "R2"), "in"), one("color", "红色")
NOT_RED, NOT_BLACK = one("color", ("红色",), "not_in"), one("color", ("黑色",), "not_in")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我想买一件连衣裙", {DRESS}),
        ("200元以内的红色连衣裙", {DRESS, RED, one("price", 200, "lte")}),
        ("a red dress under 200", {DRESS, RED, one("price", 200, "lte")}),
        ("我想買一件紅色連衣裙", {DRESS, RED}),
        ("我要一笔稳健的投资", {FINANCE, SAFE}),
        ("a low risk fund", {FINANCE, SAFE}),
        ("起投一万以内的基金", {FINANCE, one("min_amount", 10000, "lte")}),
        ("a quiet film like Paterson", {FILM, one("mood", "安静")}),
        ("films directed by Jim Jarmusch", {FILM, one("director", "吉姆·贾木许")}),
        ("90年代的电影", {FILM, one("year", 1990, "gte"), one("year", 1999, "lte")}),
        ("films after 2015", {FILM, one("year", 2015, "gte")}),
        ("90分钟以内的电影", {FILM, one("runtime_min", 90, "lte")}),
        ("两小时以内的电影", {FILM, one("runtime_min", 120, "lte")}),
        ("法国电影", {FILM, one("country", "法国")}),
        ("不要恐怖片", {one("genre", ("恐怖",), "not_in")}),
        ("科技新闻", {one("category", "科技新闻")}),
        ("不想看财经新闻", {one("category", ("财经新闻",), "not_in")}),
        ("美食博主", {one("category", "美食博主")}),
        ("粉丝10万以上的博主", {one("domain", "people"), one("followers", 100000, "gte")}),
        ("续航至少30小时的耳机", {one("category", "耳机"), one("battery_h", 30, "gte")}),
        ("headphones with at least 30 hours battery", {one("category", "耳机"), one("battery_h", 30, "gte")}),
        ("一万以内的笔记本电脑", {one("category", "笔记本电脑"), one("price", 10000, "lte")}),
        ("16GB以上的笔记本", {one("category", "笔记本电脑"), one("ram_gb", 16, "gte")}),
        ("20升的双肩包", {PACK, one("capacity_l", 20, "gte"), one("capacity_l", 20, "lte")}),
        ("适合通勤的黑色西装", {one("category", "西装"), one("color", "黑色"), one("occasion", "通勤")}),
        ("给妈妈买件连衣裙，预算500", {DRESS, one("gender", "女"), one("price", 500, "lte")}),
        ("口红", {one("category", "彩妆"), one("type", "口红")}),
        ("红裙子", {RED, one("category", ("连衣裙", "半身裙"), "in")}),
        ("连衣裙，不要碎花", {DRESS, one("pattern", ("碎花",), "not_in")}),
        ("a dress in any colour except red", {DRESS, NOT_RED}),
        ("below 300 backpack, not black", {PACK, NOT_BLACK, one("price", 300, "lte")}),
        ("不要黑色的双肩包", {PACK, NOT_BLACK}),
        ("没有碎花的连衣裙", {DRESS, one("pattern", ("碎花",), "not_in")}),
        ("黑色以外的双肩包", {PACK, NOT_BLACK}),
        ("不低于500元的双肩包", {PACK, one("price", 500, "gte")}),
        ("有没有更便宜的", set()),
        ("有没有红色的连衣裙", {DRESS, RED}),
        ("不需要防水的耳机", {one("category", "耳机"), one("feature", ("防水",), "not_in")}),
    ],
)
def test_needs(understanding: Understanding, text: str, expected: Asked) -> None:
    assert {(c.field, c.op, c.value) for c in understanding.parse(text).constraints} == expected


@pytest.mark.parametrize("text", ["5G手机", "七分袖连衣裙", "十分好看的连衣裙", "九分裤", "三分糖的奶茶"])
def test_words_with_a_number_inside_are_no_bounds(understanding: Understanding, text: str) -> None:
    assert [c for c in understanding.parse(text).constraints if c.op in ("lte", "gte")] == []


def test_every_value_understood_is_one_that_the_catalogue_has(understanding: Understanding) -> None:
    texts = [
        "红色连衣裙",
        "a calm fund for three years",
        "适合妈妈的礼物",
        "film noir with jazz",
        "想学做菜关注谁",
        "laptop for video editing",
        "quiet",
        "便宜",
    ]
    for text in texts:
        for c in understanding.parse(text).constraints:
            if c.op in ("eq", "in", "not_in"):
                assert all((c.field, value) in understanding.schema.support for value in c.values), (text, c)
            else:
                assert understanding.schema.fields[c.field].kind == "numeric", (text, c)
