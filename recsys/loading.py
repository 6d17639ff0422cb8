"""Load the parts that a recommender is made of: catalogue, vectors, language model, learned weights."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from recsys.behavior import BehaviorModel
from recsys.behavior.model import centred
from recsys.catalog import Catalog
from recsys.catalog.catalog import embed, load_vectors, save_vectors
from recsys.errors import ModelMismatch
from recsys.language.encoder import Encoder, SentenceEncoder, fingerprint
from recsys.language.text import index_terms
from recsys.ranking import Ranker
from recsys.retrieval import FlatIndex, HybridRetriever, LexicalIndex
from recsys.settings import BUILTIN_CATALOG, DATA, Settings

Progress = Callable[[str], None]
log = logging.getLogger("recsys")


@dataclass(frozen=True)
class Parts:
    """Everything that is read once and then only looked at. `vectors` and `centred` are (n, dim)."""

    catalog: Catalog
    encoder: Encoder
    vectors: npt.NDArray[np.float32]
    centred: npt.NDArray[np.float32]
    retriever: HybridRetriever
    behavior: BehaviorModel | None
    ranker: Ranker


def catalog_folder(settings: Settings) -> Path:
    """Where the catalogue of these settings lies."""
    if settings.catalog == BUILTIN_CATALOG:
        return DATA / BUILTIN_CATALOG
    return settings.catalogs / settings.catalog


def load_parts(settings: Settings, progress: Progress, encoder: Encoder | None = None) -> Parts:
    """Read or make every part; items whose vector is not known yet are encoded, with progress."""
    folder = catalog_folder(settings)
    progress("Reading the catalogue …")
    catalog = Catalog.load(folder)
    encoder = encoder or SentenceEncoder.load(settings.encoder, settings.cache, settings.threads, progress)
    vectors = item_vectors(catalog, folder, encoder, settings, progress)
    progress("Building the indexes …")
    return assemble(catalog, encoder, vectors, *load_models(settings, encoder.name))


def item_vectors(
    catalog: Catalog, folder: Path, encoder: Encoder, settings: Settings, progress: Progress
) -> npt.NDArray[np.float32]:
    """The items' vectors (n, dim): those on disk whose fingerprint fits, the others encoded now and kept."""
    texts = catalog.texts()
    keys = [fingerprint(encoder.name, t) for t in texts]
    cache = settings.cache / "vectors" / f"{catalog.name}-{encoder.name.replace('/', '_')}.npz"
    known = load_vectors([folder / "vectors.npz", cache])
    vectors, fresh = embed(texts, keys, known, lambda missing: encoder.encode_items(missing, progress))
    if fresh:
        save_vectors(cache, keys, vectors)
    return vectors


def load_models(settings: Settings, encoder: str) -> tuple[BehaviorModel | None, Ranker]:
    """The weights trained here, or else the shipped ones. A behaviour model of another encoder is left out, and said so."""
    behavior = None
    for folder in (settings.models, DATA / "models"):
        path = folder / "behavior.safetensors"
        if path.exists():
            try:
                behavior = BehaviorModel.load(path, encoder)
                break
            except ModelMismatch as error:
                log.warning("%s", error)
    ranker = next(p for p in (settings.models / "ranker.json", DATA / "models" / "ranker.json") if p.exists())
    return behavior, Ranker.load(ranker)


def assemble(
    catalog: Catalog, encoder: Encoder, vectors: npt.NDArray[np.float32], behavior: BehaviorModel | None, ranker: Ranker
) -> Parts:
    """Indexes over vectors and words, ready to serve."""
    lexical = LexicalIndex([index_terms(t) for t in catalog.texts()])
    retriever = HybridRetriever(FlatIndex(vectors), lexical, vectors)
    return Parts(catalog, encoder, vectors, centred(vectors, vectors.mean(axis=0)), retriever, behavior, ranker)
