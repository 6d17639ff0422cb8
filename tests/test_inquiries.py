"""Questions about a shown item are answered with the catalogue's facts, and only with those."""

import pytest

from recsys.recommender import Recommender


@pytest.fixture
def session(recommender: Recommender) -> str:
    session = recommender.start()
    recommender.reply(session, "连衣裙")
    return session


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("第一件多少钱", ["price"]),
        ("how much is the second one?", ["price"]),
        ("what about the second one, how much is it?", ["price"]),
        ("第二件是什么颜色的", ["color"]),
        ("第三件什么风格", ["style"]),
        ("它评分多少", ["rating"]),
    ],
)
def test_a_fact_is_the_catalogue_s(recommender: Recommender, session: str, text: str, fields: list[str]) -> None:
    shown = [recommender.item(i["item_id"]) for i in recommender.store.impressions(session)]
    item = shown[
        {"一": 0, "second": 1, "二": 1, "三": 2}.get(
            next((k for k in ("一", "second", "二", "三") if k in text), ""), 0
        )
    ]
    reply = recommender.reply(session, text)
    assert reply.query.intent == "explain" and item.name(reply.query.lang) in reply.text
    for name in fields:
        value = item.get(name)
        said = (
            [f"{value:,.6g}"]
            if isinstance(value, float)
            else [recommender.schema.label(v, reply.query.lang) for v in item.values(name)]
        )
        assert said and all(v in reply.text for v in said)


def test_whether_it_has_a_value(recommender: Recommender, session: str) -> None:
    item = recommender.item(recommender.store.impressions(session)[0]["item_id"])
    has, other = item.values("color")[0], next(c for c in ("红色", "蓝色", "黑色") if c not in item.values("color"))
    assert recommender.reply(session, f"第一件有{has}的吗").text.startswith("是的")
    denied = recommender.reply(session, f"第一件有{other}的吗").text
    assert "没有写" in denied and other in denied and has in denied


def test_what_the_catalogue_does_not_give_is_not_made_up(recommender: Recommender, session: str) -> None:
    title = recommender.item(recommender.store.impressions(session)[0]["item_id"]).title
    assert recommender.reply(session, "第一件是谁导演的").text == f"目录里没有写「{title}」的导演。"
    assert recommender.reply(session, "它能机洗吗").text.startswith("目录里没有单独写这一点")


def test_several_items_one_line_each_and_why_is_still_why(recommender: Recommender, session: str) -> None:
    assert recommender.reply(session, "前两件多少钱").text.count("价格") == 2
    assert "排在第 2 位" in recommender.reply(session, "为什么推荐第二件").text


def test_it_is_what_was_spoken_of_last(recommender: Recommender, session: str) -> None:
    shown = [str(i["item_id"]) for i in recommender.store.impressions(session)]
    recommender.reply(session, "第二件是什么颜色的")
    recommender.reply(session, "它评分多少")
    recommender.reply(session, "收藏它")
    kept = [e.item_id for e in recommender.dialogue.events(session) if e.kind == "favourite"]
    assert kept == [shown[1]]
    reply = recommender.reply(session, "它多少钱")  # wherever it stands now
    assert recommender.item(shown[1]).name("zh") in reply.text
