"""Off-policy estimates against the truth of a world where the truth is known, and the log that they are made from."""

import numpy as np
import pytest

from recsys.evaluation.policy import Logged, evaluate, read_log
from recsys.ranking import PARTS, Ranker
from recsys.recommender import Recommender

BIAS = 0.5


def ranker(**weights: float) -> Ranker:
    return Ranker({n: weights.get(n, 1.0) for n in PARTS}, 0.0)


def world(logged: Ranker, answers: int, seed: int, explore: float = 0.0) -> tuple[list[Logged], list[np.ndarray]]:
    """Lists of the best six of ten, the last now and then one of the others; an item is liked if it is seen (rank^-bias) and pleases,
    with probability σ(3·feedback − words). Also the parts of the best six with how much they please (6, parts + 1).
    """
    rng = np.random.default_rng(seed)
    out, best = [], []
    for _ in range(answers):
        features = rng.normal(size=(10, len(PARTS)))
        parts = np.c_[features * [logged.weights[n] for n in PARTS], np.zeros(10)]
        order = np.argsort(-parts.sum(axis=1))
        liking = 1 / (1 + np.exp(-(3 * features[:, 3] - features[:, 0])))
        best.append(np.c_[parts[:, :-1], liking][order[:6]])
        new = rng.random() < explore
        shown = np.r_[order[:5], rng.choice(order[6:]) if new else order[5]]
        seen = rng.random(6) < np.arange(1.0, 7) ** -BIAS
        propensity = np.r_[np.ones(5), explore / 4 if new else 1 - explore]
        out.append(Logged(parts[shown], propensity, (seen & (rng.random(6) < liking[shown])).astype(float), new))
    return out, best


def truth(best: list[np.ndarray], logged: Ranker, other: Ranker) -> float:
    """What the other ranker earns on average without exploring, from what truly pleases."""
    change = [other.weights[n] / logged.weights[n] for n in PARTS]
    seen = np.arange(1.0, 7) ** -BIAS
    return float(np.mean([(seen * one[np.argsort(-(one[:, :-1] @ change)), -1]).sum() for one in best]))


@pytest.mark.parametrize("explore", [0.0, 0.3])
@pytest.mark.parametrize("weights", [{"feedback": 4.0}, {"words": 4.0, "feedback": 0.1}, {}])
def test_the_estimates_find_the_truth_of_a_ranker_that_was_never_shown(
    weights: dict[str, float], explore: float
) -> None:
    logged, other = ranker(), ranker(**weights)
    log, best = world(logged, 3000, 0, explore)
    figures = evaluate(log, logged, other, BIAS)
    real = truth(best, logged, other)
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
