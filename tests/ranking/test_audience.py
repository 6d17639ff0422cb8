"""Without a word of whom it is for, things of the age that most are for come first; with one, nothing changes."""

import numpy as np

from recsys.datamodels import Constraint, Item, Query
from recsys.ranking.audience import Audience, unsaid


def goods(*ages: str) -> list[Item]:
    return [Item(str(n), "裙", "ecommerce", "连衣裙", attributes={"age": a} if a else {}) for n, a in enumerate(ages)]


def test_a_share_is_of_those_that_say_so_in_a_category() -> None:
    items = [*goods("成人", "成人", "成人", "儿童", ""), Item("f", "片", "film", "电影")]
    np.testing.assert_allclose(Audience(items).shares(items), [0.75, 0.75, 0.75, 0.25, 1, 1])


def test_an_item_for_several_ages_is_for_the_commonest() -> None:
    both = Item("b", "裙", "ecommerce", "连衣裙", attributes={"age": ("儿童", "成人")})
    items = [*goods("成人", "成人", "儿童"), both]
    assert Audience(items).shares(items).tolist() == [0.75, 0.75, 0.5, 0.75]


def test_what_comes_in_is_measured_by_what_was_there() -> None:
    there = Audience(goods("成人", "成人", "成人", "儿童"))
    assert there.shares(goods("儿童")).tolist() == [0.25]
    assert Audience(goods("", "")).shares(goods("儿童")).tolist() == [1.0]


def test_only_a_need_that_names_no_age_takes_something_off() -> None:
    share = np.array([1.0, 0.2])
    taken = unsaid(Query("连衣裙"), share)
    assert taken[0] == 0 < taken[1]
    assert not unsaid(Query("连衣裙", constraints=(Constraint("age", "eq", "儿童"),)), share).any()


def test_a_title_says_for_whom_where_no_age_does() -> None:
    items = [Item("a", "珍珠项链", "ecommerce", "首饰"), Item("b", "蝴蝶儿童项链", "ecommerce", "首饰")]
    assert Audience(items).shares(items).tolist() == [1.0, 0.5]


def test_a_gift_for_a_grown_up_is_no_childs() -> None:
    share = np.array([0.2])
    assert unsaid(Query("给女朋友买条项链"), share)[0] > unsaid(Query("买条项链"), share)[0]
