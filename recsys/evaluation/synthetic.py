"""Large catalogues to measure on: variations of the built-in items, with prices, ratings and vectors of their own. Nothing in them is real."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from recsys.catalog import Catalog
from recsys.catalog.catalog import item_to_json, save_vectors
from recsys.datamodels import Item
from recsys.embedding import item_vectors
from recsys.language.encoder import Encoder, fingerprint
from recsys.language.text import index_terms
from recsys.loading import catalog_folder, dense_file, lexical_folder
from recsys.retrieval import IvfIndex, LexicalIndex
from recsys.retrieval.dense import bits
from recsys.settings import BUILTIN_CATALOG, Settings

Vectors = npt.NDArray[np.float32]
SHELVES = {"甲架": 0.5, "乙架": 0.01, "丙架": 0.0001}  # values that this share of the items carry, to filter by
_NOISE = 0.02  # of each dimension: a variation has a cosine of about 0.93 with what it varies
_CHUNK = 65_536
_NAMED = 10_000  # numbers in titles: those of models come again


def vectors(base: Vectors, start: int, stop: int) -> Vectors:
    """The vectors of rows start to stop (n, dim), the same every time; `start` is a multiple of the chunk, 65,536."""
    rng = np.random.default_rng(start)
    out = (
        base[np.arange(start, stop) % len(base)]
        + rng.standard_normal((stop - start, base.shape[1]), np.float32) * _NOISE
    )
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    return out


def chunks(n: int) -> Iterator[tuple[int, int]]:
    """The rows in the parts that vectors are made in."""
    return ((start, min(start + _CHUNK, n)) for start in range(0, n, _CHUNK))


def _items(base: Catalog, n: int) -> Iterator[Item]:
    rng = np.random.default_rng(n)
    shelves, shares = list(SHELVES), np.cumsum(list(SHELVES.values()))
    for i in range(n):
        one, shelf = base.items[i % len(base.items)], int(np.searchsorted(shares, rng.random(), "right"))
        price = None if one.price is None else round(one.price * float(rng.lognormal(0, 0.3)), 1)
        rating = None if one.rating is None else round(float(rng.uniform(3, 5)), 1)
        attributes = {**one.attributes, "shelf": shelves[shelf] if shelf < len(shelves) else "丁架"}
        yield Item(
            f"s{i}", f"{one.title} {i % _NAMED}", one.domain, one.category, price, one.currency, one.brand, rating,
            round(float(rng.random()), 3), shape=one.shape, attributes=attributes,
        )  # fmt: skip


def build(n: int, settings: Settings, encoder: Encoder) -> Vectors:
    """Write a catalogue of n items where `settings` look for it, with its indexes; returns the vectors that it varies (m, dim)."""
    own = settings.model_copy(update={"catalog": BUILTIN_CATALOG})
    base = Catalog.load(catalog_folder(own))
    seeds = item_vectors(base, catalog_folder(own), encoder, own, lambda message: None)
    folder = catalog_folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "items.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(item_to_json(i), ensure_ascii=False) + "\n" for i in _items(base, n))
    meta = {**base.meta, "fields": {**base.meta.get("fields", {}), "shelf": {"zh": "货架", "en": "shelf"}}}
    (folder / "meta.json").write_text(json.dumps(meta, ensure_ascii=False), "utf-8")
    made = Catalog.load(folder)
    width = bits(n, encoder.dim, settings.vector_memory_mb)
    if width < 32:
        path = dense_file(made, encoder.name, encoder.dim, settings)
        _write_lists(n, seeds, path, folder / "vectors.npy", width)
    else:
        keys = [fingerprint(encoder.name, t) for t in made.texts()]
        save_vectors(folder / "vectors.npz", keys, vectors(seeds, 0, n))
    known = [index_terms(i.title) for i in base.items]  # segmenting a million titles would take minutes
    values = {v: index_terms(v) for i in base.items for n_ in i.attributes for v in i.values(n_)} | {
        v: index_terms(v) for v in (*SHELVES, "丁架")
    }
    facts = [
        [*index_terms(i.category), *(t for n_ in i.attributes for v in i.values(n_) for t in values[v])]
        for i in base.items
    ]
    LexicalIndex(
        [
            [*known[i % len(known)], str(i % _NAMED), *facts[i % len(known)], *values[str(item.attributes["shelf"])]]
            for i, item in enumerate(made.items)
        ]
    ).save(lexical_folder(made, settings))
    return seeds


def _write_lists(n: int, seeds: Vectors, path: Path, scratch: Path, width: int) -> None:
    table = np.lib.format.open_memmap(scratch, "w+", np.float16, (n, seeds.shape[1]))
    for start, stop in chunks(n):
        table[start:stop] = vectors(seeds, start, stop)
    IvfIndex.build(table, path, width)
    scratch.unlink()


def nearest(
    seeds: Vectors, n: int, queries: Vectors, allowed: npt.NDArray[np.bool_], k: int
) -> list[npt.NDArray[np.int64]]:
    """The k rows nearest to each query (q, dim) among the allowed ones (n,), by looking at every vector."""
    rows = [np.empty(0, np.int64)] * len(queries)
    scores = [np.empty(0, np.float32)] * len(queries)
    for start, stop in chunks(n):
        own = np.flatnonzero(allowed[start:stop])
        found = vectors(seeds, start, stop)[own] @ queries.T  # (rows, q)
        for q in range(len(queries)):
            rows[q] = np.concatenate([rows[q], own + start])
            scores[q] = np.concatenate([scores[q], found[:, q]])
            best = np.argsort(-scores[q], kind="stable")[:k]
            rows[q], scores[q] = rows[q][best], scores[q][best]
    return rows
