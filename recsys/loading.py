"""Load the parts that a recommender is made of: catalogue, vectors, language model, learned weights."""

import logging
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from threadpoolctl import threadpool_limits

from recsys import versions
from recsys.behavior import BehaviorModel
from recsys.behavior.steps import centred
from recsys.catalog import Catalog
from recsys.catalog.catalog import item_text
from recsys.datamodels import Item, Table
from recsys.embedding import Progress, item_vectors, value_vectors
from recsys.errors import ModelMismatch, RecsysError
from recsys.language.adapters import Adapter, applied
from recsys.language.encoder import Encoder, SentenceEncoder, fingerprint
from recsys.language.nearest import Nearest
from recsys.language.sentiment import SentimentHead
from recsys.language.text import TERMS, index_terms
from recsys.language.understanding import Understanding
from recsys.ranking import Ranker
from recsys.retrieval import DenseIndex, FlatIndex, HybridRetriever, IvfIndex, LayeredIndex, LexicalIndex, Stacked
from recsys.retrieval.dense import bits
from recsys.settings import BUILTIN_CATALOG, DATA, Settings

log = logging.getLogger("recsys")


@dataclass(frozen=True)
class Parts:
    """Everything that is read once and then only looked at. `vectors` and `centred` are (n, dim)."""

    catalog: Catalog
    encoder: Encoder
    vectors: Table
    centred: Table
    retriever: HybridRetriever
    behavior: BehaviorModel | None
    ranker: Ranker
    nearest: Nearest | None = None
    sentiment: SentimentHead | None = None
    mean: npt.NDArray[np.float32] | None = None  # (dim,) what `centred` is about
    adapter: Adapter | None = None


def catalog_folder(settings: Settings) -> Path:
    """Where the catalogue of these settings lies."""
    if settings.catalog == BUILTIN_CATALOG:
        return DATA / BUILTIN_CATALOG
    return settings.catalogs / settings.catalog


def load_parts(settings: Settings, progress: Progress, encoder: Encoder | None = None) -> Parts:
    """Read or make every part; items whose vector is not known yet are encoded, with progress."""
    threadpool_limits(limits=1, user_api="blas")  # numpy's idle BLAS threads spin, and take the cores from the others
    folder = catalog_folder(settings)
    progress("Reading the catalogue …")
    catalog = Catalog.load(folder)
    encoder = encoder or SentenceEncoder.load(settings.encoder, settings.cache, settings.threads, progress)
    dense, vectors = dense_index(catalog, folder, encoder, settings, progress)
    progress("Building the indexes …")
    lexical = lexical_index(catalog, settings)
    nearest = _nearest(catalog, folder, encoder, settings, progress)
    parts = assemble(catalog, encoder, vectors, *load_models(settings, encoder.name), lexical, dense)
    return replace(parts, nearest=nearest, adapter=applied(settings.adapters, encoder.name))


def load_understanding(settings: Settings, encoder: Encoder, progress: Progress) -> tuple[Catalog, Understanding]:
    """What reads the messages to a catalogue, without what answers them."""
    folder = catalog_folder(settings)
    catalog = Catalog.load(folder)
    return catalog, Understanding(catalog.schema, _nearest(catalog, folder, encoder, settings, progress))


def _nearest(catalog: Catalog, folder: Path, encoder: Encoder, settings: Settings, progress: Progress) -> Nearest:
    """What finds the values of words that the schema does not know."""
    vectors = value_vectors(catalog, folder, encoder, settings, progress)
    return Nearest(catalog.schema, vectors, encoder.encode_query)


def dense_index(
    catalog: Catalog, folder: Path, encoder: Encoder, settings: Settings, progress: Progress
) -> tuple[DenseIndex, Table]:
    """The index of the items' vectors, and the vectors by row: of a small catalogue in memory, of a large one in a file of the cache.

    The file is named by a hash of the texts, and is opened without reading the vectors that it was made of.
    """
    width = bits(len(catalog.items), encoder.dim, settings.vector_memory_mb)
    if width == 32:
        vectors = item_vectors(catalog, folder, encoder, settings, progress)
        return FlatIndex(vectors), vectors
    path = dense_file(catalog, encoder.name, encoder.dim, settings)
    try:
        index = IvfIndex.open(path)
    except OSError:
        vectors = item_vectors(catalog, folder, encoder, settings, progress)
        progress("Sorting the vectors into lists …")
        for old in path.parent.glob(f"{catalog.name}-*"):
            old.unlink()
        index = IvfIndex.build(vectors, path, width)
    return index, index


def dense_file(catalog: Catalog, encoder: str, dim: int, settings: Settings) -> Path:
    """Where the index of a large catalogue's vectors lies."""
    width = bits(len(catalog.items), dim, settings.vector_memory_mb)
    return settings.cache / "dense" / f"{catalog.name}-{fingerprint(encoder, catalog.digest)}-{width}.faiss"


def _mean(table: Table) -> npt.NDArray[np.float32]:
    """The mean of a table (dim,); of a large one that of a sample."""
    if isinstance(table, np.ndarray):
        return table.mean(axis=0)  # type: ignore[no-any-return]
    sample = np.random.default_rng(0).choice(len(table), min(len(table), 20_000), replace=False)
    mean: npt.NDArray[np.float32] = table[np.sort(sample)].mean(axis=0)
    return mean


class _Centred:
    """Rows of a table about a mean."""

    def __init__(self, table: Table, mean: npt.NDArray[np.float32]) -> None:
        self._table, self._mean = table, mean

    def __len__(self) -> int:
        return len(self._table)

    def __getitem__(self, rows: npt.ArrayLike) -> npt.NDArray[np.float32]:
        return centred(self._table[rows], self._mean)


def load_models(settings: Settings, encoder: str) -> tuple[BehaviorModel | None, Ranker]:
    """The weights trained here, or else, and where one of the two is no good, the shipped ones.

    The behaviour model of another encoder is left out, and said so.
    """
    trained, shipped = versions.current(settings.models), DATA / "models"
    if trained is not None:
        try:
            return read_models(trained, encoder)
        except ModelMismatch as error:
            log.warning("%s", error)
    ranker = Ranker.load(shipped / "ranker.json")
    try:
        behavior = BehaviorModel.load(shipped / "behavior.safetensors", encoder)
    except ModelMismatch as error:
        log.warning("%s", error)
        return None, ranker
    return behavior if settings.catalog == BUILTIN_CATALOG else behavior.abroad(), ranker


def served(settings: Settings) -> Path:
    """The folder of the weights that are served: those trained here, or else the shipped ones."""
    return versions.current(settings.models) or DATA / "models"


def read_models(folder: Path, encoder: str) -> tuple[BehaviorModel, Ranker]:
    """The weights of one version.

    Raises:
        ModelMismatch: one of them is damaged, or made for another encoder or by another version of Attune.
    """
    try:
        return BehaviorModel.load(folder / "behavior.safetensors", encoder), Ranker.load(folder / "ranker.json")
    except OSError as error:
        raise ModelMismatch(f"{folder} cannot be read ({error}); train again with: python -m recsys train") from error


def lexical_index(catalog: Catalog, settings: Settings) -> LexicalIndex:
    """The BM25 index of the items' texts: segmenting them takes seconds, so it is kept in the cache under a hash of them."""
    folder = lexical_folder(catalog, settings)
    try:
        return LexicalIndex.load(folder)
    except (OSError, ValueError, KeyError):
        shutil.rmtree(folder, ignore_errors=True)
    index = LexicalIndex([index_terms(t) for t in catalog.texts()])
    for old in folder.parent.glob(f"{catalog.name}-*"):
        shutil.rmtree(old, ignore_errors=True)
    index.save(folder)
    return index


def lexical_folder(catalog: Catalog, settings: Settings) -> Path:
    """Where the BM25 index of a catalogue's texts lies."""
    return settings.cache / "lexical" / f"{catalog.name}-{fingerprint(TERMS, catalog.digest)}"


def assemble(
    catalog: Catalog,
    encoder: Encoder,
    vectors: Table,
    behavior: BehaviorModel | None,
    ranker: Ranker,
    lexical: LexicalIndex | None = None,
    dense: DenseIndex | None = None,
) -> Parts:
    """Indexes over vectors and words, ready to serve."""
    lexical = lexical or LexicalIndex([index_terms(t) for t in catalog.texts()])
    dense, mean = dense or FlatIndex(vectors[:]), _mean(vectors)
    about_mean = centred(vectors, mean) if isinstance(vectors, np.ndarray) else _Centred(vectors, mean)
    retriever, head = HybridRetriever(dense, lexical, vectors), sentiment_head(encoder.name)
    return Parts(catalog, encoder, vectors, about_mean, retriever, behavior, ranker, sentiment=head, mean=mean)


@dataclass(frozen=True)
class Read:
    """Items as they are read: their vectors (m, dim) and their terms."""

    items: Sequence[Item]
    vectors: npt.NDArray[np.float32]
    terms: Sequence[Sequence[str]]

    @classmethod
    def of(cls, items: Sequence[Item], parts: Parts) -> "Read":
        """Encode and segment items; one whose words are as they were keeps its vector."""
        schema, row = parts.catalog.schema, parts.catalog.row
        order = {name: place for place, name in enumerate(schema.fields)}
        texts = [item_text(i, schema, order) for i in items]
        before = [parts.catalog.items[row[i.id]] if i.id in row else None for i in items]
        same = [b is not None and item_text(b, schema, order) == t for b, t in zip(before, texts, strict=True)]
        vectors = np.empty((len(items), parts.encoder.dim), np.float32)
        kept = np.array(same, bool)
        vectors[~kept] = parts.encoder.encode_items([t for t, s in zip(texts, same, strict=True) if not s])
        if kept.any():
            vectors[kept] = parts.vectors[[row[i.id] for i, s in zip(items, same, strict=True) if s]]
        return cls(items, vectors, [index_terms(t) for t in texts])


def updated(parts: Parts, read: Read, gone: Sequence[str]) -> Parts:
    """The parts with these items behind the others, and without those that are gone."""
    mean = _mean(parts.vectors) if parts.mean is None else parts.mean
    known, about = _stacked(parts.vectors, read.vectors), _stacked(parts.centred, centred(read.vectors, mean))
    base = parts.retriever.dense
    dense = LayeredIndex(base.base if isinstance(base, LayeredIndex) else base, len(known.table), known.fresh)
    retriever = HybridRetriever(dense, parts.retriever.lexical.with_more(read.terms), known)
    catalog = parts.catalog.updated(read.items, gone)
    return replace(parts, catalog=catalog, vectors=known, centred=about, retriever=retriever)


def _stacked(table: Table, vectors: npt.NDArray[np.float32]) -> Stacked:
    return table.with_more(vectors) if isinstance(table, Stacked) else Stacked(table, vectors)


def sentiment_head(encoder: str) -> SentimentHead | None:
    """The shipped head; None, and words of opinion are counted instead, under another encoder."""
    try:
        return SentimentHead.load(DATA / "models" / "sentiment.safetensors", encoder)
    except (ModelMismatch, OSError, ValueError, SafetensorError) as error:
        log.info("%s", error)
        return None


def embed_catalog(settings: Settings, progress: Progress) -> int:
    """Encode the items of a catalogue ahead of its first start; returns how many it has.

    Raises:
        RecsysError: it was interrupted; what is done is kept.
    """
    folder = catalog_folder(settings)
    catalog = Catalog.load(folder)
    encoder = SentenceEncoder.load(settings.encoder, settings.cache, settings.threads, progress)
    try:
        item_vectors(catalog, folder, encoder, settings, progress)
    except KeyboardInterrupt:
        raise RecsysError(
            f"stopped; the catalogue {catalog.name!r} is in place and what was encoded is kept: import it again, or "
            "start it with RECSYS_CATALOG, and the encoding goes on from there"
        ) from None
    return len(catalog.items)
