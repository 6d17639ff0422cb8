"""BM25: a literal match comes first, and nothing unknown breaks it."""

import numpy as np
import pytest

from recsys.catalog import Catalog
from recsys.language.text import index_terms
from recsys.retrieval import LexicalIndex

DOCUMENTS = [["red", "dress", "silk"], ["blue", "dress"], ["black", "backpack", "canvas", "red"], ["quiet", "film"], []]


@pytest.fixture(scope="module")
def index() -> LexicalIndex:
    return LexicalIndex(DOCUMENTS)


def test_a_literal_match_ranks_first(index: LexicalIndex) -> None:
    for terms, best in ((["blue", "dress"], 1), (["quiet"], 3), (["canvas", "dress", "backpack"], 2), (["silk"], 0)):
        rows, scores = index.top(index.scores(terms), 10)
        assert rows[0] == best
        assert (np.diff(scores) <= 0).all() and (scores > 0).all()


def test_only_documents_that_share_a_term_score(index: LexicalIndex) -> None:
    np.testing.assert_array_equal(index.scores(["red"]) > 0, [True, False, True, False, False])


@pytest.mark.parametrize("terms", [[], ["unknown"], ["", "  "]])
def test_nothing_known_scores_nothing(index: LexicalIndex, terms: list[str]) -> None:
    scores = index.scores(terms)
    assert scores.shape == (len(DOCUMENTS),) and not scores.any()
    assert len(index.top(scores, 10)[0]) == 0


def test_an_unknown_term_beside_a_known_one_changes_nothing(index: LexicalIndex) -> None:
    np.testing.assert_array_equal(index.scores(["dress", "unknown"]), index.scores(["dress"]))


def test_a_repeated_term_counts_once(index: LexicalIndex) -> None:
    np.testing.assert_array_equal(index.scores(["dress", "dress"]), index.scores(["dress"]))


def test_a_shortened_chinese_name_finds_the_whole_one() -> None:
    titles = ["大理石餐桌椅组合", "落地式玻璃大窗户", "窗帘落地灯大地色"]
    index = LexicalIndex([index_terms(t) for t in titles])
    assert index.top(index.scores(index_terms("大落地窗户")), 3)[0][0] == 1
    assert index.scores(index_terms("璃窗")).argmax() == 1  # no word and no pair in common


def test_a_filter_leaves_the_best_of_what_is_allowed(index: LexicalIndex) -> None:
    allowed = np.array([False, True, True, True, True])
    assert index.top(index.scores(["red", "dress"]), 10, allowed)[0].tolist() == [1, 2]


def test_at_most_k_and_ties_go_to_the_lower_row() -> None:
    same = LexicalIndex([["x", "y"]] * 20)
    assert same.top(same.scores(["x"]), 20)[0].tolist() == list(range(20))
    assert len(same.top(same.scores(["x"]), 5)[0]) == 5


@pytest.mark.parametrize("documents", [[], [[]], [[], []]])
def test_no_words_at_all(documents: list[list[str]]) -> None:
    assert LexicalIndex(documents).scores(["x"]).shape == (len(documents),)


def test_every_title_of_the_catalogue_finds_its_item(small_catalog: Catalog) -> None:
    index = LexicalIndex([index_terms(t) for t in small_catalog.texts()])
    for row, item in enumerate(small_catalog.items):
        for title in (item.title, item.title_en):
            scores = index.scores(index_terms(title))
            assert scores[row] >= scores.max() - 1e-5, title
