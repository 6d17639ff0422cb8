"""Slips, pinyin and sound-alikes are set right; what is right is left alone."""

import pytest

from recsys.catalog import Catalog
from recsys.language.spelling import Speller
from recsys.settings import DATA


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller(Catalog.load(DATA / "attune").schema)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("blak jaket under 800", "black jacket under 800"),
        ("womens drees in purpel silk", "womens dress in purple silk"),
        ("headfones", "headphones"),
        ("蓝芽耳机 200快以内", "蓝牙耳机 200块以内"),
        ("想买个行礼箱", "想买个行李箱"),
        ("运动血", "运动鞋"),
        ("shouji 2000yuan yixia", "手机 2000元 以下"),
        ("hong se lian yi qun", "红色 连衣裙"),
        ("nvxie", "女鞋"),
        ("唔要黑色嘅", "不要黑色的"),
        ("日本的动话电影，奇换类的", "日本的动画电影，奇幻类的"),  # a word that the segmenter only guessed
        ("防嗮外套 150快一下", "防晒外套 150块以下"),
        ("健生博主", "健身博主"),
        ("is it bleaker than that", "is it bleaker than that"),
        ("眠溪跟平实家的四件套", "眠溪跟平实家的四件套"),  # 溪跟 is across two words
    ],
)
def test_slips(speller: Speller, typed: str, meant: str) -> None:
    assert speller.correct(typed) == meant


@pytest.mark.parametrize(
    "text", ["a sporty hatchback on the train", "somewhere cosy for our anniversary", "五年内的电影，男女都能穿的卫衣", "除了重辣都可以，你能做什么", "no sony or bose", "", "🎧🎧"]
)  # fmt: skip
def test_what_is_right_is_left_alone(speller: Speller, text: str) -> None:
    assert speller.correct(text) == text
