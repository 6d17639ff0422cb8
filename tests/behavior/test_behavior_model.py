"""The behaviour model learns an order where there is one and none where there is none (after spotlight's own tests)."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch

from recsys.behavior import BehaviorModel, Steps
from recsys.behavior.model import Network, centred
from recsys.behavior.training import Epoch, History, next_item_ndcg, train
from recsys.datamodels import Event
from recsys.errors import ModelMismatch, RecsysError

N, LENGTH = 24, 10
ITEMS = np.eye(N, dtype=np.float32)
CHANCE = float((1 / np.arange(1, N + 1)).mean())  # the MRR of a random order, 0.157


def chain(rng: np.random.Generator, follow: npt.NDArray[np.int64] | None) -> History:
    """A walk: along `follow` (item -> next item), or at random."""
    rows = [int(rng.integers(N))]
    while len(rows) < LENGTH:
        rows.append(int(rng.integers(N) if follow is None else follow[rows[-1]]))
    zeros = np.zeros(LENGTH, np.float32)
    return History(np.array(rows), np.zeros(LENGTH, np.int64), zeros, zeros, np.ones(LENGTH, bool))


def steps(history: History, until: int) -> Steps:
    return Steps(ITEMS[history.rows[:until]], history.kinds[:until], history.values[:until], history.gaps[:until])


def mrr(model: BehaviorModel, histories: list[History]) -> float:
    ranks = []
    for h in histories:
        scores = model.score(steps(h, LENGTH - 1), ITEMS)
        ranks.append(int((scores > scores[h.rows[-1]]).sum()) + 1)
    return float(np.mean(1 / np.array(ranks)))


def fitted(follow: npt.NDArray[np.int64] | None, epochs: int) -> tuple[BehaviorModel, list[Epoch], list[History]]:
    rng = np.random.default_rng(1)
    model, report = train([chain(rng, follow) for _ in range(400)], ITEMS, "fake", seed=1, epochs=epochs)
    return model, report, [chain(rng, follow) for _ in range(200)]


@pytest.fixture(scope="module")
def cycle() -> npt.NDArray[np.int64]:
    order = np.random.default_rng(0).permutation(N)
    follow = np.empty(N, np.int64)
    follow[order] = np.roll(order, -1)
    return follow


@pytest.fixture(scope="module")
def learned(cycle: npt.NDArray[np.int64]) -> tuple[BehaviorModel, list[Epoch], list[History]]:
    return fitted(cycle, 8)


@pytest.fixture(scope="module")
def untrained() -> BehaviorModel:
    torch.manual_seed(3)
    return BehaviorModel(Network(N), "fake")


def test_a_markov_chain_is_learned(learned: tuple[BehaviorModel, list[Epoch], list[History]]) -> None:
    model, report, unseen = learned
    assert mrr(model, unseen) > 0.95
    assert report[-1].loss < report[0].loss


def test_a_random_chain_stays_at_chance() -> None:
    model, _, unseen = fitted(None, 3)
    assert mrr(model, unseen) < CHANCE + 0.06


def test_before_training_it_knows_nothing(
    untrained: BehaviorModel, learned: tuple[BehaviorModel, list[Epoch], list[History]]
) -> None:
    assert mrr(untrained, learned[2]) < CHANCE + 0.12


def test_the_same_seed_gives_the_same_weights(cycle: npt.NDArray[np.int64]) -> None:
    rng = np.random.default_rng(5)
    histories = [chain(rng, cycle) for _ in range(60)]
    one, two, other = (train(histories, ITEMS, "fake", seed=s, epochs=1)[0].network.state_dict() for s in (7, 7, 8))
    assert all(torch.equal(one[k], two[k]) for k in one)
    assert not all(torch.equal(one[k], other[k]) for k in one)


def test_training_stops_when_it_no_longer_helps_and_keeps_the_best_epoch() -> None:
    rng = np.random.default_rng(2)
    histories = [chain(rng, None) for _ in range(200)]
    model, report = train(histories, ITEMS, "fake", seed=2, epochs=50, patience=1)
    assert len(report) < 20 and report[-1].ndcg <= report[-2].ndcg == max(e.ndcg for e in report)
    held = [histories[i] for i in np.random.default_rng(2).permutation(200)[:20]]
    assert next_item_ndcg(model, held, ITEMS) == pytest.approx(report[-2].ndcg)


def test_a_history_without_a_like_teaches_nothing_and_breaks_nothing(cycle: npt.NDArray[np.int64]) -> None:
    rng = np.random.default_rng(4)
    histories = [chain(rng, cycle) for _ in range(40)]
    unliked = [History(h.rows, h.kinds, h.values, h.gaps, np.zeros(LENGTH, bool)) for h in histories]
    model, report = train([*histories[:20], *unliked[20:]], ITEMS, "fake", seed=0, epochs=1, batch=1)
    assert all(bool(torch.isfinite(w).all()) for w in model.network.state_dict().values())
    assert np.isfinite(report[0].loss)


def test_saved_and_loaded_scores_are_equal(
    tmp_path: Path, learned: tuple[BehaviorModel, list[Epoch], list[History]]
) -> None:
    model, _, unseen = learned
    path = tmp_path / "deep" / "behavior.safetensors"
    model.save(path)
    loaded = BehaviorModel.load(path, "fake")
    for history in unseen[:20]:
        np.testing.assert_allclose(
            loaded.score(steps(history, 6), ITEMS), model.score(steps(history, 6), ITEMS), atol=1e-6
        )


def test_another_encoder_is_refused(tmp_path: Path, untrained: BehaviorModel) -> None:
    path = tmp_path / "behavior.safetensors"
    untrained.save(path)
    with pytest.raises(ModelMismatch, match="python -m recsys train") as error:
        BehaviorModel.load(path, "another")
    assert isinstance(error.value, RecsysError) and "fake" in str(error.value) and "another" in str(error.value)


def test_another_version_is_refused(tmp_path: Path, untrained: BehaviorModel, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "behavior.safetensors"
    untrained.save(path)
    monkeypatch.setattr("recsys.behavior.model.VERSION", 999)
    with pytest.raises(ModelMismatch, match="999"):
        BehaviorModel.load(path, "fake")


def test_the_order_of_a_history_counts(learned: tuple[BehaviorModel, list[Epoch], list[History]]) -> None:
    model, _, unseen = learned
    there = steps(unseen[0], 6)
    back = Steps(there.vectors[::-1].copy(), there.kinds, there.values, there.gaps)
    assert np.abs(model.score(there, ITEMS) - model.score(back, ITEMS)).max() > 0.1


def test_kinds_values_and_gaps_count(untrained: BehaviorModel) -> None:
    base = Steps(ITEMS[:3], np.zeros(3, np.int64), np.zeros(3, np.float32), np.zeros(3, np.float32))
    v = untrained.represent(base)
    for other in (
        Steps(base.vectors, np.array([0, 1, 0]), base.values, base.gaps),
        Steps(base.vectors, base.kinds, np.array([0, 1, 0], np.float32), base.gaps),
        Steps(base.vectors, base.kinds, base.values, np.array([0, 9, 0], np.float32)),
    ):
        assert np.abs(untrained.represent(other) - v).max() > 1e-4


def test_padding_never_leaks(untrained: BehaviorModel) -> None:
    """A history's v(y) is the same alone as in a batch beside a longer one."""
    rng = np.random.default_rng(6)
    short, long = 3, 9
    vectors = torch.zeros(2, long, N)
    kinds, values, gaps = torch.zeros(2, long, dtype=torch.int64), torch.zeros(2, long), torch.zeros(2, long)
    for row, length in enumerate((short, long)):
        vectors[row, :length] = torch.from_numpy(ITEMS[rng.integers(N, size=length)])
        gaps[row, :length] = torch.from_numpy(rng.random(length).astype(np.float32))
    with torch.inference_mode():
        batch = untrained.network(vectors, kinds, values, gaps)
    for row, length in enumerate((short, long)):
        alone = untrained.represent(
            Steps(
                vectors[row, :length].numpy(),
                kinds[row, :length].numpy(),
                values[row, :length].numpy(),
                gaps[row, :length].numpy(),
            )
        )
        np.testing.assert_allclose(batch[row, length - 1].numpy(), alone, atol=1e-6)


def test_the_future_never_leaks(untrained: BehaviorModel) -> None:
    """v(y) after step t is the same whatever comes later."""
    rows = np.arange(8)
    zeros = np.zeros(8, np.float32)
    with torch.inference_mode():
        whole = untrained.network(
            *(torch.from_numpy(a)[None] for a in (ITEMS[rows], zeros.astype(np.int64), zeros, zeros))
        )
    for t in range(1, 9):
        part = untrained.represent(Steps(ITEMS[rows[:t]], zeros[:t].astype(np.int64), zeros[:t], zeros[:t]))
        np.testing.assert_allclose(whole[0, t - 1].numpy(), part, atol=1e-6)


def test_no_history_scores_nothing(untrained: BehaviorModel) -> None:
    empty = Steps.of([], np.empty((0, N), np.float32))
    assert not untrained.score(empty, ITEMS).any()


def test_v_has_unit_length(untrained: BehaviorModel) -> None:
    v = untrained.represent(Steps(ITEMS[:4], np.zeros(4, np.int64), np.zeros(4, np.float32), np.zeros(4, np.float32)))
    assert v.shape == (N,) and np.linalg.norm(v) == pytest.approx(1, abs=1e-5)


def test_steps_of_events() -> None:
    events = [
        Event(1, "s", "a", "like", None, 100.0),
        Event(2, "s", "b", "rate", 1.0, 100.0 + np.e - 1),
        Event(3, "s", "c", "rate", 0.25, 50.0),
    ]
    made = Steps.of(events, ITEMS[:3])
    assert made.kinds.tolist() == [0, 3, 3]
    np.testing.assert_allclose(made.values, [0, 1, -0.5])
    np.testing.assert_allclose(made.gaps, [0, 1, 0], atol=1e-6)  # a clock that went back counts as no time at all


def test_centred_vectors_have_unit_length_about_their_mean() -> None:
    vectors = np.random.default_rng(0).standard_normal((50, 8)).astype(np.float32) + 5
    moved = centred(vectors, vectors.mean(axis=0))
    np.testing.assert_allclose(np.linalg.norm(moved, axis=1), 1, atol=1e-5)
    assert np.linalg.norm(moved.mean(axis=0)) < 0.2
    assert np.isfinite(centred(np.ones((2, 8), np.float32), np.ones(8, np.float32))).all()
