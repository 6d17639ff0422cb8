"""Lists of 8-bit codes find nearly all that exact search finds, whatever the filter, and read from a file."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from recsys.retrieval import FlatIndex, IvfIndex

N, DIM = 20_000, 48
Vectors = npt.NDArray[np.float32]


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    rng = np.random.default_rng(0)
    raw = rng.standard_normal((60, DIM))[rng.integers(60, size=N)] + 0.4 * rng.standard_normal((N, DIM))
    return (raw / np.linalg.norm(raw, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def index(vectors: Vectors, tmp_path_factory: pytest.TempPathFactory) -> IvfIndex:
    return IvfIndex.build(vectors, tmp_path_factory.mktemp("ivf") / "deep" / "index.faiss")


@pytest.mark.parametrize("share", [1.0, 0.5, 0.1, 0.01, 0.001])
def test_recall_does_not_depend_on_the_filter(index: IvfIndex, vectors: Vectors, share: float) -> None:
    rng, exact = np.random.default_rng(1), FlatIndex(vectors)
    found = 0.0
    for _ in range(20):
        query = vectors[rng.integers(N)] + rng.standard_normal(DIM).astype(np.float32) / 10
        allowed = rng.random(N) < share
        rows, scores = index.search(query, 50, allowed)
        assert allowed[rows].all() and len(rows) == min(50, int(allowed.sum())) == len(set(rows.tolist()))
        assert (np.diff(scores) <= 0).all()
        truth = exact.search(query, 50, allowed)[0]
        found += len(set(truth.tolist()) & set(rows.tolist())) / len(truth)
    assert found / 20 >= 0.95


@pytest.mark.parametrize("row", [0, 7, 8, N - 1])
def test_a_filter_of_one_row_finds_it(index: IvfIndex, vectors: Vectors, row: int) -> None:
    allowed = np.zeros(N, bool)
    allowed[row] = True
    assert index.search(-vectors[row], 10, allowed)[0].tolist() == [row]
    assert len(index.search(vectors[row], 10, np.zeros(N, bool))[0]) == 0


def test_rows_are_near_what_was_put_in(index: IvfIndex, vectors: Vectors) -> None:
    rows = np.array([5, 0, N - 1, 5])
    assert (index[rows] * vectors[rows]).sum(axis=1).min() > 0.999
    np.testing.assert_allclose(np.linalg.norm(index[rows], axis=1), 1, atol=1e-5)
    assert index[3].shape == (DIM,) and index[[-1]].tolist() == index[[N - 1]].tolist() and len(index) == N


def test_a_file_opens_to_the_same_answers(vectors: Vectors, tmp_path: Path) -> None:
    path = tmp_path / "a.faiss"
    built = IvfIndex.build(vectors[:2000], path)
    assert path.stat().st_size < 2000 * (DIM + 8) + 64 * DIM * 4 + 10_000  # a byte a dimension, and the row
    assert [p.name for p in tmp_path.iterdir()] == ["a.faiss"]
    for row in (0, 99, 1999):
        for ours, theirs in zip(
            built.search(vectors[row], 20), IvfIndex.open(path).search(vectors[row], 20), strict=True
        ):
            np.testing.assert_array_equal(ours, theirs)


def test_a_broken_file_is_an_oserror(tmp_path: Path) -> None:
    (tmp_path / "torn").write_bytes(b"torn")
    for name in ("torn", "missing"):
        with pytest.raises(OSError):
            IvfIndex.open(tmp_path / name)
