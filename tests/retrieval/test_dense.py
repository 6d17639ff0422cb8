"""FAISS returns what plain numpy would, whatever the filter."""

import numpy as np
import numpy.typing as npt
import pytest

from recsys.retrieval import FlatIndex

N, DIM = 3000, 48


@pytest.fixture(scope="module")
def vectors() -> npt.NDArray[np.float32]:
    raw = np.random.default_rng(0).standard_normal((N, DIM)).astype(np.float32)
    return raw / np.linalg.norm(raw, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def index(vectors: npt.NDArray[np.float32]) -> FlatIndex:
    return FlatIndex(vectors)


@pytest.mark.parametrize("share", [0.0, 0.0003, 0.001, 0.005, 0.03, 0.2, 0.5, 0.9, 0.999, 1.0])
@pytest.mark.parametrize("k", [1, 10, 200, N, 2 * N])
def test_search_equals_brute_force(index: FlatIndex, vectors: npt.NDArray[np.float32], share: float, k: int) -> None:
    rng = np.random.default_rng(round(share * 1e4) + k)
    for _ in range(3):
        query = vectors[rng.integers(N)] + rng.standard_normal(DIM).astype(np.float32) / 5
        allowed = rng.random(N) < share
        rows, scores = index.search(query, k, allowed)
        assert len(rows) == len(scores) == min(k, int(allowed.sum()))
        assert len(set(rows.tolist())) == len(rows) and allowed[rows].all()
        truth = np.sort(vectors[allowed] @ query)[::-1][: len(rows)]
        np.testing.assert_allclose(scores, truth, atol=1e-5)
        np.testing.assert_allclose(vectors[rows] @ query, scores, atol=1e-5)


def test_no_filter_is_all_rows(index: FlatIndex, vectors: npt.NDArray[np.float32]) -> None:
    rows, scores = index.search(vectors[17], 5)
    assert rows[0] == 17 and scores[0] == pytest.approx(1, abs=1e-5)
    np.testing.assert_array_equal(rows, index.search(vectors[17], 5, np.ones(N, bool))[0])


@pytest.mark.parametrize("row", [0, 1, 7, 8, 63, 64, N - 1])
def test_a_filter_of_one_row_finds_it(index: FlatIndex, vectors: npt.NDArray[np.float32], row: int) -> None:
    allowed = np.zeros(N, bool)
    allowed[row] = True
    assert index.search(-vectors[row], 10, allowed)[0].tolist() == [row]


def test_an_empty_index_finds_nothing() -> None:
    rows, scores = FlatIndex(np.empty((0, DIM), np.float32)).search(np.ones(DIM, np.float32), 5)
    assert len(rows) == len(scores) == 0
