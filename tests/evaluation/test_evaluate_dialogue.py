"""`evaluate dialogue` on a made-up catalogue of a small town: the figures can be worked out by hand."""

import json
from pathlib import Path

import numpy as np
import pytest

from recsys.errors import InvalidInput
from recsys.evaluation.dialogue import evaluate, load, replay, talk
from recsys.recommender import Recommender
from recsys.settings import Settings
from recsys.store import SqliteStore

CATALOGUE = """id,名称,领域,人均消费,评分,招牌菜
r1,河畔面馆,餐馆,20,4.5,阳春面|葱油拌面
r2,老街面馆,餐馆,60,4.0,阳春面|酱肘子
r3,山里人家,餐馆,80,4.8,酱肘子|炖豆腐
h1,青石客栈,酒店,200,4.6,
h2,云上酒店,酒店,900,4.9,
"""
MOMENTS = [
    {"id": "1", "history": [{"role": "user", "text": "找一家有阳春面的餐馆"}], "gold": {"r1": 1, "r2": 1}},
    {
        "id": "2",
        "history": [
            {"role": "user", "text": "找一家有酱肘子的餐馆"},
            {"role": "assistant", "text": "老街面馆怎么样？"},
            {"role": "user", "text": "要评分4.5以上的"},
        ],
        "gold": {"r3": 1},
        "mentioned": ["r2", "nobody"],
    },
    {"id": "3", "history": [{"role": "user", "text": "300元以内的酒店"}], "gold": {"h2": 1}},  # an annotator's slip
    {"id": "4", "history": [{"role": "user", "text": "你好"}], "gold": {}},
]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    catalogue, turns = tmp_path / "town" / "catalogue.csv", tmp_path / "town" / "turns.jsonl"
    catalogue.parent.mkdir()
    catalogue.write_text(CATALOGUE, "utf-8")
    turns.write_text("".join(json.dumps(m, ensure_ascii=False) + "\n" for m in MOMENTS), "utf-8")
    return catalogue, turns


def test_figures(files, settings: Settings, encoder):
    figures, seen = evaluate(*files, settings, encoder, 3, lambda message: None)
    assert [m["shown"] for m in seen] in ([["r1", "r2"], ["r3"], ["h1"]], [["r2", "r1"], ["r3"], ["h1"]])
    assert figures["n"] == 3  # without the moment that has no answer
    for name in ("ndcg@10", "recall@10", "mrr@10", "hit@1"):
        assert figures[name] == pytest.approx(2 / 3, abs=1e-4)
    assert (figures["shown_precision"], figures["violations"]) == (0.75, 0.25)
    assert figures["baseline_query"] == "last 3 user lines" and list(figures["baselines"]) == ["dense", "bm25", "rrf"]
    assert figures["baselines"]["bm25"]["recall@10"] > 0


def test_vectors_are_kept_between_runs(files, settings: Settings, encoder, monkeypatch):
    first = load(files[0], settings, encoder, lambda message: None)
    monkeypatch.setattr(type(encoder), "encode_items", lambda *_: pytest.fail("encoded again"))
    assert load(files[0], settings, encoder, lambda message: None).vectors == pytest.approx(first.vectors, abs=1e-3)
    assert not (settings.home / "catalogs").exists()


def test_items_that_an_assistant_names_are_shown(files, settings: Settings, encoder):
    recommender = Recommender(
        load(files[0], settings, encoder, lambda message: None), SqliteStore(settings.database), settings
    )
    moment = {**MOMENTS[1], "history": [*MOMENTS[1]["history"][:2], {"role": "user", "text": "第一个不错"}]}
    assert "老街面馆" in replay(recommender, moment).text
    with pytest.raises(InvalidInput, match="must end with the user"):
        replay(recommender, {"id": "x", "history": [{"role": "assistant", "text": "您好"}], "gold": {"r1": 1}})


def test_what_others_speak_of_is_popular_and_ones_own_conversation_is_not_among_them() -> None:
    moments = [
        {"id": "1.2", "mentioned": ["a", "b"]},
        {"id": "1.5", "mentioned": ["a"]},
        {"id": "2.1", "mentioned": ["b", "x"]},
        {"id": "3"},
    ]
    popular = talk(moments, {"a": 0, "b": 1, "c": 2})

    def spoken(moment) -> list[float]:
        return np.expm1(popular(moment) / popular(moments[2]).max() * np.log(2)).round().tolist()

    assert spoken(moments[0]) == spoken(moments[1]) == [0, 1, 0]
    assert spoken(moments[2]) == [1, 1, 0]
    assert spoken(moments[3]) == [1, 2, 0]
    assert talk([{"id": "1"}], {"a": 0})({"id": "1"}).tolist() == [0]
