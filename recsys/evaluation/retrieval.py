"""How well needs find items: the system against its dense half, BM25 and plain RRF, on judged queries."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from recsys.catalog.catalog import embed, load_vectors, save_vectors
from recsys.errors import InvalidInput
from recsys.evaluation.metrics import mean, ranking
from recsys.language.encoder import SentenceEncoder, fingerprint
from recsys.language.text import index_terms
from recsys.retrieval import FlatIndex, HybridRetriever, LexicalIndex


def rank_fusion(lists: Sequence[npt.NDArray[np.int64]], k: float = 60.0) -> npt.NDArray[np.int64]:
    """Rows by the sum of 1 / (k + rank) over the lists they are in (Cormack et al., 2009); ties go to the lower row."""
    rows = np.unique(np.concatenate(lists))
    fused = np.zeros(len(rows))
    for found in lists:
        fused[np.searchsorted(rows, found)] += 1 / (k + 1 + np.arange(len(found)))
    return rows[np.lexsort((rows, -fused))]


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file.

    Raises:
        InvalidInput: the file is missing or a line is not a JSON object.
    """
    try:
        with path.open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        raise InvalidInput(f"cannot read {path}: {error}; one JSON object a line is expected") from error


def evaluate(
    items: Path, queries: Path, encoder: SentenceEncoder, cache: Path, progress: Callable[[str], None]
) -> dict[str, Any]:
    """Metrics of the system, and of its parts under `baselines`."""
    documents, asked = read_jsonl(items), read_jsonl(queries)
    ids, texts = [d["id"] for d in documents], [d["text"] for d in documents]
    keys = [fingerprint(encoder.name, t) for t in texts]
    path = cache / "evaluation" / f"{items.parent.name}-{encoder.name.replace('/', '_')}.npz"
    vectors, fresh = embed(texts, keys, load_vectors([path]), lambda t: encoder.encode_items(t, progress))
    if fresh:
        save_vectors(path, keys, vectors)
    progress("Indexing words …")
    lexical = LexicalIndex([index_terms(t) for t in texts])
    retriever = HybridRetriever(FlatIndex(vectors), lexical, vectors)
    scored: dict[str, list[dict[str, float]]] = {"system": [], "dense": [], "bm25": [], "rrf": []}
    asked = [q for q in asked if any(g > 0 for g in q["rel"].values())]
    for n, query in enumerate(asked, 1):
        vector, terms = encoder.encode_query(query["text"]), index_terms(query["text"])
        dense, _ = retriever.dense.search(vector, 200)
        bm25, _ = lexical.top(lexical.scores(terms), 200)
        ranked = {
            "system": retriever.search(vector, terms, 200).rows,
            "dense": dense, "bm25": bm25, "rrf": rank_fusion([dense, bm25]),
        }  # fmt: skip
        for name, rows in ranked.items():
            scored[name].append(ranking([ids[r] for r in rows.tolist()], query["rel"]))
        progress(f"Queries {n} of {len(asked)}")
    system = {k: round(v, 4) for k, v in mean(scored.pop("system")).items()}
    baselines = {name: {k: round(v, 4) for k, v in mean(rows).items()} for name, rows in scored.items()}
    return {**system, "n": len(asked), "items": len(ids), "dim": int(np.shape(vectors)[1]), "baselines": baselines}
