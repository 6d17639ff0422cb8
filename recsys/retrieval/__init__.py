"""Candidates: dense and lexical search under exact filters."""

from recsys.retrieval.dense import DenseIndex, FlatIndex, IvfIndex, LayeredIndex, Stacked
from recsys.retrieval.filters import Columns
from recsys.retrieval.hybrid import Hits, HybridRetriever
from recsys.retrieval.lexical import LexicalIndex

__all__ = [
    "Columns",
    "DenseIndex",
    "FlatIndex",
    "Hits",
    "HybridRetriever",
    "IvfIndex",
    "LayeredIndex",
    "LexicalIndex",
    "Stacked",
]
