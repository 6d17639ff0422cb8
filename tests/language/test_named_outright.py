"""Over the catalogue that ships: what is called by its name, what a dialogue drops, and words that look like something else."""

import pytest

from recsys.datamodels import Query
from recsys.language.understanding import Understanding

Asked = set[tuple[str, str, object]]


def asked(query: Query) -> Asked:
    return {(c.field, c.op, c.value) for c in query.constraints}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("any material except plastic", {("material", "not_in", ("塑料",))}),  # PVC is another one
        ("any material as long as it is not plastic", {("material", "not_in", ("塑料",))}),  # nothing long
        ("爬山带的保温壶", {("type", "eq", "保温壶"), ("scene", "eq", "徒步")}),  # no teapot
        ("power bank, 20 Ah or more", {("category", "eq", "充电宝与充电器"), ("kind", "eq", "充电宝"), ("capacity_mah", "gte", 20000.0)}),
        ("不讲粤语的音乐博主", {("category", "eq", "音乐博主"), ("language", "not_in", ("粤语",))}),
        ("加湿器，至少装4升水", {("category", "eq", "空气净化与加湿"), ("kind", "eq", "加湿器"), ("capacity_l", "gte", 4.0)}),
        ("movies from 1990 or earlier", {("category", "eq", "电影"), ("year", "lte", 1990.0)}),
        ("pingban diannao 3000yuan yinei", {("category", "eq", "平板电脑"), ("price", "lte", 3000.0)}),
        ("seen plenty of Spielberg, another adventure movie?", {("category", "eq", "电影"), ("genre", "eq", "冒险"), ("director", "not_in", ("史蒂文·斯皮尔伯格",))}),
        ("laptop，budget 4k左右", {("category", "eq", "笔记本电脑"), ("price", "gte", 3400.0), ("price", "lte", 4600.0)}),
        ("二十公斤的箱子？打错了，二十寸的", {("category", "eq", "行李箱"), ("size_in", "gte", 20.0), ("size_in", "lte", 20.0)}),
    ],
)  # fmt: skip
def test_what_one_message_asks(understanding: Understanding, text: str, expected: Asked) -> None:
    assert asked(understanding.parse(text)) == expected


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (["轻松的书", "绘本和漫画就算了"], {("category", "eq", "图书"), ("mood", "eq", "轻松"), ("genre", "not_in", ("儿童绘本", "漫画"))}),
        (["红色的连衣裙", "不是红色也行"], {("category", "eq", "连衣裙")}),
        (["红色的连衣裙", "不限红色了"], {("category", "eq", "连衣裙")}),
        (["红色的连衣裙", "五百以内", "预算可以放到八百"], {("category", "eq", "连衣裙"), ("color", "eq", "红色"), ("price", "lte", 800.0)}),
    ],
)  # fmt: skip
def test_what_a_dialogue_asks(understanding: Understanding, turns: list[str], expected: Asked) -> None:
    states: list[Query | None] = []
    for text in turns:
        states.append(understanding.follow(states, understanding.parse(text, states[-1] if states else None)))
    assert states[-1] is not None and asked(states[-1]) == expected


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("haha you're a star, cheers", "chat"), ("好的谢谢啦，我先去开会了", "chat"), ("谢谢您，让您费心了", "chat"), ("刚下班，累死我了", "chat"),
        ("Friends or Seinfeld, which one's better?", "compare"), ("is the Matrix any better than the Godfather?", "compare"),
        ("start from square one", "reset"), ("scrap everything", "reset"), ("撤掉刚才那条", "undo"),
    ],
)  # fmt: skip
def test_what_a_message_wants_done(understanding: Understanding, text: str, intent: str) -> None:
    assert understanding.parse(text, understanding.parse("连衣裙")).intent == intent


def test_one_is_no_number(understanding: Understanding) -> None:
    state = understanding.parse("存款")
    turn = understanding.parse("which one has the highest return?", state, asked="return_low")
    assert turn.sort == ("return_high", True) and not turn.constraints
