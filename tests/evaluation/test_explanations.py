"""The judge of explanations: it runs over a small catalogue, and it sees what is false."""

from dataclasses import replace

import pytest

from recsys.datamodels import Constraint, Query
from recsys.evaluation.explanations import evaluate, stated, true_what_ifs
from recsys.explaining import Explainer
from recsys.explanation import WhatIf
from recsys.recommender import Recommender

QUERY = Query("连衣裙", constraints=(Constraint("category", "eq", "连衣裙"), Constraint("price", "lte", 300.0)))


def test_all_of_it_over_a_small_catalogue(recommender: Recommender) -> None:
    figures = evaluate(recommender.pipeline, people=40, wanted=12)
    assert figures["words"]["n"] and figures["words"]["completeness"] < 1e-6
    assert figures["events"]["n"] == 12 and figures["events"]["top"] > figures["events"]["random"]
    assert figures["what_ifs"]["n"] > 5 and figures["what_ifs"]["true"] == 1
    assert figures["facts"]["n"] >= 60 and figures["facts"]["true"] == 1, figures["facts"]["wrong"]
    assert (
        0 <= figures["confidence"]["ece"] <= 1
        and sum(b["n"] for b in figures["confidence"]["curve"]) == figures["confidence"]["n"]
    )


def test_a_false_what_if_is_seen(recommender: Recommender) -> None:
    pipeline = recommender.pipeline
    row = recommender.catalog.row[pipeline.run(QUERY, []).items[1].item.id]
    told = Explainer(pipeline).explain(row, QUERY, [], "zh")
    false = replace(told, what_ifs=(WhatIf("", 9, (), None),))
    assert true_what_ifs(pipeline, [((QUERY, [], row), false)]) == {"n": 1, "true": 0.0}


@pytest.mark.parametrize(
    ("tag", "ok"),
    [("红色", True), ("red", True), ("蓝色", False), ("¥80，在预算内", True), ("¥90，在预算内", False), ("评分 3.8", True), ("评分 4.9", False),
     ("像你喜欢的「红色法式连衣裙0号」", True), ("像你喜欢的「不存在」", False), ("贴近你的描述", True), ("纯手工", False)],
)  # fmt: skip
def test_a_reason_is_looked_up(recommender: Recommender, tag: str, ok: bool) -> None:
    item = recommender.item("dress-00")
    assert stated(tag, item, QUERY, recommender.schema, [item]) is ok


def test_a_budget_that_is_not_kept_is_no_fact(recommender: Recommender) -> None:
    low = replace(QUERY, constraints=(Constraint("price", "lte", 50.0),))
    assert not stated("¥80，在预算内", recommender.item("dress-00"), low, recommender.schema, [])
