"""What each kind of vector index costs and finds: the choice of `retrieval.dense` is read off this table."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from recsys.catalog import Catalog
from recsys.embedding import item_vectors
from recsys.evaluation.bench import NEEDS
from recsys.evaluation.metrics import overlap
from recsys.evaluation.synthetic import chunks, nearest, vectors
from recsys.language.encoder import SentenceEncoder
from recsys.loading import catalog_folder
from recsys.retrieval import IvfIndex
from recsys.settings import Settings

Vectors = npt.NDArray[np.float32]
Progress = Callable[[str], None]
_K, _AT, _ROUNDS = 200, 50, 5
_SAMPLE = 40_000


def compare(items: int, settings: Settings, progress: Progress) -> dict[str, Any]:
    """Megabytes of the file, seconds to build, milliseconds of a search for 200 (p50), recall@50; vectors are synthetic."""
    faiss.omp_set_num_threads(1)
    encoder = SentenceEncoder.load(settings.encoder, settings.cache, settings.threads, progress)
    seeds = item_vectors(Catalog.load(catalog_folder(settings)), catalog_folder(settings), encoder, settings, progress)
    queries = np.stack([encoder.encode_query(need) for need in NEEDS])
    exact = nearest(seeds, items, queries, np.ones(items, bool), _AT)
    table = []
    with tempfile.TemporaryDirectory() as folder:
        for name, made in _kinds(items, seeds.shape[1]):
            progress(f"Building {name} …")
            path, began = Path(folder) / "index", time.perf_counter()
            if isinstance(made, int):
                scratch = Path(folder) / "vectors.npy"
                whole = np.lib.format.open_memmap(scratch, "w+", np.float16, (items, seeds.shape[1]))
                for start, stop in chunks(items):
                    whole[start:stop] = vectors(seeds, start, stop)
                search: Callable[[Vectors], Any] = _lists(IvfIndex.build(whole, path, made))
            else:
                made.train(vectors(seeds, 0, min(items, _SAMPLE)))
                for start, stop in chunks(items):
                    made.add(vectors(seeds, start, stop))
                faiss.write_index(made, str(path))
                search = _plain(made)
            built, spent, found = time.perf_counter() - began, [], []
            for n, query in enumerate([*queries] * _ROUNDS):
                began = time.perf_counter()
                rows = search(query)[:_AT]
                spent.append((time.perf_counter() - began) * 1e3)
                found += [overlap(rows, exact[n])] if n < len(queries) else []
            table.append({
                "index": name, "file_mb": round(os.path.getsize(path) / 1e6, 1), "build_s": round(built, 1),
                "ms": round(float(np.percentile(spent, 50)), 2), "recall@50": round(float(np.mean(found)), 3),
            })  # fmt: skip
            del made, search
    return {"items": items, "dim": int(seeds.shape[1]), "synthetic": True, "indexes": table}


def _kinds(items: int, dim: int) -> Iterator[tuple[str, Any]]:
    """Name and empty index; for the lists of codes that serve, their bits."""
    metric, eight = faiss.METRIC_INNER_PRODUCT, faiss.ScalarQuantizer.QT_8bit
    lists = max(1, 2 ** round(np.log2(np.sqrt(items))))
    if items * dim * 4 < 2e9:
        yield "flat, float32", faiss.IndexFlatIP(dim)
    yield "flat, 8 bits", faiss.IndexScalarQuantizer(dim, eight, metric)
    yield "lists, 8 bits", 8
    yield "lists, 4 bits", 4
    product = faiss.IndexIVFPQ(faiss.IndexFlatIP(dim), dim, lists, 48, 8, metric)
    product.nprobe = max(32, lists // 32)
    yield "lists, product quantiser of 48 bytes", product
    graph = faiss.IndexHNSWSQ(dim, eight, 16, metric)  # type: ignore[arg-type]
    graph.hnsw.efSearch = 256
    yield "HNSW of 16 links, 8 bits", graph


def _lists(index: IvfIndex) -> Callable[[Vectors], npt.NDArray[np.int64]]:
    return lambda query: index.search(query, _K)[0]


def _plain(index: Any) -> Callable[[Vectors], npt.NDArray[np.int64]]:
    return lambda query: index.search(query[None], _K)[1][0]
