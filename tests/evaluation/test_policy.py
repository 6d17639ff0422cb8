"""Off-policy estimates against the truth of a world where the truth is known, and the log that they are made from."""

import numpy as np
import pytest

from recsys.evaluation.policy import Logged, evaluate, read_log
from recsys.ranking import PARTS, Ranker
from recsys.recommender import Recommender

BIAS = 0.5


def ranker(**weights: float) -> Ranker:
    return Ranker({n: weights.get(n, 1.0) for n in PARTS}, 0.0)


def world(logged: Ranker, answers: int, seed: int) -> tuple[list[Logged], list[np.ndarray]]:
    """Lists of six; an item is liked if it is seen (rank^-bias) and pleases, with probability σ(3·feedback − words)."""
    rng = np.random.default_rng(seed)
    out, pleases = [], []
    for _ in range(answers):
        features = rng.normal(size=(6, len(PARTS)))
        parts = np.c_[features * [logged.weights[n] for n in PARTS], np.zeros(6)]
        order = np.argsort(-parts.sum(axis=1))
        liking = 1 / (1 + np.exp(-(3 * features[:, 3] - features[:, 0])))[order]
        seen = rng.random(6) < np.arange(1.0, 7) ** -BIAS
        out.append(Logged(parts[order], np.ones(6), (seen & (rng.random(6) < liking)).astype(float)))
        pleases.append(liking)
    return out, pleases


def truth(log: list[Logged], pleases: list[np.ndarray], logged: Ranker, other: Ranker) -> float:
    """What the other ranker earns on average, from what truly pleases."""
    change = [other.weights[n] / logged.weights[n] for n in PARTS]
    earned = []
    for one, liking in zip(log, pleases, strict=True):
        order = np.argsort(-(one.parts[:, :-1] @ change))
        earned.append((np.arange(1.0, 7) ** -BIAS * liking[order]).sum())
    return float(np.mean(earned))


@pytest.mark.parametrize("weights", [{"feedback": 4.0}, {"words": 4.0, "feedback": 0.1}, {}])
def test_the_estimates_find_the_truth_of_a_ranker_that_was_never_shown(weights: dict[str, float]) -> None:
    logged, other = ranker(), ranker(**weights)
    log, pleases = world(logged, 3000, 0)
    figures = evaluate(log, logged, other, BIAS)
    real = truth(log, pleases, logged, other)
    for name in ("ips", "snips", "dr"):
        assert figures[name]["likes"] == pytest.approx(real, rel=0.03), name
        assert figures[name]["ci95"][0] < real < figures[name]["ci95"][1], name


def test_the_logged_ranker_earned_what_it_earned() -> None:
    log, _ = world(ranker(), 200, 1)
    figures = evaluate(log, ranker(), ranker(), BIAS)
    earned = np.mean([one.reward.sum() for one in log])
    assert figures["earned"]["likes"] == figures["ips"]["likes"] == pytest.approx(earned, abs=1e-4)
    assert figures["effective_items"] == figures["items"] == 1200
    assert evaluate([], ranker(), ranker()) == {"answers": 0, "note": "nothing was logged yet"}


def test_the_log_holds_ranks_parts_propensities_and_the_reactions_that_stand(recommender: Recommender) -> None:
    session = recommender.start()
    first = recommender.reply(session, "我想买一件连衣裙").items
    recommender.record(session, first[2].item.id, "like")
    recommender.record(session, first[3].item.id, "dislike")
    gone = recommender.record(session, first[4].item.id, "like")
    recommender.record(session, "", "undo", gone)
    recommender.reply(session, "双肩包")
    log = read_log(recommender.store, recommender.catalog.name)
    assert [len(one.reward) for one in log] == [10, 10]
    assert log[0].reward.tolist() == [0, 0, 1, 0, 0, 0, 0, 0, 0, 0] and not log[1].reward.any()
    assert (log[0].propensity == 1).all()
    np.testing.assert_allclose(log[0].parts.sum(axis=1), [sum(r.parts.values()) - r.parts["diversity"] for r in first])
    figures = evaluate(log, recommender.parts.ranker, recommender.parts.ranker)
    assert figures["answers"] == 2 and figures["earned"]["likes"] == 0.5
