"""Fine-tuning learns where the items that are meant lie, keeps the best, stops when told, and gives the same for the same seed."""

import numpy as np
import pytest

from recsys.language.adapters import Adapter
from recsys.language.finetuning import Epoch, Pairs, tune

DIM, ITEMS = 16, 200


def _unit(rng: np.random.Generator, n: int) -> np.ndarray:
    x = rng.standard_normal((n, DIM)).astype(np.float32)
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def _pairs(count: int, seed: int, items: np.ndarray) -> Pairs:
    """Needs that lie between the item that is meant and a rotation of it, with noise."""
    rng = np.random.default_rng(seed)
    rows, turn = (
        rng.integers(0, len(items), count),
        np.eye(DIM, dtype=np.float32) + 2 * np.roll(np.eye(DIM, dtype=np.float32), 1, axis=0),
    )
    needs = items[rows] @ turn + 0.02 * rng.standard_normal((count, DIM)).astype(np.float32)
    return Pairs((needs / np.linalg.norm(needs, axis=1, keepdims=True)).astype(np.float32), rows)


@pytest.fixture(scope="module")
def items() -> np.ndarray:
    return _unit(np.random.default_rng(0), ITEMS)


def _tune(items: np.ndarray, report=lambda epoch: None, **more) -> Adapter:
    settings = {"epochs": 20, "threads": 1} | more
    return tune("fake", _pairs(2000, 1, items), _pairs(200, 2, items), items, report=report, **settings)


def test_it_learns_where_the_items_lie_and_says_what_it_brought(items: np.ndarray) -> None:
    epochs: list[Epoch] = []
    adapter = _tune(items, epochs.append)
    before, after = adapter.figures["ndcg@10_before"], adapter.figures["ndcg@10_after"]
    assert before + 0.2 < after == pytest.approx(max(e.ndcg for e in epochs), abs=1e-4)
    assert epochs[-1].loss < epochs[1].loss and adapter.figures["pairs"] == 2000
    fresh, gains = _pairs(200, 3, items), 0.0
    for need, row in zip(fresh.needs, fresh.rows, strict=True):  # as it serves: the mean is in the offset
        rank = int((items @ adapter(need) > items[row] @ adapter(need)).sum())
        gains += 1 / np.log2(rank + 2) if rank < 10 else 0
    assert gains / 200 > before + 0.2


def test_the_same_seed_gives_the_same_adapter(items: np.ndarray) -> None:
    assert _tune(items, epochs=2).name == _tune(items, epochs=2).name != _tune(items, epochs=2, seed=1).name


def test_what_does_not_help_stops_early_and_changes_nothing(items: np.ndarray) -> None:
    pairs = _pairs(64, 1, items)
    wrong = Pairs(pairs.needs, np.random.default_rng(9).permutation(pairs.rows))
    right = Pairs(items[:100].copy(), np.arange(100))  # found as they are
    adapter = tune("fake", wrong, right, items, epochs=50, threads=1)
    assert adapter.figures["ndcg@10_after"] == adapter.figures["ndcg@10_before"] == 1
    assert adapter.figures["epochs"] == 3 and not adapter.matrix.any() and not adapter.offset.any()


def test_the_time_limit_holds(items: np.ndarray) -> None:
    assert _tune(items, minutes=0).figures["epochs"] == 0


def test_of_a_large_catalogue_a_need_chooses_among_a_sample_with_its_own_item(items: np.ndarray, monkeypatch) -> None:
    monkeypatch.setattr("recsys.language.finetuning._POOL", 20)
    figures = _tune(items).figures
    assert figures["ndcg@10_after"] > figures["ndcg@10_before"] + 0.1
