"""The judge of conversations: what fits is computed from the items' own values, and misfits, false superlatives and dead ends count."""

from dataclasses import replace
from typing import Any

import pytest

from recsys.evaluation.conversations import exact, judge, meets, score
from recsys.evaluation.understanding import slack
from recsys.recommender import Recommender


def line(catalog: str, *turns: dict[str, Any]) -> dict[str, Any]:
    return {"id": "x", "catalog": catalog, "turns": [{"intent": "recommend", **t} for t in turns]}


DRESS = {"field": "category", "op": "eq", "value": "连衣裙"}
RED = {"field": "color", "op": "eq", "value": "红色"}
CHEAP = {"field": "price", "op": "lte", "value": 300}


@pytest.mark.parametrize(
    ("condition", "ok"),
    [
        (DRESS, True), ({**CHEAP, "value": 80}, True), ({**CHEAP, "value": 79}, False), ({**CHEAP, "value": 10, "bound": [10, 100]}, True),
        ({"field": "color", "op": "in", "value": ["红色", "蓝色"]}, True), ({"field": "color", "op": "not_in", "value": "红色"}, False),
        ({"field": "price", "op": "eq", "value": 80}, True), ({"field": "capacity_l", "op": "gte", "value": 1}, False),
    ],
)  # fmt: skip
def test_an_item_meets_a_condition_by_its_own_value(
    recommender: Recommender, condition: dict[str, Any], ok: bool
) -> None:
    assert meets(recommender.item("dress-00"), condition) is ok  # red, 80


def test_half_a_percent_is_no_matter_but_a_year_is() -> None:
    assert slack(10_000) == 50 and slack(1980) < 1


def test_a_conversation_that_goes_well(recommender: Recommender) -> None:
    lines = [
        line("small", {"text": "连衣裙", "state": [DRESS]}, {"text": "红色的", "state": [DRESS, RED]}, {"text": "300以内", "state": [DRESS, RED, CHEAP]}),
        line("small", {"text": "最便宜的连衣裙", "state": [DRESS], "sort": ["price", False]}),
        line("small", {"text": "70元以内的红色连衣裙", "state": [DRESS, RED, {**CHEAP, "value": 70}]}),
    ]  # fmt: skip
    figures, wrong = score(lines, lambda name: recommender)
    assert not wrong and figures["violations"] == 0
    assert figures["superlatives"] == figures["dead_ends"] == figures["questions"] == 1
    assert figures["n"]["shown"] > 15 and figures["n"]["dead_ends"] == figures["n"]["superlatives"] == 1


def test_what_was_not_asked_for_is_counted(recommender: Recommender) -> None:
    figures, wrong = score(
        [line("small", {"text": "红色的连衣裙", "state": [DRESS, {**RED, "value": "蓝色"}]})], lambda name: recommender
    )
    assert figures["violations"] == 1 and wrong[0]["check"] == "fitting"


def test_a_false_superlative_a_known_question_and_a_closed_dead_end_are_wrong(recommender: Recommender) -> None:
    session = recommender.start()
    reply = recommender.reply(session, "最便宜的连衣裙")
    turn = {"text": "", "intent": "recommend", "state": [DRESS], "sort": ["price", False]}
    assert exact(reply, [turn], recommender.catalog.items) is True
    assert exact(replace(reply, items=reply.items[1:]), [turn], recommender.catalog.items) is False
    assert exact(reply, [{**turn, "sort": ["capacity_l", True]}], recommender.catalog.items) is None
    asks = recommender.reply(recommender.start(), "连衣裙")
    assert asks.question is not None
    known = {**turn, "state": [DRESS, {"field": asks.question.field, "op": "not_in", "value": "x"}]}
    assert judge(recommender, [{**known, "sort": None}], asks)["questions"] is False
    dead = {"text": "70元以内的连衣裙", "intent": "recommend", "state": [DRESS, {**CHEAP, "value": 70}]}
    assert judge(recommender, [dead], replace(asks, items=(), question=None))["dead_ends"] is False
    assert judge(recommender, [dead], recommender.reply(recommender.start(), dead["text"]))["dead_ends"] is True
