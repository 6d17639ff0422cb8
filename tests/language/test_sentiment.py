"""The sentiment head: learns what it is shown, ships for one encoder only, and reads remarks that no word list knows."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recsys.datamodels import Constraint, Query
from recsys.errors import ModelMismatch
from recsys.evaluation.sentiment import own_sentences
from recsys.language.sentiment import SentimentHead, felt, wants
from recsys.settings import DATA

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def head() -> SentimentHead:
    texts = ["收到就坏了", "坏得快", "broke at once", "手感扎实", "扎实耐用", "sturdy and neat"] * 3
    vectors = RNG.normal(size=(len(texts), 8)).astype(np.float32)  # noise: the words alone must do
    return SentimentHead.fit(texts, vectors, np.array([0, 0, 0, 1, 1, 1] * 3), "fake")


def test_it_learns_words_that_no_list_has(head: SentimentHead) -> None:
    nothing = np.zeros(8, np.float32)
    assert head.score("又坏了", nothing) < 0 < head.score("真扎实", nothing)
    assert head.score("sturdy", nothing) > 0 > head.score("broke", nothing)


def test_it_learns_from_the_vector_where_words_say_nothing() -> None:
    labels = np.array([0, 1] * 40)
    vectors = RNG.normal(size=(80, 8)).astype(np.float32)
    vectors[:, 3] += np.where(labels == 1, 3, -3)
    head = SentimentHead.fit(["same"] * 80, vectors, labels, "fake")
    assert np.mean([(head.score("same", v) > 0) == bool(y) for v, y in zip(vectors, labels, strict=True)]) > 0.95


def test_it_comes_back_from_disk_and_only_for_its_encoder(head: SentimentHead, tmp_path: Path) -> None:
    head.save(tmp_path / "head.safetensors")
    again = SentimentHead.load(tmp_path / "head.safetensors", "fake")
    vector = RNG.normal(size=8).astype(np.float32)
    assert again.score("手感扎实", vector) == pytest.approx(head.score("手感扎实", vector), abs=0.02)
    with pytest.raises(ModelMismatch, match="fake"):
        SentimentHead.load(tmp_path / "head.safetensors", "other")


def test_a_remark_about_a_shown_item_is_feedback_and_a_need_is_not() -> None:
    remark = Query("第二个摸起来很廉价", references=(2,), said="第二个摸起来很廉价")
    assert not wants(remark)
    assert felt(remark, -0.9).intent == "feedback" and felt(remark, -0.9).opinions == ((2, "dislike"),)
    assert felt(remark, -0.2) == remark
    assert felt(replace(remark, opinions=((1, "like"),)), -0.9).opinions == ((1, "like"),)
    assert wants(replace(remark, constraints=(Constraint("price", "lte", 200.0),)))
    assert wants(replace(remark, said="我想要第二个那样的"))


def test_the_sentences_are_balanced_and_said_once() -> None:
    texts, labels = own_sentences()
    assert len(texts) == len(set(texts)) >= 250
    assert 0.4 < labels.mean() < 0.6


@pytest.mark.encoder
def test_the_shipped_head_reads_remarks_without_words_of_opinion(real_encoder) -> None:
    head = SentimentHead.load(DATA / "models" / "sentiment.safetensors", real_encoder.name)
    said = {
        "刚穿一天鞋底就掉了": 0,
        "拿回家爸妈都夸会买": 1,
        "The handle snapped off in my hand": 0,
        "My daughter wears it every day": 1,
    }
    assert [head.score(t, real_encoder.encode_query(t)) > 0 for t in said] == [bool(v) for v in said.values()]
