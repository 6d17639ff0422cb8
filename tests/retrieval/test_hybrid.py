"""Dense and lexical candidates together hold the best of both halves, in the order of the fused score."""

import numpy as np
import pytest

from recsys.catalog import Catalog
from recsys.language.text import index_terms
from recsys.retrieval import FlatIndex, HybridRetriever, LexicalIndex

QUERIES = ["红色法式连衣裙", "a quiet film about a tower", "登山 双肩包 蓝色", "风险等级R2 债券基金", "回声"]


@pytest.fixture(scope="module")
def vectors(small_catalog: Catalog, encoder):
    return encoder.encode_items(small_catalog.texts())


@pytest.fixture(scope="module")
def retriever(small_catalog: Catalog, vectors) -> HybridRetriever:
    return HybridRetriever(FlatIndex(vectors), LexicalIndex([index_terms(t) for t in small_catalog.texts()]), vectors)


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("k", [10, 30, 200])
def test_the_best_of_both_halves_is_among_the_hits(retriever: HybridRetriever, encoder, query: str, k: int) -> None:
    vector, terms = encoder.encode_query(query), index_terms(query)
    hits = retriever.search(vector, terms, k)
    near = retriever.dense.search(vector, k)[0]
    shared = retriever.lexical.top(retriever.lexical.scores(terms), k)[0]
    assert {int(near[0]), int(shared[0])} <= set(hits.rows.tolist())
    assert len(hits.rows) == min(k, len(set(near) | set(shared)))
    assert len(set(hits.rows.tolist())) == len(hits.rows)
    fused = hits.words + hits.lexical
    assert (np.diff(fused) <= 1e-6).all() and (fused >= 0).all()


def test_a_filter_holds_for_both_halves_and_costs_nothing(retriever: HybridRetriever, encoder, vectors) -> None:
    rng = np.random.default_rng(0)
    for query in QUERIES:
        for share in (0.02, 0.1, 0.5, 1.0):
            allowed = rng.random(len(vectors)) < share
            hits = retriever.search(encoder.encode_query(query), index_terms(query), 10, allowed)
            assert allowed[hits.rows].all()
            assert len(hits.rows) == min(10, int(allowed.sum()))


def test_words_that_match_nothing_leave_the_dense_order(retriever: HybridRetriever, encoder) -> None:
    vector = encoder.encode_query("红色连衣裙")
    hits = retriever.search(vector, ["zzz"], 10)
    assert not hits.lexical.any()
    np.testing.assert_array_equal(hits.rows, retriever.dense.search(vector, 10)[0])


def test_a_word_found_only_by_bm25_is_found(small_catalog: Catalog, vectors) -> None:
    """The dense half is blind here: every item looks the same to it."""
    blind = np.tile(vectors[:1], (len(vectors), 1))
    lexical = LexicalIndex([index_terms(t) for t in small_catalog.texts()])
    hits = HybridRetriever(FlatIndex(blind), lexical, blind).search(blind[0], index_terms("守塔人"), 5)
    assert small_catalog.items[hits.rows[0]].title == "守塔人"


def test_near_equal_cosines_do_not_look_far_apart(vectors) -> None:
    close = np.tile(vectors[:1], (3, 1)) + np.random.default_rng(0).normal(0, 1e-4, (3, vectors.shape[1])).astype(
        np.float32
    )
    hits = HybridRetriever(FlatIndex(close), LexicalIndex([[], [], []]), close).search(vectors[0], [], 3)
    assert np.ptp(hits.words) < 0.05


def test_nothing_allowed_finds_nothing(retriever: HybridRetriever, encoder, vectors) -> None:
    hits = retriever.search(encoder.encode_query("红"), ["红"], 5, np.zeros(len(vectors), bool))
    assert len(hits.rows) == len(hits.words) == len(hits.lexical) == 0


@pytest.mark.parametrize("seed", range(30))
def test_fusion_never_ranks_what_both_halves_agree_on_below_both(seed: int) -> None:
    """An item that beats another in both halves beats it in the fusion, so its rank is never worse than in both parents."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(40, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    words = [f"w{i}" for i in range(12)]
    documents = [list(rng.choice(words, rng.integers(1, 6), replace=False)) for _ in range(40)]
    best = int(rng.integers(40))
    documents[best] = ["gold", "ring"]
    need = vectors[best] + rng.normal(0, 0.2, 8).astype(np.float32)
    retriever = HybridRetriever(FlatIndex(vectors), LexicalIndex(documents), vectors)
    terms = ["gold", *rng.choice(words, 2)]
    order = retriever.search(need, terms, 40).rows.tolist()
    cosines, bm25 = vectors @ need, retriever.lexical.scores(terms)
    for row in order:
        above = order[: order.index(row)]
        assert not any(cosines[row] > cosines[other] and bm25[row] > bm25[other] for other in above)
        parents = (int((cosines > cosines[row]).sum()), int((bm25 > bm25[row]).sum()))
        if parents == (0, 0):
            assert not above


def test_what_is_to_be_weighed_beside_comes_with_its_scores_whatever_its_place(
    retriever: HybridRetriever, encoder, vectors
) -> None:
    vector, terms = encoder.encode_query(QUERIES[0]), index_terms(QUERIES[0])
    plain, every = retriever.search(vector, terms, 10), retriever.search(vector, terms, len(vectors))
    beside = np.array([plain.rows[0], *every.rows[-2:]])
    hits = retriever.search(vector, terms, 10, beside=beside)
    np.testing.assert_array_equal(hits.rows[:10], plain.rows)
    assert set(hits.rows[10:].tolist()) == set(every.rows[-2:].tolist())
    np.testing.assert_array_equal(hits.lexical[:10], plain.lexical)
    assert (np.diff(hits.words + hits.lexical) <= 1e-6).all()
