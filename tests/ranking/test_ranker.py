"""r(z) is a sum of named parts, its weights can be learned back, and diversity keeps what it promises."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from recsys.behavior import BehaviorModel
from recsys.behavior.network import Network
from recsys.errors import ModelMismatch
from recsys.loading import load_models
from recsys.ranking import PARTS, Ranker
from recsys.ranking.ranker import diversify, sigmoid, varied
from recsys.settings import DATA, Settings
from recsys.versions import publish

WEIGHTS = {"words": 2.0, "lexical": 2.0, "behaviour": 0.5, "feedback": 1.0, "price": 1.0, "popularity": 0.1}


def features(rng: np.random.Generator, n: int) -> dict[str, npt.NDArray[np.float64]]:
    return {name: rng.normal(size=n) for name in PARTS}


def test_the_parts_sum_to_the_logit_of_the_score() -> None:
    x = features(np.random.default_rng(0), 50)
    parts = Ranker(WEIGHTS, -1.5).weigh(x)
    assert set(parts) == {*PARTS, "bias"} and all(p.shape == (50,) for p in parts.values())
    logit = sum(WEIGHTS[n] * x[n] for n in PARTS) - 1.5
    np.testing.assert_allclose(sum(parts.values()), logit, atol=1e-12)
    score = sigmoid(np.sum(list(parts.values()), axis=0))
    assert ((score > 0) & (score < 1)).all()
    np.testing.assert_allclose(np.log(score / (1 - score)), logit, atol=1e-9)


def test_sigmoid() -> None:
    np.testing.assert_allclose(sigmoid(np.array([0.0, np.log(3), -np.log(3)])), [0.5, 0.75, 0.25])


def test_fit_recovers_planted_weights() -> None:
    """30,000 impressions drawn from known weights: the weights come back, and so does their order."""
    rng = np.random.default_rng(1)
    x = features(rng, 30_000)
    logit = 1.6 * (x["words"] + x["lexical"]) + 0.4 * x["behaviour"] + 0.9 * (x["feedback"] + x["price"]) - 0.7
    liked = (rng.random(len(logit)) < sigmoid(logit)).astype(float)
    found = Ranker.fit(x, liked, np.ones(len(liked)))
    assert found.weights["words"] == found.weights["lexical"] == pytest.approx(1.6, abs=0.1)
    assert found.weights["behaviour"] == pytest.approx(0.4, abs=0.1)
    assert found.weights["feedback"] == found.weights["price"] == pytest.approx(0.9, abs=0.1)
    assert found.weights["popularity"] < 0.1
    assert found.bias == pytest.approx(-0.7, abs=0.1)


def test_a_part_that_speaks_against_liking_is_silenced_never_turned_round() -> None:
    rng = np.random.default_rng(2)
    x = features(rng, 5_000)
    liked = (rng.random(5_000) < sigmoid(x["words"] + x["lexical"] - 2 * x["popularity"])).astype(float)
    found = Ranker.fit(x, liked, np.ones(5_000))
    assert 0 <= found.weights["popularity"] < 0.01 < found.weights["words"]


def test_an_impression_counts_by_its_share() -> None:
    """Two lists that say opposite things: the one that counts more is believed."""
    rng = np.random.default_rng(3)
    x = features(rng, 4_000)
    first = np.arange(4_000) < 2_000
    felt = x["feedback"] + x["price"]
    side = np.where(first, felt, -felt)
    liked = (side > 0).astype(float)
    believed = Ranker.fit(x, liked, np.where(first, 10.0, 1.0))
    doubted = Ranker.fit(x, liked, np.where(first, 1.0, 10.0))
    assert believed.weights["feedback"] > 1 > 0.01 > doubted.weights["feedback"]


def test_saved_and_loaded(tmp_path: Path) -> None:
    path = tmp_path / "new" / "ranker.json"
    Ranker(WEIGHTS, -1.5).save(path)
    assert Ranker.load(path) == Ranker(WEIGHTS, -1.5)
    before = {n: w for n, w in WEIGHTS.items() if n != "price"}  # weights of a training that knew no price
    Ranker(before, -1.5).save(path)
    assert Ranker.load(path) == Ranker(WEIGHTS, -1.5)


def test_weights_of_other_parts_are_refused_with_advice(tmp_path: Path) -> None:
    path = tmp_path / "ranker.json"
    Ranker({"words": 1.0, "magic": 2.0}, 0.0).save(path)
    with pytest.raises(ModelMismatch, match="python -m recsys train") as error:
        Ranker.load(path)
    assert "magic" in str(error.value)


def test_the_shipped_weights_let_words_and_feedback_speak() -> None:
    shipped = Ranker.load(DATA / "models" / "ranker.json")
    assert all(w >= 0 for w in shipped.weights.values())
    assert shipped.weights["words"] > 0 and shipped.weights["feedback"] > 0
    assert shipped.weights["words"] == shipped.weights["lexical"]


def test_weights_trained_here_come_before_the_shipped_ones(settings: Settings) -> None:
    made = settings.home / "made"
    Ranker(WEIGHTS, -9.0).save(made / "ranker.json")
    BehaviorModel(Network(8), "fake").save(made / "behavior.safetensors")
    publish(settings.models, made)
    assert load_models(settings, "fake")[1].bias == -9.0
    behaviour, ranker = load_models(settings, "another encoder")  # for which neither behaviour model is any good
    assert behaviour is None and ranker == Ranker.load(DATA / "models" / "ranker.json")


def vectors(rng: np.random.Generator, n: int, dim: int = 16) -> npt.NDArray[np.float32]:
    raw = rng.standard_normal((n, dim)).astype(np.float32)
    return raw / np.linalg.norm(raw, axis=1, keepdims=True)


@pytest.mark.parametrize("share", [0.0, 0.15, 0.5, 0.9])
def test_diversity_shows_the_best_first_and_nothing_twice(share: float) -> None:
    rng = np.random.default_rng(4)
    for n in (1, 5, 40):
        scores = rng.normal(size=n)
        chosen, _ = diversify(scores, vectors(rng, n), 10, share)
        assert chosen[0] == scores.argmax()
        assert len(chosen) == len(set(chosen)) == min(n, 10)


def test_no_diversity_is_the_order_of_the_scores() -> None:
    rng = np.random.default_rng(5)
    scores = rng.normal(size=40)
    order = np.argsort(-scores)
    assert diversify(scores, vectors(rng, 40), 40, 0.0) == (order.tolist(), scores[order].tolist())


def test_a_twin_waits_its_turn() -> None:
    """The second best is a copy of the best; with diversity the different third comes before it."""
    a, b = np.eye(2, dtype=np.float32)
    twins = np.stack([a, a, b])
    scores = np.array([1.0, 0.95, 0.9])
    assert diversify(scores, twins, 3, 0.0)[0] == [0, 1, 2]
    assert diversify(scores, twins, 3, 0.5)[0] == [0, 2, 1]
    spared = np.array([False, True, False])
    assert diversify(scores, twins, 3, 0.5, spared) == ([0, 1, 2], [1.0, 0.95, 0.9])


@pytest.mark.parametrize("share", [0.0, 0.15, 0.5, 0.9, 1.0])
def test_what_a_position_stands_at_orders_as_marginal_relevance_does(share: float) -> None:
    """(1 - share) · scaled score - share · likeness, place by place, against the standing that falls from place to place."""
    rng = np.random.default_rng(8)
    for _ in range(20):
        scores, own = rng.normal(size=40), vectors(rng, 40, 4)
        chosen, standing = diversify(scores, own, 10, share)
        assert standing == sorted(standing, reverse=True) and standing[0] == scores.max()
        scaled = (scores - scores.min()) / np.ptp(scores)
        if share < 1:
            for place, best in enumerate(chosen[1:], 1):
                likeness = np.maximum((own @ own[chosen[:place]].T).max(axis=1), 0)
                gain = (1 - share) * scaled - share * likeness
                gain[chosen[:place]] = -np.inf
                assert gain[best] == pytest.approx(gain.max())


def test_more_diversity_means_less_likeness() -> None:
    """The mean over many lists of how like each item is to its nearest neighbour in the list."""
    rng = np.random.default_rng(6)
    pools = [(rng.normal(size=60), vectors(rng, 60, 4)) for _ in range(30)]

    def likeness(share: float) -> float:
        found = []
        for scores, own in pools:
            shown = own[diversify(scores, own, 10, share)[0]]
            found.append((shown @ shown.T - 2 * np.eye(10)).max(axis=1).mean())
        return float(np.mean(found))

    assert likeness(0.0) > likeness(0.3) > likeness(0.8)


def test_equal_scores_and_no_scores() -> None:
    rng = np.random.default_rng(7)
    assert sorted(diversify(np.zeros(5), vectors(rng, 5), 5, 0.15)[0]) == [0, 1, 2, 3, 4]
    assert diversify(np.empty(0), np.empty((0, 4), np.float32), 5, 0.15) == ([], [])


def test_a_list_is_varied_where_the_pool_allows() -> None:
    kinds = ["a", "a", "a", "a", "b", "a", "c", ""]
    assert varied([0, 1, 2, 3], kinds, 3) == [0, 1, 6, 4]  # the last places go to the best of other kinds
    assert varied([0, 4, 6, 1], kinds, 3) == [0, 4, 6, 1]  # already varied
    assert varied([0, 1], ["a", "a", "", ""], 3) == [0, 1]  # nothing else is there
    assert varied([0, 4], kinds, 3) == [0, 4]  # a kind is not given up for another
